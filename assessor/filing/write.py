"""Make a pack from what stands on this machine, and write it with its annex."""

from collections.abc import Sequence
from pathlib import Path

from assessor.bundle import installation_key
from assessor.documents import load_with_lines, read_bounded
from assessor.domain import Checklist, Message, Platform, plain
from assessor.errors import InputError, StorageError
from assessor.filing.attachments import LARGEST
from assessor.filing.container import zipped
from assessor.filing.keys import KEYS
from assessor.filing.layout import ANNEX
from assessor.filing.pack import Made, Wanted, make_pack
from assessor.frameworks import Library, load_library
from assessor.frameworks.fault import refuse
from assessor.frameworks.filing import checklist_faults, platform_faults
from assessor.home import create_file
from assessor.messages import Language, render
from assessor.report.pen import Pen

GENERIC = "diagnosis-generic"
"""The list that a pack is made by where nobody names another."""
BESIDE = "attachments"
"""Folder beside the results that attachments are taken from where none is named."""


def annex_of(output: Path) -> Path:
    """Where the internal annex of a pack stands."""
    return output.with_name(f"{output.stem}-{ANNEX}.xlsx")


def file_pack(
    folder: Path,
    output: Path,
    checklist: str,
    platforms: Sequence[str] | None,
    forms: Sequence[Path],
    attachments: Path | None,
    language: Language,
) -> Made:
    """Make and write. Nothing that is there already is written over."""
    for place in (output, annex_of(output)):
        if place.exists():
            raise InputError(Message(id="cli.exists", params={"file": str(place)}))
    library = load_library()
    chosen, data = checklist_of(checklist, library)
    beside = folder / BESIDE
    wanted = Wanted(
        folder=folder,
        checklist=chosen,
        checklist_data=data,
        platforms=_platforms(platforms, library),
        language=language,
        attachments=attachments or (beside if beside.is_dir() else None),
        forms=forms,
    )
    made = make_pack(wanted, installation_key())
    write(made, output)
    return made


def write(made: Made, output: Path) -> None:
    """A pack as one zip where its name says so, else as a folder; its annex beside it."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.suffix.lower() == ".zip":
            create_file(output, zipped(made.files))
        else:
            for name, data in made.files.items():
                (output / name).parent.mkdir(parents=True, exist_ok=True)
                create_file(output / name, data)
        if made.annex is not None:
            create_file(annex_of(output), made.annex)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StorageError(Message(id="cli.not_written", params={"reason": reason}), str(output)) from problem


def slot_values(folder: Path, language: Language) -> dict[str, str]:
    """Every key of a slot with what it stands for in one assessment; what is not known says so."""
    from assessor.audit import read_assessment  # noqa: PLC0415 - pulls in every stage

    file = folder / "assessment.json" if folder.is_dir() else folder
    a = read_assessment(read_bounded(file, LARGEST), str(file))
    pen, none = Pen.of(a, language), render("filing.slot_unknown", language)
    values = {key: of(a, pen) for key, of in KEYS.items()}
    return {k: none if v is None else v if isinstance(v, str) else plain(v) for k, v in values.items()}


def checklist_of(name: str, library: Library) -> tuple[Checklist, bytes]:
    """A list by its id, or from a file of one's own."""
    if name.endswith((".yaml", ".yml")):
        own, lines = load_with_lines(Checklist, Path(name))
        refuse(checklist_faults(own), lines)
        return own, read_bounded(Path(name), LARGEST)
    if name not in library.checklists:
        known = ", ".join(sorted(library.checklists))
        raise InputError(Message(id="filing.unknown_checklist", params={"id": name, "known": known}))
    found = library.checklists[name]
    files = {n: d for n, d in library.parts.items() if n.startswith("checklists/")}
    return found, next(d for d in files.values() if f"\nid: {found.id}\n".encode() in d.replace(b"\r", b""))


def _platforms(names: Sequence[str] | None, library: Library) -> list[Platform]:
    """Platforms by id or from files of one's own; all that are held where none is named."""
    if not names:
        return list(library.platforms.values())
    return [_platform(name, library) for name in names]


def _platform(name: str, library: Library) -> Platform:
    if name.endswith((".yaml", ".yml")):
        own, lines = load_with_lines(Platform, Path(name))
        refuse(platform_faults(own, library), lines)
        return own
    if name not in library.platforms:
        known = ", ".join(sorted(library.platforms))
        raise InputError(Message(id="filing.unknown_platform", params={"id": name, "known": known}))
    return library.platforms[name]
