"""Results as tables of a terminal. Words come by id; nothing is decided here."""

from assessor.present.filing import pack
from assessor.present.gathering import preview, sealed, sealed_facts
from assessor.present.judgement import assessment, flags, followed, verification
from assessor.present.moving import impact
from assessor.present.papers import checked
from assessor.present.paying import demand, matches, programmes
from assessor.present.planning import plan
from assessor.present.standing import framework, moves, rated

__all__ = [
    "assessment",
    "checked",
    "demand",
    "flags",
    "followed",
    "framework",
    "impact",
    "matches",
    "moves",
    "pack",
    "plan",
    "preview",
    "programmes",
    "rated",
    "sealed",
    "sealed_facts",
    "verification",
]
