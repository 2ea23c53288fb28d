"""What would narrow the result: the list for the consultant who is still on site."""

from dataclasses import dataclass

from assessor.domain import Assessment, Lead
from assessor.messages import render
from assessor.report.pen import Pen, code


@dataclass(frozen=True)
class Todo:
    """One lead in words."""

    kind: str
    name: str
    why: str
    moves: str
    roles: str


def todo(a: Assessment, pen: Pen) -> list[Todo]:
    """In the order of the Assessment: what the level hangs on first."""
    return [
        Todo(
            kind=pen.t(f"leads.{lead.kind}"),
            name=_name(a, lead, pen),
            why=pen.say(lead.why),
            moves=_moves(lead, pen),
            roles=", ".join(render(f"forms.role.{role.replace('-', '_')}", pen.language) for role in lead.roles),
        )
        for lead in a.leads
    ]


def _name(a: Assessment, lead: Lead, pen: Pen) -> str:
    if lead.kind == "measurement":
        return pen.indicator(lead.id)
    names = {d.id: f"{code(d.id)} {pen.say(d.name)}" for d in a.framework.dimensions}
    return pen.t("leads.of_level", where=names.get(lead.id, lead.id), level=lead.level)


def _moves(lead: Lead, pen: Pen) -> str:
    ends = {"from": lead.low, "to": lead.high}
    if lead.level_low == lead.level_high:
        return pen.t("leads.score", **ends)
    return pen.t("leads.moves", low=lead.level_low, high=lead.level_high, **ends)
