"""One page for a plant's general manager: which level, what is sure, what differs, what to do, what to decide."""

from fractions import Fraction

from assessor.domain import Assessment, Choice, Outcome, Rating, Recommendation, Span, Verdict
from assessor.report.chapters.cover import sampled
from assessor.report.claims import differences
from assessor.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Line,
    Paragraph,
    Run,
    Table,
    group,
    line,
    row,
)
from assessor.report.leads import todo
from assessor.report.pen import Pen
from assessor.report.wording import filled, shortened, simulated
from assessor.report.worth import between, unstated, worth_of
from assessor.roadmap import outlay

MOST_DIFFERENCES, MOST_MEASURES = 3, 12


def document(a: Assessment, pen: Pen) -> Document:
    """The page; a renderer sets it smaller where it would be two."""
    blocks: list[Block] = [*_level(a, pen), *_sure(a, pen), *_differences(a, pen), *_plan(a, pen)]
    blocks += [Heading(1, _t(pen, "decide"), "decide"), Bullets(tuple(_decisions(a, pen)), ordered=True)]
    return Document(
        name="summary",
        language=pen.language,
        title=_t(pen, "title", plant=shortened(pen.say(a.plant.name), 40)),
        subtitle=simulated(_t(pen, "subtitle"), pen, a),
        facts=(
            (pen.t("cover.framework"), pen.say(a.framework.title)),
            (pen.t("cover.made"), pen.date(a.made)),
            sampled(a, pen),
            *(((pen.t("cover.district"), pen.say(a.plant.district)),) if a.plant.district else ()),
        ),
        disclaimer=pen.t("disclaimer"),
        digest=a.digest,
        heard=a.heard,
        blocks=tuple(blocks),
        contents=False,
    )


def _t(pen: Pen, id_: str, **params: object) -> str:
    return pen.words("summary", id_, **params)


def _level(a: Assessment, pen: Pen) -> list[Block]:
    heads = ("column", "grade", "score", "covered")
    table = Table(
        caption=_t(pen, "level_table"),
        head=tuple(_t(pen, head) for head in heads),
        rows=tuple(_rating(a, a.rating(column), pen) for column in _columns(a)),
        widths=(0.25, 0.35, 0.2, 0.2),
    )
    alone = [] if a.heard else [Paragraph(line(pen.t("alone.text")), "warning")]
    return [Heading(1, _t(pen, "level"), "level"), *alone, table]


def _columns(a: Assessment) -> tuple[str, ...]:
    return ("declared", "verified") if a.heard else ("declared",)


def _rating(a: Assessment, rating: Rating, pen: Pen) -> tuple[Line, ...]:
    name = next((pen.say(level.name) for level in a.framework.levels if level.number == rating.level), "")
    strong, column = rating.column == _columns(a)[-1], rating.column
    level = Run(name, strong=strong, mark=f"level.{column}")
    score = Run(pen.between(rating.score, rating.score_high), strong=strong, mark=f"score.{column}")
    return row(
        pen.t(f"level.{column}"),
        level,
        score,
        Run(pen.percent(rating.coverage), mark=f"coverage.{column}"),
    )


def _sure(a: Assessment, pen: Pen) -> list[Block]:
    verified, (low, high) = a.rating("verified"), a.level_spread
    chance = next((c.share for c in a.chances if c.level == verified.level), Fraction(0))
    used = [x.id for x in a.assets if x.production and x.in_use]
    sights = {s.asset: s for s in a.sights if s.asset in set(used)}
    untested = sum(s.readable is Outcome.NOT_DETERMINED for s in sights.values()) + len(used) - len(sights)
    networked = sum(s.networked is Outcome.MET for s in sights.values())
    held = [e for e in a.evidence if e.verdict not in (Verdict.UNTESTED, Verdict.UNUSABLE)]
    agreed, vague = (
        sum(e.verdict is verdict for e in held) for verdict in (Verdict.CORROBORATED, Verdict.INCONCLUSIVE)
    )
    holds = "level.holds" if low == high else "level.holds_not"
    seen = [
        line(_t(pen, "machines", of=len(used), n=networked, untested=untested)),
        line(_t(pen, "corroborated", of=len(held), n=agreed, apart=len(held) - agreed - vague, vague=vague)),
    ]
    items = [
        line(pen.t(holds, n=len(a.framework.weight_sets), low=low, high=high)),
        filled(pen, "summary.chance", share=Run(pen.tenths(chance), mark="chance"), level=verified.level),
        line(_t(pen, "reach", of=len(a.framework.dimensions), testable=a.testable, tested=a.tested)),
        *(seen if a.heard else ()),
    ]
    return [Heading(1, _t(pen, "sure"), "sure"), Bullets(tuple(items))]


def _differences(a: Assessment, pen: Pen) -> list[Block]:
    heading = Heading(1, _t(pen, "differences"), "differences")
    open_ = [one for one in differences(a, pen) if not one.finding.settled]
    if not open_:
        return [heading, Paragraph(line(_t(pen, "none")))] if a.heard else []
    rows = []
    for one in open_[:MOST_DIFFERENCES]:
        place = (Run(f"{one.place}  ", weak=True),) if one.place else ()
        asked = (*place, Run(shortened(one.question, 160)))
        rows.append(row(asked, one.claim, one.seen, shortened(pen.say(one.finding.ask), 240)))
    heads = ("asked", "claimed", "seen", "ask")
    head = tuple(_t(pen, name) for name in heads)
    return [heading, Table(_t(pen, "differences_table"), head, tuple(rows), (0.36, 0.12, 0.12, 0.4))]


def _plan(a: Assessment, pen: Pen) -> list[Block]:
    heading = Heading(1, _t(pen, "plan"), "plan")
    if a.roadmap is None:
        return [heading, Paragraph(line(_t(pen, "no_plan")))]
    pairs = planned(a)
    if not pairs:
        return [heading, Paragraph(line(_t(pen, "nothing", budget=pen.money(a.roadmap.budget))))]
    return [heading, _measures(a, pairs, pen), Paragraph(_money(a, pen))]


def planned(a: Assessment) -> list[tuple[Choice, Recommendation]]:
    """What the plan does, phase by phase, dearest first."""
    known = {r.id: r for r in a.recommendations}
    choices = {c.recommendation: c for c in a.roadmap.choices} if a.roadmap else {}
    pairs = [(c, known[id_]) for id_, c in choices.items() if id_ in known]
    return sorted(pairs, key=lambda pair: (pair[0].phase, -pair[0].cost, pair[1].id))


def _spans(a: Assessment) -> dict[str, tuple[Fraction, Fraction]]:
    """Low and high cost of each recommendation in this plant."""
    plain = {r.id: outlay(r, {}) for r in a.recommendations}
    here = {w.recommendation: w.cost for w in a.roadmap.worth} if a.roadmap else {}
    return {id_: (span.low, span.high) for id_, span in (plain | here).items()}


def _measures(a: Assessment, pairs: list[tuple[Choice, Recommendation]], pen: Pen) -> Table:
    spans = _spans(a)
    rows: list[tuple[Line, ...]] = []
    phase = 0
    for choice, r in pairs[:MOST_MEASURES]:
        if choice.phase != phase:
            phase = choice.phase
            rows.append(group(_t(pen, "phase", n=phase), 3))
        cash = _span(*spans[r.id], choice.cost, pen)
        worth = worth_of(a, r.id)
        months = between(worth.months if worth else r.months, pen)
        rows.append(row(pen.say(r.title), Run(cash, mark=f"cash.{r.id}"), months))
    if (left := len(pairs) - MOST_MEASURES) > 0:
        rows.append(row(Run(_t(pen, "more", n=left), weak=True), "", ""))
    ends = [sum((spans[r.id][i] for _, r in pairs), Fraction(0)) for i in (0, 1)]
    total = _span(ends[0], ends[1], sum((c.cost for c, _ in pairs), Fraction(0)), pen)
    rows.append(row(Run(_t(pen, "total"), strong=True), Run(total, strong=True, mark="cash.total"), ""))
    head = tuple(_t(pen, name) for name in ("measure", "cash", "effect"))
    return Table(_t(pen, "plan_table"), head, tuple(rows), (0.52, 0.32, 0.16), frozenset({1, 2}))


def _span(low: Fraction, high: Fraction, mid: Fraction, pen: Pen) -> str:
    return _t(pen, "span", low=pen.money(low), high=pen.money(high), mid=pen.money(mid))


def _money(a: Assessment, pen: Pen) -> Line:
    """What is left after subsidy, when it pays back or why nobody can say, and what level it would bring."""
    assert a.roadmap is not None
    chosen = {c.recommendation: c.cost for c in a.roadmap.choices}
    granted = sum((w.confirmed for w in a.roadmap.worth if w.recommendation in chosen), Fraction(0))
    net = pen.money(sum(chosen.values(), Fraction(0)) - granted)
    runs: list[Run] = []
    if granted:
        grant, left = Run(pen.money(granted), mark="grant.confirmed"), Run(net, strong=True, mark="cash.net")
        runs += filled(pen, "summary.confirmed", grant=grant, net=left)
    else:
        runs += line(_t(pen, "unconfirmed")) if a.roadmap.worth else ()
    level, score = str(a.roadmap.level_after), pen.score(a.roadmap.score_after)
    after = {"level": Run(level, mark="level.after"), "score": Run(score, mark="score.after")}
    reckoned = {w.recommendation for w in a.roadmap.worth}
    general = line(_t(pen, "general", n=len(chosen.keys() - reckoned))) if chosen.keys() - reckoned else ()
    told = (general, tuple(runs), payback(a, pen), filled(pen, "summary.after", **after))
    parts = [part for part in told if part]
    gap = "" if pen.language == "zh" else " "
    return tuple(run for i, part in enumerate(parts) for run in ((Run(gap), *part) if i and gap else part))


def payback(a: Assessment, pen: Pen) -> Line:
    """Months of the whole plan, or why none are stated."""
    assert a.roadmap is not None
    low, high = a.roadmap.payback_low, a.roadmap.payback_high
    if low is None or high is None:
        return line(unstated(a, a.roadmap.why, pen) if a.roadmap.why else _t(pen, "no_benefit"))
    ends = {
        "low": Run(pen.number(low, 0), mark="payback.low"),
        "high": Run(pen.number(high, 0), mark="payback.high"),
    }
    return filled(pen, "summary.payback" if low != high else "summary.payback_one", **ends)


def _decisions(a: Assessment, pen: Pen) -> list[Line]:
    levels, said = {column: a.rating(column).level for column in ("declared", "verified")}, todo(a, pen)
    found: list[Line] = []
    if open_ := sum(not f.settled for f in a.findings):
        found.append(line(_t(pen, "answer", n=open_, **levels)))
    if said:
        found.append(line(_t(pen, "look", what=said[0].name, moves=said[0].moves)))
    if a.roadmap is None:
        found.append(line(_t(pen, "give")))
    elif pairs := planned(a):
        found += _to_approve(a, pairs, pen)
    return [*found, line(_t(pen, "again"))]


def _to_approve(a: Assessment, pairs: list[tuple[Choice, Recommendation]], pen: Pen) -> list[Line]:
    assert a.roadmap is not None
    phase = pairs[0][0].phase
    costs = [c.cost for c, _ in pairs if c.phase == phase]
    cost, budget = pen.money(sum(costs, Fraction(0))), pen.money(a.roadmap.budget)
    found = [line(_t(pen, "approve", phase=phase, n=len(costs), cost=cost, budget=budget))]
    worth = {w.recommendation: w for w in a.roadmap.worth}
    of = [worth[r.id] for _, r in pairs if r.id in worth]
    whole = {r.id for _, r in pairs if r.stoppage.whole}
    if of:
        low, high = (sum((getattr(w.days, end) for w in of), Fraction(0)) for end in ("low", "high"))
        found.append(line(_t(pen, "days", low=pen.number(low, 0), high=pen.number(high, 0))))
        found += _stoppage([w.stoppage for w in of if w.recommendation in whole], pen)
    open_ = {g.programme for w in of for g in w.grants if g.confirmed is None and g.outcome is not Outcome.NOT_MET}
    if open_:
        found.append(line(_t(pen, "grants", n=len(open_))))
    return found


def _stoppage(stops: list[Span | None], pen: Pen) -> list[Line]:
    """Hours without production over all phases, low to high, and of how many measures nobody could say."""
    known = [span for span in stops if span]
    low, high = (sum((getattr(span, end) for span in known), Fraction(0)) for end in ("low", "high"))
    said = {"low": pen.number(low, 0), "high": pen.number(high, 0), "n": len(stops) - len(known)}
    if not high:
        return [line(_t(pen, "stoppage_open", n=said["n"]))] if said["n"] else []
    return [line(_t(pen, "stoppage_part" if said["n"] else "stoppage", **said))]
