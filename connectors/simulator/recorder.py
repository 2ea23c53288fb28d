"""The record of every request the simulated servers received: what the read-only rule is tested against."""

import json
import time
from pathlib import Path
from typing import NamedTuple


class Recorded(NamedTuple):
    """One request as its server saw it."""

    time: int
    """ns UTC"""
    endpoint: str
    session: str
    """Peer of the connection."""
    service: str
    """OPC UA service name, or 'fc3'."""
    detail: str
    result: str
    """'ok' or 'refused'."""


class Recorder:
    """Appends to one file of JSON lines, each on disk before its request is answered."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")

    def add(self, endpoint: str, session: str, service: str, detail: str, result: str) -> None:
        row = Recorded(time.time_ns(), endpoint, session, service, detail, result)
        self._file.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def read(file: Path) -> list[Recorded]:
    """All complete lines of a record."""
    if not file.exists():
        return []
    lines = file.read_text("utf-8").split("\n")[:-1]
    return [Recorded(**json.loads(line)) for line in lines]
