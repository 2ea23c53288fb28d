"""How a requirement was looked at in this assessment: what was said, settled and measured, in words."""

from dataclasses import dataclass

from assessor.domain import (
    Answer,
    Assessment,
    Dimension,
    Evidence,
    Measurement,
    Proof,
    RequirementLine,
    Settlement,
    State,
)
from assessor.messages import catalogue, render
from assessor.report.pen import Pen
from assessor.report.wording import listed

ASSESSOR = "assessor"
"""The role of whoever assesses, which no respondent has."""


@dataclass(frozen=True)
class Taken:
    """What the degree of one requirement rests on; all empty where it was not judged."""

    evidence: Evidence | None = None
    answers: tuple[Answer, ...] = ()
    settled: Settlement | None = None
    measured: tuple[Measurement, ...] = ()

    @classmethod
    def of(cls, a: Assessment, now: RequirementLine, dimension: Dimension) -> "Taken":
        """Answers to the requirement, or to the rubric where that decides; measurements that said something."""
        evidence = next((e for e in a.evidence if e.question == now.question), None)
        asked = dimension.rubric if now.source == "rubric" and dimension.rubric else now.question
        told = evidence.indicators if evidence and evidence.low is not None else ()
        return cls(
            evidence,
            tuple(x for x in a.answers.answers if x.question == asked),
            evidence.settlement if evidence and now.source == "settled" else None,
            tuple(m for m in a.measurements if m.indicator in told and m.state is State.MEASURED),
        )

    @property
    def proofs(self) -> list[Proof]:
        """With the answers, then with the settlement."""
        return [p for x in self.answers for p in x.proofs] + ([self.settled.proof] if self.settled else [])

    def methods(self, pen: Pen) -> str:
        """Those that took place, not those that the question allows."""
        kinds = [render(f"forms.proof.{p.kind}", pen.language) for p in self.proofs]
        classes = [pen.classes(m.rests_on) for m in self.measured]
        asked = [pen.t("evidence.interview")] if self.answers and not kinds else []
        return listed(pen, [*dict.fromkeys([*classes, *kinds, *asked])])

    def respondents(self, pen: Pen, *, dated: bool = False) -> list[str]:
        """Posts that were asked, and whoever settled a difference; `dated`: each with its day."""
        told: list[Answer | Settlement] = [x for x in self.answers if x.by != ASSESSOR]
        told += [self.settled] if self.settled else []
        days = (f" {x.at[:10]}" if dated else "" for x in told)
        return [*dict.fromkeys(f"{role(x.by, pen)}{day}" for x, day in zip(told, days, strict=True))]


def role(by: str, pen: Pen) -> str:
    """A department as the forms call it; any other role stands for itself."""
    if by == ASSESSOR:
        return render("record.assessor", pen.language)
    name = f"forms.role.{by.replace('-', '_')}"
    return render(name, pen.language) if name in catalogue() else by
