"""The sections of a report in their order, and which of them have something to say of one Assessment."""

from assessor.domain import Assessment

SECTIONS = (
    "level",
    "picture",
    "differences",
    "machines",
    "measured",
    "contacts",
    "plan",
    "frameworks",
    "sums",
    "open",
    "left",
    "sources",
)
OF_MACHINES = frozenset({"differences", "machines", "measured", "contacts", "left"})
"""Where no machine was heard, nothing was seen, nothing differs from it, and no file stayed behind."""
TERMS = ("declared", "verified", "readable", "connectable", "networked", "interval", "coverage", "difference")
"""The words that a report explains."""
SAID = ("declared", "coverage")
"""Those of them that a report without machines has use for."""


def applies(section: str, a: Assessment) -> bool:
    """Has this section something to say? A section about machines that were heard and showed nothing has."""
    return a.heard or section not in OF_MACHINES


def sections_of(a: Assessment) -> tuple[str, ...]:
    """Those that apply, in their order."""
    return tuple(section for section in SECTIONS if applies(section, a))


def terms(a: Assessment) -> tuple[str, ...]:
    """The words to explain, by id."""
    return TERMS if a.heard else SAID
