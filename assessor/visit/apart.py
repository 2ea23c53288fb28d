"""APART: a run in a process of its own. It outlives the page, the browser and the server that began it; what it is
at and what is asked of it stands in its folder (`assessor.visit.live`), so that whoever comes next takes it up.
"""

import io
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from assessor.bundle.disk import claim
from assessor.domain import Message
from assessor.errors import AssessorError, ContactError, StorageError
from assessor.home import create_file
from assessor.visit.live import Job, Live, is_alive, read, write
from assessor.visit.reach import check_reach, confine, read_reach
from assessor.visit.sampling import sample, seal_left, working_folder
from assessor.visit.telling import Teller
from connectors.scope import check_window, load_scope

log = logging.getLogger("assessor.visit")
PATIENCE = 60.0
"""Seconds that a process may take until it says what it is at."""
LOOK = 0.05
DETACHED = 0 if os.name == "posix" else 0x00000208
"""Windows: no console, and no Ctrl-C that is meant for whoever began it."""


def sealed_file(folder: Path) -> Path:
    return folder / "sealed.zip"


def begin(folder: Path, scope: bytes, job: Job) -> Live:
    """A new run in a folder that is not there yet; gives what it is at once it is at something."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    create_file(folder / "scope.yaml", scope, 0o600)
    return _started(folder, job)


def again(folder: Path, job: Job) -> Live:
    """Take up a run whose process is gone: go on, or seal what it left. Of two at once, one does it."""
    held = claim(folder / "taking-up")
    if held is None or is_alive(folder):
        if held is not None:
            held.close()
        raise ContactError(Message(id="visit.runs"))
    with held:
        for name in ("stop", "live.json"):
            (folder / name).unlink(missing_ok=True)
        return _started(folder, job)


def ask_to_stop(folder: Path) -> None:
    """All sessions are closed within some two seconds; what was sampled is sealed."""
    (folder / "stop").touch()


def left_behind(folder: Path) -> bool:
    """Is there something that a process without an end left, to go on with or to seal?"""
    return not sealed_file(folder).exists() and working_folder(sealed_file(folder)).is_dir()


def _started(folder: Path, job: Job) -> Live:
    write(folder / "job.json", job)
    with (folder / "log.txt").open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "assessor.visit", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
            creationflags=DETACHED,
        )
    ends = time.monotonic() + PATIENCE
    while (live := read(Live, folder / "live.json")) is None:
        if process.poll() is not None or time.monotonic() > ends:
            process.kill()  # what says nothing for so long is not left to begin when nobody expects it any more
            process.wait()
            reason = (folder / "log.txt").read_text("utf-8", "replace").strip().splitlines()
            raise StorageError(Message(id="visit.not_begun", params={"reason": reason[-1] if reason else "-"}))
        time.sleep(LOOK)
    _reap(process)
    return live


def _reap(process: subprocess.Popen[bytes]) -> None:
    """A process that ended before its parent stands in the system's table until it is asked for."""
    threading.Thread(target=process.wait, name="visit", daemon=True).start()


def main(folder: Path) -> None:
    """The process itself."""
    held = _claimed(folder)
    if held is None:
        return  # another one is at it
    with held:
        job = read(Job, folder / "job.json")
        assert job is not None
        teller = Teller(folder, job.seconds)
        try:
            stopped = _work(folder, job, teller)
        except AssessorError as problem:
            teller.tell("failed", problem)
        except BaseException as problem:
            log.exception("a run broke")
            fault = Message(id="visit.broke", params={"reason": type(problem).__name__})
            teller.tell("failed", StorageError(fault))
            raise
        else:
            teller.tell("sealed", stopped=stopped)


def _claimed(folder: Path) -> io.FileIO | None:
    """Somebody who looks whether we live holds the same lock for a moment."""
    for _ in range(40):
        if (held := claim(folder / "alive")) is not None:
            return held
        time.sleep(LOOK)
    return None


def _work(folder: Path, job: Job, teller: Teller) -> bool:
    output, scope_file = sealed_file(folder), folder / "scope.yaml"
    if output.exists():
        return False  # sealed already, and not told
    if job.how == "seal":
        teller.tell("sealing")
        seal_left(output)
        return True
    scope, reach = load_scope(scope_file), read_reach(job.reach)
    if reach is None:
        raise ContactError(Message(id="visit.off"))
    check_window(scope, time.time_ns())
    confine(check_reach(scope, reach))
    teller.on_site = reach.on_site
    resume = working_folder(output).is_dir()
    return sample(scope, scope_file.read_bytes(), output, job.seconds, teller, resume=resume)[1]
