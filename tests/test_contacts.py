"""What the connectors met stands in the Assessment: all that a reader needs, and nothing that says where."""

import re
from string import Formatter

import pytest

from assessor.contacts import HARMLESS, MOST, contacts
from assessor.domain import Contact, Gap, Message, canonical
from assessor.messages import LANGUAGES, catalogue, render
from assessor.report import render_html
from tests.report_example import SECRETS, example, six_verdicts, troubled

AREAS = ("bundle", "contact", "doors", "guard", "modbus", "mtconnect", "sampling", "simulator")
"""Where the messages of connectors come from."""


def found() -> dict[str, Contact]:
    return {c.endpoint: c for c in contacts(*troubled())}


def test_nothing_that_says_where_a_server_stands_leaves_the_plant() -> None:
    scope, seen = troubled()
    held = canonical([o.model_dump(mode="json") for o in seen]).decode()
    assert all(secret in held for secret in SECRETS), "the sealed bundle holds them"
    leaves = canonical([c.model_dump(mode="json") for c in contacts(scope, seen)]).decode()
    assert not [secret for secret in SECRETS if secret in leaves]
    assert not [e.address for e in scope.endpoints if e.address in leaves]


@pytest.mark.parametrize("area", AREAS)
def test_no_message_of_a_connector_takes_an_address_along_and_each_can_be_read(area: str) -> None:
    (scope, seen), place = troubled(), "10.20.30.40:4840/x"
    template = seen[0]
    for id_, text in catalogue().items():
        if not id_.startswith(f"{area}."):
            continue
        gaps = {name: form for _, name, form, _ in Formatter().parse(text.en) if name}
        params: dict[str, str | int] = {name: "1" if form else place for name, form in gaps.items()}
        message = Message(id=id_, params={**params})
        met = contacts(scope, (template.model_copy(update={"problem": message, "warnings": (message,)}),))[0]
        assert met.problem is not None and set(met.problem.params) == set(params)
        for language in LANGUAGES:
            told = render(met.problem, language)
            assert place not in told or HARMLESS & {n for n, v in params.items() if v == place}, id_


def test_losses_stand_together_by_cause_with_how_much_and_where() -> None:
    overflow, silent = found()["scada"].losses
    assert (overflow.why.id, overflow.lost, overflow.times, overflow.tags) == ("sampling.overflow", 63 // 3, 9, 3)
    assert overflow.assets == ("imm-01", "imm-02", "imm-03")
    assert (silent.lost, silent.tags, silent.assets) == (None, 0, ()), "the whole endpoint, nobody knows how many"
    assert silent.why.params == {"address": "scada"}


def test_many_causes_are_bounded_and_none_is_dropped() -> None:
    scope, seen = troubled()
    gaps = tuple(
        Gap(begins=i, ends=i + 1, why=Message(id="mtconnect.overrun", params={"n": i}), lost=i) for i in range(300)
    )
    (met,) = contacts(scope, (seen[0].model_copy(update={"gaps": gaps}),))
    assert len(met.losses) == MOST and sum(loss.times for loss in met.losses) == 300
    assert sum(loss.lost or 0 for loss in met.losses) == sum(range(300))
    assert met.losses[0].lost == 299


def test_registers_are_counted_by_asset_and_reason() -> None:
    met = next(c for c in found().values() if c.skipped)
    assert [(s.registers, s.why.id) for s in met.skipped] == [
        (32, "modbus.registers_refused"), (1, "modbus.registers_zero"),
    ]  # fmt: skip
    (loss,) = met.losses
    assert loss.assets == (met.skipped[0].asset,) and loss.times == 4


def test_a_key_on_two_endpoints_is_named_at_both() -> None:
    shared = {id_: c.certificate.same_key for id_, c in found().items() if c.certificate}
    first, second = shared
    assert shared == {first: (second,), second: (first,)}


def test_the_agreed_door_is_marked_and_each_stands_once() -> None:
    doors = found()["scada"].doors
    assert len(doors) == 7 and [door.agreed for door in doors] == [True, *[False] * 6]


@pytest.mark.slow
def test_an_exported_record_is_no_contact_and_the_demo_tells_of_all_its_endpoints() -> None:
    scope, _ = troubled()
    assert [c.endpoint for c in example().contacts] == [e.id for e in scope.endpoints]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_shows_what_was_met(language: str) -> None:
    page = render_html(six_verdicts(), language=language)  # type: ignore[arg-type]
    edition = page.split(f'<section id="{language}-contacts"')[1].split("</section>")[0]
    words = re.sub(r"<[^>]+>", " ", edition)
    for fact in ("1,024", "BadUserAccessDenied", "5,000", "812", "SCADA 7", "MaxNodesPerRead 50", "4,210", "32"):
        assert fact in words, fact
    for id_ in ("report.contacts.other_host", "report.contacts.trust.changed", "modbus.resting"):
        assert render(id_, language) in words  # type: ignore[arg-type]
    assert not [secret for secret in SECRETS if secret in page]
