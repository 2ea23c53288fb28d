"""Render one Assessment in every format and both languages: `python scripts/reports.py FILE FOLDER`."""

import sys
from pathlib import Path

from assessor import run
from assessor.messages import LANGUAGES
from assessor.report.formats import FORMATS


def main(assessment: Path, folder: Path) -> None:
    """What an earlier call made gives way; nothing else in the folder is touched."""
    done = run.load_assessment(assessment)
    for language in LANGUAGES:
        for suffix in FORMATS:
            file = folder / f"report.{language}{suffix}"
            file.unlink(missing_ok=True)
            run.write_report(done, file, language)
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
