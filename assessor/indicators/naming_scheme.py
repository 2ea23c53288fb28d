"""Data points whose names have the form that most have in the plant: SetSpeed, set_speed, SET_SPEED ...

Looked at are the own names of data points that OPC UA servers or exported records show, not those that a
companion specification or a register map gives. The forms: words joined (two kinds), small or capital letters
with underscores, capitals alone, an instrument's code (TIC-101), Chinese, words with spaces. Addresses
(DB10.DBW4, 40001) and mixed forms follow none. Only the form is compared, not what names mean. At least 20
names are needed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from assessor.domain import Line, Measurement, Outcome, Tag
from assessor.indicators.figure import bounded, needed, told, undetermined
from assessor.indicators.names import CJK, place
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "share"
AREA = "data"
ENOUGH = 20
"""Names needed. (Own threshold.)"""
ADDRESS = re.compile(r"%?[IQMVDXYWR][WXBDR]?\d+(\.\d+)?|DB[WXBD]?\d+.*|\d+|(ns|i|s)=.*")
FORMS = {
    "instrument": re.compile(r"[A-Z]{2,5}[-_]?\d{2,5}[A-Z]?([-_][A-Z]+)?"),
    "capitals": re.compile(r"[A-Z][A-Z0-9]*"),
    "capitals_snake": re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"),
    "snake": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    "camel": re.compile(r"[a-z][a-z0-9]*([A-Z][a-zA-Z0-9]*)*"),
    "pascal": re.compile(r"[A-Z][a-zA-Z0-9]*"),
    "spaced": re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)+"),
}


def measure(seen: Seen) -> Measurement:
    fixed = {o.endpoint: tuple(f"nsu={c.uri};" for c in o.companions) for o in seen.observations}
    named = [t.tag for t in seen.tags if t.endpoint.protocol == "opcua" and _is_own(t.tag, fixed)]
    named += [one.seen.tag for one in seen.recorded]
    if not named:
        return undetermined("naming_scheme", "share", told("no_names"))
    every = Counter(form for tag in named for form in forms(place(tag.path)[1]))
    form, most = min(every.items(), key=lambda pair: (-pair[1], pair[0]), default=("mixed", 0))
    enough = needed("count", "names", len(named) >= ENOUGH, {"n": ENOUGH}, {"n": len(named)})
    return bounded(
        "naming_scheme",
        "share",
        Fraction(most, len(named)),
        told(f"names_{form}", yes=most, n=len(named)),
        _lines(named, form),
        of=(len(named), len(named)),
        conditions=(enough,),
    )


@lru_cache(maxsize=100_000)
def forms(name: str) -> frozenset[str]:
    """Every form that a name has; a single word has several, an address or a mixture none."""
    if CJK.search(name):
        return frozenset({"chinese"})
    if ADDRESS.fullmatch(name):
        return frozenset()
    found = frozenset(form for form, pattern in FORMS.items() if pattern.fullmatch(name))
    return found - {"pascal", "capitals", "capitals_snake"} if "instrument" in found else found


def _is_own(tag: Tag, fixed: Mapping[str, tuple[str, ...]]) -> bool:
    return not tag.address.startswith(fixed.get(tag.endpoint) or ("\0",))


def _lines(named: list[Tag], form: str) -> list[Line]:
    """One for each endpoint: how many of its names have the plant's usual form."""
    of: dict[str, list[bool]] = defaultdict(list)
    for tag in named:
        of[tag.endpoint].append(form in forms(place(tag.path)[1]))
    lines = []
    for endpoint, fits in sorted(of.items()):
        value = Fraction(sum(fits), len(fits))
        outcome = Outcome.MET if value == 1 else Outcome.PARTLY_MET if value else Outcome.NOT_MET
        own = line(endpoint, outcome, "names_fit", yes=sum(fits), n=len(fits))
        lines.append(own.model_copy(update={"value": value}))
    return lines
