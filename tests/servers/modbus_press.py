"""A pyModbusTCP server with the registers of `demo-press`; prints its address, ends when its input closes."""

import json
import random
import struct
import sys
import threading

from pyModbusTCP.server import DataBank, ModbusServer


def main() -> None:
    bank = DataBank(h_regs_default_value=0)
    server = ModbusServer(host="127.0.0.1", port=0, no_block=True, data_bank=bank)
    server.start()
    # with port 0 the library keeps 0; the bound socket knows better
    port = server._service.server_address[1]
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    seeded, strokes = random.Random(1), 4200
    sys.stdout.write(json.dumps({"address": f"127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    while not ended.wait(0.3):
        strokes += 1
        force = struct.unpack(">HH", struct.pack(">f", 250 + seeded.gauss(0, 5)))
        registers = [2, *divmod(strokes, 65536), *force, int(410 + seeded.gauss(0, 3))]
        bank.set_holding_registers(100, registers)
    server.stop()


if __name__ == "__main__":
    main()
