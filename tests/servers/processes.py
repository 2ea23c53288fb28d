"""Servers in processes of their own: the one way to start them, wait for them, and end them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@contextmanager
def serving(
    command: list[str], cwd: Path | None = None, first_line: str | None = None, **environment: str
) -> Iterator[dict[str, Any]]:
    """Run a server that prints a line of JSON once it accepts connections; end it, and only it, afterwards."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | environment,
    )
    try:
        assert process.stdout is not None and process.stdin is not None
        if first_line is not None:
            process.stdin.write(first_line + "\n")
            process.stdin.flush()
        line = next((line for line in process.stdout if line.startswith("{")), None)
        assert line, f"{command} ended before it was ready"
        yield json.loads(line)
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
        if process.stdout:
            process.stdout.close()


def assessor(
    *arguments: str | Path, home: Path, expect: int = 0, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own and hold its exit code against what is expected."""
    done = subprocess.run(
        [sys.executable, "-m", "assessor", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=os.environ | {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en", "COLUMNS": "110"},
    )
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done
