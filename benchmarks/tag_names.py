"""What names of data points are read as: standards held out one by one, and Chinese names no lexicon has seen.

`python -m benchmarks.tag_names` prints the blind test of tests/cases/tag-names/zh.csv; `make cards` writes it, the
sources and the held-out figures into models/tags.md.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from assessor.domain import Tag
from models.tags.corpus import Row
from models.tags.evaluation import Read, Score, by_rules, counted, held_out, score, shown, table
from models.tags.reader import PLAIN, Reading, manner, read_name
from models.tags.text import HEADS
from models.tags.training import HERE, NODESETS, corpus, fit

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "tests/cases/tag-names/zh.csv"
NO_ONE_KNOWS, NONE_THERE = "unknown", "-"


class Named(NamedTuple):
    """A name of the blind test, what an engineer says that it means, and how it was read."""

    name: str
    quantity: str
    function: str
    given: Reading
    alone: Reading


@cache
def blind() -> tuple[Named, ...]:
    """Every name, read twice: as a server shows it, with unit and access; and alone."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    plants = defaultdict(list)
    for entry in entries:
        plants[entry["plant"]].append(entry)
    manners = {plant: manner([_tag(i, e) for i, e in enumerate(of)]) for plant, of in plants.items()}
    return tuple(
        Named(
            entry["name"],
            entry["quantity"],
            entry["function"],
            read_name(
                entry["name"],
                unit=entry["unit"] or None,
                writable=_writable(entry),
                manner=manners[entry["plant"]],
            ),
            read_name(entry["name"], manner=PLAIN),
        )
        for entry in entries
    )


def _writable(entry: dict[str, str]) -> bool | None:
    return {"yes": True, "no": False}.get(entry["writable"])


def _tag(id_: int, entry: dict[str, str]) -> Tag:
    return Tag(
        id=id_, endpoint="plant", asset="plant", address=str(id_), path=entry["name"], writable=_writable(entry)
    )


def blind_score(head: str, how: str) -> Score:
    """One head over all names that have one, read with what is `given` or `alone`."""
    labelled = [one for one in blind() if getattr(one, head) not in (NO_ONE_KNOWS, NONE_THERE)]
    return score((getattr(one, head), getattr(getattr(one, how), head)) for one in labelled)


def whenever(head: str, how: str) -> Score:
    """The same over every name: what is said where nobody can tell, or where there is no quantity, is wrong.

    `state` counts as no quantity where none is asked for.
    """
    pairs = []
    for one in blind():
        true, said = getattr(one, head), getattr(getattr(one, how), head)
        pairs.append((true, None if (true, said) == (NONE_THERE, "state") else said))
    return score(pairs)


def rightly_silent(how: str) -> tuple[int, int]:
    """Of the names that nobody can read, how many were left unread in both heads; and how many there are."""
    unreadable = [one for one in blind() if one.quantity == NO_ONE_KNOWS and one.function == NO_ONE_KNOWS]
    return sum(getattr(one, how).unknown for one in unreadable), len(unreadable)


def blind_table() -> str:
    """The figures of the blind test beside their goals."""
    title = ("head", "read", "n", "accuracy", "coverage", "right when it speaks", "the same, of all names")
    lines: list[Sequence[object]] = [title]
    for head in HEADS:
        for how, words in (("given", "with unit and access"), ("alone", "the name alone")):
            found, all_ = blind_score(head, how), whenever(head, how)
            shares = (found.accuracy, found.coverage, found.precision, all_.precision)
            lines.append((head, words, found.rows, *(f"{share:.3f}" for share in shares if share is not None)))
    lines.append(("goal", "", "", "0.85", "", "0.95", ""))
    (right, n), (alone, _) = rightly_silent("given"), rightly_silent("alone")
    unread = f"Of {n} names that nobody can read, {right} were left unread ({alone} by the name alone)."
    return f"{table(lines)}\n\n{unread}"


@cache
def reads() -> tuple[tuple[Row, ...], tuple[Read, ...]]:
    """The corpus, and every name of it read while its source was held out."""
    rows, _ = corpus(NODESETS)
    return tuple(rows), tuple(held_out(rows, fit, by_rules))


def shipped() -> str:
    """What the file at hand holds, by its record."""
    file = HERE / "text.json"
    if not file.is_file():
        return "No text model is shipped."
    notes: dict[str, Any] = json.loads(file.read_text("utf-8"))
    packages = ", ".join(f"{name} {version}" for name, version in notes["corpus"].items())
    size = (HERE / "text.skops").stat().st_size
    return (
        f"`text.skops`: the head *{'* and *'.join(notes['heads'])}*, {size // 1000} kB, made with scikit-learn "
        f"{notes['scikit-learn']} and skops {notes['skops']} from {notes['names']:,} names of {packages}."
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "blind": blind_table,
    "shipped": shipped,
    "rows": lambda: counted(reads()[0]),
    "held-out": lambda: shown(reads()[1]),
}


if __name__ == "__main__":
    sys.stdout.write(blind_table() + "\n")
