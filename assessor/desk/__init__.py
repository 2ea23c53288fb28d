"""THE DESK: what people and programs can do with surveys, each act a function that asks `access` first.

Pages and the interface for programs both call these and hold no rule of their own.
"""

from assessor.desk.access import Actor
from assessor.desk.desk import Desk

__all__ = ["Actor", "Desk"]
