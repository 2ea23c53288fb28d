"""CHECK a pack by its own checklist: each item met, missing or for a person to look at, every byte as signed."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assessor import audit
from assessor.bundle import open_bundle
from assessor.documents import parse
from assessor.domain import (
    Assessment,
    Checklist,
    Item,
    Message,
    Noun,
    Shown,
    Text,
    canonical,
    sha256,
)
from assessor.errors import AssessorError, InputError
from assessor.filing.anew import differing
from assessor.filing.container import Pack, open_pack
from assessor.filing.layout import ANSWERS, BUNDLE, CHECKLIST, FILED, FIXED, REPORTS
from assessor.filing.proof import brought
from assessor.filing.shown import BY_ASSESSMENT, Outcome, Told, says
from assessor.frameworks import load_library
from assessor.messages import render


class Found(Noun):
    """One item of the checklist, and what was found."""

    item: str
    text: Text
    outcome: Outcome
    why: Message
    simulated: bool = False
    """It rests on a simulated plant, or on files made for a demonstration."""


class Checked(Noun):
    """A pack, item by item."""

    plant: Text
    simulated: bool
    checklist: Text
    items: tuple[Found, ...]
    faults: tuple[Message, ...]
    """Bytes that are not what was signed, members that every pack has and this one lacks, and what is not as the
    pack's own bundle gives it."""
    warnings: tuple[Message, ...] = ()
    """What a reader has to know: that the list is none of this product's, what was not compared."""
    held_back: tuple[Message, ...]
    """What is named and left out of the pack, or withheld from its bundle."""
    key: Message
    verified: bool | None = None
    """Did its bundle, judged again, come to what it says? None: it holds none."""
    holds: bool
    """Is everything there that can be checked, and every byte as it was signed?"""


def check_pack(place: Path, by: Checklist | None = None) -> Checked:
    """Open a pack, a zip or a folder, and go through a checklist: its own, or another that is given."""
    pack = open_pack(place)
    checklist = by or _checklist(pack, place)
    inside = Inside(pack)
    manifest = pack.manifest
    key = Message(id="bundle.own_key")
    if not pack.own_key:
        key = Message(id="bundle.other_key", params={"key": manifest.fingerprint})
    items = tuple(_found(item, checklist, inside) for item in checklist.items)
    faults, warnings = _faults(pack, inside), _warnings(pack, checklist, inside)
    return Checked(
        plant=manifest.plant.name,
        simulated=manifest.plant.simulated,
        checklist=checklist.title,
        items=items,
        faults=faults,
        warnings=warnings,
        held_back=(*inside.held_back, *inside.withheld),
        key=key,
        verified=inside.verified if BUNDLE in pack.members else None,
        holds=not faults and all(found.outcome != "missing" for found in items),
    )


def _faults(pack: Pack, inside: "Inside") -> tuple[Message, ...]:
    """What is wrong with a pack whatever its list asks for."""
    name = f"{CHECKLIST}/{pack.manifest.checklist}"
    needed = (*FIXED, f"{name}.yaml", f"{name}.xlsx")
    told = {str(fault.params.get("name")) for fault in pack.faults}
    lacking = [Message(id="bundle.missing", params={"name": n}) for n in needed if n not in {*pack.members, *told}]
    differing = [line for line in inside.differing if line.id == "filing.not_as_assessed"]
    return (*pack.faults, *lacking, *(line for line in differing if str(line.params["name"]) not in told))


def _warnings(pack: Pack, checklist: Checklist, inside: "Inside") -> tuple[Message, ...]:
    shipped = load_library().checklists.get(checklist.id)
    found = [line for line in inside.differing if line.id != "filing.not_as_assessed"]
    if BUNDLE not in pack.members:
        found.append(Message(id="filing.nothing_compared"))
    if shipped != checklist:
        found.insert(0, Message(id="filing.foreign_checklist", params={"id": checklist.id}))
    return tuple(found)


def _checklist(pack: Pack, place: Path) -> Checklist:
    """The list that the pack was made by; it is part of it."""
    name = f"{CHECKLIST}/{pack.manifest.checklist}.yaml"
    if name not in pack.members:
        raise InputError(Message(id="filing.no_checklist", params={"name": name}), str(place))
    try:
        return parse(Checklist, pack.members[name].decode("utf-8-sig"), f"{place}/{name}")[0]
    except UnicodeDecodeError as problem:
        raise InputError(Message(id="input.not_utf8", params={"at": problem.start}), str(place)) from problem


def _found(item: Item, checklist: Checklist, inside: "Inside") -> Found:
    if item.person:
        outcome, why = says("by-hand", "by_hand")
    elif item.files:
        pack = inside.pack
        outcome, why = brought(item, checklist, pack.manifest.members, pack.members, pack.manifest.made)
    else:
        outcome, why = SHOWS[item.shows or "report"](item, inside)
    simulated = inside.pack.manifest.plant.simulated
    return Found(item=item.id, text=item.text, outcome=outcome, why=why, simulated=simulated)


@dataclass(frozen=True)
class Inside:
    """What a pack shows of itself. Its bundle is judged again, once."""

    pack: Pack

    @property
    def held_back(self) -> tuple[Message, ...]:
        """Files that were left out, with their digests."""
        return tuple(
            Message(id="filing.held_back", params={"name": h.name, "sha256": h.sha256, "why": _both(h.why)})
            for h in self.pack.manifest.held_back
        )

    @property
    def withheld(self) -> tuple[Message, ...]:
        """Members of the bundle that stayed with the plant."""
        return tuple(line for line in self._verified[1] if line.id == "bundle.withheld")

    @property
    def assessment(self) -> Assessment | None:
        """The Assessment that the pack's own bundle holds; None where there is none that can be read."""
        return self._verified[2]

    @property
    def verified(self) -> bool:
        """Can the bundle be judged again with the same result?"""
        return self._verified[0]

    @cached_property
    def differing(self) -> tuple[Message, ...]:
        """Tables and report that are not what the bundle's Assessment gives."""
        if self.assessment is None:
            return ()
        manifest, platforms = self.pack.manifest, load_library().platforms
        return tuple(differing(self.assessment, manifest.language, platforms, self.pack.members, manifest.product))

    @cached_property
    def _verified(self) -> tuple[bool, tuple[Message, ...], Assessment | None]:
        data = self.pack.members.get(BUNDLE)
        if data is None:
            return False, (), None
        with tempfile.TemporaryDirectory(prefix="assessor-check-") as hidden:
            file = Path(hidden) / "filing.zip"
            file.write_bytes(data)
            try:
                found = audit.verify(file)
                done = audit.read_assessment(open_bundle(file).member("assessment.json"), BUNDLE)
            except AssessorError as problem:
                return False, (problem.message,), None
            return found.holds and found.kind == "assessment", found.lines, done


def _both(message: Message) -> Text:
    return Text(zh=render(message, "zh"), en=render(message, "en"))


def _needs(of: Callable[[Item, Assessment], Told]) -> Callable[[Item, Inside], Told]:
    """A check that looks into the Assessment of the pack's own bundle."""

    def check(item: Item, inside: Inside) -> Told:
        done = inside.assessment
        return says("missing", "no_bundle") if done is None else of(item, done)

    return check


def _folder(name: str, folder: str) -> Callable[[Item, Inside], Told]:
    def check(_: Item, inside: Inside) -> Told:
        n = sum(member.startswith(f"{folder}/") for member in inside.pack.members)
        return says("met", name, n=n) if n else says("missing", f"no_{name}")

    return check


def _report(_: Item, inside: Inside) -> Told:
    """The report for filing itself; others beside it do not stand in for it."""
    n = sum(member.startswith(f"{REPORTS}/") for member in inside.pack.members)
    return says("met", "report", n=n) if FILED in inside.pack.members else says("missing", "no_report")


def _bundle(_: Item, inside: Inside) -> Told:
    if BUNDLE not in inside.pack.members:
        return says("missing", "no_bundle")
    if inside.verified and inside.assessment is not None and _same(inside):
        return says("met", "bundle")
    return says("missing", "bundle_differs")


def _same(inside: Inside) -> bool:
    """Is it the plant, and the very assessment, of the pack's own manifest?"""
    manifest, a = inside.pack.manifest, inside.assessment
    return a is not None and a.plant == manifest.plant and sha256(canonical(a)) == manifest.assessment


SHOWS: Mapping[Shown, Callable[[Item, Inside], Told]] = {
    **{name: _needs(of) for name, of in BY_ASSESSMENT.items()},
    "answers": _folder("answers", ANSWERS),
    "report": _report,
    "bundle": _bundle,
}
