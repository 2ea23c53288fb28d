"""What LibreOffice makes of a Word file: a PDF of it, and the file saved again."""

import subprocess
from pathlib import Path

from pylopdf_fonts_zh_cn import sans_path

from tests.conftest import need

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir>
{aliases}</fontconfig>"""
ALIAS = '<alias binding="same"><family>{}</family><prefer><family>Noto Sans SC</family></prefer></alias>'
"""The fonts that our styles name belong to Windows: here the one that travels with us stands for them."""


def converted(file: Path, kind: str, folder: Path) -> Path:
    """The file in another format, as LibreOffice writes it into a folder of its own."""
    office = need("soffice")
    folder.mkdir(parents=True, exist_ok=True)
    aliases = "".join(ALIAS.format(name) for name in ("Arial", "微软雅黑"))
    settings = FONTS.format(fonts=Path(sans_path()).parent, cache=folder / "cache", aliases=aliases)
    (folder / "fonts.conf").write_text(settings, "utf-8")
    done = subprocess.run(
        [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
         "--convert-to", kind, "--outdir", str(folder), str(file)],
        capture_output=True, timeout=180, check=True, env={"FONTCONFIG_FILE": str(folder / "fonts.conf"),
                                                            "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
    made = folder / f"{file.stem}.{kind}"
    assert made.is_file(), done.stderr
    return made


def told(program: str, *arguments: str | Path) -> str:
    """What a program of poppler prints."""
    return subprocess.run(
        [need(program), *map(str, arguments)], capture_output=True, check=True, timeout=120, text=True
    ).stdout


def pictures(pdf: Path, folder: Path, fine: int = 40) -> list[tuple[int, int, bytes]]:
    """Its pages as grey pictures: width, height, a byte a point."""
    told("pdftoppm", "-r", str(fine), "-gray", pdf, folder / "page")
    pages = []
    for file in sorted(folder.glob("page-*.pgm")):
        data = file.read_bytes()
        _, wide, high, _ = data.split(None, 4)[:4]
        pages.append((int(wide), int(high), data[-int(wide) * int(high) :]))
    return pages
