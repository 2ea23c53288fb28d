"""NARROW: what could still be looked at or asked, and how much of the result hangs on each alone.

Three kinds: a measurement that did not say enough, a cell of requirements that nobody answered, and one whose
answers nobody has proved. Of each, the law is run twice with everything else as it stands: once with its questions
at the worst and once at the best that they may still turn out to be. What opens the widest gap comes first. It is
a list for the consultant who is still on site; it says nothing about the plant.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from assessor.domain import Answers, Evidence, Ladder, Lead, Measurement, Message, Question, State, Verdict

Standing = Callable[[Mapping[str, Fraction]], tuple[int, Fraction]]
"""Degrees by question -> level and score of the verified column under the default weights."""
MOST = 3
"""Leads that an Assessment keeps."""
Span = Mapping[str, tuple[Fraction, Fraction]]
"""How low and how high each question may still turn out to be."""
NONE = Fraction(0)


def leads(
    framework: Ladder,
    questions: Mapping[str, Question],
    answers: Answers,
    evidence: Iterable[Evidence],
    measurements: Iterable[Measurement],
    standing: Standing,
) -> tuple[Lead, ...]:
    """The measurements, answers and proofs that would narrow the level most, at most three. `questions` are the
    bank's statements; `standing` treats what it is not told as unknown, as the rating does."""
    known = {e.question: e for e in evidence}
    base = {q: e.verified for q, e in known.items() if e.verified is not None}
    asked = {q for d in framework.dimensions for cell in d.cells for q in cell.requirements}
    open_ = [
        *_measurements(questions, known, measurements, asked),
        *_cells(framework, questions, answers, known),
    ]
    found = [_weighed(lead, span, base, standing) for lead, span in open_]
    return tuple(sorted((lead for lead in found if lead.low < lead.high), key=_order)[:MOST])


def _order(lead: Lead) -> tuple[int, Fraction, str, str]:
    return lead.level_low - lead.level_high, lead.low - lead.high, lead.kind, lead.id


def _weighed(lead: Lead, span: Span, base: Mapping[str, Fraction], standing: Standing) -> Lead:
    worst, low = standing({**base, **{q: low for q, (low, _) in span.items()}})
    best, high = standing({**base, **{q: high for q, (_, high) in span.items()}})
    return lead.model_copy(update={"low": low, "high": high, "level_low": worst, "level_high": best})


def _lead(
    kind: str, id_: str, why: Message, span: Span, questions: Mapping[str, Question], level: int = 0
) -> Lead:
    """A lead before it is weighed, with those who usually know."""
    roles = tuple(dict.fromkeys(questions[q].knows for q in span if q in questions))
    return Lead.model_validate({
        "kind": kind, "id": id_, "level": level or None, "questions": tuple(sorted(span)), "roles": roles,
        "why": why, "low": NONE, "high": NONE, "level_low": 0, "level_high": 0,
    })  # fmt: skip


def _measurements(
    questions: Mapping[str, Question],
    known: Mapping[str, Evidence],
    measurements: Iterable[Measurement],
    asked: set[str],
) -> Iterator[tuple[Lead, Span]]:
    """Indicators that gave no number, or too wide a one to conclude anything."""
    for m in measurements:
        span = {}
        for question in questions.values():
            bounds = {test.bound for test in question.tests if test.indicator == m.indicator}
            if bounds and question.id in asked and (left := _left(question, known.get(question.id), bounds, m)):
                span[question.id] = left
        if span:
            yield _lead("measurement", m.indicator, m.why, span, questions), span


def _left(
    question: Question, evidence: Evidence | None, bounds: Collection[str], m: Measurement
) -> tuple[Fraction, Fraction] | None:
    """What the answer may still turn out to be once this measurement says more; None where it is settled."""
    if question.top is None or (evidence and (evidence.settlement or evidence.claimed == "not-applicable")):
        return None
    settled = (Verdict.CORROBORATED, Verdict.LOWER, Verdict.HIGHER)
    if evidence is not None and evidence.verdict in settled:
        return None
    now = evidence.verified if evidence is not None else None
    if m.state is State.MEASURED and evidence is not None and evidence.low is not None:
        assert evidence.high is not None  # bounds come together
        return evidence.low, evidence.high
    low = now if set(bounds) == {"lower"} and now is not None else NONE
    high = now if set(bounds) == {"upper"} and now is not None else question.top
    return low, high


def _cells(
    framework: Ladder, questions: Mapping[str, Question], answers: Answers, known: Mapping[str, Evidence]
) -> Iterator[tuple[Lead, Span]]:
    """Cells with requirements that nobody answered, or whose answers nobody proved and nothing tests."""
    proved = {a.question for a in answers.answers if a.proofs}
    for dimension in framework.dimensions:
        for cell in dimension.cells:
            asked = [q for q in cell.requirements if q in questions]
            silent, bare = _silent(asked, questions, known), _bare(asked, questions, known, proved)
            params: dict[str, str | int] = {"level": cell.level}
            for kind, span in (("answer", silent), ("proof", bare)):
                why = Message(id=f"lead.{kind}", params={**params, "n": len(span)})
                if span:
                    yield _lead(kind, dimension.id, why, span, questions, cell.level), span


def _silent(asked: Sequence[str], questions: Mapping[str, Question], known: Mapping[str, Evidence]) -> Span:
    span = {}
    for q in asked:
        e, top = known.get(q), questions[q].top
        unsaid = e is None or (e.verified is None and e.claimed != "not-applicable")
        if unsaid and top is not None:
            span[q] = (NONE, top)
    return span


def _bare(
    asked: Sequence[str], questions: Mapping[str, Question], known: Mapping[str, Evidence], proved: set[str]
) -> Span:
    """Claims that stand on a word alone. A rubric's choice is proved by answering its requirements."""
    span = {}
    for q in asked:
        e = known.get(q)
        alone = e is not None and e.verdict in (Verdict.UNTESTED, Verdict.UNUSABLE) and e.settlement is None
        if e is not None and alone and not questions[q].tests and q not in proved and e.verified:
            span[q] = (NONE, e.verified)
    return span
