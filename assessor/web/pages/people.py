"""People: colleagues and invitations of a factory; consent; one's own account and data."""

from typing import cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assessor.desk import accounts, consenting, declaring, erasing, houses, surveys
from assessor.desk.access import MAY_INVITE, SCOPES
from assessor.desk.consenting import PURPOSES
from assessor.errors import AssessorError
from assessor.forms.xlsform import ROLES as DEPARTMENTS
from assessor.storage import Purpose, Role, Survey
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, Somebody, language_of, posted, text
from assessor.web.pages.answers import frame
from assessor.web.pages.door import forget_cookie, session_cookie
from assessor.web.pages.plants import plant_of
from assessor.web.pages.results import download
from assessor.web.problems import status_of, waiting

router = APIRouter()


@router.get("/surveys/{survey}/people")
def people(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    held = surveys.opened(desk, who, survey)
    return page(request, "people", frame(who, held) | _people(desk, who, held.survey))


def _people(desk: DeskOf, who: PageWho, survey: Survey) -> dict[str, object]:
    organisation = survey.organisation
    own = {role for held in who.roles(organisation) for role in MAY_INVITE.get(held, ())}
    return {
        "colleagues": houses.colleagues(desk, who, organisation),
        "invitations": houses.invitations(desk, who, organisation),
        "declared": declaring.declared(desk, who, survey.id),
        "roles": [role for role in ("member", "owner", "consultant", "reviewer") if role in own],
        "departments": DEPARTMENTS,
        "department": who.department(organisation),
        "me": who.account,
        "code": None,
    }


@router.post("/surveys/{survey}/people")
def invite(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """A code for a colleague, shown this once."""
    held = surveys.opened(desk, who, survey)
    organisation = held.survey.organisation
    code = houses.invite(desk, who, organisation, cast(Role, text(form, "role")), text(form, "department") or None)
    return page(request, "people", frame(who, held) | _people(desk, who, held.survey) | {"code": code})


@router.post("/surveys/{survey}/people/department")
def answer_for(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    organisation = surveys.get(desk, who, survey).organisation
    houses.answer_for(desk, who, organisation, text(form, "department"))
    return RedirectResponse(f"/surveys/{survey}/people", 303)


@router.post("/surveys/{survey}/people/withdraw")
def withdraw(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    houses.withdraw(desk, who, surveys.get(desk, who, survey).organisation, text(form, "invitation"))
    return RedirectResponse(f"/surveys/{survey}/people", 303)


@router.post("/surveys/{survey}/people/dismiss")
def dismiss(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    organisation = surveys.get(desk, who, survey).organisation
    houses.dismiss(desk, who, organisation, text(form, "account"), cast(Role, text(form, "role")))
    return RedirectResponse(f"/surveys/{survey}/people", 303)


# What leaves the plant ---------------------------------------------------------------------------------------


@router.get("/surveys/{survey}/leaves")
def leaves(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """What is kept here, who may see what, and how to end it."""
    held = surveys.opened(desk, who, survey)
    given = consenting.given(desk, who, held.survey.organisation)
    house = houses.get(desk, who, held.survey.organisation)
    offices = [office for office in houses.offices(desk) if office.demonstration == house.demonstration]
    values = frame(who, held) | {
        "consents": given,
        "purposes": PURPOSES,
        "offices": offices,
        "receivers": {house.id: house for house in houses.receivers(desk)},
        "until": held.survey.keep_until,
    }
    return page(request, "leaves", values)


@router.post("/surveys/{survey}/leaves")
def agree(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    organisation = surveys.get(desk, who, survey).organisation
    purpose, receiver = cast(Purpose, text(form, "purpose")), text(form, "receiver") or None
    consenting.agree(desk, who, organisation, purpose, receiver)
    return RedirectResponse(f"/surveys/{survey}/leaves", 303)


@router.post("/surveys/{survey}/leaves/end")
def end(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    consenting.end(desk, who, surveys.get(desk, who, survey).organisation, text(form, "consent"))
    return RedirectResponse(f"/surveys/{survey}/leaves", 303)


@router.get("/surveys/{survey}/export")
def export(desk: DeskOf, who: PageWho, survey: str) -> Response:
    """All of it in one file, to keep or to take elsewhere."""
    data = erasing.export_survey(desk, who, survey)
    return download(data, f"{surveys.get(desk, who, survey).plant['id']}.zip")


@router.post("/surveys/{survey}/erase")
def erase(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Gone for good, once the plant's name was typed."""
    held = surveys.opened(desk, who, survey)
    if text(form, "name") not in (held.plant.name.zh, held.plant.name.en):
        return page(request, "erase", frame(who, held), 422)
    erasing.erase_survey(desk, who, survey)
    return RedirectResponse("/plants", 303)


@router.get("/surveys/{survey}/erase")
def ask_erase(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    held = surveys.opened(desk, who, survey)
    who.require("survey.erase", held.survey.organisation)
    return page(request, "erase", frame(who, held))


@router.get("/surveys/{survey}/plant")
def plant(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    held = surveys.opened(desk, who, survey)
    return page(request, "plant", frame(who, held) | {"plant": held.plant, "factories": []})


@router.post("/surveys/{survey}/plant")
def change_plant(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    surveys.change_plant(desk, who, survey, plant_of(form))
    return RedirectResponse(f"/surveys/{survey}", 303)


# One's own account -------------------------------------------------------------------------------------------


@router.get("/account")
def account(request: Request, desk: DeskOf, known: Somebody) -> Response:
    return page(request, "account", _account(desk, known))


def _account(desk: DeskOf, known: Somebody) -> dict[str, object]:
    return {
        "person": known.person,
        "has_password": known.account.password is not None,
        "tokens": accounts.tokens(desk, known.actor),
        "scopes": list(SCOPES),
        "secret": None,
        "contact": known.person.contact or "",
        "sent": False,
        "fault": None,
        "sender": desk.sender.name,
    }


@router.post("/account/name")
def rename(desk: DeskOf, who: PageWho, form: Posted) -> Response:
    accounts.rename(desk, who, text(form, "name"))
    return RedirectResponse("/account", 303)


@router.post("/account/contact")
def send_proof(request: Request, desk: DeskOf, known: Somebody, form: Posted) -> Response:
    """Have digits sent to a contact that is to be the account's."""
    try:
        contact = accounts.send_proof(desk, known.actor, text(form, "contact"), language_of(request))
    except AssessorError as problem:
        return _again(request, desk, known, form, problem, sent=False)
    return page(request, "account", _account(desk, known) | {"contact": contact, "sent": True})


@router.post("/account/password")
def set_password(request: Request, desk: DeskOf, known: Somebody, form: Posted) -> Response:
    """A password, and with the digits that were sent there another contact."""
    old, new = str(form.get("old", "")), str(form.get("password", ""))
    contact = text(form, "contact") or known.person.contact or ""
    try:
        entered = accounts.set_password(desk, known.actor, contact, new, old, text(form, "passcode"))
    except AssessorError as problem:
        return _again(request, desk, known, form, problem, sent="passcode" in form)
    answer = RedirectResponse("/account", 303)
    session_cookie(request, answer, entered)
    return answer


def _again(
    request: Request, desk: DeskOf, known: Somebody, form: Posted, problem: AssessorError, *, sent: bool
) -> Response:
    """The same page with what was wrong; nothing that was typed is lost but secrets."""
    told = {"contact": text(form, "contact") or known.person.contact or "", "sent": sent, "fault": problem.message}
    shown = page(request, "account", _account(desk, known) | told, status_of(problem))
    shown.headers.update(waiting(shown.status_code))
    return shown


@router.post("/account/tokens")
def make_token(request: Request, desk: DeskOf, known: Somebody, form: Posted) -> Response:
    """A token for programs; its secret is shown this once."""
    scopes = tuple(str(scope) for scope in form.getlist("scope"))
    _, secret = accounts.make_token(desk, known.actor, text(form, "name"), scopes)
    return page(request, "account", _account(desk, known) | {"secret": secret})


@router.post("/account/tokens/remove")
def remove_token(desk: DeskOf, who: PageWho, form: Posted) -> Response:
    accounts.remove_token(desk, who, text(form, "token"))
    return RedirectResponse("/account", 303)


@router.get("/account/export")
def export_account(desk: DeskOf, who: PageWho) -> Response:
    """What is known of a person here."""
    return JSONResponse(
        erasing.export_account(desk, who), headers={"content-disposition": "attachment; filename=account.json"}
    )


@router.post("/account/erase", dependencies=[Depends(posted)])
def erase_account(request: Request, desk: DeskOf, who: PageWho) -> Response:
    erasing.erase_account(desk, who)
    answer = RedirectResponse("/", 303)
    forget_cookie(request, answer)
    return answer
