"""A live run against a native OPC UA server: rows, seconds, MB. `python -m benchmarks.live --seconds 490`.

The whole way a user goes: walked, described, sampled, sealed, in a process of its own whose peak memory the
system tells, at the end. The server (`tests.interop.opcua_native`) changes each of its variables every second;
without a licence it ends after ten minutes, so that start, walk and sampling together have to be shorter.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.folder import SCOPE, peak
from tests.servers.processes import serving

LIMITS = """
limits: {request_gap: 0.02, max_nodes_per_call: 1000, browse_nodes: 60000, browse_seconds: 120, timeout: 10,
  slowdown_factor: 100}
"""
"""What a plant has to agree to before fifty thousand variables can be read at 1 Hz."""
ADDRESS = "opc.tcp://127.0.0.1:4840"


def measured(place: Path, tags: int, seconds: int) -> dict[str, float]:
    """Serve, sample, seal; what became of it."""
    native = [sys.executable, "-m", "tests.interop.opcua_native", str(tags)]
    scope, out = place / "scope.yaml", place / "sealed.zip"
    begun = time.perf_counter()
    with serving(native) as told:
        scope.write_text(SCOPE.replace(ADDRESS, told["address"]) + LIMITS, "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.live", "--sample", str(scope), str(out), str(seconds)],
            stdout=subprocess.PIPE,
            check=True,
            env=os.environ | {"ASSESSOR_HOME": str(place / "home")},
        )
    return json.loads(done.stdout) | _seen(out) | {"seconds": time.perf_counter() - begun}


def _sampled(scope: str, out: str, seconds: str) -> dict[str, float]:
    """In a process that does nothing else: what it takes is what a user's run takes."""
    from assessor.cli import main  # noqa: PLC0415 - the measuring process has no need of it

    with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
        main(["sample", scope, "-o", out, "--seconds", seconds])
    return {"peak_mb": peak()}


def _seen(out: Path) -> dict[str, float]:
    from assessor.bundle import open_bundle  # noqa: PLC0415 - not for the process that samples

    bundle = open_bundle(out)
    (seen,), rows = bundle.observations(), bundle.samples()
    assert seen.sampling is not None
    times = pc.min_max(rows["receive"]).as_py()
    return {
        "tags": len(seen.tags),
        "with_rows": len(rows["tag"].unique()),
        "rows": rows.num_rows,
        "subscribed": seen.sampling.subscribed,
        "polled": seen.sampling.polled,
        "sampled_seconds": (times["max"] - times["min"]) / 1e9,
        "sealed_mb": out.stat().st_size / 1e6,
    }


def main() -> None:
    """Measure, or be the process that is measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tags", type=int, default=50_000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--sample", nargs=3, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.sample:
        found = _sampled(*given.sample)
    else:
        with tempfile.TemporaryDirectory() as place:
            found = measured(Path(place), given.tags, given.seconds)
    sys.stdout.write(json.dumps({key: round(value, 2) for key, value in found.items()}) + "\n")


if __name__ == "__main__":
    main()
