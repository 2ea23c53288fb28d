"""READ a workbook back: what was entered on each sheet, and every cell that cannot be taken."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assessor import sheets
from assessor.documents import read_bounded
from assessor.domain import Answers, Framework, Message, Topic
from assessor.errors import InputError
from assessor.forms.changes import Given, Merged, Problem, merge
from assessor.forms.excel.cells import Grid
from assessor.forms.excel.cover import Cover, merge_cover, read_cover
from assessor.forms.excel.layout import FORMAT, LISTS, cover_name
from assessor.forms.excel.sheet import read_sheet

LARGEST, MOST = 20_000_000, 30_000_000
"""Bytes of a workbook, and of what it unpacks to."""


def read_book(
    file: Path, topics: Sequence[Topic], frameworks: Iterable[Framework], base: Answers | None = None
) -> Merged:
    """Hold a workbook against the answers that there are; nothing is written.

    Raises InputError where the file is no workbook of ours; what is wrong inside comes back, all of it.
    """
    grids = _grids(_bytes(file), file)
    roles = _roles(grids, file)
    questions = {q.id: q for topic in topics for q in topic.questions}
    problems = [*_lost(grids, roles)]
    name = cover_name()
    cover = read_cover(grids[name], tuple(frameworks)) if name in grids else Cover()
    problems += cover.problems
    given = list[Given]()
    for role, sheet in roles.items():
        if sheet in grids:
            entered, wrong = read_sheet(role, grids[sheet], questions)
            given += entered
            problems += wrong
    return _merged(cover, given, problems, {id_: i for i, id_ in enumerate(questions)}, base)


def _merged(
    cover: Cover, given: list[Given], problems: list[Problem], order: Mapping[str, int], base: Answers | None
) -> Merged:
    """Without a plant nothing can be taken; of another plant nothing is; without a day no answer is."""
    sheet = cover_name()
    plant = base.plant if base else cover.plant
    if plant is None or cover.plant not in (None, plant):
        name = "no_plant" if plant is None else "other_plant"
        if plant is not None or "plant" in cover.cells:
            params = {"given": cover.plant or "", "plant": plant or ""}
            message = Message(id=f"forms.book.{name}", params=dict(params))
            problems = [*problems, Problem(sheet=sheet, cell=cover.cells["plant"], message=message)]
        return Merged(answers=base, changes=(), problems=tuple(problems), kept=0)
    started = base or Answers(format="assessor-answers/1", plant=plant, answers=())
    done = merge(started, given, cover.date or "", order)
    problems = [*problems, *done.problems]
    after, changes = merge_cover(started, cover, sheet)
    if cover.date is not None:
        after = after.model_copy(update={"answers": done.answers})
        changes += done.changes
    elif done.changes and "date" in cover.cells and not any(p.cell == cover.cells["date"] for p in cover.problems):
        message = Message(id="forms.book.no_date", params={"n": len(done.changes)})
        problems.append(Problem(sheet=sheet, cell=cover.cells["date"], message=message))
    return Merged(answers=after, changes=tuple(changes), problems=tuple(problems), kept=done.kept)


def _bytes(file: Path) -> bytes:
    data = read_bounded(file, LARGEST)
    if data.startswith(sheets.OLE):
        raise InputError(Message(id="forms.book.old_or_locked"), str(file))
    return data


def _grids(data: bytes, file: Path) -> dict[str, Grid]:
    """Every sheet, as it is written and as it was calculated."""
    try:
        with (
            sheets.opened(io.BytesIO(data), stream=False, values=True, most=MOST) as values,
            sheets.opened(io.BytesIO(data), stream=False, values=False, most=MOST) as formulas,
        ):
            return {sheet.title: Grid.of(values[sheet.title], sheet) for sheet in formulas.worksheets}
    except sheets.BadWorkbook as problem:
        params: dict[str, Any] = dict(problem.params)
        raise InputError(Message(id=f"forms.book.{problem.name}", params=params), str(file)) from problem


def _roles(grids: Mapping[str, Grid], file: Path) -> dict[str, str]:
    """Which sheet is whose, as the hidden sheet says; a workbook without it is none of ours."""
    lists = grids.get(LISTS)
    if lists is None or lists.at(0, 0) != FORMAT:
        raise InputError(Message(id="forms.book.not_ours", params={"format": FORMAT}), str(file))
    rows = ((lists.at(row, 0), lists.at(row, 1)) for row in range(1, lists.rows))
    return {str(role): str(name) for role, name in rows if role and name}


def _lost(grids: Mapping[str, Grid], roles: Mapping[str, str]) -> Iterator[Problem]:
    """Sheets that are not there; any other that we do not know may be one of them, renamed."""
    wanted = (cover_name(), *roles.values())
    strange = [name for name in grids if name not in (*wanted, LISTS)]
    for name in wanted:
        if name not in grids:
            message = Message(id="forms.book.no_sheet", params={"sheet": name})
            if strange:
                params = {"sheet": name, "others": ", ".join(strange)[:300]}
                message = Message(id="forms.book.renamed", params=dict(params))
            yield Problem(sheet=name, cell="", message=message)
