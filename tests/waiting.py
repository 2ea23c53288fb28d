"""The one way to wait in a test: for a condition, and never for a time."""

import asyncio
import time
from collections.abc import Callable


def until(holds: Callable[[], object], seconds: float = 180, what: str = "it did not come about") -> None:
    """Wait until it holds. `seconds` is a bound only where the test is about time; else it is long, since the
    machine may be busy with other things. Fails with `what`."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


async def comes(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait, while other tasks go on, until it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
