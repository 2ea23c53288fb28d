"""The matrix of what should be collected: readable with thirty machines and with three hundred."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from assessor.domain import Assessment, Expect, Outcome
from assessor.messages import LANGUAGES
from assessor.report import charts, render_html
from assessor.report.matrix import KINDS, matrix
from assessor.report.measured import figures
from assessor.report.pen import Pen
from tests.report_example import HOSTILE, altered, example
from tests.test_report import Page, page

SVG = "{http://www.w3.org/2000/svg}"


def held(a: Assessment) -> dict[str, dict[Expect, Outcome]]:
    return {s.asset: dict(s.collects) for s in a.sights}


def many(document: dict[str, Any], times: int = 10) -> None:
    """So many times the demo plant."""
    for kind, key in (("assets", "id"), ("sights", "asset")):
        document[kind] = [one | {key: f"{one[key]}-{i}"} for i in range(times) for one in document[kind]]
    for process in document["key_processes"]:
        process["assets"] = [f"{id_}-{i}" for i in range(times) for id_ in process["assets"]]


def test_each_machine_stands_once_and_its_cells_are_those_of_its_sight() -> None:
    a, pen = example(), Pen.of(example(), "en")
    found = matrix(a, pen)
    assert found is not None and not found.shared
    rows = {row.names[0]: row for group in found.groups for row in group.rows}
    machines = [x for x in a.assets if x.production and x.in_use and held(a)[x.id]]
    assert len(rows) == sum(len(g.rows) for g in found.groups) == len(machines) == 26
    assert found.without == 7, "the lathes"
    words = {Outcome.MET: "shown", Outcome.NOT_MET: "looked for, absent", Outcome.NOT_DETERMINED: "not determined"}
    for asset in machines:
        picture = ElementTree.fromstring(rows[asset.name.en].cells)
        told = [cell.text for cell in picture.iter(f"{SVG}title")][1:]
        named = ("State", "Count", "Quality", "Process", "Energy", "Alarms")
        want = [held(a)[asset.id].get(kind) for kind in KINDS]
        assert told == [f"{n}: {words.get(w, 'not expected')}" for n, w in zip(named, want, strict=True)]  # type: ignore[arg-type]
        assert picture.findtext(f"{SVG}desc") == "; ".join(told), "what is seen is also said"


def test_the_totals_are_those_of_the_share() -> None:
    a = example()
    found = matrix(a, Pen.of(a, "zh"))
    share = next(m for m in a.measurements if m.indicator == "collected")
    assert found is not None and share.low is not None
    met, expected = (sum(total[i] for total in found.totals) for i in (1, 2))
    assert (expected, met) == (share.total, share.low * share.total)


def test_three_hundred_machines_share_rows_and_none_is_lost() -> None:
    a = altered(many)
    found = matrix(a, Pen.of(a, "en"))
    assert found is not None and found.shared
    rows = [row for group in found.groups for row in group.rows]
    assert sum(row.machines for row in rows) == 260 and len(rows) < 40
    assert all(len(row.names) + row.more == row.machines for row in rows)
    assert all(len(row.names) <= 6 for row in rows)


@pytest.mark.slow
def test_a_document_from_before_has_no_matrix_and_no_rows() -> None:
    def before(document: dict[str, Any]) -> None:
        for sight in document["sights"]:
            del sight["collects"]
        for measurement in document["measurements"]:
            del measurement["sampled"]

    a = altered(before)
    assert matrix(a, Pen.of(a, "zh")) is None
    assert "matrix" not in re.sub(r"<style>.*?</style>", "", render_html(a), flags=re.S)


@pytest.mark.slow
def test_hostile_names_stay_text_in_the_matrix() -> None:
    def change(document: dict[str, Any]) -> None:
        for i, asset in enumerate(document["assets"]):
            asset["name"] = {"zh": HOSTILE[i % len(HOSTILE)], "en": HOSTILE[i % len(HOSTILE)]}
            asset["kind"] = "machine"

    def both(document: dict[str, Any]) -> None:
        many(document, 2)
        change(document)

    read = Page(render_html(altered(both)))
    assert read.open == [] and not any(tag == "script" and attrs for tag, attrs in read.tags)
    assert "share a row" in read.text("en") and "12 in all" in read.text("en")


@pytest.mark.slow
def test_every_figure_opens_to_rule_conditions_and_rows() -> None:
    a, read = example(), Page(page())
    for language in LANGUAGES:
        pen = Pen.of(a, language)
        shown = [figure for _, group in figures(a, pen) for figure in group]
        assert len(shown) == len(a.measurements)
        text = read.text(language)
        for figure in shown:
            assert figure.rule and figure.rule in text and figure.rows in text
            if rows := figure.m.sampled:
                assert pen.number(rows.rows, 0) in figure.rows and pen.time(rows.last) in figure.rows


def test_no_name_of_a_data_point_stands_among_the_rows() -> None:
    """They are the plant's secret beyond what a line must name."""
    a = example()
    told = [m.sampled.model_dump() for m in a.measurements if m.sampled]
    assert told and all(isinstance(value, int) for one in told for value in one.values())


def test_long_heads_lean_and_short_ones_do_not() -> None:
    assert "rotate" in charts.heads(["State", "Process"], "t")
    assert "rotate" not in charts.heads(["状态", "过程"], "t")
