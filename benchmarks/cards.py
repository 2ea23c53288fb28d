"""Measure again what the model cards state, and write it into them: `make cards`.

A card is models/<name>.md. What stands between a mark and the next `<!-- end -->` is written here; the sentences
around it were written by someone who had read it. `python -m benchmarks.cards consistency tags` writes only these.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assessor.domain import Ladder
from assessor.frameworks import load_library
from benchmarks import agreement, consistency, short_form, tag_names
from models.graded_response import MIDDLE, OWN, SHARPNESS, SPREAD
from models.short_form import Bank
from models.tags.evaluation import table

MODELS = Path(__file__).resolve().parent.parent / "models"
MARK = re.compile(r"(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
Block = Callable[[], str]


def share(value: float | None, places: int = 2) -> str:
    """A share as the cards write it; nothing where there is none."""
    return "" if value is None else f"{value:.{places}f}"


RUNS: tuple[tuple[str, dict[str, float | str]], ...] = (
    ("shipped bank (`cmmm-2020-discrete`), as the model has them", {"plants": 200}),
    ("the same, another seed", {"plants": 200, "seed": 2}),
    ("the same as the first, but stopping at 0.95", {"plants": 100, "sure": 0.95}),
    ("shipped bank, sub-domains differ more (0.87)", {"plants": 100, "own": 0.87}),
    ("80 questions, one-dimensional", {"bank": "eighty", "plants": 200, "own": 0}),
    ("the same, without a cap", {"bank": "eighty", "plants": 100, "own": 0, "cap": 80}),
    ("80 questions, sub-domains correlate 0.75", {"bank": "eighty", "plants": 200, "own": 0.87}),
)


def short_form_runs() -> str:
    """Simulated plants through the short form."""
    rows = []
    for name, run in RUNS:
        bank = short_form.bank_of(str(run.get("bank", "cmmm-2020-discrete")))
        plants = short_form.simulated(
            bank, int(run["plants"]), int(run.get("seed", 1)), float(run.get("own", OWN))
        )
        found = short_form.measured(
            bank, plants, int(run.get("cap", short_form.CAP)), float(run.get("sure", short_form.SURE))
        )
        rows.append((
            name, len(plants), f"{found['questions']:.1f}, {found['p90']:.0f}", share(found["stopped"]),
            share(found["agreement where stopped"], 3), share(found["said where stopped"], 3),
            share(found["agreement"], 3),
        ))  # fmt: skip
    head = (
        "plants", "n", "questions: mean, p90", "sure enough within the cap", "agreement there", "P stated there",
        "agreement, all plants",
    )  # fmt: skip
    return table((head, *rows))


TAMPERED = {
    "honest": "none",
    "one better in 60 %": "one degree better in 60 % of the answers",
    "top in 30 %": "the best answer in 30 %",
    "4 sub-domains at top": "4 of 20 sub-domains at the best",
    "random in 40 %": "40 % at random",
    "same to all": "the same to everything",
}


def tampering(count: int = 100, seed: int = 1) -> str:
    """How often each flag is raised on simulated plants whose answers were tampered with."""
    library = load_library()
    framework = library.frameworks["cmmm-2020-discrete"]
    assert isinstance(framework, Ladder)
    bank = Bank.of(framework)
    plants = short_form.simulated(bank, count, seed)
    kinds, rows = ("fit", "alike", "order", "rubric"), []
    for name, tamper in consistency.TAMPERED.items():
        rng = np.random.default_rng(seed)
        raised = [consistency.flagged(library, framework, bank, tamper(bank, plant, rng)) for plant in plants]
        shares = [sum(kind in flags for flags in raised) / count for kind in kinds]
        rows.append((TAMPERED[name], *map(share, shares)))
    return table((("tampering", *kinds), *rows))


def parameters() -> str:
    """What the graded response model assumes."""
    return table(
        (
            ("parameter", "value", "where from"),
            ("a, sharpness", f"{SHARPNESS:g}", "expert value; the same for every requirement"),
            ("b, thresholds", "k − 1 + d", "expert value: at θ = k, level k is met in full as likely as not"),
            ("θ before answers", f"{MIDDLE:.1f} ± {SPREAD:.1f}", "expert value, wide on purpose"),
            ("deviation of a sub-domain", f"{OWN:g}", "expert value"),
        ),
    )  # fmt: skip


def agreement_coverage(draws: int = 400) -> str:
    """Intervals of weighted kappa: how often they hold the truth, by number of pairs."""
    rows = []
    for name, n in (("linear", 10), ("linear", 12), ("linear", 20), ("linear", 40), ("quadratic", 12)):
        for way, found in agreement.coverage(name, n, draws).items():  # type: ignore[arg-type]
            rows.append((name, n, way, share(found.mean), share(found.lowest), share(found.width)))
    return table((("weights", "pairs", "interval", "held", "at worst", "mean width"), *rows))


CARDS: dict[str, dict[str, Block]] = {
    "agreement": {"coverage": agreement_coverage},
    "short_form": {"runs": short_form_runs},
    "consistency": {"tampering": tampering},
    "graded_response": {"parameters": parameters},
    "tags": tag_names.BLOCKS,
    "fusion": {},  # its figures are written by benchmarks.populations, together with that page
    "peers": {},
}


def written(text: str, blocks: dict[str, Block]) -> str:
    """A card with each of its marked parts made anew; every block has its mark and every mark its block."""
    marks = [name for _, name, _ in MARK.findall(text)]
    if sorted(marks) != sorted(blocks):
        raise ValueError(f"marks {marks}, blocks {sorted(blocks)}")
    return MARK.sub(lambda found: f"{found[1]}{blocks[found[2]]()}\n{found[3]}", text)


def chosen(arguments: Sequence[str]) -> list[str]:
    """The cards that are named, all where none is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", nargs="*", metavar="card", help=", ".join(CARDS))
    named: list[str] = parser.parse_args(arguments).cards
    if unknown := set(named) - set(CARDS):
        parser.error(f"no card is called {', '.join(sorted(unknown))}; there are {', '.join(CARDS)}")
    return named or list(CARDS)


if __name__ == "__main__":
    for name in chosen(sys.argv[1:]):
        card = MODELS / f"{name}.md"
        card.write_text(written(card.read_text("utf-8"), CARDS[name]), "utf-8")
        sys.stdout.write(f"{card.relative_to(MODELS.parent)} written\n")
