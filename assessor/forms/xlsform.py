"""The bank as an XLSForm, for Kobo Toolbox and ODK: answered on a phone without network, sent when there is one.

Each question is followed by its three-year target, and by a reason where it is said not to apply. Numbers and
several-ofs, which cannot hold 'not applicable' and 'do not know' beside their own values, are preceded by the
question whether there is a value. Conditions of asking become the form's own. Every name is an id of the bank.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

import xlsxwriter

from assessor.domain import Need, Question, Text, Topic, plain
from assessor.forms.words import Choice, both, choices, set_aside

Row = dict[str, str]
ZH, EN = "中文 (zh)", "English (en)"
SURVEY = (
    "type", "name", f"label::{ZH}", f"label::{EN}", f"hint::{ZH}", f"hint::{EN}",
    "relevant", "required", "constraint", f"constraint_message::{ZH}", f"constraint_message::{EN}", "appearance",
)  # fmt: skip
CHOICES = ("list_name", "name", f"label::{ZH}", f"label::{EN}")
SETTINGS = ("form_title", "form_id", "version", "default_language")
STATE, TARGET, REASON = "--state", "--target", "--reason"
"""What is added to a question's id for the three that go with it."""
GIVEN = "given"
ROLES = ("owner", "production", "equipment", "quality", "it", "energy-safety", "hr", "supply-sales")


def write_xlsform(topics: Sequence[Topic], *, form_id: str, version: str) -> bytes:
    """The workbook's bytes. `version` should change when the bank does."""
    questions = {q.id: q for topic in topics for q in topic.questions}
    parents = {option.id: q.id for q in questions.values() for option in q.options}
    survey: list[Row] = [*_opening()]
    for topic in topics:
        survey.append(_row("begin_group", f"topic-{topic.id}", topic.title, appearance="field-list"))
        for question in topic.questions:
            survey += _question(question, questions, parents)
        survey.append({"type": "end_group", "name": f"topic-{topic.id}"})
    settings = {
        "form_title": "工厂智能制造自评 Factory self-assessment",
        "form_id": form_id,
        "version": version,
        "default_language": ZH,
    }
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _sheet(book, "survey", SURVEY, survey)
    _sheet(book, "choices", CHOICES, _lists(questions.values()))
    _sheet(book, "settings", SETTINGS, [settings])
    book.close()
    return buffer.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet(name)
    for column, head in enumerate(columns):
        sheet.write_string(0, column, head)
    for at, row in enumerate(rows, 1):
        for column, head in enumerate(columns):
            if value := row.get(head):
                sheet.write_string(at, column, value)


def _opening() -> Iterator[Row]:
    """Who answers, when, and for which plant."""
    yield {"type": "start", "name": "started"}
    yield {"type": "end", "name": "ended"}
    yield _row(
        "text", "plant", both("forms.ask_plant"), required="yes", constraint=r"regex(., '^[a-z0-9-]{1,64}$')"
    )
    yield _row("select_one roles", "role", both("forms.ask_role"), required="yes")


def _row(kind: str, name: str, label: Text, hint: Text | None = None, **more: str) -> Row:
    row = {"type": kind, "name": name, f"label::{ZH}": label.zh, f"label::{EN}": label.en} | more
    if hint is not None:
        row |= {f"hint::{ZH}": hint.zh, f"hint::{EN}": hint.en}
    return row


def _question(question: Question, held: Mapping[str, Question], parents: Mapping[str, str]) -> Iterator[Row]:
    """The question itself and the rows that go with it."""
    relevant = _relevant(question.asked_if, held, parents) if question.asked_if else ""
    picked = question.scale is not None
    unless = f"selected(${{{question.id}}}, 'not-applicable')"
    if not picked:
        yield _row(f"select_one {GIVEN}", question.id + STATE, question.text, question.help, relevant=relevant)
        yield _value_row(question, f"${{{question.id}{STATE}}} = '{GIVEN}'")
        unless = f"${{{question.id}{STATE}}} = 'not-applicable'"
    else:
        kind = f"select_one {_list(question)}"
        yield _row(kind, question.id, question.text, question.help, relevant=relevant)
    yield _row("text", question.id + REASON, both("forms.ask_reason"), relevant=unless, required="yes")
    if question.kind != "several":
        yield _target_row(question, relevant, unless)


def _value_row(question: Question, relevant: str) -> Row:
    label = question.unit or both(f"forms.ask_{question.kind}")
    if question.kind == "several":
        return _row(f"select_multiple {_list(question)}", question.id, label, relevant=relevant)
    return _row(_type(question), question.id, label, relevant=relevant, required="yes") | _bounds(question)


def _target_row(question: Question, relevant: str, unless: str) -> Row:
    kind = f"select_one {_list(question, target=True)}" if question.scale is not None else _type(question)
    asked = f"({relevant}) and not({unless})" if relevant else f"not({unless})"
    bounds = {} if question.scale is not None else _bounds(question)
    return _row(kind, question.id + TARGET, both("forms.ask_target"), relevant=asked) | bounds


def _type(question: Question) -> str:
    return "integer" if question.kind == "count" else "decimal"


def _bounds(question: Question) -> Row:
    """A share is asked in percent, as people say it."""
    inside = ". >= 0 and . <= 100" if question.kind == "share" else ". >= 0"
    told = both("forms.percent_bounds" if question.kind == "share" else "forms.not_negative")
    return {
        "constraint": inside,
        f"constraint_message::{ZH}": told.zh,
        f"constraint_message::{EN}": told.en,
    }


def _relevant(need: Need, held: Mapping[str, Question], parents: Mapping[str, str]) -> str:
    """A condition in the form's language. What the form cannot know, such as the kind of plant, is taken to hold;
    so is a condition on what was not answered, as everywhere."""
    if need.question is not None:
        return _compared(need, held, parents)
    parts = [f"({_relevant(part, held, parents)})" for part in (*need.all, *need.any)]
    return (" and " if need.all else " or ").join(parts) or "true()"


def _compared(need: Need, held: Mapping[str, Question], parents: Mapping[str, str]) -> str:
    name = need.question or ""
    if name in parents:
        chosen = f"selected(${{{parents[name]}}}, '{name}')"
        wanted = need.at_least is not None and need.at_least > 0
        return f"${{{parents[name]}}} = '' or {chosen if wanted else f'not({chosen})'}"
    field, sign = f"${{{name}}}", ">=" if need.at_least is not None else "<="
    bound = need.at_least if need.at_least is not None else need.at_most
    assert bound is not None
    if held[name].kind == "share":
        bound *= 100
    unknown = f"{field} = '' or {field} = 'do-not-know'"
    return f"{unknown} or ({field} != 'not-applicable' and number({field}) {sign} {plain(bound)})"


def _list(question: Question, *, target: bool = False) -> str:
    """Degrees and yes-no share a list each; a rubric and a several-of have their own."""
    own = question.id if question.kind in ("rubric", "several") else question.kind
    return f"{own}{TARGET}" if target else own


def _lists(questions: Iterable[Question]) -> Iterator[Row]:
    yield from _entries("roles", (Choice(role, both(f"forms.role.{role.replace('-', '_')}")) for role in ROLES))
    yield from _entries(GIVEN, (Choice(GIVEN, both("forms.given")), *set_aside()))
    written: set[str] = set()
    for question in questions:
        if not (picked := choices(question)) or _list(question) in written:
            continue
        written.add(_list(question))
        if question.kind == "several":
            yield from _entries(_list(question), picked)
        else:
            yield from _entries(_list(question), (*picked, *set_aside()))
            yield from _entries(_list(question, target=True), picked)


def _entries(list_name: str, entries: Iterable[Choice]) -> Iterator[Row]:
    for entry in entries:
        yield {
            "list_name": list_name,
            "name": entry.name,
            f"label::{ZH}": entry.label.zh,
            f"label::{EN}": entry.label.en,
        }
