"""PACK what a visit is prepared with: one zip, and a page that says what is in it, what is not, and why."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessor.bundle.archive import pack_into
from assessor.documents import Lines
from assessor.domain import Message, Scope, Time, sha256
from assessor.forms.register import Draft
from assessor.frameworks import Library
from assessor.messages import LANGUAGES, Language, moment, render
from assessor.preparing.interviews import framework_for, interviews
from assessor.preparing.letter import letter
from assessor.preparing.network import Network, prefilled
from assessor.preparing.scope import NAME, draft_scope
from assessor.preparing.sheet import write_network
from assessor.preparing.visit import Visit
from assessor.report.formats import WRITERS
from assessor.report.inert import inert
from connectors.preview import preview

README, NETWORK = "README.txt", "network.xlsx"


@dataclass(frozen=True)
class Written:
    """A scope and the very bytes of its file, which the letter rests on."""

    data: bytes
    scope: Scope


@dataclass(frozen=True)
class Brought:
    """What there is to prepare with. A sheet with faults in it is refused before."""

    visit: Visit
    register: Draft | None = None
    network: Network | None = None
    scope: Written | None = None
    """One that people have read and changed: it is taken as it is, and none is drafted."""
    lines: Lines | None = None
    """Where the visit was written, for errors."""


@dataclass(frozen=True)
class Prepared:
    """The files by name, and by name why others are not among them."""

    files: dict[str, bytes]
    left_out: dict[str, Message]

    def zipped(self) -> bytes:
        """All of it in one container, the same bytes every time."""
        buffer = io.BytesIO()
        pack_into(buffer, self.files.items())
        return buffer.getvalue()


def prepare(brought: Brought, library: Library, made: Time, languages: Sequence[Language] = LANGUAGES) -> Prepared:
    """Every paper that can be written from what there is; comments of the scope are in the first language."""
    visit = brought.visit
    framework = framework_for(library, visit.plant, visit.framework)
    papers = [interviews(library, framework, visit.plant, one, visit.visitor) for one in languages]
    files, left_out = {NETWORK: _sheet(brought, made)}, dict[str, Message]()
    why = _no_scope(brought)
    if why is not None:
        left_out[NAME] = why
    else:
        agreed = _scope(brought, languages[0])
        files[NAME] = agreed.data
        why = _no_letter(brought, agreed.scope)
        if why is None:
            stated, digest = preview(agreed.scope, visit.minutes * 60), sha256(agreed.data)
            papers += [letter(agreed.scope, stated, digest, one, visit.visitor) for one in languages]
    if why is not None:
        left_out["authorisation"] = why
    for paper in papers:
        for suffix, write in WRITERS.items():
            files[f"{paper.name}-{paper.language}{suffix}"] = write(paper, made, None)
    files[README] = _readme(visit, files, left_out, made)
    return Prepared(files, left_out)


def _sheet(brought: Brought, made: Time) -> bytes:
    """The network sheet as it came back, or laid out for what the register knows."""
    assets = brought.register.assets if brought.register else brought.scope.scope.assets if brought.scope else ()
    return write_network(assets, brought.network.entries if brought.network else prefilled(assets), made)


def _scope(brought: Brought, language: Language) -> Written:
    if brought.scope is not None:
        return brought.scope
    assert brought.register is not None  # as `_no_scope` has seen
    drafted = draft_scope(brought.visit, brought.register, brought.network, language, brought.lines)
    return Written(drafted.text.encode(), drafted.scope)


def _no_scope(brought: Brought) -> Message | None:
    if brought.scope is not None:
        return None
    if brought.register is None:
        return Message(id="prepare.no_register")
    if missing := brought.visit.missing:
        return Message(id="prepare.not_said", params={"keys": ", ".join(missing)})
    return None


def _no_letter(brought: Brought, scope: Scope) -> Message | None:
    if scope.endpoints:
        return None
    return Message(id="letter.no_address" if brought.network or brought.scope else "prepare.no_sheet")


def _readme(visit: Visit, files: dict[str, bytes], left_out: dict[str, Message], made: Time) -> bytes:
    """Both languages, with the line ends of the system that it is most likely opened on."""
    pages = ["\r\n".join(str(inert(x)) for x in _page(visit, files, left_out, made, one)) for one in LANGUAGES]
    return b"\xef\xbb\xbf" + f"\r\n\r\n{'-' * 72}\r\n\r\n".join(pages).encode() + b"\r\n"


def _page(
    visit: Visit, files: dict[str, bytes], left_out: dict[str, Message], made: Time, language: Language
) -> Iterator[str]:
    def t(name: str, **params: str) -> str:
        return render(f"prepare.readme.{name}", language, **params)

    plant = " ".join(render(visit.plant.name, language).split())
    yield t("title", plant=plant, day=moment(made, "%Y-%m-%d"))
    yield render("report.disclaimer", language)
    if visit.plant.simulated:
        yield t("simulated")
    yield from ("", t("contents"))
    for name in sorted(files):
        yield f"  {name}  {t('of.' + name.partition('.')[0].partition('-')[0])}"
    if left_out:
        yield from ("", t("left_out"))
        for name, why in left_out.items():
            yield f"  {name}  {render(why, language)}"
    yield from ("", t("next"))
    for step in ("fill", "again", "agree", "precheck"):
        yield f"  - {t('step.' + step)}"
