"""ABORT: whatever a connector is at, it ends within two seconds of being asked to."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

Seen = TypeVar("Seen")

POLITE, LAST = 1.4, 0.5
"""Seconds to end by itself, closing its sessions; then it is cancelled and has so long to close its sockets."""


async def within(work: Coroutine[None, None, Seen], stop: asyncio.Event) -> Seen | None:
    """Run to the end, or until `stop` is set and the connector's time to close is over; None where it was cut off.

    What the work raises goes through. Work that does not end even when it is cancelled is left behind.
    """
    task = asyncio.ensure_future(work)
    asked = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait({task}, timeout=POLITE)
    finally:
        asked.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=LAST)
    return task.result() if task.done() and not task.cancelled() else None


def run_bounded(work: Coroutine[None, None, Seen]) -> Seen:
    """As asyncio.run, but what does not end when it is cancelled is left behind instead of waited for."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=LAST))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
