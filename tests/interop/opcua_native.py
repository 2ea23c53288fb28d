"""An OPC UA server on a native stack (the package o6), with the values of `values.TYPED`; plant simulated.

Proprietary, ten minutes a run without a licence: for tests only. Prints its address as one line of JSON once
it accepts connections; ends when its standard input closes. An argument is the number of plain variables to
serve besides, for measuring; each changes every second.
"""

import json
import sys
import threading

import o6

from tests.interop.values import TYPED
from tests.servers.opcua_small import free_port

KINDS = {
    "Boolean": o6.Boolean, "Int16": o6.Int16, "UInt16": o6.UInt16, "Int32": o6.Int32, "UInt32": o6.UInt32,
    "Int64": o6.Int64, "UInt64": o6.UInt64, "Float": o6.Float, "Double": o6.Double, "String": o6.String,
}  # fmt: skip


def main(more: int) -> None:
    port, ended = free_port(), threading.Event()  # a number: 0 means the library's own default
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with o6.Server(port=port) as server:
        press = server.addObject("Press", server.objectsNode)
        for name, value in TYPED.items():
            server.addVariable(name, press, KINDS[name](value), writable=False)
        turns = server.addVariable("Turns", press, o6.UInt32(0))
        line = server.addObject("Line", server.objectsNode) if more else None
        many = [server.addVariable(f"V{i:05d}", line, o6.Double(i), writable=False) for i in range(more)]
        sys.stdout.write(json.dumps({"address": f"opc.tcp://127.0.0.1:{port}/"}) + "\n")
        sys.stdout.flush()
        turn = 0
        while not ended.wait(1.0 if more else 0.2):
            turn += 1
            turns(o6.UInt32(7 * turn))
            for i, variable in enumerate(many):
                variable(o6.Double(i + turn / 1000))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 0)
