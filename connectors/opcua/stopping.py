"""Ending what is on its way: soon, whole, and whatever it is waiting for."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

GRACE = 0.5
"""Seconds that what is on its way gets when someone stops the run, before it is cut off."""
T = TypeVar("T")


async def until_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Run this to its end or until someone stops: what is on its way then gets a moment and is cut off (None)."""
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait({task}, timeout=GRACE)
    finally:
        await cut_off((task, stopped))
    return None if task.cancelled() else task.result()


async def cut_off(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel these until they have ended. Once is not enough: `wait_for` of Python 3.11 forgets a cancellation
    that comes at the moment in which what it waits for is there."""
    while pending := {task for task in tasks if not task.done()}:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.05)
