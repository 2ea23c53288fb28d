"""How a page is judged, whoever opened it: it fits, is all rendered, is in its language, and keeps nobody out."""

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
GRAVE = ("serious", "critical")
LEFT = r"\b(web|desk|report|forms|plan)\.[a-z_]+|\{[a-z_]*\}|undefined|None(?! \w)|NaN"
"""What a text looks like that was not rendered."""
TERM = "(规上)"
"""The one Chinese term that an English page explains."""
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > document.documentElement.clientWidth + 1 && box.width > 2
    && !e.closest('.tabs, .filters, .scroll, .hidden, .skip, [class*=scroll]');
}).map(e => e.outerHTML.slice(0, 90))"""


def faults_of(page: Page, width: int, language: str) -> list[str]:
    """What is wrong with it as it stands."""
    found = [*unrendered(page), *foreign(page, language)]
    if (lang := page.locator("html").get_attribute("lang")) != ("zh-CN" if language == "zh" else "en"):
        found.append(f"its language is {lang}")
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide != [width, width]:
        found.append(f"it is {wide} wide: {page.evaluate(WIDE)[:4]}")
    if (heads := page.locator("h1").count()) != 1:
        found.append(f"it has {heads} headings")
    if not page.title().strip():
        found.append("it has no title")
    return found


def unfold(page: Page) -> None:
    """Open what can be opened: it counts as part of the page."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def grave(page: Page) -> list[str]:
    """What axe finds that keeps somebody out. The pages' policy lets no script in: a context sets it aside."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:150]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in GRAVE
    ]


def unrendered(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """pattern => [...new Set(document.body.innerText.match(new RegExp(pattern, "g")) || [])]""", LEFT
    )
    return found


def foreign(page: Page, language: str) -> list[str]:
    """Chinese in an English page, but for names and the switch to Chinese."""
    if language == "zh":
        return []
    text = page.locator("main").evaluate("""main => {
      const copy = main.cloneNode(true);
      copy.querySelectorAll("bdi, [lang], input, textarea, option, select, code, .mono").forEach(e => e.remove());
      return copy.textContent;
    }""")
    return sorted(
        {line.strip()[:60] for line in text.splitlines() if re.search("[\u4e00-\u9fff]", line.replace(TERM, ""))}
    )
