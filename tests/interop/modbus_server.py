"""A Modbus TCP server on one of two Python packages: `modbus_server.py pyModbusTCP|umodbus h100=2 i10=3 m110`.

Of both, registers that are not named do not exist as far as the package allows; m110 counts in sevens.
Prints its address as one line of JSON once it listens; ends when its standard input closes. Simulated.
"""

import importlib.metadata
import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from socketserver import ThreadingTCPServer

Held = Mapping[str, int]


def sevens() -> int:
    """What the moving register holds just now."""
    return 7 * (int(time.time() * 5) % 9000)


def pymodbustcp(held: Held, moving: Held) -> tuple[int, Callable[[], None]]:
    """Holding and input registers in its data bank, which holds zeros for all others."""
    from pyModbusTCP.server import DataBank, ModbusServer  # noqa: PLC0415

    bank = DataBank()
    for place, word in held.items():
        put = bank.set_holding_registers if place[0] == "h" else bank.set_input_registers
        put(int(place[1:]), [word])

    def move() -> None:
        for place in moving:
            bank.set_holding_registers(int(place[1:]), [sevens()])

    server = ModbusServer(host="127.0.0.1", port=0, no_block=True, data_bank=bank)
    server.start()
    return server._service.server_address[1], move  # with port 0 the library keeps 0; its socket knows better


def umodbus(held: Held, moving: Held) -> tuple[int, Callable[[], None]]:
    """A route for each table of unit 1."""
    from umodbus import conf  # noqa: PLC0415
    from umodbus.server.tcp import RequestHandler, get_server  # noqa: PLC0415

    conf.SIGNED_VALUES = False
    ThreadingTCPServer.daemon_threads = True
    server = get_server(ThreadingTCPServer, ("127.0.0.1", 0), RequestHandler)
    for table, function in (("h", 3), ("i", 4)):
        places = [int(place[1:]) for place in held if place[0] == table]

        @server.route(slave_ids=[1], function_codes=[function], addresses=places)
        def word(slave_id: int, function_code: int, address: int) -> int:
            place = f"{'h' if function_code == 3 else 'i'}{address}"
            return sevens() if place in moving else held[place]

    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1], lambda: None


def main(package: str, given: list[str]) -> None:
    held = {place: int(word) for place, _, word in (g.partition("=") for g in given) if word}
    moving = {f"h{g[1:]}": 0 for g in given if g[0] == "m"}
    port, move = {"pyModbusTCP": pymodbustcp, "umodbus": umodbus}[package](held, moving)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    version = importlib.metadata.version(package)
    sys.stdout.write(json.dumps({"address": f"127.0.0.1:{port}", "version": version}) + "\n")
    sys.stdout.flush()
    while not ended.wait(0.2):
        move()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
