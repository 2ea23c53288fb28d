"""The whole story on one page: the only place where the stages meet.

gather → interpret → measure → reconcile → rate → plan. Each stage is one call; what it takes and gives are
nouns of `assessor.domain`. Gathering (`assessor.gathering`) is saved in a bundle, and judging starts from the
bundle: as often as you like, years later.
"""

import importlib.metadata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import time_ns

from assessor.advising import Ground, case, planned
from assessor.bundle import Bundle
from assessor.choosing import USUAL, choose, choose_ladder, wanted
from assessor.contacts import contacts
from assessor.domain import (
    Answers,
    Assessment,
    Asset,
    Evidence,
    Flag,
    KeyProcess,
    Ladder,
    Measurement,
    Message,
    Part,
    Plant,
    Question,
    Rated,
    Recommendation,
    Register,
    Roadmap,
    Source,
    Time,
    sha256,
    walked,
)
from assessor.errors import InputError
from assessor.frameworks import Library
from assessor.frameworks.proof import with_others
from assessor.funding import funded
from assessor.indicators import measure_all, sights
from assessor.looking import Looked, members, origin
from assessor.messages import moment
from assessor.narrowing import leads
from assessor.rating import (
    Kind,
    chances,
    is_pre_assessment,
    kept,
    not_applicable,
    rate_all,
    rate_library,
    refuse_cuts,
    standing,
    testable,
    tested,
)
from assessor.reconcile import aged, doubles, findings, known_by, old_answers, reconcile
from assessor.roadmap import plan
from models.consistency import flags
from models.fusion import estimate
from models.graded_response import draws
from models.short_form import Bank, State, answered, state

SCORER = importlib.metadata.version("plant-assessor")
DRAWS, SEED = 400, 20201011
"""How many draws of the answers the chances of the levels rest on, and their seed."""


@dataclass(frozen=True)
class Judgement:
    """What follows from answers, measurements and a framework, and from nothing else."""

    evidence: tuple[Evidence, ...]
    parts: Mapping[str, object]
    """The judged fields of an Assessment, by name."""


def judge(
    framework: Ladder,
    library: Library,
    answers: Answers,
    measurements: Sequence[Measurement],
    plant: Kind,
    as_of: Time | None = None,
) -> Judgement:
    """Reconcile and rate: pure, so that anyone can do it again and compare. Measurements have aged already."""
    old = old_answers(answers, as_of) if as_of is not None else ()
    answers = known_by(answers, as_of) if as_of is not None else answers
    asked = tuple(library.questions.values())
    ladders = [f for f in library.frameworks.values() if isinstance(f, Ladder)]
    evidence = reconcile(asked, answers, measurements, ladders)
    bank = library.questions | library.statements
    ratings = rate_all(framework, evidence, answers.cuts)
    drawn = draws(framework, evidence, DRAWS, SEED)
    stands = standing(framework, answers.cuts, not_applicable(evidence, "verified"))
    frameworks = wanted(library, answers, framework)
    return Judgement(
        evidence,
        {
            "evidence": evidence,
            "ratings": ratings,
            "rated": tuple(map(kept, rate_library(frameworks, asked, evidence, answers.cuts, plant))),
            "chances": chances(framework, evidence, answers.cuts, drawn),
            "estimate": estimate(framework, library.statements, evidence, measurements, answers.cuts),
            "findings": findings(evidence, library.statements.values(), ratings[1], measurements),
            "flags": (*flags(framework, bank, answers, evidence, plant), *doubles(measurements), *old),
            "leads": leads(framework, library.statements, answers, evidence, measurements, stands),
            "pre_assessment": is_pre_assessment(framework, evidence),
            "testable": testable(framework, library.statements.values()),
            "tested": tested(framework, evidence),
        },
    )


def assess(
    source: Bundle,
    answers: Answers,
    library: Library,
    framework_id: str | None = None,
    *,
    made: Time | None = None,
    as_of: Time | None = None,
) -> Assessment:
    """Measure, judge and plan from one sealed bundle and one answer file; as of a time where one is named."""
    scope = source.scope()
    framework = choose_ladder(library, framework_id or USUAL[scope.plant.kind], scope.plant.kind)
    same_plant(scope.plant, scope.assets, answers)
    known = answers if as_of is None else known_by(answers, as_of)
    looked = Looked(source, known.meanings)
    observations = looked.observations
    sampled = origin(source, observations, looked.figures.values(), looked.samples)
    if as_of is not None:
        _refuse_later(sampled, as_of)
    seen = looked.seen(known.witnessed)
    measurements = measure_all(seen)
    if as_of is not None:
        measurements = aged(measurements, sampled.sampled_to, as_of)
    about: dict[str, object] = {
        "made": time_ns() if made is None else made,
        "as_of": as_of,
        "register_": walked(scope.register_, scope.assets, known.walk),
        "vantage": scope.vantage if any(o.record is None for o in observations) else None,
        "key_processes": scope.key_processes,
        "source": sampled,
        "records": tuple(o.record for o in observations if o.record),
        "contacts": contacts(scope, observations),
        "sights": sights(seen),
        "members": members(source),
    }
    judged = judge(framework, library, answers, measurements, scope.plant.kind, as_of)
    return _whole(framework, library, judged, answers, measurements, scope.plant, scope.assets, about)


def assess_answers(
    plant: Plant,
    answers: Answers,
    library: Library,
    framework_id: str | None = None,
    *,
    made: Time | None = None,
    register: Register | None = None,
    assets: Sequence[Asset] = (),
    key_processes: Sequence[KeyProcess] = (),
) -> Assessment:
    """Judge and plan from answers alone: no machine was heard, nothing is measured, verified is as declared.

    Raises InputError for settlements: they settle a difference to a machine, and there was none to differ from.
    """
    framework = choose_ladder(library, framework_id or USUAL[plant.kind], plant.kind)
    same_plant(plant, assets, answers)
    if answers.settlements:
        raise InputError(Message(id="forms.settled_alone", params={"question": answers.settlements[0].question}))
    about: dict[str, object] = {
        "made": time_ns() if made is None else made,
        "register_": walked(register, assets, answers.walk),
        "vantage": None,
        "key_processes": tuple(key_processes),
        "source": None,
        "sights": (),
        "members": (),
    }
    judged = judge(framework, library, answers, (), plant.kind)
    return _whole(framework, library, judged, answers, (), plant, tuple(assets), about)


def assess_again(
    before: Assessment, answers: Answers, library: Library, framework_id: str, *, made: Time | None = None
) -> Assessment:
    """Other answers beside what machines showed in an earlier Assessment: nothing is measured anew."""
    if before.source is None:
        known = {"register": before.register_, "assets": before.assets, "key_processes": before.key_processes}
        return assess_answers(before.plant, answers, library, framework_id, made=made, **known)  # type: ignore[arg-type]
    framework = choose_ladder(library, framework_id, before.plant.kind)
    same_plant(before.plant, before.assets, answers)
    heard = (
        "as_of",
        "register_",
        "vantage",
        "key_processes",
        "source",
        "records",
        "contacts",
        "sights",
        "members",
    )
    about: dict[str, object] = {name: getattr(before, name) for name in heard}
    about["made"] = time_ns() if made is None else made
    about["register_"] = register_told(before, answers)
    judged = judge(framework, library, answers, before.measurements, before.plant.kind, before.as_of)
    return _whole(framework, library, judged, answers, before.measurements, before.plant, before.assets, about)


def _whole(
    framework: Ladder,
    library: Library,
    judged: Judgement,
    answers: Answers,
    measurements: tuple[Measurement, ...],
    plant: Plant,
    assets: tuple[Asset, ...],
    about: Mapping[str, object],
) -> Assessment:
    """Plan, fund and write down what was judged; `about`: when it was made, and what was heard, by field."""
    roadmap = advise(framework, library, judged, answers, measurements, plant, assets)
    done = Assessment(
        format="assessor-assessment/1",
        scorer=SCORER,
        plant=plant,
        assets=assets,
        framework=framework,
        questions=questions_told(library, answers, framework, judged.evidence),
        recommendations=recommendations_told(library, roadmap),
        parts=tuple(Part(name=name, sha256=sha256(data)) for name, data in sorted(library.parts.items())),
        answers=answers,
        measurements=measurements,
        roadmap=roadmap,
        **about,
        **judged.parts,
    )
    return funded(done, library)


def register_told(of: Assessment, answers: Answers) -> Register | None:
    """The register of an Assessment with what these answers say of a walk."""
    known = answers if of.as_of is None else known_by(answers, of.as_of)
    return walked(of.register_, of.assets, known.walk)


def _refuse_later(sampled: Source, as_of: Time) -> None:
    """Before its samples were taken a bundle says nothing."""
    if sampled.sampled_to > as_of:
        days = {"day": moment(sampled.sampled_to, "%Y-%m-%d"), "as_of": moment(as_of, "%Y-%m-%d")}
        raise InputError(Message(id="verdict.later", params=dict(days)))


def rate_answers(library: Library, answers: Answers, plant: Kind) -> tuple[Rated, ...]:
    """What people say by every framework, without a machine having been heard: verified is as declared."""
    asked = tuple(library.questions.values())
    ladders = [f for f in library.frameworks.values() if isinstance(f, Ladder)]
    refuse_cuts((f for f in ladders if f.plant in (None, plant)), answers.cuts)
    evidence = reconcile(asked, answers, (), ladders)
    return rate_library(wanted(library, answers), asked, evidence, answers.cuts, plant)


def doubts(library: Library, framework: Ladder, answers: Answers, plant: Kind) -> tuple[Flag, ...]:
    """Answers that do not seem to go together, without a machine having been heard: what to ask about."""
    evidence = reconcile(library.questions.values(), answers, (), ())
    return flags(framework, library.questions | library.statements, answers, evidence, plant)


def short_form(library: Library, framework: Ladder, answers: Answers) -> State:
    """Where a pre-check stands after these answers, and the question to ask next.

    What was answered 'do not know' counts as asked; what is not applicable is left out, as in the rating.
    """
    own = {*framework.asks, *(d.rubric for d in framework.dimensions)}
    said = [e for e in reconcile(library.questions.values(), answers, (), ()) if e.question in own]
    claims = {e.question: e.claim for e in said if e.claimed != "unanswered"}
    bank = Bank.of(framework, answers.cuts, {e.question for e in said if e.claimed == "not-applicable"})
    given = answered(bank, {question: claim for question, claim in claims.items() if claim is not None})
    return state(bank, given, skip=claims.keys() - given.keys())


def advise(
    framework: Ladder,
    library: Library,
    judged: Judgement,
    answers: Answers,
    measurements: Sequence[Measurement],
    plant: Plant,
    assets: Sequence[Asset],
) -> Roadmap | None:
    """A plan by the wishes of the answers; None where neither a budget nor a target was named."""
    if not planned(answers):
        return None
    ground = grounds(framework, library, judged.evidence, answers, measurements, plant, assets)
    return plan(case(ground, library))


def grounds(
    framework: Ladder,
    library: Library,
    evidence: tuple[Evidence, ...],
    answers: Answers,
    measurements: Sequence[Measurement],
    plant: Plant,
    assets: Sequence[Asset],
) -> Ground:
    """What a plan rests on; the framework of a target is among those that it is rated by."""
    aim = answers.plan.aim
    rated_by = {f.id: f for f in wanted(library, answers, framework)}
    if aim is not None and aim.framework is not None and aim.framework not in rated_by:
        rated_by |= {f.id: f for f in with_others(choose(library, aim.framework), library.frameworks)}
    return Ground(framework, tuple(rated_by.values()), answers, evidence, measurements, plant, assets)


def same_plant(plant: Plant, assets: Sequence[Asset], answers: Answers) -> None:
    """Refuse answers of another plant, and witnesses of assets that it does not have."""
    if answers.plant != plant.id:
        params: dict[str, str | int] = {"answers": answers.plant, "bundle": plant.id}
        raise InputError(Message(id="forms.other_plant", params=dict(params)))
    held: Collection[str] = {asset.id for asset in assets}
    for witness in answers.witnessed:
        if witness.asset not in held:
            raise InputError(Message(id="forms.unknown_asset", params={"asset": witness.asset}))


def recommendations_told(library: Library, roadmap: Roadmap | None) -> tuple[Recommendation, ...]:
    """The recommendations that a reader of a plan needs: those in it, and those at its fringe."""
    told = {*(c.recommendation for c in roadmap.choices), *roadmap.fringe} if roadmap else set()
    return tuple(r for r in library.recommendations.values() if r.id in told)


def questions_told(
    library: Library, answers: Answers, framework: Ladder, evidence: Sequence[Evidence]
) -> tuple[Question, ...]:
    """The questions that a reader of the Assessment needs: those of its frameworks, and those with evidence."""
    ids = {q for f in wanted(library, answers, framework) for q in f.asks}
    ids |= {d.rubric for d in framework.dimensions if d.rubric} | {e.question for e in evidence}
    held = library.questions | library.statements
    ids |= {parent for id_ in ids if id_ in held and (parent := held[id_].part_of)}
    return tuple(question for id_, question in sorted(held.items()) if id_ in ids)
