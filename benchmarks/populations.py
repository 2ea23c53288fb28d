"""Populations of respondents, some of whom over- or understate, against what the product makes of them.

`python -m benchmarks.populations` writes populations.md. Plants have a true degree of each requirement of a
ladder; respondents answer better or worse than that; machines of some sub-domains are counted, some of them not
seen. Answers and counts go through the product's own code (`share`, `reconcile`, `rate`, fusion). Its results are
held against the level of the true degrees. All parameters are in populations.toml; nothing else sets any.
"""

import re
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np

from assessor.domain import Answers, Ladder, Measurement
from assessor.rating import level_of, rate
from assessor.reconcile import reconcile
from benchmarks.respondents import Parameters, Plant
from models.fusion import Fused

FILE = Path(__file__).with_suffix(".toml")
CARD = FILE.parent.parent / "models/fusion.md"
PRIORS = FILE.parent.parent / "models/priors.toml"
Row = dict[str, float]
Cell = tuple[str, str, int]
"""Population, shortfall, sub-domains measured."""
Table = dict[Cell, dict[str, Row]]


def against(framework: Ladder, true: Fraction, level: int, score: Fraction) -> Row:
    """What a column says of one plant, against the truth."""
    off = abs(level - level_of(framework, true))
    return {"exact": float(off == 0), "within": float(off <= 1), "error": float(abs(score - true))}


def judged(
    plant: Plant, true: Fraction, declared: Row, answers: Answers, measurements: Sequence[Measurement]
) -> dict[str, Row]:
    """Every column of one plant in one cell; the declared one does not hang on what is measured."""
    field, framework = plant.field, plant.field.framework
    evidence = reconcile(field.questions.values(), answers, measurements, ())
    verified = rate(framework, "verified", evidence)
    third = Fused.of(framework, field.questions, evidence, measurements).whole()
    band = {"band": float(third.low <= true <= third.high)}
    return {
        "declared": declared,
        "verified": against(framework, true, verified.level, verified.score),
        "estimated": against(framework, true, third.level, third.score) | band,
    }


def cells(p: Parameters) -> Iterator[Cell]:
    """In the order of the table."""
    for population in p["population"]:
        for name, shortfall in p["shortfall"].items():
            for many in shortfall["measured"]:
                yield population, name, many


def of_plant(p: Parameters, number: int) -> Table:
    """One plant in every cell."""
    plant = Plant.drawn(p, number)
    true, found = plant.true(p), {}
    seen = {
        (f, n): plant.measurements(p, shortfall, n)
        for f, shortfall in p["shortfall"].items()
        for n in shortfall["measured"]
    }
    for name, population in p["population"].items():
        answers = plant.answers(p, population)
        alone = reconcile(plant.field.questions.values(), answers, (), ())
        rating = rate(plant.field.framework, "declared", alone)
        declared = against(plant.field.framework, true, rating.level, rating.score)
        found |= {(name, *key): judged(plant, true, declared, answers, m) for key, m in seen.items()}
    return found


def _one(given: tuple[Parameters, int]) -> Table:
    return of_plant(*given)


def measured(p: Parameters, workers: int = 1) -> Table:
    """Means over all plants, by cell and column."""
    work = [(p, number) for number in range(p["plants"])]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            every = list(pool.map(_one, work, chunksize=3))
    else:
        every = [_one(one) for one in work]
    first = every[0]
    return {
        cell: {
            column: {key: float(np.mean([one[cell][column][key] for one in every])) for key in row}
            for column, row in columns.items()
        }
        for cell, columns in first.items()
    }


def parameters() -> Parameters:
    """What populations.toml says."""
    return tomllib.loads(FILE.read_text("utf-8"))


def goals(p: Parameters, table: Table) -> Iterator[tuple[str, Cell, float, bool]]:
    """Every goal in every cell it speaks of: what it asks, where, what came out, and whether that meets it."""
    goal, (least, most) = p["goal"], p["goal"]["band"]
    for cell, columns in table.items():
        population, shortfall, many = cell
        declared, verified, third = (columns[name]["exact"] for name in ("declared", "verified", "estimated"))
        if population == "honest":
            lost, allowed = declared - verified, goal["verified_honest_loss"]
            yield f"verified: honest lose at most {allowed:g}", cell, lost, lost <= allowed + 1e-9
        if many == 8 and shortfall == "none":
            lost, allowed = declared - third, goal["estimate_honest_loss"]
            if population == "honest":
                yield f"estimated: honest lose at most {allowed:g}", cell, lost, lost <= allowed + 1e-9
            elif p["population"][population]["by"] > 0:
                asked = goal["estimate_over"]
                yield f"estimated: exact for over-claimers at least {asked:g}", cell, third, third >= asked
        elif many == 8:
            asked = goal["estimate_shortfall"]
            yield f"estimated: exact with a shortfall at least {asked:g}", cell, third, third >= asked
        band = columns["estimated"]["band"]
        yield f"estimated: band holds {least:g} to {most:g}", cell, band, least <= band <= most


def _written(row: Row) -> str:
    return f"{row['exact']:.2f} · {row['within']:.2f} · {row['error']:.2f}"


def page(p: Parameters, table: Table) -> str:
    """The figures as populations.md has them."""
    lines = [
        "# Populations of respondents: declared, verified, estimated",
        "",
        "`make bench-evidence` (or `python -m benchmarks.populations`) writes this page from"
        " [`populations.toml`](populations.toml), which holds every parameter and what each means;"
        f" {p['plants']} plants a population, seed {p['seed']}, `{p['framework']}`. Plants are simulated: the page"
        " says how the columns behave, not how true real answers are.",
        "",
        "In each column: share of plants with exactly the true level · within one level · mean error of the score,"
        " in levels. *Verified* is made by `reconcile` and `rate`, *estimated* by `models/fusion.py`; both see"
        " answers and measurements and nothing else. With nothing measured all three are the same"
        " (`tests/test_populations.py`).",
        "",
        "| population | shortfall | measured | declared | verified | estimated | true score in the band |",
        "|---|---|---|---|---|---|---|",
    ]
    for (population, shortfall, many), columns in table.items():
        told = " | ".join(_written(columns[name]) for name in ("declared", "verified", "estimated"))
        lines.append(f"| {population} | {shortfall} | {many} | {told} | {columns['estimated']['band']:.2f} |")
    found = list(goals(p, table))
    missed = [one for one in found if not one[3]]
    lines += ["", "## Goals", "", "| goal | cells | missed |", "|---|---|---|"]
    for name in dict.fromkeys(one[0] for one in found):
        of = [one for one in found if one[0] == name]
        where = "; ".join(f"{', '.join(map(str, cell))}: {value:.2f}" for _, cell, value, met in of if not met)
        lines.append(f"| {name} | {len(of)} | {where or 'none'} |")
    lines += ["", f"{len(found) - len(missed)} of {len(found)} met. What is missed stands as it came out."]
    return "\n".join(lines) + "\n"


def card(text: str, page_: str) -> str:
    """The model's card with its parameters, and with the rows of 8 measured sub-domains of the page."""
    rows = [line for line in page_.splitlines() if re.match(r"\| (population|[a-z]+ \| [a-z-]+ \| 8) \|", line)]
    told = ["| parameter | levels | what |", "|---|---|---|"]
    for name, one in tomllib.loads(PRIORS.read_text("utf-8")).items():
        if isinstance(one, dict):
            told.append(f"| {name} | {one['value']:g} | {one['why']} |")
    for block, lines in (
        ("parameters", told),
        ("figures", [rows[0], "|---" * 7 + "|", *rows[1:], "", *_ends(page_)]),
    ):
        inside = re.compile(rf"(?<=<!-- {block} -->\n).*?(?=<!-- /{block} -->)", re.DOTALL)
        text = inside.sub(lambda _, lines=lines: "\n".join(lines) + "\n", text)
    return text


def _ends(page_: str) -> list[str]:
    return page_.rstrip().splitlines()[-1:]


def main() -> None:
    """Write populations.md and the figures of the card, and show the table."""
    begun, p = time.monotonic(), parameters()
    text = page(p, measured(p, workers=2))
    FILE.with_suffix(".md").write_text(text, "utf-8")
    CARD.write_text(card(CARD.read_text("utf-8"), text), "utf-8")
    sys.stdout.write(f"{text}{time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
