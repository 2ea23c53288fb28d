"""What a pack holds that follows from its Assessment alone: the same bytes whenever it is written."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version

from assessor.domain import Assessment, Message, Platform
from assessor.filing import entries, sheets
from assessor.filing.layout import ANSWERS, FILED, SETTLED
from assessor.messages import Language
from assessor.report.papers import written
from assessor.report.pen import Pen

PRODUCT = version("plant-assessor")


def tables(a: Assessment, pen: Pen, platforms: Iterable[Platform]) -> Iterator[tuple[str, bytes]]:
    """Answers for each platform, and settled differences, each as a workbook and as text."""
    for platform in platforms:
        if rows := entries.rows(platform, a, pen):
            book, table = sheets.answers(platform, rows, a, pen)
            yield f"{ANSWERS}/{platform.id}.xlsx", book
            yield f"{ANSWERS}/{platform.id}.csv", table
    book, table = sheets.settled(a, pen)
    yield f"{SETTLED}/settled-differences.xlsx", book
    yield f"{SETTLED}/settled-differences.csv", table


def filed(a: Assessment, language: Language) -> bytes:
    """The report for filing."""
    from assessor.report.word import render_word  # noqa: PLC0415 - slow to load

    return render_word(written(a, language, "filed"), a.made)


def differing(
    a: Assessment,
    language: Language,
    platforms: Mapping[str, Platform],
    members: Mapping[str, bytes],
    product: str,
) -> Iterator[Message]:
    """Members that are not what this Assessment gives, and answers for a platform that is not known here.

    `product`: the version that wrote them. Another version may write the same Assessment otherwise: then it is
    said that the two differ, and nobody is blamed.
    """
    versions = {} if product == PRODUCT else {"then": product, "now": PRODUCT}
    answered = [name for name in members if name.startswith(f"{ANSWERS}/")]
    own = {name: name.removeprefix(f"{ANSWERS}/").rpartition(".")[0] for name in answered}
    there = [platforms[id_] for id_ in dict.fromkeys(own.values()) if id_ in platforms]
    again = dict(tables(a, Pen.of(a, language), there)) | {FILED: filed(a, language)}
    for name, data in again.items():
        if name in members and members[name] != data:
            told = "filing.other_version" if versions else "filing.not_as_assessed"
            yield Message(id=told, params={"name": name, **versions})
    for name in (name for name in answered if name not in again):
        yield Message(id="filing.not_comparable", params={"name": name})
