"""What every page shows itself with: words, numbers and addresses in one language."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from assessor.desk.desk import BEIJING
from assessor.desk.entering import Known
from assessor.domain import Message, Question, Text
from assessor.forms.words import choices, set_aside
from assessor.messages import Language, catalogue, days, length, number, percent, render, size
from assessor.report.inert import inert
from assessor.web.gate import known_of, language_of, settings_of
from assessor.web.settings import Settings

OFFICE_TABS = (
    ("", "overview", "office.read"),
    ("/vouchers", "vouchers", "office.read"),
    ("/programmes", "programmes", "office.read"),
    ("/flow", "flow", "office.read"),
    ("/picture", "picture", "picture.read"),
    ("/targets", "targets", "picture.read"),
    ("/quality", "quality", "quality.read"),
    ("/editions", "editions", "editions.read"),
    ("/handover", "handover", "handover.read"),
    ("/log", "log", "log.read"),
    ("/people", "people", "people.read"),
)
"""Pages of an office: path, name, and what one has to be allowed there."""
STATIC = files("assessor.web").joinpath("static")


@dataclass(frozen=True)
class Face:
    language: Language
    known: Known | None
    settings: Settings
    path: str
    here: str
    """The address that was asked for, but for a language in it."""

    def t(self, name: str, /, **params: Any) -> str:
        """A text of the pages."""
        return render(f"web.{name}", self.language, **params)

    def say(self, text: Message | Text) -> str:
        return render(text, self.language)

    def message(self, told: dict[str, Any]) -> str:
        """A Message that was kept as JSON."""
        return self.say(Message.model_validate(told))

    def text(self, id_: str, /, **params: Any) -> str:
        """A text of another room, by its whole id."""
        return render(id_, self.language, **params)

    def role(self, name: str) -> str:
        """Who said something: a department of the plant, or a role as an answer file has it."""
        known = f"forms.role.{name.replace('-', '_')}"
        return render(known, self.language) if known in catalogue() else name

    def percent(self, value: Fraction | float) -> str:
        return percent(value if isinstance(value, Fraction) else f"{value:.4f}")

    def number(self, value: Any, places: int = 2) -> str:
        return number(value, places)

    def size(self, count: int) -> str:
        return size(count)

    def moment(self, nanoseconds: int) -> str:
        """A time as clocks in China show it."""
        return datetime.fromtimestamp(nanoseconds // 10**9, UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")

    def clock(self, nanoseconds: int) -> str:
        """The time of day."""
        return self.moment(nanoseconds)[11:]

    def length(self, seconds: float) -> str:
        return length(seconds)

    def days(self, seconds: float) -> str:
        return days(seconds, self.language)

    def day(self, nanoseconds: int) -> str:
        return self.moment(nanoseconds)[:10]

    def given(self, question: Question, value: Any) -> str:
        """An answer in the words of its question."""
        if value is None:
            return self.t("answer.taken_back")
        named = {c.name: self.say(c.label) for c in (*choices(question), *set_aside())}
        if isinstance(value, list):
            return self.t("list_sep").join(named[v] for v in value) or render("forms.none_of_these", self.language)
        if value in named:
            return named[value]
        if question.kind == "share":
            return self.percent(Fraction(value))
        return f"{number(value)} {self.say(question.unit) if question.unit else ''}".strip()

    def static(self, name: str) -> str:
        """Where a file of the pages is; its address changes with what is in it."""
        return f"/static/{name}?{digest(name)[:12]}"


@cache
def content(name: str) -> bytes:
    """A file of the pages; the style of reports is shown here too."""
    if name == "report.css":
        return files("assessor.report").joinpath("templates", "report.css").read_bytes()
    return STATIC.joinpath(name).read_bytes()


@cache
def digest(name: str) -> str:
    return hashlib.sha256(content(name)).hexdigest()


@cache
def _pages() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("assessor.web"), PackageLoader("assessor.report")]),
        autoescape=True,
        finalize=inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page half-way through an upgrade is no page
    )


def face(request: Request) -> Face:
    known, language = known_of(request), language_of(request)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "language"]
    here = request.url.path + (f"?{urlencode(asked)}" if asked else "")
    return Face(language, known, settings_of(request), request.url.path, here)


def written(request: Request, name: str, values: Mapping[str, Any] | None = None) -> str:
    """HTML from a template: a page, or a part of one."""
    shown = face(request)
    told = {
        "office_tabs": OFFICE_TABS,
        "f": shown,
        "t": shown.t,
        "lang": shown.language,
        "guard": shown.known.guard if shown.known else "",
    }
    return _pages().get_template(f"{name}.html.j2").render(told | dict(values or {}))


def page(request: Request, name: str, values: Mapping[str, Any] | None = None, status: int = 200) -> HTMLResponse:
    """A page from its template."""
    response = HTMLResponse(written(request, name, values), status)
    if request.query_params.get("language") in ("zh", "en"):
        response.set_cookie("language", language_of(request), max_age=31_536_000, samesite="lax", httponly=True)
    return response
