"""A portfolio of generated Assessments: seeded variations of some that were really judged. Marked as generated.

The bases are plants of tests/plants, each through a sealed bundle and the whole of `pipeline.assess`. A variation
answers and measures otherwise, and stands where the library at hand puts it.
"""

import random
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from assessor.domain import DEGREES, Assessment, Text, plain
from assessor.frameworks import Library
from assessor.pipeline import choose_ladder
from assessor.portfolio.filed import Figure, Filed, filed
from assessor.portfolio.judging import Judging
from tests.plants import ROWS
from tests.plants.answers import said, true_answers
from tests.plants.whole import assessed

DISTRICTS = ("闵行区", "松江区", "嘉定区", "宝山区", "奉贤区", "青浦区", "金山区", "浦东新区")
INDUSTRIES = ("26", "27", "33", "34", "35", "36", "37", "38", "39", "40")
SIZES = ("micro", "small", "medium", "large")
STEPS = [plain(degree) for degree in DEGREES]


def bases(library: Library, count: int) -> tuple[Assessment, ...]:
    """So many plants of both kinds, judged by the whole pipeline."""
    questions = tuple(library.questions.values())
    kinds = [[r for r in ROWS if r.kind == kind] for kind in ("discrete", "process")]
    rows = [*kinds[0][: count - count // 4], *kinds[1][: count // 4]]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            ladder = choose_ladder(library, f"cmmm-2020-{row.kind}", row.kind)
            answers = said(row, questions, true_answers(row, questions, ladder), row.style)
            found.append(assessed(row, answers, library, Path(folder)))
    return tuple(found)


def portfolio(
    made: Sequence[Assessment], library: Library, count: int, seed: int = 9
) -> Iterator[tuple[str, Filed]]:
    """So many plants, each with the name of a file that it could have."""
    judging, known = Judging.of(library), [filed(done) for done in made]
    for i in range(count):
        drawn = random.Random(f"{seed}/{i}")
        varied = vary(known[i % len(known)], drawn, f"generated-{i:06d}")
        stood = judging.judge(varied, varied.plant).standings
        yield f"{varied.plant}.json", varied.model_copy(update={"stood": dict(stood)})


def vary(base: Filed, drawn: random.Random, plant: str) -> Filed:
    """The same plant otherwise: a third of its degrees a step or two off, its figures off by up to a fifth."""
    lean = drawn.choice((-1, 0, 0, 1))
    return base.model_copy(
        update={
            "plant": plant,
            "name": Text(zh=f"生成的工厂 {plant[-6:]}", en=f"Generated plant {plant[-6:]}"),
            "simulated": True,
            "industry": drawn.choice(INDUSTRIES),
            "size": drawn.choices(SIZES, (20, 55, 20, 5))[0],
            "district": Text(zh=drawn.choice(DISTRICTS), en="generated"),
            "said": {
                question: tuple((by, _otherwise(value, lean, drawn)) for by, value in said)
                for question, said in base.said.items()
                if drawn.random() > 0.02
            },
            "figures": tuple(_measured(one, drawn) for one in base.figures),
        }
    )


def _otherwise(value: str, lean: int, drawn: random.Random) -> str:
    if value not in STEPS or drawn.random() > 0.35:
        return value
    if drawn.random() < 0.03:
        return "not-applicable"
    place = STEPS.index(value) + lean + drawn.choice((-1, 0, 1))
    return STEPS[min(max(place, 0), len(STEPS) - 1)]


def _measured(one: Figure, drawn: random.Random) -> Figure:
    """Shares move; seconds and watts stay what they were."""
    indicator, low, high, tested = one
    ends = (Fraction(low), Fraction(high))
    if not 0 <= ends[0] <= ends[1] <= 1:
        return one
    off = Fraction(drawn.randint(-20, 20), 100)
    return indicator, *(plain(min(max(end + off, Fraction(0)), Fraction(1))) for end in ends), tested
