"""Whom to ask what: the bank's questions by department, with time, method and what counts as proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.choosing import USUAL, choose
from assessor.domain import Framework, Ladder, Message, Plant, Question, Text, Topic
from assessor.errors import InputError
from assessor.forms.xlsform import ROLES
from assessor.frameworks import Library
from assessor.frameworks.editions import edition
from assessor.messages import Language, number, render
from assessor.report.document import (
    Block,
    Document,
    Heading,
    Line,
    PageBreak,
    Paragraph,
    Run,
    Table,
    group,
    line,
    row,
)
from assessor.report.legible import legible

OPENING, SHORT, LONG, LOOK, STEP = 10, 2, 3, 1, 5
"""Minutes, our own estimate: to open with a department, for a question of degree, for any other, for a look
besides it, and what a department's time is rounded up to."""
QUICK = ("degree", "yes-no")
LOOKED = frozenset({"on-site", "demonstration"})
COLUMNS = ("id", "question", "method", "proof", "notes")
WHO = ("name", "post", "time", "by")
LAID_OUT = (0.2, 0.1, 0.14, 0.12, 0.2, 0.24)
WIDTHS = (0.12, 0.35, 0.12, 0.21, 0.2)


@dataclass(frozen=True)
class Session:
    """One department: its questions by topic."""

    role: str
    topics: tuple[tuple[Topic, tuple[Question, ...]], ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All of them, in the order of the topics."""
        return tuple(q for _, questions in self.topics for q in questions)

    @property
    def looked(self) -> int:
        """How many of them are answered by a look."""
        return sum(bool(LOOKED & set(q.methods)) for q in self.questions)

    @property
    def minutes(self) -> int:
        """How long it takes, about."""
        asked = sum(SHORT if q.kind in QUICK else LONG for q in self.questions)
        return -(-(OPENING + asked + LOOK * self.looked) // STEP) * STEP


def rule() -> Message:
    """How the minutes are reckoned, in a sentence."""
    params = {"opening": OPENING, "short": SHORT, "long": LONG, "look": LOOK, "step": STEP}
    return Message(id="interviews.rule", params={**params})


def framework_for(library: Library, plant: Plant, named: str | None = None) -> Framework:
    """The framework that is named, or the usual one of this kind of plant. InputError where it is for another."""
    chosen = choose(library, named or USUAL[plant.kind])
    if chosen.plant not in (None, plant.kind):
        known = ", ".join(sorted(f.id for f in library.frameworks.values() if f.plant in (None, plant.kind)))
        params: dict[str, str | int] = {"id": chosen.id, "kind": plant.kind, "known": known}
        raise InputError(Message(id="forms.other_kind", params={**params}))
    return chosen.of_plant(plant.kind) if isinstance(chosen, Ladder) else chosen


def sessions(library: Library, framework: Framework) -> tuple[Session, ...]:
    """What each department is asked: what the framework goes by, what machines are compared with, what a plan
    needs, and whatever decides whether one of these is asked."""
    topics = library.topics_for([framework])
    wanted = _wanted(topics, set(framework.asks))
    found = []
    for role in ROLES:
        held = [(t, tuple(q for q in t.questions if q.id in wanted and q.knows == role)) for t in topics]
        if any(questions for _, questions in held):
            found.append(Session(role, tuple((t, questions) for t, questions in held if questions)))
    return tuple(found)


def _wanted(topics: Iterable[Topic], asks: set[str]) -> set[str]:
    held = [(topic, q) for topic in topics for q in topic.questions]
    owner = {statement.id: q for _, q in held for statement in q.statements}
    wanted = {q.id for topic, q in held if topic.for_plan or any(s.id in asks or s.tests for s in q.statements)}
    by_id = {q.id: q for _, q in held}
    ahead = list(wanted)
    while ahead:
        need = by_id[ahead.pop()].asked_if
        before = {owner[name].id for name in (need.names() if need else ()) if name in owner}
        ahead += before - wanted
        wanted |= before
    return wanted


def interviews(
    library: Library, framework: Framework, plant: Plant, language: Language, visitor: Text | None = None
) -> Document:
    """The plan as a document; each department begins a page, so that it can be handed out by itself."""
    return legible(_Writer(library, framework, plant, language, visitor).document())


@dataclass(frozen=True)
class _Writer:
    library: Library
    framework: Framework
    plant: Plant
    language: Language
    visitor: Text | None

    def _t(self, name: str, **params: object) -> str:
        return render(f"interviews.{name}", self.language, **params)

    def _say(self, text: Text) -> str:
        return render(text, self.language)

    def _role(self, name: str) -> str:
        said = render(f"forms.role.{name.replace('-', '_')}", self.language)
        return said[:1].upper() + said[1:]

    def document(self) -> Document:
        held = sessions(self.library, self.framework)
        blocks = [*self._overview(held), *(block for one in held for block in self._session(one))]
        told = {"title": self._say(self.framework.title), "version": self.framework.version}
        facts = {
            "plant": self._say(self.plant.name),
            "framework": self._t("framework", **told),
            "visitor": self._say(self.visitor) if self.visitor else "",
        }
        return Document(
            name="interviews",
            language=self.language,
            title=self._t("title"),
            subtitle=self._say(self.plant.name),
            facts=tuple((self._t(f"fact.{name}"), value) for name, value in facts.items() if value),
            disclaimer=render("report.disclaimer", self.language),
            digest=self.library.fingerprints[edition(self.framework)],
            blocks=tuple(blocks),
            cover=False,
            rests_on=self._t("rests_on"),
        )

    def _overview(self, held: Sequence[Session]) -> list[Block]:
        whole = (sum(len(s.questions) for s in held), sum(s.looked for s in held), sum(s.minutes for s in held))
        rows = [
            row(self._role(s.role), *(number(n, 0) for n in (len(s.questions), s.looked, s.minutes)), "", "")
            for s in held
        ]
        total = (self._t("total"), *(number(n, 0) for n in whole))
        rows.append(row(*(Run(text, strong=True) for text in total), "", ""))
        columns = ("role", "n", "looked", "minutes", "name", "time")
        hours = number(Fraction(whole[2], 60), 1)
        return [
            Paragraph(line(self._t("lead", roles=len(held), n=whole[0], minutes=whole[2], hours=hours)), "lead"),
            Heading(1, self._t("overview"), "overview"),
            Table(self._t("table.overview"), self._head(columns), tuple(rows), LAID_OUT, frozenset({1, 2, 3})),
            Paragraph(line(render(rule(), self.language)), "note"),
            Paragraph(line(self._t("how"))),
        ]

    def _head(self, columns: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._t(f"column.{column}") for column in columns)

    def _session(self, session: Session) -> list[Block]:
        role = self._role(session.role)
        rows: list[tuple[Line, ...]] = []
        for topic, questions in session.topics:
            rows.append(group(self._say(topic.title), len(COLUMNS)))
            rows += [self._question(q) for q in questions]
        told = {"role": role, "n": len(session.questions), "minutes": session.minutes}
        return [
            PageBreak(),
            Heading(1, role, f"role-{session.role}"),
            Table(self._t("table.who"), self._head(WHO), (row("\n", "", "", ""),), (0.25,) * len(WHO)),
            Table(self._t("table.questions", **told), self._head(COLUMNS), tuple(rows), WIDTHS),
        ]

    def _question(self, q: Question) -> tuple[Line, ...]:
        methods = [render(f"forms.method.{m.replace('-', '_')}", self.language) for m in q.methods]
        proofs = [self._say(proof) for proof in q.proofs]
        between = "、" if self.language == "zh" else ", "
        text = [Run(self._say(q.text))]
        if q.asked_if is not None:
            text.append(Run(f" {self._t('where_it_applies')}", weak=True))
        told = "\n".join(proofs) or self._t("no_proof")
        return row(q.id, tuple(text), between.join(methods), told, "")
