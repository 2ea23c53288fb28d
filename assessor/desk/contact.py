"""A phone number or an address for mail, in the one way it is kept."""

import re
import unicodedata

from assessor.domain import Message
from assessor.errors import InputError

PHONE = re.compile(r"(?:\+|00)?(?P<digits>[0-9]{7,15})")
SIGN = r"[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]"
"""Of an address: none that means something else in the head of a mail, such as a remark or a group."""
MAIL = re.compile(rf"{SIGN}{{1,64}}@{SIGN}{{1,180}}\.[A-Za-z0-9-]{{2,}}")


def read_contact(text: str) -> str:
    """'+8613800000000' or 'a@b.cn'; eleven digits that begin with 1 are a mobile number of mainland China."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())  # as a Chinese keyboard writes digits
    if MAIL.fullmatch(plain):
        return plain.lower()
    digits = re.sub(r"[()-]", "", plain)
    found = PHONE.fullmatch(digits)
    if found is None:
        raise InputError(Message(id="desk.bad_contact"))
    number = found["digits"]
    mainland = len(number) == 11 and number.startswith("1") and not digits.startswith(("+", "00"))
    return f"+86{number}" if mainland else f"+{number}"
