"""The short form: a pre-check of few questions, asked one at a time."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.table import Table

from assessor import choosing, pipeline, run
from assessor.cli.terminal import AsJson, emit, err, language, out, say
from assessor.domain import Answer, Answers, Ladder, Message, Question, exact
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.forms.words import choices
from assessor.forms.writing import write_answers
from assessor.frameworks import Library, load_library
from assessor.home import free
from assessor.indicators import load as indicators
from assessor.messages import percent, render
from models.short_form import CAP, SURE, State

app = typer.Typer(no_args_is_help=True)


@app.command()
def short(
    answers: Annotated[Path, typer.Argument(help="The answer file to write; with --resume or --json to read.")],
    id_: Annotated[str, typer.Option("--id", help="Id of the plant, for a new file.")] = "",
    by: Annotated[str, typer.Option(help="Role of the respondent.")] = "owner",
    plant: Annotated[Literal["discrete", "process"], typer.Option(help="The kind of plant.")] = "discrete",
    framework: Annotated[str | None, typer.Option(help="Id of the framework; else the CMMM of 2020.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the answers of the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """A pre-check: at most 35 questions, each chosen by the answers so far; P(level) at the end, and no rating."""
    library = load_library(known_indicators=indicators())
    ladder = choosing.choose_ladder(library, framework or choosing.USUAL[plant], plant)
    if as_json:
        emit(_facts(pipeline.short_form(library, ladder, load_answers(answers, library.questions))))
        return
    given = load_answers(answers, library.questions) if resume else _new(answers, id_)
    done, ended = _asked(library, ladder, given, answers, by)
    if ended:
        _result(pipeline.short_form(library, ladder, done), ladder)
    say("short.kept", n=len(done.answers), file=str(answers))


def _new(file: Path, id_: str) -> Answers:
    if not id_:
        raise InputError(Message(id="short.no_plant"))
    free(file)
    try:
        return Answers(format="assessor-answers/1", plant=id_, answers=())
    except ValidationError as problem:
        raise InputError(Message(id="short.bad_plant"), id_) from problem


def _asked(library: Library, ladder: Ladder, given: Answers, file: Path, by: str) -> tuple[Answers, bool]:
    """Ask until nothing is left to ask or the person leaves; every answer is in the file at once."""
    say("short.begin", cap=CAP)
    new: list[Answer] = []
    while True:
        now = given.model_copy(update={"answers": (*given.answers, *new)})
        run.keep(file, write_answers(now))
        at = pipeline.short_form(library, ladder, now)
        if at.following is None:
            return now, True
        question = library.questions[at.following]
        _show(question, at.asked + 1)
        match _reply(question):
            case "q":
                return now, False
            case "b" if new:
                new.pop()
            case "b":
                say("short.nothing_before")
            case value:
                chosen = value if value == "do-not-know" else exact(value)
                moment = datetime.now().astimezone().isoformat(timespec="seconds")
                new.append(Answer(question=question.id, value=chosen, by=by, at=moment))


def _show(question: Question, n: int) -> None:
    err.print()
    say("short.question", n=n, cap=CAP)
    err.print(render(question.text, language()), style="bold", soft_wrap=True)
    if question.help:
        err.print(render(question.help, language()), style="dim", soft_wrap=True)
    for i, choice in enumerate(choices(question), _first(question)):
        err.print(f"  {i}  {render(choice.label, language())}", soft_wrap=True)
    say("short.keys")


def _first(question: Question) -> int:
    """Sentences of a rubric bear the number of their level."""
    return 0 if question.kind == "rubric" else 1


def _reply(question: Question) -> str:
    """A value, 'do-not-know', 'b' or 'q'; the end of input is 'q'."""
    names = {str(i): choice.name for i, choice in enumerate(choices(question), _first(question))}
    while True:
        try:
            reply = err.input("> ").strip().lower()
        except (EOFError, KeyboardInterrupt):
            return "q"
        if reply in ("b", "q"):
            return reply
        if reply == "d":
            return "do-not-know"
        if reply in names:
            return names[reply]
        say("short.not_a_choice", reply=reply[:40])


def _facts(at: State) -> dict[str, Any]:
    """What --json prints."""
    return {
        "pre_check": True,
        "asked": at.asked,
        "chances": {str(level): chance for level, chance in enumerate(at.chances)},
        "level": at.level,
        "reached": at.reached,
        "sure": at.reached >= SURE,
        "next": at.following,
    }


def _result(at: State, ladder: Ladder) -> None:
    names = {level.number: render(level.name, language()) for level in ladder.levels}
    table = Table(title=render("short.title", language()), title_justify="left", title_style="bold")
    table.add_column(render("cli.level", language()))
    table.add_column(render("short.chance", language()), justify="right")
    for level, chance in enumerate(at.chances):
        table.add_row(f"{level}  {names.get(level, '')}", percent(f"{chance:.4f}"))
    out.print(table)
    params = {"n": at.asked, "level": at.level, "reached": f"{at.reached:.4f}"}
    out.print(render("short.result", language(), **params), soft_wrap=True)
    if at.reached < SURE:
        out.print(render("short.unsure", language(), sure=str(SURE)), soft_wrap=True)
    out.print(render("report.disclaimer", language()), style="italic")
