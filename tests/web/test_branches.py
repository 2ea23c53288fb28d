"""Branches to assign: read off a sealed bundle, confirmed into a new scope, counting from the next run on."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assessor.bundle import open_bundle
from assessor.desk import attaching, branches, sampling
from assessor.desk.attaching import Handed, on_disk
from assessor.desk.branches import Aggregator
from assessor.desk.desk import Desk
from assessor.errors import AccessError, InputError, UnknownError
from assessor.visit.reach import read_reach
from assessor.web.pages.branches import SHOWN
from connectors.scope import read_scope
from connectors.simulator import load_plant
from connectors.simulator.serve import DEMO
from tests.sampled import end_all, plant_scope
from tests.test_tags_command import bundle, tag
from tests.waiting import until
from tests.web.aggregated import MACHINES, aggregated
from tests.web.asked import by_session, site
from tests.web.people import Person, at_once, factory, joined
from tests.web.points import agreed, sampled

TRUE = {b.path: b.asset for e in load_plant(DEMO).scope.endpoints if e.id == "scada" for b in e.branches}
"""Which branch is which machine."""
FIRST, SECOND = list(TRUE)[:2]


def at_plant(desk: Desk, known: int = 0) -> tuple[str, Person, str]:
    """A factory with its scope and a run under it, and its consultant."""
    house, _, survey = factory(desk)
    consultant = joined(desk, house, "consultant")
    scope, bundle = aggregated(known)
    attaching.attach(desk, consultant.who, survey, Handed("scope", "范围 1.yaml", scope.encode("utf-8-sig")))
    attaching.attach(desk, consultant.who, survey, Handed("bundle", "sealed.zip", bundle))
    return house, consultant, survey


def scada(desk: Desk, who: Person, survey: str) -> Aggregator:
    (only,) = branches.standing(desk, who.who, survey).aggregators
    assert only.endpoint.id == "scada", "the machines behind the other server are all assigned"
    return only


def newest(desk: Desk, who: Person, survey: str) -> str:
    held = sampling.agreed(desk, who.who, survey)
    assert held is not None
    return held.file.sha256


def test_what_a_run_saw_is_proposed_as_the_walk_would(lite: Desk) -> None:
    _, who, survey = at_plant(lite)
    found = scada(lite, who, survey)
    assert {one.proposal.path: one.proposal.asset for one in found.offered} == TRUE
    assert len(found.offered) == MACHINES and found.open == found.points == sum(o.points for o in found.offered)
    assert not found.left and found.walked and not found.since
    for one in found.offered:
        assert one.points == one.proposal.variables >= len(one.examples) > 0
        assert all(path.startswith(one.proposal.path) for path in one.examples)


@pytest.mark.slow
def test_confirmed_branches_stand_in_a_new_scope_and_wait_for_a_run(lite: Desk) -> None:
    _, who, survey = at_plant(lite, known=10)
    text, bundle = aggregated(10)
    tenth, last = list(TRUE)[10:]
    assert [one.proposal.path for one in scada(lite, who, survey).offered] == sorted([tenth, last])
    written = branches.confirm(lite, who.who, survey, "scada", newest(lite, who, survey), {last: TRUE[last]})
    assert (
        written.name == "范围 1.yaml" and written.kind == "scope" and newest(lite, who, survey) == written.sha256
    )
    new = attaching.content(lite, who.who, survey, written.id)[1].decode()
    assert "# 与工厂商定" in new, "what people wrote stays"
    before, after = (read_scope(t, "scope.yaml") for t in (text, new))
    assert after.endpoints[0].branches[:-1] == before.endpoints[0].branches
    assert (after.endpoints[0].branches[-1].path, after.endpoints[0].branches[-1].asset) == (last, TRUE[last])
    assert after.endpoints[1:] == before.endpoints[1:]
    found, standing = scada(lite, who, survey), branches.standing(lite, who.who, survey)
    assert standing.due and [b.path for b in found.since] == [last]
    assert [one.proposal.path for one in found.offered] == [tenth] and found.open == found.offered[0].points
    held = attaching.listed(lite, who.who, survey, "bundle")[0]
    with on_disk(bundle, held.name, ".zip") as file:
        assert open_bundle(file).scope().endpoints[0].branches == before.endpoints[0].branches
    branches.confirm(lite, who.who, survey, "scada", written.sha256, {tenth: "imm-01"})
    done = scada(lite, who, survey)
    assert (done.open, done.offered, len(done.since)) == (0, (), 2), "a person may know better than a name"


@pytest.mark.slow
def test_a_run_under_the_new_scope_leaves_nothing_to_say(lite: Desk) -> None:
    _, who, survey = at_plant(lite)
    branches.confirm(lite, who.who, survey, "scada", newest(lite, who, survey), TRUE)
    assert branches.standing(lite, who.who, survey).due
    attaching.attach(lite, who.who, survey, Handed("bundle", "sealed.zip", aggregated(MACHINES)[1]))
    standing = branches.standing(lite, who.who, survey)
    assert not standing.due and not standing.aggregators


@pytest.mark.slow
def test_of_two_who_confirm_at_once_nobody_undoes_the_other(lite: Desk) -> None:
    house, who, survey = at_plant(lite)
    other, base = joined(lite, house, "consultant"), newest(lite, who, survey)
    done = at_once(
        lambda: branches.confirm(lite, who.who, survey, "scada", base, {FIRST: TRUE[FIRST]}),
        lambda: branches.confirm(lite, other.who, survey, "scada", base, {SECOND: TRUE[SECOND]}),
    )
    (late,) = [one for one in done if isinstance(one, InputError)]
    assert late.message.id == "desk.file_meanwhile" and len(scada(lite, who, survey).since) == 1


def test_only_what_was_proposed_and_stands_in_the_register_is_written(lite: Desk) -> None:
    house, who, survey = at_plant(lite)
    base = newest(lite, who, survey)
    for path, asset, refusal in ((FIRST, "nobody", UnknownError), ("Line9.", "imm-01", InputError)):
        with pytest.raises(refusal):
            branches.confirm(lite, who.who, survey, "scada", base, {path: asset})
    with pytest.raises(InputError) as nothing:
        branches.confirm(lite, who.who, survey, "scada", base, {})
    assert nothing.value.message.id == "desk.no_branch"
    for endpoint in ("cell", "nowhere"):
        with pytest.raises(UnknownError):
            branches.confirm(lite, who.who, survey, endpoint, base, {FIRST: TRUE[FIRST]})
    for role in ("member", "reviewer"):
        colleague = joined(lite, house, role).who  # type: ignore[arg-type]
        with pytest.raises(AccessError):
            branches.standing(lite, colleague, survey)
        with pytest.raises(AccessError):
            branches.confirm(lite, colleague, survey, "scada", base, {FIRST: TRUE[FIRST]})
    assert newest(lite, who, survey) == base


def test_without_a_bundle_or_a_scope_or_its_endpoint_nothing_is_offered(lite: Desk) -> None:
    house, _, survey = factory(lite)
    who = joined(lite, house, "consultant")
    scope, bundle = aggregated()
    assert branches.standing(lite, who.who, survey).bundle is None
    attaching.attach(lite, who.who, survey, Handed("bundle", "sealed.zip", bundle))
    assert branches.standing(lite, who.who, survey).agreed is None
    moved = scope.replace(":4840/", ":4850/")
    attaching.attach(lite, who.who, survey, Handed("scope", "scope.yaml", moved.encode()))
    standing = branches.standing(lite, who.who, survey)
    assert standing.absent == ("scada",) and not standing.aggregators
    attaching.attach(lite, who.who, survey, Handed("scope", "scope.yaml", scope.encode()))
    assert scada(lite, who, survey).open


def test_data_points_that_no_rule_explains_are_counted_and_left_to_a_person(lite: Desk) -> None:
    """Three names stand alone: no ending is shared with another."""
    house, _, survey = factory(lite)
    who = joined(lite, house, "consultant")
    attaching.attach(lite, who.who, survey, Handed("bundle", "sealed.zip", sampled()))
    attaching.attach(lite, who.who, survey, Handed("scope", "scope.yaml", agreed()))
    (press,) = branches.standing(lite, who.who, survey).aggregators
    assert [(o.proposal.path, o.points) for o in press.offered] == [
        ("Line1.IMM01.", 4),
        ("Line1.IMM02.", 2),
        ("Line1.IMM03.", 2),
    ]
    assert press.open == 11 and press.left == 3


@pytest.mark.slow
def test_the_page_takes_nothing_for_granted_and_keeps_what_was_chosen(lite: Desk) -> None:
    _, who, survey = at_plant(lite)
    with site(lite) as web:
        by, path = by_session(lite, who.token), f"/surveys/{survey}/branches"
        shown = web.get(path, by).text
        assert shown.count("<select") == MACHINES and " selected" not in shown
        old = {"endpoint": "scada", "made_from": "0" * 64, "path": [FIRST, SECOND], "asset": ["", TRUE[SECOND]]}
        late = web.post(path, by, data=old)
        assert late.status_code == 422 and late.text.count(f'"{TRUE[SECOND]}" selected') == 1
        assert not scada(lite, who, survey).since
        done = web.post(path, by, data=old | {"made_from": newest(lite, who, survey)})
        assert done.status_code == 303 and done.headers["location"] == path
        assert [b.path for b in scada(lite, who, survey).since] == [SECOND], "what was not chosen is not written"
        assert f'href="/surveys/{survey}/sampling"' in web.get(path, by).text
        assert "/branches?" not in web.get(path, by).text
        assert web.get(f"{path}?server=scada&after=400", by).text.count("<select") == 0


@pytest.mark.slow
def test_of_many_branches_a_page_shows_some_and_leads_to_the_others(lite: Desk, tmp_path: Path) -> None:
    house, _, survey = factory(lite)
    who = joined(lite, house, "consultant")
    names = [f"Line1.M{n:03d}.{end}" for n in range(SHOWN + 5) for end in ("State", "Count")]
    bundle(tmp_path, [tag(n, name, None) for n, name in enumerate(names, 1)])
    attaching.attach(lite, who.who, survey, Handed("scope", "scope.yaml", agreed()))
    sealed = (tmp_path / "bundle.zip").read_bytes()
    attaching.attach(lite, who.who, survey, Handed("bundle", "sealed.zip", sealed))
    with site(lite) as web:
        by, path = by_session(lite, who.token), f"/surveys/{survey}/branches"
        first = web.get(path, by).text
        assert first.count("<select") == SHOWN and f"server=press&amp;after={SHOWN}#e-press" in first
        rest = web.get(f"{path}?server=press&after={SHOWN}", by).text
        assert rest.count("<select") == 5 and "Line1.M040." in rest and "#e-press" not in rest
        assert web.get(f"{path}?server=other&after={SHOWN}", by).text.count("<select") == SHOWN
        slip = web.post(path, by, data={"endpoint": "press", "after": str(SHOWN), "path": "x", "asset": ""})
        assert slip.status_code == 422 and slip.text.count("<select") == 5, "it stays where it was"


@pytest.mark.slow
@pytest.mark.wire
def test_a_server_that_is_really_there_is_sampled_assigned_and_sampled_again(lite: Desk, tmp_path: Path) -> None:
    floor = replace(lite, reach=read_reach("127.0.0.0/8"), runs=tmp_path / "runs")
    house, _, survey = factory(floor)
    who = joined(floor, house, "consultant")

    def run() -> None:
        begun = sampling.start(floor, who.who, survey, 10)
        until(lambda: sampling.standing(floor, who.who, survey, begun.id).phase == "kept")

    try:
        with plant_scope(("scada",)) as scope:
            bare = re.sub(r"(?ms)^  branches:\n.*?(?=^  \w)", "", scope.decode())
            assert "branches" in scope.decode() and "branches" not in bare
            attaching.attach(floor, who.who, survey, Handed("scope", "scope.yaml", bare.encode()))
            run()
            found = scada(floor, who, survey)
            assert {one.proposal.path: one.proposal.asset for one in found.offered} == TRUE
            branches.confirm(floor, who.who, survey, "scada", newest(floor, who, survey), TRUE)
            assert branches.standing(floor, who.who, survey).due
            run()
            standing = branches.standing(floor, who.who, survey)
            assert not standing.aggregators and not standing.due
    finally:
        end_all(tmp_path / "runs")
