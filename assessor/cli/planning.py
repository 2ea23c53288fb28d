"""What if: another plan for a plant that was assessed, by other money, people, aims and wishes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from assessor import pipeline, present, run
from assessor.advising import case, planned
from assessor.audit import bundle_file, inside, read_assessment
from assessor.bundle import open_bundle
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.domain import Aim, Answers, Assessment, Message, canonical, sha256
from assessor.errors import BundleError, InputError
from assessor.frameworks import Library, load_library
from assessor.funding import funded
from assessor.home import free
from assessor.roadmap import plan as make

app = typer.Typer(no_args_is_help=True)


@app.command()
def plan(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json, or a filing bundle.")],
    budget: Annotated[
        str | None, typer.Option(help="Yuan: one number, or three with commas between, one a phase.")
    ] = None,
    days: Annotated[
        str | None, typer.Option(help="Person-days of own people: three numbers, one a phase.")
    ] = None,
    aim: Annotated[
        str | None, typer.Option(help="most, payback, or framework:level, as in miit-sme-2024:3.")
    ] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A recommendation that must be in it.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="A recommendation that must not.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the plan as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan again for an assessed plant: other budget, people, aim, items on and off. Changes nothing."""
    done, library = _read(assessment)
    answers = _money(done.answers, budget)
    wishes = answers.plan
    changed = {
        "aim": _aim(aim) if aim else wishes.aim,
        "phase_days": _numbers(days, "--days", (3,)) if days else wishes.phase_days,
        "keep": (*wishes.keep, *(keep or ())),
        "without": (*wishes.without, *(without or ())),
    }
    answers = answers.model_copy(update={"plan": wishes.model_copy(update=changed)})
    if not planned(answers):
        raise InputError(Message(id="plan.nothing_wanted"))
    if output is not None:
        free(output)
    grounds = pipeline.grounds(
        done.framework, library, done.evidence, answers, done.measurements, done.plant, done.assets
    )
    asked = {"answers": answers, "roadmap": make(case(grounds, library))}
    made = funded(done.model_copy(update=asked), library).roadmap
    assert made is not None
    if output is not None:
        run.write_bytes(output, canonical(made))
    if as_json:
        emit(made)
    else:
        present.plan(made, library, out, language())
    if output is not None:
        say("cli.written", folder=str(output))


def _read(file: Path) -> tuple[Assessment, Library]:
    """An Assessment with the library that made it, where a bundle holds that; else with the one at hand."""
    if bundle_file(file).suffix != ".zip":
        done, library = run.load_assessment(file), load_library()
        made_from = {part.name: part.sha256 for part in done.parts}
        if any(made_from.get(name) != sha256(data) for name, data in library.parts.items()):
            say("plan.other_library")
        return done, library
    bundle = open_bundle(file)
    if bundle.manifest.kind != "assessment":
        raise BundleError(Message(id="plan.no_assessment"), str(file))
    library, _ = inside(bundle)
    return read_assessment(bundle.member("assessment.json"), str(file)), library


def _money(answers: Answers, budget: str | None) -> Answers:
    """The answers with another budget: as a whole, or phase by phase."""
    if budget is None:
        return answers
    given = _numbers(budget, "--budget", (1, 3))
    phases = given if len(given) > 1 else ()
    wishes = answers.plan.model_copy(update={"phase_budgets": phases})
    return answers.model_copy(update={"budget": sum(given), "plan": wishes})


def _aim(given: str) -> Aim:
    if given in ("most", "payback"):
        return Aim.model_validate({"kind": given})
    framework, _, level = given.rpartition(":")
    if not framework or not level.isdecimal():
        raise InputError(Message(id="plan.bad_aim", params={"given": given}))
    return Aim(kind="target", framework=framework, level=int(level))


def _numbers(given: str, option: str, counts: Sequence[int]) -> tuple[int, ...]:
    parts = given.replace("，", ",").split(",")
    if len(parts) not in counts or not all(part.strip().isdecimal() for part in parts):
        raise InputError(Message(id="plan.bad_numbers", params={"option": option, "given": given}))
    return tuple(int(part) for part in parts)
