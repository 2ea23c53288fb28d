"""JUDGE by formulas: figures side by side, each an open sum, under every set of coefficients that applies.

The default variant takes the first set of each basis that is for this plant. Each further set is a variant in
which it alone replaces its default; it lists the figures that come out differently, and what these refer to.
A set that changes no figure of this plant is no variant.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from assessor.domain import (
    Basis,
    FactorSet,
    Figure,
    Formula,
    Formulas,
    Message,
    Question,
    Result,
    Status,
    Term,
    Text,
)
from assessor.rating import terms
from assessor.rating.values import Known, Value

Taken = Mapping[str, FactorSet]
"""The set taken of each basis, by its id; nothing of a basis that has none for this plant."""
WEAKER = (Status.OFFICIAL, Status.SECONDARY, Status.DRAFT, Status.OWN, Status.UNVERIFIED)
PART_EXCEEDS = Message(id="term.part_exceeds")
BELOW_ZERO = Message(id="term.below_zero")


def rate_formulas(framework: Formulas, statements: Mapping[str, Question], known: Known) -> tuple[Result, ...]:
    """The default first, then one result for each other set that changes a figure."""
    held = {basis.id: sets for basis in framework.bases if (sets := applying(basis, known))}
    default = {id_: sets[0] for id_, sets in held.items()}
    usual = _Desk(framework, statements, known, default)
    results = [_result(usual, "default", [figure.id for figure in framework.figures])]
    for basis in framework.bases:
        resting = _resting(framework, basis)
        kept = {id_: term for id_, term in usual.done.items() if id_ not in resting}
        for other in held.get(basis.id, ())[1:]:
            desk = _Desk(framework, statements, known, default | {basis.id: other}, dict(kept))
            if changed := _changed(usual, desk, resting):
                results.append(_result(desk, other.id, changed, other))
    return tuple(results)


def applying(basis: Basis, known: Known) -> tuple[FactorSet, ...]:
    """Sets for this plant, in the order of the file; one taken on an assumption says so in its name."""
    assumed = basis.assumes
    if assumed is None or not _unsaid(known.value(assumed.holds)):
        return tuple(held for held in basis.sets if _applies(held, known))
    yes = Value(Fraction(1), Fraction(1), "unknown")
    supposed = replace(known, values={**known.values, assumed.holds: yes})
    found = []
    for held in basis.sets:
        if _applies(held, known):
            found.append(held)
        elif _applies(held, supposed):
            found.append(held.model_copy(update={"name": _joined(held.name, assumed.because)}))
    return tuple(found)


def _applies(held: FactorSet, known: Known) -> bool:
    return held.applies is None or (known.holds(held.applies) or (False, False))[0]


def _unsaid(value: Value) -> bool:
    return value.applies and value.source == "unknown"


@dataclass(frozen=True)
class _Desk:
    """What is needed to reckon: the file, the answers, the sets taken, and the figures reckoned so far."""

    framework: Formulas
    statements: Mapping[str, Question]
    known: Known
    taken: Taken
    done: dict[str, Term | None] = field(default_factory=dict)

    def figure(self, id_: str) -> Term | None:
        """A figure by its id; None where it is not for this plant."""
        if id_ not in self.done:
            self.done[id_] = self._figure(next(f for f in self.framework.figures if f.id == id_))
        return self.done[id_]

    def _figure(self, figure: Figure) -> Term | None:
        if figure.only_if and not (self.known.holds(figure.only_if) or (False, False))[0]:
            return None
        term = self.term(figure.formula, figure.id)
        if term is None:
            return None
        open_ = term.low is None or term.low != term.high
        known = {"name": figure.name, "unit": figure.unit, "status": figure.status, "cite": figure.source}
        why = term.why or terms.NO_VALUE if open_ else None
        return term.model_copy(update=known | {"why": why, "note": _joined(figure.note, figure.loses)})

    def term(self, formula: Formula, id_: str) -> Term | None:
        """A formula as a term; None where it rests on what does not apply."""
        parts = [self.term(part, f"{id_}/{i}") for i, (_, part) in enumerate(formula.parts, 1)]
        there = [part for part in parts if part is not None]
        match formula.form:
            case "answer" | "coefficient" | "number" | "figure":
                return self._leaf(formula, id_)
            case "sum":
                return terms.sum_of(id_, there) if there else None
            case "prefer":
                chosen = next((part for part in there if part.low is not None), there[-1] if there else None)
                return chosen and chosen.model_copy(update={"id": id_})
            case "difference":
                return _remainder(id_, there) if parts[0] is not None else None
        return _whole(formula, id_, there) if len(there) == len(parts) else None

    def _leaf(self, formula: Formula, id_: str) -> Term | None:
        if formula.answer:
            value = self.known.value(formula.answer)
            return terms.answer(id_, self.statements[formula.answer], value) if value.applies else None
        if formula.figure:
            term = self.figure(formula.figure)
            return term and terms.same(id_, term, name=term.name, unit=term.unit)
        if formula.number:
            unit = Text(zh=formula.number.unit, en=formula.number.unit)
            return terms.constant(id_, formula.number.value, unit=unit)
        return self._coefficient(formula.coefficient or "", id_)

    def _coefficient(self, name: str, id_: str) -> Term:
        basis, coefficient = next((b, c) for b in self.framework.bases for c in b.coefficients if c.id == name)
        unit = Text(zh=coefficient.unit, en=coefficient.unit)
        taken = self.taken.get(basis.id)
        given = taken.values.get(name) if taken else None
        if taken is None or given is None:
            why = Message(id="term.no_factor", params={"name": coefficient.name})
            return Term(id=id_, how="constant", low=None, high=None, name=coefficient.name, unit=unit, why=why)
        return terms.constant(
            id_,
            given.value,
            name=coefficient.name,
            unit=unit,
            status=given.status or taken.status,
            cite=given.source or taken.source,
            note=_joined(taken.name, given.note or taken.note),
        )


def _whole(formula: Formula, id_: str, parts: list[Term]) -> Term:
    """Operations that need all of their parts."""
    if formula.product:
        return terms.product(id_, parts)
    if formula.steps:
        return _read(terms.steps(id_, parts[0], formula.steps.table), parts[0])
    quotient = terms.ratio(id_, parts[0], parts[1])
    if formula.share and quotient.high is not None and quotient.high > 1:
        return _undetermined(quotient, PART_EXCEEDS)
    return quotient


def _remainder(id_: str, parts: list[Term]) -> Term:
    rest = terms.difference(id_, parts[0], parts[1:])
    return _undetermined(rest, BELOW_ZERO) if rest.low is not None and rest.low < 0 else rest


def _read(term: Term, at: Term) -> Term:
    """A table read at nothing gives nothing: its lowest and highest step would tell the reader no more."""
    return _undetermined(term, at.why or terms.NO_VALUE) if at.low is None else term


def _undetermined(term: Term, why: Message) -> Term:
    return term.model_copy(update={"low": None, "high": None, "why": why})


def _result(desk: _Desk, variant: str, figures: Iterable[str], other: FactorSet | None = None) -> Result:
    listed = [term for id_ in figures if (term := desk.figure(id_)) is not None]
    held = [desk.taken[b.id] for b in desk.framework.bases if b.id in desk.taken]
    sure = sum(term.low is not None and term.low == term.high for term in listed)
    weakest = max([s.status for s in held], key=WEAKER.index, default=desk.framework.status)
    published = list(_published(desk.framework, listed)) if other is None else []
    return Result(
        column=desk.known.column,
        variant=variant,
        variant_name=other.name if other else _names(desk.framework, desk.taken),
        status=other.status if other else weakest,
        coverage=Fraction(sure, len(listed)) if listed else Fraction(0),
        open_questions=tuple(
            dict.fromkeys(
                leaf.question
                for term in listed
                for leaf in terms.leaves(term)
                if leaf.question and leaf.source == "unknown"
            )
        ),
        sum=terms.side_by_side("figures", [*listed, *published]),
    )


def _published(framework: Formulas, listed: Iterable[Term]) -> Iterator[Term]:
    """Published values beside the figures: terms to read, which nothing is reckoned from."""
    there = {term.id for term in listed}
    lists = [
        terms.side_by_side(f"published/{figure.id}", list(_benchmarks(figure)), name=figure.name)
        for figure in framework.figures
        if figure.benchmarks and figure.id in there
    ]
    if lists:
        yield terms.side_by_side("published", lists, name=terms.named("term.published"))


def _benchmarks(figure: Figure) -> Iterator[Term]:
    for i, mark in enumerate(figure.benchmarks, 1):
        name = Text(zh=f"{mark.name.zh}（{mark.as_of}）", en=f"{mark.name.en} ({mark.as_of})")
        yield Term(
            id=f"published/{figure.id}/{i}",
            how="constant",
            low=mark.value,
            high=mark.value if mark.value_high is None else mark.value_high,
            name=name,
            unit=figure.unit,
            status=mark.status,
            cite=mark.source,
            note=mark.note,
        )


def _resting(framework: Formulas, basis: Basis) -> set[str]:
    """Figures that rest on a coefficient of the basis, however far below."""
    own = {coefficient.id for coefficient in basis.coefficients}
    parts = {f.id: [part for _, part in f.formula.walk()] for f in framework.figures}
    found: set[str] = set()
    while (
        more := {
            id_ for id_, below in parts.items() if any(p.coefficient in own or p.figure in found for p in below)
        }
        - found
    ):
        found |= more
    return found


def _changed(usual: _Desk, desk: _Desk, resting: set[str]) -> list[str]:
    """Figures that come out differently, and all that they refer to, in the order of the file."""
    figures = desk.framework.figures
    refers = {f.id: {part.figure for _, part in f.formula.walk() if part.figure} for f in figures}
    listed = {id_ for id_ in resting if _ends(usual.figure(id_)) != _ends(desk.figure(id_))}
    while more := {other for id_ in listed for other in refers[id_]} - listed:
        listed |= more
    return [figure.id for figure in figures if figure.id in listed]


def _ends(term: Term | None) -> tuple[Fraction | None, Fraction | None] | None:
    return None if term is None else (term.low, term.high)


def _names(framework: Formulas, taken: Taken) -> Text | None:
    """What the default takes of each basis."""
    pairs = [(basis.name, taken[basis.id].name) for basis in framework.bases if basis.id in taken]
    if not pairs:
        return None
    zh = "；".join(f"{basis.zh}：{held.zh}" for basis, held in pairs)
    return Text(zh=zh, en="; ".join(f"{basis.en}: {held.en}" for basis, held in pairs))


def _joined(first: Text | None, second: Text | None) -> Text | None:
    if first is None or second is None:
        return first or second
    zh = first.zh.removesuffix("。") + "；" + second.zh
    return Text(zh=zh, en=first.en.removesuffix(".") + "; " + second.en)
