"""THE OFFICE: programmes as it runs them, vouchers from application to settlement, and their log.

Whatever changes a voucher or a programme is done while nobody else changes anything of that office, and stands in
its log when it stands at all: one transaction holds both.
"""
