"""How well names are read where the reader has not seen the standard they come from: one source left out, never
a random split. For rules, the text model, the hybrid (rules, and the text model where they are silent), both
agreeing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from models.tags.corpus import Row
from models.tags.reader import read_name
from models.tags.text import HEADS, TextModel

Reader = Callable[[Sequence[str]], list[list[str | None]]]
"""Names to what is said of each, [quantity, function]; None is silence."""
Only = Callable[[Row], bool]
WAYS = ("rules", "text", "hybrid", "agreed")
ENOUGH = 0.75
"""A head of the text model is shipped where the hybrid is right at least this often on the industrial names."""


class Read(NamedTuple):
    """A labelled name and what was said of it; the text model had not seen its source."""

    row: Row
    rules: list[str | None]
    text: list[list[str]]
    """Guesses of each head, best first."""


class Score(NamedTuple):
    """Counts; every share is one of these over another. Silence is not right."""

    rows: int
    spoke: int
    right: int

    @property
    def accuracy(self) -> float | None:
        """Right among all rows."""
        return self.right / self.rows if self.rows else None

    @property
    def coverage(self) -> float | None:
        """How often it spoke."""
        return self.spoke / self.rows if self.rows else None

    @property
    def precision(self) -> float | None:
        """Right among those it spoke of."""
        return self.right / self.spoke if self.spoke else None


def score(pairs: Iterable[tuple[str, str | None]]) -> Score:
    """Compare labels with what was said."""
    told = list(pairs)
    return Score(len(told), sum(said is not None for _, said in told), sum(true == said for true, said in told))


def by_rules(names: Sequence[str]) -> list[list[str | None]]:
    """What the lexicon says of names alone, without unit, type or access."""
    told = [read_name(name) for name in names]
    return [[reading.quantity, reading.function] for reading in told]


def held_out(rows: Sequence[Row], fit: Callable[[Sequence[Row]], TextModel], rules: Reader) -> list[Read]:
    """Every name, read by rules and by a text model that was fitted on all sources but its own."""
    found: list[Read] = []
    for source in sorted({row.source for row in rows}):
        own = [row for row in rows if row.source == source]
        names = [row.name for row in own]
        proposals = fit([row for row in rows if row.source != source]).propose(names)
        guesses = [
            [[guess.label for guess in p.quantity], [guess.label for guess in p.function]] for p in proposals
        ]
        found += map(Read, own, rules(names), guesses)
    return found


def everything(row: Row) -> bool:
    """All rows."""
    return bool(row)


def of_source(source: str, row: Row) -> bool:
    """Rows of one source."""
    return row.source == source


def industrial(row: Row) -> bool:
    """Names of machines and meters whose label words can tell: no buildings; no set points, which access tells."""
    return row.source != "brick" and row.function != "setpoint"


def opcua(row: Row) -> bool:
    """Industrial names of OPC UA nodesets: without SunSpec, whose words the lexicon's author had seen."""
    return industrial(row) and row.source.startswith("opcua")


def scored(reads: Iterable[Read], head: str, way: str, only: Only = everything) -> Score:
    """One way of reading one head."""
    place = HEADS.index(head)
    chosen = [read for read in reads if getattr(read.row, head) and only(read.row)]
    return score((getattr(read.row, head), _said(read, place, way)) for read in chosen)


def _said(read: Read, place: int, way: str) -> str | None:
    rules, text = read.rules[place], next(iter(read.text[place]), None)
    if way == "hybrid":
        return rules if rules is not None else text
    if way == "agreed":
        return rules if rules == text else None
    return rules if way == "rules" else text


def proposed(reads: Iterable[Read], head: str, only: Only = everything) -> tuple[int, int, int]:
    """Where rules are silent: how many names, how often the first guess is right, how often one of the three."""
    place = HEADS.index(head)
    silent = [(getattr(r.row, head), r.text[place]) for r in reads if getattr(r.row, head) and only(r.row)
              and r.rules[place] is None]  # fmt: skip
    return len(silent), sum(true in text[:1] for true, text in silent), sum(true in text for true, text in silent)


def good_enough(reads: Sequence[Read]) -> list[str]:
    """The heads whose hybrid is right often enough to be shipped."""
    accuracies = {head: scored(reads, head, "hybrid", industrial).accuracy for head in HEADS}
    return [head for head, accuracy in accuracies.items() if accuracy is not None and accuracy >= ENOUGH]


def table(lines: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; the first line is its head."""
    head, *rest = (tuple(map(str, line)) for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *rest))


def cell(found: Score) -> str:
    """Accuracy / coverage / precision."""
    shares = (found.accuracy, found.coverage, found.precision)
    return " / ".join("–" if share is None else f"{share:.2f}" for share in shares)


def shown(reads: Sequence[Read]) -> str:
    """A table for each head: every source, all of them, and the industrial names on which is decided."""
    return "\n\n".join(
        f"**{head}**, accuracy / coverage / right when it speaks\n\n{_shown(reads, head)}" for head in HEADS
    )


def _shown(reads: Sequence[Read], head: str) -> str:
    sources = sorted({read.row.source for read in reads if getattr(read.row, head)})
    groups = [(source, partial(of_source, source)) for source in sources]
    groups += [
        ("**all**", partial(everything)),
        ("**industrial**", partial(industrial)),
        ("**opcua**", partial(opcua)),
    ]
    lines: list[Sequence[object]] = [
        ("source", "n", *WAYS, "rules silent", "first guess right", "one of three right")
    ]
    for name, only in groups:
        scores = [scored(reads, head, way, only) for way in WAYS]
        silent, first, any_ = proposed(reads, head, only)
        shares = [f"{right / silent:.2f}" if silent else "–" for right in (first, any_)]
        lines.append((name, scores[0].rows, *map(cell, scores), silent, *shares))
    return table(lines)


def counted(rows: Sequence[Row]) -> str:
    """How many names each source has for each label."""
    sources = sorted({row.source for row in rows})
    lines: list[Sequence[object]] = [("head", "label", *sources, "all")]
    for head in HEADS:
        counts = Counter((getattr(row, head), row.source) for row in rows if getattr(row, head))
        totals = Counter(getattr(row, head) for row in rows if getattr(row, head))
        for label, total in totals.most_common():
            lines.append((head, label, *(counts[label, source] or "" for source in sources), total))
    return table(lines)
