"""Work for a crew in tests: light to load, since every process loads it anew."""

import os
import signal
from pathlib import Path


def square(_: object, piece: int) -> int:
    return piece * piece


def dying(folder: str, piece: int) -> int:
    """A piece that its process dies over: 3 once, 5 always."""
    mark = Path(folder) / str(piece)
    if piece == 5 or (piece == 3 and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return piece * piece
