"""The process of a run: `python -m assessor.visit FOLDER`; begun by `assessor.visit.apart`."""

import sys
from pathlib import Path

from assessor.visit.apart import main

main(Path(sys.argv[1]))
