"""ADVISE: which recommendations to carry out, in three phases, so that a plant gets furthest by what it wants.

The best set for an aim is found by mixed-integer programming (`choice`, `aims`), proven optimal or with its gap
stated, and put into phases (`phases`). What it costs and brings in this plant is reckoned exactly (`figures`,
`worth`, `whole`). How far the choice hangs on the ranges is drawn (`draws`).
"""

from assessor.roadmap.case import Case, Factors, split, triggered
from assessor.roadmap.check import check_plan
from assessor.roadmap.figures import PlantFigures, plant_figures
from assessor.roadmap.outlay import by_kind, outlay
from assessor.roadmap.planning import plan

__all__ = [
    "Case",
    "Factors",
    "PlantFigures",
    "by_kind",
    "check_plan",
    "outlay",
    "plan",
    "plant_figures",
    "split",
    "triggered",
]
