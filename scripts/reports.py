"""Render one Assessment as every paper, in all formats and languages: `python scripts/reports.py FILE FOLDER`."""

import sys
from pathlib import Path

from assessor import run
from assessor.messages import LANGUAGES
from assessor.report.formats import FORMATS, WRITERS
from assessor.report.papers import PAPERS


def main(assessment: Path, folder: Path) -> None:
    """What an earlier call made gives way; nothing else in the folder is touched."""
    done = run.load_assessment(assessment)
    for language in LANGUAGES:
        for paper in PAPERS:
            for suffix in FORMATS if paper == "report" else WRITERS:
                file = folder / f"{paper}.{language}{suffix}"
                file.unlink(missing_ok=True)
                run.write_report(done, file, language, paper=paper)
                sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
