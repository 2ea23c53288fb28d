"""The short form on simulated plants: how many questions, and how often the level of the full form.

`python -m benchmarks.short_form` asks the shipped bank; `--bank eighty` asks 80 questions of five answers in 16
sub-domains. Plants are drawn from the model of the card, or with `--own` with sub-domains that differ more or less
than it expects. Each answers the whole questionnaire; the short form sees only what it asks.
"""

import argparse
import sys
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from assessor.domain import Ladder
from assessor.frameworks import load_library
from models.graded_response import GRID, MIDDLE, OWN, SHARPNESS, SPREAD
from models.short_form import CAP, SURE, Bank, Counts, Floats, Item, Law, state


def simulated(bank: Bank, count: int, seed: int, own: float = OWN) -> list[dict[str, int]]:
    """All answers of so many plants, by item."""
    rng = np.random.default_rng(seed)
    plants = []
    for theta in rng.normal(MIDDLE, SPREAD, count):
        ability = theta + rng.normal(0, own, int(bank.groups.max()) + 1)
        reached = expit(SHARPNESS * (ability[bank.groups] - bank.thresholds))
        chosen = (rng.random(len(bank.items)) < reached).sum(axis=0)
        plants.append({item.id: int(answer) for item, answer in zip(bank.items, chosen, strict=True)})
    return plants


@dataclass(frozen=True)
class Expected:
    """A level as the expected θ of all answers under one ability, rounded: as graded response scoring has it."""

    items: tuple[Item, ...]
    top: int

    @cached_property
    def logs(self) -> Floats:
        """(item, answer, grid)."""
        rows = []
        for item in self.items:
            reached = expit(SHARPNESS * (GRID[:, None] - np.array(item.thresholds)))
            ends = np.ones((len(GRID), 1))
            rows.append(np.log(-np.diff(np.hstack([ends, reached, 0 * ends]), axis=1)).T)
        return np.array(rows)

    def levels(self, answers: Counts) -> Counts:
        """0 to the top."""
        chosen = (answers[:, :, None] == np.arange(self.logs.shape[1])).astype(float)
        log = chosen.reshape(len(answers), -1) @ self.logs.reshape(-1, len(GRID))
        log -= 0.5 * ((GRID - MIDDLE) / SPREAD) ** 2
        weight = np.exp(log - log.max(axis=1, keepdims=True))
        expected = weight @ GRID / weight.sum(axis=1)
        return np.asarray(np.clip(np.floor(expected + 0.5), 0, self.top).astype(int))


def eighty() -> Bank:
    """16 sub-domains of five questions each, five answers a question: abilities of 0.5 to 3.5, a bit apart."""
    items = tuple(
        Item(f"d{group}-{i}", group, tuple(k + 0.5 + (i - 2) / 5 for k in range(4)))
        for group in range(16)
        for i in range(5)
    )
    return Bank(Expected(items, 4))


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
        "said": float(np.mean([run[2] for run in runs])),
        "within one": float(np.mean([abs(run[1] - run[3]) <= 1 for run in runs])),
        "stopped": len(stopped) / len(runs),
        "said where stopped": float(np.mean([run[2] for run in stopped])) if stopped else 0.0,
        "agreement where stopped": float(np.mean([run[1] == run[3] for run in stopped])) if stopped else 0.0,
    }


def bank_of(name: str) -> Bank:
    """The shipped bank of a framework, or the 80 questions."""
    if name == "eighty":
        return eighty()
    framework = load_library().frameworks[name]
    assert isinstance(framework, Ladder)
    return Bank.of(framework)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=400)
    parser.add_argument("--bank", default="cmmm-2020-discrete", help="a framework, or eighty")
    parser.add_argument("--own", type=float, default=OWN, help="spread of sub-domains")
    parser.add_argument("--cap", type=int, default=CAP)
    parser.add_argument("--sure", type=float, default=SURE)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    bank = bank_of(wanted.bank)
    found = measured(bank, simulated(bank, wanted.plants, wanted.seed, wanted.own), wanted.cap, wanted.sure)
    sys.stdout.write("  ".join(f"{name} {value:.3f}" for name, value in found.items()) + "\n")
