"""THE SAME FILE in two factories, by its digest: a proof, an attachment, an export, a sealed bundle."""

from collections import defaultdict
from collections.abc import Iterable

from assessor.domain.watching import ProofLimits
from assessor.portfolio.watching.case import Case, Held, Part, Query, query, told


def proofs(cases: Iterable[Case], limits: ProofLimits) -> tuple[list[Query], Part]:
    """One query for each set of factories that hold files in common, whatever the number of files."""
    cases = sorted(cases, key=lambda c: c.survey)
    where: dict[str, list[tuple[Case, Held]]] = defaultdict(list)
    small = 0
    for case in cases:
        for file in case.files:
            if file.size < limits.least_bytes:
                small += 1
            else:
                where[file.digest].append((case, file))
    common, shared = 0, defaultdict[frozenset[str], list[list[tuple[Case, Held]]]](list)
    for _, held in sorted(where.items()):
        factories = frozenset(case.factory for case, _ in held)
        if len(factories) > limits.most_factories:
            common += 1
        elif len(factories) > 1:
            shared[factories].append(held)
    rests = [told("rests.proofs", n=len(where), factories=len({c.factory for c in cases if c.files}))]
    if small:
        rests.append(told("rests.small", n=small, bytes=limits.least_bytes))
    if common:
        rests.append(told("rests.common", n=common, most=limits.most_factories))
    found = [_query(groups) for _, groups in sorted(shared.items(), key=lambda item: sorted(item[0]))]
    return found, Part(kind="proofs", rests=tuple(rests))


def _query(groups: list[list[tuple[Case, Held]]]) -> Query:
    held = [pair for group in groups for pair in group]
    cases = list({case.survey: case for case, _ in held}.values())
    factories = len({c.factory for c in cases})
    least = min(len({f.digest for c in cases if c.factory == name for f in c.files}) for name in _names(cases))
    evidence = [told("evidence.proofs", n=len(groups), factories=factories, of=least)]
    bundles = sum(not group[0][1].proof for group in groups)
    if bundles:
        evidence.append(told("evidence.bundles", n=bundles))
    asked = {file.question for _, file in held if file.question}
    if asked:
        evidence.append(told("evidence.proof_questions", n=len(asked)))
    digests = sorted(group[0][1].digest[:12] for group in groups)
    evidence.append(told("evidence.digests", digests=", ".join(digests[:6])))
    return query("proofs", "proofs", cases, evidence, questions=asked, weight=len(groups) + bundles * 100)


def _names(cases: Iterable[Case]) -> set[str]:
    return {c.factory for c in cases}
