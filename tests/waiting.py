"""The one way to wait in a test: for a condition, and never for a time."""

import asyncio
import time
from collections.abc import Callable


def until(holds: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until it holds; False where it still does not after so many seconds."""
    ends = time.monotonic() + seconds
    while not (held := bool(holds())) and time.monotonic() < ends:
        time.sleep(0.05)
    return held


async def comes(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait, while other tasks go on, until it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
