"""Where things stand in a pack. The names are fixed; docs/how-to/filing.md lists them."""

import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

README, MANIFEST, SIGNATURE = "说明-readme.txt", "manifest.json", "manifest.sig"
ANSWERS = "1-填报数据-answers"
SETTLED = "2-已核实差异-settled-differences"
BUNDLE = "3-申报包-filing-bundle/filing.zip"
REPORTS = "4-诊断报告-reports"
FILED = f"{REPORTS}/诊断报告-filed-report.docx"
FORMS = "5-申报表-forms"
ATTACHMENTS = "6-附件-attachments"
CHECKLIST = "7-验收清单-checklist"
TEMPLATES = "8-模板-templates"
PROMISE = f"{TEMPLATES}/真实性承诺书-promise-of-truthfulness.docx"
FIXED = (
    README,
    PROMISE,
    f"{SETTLED}/settled-differences.xlsx",
    f"{SETTLED}/settled-differences.csv",
)
"""Members of every pack, beside its checklist."""
ANNEX = "内部附件-internal-annex"
LONGEST = 60
"""Characters of a name inside, so that every system can unpack it."""
REPORT_SUFFIXES = (".html", ".docx", ".pdf", ".xlsx")


def inside(name: str, taken: Collection[str] = ()) -> str:
    """A stranger's file name as one that every system takes, and that nothing else has."""
    plain = unicodedata.normalize("NFC", name)
    safe = "".join(c if c.isprintable() and c not in '\\/:*?"<>|' else "_" for c in plain).strip(" .") or "_"
    path = PurePosixPath(safe)
    suffix = path.suffix[:12]
    stem = safe[: len(safe) - len(path.suffix)][: LONGEST - len(suffix)] or "_"
    found, lower = stem + suffix, {other.lower() for other in taken}
    for i in range(2, len(lower) + 3):
        if found.lower() not in lower:
            break
        found = f"{stem[: LONGEST - 4 - len(suffix)]}~{i}{suffix}"
    return found
