"""What can go wrong, as one small tree.

AssessorError              what, where, and what to do; shown to the user without a traceback
├── InputError             a file of the user is wrong: nothing contacted, nothing overwritten (exit 2)
├── ContactError           a run could not begin or go on: window closed, nothing reachable (exit 3)
├── BundleError            a bundle or working folder is not what it says (exit 4)
├── StorageError           the disk or database refused; what was acknowledged is safe (exit 5)
└── AccessError            somebody may not do this here (exit 6)
    ├── UnknownError       for them there is no such thing
    ├── ConflictError      somebody else changed it first; both values are told
    └── PatienceError      too many tries; says how long to wait
"""

from assessor.domain import Message


class AssessorError(Exception):
    """Base of all errors that a user is meant to read. `place` is 'file:line' or 'asset/tag'."""

    exit_code = 1

    def __init__(self, message: Message, place: str | None = None) -> None:
        super().__init__(f"{place}: {message.id}" if place else message.id)
        self.message = message
        self.place = place


class InputError(AssessorError):
    exit_code = 2


class ContactError(AssessorError):
    exit_code = 3


class BundleError(AssessorError):
    exit_code = 4


class StorageError(AssessorError):
    exit_code = 5


class AccessError(AssessorError):
    exit_code = 6


class UnknownError(AccessError):
    pass


class ConflictError(AccessError):
    pass


class PatienceError(AccessError):
    pass
