"""READ one ledger: which row is the header, which column is what, and every machine with its place in the file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessor.domain import Message
from assessor.errors import InputError
from assessor.tables import Table, read_tables

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    key: tuple(names.split("|"))
    for key, names in {
        "number": "设备编号|设备编码|设备号|编号|equipment no|equipment id|machine no|tag|id|no",
        "asset_number": "固定资产编号|固定资产编码|资产编号|资产编码|asset no|asset number|fixed asset no",
        "name": "设备名称|资产名称|固定资产名称|名称|equipment name|asset name|machine|name|description",
        "kind": "设备类别|资产类别|设备类型|类别|分类|category|type|class",
        "model": "规格型号|型号规格|设备型号|型号|规格|model",
        "maker": "制造商|生产厂家|制造厂|厂家|品牌|manufacturer|maker|brand",
        "place": "使用部门|存放地点|安装位置|安装地点|所在车间|车间|位置|department|location|workshop",
        "process": "关键工序|所属工序|工序|工艺|process|step",
        "controller": "控制系统|控制器型号|控制器|plc型号|数控系统|controller|control system|plc",
        "interface": "通信协议|通讯协议|通信接口|通讯接口|通讯方式|接口|协议|protocol|interface",
        "state": "使用状态|使用状况|设备状态|资产状态|状态|status|state|condition",
        "count": "数量|台数|quantity|qty|count",
    }.items()
}
"""Headers that a column goes by; the more telling ones first."""
NEEDED = ("name",)
SUMS = ("合计", "总计", "小计", "total", "sum", "subtotal")
"""Names of lines that are no machines."""
LOOKED_AT = 30
"""Rows among which the header is looked for."""


@dataclass(frozen=True, eq=False)
class Machine:
    """One line of a ledger: texts by column, and where it stands. Two lines that say the same are two machines."""

    place: str
    row: int
    texts: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """The text under a column; '' where the ledger has no such column."""
        return self.texts.get(key, "")

    @property
    def numbers(self) -> frozenset[str]:
        """Its numbers, written alike however they were typed."""
        found = (alike(self[key]) for key in ("number", "asset_number"))
        return frozenset(number for number in found if number)

    @property
    def likeness(self) -> tuple[str, str]:
        """What else two ledgers may know it by: its name and model."""
        return alike(self["name"]), alike(self["model"])


@dataclass(frozen=True)
class Ledger:
    """One sheet of machines."""

    file: str
    columns: Mapping[str, str]
    """What each column was taken for, to the header it stands under."""
    unused: tuple[str, ...]
    """Headers of columns that were taken for nothing."""
    machines: tuple[Machine, ...]
    skipped: tuple[str, ...]
    """Places of rows with something in them but no name, such as sums and remarks."""


def read_ledger(file: Path, sheet: str | None = None, given: Mapping[str, str] | None = None) -> Ledger:
    """The machines of a CSV or Excel file. `given`: column to header, where the usual names do not tell."""
    tables = [table for table in read_tables(file) if sheet is None or table.name == sheet]
    if not tables:
        raise InputError(Message(id="register.no_sheet", params={"sheet": sheet or ""}), str(file))
    for key in given or {}:
        if key not in SYNONYMS:
            params: dict[str, str | int] = {"key": key, "known": ", ".join(SYNONYMS)}
            raise InputError(Message(id="register.unknown_column", params=dict(params)), str(file))
    best = max(((_header(table, given or {}), table) for table in tables), key=lambda found: len(found[0][1]))
    (row, columns), table = best
    if any(key not in columns for key in NEEDED):
        seen = ", ".join(filter(None, table.rows[row] if table.rows else ()))[:300]
        raise InputError(Message(id="register.no_header", params={"seen": seen or "-"}), table.cell(row, 0))
    return _ledger(table, row, columns)


def _header(table: Table, given: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """The row that names most columns, and which column is what."""
    found = [(i, _columns(row, given)) for i, row in enumerate(table.rows[:LOOKED_AT])]
    return max(found, key=lambda one: (len(one[1]), -one[0]), default=(0, {}))


def _columns(row: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """A header stands for one thing; the more telling name wins, then the further left."""
    heads = [_plain(cell) for cell in row]
    found: dict[str, int] = {}
    for key, header in given.items():
        if _plain(header) in heads:
            found[key] = heads.index(_plain(header))
    for key, names in SYNONYMS.items():
        places = (heads.index(_plain(n)) for n in names if _plain(n) in heads)
        place = next((p for p in places if p not in found.values()), None)
        if key not in found and place is not None:
            found[key] = place
    return found


def _plain(header: str) -> str:
    """A header without blanks, remarks in brackets and signs."""
    return re.sub(r"[\s\W_]+", "", re.sub(r"[（(].*?[)）]", "", header)).casefold()


def alike(text: str) -> str:
    """A number or name as it is compared: no blanks, no signs, no leading zeros of its digits."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[\s\W_]+", "", text)).upper()


def _ledger(table: Table, header: int, columns: Mapping[str, int]) -> Ledger:
    names = table.rows[header]
    machines, skipped = [], []
    for i, row in enumerate(table.rows[header + 1 :], header + 1):
        texts = {key: row[at] for key, at in columns.items() if at < len(row) and row[at]}
        if _plain(texts.get("name", "")) not in ("", *SUMS):
            machines.append(Machine(table.cell(i, columns["name"]), i, texts))
        elif any(row):
            skipped.append(table.cell(i, 0))
    taken = set(columns.values())
    return Ledger(
        file=table.file,
        columns={key: names[at] for key, at in columns.items()},
        unused=tuple(name for at, name in enumerate(names) if name and at not in taken),
        machines=tuple(machines),
        skipped=tuple(skipped),
    )
