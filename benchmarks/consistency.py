"""Consistency flags on simulated plants: how often honest ones are asked about, and how often answers that were
tampered with are.

`python -m benchmarks.consistency` answers the whole shipped bank as one respondent; `--cap 35` only what the short
form asks. Plants are drawn from the model of the card, or with `--own` with sub-domains that differ more or less.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from assessor.domain import DEGREES, Answer, Answers, Ladder
from assessor.frameworks import Library, load_library
from assessor.reconcile import reconcile
from benchmarks.short_form import simulated
from models.consistency import flags, person_fit
from models.graded_response import OWN
from models.short_form import Bank, state

Plant = dict[str, int]
Tampered = Callable[[Bank, Plant, np.random.Generator], Plant]


def answers_of(bank: Bank, plant: Plant) -> Answers:
    """What one respondent would have written."""
    rubrics = {item.id for item in bank.others}
    return Answers(
        format="assessor-answers/1",
        plant="simulated",
        answers=tuple(
            Answer(
                question=id_,
                value=Fraction(answer) if id_ in rubrics else DEGREES[answer],
                by="owner",
                at="2026-01-01",
            )
            for id_, answer in plant.items()
        ),
    )


def flagged(library: Library, framework: Ladder, bank: Bank, plant: Plant) -> set[str]:
    """The kinds of flags that a plant's answers raise."""
    given = answers_of(bank, plant)
    held = library.questions | library.statements
    evidence = reconcile(library.questions.values(), given, (), ())
    return {flag.id for flag in flags(framework, held, given, evidence, "discrete")}


def shortened(bank: Bank, plant: Plant, cap: int) -> Plant:
    """What the short form would have asked."""
    given: Plant = {}
    while (now := state(bank, given, cap=cap)).following is not None:
        given[now.following] = plant[now.following]
    return given


def _top(bank: Bank, plant: Plant, rng: np.random.Generator, share: float = 0.3) -> Plant:
    """Three answers in ten are the best there is."""
    most = {item.id: len(item.thresholds) for item in bank.items}
    return {id_: most[id_] if rng.random() < share else answer for id_, answer in plant.items()}


def _specialist(bank: Bank, plant: Plant, rng: np.random.Generator) -> Plant:
    """A fifth of the sub-domains are at the top."""
    groups = rng.choice(int(bank.groups.max()) + 1, 4, replace=False)
    chosen = {item.id: len(item.thresholds) for item in bank.items if item.group in groups}
    return {id_: chosen.get(id_, answer) for id_, answer in plant.items()}


def _random(bank: Bank, plant: Plant, rng: np.random.Generator) -> Plant:
    """Four answers in ten are drawn blindly."""
    most = {item.id: len(item.thresholds) for item in bank.items}
    return {
        id_: int(rng.integers(most[id_] + 1)) if rng.random() < 0.4 else answer for id_, answer in plant.items()
    }


def _straight(bank: Bank, plant: Plant, rng: np.random.Generator) -> Plant:
    """The same answer to everything."""
    del bank
    choice = int(rng.integers(len(DEGREES)))
    return dict.fromkeys(plant, choice)


def _higher(bank: Bank, plant: Plant, rng: np.random.Generator) -> Plant:
    """One degree better in six answers of ten."""
    most = {item.id: len(item.thresholds) for item in bank.items}
    return {id_: min(most[id_], answer + int(rng.random() < 0.6)) for id_, answer in plant.items()}


TAMPERED: dict[str, Tampered] = {
    "honest": lambda _bank, plant, _rng: plant,
    "one better in 60 %": _higher,
    "top in 30 %": _top,
    "4 sub-domains at top": _specialist,
    "random in 40 %": _random,
    "same to all": _straight,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=200)
    parser.add_argument("--own", type=float, default=OWN, help="spread of sub-domains")
    parser.add_argument("--cap", type=int, default=None, help="ask the short form's questions only")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    library = load_library()
    framework = library.frameworks["cmmm-2020-discrete"]
    assert isinstance(framework, Ladder)
    bank = Bank.of(framework)
    plants = simulated(bank, wanted.plants, wanted.seed, wanted.own)
    if wanted.cap:
        plants = [shortened(bank, plant, wanted.cap) for plant in plants]
    for name, tamper in TAMPERED.items():
        rng = np.random.default_rng(wanted.seed)
        seen = [tamper(bank, plant, rng) for plant in plants]
        found = Counter(kind for plant in seen for kind in flagged(library, framework, bank, plant))
        fits = np.array([person_fit(bank, plant)[0] for plant in seen])
        rates = "  ".join(f"{kind} {count / len(plants):.3f}" for kind, count in sorted(found.items()))
        low = "  ".join(f"{q} % {np.percentile(fits, q):.2f}" for q in (1, 5, 50))
        sys.stdout.write(f"{name}: {rates or 'none'}  | fit: {low}\n")
