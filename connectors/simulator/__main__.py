"""python -m connectors.simulator PLANT.yaml [--seconds N]"""

import argparse
import sys
import tempfile
from pathlib import Path

from assessor.errors import AssessorError
from assessor.messages import render
from connectors.simulator.serve import serve

parser = argparse.ArgumentParser(prog="python -m connectors.simulator", description="Serve a simulated plant.")
parser.add_argument("plant", type=Path)
parser.add_argument("--seconds", type=float)
arguments = parser.parse_args()
try:
    with tempfile.TemporaryDirectory(prefix="simulated-") as folder:
        serve(
            arguments.plant,
            Path(folder),
            announce=lambda line: print(line, flush=True),  # noqa: T201
            seconds=arguments.seconds,
        )
except AssessorError as problem:
    sys.stderr.write(f"{problem.place or ''} {render(problem.message, 'en')}\n")
    sys.exit(problem.exit_code)
