"""`assessor sample` with connectors that never tire: each notes what is acknowledged as soon as `flush` returns.

Segments are written often, so that a kill meets every step of it. For a process of its own: tests/test_kill.py.
"""

import asyncio
import os
from pathlib import Path

import connectors
from assessor import cli
from assessor.bundle import journal
from assessor.domain import Endpoint, Gap, Message, Observation, RequestRecord, Scope, Sink, Tag
from tests.test_bundle import SEEN, row


class Tireless:
    """Rows 0, 1, 2 … of one tag an endpoint, some at a time, an Observation now and then."""

    PROTOCOLS = ("opcua",)

    def __init__(self, notes: int) -> None:
        self.notes = notes

    async def gather(
        self, endpoint: Endpoint, _: Scope, sink: Sink, *, stop: asyncio.Event, **__: object
    ) -> Observation:
        number = int(endpoint.id.removeprefix("e"))
        tag = Tag(id=number, endpoint=endpoint.id, asset=None, address="a", path="p")
        seen = SEEN.model_copy(update={"endpoint": endpoint.id, "tags": (tag,)})
        n = turn = 0
        while not stop.is_set():
            sink.samples([row(n + i, n + i)._replace(tag=number) for i in range(20)])
            sink.request(RequestRecord(turn, endpoint.id, "Read", "1 node", 10, 20, 1.0, "ok"))
            n, turn = n + 20, turn + 1
            if turn % 7 == 0:
                gap = Gap(begins=0, ends=turn, why=Message(id="bundle.interrupted"))
                sink.observe(seen.model_copy(update={"gaps": (gap,)}))
            sink.flush()
            os.write(self.notes, f"{endpoint.id} {n} {turn}\n".encode())
            await asyncio.sleep(0)
        return seen


def sample(folder: Path, *more: str) -> None:
    """Sample the folder's scope.yaml into out.zip; what is promised goes into `promised`, line by line."""
    notes = os.open(folder / "promised", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    journal.TAIL_ROWS = 400
    connectors.get = lambda _: Tireless(notes)  # type: ignore[assignment,return-value]
    cli.main(["sample", str(folder / "scope.yaml"), "-o", str(folder / "out.zip"), "--seconds", "600", *more])
