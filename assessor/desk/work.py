"""WORK of the other process: an Assessment out of all that it follows from; what to ask about data points."""

import json
import tempfile
import zlib
from functools import cache
from pathlib import Path

from assessor import pipeline
from assessor.audit import read_assessment
from assessor.bundle import open_bundle
from assessor.desk.attaching import on_disk
from assessor.desk.exports import sealed
from assessor.desk.reckoner import Job, Reckoned
from assessor.domain import Answers, Assessment, Asset, KeyProcess, Plant, Register, canonical
from assessor.errors import AssessorError
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.portfolio.extract import extract_of, identity
from assessor.portfolio.filed import filed
from assessor.portfolio.group import brief
from assessor.unexplained import unexplained
from models.tags import text


def reckon(job: Job) -> Reckoned:
    """An Assessment out of a job, or what is wrong with what people gave."""
    try:
        done, bundle = assessed(job)
    except AssessorError as problem:
        return Reckoned(None, problem.message.model_dump(mode="json"))
    statements = _library().statements
    differing = {
        (statements[f.question].part_of or f.question) if f.question in statements else f.question: f.verdict.value
        for f in done.findings
        if not f.settled
    }
    counted = identity(done.plant), extract_of(done, _library()).model_dump(mode="json")
    told = brief(done).model_dump(mode="json")
    kept = zlib.compress(filed(done).model_dump_json(exclude_defaults=True).encode(), 6)
    return Reckoned(
        zlib.compress(canonical(done), 6), None, differing, bundle, extract=counted, brief=told, filed=kept
    )


def assessed(job: Job) -> tuple[Assessment, bytes | None]:
    """Judge by what machines showed where there is a bundle, by exports where there are such (the bundle that is
    made of them comes along), else by what people say alone."""
    answers, library = Answers.model_validate_json(job.answers), _library()
    if job.bundle is None and job.exports and job.register is not None:
        with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
            plant = json.loads(job.plant)
            made = sealed(plant, job.assets, job.processes, job.register, job.exports, Path(folder))
            done = pipeline.assess(open_bundle(made), answers, library, job.framework, made=job.made)
            return done, made.read_bytes()
    if job.bundle is None:
        done = pipeline.assess_answers(
            Plant.model_validate_json(job.plant),
            answers,
            library,
            job.framework,
            made=job.made,
            register=Register.model_validate(job.register) if job.register else None,
            assets=tuple(Asset.model_validate(a) for a in job.assets),
            key_processes=tuple(KeyProcess.model_validate(p) for p in job.processes),
        )
        return done, None
    with on_disk(job.bundle, "bundle.zip", ".zip") as file:
        bundle = open_bundle(file)
        if bundle.manifest.kind == "sample":
            return pipeline.assess(bundle, answers, library, job.framework, made=job.made), None
        before = read_assessment(bundle.member("assessment.json"), "assessment.json")
        return pipeline.assess_again(before, answers, library, job.framework, made=job.made), None


def ask(job: Job) -> Reckoned:
    """What to ask about the data points of a sealed bundle, as `assessor tags` does; and why the text model of
    names says nothing, where it does not."""
    assert job.bundle is not None
    answers, model = Answers.model_validate_json(job.answers), text.load()
    without = model.why if isinstance(model, text.Refused) else None
    try:
        with on_disk(job.bundle, "bundle.zip", ".zip") as file:
            proposer = None if isinstance(model, text.Refused) else text.TextProposer(model)
            found = unexplained(open_bundle(file), answers, _library(), proposer, job.aside)
    except AssessorError as problem:
        return Reckoned(None, problem.message.model_dump(mode="json"))
    told = {"found": found.model_dump(mode="json"), "without": without and without.model_dump(mode="json")}
    return Reckoned(None, None, asks=zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 6))


@cache
def _library() -> Library:
    """Read once a process."""
    return load_library(known_indicators=indicators())
