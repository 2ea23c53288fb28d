"""What can be wrong in a file of the questionnaires, and where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assessor.documents import Lines
from assessor.domain import Message, Need, Question
from assessor.errors import InputError

Place = tuple[str | int, ...]
Fault = tuple[Place, Message]
"""Where in a document, and what is wrong there."""


def refuse(faults: Iterable[Fault], lines: Lines) -> None:
    """Raise the first fault with its place."""
    for path, message in faults:
        raise InputError(message, lines.at(*path))


def fault(path: Place, name: str, **params: str | int) -> Fault:
    """A fault by the name of its message in the area `library`."""
    return path, Message(id=f"library.{name}", params=params)


def repeated(path: Place, ids: Sequence[str]) -> Iterator[Fault]:
    """Ids that stand twice in one list."""
    for i, name in enumerate(ids):
        if (first := ids.index(name)) < i:
            yield fault((*path, i), "repeated", id=name, first=first + 1)


def question_faults(at: Place, name: str, statements: Mapping[str, Question], *wanted: str) -> Iterator[Fault]:
    """A question, or an option of a several-of, that is not in the bank or is of a kind not wanted here."""
    if name not in statements:
        yield fault(at, "unknown_question", id=name)
    elif wanted and (kind := statements[name].kind) not in wanted:
        yield fault(at, "wrong_kind", id=name, kind=kind, wanted=", ".join(wanted))


def need_faults(at: Place, need: Need, statements: Mapping[str, Question]) -> Iterator[Fault]:
    """A need that speaks of nothing in the bank, or asks for more than an answer can be."""
    for key in ("all", "any"):
        for i, part in enumerate(getattr(need, key)):
            yield from need_faults((*at, key, i), part, statements)
    if need.question is None:
        return
    yield from question_faults((*at, "question"), need.question, statements)
    question = statements.get(need.question)
    top = question.top if question else None
    if top is not None and need.at_least is not None and not 0 < need.at_least <= top:
        yield fault((*at, "at_least"), "need_range", id=need.question, top=str(top))
