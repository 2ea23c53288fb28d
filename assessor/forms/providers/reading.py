"""READ providers: from the workbook, each fault with its sheet and cell, and from the file that it becomes."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from assessor.documents import load_with_lines
from assessor.domain import Message, Provider, Providers, Region, canonical
from assessor.errors import InputError
from assessor.forms.filled import Row, filled, folded, listed, names
from assessor.forms.providers.layout import NEEDED, SHEETS, sheet_title
from assessor.forms.words import both
from assessor.forms.writing import yaml_lines
from assessor.tables import Table, read_tables

SEVERAL = ("capabilities", "industries", "districts", "affiliated")
Problem = tuple[str, Message]


def read_providers(file: Path, recommendations: Collection[str], regions: Mapping[str, Region]) -> Providers:
    """The providers of a filled-in workbook. Raises InputError with the first fault and the number of others."""
    tables = {folded(t.name or ""): t for t in read_tables(file)}
    problems: list[Problem] = []
    sheets = {sheet: _sheet(sheet, tables, file, problems) for sheet in SHEETS}
    if problems:
        _refuse(problems)
    lines = [_Line(row, problems, recommendations, _places(regions)) for row in sheets["providers"]]
    by_id: dict[str, _Line] = {}
    stray: list[Problem] = []
    for line in lines:
        id_ = line.row.texts.get("id", "")
        if id_ in by_id:
            problems.append((line.row.cell("id"), _wrong("twice", id=id_, first=by_id[id_].row.cell("id"))))
        by_id.setdefault(id_, line)
    for sheet in ("references", "lists"):
        for row in sheets[sheet]:
            owner = by_id.get(row.texts.get("provider", ""))
            if owner is None:
                given = row.texts.get("provider", "")
                stray.append((row.cell("provider"), _wrong("no_provider", id=given[:80] or "-")))
            else:
                owner.raw.setdefault(sheet, []).append(_part(sheet, row))
                owner.places[sheet, len(owner.raw[sheet]) - 1] = row
    found = [made for line in lines if (made := line.made(problems)) is not None]
    if problems or stray:
        _refuse([*problems, *stray])
    if not found:
        raise InputError(_wrong("none"), str(file))
    return Providers(format="assessor-providers/1", providers=tuple(sorted(found, key=lambda p: p.id)))


def load_providers(file: Path, recommendations: Collection[str]) -> Providers:
    """A file of providers, YAML or JSON. Raises InputError with the line of what is wrong."""
    held, lines = load_with_lines(Providers, file)
    ids = [provider.id for provider in held.providers]
    for i, provider in enumerate(held.providers):
        if (first := ids.index(provider.id)) < i:
            at = lines.at("providers", first, "id")
            raise InputError(_wrong("twice", id=provider.id, first=at), lines.at("providers", i, "id"))
        for j, id_ in enumerate(provider.capabilities):
            if id_ not in recommendations:
                raise InputError(_unknown(id_, recommendations), lines.at("providers", i, "capabilities", j))
    return held


def write_providers(held: Providers, *, as_json: bool) -> bytes:
    """The file's bytes; YAML has one line a provider."""
    if as_json:
        return canonical(held)
    lines = [p.model_dump(mode="json", exclude_defaults=True) for p in held.providers]
    return yaml_lines({"format": held.format, "providers": lines}).encode()


def _sheet(sheet: str, tables: Mapping[str, Table], file: Path, problems: list[Problem]) -> list[Row]:
    """Its lines. A sheet that is not needed may be missing; a needed column may not."""
    table = tables.get(folded(sheet_title(sheet)))
    if table is None:
        if sheet == "providers":
            problems.append((str(file), _wrong("no_sheet", sheet=sheet_title(sheet))))
        return []
    found = filled(table, {column: names(both(f"providers.column.{column}")) for column in SHEETS[sheet]})
    missing = [column for column in NEEDED[sheet] if column not in found.columns]
    if missing:
        name = min(names(both(f"providers.column.{missing[0]}")), key=len)
        problems.append((table.cell(found.header, 0), _wrong("no_column", column=name)))
        return []
    return list(found.rows)


def _part(sheet: str, row: Row) -> dict[str, Any]:
    """A reference or a list as the noun wants it."""
    texts = dict(row.texts)
    texts.pop("provider", None)
    if sheet == "lists":
        return {"name" if key == "list" else key: _day(value) for key, value in texts.items()}
    return texts


def _day(value: str) -> str:
    """Excel hands a date over with its midnight."""
    return value.removesuffix(" 00:00:00")


@dataclass
class _Line:
    """One provider while it is put together."""

    row: Row
    problems: list[Problem]
    recommendations: Collection[str]
    places_by_name: Mapping[str, str]
    raw: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, int], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column, text in self.row.texts.items():
            self.raw[column] = listed(text) if column in SEVERAL else text
        self.raw["capabilities"] = [self._known(id_) for id_ in self.raw.get("capabilities", [])]
        self.raw["districts"] = [self._place(name) for name in self.raw.get("districts", [])]

    def _known(self, id_: str) -> str:
        if id_ not in self.recommendations:
            self.problems.append((self.row.cell("capabilities"), _unknown(id_, self.recommendations)))
        return id_

    def _place(self, name: str) -> str:
        found = self.places_by_name.get(folded(name))
        if found is None:
            self.problems.append((self.row.cell("districts"), _wrong("unknown_place", place=name[:80])))
        return found or "unknown"

    def made(self, problems: list[Problem]) -> Provider | None:
        """The provider, or what is wrong with its cells."""
        try:
            return Provider.model_validate(self.raw)
        except ValidationError as problem:
            problems += [self._explain(error) for error in problem.errors()]
            return None

    def _explain(self, error: Any) -> Problem:
        loc = error["loc"]
        place, column = self.row.cell(str(loc[0])), str(loc[0])
        if len(loc) > 1 and (row := self.places.get((column, int(loc[1])))) is not None:
            column = "list" if loc[2] == "name" else str(loc[2])
            place = row.cell(column)
        if error["type"] in ("missing", "too_short"):
            return place, _wrong("empty", column=column)
        given = error["input"] if isinstance(error["input"], str | int) else "..."
        params = {"field": column, "given": str(given)[:80], "detail": error["msg"]}
        return place, Message(id="input.wrong_value", params=dict(params))


def _places(regions: Mapping[str, Region]) -> dict[str, str]:
    """Ids of cities and districts by whatever they may be called."""
    held = [(r.id, r.name) for r in regions.values()]
    held += [(d.id, d.name) for r in regions.values() for d in r.districts]
    return {folded(word): id_ for id_, name in held for word in (id_, name.zh, name.en)}


def _unknown(id_: str, known: Collection[str]) -> Message:
    near = ", ".join(difflib.get_close_matches(id_, known, 3)) or "-"
    return _wrong("unknown_capability", id=id_[:80], near=near)


def _wrong(name: str, **params: str | int) -> Message:
    return Message(id=f"providers.{name}", params=dict(params))


def _refuse(problems: Iterable[Problem]) -> NoReturn:
    (place, message), *others = problems
    raise InputError(message, place + (f" (+{len(others)})" if others else ""))
