"""RUN on this machine: what a terminal shows of a run, and what is written where."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from assessor import pipeline
from assessor.audit import bundle_file, read_assessment
from assessor.bundle import Bundle, installation_key, open_bundle, write_assessment
from assessor.domain import Assessment, Message, canonical
from assessor.errors import AssessorError, InputError, StorageError
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.home import create_file, free, replace
from assessor.indicators import load as indicators
from assessor.laptop import Awake, Networks
from assessor.messages import Language, render
from assessor.report import formats, render_html
from assessor.visit.sampling import sample, signals
from assessor.watch import Screen, Watched, shown
from connectors.scope import load_scope
from connectors.simulator import load_plant, start
from connectors.simulator.serve import DEMO as DEMO_PLANT

DEMO = DEMO_PLANT.parent
RESULTS = ("assessment.json", "report.html", "filing.zip")
DEMO_RESULTS = ("sealed.zip", *RESULTS, "filing-pack.zip")


@dataclass(frozen=True)
class Terminal:
    """A run as a terminal looks on; Ctrl-C stops it."""

    seconds: float
    err: Console
    language: Language
    on_site: bool = True

    def laptop(self, stood: Networks | None, kept_awake: Awake) -> None:
        if stood is not None and stood.warning:
            self.err.print(render(stood.warning, self.language), style="bold yellow", soft_wrap=True)
        self.err.print(render(kept_awake.message, self.language), style="dim", soft_wrap=True)

    @contextlib.contextmanager
    def watching(self, watched: Watched, stop: asyncio.Event) -> Iterator[Callable[[], None]]:
        screen = Screen(watched, self.seconds, self.language)
        with signals(stop), shown(screen, self.err) as show:
            yield lambda: show(stop.is_set())
        for endpoint, problem in watched.problems():
            told = {"endpoint": endpoint, "problem": render(problem, self.language)}
            self.err.print(render("cli.endpoint_problem", self.language, **told), soft_wrap=True)

    def sealing(self) -> None:
        self.err.print(render("cli.sealing", self.language))


def free_results(folder: Path) -> None:
    """Refuse a folder that holds results already; better before measuring than after."""
    for name in RESULTS:
        free(folder / name)


@contextlib.contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StorageError(Message(id="cli.not_written", params={"reason": reason}), str(place)) from problem


def write_results(folder: Path, source: Bundle | None, answers: bytes, library: Library, done: Assessment) -> None:
    """assessment.json, report.html and filing.zip into a folder, each whole or not at all."""
    free_results(folder)
    key = installation_key()
    data, html = canonical(done), render_html(done)
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _writing(folder), tempfile.TemporaryDirectory(dir=folder) as hidden:
        made = Path(hidden) / "filing.zip"
        write_assessment(
            made,
            source=source,
            assessment=data,
            answers=answers,
            parts=library.parts,
            key=key,
            made=done.made,
        )
        page = Path(hidden) / "report.html"
        page.write_text(html, "utf-8")
        text = Path(hidden) / "assessment.json"
        text.write_bytes(data)
        for file in (text, page, made):
            file.replace(folder / file.name)


def write_report(
    done: Assessment,
    output: Path,
    language: Language = "zh",
    template: Path | None = None,
    paper: str = "report",
) -> None:
    """A paper of an Assessment, in the format that the file's name asks for."""
    write = formats.renderer(output, template, paper)
    free(output)
    write_bytes(output, write(done, language, template))


def write_text(output: Path, text: str) -> None:
    """A text into a file that is not there yet, with its folder."""
    write_bytes(output, text.encode())


def write_bytes(output: Path, data: bytes) -> None:
    """A file that is not there yet, with its folder; whole or not at all."""
    free(output)
    with _writing(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        create_file(output, data)


def keep(output: Path, data: bytes) -> None:
    """A file that is written anew again and again, with its folder: the old one or the new one is there."""
    with _writing(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        replace(output, data)


def load_assessment(file: Path) -> Assessment:
    """An Assessment from its file."""
    try:
        return read_assessment(bundle_file(file).read_bytes(), str(file))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(file)) from problem


def keep_foreign_scope(folder: Path) -> None:
    """The simulator writes its scope anew at every start, but never over one that a person wrote."""
    file = folder / "scope.yaml"
    if file.exists() and not file.read_text("utf-8", "replace").startswith("# Written by the simulator"):
        raise InputError(Message(id="cli.exists", params={"file": str(file)}))


def _replaceable(folder: Path, plant: str) -> None:
    """Only the results of an earlier demo give way to a new one."""
    found = [folder / name for name in DEMO_RESULTS if (folder / name).exists()]
    try:
        earlier = not found or open_bundle(folder / "sealed.zip").scope().plant.id == plant
    except AssessorError:
        earlier = False
    if not earlier:
        raise InputError(Message(id="cli.exists", params={"file": str(found[0])}))


def demo(output: Path, seconds: float, err: Console, language: Language) -> Assessment | None:
    """Serve the demo plant, sample it, judge it; None where Ctrl-C ended it with no more than a sealed bundle."""
    plant = load_plant(DEMO / "plant.yaml")
    _replaceable(output, plant.scope.plant.id)
    library = load_library(known_indicators=indicators())
    answers = load_answers(DEMO / "answers.yaml", library.questions)
    with _writing(output):
        output.mkdir(parents=True, exist_ok=True)
    err.print(render("cli.starting", language, n=len(plant.servers)))
    with (
        tempfile.TemporaryDirectory(prefix="assessor-demo-") as hidden,
        start(plant, Path(hidden)) as running,
    ):
        file = running.scope_file
        bundle = Path(hidden) / "sealed.zip"
        onlooker = Terminal(seconds, err, language)
        _, stopped = sample(load_scope(file), file.read_bytes(), bundle, seconds, onlooker)
        with _writing(output):
            for name in DEMO_RESULTS:
                (output / name).unlink(missing_ok=True)
            (output / "sealed.zip").write_bytes(bundle.read_bytes())
    if stopped:
        err.print(render("cli.stopped", language, file=str(output / "sealed.zip")), soft_wrap=True)
        return None
    err.print(render("cli.judging", language))
    source = open_bundle(output / "sealed.zip")
    done = pipeline.assess(source, answers, library)
    write_results(output, source, (DEMO / "answers.yaml").read_bytes(), library, done)
    from assessor.filing import demo_pack, write  # noqa: PLC0415 - writers that sampling has no use for

    write(demo_pack(source, answers, done, library, installation_key(), language), output / "filing-pack.zip")
    return done
