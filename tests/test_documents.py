"""Documents of users: YAML 1.2 read without surprises, and every mistake named with its line."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import RootModel

from assessor import documents
from assessor.documents import DEEPEST, load, load_with_lines, parse
from assessor.domain import Exact, Noun, Scope, Text, canonical
from assessor.errors import AssessorError, InputError
from assessor.messages import LANGUAGES, render
from tests.test_bundle import SCOPE, SCOPE_BYTES


class Point(Noun):
    x: Exact
    note: str | None = None


class Sheet(Noun):
    title: str | None = None
    count: int | None = None
    share: Exact | None = None
    on: bool | None = None
    name: Text | None = None
    points: tuple[Point, ...] = ()
    by_id: dict[str, Point] = {}


class Anything(RootModel[Any]):
    """Whatever a document holds."""


def read(text: str) -> Sheet:
    return parse(Sheet, text, "f.yaml")[0]


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as problem:
        read(text)
    for language in LANGUAGES:
        assert render(problem.value.message, language)
    return problem.value


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "y", "n", "NO", "1:30", "2026-01-01", "0.10", "1e3", "'5'"]
)
def test_a_word_stays_a_word(word: str) -> None:
    assert read(f"title: {word}").title == word.strip("'")


@pytest.mark.parametrize(
    ("text", "count"), [("5", 5), ("+5", 5), ("-5", -5), ("010", 10), ("0o17", 15), ("0x1F", 31), ("1_000", 1000)]
)
def test_whole_numbers_are_those_of_yaml_1_2(text: str, count: int) -> None:
    assert read(f"count: {text}").count == count


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.7999", Fraction(7999, 10_000)),
        ("27/40", Fraction(27, 40)),
        ("1e-3", Fraction(1, 1000)),
        ("0.1000000000000000055511151231257827", Fraction("0.1000000000000000055511151231257827")),
        ("1", Fraction(1)),
    ],
)
def test_a_number_keeps_every_digit(text: str, share: Fraction) -> None:
    assert read(f"share: {text}").share == share


@pytest.mark.parametrize("empty", ["", " ~", " null"])
def test_nothing_is_none(empty: str) -> None:
    assert read(f"title:{empty}").title is None


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_true_is_true(text: str) -> None:
    assert read(f"on: {text}").on is True


def test_json_is_read_too() -> None:
    assert read('{"title": "a\\/\\u4e2d", "share": 0.5, "points": [{"x": "1/3"}]}') == Sheet(
        title="a/中", share="1/2", points=(Point(x="1/3"),)
    )


@given(
    sheet=st.builds(
        Sheet,
        title=st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])),
        count=st.none() | st.integers(),
        share=st.none() | st.fractions(),
        on=st.none() | st.booleans(),
        points=st.lists(st.builds(Point, x=st.fractions()), max_size=3).map(tuple),
    )
)
def test_what_the_product_writes_it_reads_back(sheet: Sheet) -> None:
    assert read(canonical(sheet).decode()) == sheet


@pytest.mark.parametrize(
    ("text", "id_", "line"),
    [
        ("title: a\ncuont: 1", "unknown_key", 2),
        ("points:\n  - x: 1\n  - note: a", "missing_key", 3),
        ("name: {zh: 甲}", "missing_key", 1),
        ("title: a\ncount: many", "wrong_value", 2),
        ("title: a\nshare: .nan", "wrong_value", 2),
        ("title: a\nshare: true", "wrong_value", 2),
        ("title: a\nshare: 1/0", "wrong_value", 2),
        ("title: a\nshare: 1e99999999", "wrong_value", 2),
        ("title: [1]", "wrong_value", 1),
        ("title: a\ntitle: b", "duplicate_key", 2),
        ('title: a\n"title": b', "duplicate_key", 2),
        ("title: &a b", "anchor", 1),
        ("count: 1\ntitle: &a b\nname: *a", "anchor", 2),
        ("<<: {title: a}", "anchor", 1),
        ("title: !mine a", "anchor", 1),
        ("title: !!python/object/apply:os.system [ls]", "anchor", 1),
        ("title: !!python/name:os.system ls", "anchor", 1),
        ("title: !!binary aGk=", "anchor", 1),
        ("count: 1\non: !!bool maybe", "anchor", 2),
        ("title: !!null something", "anchor", 1),
        ("%YAML 1.1\n---\non: yes", "not_yaml", 1),
        ("? [1]\n: 2", "anchor", 1),
        ("title: a\ncount: !!int abc", "anchor", 2),
        ("title: a\ncount: !!int 5", "anchor", 2),
        ("title: a\n&a count: 5", "anchor", 2),
        ("title: a\n!!str count: 5", "anchor", 2),
        ("title: a\n~: 5", "anchor", 2),
        ("title: a\ncount: 0b", "wrong_value", 2),
        ("title: a\ncount: 0x_", "not_yaml", 2),
        ("title: a\ncount: " + "9" * 5000, "not_yaml", 2),
        ("title: a\n b: [", "not_yaml", 2),
        ("title: 'a", "not_yaml", 1),
        ("title: a\n---\ntitle: b", "not_yaml", 2),
        ("\ttitle: a", "not_yaml", 1),
        ("5", "wrong_value", 1),
        ("", "wrong_value", 1),
        ("- a", "wrong_value", 1),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, id_: str, line: int) -> None:
    problem = refused(text)
    assert (problem.message.id, problem.place) == (f"input.{id_}", f"f.yaml:{line}")


def test_the_message_says_what_would_be_right() -> None:
    assert refused("cuont: 1").message.params["known"] == "count"
    assert "by_id" in str(refused("zzz: 1").message.params["known"])
    assert refused("points: [{x: 1, nota: b}]").message.params["known"] == "note"
    assert refused("by_id: {p: {x: 1, why: b}}").message.params["known"] == "x, note"
    assert refused("name: {zh: 甲, eng: a}").message.params == {"field": "name.eng", "key": "eng", "known": "en"}


def test_the_mistake_that_explains_the_others_comes_first() -> None:
    misspelt = refused("points:\n  - y: 1\n")
    assert (misspelt.message.id, misspelt.place) == ("input.unknown_key", "f.yaml:2 (+1)"), "not the missing x"
    with pytest.raises(InputError) as problem:
        parse(Scope, "plant: a\nformat: assessor-answers/1\nanswers: []\n", "f.yaml")
    assert problem.value.message.params["field"] == "format", "another kind of file"


def test_more_mistakes_are_counted_behind_the_first() -> None:
    assert refused("count: a\nshare: b\ntitle: []").place == "f.yaml:1 (+2)"


@pytest.mark.parametrize("text", ["[" * 20_000, "[\n" * 900 + "]" * 900, "{a: " * 5000, "- " * 5000])
def test_deep_nesting_is_refused_without_a_traceback(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ("{a: ", "}")])
def test_nesting_is_read_as_deep_as_is_said_and_no_deeper(opens: str, closes: str) -> None:
    deep = "\n".join([opens] * DEEPEST) + "\n".join(["", *[closes] * DEEPEST])
    assert parse(Anything, deep, "f.yaml")[0].model_dump_json().count(opens[0]) == DEEPEST
    with pytest.raises(InputError, match="not_yaml") as problem:
        parse(Anything, f"{opens}\n{deep}\n{closes}", "f.yaml")
    assert problem.value.place == f"f.yaml:{DEEPEST + 1}"


@pytest.mark.parametrize("letter", ["\x85", "\u2028", "\u2029", "\ufeff"])
@pytest.mark.parametrize("written", ["'{}'", '"{}"', "{}"])
def test_letters_that_older_yaml_takes_for_the_end_of_a_line_are_letters(letter: str, written: str) -> None:
    text = f"one{letter}two {letter} three{letter}#: 4"
    found, lines = parse(Anything, f"a: {written.format(text) if written != '{}' else text[:-3]}\nb: 1", "f.yaml")
    assert found.root == {"a": text if written != "{}" else text[:-3], "b": 1}
    assert lines.at("b") == "f.yaml:2"
    assert parse(Anything, f"{{'x{letter}': 1}}", "f.yaml")[0].root == {f"x{letter}": 1}


LINES = [
    "title: ",
    "- ",
    "a: ",
    "\n",
    "\n  ",
    "x",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    ", ",
    "no",
    "5",
    "#",
    "|\n",
    "&a ",
]


@settings(max_examples=300)
@given(text=st.lists(st.sampled_from(LINES)).map("".join))
def test_what_is_read_does_not_hang_on_how_the_reader_was_built(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for loader in (yaml.CSafeLoader, yaml.SafeLoader):
            patch.setattr(documents, "LOADER", loader)
            try:
                found.append(parse(Anything, text, "f.yaml")[0].root)
            except InputError as problem:
                found.append(problem.message.id)
    assert found[0] == found[1]


PIECES = [
    *(
        "title",
        "count",
        "points",
        ": ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "!!int ",
        "&a ",
        "*a",
        "1e9",
    ),
    *("0x", "~", "|", ">", "#", "? ", "%", "@", "\t", "---", "...", "!", "!<x>", "\x00", "\ufeff"),
]


@settings(max_examples=150)
@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(PIECES),
        max_size=12,
    ).map("".join)
)
def test_whatever_is_typed_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        read(text)
    except AssessorError as problem:
        assert isinstance(problem, InputError)
        assert (problem.place or "").startswith("f.yaml")


def test_a_file_is_read_whatever_mark_it_begins_with(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SCOPE_BYTES)
    assert load(Scope, file) == SCOPE
    file.write_bytes(SCOPE_BYTES.replace(b"\n", b"\r\n"))
    assert load(Scope, file) == SCOPE


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "s.yaml"
    with pytest.raises(InputError, match="unreadable"):
        load(Sheet, file)
    with pytest.raises(InputError, match="unreadable"):
        load(Sheet, tmp_path)
    file.write_bytes("title: 中".encode("gb18030"))
    with pytest.raises(InputError, match="not_utf8"):
        load(Sheet, file)
    monkeypatch.setattr(documents, "LARGEST", 3)
    with pytest.raises(InputError, match="too_large"):
        load(Sheet, file)


def test_lines_are_known_for_checks_that_come_later(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("title: a\npoints:\n  - x: 1\n  - x: 2\n    note: b\n")
    _, lines = load_with_lines(Sheet, file)
    assert lines.at("points", 1, "note") == f"{file}:5"
    assert lines.at("points", 1, "absent") == f"{file}:4"
    assert lines.at("absent") == f"{file}:1"
