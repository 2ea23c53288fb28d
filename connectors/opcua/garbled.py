"""Answers that the library cannot take apart: one kind of error, whatever its decoder stumbles over.

A server, or something on the line, may send any bytes. The library's decoder then raises what its parts happen to
raise (struct.error, AttributeError, AssertionError and others), far from where anyone would wait for it: without
this, one garbled answer of one server would end the whole run.
"""

import struct
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from asyncua.client.ua_session import UaSession
from asyncua.ua.uaerrors import UaError

UNDECODABLE = (
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class Garbled(UaError):
    """An answer came that is none; the service it was meant for is known from the request log."""


def told(service: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """The same service, which raises Garbled for what cannot be decoded."""

    @wraps(service)
    async def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return await service(*args, **kwargs)
        except UNDECODABLE as problem:
            raise Garbled(type(problem).__name__) from problem

    return asked


class Session(UaSession):
    """The library's session, whose services tell a garbled answer apart. Those that write are not for us."""

    create_session = told(UaSession.create_session)
    activate_session = told(UaSession.activate_session)
    browse = told(UaSession.browse)
    browse_next = told(UaSession.browse_next)
    translate_browsepaths_to_nodeids = told(UaSession.translate_browsepaths_to_nodeids)
    read = told(UaSession.read)
    history_read = told(UaSession.history_read)
    create_subscription = told(UaSession.create_subscription)
    create_monitored_items = told(UaSession.create_monitored_items)
    publish = told(UaSession.publish)
