"""How many questions each framework needs, and of whom. `python -m tests.counts` writes it into its page."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from assessor.domain import Formulas, Framework, Question
from assessor.frameworks import Library, load_library

PAGE = Path(__file__).parent.parent / "docs/how-to/frameworks.md"
BLOCK = re.compile(r"(?<=<!-- counts -->\n).*?(?=<!-- /counts -->)", re.DOTALL)
ROLES = get_args(Question.model_fields["knows"].annotation)


def names(framework: Framework) -> tuple[str, ...]:
    """Questions and options that a framework rates, or that choose its sets of coefficients."""
    if not isinstance(framework, Formulas):
        return framework.asks
    sets = (held for basis in framework.bases for held in basis.sets if held.applies)
    return (*framework.asks, *(name for held in sets for name in held.applies.names()))


def needed(library: Library, wanted: Iterable[str]) -> dict[str, Question]:
    """The questions behind these names, with those that decide whether they are asked."""
    todo, found = list(wanted), {}
    while todo:
        name = todo.pop()
        question = library.questions.get(name) or library.questions[library.statements[name].part_of or ""]
        if question.id not in found:
            found[question.id] = question
            todo += question.asked_if.names() if question.asked_if else ()
    return found


def table(library: Library) -> str:
    """A row each framework, and one for all of them together, in which each question counts once."""
    rows = [["", *ROLES, "all", "if"], ["---", *["---:"] * (len(ROLES) + 2)]]
    held = {f"`{id_}`": names(framework) for id_, framework in sorted(library.frameworks.items())}
    held["all of them, each question once"] = tuple(name for of in held.values() for name in of)
    for title, of in held.items():
        asked = needed(library, of).values()
        by_role = [sum(question.knows == role for question in asked) for role in ROLES]
        conditional = sum(question.asked_if is not None for question in asked)
        rows.append([title, *map(str, (*by_role, len(asked), conditional))])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(table(load_library()), PAGE.read_text("utf-8")), "utf-8")
