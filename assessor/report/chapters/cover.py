"""What stands on the cover, and on every page."""

from assessor.domain import Assessment
from assessor.report.document import Block, Document
from assessor.report.legible import legible
from assessor.report.pen import Pen
from assessor.report.wording import simulated


def covered(a: Assessment, pen: Pen, name: str, blocks: tuple[Block, ...]) -> Document:
    """A document of this name with cover and contents."""
    kind = pen.t("pre_assessment" if a.pre_assessment else "assessment")
    made = Document(
        name=name,
        language=pen.language,
        title=pen.say(a.plant.name),
        subtitle=simulated(pen.paper(f"name.{name}", kind=kind), pen, a),
        facts=tuple(facts(a, pen)),
        disclaimer=pen.t("disclaimer"),
        digest=a.digest,
        blocks=blocks,
        heard=a.heard,
    )
    return legible(made)


def facts(a: Assessment, pen: Pen) -> list[tuple[str, str]]:
    """Label and value: what was assessed, by what, when, from where."""
    of = len(a.framework.dimensions)
    title = f"{pen.say(a.framework.title)}{_bracketed(pen, pen.t('status.' + a.framework.status.value))}"
    people = f" · {pen.t('cover.employees', n=a.plant.employees)}" if a.plant.employees else ""
    made = f"{pen.date(a.made)} · {pen.t('cover.scorer', version=a.scorer)}"
    rows = [
        (pen.t("cover.credit_code"), a.plant.credit_code or ""),
        (pen.t("cover.district"), f"{pen.say(a.plant.district)}{people}" if a.plant.district else ""),
        (pen.t("cover.framework"), title),
        (pen.t("cover.reach"), pen.t("cover.modesty", of=of, testable=a.testable, tested=a.tested)),
        *_sampled(a, pen),
        (pen.t("cover.made"), made),
        (pen.paper("cover.as_of"), pen.date(a.as_of) if a.as_of else ""),
        (pen.t("cover.key"), a.source.fingerprint if a.source else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _sampled(a: Assessment, pen: Pen) -> list[tuple[str, str]]:
    """When and from where machines were heard, or that none was."""
    if a.source is None:
        return [(pen.t("alone.verified"), pen.t("alone.title")), (pen.t("alone.rests_on"), rests_on(a, pen))]
    spot = [(pen.t("cover.vantage"), pen.t("vantage." + a.vantage.value))] if a.vantage else []
    return [
        (pen.t("cover.sampled"), f"{pen.time(a.source.sampled_from)} – {pen.time(a.source.sampled_to)}"),
        *spot,
    ]


def rests_on(a: Assessment, pen: Pen) -> str:
    """What an Assessment without a machine rests on."""
    return pen.t("alone.answers", n=len(a.answers.answers))


def sampled(a: Assessment, pen: Pen) -> tuple[str, str]:
    """The day of sampling, for a paper of few facts; or that there was none."""
    if a.source is None:
        return pen.t("alone.rests_on"), f"{rests_on(a, pen)}{_bracketed(pen, pen.t('alone.title'))}"
    return pen.t("cover.sampled"), pen.date(a.source.sampled_from)


def _bracketed(pen: Pen, text: str) -> str:
    return f"（{text}）" if pen.language == "zh" else f" ({text})"
