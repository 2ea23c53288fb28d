"""What came in on a form, held against the answers that there are: every difference, then the answers after it.

An empty field says nothing: what was answered before stays. Proofs are added, never taken away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from assessor.domain import Answer, Answers, Message, Noun, Proof, Question, plain
from assessor.forms.words import both

Value = Fraction | tuple[str, ...] | str
Part = Literal["value", "target", "reason", "proofs"]


class Problem(Noun):
    """A field that cannot be taken."""

    sheet: str
    """Or the name of the file."""
    cell: str
    """Or the name of the field; '' where all of it is meant."""
    message: Message


class Change(Noun):
    """A field that differs from what there is."""

    sheet: str
    cell: str
    of: str
    """The question, or what of the cover: budget, a framework, a cut."""
    part: str
    before: str | None
    after: str | None


class Merged(Noun):
    """What follows from a form. Nothing is written yet."""

    answers: Answers | None
    """With every change that can be taken; None where not even the plant is known."""
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    kept: int
    """Answers that the form has a field for, empty now: they stay."""


@dataclass(frozen=True)
class Given:
    """What one respondent entered about one question. None: nothing."""

    question: Question
    by: str
    sheet: str
    cells: Mapping[str, str]
    """Where each part stands."""
    value: Value | None = None
    target: Value | None = None
    reason: str | None = None
    proofs: Sequence[str] = field(default=())
    """One proof a line."""


class Step(NamedTuple):
    """Answers after it, what differs, what cannot be taken, and how many stay though their field is empty."""

    answers: tuple[Answer, ...]
    changes: list[Change]
    problems: list[Problem]
    kept: int


def merge(base: Answers, given: Iterable[Given], at: str, order: Mapping[str, int]) -> Step:
    """What follows from what people entered. `at`: when they said so. `order`: of the questions in the bank.

    Raises nothing: what cannot be taken is a problem. New answers come after the old ones, as the bank has them.
    """
    held = {(a.question, a.by): a for a in base.answers}
    changes, problems, kept = list[Change](), list[Problem](), 0
    added = dict[tuple[str, str], Answer]()
    for one in given:
        key = (one.question.id, one.by)
        before = held.get(key)
        kept += before is not None and one.value is None
        if before is None and one.value is None:
            problems += _alone(one)
            continue
        after, differing = _after(one, before, at)
        if after.value == "not-applicable" and not after.reason:
            message = Message(id="forms.no_reason", params={"question": one.question.id})
            problems.append(Problem(sheet=one.sheet, cell=one.cells.get("reason", ""), message=message))
            continue
        changes += differing
        if differing:
            (held if before else added)[key] = after
    new = sorted(added.values(), key=lambda a: (order.get(a.question, len(order)), a.by))
    return Step((*held.values(), *new), changes, problems, kept)


def _alone(one: Given) -> list[Problem]:
    """A target, reason or proof without an answer."""
    parts = [part for part in ("target", "reason", "proofs") if getattr(one, part)]
    message = Message(id="forms.no_answer", params={"question": one.question.id})
    return [Problem(sheet=one.sheet, cell=one.cells.get(part, ""), message=message) for part in parts[:1]]


def _after(one: Given, before: Answer | None, at: str) -> tuple[Answer, list[Change]]:
    """The answer with what was entered, and in which parts it differs."""
    new: dict[str, object] = {}
    if one.value is not None and not (before and _same(one.value, before.value)):
        new["value"] = one.value
    if one.target is not None and not (before and before.target is not None and _same(one.target, before.target)):
        new["target"] = one.target
    if one.reason and not (before and _line(before.reason or "") == _line(one.reason)):
        new["reason"] = one.reason
    old = before.proofs if before else ()
    known = {_line(written(proof)) for proof in old}
    proofs = [proof_of(line) for line in dict.fromkeys(map(_line, one.proofs)) if line and line not in known]
    if proofs:
        new["proofs"] = (*old, *proofs)
    if not new and before is not None:
        return before, []
    fields = {name: getattr(before, name) for name in Answer.model_fields} if before else {}
    after = Answer(**(fields | {"question": one.question.id, "by": one.by, "at": at} | new))
    return after, [_change(one, part, before, after) for part in new]


def _same(given: Value, held: Value) -> bool:
    """The order in which options were chosen says nothing."""
    if isinstance(given, tuple) and isinstance(held, tuple):
        return set(given) == set(held)
    return type(given) is type(held) and given == held


def _change(one: Given, part: str, before: Answer | None, after: Answer) -> Change:
    was = said(getattr(before, part)) if before else None
    return Change(
        sheet=one.sheet,
        cell=one.cells.get(part, ""),
        of=one.question.id,
        part=part,
        before=was,
        after=said(getattr(after, part)),
    )


def said(value: object) -> str | None:
    """A part of an answer as an answer file has it."""
    if isinstance(value, Fraction):
        return plain(value)
    if isinstance(value, tuple):
        parts = [written(v) if isinstance(v, Proof) else str(v) for v in value]
        return "; ".join(parts) if any(isinstance(v, Proof) for v in value) else f"[{', '.join(parts)}]"
    return None if value is None else str(value)


KINDS = ("document", "screen", "photograph", "site", "export", "statement")


def written(proof: Proof) -> str:
    """A proof as one line, such as '文件：质量手册'."""
    return f"{both(f'forms.proof.{proof.kind}').zh}：{_line(proof.title)}"


def proof_of(line: str) -> Proof:
    """A line as a proof. Where it does not say what it is, it is the weakest: a statement."""
    for kind in KINDS:
        label = both(f"forms.proof.{kind}")
        for word in (label.zh, label.en, kind):
            for colon in ("：", ":"):
                if line.casefold().startswith(word + colon) and (title := line[len(word) + 1 :].strip()):
                    return Proof.model_validate({"kind": kind, "title": title})
    return Proof(kind="statement", title=line)


def _line(text: str) -> str:
    return " ".join(text.split())
