"""统一社会信用代码: the unified social credit code of GB 32100, and whether one can be right."""

from typing import Literal

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z, which are too like others."""
REGIONS = range(10, 83)
"""First two digits of the division that registered it: 10 is the state's own register, 11 Beijing, 82 Macao."""

Fault = Literal["length", "sign", "check", "region"]


def check_sign(seventeen: str) -> str:
    """The eighteenth character of a code, from the seventeen before it."""
    total = sum(SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(seventeen))
    return SIGNS[-total % 31]


def credit_fault(code: str) -> Fault | None:
    """What is wrong with a code; None where nothing shows. Only the register itself knows whether it was given."""
    if len(code) != 18:
        return "length"
    if any(sign not in SIGNS for sign in code):
        return "sign"
    if check_sign(code[:17]) != code[17]:
        return "check"
    division = code[2:4]
    return None if division.isdigit() and int(division) in REGIONS else "region"
