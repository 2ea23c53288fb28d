"""Files made to do harm, and damaged ones: what tests hand in."""

import io
import struct
import zipfile
from collections.abc import Iterator

import openpyxl

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
PAGE = b"<!doctype html><script>alert(1)</script>"
REGISTER = "设备编号,设备名称,类别,接口,控制系统\nCNC01,数控车床,生产设备,OPC UA,FANUC\n".encode()
EXPORT = ("时间,CNC01.功率(kW)\n" + "".join(f"2026-11-24 08:{m:02d}:00,{m % 7}\n" for m in range(60))).encode()


def sheet() -> bytes:
    """A register as Excel has it, sound."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for line in REGISTER.decode().splitlines():
        book.active.append(line.split(","))
    book.save(out)
    book.close()
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """The register with one part of its workbook replaced."""
    with zipfile.ZipFile(io.BytesIO(sheet())) as archive:
        members = {m: archive.read(m) for m in archive.namelist()}
    return zipped(members | {name: data})


def claiming(data: bytes, size: int) -> bytes:
    """A zip whose directory says that every member unpacks to so many bytes."""
    out, at = bytearray(data), data.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 24 : at + 28] = struct.pack("<I", size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def laughs(root: str) -> bytes:
    """XML whose entities unfold to a thousand million words."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><{root}>&l9;</{root}>'.encode()


OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
BOMBS = {
    "claims much": claiming(zipped({"a": b"0" * 1000}), 600_000_000),
    "many members": zipped({f"m{n}": b"" for n in range(10_001)}),
    "says less than it is": claiming(with_part("xl/worksheets/sheet1.xml", b"0" * 30_000_000), 10),
    "a sheet of zeros": with_part("xl/worksheets/sheet1.xml", b"0" * 60_000_000),
    "a zip of zips": zipped({"xl/workbook.xml": zipped({"a": b"0" * 30_000_000})}),
    "up and out": zipped({"../../etc/passwd": b"x"}),
    "from the root": zipped({"/etc/passwd": b"x"}),
    "windows": zipped({"..\\..\\x": b"x", "xl/workbook.xml": b"x"}),
    "laughs in texts": with_part("xl/sharedStrings.xml", laughs("sst")),
    "laughs in the sheet": with_part("xl/worksheets/sheet1.xml", laughs("worksheet")),
    "laughs in the workbook": with_part("xl/workbook.xml", laughs("workbook")),
    "a file of ours": with_part("xl/worksheets/sheet1.xml", OUTSIDE),
    "an empty workbook": zipped({"xl/workbook.xml": b""}),
    "word that is none": zipped({"word/document.xml": b"\x00" * 100}),
    "only a head": b"PK\x03\x04",
    "an empty zip": b"PK\x05\x06" + b"\x00" * 18,
    "binary csv": b"a,b\n\x00\x01\x02\xff\xfe,\n" * 50,
    "no letters": bytes(range(256)) * 4,
    "utf-16 halves": b"\xff\xfe\x00\xd8",
    "one sign": b",",
    "lines without end": b"a," * 200_000,
    "quotes without end": b'"' + b"a,\n" * 100_000,
}
POLYGLOTS = {
    "png and page": PIXEL + PAGE,
    "pdf and page": b"%PDF-1.7\n" + PAGE,
    "jpeg and page": b"\xff\xd8\xff\xe0" + PAGE,
    "webp and page": b"RIFF\x00\x00\x00\x00WEBP" + PAGE,
    "page": PAGE,
    "page behind a mark": b"\xef\xbb\xbf" + PAGE,
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "script": b"alert(1)",
}
NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\system32\\x.txt", "a" * 300 + ".txt", "a\x00b.txt",
    "a\r\nset-cookie: x=1.txt",
    "\u202egpj.exe", "页.html", "page.html", "page.svg", "'; drop table files; --", '"><script>alert(1)</script>',
    ".", "..", "…", "\ufeff", "con", "a/b/", "%2e%2e%2f", "é" * 200, "\U0001f3ed.txt",
)  # fmt: skip


def cut(data: bytes) -> Iterator[bytes]:
    """What is left where the line broke."""
    for n in (1, 4, 30, len(data) // 2, len(data) - 30, len(data) - 1):
        yield data[:n]
