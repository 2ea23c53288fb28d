"""Small frameworks and evidence for tests: built from a few figures, no file read."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from assessor.domain import (
    Cell,
    Dimension,
    Evidence,
    Group,
    Ladder,
    Level,
    Message,
    Parameter,
    Proof,
    Settlement,
    Status,
    Text,
    Verdict,
    WeightSet,
)

F = Fraction
DEGREES = (F(0), F(1, 2), F(4, 5), F(1))
PROOF = Proof(kind="document", title="note")


def text(words: str = "x") -> Text:
    return Text(zh=words, en=words)


def framework(
    shape: Mapping[str, Sequence[int | None]],
    weights: Mapping[str, Fraction] | None = None,
    *,
    stop: bool = True,
    may_be_cut: Iterable[str] = (),
    more: Mapping[str, Mapping[str, Fraction]] | None = None,
) -> Ladder:
    """A framework by the number of requirements of each sub-domain at each level; None: no such cell."""
    sets = {"equal": weights or dict.fromkeys(shape, F(1))} | dict(more or {})
    return Ladder(
        format="assessor-framework/1",
        id="small",
        version="1",
        date="2026-11-26",
        title=text(),
        law="ladder",
        status=Status.OWN,
        source=text(),
        wording=text(),
        disclaimer=text(),
        loses=text(),
        degrees=DEGREES,
        satisfied_at=F(4, 5),
        stop_rule=Parameter(value=stop, status=Status.UNVERIFIED, why=text()),
        levels=tuple(
            Level(number=k, name=text(), text=text(), from_=k - F(1, 5) if k else F(0)) for k in range(6)
        ),
        elements=(Group(id="e", name=text()),),
        domains=(Group(id="d", name=text()),),
        dimensions=tuple(
            Dimension(
                id=id_,
                name=text(id_),
                element="e",
                domain="d",
                may_be_cut=id_ in may_be_cut,
                rubric=f"{id_}-rubric",
                cells=tuple(
                    Cell(
                        level=k,
                        requirements=tuple(f"{id_}-l{k}-{i}" for i in range(1, n + 1)),
                        count_status=Status.OWN,
                    )
                    for k, n in enumerate(counts, 1)
                    if n is not None
                ),
            )
            for id_, counts in shape.items()
        ),
        weight_sets=tuple(
            WeightSet(id=id_, name=text(), status=Status.OWN, source=text(), weights=dict(found))
            for id_, found in sets.items()
        ),
        default_weights="equal",
    )


def claim(question: str, value: Fraction | None, claimed: str = "answered", **more: object) -> Evidence:
    """Evidence of an answer that no machine data bear on."""
    given: dict[str, object] = {
        "question": question,
        "claim": value,
        "claimed": claimed,
        "verified": value,
        "verdict": Verdict.UNTESTED,
        "why": Message(id="verdict.no_test"),
    }
    return Evidence.model_validate(given | more)


def asked(of: Ladder) -> list[str]:
    return [q for d in of.dimensions for c in d.cells for q in c.requirements]


def answered(of: Ladder, by_level: Mapping[int, Fraction]) -> list[Evidence]:
    """The same degree for every requirement of a level."""
    return [
        claim(q, by_level[c.level])
        for d in of.dimensions
        for c in d.cells
        for q in c.requirements
        if c.level in by_level
    ]


def settlement(question: str, value: Fraction) -> Settlement:
    return Settlement(
        question=question, value=value, reply="r", reason="r", proof=PROOF, by="consultant", at="2026-03-02"
    )
