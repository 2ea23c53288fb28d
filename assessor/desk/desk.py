"""What every function of the desk works with."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Lock
from time import time_ns
from typing import Any, Protocol
from uuid import uuid4

from assessor.desk.looker import Looker
from assessor.desk.reckoner import Reckoner
from assessor.desk.trials import Trials
from assessor.frameworks import Library
from assessor.storage import Store
from assessor.visit.reach import Reach

BEIJING = timezone(timedelta(hours=8))
MINUTE, HOUR, DAY = 60 * 10**9, 3600 * 10**9, 86_400 * 10**9


class Sender(Protocol):
    """Brings a one-time code to a person."""

    name: str

    def send(self, contact: str, text: str) -> None:
        """Raises StorageError where it cannot."""


class Kept:
    """Values by key, the latest so many that were asked for; of requests at once each may ask and keep."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._held: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """None where it is not held."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._held[key] = value
            while len(self._held) > self.most:
                self._held.popitem(last=False)


class Counted:
    """What was read and counted last for pictures of many plants and of chains; whoever counts a picture holds the
    lock."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.extracts = Kept(30_000)
        """Some 5 kB each."""
        self.cities = Kept(8)
        self.briefs = Kept(10_000)
        """Results never change: each is read once. One from before they were kept in brief takes long to open."""


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
    counted: Counted = field(default_factory=Counted)
    runs: Path | None = None
    """The folder of the runs that it begins."""
    looker: Looker = field(default_factory=Looker)

    def today(self) -> str:
        """The day by the clocks of China, as notices and invoices have it."""
        return datetime.fromtimestamp(self.clock() // 10**9, UTC).astimezone(BEIJING).date().isoformat()

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
