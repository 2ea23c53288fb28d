"""A small MTConnect agent, written from the public schema, with faults to order. Runs in a process of its own.

Reads one line of JSON: {"fault": name or null, "rate": values a second, "buffer": how many are kept, "after":
requests before the fault begins, "log": a file for the request lines}. Prints {"address": "http://127.0.0.1:port"}.

The k-th value of data item 'x' is the number k, so that what a client missed can be counted.
"""

import json
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

DEVICES = """<?xml version="1.0" encoding="UTF-8"?>
<MTConnectDevices xmlns:m="urn:mtconnect.org:MTConnectDevices:1.5" xmlns="urn:mtconnect.org:MTConnectDevices:1.5">
<Header {header} bufferSize="{buffer}" assetBufferSize="8" assetCount="0"/>
<Devices>
<Agent id="agent" name="Agent" uuid="a-0"><DataItems><DataItem category="EVENT" id="aa" type="AVAILABILITY"/>
</DataItems></Agent>
<Device id="d1" name="VMC-3Axis" uuid="000">
<Description manufacturer="Maker" model="VMC 500" serialNumber="S-17">A mill</Description>
<DataItems><DataItem category="EVENT" id="avail" name="avail" type="AVAILABILITY"/></DataItems>
<Components><Axes id="ax" name="base"><Components><Linear id="x1" name="X">
<DataItems>
<DataItem category="SAMPLE" id="x" name="Xact" type="POSITION" subType="ACTUAL" units="MILLIMETER"/>
<DataItem category="SAMPLE" id="xc" type="POSITION" subType="COMMANDED" units="MILLIMETER"/>
<DataItem category="CONDITION" id="xs" name="Xsys" type="SYSTEM"/>
</DataItems></Linear></Components></Axes>
<Controller id="c"><Components><Path id="p" name="path"><DataItems>
<DataItem category="EVENT" id="exec" name="execution" type="EXECUTION"/>
<DataItem category="EVENT" id="prog" name="program" type="PROGRAM"/>
<DataItem category="EVENT" id="count" type="PART_COUNT"/>
<DataItem category="SAMPLE" id="wave" type="AMPERAGE" units="AMPERE" representation="TIME_SERIES"/>
</DataItems></Path></Components></Controller></Components></Device>
<Device id="d2" name="Lathe" uuid="111"><DataItems>
<DataItem category="EVENT" id="avail2" type="AVAILABILITY"/><DataItem category="SAMPLE" id="t2" type="TEMPERATURE"
 units="CELSIUS"/></DataItems></Device>
</Devices></MTConnectDevices>"""
STREAMS = """<?xml version="1.0" encoding="UTF-8"?>
<MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:1.5">
<Header {header} bufferSize="{buffer}" firstSequence="{first}" lastSequence="{last}" nextSequence="{next}"/>
<Streams><DeviceStream name="VMC-3Axis" uuid="000">{mill}</DeviceStream>
<DeviceStream name="Lathe" uuid="111">{lathe}</DeviceStream></Streams></MTConnectStreams>"""
ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<MTConnectError xmlns="urn:mtconnect.org:MTConnectError:1.5"><Header {header} bufferSize="{buffer}"/>
<Errors><Error errorCode="{code}">{text}</Error></Errors></MTConnectError>"""
STILL = """<ComponentStream component="Device" name="d" componentId="d1"><Events>
<Availability dataItemId="avail" timestamp="{at}" sequence="1">AVAILABLE</Availability></Events></ComponentStream>
<ComponentStream component="Path" name="path" componentId="p"><Samples>
<AmperageTimeSeries dataItemId="wave" timestamp="{at}" sequence="2" sampleCount="3" sampleRate="10">1.5 2.5 3.5
</AmperageTimeSeries></Samples><Events>
<Execution dataItemId="exec" timestamp="{at}" sequence="3">ACTIVE</Execution>
<Program dataItemId="prog" timestamp="{at}" sequence="4">0012</Program>
<PartCount dataItemId="count" timestamp="{at}" sequence="5">42</PartCount></Events></ComponentStream>
<ComponentStream component="Linear" name="X" componentId="x1"><Samples>
<Position dataItemId="xc" timestamp="{at}" sequence="6" subType="COMMANDED">UNAVAILABLE</Position></Samples>
<Condition><Fault dataItemId="xs" timestamp="{at}" sequence="7" type="SYSTEM">E-17</Fault></Condition>
</ComponentStream>"""
LATHE = """<ComponentStream component="Device" name="l" componentId="d2"><Samples>
<Temperature dataItemId="t2" timestamp="{at}" sequence="8">UNAVAILABLE</Temperature></Samples>
<Events><Availability dataItemId="avail2" timestamp="{at}" sequence="9">UNAVAILABLE</Availability></Events>
</ComponentStream>"""
VALUE = '<Position dataItemId="x" timestamp="{at}" sequence="{k}">{k}</Position>'
LINEAR = """<ComponentStream component="Linear" name="X" componentId="x1"><Samples>{held}</Samples>
</ComponentStream>"""
FIRST = 10
"""Sequence of the first value of 'x'; below it are those that never change."""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<MTConnectStreams>&d;</MTConnectStreams>"""


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Agent(BaseHTTPRequestHandler):
    """Answers GET; the k-th value of 'x' becomes known k / rate seconds after the start."""

    protocol_version = "HTTP/1.1"
    order: ClassVar[dict[str, Any]]
    began: ClassVar[float]
    requests: ClassVar[int] = 0
    lock: ClassVar[threading.Lock] = threading.Lock()

    def log_message(self, *_: object) -> None: ...

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(60)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        self._note()
        self.send_error(405)

    do_PUT = do_DELETE = do_HEAD = do_POST

    def do_GET(self) -> None:
        self._note()
        fault = self.order["fault"] if Agent.requests > self.order["after"] else None
        if fault is None or fault in ("restart", "unavailable"):
            self._answer(fault)
        else:
            getattr(self, f"_{fault}")()

    def _note(self) -> None:
        with Agent.lock:
            Agent.requests += 1
            with Path(self.order["log"]).open("a", encoding="utf-8") as log:
                log.write(f"{self.requestline}\n")

    def _answer(self, fault: str | None) -> None:
        parts = urlsplit(self.path)
        instance = 2 if fault == "restart" else 1
        told = {
            "header": f'creationTime="{stamp(time.time())}" sender="test" instanceId="{instance}" version="1.5"',
            "buffer": self.order["buffer"],
        }
        if parts.path == "/probe":
            return self._send(200, DEVICES.format(**told))
        if parts.path not in ("/current", "/sample"):
            return self._send(404, ERROR.format(**told, code="UNSUPPORTED", text="no such path"))
        last = FIRST + int((time.time() - Agent.began) * self.order["rate"])
        first = max(1, last - self.order["buffer"] + 1)
        if parts.path == "/current":
            gone = fault == "unavailable"
            mill = "" if gone else STILL.format(at=stamp(Agent.began)) + self._values(last, last)
            lathe = LATHE.format(at=stamp(Agent.began))
            told |= {"first": first, "last": last, "next": last + 1, "mill": mill, "lathe": lathe}
            return self._send(200, STREAMS.format(**told))
        query = parse_qs(parts.query)
        start, count = int(query["from"][0]), int(query["count"][0])
        if not first <= start <= last + 1:
            return self._send(404, ERROR.format(**told, code="OUT_OF_RANGE", text=f"from must be above {first}"))
        end = min(last, start + count - 1)
        mill = self._values(start, end) if end >= start else ""
        told |= {"first": first, "last": last, "next": end + 1, "mill": mill, "lathe": ""}
        return self._send(200, STREAMS.format(**told))

    def _values(self, start: int, end: int) -> str:
        rate = self.order["rate"]
        held = "".join(
            VALUE.format(at=stamp(Agent.began + (k - FIRST) / rate), k=k)
            for k in range(max(FIRST, start), end + 1)
        )
        return LINEAR.format(held=held)

    def _send(self, status: int, text: str, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    # Faults

    def _silent(self) -> None:
        time.sleep(30)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b"<")
            time.sleep(0.2)

    def _truncated(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b"<?xml version='1.0'?><MTConnectStreams><Header ")
        self.close_connection = True

    def _closed(self) -> None:
        self.close_connection = True

    def _garbage(self) -> None:
        self._send(200, "<html><body>It works!</body></html>")

    def _binary(self) -> None:
        self.wfile.write(bytes(range(256)) * 4)
        self.close_connection = True

    def _broken(self) -> None:
        self._send(200, "<MTConnectStreams><Header></MTConnectStreams>")

    def _deep(self) -> None:
        self._send(200, "<MTConnectStreams>" + "<a>" * 5000 + "</a>" * 5000 + "</MTConnectStreams>")

    def _bomb(self) -> None:
        self._send(200, BOMB.decode())

    def _redirect(self) -> None:
        self._send(302, "", Location=self.order["elsewhere"])

    def _packed(self) -> None:
        self._send(200, "x", Content_Encoding="gzip")

    def _huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(b"<MTConnectStreams>")
        for _ in range(40_000):  # 40 MB, where the client lets it
            self.wfile.write(b" " * 1000)

    def _fat(self) -> None:
        """Values that take more room than a client grants, however few it asks for."""
        if self.path.startswith("/sample"):
            self._send(200, "<MTConnectStreams>" + " " * 150_000 + "</MTConnectStreams>")
        else:
            self._answer(None)

    def _error(self) -> None:
        told = {"header": 'instanceId="1"', "buffer": 8}
        self._send(500, ERROR.format(**told, code="INTERNAL_ERROR", text="sorry"))


def main() -> None:
    Agent.order = {"fault": None, "rate": 20, "buffer": 1000, "after": 0} | json.loads(sys.stdin.readline())
    Agent.began = time.time()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"address": f"http://127.0.0.1:{server.server_address[1]}"}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
