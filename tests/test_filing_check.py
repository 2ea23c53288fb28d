"""The check of a filing pack: by its own list or another, by its bundle, byte by byte."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import canonical, sha256
from assessor.errors import InputError
from assessor.filing import Made, check_pack, open_pack
from assessor.filing.container import PackManifest, signed
from assessor.filing.layout import ANSWERS, PROMISE, SETTLED
from tests.golden import KEY
from tests.packs import changed, complete, library, saved

pytestmark = pytest.mark.slow


def made_anew(made: Made, product: str | None = None, **more: bytes | None) -> Made:
    """A pack with other members, signed again by whoever changed it."""
    manifest = PackManifest.model_validate_json(made.files["manifest.json"])
    files = {n: d for n, d in (made.files | more).items() if d is not None and not n.startswith("manifest.")}
    about = {m.name: m for m in manifest.members}
    members = tuple(
        about[n].model_copy(update={"sha256": sha256(d), "bytes": len(d)}) for n, d in sorted(files.items())
    )
    other = {"members": members, "product": product or manifest.product}
    return replace(made, files=signed(manifest.model_copy(update=other), files, KEY))


def test_a_check_believes_no_member_that_its_own_bundle_contradicts(tmp_path: Path) -> None:
    table = f"{SETTLED}/settled-differences.csv"
    answers = next(name for name in complete().files if name.startswith(ANSWERS) and name.endswith(".csv"))
    other = complete().files[answers].replace(b"3", b"5", 1)
    forged = made_anew(complete(), **{table: b"\xef\xbb\xbfnone", answers: other, PROMISE: None})
    assert open_pack(saved(forged, tmp_path / "pack.zip")).faults == (), "every byte is as it was signed"
    found = check_pack(tmp_path / "pack.zip")
    assert not found.holds
    assert {(line.id, line.params["name"]) for line in found.faults} == {
        ("filing.not_as_assessed", table),
        ("filing.not_as_assessed", answers),
        ("bundle.missing", PROMISE),
    }


def test_a_pack_that_another_version_wrote_is_not_blamed_for_it_and_the_reader_is_told(tmp_path: Path) -> None:
    table = f"{SETTLED}/settled-differences.csv"
    older = made_anew(complete(), product="0.0.1", **{table: b"\xef\xbb\xbfas it was written then"})
    found = check_pack(saved(older, tmp_path / "older.zip"))
    assert found.holds and found.faults == ()
    assert [(line.id, line.params["name"], line.params["then"]) for line in found.warnings] == [
        ("filing.other_version", table, "0.0.1")
    ]
    as_now = check_pack(saved(made_anew(complete(), product="0.0.1"), tmp_path / "as-now.zip"))
    assert as_now.holds and as_now.warnings == (), "another version that writes the same is no matter"


def test_a_check_can_go_by_another_list_and_says_when_it_is_a_strangers(pack: Path) -> None:
    shipped = library().checklists["diagnosis-generic"]
    own = shipped.model_copy(update={"id": "easy", "items": shipped.items[-1:]})
    found = check_pack(pack, own)
    assert [line.id for line in found.warnings] == ["filing.foreign_checklist"] and len(found.items) == 1
    assert check_pack(pack).warnings == ()


# Bytes -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_pack_changed_by_one_byte_is_found(data: st.DataObject, pack: Path) -> None:
    size = pack.stat().st_size
    at = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 7))

    def flip(held: bytearray) -> None:
        held[at] ^= 1 << bit

    other = changed(pack, flip)
    with contextlib.suppress(InputError):  # it may not even be a pack any more
        assert open_pack(other).faults, f"byte {at}"


def test_a_changed_manifest_is_found_though_every_digest_fits(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in complete().files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["plant"]["simulated"] = False
    (folder / "manifest.json").write_bytes(canonical(manifest))
    found = check_pack(folder)
    assert [line.id for line in found.faults] == ["bundle.signature"]
    assert {item.item for item in found.items if item.outcome == "missing"} >= {"bundle"}


@pytest.mark.parametrize("text", [b"", b"PK\3\4", b"not a zip at all"])
def test_what_is_no_pack_is_refused_in_words(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(text)
    with pytest.raises(InputError):
        check_pack(file)
