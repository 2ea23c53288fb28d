"""On a machine that lacks something, the first line printed is the command that installs it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAKE = """#!/bin/sh
case "$2" in
  *version_info\\ *) exit 0 ;;
  *print*) echo 3.12 ;;
  *) exit 1 ;;
esac
"""


def bootstrap(tmp_path: Path, python: str | None) -> subprocess.CompletedProcess[str]:
    """Run the script in a copy of the checkout's scripts, on a path that holds little else."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/bootstrap.sh", tmp_path / "scripts")
    path = tmp_path / "bin"
    path.mkdir()
    for tool in ("sh", "dirname", "cmp", "rm", "cp"):
        (path / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    if python:
        (path / "python3").write_text(python)
        (path / "python3").chmod(0o755)
    command = ["/bin/sh", "scripts/bootstrap.sh", "requirements.lock"]
    return subprocess.run(
        command, cwd=tmp_path, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def test_without_python(tmp_path: Path) -> None:
    done = bootstrap(tmp_path, None)
    assert done.returncode == 2
    assert done.stdout.splitlines()[0] == "sudo apt-get install -y python3 python3-venv"


def test_without_the_venv_package(tmp_path: Path) -> None:
    done = bootstrap(tmp_path, FAKE)
    assert done.returncode == 2
    assert done.stdout.splitlines()[0] == "sudo apt-get install -y python3.12-venv"


def test_no_lock_file_names_an_address() -> None:
    for lock in [*ROOT.glob("requirements*.lock"), ROOT / "tests/interop/package-lock.json"]:
        assert "://" not in lock.read_text("utf-8"), lock
    for lock in ROOT.glob("requirements*.lock"):
        pins = [line for line in lock.read_text("utf-8").splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in pin for pin in pins), f"{lock.name}: every package is pinned"
        assert "--hash=sha256:" in lock.read_text("utf-8")
