"""A bank with one question of every kind, and the frameworks that go with it."""

from fractions import Fraction

from assessor.domain import Framework, Need, Option, Question, Text, Topic
from assessor.frameworks import Library, load_library

F = Fraction


def text(words: str) -> Text:
    return Text(zh=f"中{words}", en=words)


def question(id_: str, kind: str, knows: str = "it", **more: object) -> Question:
    return Question.model_validate({"id": id_, "kind": kind, "text": text(id_), "knows": knows} | more)


OPTIONS = (
    Option(id="some-a", text=text("A")),
    Option(id="some-b", text=text("B")),
    Option(id="some-c", text=text("C")),
)
SMALL = Topic(
    format="assessor-bank/1",
    id="small",
    title=text("Small"),
    questions=(
        question(
            "a-degree", "degree", help=text("look"), proofs=(text("paper"),), methods=("interview", "on-site")
        ),
        question("a-rubric", "rubric", sentences=(text("one"), text("two"))),
        question("a-share", "share", step=F(1, 10)),
        question("a-yes", "yes-no", asked_if=Need(question="a-degree", at_least=F(1, 2))),
        question("a-number", "number", unit=text("kWh")),
        question("a-count", "count", unit=text("pieces")),
        question("some", "several", options=OPTIONS),
        question("of-quality", "degree", knows="quality"),
    ),
)
QUESTIONS = {q.id: q for q in SMALL.questions}
LIBRARY: Library = load_library()
LADDER: Framework = next(f for f in LIBRARY.frameworks.values() if f.law == "ladder")
ASIDE: Framework = LADDER.model_copy(update={"id": "aside", "on": False})
FRAMEWORKS = (LADDER, ASIDE)
