"""A ledger's machines as assets of a scope, with what had to be assumed asked of the plant."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from assessor.domain import Asset, Interface, KeyProcess, Message, Text
from assessor.forms.register.ledger import Ledger, Machine

SPOKEN: Mapping[Interface, tuple[str, ...]] = {
    Interface.OPCUA: ("opcua",),
    Interface.MODBUS_TCP: ("modbustcp",),
    Interface.MODBUS_RTU: ("modbusrtu",),
    Interface.MTCONNECT: ("mtconnect",),
    Interface.S7: ("s7",),
    Interface.PROFINET: ("profinet",),
    Interface.FOCAS: ("focas",),
    Interface.MC: ("melsec", "slmp", "mc协议"),
    Interface.FINS: ("fins",),
    Interface.ETHERNET_IP: ("ethernetip",),
}
"""What a ledger calls them, letters and digits alone; the first that is found in the text. 'OPC' or 'Modbus' alone
does not say which, and is asked about."""
NOTHING = ("无", "没有", "none", "na")
IDLE = ("闲置", "停用", "封存", "报废", "待处置", "idle", "scrapped", "disposed", "out of use")
IN_USE = ("在用", "使用", "正常", "运行", "in use", "running", "active", "ok")
PRODUCES = ("生产", "加工", "production", "machining", "process")
SERVES = ("办公", "运输", "车辆", "房屋", "建筑", "电子设备", "家具", "office", "vehicle", "building", "furniture")
MOST_OF_A_LINE = 200
"""Machines that one line may stand for."""


@dataclass(frozen=True)
class Draft:
    """Assets and key processes for a scope, and what to ask before they stand there."""

    assets: tuple[Asset, ...]
    processes: tuple[KeyProcess, ...]
    questions: tuple[Message, ...]


def draft(ledger: Ledger) -> Draft:
    """Every machine of a ledger, in its order."""
    ids = _ids(ledger)
    assets = [_asset(machine, id_) for machine, ids_ in zip(ledger.machines, ids, strict=True) for id_ in ids_]
    return Draft(tuple(assets), _processes(ledger, ids), tuple(_questions(ledger)))


def _ids(ledger: Ledger) -> list[list[str]]:
    """An id for each machine: of its number where that makes one, else of its row; none twice."""
    held: Counter[str] = Counter()
    found = []
    for machine in ledger.machines:
        count = _count(machine)
        base = _slug(machine["number"] or machine["asset_number"]) or f"row-{machine.row + 1}"
        held[base] += 1
        base = base if held[base] == 1 else f"{base}-row-{machine.row + 1}"
        found.append([base] if count == 1 else [f"{base}-{n}" for n in range(1, count + 1)])
    return found


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return plain[:40].strip("-") if re.search(r"[a-z0-9]", plain) and text.isascii() else ""


def _count(machine: Machine) -> int:
    text = machine["count"]
    return int(text) if text.isdigit() and 1 <= int(text) <= MOST_OF_A_LINE else 1


def _asset(machine: Machine, id_: str) -> Asset:
    name = " ".join(filter(None, (machine["name"], machine["model"])))
    return Asset(
        id=id_,
        name=Text(zh=name, en=name),
        kind="machine",
        production=_says(machine["kind"], PRODUCES, SERVES) is not False,
        in_use=_says(machine["state"], IN_USE, IDLE) is not False,
        interface=interface(machine["interface"]),
        controller=machine["controller"] or None,
    )


def interface(text: str) -> Interface:
    """What a ledger's words for an interface mean; unknown where it says nothing, other for what is not known."""
    plain = re.sub(r"[\s\W_]+", "", text).casefold()
    if not plain:
        return Interface.UNKNOWN
    if plain in NOTHING:
        return Interface.NONE
    return next((found for found, names in SPOKEN.items() if any(n in plain for n in names)), Interface.OTHER)


def _says(text: str, yes: tuple[str, ...], no: tuple[str, ...]) -> bool | None:
    """What a text says; a 'no' is looked for first, since 停用 holds 用."""
    plain = text.casefold()
    if any(word in plain for word in no):
        return False
    return True if any(word in plain for word in yes) else None


def _processes(ledger: Ledger, ids: list[list[str]]) -> tuple[KeyProcess, ...]:
    """Steps as the ledger names them; which of them are key is the plant's word."""
    found: dict[str, list[str]] = {}
    for machine, ids_ in zip(ledger.machines, ids, strict=True):
        if machine["process"]:
            found.setdefault(machine["process"], []).extend(ids_)
    return tuple(
        KeyProcess(id=_slug(name) or f"process-{i}", name=Text(zh=name, en=name), assets=tuple(assets))
        for i, (name, assets) in enumerate(found.items(), 1)
    )


def _questions(ledger: Ledger) -> list[Message]:
    """What the ledger does not say, or says of some machines only."""
    asked = []
    for key in ("number", "kind", "interface", "controller", "state"):
        silent = [m.place for m in ledger.machines if not m[key]]
        if key not in ledger.columns:
            asked.append(Message(id=f"register.ask.{key}"))
        elif silent:
            params: dict[str, str | int] = {"n": len(silent), "first": silent[0]}
            asked.append(Message(id=f"register.ask_some.{key}", params=dict(params)))
    odd = [m.place for m in ledger.machines if interface(m["interface"]) is Interface.OTHER]
    kinds = [m.place for m in ledger.machines if m["kind"] and _says(m["kind"], PRODUCES, SERVES) is None]
    states = [m.place for m in ledger.machines if m["state"] and _says(m["state"], IN_USE, IDLE) is None]
    controlled = [m.place for m in ledger.machines if m["controller"]]
    lines = [m.place for m in ledger.machines if m["count"] and _count(m) > 1]
    twice = [n for n, times in Counter(n for m in ledger.machines for n in m.numbers).items() if times > 1]
    told = {"odd_interface": odd, "odd_kind": kinds, "odd_state": states, "controlled": controlled}
    told |= {"several": lines, "twice": twice, "skipped": list(ledger.skipped)}
    for name, found in told.items():
        if found:
            asked.append(Message(id=f"register.{name}", params={"n": len(found), "first": found[0]}))
    if "process" in ledger.columns:
        asked.append(Message(id="register.which_key"))
    return asked
