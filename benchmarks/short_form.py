"""The short form on simulated plants: how many questions, how often the level of the full form.

`python -m benchmarks.short_form` uses the shipped bank; `--bank eighty` 80 questions of five answers in 16
sub-domains. Plants are drawn from the model of the card, or with `--own` with sub-domains that differ more. Each answers the whole questionnaire; the short form sees only what it asks.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from assessor.domain import Ladder
from assessor.frameworks import load_library
from models.graded_response import DISCRIMINATION, MIDDLE_LEVEL, OWN, SPREAD
from models.short_form import CAP, SURE, Bank, Counts, Item, Law, state


def simulated(bank: Bank, count: int, seed: int, own: float = OWN) -> list[dict[str, int]]:
    """All answers of so many plants, by item."""
    rng = np.random.default_rng(seed)
    plants = []
    for theta in rng.normal(MIDDLE_LEVEL, SPREAD, count):
        deviation = rng.normal(0, own, bank.groups)
        answers = {}
        for item in bank.items:
            ability = theta + deviation[item.group]
            reached = 1 / (1 + np.exp(-DISCRIMINATION * (ability - np.array(item.thresholds))))
            answers[item.id] = int((rng.random() < reached).sum())
        plants.append(answers)
    return plants


@dataclass(frozen=True)
class Mean:
    """A level as the rounded mean of all answers."""

    items: tuple[Item, ...]

    def levels(self, answers: Counts) -> Counts:
        """0 to the highest answer."""
        return np.asarray(np.floor(answers.mean(axis=1) + 0.5).astype(int))


def eighty() -> Bank:
    """16 sub-domains of five questions each, five answers a question, the same thresholds everywhere."""
    items = tuple(
        Item(f"d{group}-{i}", group, tuple(k + i / 5 for k in range(4))) for group in range(16) for i in range(5)
    )
    return Bank(Mean(items), items, 16, 4)


def full_level(law: Law, answers: dict[str, int]) -> int:
    """The level by the law from every answer."""
    return int(law.levels(np.array([[answers[item.id] for item in law.items]]))[0])


def asked(bank: Bank, answers: dict[str, int], cap: int = CAP, sure: float = SURE) -> tuple[int, int, float]:
    """(questions, level, probability reached) of one plant."""
    given: dict[str, int] = {}
    while (now := state(bank, given, cap=cap, sure=sure)).following is not None:
        given[now.following] = answers[now.following]
    return now.asked, now.level, now.reached


def measured(bank: Bank, plants: list[dict[str, int]], cap: int = CAP, sure: float = SURE) -> dict[str, float]:
    """Mean number of questions, agreement with the full form overall and where the stop was reached."""
    runs = [(*asked(bank, answers, cap, sure), full_level(bank.law, answers)) for answers in plants]
    stopped = [run for run in runs if run[2] >= sure]
    return {
        "plants": len(runs),
        "questions": float(np.mean([run[0] for run in runs])),
        "p90": float(np.percentile([run[0] for run in runs], 90)),
        "agreement": float(np.mean([run[1] == run[3] for run in runs])),
        "within one": float(np.mean([abs(run[1] - run[3]) <= 1 for run in runs])),
        "stopped": len(stopped) / len(runs),
        "agreement where stopped": float(np.mean([run[1] == run[3] for run in stopped])) if stopped else 0.0,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=400)
    parser.add_argument("--bank", default="cmmm-2020-discrete", help="a framework, or eighty")
    parser.add_argument("--own", type=float, default=OWN, help="spread of sub-domains")
    parser.add_argument("--cap", type=int, default=CAP)
    parser.add_argument("--sure", type=float, default=SURE)
    given = parser.parse_args()
    if given.bank == "eighty":
        bank = eighty()
    else:
        framework = load_library().frameworks[given.bank]
        assert isinstance(framework, Ladder)
        bank = Bank.of(framework)
    found = measured(bank, simulated(bank, given.plants, 1, given.own), given.cap, given.sure)
    sys.stdout.write("  ".join(f"{name} {value:.3f}" for name, value in found.items()) + "\n")
