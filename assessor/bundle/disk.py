"""Writing so that it stays written: whole files or none, on disk before anyone is told."""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from assessor.domain import Message
from assessor.errors import StorageError
from assessor.home import create_file as write_new
from assessor.home import sync_folder


def append(out: io.FileIO, data: bytes) -> None:
    """Add to the end of a file: all of it and durable, or nothing."""
    before = os.fstat(out.fileno()).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[out.write(left) :]
        os.fsync(out.fileno())
    except OSError:
        with suppress(OSError):
            os.ftruncate(out.fileno(), before)
        raise


def claim(out: io.FileIO) -> bool:
    """Keep other processes away from a file until it is closed. False where another one has it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(out.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def guarded(place: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that says so; what was acknowledged is safe."""
    try:
        yield
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = problem.strerror or str(problem)
        message = Message(id="bundle.disk_full" if full else "bundle.disk", params={"reason": reason})
        raise StorageError(message, str(place)) from problem


__all__ = ["append", "claim", "guarded", "sync_folder", "write_new"]
