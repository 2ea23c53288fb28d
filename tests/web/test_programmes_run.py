"""Rules of a programme: entered in a form or handed in as a file, version by version, losing nothing."""

from typing import Any

import pytest
from starlette.datastructures import FormData

from assessor.desk.desk import Desk
from assessor.desk.office import applying, deciding, running
from assessor.documents import parse
from assessor.domain import Programme
from assessor.errors import ConflictError, InputError, UnknownError
from assessor.forms.writing import yaml_lines
from assessor.web import rules_form
from tests.web.offices import PROGRAMME, applicant, applied, office, wanted
from tests.web.people import at_once

FIELDS: list[tuple[str, str]] = [
    ("title_zh", "智评券（试行）"), ("title_en", ""), ("issuer_zh", "某区"), ("issuer_en", "A district"),
    ("source_zh", "某发〔2026〕1号"), ("source_en", ""), ("status", "official"), ("valid_from", "2026-01-01"),
    ("valid_to", "2026-12-31"), ("share", "50%"), ("cap", "20,000"), ("choice", "assigned"),
    ("providers", "甲公司，91310000000000000U\n\n乙公司"),
    ("checklist", "diagnosis-generic"), ("two_people", "yes"),
    ("period_id", "2026-Q1"), ("period_opens", ""), ("period_closes", ""), ("period_use_by", ""),
    ("period_quota", "10"), ("period_budget", "200,000"), ("consent_zh", "同意"), ("consent_en", ""),
    ("consent_opens", "audit"), ("ask_zh", "有用吗"), ("ask_en", "Of use?"), ("conditions_none", "yes"),
]  # fmt: skip


def with_(**changed: str) -> FormData:
    return FormData([(name, changed.get(name, value)) for name, value in FIELDS])


def test_what_the_form_says_is_what_the_rules_are(lite: Desk) -> None:
    at = office(lite)
    who = at.first.who
    run = running.run(lite, who, at.house, PROGRAMME)
    told = rules_form.read(with_(period_id="2026"), run)
    version = running.change(lite, who, at.house, PROGRAMME, run.kept.version, told)
    now = running.run(lite, who, at.house, PROGRAMME)
    assert (now.kept.version, version) == (3, 3)
    assert now.rules.title.en == "智评券（试行）" and now.rules.cap == 20_000 and now.rules.share is not None
    assert now.rules.unknown == ("evidence",)  # nobody said that none is asked for
    assert [(p.name, p.credit_code) for p in now.terms.providers] == [
        ("甲公司", "91310000000000000U"),
        ("乙公司", None),
    ]
    assert now.terms.periods[0].quota == 10 and now.terms.consents[0].opens == "audit"
    shown = rules_form.shown(now)
    assert shown["share"] == "50" and shown["providers"].splitlines()[0] == "甲公司, 91310000000000000U"
    assert running.change(lite, who, at.house, PROGRAMME, 3, rules_form.read(with_(period_id="2026"), now)) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value", "place"),
    [("share", "半", "share"), ("share", "150", "share"), ("cap", "-1", "cap"),
     ("period_quota", "1.5", "period_quota"),
     ("title_zh", "", "title"), ("valid_to", "2025-01-01", "valid_to"), ("checklist", "none", "terms.checklist"),
     ("period_id", "第一期", "terms.periods.0.id"), ("providers", "甲,123", "terms.providers.0.credit_code")],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named_and_nothing_is_changed(
    lite: Desk, field: str, value: str, place: str
) -> None:
    at = office(lite)
    who = at.first.who
    run = running.run(lite, who, at.house, PROGRAMME)
    with pytest.raises(InputError) as told:
        running.change(lite, who, at.house, PROGRAMME, 2, rules_form.read(with_(**{field: value}), run))
    assert place in (told.value.place or "")
    assert running.run(lite, who, at.house, PROGRAMME).kept.version == 2


def test_the_file_that_is_given_out_is_taken_in_again(lite: Desk) -> None:
    at = office(lite, cap=500)
    rules = running.run(lite, at.first.who, at.house, PROGRAMME).rules
    text = yaml_lines(rules.model_dump(mode="json", exclude_defaults=True))
    assert parse(Programme, text, "rules.yaml")[0] == rules


@pytest.mark.slow
def test_of_two_who_enter_rules_at_once_one_is_told(desk: Desk) -> None:
    at = office(desk)
    rules = running.run(desk, at.first.who, at.house, PROGRAMME).kept.rules
    changes = [rules | {"cap": n, "unknown": [u for u in rules["unknown"] if u != "cap"]} for n in (1, 2)]
    found = at_once(
        *(lambda r=r: running.change(desk, at.first.who, at.house, PROGRAMME, 2, r) for r in changes)  # type: ignore[misc]
    )
    assert sorted(map(str, found), key=len)[0] == "3" and sum(isinstance(f, ConflictError) for f in found) == 1


def test_a_period_with_applications_stays_and_a_voucher_keeps_its_rules(lite: Desk) -> None:
    at, one = office(lite, cap=1000), applicant(lite, 1)
    voucher, who = applied(lite, at, one), at.first.who
    rules: dict[str, Any] = running.run(lite, who, at.house, PROGRAMME).kept.rules
    without = rules | {"terms": rules["terms"] | {"periods": [{"id": "2027"}]}}
    with pytest.raises(InputError) as told:
        running.change(lite, who, at.house, PROGRAMME, 2, without)
    assert told.value.message.id == "way.period_used"
    running.change(lite, who, at.house, PROGRAMME, 2, rules | {"cap": 100})
    whole = deciding.whole(lite, who, voucher.id)
    assert whole.programme.cap == 1000 and whole.voucher.version == 2
    with pytest.raises(ConflictError) as told_:
        applying.apply(lite, one.owner.who, one.survey, wanted(at, "二号"))
    assert told_.value.message.id == "way.rules_moved"  # nobody applies by rules that they did not read


def test_a_quota_that_was_lowered_holds_for_whoever_comes_next(lite: Desk) -> None:
    at = office(lite)
    first, second = applied(lite, at, applicant(lite, 1)), applied(lite, at, applicant(lite, 2))
    who = at.first.who
    deciding.grant(lite, who, first.id, first.step, "100", "人工核对")
    rules = running.run(lite, who, at.house, PROGRAMME).kept.rules
    running.change(
        lite,
        who,
        at.house,
        PROGRAMME,
        2,
        rules | {"terms": rules["terms"] | {"periods": [{"id": "2026", "quota": 1}]}},
    )
    with pytest.raises(ConflictError) as told:
        deciding.grant(lite, who, second.id, second.step, "100", "人工核对")
    assert told.value.message.id == "way.quota"


def test_an_office_sees_no_other_offices_affairs(lite: Desk) -> None:
    at, other = office(lite), office(lite)
    voucher = applied(lite, at, applicant(lite, 1))
    for ask in (
        lambda: deciding.whole(lite, other.first.who, voucher.id),
        lambda: running.run(lite, other.first.who, at.house, PROGRAMME),
        lambda: deciding.send_back(lite, other.first.who, voucher.id, voucher.step, "refuse", "x"),
    ):
        with pytest.raises(UnknownError):
            ask()


def test_no_file_is_read_whose_programme_is_another(lite: Desk) -> None:
    at = office(lite)
    rules = running.run(lite, at.first.who, at.house, PROGRAMME).kept.rules
    with pytest.raises(InputError) as told:
        running.change(lite, at.first.who, at.house, PROGRAMME, 2, rules | {"id": "other"})
    assert told.value.message.id == "way.other_programme"


def test_a_form_that_did_not_arrive_whole_changes_nothing(lite: Desk) -> None:
    at = office(lite)
    run = running.run(lite, at.first.who, at.house, PROGRAMME)
    for gone in ("period_use_by", "consent_opens", "two_people"):
        with pytest.raises(InputError) as told:
            rules_form.read(FormData([(n, v) for n, v in FIELDS if n != gone]), run)
        assert told.value.message.id == "way.rows_torn"


def test_what_stands_there_keeps_its_id_and_what_the_form_has_no_field_for_stays(lite: Desk) -> None:
    at = office(lite, share="0.5", share_of="investment")
    run = running.run(lite, at.first.who, at.house, PROGRAMME)
    kept = run.terms.consents[0]
    said = with_(consent_zh=kept.text.zh, consent_en=kept.text.en)
    told = rules_form.read(said, run)
    assert told["share_of"] == "investment" and told["terms"]["consents"][0]["id"] == kept.id
    assert told["terms"]["asks"][0]["id"] == "ask-1"
