"""INTERPRET names: what a data point means by its name, by rules; what nobody can tell stays unknown.

A meaning has two heads: the quantity (temperature, energy, state …) and the function (actual value, setpoint,
counter, alarm …). `read` gives both for one tag, each with its reason. `complete` fills what persons, register
maps, types and units leave open; what it adds is marked as read from a name, and an indicator may take it as a
sign that something is there, never that something is missing. The card is ../tags.md.
"""

from models.tags.join import complete, manners
from models.tags.pinyin import looks_like_pinyin
from models.tags.reader import PLAIN, Manner, Reading, Reason, manner, read, read_name

__all__ = [
    "PLAIN",
    "Manner",
    "Reading",
    "Reason",
    "complete",
    "looks_like_pinyin",
    "manner",
    "manners",
    "read",
    "read_name",
]
