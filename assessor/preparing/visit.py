"""What a person says of a visit before it: whom, when, from where, by whose leave, and which machines."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.documents import Lines, load_with_lines
from assessor.domain import Agreement, Limits, Noun, Plant, Register, Selection, Share, Slug, Text, Vantage, Window

NEEDED = ("register", "agreement", "vantage")
"""Without these a scope says nothing that a factory could agree to."""


class Part(Noun):
    """A part of the register that is looked at by one rule. Without assets and processes: what no other has."""

    id: Slug
    selection: Selection
    assets: tuple[Slug, ...] = ()
    processes: tuple[Slug, ...] = ()
    """Key processes, by id: all machines of them."""
    number: Annotated[int, Field(ge=1)] | None = None
    """How many are drawn."""
    share: Share | None = None
    """Or which share of them, rounded up."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Of the draw; made of the register and the agreement's reference where absent."""
    chosen: tuple[Slug, ...] = ()
    """What a person picked."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        drawn, picked = self.selection is Selection.DRAWN, self.selection is Selection.HAND_PICKED
        if ((self.number is None) == (self.share is None)) if drawn else (self.number or self.share):
            raise ValueError("a drawn stratum says number or share, one of them; no other says either")
        if self.seed is not None and not drawn:
            raise ValueError("only a drawn stratum has a seed")
        if picked != bool(self.chosen):
            raise ValueError("a hand-picked stratum says what was chosen; no other does")
        if self.share == 0:
            raise ValueError("a share of nothing draws nothing")
        return self


class Visit(Noun):
    """One visit of one plant, as far as it is known. What is not said yet may follow later."""

    format: Literal["assessor-visit/1"]
    plant: Plant
    visitor: Text | None = None
    """Who comes: the firm that diagnoses."""
    register_: Annotated[Register | None, Field(alias="register")] = None
    agreement: Agreement | None = None
    vantage: Vantage | None = None
    window: Window | None = None
    precheck_window: Window | None = None
    minutes: Annotated[int, Field(ge=1, le=10_080)] = 240
    """How long is sampled at most; what the load in the letter is stated for."""
    strata: tuple[Part, ...] = ()
    limits: Limits = Limits()
    framework: str | None = None
    """Whose questions are asked; the usual one of this kind of plant where absent."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys that a scope needs and that are not said yet."""
        said = {"register": self.register_, "agreement": self.agreement, "vantage": self.vantage}
        return tuple(key for key in NEEDED if said[key] is None)


def load_visit(file: Path) -> tuple[Visit, Lines]:
    """A file of a visit, and where its keys stand. InputError names file and line."""
    return load_with_lines(Visit, file)
