"""A process that hands rows to a working folder for ever and prints how many are acknowledged."""

import sys
import time
from pathlib import Path

from assessor.bundle import create
from tests.test_bundle import SCOPE, SCOPE_BYTES, row


def main() -> None:
    folder = create(Path(sys.argv[1]), SCOPE_BYTES, SCOPE)
    n = 0
    while True:
        folder.samples([row(n + i, time.time_ns()) for i in range(50)])
        n += 50
        folder.flush()
        sys.stdout.write(f"{n}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
