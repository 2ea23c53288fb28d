"""The live view: what it counts is what passes, in either language it fits a terminal of 80 columns."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.cells import cell_len
from rich.console import Console

from assessor import watch
from assessor.domain import Gap, Message, Observation, RequestRecord, Sample, Tag
from assessor.messages import Language
from assessor.watch import Screen, State, Watched, shown
from tests.kept import Kept
from tests.test_bundle import SCOPE, SEEN

NAMES = ("press", "imm-01-with-a-name-longer-than-most", "meter", "chiller", "kiln", "late")
WIDE = SCOPE.model_copy(
    update={
        "endpoints": tuple(
            SCOPE.endpoints[0].model_copy(update={"id": name, "address": f"opc.tcp://127.0.0.1:{4840 + n}"})
            for n, name in enumerate(NAMES)
        )
    }
)
LOST = Message(id="contact.window_closed", params={"closes": "soon"})


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def seen(name: str, n: int, **more: object) -> Observation:
    tag = Tag(id=n, endpoint=name, asset=None, address=f"a{n}", path=f"p{n}")
    return SEEN.model_copy(update={"endpoint": name, "tags": (tag,), **more})


def asked(name: str, result: str = "ok", received: int = 20) -> RequestRecord:
    return RequestRecord(1, name, "Read", "1 node", 10, received, 12.4, result)


def rows(n: int, count: int) -> list[Sample]:
    return [Sample(n, 1, 1, 1, 1, 0, number=1.0)] * count


@pytest.fixture
def run() -> tuple[Watched, Kept, Time]:
    """Six endpoints: sampled, learning, left alone, silent, failed and one whose turn has not come."""
    kept, clock = Kept(), Time()
    watched = Watched(kept, WIDE, clock)
    for n, name in enumerate(NAMES[:5]):
        watched.request(asked(name))
        if name != NAMES[1]:
            watched.observe(seen(name, n))
            watched.samples(rows(n, 10))
    clock.now += 60
    watched.samples(rows(0, 1_234_000))
    for _ in range(2):
        watched.request(asked("meter", "timeout", 0))
    gap = Gap(begins=1, ends=2, why=LOST)
    watched.observe(seen("chiller", 3, gaps=(gap, gap)))
    watched.ended(seen("kiln", 4, problem=LOST))
    watched.flush()
    return watched, kept, clock


def test_everything_goes_on_to_the_sink_as_it_came(run: tuple[Watched, Kept, Time]) -> None:
    watched, kept, _ = run
    assert len(kept.rows) == 1_234_040 and len(kept.requests) == 7 and kept.flushes == 1
    assert set(kept.observations) == {"press", "meter", "chiller", "kiln"}
    assert sum(line.rows for line in watched.lines.values()) == len(kept.rows)


def test_each_endpoint_is_said_to_be_at_what_it_is_at(run: tuple[Watched, Kept, Time]) -> None:
    watched, _, clock = run
    states = [line.state(clock()) for line in watched.lines.values()]
    assert states == [
        State.SAMPLING, State.LEARNING, State.LEFT_ALONE, State.GAP, State.FAILED, State.WAITING,
    ]  # fmt: skip
    assert watched.lines["meter"].errors == 2 and watched.lines["chiller"].gaps == 2
    assert watched.problems() == [("kiln", LOST)]
    watched.samples(rows(3, 1))
    assert watched.lines["chiller"].state(clock()) is State.SAMPLING, "rows came again"
    watched.request(asked("meter", "exception 2", 9))
    assert watched.lines["meter"].state(clock()) is State.GAP, "a refusal is an answer"


def test_a_rate_is_that_of_the_last_ten_seconds(run: tuple[Watched, Kept, Time]) -> None:
    watched, _, clock = run
    line = watched.lines["press"]
    for _ in range(200):
        clock.now += 0.5
        watched.samples(rows(0, 50))
        rate = line.rate(clock())
    assert rate == pytest.approx(100)
    assert len(line.past) < 30, "what is remembered does not grow with the run"


def drawn(screen: Screen, width: int, height: int, stopping: bool = False) -> str:
    console = Console(file=io.StringIO(), record=True, width=width, height=height, force_terminal=True)
    console.print(screen.draw(console, stopping))
    return console.export_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_fits_80_columns_and_shows_each_endpoint(
    language: Language, run: tuple[Watched, Kept, Time]
) -> None:
    watched, _, clock = run
    screen = Screen(watched, 3700, language, clock, began=100.0)
    text = drawn(screen, 80, 24)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert all(name[:12] in text for name in NAMES)
    assert "1,234,010" in text and "1:00:40" in text and "Ctrl-C" in text
    assert ("left alone" if language == "en" else "暂停访问") in text
    assert ("Stopping" if language == "en" else "正在停止") in drawn(screen, 80, 24, True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_low_terminal_those_in_trouble_come_first(
    language: Language, run: tuple[Watched, Kept, Time]
) -> None:
    watched, _, clock = run
    text = drawn(Screen(watched, 60, language, clock, began=100.0), 80, 9)
    assert len(text.splitlines()) <= 9
    assert all(name in text for name in ("meter", "chiller", "kiln")) and "press" not in text


@contextmanager
def showing(terminal: bool, screen: Screen) -> Iterator[tuple[Console, io.StringIO, object]]:
    file = io.StringIO()
    console = Console(file=file, width=80, height=24, force_terminal=terminal)
    with shown(screen, console) as show:
        yield console, file, show


def test_without_a_terminal_it_is_a_plain_line_now_and_then(
    run: tuple[Watched, Kept, Time], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, _, clock = run
    monkeypatch.setattr(watch, "monotonic", clock)
    with showing(False, Screen(watched, 60, "en", clock)) as (_, file, show):
        for _ in range(45):
            clock.now += 0.5
            show(False)  # type: ignore[operator]
        assert file.getvalue().count("\n") == 2
    assert file.getvalue().count("\n") == 3 and "\x1b" not in file.getvalue()
    assert "rows" in file.getvalue()


def test_on_a_terminal_the_picture_is_drawn_over(run: tuple[Watched, Kept, Time]) -> None:
    watched, _, clock = run
    with showing(True, Screen(watched, 60, "zh", clock)) as (_, file, show):
        for _ in range(3):
            show(False)  # type: ignore[operator]
    text = file.getvalue()
    assert "\x1b[2J" not in text, "the screen is not cleared, so it does not flicker"
    assert "\x1b[1A" in text and "Ctrl-C" in text
