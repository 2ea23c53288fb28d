"""The wheel works without the checkout: in an empty environment, from an empty folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = ROOT / ".venv/bin/uv"


def ran(*command: str | Path, cwd: Path, home: Path | None = None) -> str:
    """Run a program with nothing of the checkout in its environment; what it says on stdout."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "ASSESSOR"))}
    given = {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en"} if home else {}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=inherited | given,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`assessor`, installed from the wheel together with the locked packages and nothing else."""
    if not UV.exists():
        pytest.skip("NOT TESTED: uv is not in .venv (run: make test)")
    folder = tmp_path_factory.mktemp("wheel")
    ran(UV, "build", "--wheel", "--no-build-isolation", "--quiet", "--python", sys.executable,
        "--out-dir", folder, ROOT, cwd=folder)  # fmt: skip
    [wheel] = folder.glob("*.whl")
    ran(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv/bin/python"
    locked = ("--require-hashes", "-r", ROOT / "requirements.lock")
    ran(UV, "pip", "install", "--quiet", "--python", python, *locked, cwd=folder)
    ran(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", "--offline", wheel, cwd=folder)
    return folder / "venv/bin/assessor"


@pytest.mark.slow
def test_the_library_came_along(program: Path, tmp_path: Path, home: Path) -> None:
    assert json.loads(ran(program, "frameworks", "check", "--json", cwd=tmp_path, home=home))["questions"] > 100
    where = "import assessor, connectors, models, questionnaires as q; print(assessor.__file__, q.__path__)"
    said = ran(program.parent / "python", "-c", where, cwd=tmp_path)
    assert str(ROOT) not in said, "what ran is the wheel, not the checkout"


@pytest.mark.slow
@pytest.mark.wire
def test_the_demo_runs_from_the_wheel(program: Path, tmp_path: Path, home: Path) -> None:
    done = json.loads(ran(program, "demo", "--seconds", "10", "--json", cwd=tmp_path, home=home))
    out = tmp_path / "demo-output"
    assert done == json.loads((out / "assessment.json").read_text("utf-8"))
    assert done["plant"]["simulated"] is True and done["findings"]
    assert sum(s["readable"] == "met" for s in done["sights"]) > 10
    assert "<html" in (out / "report.html").read_text("utf-8")[:500]
    assert [f.name for f in tmp_path.iterdir()] == ["demo-output"], "nothing else is left behind"
    verified = ran(program, "verify", out / "filing.zip", "--sealed", out / "sealed.zip", "--json",
                   cwd=tmp_path, home=home)  # fmt: skip
    assert json.loads(verified)["holds"] is True
