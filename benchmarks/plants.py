"""Plants of known truth: what the product measures of them and says of their answers, against what is so.

`python -m benchmarks.plants` rewrites benchmarks/plants.md (some two minutes of one core). The plants are those of
tests/plants/table.py; every one goes through a sealed bundle and the whole of `pipeline.assess`.
"""

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from statistics import fmean

from assessor.domain import Evidence, Ladder, Rating, Selection, State, Verdict
from assessor.frameworks import Library, load_library
from assessor.indicators import load
from assessor.pipeline import choose_ladder
from assessor.rating import rate
from assessor.reconcile import reconcile
from tests.plants import BY_ID, ROWS, Row
from tests.plants.answers import said, true_answers
from tests.plants.outcome import Held, Judged, bearing_on, held, judged, measured, wrong_verdicts
from tests.plants.whole import assessed

PAGE = Path(__file__).with_name("plants.md")
DRAWS = 40
"""How many further draws of the drawn plant the coverage of its intervals rests on."""
NOTHING = "—"


@dataclass(frozen=True)
class Run:
    """One plant through the whole product."""

    found: Judged
    held: dict[str, Held | None]
    true: Rating
    declared: Rating
    verified: Rating


def run(row: Row, library: Library, folder: Path) -> Run:
    """Assess a plant by all that the library asks, and rate what is true beside it."""
    questions, ladder = tuple(library.questions.values()), _ladder(row, library)
    true = true_answers(row, questions, ladder)
    answers = said(row, questions, true, row.style)
    whole = assessed(row, answers, library, folder)
    honest = reconcile(questions, said(replace(row, roles=False), questions, true, "honest"), (), ())
    of_default = {r.column: r for r in reversed(whole.ratings)}
    return Run(
        Judged(row, true, answers, whole.measurements, whole.evidence),
        held(row, whole.measurements),
        rate(ladder, "declared", honest),
        of_default["declared"],
        of_default["verified"],
    )


def _ladder(row: Row, library: Library) -> Ladder:
    return choose_ladder(library, f"cmmm-2020-{row.kind}", row.kind)


# Tables ---------------------------------------------------------------------------------------------------------


def by_indicator(runs: Sequence[Run]) -> list[list[str]]:
    """Of every indicator: in how many plants it was measured, how far off, how wide, how often it is right."""
    names = sorted({name for one in runs for name in one.held})
    return [_indicator(name, [one.held.get(name) for one in runs], runs) for name in names]


def _indicator(name: str, all_: Sequence[Held | None], runs: Sequence[Run]) -> list[str]:
    states = Counter(m.state for one in runs for m in one.found.measurements if m.indicator == name)
    counts = [str(states[s]) for s in (State.MEASURED, State.NOT_DETERMINED, State.UNUSABLE)]
    stated = [one for one in all_ if one is not None and one.ends is not None]
    if not stated:
        return [name, *counts, "no truth stated", *[NOTHING] * 4]
    points = [one for one in stated if one.measurement.value is not None and one.error is not None]
    widths = [float(one.ends[1] - one.ends[0]) for one in stated if one.ends]
    wrong = sum(len(one.wrong_lines) for one in stated)
    called = sum(line.subject in one.truth.subjects for one in stated for line in one.measurement.lines)
    return [
        name,
        *counts,
        f"{sum(one.holds for one in stated)} of {len(stated)}",
        figure(fmean(float(one.error or 0) for one in points)) if points else NOTHING,
        figure(fmean(float(one.error or 0) for one in stated)),
        figure(fmean(widths)),
        f"{wrong} of {called}" if called else NOTHING,
    ]


def by_plant(runs: Sequence[Run]) -> list[list[str]]:
    """Of every plant: verdicts on what is tested, wrong ones, answers moved nearer and further, levels."""
    return [_plant(one) for one in runs]


def _plant(one: Run) -> list[str]:
    evidence = [e for e in one.found.evidence if e.question in one.found.true]
    about = [e for e in evidence if e.indicators]
    counted = Counter(e.verdict for e in about)
    nearer, further = moves(one.found, about)
    return [
        one.found.row.id,
        one.found.row.about,
        *(str(counted[v]) for v in Verdict),
        str(len(wrong_verdicts(one.found))),
        f"{nearer} / {further}",
        *(f"{r.level} ({float(r.score):.2f})" for r in (one.declared, one.verified, one.true)),
    ]


def moves(found: Judged, evidence: Iterable[Evidence]) -> tuple[int, int]:
    """How many answers evidence brought nearer to the truth, and how many it took further away."""
    nearer = further = 0
    for e in evidence:
        if e.claim is not None and e.verified is not None and e.verified != e.claim:
            true = found.true[e.question]
            nearer += abs(e.verified - true) < abs(e.claim - true)
            further += abs(e.verified - true) > abs(e.claim - true)
    return nearer, further


def by_style(library: Library) -> list[list[str]]:
    """All plants in each style, on what is tested: how many differences there are, and how many are claimed."""
    questions = bearing_on(library)
    rows = []
    for style in ("honest", "boastful", "modest"):
        total: Counter[str] = Counter()
        for row in ROWS:
            found = judged(row, questions, _ladder(row, library), style)
            wrong = {e.question for e in wrong_verdicts(found)}
            for e in (e for e in found.evidence if e.question in found.true):
                total["asked"] += 1
                total["apart"] += e.claim != found.true[e.question]
                claimed = e.verdict in (Verdict.LOWER, Verdict.HIGHER)
                total["right"] += claimed and e.question not in wrong
                total["wrong"] += claimed and e.question in wrong
        rows.append([style, *(str(total[k]) for k in ("asked", "apart", "right", "wrong"))])
    return rows


def drawn() -> list[list[str]]:
    """Of the drawn plant, drawn again and again: how often each interval holds the truth."""
    holds: dict[str, list[bool]] = defaultdict(list)
    widths: dict[str, list[Fraction]] = defaultdict(list)
    for seed in range(DRAWS):
        row = replace(BY_ID["drawn"], id=f"drawn-{seed}")
        for name, one in held(row, measured(row)).items():
            if one and one.ends and one.measurement.selection is Selection.DRAWN:
                holds[name].append(one.holds)
                widths[name].append(one.ends[1] - one.ends[0])
    return [
        [name, f"{sum(found)} of {len(found)}", figure(fmean(map(float, widths[name])))]
        for name, found in sorted(holds.items())
    ]


def missed(runs: Sequence[Run]) -> list[str]:
    """Every miss and every wrong difference of the runs, with the reason that the table of plants gives."""
    lines = []
    for one in runs:
        row = one.found.row
        off: dict[str, list[str]] = defaultdict(list)
        for name, h in one.held.items():
            if h and (not h.holds or h.wrong_lines):
                off[row.misses.get(name, "**No reason is listed.**")].append(name)
        lines += [f"- {row.id}: {', '.join(names)}: {why}" for why, names in off.items()]
        lines += [
            f"- {row.id}: {e.verdict.value} on {e.question} (claim {float(e.claim or 0):.2f}, verified "
            f"{float(e.verified or 0):.2f}, true {float(one.found.true[e.question]):.2f}): "
            f"{row.wrong.get(e.question, '**No reason is listed.**')}"
            for e in wrong_verdicts(one.found)
        ]
    return lines or ["None."]


def figure(value: float) -> str:
    return f"{value:.3f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(runs: Sequence[Run], library: Library) -> str:
    """The page as it is written."""
    verdicts = ("corroborated", "inconclusive", "lower", "higher", "untested", "unusable")
    return "\n\n".join(
        [
            "# Plants of known truth",
            f"{len(runs)} simulated plants, each made from one row of `tests/plants/table.py` and assessed "
            "through a sealed bundle. Truths come of the row alone. They are our own making: they show where the "
            "rules hold and where they fail, not how factories are. Rewritten by `make bench-evidence`.",
            "## What is measured",
            "*Holds*: the interval contains the truth. *Error*: of the value where there is one; of all, with the "
            "middle of the bounds where there is none. Shares as fractions, times in seconds. *Miscalled*: "
            "subjects that count as what they are not, of all of which a truth is stated.",
            table(
                ("indicator", "measured", "not determined", "unusable", "holds", "error of values",
                 "error, bounds too", "mean width", "miscalled"),
                by_indicator(runs),
            ),
            "## What is said",
            "Verdicts on the questions that an indicator bears on; wrong ones claim a difference where there is "
            "none, or in the wrong direction. *Moved*: answers that evidence took nearer to the truth / further "
            "from it. Levels and scores by CMMM under its default weights; what is true is rated by the same law.",
            table(
                ("plant", "what is so", *verdicts, "wrong", "moved", "declared", "verified", "true"),
                by_plant(runs),
            ),
            "## Whoever answers",
            "Every plant answered in three styles: what is so, one step more, one step less.",
            table(
                ("style", "answers", "that differ from the truth", "differences found", "wrong"),
                by_style(library),
            ),
            "## Draws",
            f"The drawn plant, drawn {DRAWS} times. The intervals are meant to hold the truth in 95 % of draws, "
            "and are widened by what stayed open of the machines drawn.",
            table(("indicator", "holds", "mean width"), drawn()),
            "## Misses and wrong differences",
            "\n".join(missed(runs)),
        ]
    ) + "\n"  # fmt: skip


def main() -> None:
    """Assess every plant, print what came of it, and write the page."""
    library = load_library(known_indicators=load())
    with tempfile.TemporaryDirectory() as folder:
        runs = [run(row, library, Path(folder)) for row in ROWS]
    text = page(runs, library)
    PAGE.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
