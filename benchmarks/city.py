"""The pages of an office that looks at 5,000 generated factories, each asked fifty times over a real server:
`make bench-city` writes city.md. Never a test: nothing asserts on a time.

The factories are drawn with a seed from Extracts of the simulated plant, judged here by the pipeline. Whatever is
asked is asked by one client after another answer has come, beside a page that shows nothing of the database.
"""

import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
import psutil

from assessor import pipeline
from assessor.bundle import open_bundle
from assessor.desk.demonstration import sampled
from assessor.desk.desk import Desk
from assessor.desk.sending import Console
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.portfolio.extract import Extract, extract_of
from assessor.storage import Store
from connectors.simulator.serve import DEMO
from tests.web import generated
from tests.web.journeys import Server
from tests.web.people import joined

PAGE = Path(__file__).parent / "city.md"
FACTORIES, TIMES = 5_000, 50
BARE = "enter"
"""The page that the others stand beside: a form, and nothing of the database but the session."""
PAGES = {
    "overview": "/offices/{office}",
    "vouchers": "/offices/{office}/vouchers",
    "vouchers, searched": "/offices/{office}/vouchers?state=applied&q=49",
    "where files wait": "/offices/{office}/flow",
    "log": "/offices/{office}/log",
    "programme": "/offices/{office}/programmes/shanghai-assessment-voucher",
    "people": "/offices/{office}/people",
    "hand-over": "/offices/{office}/handover",
    "quality": "/offices/{office}/quality",
    "editions": "/offices/{office}/editions",
    "one's plants": "/plants",
    "picture": "/offices/{office}/picture",
    "picture by district": "/offices/{office}/picture?by=district",
    "picture by industry": "/offices/{office}/picture?by=industry",
    "picture by size": "/offices/{office}/picture?by=size",
    "targets": "/offices/{office}/targets",
    "outlines": "/offices/{office}/outline",
    "as CSV": "/offices/{office}/picture.csv",
    "as Excel": "/offices/{office}/picture.xlsx",
    "as JSON": "/api/v1/offices/{office}/picture",
    BARE: "/enter",
}


class Measured(NamedTuple):
    first: float
    """Seconds of the first answer, after which what was counted is kept."""
    middle: float
    p95: float
    """Of all fifty, the first among them."""
    size: int


def judged(library: Library) -> Extract:
    """The simulated plant with an hour of its machines, judged by the pipeline."""
    answers = load_answers(DEMO.parent / "answers.yaml", library.questions)
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        file = Path(folder) / "sealed.zip"
        file.write_bytes(sampled())
        done = pipeline.assess(open_bundle(file), answers, library, "cmmm-2020-discrete", made=time.time_ns())
    return extract_of(done, library)


def prepare(address: str) -> tuple[str, str]:
    """5,000 factories that open their results to an office; gives the office and a session of its officer."""
    store = Store(address)
    store.upgrade()
    library = load_library(known_indicators=indicators())
    desk = Desk(store, library, Console())
    office = generated.office(desk)
    generated.fill(desk, office, generated.city([judged(library)], library, FACTORIES))
    officer = joined(desk, office, "officer")
    token = officer.token
    generated.vouchers(desk, office, officer.who)
    desk.reckoner.close()
    store.close()
    return office, token


def measure(address: str, office: str, token: str) -> dict[str, Measured]:
    """Each page fifty times, one after another, over one connection; each time looked at whole."""
    found = {}
    headers = {"cookie": f"assessor={token}", "accept-language": "zh"}
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(base_url=address, headers=headers, timeout=60, transport=transport) as client:
        client.get("/health").raise_for_status()
        for name, path in PAGES.items():
            times, size = [], 0
            for _ in range(TIMES):
                began = time.perf_counter()
                answer = client.get(path.format(office=office))
                times.append(time.perf_counter() - began)
                answer.raise_for_status()
                size = len(answer.content)
            ranked = sorted(times)
            found[name] = Measured(times[0], median(times), ranked[int(TIMES * 0.95) - 1], size)
    return found


def table(found: dict[str, Measured]) -> str:
    bare = found[BARE].p95
    lines = [
        "| page | p95 | median | first answer | beside the bare page (p95) | size |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        label = f"{name} (bare)" if name == BARE else name
        times = " | ".join(f"{1000 * value:.0f} ms" for value in (one.p95, one.middle, one.first))
        lines.append(f"| {label} | {times} | {one.p95 / bare:.1f} × | {one.size / 1000:.0f} kB |")
    return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="assessor-") as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'city.db'}"
        office, token = prepare(database)
        with Server(folder, database) as server:
            found = measure(server.address, office, token)
    others = os.getloadavg()[1]
    slowest = max(one.p95 for one in found.values())
    told = [
        "# Pages of an office over 5,000 factories",
        "",
        "Written by `make bench-city`; do not edit. The factories are generated and marked as such: drawn with a"
        " seed from the simulated plant, which is judged by the pipeline before. They tell how long pages take,"
        " and nothing about any real place.",
        "",
        f"{FACTORIES:,} factories, SQLite, one server process, {TIMES} requests a page, one after another, on"
        f" {psutil.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()}). The first answer"
        " of the first page reads and counts all factories; what was counted is kept until a result, a consent or"
        " a survey changes, so that only that answer is slow.",
        "",
        table(found),
        "",
        f"The slowest p95 is {1000 * slowest:.0f} ms; wanted were 500 ms. Over the five minutes before the end"
        f" {others:.1f} processes wanted a core (1 would be this one alone): where that is much more than 1, the"
        " times are those of a machine at other work, and the column beside the bare page tells more."
        f" Client and server ran at priority {os.nice(0)} (0 is usual, less comes first).",
        "",
    ]
    PAGE.write_text("\n".join(told), "utf-8")


if __name__ == "__main__":
    main()
