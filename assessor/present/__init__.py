"""Results as tables of a terminal. Words come by id; nothing is decided here."""

from assessor.present.gathering import preview, sealed, sealed_facts
from assessor.present.judgement import assessment, flags, verification
from assessor.present.paying import demand, matches, programmes
from assessor.present.standing import framework, moves, rated

__all__ = [
    "assessment",
    "demand",
    "flags",
    "framework",
    "matches",
    "moves",
    "preview",
    "programmes",
    "rated",
    "sealed",
    "sealed_facts",
    "verification",
]
