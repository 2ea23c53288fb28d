"""Differences that an assessor settles, every one of them."""

from fractions import Fraction

from assessor.desk import settling
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.settling import Clarified
from assessor.domain import Assessment

SAID = {"reply": "当天停机", "reason": "现场复核", "kind": "site", "title": "车间巡查"}


def settle_all(desk: Desk, consultant: Actor, survey: str, done: Assessment) -> None:
    """With the factory's reply and a proof. Whoever settles needs a name."""
    for finding in done.findings:
        statement = desk.library.statements[finding.question]
        value = "0.5" if statement.scale is None or Fraction(1, 2) in statement.scale else "1"
        settling.settle(desk, consultant, survey, Clarified(finding.question, value, **SAID))
