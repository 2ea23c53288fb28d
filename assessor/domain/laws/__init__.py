"""The laws: one module each with the nouns of its file. A framework is one of them, told by its `law`."""

from assessor.domain.laws.criteria import Aspect, Criteria, Criterion, Stage
from assessor.domain.laws.ladder import Cell, Dimension, Group, Ladder, Level, WeightSet

Framework = Ladder | Criteria
"""Any framework, whatever its law."""
LAWS: dict[str, type[Framework]] = {
    "ladder": Ladder,
    "bands": Criteria,
    "weakest-link": Criteria,
    "mean": Criteria,
}
"""The noun of each law by its name."""

__all__ = [
    "LAWS",
    "Aspect",
    "Cell",
    "Criteria",
    "Criterion",
    "Dimension",
    "Framework",
    "Group",
    "Ladder",
    "Level",
    "Stage",
    "WeightSet",
]
