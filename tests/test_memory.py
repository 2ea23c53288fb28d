"""What a run of fifty thousand variables may take of a laptop's memory, from the walk to the sealed bundle."""

import json
import os
import subprocess
import sys
import tracemalloc
from importlib.util import find_spec
from pathlib import Path

import pytest

from assessor.domain import Message, Observation, Tag, canonical, canonical_pieces
from benchmarks import live

PROMISED = 500
"""MB, at 50 000 tags and 1 Hz, whatever the length of the run."""
SECONDS = 480 if os.environ.get("SOAK") else 30
HEAVY = ("pandas", "scipy.optimize", "scipy.special", "openpyxl", "xlsxwriter")


def observed(tags: int) -> Observation:
    return Observation(
        endpoint="press",
        protocol="opcua",
        connector="opcua",
        started=1,
        ended=2,
        reached=True,
        problem=Message(id="contact.cut_off", params={"b": "二", "a": 1}),
        tags=tuple(
            Tag(id=n, endpoint="press", asset="press", address=f"nsu=urn:x;s=V{n}", path=f"Line/V{n}", low=n / 7)
            for n in range(tags)
        ),
    )


@pytest.mark.wire
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_thousand_variables_are_walked_sampled_and_sealed_within_what_was_promised(tmp_path: Path) -> None:
    if find_spec("o6") is None:
        pytest.skip("NOT TESTED: the package o6 is not installed")
    took = live.measured(tmp_path, 50_000, SECONDS)
    assert took["tags"] >= took["with_rows"] >= 50_000
    assert took["rows"] > 2 * took["tags"], "more than one look at each"
    assert took["peak_mb"] < PROMISED, took


@pytest.mark.slow
def test_what_only_judging_needs_is_not_loaded_to_sample() -> None:
    told = "import sys, assessor.cli.sampling; print([m for m in sys.argv[1:] if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told, *HEAVY], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 3000])
def test_pieces_are_the_document_that_the_library_would_write_at_once(count: int) -> None:
    seen = observed(count)
    plain = json.dumps(seen.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert canonical(seen) == plain.encode()
    assert json.loads(canonical([seen, {"of": seen}])) == [json.loads(plain), {"of": json.loads(plain)}]
    assert Observation.model_validate_json(plain) == seen


@pytest.mark.slow
def test_a_large_document_is_never_whole_in_memory() -> None:
    seen = observed(5000)
    size, largest = len(canonical(seen)), 0
    tracemalloc.start()
    try:
        written = sum(len(piece) for piece in canonical_pieces(seen))
        largest = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written == size
    assert largest < size / 4, f"{largest} bytes for a document of {size}"


@pytest.mark.parametrize("name", ["\udcce\udcc2\udcb6\udcc8", "Temp \ud800", "\udc80"])
def test_words_of_a_machine_that_are_no_utf8_never_spoil_a_document(name: str) -> None:
    """A server that speaks GBK: its names come as lone surrogates, so that its nodes can still be asked for."""
    seen = observed(1).model_copy(
        update={"namespaces": (name,), "problem": Message(id="a.b", params={"of": name})}
    )
    data = canonical(seen)
    read = Observation.model_validate_json(data)
    assert read.namespaces == ("".join("?" if c >= "\ud800" else c for c in name),)
    assert canonical(read) == data, "what was read is written the same"
