"""What to enter on a platform, in its order: each entry with both columns, and below it the answers it rests on.

A value that hangs on a difference which is still open is not given: it is entered once the difference is settled.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from assessor.domain import Assessment, Entry, Platform, Rated, Result, Term
from assessor.messages import render
from assessor.report.pen import Pen

Value = Fraction | str | None


@dataclass(frozen=True)
class Row:
    """One line of the form. `depth` 0: the entry itself; deeper lines say what it rests on."""

    number: str
    section: str
    item: str
    declared: Value
    verified: Value
    enter: Value
    unit: str = ""
    note: str = ""
    depth: int = 0
    share: bool = False


@dataclass(frozen=True)
class Sums:
    """One framework's results in both columns, their lines by id."""

    rated: Rated
    results: tuple[Result, Result]
    lines: tuple[Mapping[str, Term], Mapping[str, Term]]
    """Declared, verified."""


def rows(platform: Platform, a: Assessment, pen: Pen) -> list[Row]:
    """All lines for one platform; empty where the plant was rated by none of its frameworks."""
    found = sums(platform, a)
    if found is None:
        return []
    form = Form(a, pen, found)
    return [
        row
        for i, entry in enumerate(platform.entries, 1)
        for row in form.rows(entry, pen.say(entry.section), str(i))
    ]


def sums(platform: Platform, a: Assessment) -> Sums | None:
    """The first of a platform's frameworks by which the plant was rated."""
    by_id = {one.head.id: one for one in a.rated}
    one = next((by_id[name] for name in platform.frameworks if name in by_id), None)
    if one is None:
        return None
    declared, verified = (next(r for r in one.results if r.column == c) for c in ("declared", "verified"))
    return Sums(one, (declared, verified), (_lines(declared.sum), _lines(verified.sum)))


def _lines(term: Term) -> dict[str, Term]:
    return {term.id: term} | {id_: line for below in term.of for id_, line in _lines(below).items()}


def answers(term: Term, lines: Mapping[str, Term]) -> Iterator[Term]:
    """The answers that a line rests on, each once, in their order; a line that repeats another is followed."""
    seen: set[str] = set()
    waiting = [term]
    while waiting:
        at = waiting.pop(0)
        if at.how == "answer" and at.question is not None and at.question not in seen:
            seen.add(at.question)
            yield at
        below = list(at.of) if at.ref is None or at.ref not in lines else [lines[at.ref]]
        waiting = below + waiting


def cut_off(value: Fraction, places: int) -> Fraction:
    """So many places and no more: 0.7999 is not 0.8."""
    return Fraction(int(value * 10**places), 10**places)


class Form:
    """Writes the lines of entries of one Assessment."""

    def __init__(self, a: Assessment, pen: Pen, found: Sums) -> None:
        self.a, self.pen, self.found = a, pen, found
        self.open = {finding.question for finding in a.findings if not finding.settled}
        self.evidence = {e.question: e for e in a.evidence}
        self.said = {a.question: a for a in found.lines[0].values() if a.how == "answer" and a.question}

    def rows(self, entry: Entry, section: str, number: str) -> list[Row]:
        """The entry, and what it rests on."""
        write: Mapping[str, Callable[[Entry, str, str], list[Row]]] = {
            "plant": self._plant,
            "result": self._result,
            "question": self._question,
            "dimension": self._dimension,
            "item": lambda e, s, n: self._term(e, f"a/{e.take.item}", s, n),
            "scene": lambda e, s, n: self._term(e, f"b/{e.take.scene}", s, n),
        }
        return write[entry.take.form](entry, section, number)

    def t(self, name: str) -> str:
        """A text of the filing."""
        return render(f"filing.{name}", self.pen.language)

    def _line(self, entry: Entry, section: str, number: str, **more: object) -> Row:
        unit = self.pen.say(entry.unit) if entry.unit else ""
        plain = Row(number, section, self.pen.say(entry.item), None, None, None, unit)
        return replace(plain, **more)  # type: ignore[arg-type]

    def _plant(self, entry: Entry, section: str, number: str) -> list[Row]:
        plant = self.a.plant
        found: Mapping[str, Value] = {
            "name": self.pen.say(plant.name),
            "credit-code": plant.credit_code,
            "industry": plant.industry,
            "district": self.pen.say(plant.district) if plant.district else None,
            "employees": None if plant.employees is None else Fraction(plant.employees),
        }
        value = found[entry.take.plant or ""]
        return [
            self._line(entry, section, number, enter=value, note="" if value is not None else self.t("not_given"))
        ]

    def _result(self, entry: Entry, section: str, number: str) -> list[Row]:
        ends = []
        for result in self.found.results:
            low = result.level if entry.take.result == "level" else result.score
            ends.append(None if low is None else cut_off(Fraction(low), entry.places))
        of = {t.question for t in answers(self.found.results[1].sum, self.found.lines[1])}
        return [self._settled(self._line(entry, section, number), ends[0], ends[1], of & self.open)]

    def _settled(self, row: Row, declared: Value, verified: Value, pending: object) -> Row:
        """Both columns and what to enter; nothing but the claim where a difference is still open."""
        if pending:
            return replace(row, declared=declared, note=self.t("pending"))
        return replace(row, declared=declared, verified=verified if self.a.heard else None, enter=verified)

    def _term(self, entry: Entry, id_: str, section: str, number: str) -> list[Row]:
        declared, verified = (lines.get(id_) for lines in self.found.lines)
        if verified is None:
            return [self._line(entry, section, number, note=self.t("left_out"))]
        below = list(answers(verified, self.found.lines[1]))
        pending = {t.question for t in below} & self.open
        head = self._line(entry, section, number)
        said, seen = (_value(term, entry.places) for term in (declared, verified))
        head = self._settled(head, said, seen, pending)
        return [self._open_end(head, verified), *self._answers(below, section, number, 1)]

    def _open_end(self, row: Row, term: Term) -> Row:
        """Say where the unknown leaves a value open."""
        if row.note or term.low == term.high:
            return row
        return replace(row, note=self.t("unknown_below"))

    def _dimension(self, entry: Entry, section: str, number: str) -> list[Row]:
        id_ = entry.take.dimension or ""
        found: list[Row] = [self._line(entry, section, number)]
        levels = [g for g in self.found.rated.grades if g.number]
        held = [g for g in levels if f"a/{g.number}/{id_}" in self.found.lines[1]]
        if not held:
            return [replace(found[0], note=self.t("left_out"))]
        for grade in levels:
            at, name = f"{number}.{grade.number}", self.pen.say(grade.name)
            terms = [lines.get(f"a/{grade.number}/{id_}") for lines in self.found.lines]
            if terms[1] is None:
                found.append(Row(at, section, name, None, None, None, note=self.t("nothing_asked"), depth=1))
                continue
            below = list(answers(terms[1], self.found.lines[1]))
            values = [_value(term, entry.places) for term in terms]
            row = Row(at, section, name, None, None, None, note="" if below else self.t("nothing_asked"), depth=1)
            if below:
                row = self._open_end(
                    self._settled(row, values[0], values[1], {t.question for t in below} & self.open), terms[1]
                )
            found += [row, *self._answers(below, section, at, 2)]
        return found

    def _answers(self, below: list[Term], section: str, number: str, depth: int) -> list[Row]:
        return [self._answer(t.question or "", section, f"{number}.{i}", depth) for i, t in enumerate(below, 1)]

    def _answer(self, question: str, section: str, number: str, depth: int) -> Row:
        """One answer: in figures, and in the words of its own scale."""
        e, pen = self.evidence.get(question), self.pen
        held = pen.questions.get(question)
        unit = pen.say(held.unit) if held and held.unit else ""
        share = held is not None and held.kind == "share"
        row = Row(number, section, pen.question(question), None, None, None, unit, depth=depth, share=share)
        if e is None or (e.verified is None and e.claim is None):
            why = "not_applicable" if e and e.claimed == "not-applicable" else "nobody_knows"
            return replace(row, note=self.t(why))
        row = self._settled(row, e.claim, e.verified, {question} & self.open)
        words = (
            pen.answer(question, e.verified) if row.enter is not None and held and held.kind != "number" else ""
        )
        return replace(row, note=row.note or words)

    def _question(self, entry: Entry, section: str, number: str) -> list[Row]:
        """An answer of its own; of a several-of, each of its options."""
        id_ = entry.take.question or ""
        options = [q.id for q in self.a.questions if q.part_of == id_]
        if not options:
            row = self._answer(id_, section, number, 0)
            unit = self.pen.say(entry.unit) if entry.unit else row.unit
            cut = [_cut(value, entry.places) for value in (row.declared, row.verified, row.enter)]
            item = self.pen.say(entry.item)
            return [replace(row, item=item, unit=unit, declared=cut[0], verified=cut[1], enter=cut[2])]
        below = [self._answer(option, section, f"{number}.{i}", 1) for i, option in enumerate(options, 1)]
        return [self._line(entry, section, number), *below]


def _cut(value: Value, places: int) -> Value:
    return cut_off(value, places) if isinstance(value, Fraction) else value


def _value(term: Term | None, places: int) -> Value:
    return None if term is None or term.low is None else cut_off(term.low, places)
