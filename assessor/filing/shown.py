"""What an Assessment itself shows of an item of a checklist: met or missing, and why."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from assessor.domain import Assessment, Department, Item, Message, Shown, credit_fault

Outcome = Literal["met", "missing", "by-hand"]
Told = tuple[Outcome, Message]


def says(outcome: Outcome, name: str, **params: str | int) -> Told:
    return outcome, Message(id=f"filing.check.{name}", params=dict(params))


def credit_code(_: Item, a: Assessment) -> Told:
    """GB 32100's check character; a region that does not exist only where the plant is simulated and says so."""
    code = a.plant.credit_code
    if code is None:
        return says("missing", "code_none")
    wrong = credit_fault(code)
    if wrong == "region" and a.plant.simulated:
        return says("met", "code_simulated", code=code)
    return says("met", "code", code=code) if wrong is None else says("missing", f"code_{wrong}", code=code)


def interviewees(item: Item, a: Assessment) -> Told:
    """Roles that the forms know; whoever answered under another name is one of the others, and no role."""
    given = {answer.by.strip() for answer in a.answers.answers if answer.by.strip()}
    roles = set(get_args(Department))
    known, others = len(given & roles), len(given - roles - {"assessor"})
    name = "roles" if known >= item.at_least else "roles_few"
    name += "_others" if others else ""
    outcome: Outcome = "met" if known >= item.at_least else "missing"
    return says(outcome, name, n=known, needed=item.at_least, others=others)


def settled(_: Item, a: Assessment) -> Told:
    open_ = sum(not finding.settled for finding in a.findings)
    if open_:
        return says("missing", "open", n=open_)
    bare = [s for s in a.answers.settlements if not s.reply.strip() or not s.proof.title.strip()]
    if bare:
        return says("missing", "no_reply", n=len(bare))
    return says("met", "settled", n=len(a.findings))


def plan(_: Item, a: Assessment) -> Told:
    if a.roadmap is None:
        return says("missing", "no_plan")
    if not a.roadmap.choices:
        return says("missing", "empty_plan")
    return says("met", "plan", n=len(a.roadmap.choices))


BY_ASSESSMENT: Mapping[Shown, Callable[[Item, Assessment], Told]] = {
    "credit-code": credit_code,
    "interviewees": interviewees,
    "settled": settled,
    "plan": plan,
}
