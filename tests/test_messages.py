"""Texts: numbers are rounded exactly, every text has both languages, every id used in the code has a text."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.desk.access import Action
from assessor.domain import Message, Text, plain
from assessor.messages import catalogue, moment, money, number, percent, render, text_id

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "assessor/messages").glob("*.toml"))
AREAS = "|".join(file.stem for file in FILES)
ID = re.compile(rf"(?:{AREAS})(?:\.[a-z0-9_-]+)+")
FORMATS = {"", "percent", "count", "number", "seconds", "money", "time", "date"}
FILE_ENDINGS = ("html", "css", "js", "html.j2", "zip", "xlsx", "txt")
ACTIONS = frozenset(get_args(Action))
"""What somebody may do is named in the same way: an action, and no text."""
KEYS_OF_SLOTS = ROOT / "assessor/filing/keys.py"
"""`plan.cost` and the like are names for users there."""
SOURCES = [file for package in ("assessor", "connectors", "models") for file in (ROOT / package).rglob("*.py")]


def gaps(template: str) -> set[tuple[str, str]]:
    """Names of gaps and how each is written; a choice of words fills none."""
    return {(name, spec) for name, spec in parts(template) if "|" not in spec}


def parts(template: str) -> list[tuple[str, str]]:
    return [(name, spec or "") for _, name, spec, _ in string.Formatter().parse(template) if name is not None]


def chosen(template: str) -> bool:
    """Is each choice one of two words, by a number that is written as a count?"""
    choices = [(name, spec.split("|")) for name, spec in parts(template) if "|" in spec]
    return all(
        (name, "count") in gaps(template) and len(set(words)) == 2 and all(words) for name, words in choices
    )


# Numbers


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(7999, 10000), 2, "0.8"),
        (Fraction(7999, 10000), 4, "0.7999"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(-1, 1000), 2, "0"),
        ("1234567.5", 1, "1,234,567.5"),
        (1000, 2, "1,000"),
        ("1/3", 2, "0.33"),
        (0, 2, "0"),
        (100, 0, "100"),
    ],
)
def test_a_number_is_rounded_half_away_from_zero(value: Fraction | int | str, places: int, text: str) -> None:
    assert number(value, places) == text


@given(value=st.fractions(-(10**9), 10**9, max_denominator=10**6), places=st.integers(0, 6))
def test_a_written_number_is_the_nearest_one_with_so_many_places(value: Fraction, places: int) -> None:
    text = number(value, places).replace(",", "")
    assert abs(Fraction(text) - value) * 2 <= Fraction(1, 10**places)
    assert "." not in text or not text.endswith(("0", "."))
    assert text != "-0"


@given(value=st.decimals(-(10**6), 10**6, places=4, allow_nan=False), places=st.integers(0, 4))
def test_rounding_agrees_with_another_implementation(value: Decimal, places: int) -> None:
    other = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert Fraction(number(Fraction(value), places).replace(",", "")) == Fraction(other)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        ("0.8", "80 %"),
        ("0.7949", "79 %"),
        ("0.004", "0.4 %"),
        ("0.996", "99.6 %"),
        ("27/40", "68 %"),
    ],
)
def test_a_share_is_a_percentage(share: int | str, text: str) -> None:
    assert percent(share) == text


@given(share=st.fractions(0, 1, max_denominator=500))
def test_only_nothing_is_zero_percent_and_only_everything_is_a_hundred(share: Fraction) -> None:
    """A share of a register of up to 500 machines: one machine is never lost to rounding."""
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (120_000, "12 万元", "¥120k"),
        (500, "500 元", "¥500"),
        (-6280, "−0.63 万元", "−¥6k"),
        (12, "12 元", "¥12"),
        (0, "0 元", "¥0"),
        (4_560, "0.46 万元", "¥5k"),
        ("1250000", "125 万元", "¥1,250k"),
    ],
)
def test_money_is_written_as_its_reader_counts(yuan: int | str, zh: str, en: str) -> None:
    assert (money(yuan, "zh"), money(yuan, "en")) == (zh, en)


def test_times_are_written_in_utc() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert moment("1767225600000000000") == "2026-01-01 00:00:00 UTC"


def test_a_time_is_not_rounded_into_the_next_day() -> None:
    assert moment(1_767_225_599_999_999_999, "%Y-%m-%d") == "2025-12-31"


# The catalogue


def _sound(text: Text) -> bool:
    held = gaps(text.zh)
    named = {spec for _, spec in held} <= FORMATS and all(name.isidentifier() for name, _ in held)
    return bool(text.zh.strip() and text.en.strip()) and held == gaps(text.en) and named and chosen(text.en)


def test_a_text_is_there_in_both_languages_with_the_same_gaps() -> None:
    assert [id_ for id_, text in catalogue().items() if not _sound(text)] == []
    for id_ in catalogue():  # thousands: a case for each takes longer to begin than to try
        Message(id=id_)  # an id that no Message can carry cannot be rendered either


@pytest.mark.parametrize("id_", [id_ for id_ in sorted(catalogue()) if ".unheard." in id_])
def test_what_is_said_where_no_machine_was_heard_stands_in_place_of_another_text(id_: str) -> None:
    usual = id_.replace(".unheard.", ".")
    area, _, name = usual.partition(".")
    assert text_id(area, name) == usual and text_id(area, name, heard=False) == id_
    assert gaps(catalogue()[id_].en) <= gaps(catalogue()[usual].en), "nothing else fills its gaps"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_table_of_a_file_is_a_text_or_a_group_of_texts(file: Path) -> None:
    def leaves(table: dict[str, object], path: str) -> Iterator[str]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from leaves(value, f"{path}.{key}")
            else:
                yield path

    entries = set(leaves(tomllib.loads(file.read_text("utf-8")), file.stem))
    assert entries == {id_ for id_ in catalogue() if id_.startswith(f"{file.stem}.")}


def test_a_text_is_written_in_either_language_with_texts_in_its_gaps() -> None:
    message = Message(id="bundle.missing", params={"name": Text(zh="范围", en="scope")})
    assert "范围" in render(message, "zh") and "scope" in render(message, "en")
    assert render(Text(zh="甲", en="a"), "en") == "a"
    with pytest.raises(KeyError):
        render("bundle.no_such_text", "en")
    with pytest.raises(KeyError):
        render("bundle.missing", "en")


def test_one_is_told_in_the_singular_and_all_else_in_the_plural() -> None:
    told = [render("way.rules.periods", "en", n=n) for n in (0, 1, 2, "1", Fraction(3, 2))]
    assert told == ["0 periods", "1 period", "2 periods", "1 period", "2 periods"]
    assert render("way.rules.periods", "zh", n=1) == "1 个期次"


def test_an_exact_number_goes_through_a_message_without_loss() -> None:
    third = Message(id="bundle.journal_damaged", params={"line": plain(Fraction(1, 3))})
    assert "1/3" in render(third, "en")


# Ids in the code


def literals(node: ast.AST) -> Iterator[str]:
    """The texts that an expression can be; an f-string as a pattern of what it can be."""
    match node:
        case ast.Constant(value=str() as value):
            yield re.escape(value)
        case ast.JoinedStr(values=values):
            yield "".join(
                re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"[a-z0-9._-]+" for v in values
            )
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def ids() -> Iterator[tuple[str, str]]:
    """Where the code names a text, and the pattern of its id."""
    for place, call in calls("Message"):
        for keyword in call.keywords:
            if keyword.arg == "id":
                yield from ((place, pattern) for pattern in literals(keyword.value))
    for place, call in calls("render"):
        yield from ((place, pattern) for pattern in (literals(call.args[0]) if call.args else ()))


@pytest.mark.slow
def test_every_id_that_the_code_names_has_a_text() -> None:
    found = sorted(set(ids()))
    assert len(found) > 100, "the search itself works"
    known = list(catalogue())
    missing = [
        f"{place}: {pattern}" for place, pattern in found if not any(re.fullmatch(pattern, id_) for id_ in known)
    ]
    assert not missing


@pytest.mark.slow
def test_a_message_brings_what_fills_the_gaps_of_its_text() -> None:
    lacking = []
    for place, call in calls("Message"):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        id_, params = given.get("id"), given.get("params", ast.Dict(keys=[], values=[]))
        if not isinstance(id_, ast.Constant) or not isinstance(params, ast.Dict) or id_.value not in catalogue():
            continue
        keys = {key.value for key in params.keys if isinstance(key, ast.Constant)}
        wanted = {name for name, _ in gaps(catalogue()[str(id_.value)].en)}
        if None not in params.keys and not wanted <= keys:
            lacking.append(f"{place}: {id_.value} lacks {sorted(wanted - keys)}")
    assert not lacking


@pytest.mark.slow
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_looks_like_an_id_is_one(file: Path) -> None:
    """Catches ids that reach a Message by way of a variable."""
    tree = ast.parse(file.read_text("utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            value = node.value
            if (
                ID.fullmatch(value)
                and value.partition(".")[2] not in FILE_ENDINGS
                and value not in ACTIONS
                and file != KEYS_OF_SLOTS
                and "report" not in file.parts  # a pen puts the area before a name
            ):
                assert value in catalogue() or any(id_.startswith(value) for id_ in catalogue()), node.lineno
