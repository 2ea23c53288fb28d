"""APPLY: what a factory does with a voucher: apply, choose a provider, hand in, say how it was."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from assessor.desk import consenting, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk, new_id
from assessor.desk.office.running import Run
from assessor.desk.office.steps import (
    LONGEST,
    Step,
    Taking,
    found,
    note,
    programme_of,
    same_site,
    still_may,
    taking,
)
from assessor.desk.surveys import Sheet
from assessor.domain import (
    Eligibility,
    Message,
    Period,
    Programme,
    Terms,
    credit_fault,
)
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.programmes import Lists, applicant, might_apply
from assessor.programmes import vouchers as way
from assessor.reconcile import reconcile
from assessor.storage import Organisation, Satisfaction, Voucher, people
from assessor.storage import vouchers as sql


@dataclass(frozen=True)
class Offer:
    """A programme that an office runs, as a factory meets it."""

    office: Organisation
    run: Run
    open: tuple[Period, ...]
    eligibility: Eligibility


@dataclass(frozen=True)
class Wanted:
    """What a factory says when it applies."""

    office: str
    programme: str
    version: int
    """Of the rules that it read."""
    period: str
    site: str
    consents: frozenset[str]


def offers(desk: Desk, who: Actor, survey_id: str) -> list[Offer]:
    """Every programme that an office here runs, held against the plant; of a demonstration those of others."""
    held = surveys.opened(desk, who, survey_id)
    who.require("voucher.read", held.survey.organisation)
    today = desk.today()
    with desk.store.read() as c:
        house = people.organisation(c, held.survey.organisation)
        offices = {o.id: o for o in people.organisations_of_kind(c, "office")}
        kept = sql.programmes_of(c, *offices)
    runs = [Run(k, Programme.model_validate(k.rules)) for k in kept]
    same = [r for r in runs if house and offices[r.kept.office].demonstration == house.demonstration]
    return [Offer(offices[r.kept.office], r, r.open_on(today), _held(desk, held, r.rules)) for r in same]


def _held(desk: Desk, held: Sheet, rules: Programme) -> Eligibility:
    """The programme's conditions against what stands today; nobody's answers are taken for more than they are."""
    answers = surveys.answers(held)
    evidence = reconcile(tuple(desk.library.questions.values()), answers, (), ())
    who = applicant(held.plant, answers, evidence, (), desk.today())
    return might_apply(rules, who, None, Lists(desk.library.regions, desk.library.sizes))


def of_survey(desk: Desk, who: Actor, survey_id: str) -> list[tuple[Voucher, Programme]]:
    """Vouchers that were applied for with a survey, each with the rules that it goes by."""
    survey = surveys.get(desk, who, survey_id)
    who.require("voucher.read", survey.organisation)
    with desk.store.read() as c:
        return [(v, programme_of(c, v)) for v in sql.of_survey(c, survey_id)]


def apply(desk: Desk, who: Actor, survey_id: str, wanted: Wanted) -> Voucher:
    """Apply for a voucher, or once more after it was returned, refused or withdrawn. Credit code, site, programme
    and period have one voucher and no second one."""
    held = surveys.opened(desk, who, survey_id)
    house = held.survey.organisation
    who.require("voucher.apply", house)
    code, site = _whose(held, wanted.site)
    with desk.store.write() as c:
        rules = _rules(c, who, house, wanted)
        terms, period = _asked(rules, wanted, desk.today())
        judged = _held(desk, held, rules)
        before = sql.of_site(c, wanted.office, rules.id, period.id, code, same_site(site))
        if before is not None and before.factory != house:
            before = _taken_over(c, before, house)
        if before is not None and way.after("apply", before.state) is None:
            raise ConflictError(Message(id="way.twice", params={"number": before.number}))
        for purpose in sorted({consent.opens for consent in terms.consents if consent.opens}):
            consenting.kept(desk, c, who, house, purpose, wanted.office)
        if before is None:
            before = _new(desk, c, held, wanted, code, site)
        about = {
            "plant": held.plant.model_dump(mode="json"),
            "outcome": judged.outcome.value,
            "eligibility": judged.model_dump(mode="json"),
            "consents": sorted(one.id for one in terms.consents),
        }
        return _kept(desk, c, who, before, replace(before, survey=survey_id, name=site, about=about), wanted)


def _taken_over(c: Connection, before: Voucher, house: str) -> Voucher:
    """A site that somebody else applied for is there to be applied for once they were refused or withdrew, unless
    something was handed in for it. Who applied before stands in the log."""
    if before.state not in ("refused", "withdrawn") or sql.packs_of(c, before.id):
        raise ConflictError(Message(id="way.taken"))
    sql.change(c, before.id, factory=house)
    return found(c, before.id)


def _whose(held: Sheet, site: str) -> tuple[str, str]:
    """Credit code and the name of the site; InputError where either cannot be right."""
    code, named = held.plant.credit_code, " ".join(site.split())[:200]
    fault = None if code is None else credit_fault(code)
    if code is None or not (fault is None or (fault == "region" and held.plant.simulated)):
        raise InputError(Message(id="way.needs_code"), "credit_code")
    if not same_site(named):
        raise InputError(Message(id="way.needs_site"), "site")
    return code, named


def _rules(c: Connection, who: Actor, house: str, wanted: Wanted) -> Programme:
    """The programme's rules, its office held alone; what is generated never meets what is real."""
    office = people.organisation(c, wanted.office, lock=True)
    kept = sql.programme(c, wanted.office, wanted.programme)
    if office is None or office.kind != "office" or kept is None:
        raise UnknownError(Message(id="desk.unknown"))
    own = people.organisation(c, house)
    if own is None or own.demonstration != office.demonstration:
        raise AccessError(Message(id="way.other_world"))
    still_may(c, who, "voucher.apply", house)
    if kept.version != wanted.version:
        raise ConflictError(Message(id="way.rules_moved", params={"version": kept.version}))
    return Programme.model_validate(kept.rules)


def _asked(rules: Programme, wanted: Wanted, today: str) -> tuple[Terms, Period]:
    """The terms and the period; InputError where it cannot be applied for, or not everything was agreed to."""
    terms = rules.terms or Terms()
    period = terms.period(wanted.period)
    if period is None:
        raise InputError(Message(id="way.no_period"), "period")
    if fault := way.against_apply(period, today):
        raise InputError(fault, "period")
    lacking = [one for one in terms.consents if one.id not in wanted.consents]
    if lacking:
        raise InputError(Message(id="way.not_agreed", params={"n": len(lacking)}), "consents")
    return terms, period


def _new(desk: Desk, c: Connection, held: Sheet, wanted: Wanted, code: str, site: str) -> Voucher:
    """One that nobody applied for yet; kept at once, so that its site has no second one."""
    new = Voucher(
        id=new_id(),
        office=wanted.office,
        number=sql.next_number(c, wanted.office),
        programme=wanted.programme,
        version=wanted.version,
        period=wanted.period,
        credit_code=code,
        site=same_site(site),
        name=site,
        factory=held.survey.organisation,
        survey=held.survey.id,
        state="applied",
        step=0,
        made=desk.clock(),
        changed=desk.clock(),
        about={},
        granted=None,
        provider=None,
        accepted_by=None,
    )
    sql.add(c, new)
    return new


def _kept(desk: Desk, c: Connection, who: Actor, before: Voucher, now: Voucher, wanted: Wanted) -> Voucher:
    """Applied for, with its entry; what an earlier application came to is gone."""
    details = {
        "programme": wanted.programme, "version": wanted.version, "period": wanted.period, "number": now.number,
        "outcome": now.about["outcome"], "consents": now.about["consents"],
    }  # fmt: skip
    state = before.state if before.step else None
    entry = note(c, desk, wanted.office, who, Step(now.id, "apply", state, "applied", details=details))
    sql.change(
        c, now.id, version=wanted.version, survey=now.survey, name=now.name, about=now.about, state="applied",
        step=entry.number, changed=entry.at, granted=None, provider=None, accepted_by=None,
    )  # fmt: skip
    return found(c, now.id)


def withdraw(desk: Desk, who: Actor, id_: str, step: int, why: str = "") -> Voucher:
    with taking(desk, who, id_, "withdraw", step, "voucher.apply", side="factory") as one:
        return one.take(why=why, granted=None, provider=None)


def choose(desk: Desk, who: Actor, id_: str, step: int, provider: str, name: str = "") -> Voucher:
    """Which provider it is, where the programme leaves that to the factory."""
    with taking(desk, who, id_, "assign", step, "voucher.apply", side="factory") as one:
        return assigned(one, provider, name)


def assigned(one: Taking, provider: str, name: str) -> Voucher:
    """A provider out of the list; where nobody is listed, any that is named."""
    listed = one.terms.provider(provider)
    if one.terms.providers and listed is None:
        raise InputError(Message(id="way.not_listed"), "provider")
    named = " ".join(name.split())[:200]
    if listed is None and not named:
        raise InputError(Message(id="way.no_provider"), "provider")
    told = listed.model_dump(mode="json") if listed else {"id": None, "name": named, "credit_code": None}
    return one.take(provider=told, details={"provider": told})


def rate(desk: Desk, who: Actor, id_: str, step: int, said: dict[str, int], text: str = "") -> Voucher:
    """How it was, once; lines that are left out stay unknown."""
    with taking(desk, who, id_, "rate", step, "voucher.apply", side="factory") as one:
        known = {ask.id for ask in one.terms.asks}
        if not said.keys() <= known or any(value not in range(1, 6) for value in said.values()) or not said:
            raise InputError(Message(id="way.bad_rating"), "said")
        if sql.satisfaction(one.c, id_) is not None:
            raise ConflictError(Message(id="way.rated"))
        sql.keep_satisfaction(one.c, Satisfaction(id_, said, text.strip()[:LONGEST], desk.clock()))
        return one.take(details={"lines": len(said)})
