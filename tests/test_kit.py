"""The kit for a laptop without network: complete for Windows, whole, and able to say when it is not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.preview import preview
from connectors.scope import load_scope
from scripts import kit
from tests.conftest import need

PYTHON = "3.12"
LOCK = """\
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:aa
    # via typer
jeepney==0.9.0 ; sys_platform == 'linux' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
new==1.0 ; python_full_version >= '3.13' \\
    --hash=sha256:dd
rich==1.2
"""


def test_markers_are_judged_for_windows_and_not_for_this_machine() -> None:
    assert list(kit.locked(LOCK, "3.12")) == ["colorama==0.4.6 --hash=sha256:aa", "rich==1.2"]
    assert "new==1.0 --hash=sha256:dd" in list(kit.locked(LOCK, "3.13"))
    real = list(kit.locked((kit.ROOT / "requirements.lock").read_text("utf-8"), PYTHON))
    assert len(real) > 30 and all("--hash=sha256:" in line and " ; " not in line for line in real)
    names = {line.partition("==")[0] for line in real}
    assert "colorama" in names and "secretstorage" not in names


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit for one version of Python."""
    need("python3")
    folder = tmp_path_factory.mktemp("kit") / "kit"
    try:
        kit.build(folder, [PYTHON])
    except subprocess.CalledProcessError as problem:
        if "download" in problem.cmd:
            pytest.skip("NOT TESTED: the packages for Windows could not be fetched here")
        raise
    return folder


@pytest.mark.slow
def test_every_wheel_fits_windows_and_none_is_missing(built: Path, tmp_path: Path) -> None:
    wheels = sorted(file.name for file in (built / "wheels").iterdir())
    assert all(re.search(r"-(win_amd64|any)\.whl$", name) for name in wheels), wheels
    assert sum(name.startswith("plant_assessor-") for name in wheels) == 1
    kit.complete(built, PYTHON)
    (built / "wheels" / next(name for name in wheels if name.startswith("colorama"))).rename(tmp_path / "gone.whl")
    try:
        with pytest.raises(subprocess.CalledProcessError):
            kit.complete(built, PYTHON)
    finally:
        (tmp_path / "gone.whl").rename(
            built / "wheels" / next(name for name in wheels if name.startswith("colorama"))
        )


@pytest.mark.slow
def test_the_folder_says_when_a_file_was_lost_or_damaged(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "工具包 on a stick"
    shutil.copytree(built, copy)

    def checked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, copy / "check.py"], capture_output=True, text=True, check=False, timeout=60
        )

    assert checked().returncode == 0, checked().stdout
    (copy / "commands.txt").write_bytes(b"x")
    (copy / "start.cmd").unlink()
    said = checked()
    assert said.returncode == 1 and "commands.txt" in said.stdout and "start.cmd" in said.stdout


@pytest.mark.slow
def test_the_start_script_is_one_that_an_old_terminal_reads(built: Path) -> None:
    script = (built / "start.cmd").read_bytes()
    assert script.isascii(), "a batch file in another encoding is misread"
    assert script.count(b"\n") == script.count(b"\r\n")
    text = script.decode()
    assert "--no-index" in text and "--require-hashes" in text and "powershell" not in text.lower()
    assert "@" not in text.replace("@echo off", ""), "every gap is filled"
    for name in ("HERE", "VENV", "WORK"):
        uses = re.findall(rf"(.)?%{name}%[^\"\s]*(.)?", text)
        assert uses and all(before == '"' or '"' in text for before, _ in uses)
    for line in text.splitlines():
        assert line.count('"') % 2 == 0, line
        for use in re.finditer(r"%(HERE|VENV|WORK|LOCALAPPDATA|USERPROFILE)%", line):
            assert line[: use.start()].count('"') % 2 == 1, f"a path with a space breaks: {line}"
    for name in re.findall(r"%HERE%([\w.-]+)", text):
        assert (built / name).exists(), name


@pytest.mark.slow
def test_manual_and_texts_are_there_and_lead_nowhere_outside(built: Path) -> None:
    pages = {file.name: file.read_text("utf-8") for file in (built / "manual").iterdir()}
    assert {"for-the-plant.html", "for-the-plant.zh.html", "the-day.html", "first-plant.html"} <= set(pages)
    for name, text in pages.items():
        assert "http" not in text.replace("http-equiv", ""), name
        for link in re.findall(r'href="([^"#]+)"', text):
            assert link in pages, f"{name} links to {link}"
    for file in built.rglob("*"):
        if file.suffix in (".txt", ".cmd", ".html", ".yaml", ".py"):
            assert "://" not in file.read_text("utf-8").replace("opc.tcp://", ""), f"{file} names an address"


def test_the_template_of_a_scope_is_one(tmp_path: Path) -> None:
    scope = load_scope(kit.PARTS / "scope-template.yaml")
    assert scope.window is not None and scope.precheck_window is not None
    assert preview(scope, 600).requests > 0
