"""PREPARE a visit: what the factory's IT fills in, what it signs, and who is to be asked what. Contacts nothing.

Network sheet (out and back in) → draft of a scope → letter of authorisation; bank and framework → plan of
interviews; all of it as one pack. The draw of machines is an auditor's to repeat: `draw.py`.
"""
