"""Shares with the interval that the choice of assets allows (the rule is in docs/method.md)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isqrt

from assessor.domain import (
    SPOKEN,
    Condition,
    EvidenceClass,
    Interface,
    Line,
    Measurement,
    Message,
    Outcome,
    Scope,
    Selection,
    State,
    Stratum,
    Text,
    Witness,
)
from assessor.indicators.data_points import Recorded
from assessor.indicators.seen import SeenAsset

Z = Fraction("1.96")
"""Two-sided 95 %."""
PLACES = 10_000
"""Roots are taken to so many parts, rounded so that the interval only grows."""
NOTHING_THERE = frozenset({"indicator.why.no_interface"})
"""What the register may admit without a look: there is nothing to look at."""
NONE, ALL = Fraction(0), Fraction(1)


def line(subject: str, outcome: Outcome, why: str, **params: str | int | Text) -> Line:
    """How one subject counts, and why; the reason is a text of this area."""
    return Line(subject=subject, outcome=outcome, why=Message(id=f"indicator.why.{why}", params=params))


def admitted(subject: str, why: str) -> Line:
    """A no by the register's own word: a document, not a look."""
    return line(subject, Outcome.NOT_MET, why).model_copy(
        update={"evidence": EvidenceClass.DOCUMENT, "tested": False}
    )


def witnessed(witness: Witness) -> Line:
    """A yes or no that a person vouches for with a proof."""
    outcome = Outcome.MET if witness.holds else Outcome.NOT_MET
    told = {"by": witness.by, "proof": witness.proof.title}
    if witness.system:
        found = line(witness.asset, outcome, "witnessed_in", system=witness.system, at=witness.at, **told)
    else:
        found = line(witness.asset, outcome, "witnessed", **told)
    return found.model_copy(update={"evidence": witness.evidence})


def by_record(subject: str, found: Recorded) -> Line:
    """A yes by an exported record: whose word it is stands beside it."""
    record = found.record
    told: dict[str, str | int] = {"system": record.system, "by": record.taken_by, "taken": record.taken_at}
    shown = line(subject, Outcome.MET, "recorded", tag=found.seen.tag.path, **told)
    return shown.model_copy(update={"evidence": EvidenceClass.EXPORTED})


def unseen(seen: SeenAsset) -> Line:
    """Why nothing can be said of an asset: never that it lacks what was not looked for."""
    asset = seen.asset
    if seen.stale:
        return line(asset.id, Outcome.NOT_DETERMINED, "stale")
    if seen.resting:
        return line(asset.id, Outcome.NOT_DETERMINED, "stands_still")
    if seen.overridden:
        return line(asset.id, Outcome.NOT_DETERMINED, "overridden")
    if seen.restamped:
        return line(asset.id, Outcome.NOT_DETERMINED, "restamped")
    if any(place.device.problem or place.observation.problem for place in seen.places):
        return line(asset.id, Outcome.NOT_DETERMINED, "silent")
    if seen.places:
        return line(asset.id, Outcome.NOT_DETERMINED, "undecided")
    if seen.recorded:
        return line(asset.id, Outcome.NOT_DETERMINED, "record_only")
    if asset.interface not in SPOKEN | {Interface.OTHER, Interface.NONE, Interface.UNKNOWN}:
        return line(asset.id, Outcome.NOT_DETERMINED, "not_spoken", protocol=asset.interface.value.upper())
    return line(asset.id, Outcome.NOT_DETERMINED, "not_in_scope")


def tally(lines: Iterable[Line]) -> dict[Outcome, int]:
    """How many subjects had each outcome."""
    counts = dict.fromkeys(Outcome, 0)
    for one in lines:
        counts[one.outcome] += 1
    return counts


def worth(one: Line) -> Fraction | None:
    """How much of a yes a line is: 1 or 0, its own figure where it is met in part; None where it is open."""
    if one.outcome is Outcome.PARTLY_MET:
        return None if one.value is None else min(max(one.value, NONE), ALL)
    return {Outcome.MET: ALL, Outcome.NOT_MET: NONE}.get(one.outcome)


def part(subject: str, value: Fraction, why: str, **params: str | int | Text) -> Line:
    """A subject that counts by its own share: a yes, a no, or part of a yes."""
    outcome = Outcome.MET if value == 1 else Outcome.PARTLY_MET if value else Outcome.NOT_MET
    return line(subject, outcome, why, **params).model_copy(update={"value": value})


def _yes_no(lines: Iterable[Line]) -> tuple[Fraction, Fraction]:
    """How much yes and how much no there is; a line met in part is a bit of both."""
    found = [value for one in lines if (value := worth(one)) is not None]
    yes = sum(found, NONE)
    return yes, len(found) - yes


def wilson(met: Fraction | int, tried: int, total: int) -> tuple[Fraction, Fraction]:
    """95 % interval of a share from a draw of `tried` out of `total`, with finite-population correction.

    The correction narrows Z² by (total − tried) / (total − 1): a full draw leaves no uncertainty. Subjects met in
    part spread less than yes and no do, so that of them the interval is rather too wide.
    """
    if tried >= total:
        return Fraction(met, total), Fraction(met, total)
    p, n = Fraction(met, tried), Fraction(tried)
    z2 = Z * Z * Fraction(total - tried, total - 1)
    middle = p + z2 / (2 * n)
    root = root_above(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))
    low, high = (middle - root) / (1 + z2 / n), (middle + root) / (1 + z2 / n)
    return max(low, Fraction(met, total)), min(high, Fraction(total - tried + met, total))


def root_above(value: Fraction) -> Fraction:
    """The square root, rounded up to four places."""
    scaled = value * PLACES * PLACES
    whole = -(-scaled.numerator // scaled.denominator)
    root = isqrt(whole)
    return Fraction(root if root * root >= whole else root + 1, PLACES)


def interval(lines: Sequence[Line], scope: Scope, strata: Mapping[str, str]) -> tuple[Fraction, Fraction]:
    """Bounds over all strata, each weighted by its part of the register. `strata` is subject to stratum."""
    rules = {stratum.id: stratum for stratum in scope.strata}
    groups: dict[str, list[Line]] = defaultdict(list)
    for one in lines:
        groups[strata.get(one.subject, "all")].append(one)
    low = high = NONE
    for name, group in groups.items():
        bounds = _hard(group)
        chosen = _chosen(group, rules.get(name))
        if chosen is not None:
            least, most = bounds  # what is known of the rest of the register binds an unlucky draw too
            low_, high_ = _drawn(chosen, len({one.subject for one in group}))
            bounds = min(max(low_, least), most), max(min(high_, most), least)
        low, high = low + bounds[0] * len(group), high + bounds[1] * len(group)
    return low / len(lines), high / len(lines)


def _chosen(group: Sequence[Line], rule: Stratum | None) -> list[Line] | None:
    """The lines of a draw; None where nothing was drawn."""
    if rule is None or rule.selection is not Selection.DRAWN:
        return None
    return [one for one in group if one.subject in rule.chosen]


def _seen(lines: Sequence[Line], scope: Scope, strata: Mapping[str, str]) -> Fraction:
    """The share seen: of all where all were looked at, of the drawn ones (weighted) where some were drawn."""
    rules = {stratum.id: stratum for stratum in scope.strata}
    groups: dict[str, list[Line]] = defaultdict(list)
    for one in lines:
        groups[strata.get(one.subject, "all")].append(one)
    total = NONE
    for name, group in groups.items():
        looked = _chosen(group, rules.get(name)) or group
        total += _yes_no(looked)[0] / len(looked) * len(group)
    return total / len(lines)


def _hard(group: Sequence[Line]) -> tuple[Fraction, Fraction]:
    """From seen of all to seen and open of all: no sampling error, nothing narrower."""
    yes, no = _yes_no(group)
    return yes / len(group), (len(group) - no) / len(group)


def _drawn(drawn: Sequence[Line], total: int) -> tuple[Fraction, Fraction]:
    """Wilson on the drawn ones, once with all open ones as no and once as yes.

    Several lines of one subject hang together: the draw holds as many answers as subjects, not as lines.
    """
    if not drawn:
        return NONE, ALL
    yes, no = _yes_no(drawn)
    tried = len({one.subject for one in drawn})
    each = Fraction(tried, len(drawn))
    low, high = wilson(yes * each, tried, total)[0], wilson((len(drawn) - no) * each, tried, total)[1]
    return low, high


def share(
    indicator: str,
    lines: Iterable[Line],
    scope: Scope,
    *,
    strata: Mapping[str, str] | None = None,
    nothing: str = "no_subject",
    conditions: tuple[Condition, ...] = (),
) -> Measurement:
    """A share over subjects: MET of all that apply, with the interval their selection allows.

    A line that is met in part counts as much as its own figure says.
    """
    held = tuple(one for one in lines if one.outcome is not Outcome.NOT_APPLICABLE)
    counts = tally(held)
    yes, no = counts[Outcome.MET], counts[Outcome.NOT_MET]
    decided = sum(worth(one) is not None for one in held)
    some = decided - yes - no
    method = Message(id=f"indicator.{indicator}.method")
    selection = _selection(held, scope, strata or {})
    if not decided:
        why = Message(id=f"indicator.why.{nothing if not held else 'all_open'}", params={"n": len(held)})
        return Measurement(
            indicator=indicator,
            state=State.NOT_DETERMINED,
            unit="share",
            total=len(held),
            selection=selection,
            method=method,
            why=why,
            lines=held,
            conditions=conditions,
        )
    low, high = interval(held, scope, strata or {})
    failed = next((c for c in conditions if not c.holds), None)
    params: dict[str, str | int | Text] = {"yes": yes, "no": no, "open": len(held) - decided, "n": len(held)}
    counted = Message(
        id=f"indicator.why.counted{'_in_part' if some else ''}", params=params | ({"some": some} if some else {})
    )
    return Measurement(
        indicator=indicator,
        state=State.UNUSABLE if failed else State.MEASURED,
        unit="share",
        value=None
        if failed or _open(held, scope, strata or {})
        else min(max(_seen(held, scope, strata or {}), low), high),
        low=None if failed else low,
        high=None if failed else high,
        count=decided,
        total=len(held),
        selection=selection,
        method=method,
        why=failed.found if failed else counted,
        conditions=conditions,
        absence_tested=not failed and _absence_tested(held),
        lines=held,
    )


def _open(lines: Sequence[Line], scope: Scope, strata: Mapping[str, str]) -> bool:
    """Is the outcome of any subject that was to be looked at unknown? Then there are bounds, and no value."""
    rules = {stratum.id: stratum for stratum in scope.strata}
    for one in lines:
        rule = rules.get(strata.get(one.subject, "all"))
        left_out = rule is not None and rule.selection is Selection.DRAWN and one.subject not in rule.chosen
        if worth(one) is None and not left_out:
            return True
    return False


def _absence_tested(lines: Sequence[Line]) -> bool:
    """Was a no looked at, and does every other no rest on the register's admission that nothing is there?"""
    noes = [one for one in lines if one.outcome in (Outcome.NOT_MET, Outcome.PARTLY_MET)]
    return any(one.tested for one in noes) and all(one.tested or one.why.id in NOTHING_THERE for one in noes)


def _selection(lines: Sequence[Line], scope: Scope, strata: Mapping[str, str]) -> Selection:
    """The weakest rule that took part."""
    named = {strata.get(one.subject, "all") for one in lines}
    rules = {stratum.selection for stratum in scope.strata if stratum.id in named}
    return next((s for s in (Selection.HAND_PICKED, Selection.DRAWN) if s in rules), Selection.ALL)


def strata(machines: Iterable[SeenAsset]) -> dict[str, str]:
    """Stratum of each asset, for `interval`."""
    return {seen.asset.id: seen.asset.stratum for seen in machines}


def widened(made: Measurement, scope: Scope) -> Measurement:
    """A share over tags: of those of machines left out by choice or by draw nothing is known, so it may be any."""
    if made.low is None or all(stratum.selection is Selection.ALL for stratum in scope.strata):
        return made
    return made.model_copy(update={"low": NONE, "high": ALL, "value": None, "absence_tested": False})


def thousandth(value: float) -> Fraction:
    """A measured number as an exact one, to a thousandth of its unit."""
    return Fraction(round(value * 1000), 1000)
