"""What people do by way of a TLS proxy before the containers, with the standard library alone.

visit.py save|find|guess URL STATE
"""

import json
import re
import sys
import uuid
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

HOST = "assess.example.cn"
"""As ASSESSOR_PUBLIC_URL has it."""
TRIES = 60
"""How often one address may guess a code before it has to wait."""


class Visitor:
    """A browser's way with one cookie, and what a proxy adds."""

    def __init__(self, url: str, place: str = "203.0.113.7", cookie: str = "") -> None:
        self.url, self.place, self.cookie = url, place, cookie

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[HTTPResponse, str]:
        given = {"host": HOST, "x-forwarded-for": self.place, "x-forwarded-proto": "https"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            given["cookie"] = self.cookie
        if method != "GET":
            given["origin"] = f"https://{HOST}"
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=120)  # the first demo makes its plant
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        connection.close()
        if told := answer.getheader("set-cookie"):
            assert "Secure" in told, f"a cookie that travels without TLS: {told}"
            self.cookie = told.split(";")[0]
        return answer, text

    def expect(
        self, status: int, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[HTTPResponse, str]:
        answer, text = self.ask(method, path, body, **headers)
        if answer.status != status:
            sys.exit(f"{method} {path}: {answer.status} instead of {status}\n{text[:2000]}")
        return answer, text


def save(url: str, state: Path) -> None:
    """Come in by the demo's door and save an answer."""
    visitor = Visitor(url)
    _, health = visitor.expect(200, "GET", "/health")
    assert json.loads(health)["healthy"] is True, health
    _, front = visitor.expect(200, "GET", "/")
    assert 'action="/enter/demo"' in front, "the front page does not lead to the demo"
    answer, _ = visitor.expect(303, "POST", "/enter/demo")
    survey = str(answer.getheader("location")).removeprefix("/surveys/")
    _, page = visitor.expect(200, "GET", f"/surveys/{survey}")
    guard = re.search(r'name="guard" value="([^"]+)"', page)
    assert guard, "the survey's page has no form of ours"
    question, held = next(
        (id_, one) for id_, one in _answers(visitor, survey).items() if isinstance(one["value"], str)
    )
    given = {"value": held["value"], "reason": "Kept?", "base": held["version"], "key": uuid.uuid4().hex}
    visitor.expect(
        200, "PUT", f"/api/v1/surveys/{survey}/answers/{question}", json.dumps(given),
        content_type="application/json", x_guard=guard[1],
    )  # fmt: skip
    state.write_text(json.dumps({"cookie": visitor.cookie, "survey": survey, "question": question}), "utf-8")
    find(url, state)


def find(url: str, state: Path) -> None:
    """Is the answer there, and the session?"""
    known = json.loads(state.read_text("utf-8"))
    found = _answers(Visitor(url, cookie=known["cookie"]), known["survey"])[known["question"]]
    assert found["reason"] == "Kept?", f"the answer was not kept: {found}"


def guess(url: str, _: Path) -> None:
    """Guess codes until told to wait: one address is, whatever it says that it asks for, and another is not."""
    for i in range(TRIES + 1):
        # The proxy writes the address it sees last; what stands before it is the guesser's own word.
        status = _guessed(Visitor(url, f"198.51.100.{i}, 203.0.113.66"))
    assert status == 429, f"an address may guess {TRIES + 1} times: {status}"
    assert _guessed(Visitor(url, "203.0.113.67")) != 429, "all who come by the proxy are counted as one"


def _guessed(visitor: Visitor) -> int:
    form = f"code={quote('AAAA-BBBB-CCCC')}"
    return visitor.ask("POST", "/enter/code", form, content_type="application/x-www-form-urlencoded")[0].status


def _answers(visitor: Visitor, survey: str) -> dict[str, Any]:
    _, text = visitor.expect(200, "GET", f"/api/v1/surveys/{survey}/answers")
    return {one["question"]: one for one in json.loads(text)}


if __name__ == "__main__":
    {"save": save, "find": find, "guess": guess}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
