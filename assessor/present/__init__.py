"""Results as tables of a terminal. Words come by id; nothing is decided here."""

from assessor.present.gathering import preview, sealed, sealed_facts
from assessor.present.judgement import assessment, flags, verification
from assessor.present.planning import plan
from assessor.present.standing import framework, moves, rated

__all__ = [
    "assessment",
    "flags",
    "framework",
    "moves",
    "plan",
    "preview",
    "rated",
    "sealed",
    "sealed_facts",
    "verification",
]
