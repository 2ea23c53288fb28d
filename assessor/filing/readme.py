"""The page that opens a pack: what is in it, what was left out and why, how to check it. Both languages."""

from collections.abc import Mapping, Sequence

from assessor.domain import Assessment, Checklist
from assessor.filing.container import HeldBack, PackMember
from assessor.filing.layout import ATTACHMENTS
from assessor.messages import LANGUAGES, Language, moment, render
from assessor.report.inert import inert


def readme(
    a: Assessment, checklist: Checklist, members: Mapping[str, PackMember], held_back: Sequence[HeldBack]
) -> bytes:
    """The text's bytes, with the line ends of the system that it is most likely opened on."""
    pages = [_page(a, checklist, members, held_back, language) for language in LANGUAGES]
    return b"\xef\xbb\xbf" + f"\r\n\r\n{'-' * 72}\r\n\r\n".join(pages).encode()


def _page(
    a: Assessment,
    checklist: Checklist,
    members: Mapping[str, PackMember],
    held_back: Sequence[HeldBack],
    language: Language,
) -> str:
    def t(name: str, **params: str) -> str:
        return render(f"filing.readme.{name}", language, **params)

    title = t("title", plant=render(a.plant.name, language), day=moment(a.made, "%Y-%m-%d"))
    lines = [title, render("report.disclaimer", language)]
    if a.plant.simulated:
        lines.append(t("simulated"))
    lines += ["", t("check"), t("list", title=render(checklist.title, language)), "", t("contents")]
    for name, member in sorted(members.items()):
        was = f"  ({member.was})" if member.was and name.startswith(ATTACHMENTS) and member.was not in name else ""
        lines.append(f"  {name}{was}")
    if held_back:
        lines += ["", t("held_back")]
        for one in held_back:
            lines += [f"  {one.name}", f"    SHA-256 {one.sha256}", f"    {render(one.why, language)}"]
    if members_withheld := [m for m in a.members if not m.leaves]:
        lines += ["", t("withheld")]
        lines += [f"  {m.name}  SHA-256 {m.sha256}" for m in members_withheld]
    return "\r\n".join(str(inert(line)) for line in lines)
