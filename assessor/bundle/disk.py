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
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]

from assessor.domain import Message
from assessor.errors import StorageError
from assessor.home import create_file as write_new
from assessor.home import sync_folder


def write_synced(file: Path, data: bytes | memoryview) -> None:
    """Write a file that nobody is told of yet, and its bytes to the disk."""
    with file.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def append(out: io.FileIO, *pieces: bytes | memoryview) -> None:
    """Add pieces to the end of a file: all of them and durable, or nothing."""
    before = os.fstat(out.fileno()).st_size
    try:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[out.write(left) :]
        getattr(os, "fdatasync", os.fsync)(out.fileno())
    except OSError:
        with suppress(OSError):
            os.ftruncate(out.fileno(), before)
        raise


def claim(file: Path) -> io.FileIO | None:
    """Keep other processes away until the file is closed. None where another one has it."""
    held = io.FileIO(os.open(file, os.O_RDWR | os.O_CREAT, 0o644), "r+")
    try:
        if fcntl is not None:
            fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt is not None:
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # raises PermissionError, or EDEADLOCK at times
    except OSError:
        held.close()
        return None
    return held


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
