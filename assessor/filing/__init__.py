"""FILE: what a city asks for of an assessment, as one signed pack, and its check by the pack's own checklist."""

from assessor.filing.checking import Checked, Found, check_pack
from assessor.filing.container import open_pack, zipped
from assessor.filing.demonstration import demo_pack
from assessor.filing.keys import KEYS
from assessor.filing.pack import Made, Wanted, make_pack
from assessor.filing.write import annex_of, file_pack, slot_values, write

__all__ = [
    "KEYS",
    "Checked",
    "Found",
    "Made",
    "Wanted",
    "annex_of",
    "check_pack",
    "demo_pack",
    "file_pack",
    "make_pack",
    "open_pack",
    "slot_values",
    "write",
    "zipped",
]
