"""A filled XLSForm as ODK and Kobo send it (an XML instance) → Answers. An error names the file and the field."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from assessor.documents import read_bounded
from assessor.domain import Answer, Answers, Message, Question, Text, exact
from assessor.errors import InputError
from assessor.forms.changes import Change, Given, Merged, Problem, merge
from assessor.forms.check import off_scale
from assessor.forms.words import SET_ASIDE
from assessor.forms.xlsform import GIVEN, REASON, ROLES, STATE, TARGET
from assessor.markup import BadDocument, Element, parse

LARGEST = 5_000_000
"""Bytes; photographs are sent beside the document, not in it."""


def read_submission(file: Path, questions: Mapping[str, Question]) -> Answers:
    """The answers of one respondent. What was left blank is no answer."""
    fields = _fields(file)
    for needed in ("plant", "role"):
        if not fields.get(needed):
            raise InputError(Message(id="forms.submission_lacks", params={"field": needed}), str(file))
    if fields["role"] not in ROLES:
        raise _wrong(file, "role", fields["role"])
    moment = fields.get("ended") or fields.get("started") or ""
    answers = tuple(_answers(file, fields, questions, moment))
    try:
        return Answers(format="assessor-answers/1", plant=fields["plant"], answers=answers)
    except ValueError as problem:
        raise _wrong(file, "plant", fields["plant"]) from problem


def merge_submission(files: Iterable[Path], questions: Mapping[str, Question], base: Answers | None) -> Merged:
    """Hold submissions, one after the other, against the answers that there are. What cannot be read of one is a
    problem, and nothing of it is taken."""
    order = {id_: i for i, id_ in enumerate(questions)}
    changes, problems = list[Change](), list[Problem]()
    for file in files:
        try:
            sent = read_submission(file, questions)
            if base is not None and sent.plant != base.plant:
                params: dict[str, str | int | Text] = {"given": sent.plant, "plant": base.plant}
                raise InputError(Message(id="forms.book.other_plant", params=params), f"{file}: plant")
        except InputError as problem:
            cell = (problem.place or "").removeprefix(str(file)).removeprefix(": ")
            problems.append(Problem(sheet=file.name, cell=cell, message=problem.message))
            continue
        base = base or sent.model_copy(update={"answers": ()})
        at = sent.answers[0].at if sent.answers else ""
        done = merge(base, [_entered(questions[a.question], a, file) for a in sent.answers], at, order)
        base = base.model_copy(update={"answers": done.answers})
        changes += done.changes
        problems += done.problems
    return Merged(answers=base, changes=tuple(changes), problems=tuple(problems), kept=0)


def _entered(question: Question, answer: Answer, file: Path) -> Given:
    cells = {"value": question.id, "target": question.id + TARGET, "reason": question.id + REASON}
    return Given(
        question=question,
        by=answer.by,
        sheet=file.name,
        cells=cells,
        value=answer.value,
        target=answer.target,
        reason=answer.reason,
    )


def _fields(file: Path) -> dict[str, str]:
    """The text of every field by its name; names are ids, so a name stands once."""
    try:
        root = parse(read_bounded(file, LARGEST))
    except BadDocument as problem:
        params: dict[str, str | int] = {"reason": str(problem)}
        raise InputError(Message(id="forms.not_a_submission", params=dict(params)), str(file)) from problem
    return {leaf.name: leaf.text.strip() for leaf in _leaves(root)}


def _leaves(element: Element) -> Iterator[Element]:
    if not element.children:
        yield element
    for child in element.children:
        yield from _leaves(child)


def _answers(
    file: Path, fields: Mapping[str, str], questions: Mapping[str, Question], moment: str
) -> Iterator[Answer]:
    for question in questions.values():
        given = _given(question, fields)
        if given is None:
            continue
        place = f"{file}: {question.id}"
        reason = fields.get(question.id + REASON) or None
        if given == "not-applicable" and reason is None:
            raise InputError(Message(id="forms.no_reason", params={"question": question.id}), place)
        target = fields.get(question.id + TARGET)
        answer = Answer.model_validate(
            {
                "question": question.id,
                "value": given if given in SET_ASIDE else _value(file, question, question.id, given),
                "by": fields["role"],
                "at": moment,
                "reason": reason,
                "target": _value(file, question, question.id + TARGET, target) if target else None,
            }
        )
        yield answer


def _given(question: Question, fields: Mapping[str, str]) -> str | None:
    """What was entered; None where nothing was. A several-of in which nothing is ticked is an answer."""
    state = fields.get(question.id + STATE)
    if state in SET_ASIDE:
        return state
    text = fields.get(question.id, "")
    return text if text or (question.kind == "several" and state == GIVEN) else None


def _value(file: Path, question: Question, field: str, text: str) -> Fraction | tuple[str, ...]:
    try:
        value = tuple(text.split()) if question.kind == "several" else exact(text)
    except ValueError as problem:
        raise _wrong(file, field, text) from problem
    if question.kind == "share" and isinstance(value, Fraction):
        value /= 100
    if (fault := off_scale(question, value)) is not None:
        raise InputError(fault, f"{file}: {field}")
    return value


def _wrong(file: Path, field: str, value: str) -> InputError:
    return InputError(Message(id="forms.submission_value", params={"value": value[:80]}), f"{file}: {field}")
