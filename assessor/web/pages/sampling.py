"""Sampling: what the factory agreed to, what a run will ask, a run as it stands, what came of those before."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from assessor.desk import attaching, sampling, surveys
from assessor.desk.access import Actor
from assessor.desk.sampling import Standing
from assessor.domain import Message
from assessor.errors import InputError
from assessor.visit.live import MOST_PLOTS, Plot
from assessor.web.face import page, written
from assessor.web.gate import DeskOf, PageWho, Posted, posted, text
from assessor.web.pages.answers import frame
from connectors.preview import care, preview, sendable

router = APIRouter()
LOOKS = 60
"""Seconds that one stream lasts. The browser then comes again by itself, and who asks is looked up anew."""
WIDE, HIGH = 600.0, 80.0


@router.get("/surveys/{survey}/sampling")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str, minutes: str = "") -> Response:
    """Where sampling stands; nothing is sent by looking."""
    return page(request, "sampling", _values(desk, who, survey, minutes))


def _values(desk: DeskOf, who: Actor, survey: str, minutes: str) -> dict[str, Any]:
    held, agreed = surveys.opened(desk, who, survey), sampling.agreed(desk, who, survey)
    runs = sampling.all_of(desk, who, survey)
    now = next((s for s in runs if s.runs), None)
    values: dict[str, Any] = frame(who, held) | {
        "agreed": agreed,
        "on": desk.reach is not None,
        "standing": now,
        "before": [s for s in runs if s is not now],
        "open": any(s.run.outcome is None for s in runs),
        "counts": attaching.counting(attaching.listed(desk, who, survey, "bundle")),
        "free": sampling.free_bytes(desk),
        "picks": sampling.picks(desk, who, survey, now.run.id) if now else None,
        "most_plots": MOST_PLOTS,
    }
    if agreed is not None and now is None:
        seconds = _seconds(minutes) if minutes else sampling.usual_seconds(desk, agreed.scope)
        stated = preview(agreed.scope, seconds)
        values |= {"seconds": seconds, "stated": stated, "care": (*sendable(stated), *care(stated))}
    return values | (_shown(now) if now else {})


def _seconds(minutes: str) -> int:
    if not (minutes.isdecimal() and len(minutes) < 6 and int(minutes)):
        raise InputError(Message(id="web.run.bad_minutes"), minutes[:20])
    return int(minutes) * 60


@router.post("/surveys/{survey}/sampling")
def start(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Begin: a process of its own, which goes on whatever becomes of this page."""
    sampling.start(desk, who, survey, _seconds(text(form, "minutes")), text(form, "agreed"))
    return _back(survey)


def _back(survey: str) -> Response:
    return RedirectResponse(f"/surveys/{survey}/sampling", 303)


@router.post("/surveys/{survey}/sampling/{run}/stop", dependencies=[Depends(posted)])
def stop(desk: DeskOf, who: PageWho, survey: str, run: str) -> Response:
    sampling.stop(desk, who, survey, run)
    return _back(survey)


@router.post("/surveys/{survey}/sampling/{run}/again")
def again(desk: DeskOf, who: PageWho, form: Posted, survey: str, run: str) -> Response:
    """Take up what a run left: go on, or seal it."""
    sampling.again(desk, who, survey, run, "resume" if text(form, "how") == "resume" else "seal")
    return _back(survey)


@router.post("/surveys/{survey}/sampling/{run}/close", dependencies=[Depends(posted)])
def close(desk: DeskOf, who: PageWho, survey: str, run: str) -> Response:
    """Nothing more comes of a run here."""
    sampling.close(desk, who, survey, run)
    return _back(survey)


@router.post("/surveys/{survey}/sampling/{run}/plots")
def plots(desk: DeskOf, who: PageWho, form: Posted, survey: str, run: str) -> Response:
    """Which data points to draw."""
    ids = [str(value) for value in form.getlist("tag")]
    chosen = tuple(int(value) for value in ids if value.isdecimal() and len(value) < 20)
    sampling.choose(desk, who, survey, run, chosen)
    return _back(survey)


@router.post("/surveys/{survey}/sampling/{file}/count", dependencies=[Depends(posted)])
def count(desk: DeskOf, who: PageWho, survey: str, file: str) -> Response:
    """Let the result rest on this bundle."""
    attaching.count(desk, who, survey, file)
    return _back(survey)


@router.get("/surveys/{survey}/sampling/{run}/sealed.zip")
def sealed(desk: DeskOf, who: PageWho, survey: str, run: str) -> Response:
    """The bundle of a run, where it could not be taken in."""
    file = sampling.sealed(desk, who, survey, run)
    return FileResponse(file, media_type="application/zip", filename=f"sampled-{run[:8]}.zip")


@router.get("/surveys/{survey}/sampling/{run}/live")
async def live(request: Request, desk: DeskOf, who: PageWho, survey: str, run: str) -> Response:
    """What a run is at, once a second, as server-sent events that hold HTML."""
    await run_in_threadpool(sampling.standing, desk, who, survey, run)  # refused before it begins
    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(_told(request, desk, who, survey, run), 200, headers, "text/event-stream")


async def _told(request: Request, desk: DeskOf, who: Actor, survey: str, run: str) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    for _ in range(LOOKS):
        standing = await run_in_threadpool(sampling.standing, desk, who, survey, run)
        if not standing.runs:
            yield "event: over\ndata:\n\n"
            return
        html = written(request, "live", _shown(standing) | {"standing": standing})
        lines = "".join(f"data: {line}\n" for line in html.splitlines())
        yield f"event: live\n{lines}\n"
        if await request.is_disconnected():
            return
        await asyncio.sleep(1)


def _shown(standing: Standing) -> dict[str, Any]:
    """What the picture of a run needs beside the run."""
    told = standing.live
    return {
        "live": told,
        "share": 0.0 if told is None or not told.seconds else round(100 * (1 - told.left / told.seconds), 2),
        "plots": [(plot, *_drawn(plot)) for plot in told.plots] if told else [],
    }


def _drawn(plot: Plot) -> tuple[str, float, float]:
    """A line in a field of WIDE by HIGH, and its lowest and highest value; time runs to the right."""
    if not plot.points:
        return "", 0.0, 0.0
    longest = max(ago for ago, _ in plot.points) or 1.0
    values = [value for _, value in plot.points]
    low, high = min(values), max(values)
    places = [(v - low) / (high - low) if high > low else 0.5 for v in values]
    across = [1 - ago / longest for ago, _ in plot.points]
    line = " ".join(f"{WIDE * x:.1f},{HIGH - 4 - (HIGH - 8) * y:.1f}" for x, y in zip(across, places, strict=True))
    return line, low, high
