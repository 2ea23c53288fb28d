"""Which rows a figure was read from: found by the subjects of its lines, in one place for all indicators."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from assessor.domain import EvidenceClass, Line, Measurement, Outcome, Sampled
from assessor.indicators.data_points import Recorded, SeenTag
from assessor.indicators.seen import Seen

OPEN = frozenset({Outcome.NOT_DETERMINED, Outcome.NOT_APPLICABLE, Outcome.ERROR})
Rows = SeenTag | Recorded
NAMES = ("tag", "system", "report")
"""Parameters by which a reason names a data point."""


class Behind:
    """The data points of what was seen, by what a line may be about."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def of(self, m: Measurement) -> Sampled | None:
        """The rows behind a measurement; None where no row is. A figure without lines looked at everything."""
        if m.lines:
            found = [rows for line in m.lines if line.outcome not in OPEN for rows in self._of_line(line)]
        else:
            recorded = EvidenceClass.EXPORTED in m.rests_on
            found = list(self._seen.recorded if recorded else self._seen.tags) if m.conditions or m.count else []
        return _sampled(found)

    def _of_line(self, line: Line) -> Iterator[Rows]:
        """The tag that its reason names, else all of its subject; what a person or the register says has no
        rows."""
        if line.evidence not in (EvidenceClass.MEASURED, EvidenceClass.EXPORTED):
            return
        metered = line.why.id == "indicator.why.metered_by"
        about = (self._of_meter if metered else self._by_subject).get(line.subject, ())
        named = {line.why.params.get(name) for name in NAMES}
        chosen = [rows for rows in about if _tag(rows).tag.path in named]
        exported = line.evidence is EvidenceClass.EXPORTED
        for rows in chosen or about:
            if isinstance(rows, SeenTag) or exported:
                yield rows

    @cached_property
    def _by_subject(self) -> dict[str, list[Rows]]:
        """By asset, endpoint, path and key process."""
        found: dict[str, list[Rows]] = defaultdict(list)
        all_: list[Rows] = [*self._seen.tags, *self._seen.recorded]
        for rows in all_:
            tag = _tag(rows).tag
            for subject in {tag.asset or tag.endpoint, tag.endpoint, tag.path}:
                found[subject].append(rows)
        for process in self._seen.scope.key_processes:
            found[process.id] = [rows for asset in process.assets for rows in found.get(asset, ())]
        return found

    @cached_property
    def _of_meter(self) -> dict[str, list[Rows]]:
        """Energy values of the meter of an asset, by the asset."""
        meters = [(asset.id, asset.metered_by) for asset in self._seen.scope.assets if asset.metered_by]
        about = self._by_subject
        return {
            id_: [rows for rows in about.get(meter, ()) if _tag(rows).means("energy")] for id_, meter in meters
        }


def _tag(rows: Rows) -> SeenTag:
    return rows if isinstance(rows, SeenTag) else rows.seen


def _sampled(found: Iterable[Rows]) -> Sampled | None:
    """Each data point once."""
    each = {_tag(rows).tag.id: rows for rows in found if (f := _tag(rows).facts) is not None and f.rows}
    if not each:
        return None
    spans = [_span(rows) for rows in each.values()]
    counts = [(f.rows, isinstance(rows, Recorded)) for rows in each.values() if (f := _tag(rows).facts)]
    return Sampled(
        tags=len(each),
        rows=sum(n for n, _ in counts),
        recorded=sum(n for n, recorded in counts if recorded),
        first=min(first for first, _ in spans),
        last=max(last for _, last in spans),
    )


def _span(rows: Rows) -> tuple[int, int]:
    """First and last row; all rows of a record were received at once, so there its own times are taken."""
    facts = _tag(rows).facts
    assert facts is not None
    if isinstance(rows, Recorded) and rows.record.first is not None and rows.record.last is not None:
        return rows.record.first, rows.record.last
    return facts.first, facts.last
