"""CHOOSE: by which frameworks a plant is rated, and by which one its level, chances and plan go."""

from collections.abc import Mapping

from assessor.domain import Answers, Framework, Ladder, Message
from assessor.errors import InputError
from assessor.frameworks import Library
from assessor.rating import Kind

USUAL: Mapping[Kind, str] = {"discrete": "cmmm-2020-discrete", "process": "cmmm-2020-process"}
"""The framework that an Assessment is about where none is named."""


def choose(library: Library, id_: str) -> Framework:
    """A framework by its id, an earlier edition by 'id@version'."""
    held = library.frameworks | library.earlier
    if id_ in held:
        return held[id_]
    known = ", ".join(sorted(held))
    raise InputError(Message(id="forms.unknown_framework", params={"id": id_, "known": known}))


def choose_ladder(library: Library, id_: str, kind: Kind) -> Ladder:
    """A framework with sub-domains and levels by its id: what chances, findings and a plan can go by.

    Of one that treats kinds of plant apart, what it has for this kind.
    """
    chosen = choose(library, id_)
    ladders = [f for f in library.frameworks.values() if isinstance(f, Ladder)]
    known = ", ".join(sorted(f.id for f in ladders if f.plant in (None, kind)))
    if not isinstance(chosen, Ladder):
        raise InputError(Message(id="forms.no_ladder", params={"id": id_, "law": chosen.law, "known": known}))
    if chosen.plant not in (None, kind):
        raise InputError(Message(id="forms.other_kind", params={"id": id_, "kind": kind, "known": known}))
    return chosen.of_plant(kind)


def wanted(library: Library, answers: Answers, *main: Framework) -> tuple[Framework, ...]:
    """What to rate by: the framework chosen, all that are on, and those that the answers ask for."""
    chosen = {f.id: f for f in library.frameworks.values() if f.on}
    chosen |= {f.id: f for f in (*(choose(library, id_) for id_ in answers.frameworks), *main)}
    return tuple(chosen.values())
