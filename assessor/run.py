"""RUN on this machine: folders and keys, progress, Ctrl-C, and what is written where."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import time_ns

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from assessor import gathering, pipeline
from assessor.audit import bundle_file, read_assessment
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
from assessor.domain import Assessment, Message, Scope, canonical
from assessor.errors import AssessorError, InputError, StorageError
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.home import create_file, replace
from assessor.indicators import load as indicators
from assessor.laptop import Awake, awake, looked_at
from assessor.messages import Language, render
from assessor.report import formats, render_html
from assessor.watch import Screen, Watched, shown
from connectors.abort import run_bounded
from connectors.scope import load_scope
from connectors.simulator import load_plant, start
from connectors.simulator.serve import DEMO as DEMO_PLANT

DEMO = DEMO_PLANT.parent
RESULTS = ("assessment.json", "report.html", "filing.zip")
DEMO_RESULTS = ("sealed.zip", *RESULTS, "filing-pack.zip")


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
    key = installation_key()  # a key that cannot be used is better known before than after sampling
    work = working_folder(output)
    if resume:
        folder = _taken_up(work, scope_bytes)
    elif work.exists():
        raise InputError(Message(id="cli.left_over", params={"folder": str(work)}))
    else:
        folder = create(work, scope_bytes, scope)
    try:
        with awake() as kept_awake:
            _note_laptop(scope, folder, kept_awake, err, language)
            stopped = _watched(scope, folder, seconds, err, language)
        folder.end(stopped)
    except AssessorError:
        folder.close()
        raise
    err.print(render("cli.sealing", language))
    return _seal(folder, key, output, truncated=stopped), stopped


def _note_laptop(scope: Scope, folder: Folder, kept_awake: Awake, err: Console, language: Language) -> None:
    """Say and keep what this start of the run found of the laptop."""
    stood = looked_at(scope)
    if stood.warning:
        err.print(render(stood.warning, language), style="bold yellow", soft_wrap=True)
    err.print(render(kept_awake.message, language), style="dim", soft_wrap=True)
    folder.note({"at": time_ns(), "awake": kept_awake.model_dump(), "networks": stood.model_dump(mode="json")})


def seal_left(output: Path) -> Sealed:
    """Seal what an interrupted run left behind, and say that it is cut short."""
    key = installation_key()
    folder = reopen(_left(working_folder(free(output))))
    return _seal(folder, key, output, truncated=True)


def _taken_up(work: Path, scope_bytes: bytes) -> Folder:
    """What a run left, to go on with under the very scope it began with: that one is sealed."""
    folder = reopen(_left(work))
    if folder.member("scope.yaml") != scope_bytes:
        folder.close()
        raise InputError(Message(id="cli.other_scope", params={"file": str(work / "scope.yaml")}))
    return folder


def _left(work: Path) -> Path:
    if not work.is_dir():
        raise InputError(Message(id="cli.nothing_left", params={"folder": str(work)}))
    return work


def _seal(folder: Folder, key: Ed25519PrivateKey, output: Path, *, truncated: bool) -> Sealed:
    try:
        sealed = seal(folder, key, output, truncated=truncated)
    except AssessorError:
        folder.close()
        raise
    folder.remove()
    return sealed


def _watched(scope: Scope, folder: Folder, seconds: float, err: Console, language: Language) -> bool:
    """Run the gathering and show it; True where Ctrl-C ended it."""
    watched = Watched(folder, scope)
    screen = Screen(watched, seconds, language)

    async def run() -> bool:
        stop = asyncio.Event()
        with _stopping(asyncio.get_running_loop(), stop), shown(screen, err) as show:
            work = asyncio.ensure_future(
                gathering.gather(scope, watched, seconds=seconds, stop=stop, ended=watched.ended)
            )
            try:
                while not work.done():
                    await asyncio.wait([work], timeout=0.5)
                    show(stop.is_set())
            finally:
                work.cancel()
            await work
        return stop.is_set()

    stopped = run_bounded(run())
    for endpoint, problem in watched.problems():
        text = render(problem, language)
        err.print(render("cli.endpoint_problem", language, endpoint=endpoint, problem=text), soft_wrap=True)
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
        _, stopped = sample(load_scope(file), file.read_bytes(), bundle, seconds, False, err, language)
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
