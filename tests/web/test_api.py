"""The interface for programs: what its description says, held against what it does; and what programs rely on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assessor.desk.desk import DAY, new_id
from assessor.frameworks import Library
from assessor.web import api
from assessor.web.app import create_app
from tests.web.asked import NOBODY, By, Web, asking
from tests.web.conftest import settings_for
from tests.web.matrix import Asked
from tests.web.matrix_world import World, prepared

pytestmark = pytest.mark.slow

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def described() -> FastAPI:
    """The interface by itself: its description needs no database."""
    app = FastAPI()
    app.include_router(api.router)
    return app


OPERATIONS = [
    found.ok().label for found in schemathesis.openapi.from_dict(described().openapi()).get_all_operations()
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, library: Library) -> World:
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ASSESSOR_HOME", str(folder))
        return prepared(folder, library)


@pytest.fixture(scope="module")
def web(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    address = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'empty.db'}"
    with asking(create_app(settings_for(address, demo=False))) as made:
        yield made


@pytest.fixture
def asked(web: Web, world: World, library: Library, tmp_path: Path) -> Iterator[Asked]:
    made = Asked(web, world, tmp_path / "world.db", library)
    made.restore()
    yield made
    made.close()


@pytest.fixture
def owner(asked: Asked) -> By:
    return asked.world.by["own", "owner"]


@pytest.mark.parametrize("label", OPERATIONS)
def test_it_does_what_its_description_says(asked: Asked, owner: By, label: str) -> None:
    """Whatever a program sends, fitting or not: no fault of ours, and an answer that is described."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", asked.app)
    (operation,) = (found.ok() for found in schema.get_all_operations() if found.ok().label == label)
    told = {**asked.world.ids, "organisation": asked.world.ids["house"], "name": "annex.docx"}
    named = {"organisation": told["house"], "receiver": told["office"], "framework": "cmmm-2021", "role": "member"}
    sessions = {"cookie": f"assessor={owner.session}", "x-guard": owner.guard}
    most = hypothesis.settings().max_examples if hypothesis.settings().max_examples > 100 else 20

    @hypothesis.settings(max_examples=most, suppress_health_check=list(HealthCheck), database=None)
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=m) for m in GenerationMode)), real=st.booleans())
    def run(case: Case, real: bool) -> None:
        if real:
            for key in list(case.path_parameters or {}):
                case.path_parameters[key] = told[key]
            if isinstance(case.body, dict):
                case.body |= {key: named[key] for key in named if case.body.get(key)}
        answer = case.call(headers=sessions)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            problem = json.loads(answer.content)
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert problem["status"] == answer.status_code and problem["detail"] and problem["title"]

    run()


def test_its_description_is_openapi_3_1_and_names_what_faults_look_like(web: Web) -> None:
    told = web.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(told).validate()
    for shape in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    assert {"type", "title", "status", "detail"} <= set(told["components"]["schemas"]["Problem"]["properties"])
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            faults = {int(code) for code in operation["responses"] if int(code) >= 400}
            assert {401, 403, 404, 422} <= faults, (path, method)
            assert operation.get("tags") and operation["operationId"]
            for code in faults:
                content = operation["responses"][str(code)]["content"]
                assert "application/problem+json" in content, (path, method, code)
    refs = {ref.split("/")[-1] for ref in _refs(told)}
    assert refs <= set(told["components"]["schemas"])


def _refs(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        yield from (value for key, value in told.items() if key == "$ref")
        for value in told.values():
            yield from _refs(value)
    elif isinstance(told, list):
        for value in told:
            yield from _refs(value)


def survey(asked: Asked) -> str:
    return f"/surveys/{asked.world.ids['survey']}"


def test_who_is_not_known_is_told_how_to_be(asked: Asked) -> None:
    for by in (NOBODY, By(token="assessor_never-made"), By(session="never-begun")):
        answer = asked.web.api("GET", "/me", by)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    basic = asked.web.api("GET", "/me", headers={"authorization": "Basic b3duZXI6eA=="})
    assert basic.status_code == 401


def test_a_token_does_what_it_was_made_for_and_no_more(asked: Asked) -> None:
    reads, writes = asked.world.by["own", "token-read"], asked.world.by["own", "token-write"]
    save = {"value": "1", "base": 1, "key": new_id()}
    path = f"{survey(asked)}/answers/m5-l2-1"
    assert asked.web.api("PUT", path, reads, json=save).status_code == 403
    assert asked.web.api("PUT", path, writes, json=save).status_code == 200
    assert asked.web.api("GET", survey(asked), reads).status_code == 200
    assert asked.web.api("GET", survey(asked), writes).status_code == 403
    assert asked.web.api("GET", "/surveys", writes).json() == []
    for by in (reads, writes):
        assert asked.web.api("DELETE", survey(asked), by).status_code == 403
        assert asked.web.api("POST", f"/organisations/{asked.world.ids['house']}/invitations", by,
                             json={"role": "owner"}).status_code == 403  # fmt: skip


def test_a_token_ends_with_its_time(asked: Asked) -> None:
    reads, desk = asked.world.by["own", "token-read"], asked.app.state.desk
    later = desk.clock() + 366 * DAY
    object.__setattr__(desk, "clock", lambda: later)
    assert asked.web.api("GET", "/me", reads).status_code == 401


def test_lists_are_paged_by_a_link_until_the_end(asked: Asked, owner: By) -> None:
    house = asked.world.ids["house"]
    for n in range(4):
        made = asked.web.api(
            "POST",
            "/surveys",
            owner,
            json={"organisation": house, "plant": {"name": f"厂{n}", "kind": "discrete"}},
        )
        assert made.status_code == 201 and made.json()["organisation"] == house
    whole = [s["id"] for s in asked.web.api("GET", "/surveys", owner).json()]
    seen, at = list[str](), "/api/v1/surveys?limit=2"
    while at:
        page = asked.web.get(at, owner)
        assert len(page.json()) <= 2
        seen += [s["id"] for s in page.json()]
        at = page.links["next"]["url"] if "next" in page.links else ""
    assert seen == whole and len(set(seen)) == 5
    answers = asked.web.api("GET", f"{survey(asked)}/answers?limit=3", owner)
    following = asked.web.get(answers.links["next"]["url"], owner).json()
    assert following[0]["question"] > answers.json()[-1]["question"]


@pytest.mark.parametrize("path", ["", "/answers", "/answers?after=中文&limit=5", "/result"])
def test_what_did_not_change_is_not_sent_again(asked: Asked, owner: By, path: str) -> None:
    first = asked.web.api("GET", survey(asked) + path, owner)
    assert first.status_code == 200 and first.headers["cache-control"] == "private, no-cache"
    again = asked.web.api("GET", survey(asked) + path, owner, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    save = {"value": "0.5", "base": 1, "key": new_id()}
    assert asked.web.api("PUT", f"{survey(asked)}/answers/m5-l2-1", owner, json=save).status_code == 200
    asked.web.api("GET", f"{survey(asked)}/result", owner)
    changed = asked.web.api("GET", survey(asked) + path, owner, headers={"if-none-match": first.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True)


def test_a_save_sent_again_saves_once_and_a_conflict_tells_both_values(asked: Asked, owner: By) -> None:
    path, member = f"{survey(asked)}/answers/m5-l2-1", asked.world.by["own", "member"]
    before = asked.web.api("GET", path + "/history", owner).json()
    save = {"value": "0.5", "base": before[0]["version"], "key": new_id()}
    first, second = (asked.web.api("PUT", path, owner, json=save) for _ in range(2))
    assert first.json() == second.json() and first.json()["version"] == before[0]["version"] + 1
    assert len(asked.web.api("GET", path + "/history", owner).json()) == len(before) + 1
    late = asked.web.api("PUT", path, member, json={"value": "1", "base": save["base"], "key": new_id()})
    told = late.json()
    assert late.status_code == 409 and late.headers["content-type"] == "application/problem+json"
    assert (told["stands"]["value"], told["wanted"]["value"]) == ("0.5", "1")
    assert told["stands"]["version"] == first.json()["version"] and told["place"] == "m5-l2-1"


@pytest.mark.parametrize(
    "body, status",
    [
        (b'{"value": NaN, "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": Infinity, "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": 1e999, "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": "1e999999999", "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": ' + b"9" * 5000 + b', "base": 1, "key": "drawn-once"}', 400),
        (b'{"value": "\\ud800", "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": "1", "base": 1, "key": "drawn-once", "\\ud800": 1}', 422),
        (b'{"value": "not-applicable", "reason": "a\\u0000b", "base": 1, "key": "drawn-once"}', 200),
        (b'{"value": ["1"], "base": 1, "key": "drawn-once"}', 422),
        (b'{"value": true, "base": 1, "key": "drawn-once"}', 422),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 422),
        (b"", 422),
    ],
)  # fmt: skip
def test_odd_bodies_are_refused_by_name(asked: Asked, owner: By, body: bytes, status: int) -> None:
    path = f"{survey(asked)}/answers/m5-l2-1"
    answer = asked.web.api("PUT", path, owner, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert asked.web.api("GET", path + "/history", owner).json()[0]["version"] == 1


@pytest.mark.parametrize(
    "plan", [{"aim": {"kind": "\ud800"}}, {"keep": ["\x00"]}, {"phase_days": [9**99]}, {"a": 1}]
)
def test_odd_wishes_are_refused_by_name(asked: Asked, owner: By, plan: dict[str, Any]) -> None:
    sent = {"content": json.dumps({"plan": plan, "budget": 1}), "headers": {"content-type": "application/json"}}
    assert asked.web.api("POST", f"{survey(asked)}/plan", owner, **sent).status_code in (200, 422)
    assert asked.web.api("PATCH", survey(asked), owner, **sent).status_code in (200, 422)
    assert asked.web.api("GET", survey(asked), owner).status_code == 200
