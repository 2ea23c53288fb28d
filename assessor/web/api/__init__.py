"""The interface for programs: the same acts of the desk as the pages, described by OpenAPI.

A token (`Authorization: Bearer`) or a session comes in; what changes something by a session brings `X-Guard`.
Faults are problem details. Lists are paged by `after` and `limit`, with a Link to the next page.
"""

from fastapi import APIRouter

from assessor.web.api import files, houses, results, sampling, surveys

router = APIRouter(prefix="/api/v1")
for room in (surveys, files, sampling, results, houses):
    router.include_router(room.router)
