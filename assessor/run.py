"""RUN on this machine: folders and keys, progress, Ctrl-C, and what is written where."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from assessor import pipeline
from assessor.audit import read_assessment
from assessor.bundle import (
    Bundle,
    Folder,
    Sealed,
    create,
    installation_key,
    open_bundle,
    reopen,
    seal,
    write_assessment,
)
from assessor.domain import Assessment, Message, Observation, Scope, canonical
from assessor.errors import AssessorError, InputError
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.messages import Language, render
from assessor.report import render_html
from connectors.scope import load_scope
from connectors.simulator import load_plant, start
from connectors.simulator.serve import DEMO as DEMO_PLANT

DEMO = DEMO_PLANT.parent
RESULTS = ("assessment.json", "report.html", "filing.zip")


def working_folder(output: Path) -> Path:
    """Where a run keeps what it samples until it is sealed."""
    return output.with_name(output.name + ".work")


def free(file: Path) -> Path:
    """A path that nothing stands at; nothing is ever overwritten."""
    if file.exists():
        raise InputError(Message(id="cli.exists", params={"file": str(file)}))
    return file


def sample(
    scope: Scope,
    scope_bytes: bytes,
    output: Path,
    seconds: float,
    resume: bool,
    err: Console,
    language: Language,
) -> tuple[Sealed, bool]:
    """Sample and seal. True beside the bundle where Ctrl-C cut it short."""
    free(output)
    work = working_folder(output)
    if resume:
        folder = reopen(_left(work))
    elif work.exists():
        raise InputError(Message(id="cli.left_over", params={"folder": str(work)}))
    else:
        folder = create(work, scope_bytes, scope)
    try:
        stopped = _watched(scope, folder, seconds, err, language)
    except AssessorError:
        folder.close()
        raise
    folder.end(stopped)
    err.print(render("cli.sealing", language))
    return _seal(folder, output, truncated=stopped), stopped


def seal_left(output: Path) -> Sealed:
    """Seal what an interrupted run left behind, and say that it is cut short."""
    folder = reopen(_left(working_folder(free(output))))
    return _seal(folder, output, truncated=True)


def _left(work: Path) -> Path:
    if not work.is_dir():
        raise InputError(Message(id="cli.nothing_left", params={"folder": str(work)}))
    return work


def _seal(folder: Folder, output: Path, *, truncated: bool) -> Sealed:
    sealed = seal(folder, installation_key(), output, truncated=truncated)
    folder.remove()
    return sealed


def _watched(scope: Scope, folder: Folder, seconds: float, err: Console, language: Language) -> bool:
    """Run the gathering with a bar on stderr; Ctrl-C stops it, and True says so."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeRemainingColumn(),
    )
    problems: list[Observation] = []
    done = 0

    def ended(seen: Observation) -> None:
        nonlocal done
        done += 1
        if seen.problem:
            problems.append(seen)

    def rows() -> str:
        params = {"done": done, "all": len(scope.endpoints)}
        return render("cli.rows", language, rows=folder.rows, requests=folder.requests, **params)

    async def run() -> bool:
        stop = asyncio.Event()
        with _stopping(asyncio.get_running_loop(), stop):
            gathering = asyncio.ensure_future(
                pipeline.gather(scope, folder, seconds=seconds, stop=stop, ended=ended)
            )
            begun = monotonic()
            while not gathering.done():
                await asyncio.wait([gathering], timeout=0.25)
                bar.update(task, completed=min(monotonic() - begun, seconds), rows=rows())
            await gathering
        return stop.is_set()

    with Progress(*columns, console=err, transient=False) as bar:
        task = bar.add_task(render("cli.sampling", language), total=seconds, rows="")
        stopped = asyncio.run(run())
        bar.update(task, completed=seconds, rows=rows())
    for seen in problems:
        assert seen.problem is not None
        text = render(seen.problem, language)
        err.print(render("cli.endpoint_problem", language, endpoint=seen.endpoint, problem=text), soft_wrap=True)
    return stopped


@contextlib.contextmanager
def _stopping(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and termination ask the run to stop; a second Ctrl-C does as Ctrl-C does everywhere."""

    def ask(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler)
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def write_results(folder: Path, source: Bundle, answers: bytes, library: Library, done: Assessment) -> None:
    """assessment.json, report.html and filing.zip into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RESULTS:
        free(folder / name)
    key = installation_key()
    data = canonical(done)
    with tempfile.TemporaryDirectory(dir=folder) as hidden:
        full = Path(hidden) / "full.zip"
        write_assessment(
            full,
            source=source,
            assessment=data,
            answers=answers,
            parts=library.parts,
            key=key,
            made=done.made,
        )
        made = Path(hidden) / "filing.zip"
        made.write_bytes(full.read_bytes())
        page = Path(hidden) / "report.html"
        page.write_text(render_html(done), "utf-8")
        text = Path(hidden) / "assessment.json"
        text.write_bytes(data)
        for file in (text, page, made):
            file.replace(folder / file.name)


def write_report(done: Assessment, output: Path) -> None:
    """The report of an Assessment."""
    free(output).write_text(render_html(done), "utf-8")


def load_assessment(file: Path) -> Assessment:
    """An Assessment from its file."""
    try:
        return read_assessment(file.read_bytes(), str(file))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(file)) from problem


def demo(output: Path, seconds: float, err: Console, language: Language) -> Assessment:
    """Serve the demo plant, sample it, judge it; the results replace those of an earlier demo."""
    output.mkdir(parents=True, exist_ok=True)
    for name in (*RESULTS, "sealed.zip"):
        (output / name).unlink(missing_ok=True)
    plant = load_plant(DEMO / "plant.yaml")
    library = load_library(known_indicators=indicators())
    answers = load_answers(DEMO / "answers.yaml", library.questions)
    err.print(render("cli.starting", language, n=len(plant.servers)))
    with (
        tempfile.TemporaryDirectory(prefix="assessor-demo-") as hidden,
        start(plant, Path(hidden)) as running,
    ):
        file = running.scope_file
        bundle = Path(hidden) / "sealed.zip"
        sample(load_scope(file), file.read_bytes(), bundle, seconds, False, err, language)
        (output / "sealed.zip").write_bytes(bundle.read_bytes())
    err.print(render("cli.judging", language))
    source = open_bundle(output / "sealed.zip")
    done = pipeline.assess(source, answers, library, "cmmm-2020-discrete")
    write_results(output, source, (DEMO / "answers.yaml").read_bytes(), library, done)
    return done
