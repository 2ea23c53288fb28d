"""The text model of tag names: what it proposes and why, what it goes on saying, and every reason to refuse it."""

import hashlib
import io
import json
import pickle
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import skops.io

from assessor.domain import Tag
from assessor.messages import render
from assessor.unexplained import Ask, Unexplained, block
from models.tags import PLAIN, text
from models.tags.asking import Proposal, proposals
from models.tags.lexicon import QUANTITIES
from models.tags.text import Refused, TextModel, TextProposer, load, read, words

SHIPPED = Path(str(files("models.tags")))


@pytest.fixture(scope="module")
def model() -> TextModel:
    found = load()
    assert isinstance(found, TextModel), found
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped file and its record, to be spoilt."""
    for name in ("text.skops", "text.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def noted(folder: Path, **changed: Any) -> None:
    """Change the record."""
    notes = json.loads((folder / "text.json").read_text("utf-8"))
    (folder / "text.json").write_text(json.dumps(notes | changed), "utf-8")


def replaced(folder: Path, content: bytes) -> None:
    """Another file, with a record that knows its digest: what someone would do who changes both."""
    (folder / "text.skops").write_bytes(content)
    noted(folder, sha256=hashlib.sha256(content).hexdigest())


def refused(folder: Path) -> str:
    """Why a folder is refused; the reason can be read in both languages."""
    found = read(folder)
    assert isinstance(found, Refused)
    assert "scikit-learn" in render(found.why, "zh") or "规则" in render(found.why, "zh")
    assert "rules" in render(found.why, "en")
    return found.why.id


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("ActTemp_Zone3", "act temp zone"),
        ("TotWhImpPhA", "tot wh imp ph a"),
        ("PLCStatus", "plc status"),
        ("ns=2;s=Line.Motor-1", "ns s line motor"),
        ("1#油温SP", "油温 sp"),
        ("42", ""),
    ],
)
def test_a_name_is_parted_into_words(name: str, parted: str) -> None:
    assert words(name) == parted


def test_it_says_what_it_said_when_it_was_made(model: TextModel) -> None:
    frozen = json.loads((SHIPPED / "text.json").read_text("utf-8"))["predictions"]
    assert len(frozen) > 20 and model.best(list(frozen)) == list(frozen.values())
    assert set(model.quantity[-1].classes_) <= set(QUANTITIES)
    assert model.function is None, "its hybrid was not right often enough; see the card"


def test_a_proposal_names_three_labels_and_pieces_of_the_name(model: TextModel) -> None:
    [found] = model.propose(["HydraulicOilTemperature"])
    assert found.quantity[0].label == "temperature" and "temperature" in found.quantity[0].because
    assert len({guess.label for guess in found.quantity}) == text.MOST
    assert found.function == ()
    for piece in (piece for guess in found.quantity for piece in guess.because):
        assert piece in words(found.name), "only what stands in the name can speak for a label"


def test_it_is_silent_where_it_knows_no_piece_of_the_name(model: TextModel) -> None:
    for found in model.propose(["油温", "42", ""]):
        assert found.quantity == () and found.function == ()
    assert model.propose([]) == []


def test_each_name_is_read_for_itself(model: TextModel) -> None:
    names = ["TankLevel", "油温", "Motor current L1"]
    assert model.propose(names) == [one for name in names for one in model.propose([name])]


def test_the_file_is_small_and_holds_trusted_types_only() -> None:
    content = (SHIPPED / "text.skops").read_bytes()
    assert len(content) <= 1_500_000
    assert skops.io.get_untrusted_types(data=content) == []


def test_without_the_file_there_are_no_proposals(tmp_path: Path) -> None:
    assert refused(tmp_path) == "proposal.absent"


@pytest.mark.parametrize("library", ["skops.io", "sklearn"])
def test_without_the_libraries_there_are_no_proposals(
    copy: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert refused(copy) == "proposal.libraries"


def test_another_minor_version_of_scikit_learn_is_refused_before_the_file_is_opened(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads((copy / "text.json").read_text("utf-8"))["scikit-learn"].split(".")
    noted(copy, **{"scikit-learn": f"{made[0]}.{int(made[1]) + 1}.0"})
    (copy / "text.skops").write_bytes(b"never read")
    assert refused(copy) == "proposal.version"
    noted(copy, **{"scikit-learn": ".".join([*made[:2], "99"])})
    assert refused(copy) == "proposal.changed", "a patch release is no reason; the bytes are"


def test_one_changed_byte_is_refused(copy: Path) -> None:
    content = bytearray((copy / "text.skops").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "text.skops").write_bytes(bytes(content))
    assert refused(copy) == "proposal.changed"


@pytest.mark.parametrize("notes", ["", "[]", "{}", '{"format": "assessor-tag-text/1"}'])
def test_a_record_that_cannot_be_read_is_refused(copy: Path, notes: str) -> None:
    (copy / "text.json").write_text(notes, "utf-8")
    assert refused(copy) == "proposal.changed"


class Strange:
    """A type of nobody's."""


def test_a_type_that_skops_does_not_trust_is_refused_even_with_a_matching_record(copy: Path) -> None:
    raw = io.BytesIO()
    skops.io.dump({"quantity": Strange(), "function": None}, raw)
    replaced(copy, raw.getvalue())
    assert refused(copy) == "proposal.untrusted"


def test_a_pickle_is_not_loaded(copy: Path) -> None:
    replaced(copy, pickle.dumps({"quantity": None, "function": None}))
    assert refused(copy) == "proposal.changed"


def test_a_model_that_says_something_else_is_refused_even_with_a_matching_record(copy: Path) -> None:
    frozen = json.loads((copy / "text.json").read_text("utf-8"))["predictions"]
    noted(copy, predictions=frozen | {"TankLevel": ["force", "alarm"]})
    assert refused(copy) == "proposal.differs"
    noted(copy, predictions={})
    assert refused(copy) == "proposal.differs", "a model nobody asked anything is not checked"


def test_the_file_is_a_plain_archive_without_paths() -> None:
    with zipfile.ZipFile(SHIPPED / "text.skops") as archive:
        assert "schema.json" in archive.namelist()
        assert not any("/" in name or name.startswith(".") for name in archive.namelist())


def test_proposals_for_a_path_rest_on_its_last_element(model: TextModel) -> None:
    proposer = TextProposer(model)
    found = proposer.propose("Plant/Press 4/HydraulicOilTemperature")
    assert found == proposer.propose("HydraulicOilTemperature")
    assert [one.source for one in found] == ["model"] * text.MOST
    assert found[0].quantity == "temperature"
    assert "temperature" in render(found[0].explain[0], "en") and "猜测" in render(found[0].explain[0], "zh")
    assert proposer.propose("油温") == [] == proposer.propose("")
    assert proposer.propose("X17") == [] == proposer.propose("AI_2"), "two letters in a row say nothing"


def tag(path: str) -> Tag:
    return Tag(id=1, endpoint="press", asset="press", address="1", path=path)


class NeverAsked:
    """Fails where it is asked."""

    def propose(self, name: str) -> list[Proposal]:
        raise AssertionError(name)


def test_it_is_asked_only_where_rules_are_silent(model: TextModel) -> None:
    found = proposals(tag("Inverter/EndTms"), PLAIN, {}, TextProposer(model))
    assert [one.source for one in found] == ["model"] * len(found) and found[0].quantity == "time"
    assert proposals(tag("Inverter/EndTms"), PLAIN, {}) == (), "nothing else has an opinion on it"
    assert proposals(tag("Press/OilTemperature"), PLAIN, {}, NeverAsked())[0].source == "name"


def test_nobody_takes_a_guess_over_unread(model: TextModel) -> None:
    """A guess of the text model is a comment in the lines to paste; what the rules say is a line."""

    def ask(path: str) -> Ask:
        return Ask(
            tags=(path,), points=1, machines=("press",), example=path, effect=Fraction(0), indicators=(),
            named=False, proposals=proposals(tag(path), PLAIN, {}, TextProposer(model)),
        )  # fmt: skip

    asks = (ask("Inverter/EndTms"), ask("Press/OilTemperature"))
    found = Unexplained(points=2, vouched=0, named=1, unknown=1, asks=asks, left=0)
    head, guess, ruled = block(found, "process engineer", date(2026, 1, 1)).splitlines()
    assert head == "meanings:"
    assert guess.startswith("#") and "Inverter/EndTms" in guess and "time" in guess
    assert not ruled.startswith("#") and "temperature" in ruled


@pytest.mark.slow
def test_the_product_does_not_load_the_libraries_before_a_proposal_is_asked_for() -> None:
    code = (
        "import sys, assessor.cli, assessor.cli.tags, models.tags.text; "
        "print([name for name in ('sklearn', 'skops', 'rdflib', 'brickschema') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
