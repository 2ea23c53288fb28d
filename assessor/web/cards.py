"""A question as it is put to somebody: its form, what stands, and what came of it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from starlette.datastructures import FormData

from assessor.desk import answering, attaching, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.answering import Entry
from assessor.desk.desk import Desk, new_id
from assessor.desk.surveys import Sheet
from assessor.domain import Question, exact
from assessor.forms.words import SET_ASIDE, Choice, choices, set_aside
from assessor.messages import number
from assessor.storage import Given, StoredFile
from assessor.web.gate import text


@dataclass(frozen=True)
class Card:
    question: Question
    choices: tuple[Choice, ...]
    aside: tuple[Choice, ...]
    given: Given | None
    author: str
    required: bool
    marked: bool
    files: tuple[StoredFile, ...]
    differs: str | None
    """What a machine showed instead; None where nothing differs."""
    key: str
    """Of the save that the form makes where no script draws one."""

    @property
    def base(self) -> int:
        return self.given.version if self.given else 0

    @property
    def value(self) -> Any:
        return self.given.value if self.given else None

    @property
    def done(self) -> bool:
        return self.value is not None

    @property
    def numeric(self) -> bool:
        return self.question.kind in ("number", "count", "share")

    def number(self, value: Any) -> str:
        """What stands in a field for numbers; a share in hundredths, as people write it."""
        if value is None or value in SET_ASIDE or isinstance(value, list):
            return ""
        held = Fraction(value) * (100 if self.question.kind == "share" else 1)
        return number(held, 12).replace(",", "")

    def chosen(self, name: str) -> bool:
        return name in self.value if isinstance(self.value, list) else self.value == name

    def aimed(self, name: str) -> bool:
        aim = self.given.target if self.given else None
        return name in aim if isinstance(aim, list) else aim == name


def card(
    question: Question,
    given: Mapping[str, Given],
    names: Mapping[str, str],
    *,
    required: bool,
    marked: bool = False,
    files: Iterable[StoredFile] = (),
    differs: str | None = None,
) -> Card:
    held = given.get(question.id)
    author = names.get(held.account, "") if held else ""
    return Card(
        question, choices(question), set_aside(), held, author, required, marked,
        tuple(f for f in files if f.question == question.id), differs, new_id(),
    )  # fmt: skip


def entry(question: Question, form: FormData) -> Entry:
    """What a form says of one question: the one place that reads it, with a script or without."""
    base = text(form, "base")
    return Entry(
        question=question.id,
        value=text(form, "aside") or _value(question, form, "value"),
        base=int(base) if base.isdecimal() and len(base) < 10 else 0,
        key=text(form, "key"),
        reason=text(form, "reason") or None,
        target=_value(question, form, "target"),
    )


def _value(question: Question, form: FormData, name: str) -> Any:
    if question.kind == "several":
        said = [str(v) for v in form.getlist(name) if isinstance(v, str) and v]
        return said if said or text(form, f"{name}-none") else None
    given = unicodedata.normalize("NFKC", text(form, name)).replace(",", "")  # as a Chinese keyboard writes them
    if given and question.kind == "share":
        return hundredths(given.removesuffix("%").strip())
    return given or None


def hundredths(given: str) -> str:
    """'35.5' is 0.355; what is no number stays what it is, to be refused by name."""
    try:
        return str(exact(given) / 100)
    except ValueError:
        return given


def cards_of(desk: Desk, who: Actor, held: Sheet, questions: Iterable[Question]) -> list[Card]:
    """Questions as they are put to somebody now."""
    asked = tuple(questions)
    names = {
        p.membership.account: p.person.name
        for p in houses.colleagues(desk, who, held.survey.organisation)
        if p.person is not None
    }
    marked = answering.marked(desk, held.survey.id)
    files = attaching.listed(desk, who, held.survey.id, "proof")
    counting = {q.id for q in surveys.counts(held, asked)}
    differing = reckoning.differing(desk, held.survey)
    return [
        card(
            q, held.given, names,
            required=q.id in counting, marked=q.id in marked, files=files, differs=differing.get(q.id),
        )
        for q in asked
    ]  # fmt: skip
