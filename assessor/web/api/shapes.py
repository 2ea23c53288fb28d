"""What programs send and get."""

import hashlib
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt
from starlette.responses import Response

from assessor.storage import Given, Purpose, Role, Survey

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]
After = Annotated[str, Query(max_length=64, description="The last id of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500)]
PROBLEM: dict[str, Any] = {
    "description": "Problem details (RFC 9457): what is wrong, where, and what to do.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
FAULTS: dict[int | str, dict[str, Any]] = {code: PROBLEM for code in (400, 401, 403, 404, 409, 413, 422, 429, 503)}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    place: str | None
    instance: str


class PlantIn(Shape):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    name_en: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["discrete", "process"]
    credit_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")] | None = None
    industry: Annotated[str, Field(pattern=r"^[A-Z]?\d{2,4}$")] | None = None
    district: Annotated[str, Field(max_length=100)] = ""
    employees: Annotated[int, Field(ge=1, le=10**7)] | None = None
    above_scale: bool | None = None


class SurveyIn(Shape):
    organisation: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    plant: PlantIn
    framework: Annotated[str, Field(max_length=64)] | None = None


class SurveyOut(BaseModel):
    id: str
    organisation: str
    plant: dict[str, Any]
    settings: dict[str, Any]
    made: int
    version: int
    keep_until: int | None
    answered: int | None = None
    required: int | None = None

    @classmethod
    def of(cls, survey: Survey) -> "SurveyOut":
        return cls(**asdict(survey))


class AnswerIn(Shape):
    value: str | list[str] | StrictFloat | StrictInt | None
    """A number as text ('0.8'), options, 'not-applicable', 'do-not-know'; null takes the answer back."""
    base: Annotated[int, Field(ge=0, le=10**9)]
    """The version that it was made upon; 0 where nothing stood."""
    key: Annotated[str, Field(min_length=8, max_length=64)]
    """Drawn anew for each save; sent again, it saves once."""
    reason: Annotated[str, Field(max_length=4000)] | None = None
    target: str | list[str] | StrictFloat | StrictInt | None = None


class AnswerOut(BaseModel):
    question: str
    version: int
    value: Any
    target: Any
    reason: str | None
    department: str
    account: str
    at: int

    @classmethod
    def of(cls, given: Given) -> "AnswerOut":
        return cls(**asdict(given))


class SavedOut(AnswerOut):
    answered: int
    required: int
    hidden: list[str]


class FileOut(BaseModel):
    id: str
    kind: str
    question: str | None
    name: str
    media: str
    size: int
    sha256: str
    account: str
    at: int


class WishesIn(Shape):
    budget: Annotated[int, Field(ge=0, le=10**12)] | None = None
    """Yuan over three phases."""
    plan: dict[str, Any] = {}
    """Aim, phases, items to keep and to leave out, as in an answer file."""


class ConsentIn(Shape):
    purpose: Purpose
    receiver: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


class InvitationIn(Shape):
    role: Role
    department: Annotated[str, Field(max_length=20)] | None = None


def linked(request: Request, answer: Response, last: str | None) -> None:
    """Where the next page is."""
    if last is not None:
        answer.headers["link"] = f'<{request.url.include_query_params(after=last)}>; rel="next"'


def tagged(request: Request, answer: Response, tag: str) -> bool:
    """Set the ETag; True where the sender has this very state already."""
    tag = f'"{hashlib.sha256(tag.encode()).hexdigest()[:32]}"'
    answer.headers["etag"] = tag
    answer.headers["cache-control"] = "private, no-cache"
    return tag in request.headers.get("if-none-match", "")
