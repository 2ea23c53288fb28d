"""Is this folder whole? Compares every file with SHA256SUMS; needs nothing but Python."""

import hashlib
import sys
from pathlib import Path


def main() -> int:
    """0 where every file is what was built; else each one that is not is named."""
    here = Path(__file__).resolve().parent
    wrong = []
    for line in (here / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        file = here / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            wrong.append(name)
    for name in wrong:
        sys.stdout.write(f"文件缺失或损坏 / missing or damaged: {name}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
