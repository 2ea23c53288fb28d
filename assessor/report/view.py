"""What each page shows, taken from the Assessment and from nothing else."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Rating, WeightSet
from assessor.report import charts
from assessor.report.claims import Difference, Group, differences, groups
from assessor.report.contacts import Contacts, contacts
from assessor.report.estimate import Third, column, third
from assessor.report.frameworks import Standing, standings
from assessor.report.leads import Todo, todo
from assessor.report.machines import Machines, machines
from assessor.report.matrix import Matrix, matrix
from assessor.report.measured import Figure, Gap, figures, gaps
from assessor.report.pen import Pen, code
from assessor.report.plan import Plan, plan
from assessor.report.sections import terms
from assessor.report.sums import LevelSum, sums
from assessor.report.unspoken import Unspoken, unclear, unspoken
from assessor.report.waterfall import fall


@dataclass(frozen=True)
class Rung:
    """One level on the picture of chances."""

    name: str
    share: str
    bar: Markup
    formal: bool


@dataclass(frozen=True)
class Reach:
    """One sub-domain: declared and verified."""

    code: str
    name: str
    element: str
    order: int
    """Of its element in the framework."""
    declared: str
    verified: str
    estimate: str
    """The third place: no rating; empty where there is none."""
    strip: Markup


@dataclass(frozen=True)
class Weighed:
    """Both columns under one set of weights."""

    set: WeightSet
    declared: Rating
    verified: Rating
    default: bool


@dataclass(frozen=True)
class View:
    declared: Rating
    verified: Rating
    declared_name: str
    verified_name: str
    coverage_declared: Markup
    coverage_verified: Markup
    weights: list[Weighed]
    modesty: Markup
    unspoken: list[Unspoken]
    """Protocols of the register that we do not speak, and what is known of their machines instead."""
    unclear: int
    """Machines whose interface the register does not name, untested."""
    score_declared: Markup
    score_verified: Markup
    score_axis: Markup
    rungs: list[Rung]
    third: Third | None
    holds: bool
    radar: Markup
    radar_small: Markup
    waterfall: Markup
    reaches: list[Reach]
    reach_axis: Markup
    differences: list[Difference]
    groups: list[Group]
    verdicts: Markup
    machines: Machines
    matrix: Matrix | None
    """None where the register expects nothing of any machine."""
    figures: list[tuple[str, list[Figure]]]
    """By what they are about."""
    contacts: Contacts
    todo: list[Todo]
    gaps: list[Gap]
    plan: Plan | None
    sums: list[LevelSum]
    standings: list[Standing]
    cell_counts: list[tuple[str, int]]
    """Of how many cells the number of requirements has which standing."""
    terms: tuple[str, ...]
    """The words that the report explains, by id."""


def view(a: Assessment, pen: Pen) -> View:
    """Prepare everything that the pages of one language show."""
    declared, verified = a.rating("declared"), a.rating("verified")
    reaches, axes = reaches_of(a, pen)
    low, high = a.level_spread
    verdict_groups, verdicts = groups(a, pen)
    thresholds = [level.from_ for level in a.framework.levels if level.number]
    small = [charts.Axis(r.code, x.declared, x.low, x.high) for r, x in zip(reaches, axes, strict=True)]
    desc = told_of(reaches, pen)
    return View(
        declared=declared,
        verified=verified,
        declared_name=level_name(a, declared.level, pen),
        verified_name=level_name(a, verified.level, pen),
        coverage_declared=_coverage(declared, pen),
        coverage_verified=_coverage(verified, pen),
        weights=weighed(a),
        modesty=_modesty(a, pen),
        unspoken=unspoken(a, pen),
        unclear=unclear(a),
        score_declared=_score(pen, declared, thresholds, "level.declared"),
        score_verified=_score(pen, verified, thresholds, "level.verified"),
        score_axis=_begins(a, pen),
        rungs=_rungs(a, pen),
        third=third(a, pen),
        holds=low == high,
        radar=charts.radar(axes, pen.t("picture.title"), desc),
        radar_small=charts.radar(small, pen.t("picture.title"), desc, small=True),
        waterfall=fall(a, pen)[0],
        reaches=reaches,
        reach_axis=_whole_levels(pen),
        differences=differences(a, pen),
        groups=verdict_groups,
        verdicts=verdicts,
        machines=machines(a, pen),
        matrix=matrix(a, pen),
        figures=figures(a, pen),
        contacts=contacts(a, pen),
        todo=todo(a, pen),
        gaps=gaps(a, pen),
        plan=plan(a, pen),
        sums=sums(a, pen),
        standings=standings(a, pen),
        cell_counts=cell_counts(a),
        terms=terms(a),
    )


def told_of(reaches: list[Reach], pen: Pen) -> str:
    """The picture of the sub-domains in words."""
    told = (f"{r.name} {r.declared}" + (f" → {r.verified}" if pen.heard else "") for r in reaches)
    return pen.t("picture.text", list="; ".join(told))


def cell_counts(a: Assessment) -> list[tuple[str, int]]:
    """How many cells have a number of requirements of which standing."""
    return sorted(Counter(c.count_status.value for d in a.framework.dimensions for c in d.cells).items())


def _begins(a: Assessment, pen: Pen) -> Markup:
    marks = [(level.from_, str(level.number)) for level in a.framework.levels if level.number]
    return charts.axis(marks, 5, pen.t("level.axis"))


def _whole_levels(pen: Pen) -> Markup:
    return charts.axis([(k, str(k)) for k in range(6)], 5, pen.t("picture.scale"))


def level_name(a: Assessment, number: int, pen: Pen) -> str:
    """The name of a level of the framework."""
    return next((pen.say(level.name) for level in a.framework.levels if level.number == number), "")


def _coverage(rating: Rating, pen: Pen) -> Markup:
    name = pen.t(f"level.{rating.column}")
    return charts.bar(rating.coverage, name, pen.percent(rating.coverage), strong=rating.column == "verified")


def weighed(a: Assessment) -> list[Weighed]:
    """Both columns under every set of weights that the framework holds."""
    default = a.framework.default_weights
    return [
        Weighed(w, a.rating("declared", w.id), a.rating("verified", w.id), w.id == default)
        for w in a.framework.weight_sets
    ]


def _modesty(a: Assessment, pen: Pen) -> Markup:
    """A square for each sub-domain: tested, testable, beyond what wires can show."""
    of = len(a.framework.dimensions)
    states = ["met"] * a.tested + ["partly_met"] * (a.testable - a.tested) + ["not_determined"] * (of - a.testable)
    words = [pen.t("cover.tested_")] * a.tested + [pen.t("cover.testable_")] * (a.testable - a.tested)
    words += [pen.t("cover.beyond_")] * (of - a.testable)
    text = pen.t("cover.modesty", of=of, testable=a.testable, tested=a.tested)
    return charts.units([("", states)], words, pen.t("cover.reach"), text)


def _score(pen: Pen, rating: Rating, thresholds: list[Fraction], name: str) -> Markup:
    text = pen.between(rating.score, rating.score_high)
    band = (rating.score, rating.score_high) if pen.heard or rating.score != rating.score_high else (None, None)
    return charts.strip(
        *band,
        value=None if rating.column == "declared" else rating.score,
        claim=rating.score if rating.column == "declared" else None,
        scale=5,
        ticks=thresholds,
        title=pen.t(name),
        desc=text,
    )


def _rungs(a: Assessment, pen: Pen) -> list[Rung]:
    chances, formal = {c.level: c.share for c in a.chances}, a.rating("verified").level
    rungs = []
    for level in sorted(a.framework.levels, key=lambda x: -x.number):
        share = chances.get(level.number, Fraction(0))
        name, text = pen.say(level.name), pen.tenths(share)
        bar = charts.bar(share, name, text, strong=level.number == formal)
        rungs.append(Rung(name, text, bar, level.number == formal))
    return rungs


def reaches_of(a: Assessment, pen: Pen) -> tuple[list[Reach], list[charts.Axis]]:
    """Every sub-domain in the framework's order, and the same as axes of the radar."""
    declared = {d.dimension: d for d in a.rating("declared").dimensions}
    verified = {d.dimension: d for d in a.rating("verified").dimensions}
    elements = {g.id: (i, pen.say(g.name)) for i, g in enumerate(a.framework.elements)}
    estimated = column(a, pen)
    reaches, axes = [], []
    for dimension in a.framework.dimensions:
        said, seen = declared.get(dimension.id), verified.get(dimension.id)
        name = pen.say(dimension.name)
        words = [pen.between(s.low, s.high) if s else pen.t("cut") for s in (said, seen)]
        low, high = (seen.low, seen.high) if seen else (None, None)
        text = pen.t("picture.row", declared=words[0], verified=words[1])
        strip = charts.dumbbell(said.low if said else None, low, high, name, text, dot=pen.heard)
        mark = code(dimension.id)
        order, element = elements.get(dimension.element, (len(elements), ""))
        third_ = estimated.get(dimension.id, "")
        reaches.append(Reach(mark, name, element, order, words[0], words[1], third_, strip))
        axes.append(charts.Axis(f"{mark} {name}", said.low if said else None, low, high))
    return reaches, axes
