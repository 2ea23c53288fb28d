"""What goes round every answer, also round one that nobody expected."""

import asyncio

import httpx
import pytest

from assessor.desk.desk import Desk
from assessor.web.app import create_app
from assessor.web.shield import HEADERS, LARGE, MIDDLE, SMALL, most_of
from tests.web.conftest import settings_for


@pytest.mark.parametrize(("path", "most"), [
    ("/offices/0/outline", MIDDLE), ("/offices/0/supply", MIDDLE), ("/offices/0/editions", MIDDLE),
    ("/chains/0/suppliers", MIDDLE), (f"/surveys/0/vouchers/{'a' * 32}", MIDDLE), ("/surveys/0/files", LARGE),
    ("/offices/0/vouchers", SMALL), (f"/offices/0/vouchers/{'a' * 32}/decide", SMALL), ("/enter/code", SMALL),
])  # fmt: skip
def test_where_a_paper_is_handed_in_its_room_says_how_much_it_takes(path: str, most: int) -> None:
    assert most_of(path) == most


def test_a_fault_of_ours_is_told_without_a_traceback_and_within_the_shield(lite: Desk) -> None:
    app = create_app(settings_for("sqlite://"), lite)

    def broken() -> None:
        raise RuntimeError("the secret of the house")

    app.add_api_route("/broken", broken)
    app.add_api_route("/api/v1/broken", broken)

    async def asked(address: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.get(address)

    for address, media in (("/broken", "text/html"), ("/api/v1/broken", "application/problem+json")):
        answer = asyncio.run(asked(address))
        assert answer.status_code == 500 and answer.headers["content-type"].startswith(media)
        assert "secret" not in answer.text and "Traceback" not in answer.text
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
