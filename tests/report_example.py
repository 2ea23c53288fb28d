"""Assessments for tests of the report: the demo plant as it is assessed, and what could be otherwise."""

import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from assessor.domain import (
    Assessment,
    Cut,
    Measurement,
    Member,
    Message,
    Proof,
    Settlement,
    State,
    Text,
    Verdict,
)
from tests.golden import assessed

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "\u202eتقرير\u202c {braces} {0.__class__}",
    "W" * 300,
    "车" * 200,
    "]]></svg><style>*{display:none}</style>\x00\x07",
)


@cache
def example() -> Assessment:
    """Ten generated minutes of the demo plant, through every real stage."""
    with tempfile.TemporaryDirectory() as folder:
        return assessed(Path(folder))


def altered(change: Callable[[dict[str, Any]], None]) -> Assessment:
    """The example with some of its document changed, and validated again."""
    document = example().model_dump(mode="json")
    change(document)
    return Assessment.model_validate(document)


def six_verdicts() -> Assessment:
    """One unusable figure more, a settled difference, a cut, a truncated run, and a member that leaves."""
    a = example()
    settled = a.findings[0]
    settlement = Settlement(
        question=settled.question,
        value=Fraction(1, 2),
        reply="Line 2 was down that day",
        reason="seen again on site",
        proof=Proof(kind="photograph", title="Panel of line 2"),
        by="assessor",
        at="2026-01-02T09:00:00+08:00",
    )
    evidence = [
        e.model_copy(update={"verdict": Verdict.UNUSABLE, "low": None, "high": None})
        if e.question == "m5-l3-2"
        else e.model_copy(update={"settlement": settlement})
        if e.question == settled.question
        else e.model_copy(update={"verdict": Verdict.UNTESTED})
        if e.question == "r2-l2-1"
        else e
        for e in a.evidence
    ]
    measurements = [_unusable(m) if m.indicator == "frozen_tags" else m for m in a.measurements]
    return a.model_copy(
        update={
            "evidence": tuple(evidence),
            "findings": (settled.model_copy(update={"settled": True}), *a.findings[1:]),
            "measurements": tuple(measurements),
            "source": a.source.model_copy(update={"truncated": True}),
            "answers": a.answers.model_copy(update={"cuts": (Cut(dimension="m10", reason="no fleet"),)}),
            "members": (*a.members, Member(name="filing.json", sha256="0" * 64, bytes=1234567, leaves=True)),
        }
    )


def _unusable(m: Measurement) -> Measurement:
    return m.model_copy(update={"state": State.UNUSABLE, "value": None, "low": None, "high": None})


def hostile() -> Assessment:
    """Every name that comes from a plant's files made by somebody who means harm."""

    def change(document: dict[str, Any]) -> None:
        bad = iter(HOSTILE * 1000)
        for asset in document["assets"]:
            name = next(bad)
            asset["name"] = Text(zh=name, en=name).model_dump()
        for process in document["key_processes"]:
            process["name"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for dimension in document["framework"]["dimensions"]:
            dimension["name"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for question in document["questions"]:
            question["text"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for key in ("name", "district"):
            document["plant"][key] = Text(zh="".join(HOSTILE), en="".join(HOSTILE)).model_dump()
        for finding in document["findings"]:
            finding["where"] = list(HOSTILE)
        for member in document["members"]:
            member["name"] = next(bad)
        for sight in document["sights"]:
            why = Message(id="report.seconds", params={"x": "1"})
            sight["why"] = why.model_dump(mode="json")
        document["source"]["fingerprint"] = next(bad)

    return altered(change)
