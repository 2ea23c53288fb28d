"""Build the folder for a laptop without network: `make kit`. See docs/how-to/the-day.md.

Every package of requirements.lock as the wheel that Windows x64 takes, checked by hash; our own wheel; a start
script, the manual, a scope template and SHA256SUMS. Environment markers are judged for Windows here, because the
download runs on another system. The result is then resolved as a whole with no index.
"""

import argparse
import hashlib
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from markdown_it import MarkdownIt
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PARTS = Path(__file__).resolve().parent / "kit-files"
PYTHONS = ("3.11", "3.12", "3.13")
MANUAL = ("for-the-plant.zh", "for-the-plant", "the-day", "first-plant", "limits")
STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2422;"
    "font:16px/1.65 'Segoe UI','Microsoft YaHei',Arial,sans-serif}"
    "table{border-collapse:collapse;width:100%;font-size:.9em}"
    "td,th{text-align:left;vertical-align:top;border-bottom:1px solid #cfd5d2;padding:.3rem .8rem .3rem 0}"
    "code,pre{font-family:Consolas,monospace;font-size:.92em}pre{overflow-x:auto;background:#eef1ef;padding:.8rem}"
    "h1{line-height:1.25}@media print{body{margin:0;padding:0;max-width:none;font-size:8.6pt;line-height:1.36}"
    "h1{font-size:15pt;margin:0 0 4pt}h2{font-size:10.5pt;margin:7pt 0 2pt}"
    "p,ul{margin:2pt 0}td,th{padding:1pt 6pt 1pt 0}}"
    "@page{size:A4;margin:12mm 14mm}"
)


def ran(*command: str | Path) -> None:
    """Run a program; what it says goes to stderr, a failure ends the build."""
    subprocess.run(list(map(str, command)), check=True, stdout=sys.stderr)


def windows(python: str) -> dict[str, str]:
    """What environment markers are judged by on Windows x64."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "10",
        "platform_system": "Windows",
        "platform_version": "10.0",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "win32",
        "extra": "",
    }


def locked(lock: str, python: str) -> Iterator[str]:
    """The requirements of a lock file that hold on Windows: each with its hashes, without its marker."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        lines = [line for line in block.splitlines() if not line.strip().startswith("#")]
        if not lines or not lines[0].strip():
            continue
        wanted = Requirement(lines[0].rstrip("\\ "))
        if wanted.marker is None or wanted.marker.evaluate(windows(python)):
            hashes = [line.strip().rstrip("\\ ") for line in lines[1:] if line.strip()]
            yield " ".join([f"{wanted.name}{wanted.specifier}", *hashes])


def download(folder: Path, python: str) -> None:
    """The wheels that one version of Python takes on Windows x64, checked by hash."""
    with tempfile.TemporaryDirectory() as hidden:
        wanted = Path(hidden) / "windows.txt"
        wanted.write_text("\n".join(locked((ROOT / "requirements.lock").read_text("utf-8"), python)), "utf-8")
        ran(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp", "--python-version", python,
            "--require-hashes", "-r", wanted, "--dest", folder)  # fmt: skip


def own_wheel(folder: Path) -> Path:
    """Our own wheel, built from this checkout."""
    uv = Path(sys.executable).with_name("uv")
    ran(uv, "build", "--wheel", "--no-build-isolation", "--quiet", "--python", sys.executable,
        "--out-dir", folder, ROOT)  # fmt: skip
    (folder / ".gitignore").unlink(missing_ok=True)
    return next(folder.glob("plant_assessor-*.whl"))


def complete(folder: Path, python: str) -> None:
    """Resolve everything for Windows from the folder alone, as the laptop will; raises where something lacks."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as hidden:
        ran(uv, "pip", "install", "--quiet", "--dry-run", "--no-index", "--offline", "--no-cache", "--find-links",
            folder / "wheels", "--only-binary", ":all:", "--python-platform", "x86_64-pc-windows-msvc",
            "--python-version", python, "--target", hidden, "--require-hashes", "-r",
            folder / "requirements.txt")  # fmt: skip


def write_parts(folder: Path, pythons: Sequence[str]) -> None:
    """Start script, texts and template, with Windows line ends whatever git did to them."""
    fills = {"@VERSION@": version("plant-assessor"), "@PYTHONS@": " ".join(reversed(pythons))}
    for part in sorted(PARTS.iterdir()):
        if part.is_dir():
            continue
        text = part.read_text("utf-8")
        for gap, value in fills.items():
            text = text.replace(gap, value)
        ends = "\r\n" if part.suffix in (".cmd", ".txt", ".yaml") else "\n"
        (folder / part.name).write_bytes(text.replace("\r\n", "\n").replace("\n", ends).encode())


def write_manual(folder: Path) -> None:
    """The pages that are needed on the day, as HTML that opens without a network."""
    folder.mkdir()
    names = [name for name in MANUAL if (ROOT / f"docs/how-to/{name}.md").exists()]
    render = MarkdownIt("commonmark").enable("table")
    for name in names:
        text = (ROOT / f"docs/how-to/{name}.md").read_text("utf-8")
        text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", lambda m: _link(m[1], m[2], names), text)
        title, language = html.escape(text.splitlines()[0].lstrip("# ")), "zh" if name.endswith(".zh") else "en"
        page = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width, initial-scale=1"><title>{title}</title><style>{STYLE}</style>'
            f"<body>{render.render(text)}</body></html>\n"
        )
        (folder / f"{name}.html").write_text(page, "utf-8")


def _link(words: str, target: str, names: Sequence[str]) -> str:
    """A link to another page of the manual; the words alone where it leads out of it."""
    name = target.removesuffix(".md")
    return f"[{words}]({name}.html)" if name in names else words


def write_sums(folder: Path) -> None:
    """SHA256SUMS of every other file."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = (f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}\n" for f in files)
    (folder / "SHA256SUMS").write_bytes("".join(lines).encode())


def build(folder: Path, pythons: Sequence[str]) -> None:
    """The whole folder, or none: it takes its place only when it is complete."""
    making = folder.with_name(folder.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    (making / "wheels").mkdir(parents=True)
    for python in pythons:
        download(making / "wheels", python)
    wheel = own_wheel(making / "wheels")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    own = f"plant-assessor=={version('plant-assessor')} --hash=sha256:{digest}\n"
    (making / "requirements.txt").write_bytes((lock.rstrip() + "\n" + own).encode())
    for python in pythons:
        complete(making, python)
    write_parts(making, pythons)
    write_manual(making / "manual")
    write_sums(making)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(making, folder)  # noqa: PTH105 - a folder that takes another's place


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-o", "--output", type=Path, default=ROOT / "dist/kit-windows-x64")
    options.add_argument("--python", action="append", help="Python of the laptop; several may be given")
    given = options.parse_args()
    build(given.output, given.python or PYTHONS)
    size = sum(file.stat().st_size for file in given.output.rglob("*") if file.is_file())
    sys.stdout.write(f"{given.output} ({size // 1_000_000} MB)\n")


if __name__ == "__main__":
    main()
