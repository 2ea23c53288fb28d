"""The picture of an office: what is counted, for whom, and that page, file and interface give the same figures."""

import csv
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from assessor.desk import consenting, extracting, houses, importing, picture
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Definition
from assessor.errors import AccessError, InputError, UnknownError
from assessor.frameworks import Library
from assessor.frameworks.targets import load_targets
from assessor.portfolio.city import City
from assessor.portfolio.extract import Extract
from assessor.storage import extracts, people
from assessor.web.app import create_app
from tests.web import generated
from tests.web.asked import Web, asking
from tests.web.conftest import settings_for
from tests.web.people import again, factory, joined

pytestmark = pytest.mark.slow
GEOJSON = json.dumps(
    {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [
            [[x, 31], [x + 0.1, 31], [x + 0.1, 31.1], [x, 31.1], [x, 31]]]}}
        for x, name in ((121.0, "songjiang"), (121.1, "minhang"), (121.2, "jingan"))]}
).encode()  # fmt: skip


@pytest.fixture(scope="module")
def drawn(library: Library) -> list[Extract]:
    return generated.city([generated.judged(library)], library, 200)


def of(desk: Desk, plants: list[Extract], *, demonstration: bool = True) -> tuple[str, Actor]:
    """An office that looks at these, and its officer."""
    office = generated.office(desk, demonstration=demonstration)
    generated.fill(desk, office, plants)
    return office, joined(desk, office, "officer").who


def shown(desk: Desk, who: Actor, office: str) -> City:
    found = picture.picture(desk, who, office).city
    assert found is not None
    return found


def test_an_office_counts_what_is_open_to_it(desk: Desk, drawn: list[Extract]) -> None:
    office, officer = of(desk, drawn)
    found = shown(desk, officer, office)
    assert found.all.assessed == 200 and found.simulated
    auditor = joined(desk, office, "auditor").who
    assert shown(desk, auditor, office) == found
    other = joined(desk, generated.office(desk), "officer").who
    with pytest.raises(UnknownError):
        picture.picture(desk, other, office)
    administrator = joined(desk, office, "administrator").who
    with pytest.raises(AccessError):
        picture.picture(desk, administrator, office)


def test_generated_and_real_factories_are_never_counted_together(desk: Desk, drawn: list[Extract]) -> None:
    office, officer = of(desk, drawn[:60])
    real = [one.model_copy(update={"simulated": False}) for one in drawn[60:90]]
    generated.fill(desk, office, real)
    assert shown(desk, officer, office).all.assessed == 60
    plain, theirs = of(desk, real, demonstration=False)
    generated.fill(desk, plain, drawn[:60])
    found = shown(desk, theirs, plain)
    assert found.all.assessed == 30 and not found.simulated


def test_fewer_than_five_are_not_told(lite: Desk, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn[:4])
    found = picture.picture(lite, officer, office)
    assert found.city is None


def test_it_follows_consent_and_counts_the_latest_assessment_of_a_plant(desk: Desk, drawn: list[Extract]) -> None:
    office, officer = of(desk, drawn[:20])
    house = houses.found(desk, "factory", "真厂", demonstration=True)
    owner = joined(desk, house, "owner")
    given = consenting.agree(desk, owner.who, house, "programme", office)
    surveys = [factory(desk, name)[2] for name in ("另一厂", "再一厂")]
    later = [drawn[20].model_copy(update={"declared_level": level, "made": level}) for level in (1, 2)]
    with desk.store.write() as c:
        for one, id_ in zip(later, surveys, strict=True):
            row = one.model_dump(mode="json")
            extracts.keep(c, extracting.extracted(id_, house, 1, "91000000DEM0PLANTQ", row))
    found = shown(desk, again(desk, joined(desk, office, "officer")).who, office)
    assert found.all.assessed == 21  # two surveys, one plant
    consenting.end(desk, owner.who, house, given.id)
    assert shown(desk, officer, office).all.assessed == 20


def test_what_is_not_settled_counts_as_assessed_and_shows_nothing(lite: Desk, drawn: list[Extract]) -> None:
    held = [one.model_copy(update={"open": 2 if i < 40 else 0}) for i, one in enumerate(drawn)]
    office, officer = of(lite, held)
    found = shown(lite, officer, office)
    at = dict(zip(found.declared, found.all.declared, strict=True))
    assert found.all.assessed == 200 and at["open",] == 40
    told = [one.energy for one in held[40:]]
    assert found.all.figures["energy"].plants == sum(one is not None for one in told) > 0


def test_it_is_counted_once_for_each_state_of_the_data(lite: Desk, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn[:30])
    first = shown(lite, officer, office)
    assert shown(lite, officer, office) is first
    generated.fill(lite, office, drawn[30:31])
    assert shown(lite, officer, office).all.assessed == 31


# The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def web(lite: Desk) -> Iterator[Web]:
    with asking(create_app(settings_for("sqlite://"), lite)) as made:
        yield made


def session(desk: Desk, office: str) -> dict[str, str]:
    return {"cookie": f"assessor={joined(desk, office, 'officer').token}; language=zh"}


def test_page_file_and_interface_give_the_same_figures(lite: Desk, web: Web, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn)
    with lite.store.write() as c:
        people.change_organisation(c, office, name="=cmd|' /c calc'!A1")
    told, head = shown(lite, officer, office), session(lite, office)
    page = web.send("GET", f"/offices/{office}/picture?by=district", headers=head)
    assert page.status_code == 200 and "模拟数据" in page.text and "少于 5 家" in page.text
    given = web.send("GET", f"/api/v1/offices/{office}/picture", headers=head).json()
    assert given["generated"] is True and City.model_validate(given["city"]) == told
    data = web.send("GET", f"/offices/{office}/picture.csv", headers=head).content
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][0].startswith("'=cmd") and any("生成的模拟工厂" in cell for row in rows[:3] for cell in row)
    at = next(i for i, row in enumerate(rows) if row[:2] == ["分组方式", "组"])
    body = rows[at + 1 :]
    assessed = {row[1]: int(row[6]) for row in body if row[2] == "已评估"}
    assert assessed["全部"] == 200 and sum(g.assessed for g in told.cuts["district"]) == 200
    withheld = [row for row in body if "不公布" in row[8] and row[2] in ("自评等级", "核实等级")]
    assert withheld and all(row[6] == "" for row in withheld)
    small = [row for row in body if row[6] and 0 < int(row[6]) < 5]
    assert not small
    book = openpyxl.load_workbook(
        io.BytesIO(web.send("GET", f"/offices/{office}/picture.xlsx", headers=head).content)
    )
    cells = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert cells[0][0] == "=cmd|' /c calc'!A1 · 评估概况" and book.active["A1"].data_type == "s"  # type: ignore[index]
    start = next(i for i, row in enumerate(cells) if row[:2] == ("分组方式", "组"))
    assert len(cells) - start == len(rows) - at


@pytest.mark.parametrize("by", ["all", "district", "industry", "size", "nonsense"])
def test_every_cut_has_its_page_in_both_languages(lite: Desk, web: Web, drawn: list[Extract], by: str) -> None:
    office, _ = of(lite, drawn)
    for language in ("zh", "en"):
        told = web.send(
            "GET", f"/offices/{office}/picture?by={by}&language={language}", headers=session(lite, office)
        )
        assert told.status_code == 200 and "picture." not in told.text.replace("picture.csv", "").replace(
            "picture.xlsx", ""
        )


def test_an_office_without_factories_is_told_how_they_come(lite: Desk, web: Web) -> None:
    office = generated.office(lite, demonstration=False)
    for path in ("picture", "targets", "outline"):
        told = web.send("GET", f"/offices/{office}/{path}", headers=session(lite, office))
        assert told.status_code == 200 and "模拟数据" not in told.text
    told = web.send("GET", f"/offices/{office}/picture.csv", headers=session(lite, office))
    assert "还不到 5 家" in told.content.decode("utf-8-sig")
    given = web.send("GET", f"/api/v1/offices/{office}/picture", headers=session(lite, office)).json()
    assert given["city"] is None


def test_targets_stand_with_their_sources_and_a_closed_plan_says_so(
    lite: Desk, web: Web, drawn: list[Extract]
) -> None:
    office, officer = of(lite, drawn)
    told = web.send("GET", f"/offices/{office}/targets", headers=session(lite, office)).text
    for words in ("这份计划已到期", "没有定义", "（二手）", "（官方）", "高于 77 %", "这里不测", "已到期"):
        assert words in told, words
    _, aims = picture.targets(lite, officer, office)
    nc = shown(lite, officer, office).all.figures["numerical_control"]
    (found,) = [one for aim in aims for one in aim.progress if one.target == "numerical-control"]
    assert (found.low, found.high) == (nc.mean_low, nc.mean_high)


def test_a_plan_is_closed_once_its_last_year_is_over(lite: Desk, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn[:30])

    def closed(day: str) -> tuple[dict[str, bool], bool]:
        moment = int(datetime.fromisoformat(f"{day}+08:00").timestamp()) * 10**9
        _, aims = picture.targets(replace(lite, clock=lambda: moment), officer, office)
        over = {id_ for aim in aims for id_ in aim.over}
        return {aim.plan.id: aim.closed for aim in aims}, "diagnosed-1800" in over

    both = ("shanghai-2023-2025", "shanghai-2027")
    assert closed("2025-12-31T23:59:00") == (dict(zip(both, (False, False), strict=True)), True)  # by 2023
    assert closed("2026-01-01T00:01:00") == (dict(zip(both, (True, False), strict=True)), True)
    assert closed("2028-01-01T00:01:00") == (dict(zip(both, (True, True), strict=True)), True)


def test_transformed_is_counted_by_the_definition_that_a_plan_brings(
    lite: Desk, web: Web, drawn: list[Extract], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = load_targets(lite.library)
    text = {"zh": "自报二级以上", "en": "level 2 declared"}
    by = {"text": text, "source": {"zh": "试", "en": "t"}, "status": "own"}
    levels = [{"framework": "cmmm-2020-discrete", "level": 2, "column": "declared"}]
    defined = plans["shanghai-2027"].model_copy(
        update={"transformed": Definition.model_validate(by | {"all": levels})}
    )
    monkeypatch.setattr(picture, "load_targets", lambda _: plans | {defined.id: defined})
    empty = generated.office(lite, demonstration=False)
    alone = web.send("GET", f"/offices/{empty}/targets", headers=session(lite, empty)).text
    assert "自报二级以上" in alone and "规下或未知" not in alone  # what is asked is told before anybody came
    office, officer = of(lite, drawn)
    told, head = shown(lite, officer, office), session(lite, office)
    (bare, found) = told.transformed
    assert (bare.by, bare.groups, found.by) == (None, (), defined.transformed)
    whole, above, others = found.groups
    assert (whole.plants, above.plants) == (200, sum(bool(one.above_scale) for one in drawn))
    open_ = sum(one.open > 0 or "cmmm-2020-discrete" not in one.levels for one in drawn)
    assert whole.unknown in (open_, None) and (whole.yes or 0) > 5
    page = web.send("GET", f"/offices/{office}/picture", headers=head).text
    assert (
        "自报二级以上" in page and "规下或未知" in page and "没有定义" in page
    )  # one plan has one, the other not
    assert "自报二级以上" in web.send("GET", f"/offices/{office}/targets", headers=head).text
    data = web.send("GET", f"/offices/{office}/picture.csv", headers=head).content.decode("utf-8-sig")
    what = ["已改造：" + defined.title.zh]
    rows = {(row[1], row[3]): row[6] for row in csv.reader(io.StringIO(data)) if row[2:3] == what}
    assert rows["规上", "符合"] == ("" if above.yes is None else str(above.yes))
    assert rows["全部", "符合"] == str(whole.yes) and len(rows) == 9
    assert not [n for n in rows.values() if n and 0 < int(n) < 5]
    assert others.plants is None or (above.plants or 0) + others.plants == 200


def test_of_robots_the_ratio_alone_is_told_with_over_how_many_plants(
    lite: Desk, web: Web, drawn: list[Extract]
) -> None:
    office, officer = of(lite, drawn)
    figure = shown(lite, officer, office).all.figures["robots"]
    assert figure.low is not None and figure.over_low is figure.under is figure.quartiles is None
    head = session(lite, office)
    page = web.send("GET", f"/offices/{office}/picture", headers=head).text
    assert "台/万人" in page and f"{figure.plants} 家有数" in page and " 台 / " not in page
    data = web.send("GET", f"/offices/{office}/picture.csv", headers=head).content.decode("utf-8-sig")
    assert {row[3] for row in csv.reader(io.StringIO(data)) if row[2:3] == ["机器人密度"]} == {"合计之比"}


def test_outlines_are_imported_drawn_and_removed(lite: Desk, web: Web, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn)
    head = session(lite, office)
    where = f"/offices/{office}/picture?by=district"
    assert "还没有导入各区的轮廓" in web.send("GET", where, headers=head).text
    with pytest.raises(InputError):
        importing.take(lite, officer, office, "outlines", "a.geojson", GEOJSON, " ")
    importing.take(lite, officer, office, "outlines", "a.geojson", GEOJSON, "自绘")
    told = web.send("GET", f"{where}&show=networked", headers=head).text
    assert 'class="map"' in told and "轮廓：<bdi>自绘" in told and told.count("<path d=") >= 3
    assert "松江区" in told and f'href="/offices/{office}/outline">更换或移除' in told
    auditor = joined(lite, office, "auditor").who
    with pytest.raises(AccessError):
        importing.remove(lite, auditor, office, "outlines")
    importing.remove(lite, officer, office, "outlines")
    assert importing.held(lite, officer, office, "outlines") is None


def providers(both: str, one: str) -> bytes:
    """A list of two: both can do the first, one of them the second."""
    return f"""format: assessor-providers/1
providers:
  - {{id: a, name: 甲, capabilities: [{both}, {one}], contact: "13800000000"}}
  - {{id: b, name: 乙, capabilities: [{both}]}}
""".encode()


def test_demand_stands_beside_supply_once_a_list_of_providers_is_there(lite: Desk, drawn: list[Extract]) -> None:
    office, officer = of(lite, drawn)
    wanted = shown(lite, officer, office).wants.lines
    assert {one.providers for one in wanted} == {None} and len(wanted) > 2
    both, one = wanted[0].id, wanted[1].id
    listed = providers(both, one)
    held = importing.take(lite, officer, office, "providers", "list.yaml", listed, "名单")
    counts = {line.id: line.providers for line in shown(lite, officer, office).wants.lines}
    assert counts == {line.id: 0 for line in wanted} | {both: 2, one: 1}
    assert b"13800000000" not in zlib.decompress(held.data)
    for wrong in (listed.replace(one.encode(), b"none-such"), b"PK\x03\x04 no workbook", b"[]"):
        with pytest.raises(InputError):
            importing.take(lite, officer, office, "providers", "list.yaml", wrong, "名单")
    importing.remove(lite, officer, office, "providers")
    assert {one.providers for one in shown(lite, officer, office).wants.lines} == {None}
