"""What would narrow the result most: told on the page of differences, gone once the proof is handed in there."""

import re
import zlib
from pathlib import Path

import pytest

from assessor.desk import answering, attaching, consenting, demonstration, entering, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.domain import Assessment, Lead, canonical
from assessor.messages import render
from assessor.storage import Outcome, papers
from tests.web.asked import by_session, site
from tests.web.hostile_files import PIXEL
from tests.web.people import again, entry, factory, joined
from tests.web.test_reckoning import reckoned, verified

pytestmark = pytest.mark.slow


def proved(done: Assessment) -> Lead | None:
    """The lead that asks for proofs."""
    return next((lead for lead in done.leads if lead.kind == "proof"), None)


def shown(page: str) -> list[str]:
    """Questions that the section links to; empty where there is none."""
    section = re.search(r'<section id="narrow">.*?</section>', page, re.S)
    return re.findall(r"/questions/([^\"#]+)#files", section[0]) if section else []


def bare(desk: Desk) -> tuple[str, Actor, str]:
    """Claims of one cell that stand on a word alone: session of the owner, who that is, survey."""
    _, owner, survey = factory(desk)
    for question in ("p1-l1-1", "p1-l1-2", "p1-l2-1", "p1-l2-2"):
        answering.save(desk, owner.who, survey, entry(question, "1"))
    return owner.token, owner.who, survey


def test_a_proof_that_is_handed_in_is_wanted_no_longer_and_is_wanted_again_without_it(
    lite: Desk, tmp_path: Path
) -> None:
    entered, survey = demonstration.enter(lite, "127.0.0.1", "zh")
    known = entering.known_by_session(lite, entered.token)
    assert known is not None
    owner, done = known.actor, reckoned(lite, known.actor, survey)
    lead = proved(done)
    assert lead is not None and not any(a.proofs for a in done.answers.answers)
    files = [attaching.attach(lite, owner, survey, Handed("proof", f"{q}.png", PIXEL, q)) for q in lead.questions]
    assert reckoning.result(lite, owner, survey).old, "a result follows from a proof"
    now = reckoned(lite, owner, survey)
    assert proved(now) is None or proved(now).id != lead.id or proved(now).level != lead.level  # type: ignore[union-attr]
    held = {a.question: a.proofs for a in now.answers.answers if a.proofs}
    assert {q: [(p.kind, p.sha256) for p in held[q]] for q in held} == {
        q: [("photograph", f.sha256)] for q, f in zip(lead.questions, files, strict=True)
    }
    assert [(f.question, f.weight) for f in now.findings] == [(f.question, f.weight) for f in done.findings]
    verified(reckoning.filing(lite, owner, survey, now), tmp_path / "filing.zip")
    for file in files:
        attaching.remove(lite, owner, survey, file.id)
    assert reckoned(lite, owner, survey).leads == done.leads


def test_the_page_links_each_to_its_question_and_says_what_was_handed_in(lite: Desk) -> None:
    token, owner, survey = bare(lite)
    done = reckoned(lite, owner, survey)
    asked = [q for lead in done.leads for q in lead.questions]
    assert done.leads and len(done.leads) <= 3
    with site(lite) as web:
        by, path = by_session(lite, token), f"/surveys/{survey}/clarify"
        page = web.get(path, by).text
        parents = [lite.library.statements[q].part_of or q for q in asked]
        assert shown(page) == parents
        assert all(web.get(f"/surveys/{survey}/questions/{q}", by).status_code == 200 for q in set(parents))
        attaching.attach(lite, owner, survey, Handed("proof", "a.png", PIXEL, parents[0]))
        assert render("web.clarify.handed", "zh", n=1) in web.get(path, by).text


def test_nothing_is_told_where_nothing_would_narrow(lite: Desk) -> None:
    token, owner, survey = bare(lite)
    done = reckoned(lite, owner, survey).model_copy(update={"leads": ()})
    version = surveys.get(lite, owner, survey).version
    with lite.store.write() as c:
        papers.keep(c, Outcome(survey, version, lite.clock(), zlib.compress(canonical(done)), None, {}))
    with site(lite) as web:
        page = web.get(f"/surveys/{survey}/clarify", by_session(lite, token)).text
    assert shown(page) == [] and 'id="narrow"' not in page


def test_an_auditor_is_not_sent_to_ask(lite: Desk) -> None:
    _, owner, survey = bare(lite)
    reckoned(lite, owner, survey)
    office = houses.found(lite, "office", "区项目办")
    auditor = joined(lite, office, "auditor")
    consenting.agree(lite, owner, surveys.get(lite, owner, survey).organisation, "audit", office)
    with site(lite) as web:
        answer = web.get(f"/surveys/{survey}/clarify", by_session(lite, again(lite, auditor).token))
    assert answer.status_code == 200 and 'id="narrow"' not in answer.text
