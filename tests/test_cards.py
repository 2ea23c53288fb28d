"""Model cards: every marked part has what writes it, and those that cost little stand as they are measured now."""

from pathlib import Path

import pytest

from benchmarks.cards import CARDS, MARK, MODELS, chosen, share, written

CHEAP = [("graded_response", "parameters"), ("tags", "blind"), ("tags", "shipped")]


@pytest.mark.parametrize("card", sorted(MODELS.glob("*.md")), ids=lambda card: card.stem)
def test_a_card_says_what_wrote_it_and_what_it_is_not_for(card: Path) -> None:
    text = card.read_text("utf-8")
    assert sorted(name for _, name, _ in MARK.findall(text)) == sorted(CARDS[card.stem])
    assert "make cards" in text
    assert "**Not for**" in text and "**Checked by**" in text


@pytest.mark.parametrize(("card", "block"), CHEAP)
def test_a_card_states_what_is_measured_now(card: str, block: str) -> None:
    [stands] = [part for part in MARK.finditer((MODELS / f"{card}.md").read_text("utf-8")) if part[2] == block]
    assert stands[0] == f"{stands[1]}{CARDS[card][block]()}\n{stands[3]}", (
        f"run: python -m benchmarks.cards {card}"
    )


def test_only_what_stands_between_marks_is_written() -> None:
    text = "a\n<!-- figures: one -->\nold\nold\n<!-- end -->\nb | <!-- end -->\n"
    once = written(text, {"one": lambda: "new \\1"})
    assert once == "a\n<!-- figures: one -->\nnew \\1\n<!-- end -->\nb | <!-- end -->\n"
    assert written(once, {"one": lambda: "new \\1"}) == once


def test_a_mark_without_what_writes_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="two"):
        written("<!-- figures: two -->\n<!-- end -->\n", {})


def test_a_share_that_is_not_there_is_left_empty() -> None:
    assert (share(0.985), share(0.9849, 3), share(None)) == ("0.98", "0.985", "")


def test_all_cards_are_written_where_none_is_named_and_no_other_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert chosen([]) == list(CARDS)
    assert chosen(["tags"]) == ["tags"]
    with pytest.raises(SystemExit):
        chosen(["teapot"])
    assert "teapot" in capsys.readouterr().err
