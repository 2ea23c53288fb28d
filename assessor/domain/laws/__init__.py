"""The laws: one module each with the nouns of its file. A framework is one of them, told by its `law`."""

from assessor.domain.laws.formulas import (
    Basis,
    Benchmark,
    Coefficient,
    FactorSet,
    Figure,
    Formula,
    Formulas,
)
from assessor.domain.laws.gates import (
    Build,
    BuildItem,
    BuildLink,
    Gate,
    Gates,
    KeyFigure,
    SceneCounts,
    Tier,
    TypicalScene,
)
from assessor.domain.laws.ladder import Cell, Dimension, Group, Ladder, LeftOut, Level, Standing, WeightSet
from assessor.domain.laws.points import Points

Framework = Ladder | Points | Formulas | Gates
"""Any framework, whatever its law."""
LAWS: dict[str, type[Ladder] | type[Points] | type[Formulas] | type[Gates]] = {
    "ladder": Ladder,
    "points-and-scenes": Points,
    "formulas": Formulas,
    "gates": Gates,
}
"""The noun of each law by its name."""

__all__ = [
    "LAWS",
    "Basis",
    "Benchmark",
    "Build",
    "BuildItem",
    "BuildLink",
    "Cell",
    "Coefficient",
    "Dimension",
    "FactorSet",
    "Figure",
    "Formula",
    "Formulas",
    "Framework",
    "Gate",
    "Gates",
    "Group",
    "KeyFigure",
    "Ladder",
    "LeftOut",
    "Level",
    "Points",
    "SceneCounts",
    "Standing",
    "Tier",
    "TypicalScene",
    "WeightSet",
]
