"""The laws: one module each with the nouns of its file. A framework is one of them, told by its `law`."""

from assessor.domain.laws.ladder import Cell, Dimension, Group, Ladder, LeftOut, Level, Standing, WeightSet

Framework = Ladder
"""Any framework, whatever its law."""
LAWS: dict[str, type[Framework]] = {"ladder": Ladder}
"""The noun of each law by its name."""

__all__ = [
    "LAWS",
    "Cell",
    "Dimension",
    "Framework",
    "Group",
    "Ladder",
    "LeftOut",
    "Level",
    "Standing",
    "WeightSet",
]
