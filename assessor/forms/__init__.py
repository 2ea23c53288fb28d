"""FORMS: answers in. Each error names file and line, and what would be right."""

import difflib
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from assessor.documents import Lines, load_with_lines
from assessor.domain import Answer, Answers, EvidenceClass, Message, Question, Text, Witness
from assessor.errors import InputError
from assessor.forms.check import off_scale


def load_answers(file: Path, questions: Mapping[str, Question]) -> Answers:
    """Read an answer file and hold it against the bank."""
    answers, lines = load_with_lines(Answers, file)
    for i, answer in enumerate(answers.answers):
        _check(answer, questions, lines, i)
    for i, settlement in enumerate(answers.settlements):
        _known(settlement.question, questions, lines, "settlements", i)
    for part in ("answers", "witnessed", "settlements", "meanings"):
        for i, item in enumerate(getattr(answers, part)):
            _time(item.at, lines.at(part, i, "at"))
    for part in ("sought", "met") if answers.walk else ():
        for i, line in enumerate(getattr(answers.walk, part)):
            _time(line.at, lines.at("walk", part, i, "at"))
    for i, witness in enumerate(answers.witnessed):
        _check_witness(witness, file.parent, lines, i)
    seen: dict[tuple[str, str], int] = {}
    for i, answer in enumerate(answers.answers):
        key = (answer.question, answer.by)
        if key in seen:
            params: dict[str, str | int | Text] = {"question": answer.question, "by": answer.by}
            raise InputError(Message(id="forms.twice", params=params), lines.at("answers", i))
        seen[key] = i
    return answers


def _check(answer: Answer, questions: Mapping[str, Question], lines: Lines, i: int) -> None:
    question = _known(answer.question, questions, lines, "answers", i)
    place = lines.at("answers", i)
    if answer.value == "not-applicable" and not answer.reason:
        raise InputError(Message(id="forms.no_reason", params={"question": question.id}), place)
    for key in ("value", "target"):
        if (fault := off_scale(question, getattr(answer, key))) is not None:
            raise InputError(fault, place)


STRONGEST = {
    "export": EvidenceClass.EXPORTED,
    "screen": EvidenceClass.OBSERVED,
    "photograph": EvidenceClass.OBSERVED,
    "site": EvidenceClass.OBSERVED,
    "document": EvidenceClass.DOCUMENT,
    "statement": EvidenceClass.INTERVIEW,
}
"""The most that each kind of proof can be, whoever vouches for it: what a person saw is never measured."""


def _check_witness(witness: Witness, folder: Path, lines: Lines, i: int) -> None:
    """A claim no stronger than its proof, and the digest of the file where it is here."""
    proof, order = witness.proof, list(EvidenceClass)
    most = STRONGEST[proof.kind]
    if order.index(witness.evidence) < order.index(most):
        params: dict[str, str | int | Text] = {"kind": proof.kind, "given": witness.evidence, "most": most}
        raise InputError(Message(id="witness.too_strong", params=params), lines.at("witnessed", i, "evidence"))
    if witness.evidence is EvidenceClass.EXPORTED and proof.sha256 is None:
        raise InputError(Message(id="witness.no_digest"), lines.at("witnessed", i, "proof"))
    place = lines.at("witnessed", i, "proof", "file")
    if proof.file is None or not (file := folder / proof.file).is_file():
        return
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), place) from problem
    if digest != proof.sha256:
        name = "other_file" if proof.sha256 else "add_digest"
        raise InputError(Message(id=f"witness.{name}", params={"file": proof.file, "sha256": digest}), place)


def _time(value: str, place: str) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError as problem:
        raise InputError(Message(id="forms.time", params={"value": value[:80]}), place) from problem


def _known(id_: str, questions: Mapping[str, Question], lines: Lines, part: str, i: int) -> Question:
    if id_ in questions:
        return questions[id_]
    near = difflib.get_close_matches(id_, questions, 3)
    params: dict[str, str | int | Text] = {"question": id_, "near": ", ".join(near) or "-"}
    raise InputError(Message(id="forms.unknown_question", params=params), lines.at(part, i, "question"))
