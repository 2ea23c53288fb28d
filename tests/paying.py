"""Plants, programmes and providers made for tests of who pays and who could do it."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from assessor.domain import Applicant, Plant, Programme, Project, Provider, Region, SizeRule, Text
from assessor.frameworks import load_library
from assessor.programmes import Lists

F = Fraction
LIBRARY = load_library()
LISTS = Lists(LIBRARY.regions, LIBRARY.sizes)
DAY = "2026-11-26"
KINDS = ("software", "hardware", "service")
ADDRESSES = (
    "上海市松江区", "松江区新桥镇", "上海市闵行区", "上海市", "上海市（仿真地址）", "江苏省苏州市昆山市",
    "某开发区", "舟山市普陀区", "中山市火炬区", "台州市天台县",
)  # fmt: skip


def text(words: str = "x") -> Text:
    return Text(zh=words, en=words)


def plant(**known: Any) -> Plant:
    """A plant of which nothing is known but what is named; `district` is a Chinese address."""
    address = known.pop("district", None)
    place = Text(zh=address, en="-") if address else None
    return Plant(**{"id": "p", "name": text("P"), "kind": "discrete", "district": place} | known)


def who(answers: dict[str, Fraction] | None = None, on: str = DAY, **known: Any) -> Applicant:
    return Applicant(plant=plant(**known), on=on, answers=answers or {})


def project(software: int = 0, hardware: int = 0, service: int = 0, **more: Any) -> Project:
    costs = {"software": F(software), "hardware": F(hardware), "service": F(service)}
    return Project(**{"recommendation": "light-mes", "costs": {k: v for k, v in costs.items() if v}} | more)


def programme(*conditions: dict[str, Any], **more: Any) -> Programme:
    """All of it known, in force through 2026, for the whole country."""
    rules = [{"id": f"c{i}", "text": text(f"c{i}")} | rule for i, rule in enumerate(conditions)]
    given = {"format": "assessor-programme/1", "id": "aid", "title": text(), "issuer": text(), "kind": "grant"}
    given |= {"pays_for": ["upgrade"], "status": "own", "source": text(), "conditions": rules}
    given |= {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    return Programme.model_validate(given | more)


def provider(id_: str, **more: Any) -> Provider:
    return Provider.model_validate({"id": id_, "name": id_, "capabilities": ["light-mes"]} | more)


# For laws ------------------------------------------------------------------------------------------------

MODEST = {"question": "money-output", "at_most": 9}
DONE = st.fixed_dictionaries({"industry": st.sampled_from(["34", "35"]), "count": st.integers(1, 9)})
RULES = st.sampled_from(
    [
        {"above_scale": True},
        {"above_scale": False},
        {"size": {"rule": "industry-2011", "of": ["micro", "small", "medium"]}},
        {"size": {"rule": "industry-2011", "of": ["large"]}},
        {"employees": {"at_most": 500}},
        {"employees": {"at_least": 20, "at_most": 1000}},
        {"industries": ["34", "3512"]},
        {"need": {"question": "robots-in-use", "at_least": 5}},
        {"need": {"all": [{"question": "robots-in-use", "at_least": 5}, {"plant": "discrete"}]}},
        {"need": {"any": [{"question": "robots-in-use", "at_least": 5}, MODEST]}},
        {"reached": {"framework": "miit-sme-2024", "level": 2}},
        {"spent": {"on": ["software"], "at_least": "0.6"}},
        {"spent": {"on": ["software", "service"]}},
        {"recommendations": ["light-mes"]},
        {"scenes": ["shop-scheduling"]},
        {"before_start": True},
        {"by_hand": True},
    ]
)  # fmt: skip
PROGRAMMES = st.builds(
    lambda rules, place, window, unknown: programme(*rules, **place, **window, unknown=unknown),
    st.lists(RULES, max_size=4),
    st.sampled_from([{}, {"region": "shanghai"}, {"region": "shanghai", "district": "songjiang"}]),
    st.sampled_from([{}, {"valid_from": None}, {"valid_to": None}, {"valid_to": "2026-02-01"}]),
    st.sampled_from([(), ("conditions",), ("evidence",)]),
)
FACTS = st.fixed_dictionaries(
    {
        "industry": st.sampled_from(["C3484", "C35", "C2929", "3512"]),
        "district": st.sampled_from(ADDRESSES),
        "employees": st.integers(1, 5000),
        "above_scale": st.booleans(),
    }
)
ANSWERS = st.fixed_dictionaries(
    {"robots-in-use": st.integers(0, 20).map(F), "money-output": st.integers(0, 20).map(F)}
)
COSTS = st.fixed_dictionaries(dict.fromkeys(KINDS, st.integers(0, 9).map(lambda n: n * 100_000)))
PROVIDERS = st.lists(
    st.builds(
        lambda **given: {k: v for k, v in given.items() if v is not None},
        industries=st.lists(st.sampled_from(["34", "35", "3484", "29"]), max_size=3, unique=True),
        districts=st.lists(st.sampled_from(["shanghai", "songjiang", "minhang", "zhongshan"]), max_size=2),
        employees_from=st.none() | st.integers(0, 300),
        employees_to=st.none() | st.integers(100, 2000),
        references=st.lists(DONE, max_size=2),
        lists=st.lists(st.just({"name": "list"}), max_size=2),
        affiliated=st.lists(st.sampled_from(["x", "y", "p-0", "p-1"]), max_size=2),
    ),
    max_size=8,
).map(lambda found: [provider(f"p-{i}", **given) for i, given in enumerate(found)])


def sizes() -> SizeRule:
    return LIBRARY.sizes["industry-2011"]


def region(id_: str = "shanghai") -> Region:
    return LIBRARY.regions[id_]
