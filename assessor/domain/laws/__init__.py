"""The laws: one module each with the nouns of its file. A framework is one of them, told by its `law`."""

from assessor.domain.laws.ladder import Cell, Dimension, Group, Ladder, Level, WeightSet
from assessor.domain.laws.points import Points

Framework = Ladder | Points
"""Any framework, whatever its law."""
LAWS: dict[str, type[Framework]] = {"ladder": Ladder, "points-and-scenes": Points}
"""The noun of each law by its name."""

__all__ = ["LAWS", "Cell", "Dimension", "Framework", "Group", "Ladder", "Level", "Points", "WeightSet"]
