"""COPIED ANSWERS: factories whose degrees agree far beyond what their levels explain, or whose reasons are the
same words. Pairs of one legal person are none. Corrected for the number of pairs by Holm."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log

from assessor.domain import Message
from assessor.domain.watching import CopyLimits
from assessor.portfolio.watching.alike import GRADES, Forms, Spread, pairs, spread
from assessor.portfolio.watching.case import Case, Part, Query, newest, query, told
from assessor.portfolio.watching.chance import holm, written

Told = Callable[[int, int], None]
Key = tuple[int, int]


@dataclass(frozen=True)
class Match:
    """Two factories, and what of their answers is the same."""

    questions: int = 0
    same: int = 0
    expected: float = 0.0
    log_chance: float = 0.0
    texts: tuple[str, ...] = ()
    """Questions with the same reason in the same words."""


def copied(
    cases: Iterable[Case],
    topics: Mapping[str, str],
    limits: CopyLimits,
    chance: float,
    progress: Told = lambda _done, _of: None,
) -> tuple[list[Query], Part]:
    """One query for each group of factories that are joined by such pairs. `topics`: of each question;
    `progress`: hears how many factories have been held against all others."""
    held = newest(cases)
    found: dict[Key, Match] = {}
    rests: list[Message] = []
    if len(held) < limits.least_factories:
        rests.append(told("rests.copied_few", n=len(held), fewest=limits.least_factories))
    else:
        forms = Forms.of(held, topics)
        wide = spread(forms, limits.least_questions, limits.seed)
        tested, close = _degrees(forms, wide, limits, chance, progress)
        found |= close
        params = {"n": len(held), "pairs": tested, "fewest": limits.least_questions, "factor": wide.factor}
        rests.append(told("rests.copied", **params))
    texts = _texts(held, limits)
    for key, questions in texts.items():
        if key in found or len(questions) >= limits.least_texts:
            match = found.get(key, Match())
            found[key] = Match(match.questions, match.same, match.expected, match.log_chance, questions)
    written_ = sum(len(r) >= limits.least_letters for case in held for r in case.reasons.values())
    rests.append(told("rests.texts", n=written_, letters=limits.least_letters, most=limits.text_factories))
    groups = _groups(found)
    return [_query(held, group) for group in groups], Part(kind="copied", rests=tuple(rests))


def _degrees(
    forms: Forms, wide: Spread, limits: CopyLimits, chance: float, progress: Told
) -> tuple[int, dict[Key, Match]]:
    tested, close, count, seen = 0, dict[Key, Match](), len(forms.owners), 0
    for block, some in pairs(forms, wide, limits.least_questions, chance):
        tested += block
        close |= {(i, j): Match(n, same, usual, logs) for i, j, n, same, usual, logs in some}
        seen = min(seen + max(1, count // 12), count)
        progress(seen, count)
    keys = sorted(close)
    keep = holm([close[key].log_chance for key in keys], tested, chance)
    return tested, {key: close[key] for key, kept in zip(keys, keep, strict=True) if kept}


def worded(text: str) -> str:
    """What is compared: letters and figures alone."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _texts(held: list[Case], limits: CopyLimits) -> dict[Key, tuple[str, ...]]:
    """Questions to which two factories give the same reason, but for phrases that many use."""
    users: dict[str, set[str]] = defaultdict(set)
    at: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, case in enumerate(held):
        for question, text in case.reasons.items():
            if len(plain := worded(text)) >= limits.least_letters:
                users[plain].add(case.factory)
                at[question, plain].append(row)
    found: dict[Key, list[str]] = defaultdict(list)
    for (question, text), rows in sorted(at.items()):
        if 1 < len(users[text]) <= limits.text_factories:
            for n, i in enumerate(rows):
                for j in rows[n + 1 :]:
                    if held[i].factory != held[j].factory:
                        found[i, j].append(question)
    return {key: tuple(questions) for key, questions in found.items()}


def _groups(found: Mapping[Key, Match]) -> list[dict[Key, Match]]:
    """Pairs that hang together."""
    root: dict[int, int] = {}

    def top(i: int) -> int:
        while root.setdefault(i, i) != i:
            i = root[i]
        return i

    for i, j in found:
        a, b = sorted((top(i), top(j)))
        root[b] = a
    groups: dict[int, dict[Key, Match]] = defaultdict(dict)
    for key in sorted(found):
        groups[top(key[0])][key] = found[key]
    return [groups[i] for i in sorted(groups)]


def _query(held: list[Case], group: dict[Key, Match]) -> Query:
    close = min(group.values(), key=lambda one: (one.log_chance, -len(one.texts), -one.same))
    rows = sorted({row for key in group for row in key})
    cases = [held[row] for row in rows]
    evidence: list[Message] = []
    if len(group) > 1:
        evidence.append(told("evidence.copied_group", factories=len(rows), pairs=len(group)))
    if close.questions:
        params: dict[str, str | int] = {
            "n": close.questions,
            "same": close.same,
            "expected": round(close.expected),
        }
        evidence.append(told("evidence.copied", **params, chance=written(close.log_chance)))
    texts = max(len(m.texts) for m in group.values())
    if texts:
        evidence.append(told("evidence.texts", n=texts))
    shared = Counter(a for case in cases for a in case.assessors)
    both = max(shared.values(), default=0)
    if both > 1:
        evidence.append(told("evidence.one_assessor", n=both, of=len(cases)))
    facts = [n for key in sorted(group) for n in (group[key].questions, group[key].same, len(group[key].texts))]
    agreed = _same(held, group)
    weight = -close.log_chance / log(10) + 100 * texts
    return query("copied", "copied", cases, evidence, questions=agreed, weight=weight, facts=facts)


def _same(held: list[Case], group: Mapping[Key, Match]) -> set[str]:
    """Questions answered alike by the two of some pair."""
    found: set[str] = set()
    for (i, j), match in group.items():
        one, other = held[i].answers, held[j].answers
        if match.questions:
            found |= {q for q, value in one.items() if other.get(q) == value and value in GRADES}
        found |= set(match.texts)
    return found
