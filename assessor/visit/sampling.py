"""SAMPLE and seal, whoever looks on: folders and key, the laptop kept awake, a stop that is a stop."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import time_ns
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor import gathering
from assessor.bundle import Folder, Sealed, create, installation_key, reopen, seal
from assessor.domain import Message, Scope
from assessor.errors import AssessorError, InputError
from assessor.home import free
from assessor.laptop import Awake, Networks, awake, looked_at
from assessor.watch import Watched
from connectors.abort import run_bounded

LOOK = 0.5
"""Seconds between two looks."""


class Onlooker(Protocol):
    """Whom a run is shown to, and who may stop it."""

    @property
    def on_site(self) -> bool:
        """Does the machine belong to whoever samples, so that its networks are told of?"""

    def laptop(self, stood: Networks | None, kept_awake: Awake) -> None:
        """What this start of the run found of the laptop."""

    def watching(self, watched: Watched, stop: asyncio.Event) -> AbstractContextManager[Callable[[], None]]:
        """While it lasts, what it gives is called twice a second; sets `stop` where somebody asks for it."""

    def sealing(self) -> None:
        """No machine is spoken to any more."""


def working_folder(output: Path) -> Path:
    """Where a run keeps what it samples until it is sealed."""
    return output.with_name(output.name + ".work")


def sample(
    scope: Scope, scope_bytes: bytes, output: Path, seconds: float, onlooker: Onlooker, *, resume: bool = False
) -> tuple[Sealed, bool]:
    """Sample and seal. True beside the bundle where somebody cut it short."""
    free(output)
    key = installation_key()  # a key that cannot be used is better known before than after sampling
    work = working_folder(output)
    if resume:
        folder = _taken_up(work, scope_bytes)
    elif work.exists():
        raise InputError(Message(id="cli.left_over", params={"folder": str(work)}))
    else:
        folder = create(work, scope_bytes, scope)
    try:
        with awake() as kept_awake:
            stood = looked_at(scope) if onlooker.on_site else None
            told = {"networks": stood.model_dump(mode="json")} if stood is not None else {}
            folder.note({"at": time_ns(), "awake": kept_awake.model_dump()} | told)
            onlooker.laptop(stood, kept_awake)
            stopped = _watched(scope, folder, seconds, onlooker)
        folder.end(stopped)
    except AssessorError:
        folder.close()
        raise
    onlooker.sealing()
    return _seal(folder, key, output, truncated=stopped), stopped


def seal_left(output: Path) -> Sealed:
    """Seal what an interrupted run left behind, and say that it is cut short."""
    key = installation_key()
    folder = reopen(_left(working_folder(free(output))))
    return _seal(folder, key, output, truncated=True)


def _taken_up(work: Path, scope_bytes: bytes) -> Folder:
    """What a run left, to go on with under the very scope it began with: that one is sealed."""
    folder = reopen(_left(work))
    if folder.member("scope.yaml") != scope_bytes:
        folder.close()
        raise InputError(Message(id="cli.other_scope", params={"file": str(work / "scope.yaml")}))
    return folder


def _left(work: Path) -> Path:
    if not work.is_dir():
        raise InputError(Message(id="cli.nothing_left", params={"folder": str(work)}))
    return work


def _seal(folder: Folder, key: Ed25519PrivateKey, output: Path, *, truncated: bool) -> Sealed:
    try:
        sealed = seal(folder, key, output, truncated=truncated)
    except AssessorError:
        folder.close()
        raise
    folder.remove()
    return sealed


def _watched(scope: Scope, folder: Folder, seconds: float, onlooker: Onlooker) -> bool:
    """Run the gathering and show it; True where somebody ended it."""
    watched = Watched(folder, scope)

    async def run() -> bool:
        stop = asyncio.Event()
        with onlooker.watching(watched, stop) as look:
            work = asyncio.ensure_future(
                gathering.gather(scope, watched, seconds=seconds, stop=stop, ended=watched.ended)
            )
            try:
                while not work.done():
                    await asyncio.wait([work], timeout=LOOK)
                    look()
            finally:
                work.cancel()
            await work
        return stop.is_set()

    return run_bounded(run())


@contextmanager
def signals(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and termination ask the run to stop; a second Ctrl-C does as Ctrl-C does everywhere."""
    loop = asyncio.get_running_loop()

    def ask(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler)
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
