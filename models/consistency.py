"""ESTIMATE which answers do not go together, for an assessor to ask about. Informs, never rates.

Some flags are plain rules (the same answer to everything, answers that exclude one another, roles far apart);
person fit holds all answers against `graded_response`. No flag changes a score or a level. The card is
consistency.md.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from importlib.resources import files
from itertools import groupby

import numpy as np
import scipy

from assessor.domain import Answers, Dimension, Evidence, Flag, Ladder, Message, Question, Text, plain
from assessor.rating import Kind, Known, values
from assessor.reconcile import implied, when
from models.graded_response import SHARPNESS
from models.short_form import Bank, Belief, Item, answered

_EXPERT = tomllib.loads(files("models").joinpath("expert.toml").read_text("utf-8"))["consistency"]
LIKE: Mapping[str, int] = _EXPERT["like"]
"""From how many answers of a kind on their being alike is odd."""
SAME, FIT_FROM, FIT = Fraction(str(_EXPERT["same"])), int(_EXPERT["fit_from"]), float(_EXPERT["fit"])
"""Share of alike answers; answers that person fit needs; standardised fit below which to ask."""
FAR = Fraction(str(_EXPERT["far"]))
"""Levels between a rubric and what the degrees of its sub-domain are worth."""
MOST = 6
"""Questions named where all of them are concerned."""
Params = dict[str, str | int | Text]


def flags(
    framework: Ladder, bank: Mapping[str, Question], answers: Answers, evidence: Iterable[Evidence], plant: Kind
) -> tuple[Flag, ...]:
    """Everything worth asking about, in a fixed order. `bank`: questions and statements by id."""
    evidence = tuple(evidence)
    said = {e.question: e.claim for e in evidence if e.claimed == "answered" and e.claim is not None}
    found = [
        *_alike(bank, answers),
        *(flag for dimension in framework.dimensions for flag in _rubric(framework, dimension, said)),
        *(flag for dimension in framework.dimensions for flag in _order(dimension, said)),
        *_shares(bank, said),
        *_presupposed(bank, evidence, said, plant),
        *_roles(bank, evidence),
        *misfit(Bank.of(framework), said),
    ]
    return tuple(found)


def _alike(bank: Mapping[str, Question], answers: Answers) -> Iterator[Flag]:
    """One respondent who gives the same answer to nearly everything."""
    latest = {(a.by, a.question): a.value for a in sorted(answers.answers, key=when)}
    kinds = {key: bank[key[1]].kind for key in latest if key[1] in bank}
    found = sorted((by, kinds[by, q], q) for by, q in kinds if isinstance(latest[by, q], Fraction))
    for (by, kind), group in groupby(found, key=lambda one: one[:2]):
        questions = [q for _, _, q in group]
        value, often = Counter(latest[by, q] for q in questions).most_common(1)[0]
        if kind in LIKE and len(questions) >= LIKE[kind] and often >= SAME * len(questions):
            assert isinstance(value, Fraction)
            params: Params = {
                "by": by,
                "n": len(questions),
                "same": often,
                "value": plain(value),
            }
            yield Flag(id="alike", questions=tuple(questions[:MOST]), ask=Message(id="flag.alike", params=params))


def _rubric(framework: Ladder, dimension: Dimension, said: Mapping[str, Fraction]) -> Iterator[Flag]:
    """A sub-domain whose rubric is far from what its degrees are worth together, in levels."""
    cells = [cell for cell in dimension.cells if cell.requirements]
    chosen = said.get(dimension.rubric or "")
    if chosen is None or not cells or not all(q in said for cell in cells for q in cell.requirements):
        return
    worth = sum((_mean([said[q] for q in cell.requirements]) for cell in cells), Fraction(0))
    free = max(level.number for level in framework.levels) - len(
        cells
    )  # levels of which nothing is asked may hold or not
    if max(worth - chosen, chosen - worth - free) >= FAR:
        questions = (dimension.rubric or "", *(q for cell in cells for q in cell.requirements))
        params: Params = {
            "name": dimension.name,
            "rubric": int(chosen),
            "worth": plain(worth),
        }
        yield Flag(id="rubric", questions=questions, ask=Message(id="flag.rubric", params=params))


def _order(dimension: Dimension, said: Mapping[str, Fraction]) -> Iterator[Flag]:
    """A sub-domain that has in full what is two levels or more above what it lacks altogether."""
    told = {
        cell.level: [said[q] for q in cell.requirements]
        for cell in dimension.cells
        if cell.requirements and all(q in said for q in cell.requirements)
    }
    full = [level for level in told if min(told[level]) == 1]
    none = [level for level in told if max(told[level]) == 0]
    for high, low in ((high, low) for high in full for low in none if low <= high - 2):
        questions = tuple(q for cell in dimension.cells if cell.level in (low, high) for q in cell.requirements)
        params: Params = {"name": dimension.name, "high": high, "low": low}
        yield Flag(id="order", questions=questions, ask=Message(id="flag.order", params=params))


def _mean(degrees: list[Fraction]) -> Fraction:
    return sum(degrees, Fraction(0)) / len(degrees)


def _shares(bank: Mapping[str, Question], said: Mapping[str, Fraction]) -> Iterator[Flag]:
    """A share and a degree on which the same indicator bears: what the share would make of the degree."""
    shares = {
        test.indicator: q for q in bank.values() for test in q.tests if q.kind == "share" and test.bound == "both"
    }
    for question in (q for q in bank.values() if q.scale and q.id in said):
        for test in question.tests:
            share = shares.get(test.indicator)
            if share is None or share.id not in said or not test.steps:
                continue
            due = implied(test, said[share.id])
            off = question.scale.index(said[question.id]) - question.scale.index(due) if question.scale else 0
            if (off >= 2 and test.bound != "lower") or (off <= -2 and test.bound != "upper"):
                params: Params = {"share": share.text, "degree": question.text}
                params |= {"x": plain(said[share.id]), "y": plain(said[question.id])}
                both = (share.id, question.id)
                yield Flag(id="share", questions=both, ask=Message(id="flag.share", params=params))


def _presupposed(
    bank: Mapping[str, Question], evidence: Iterable[Evidence], said: Mapping[str, Fraction], plant: Kind
) -> Iterator[Flag]:
    """Something is said to be there although what it presupposes is said not to be."""
    known = Known("declared", values(bank.values(), evidence, "declared"), plant, {})
    for question in bank.values():
        need = question.asked_if
        if need is not None and said.get(question.id, 0) > 0 and known.holds(need) == (False, False):
            over = tuple(dict.fromkeys((question.id, *need.names())))
            params: Params = {"question": question.text}
            yield Flag(id="presupposed", questions=over, ask=Message(id="flag.presupposed", params=params))


def _roles(bank: Mapping[str, Question], evidence: Iterable[Evidence]) -> Iterator[Flag]:
    """Questions on which roles are two steps or more apart."""
    apart = tuple(e.question for e in evidence if e.question in bank and _apart(bank[e.question], e))
    if apart:
        ask = Message(id="flag.roles", params={"n": len(apart)})
        yield Flag(id="roles", questions=apart[: 2 * MOST], ask=ask)


def _apart(question: Question, evidence: Evidence) -> bool:
    low, high = evidence.claim, evidence.highest
    if low is None or high is None:
        return False
    if (scale := question.scale) is not None:
        return scale.index(high) - scale.index(low) >= min(2, len(scale) - 1)
    return question.step is not None and high - low >= 2 * question.step


def misfit(bank: Bank, said: Mapping[str, Fraction]) -> Iterator[Flag]:
    """Answers that no plant of one kind would be expected to give together; the least expected are named."""
    given = answered(bank, said)
    if len(given) < FIT_FROM:
        return
    fit, surprise = person_fit(bank, given)
    if fit < FIT:
        ids = tuple(sorted(given, key=lambda id_: (surprise[id_], id_))[:MOST])
        yield Flag(id="fit", questions=ids, ask=Message(id="flag.fit", params={"n": len(given)}))


def person_fit(bank: Bank, given: Mapping[str, int]) -> tuple[float, dict[str, float]]:
    """lz: the log likelihood of the answers less its expectation, in its standard deviations.

    Taken at the expected ability of each sub-domain. Second: what each answer adds before standardising.
    """
    abilities = Belief.after(bank, given).abilities
    off, variance = {}, 0.0
    for id_, exact in given.items():
        item = bank.items[bank.columns[id_]]
        thresholds, answer = _coarse(item, exact)
        reached = scipy.special.expit(SHARPNESS * (abilities[item.group] - np.array(thresholds)))
        chance = -np.diff(np.concatenate([[1.0], reached, [0.0]]))
        logs = np.log(np.maximum(chance, 1e-300))
        mean = float(chance @ logs)
        off[id_] = float(logs[answer]) - mean
        variance += float(chance @ (logs - mean) ** 2)
    return sum(off.values()) / variance**0.5, off


def _coarse(item: Item, answer: int) -> tuple[tuple[float, ...], int]:
    """Degrees stand closer than a level: only their middle is held, since how finely people grade is no oddity."""
    if item.thresholds[-1] - item.thresholds[0] >= len(item.thresholds) - 1:
        return item.thresholds, answer
    middle = len(item.thresholds) // 2
    return item.thresholds[middle : middle + 1], int(answer > middle)
