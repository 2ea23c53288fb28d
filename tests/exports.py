"""Exports for tests: files as systems write them, and what a scope says of them."""

import asyncio
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assessor.domain import Endpoint, Observation
from connectors.export import gather
from tests.kept import Kept
from tests.test_bundle import SCOPE

TAKEN = "2026-11-25T08:00:00+08:00"
WIDE: dict[str, Any] = {
    "system": "WinCC 7.5", "taken_by": "shift leader", "taken_at": TAKEN, "layout": "wide", "time": "time",
    "time_zone": "Asia/Shanghai",
}  # fmt: skip
LONG: dict[str, Any] = WIDE | {"layout": "long", "tag": "tag", "value": "value"}


def endpoint(file: Path, how: dict[str, Any], **more: Any) -> Endpoint:
    return Endpoint.model_validate(
        {"id": "history", "protocol": "export", "address": str(file), "role": "scada", "export": how} | more
    )


def read(file: Path, how: dict[str, Any] = WIDE, **more: Any) -> tuple[Observation, Kept]:
    """Gather one file, for real."""
    kept = Kept()

    async def run() -> Observation:
        return await gather(endpoint(file, how, **more), SCOPE, kept, seconds=1, stop=asyncio.Event())

    return asyncio.run(run()), kept


def read_text(
    folder: Path, text: str | bytes, how: dict[str, Any] = WIDE, **more: Any
) -> tuple[Observation, Kept]:
    file = folder / "export.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, how, **more)


def ns(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000) * 1_000_000


def doubts(seen: Observation) -> dict[str, tuple[Any, Any]]:
    """By kind: how often, and where first."""
    assert seen.record is not None
    return {d.id.removeprefix("export.doubt."): (d.params["n"], d.params["place"]) for d in seen.record.doubts}


def problem(seen: Observation) -> tuple[str, Any]:
    """What was wrong, and where."""
    assert seen.problem is not None
    return seen.problem.id.removeprefix("export."), seen.problem.params.get("place")


def replaced(workbook: Path, member: str, content: bytes) -> None:
    """Another content for one member of a workbook."""
    with zipfile.ZipFile(workbook) as old:
        held = {name: old.read(name) for name in old.namelist()}
    held[member] = content
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in held.items():
            new.writestr(name, data)
