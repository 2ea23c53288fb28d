"""A walk of the register: anybody draws the same ten, it counts for its own list alone, and it is judged again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import audit, pipeline
from assessor.bundle import open_bundle, write_assessment
from assessor.domain import (
    Answers,
    Assessment,
    Asset,
    ConfirmedMeaning,
    Met,
    Register,
    RegisterWalk,
    Sought,
    Text,
    Walk,
    canonical,
    drawn,
    listing,
    walked,
)
from assessor.domain.walk import TEN
from assessor.forms.writing import write_answers
from assessor.frameworks import load_library
from assessor.reconcile import known_by
from assessor.report import render_html
from assessor.report.papers import written
from tests.golden import KEY, assessed
from tests.paper_lines import lines

REGISTER = Register(
    source=Text(zh="台账", en="Register"), as_of="2026-11-01", list_to_floor=Walk(walked=3, agreed=1)
)
IDS = st.sets(st.from_regex(r"[a-z]{1,3}[0-9]{0,3}", fullmatch=True), max_size=40)
SEEDS = st.integers(0, 2**32 - 1)
SAID = {"by": "equipment", "at": "2026-11-27T08:00:00+00:00"}


def asset(id_: str, **more: object) -> Asset:
    told = {"id": id_, "name": {"zh": id_, "en": id_}, "kind": "lathe", "production": True, **more}
    return Asset.model_validate(told)


def sought(id_: str, found: str) -> Sought:
    return Sought.model_validate({"asset": id_, "found": found, **SAID})


def walk_of(assets: list[Asset], seed: int = 7, **lines: object) -> RegisterWalk:
    return RegisterWalk.model_validate({"seed": seed, "of": listing(assets), **lines})


@given(ids=IDS, seed=SEEDS, order=st.randoms())
def test_the_same_list_and_seed_give_the_same_ten_in_any_order(ids: set[str], seed: int, order: object) -> None:
    assets = [asset(id_) for id_ in sorted(ids)]
    mixed = assets.copy()
    order.shuffle(mixed)  # type: ignore[attr-defined]
    ten = drawn(mixed, seed)
    assert ten == drawn(assets, seed) and listing(mixed) == listing(assets)
    assert set(ten) <= ids and len(ten) == min(len(ids), TEN) == len(set(ten))
    assert drawn([*assets, asset("idle-1", in_use=False), asset("desk-1", production=False)], seed) == ten


@given(ids=IDS, seed=SEEDS)
def test_one_machine_more_changes_the_draw_by_one_at_the_most(ids: set[str], seed: int) -> None:
    assets = [asset(id_) for id_ in ids]
    more = [*assets, asset("new-machine")]
    assert len(set(drawn(more, seed)) - set(drawn(assets, seed))) <= 1
    assert listing(more) != listing(assets)


def test_a_draw_is_what_a_reader_of_the_method_reckons_by_hand() -> None:
    """printf '7:m01' | sha256sum, for each; the ten that come first."""
    assert drawn([asset(f"m{n:02d}") for n in range(12)], 7) == (
        "m08", "m09", "m11", "m10", "m03", "m02", "m07", "m00", "m04", "m06",
    )  # fmt: skip


@given(ids=IDS.filter(bool), seed=SEEDS, data=st.data())
def test_only_lines_that_were_looked_at_count(ids: set[str], seed: int, data: st.DataObject) -> None:
    assets = [asset(id_) for id_ in ids]
    outcomes = st.sampled_from(("as-listed", "differs", "not-found"))
    found = data.draw(st.dictionaries(st.sampled_from(sorted(ids)), outcomes))
    met = data.draw(st.lists(st.none() | st.booleans(), max_size=TEN))
    walk = walk_of(
        assets,
        seed,
        sought=[sought(id_, how) for id_, how in found.items()],
        met=[Met(plate=f"plate {n}", listed=how, **SAID) for n, how in enumerate(met)],
    )
    told = walked(REGISTER, assets, walk)
    assert told is not None
    ten = drawn(assets, seed)
    looked = [how for id_, how in found.items() if id_ in ten]
    expected = Walk(walked=len(looked), agreed=looked.count("as-listed")) if looked else REGISTER.list_to_floor
    assert told.list_to_floor == expected, "a direction that nobody walked stays as it was"
    up = [how for how in met if how is not None]
    assert told.floor_to_list == (Walk(walked=len(up), agreed=sum(up)) if up else None)
    assert walked(told, assets, walk) == told, "said twice it is said once"
    assert walked(REGISTER, [*assets, asset("new-machine")], walk) == REGISTER, "another list"
    assert walked(None, assets, walk) is None


def test_a_machine_is_looked_for_once() -> None:
    with pytest.raises(ValueError, match="once"):
        walk_of([asset("a")], sought=[sought("a", "differs"), sought("a", "as-listed")])


def test_answers_without_a_walk_are_written_as_before_there_were_walks() -> None:
    """Their digest stands in papers that were printed then. So it is with meanings without a unit."""
    heat = ConfirmedMeaning(tags="A.*", quantity="temperature", by="it", at="2026-11-24")
    plain = Answers(format="assessor-answers/1", plant="p", answers=(), meanings=(heat,))
    assert b"walk" not in canonical(plain) and b"unit" not in canonical(plain)
    assert Answers.model_validate_json(canonical(plain)) == plain


# In an Assessment, and in its filing ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assessment]:
    """The golden case with a walk: nine found, one of them not as listed; two of the floor, one of them listed."""
    folder = tmp_path_factory.mktemp("walk")
    plain = assessed(folder)
    ten = drawn(plain.assets, 7)
    walk = walk_of(
        list(plain.assets),
        sought=[sought(id_, "as-listed" if n else "differs") for n, id_ in enumerate(ten[:9])],
        met=[
            Met(plate=name, listed=how, **SAID) for name, how in (("冲床 7", True), ("新焊机", False), ("?", None))
        ],
    )
    source, answers = open_bundle(folder / "sealed.zip"), plain.answers.model_copy(update={"walk": walk})
    return folder / "sealed.zip", pipeline.assess(source, answers, load_library(), made=plain.made)


def filed(folder: Path, sealed: Path, done: Assessment) -> Path:
    write_assessment(
        folder / "filing.zip",
        source=open_bundle(sealed),
        assessment=canonical(done),
        answers=write_answers(done.answers),
        parts=load_library().parts,
        key=KEY,
        made=done.made,
    )
    return folder / "filing.zip"


@pytest.mark.slow
def test_it_stands_in_the_assessment_and_is_judged_again(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    assert done.register_ is not None
    assert done.register_.list_to_floor == Walk(walked=9, agreed=8)
    assert done.register_.floor_to_list == Walk(walked=2, agreed=1)
    result = audit.verify(filed(tmp_path, sealed, done), sealed)
    assert result.holds, result.lines
    assert {"audit.judged_again", "audit.measured_again"} <= {line.id for line in result.lines}
    better = done.register_.model_copy(update={"list_to_floor": Walk(walked=10, agreed=10)})
    (tmp_path / "forged").mkdir()
    forged = audit.verify(filed(tmp_path / "forged", sealed, done.model_copy(update={"register_": better})))
    assert not forged.holds
    assert next(line for line in forged.lines if line.id == "audit.differs").params["fields"] == "register_"


@pytest.mark.slow
def test_other_answers_keep_or_replace_it(made: tuple[Path, Assessment]) -> None:
    _, done = made
    framework, library = done.framework.id, load_library()
    without = pipeline.assess_again(done, done.answers.model_copy(update={"walk": None}), library, framework)
    assert without.register_ == done.register_, "what was walked before was walked"
    again = walk_of(list(done.assets), 8, sought=[sought(drawn(done.assets, 8)[0], "not-found")])
    other = pipeline.assess_again(done, done.answers.model_copy(update={"walk": again}), library, framework)
    assert other.register_ is not None and other.register_.list_to_floor == Walk(walked=1, agreed=0)


@pytest.mark.slow
def test_as_of_a_day_before_it_nobody_had_walked(made: tuple[Path, Assessment]) -> None:
    _, done = made
    known = known_by(done.answers, 1_767_225_600_000_000_000)
    assert known.walk is not None and not known.walk.sought and not known.walk.met
    before = pipeline.register_told(done.model_copy(update={"as_of": 1_767_225_600_000_000_000}), done.answers)
    assert before == done.register_, "nothing is added to what the register says"


@pytest.mark.slow
def test_every_report_says_how_it_went_and_who_walked(made: tuple[Path, Assessment]) -> None:
    _, done = made
    page = render_html(done)
    assert "9 台中 8 台相符" in page and "2 台中 1 台相符" in page and "最近一次走查：设备，2026-11-27" in page
    text = lines(written(done, "en", "report"))
    assert "8 of 9 agreed" in text and "1 of 2 agreed" in text and "last walked by equipment, 2026-11-27" in text
