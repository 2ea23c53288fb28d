"""Of a plan: what to do when, what it costs and brings, what it hangs on, what it would do by other frameworks."""

from fractions import Fraction

from rich.console import Console

from assessor.domain import Recommendation, Roadmap, Span, Worth
from assessor.frameworks import Library
from assessor.messages import Language, money, number, percent, render
from assessor.present.tables import titled


def plan(made: Roadmap, library: Library, out: Console, language: Language) -> None:
    """The whole plan on a screen or two."""
    _headline(made, library, out, language)
    if made.choices:
        _choices(made, library, out, language)
    _beside(made, library, out, language)
    _elsewhere(made, library, out, language)
    _hangs_on(made, out, language)
    missing = dict.fromkeys(id_ for w in made.worth for id_ in w.missing)
    if missing:
        out.print(render("plan.answer_first", language, ids=", ".join(missing)), soft_wrap=True)
    out.print(render("report.disclaimer", language), style="italic")


def _headline(made: Roadmap, library: Library, out: Console, language: Language) -> None:
    aim = made.aim
    if aim.kind == "target" and aim.framework in library.frameworks:
        title = render(library.frameworks[aim.framework].title, language)
        out.print(render("plan.aim_target", language, framework=title, level=aim.level), style="bold")
    else:
        out.print(render(f"plan.aim_{aim.kind}", language), style="bold")
    cost = sum((c.cost for c in made.choices), Fraction(0))
    told = {"n": len(made.choices), "cost": cost, "budget": made.budget, "level": made.level_after}
    out.print(render("cli.plan", language, **told, score=number(made.score_after)), soft_wrap=True)
    status = render(f"report.plan.status.{made.status}", language)
    gap = f" ({percent(made.gap)})" if made.gap else ""
    out.print(f"{status}{gap}")
    if made.status == "out-of-reach":
        if made.least is not None:
            out.print(render("plan.takes_at_least", language, least=made.least), soft_wrap=True)
        if made.lacking:
            out.print(render("plan.stays_short", language), soft_wrap=True)
        for name in made.lacking:
            out.print(f"- {render(name, language)}", soft_wrap=True)


def _choices(made: Roadmap, library: Library, out: Console, language: Language) -> None:
    """What to do when and for how much; and what comes of it."""
    heads = ("phase", "what", "cost", "days", *(["draws"] if made.draws else []))
    table = titled(language, *(f"plan.head_{head}" for head in heads))
    worth = {w.recommendation: w for w in made.worth}
    for choice in made.choices:
        w, id_ = worth[choice.recommendation], choice.recommendation
        title = f"{render(library.recommendations[id_].title, language)}\n{id_}"
        cost = f"{money(choice.cost, language)} + {money(w.reserve, language)}"
        drawn = [f"{choice.in_draws}/{made.draws}"] if made.draws else []
        table.add_row(str(choice.phase), title, cost, _span(w.days), *drawn)
    out.print(table)
    table = titled(language, *(f"plan.head_{head}" for head in ("id", "months", "stands", "yearly", "payback")))
    table.columns[0].overflow = "fold"
    for id_ in (choice.recommendation for choice in made.choices):
        table.add_row(id_, *_comes(worth[id_], library.recommendations[id_], language))
    out.print(table)
    if any(w.payback_low is None for w in worth.values()):
        out.print(render("plan.needs_note", language), soft_wrap=True)


def _comes(w: Worth, r: Recommendation, language: Language) -> tuple[str, ...]:
    yearly = "-"
    if w.yearly_low is not None and w.yearly_high is not None:
        yearly = f"{money(w.yearly_low, language)} … {money(w.yearly_high, language)}"
    stands = _span(w.stoppage) if w.stoppage else "-"
    if r.stoppage.hours is not None and not r.stoppage.whole:
        hours = Span(low=r.stoppage.hours.low, mid=r.stoppage.hours.mid, high=r.stoppage.hours.high)
        stands = render("plan.stands_each", language, hours=_span(hours))
    return _span(w.months), stands, yearly, _payback(w.payback_low, w.payback_high, w.needed, language)


def _payback(low: Fraction | None, high: Fraction | None, needed: Fraction | None, language: Language) -> str:
    if low is not None and high is not None:
        return f"{number(low, 0)}–{number(high, 0)}"
    return "-" if needed is None else render("plan.needs", language, needed=needed)


def _span(span: Span) -> str:
    low, high = number(span.low, 1), number(span.high, 1)
    return low if low == high else f"{low}–{high}"


def _beside(made: Roadmap, library: Library, out: Console, language: Language) -> None:
    """What the plan brings as a whole, and what stands beside it."""
    if made.yearly_low is not None and made.yearly_high is not None:
        told = {"low": made.yearly_low, "high": made.yearly_high}
        out.print(render("plan.brings", language, **told), soft_wrap=True)
    if made.payback_low is not None and made.payback_high is not None:
        months = {"low": number(made.payback_low, 0), "high": number(made.payback_high, 0)}
        out.print(render("plan.pays_back", language, **months), soft_wrap=True)
    elif made.why is not None and (made.choices or made.status != "out-of-reach"):
        out.print(render(made.why, language), soft_wrap=True)
        if made.needed is not None:
            out.print(render("plan.would_have_to", language, needed=made.needed), soft_wrap=True)
    if made.uncounted:
        out.print(render("plan.one_each", language, ids=", ".join(made.uncounted)), soft_wrap=True)
    if made.over_budget:
        out.print(render("plan.over_budget", language, over=made.over_budget), soft_wrap=True)
    if (s := made.saving) is not None:
        told = {"low": s.tce_low, "high": s.tce_high, "co2_low": s.tco2_low, "co2_high": s.tco2_high}
        out.print(render("plan.saves", language, **told, set=s.factors, coal=s.coal), soft_wrap=True)
    if made.fringe:
        named = ", ".join(
            f"{render(library.recommendations[id_].title, language)} ({n}/{made.draws})"
            for id_, n in sorted(made.fringe.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        out.print(render("plan.fringe", language, names=named), soft_wrap=True)


def _elsewhere(made: Roadmap, library: Library, out: Console, language: Language) -> None:
    if not made.elsewhere:
        return
    table = titled(language, "plan.head_framework", "plan.head_before", "plan.head_after")
    for one in made.elsewhere:
        held = library.frameworks.get(one.framework)
        title = render(held.title, language) if held else one.framework
        table.add_row(title, *("-" if level is None else str(level) for level in (one.before, one.after)))
    out.print(table)


def _hangs_on(made: Roadmap, out: Console, language: Language) -> None:
    if not made.sensitivity:
        return
    table = titled(language, "plan.head_assumption", "plan.head_worse", "plan.head_better")
    for one in made.sensitivity:
        months = ("-" if end is None else number(end, 0) for end in (one.worse, one.better))
        table.add_row(render(one.assumption, language), *months)
    out.print(table)
