"""Debian's Chromium, for every test that looks at a page: it asks nobody on the internet anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import need

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    path = need("chromium-headless-shell", "chromium")
    expect.set_options(timeout=60_000)  # two cores, and others at work on them
    with sync_playwright() as player, player.chromium.launch(executable_path=path, args=ARGUMENTS) as one:
        yield one
