"""Servers of other makers with one small map: `modbus_makers.py pymodbustcp|umodbus`; ends when its input closes.

Coil n is on where n is even, discrete input n where it is divisible by three; holding register n holds n, input
register n holds 1000 + n; addresses 0 to 49. pyModbusTCP speaks TCP; uModbus speaks RTU on one of two
pseudo-terminals that are joined by a pump. Prints its address once it answers.
"""

import json
import os
import sys
import threading
import tty

import serial
from pyModbusTCP.server import DataBank, ModbusServer
from umodbus.server.serial import get_server
from umodbus.server.serial.rtu import RTUServer

PLACES = range(50)
HELD = {1: lambda n: int(n % 2 == 0), 2: lambda n: int(n % 3 == 0), 3: lambda n: n, 4: lambda n: 1000 + n}


def ready(address: str) -> None:
    sys.stdout.write(json.dumps({"address": address}) + "\n")
    sys.stdout.flush()


def pymodbustcp() -> None:
    bank = DataBank(coils_size=60, d_inputs_size=60, h_regs_size=60, i_regs_size=60)
    bank.set_coils(0, [bool(HELD[1](n)) for n in PLACES])
    bank.set_discrete_inputs(0, [bool(HELD[2](n)) for n in PLACES])
    bank.set_holding_registers(0, [HELD[3](n) for n in PLACES])
    bank.set_input_registers(0, [HELD[4](n) for n in PLACES])
    server = ModbusServer(host="127.0.0.1", port=0, no_block=True, data_bank=bank)
    server.start()
    ready(f"127.0.0.1:{server._service.server_address[1]}")
    sys.stdin.read()
    server.stop()


def pump(source: int, sink: int) -> None:
    while data := os.read(source, 300):
        os.write(sink, data)


def umodbus() -> None:
    (ours, station), (theirs, line) = os.openpty(), os.openpty()
    for end in (ours, station, theirs, line):
        tty.setraw(end)
    for source, sink in ((ours, theirs), (theirs, ours)):
        threading.Thread(target=pump, args=(source, sink), daemon=True).start()
    port = serial.Serial(os.ttyname(station), baudrate=115200, timeout=0.02)
    app = get_server(RTUServer, port)
    for code, value in HELD.items():
        app.route(slave_ids=[1], function_codes=[code], addresses=list(PLACES))(
            lambda value=value, **asked: value(asked["address"])
        )
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ready(os.ttyname(line))
    while not ended.is_set():
        try:
            app.serve_once()
        except Exception:  # nothing came within the port's time-out, or what it does not know
            continue


if __name__ == "__main__":
    {"pymodbustcp": pymodbustcp, "umodbus": umodbus}[sys.argv[1]]()
