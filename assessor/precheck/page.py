"""The result of a precheck as one page that prints: both languages inside, nothing loaded from outside."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from assessor.domain import Certificate
from assessor.messages import LANGUAGES, Language, render
from assessor.precheck import Answered, Checked, Precheck
from assessor.report.inert import inert

YEAR = 365.25 * 86_400 * 1e9
"""Nanoseconds."""
TIGHT, TIGHTER = 6, 14
"""From so many endpoints on the print is set smaller, so that it stays one page."""


def page(result: Precheck, language: Language) -> str:
    """One HTML document that shows `language` first."""
    order = (language, *(other for other in LANGUAGES if other != language))
    return (
        _pages()
        .get_template("page.html.j2")
        .render(language=language, editions=[Edition(result, one) for one in order], style=_style())
    )


class Edition:
    """A result in one language: what a page asks of it."""

    def __init__(self, result: Precheck, language: Language) -> None:
        self.result, self.language = result, language
        count = len(result.checked)
        self.size = " tight tighter" if count >= TIGHTER else " tight" if count >= TIGHT else ""

    def t(self, id_: str, **params: str | int) -> str:
        return render(f"precheck.{id_}", self.language, **params)

    @property
    def headline(self) -> str:
        return headline(self.result, self.language)

    @property
    def warning(self) -> str:
        warning = self.result.laptop.warning
        return render(warning, self.language) if warning else ""

    def problem(self, one: Checked) -> str:
        return problem(one, self.language)

    def ask(self, one: Checked) -> str:
        return ask(one, self.language)

    def ways(self, one: Checked) -> list[str]:
        return ways(one)

    def certificate(self, one: Checked) -> str:
        held = one.seen.certificate
        return certificate(held, self.result.made, self.language) if held else "-"


def headline(result: Precheck, language: Language) -> str:
    """How many addresses answer."""
    yes, but = result.count(Answered.YES), result.count(Answered.BUT)
    params: dict[str, str | int] = {"yes": yes, "but": but, "all": len(result.checked)}
    return render("precheck.headline", language, **params)


def problem(one: Checked, language: Language) -> str:
    """What is wrong; nothing where nothing is."""
    return render(one.seen.problem, language) if one.seen.problem else ""


def ask(one: Checked, language: Language) -> str:
    """What to do, and whom to ask."""
    params: dict[str, str | int] = {"host": one.host or "-", "port": one.port or 0}
    return render(f"precheck.ask.{one.ask.value}", language, **params)


def ways(one: Checked) -> list[str]:
    """The ways in that a server offers: mode, policy and who may come."""
    lines = (f"{o.mode} / {o.policy}: {', '.join(o.tokens)}" for o in one.seen.offers)
    return list(dict.fromkeys(line.replace("None / None", "None") for line in lines))


def certificate(held: Certificate, now: int, language: Language) -> str:
    """Its age and until when it is valid."""
    params: dict[str, str | int] = {
        "years": f"{(now - held.not_before) / YEAR:.1f}",
        "until": held.not_after,
        "bits": held.key_bits,
    }
    text = render("precheck.certificate", language, **params)
    expired = render("precheck.expired", language) if held.not_after < now else ""
    own = render("precheck.self_signed", language) if held.self_signed else ""
    return " ".join(part for part in (text, own, expired) if part)


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("assessor.precheck", ""),
        autoescape=True,
        finalize=inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return files("assessor.precheck").joinpath("page.css").read_text("utf-8").strip()
