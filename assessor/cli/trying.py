"""`profiles try`: one unit read once, registers and values side by side for a person to judge."""

import asyncio
from time import time_ns
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assessor.cli.terminal import AsJson, ScopeFile, emit, language, out, say
from assessor.domain import Endpoint, Message, RequestRecord, Scope, Unit
from assessor.errors import ContactError, InputError
from assessor.messages import render
from connectors.modbus import PROTOCOLS
from connectors.modbus.blocks import Block, stretches
from connectors.modbus.trial import Trial, read_once, requests
from connectors.profiles import profile_for
from connectors.profiles.trying import ORDERS, Proposal, Side, propose_order, side_by_side
from connectors.scope import check_window, load_scope


def profiles_try(
    scope_file: ScopeFile,
    endpoint_id: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id in the scope.")],
    unit_id: Annotated[int | None, typer.Option("--unit", help="Unit, where the endpoint has several.")] = None,
    twice: Annotated[bool, typer.Option(help="Read a second time: counters must not fall.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read one unit of a scope once by its register map: registers, values, and which order of bytes fits."""
    scope = load_scope(scope_file)
    endpoint, unit = _chosen(scope, endpoint_id, unit_id)
    check_window(scope, time_ns())
    profile = profile_for(scope, unit.profile or "")
    blocks = requests(scope, endpoint, unit)
    _announce(endpoint, unit, blocks)
    if profile.note:
        say(profile.note)
    log: list[RequestRecord] = []
    trial = asyncio.run(read_once(scope, endpoint, unit, log.append, twice=twice))
    if not trial.registers and trial.problem:
        raise ContactError(trial.problem, f"{endpoint.id} unit {unit.unit}")
    sides = side_by_side(profile, trial.registers)
    proposal = propose_order(profile.points, trial.registers, profile.order, trial.later)
    if as_json:
        emit(_facts(blocks, log, trial, sides, proposal))
        return
    _show(sides, trial, proposal)


def _chosen(scope: Scope, endpoint_id: str, unit_id: int | None) -> tuple[Endpoint, Unit]:
    """The unit that is meant; it has to be in the scope, with a register map."""
    mapped = {e.id: [u for u in e.units if u.profile] for e in scope.endpoints if e.protocol in PROTOCOLS}
    if not mapped.get(endpoint_id):
        known = ", ".join(id_ for id_, units in mapped.items() if units) or "-"
        raise InputError(Message(id="profiles.try.no_endpoint", params={"id": endpoint_id, "known": known}))
    units = mapped[endpoint_id]
    if unit_id is None and len(units) == 1:
        unit_id = units[0].unit
    found = next((u for u in units if u.unit == unit_id), None)
    if found is None:
        known = ", ".join(str(u.unit) for u in units)
        raise InputError(Message(id="profiles.try.no_unit", params={"known": known}))
    return next(e for e in scope.endpoints if e.id == endpoint_id), found


def _announce(endpoint: Endpoint, unit: Unit, blocks: tuple[Block, ...]) -> None:
    """What will be asked, before anything is sent."""
    params: dict[str, Any] = {"address": endpoint.address, "unit": unit.unit, "n": len(blocks)}
    say("profiles.try.will_ask", **params)
    for block in blocks:
        say("profiles.try.request", fc=block.fc, registers=_place(block))


def _place(block: Block) -> str:
    return f"{block.points[0].table} {block.start}+{block.length}"


def _facts(
    blocks: tuple[Block, ...], log: list[RequestRecord], trial: Trial, sides: tuple[Side, ...], proposal: Proposal
) -> dict[str, Any]:
    return {
        "planned": [_place(block) for block in blocks],
        "requests": [{"service": r.service, "detail": r.detail, "result": r.result} for r in log],
        "refused": [{"registers": _place(block), "code": code} for block, code in trial.refused],
        "problem": render(trial.problem, language()) if trial.problem else None,
        "points": [side.model_dump(mode="json") for side in sides],
        "proposal": proposal.model_dump(mode="json") | {"text": render(proposal.why, language())},
    }


def _show(sides: tuple[Side, ...], trial: Trial, proposal: Proposal) -> None:
    words = ("point", "wire", "printed", "registers", "value", "unit", "plausible")
    table = Table(*(Column(render(f"profiles.word.{word}", language()), overflow="fold") for word in words))
    for order in ORDERS if any(side.orders for side in sides) else ():
        table.add_column(order)
    marks = {True: "✓", False: "✗", None: ""}
    for side in sides:
        value = "—" if not side.registers else _written(side.value) + (f" {side.state}" if side.state else "")
        orders = [_written(side.orders[order]) if side.orders else "" for order in ORDERS]
        table.add_row(
            side.id, side.place, str(side.printed), " ".join(side.registers), value, side.unit or "",
            marks[side.plausible], *orders[: len(table.columns) - len(words)],
        )  # fmt: skip
    out.print(table)
    for code in sorted({code for _, code in trial.refused}):
        where = ", ".join(stretches(block for block, each in trial.refused if each == code))
        out.print(render("profiles.try.refused", language(), where=where, code=code), soft_wrap=True)
    if trial.problem:
        out.print(render(trial.problem, language()), soft_wrap=True)
    out.print(render(proposal.why, language()), soft_wrap=True)
    out.print(render("profiles.try.judge", language()), soft_wrap=True)


def _written(value: bool | int | float | str | None) -> str:
    return "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
