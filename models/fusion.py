"""ESTIMATE where a plant stands if all its answers lean as those that were measured do. Informs, never rates.

Three steps, each shown: how far the answers lean, from what was both said and measured; every answer moved back by
as much; what was measured weighed against the moved answer. Everything is exact and follows the ladder's own law.
Where nothing was measured nothing moves. The card is fusion.md, the arithmetic is in docs/method.md.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from importlib.resources import files
from itertools import accumulate, pairwise
from math import isqrt

from assessor.domain import Cut, Estimate, Estimated, Evidence, Ladder, Measurement, Question
from assessor.rating import Rungs, alone, level_of, not_applicable, rungs, score_of, total
from assessor.reconcile import Look, looks

_PRIORS = tomllib.loads(files("models").joinpath("priors.toml").read_text("utf-8"))
LEAN, TOLD, SEEN, BAND = (Fraction(str(_PRIORS[name]["value"])) for name in ("lean", "told", "seen", "band"))
"""Standard deviations in levels, and how many of them a band takes on either side."""
NONE, ALL = Fraction(0), Fraction(1)
Degrees = Mapping[str, Fraction]
Curve = Sequence[tuple[int, Fraction]]
"""Shares met at rising levels, never rising themselves; met in full at level 0, not at all above the highest."""


@dataclass(frozen=True)
class Part:
    """One sub-domain: its requirements by level, what was said of them, and what was measured of them."""

    id: str
    cells: Mapping[int, tuple[str, ...]]
    said: Degrees
    looks: Mapping[str, Look]
    top: int

    def only(self, degrees: Degrees) -> Degrees:
        """Degrees of its own requirements alone."""
        return {q: degrees[q] for questions in self.cells.values() for q in questions if q in degrees}

    def curve(self, degrees: Degrees) -> Curve:
        """Share met at each level of which something is known, smoothed so that it never rises.

        Smoothed: the mean of the lowest share up to a level and of the highest from there on.
        """
        known = {k: [degrees[q] for q in qs if q in degrees] for k, qs in sorted(self.cells.items())}
        shares = {k: total(said) / len(said) for k, said in known.items() if said}
        least = accumulate(shares.values(), min)
        most = list(accumulate(reversed(shares.values()), max))[::-1]
        smooth = [(low + high) / 2 for low, high in zip(least, most, strict=True)]
        return [(0, ALL), *zip(shares, smooth, strict=True), (self.top + 1, NONE)]

    @cached_property
    def compared(self) -> dict[str, Fraction]:
        """What a requirement weighs, in levels, of those that were both said and measured."""
        both = self.said.keys() & self.looks.keys()
        return {q: Fraction(1, len(qs)) for qs in self.cells.values() for q in qs if q in both}

    @cached_property
    def difference(self) -> Fraction:
        """Levels by which what was said exceeds what was measured."""
        return sum((w * (self.said[q] - self.looks[q].middle) for q, w in self.compared.items()), NONE)

    @cached_property
    def open(self) -> Fraction:
        """Levels that coverage leaves open in what was measured."""
        return sum((w * (self.looks[q].high - self.looks[q].low) for q, w in self.compared.items()), NONE)

    @cached_property
    def visible(self) -> Fraction:
        """How much of a lean of one level would show in what was measured, by the answers' own curve."""
        curve, found, compared = self.curve(self.said), NONE, self.compared
        for level, questions in self.cells.items():
            share = sum((compared.get(q, NONE) for q in questions), NONE)
            found += share * (_read(curve, level - 1) - _read(curve, level + 1)) / 2
        return _rounded(found, 1000)

    @cached_property
    def variance(self) -> Fraction:
        """Of the difference, apart from what the answer itself is off; to a thousandth."""
        return _rounded(SEEN**2 + self.open**2 / 12, 1000)

    @cached_property
    def weight(self) -> Fraction:
        """In step 1, to two places."""
        return _rounded(1 / (self.visible**2 * TOLD**2 + self.variance), 100) if self.compared else NONE

    @cached_property
    def evidence(self) -> Fraction:
        """Share of what was measured in step 3, to two places; the rest is the moved answer's."""
        return _rounded(TOLD**2 / (TOLD**2 + self.variance), 100) if self.looks else NONE

    @cached_property
    def left(self) -> Fraction:
        """Variance of the sub-domain afterwards, the lean apart; to a ten-thousandth."""
        return _rounded(1 / (1 / TOLD**2 + self.visible**2 / self.variance), 10_000)


@dataclass(frozen=True)
class Fused:
    """What the three steps leave: parts, the lean and its variance, and degrees after each step."""

    framework: Ladder
    ladder: Rungs
    parts: Sequence[Part]
    lean: Fraction
    spread: Fraction
    said: Degrees
    moved: Degrees
    found: Degrees

    @classmethod
    def of(
        cls,
        framework: Ladder,
        bank: Mapping[str, Question],
        evidence: Iterable[Evidence],
        measurements: Iterable[Measurement],
        cuts: Iterable[Cut] = (),
    ) -> "Fused":
        """`bank`: statements by id, with their tests."""
        by_question = {e.question: e for e in evidence}
        aside = not_applicable(by_question.values(), "verified")
        ladder = rungs(framework, cuts, aside)
        parts = _parts(framework, ladder, by_question, looks(bank, by_question.values(), measurements))
        lean, spread = leaning(parts)
        moved = [corrected(part, part.said, lean) for part in parts]
        found = [weighed(part, back) for part, back in zip(parts, moved, strict=True)]
        said = _joined(part.said for part in parts)
        return cls(framework, ladder, parts, lean, spread, said, _joined(moved), _joined(found))

    @cached_property
    def off(self) -> Fraction:
        """Half the band of the whole, in levels: the lean's error is common to all, the rest each one's own."""
        weights = next(w.weights for w in self.framework.weight_sets if w.id == self.framework.default_weights)
        whole = sum((weights[part.id] for part in self.parts), NONE) or ALL
        shares = [(weights[part.id] / whole, part.left) for part in self.parts]
        common = sum((share * left / TOLD**2 for share, left in shares), NONE)
        return BAND * root(common**2 * self.spread + sum((share**2 * left for share, left in shares), NONE))

    def shifted(self, by: Mapping[str, Fraction]) -> Degrees:
        """What was found, every sub-domain moved back by so many levels."""
        return _joined(corrected(part, part.only(self.found), by[part.id]) for part in self.parts)

    def score(self, degrees: Degrees, unknown: Fraction = NONE, of: str | None = None) -> Fraction:
        """By the ladder's law, of all or of one sub-domain; `unknown`: what a degree counts that is not known."""
        ladder = self.ladder if of is None else alone(self.ladder, of)
        asked = (q for rungs in ladder.values() for rung in rungs for q in rung.requirements)
        return score_of(self.framework, ladder, {q: degrees.get(q, unknown) for q in asked}, unknown)

    def whole(self) -> Estimate:
        """The estimate without its sub-domains."""
        low = self.score(self.shifted({part.id: self.off for part in self.parts}))
        high = self.score(self.shifted({part.id: -self.off for part in self.parts}), ALL)
        score = self.score(self.found)
        return Estimate(
            lean=self.lean,
            lean_off=root(self.spread),
            said=self.score(self.said),
            score=score,
            off=self.off,
            low=low,
            high=high,
            level=level_of(self.framework, score),
            level_low=level_of(self.framework, low),
            level_high=level_of(self.framework, high),
        )

    def lines(self) -> Iterable[Estimated]:
        """Every sub-domain."""
        offs = {part.id: self.off_of(part) for part in self.parts}
        least, most = (self.shifted({id_: sign * off for id_, off in offs.items()}) for sign in (1, -1))
        for part in self.parts:
            subjects = {name: pair for look in part.looks.values() for name, pair in look.subjects.items()}
            yield Estimated(
                dimension=part.id,
                said=self.score(self.said, of=part.id),
                corrected=self.score(self.moved, of=part.id),
                score=self.score(self.found, of=part.id),
                off=offs[part.id],
                low=self.score(least, of=part.id),
                high=self.score(most, ALL, of=part.id),
                difference=part.difference if part.compared else None,
                open=part.open if part.compared else None,
                visible=part.visible,
                weight=part.weight,
                evidence=part.evidence,
                measured=len(part.looks),
                asked=sum(map(len, part.cells.values())),
                count=sum(count for count, _ in subjects.values()),
                total=sum(total for _, total in subjects.values()),
            )

    def off_of(self, part: Part) -> Fraction:
        """Half the band of one sub-domain, in levels."""
        return BAND * root((part.left / TOLD**2) ** 2 * self.spread + part.left)


def estimate(
    framework: Ladder,
    bank: Mapping[str, Question],
    evidence: Iterable[Evidence],
    measurements: Iterable[Measurement],
    cuts: Iterable[Cut] = (),
) -> Estimate:
    """The third place beside declared and verified. `bank`: statements by id, with their tests."""
    fused = Fused.of(framework, bank, evidence, measurements, cuts)
    return fused.whole().model_copy(update={"dimensions": tuple(fused.lines())})


def _parts(
    framework: Ladder, ladder: Rungs, by_question: Mapping[str, Evidence], seen: Mapping[str, Look]
) -> list[Part]:
    top = max(level.number for level in framework.levels)
    parts: dict[str, Part] = {}
    for level, row in ladder.items():
        for rung in row:
            part = parts.get(rung.dimension, Part(rung.dimension, {}, {}, {}, top))
            asked = [q for q in rung.requirements if q in by_question]
            said = {q: claim for q in asked if (claim := by_question[q].claim) is not None}
            looked = {q: seen[q] for q in asked if q in seen}
            cells = dict(part.cells) | ({level: rung.requirements} if rung.requirements else {})
            parts[part.id] = replace(part, cells=cells, said={**part.said, **said}, looks={**part.looks, **looked})
    return list(parts.values())


def leaning(parts: Iterable[Part]) -> tuple[Fraction, Fraction]:
    """Step 1: levels by which the answers lean upward, to a thousandth, and the variance of that."""
    precision, found = 1 / LEAN**2, NONE
    for part in parts:
        precision += part.visible**2 * part.weight
        found += part.visible * part.weight * part.difference
    return _rounded(found / precision, 1000), 1 / precision


def corrected(part: Part, degrees: Degrees, by: Fraction) -> dict[str, Fraction]:
    """Step 2: degrees moved back: each cell as much lower as their curve is at level k + by than at level k."""
    if by == 0:
        return dict(degrees)
    curve, nearer = part.curve(degrees), min if by > 0 else max  # nothing rises by being moved back
    found: dict[str, Fraction] = {}
    for level, questions in part.cells.items():
        said = {q: degrees[q] for q in questions if q in degrees}
        if said:
            share = total(said.values()) / len(said)
            there = min(max(share + _read(curve, level + by) - _read(curve, level), NONE), ALL)
            scale = partial(_scaled, share=share, there=there)
            new = {degree: nearer(degree, _rounded(scale(degree), 10_000)) for degree in set(said.values())}
            found |= {q: new[degree] for q, degree in said.items()}
    return found


def weighed(part: Part, moved: Degrees) -> dict[str, Fraction]:
    """Step 3: each measured requirement as the mean of the moved answer and what was measured, by their weights.

    What was measured and not said counts as measured; what was neither stays out.
    """
    found = dict(moved)
    for question, look in part.looks.items():
        mine = part.evidence if question in moved else ALL
        found[question] = (1 - mine) * moved.get(question, NONE) + mine * look.middle
    return found


def _scaled(degree: Fraction, share: Fraction, there: Fraction) -> Fraction:
    """A degree of a cell whose mean goes from one share to another; it stays between 0 and 1."""
    if there <= share:
        return degree if there == share else degree * there / share
    return 1 - (1 - degree) * (1 - there) / (1 - share)


def _read(curve: Curve, level: Fraction | int) -> Fraction:
    """The curve at a level, straight between its knots."""
    whole = level.numerator // level.denominator
    for (before, high), (after, low) in pairwise(curve):
        if before <= whole < after:
            return (
                high
                if high == low or level == before
                else high + (low - high) * (level - before) / (after - before)
            )
    return ALL if whole < 0 else NONE


def _joined(degrees: Iterable[Degrees]) -> dict[str, Fraction]:
    return {question: degree for one in degrees for question, degree in one.items()}


def _rounded(value: Fraction, parts: int) -> Fraction:
    return Fraction((2 * value.numerator * parts + value.denominator) // (2 * value.denominator), parts)


def root(value: Fraction) -> Fraction:
    """A square root to a thousandth, rounded up."""
    root = isqrt(int(value * 1_000_000))
    return Fraction(root + (root * root < value * 1_000_000), 1000)
