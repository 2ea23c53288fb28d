"""THE WEB: one application out of the desk, its pages and its interface for programs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assessor.desk import extracting, taking_in
from assessor.desk.desk import Desk
from assessor.desk.erasing import end_of_keeping
from assessor.errors import StorageError
from assessor.frameworks import load_library
from assessor.home import home
from assessor.indicators import load as indicators
from assessor.pipeline import SCORER
from assessor.storage import Store
from assessor.web import api, problems
from assessor.web.face import content
from assessor.web.gate import DeskOf
from assessor.web.pages import (
    answers,
    applying,
    branches,
    chains,
    city,
    comparing,
    door,
    editions,
    filing,
    handover,
    imports,
    interviews,
    joining,
    merging,
    offices,
    openid,
    papers,
    people,
    plants,
    preparing,
    programmes,
    results,
    reviewing,
    sampling,
    second,
    settling,
    site,
    tags,
    vouchers,
    walk,
    watching,
)
from assessor.web.settings import Settings
from assessor.web.shield import Shield

STATIC = {
    "web.css": "text/css; charset=utf-8",
    "report.css": "text/css; charset=utf-8",
    "outbox.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
ROOMS = (
    door, openid, plants, answers, results, settling, filing, site, preparing, interviews, sampling, merging,
    reviewing, second, comparing, papers, tags, branches, walk, people,
    offices, programmes, vouchers, applying, city, imports, chains, joining, handover, watching,
    editions,
)  # fmt: skip
log = logging.getLogger("assessor.web")
SWEEP = 3600
"""Seconds between two looks for what was kept long enough."""
TAKE_IN = 5
"""Seconds between two looks for runs that ended."""
SOON = 1
"""Seconds until the next look after one that found something."""


def create_app(settings: Settings, desk: Desk | None = None) -> FastAPI:
    """The application. Its database is brought up to this version first."""
    if desk is None:
        store = Store(settings.database)
        store.upgrade()
        library = load_library(known_indicators=indicators())
        desk = Desk(store, library, settings.sender, reach=settings.reach, runs=home() / "runs")
    app = FastAPI(
        title="Assessor",
        version=SCORER,
        description="A maturity assessment of factories that listens to machines as well as to people.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.desk, app.state.settings = desk, settings
    app.include_router(api.router)
    for room in ROOMS:
        app.include_router(room.router, include_in_schema=False)
    app.add_api_route("/health", health, include_in_schema=False)
    app.add_api_route("/static/{name}", static, include_in_schema=False)
    problems.handle(app)
    app.add_middleware(Shield, secure=settings.secure)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    rounds = (
        _over_and_over(partial(end_of_keeping, desk), SWEEP, "what was kept long enough was not erased"),
        _over_and_over(partial(taking_in.sweep, desk), TAKE_IN, "what was sampled was not taken in"),
        _over_and_over(partial(extracting.sweep, desk), SWEEP, "what may be counted of results was not written"),
    )
    running = [asyncio.create_task(one) for one in rounds]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        desk.trials.close()
        desk.reckoner.close()
        desk.looker.close()
        desk.store.close()


async def _over_and_over(act: Callable[[], int | None], pause: float, fault: str) -> None:
    """Do it, again after a pause, for as long as the server runs; sooner where it found something to do."""
    while True:
        found = None
        try:
            found = await run_in_threadpool(act)
        except (StorageError, OSError):  # the next look finds what this one left
            log.exception(fault)
        await asyncio.sleep(SOON if found else pause)


def health(desk: DeskOf) -> Response:
    """Does it answer, and does its database?"""
    sound = desk.store.healthy()
    return JSONResponse({"healthy": sound, "version": SCORER}, 200 if sound else 503)


def static(request: Request, name: str) -> Response:
    """A file of the pages. Its address holds a piece of its digest, so it may be kept for good."""
    if name not in STATIC:
        raise HTTPException(404)
    kept = "public, max-age=31536000, immutable" if request.url.query else "no-cache"
    return Response(content(name), media_type=STATIC[name], headers={"cache-control": kept})
