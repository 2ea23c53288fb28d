"""The folder of this installation: its keys, its own certificate, the certificates that a person accepted."""

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from assessor.domain import Message
from assessor.errors import InputError


def home() -> Path:
    """$ASSESSOR_HOME, or ~/.config/assessor. It may not be there yet."""
    given = os.environ.get("ASSESSOR_HOME")
    return Path(given) if given else Path.home() / ".config/assessor"


def free(file: Path) -> Path:
    """A path that nothing stands at; nothing is ever overwritten."""
    if file.exists():
        raise InputError(Message(id="cli.exists", params={"file": str(file)}))
    return file


def is_private(status: os.stat_result) -> bool:
    """Can nobody but its owner read a file? Systems without such modes are taken at their word."""
    return os.name != "posix" or not stat.S_IMODE(status.st_mode) & 0o077


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable (where the system has such a thing)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


Content = bytes | Callable[[BinaryIO], None]
"""What a file is to hold, or what writes it piece by piece."""


def create_file(file: Path, data: Content, mode: int = 0o644) -> None:
    """Write a file that is not there yet: whole and durable, or not at all."""
    _write(file, data, mode, _name)


def replace(file: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file in place of what may stand there: the old one or the new one is there at any moment."""
    _write(file, data, mode, lambda hidden, named: hidden.replace(named))


def _write(file: Path, data: Content, mode: int, name: Callable[[Path, Path], object]) -> None:
    hidden = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as out:
            if callable(data):
                data(out)
            else:
                out.write(data)
            out.flush()
            os.fsync(out.fileno())
        name(hidden, file)
        sync_folder(file.parent)
    finally:
        with suppress(FileNotFoundError):
            hidden.unlink()


def _name(hidden: Path, file: Path) -> None:
    """Give a file its name; unlike a plain rename, never replace what stands there."""
    try:
        os.link(hidden, file)
    except FileExistsError:
        raise
    except OSError:  # a memory stick knows no links
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        hidden.rename(file)
