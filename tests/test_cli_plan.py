"""What if, in the terminal: another plan from an Assessment or a filing bundle; nothing is changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessor import audit
from assessor.bundle import open_bundle, write_assessment
from assessor.domain import Assessment, canonical
from assessor.frameworks import load_library
from assessor.run import DEMO
from tests.golden import KEY, assessed
from tests.terminal import CONTACTS, Ran, command, held, terminal

__all__ = ["command", "terminal"]
pytestmark = pytest.mark.slow
Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden case: sealed bundle, Assessment, filing bundle."""
    found = tmp_path_factory.mktemp("planned")
    done = assessed(found)
    (found / "assessment.json").write_bytes(canonical(done))
    write_assessment(
        found / "filing.zip",
        source=open_bundle(found / "sealed.zip"),
        assessment=canonical(done),
        answers=(DEMO / "answers.yaml").read_bytes(),
        parts=load_library().parts,
        key=KEY,
        made=done.made,
    )
    return found


def planned(command: Command, file: Path, *options: str) -> dict[str, Any]:
    ran = command("plan", file, *options, "--json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def ids(found: dict[str, Any]) -> set[str]:
    return {choice["recommendation"] for choice in found["choices"]}


def test_without_wishes_it_is_the_plan_of_the_assessment(folder: Path, command: Command) -> None:
    before = held(folder)
    done = audit.read_assessment((folder / "assessment.json").read_bytes(), "")
    assert isinstance(done, Assessment) and done.roadmap is not None
    for name in ("assessment.json", "filing.zip"):
        assert planned(command, folder / name) == json.loads(canonical(done.roadmap))
    assert held(folder) == before and CONTACTS == []
    assert any(w.payback_low is not None for w in done.roadmap.worth)


def test_another_plan_names_what_might_pay_for_it(folder: Path, command: Command) -> None:
    found = planned(command, folder / "assessment.json", "--budget", "900000")
    assert any(grant["programme"] for w in found["worth"] for grant in w["grants"])


def test_money_people_and_items_are_what_one_says(folder: Path, command: Command) -> None:
    file = folder / "assessment.json"
    usual = planned(command, file)
    some = sorted(ids(usual))[0]
    without = planned(command, file, "--without", some)
    assert some not in ids(without) and some in ids(planned(command, file, "--budget", "400000", "--keep", some))
    phased = planned(command, file, "--budget", "100000,0,200000", "--days", "40,40,40")
    assert phased["phase_budgets"] == [100000, 0, 200000] and phased["phase_days"] == ["40", "40", "40"]
    spent = sum(float(c["cost"]) for c in phased["choices"] if c["phase"] <= 2)
    assert spent <= 100_000 and float(phased["objective"].split("/")[0]) > 0


def test_an_aim_is_what_one_says_and_tables_name_it(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "assessment.json"
    assert planned(command, file, "--aim", "payback")["aim"]["kind"] == "payback"
    target = planned(command, file, "--aim", "miit-sme-2024:4")
    assert target["aim"] == {"kind": "target", "framework": "miit-sme-2024", "level": 4}
    for language, words in (("en", "Aim: the cheapest way to level 3"), ("zh", "目标：以最低费用达到")):
        monkeypatch.setenv("ASSESSOR_LANGUAGE", language)
        ran = command("plan", file, "--aim", "cmmm-2020-discrete:3")
        assert ran.code == 0 and words in " ".join(ran.out.split()), ran.out
        assert "plan." not in ran.out.replace("plan-", "")


def test_the_plan_is_written_where_one_says_and_nothing_is_overwritten(folder: Path, command: Command) -> None:
    out = Path("plan.json")
    assert command("plan", folder / "assessment.json", "-o", out).code == 0
    again = command("plan", folder / "assessment.json", "-o", out)
    assert again.code == 2 and json.loads(out.read_text("utf-8"))["choices"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--aim", "soon"], "The aim 'soon' is not understood"),
        (["--aim", "nowhere:2"], "nowhere"),
        (["--aim", "green-profile:2"], "has no levels"),
        (["--budget", "1,2"], "'1,2' of --budget is not understood"),
        (["--budget", "-1"], "'-1' of --budget is not understood"),
        (["--days", "9"], "'9' of --days is not understood"),
        (["--keep", "nothing"], "There is no recommendation 'nothing'"),
    ],
)
def test_wishes_that_cannot_be_read_are_named(
    folder: Path, command: Command, options: list[str], words: str
) -> None:
    ran = command("plan", folder / "assessment.json", *options)
    assert ran.code == 2 and words in " ".join(ran.err.split()) and "Traceback" not in ran.err


def test_a_bundle_without_an_assessment_is_named(folder: Path, command: Command) -> None:
    ran = command("plan", folder / "sealed.zip")
    assert ran.code == 4 and "no assessment in this bundle" in " ".join(ran.err.split())
