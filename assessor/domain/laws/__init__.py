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
from assessor.domain.laws.ladder import Cell, Dimension, Group, Ladder, Level, WeightSet

Framework = Ladder | Formulas
"""Any framework, whatever its law."""
LAWS: dict[str, type[Ladder] | type[Formulas]] = {"ladder": Ladder, "formulas": Formulas}
"""The noun of each law by its name."""

__all__ = [
    "LAWS",
    "Basis",
    "Benchmark",
    "Cell",
    "Coefficient",
    "Dimension",
    "FactorSet",
    "Figure",
    "Formula",
    "Formulas",
    "Framework",
    "Group",
    "Ladder",
    "Level",
    "WeightSet",
]
