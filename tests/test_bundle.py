"""Bundles: any changed byte shows, acknowledged rows survive a killed process and a full disk."""

import io
import os
import random
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.bundle import (
    Folder,
    check,
    create,
    installation_key,
    open_bundle,
    reopen,
    seal,
    withhold,
    write_assessment,
)
from assessor.documents import parse
from assessor.domain import GOOD, Message, Observation, RequestRecord, Sample, Scope
from assessor.errors import AssessorError, BundleError, InputError, StorageError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SCOPE_BYTES = """
format: assessor-scope/1
plant: {id: small, name: {zh: 小厂, en: Small}, kind: discrete, simulated: true}
agreement: {role: {zh: 厂长, en: Plant manager}, date: "2026-01-01", reference: A-1}
vantage: control
register: {source: {zh: 台账, en: Ledger}, as_of: "2026-01-01"}
assets: [{id: press, name: {zh: 压机, en: Press}, kind: press, production: true}]
endpoints: [{id: press, protocol: opcua, address: "opc.tcp://127.0.0.1:4840", role: machine, asset: press}]
""".encode()
SCOPE = parse(Scope, SCOPE_BYTES.decode(), "scope.yaml")[0]
SEEN = Observation(endpoint="press", protocol="opcua", connector="test", started=1, ended=2, reached=True)
ASKED = RequestRecord(1, "press", "Read", "3 nodes", 10, 20, 1.5, "ok")


def row(n: int, at: int) -> Sample:
    return Sample(n % 7, at, at, at, at, GOOD, number=n / 3)


def filled(path: Path, rows: int = 100) -> Folder:
    folder = create(path, SCOPE_BYTES, SCOPE, began=1, clock="synchronised")
    folder.samples([row(n, 1_000 + n) for n in range(rows)])
    folder.request(ASKED)
    folder.observe(SEEN)
    folder.end(False)
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    with filled(tmp_path / "work") as folder:
        seal(folder, KEY, tmp_path / "sealed.zip", made=5)
    return tmp_path / "sealed.zip"


def said(file: Path) -> set[str]:
    return {line.id for line in check(file).lines}


def test_what_went_in_comes_out(sealed: Path) -> None:
    bundle = open_bundle(sealed)
    assert check(sealed).holds
    assert bundle.samples().num_rows == 100
    assert bundle.samples()["number"].to_pylist()[:3] == [0, 1 / 3, 2 / 3]
    assert bundle.observations() == (SEEN,)
    assert bundle.requests() == (ASKED,)
    assert bundle.scope() == SCOPE
    assert bundle.member("scope.yaml") == SCOPE_BYTES
    assert bundle.clock == "synchronised"
    assert not bundle.manifest.truncated


def test_the_same_folder_seals_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with filled(tmp_path / name) as folder:
            seal(folder, KEY, tmp_path / f"{name}.zip", made=5)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.slow
@settings(max_examples=60)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_shows(tmp_path_factory: pytest.TempPathFactory, where: float, bit: int) -> None:
    folder = tmp_path_factory.mktemp("flip")
    with filled(folder / "work", rows=5) as work:
        seal(work, KEY, folder / "s.zip", made=5)
    data = bytearray((folder / "s.zip").read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    (folder / "s.zip").write_bytes(data)
    assert not check(folder / "s.zip").holds


def test_a_changed_member_is_named(sealed: Path) -> None:
    data = sealed.read_bytes()
    at = data.index(SCOPE_BYTES) + 30
    sealed.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    found = check(sealed)
    assert [line.params["name"] for line in found.lines if line.id == "bundle.changed"] == ["scope.yaml"]
    with pytest.raises(BundleError):
        open_bundle(sealed).scope()


def test_appended_and_prepended_bytes_show(sealed: Path) -> None:
    data = sealed.read_bytes()
    for changed in (data + b"\0", b"\0" + data, data[:-1]):
        sealed.write_bytes(changed)
        assert not check(sealed).holds


def rebuilt(file: Path, members: dict[str, bytes]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    file.write_bytes(out.getvalue())


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_missing_and_added_members_are_named(sealed: Path) -> None:
    held = members(sealed)
    rebuilt(sealed, {k: v for k, v in held.items() if k != "requests.jsonl"} | {"more.txt": b"x"})
    found = {line.id: line.params.get("name") for line in check(sealed).lines}
    assert found["bundle.missing"] == "requests.jsonl"
    assert found["bundle.added"] == "more.txt"


@pytest.mark.parametrize(
    "make",
    [
        lambda f: f.write_bytes(b""),
        lambda f: f.write_bytes(b"PK\x03\x04 no zip at all"),
        lambda f: f.write_bytes(f.read_bytes()[:200]),
        lambda f: rebuilt(f, {"../../etc/passwd": b"x"}),
        lambda f: rebuilt(f, {"/abs": b"x"}),
        lambda f: rebuilt(f, {"manifest.json": b"{}"}),
        lambda f: rebuilt(f, {"manifest.json": b"not json", "manifest.sig": b"zz"}),
        lambda f: f.unlink(),
    ],
)
def test_hostile_files_are_refused_with_a_message(sealed: Path, make) -> None:  # type: ignore[no-untyped-def]
    make(sealed)
    found = check(sealed)
    assert not found.holds and found.lines
    with pytest.raises(BundleError):
        open_bundle(sealed)


def test_a_compressed_bomb_is_refused_unread(sealed: Path) -> None:
    with zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 50_000_000)
    with pytest.raises(BundleError):
        open_bundle(sealed)


def test_nothing_is_overwritten(tmp_path: Path, sealed: Path) -> None:
    before = sealed.read_bytes()
    with filled(tmp_path / "again") as folder, pytest.raises(InputError):
        seal(folder, KEY, sealed)
    assert sealed.read_bytes() == before
    assert not [f for f in tmp_path.iterdir() if f.name.startswith(".")], "no half-written file is left"


def test_a_filing_bundle_names_what_stays_and_keeps_its_digests(tmp_path: Path, sealed: Path) -> None:
    source = open_bundle(sealed)
    filing = tmp_path / "filing.zip"
    write_assessment(
        filing, source=source, assessment=b"{}", answers=b"a: 1", parts={"bank/x.yaml": b"x"}, key=KEY, made=6
    )
    assert check(filing).holds and check(filing).kind == "assessment"
    manifest = open_bundle(filing).manifest
    assert manifest.source == source.digest
    stays = {m.name: m.sha256 for m in manifest.members if m.withheld}
    assert stays == {f"source/{m.name}": m.sha256 for m in source.manifest.members}
    assert b"127.0.0.1" not in filing.read_bytes(), "no address leaves the plant"
    with pytest.raises(BundleError, match="withheld"):
        open_bundle(filing).member("source/scope.yaml")


def test_withholding_keeps_the_digest_and_names_the_reason(tmp_path: Path, sealed: Path) -> None:
    out = tmp_path / "less.zip"
    withhold(sealed, ["samples.parquet"], Message(id="bundle.stays"), out, KEY)
    found = check(out)
    assert found.holds and "bundle.withheld" in {line.id for line in found.lines}
    assert "samples.parquet" not in members(out)


def test_a_key_is_made_once_and_kept_from_others(home: Path) -> None:
    first = installation_key().private_bytes_raw()
    assert installation_key().private_bytes_raw() == first
    file = home / "signing-key"
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o644)
    with pytest.raises(BundleError, match="key_open"):
        installation_key()
    file.chmod(0o600)
    file.write_text("nonsense")
    with pytest.raises(BundleError, match="key_damaged"):
        installation_key()


def test_a_torn_tail_is_dropped_and_the_rest_kept(tmp_path: Path) -> None:
    filled(tmp_path / "w").close()
    with (tmp_path / "w/tail-000001").open("ab") as tail:
        tail.write(b"0" * 64 + b' {"n": 99, "parts": [["sam')
    with reopen(tmp_path / "w") as folder:
        assert folder.rows == 100 and folder.ended
        folder.samples([row(100, 2_000)])
        folder.end(False)
        seal(folder, KEY, tmp_path / "s.zip")
    assert open_bundle(tmp_path / "s.zip").samples().num_rows == 101


def test_a_damaged_acknowledged_segment_is_said_to_be(tmp_path: Path) -> None:
    filled(tmp_path / "w").close()
    with reopen(tmp_path / "w") as folder:  # going on after the end writes what there was as segments
        folder.samples([row(100, 2_000)])
        folder.flush()
    segment = next((tmp_path / "w/segments").glob("*samples*"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"!")
    with pytest.raises(BundleError, match="segment_damaged"):
        reopen(tmp_path / "w")


def test_a_folder_that_did_not_end_is_sealed_as_truncated(tmp_path: Path) -> None:
    folder = create(tmp_path / "w", SCOPE_BYTES, SCOPE)
    folder.samples([row(1, 1)])
    folder.flush()
    folder.close()
    with reopen(tmp_path / "w") as again:
        assert seal(again, KEY, tmp_path / "s.zip").manifest.truncated
    assert "bundle.truncated" in said(tmp_path / "s.zip")
    assert check(tmp_path / "s.zip").holds


KILLS = 50 if os.environ.get("SOAK") else 8


@pytest.mark.slow
def test_killed_at_random_instants_no_acknowledged_row_is_lost(tmp_path: Path) -> None:
    chance = random.Random(7)
    for i in range(KILLS):
        work = tmp_path / f"w{i}"
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.writer", str(work)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        promised = 0
        for _ in range(chance.randrange(1, 40)):
            promised = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        promised = int(([str(promised), *writer.stdout.read().split("\n")[:-1]])[-1])
        writer.wait()
        writer.stdout.close()
        with reopen(work) as folder:
            assert folder.rows >= promised
            seal(folder, KEY, tmp_path / f"s{i}.zip", truncated=True)
        assert check(tmp_path / f"s{i}.zip").holds
        assert open_bundle(tmp_path / f"s{i}.zip").samples().num_rows >= promised


def test_a_full_disk_stops_the_run_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """A limit on file size stands in for a full disk: the write fails in the same place with an errno."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = create(tmp_path / "w", SCOPE_BYTES, SCOPE)
    try:
        folder.samples([row(n, n) for n in range(10)])
        folder.flush()
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(StorageError, match="disk_full"):
            folder.samples([row(n, random.Random(n).getrandbits(60)) for n in range(20_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
        folder.close()
    with reopen(tmp_path / "w") as again:
        assert again.rows == 10
        seal(again, KEY, tmp_path / "s.zip", truncated=True)
    assert open_bundle(tmp_path / "s.zip").samples().num_rows == 10


@pytest.mark.parametrize("error", [InputError, BundleError, StorageError])
def test_errors_have_exit_codes_of_their_own(error: type[AssessorError]) -> None:
    assert error.exit_code in (2, 4, 5)
