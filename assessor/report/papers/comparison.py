"""Two assessments of one plant: what moved, and whether by data or by rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assessor.domain import Assessment, Evidence, Text
from assessor.messages import Language, render
from assessor.report.document import Block, Bullets, Document, Heading, Line, Paragraph, Run, Table, line, row
from assessor.report.pen import Pen, code
from assessor.report.wording import listed, simulated

MOST_DROPPED = 12
Step = Literal["filed", "ruled", "now"]
STEPS: tuple[Step, ...] = ("filed", "ruled", "now")
"""The earlier one as filed; the earlier one by the rules of today; the later one by the rules of today."""


@dataclass(frozen=True)
class Place:
    """Where a plant stands by one framework at one step: the verified column under the default variant."""

    version: str
    level: int | None
    score: Fraction | None
    grade: Text | None = None
    """The name of the level."""


@dataclass(frozen=True)
class Change:
    """One framework at the three steps; None where the earlier one was not rated by it then."""

    name: Text
    places: Mapping[Step, Place | None]
    moved_by: Literal["nothing", "rule", "data", "both"]


@dataclass(frozen=True)
class Changes:
    """What judging both again has shown: the part of a comparison that no single Assessment holds."""

    frameworks: tuple[Change, ...]
    dimensions: Mapping[Step, Mapping[str, Fraction]]
    """Of each sub-domain the lower end of its verified score."""
    dropped: tuple[str, ...]
    """Questions of the earlier one that the library of today does not have."""


def comparison(earlier: Assessment, later: Assessment, changes: Changes, language: Language) -> Document:
    """The document; its digest is that of the later assessment's bundle."""
    pen = Pen.of(later, language)
    names = {a.id: a.name for a in earlier.assets}
    pen = Pen(
        language, names | pen.names, {q.id: q for q in earlier.questions} | pen.questions, pen.places, pen.heard
    )
    blocks: list[Block] = [Paragraph(line(_t(pen, "how")), "lead")]
    for chapter in (_levels, _dimensions):
        blocks += chapter(later, changes, pen)
    for part in (_answers, _measured, _findings):
        blocks += part(earlier, later, pen)
    return Document(
        name="comparison",
        language=language,
        title=_t(pen, "title", plant=pen.say(later.plant.name)),
        subtitle=simulated(_t(pen, "subtitle"), pen, earlier, later),
        facts=tuple(
            (
                _t(pen, which),
                _t(
                    pen,
                    "of" if a.heard else "of_answers",
                    made=pen.date(a.made),
                    scorer=a.scorer,
                    digest=a.digest[:16],
                ),
            )
            for which, a in (("earlier", earlier), ("later", later))
        ),
        disclaimer=pen.t("disclaimer"),
        digest=later.digest,
        heard=later.heard,
        blocks=tuple(blocks),
    )


def _t(pen: Pen, id_: str, **params: object) -> str:
    return render(f"comparison.{id_}", pen.language, **params)


def _table(pen: Pen, caption: str, heads: tuple[str, ...], rows: list[tuple[Line, ...]], *widths: float) -> Table:
    return Table(_t(pen, caption), tuple(_t(pen, head) for head in heads), tuple(rows), widths)


def _levels(_: Assessment, changes: Changes, pen: Pen) -> list[Block]:
    rows = [_framework(change, pen) for change in changes.frameworks]
    heads = ("framework", *STEPS, "moved_by")
    blocks: list[Block] = [
        Heading(1, _t(pen, "levels"), "levels"),
        _table(pen, "levels_table", heads, rows, 0.34, 0.18, 0.18, 0.16, 0.14),
    ]
    if changes.dropped:
        named = listed(pen, [*changes.dropped[:MOST_DROPPED]], max(0, len(changes.dropped) - MOST_DROPPED))
        blocks.append(Paragraph(line(_t(pen, "dropped", n=len(changes.dropped), list=named)), "note"))
    return blocks


def _framework(change: Change, pen: Pen) -> tuple[Line, ...]:
    name, filed, now = pen.say(change.name), change.places["filed"], change.places["now"]
    if filed and now and filed.version != now.version:
        name = _t(pen, "edition", name=name, before=filed.version, after=now.version)
    places = [_place(change.places[step], pen) for step in STEPS]
    by = "unknown" if filed is None else change.moved_by
    return row(name, places[0], places[1], Run(places[2], strong=True), _t(pen, f"by.{by}"))


def _place(place: Place | None, pen: Pen) -> str:
    if place is None or (place.level is None and place.score is None):
        return _t(pen, "none")
    level = pen.say(place.grade) if place.grade else _t(pen, "nameless", level=place.level)
    if place.score is None:
        return level
    score = pen.score(place.score)
    if place.level is None:
        return _t(pen, "no_level", score=score)
    return _t(pen, "standing", level=level, score=score)


def _dimensions(later: Assessment, changes: Changes, pen: Pen) -> list[Block]:
    rows = []
    for dimension in later.framework.dimensions:
        steps = [changes.dimensions[step].get(dimension.id) for step in STEPS]
        words = [pen.t("none") if value is None else pen.score(value) for value in steps]
        moves = [_move(steps[i], steps[j], pen) for i, j in ((0, 1), (1, 2), (0, 2))]
        name = f"{code(dimension.id)} {pen.say(dimension.name)}"
        rows.append(row(name, words[0], words[2], *moves[:2], Run(moves[2], strong=moves[2] != "0")))
    heads = ("dimension", "filed", "now", "by_rule", "by_data", "total")
    table = _table(pen, "dimensions_table", heads, rows, 0.35, 0.15, 0.14, 0.12, 0.12, 0.12)
    return [Heading(1, _t(pen, "dimensions"), "dimensions"), table]


def _move(before: Fraction | None, after: Fraction | None, pen: Pen) -> str:
    if before is None or after is None:
        return pen.t("none")
    off = after - before
    return f"{'+' if off > 0 else ''}{pen.number(off, 3)}"


def _answers(earlier: Assessment, later: Assessment, pen: Pen) -> list[Block]:
    before, after = ({e.question: e for e in a.evidence} for a in (earlier, later))
    rows = [
        _answer(before.get(question), after.get(question), question, pen)
        for question in dict.fromkeys((*after, *before))
        if _said(before.get(question)) != _said(after.get(question))
    ]
    heading = Heading(1, _t(pen, "answers"), "answers")
    if not rows:
        return [heading, Paragraph(line(_t(pen, "same")))]
    heads = ("requirement", "claim", "verified", "verdict")
    return [heading, _table(pen, "answers_table", heads, rows, 0.42, 0.17, 0.17, 0.24)]


def _said(evidence: Evidence | None) -> tuple[object, ...]:
    return (evidence.claim, evidence.claimed, evidence.verified, evidence.verdict) if evidence else ()


def _answer(before: Evidence | None, after: Evidence | None, question: str, pen: Pen) -> tuple[Line, ...]:
    def both(word: Callable[[Evidence], str]) -> str:
        return _moved([word(e) if e else pen.t("none") for e in (before, after)], pen)

    place = (Run(f"{pen.places[question]}  ", weak=True),) if question in pen.places else ()
    return row(
        (*place, Run(pen.question(question))),
        both(lambda e: pen.answer(question, e.claim) if e.claim is not None else pen.t(f"claimed.{e.claimed}")),
        both(lambda e: pen.answer(question, e.verified)),
        both(lambda e: pen.t(f"verdict.{e.verdict.value}")),
    )


def _moved(words: list[str], pen: Pen) -> str:
    return words[0] if words[0] == words[1] else _t(pen, "moved", before=words[0], after=words[1])


def _measured(earlier: Assessment, later: Assessment, pen: Pen) -> list[Block]:
    before, after = ({m.indicator: m for m in a.measurements} for a in (earlier, later))
    rows = []
    for name in dict.fromkeys((*after, *before)):
        ends = [before.get(name), after.get(name)]
        words, counts = (
            [pen.result(m) if m else pen.t("none") for m in ends],
            [f"{m.count} / {m.total}" if m else "" for m in ends],
        )
        if words[0] != words[1] or counts[0] != counts[1]:
            rows.append(row(pen.indicator(name), *words, _moved([c or pen.t("none") for c in counts], pen)))
    heading = Heading(1, _t(pen, "measured"), "measured")
    if not rows:
        return [heading, Paragraph(line(_t(pen, "same_measured")))]
    heads = ("indicator", "earlier", "later", "counted")
    return [heading, _table(pen, "measured_table", heads, rows, 0.38, 0.2, 0.2, 0.22)]


def _findings(earlier: Assessment, later: Assessment, pen: Pen) -> list[Block]:
    before, after = ({f.question: f for f in a.findings} for a in (earlier, later))
    gone, new = [q for q in before if q not in after], [q for q in after if q not in before]
    counts = {
        **_open_and_settled("before", earlier),
        **_open_and_settled("after", later),
        "gone": len(gone),
        "stays": len(after) - len(new),
        "new": len(new),
    }
    items = [line(_t(pen, kind, what=_where(q, pen))) for kind, of in (("gone", gone), ("new", new)) for q in of]
    blocks: list[Block] = [
        Heading(1, _t(pen, "findings"), "findings"),
        Paragraph(line(_t(pen, "findings_line", **counts))),
    ]
    return [*blocks, Bullets(tuple(items))] if items else blocks


def _open_and_settled(when: str, a: Assessment) -> dict[str, int]:
    settled = sum(f.settled for f in a.findings)
    return {f"{when}_open": len(a.findings) - settled, f"{when}_settled": settled}


def _where(question: str, pen: Pen) -> str:
    return (
        f"{pen.places[question]}  {pen.question(question)}" if question in pen.places else pen.question(question)
    )
