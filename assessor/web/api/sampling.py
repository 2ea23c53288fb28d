"""Sampling runs of a survey."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from assessor.desk import sampling
from assessor.desk.sampling import LONGEST, SHORTEST, Standing
from assessor.web.api.shapes import FAULTS, Id, Shape
from assessor.web.gate import DeskOf, Who

router = APIRouter(tags=["sampling"], responses=FAULTS)


class RunIn(Shape):
    seconds: Annotated[int, Field(ge=SHORTEST, le=LONGEST)]
    scope: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the scope that somebody looked at; where another counts by now, nothing is begun."""


class AgainIn(Shape):
    how: Literal["resume", "seal"]


class RunMade(BaseModel):
    id: str


class RunOut(BaseModel):
    id: str
    phase: str
    scope: str
    """SHA-256 of the scope file that it goes by."""
    seconds: int
    began: int
    ended: int | None
    file: str | None
    """Its sealed bundle, among the files of the survey."""
    left: bool
    """Did a process that is gone leave something, to go on with or to seal?"""
    fault: dict[str, Any] | None
    live: dict[str, Any] | None
    """What it is at: endpoints with rows, rates, errors and gaps; what happened to the machine that samples."""

    @classmethod
    def of(cls, standing: Standing) -> "RunOut":
        run, told = standing.run, standing.live
        return cls(
            id=run.id,
            phase=standing.phase,
            scope=run.scope,
            seconds=run.seconds,
            began=run.began,
            ended=run.ended,
            file=run.file,
            left=standing.left,
            fault=run.fault,
            live=told.model_dump(mode="json") if told else None,
        )


@router.get("/surveys/{survey}/runs")
def list_runs(desk: DeskOf, who: Who, survey: Id) -> list[RunOut]:
    """Every run, newest first."""
    return [RunOut.of(standing) for standing in sampling.all_of(desk, who, survey)]


@router.post("/surveys/{survey}/runs", status_code=201)
def begin(desk: DeskOf, who: Who, survey: Id, run: RunIn) -> RunMade:
    """Sample under the scope that was handed in last; the run goes on by itself."""
    return RunMade(id=sampling.start(desk, who, survey, run.seconds, run.scope).id)


@router.get("/surveys/{survey}/runs/{run}")
def read(desk: DeskOf, who: Who, survey: Id, run: Id) -> RunOut:
    """What a run is at, or what came of it."""
    return RunOut.of(sampling.standing(desk, who, survey, run))


@router.post("/surveys/{survey}/runs/{run}/stop", status_code=204)
def stop(desk: DeskOf, who: Who, survey: Id, run: Id) -> None:
    """Abort: sessions are closed within some two seconds, what was heard is sealed."""
    sampling.stop(desk, who, survey, run)


@router.post("/surveys/{survey}/runs/{run}/again", status_code=204)
def again(desk: DeskOf, who: Who, survey: Id, run: Id, wanted: AgainIn) -> None:
    """Take up a run whose process is gone: go on until it was to end, or seal what it left."""
    sampling.again(desk, who, survey, run, wanted.how)


@router.post("/surveys/{survey}/runs/{run}/close", status_code=204)
def close(desk: DeskOf, who: Who, survey: Id, run: Id) -> None:
    """Nothing more comes of a run here: it was carried away by hand, or lies on another machine."""
    sampling.close(desk, who, survey, run)
