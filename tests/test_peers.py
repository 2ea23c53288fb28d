"""Peers: real or absent, enough of them, with intervals; and none can be named."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import cli
from assessor.domain import Assessment, Peer, canonical
from assessor.messages import render
from assessor.portfolio.peers import as_peer, read_peers, size, tenth
from models.peers import ENOUGH, FEWEST, compare, distance, nearest, percentile, quantile
from tests.golden import CASE

F = Fraction


def peer(score: object = 1, **more: object) -> Peer:
    return Peer.model_validate(
        {"kind": "discrete", "framework": "cmmm-2020-discrete", "version": "1", "level": 1, "score": score} | more
    )


@pytest.mark.parametrize(
    ("n", "quantiles", "percentile_"), [(9, 0, False), (10, 3, False), (29, 3, False), (30, 3, True)]
)
def test_the_floors_hold(n: int, quantiles: int, percentile_: bool) -> None:
    found = compare(peer(), [peer(F(i, 10)) for i in range(n)])
    assert (len(found.quantiles), found.below is not None, found.comparable) == (quantiles, percentile_, n)
    assert (found.used == 0) == (n < FEWEST)
    for message in (found.why, *found.nearest):
        assert render(message, "zh") and render(message, "en")


def test_another_edition_and_simulated_plants_are_no_peers() -> None:
    others = [peer(version="2")] * 40 + [peer(framework="x")] * 40 + [peer(simulated=True)] * 40
    assert compare(peer(), others).comparable == 0
    assert compare(peer(simulated=True), others).simulated


def test_the_nearest_are_those_alike_and_ties_come_whole() -> None:
    near = [peer(industry="35", size="small", automation=F(1, 2))] * 20
    next_ = [peer(industry="35", size="medium", automation=F(1, 2))] * 20
    far = [peer(industry="13", size="large", automation=F(0))] * 40
    found = nearest(near[0], [*far, *next_, *near])
    assert len(found) == 40 and not set(map(id, found)) & set(map(id, far))
    assert distance(near[0], far[0]) == F(1) + F(2, 3) + F(1, 2)
    assert distance(peer(), peer()) == F(3, 2), "what nobody knows counts a half each"


def test_quantiles_by_hand() -> None:
    scores = [F(i) for i in range(30)]
    median = quantile(scores, F(1, 2))
    assert (median.value, median.low, median.high) == (15, 9, 20)  # binomial(30, 1/2): 10th and 21st of 30
    few = quantile(scores[:10], F(1, 4))
    assert few.low is None, "too few to say how low it may lie"


def test_a_percentile_by_hand() -> None:
    assert percentile(F(15), [F(i) for i in range(30)])[0] == F(31, 60)
    low, high = percentile(F(-1), [F(i) for i in range(30)])[1:]
    assert low == 0 and F(115, 1000) <= high <= F(117, 1000)  # 1 - 0.025^(1/30)
    assert percentile(F(99), [F(i) for i in range(30)])[0] == 1


PEERS = st.lists(
    st.builds(
        peer,
        st.integers(0, 50).map(lambda n: F(n, 10)),
        size=st.sampled_from([None, "micro", "small", "medium", "large"]),
        industry=st.sampled_from([None, "13", "35"]),
        automation=st.sampled_from([None, F(0), F(1, 2), F(1)]),
    ),
    max_size=60,
)


@given(PEERS, st.randoms(), st.integers(0, 50))
def test_order_changes_nothing_and_figures_lie_in_their_intervals(
    peers: Sequence[Peer], shuffled: object, score: int
) -> None:
    plant = peer(F(score, 10), size="small", industry="35")
    found = compare(plant, peers)
    turned = list(peers)
    shuffled.shuffle(turned)  # type: ignore[attr-defined]
    assert compare(plant, turned) == found
    for q in found.quantiles:
        assert (q.low is None or q.low <= q.value) and (q.high is None or q.value <= q.high)
    assert (found.below is None) == (len(peers) < ENOUGH)
    if found.below is not None and found.below_low is not None and found.below_high is not None:
        assert 0 <= found.below_low <= found.below <= found.below_high <= 1


@given(PEERS, st.integers(0, 49))
def test_a_better_score_never_stands_lower(peers: Sequence[Peer], score: int) -> None:
    worse, better = compare(peer(F(score, 10)), peers), compare(peer(F(score + 1, 10)), peers)
    assert worse.below is None or better.below is None or worse.below <= better.below


@pytest.mark.parametrize(
    ("employees", "band"), [(None, None), (19, "micro"), (20, "small"), (300, "medium"), (1000, "large")]
)
def test_sizes(employees: int | None, band: str | None) -> None:
    assert size(employees) == band
    assert tenth(F(179, 100)) == F(17, 10)


# The commands --------------------------------------------------------------------------------------------


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    return int(left.value.code or 0)


def plants(folder: Path, n: int) -> list[str]:
    """So many assessments, of plants that differ in name alone."""
    done = Assessment.model_validate_json(CASE.read_bytes())
    files = []
    for i in range(n):
        named = done.plant.model_copy(update={"id": f"secret-{i}"})
        file = folder / f"{i}.json"
        file.write_bytes(canonical(done.model_copy(update={"plant": named})))
        files.append(str(file))
    return files


@pytest.mark.slow
def test_a_set_is_given_out_without_names_and_compared_with(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = plants(tmp_path, FEWEST)
    out = tmp_path / "peers.json"
    assert run("peers", "export", *files, "-o", str(out), "--source", "district") == 0
    text = out.read_text("utf-8")
    assert "secret" not in text and len(read_peers([out])) == FEWEST
    done = Assessment.model_validate_json(CASE.read_bytes())
    assert read_peers([out])[0] == as_peer(done)
    for private in (done.source.bundle, str(done.plant.credit_code), done.plant.name.zh, done.plant.name.en):
        assert private not in text
    capfd.readouterr()
    assert run("peers", "compare", files[0], str(out), "--json") == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["comparable"], found["simulated"], found["below"]) == (FEWEST, True, None)
    assert run("peers", "compare", files[0], str(out)) == 0
    assert "imulated" in capfd.readouterr().out


@pytest.mark.slow
def test_few_plants_are_not_given_out_and_another_file_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = plants(tmp_path, 1)
    out = tmp_path / "peers.json"
    assert run("peers", "export", *files * 12, "-o", str(out), "--source", "district") == 2
    assert not out.exists() and "10" in capfd.readouterr().err
    assert run("peers", "compare", files[0], files[0]) == 2
    assert "assessor-peers/1" in capfd.readouterr().err
