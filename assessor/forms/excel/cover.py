"""READ the cover: plant, day, budget, frameworks to rate by, and what is cut. An empty cell says nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.domain import Answers, Cut, Framework, Message, Question
from assessor.forms.changes import Change, Problem
from assessor.forms.excel.cells import Grid, cell_name
from assessor.forms.excel.layout import cuttable, optional, uncuttable
from assessor.forms.meaning import Raw, day_of, value_of
from assessor.forms.words import both

ENTRY, MORE = 2, 3
"""Columns of what is entered, and of the reason beside it."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_YUAN = 10**12
YES_NO = Question(id="cover", kind="yes-no", text=both("forms.cover.sheet"), knows="owner")
"""What a cell of yes or no is read as."""


@dataclass
class Cover:
    """What was entered. None: nothing, or nothing that can be taken."""

    plant: str | None = None
    date: str | None = None
    budget: int | None = None
    frameworks: dict[str, bool] = field(default_factory=dict)
    cuts: dict[str, str | None] = field(default_factory=dict)
    """By sub-domain the reason; None: not cut."""
    cells: dict[str, str] = field(default_factory=dict)
    """Where each stands, by its key."""
    problems: list[Problem] = field(default_factory=list)


def read_cover(grid: Grid, frameworks: Sequence[Framework]) -> Cover:
    """What the cover says, and in `problems` what of it cannot be taken."""
    reader = Reader(grid, frameworks)
    for row in range(grid.rows):
        reader.row(row)
    for key in ("plant", "date", "budget"):
        if key not in reader.cover.cells:
            message = Message(id="forms.book.no_key", params={"key": key})
            reader.cover.problems.append(Problem(sheet=grid.name, cell="", message=message))
    return reader.cover


class Reader:
    """Goes down the keys of column A."""

    def __init__(self, grid: Grid, frameworks: Sequence[Framework]) -> None:
        self.grid, self.cover = grid, Cover()
        self.offered, self.cuttable, self.fixed = (
            optional(frameworks),
            cuttable(frameworks),
            uncuttable(frameworks),
        )

    def row(self, row: int) -> None:
        """Take one row, whatever it is."""
        key, raw = self.grid.text(row, 0), self.grid.at(row, ENTRY)
        kind, _, id_ = key.partition(":")
        if key in ("plant", "date", "budget"):
            self.cover.cells[key] = cell_name(row, ENTRY)
        if (fault := self.grid.faults.get((row, ENTRY))) is not None and key:
            self._wrong(row, ENTRY, fault)
        elif key in ("plant", "date", "budget"):
            if raw is not None:
                getattr(self, f"_{key}")(row, raw)
        elif kind in ("framework", "cut") and id_:
            self.cover.cells[key] = cell_name(row, ENTRY)
            getattr(self, f"_{kind}")(row, id_, raw)
        elif key and raw is not None:
            self._wrong(row, 0, Message(id="forms.book.strange_key", params={"key": key[:80]}))

    def _wrong(self, row: int, column: int, message: Message) -> None:
        self.cover.problems.append(self.grid.problem(row, column, message))

    def _plant(self, row: int, raw: Raw) -> None:
        if isinstance(raw, str) and SLUG.fullmatch(raw) and len(raw) <= 64:
            self.cover.plant = raw
        else:
            self._wrong(row, ENTRY, Message(id="forms.book.plant", params={"value": str(raw)[:80]}))

    def _date(self, row: int, raw: Raw) -> None:
        self.cover.date = day_of(raw)
        if self.cover.date is None:
            self._wrong(row, ENTRY, Message(id="forms.time", params={"value": str(raw)[:80]}))

    def _budget(self, row: int, raw: Raw) -> None:
        value = value_of(YES_NO.model_copy(update={"kind": "number"}), raw)
        if isinstance(value, Fraction) and value.denominator == 1 and 0 <= value <= MOST_YUAN:
            self.cover.budget = int(value)
        else:
            self._wrong(row, ENTRY, Message(id="forms.book.budget", params={"value": str(raw)[:80]}))

    def _yes(self, row: int, raw: Raw | None) -> bool | None:
        value = None if raw is None else value_of(YES_NO, raw)
        if raw is not None and not isinstance(value, Fraction):
            message = Message(
                id="forms.book.yes_or_no", params={"question": self.grid.text(row, 0), "value": str(raw)[:80]}
            )
            self._wrong(row, ENTRY, message)
        return value == 1 if isinstance(value, Fraction) else None

    def _framework(self, row: int, id_: str, raw: Raw | None) -> None:
        wanted = self._yes(row, raw)
        if id_ not in self.offered:
            if wanted is not None:
                params = {"id": id_[:80], "known": ", ".join(self.offered) or "-"}
                self._wrong(row, 0, Message(id="forms.unknown_framework", params=dict(params)))
        elif wanted is not None:
            self.cover.frameworks[id_] = wanted

    def _cut(self, row: int, id_: str, raw: Raw | None) -> None:
        cut, reason = self._yes(row, raw), self.grid.text(row, MORE)
        params = {"id": id_[:80], "known": ", ".join(self.cuttable), "question": id_[:80]}
        if id_ in self.fixed:
            if cut:
                self._wrong(row, 0, Message(id="rating.cut_not_allowed", params={"name": self.fixed[id_]}))
        elif id_ not in self.cuttable:
            self._wrong(row, 0, Message(id="rating.unknown_cut", params=dict(params)))
        elif (cut and not reason) or (raw is None and reason):
            name = "cut_reason" if cut else "cut_unsaid"
            self._wrong(row, MORE if cut else ENTRY, Message(id=f"forms.book.{name}", params=dict(params)))
        elif cut is not None:
            self.cover.cuts[id_] = reason if cut else None


def merge_cover(base: Answers, cover: Cover, sheet: str) -> tuple[Answers, list[Change]]:
    """The answers with what the cover says of the factory as a whole, and what differs."""
    changes = list[Change]()

    def changed(key: str, of: str, before: str | None, after: str | None) -> bool:
        if before != after:
            cell = cover.cells[key]
            changes.append(Change(sheet=sheet, cell=cell, of=of, part="cover", before=before, after=after))
        return before != after

    new: dict[str, object] = {}
    if cover.budget is not None and changed("budget", "budget", _text(base.budget), str(cover.budget)):
        new["budget"] = cover.budget
    wanted = list(base.frameworks)
    for id_, on in cover.frameworks.items():
        before = id_ in wanted
        if changed(f"framework:{id_}", id_, _yes_no(before), _yes_no(on)):
            wanted = [*wanted, id_] if on else [other for other in wanted if other != id_]
    cuts = {cut.dimension: cut.reason for cut in base.cuts}
    for id_, reason in cover.cuts.items():
        if " ".join((reason or "").split()) != " ".join(cuts.get(id_, "").split()):
            changed(f"cut:{id_}", id_, cuts.pop(id_, None) if reason is None else cuts.get(id_), reason)
            if reason is not None:
                cuts[id_] = reason
    new |= {"frameworks": tuple(wanted), "cuts": tuple(Cut(dimension=id_, reason=r) for id_, r in cuts.items())}
    return base.model_copy(update=new), changes


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
