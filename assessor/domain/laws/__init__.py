"""The laws: one module each with the nouns of its file. A framework is one of them, told by its `law`."""

from assessor.domain.laws.criteria import Aspect, Criteria, Criterion, Stage
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

Framework = Ladder | Points | Formulas | Gates | Criteria
"""Any framework, whatever its law."""
LAWS: dict[str, type[Ladder] | type[Points] | type[Formulas] | type[Gates] | type[Criteria]] = {
    "ladder": Ladder,
    "points-and-scenes": Points,
    "formulas": Formulas,
    "gates": Gates,
    "bands": Criteria,
    "weakest-link": Criteria,
    "mean": Criteria,
}
"""The noun of each law by its name."""

__all__ = [
    "LAWS",
    "Aspect",
    "Basis",
    "Benchmark",
    "Build",
    "BuildItem",
    "BuildLink",
    "Cell",
    "Coefficient",
    "Criteria",
    "Criterion",
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
    "Stage",
    "Standing",
    "Tier",
    "TypicalScene",
    "WeightSet",
]
