"""The form in which officers enter a programme's rules: what it shows, and what its fields say."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import count
from typing import Any

from starlette.datastructures import FormData

from assessor.desk.office.running import Run, titled
from assessor.domain import Message, exact, plain
from assessor.errors import InputError
from assessor.web.gate import text

SPARE = 2
"""Empty rows beside those that are filled."""
PERIOD = ("id", "opens", "closes", "use_by", "quota", "budget")


def read(form: FormData, run: Run) -> dict[str, Any]:
    """The rules as JSON: what the form has no field for stays as it is; what is left empty is unknown."""
    rules = dict(run.kept.rules)
    for name in ("title", "issuer", "source"):
        rules[name] = titled(text(form, f"{name}_zh"), text(form, f"{name}_en"))
        if not rules[name]["zh"]:
            raise InputError(Message(id="way.empty_field"), name)
    for name in ("valid_from", "valid_to"):
        rules[name] = text(form, name) or None
    rules["status"] = text(form, "status") or rules["status"]
    rules["share"] = _share(text(form, "share"))
    rules["share_of"] = (rules["share_of"] or "contract") if rules["share"] is not None else None
    rules["cap"] = whole(text(form, "cap"), "cap")
    rules["terms"] = _terms(form, run)
    rules["unknown"] = list(_unknown(rules, form))
    return rules


def _unknown(rules: Mapping[str, Any], form: FormData) -> Iterator[str]:
    for name in ("share", "cap", "valid_from", "valid_to"):
        if rules[name] is None:
            yield name
    for name in ("conditions", "evidence"):
        if (not rules[name] and not text(form, f"{name}_none")) or (rules[name] and text(form, f"{name}_more")):
            yield name


def _terms(form: FormData, run: Run) -> dict[str, Any]:
    """What stands there already keeps its id."""
    rows = _rows(form, "consent_zh", "consent_en", "consent_opens")
    consents = ({"text": titled(zh, en), "opens": opens or None} for zh, en, opens in rows)
    return {
        "periods": list(_periods(form)),
        "choice": text(form, "choice") or "free",
        "providers": list(_providers(text(form, "providers"))),
        "checklist": text(form, "checklist") or None,
        "two_people": "yes" in _column(form, "two_people"),
        "consents": _named("consent", run.terms.consents, consents),
        "asks": _named("ask", run.terms.asks, ({"text": titled(*row)} for row in _rows(form, "ask_zh", "ask_en"))),
    }


def _named(kind: str, held: Iterable[Any], lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each line with the id that a line of this text had; a new one has a number that none has had here."""
    known = {(one.text.zh, one.text.en): one.id for one in held}
    free = (name for n in count(1) if (name := f"{kind}-{n}") not in known.values())
    return [{"id": known.get((line["text"]["zh"], line["text"]["en"])) or next(free)} | line for line in lines]


def _column(form: FormData, name: str) -> list[str]:
    """All fields of a name; InputError where there is none: the form did not arrive whole."""
    found = [str(value).strip() for value in form.getlist(name)]
    if not found:
        raise InputError(Message(id="way.rows_torn"), name)
    return found


def _table(form: FormData, *names: str) -> list[tuple[str, ...]]:
    """Rows of a repeated part of the form, whole."""
    columns = [_column(form, name) for name in names]
    if len({len(column) for column in columns}) != 1:
        raise InputError(Message(id="way.rows_torn"), names[0])
    return list(zip(*columns, strict=True))


def _rows(form: FormData, *names: str) -> Iterator[tuple[str, ...]]:
    """Those in which one of the two texts is filled."""
    return (row for row in _table(form, *names) if any(row[:2]))


def _periods(form: FormData) -> Iterator[dict[str, Any]]:
    for row in _table(form, *(f"period_{name}" for name in PERIOD)):
        if not any(row):
            continue
        told: dict[str, Any] = dict(zip(PERIOD, (value or None for value in row), strict=True))
        told |= {name: whole(told[name] or "", f"period_{name}") for name in ("quota", "budget")}
        yield told | {"id": (told["id"] or "").lower()}


def _providers(lines: str) -> Iterator[dict[str, Any]]:
    """One a line: a name, and after a comma or tab its credit code."""
    for n, line in enumerate((one for one in lines.splitlines() if one.strip()), 1):
        parts = [part.strip() for part in re.split(r"[,，\t]", line, maxsplit=1)]
        code = parts[1].upper() if len(parts) > 1 and parts[1] else None
        yield {
            "id": f"provider-{n}" if code is None else code.lower(),
            "name": parts[0][:200],
            "credit_code": code,
        }


def _share(said: str) -> str | None:
    """Percent as a share."""
    if not said:
        return None
    try:
        share = exact(said.removesuffix("%").strip()) / 100
    except ValueError as problem:
        raise InputError(Message(id="way.bad_share"), "share") from problem
    if not 0 <= share <= 1:
        raise InputError(Message(id="way.bad_share"), "share")
    return plain(share)


def whole(said: str, field: str) -> int | None:
    """Whole yuan or a count; nothing: not known."""
    digits = said.replace(",", "").strip()
    if not digits:
        return None
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise InputError(Message(id="way.bad_amount"), field)
    return int(digits)


def shown(run: Run) -> dict[str, Any]:
    """What the form is filled with, spare rows included."""
    rules, terms = run.rules, run.terms
    blank = dict.fromkeys(PERIOD, "")
    periods = [{k: "" if v is None else v for k, v in p.model_dump(mode="json").items()} for p in terms.periods]
    consents = [(c.text.zh, c.text.en, c.opens or "") for c in terms.consents]
    asks = [(a.text.zh, a.text.en) for a in terms.asks]
    return {
        "periods": [*periods, *([blank] * (SPARE - 1 if periods else SPARE))],
        "consents": [*consents, *([("", "", "")] * SPARE)],
        "asks": [*asks, *([("", "")] * SPARE)],
        "providers": "\n".join(_lines(terms.providers)),
        "share": "" if rules.share is None else plain(Fraction(rules.share) * 100),
    }


def _lines(providers: Iterable[Any]) -> Iterator[str]:
    for one in providers:
        yield f"{one.name}, {one.credit_code}" if one.credit_code else one.name
