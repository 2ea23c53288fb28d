"""A precheck that was run against a plant that is really there: handed in, held against the scope, told."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assessor.desk import attaching, preparing, surveys
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.domain import canonical
from assessor.errors import AccessError, InputError
from assessor.precheck import precheck
from assessor.precheck.reading import read_precheck
from assessor.storage import StoredFile, papers
from connectors.scope import read_scope
from tests.sampled import plant_scope
from tests.test_precheck import HELD
from tests.web.asked import by_session, site
from tests.web.people import Person, factory, joined

pytestmark = [pytest.mark.slow, pytest.mark.wire]


@pytest.fixture(scope="module")
def scope() -> Iterator[bytes]:
    with plant_scope() as one:
        yield one


@pytest.fixture(scope="module")
def tried(scope: bytes) -> bytes:
    """What `precheck --json` writes of it, by really asking."""
    return _tried(scope)


def _tried(scope: bytes) -> bytes:
    return canonical(asyncio.run(precheck(read_scope(scope.decode(), "scope.yaml"))))


def begun(desk: Desk) -> tuple[Person, str]:
    house, _, survey = factory(desk)
    return joined(desk, house, "consultant"), survey


def handed(desk: Desk, person: Person, survey: str, kind: str, data: bytes) -> StoredFile:
    return attaching.attach(desk, person.who, survey, Handed(kind, f"{kind}.json", data))  # type: ignore[arg-type]


def shown(desk: Desk, person: Person, survey: str) -> str:
    with site(desk) as web:
        answer = web.get(f"/surveys/{survey}/prepare?language=en", by_session(desk, person.token))
    assert answer.status_code == 200
    return answer.text


def test_it_is_told_beside_the_scope_that_it_was_made_for(lite: Desk, scope: bytes, tried: bytes) -> None:
    who, survey = begun(lite)
    handed(lite, who, survey, "precheck", tried)
    stands = preparing.standing(lite, who.who, survey).precheck
    assert stands is not None and stands.held is None and "no scope yet" in shown(lite, who, survey)
    handed(lite, who, survey, "scope", scope)
    version = surveys.get(lite, who.who, survey).version
    file = handed(lite, who, survey, "precheck", tried)
    assert file.about["endpoints"] == 2 and surveys.get(lite, who.who, survey).version == version
    stands = preparing.standing(lite, who.who, survey).precheck
    assert stands is not None and stands.held is not None and stands.result is not None
    assert (stands.held.untried, stands.held.strangers) == ((), ())
    text = shown(lite, who, survey)
    assert "other addresses" not in text and text.count("Nothing to do.") == 2
    assert all(one.address in text for one in stands.result.checked)


def test_what_must_be_opened_and_which_certificate_was_shown_is_told(lite: Desk, scope: bytes) -> None:
    who, survey = begun(lite)
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        place = f"opc.tcp://127.0.0.1:{closed.getsockname()[1]}/"
        silent = scope.replace(read_scope(scope.decode(), "s").endpoints[0].address.encode(), place.encode())
        found = _tried(silent)
    handed(lite, who, survey, "scope", silent)
    held = HELD.model_dump(mode="json")
    handed(
        lite, who, survey, "precheck", _changed(found, lambda t: t["checked"][1]["seen"].update(certificate=held))
    )
    text = shown(lite, who, survey)
    assert text.count("Nothing to do.") == 1 and "1 ready" in text and "other addresses" not in text
    assert "Nothing needs to change in the network." in text, "a machine that refuses is there"
    assert "2048 bit, valid until" in text and "Expired." in text


def test_it_says_where_it_was_made_for_other_addresses(lite: Desk, scope: bytes, tried: bytes) -> None:
    who, survey = begun(lite)
    one = read_scope(scope.decode(), "scope.yaml").endpoints[0]
    moved = scope.replace(one.address.encode(), b"opc.tcp://10.20.0.77:4840")
    assert moved != scope
    handed(lite, who, survey, "scope", moved)
    handed(lite, who, survey, "precheck", tried)
    stands = preparing.standing(lite, who.who, survey).precheck
    assert stands is not None and stands.held is not None
    assert (stands.held.untried, stands.held.strangers) == ((one.id,), (one.id,))
    assert "other addresses" in shown(lite, who, survey)


def _changed(tried: bytes, change: Callable[[Any], object]) -> bytes:
    told = json.loads(tried)
    change(told)
    return json.dumps(told).encode()


WRONG: dict[str, Callable[[Any], object]] = {
    "a text that there is not": lambda t: t["checked"][0]["seen"].update(problem={"id": "no.such.text"}),
    "a text without its gaps": lambda t: t["checked"][0]["seen"].update(problem={"id": "contact.refused"}),
    "no vantage of ours": lambda t: t.update(vantage="cloud"),
    "a field of another version": lambda t: t.update(more=1),
    "no plant": lambda t: t.pop("plant"),
    "a time that no calendar has": lambda t: t.update(made=10**30),
    "an answer that there is not": lambda t: t["checked"][0].update(answered="maybe"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_precheck_is_refused_by_name(lite: Desk, tried: bytes, what: str) -> None:
    who, survey = begun(lite)
    with pytest.raises(InputError) as told:
        handed(lite, who, survey, "precheck", _changed(tried, WRONG[what]))
    assert (told.value.place or "").startswith("precheck.json")
    assert preparing.standing(lite, who.who, survey).precheck is None


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff\xfe\x00", b"null", b"%PDF-1.4", b"a: *b"])
def test_neither_is_anything_else(lite: Desk, data: bytes) -> None:
    who, survey = begun(lite)
    with pytest.raises(InputError):
        handed(lite, who, survey, "precheck", data)


def test_what_another_version_took_in_is_said_to_be_untold_and_the_page_stays(lite: Desk, tried: bytes) -> None:
    who, survey = begun(lite)
    file = handed(lite, who, survey, "precheck", tried)
    data = _changed(tried, WRONG["a text that there is not"])
    with lite.store.write() as c:
        papers.remove_file(c, survey, file.id)
        papers.add_file(c, file, data)
    stands = preparing.standing(lite, who.who, survey).precheck
    assert stands is not None and stands.result is None and stands.fault is not None
    assert "cannot be told here" in shown(lite, who, survey)


def test_whatever_stands_in_it_is_shown_as_text(lite: Desk, tried: bytes) -> None:
    who, survey = begun(lite)
    bad = "<script>alert(1)</script>"
    handed(
        lite, who, survey, "precheck", _changed(tried, lambda t: t["checked"][0].update(address=bad, endpoint=bad))
    )
    assert "<script>alert" not in shown(lite, who, survey)


def test_addresses_are_not_for_everybody(lite: Desk, tried: bytes) -> None:
    who, survey = begun(lite)
    file = handed(lite, who, survey, "precheck", tried)
    member = joined(lite, surveys.get(lite, who.who, survey).organisation, "member").who
    assert not attaching.listed(lite, member, survey)
    with pytest.raises(AccessError):
        attaching.content(lite, member, survey, file.id)


def test_what_was_read_is_what_was_written(tried: bytes) -> None:
    assert canonical(read_precheck(tried, "precheck.json")) == tried
