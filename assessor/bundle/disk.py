"""Writing so that it stays written: whole files or none, on disk before anyone is told."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assessor.domain import Message
from assessor.errors import StorageError


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable (where the system has such a thing)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(file: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that is not there yet: whole and durable, or not at all."""
    hidden = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.link(hidden, file)  # unlike a rename, this never replaces what stands there
        sync_folder(file.parent)
    finally:
        with suppress(FileNotFoundError):
            hidden.unlink()


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
