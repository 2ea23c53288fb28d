"""The requests that OPC UA clients send: each recorded; writes refused; operation limits and paging kept."""

import uuid
from typing import Any, cast

from asyncua import ua
from asyncua.server.internal_server import InternalServer
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary

from connectors.simulator.plant import OpcUaServer
from connectors.simulator.recorder import Recorder

_ENDING = "Request_Encoding_DefaultBinary"
_NAMES = {number: name.removesuffix(_ENDING) for name, number in vars(ObjectIds).items() if name.endswith(_ENDING)}
REFUSED = frozenset(
    {
        "Write",
        "Call",
        "AddNodes",
        "AddReferences",
        "DeleteNodes",
        "DeleteReferences",
        "HistoryUpdate",
        "RegisterServer",
        "RegisterServer2",
        "SetTriggering",
    }
)
"""Whatever could change a server. A client of ours that sends one has broken its promise."""
_COUNTED = {
    "Read": (ua.ReadParameters, "NodesToRead"),
    "Browse": (ua.BrowseParameters, "NodesToBrowse"),
    "CreateMonitoredItems": (ua.CreateMonitoredItemsParameters, "ItemsToCreate"),
}


class Recording(InternalServer):
    """An address space that knows its record, its limits and what waits behind continuation points."""

    def __init__(self, served: OpcUaServer, recorder: Recorder) -> None:
        super().__init__()
        self.served, self.recorder = served, recorder
        self.waiting: dict[bytes, list[ua.ReferenceDescription]] = {}
        self.supported_tokens = (ua.AnonymousIdentityToken,)  # type: ignore[assignment]


class RecordingProcessor(UaProcessor):
    """One connection of one client."""

    @property
    def _server(self) -> Recording:
        return cast(Recording, self.iserver)

    def open_secure_channel(self, algohdr: Any, seqhdr: Any, body: Any) -> None:
        self._note("OpenSecureChannel", "", "ok")
        super().open_secure_channel(algohdr, seqhdr, body)  # type: ignore[no-untyped-call]

    async def process_message(self, seqhdr: Any, body: Any) -> Any:
        """Record the request before anything is done about it."""
        copy = body.copy()
        number = nodeid_from_binary(copy).Identifier
        name = _NAMES.get(number, f"i={number!r}")
        header = struct_from_binary(ua.RequestHeader, copy)
        if name in REFUSED:
            self._note(name, "", "refused")
            return self._fault(header, seqhdr, StatusCodes.BadUserAccessDenied)
        count = self._count(name, copy.copy())
        if count > self._server.served.max_nodes:
            self._note(name, str(count), "too many")
            return self._fault(header, seqhdr, StatusCodes.BadTooManyOperations)
        self._note(name, str(count) if count else "", "ok")
        if name in ("Browse", "BrowseNext") and self.session and self.session.is_activated():
            return await self._browse(name, header, seqhdr, copy)
        return await super().process_message(seqhdr, body)  # type: ignore[no-untyped-call]

    def _note(self, service: str, detail: str, result: str) -> None:
        server = self._server
        server.recorder.add(server.served.endpoint, str(self.name), service, detail, result)

    def _fault(self, header: Any, seqhdr: Any, code: int) -> bool:
        fault = ua.ServiceFault()
        fault.ResponseHeader.ServiceResult = ua.StatusCode(ua.UInt32(code))
        self.send_response(header.RequestHandle, seqhdr, fault)  # type: ignore[no-untyped-call]
        return True

    def _count(self, name: str, body: Any) -> int:
        """Operations in one call."""
        if name not in _COUNTED:
            return 0
        kind, field = _COUNTED[name]
        return len(getattr(struct_from_binary(kind, body), field))

    async def _browse(self, name: str, header: Any, seqhdr: Any, body: Any) -> bool:
        """Answer a page at a time: asyncua's own server knows no continuation points."""
        response: Any
        if name == "Browse":
            params = struct_from_binary(ua.BrowseParameters, body)
            asked = int(params.RequestedMaxReferencesPerNode or 0)
            most = min(asked or 10**9, self._server.served.max_references)
            assert self.session is not None
            response = ua.BrowseResponse()
            response.Results = [self._page(r, most) for r in await self.session.browse(params)]
        else:
            more = struct_from_binary(ua.BrowseNextParameters, body)
            response = ua.BrowseNextResponse()
            response.Parameters.Results = [
                self._next(point, more.ReleaseContinuationPoints) for point in more.ContinuationPoints
            ]
        self.send_response(header.RequestHandle, seqhdr, response)  # type: ignore[no-untyped-call]
        return True

    def _page(self, whole: ua.BrowseResult, most: int) -> ua.BrowseResult:
        page = ua.BrowseResult()
        page.StatusCode, page.References = whole.StatusCode, whole.References[:most]
        if rest := whole.References[most:]:
            page.ContinuationPoint = uuid.uuid4().bytes
            self._server.waiting[page.ContinuationPoint] = rest
        return page

    def _next(self, point: bytes, release: bool) -> ua.BrowseResult:
        whole = ua.BrowseResult()
        rest = self._server.waiting.pop(point, None)
        if rest is None:
            whole.StatusCode = ua.StatusCode(ua.UInt32(StatusCodes.BadContinuationPointInvalid))
        elif not release:
            whole.References = rest
        return self._page(whole, self._server.served.max_references)
