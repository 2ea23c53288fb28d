"""VERIFY: name any changed byte, judge again from what a bundle holds, and compare.

The sealed bundle holds no rating: its bytes and its signature are checked. The filing bundle is judged again
from its measurements, answers and data files; with the sealed bundle beside it, everything is measured again
from the samples. The plan is checked for feasibility and its objective, not solved again.
"""

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assessor import pipeline
from assessor.advising import case
from assessor.bundle import Bundle, check, open_bundle
from assessor.documents import parse
from assessor.domain import Answers, Assessment, Ladder, Message, Noun, Roadmap, sha256
from assessor.errors import BundleError, InputError
from assessor.frameworks import Library, read_library
from assessor.frameworks.editions import edition
from assessor.funding import funded
from assessor.roadmap import check_plan

Found = tuple[list[Message], bool]
"""Remarks, and whether what was looked at holds."""

LARGEST_READ_AGAIN = 10_000_000
"""Bytes of JSON in which the line of a fault is looked for."""
PLANNED = frozenset({"roadmap", "recommendations"})
"""What follows from the choice of a plan, which is not the same again where the time for it ran out."""

OF_MACHINES = ("measurements", "sights", "records", "contacts", "members", "vantage")
"""What only a machine that was heard, or an exported record, can have brought."""


class Verification(Noun):
    """What was checked, in the order of checking, and whether all of it holds."""

    kind: str
    holds: bool
    lines: tuple[Message, ...]


def verify(file: Path, sealed: Path | None = None, digest: str | None = None) -> Verification:
    """Check one bundle; judge again where it holds an Assessment; measure again where the samples are given.

    `digest`: what stands in a paper, such as the text of its QR code: does the paper rest on this bundle?
    """
    wanted = None if digest is None else read_digest(digest)
    for given in (file, sealed):
        if given is not None:
            bundle_file(given)
    checked = check(file)
    lines, holds = list(checked.lines), checked.holds
    if holds and wanted is not None:
        named, holds = _named(open_bundle(file), wanted)
        lines += named
    if holds and checked.kind == "assessment":
        bundle = open_bundle(file)
        done = read_assessment(bundle.member("assessment.json"), str(file))
        library, answers = inside(bundle)
        for found in (
            _rested(done, bundle),
            _judged(done, library, answers),
            _planned(done, library),
            _sampled(done, library, sealed),
        ):
            lines += found[0]
            holds = holds and found[1]
    return Verification(kind=checked.kind, holds=holds, lines=tuple(lines))


def read_digest(text: str) -> str:
    """64 hexadecimal digits out of what a reader of QR codes, or a person, copied from a paper."""
    plain = re.sub(r"[\s\u200b]", "", text)
    found = re.fullmatch(r"(?:assessor:[a-z0-9-]+:(?:zh:|en:)?)?([0-9a-f]{64})", plain, re.IGNORECASE)
    if found is None:
        raise InputError(Message(id="audit.not_a_digest", params={"text": text[:100]}))
    return found[1].lower()


def _named(bundle: Bundle, digest: str) -> Found:
    """Is it this bundle, or the one that this filing rests on?"""
    if digest == bundle.digest:
        return [Message(id="audit.digest_is")], True
    alone = bundle.manifest.kind == "assessment" and bundle.manifest.source is None
    own = _said(bundle) if alone else bundle.manifest.source
    if digest == own:
        return [Message(id="audit.digest_answers" if alone else "audit.digest_source")], True
    params: dict[str, str | int] = {"digest": digest, "own": own or bundle.digest}
    return [Message(id="audit.digest_other", params=params)], False


def _said(bundle: Bundle) -> str:
    """The digest in the papers of an Assessment from answers alone."""
    return read_assessment(bundle.member("assessment.json"), bundle.file).digest


def bundle_file(file: Path) -> Path:
    """A bundle that is not there is a slip of the user, and no bundle that was tampered with."""
    if not file.is_file():
        number = errno.EISDIR if file.is_dir() else errno.EINVAL if file.exists() else errno.ENOENT
        raise InputError(Message(id="input.unreadable", params={"reason": os.strerror(number)}), str(file))
    return file


def read_assessment(data: bytes, name: str) -> Assessment:
    """An Assessment from its JSON. BundleError names file and line where it is none."""
    try:
        return Assessment.model_validate_json(data)
    except ValueError as problem:
        raise BundleError(Message(id="audit.not_an_assessment"), _place_of_fault(data, name)) from problem


def _place_of_fault(data: bytes, name: str) -> str:
    """Read once more as a document of a person's, which knows its lines: half a second a MB, so that of what is
    larger than a plant comes to the line is not looked for."""
    if len(data) > LARGEST_READ_AGAIN:
        return name
    try:
        parse(Assessment, data.decode("utf-8-sig"), name)
    except InputError as problem:
        return problem.place or name
    except UnicodeDecodeError:
        pass
    return name


def inside(bundle: Bundle) -> tuple[Library, Answers]:
    """The data files and answers that a filing bundle carries, read as they were read when it was made."""
    names = [m.name for m in bundle.manifest.members if m.name.startswith("parts/")]
    parts = {name.removeprefix("parts/"): bundle.member(name) for name in names}
    try:
        answers, _ = parse(Answers, bundle.member("answers.yaml").decode("utf-8-sig"), "answers.yaml")
        return read_library(parts), answers
    except UnicodeDecodeError as problem:
        raise BundleError(Message(id="input.not_utf8", params={"at": problem.start}), bundle.file) from problem
    except InputError as problem:  # the fault is the bundle's, or that of another version; not the user's
        raise BundleError(problem.message, f"{bundle.file}/{problem.place}") from problem


def _judged(done: Assessment, library: Library, answers: Answers) -> Found:
    held = (library.frameworks | library.earlier).get(_name(done, library))
    framework = held.of_plant(done.plant.kind) if isinstance(held, Ladder) else held
    parts = {part.name: part.sha256 for part in done.parts}
    same_parts = parts == {name: sha256(data) for name, data in library.parts.items()}
    if framework != done.framework or answers != done.answers or not same_parts:
        return [Message(id="audit.other_inputs")], False
    again = pipeline.judge(done.framework, library, answers, done.measurements, done.plant.kind, done.as_of)
    told = {
        "questions": pipeline.questions_told(library, answers, done.framework, again.evidence),
        "recommendations": pipeline.recommendations_told(library, done.roadmap),
        "register_": pipeline.register_told(done, answers),
    }
    return _compare(done, {**again.parts, **told}, "audit.judged_again")


def _name(done: Assessment, library: Library) -> str:
    """The framework that an Assessment went by, as the library names it: an earlier edition by its version."""
    name = edition(done.framework)
    return name if name in library.earlier else done.framework.id


def _planned(done: Assessment, library: Library) -> Found:
    if done.roadmap is None:
        return [], True
    ground = pipeline.grounds(
        done.framework, library, done.evidence, done.answers, done.measurements, done.plant, done.assets
    )
    faults = (*check_plan(done.roadmap, case(ground, library)), *_granted(done, library))
    return list(faults) or [Message(id="audit.plan_holds")], not faults


def _granted(done: Assessment, library: Library) -> list[Message]:
    """The subsidies beside each item, by the rules of the programmes on the day that was judged by."""
    assert done.roadmap is not None
    if any(item.recommendation not in library.recommendations for item in done.roadmap.worth):
        return []  # the check of the plan names it
    again = funded(done, library).roadmap
    assert again is not None
    pairs = zip(done.roadmap.worth, again.worth, strict=True)
    forged = [told.recommendation for told, found in pairs if told.grants != found.grants]
    return [Message(id="plan.forged_grants", params={"id": id_}) for id_ in forged]


def _rested(done: Assessment, bundle: Bundle) -> Found:
    """Does the filing name the bundle that its Assessment says it was made from?"""
    told = done.source.bundle if done.source is not None else None
    if told == bundle.manifest.source:
        return [], True
    return [Message(id="audit.other_source", params={"digest": told or "-"})], False


def _sampled(done: Assessment, library: Library, sealed: Path | None) -> Found:
    """Measure again from the samples, where the plant hands them over."""
    if done.source is None:
        return _unheard(done, sealed)
    if sealed is None:
        return [Message(id="audit.not_measured_again")], True
    checked = check(sealed)
    source = open_bundle(sealed) if checked.holds else None
    if source is None or source.digest != done.source.bundle:
        return [
            *checked.lines,
            Message(id="audit.other_source", params={"digest": done.source.bundle}),
        ], False
    again = pipeline.assess(source, done.answers, library, _name(done, library), made=done.made, as_of=done.as_of)
    names = {name for name in Assessment.model_fields if name != "scorer"}
    if _hurried(done.roadmap) or _hurried(again.roadmap):
        names -= PLANNED  # another computer searches further in the same time: the plan was checked by itself
    return _compare(done, {name: getattr(again, name) for name in sorted(names)}, "audit.measured_again")


def _unheard(done: Assessment, sealed: Path | None) -> Found:
    """Without a machine that was heard there is nothing to measure again, and nothing that may claim to be."""
    held = [name for name in OF_MACHINES if getattr(done, name)]
    if held:
        return [Message(id="audit.measured_nothing", params={"fields": ", ".join(held)})], False
    if sealed is not None:
        return [Message(id="audit.no_source")], False
    return [Message(id="audit.answers_alone")], True


def _hurried(roadmap: Roadmap | None) -> bool:
    return roadmap is not None and roadmap.status == "time-limit"


def _compare(done: Assessment, again: Mapping[str, Any], agreed: str) -> Found:
    """Which fields differ. Under another version of the product that is a remark; under this one a failure."""
    differing = [name for name, value in again.items() if getattr(done, name) != value]
    if not differing:
        return [Message(id=agreed)], True
    same_scorer = done.scorer == pipeline.SCORER
    params: dict[str, Any] = {"fields": ", ".join(differing), "then": done.scorer, "now": pipeline.SCORER}
    return [Message(id="audit.differs" if same_scorer else "audit.other_scorer", params=params)], not same_scorer
