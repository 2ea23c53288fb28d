"""The lexicon as people review it: each term once, legal heads, enough of them, pinyin that follows from it."""

from collections import Counter
from pathlib import Path

import pytest

from assessor.domain import Function
from models.tags import __main__ as build
from models.tags.lexicon import COLUMNS, QUANTITIES, around, by_pinyin, folded, lexicon, longest, rows

FILE = Path(build.__file__).parent / "lexicon.csv"


def test_each_term_stands_once_however_it_is_written() -> None:
    counts = Counter((row["language"], folded(row["term"])) for row in rows("lexicon.csv"))
    assert [key for key, n in counts.items() if n > 1] == []
    assert not any(row["term"] != row["term"].strip() for row in rows("lexicon.csv"))


def test_heads_are_legal_and_each_term_decides_one_at_least() -> None:
    for row in rows("lexicon.csv"):
        assert tuple(row) == COLUMNS and row["language"] in ("zh", "en"), row
        assert row["quantity"] in ("", *QUANTITIES), row
        assert row["function"] in ("", *(function.value for function in Function)), row
        assert row["quantity"] or row["function"], row
        assert row["anywhere"] in ("", "yes") and (row["function"] or not row["anywhere"]), row


def test_every_quantity_and_function_has_terms_in_both_languages() -> None:
    for language in ("zh", "en"):
        terms = lexicon(language).values()  # type: ignore[arg-type]
        assert {term.heads[0] for term in terms} == {*QUANTITIES, None}
        assert {term.heads[1] for term in terms} == set(Function)


def test_there_are_enough_terms() -> None:
    assert len(lexicon("zh")) >= 600 and len(lexicon("en")) >= 250


def test_words_around_are_no_terms() -> None:
    for language in ("zh", "en"):
        assert not around(language).keys() & lexicon(language).keys()  # type: ignore[arg-type]
        assert set(around(language).values()) <= {"skip", "thing", "per"}  # type: ignore[arg-type]
    assert longest("en") == 3 and 6 <= longest("zh") <= 12


def test_pinyin_follows_from_the_terms() -> None:
    pytest.importorskip("pypinyin")
    assert build.rewritten() == FILE.read_text("utf-8"), "run: python -m models.tags"


def test_some_pinyin_worked_out_by_hand() -> None:
    held = {row["term"]: (row["pinyin"], row["initials"]) for row in rows("lexicon.csv")}
    assert held["模具温度"] == ("mujuwendu", "mjwd")
    assert held["行程"] == ("xingcheng", "xc") and held["长度"] == ("changdu", "cd")
    assert held["重量"] == ("zhongliang", "zl") and held["转速"] == ("zhuansu", "zs")
    assert held["X轴坐标"] == ("", "") and held["PM2.5"] == ("", "")


def test_initials_of_one_letter_are_no_key() -> None:
    assert all(len(key) > 1 for key in by_pinyin())
    assert len({term.heads for term in by_pinyin()["sd"]}) > 2, "湿度, 速度, 深度, 设定"
