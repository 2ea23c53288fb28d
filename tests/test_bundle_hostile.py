"""Bundles made to do harm, or forged with care: each is refused with a message, never with a traceback."""

import io
import os
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.bundle import Bundle, ManifestMember, archive, check, open_bundle, seal
from assessor.bundle.archive import pack_into
from assessor.bundle.disk import write_new
from assessor.bundle.manifest import Manifest
from assessor.bundle.rows import SCHEMA
from assessor.bundle.seal import write
from assessor.domain import Message, canonical, sha256
from assessor.errors import BundleError
from tests.test_bundle import KEY, filled, members

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The members of a sound bundle, manifest and signature among them."""
    folder = tmp_path_factory.mktemp("held")
    with filled(folder / "work", rows=5) as work:
        seal(work, KEY, folder / "s.zip", made=5)
    return members(folder / "s.zip")


def pack(members: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    pack_into(out, members)
    return out.getvalue()


def packed(file: Path, held: dict[str, bytes]) -> Path:
    file.write_bytes(pack(held.items()))
    return file


def faults(file: Path) -> dict[str, list[str]]:
    """Names of members by what is said to be wrong with them."""
    found: dict[str, list[str]] = {}
    for line in check(file).lines:
        found.setdefault(line.id, []).append(str(line.params.get("name", "")))
    return found


@pytest.mark.slow
@settings(max_examples=150)
@given(data=st.data())
def test_a_forger_who_mends_every_checksum_is_still_found(
    tmp_path_factory: pytest.TempPathFactory, held: dict[str, bytes], data: st.DataObject
) -> None:
    """The container is built anew around the changed byte, so that only digests and signature can tell."""
    name = data.draw(st.sampled_from(sorted(held)))
    at = data.draw(st.integers(0, len(held[name]) - 1))
    forged = bytearray(held[name])
    forged[at] ^= 1 << data.draw(st.integers(0, 7))
    file = packed(tmp_path_factory.getbasetemp() / "forged.zip", held | {name: bytes(forged)})
    result = check(file)
    assert not result.holds
    if name not in ("manifest.json", "manifest.sig"):
        assert faults(file)["bundle.changed"] == [name]


@settings(max_examples=150)
@given(seed=st.integers(0, 1 << 32))
def test_a_mangled_file_never_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, held: dict[str, bytes], seed: int
) -> None:
    chance, sound = random.Random(seed), pack(held.items())
    mangled = bytearray(sound)
    for _ in range(chance.randrange(1, 6)):
        end = chance.random() < 0.5  # half of the blows aim at the directory
        at = len(mangled) - 1 - chance.randrange(min(700, len(mangled))) if end else chance.randrange(len(mangled))
        match chance.randrange(3):
            case 0:
                mangled[at] = chance.randrange(256)
            case 1:
                del mangled[at : at + chance.randrange(1, 60)]
            case _:
                mangled[at:at] = chance.randbytes(chance.randrange(1, 60))
    file = tmp_path_factory.getbasetemp() / "mangled.zip"
    file.write_bytes(mangled)
    assert check(file).holds == (bytes(mangled) == sound)
    try:
        open_bundle(file)
    except BundleError as refused:
        assert refused.message.id.startswith("bundle.")


@pytest.mark.parametrize(
    "respell",
    [bytes.upper, lambda s: b" " + s, lambda s: s + b"\n", lambda s: s[:-1], lambda s: s[:2] + b" " + s[2:]],
)
def test_a_signature_can_be_written_in_one_way_only(
    tmp_path: Path, held: dict[str, bytes], respell: Callable[[bytes], bytes]
) -> None:
    file = packed(tmp_path / "x.zip", held | {"manifest.sig": respell(held["manifest.sig"])})
    assert "bundle.signature" in faults(file)
    with pytest.raises(BundleError, match="signature"):
        open_bundle(file)


def test_swapped_and_renamed_members_are_named(tmp_path: Path, held: dict[str, bytes]) -> None:
    swapped = held | {"scope.yaml": held["meta.json"], "meta.json": held["scope.yaml"]}
    assert faults(packed(tmp_path / "a.zip", swapped))["bundle.changed"] == ["meta.json", "scope.yaml"]
    renamed = {("other.yaml" if name == "scope.yaml" else name): data for name, data in held.items()}
    found = faults(packed(tmp_path / "b.zip", renamed))
    assert (found["bundle.missing"], found["bundle.added"]) == (["scope.yaml"], ["other.yaml"])


def test_another_order_a_comment_or_an_extra_field_shows(tmp_path: Path, held: dict[str, bytes]) -> None:
    for change in ("order", "comment", "extra"):
        file = tmp_path / f"{change}.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in sorted(held.items(), reverse=change == "order"):
                entry = zipfile.ZipInfo(name)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                entry.extra = b"\xfe\xca\x01\x00x" if change == "extra" else b""
                archive.writestr(entry, data)
            archive.comment = b"hello" if change == "comment" else b""
        assert not check(file).holds, change
        assert "bundle.container" in faults(file)


def test_who_signs_anew_shows_another_fingerprint(tmp_path: Path, held: dict[str, bytes]) -> None:
    """Integrity can be forged by nobody; origin is the fingerprint, and it changes with the key."""
    old = Manifest.model_validate_json(held["manifest.json"])
    data = canonical(old.model_copy(update={"truncated": True}))
    signature = OTHER_KEY.sign(data).hex().encode() + b"\n"
    file = packed(tmp_path / "x.zip", held | {"manifest.json": data, "manifest.sig": signature})
    assert "bundle.signature" in faults(file), "the manifest names the old key"
    resealed(tmp_path / "y.zip", held, OTHER_KEY)
    assert check(tmp_path / "y.zip").holds
    assert open_bundle(tmp_path / "y.zip").manifest.fingerprint != old.fingerprint


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
def test_whose_key_it_is_is_said(
    tmp_path: Path, home: Path, held: dict[str, bytes], key: Ed25519PrivateKey
) -> None:
    resealed(tmp_path / "x.zip", held, key)
    assert "bundle.other_key" in faults(tmp_path / "x.zip"), "there is no key here: the file is a stranger's"
    assert not (home / "signing-key").exists(), "looking makes no key"
    home.mkdir(parents=True, exist_ok=True)
    (home / "signing-key").write_text(KEY.private_bytes_raw().hex())
    (home / "signing-key").chmod(0o600)
    assert ("bundle.own_key" in faults(tmp_path / "x.zip")) == (key is KEY)
    assert check(tmp_path / "x.zip").holds


def resealed(file: Path, held: dict[str, bytes], key: Ed25519PrivateKey = KEY) -> Bundle:
    """A bundle with a valid signature around whatever its members hold: anyone can make one."""
    inside = {name: data for name, data in held.items() if not name.startswith("manifest")}
    listed = tuple(ManifestMember(name=n, sha256=sha256(d), bytes=len(d)) for n, d in sorted(inside.items()))
    write(file, "sample", inside, listed, key, made=1, truncated=False)
    return open_bundle(file)


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


READ: dict[str, Callable[[Bundle], object]] = {
    "scope.yaml": Bundle.scope,
    "observations.json": Bundle.observations,
    "samples.parquet": Bundle.samples,
    "requests.jsonl": Bundle.requests,
    "meta.json": lambda bundle: bundle.clock,
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scope.yaml", b"\xff\xfe"),
        ("scope.yaml", b"a: 1"),
        ("scope.yaml", b"[" * 100_000),
        ("observations.json", b"[" * 100_000),
        ("observations.json", b'[{"endpoint": 1}]'),
        ("requests.jsonl", b"nope"),
        ("requests.jsonl", b'{"a": 1}'),
        ("requests.jsonl", b"[1]\n"),
        ("requests.jsonl", b"\xff"),
        ("meta.json", b"[]"),
        ("meta.json", b"{}"),
        ("samples.parquet", b""),
        ("samples.parquet", b"PAR1" + bytes(100) + b"PAR1"),
        ("samples.parquet", parquet(pa.table({"tag": [1]}))),
        ("samples.parquet", parquet(pa.table({name: ["no number"] for name in SCHEMA.names}))),
    ],
)
def test_nonsense_under_a_valid_signature_is_the_bundles_fault(
    tmp_path: Path, held: dict[str, bytes], name: str, data: bytes
) -> None:
    bundle = resealed(tmp_path / "x.zip", held | {name: data})
    with pytest.raises(BundleError, match="member_unreadable") as refused:
        READ[name](bundle)
    assert refused.value.message.params["name"] == name


def test_more_rows_than_memory_are_refused_unread(
    tmp_path: Path, held: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = resealed(tmp_path / "x.zip", held)
    assert bundle.samples().num_rows == 5
    monkeypatch.setattr("assessor.bundle.read._memory", lambda: 300)
    with pytest.raises(BundleError, match="member_unreadable"):
        bundle.samples()


def test_a_bundle_with_members_beyond_four_gigabytes_holds(
    tmp_path: Path, held: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their sizes stand in extra fields; here the limit is moved instead of the disk filled."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 300)
    bundle = resealed(tmp_path / "x.zip", held)
    with zipfile.ZipFile(tmp_path / "x.zip") as zipped:
        assert any(entry.extra for entry in zipped.infolist())
    assert check(tmp_path / "x.zip").holds
    assert bundle.member("scope.yaml") == held["scope.yaml"]
    assert bundle.samples().num_rows == 5


def test_a_member_too_large_to_be_read_whole_is_refused_unread(
    tmp_path: Path, held: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = resealed(tmp_path / "x.zip", held | {"requests.jsonl": bytes(50_000)})
    monkeypatch.setattr(archive, "LARGEST", 49_999)
    with pytest.raises(BundleError, match=r"bundle\.too_large"):
        bundle.requests()


def test_checking_takes_a_piece_of_a_bundle_into_memory_at_a_time(tmp_path: Path, held: dict[str, bytes]) -> None:
    resealed(tmp_path / "x.zip", held | {"samples.parquet": bytes(40_000_000)})
    tracemalloc.start()
    try:
        assert check(tmp_path / "x.zip").holds
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def overlapping(count: int, size: int) -> bytes:
    """A zip whose members each claim all that follows: `count` times its own size when unpacked."""
    body, directory, end = b"", b"", count * 38 + size
    for i in range(count):
        name, length = b"%08d" % i, end - len(body) - 38
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, length, length, 8, 0, 0, 0, 0, 0, len(body)
        )
        directory += name
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, length, length, 8, 0) + name
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), end, 0)
    return body + bytes(size) + directory + tail


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    file.write_bytes(overlapping(50, 100_000))
    with zipfile.ZipFile(file) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > 40 * len(file.read_bytes())
    refused = faults(file).keys()  # newer Pythons refuse the directory of such a zip themselves
    assert len(refused) == 1 and refused <= {"bundle.hostile", "bundle.not_a_bundle"}


@pytest.mark.parametrize("name", ["a/../../b", "/etc/passwd", "a\x1b[31mred", "..", ""])
def test_a_name_that_could_do_harm_is_refused_and_shown_harmless(
    tmp_path: Path, held: dict[str, bytes], name: str
) -> None:
    file = packed(tmp_path / "x.zip", held | {name: b"x"})
    (line,) = check(file).lines
    assert line.id == "bundle.hostile"
    assert str(line.params["name"]).isprintable()


def test_a_member_twice_is_refused_in_the_zip_and_in_the_manifest(tmp_path: Path, held: dict[str, bytes]) -> None:
    (tmp_path / "x.zip").write_bytes(pack([*held.items(), ("zz", b"1")]).replace(b"zz", b"zy"))
    twice = pack([*held.items(), ("zy", b"1"), ("zz", b"2")]).replace(b"zz", b"zy")
    (tmp_path / "y.zip").write_bytes(twice)
    assert faults(tmp_path / "x.zip")["bundle.added"] == ["zy"]
    assert faults(tmp_path / "y.zip") == {"bundle.hostile": [ascii("zy")]}
    manifest = Manifest.model_validate_json(held["manifest.json"])
    with pytest.raises(ValueError, match="twice"):
        Manifest.model_validate(
            manifest.model_dump() | {"members": [m.model_dump() for m in manifest.members * 2]}
        )


def test_a_withheld_member_that_is_inside_all_the_same_is_named(tmp_path: Path, held: dict[str, bytes]) -> None:
    inside = {name: data for name, data in held.items() if not name.startswith("manifest")}
    stays = Message(id="bundle.stays")
    listed = tuple(
        ManifestMember(name=n, sha256=sha256(d), bytes=len(d), withheld=stays if n == "scope.yaml" else None)
        for n, d in sorted(inside.items())
    )
    write(tmp_path / "x.zip", "sample", inside, listed, KEY, made=1, truncated=False)
    assert faults(tmp_path / "x.zip")["bundle.added"] == ["scope.yaml"]


@pytest.mark.parametrize("links", [True, False])
def test_nothing_that_stands_is_replaced_even_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise PermissionError(1, "no links on this memory stick")

        monkeypatch.setattr(os, "link", refuse)
    write_new(tmp_path / "new", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "new", b"two")
    assert (tmp_path / "new").read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["new"]
