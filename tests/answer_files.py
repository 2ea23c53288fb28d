"""Answers to any bank, drawn by hypothesis."""

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from assessor.domain import Answer, Answers, Cut, Proof, Question
from assessor.forms.excel.layout import ROLES

LEGAL = st.characters(codec="utf-8", exclude_categories=("Cs",))
TEXTS = st.text(LEGAL, min_size=1, max_size=30)
WORDS = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
PROOFS = st.builds(
    Proof,
    kind=st.sampled_from(("document", "screen", "photograph", "site", "export", "statement")),
    title=TEXTS,
    sha256=st.none() | st.just("0" * 64),
    file=st.none() | st.just("proofs/a b.png"),
)


def values(question: Question) -> st.SearchStrategy[object]:
    """A value on the question's own scale."""
    if question.kind == "several":
        ids = [option.id for option in question.options]
        return st.lists(st.sampled_from(ids), unique=True).map(tuple)
    if question.scale is not None:
        return st.sampled_from(question.scale)
    if question.kind == "count":
        return st.integers(0, 10**20).map(Fraction)
    return st.fractions(0, 1 if question.kind == "share" else 10**9, max_denominator=10**7)


@st.composite
def one_answer(draw: st.DrawFn, question: Question, by: str, texts: st.SearchStrategy[str]) -> Answer:
    """An answer of one role; not applicable has its reason."""
    value = draw(values(question) | st.sampled_from(("not-applicable", "do-not-know")))
    reason = draw(texts) if value == "not-applicable" else draw(st.none() | texts)
    return Answer.model_validate(
        {
            "question": question.id,
            "value": value,
            "by": by,
            "at": draw(st.sampled_from(("2026-11-24", "2026-11-24T08:00:00+08:00"))),
            "reason": reason,
            "target": draw(st.none() | values(question)),
            "proofs": tuple(draw(st.lists(PROOFS, max_size=2))),
        }
    )


@st.composite
def answer_sets(
    draw: st.DrawFn,
    questions: Iterable[Question],
    *,
    cuts: Iterable[str] = (),
    frameworks: Iterable[str] = (),
    roles: tuple[str, ...] = ROLES,
    most: int = 8,
) -> Answers:
    """Some answers of some roles to some questions, and what the cover says."""
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(tuple(questions)), st.sampled_from(roles)),
            unique_by=lambda pair: (pair[0].id, pair[1]),
            max_size=most,
        )
    )
    cut, wanted = tuple(cuts), tuple(frameworks)
    return Answers(
        format="assessor-answers/1",
        plant="demo",
        answers=tuple(draw(one_answer(question, by, WORDS)) for question, by in pairs),
        cuts=tuple(
            Cut(dimension=id_, reason=draw(WORDS))
            for id_ in (draw(st.lists(st.sampled_from(cut), unique=True, max_size=3)) if cut else ())
        ),
        frameworks=tuple(draw(st.lists(st.sampled_from(wanted), unique=True)) if wanted else ()),
        budget=draw(st.none() | st.integers(0, 10**12)),
    )
