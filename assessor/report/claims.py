"""Claims beside what was seen: the differences to be clarified, and every comparison in short."""

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Evidence, Finding, Verdict
from assessor.report import charts
from assessor.report.pen import Pen

ORDER = (
    Verdict.LOWER,
    Verdict.HIGHER,
    Verdict.CORROBORATED,
    Verdict.INCONCLUSIVE,
    Verdict.UNTESTED,
    Verdict.UNUSABLE,
)
FILLS = {
    Verdict.LOWER: charts.INK,
    Verdict.HIGHER: "var(--steel,#7f8b87)",
    Verdict.CORROBORATED: charts.ACCENT,
    Verdict.INCONCLUSIVE: charts.TINT,
    Verdict.UNTESTED: charts.HAIR,
    Verdict.UNUSABLE: charts.PALE,
}


@dataclass(frozen=True)
class Difference:
    """One finding, with the claim and the interval it came from."""

    finding: Finding
    evidence: Evidence | None
    place: str
    question: str
    claim: str
    seen: str
    strip: Markup
    where: list[str]
    weight: str
    rests_on: str
    """Classes of the evidence that was held against the claim."""


@dataclass(frozen=True)
class Row:
    """One comparison."""

    place: str
    question: str
    claim: str
    seen: str
    verified: str
    strip: Markup
    why: str
    rests_on: str


@dataclass(frozen=True)
class Group:
    """All comparisons of one verdict."""

    verdict: Verdict
    name: str
    meaning: str
    fill: str
    rows: list[Row]
    unasked: int
    """Answers that nothing measured bears on; counted, not listed."""


def differences(a: Assessment, pen: Pen) -> list[Difference]:
    """The findings, heaviest first."""
    evidence = {e.question: e for e in a.evidence}
    return [_difference(f, evidence.get(f.question), a, pen) for f in sorted(a.findings, key=_weight)]


def _rests_on(evidence: Evidence | None, a: Assessment, pen: Pen) -> str:
    """What the figures beside a claim rest on, strongest first; empty where nothing was measured."""
    if evidence is None or evidence.low is None:
        return ""
    return pen.classes([kind for m in a.measurements if m.indicator in evidence.indicators for kind in m.rests_on])


def _weight(finding: Finding) -> tuple[bool, Fraction, str]:
    return finding.settled, -finding.weight, finding.question


def _difference(finding: Finding, evidence: Evidence | None, a: Assessment, pen: Pen) -> Difference:
    name = finding.question
    return Difference(
        finding=finding,
        evidence=evidence,
        place=pen.places.get(name, ""),
        question=pen.question(name),
        claim=_claim(evidence, pen) if evidence else pen.t("none"),
        seen=pen.answers(name, evidence.low, evidence.high) if evidence else pen.t("none"),
        strip=_strip(evidence, pen) if evidence else Markup(),
        where=[pen.subject(s) for s in finding.where],
        weight=pen.number(finding.weight, 3),
        rests_on=_rests_on(evidence, a, pen),
    )


def _claim(evidence: Evidence, pen: Pen) -> str:
    words = pen.t("claimed." + evidence.claimed)
    if evidence.claim is None:
        return words
    value = pen.answer(evidence.question, evidence.claim)
    return value if evidence.claimed == "answered" else f"{value} ({words})"


def _strip(evidence: Evidence, pen: Pen) -> Markup:
    title = pen.t("differences.strip")
    seen = pen.answers(evidence.question, evidence.low, evidence.high)
    text = pen.t("differences.strip_text", claim=_claim(evidence, pen), seen=seen)
    scale = pen.scale(evidence.question)
    if evidence.low is None and evidence.claim is None:
        return charts.nothing(title, text)
    return charts.strip(evidence.low, evidence.high, claim=evidence.claim, scale=scale, title=title, desc=text)


def groups(a: Assessment, pen: Pen) -> tuple[list[Group], Markup]:
    """Every comparison by verdict, and all of them as one bar."""
    result = []
    for verdict in ORDER:
        of = [e for e in a.evidence if e.verdict is verdict]
        listed = [e for e in of if e.indicators]
        name, meaning = pen.t(f"verdict.{verdict.value}"), pen.t(f"verdict_meaning.{verdict.value}")
        rows = [_row(e, a, pen) for e in listed]
        result.append(Group(verdict, name, meaning, FILLS[verdict], rows, len(of) - len(listed)))
    shown = [g for g in result if g.rows]
    text = pen.t("differences.counts", list="; ".join(f"{g.name} {len(g.rows)}" for g in result))
    bar = charts.stack([(len(g.rows), g.fill) for g in shown], pen.t("differences.all"), text)
    return result, bar


def _row(evidence: Evidence, a: Assessment, pen: Pen) -> Row:
    name = evidence.question
    return Row(
        place=pen.places.get(name, ""),
        question=pen.question(name),
        claim=_claim(evidence, pen),
        seen=pen.answers(name, evidence.low, evidence.high),
        verified=pen.answer(name, evidence.verified),
        strip=_strip(evidence, pen),
        why=pen.say(evidence.why),
        rests_on=_rests_on(evidence, a, pen),
    )
