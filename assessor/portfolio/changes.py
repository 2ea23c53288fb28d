"""CHANGES between two editions: what one says otherwise than the other, piece by piece, and each tried alone.

A piece is a field of a framework's file, or one item of a list in it by its id: a sub-domain, a set of weights, a
level with its band. All of the bank that can move a rating is one piece. A piece that makes no framework without
others (a sub-domain without its weight) is not tried alone, and says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import ValidationError

from assessor.domain import LAWS, Framework, Head, Noun, Question, Slug, Text
from assessor.frameworks import FAULTS, Library

TOLD = frozenset(Head.model_fields) - {"law", "plant", "on"} | {"standing"}
"""Fields that only tell: no rating hangs on them."""
WORDS = frozenset({"text", "help", "sentences", "zero", "unit", "proofs", "methods", "knows"})
"""The same of a question."""
MOST_TOLD = 40
"""Single values of a piece that are listed; the rest is counted."""


class Told(Noun):
    """One value that differs: where, and what it was and is. None: it was not there, or is not any more."""

    at: str
    before: str | None
    after: str | None


class Change(Noun):
    """One piece that differs."""

    id: str
    """Such as 'cmmm-2020-discrete/weight_sets/expert', or 'bank'."""
    framework: Slug | None
    """None: the bank."""
    part: str
    item: str | None
    name: Text | None = None
    """Of the item, as the file names it."""
    what: Literal["added", "removed", "changed"]
    told: tuple[Told, ...]
    more: int = 0
    """Values that differ too and are not listed."""
    apart: bool = True
    """Can it be tried without the others?"""


def changes(before: Library, after: Library) -> tuple[Change, ...]:
    """Every piece that a rating can hang on, of all frameworks and of the bank."""
    found = [*_bank(before.questions, after.questions)]
    for id_ in sorted(before.frameworks.keys() | after.frameworks.keys()):
        old, new = before.frameworks.get(id_), after.frameworks.get(id_)
        if old != new:
            found += _framework(id_, old, new)
    return tuple(one.model_copy(update={"apart": alone(before, after, one) is not None}) for one in found)


def alone(before: Library, after: Library, change: Change) -> Library | None:
    """The earlier library with this one change; None where that makes no library."""
    if change.framework is None:
        bank = replace(before, topics=after.topics, questions=after.questions)
        fit = all(_fits(f, bank) for f in before.frameworks.values())
        return bank if fit else None
    old, new = before.frameworks.get(change.framework), after.frameworks.get(change.framework)
    if old is None or new is None or change.part == "law":
        held = {k: v for k, v in before.frameworks.items() if k != change.framework}
        held |= {change.framework: new} if new is not None else {}
        return replace(before, frameworks=held) if new is None or _fits(new, before) else None
    data, other = old.model_dump(mode="json"), new.model_dump(mode="json")
    data[change.part] = _put(data.get(change.part), other.get(change.part), change.item)
    try:
        made = LAWS[old.law].model_validate(data)
    except ValidationError:
        return None
    if not _fits(made, before):
        return None
    return replace(before, frameworks=before.frameworks | {old.id: made})


def _fits(framework: Framework, library: Library) -> bool:
    return next(iter(FAULTS[framework.law](framework, library.statements)), None) is None


def _put(old: Any, new: Any, item: str | None) -> Any:
    """A field with one item as it is now; the whole field where no item is named."""
    if item is None:
        return new
    there, now = _by_id(old), _by_id(new)
    if item not in now:
        return [value for id_, value in there.items() if id_ != item]
    return list((there | {item: now[item]}).values())


def _by_id(items: Any) -> dict[str, Any]:
    return {_id(item): item for item in items}


def _id(item: Mapping[str, Any]) -> str:
    return str(item.get("id", item.get("number")))


def _is_list(value: Any) -> bool:
    """Items that have an id each."""
    listed = isinstance(value, list) and all(isinstance(i, dict) and ("id" in i or "number" in i) for i in value)
    return listed and len(_by_id(value)) == len(value)


def _framework(id_: str, old: Framework | None, new: Framework | None) -> Iterator[Change]:
    if old is None or new is None or old.law != new.law:
        what: Literal["added", "removed", "changed"]
        what = "added" if old is None else "removed" if new is None else "changed"
        yield Change(id=id_, framework=id_, part="law", item=None, what=what, told=())
        return
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for part in sorted((before.keys() | after.keys()) - TOLD):
        was, now = before.get(part), after.get(part)
        if was == now:
            continue
        if not (_is_list(was or []) and _is_list(now or [])):
            yield _change(f"{id_}/{part}", id_, part, None, was, now)
            continue
        items, others = _by_id(was or []), _by_id(now or [])
        for item in (*items, *(i for i in others if i not in items)):
            if items.get(item) != others.get(item):
                yield _change(f"{id_}/{part}/{item}", id_, part, item, items.get(item), others.get(item))


def _bank(old: Mapping[str, Question], new: Mapping[str, Question]) -> Iterator[Change]:
    before, after = ({q: _asked(one) for q, one in held.items()} for held in (old, new))
    if before != after:
        yield _change("bank", None, "questions", None, before, after)


def _asked(question: Question) -> dict[str, Any]:
    """What of a question a rating can hang on."""
    data = question.model_dump(mode="json", exclude=set(WORDS))
    options = [{k: v for k, v in option.items() if k != "text"} for option in data["options"]]
    tests = [{k: v for k, v in test.items() if k != "ask"} for test in data["tests"]]
    return data | {"options": options, "tests": tests, "sentences": len(question.sentences)}


def _change(id_: str, framework: str | None, part: str, item: str | None, was: Any, now: Any) -> Change:
    found = list(_differ("", was, now))
    return Change(
        id=id_,
        framework=framework,
        part=part,
        item=item,
        name=_name(now if isinstance(now, dict) else was),
        what="added" if was is None else "removed" if now is None else "changed",
        told=tuple(found[:MOST_TOLD]),
        more=max(0, len(found) - MOST_TOLD),
    )


def _name(value: Any) -> Text | None:
    named = value.get("name") if isinstance(value, dict) else None
    return Text(**named) if isinstance(named, dict) and named.keys() == {"zh", "en"} else None


TEXTS = frozenset({"name", "text", "note", "why", "source", "status", "count_status", "ask"})
"""What only tells, inside a piece."""


def _differ(at: str, was: Any, now: Any) -> Iterator[Told]:
    """Every single value that differs."""
    if was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted((was.keys() | now.keys()) - TEXTS):
            yield from _differ(f"{at}/{key}".strip("/"), was.get(key), now.get(key))
    elif isinstance(was, list) and isinstance(now, list):
        yield from _listed(at, was, now)
    else:
        yield Told(at=at, before=_shown(was), after=_shown(now))


def _listed(at: str, was: list[Any], now: list[Any]) -> Iterator[Told]:
    keyed = [{_key(i): i for i in items} for items in (was, now)]
    for key in dict.fromkeys((*keyed[0], *keyed[1])):
        old, new = keyed[0].get(key), keyed[1].get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differ(f"{at}/{key}", old, new)
        elif old != new:
            yield Told(
                at=at, before=None if old is None else _shown(old), after=None if new is None else _shown(new)
            )


def _key(item: Any) -> str:
    if isinstance(item, dict):
        return str(item.get("id", item.get("number", item.get("level", item.get("question", item)))))
    return str(item)


def _shown(value: Any) -> str | None:
    """A value in one line; of a whole item its id."""
    if value is None:
        return None
    if isinstance(value, dict):
        named = value.get("id", value.get("number", value.get("level")))
        return str(named) if named is not None else ", ".join(f"{k}: {v}" for k, v in value.items())[:200]
    if isinstance(value, list):
        return ", ".join(str(_shown(one)) for one in value)[:200]
    return str(value)[:200]
