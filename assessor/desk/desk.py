"""What every function of the desk works with."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns
from typing import Protocol
from uuid import uuid4

from assessor.desk.reckoner import Reckoner
from assessor.desk.trials import Trials
from assessor.frameworks import Library
from assessor.storage import Store
from assessor.visit.reach import Reach

MINUTE, HOUR, DAY = 60 * 10**9, 3600 * 10**9, 86_400 * 10**9


class Sender(Protocol):
    """Brings a one-time code to a person."""

    name: str

    def send(self, contact: str, text: str) -> None:
        """Raises StorageError where it cannot."""


@dataclass(frozen=True)
class Desk:
    """The store, what can be asked, how codes are sent, and what time it is."""

    store: Store
    library: Library
    sender: Sender
    reckoner: Reckoner = field(default_factory=Reckoner)
    trials: Trials = field(default_factory=Trials)
    clock: Callable[[], int] = field(default=time_ns)
    """ns UTC"""
    reach: Reach | None = None
    """Where its machine may go looking for the machines of a plant; None: nowhere."""
    runs: Path | None = None
    """The folder of the runs that it begins."""

    def moment(self) -> str:
        """Now, as an answer file has it."""
        return datetime.fromtimestamp(self.clock() // 10**9, UTC).isoformat()


def new_id() -> str:
    return uuid4().hex


def new_secret() -> str:
    """A secret that nobody guesses: 32 bytes, safe in an address."""
    return secrets.token_urlsafe(32)


def kept_as(secret: str) -> str:
    """How a secret that was drawn at random is kept: no slow hash is needed where nothing can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
