"""SURVEYS: one plant's assessment in the making: what it is about, what it asks, how far it has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from assessor import choosing
from assessor.desk.access import Actor
from assessor.desk.desk import DAY, Desk, new_id
from assessor.domain import Answer, Answers, Ladder, Message, Plant, Question, Topic
from assessor.errors import AccessError, InputError, UnknownError
from assessor.rating import known
from assessor.reconcile import reconcile
from assessor.storage import Given, Survey, ledger, people, quality
from assessor.storage import surveys as sql

SETTINGS = ("budget", "plan", "cuts", "frameworks", "settlements", "meanings", "walk")
"""Parts of an answer file that are kept with the survey, as JSON."""


@dataclass(frozen=True)
class Sheet:
    """A survey with everything that was said in it."""

    survey: Survey
    plant: Plant
    given: Mapping[str, Given]
    framework: Ladder


@dataclass(frozen=True)
class Section:
    """One topic as this plant meets it."""

    topic: Topic
    questions: tuple[Question, ...]
    """Those that are put, given the answers so far."""
    required: int
    """Of them so many count for the framework that the level is reckoned by."""
    answered: int
    """Required ones with an answer; 'do not know' is one."""
    said: int
    """All that have an answer."""


@dataclass(frozen=True)
class Progress:
    """Visible required questions, and those of them with an answer."""

    answered: int
    required: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.answered, self.required) if self.required else Fraction(1)


def begin(
    desk: Desk, who: Actor, organisation: str, plant: Mapping[str, Any], framework: str | None = None
) -> str:
    """Open a survey of a plant; gives its id. `plant` as a form has it: name, kind, and what else is known."""
    who.require("survey.open", organisation)
    with desk.store.read() as c:
        house = people.organisation(c, organisation)
    assert house is not None
    noun = read_plant(plant, simulated=house.demonstration)
    id_ = framework or choosing.USUAL[noun.kind]
    choosing.choose_ladder(desk.library, id_, noun.kind)
    now = desk.clock()
    until = now + house.keep_days * DAY if house.keep_days else None
    held = Survey(new_id(), organisation, noun.model_dump(mode="json"), {"framework": id_}, now, 0, until)
    with desk.store.write() as c:
        sql.add(c, held)
        ledger.note(c, held.made, who.account, organisation, "survey made", held.id)
    return held.id


def read_plant(given: Mapping[str, Any], *, simulated: bool = False, id_: str | None = None) -> Plant:
    """A plant from what a form says; an error names the field."""
    name = " ".join(str(given.get("name") or "").split())[:200]
    if not name:
        raise InputError(Message(id="desk.no_name"), "name")
    values: dict[str, Any] = {key: given.get(key) or None for key in ("credit_code", "industry", "employees")}
    district = " ".join(str(given.get("district") or "").split())[:100]
    values |= {
        "id": id_ or f"plant-{new_id()[:12]}",
        "name": {"zh": name, "en": str(given.get("name_en") or "").strip()[:200] or name},
        "kind": given.get("kind"),
        "district": {"zh": district, "en": district} if district else None,
        "above_scale": given.get("above_scale"),
        "simulated": simulated,
    }
    try:
        return Plant.model_validate(values)
    except ValidationError as problem:
        field = str(problem.errors()[0]["loc"][0])
        raise InputError(Message(id="desk.bad_plant", params={"field": field}), field) from problem


class BlindError(AccessError):
    """Whoever rates a sample without seeing first answers opens nothing else of its survey meanwhile."""

    def __init__(self, survey_id: str) -> None:
        super().__init__(Message(id="desk.blind"), survey_id)


def get(desk: Desk, who: Actor, id_: str, *, blind: bool = False) -> Survey:
    """A survey that somebody may know of. `blind`: for what shows no answer, also while they rate it blind."""
    with desk.store.read() as c:
        held = sql.get(c, id_)
        shut = not blind and id_ in quality.rates_blind(c, who.account)
    if held is None or not who.knows(held.organisation):
        raise UnknownError(Message(id="desk.unknown"))
    if shut:
        raise BlindError(id_)
    return held


def opened(desk: Desk, who: Actor, id_: str) -> Sheet:
    """A survey with its answers, for whoever may read them."""
    survey = get(desk, who, id_)
    who.require("survey.read", survey.organisation)
    return sheet(desk, survey)


def sheet(desk: Desk, survey: Survey) -> Sheet:
    with desk.store.read() as c:
        given = sql.given(c, survey.id)
    plant = Plant.model_validate(survey.plant)
    framework = choosing.choose_ladder(desk.library, survey.settings["framework"], plant.kind)
    return Sheet(survey, plant, given, framework)


def mine(desk: Desk, who: Actor, after: str = "", most: int | None = None) -> list[Survey]:
    """Those of one's own organisations, by id, from after one of them on; one that is rated blind without what was
    settled in it."""
    own = [id_ for id_ in who.organisations() if who.may("survey.read", id_)]
    with desk.store.read() as c:
        found, blind = sql.of_organisations(c, own, after, most), quality.rates_blind(c, who.account)
    bare = {s.id: {k: v for k, v in s.settings.items() if k != "settlements"} for s in found if s.id in blind}
    return [replace(s, settings=bare.get(s.id, s.settings)) for s in found]


def opened_to(desk: Desk, who: Actor, after: str = "", most: int | None = None) -> list[Survey]:
    """Those of factories that agreed to show their results to one's office, by id, from after one of them on."""
    opened = {x.organisation for x in who.agreed if who.may("result.read", x.organisation)}
    shown = sorted(id_ for id_ in opened if not who.by_chain(id_))  # a leader finds its suppliers in its chain
    with desk.store.read() as c:
        return sql.of_organisations(c, shown, after, most)


def change_settings(desk: Desk, who: Actor, id_: str, **settings: Any) -> Survey:
    """Budget, wishes, further frameworks, cuts: validated as the parts of an answer file that they are."""
    return rework_settings(desk, who, id_, lambda _: settings)


def rework_settings(
    desk: Desk,
    who: Actor,
    id_: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    act: str = "settings changed",
) -> Survey:
    """The same where what is new follows from what stands: nobody else changes it in between. `act`: as noted."""
    survey = get(desk, who, id_)
    who.require("survey.manage", survey.organisation)
    with desk.store.write() as c:
        held = sql.get(c, id_, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        changed = {k: v for k, v in (held.settings | change(held.settings)).items() if v is not None}
        try:
            said = {k: changed[k] for k in SETTINGS if k in changed}
            empty = {"format": "assessor-answers/1", "plant": held.plant["id"], "answers": ()}
            _known_plan(desk, Answers.model_validate(empty | said))
        except ValidationError as problem:
            field = ".".join(str(part) for part in problem.errors()[0]["loc"])
            raise InputError(Message(id="desk.bad_setting", params={"field": field}), field) from problem
        version = sql.change(c, id_, settings=changed)
        ledger.note(c, desk.clock(), who.account, held.organisation, act, id_)
    return replace(held, settings=changed, version=version)


def _known_plan(desk: Desk, said: Answers) -> None:
    """A wish for what does not exist is told now, and not by a result that cannot be reckoned."""
    aim, items = said.plan.aim, {*said.plan.without, *said.plan.keep}
    unknown = aim is not None and aim.kind == "target" and aim.framework not in desk.library.frameworks
    for field, wrong in (("aim", unknown), ("items", items - set(desk.library.recommendations))):
        if wrong:
            raise InputError(Message(id="desk.bad_setting", params={"field": field}), field)


def change_plant(desk: Desk, who: Actor, id_: str, plant: Mapping[str, Any]) -> None:
    """What is known of the plant; its id and its kind stay."""
    survey = get(desk, who, id_)
    who.require("survey.manage", survey.organisation)
    with desk.store.write() as c:
        held = sql.get(c, id_, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        stands = held.plant
        noun = read_plant({**plant, "kind": stands["kind"]}, simulated=stands["simulated"], id_=stands["id"])
        sql.change(c, id_, plant=noun.model_dump(mode="json"))
        ledger.note(c, desk.clock(), who.account, survey.organisation, "plant changed", id_)


# What was said, as an answer file has it ------------------------------------------------------------------------


def answers(held: Sheet) -> Answers:
    """The answer file that these answers amount to: what any other room of the product reads."""
    said = tuple(as_answer(g) for g in held.given.values() if g.value is not None)
    settings = {k: held.survey.settings[k] for k in SETTINGS if k in held.survey.settings}
    empty = {"format": "assessor-answers/1", "plant": held.plant.id, "answers": ()}
    return Answers.model_validate(empty | settings).model_copy(update={"answers": said})


def as_answer(given: Given) -> Answer:
    at = datetime.fromtimestamp(given.at // 10**9, UTC).isoformat()
    return Answer(
        question=given.question,
        value=tuple(given.value) if isinstance(given.value, list) else given.value,
        by=given.department,
        at=at,
        reason=given.reason,
        target=tuple(given.target) if isinstance(given.target, list) else given.target,
    )


# Which questions are put, and how far one has come --------------------------------------------------------------


def topics(desk: Desk, held: Sheet) -> tuple[Topic, ...]:
    """Those that count for the level first, then those of other frameworks and of the plan."""
    named = held.survey.settings.get("frameworks", ())
    on = [f for f in desk.library.frameworks.values() if f.on or f.id in named or f.id == held.framework.id]
    ours = [f for f in on if f.plant in (None, held.plant.kind)]
    counting = {topic.id for topic in desk.library.topics if counts(held, topic.questions)}
    asked = asked_by(ours)
    told = [t for t in desk.library.topics_for(ours) if t.for_plan or any(q.id in asked for q in t.questions)]
    order = {dimension.id: i for i, dimension in enumerate(held.framework.dimensions)}
    return tuple(sorted(told, key=lambda t: (t.id not in counting, t.for_plan, order.get(t.id, len(order)))))


def asked_by(frameworks: Sequence[Any]) -> set[str]:
    """Every question that one of these goes by, rubrics of sub-domains included."""
    own = {q for f in frameworks for q in f.asks}
    return own | {d.rubric for f in frameworks if isinstance(f, Ladder) for d in f.dimensions if d.rubric}


def counts(held: Sheet, questions: Sequence[Question]) -> list[Question]:
    """Those that the level is reckoned from; a rubric stands in for them and does not count beside them."""
    counting = set(held.framework.asks) - {d.rubric for d in held.framework.dimensions}
    return [q for q in questions if q.id in counting]


def hidden(desk: Desk, held: Sheet) -> frozenset[str]:
    """Questions that are not put, since what they hang on does not hold."""
    library = desk.library
    conditional = [q for q in library.questions.values() if q.asked_if is not None]
    named = {name for q in conditional if q.asked_if is not None for name in q.asked_if.names()}
    parents = {library.statements[name].part_of or name for name in named if name in library.statements}
    asked = tuple(library.questions[id_] for id_ in sorted(parents) if id_ in library.questions)
    said = tuple(as_answer(g) for id_, g in held.given.items() if id_ in parents and g.value is not None)
    told = Answers(format="assessor-answers/1", plant=held.plant.id, answers=said)
    values = known(asked, reconcile(asked, told, (), ()), "declared", held.plant.kind)
    return frozenset(q.id for q in conditional if q.asked_if and values.holds(q.asked_if) == (False, False))


def sections(desk: Desk, held: Sheet) -> list[Section]:
    out = hidden(desk, held)
    return [section(held, topic, out) for topic in topics(desk, held)]


def section(held: Sheet, topic: Topic, out: frozenset[str]) -> Section:
    put = tuple(q for q in topic.questions if q.id not in out)
    counting = counts(held, put)
    done = {id_ for id_, g in held.given.items() if g.value is not None}
    return Section(topic, put, len(counting), sum(q.id in done for q in counting), sum(q.id in done for q in put))


def progress(held: Sheet, out: frozenset[str], questions: Mapping[str, Question]) -> Progress:
    """Over all sections: what is visible, and required for the level."""
    counting = [
        q for q in counts(held, [questions[i] for i in held.framework.asks if i in questions]) if q.id not in out
    ]
    done = [q for q in counting if (g := held.given.get(q.id)) is not None and g.value is not None]
    return Progress(len(done), len(counting))
