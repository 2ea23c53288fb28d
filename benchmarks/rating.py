"""One set of answers by every framework: seconds of processor time. `python -m benchmarks.rating`.

The whole bank answered once by a seeded draw, rated in one call of `rate_library` for each kind of plant, in both
columns under every variant; then each framework by itself. Medians of five rounds after a first one. Never a test.

2026-11-26, two cores shared by other work: 495 statements, 12 frameworks, all in one call 0.27 s (discrete) and
0.30 s (process).
"""

import random
import sys
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from statistics import median

from assessor.domain import Evidence, Framework, Message, Question, Verdict
from assessor.frameworks import Library, load_library
from assessor.frameworks.proof import KINDS, with_others
from assessor.rating import Kind, rate_library

ROUNDS = 5


def answered(library: Library, seed: int = 1) -> list[Evidence]:
    """Every statement of the bank answered, neither well nor badly."""
    chance = random.Random(seed)
    return [_evidence(statement, chance) for _, statement in sorted(library.statements.items())]


def _evidence(statement: Question, chance: random.Random) -> Evidence:
    value = Fraction(chance.randint(0, 20), 20 if statement.top == 1 else 1)
    value = chance.choice(statement.scale) if statement.scale is not None else value
    return Evidence(
        question=statement.id, claim=value, claimed="answered", verified=value, verdict=Verdict.UNTESTED,
        why=Message(id="verdict.no_test"),
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call: the median of several, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return median(taken)


def rows(library: Library, kind: Kind) -> Iterable[tuple[str, float]]:
    """Everything in one call, then each framework with those it rests on."""
    evidence, questions = answered(library), tuple(library.questions.values())

    def rating(frameworks: Iterable[Framework]) -> Callable[[], object]:
        chosen = tuple(frameworks)
        return lambda: rate_library(chosen, questions, evidence, (), kind)

    held = library.frameworks
    yield "all in one call", seconds(rating(held.values()))
    for framework in held.values():
        if framework.plant in (None, kind):
            yield framework.id, seconds(rating(with_others(framework, held)))


def main() -> None:
    library = load_library()
    sys.stdout.write(f"{len(library.statements)} statements, {len(library.frameworks)} frameworks\n")
    for kind in KINDS:
        for name, taken in rows(library, kind):
            sys.stdout.write(f"{kind:9} {name:28} {taken:6.3f} s\n")


if __name__ == "__main__":
    main()
