"""The log of an office as a file: what was changed, left out, put in, cut off or signed by somebody else shows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assessor import logbook
from assessor.domain import LogEntry
from assessor.errors import InputError
from assessor.programmes.vouchers import chained

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def entries(n: int, office: str = "a") -> list[LogEntry]:
    made: list[LogEntry] = []
    for k in range(1, n + 1):
        before = made[-1].digest if made else None
        made.append(
            LogEntry(
                office=office, number=k, at=k * 10**9, account="0" * 32, subject="v", act="apply", before=None,
                after="applied", why=f"理由 {k}", details={"yuan": k}, previous=before,
            )
        )  # fmt: skip
    return made


def written(folder: Path, lines: list[bytes], name: str = "log.jsonl") -> Path:
    (folder / name).write_bytes(b"".join(lines))
    return folder / name


def lines(n: int, office: str = "a") -> list[bytes]:
    return list(logbook.written(office, entries(n, office), KEY))


def test_a_log_that_was_given_out_holds_also_where_nothing_was_done(tmp_path: Path) -> None:
    for n in (0, 1, 7):
        found = logbook.follow(written(tmp_path, lines(n)))
        assert found.holds and found.entries == n and (found.head is None) == (n == 0)


def changed(all_: list[bytes]) -> list[bytes]:
    told = json.loads(all_[2])
    told["details"]["yuan"] = 900
    return [*all_[:2], json.dumps(told).encode() + b"\n", *all_[3:]]


HARM: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "changed": changed,
    "left out": lambda all_: all_[:2] + all_[3:],
    "put in": lambda all_: [*all_[:2], all_[1], *all_[2:]],
    "the other way round": lambda all_: [all_[1], all_[0], *all_[2:]],
    "cut off": lambda all_: [*all_[:-2], all_[-1]],
    "another seal": lambda all_: [*all_[:-1], lines(4)[-1]],
}


@pytest.mark.parametrize("harm", HARM)
def test_whatever_was_done_to_it_shows(tmp_path: Path, harm: str) -> None:
    assert not logbook.follow(written(tmp_path, HARM[harm](lines(5)))).holds


def test_a_signature_of_another_key_does_not_stand_for_this_one(tmp_path: Path) -> None:
    told = json.loads(lines(3)[-1])
    told["key"] = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    found = logbook.follow(written(tmp_path, [*lines(3)[:-1], json.dumps(told).encode()]))
    assert not found.holds and any(line.id == "logbook.not_signed" for line in found.lines)


def test_a_log_written_anew_shows_beside_an_earlier_export(tmp_path: Path) -> None:
    """Whoever holds the key can write a log that follows from itself, but none that goes on from an export."""
    earlier = written(tmp_path, lines(3), "earlier.jsonl")
    assert logbook.follow(written(tmp_path, lines(5)), earlier).holds
    forged = entries(5)
    again: list[LogEntry] = []
    for entry in forged:
        again.append(entry.model_copy(update={"why": "x", "previous": again[-1].digest if again else None}))
    file = written(tmp_path, list(logbook.written("a", again, KEY)), "forged.jsonl")
    assert logbook.follow(file).holds
    told = logbook.follow(file, earlier)
    assert not told.holds and any(line.id == "logbook.changed_since" for line in told.lines)
    assert not logbook.follow(written(tmp_path, lines(2), "cut.jsonl"), earlier).holds
    assert not logbook.follow(written(tmp_path, lines(5, "b"), "other.jsonl"), earlier).holds


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"no json\n", b"{}\n", b'{"format":"assessor-log/1"}\n', b"\xff\xfe\n"]
)
def test_what_is_no_log_is_named_with_its_line(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError) as told:
        logbook.follow(written(tmp_path, [data]))
    assert told.value.message.id == "logbook.no_export" and told.value.place


@given(st.integers(2, 9), st.data())
def test_an_entry_that_is_not_as_it_was_breaks_the_chain_there_or_after(n: int, data: st.DataObject) -> None:
    held = entries(n)
    at = data.draw(st.integers(0, n - 2))
    held[at] = held[at].model_copy(update={data.draw(st.sampled_from(["why", "act", "subject"])): "y"})
    found = chained(held)
    assert not found.holds and found.broken_at == at + 2
