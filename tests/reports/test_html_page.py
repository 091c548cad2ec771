"""The page of a report: what it holds, and how a real browser shows it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser import Page, browser, found
from tests.hostile import SAMPLES
from tests.reports.made_up import PARTS, nothing, report
from triage_tui.reports.html_cases import SHOWN
from triage_tui.reports.html_page import to_html
from triage_tui.reports.model import Known, Section

NEEDED = os.environ.get("BROWSER_NEEDED") == "1"
"""Set by continuous integration, where a missing browser is no reason to look less closely."""

HARM = (
    "<script>document.title = 'harm'; alert(1)</script>",
    '"><img src=https://evil.example/x onerror=alert(2)>',
    "</style></title></svg><svg onload=alert(3)><style>@import 'https://evil.example/y';",
    "' onmouseover='alert(4)' style='position:fixed",
    "&lt;b&gt; &#x202e; &amp; plain",
    *SAMPLES.values(),
)
SHORTER = tuple(text[:200] for text in HARM)
"""Longer than any line, and broken quickly: a browser takes seconds for very long words."""

URLS = (
    "https://app.example.com/cases/OPS-1",
    "javascript:alert(5)",
    'https://app.example.com/"onclick="alert(6)',
    "data:text/html,<script>alert(7)</script>",
    "//evil.example/z",
    "",
)
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "header",
        "nav",
        "section",
        "footer",
    ),
    *("h1", "h2", "h3", "p", "span", "b", "small", "a", "time", "ul", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "figure", "details", "summary"),
    *("svg", "desc", "rect", "text", "line"),
}


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_nothing_from_outside_becomes_a_part_of_the_page() -> None:
    page = to_html(report(HARM, URLS))
    outline = Outline(page)
    assert {tag for tag, _ in outline.tags} == TAGS
    names = {name for _, attributes in outline.tags for name in attributes}
    assert not any(name.startswith("on") or name in ("style", "src", "srcset") for name in names)
    links = outline.all("a")
    assert {link["rel"] for link in links if link["href"] and link["href"][0] != "#"} == {
        "noreferrer noopener"
    }
    assert {str(link["href"]).partition(":")[0] for link in links} == {
        "https",
        *(f"#{id}" for id in (*PARTS, "figures", "notes")),
    }
    told = "".join(outline.texts)
    assert "<script>document.title = 'harm'; alert(1)</script>" in told
    assert "&lt;b&gt; &#x202e; &amp; plain" in told
    assert max(map(len, re.findall("A+", told))) < 5000
    assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_the_same_report_is_the_same_page_and_says_what_the_report_says() -> None:
    one, page = report(["Some text"]), to_html(report(["Some text"]))
    assert to_html(one) == page
    outline = Outline(page)
    headings = [tag for tag, _ in outline.tags if tag in ("h1", "h2", "h3")]
    assert headings[:2] == ["h1", "h3"]
    assert headings.count("h1") == 1
    scopes = [head.get("scope") for head in outline.all("th")]
    assert set(scopes) == {"col", "row"}
    rows = sum(len(section.lines) for section in one.sections())
    assert page.count('<th scope="row" class="c">') == rows
    assert page.count("And 7 that are not listed here.") == 2
    assert page.count("<details>") == 1, "what needs action is never folded"
    assert f"<summary>{13 - SHOWN} more</summary>" in page
    assert "<h1>Sun 1 Mar 2026, 22:00 – Mon 2 Mar 2026, 08:00</h1>" in page
    assert "2026-03-01 21:00 – 2026-03-02 07:00 UTC" in page
    quiet = to_html(nothing())
    assert quiet.count("None.</p>") == len(PARTS)
    assert "not known" in quiet
    assert 'class="verdict calm"' in quiet
    assert "Nothing was opened or closed." in quiet
    unsure = Section("action.unknown", "Open P1", total=None, known=Known.UNKNOWN)
    action = replace(nothing().parts[0], sections=(unsure,))
    page = to_html(replace(nothing(), parts=(action, *nothing().parts[1:])))
    assert 'class="verdict unsure"' in page, "what nobody knows is no reason to be calm"


CONTRAST = """(() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(x => x / 255)
    .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    .reduce((sum, x, at) => sum + x * [0.2126, 0.7152, 0.0722][at], 0);
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), own = walk.currentNode.parentElement;
    if (!text || own.closest('title, desc') || !own.getClientRects().length) continue;
    const look = getComputedStyle(own);
    const front = parts(own instanceof SVGElement ? look.fill : look.color);
    let back = own;
    while (back && (parts(getComputedStyle(back).backgroundColor)[3] ?? 1) === 0)
      back = back.parentElement;
    const pair = [light(front), light(parts(getComputedStyle(back).backgroundColor))].sort();
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    looked += 1;
    if (ratio < 4.5) found.push([text.slice(0, 30), own.className, ratio]);
  }
  return [looked, found];
})()"""

BEYOND = """[...document.querySelectorAll('body *')].filter(one =>
  one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1
).map(one => one.tagName + '.' + one.getAttribute('class')).slice(0, 5)"""


def test_a_browser_shows_it_light_and_dark_on_a_desk_a_phone_and_paper(tmp_path: Path) -> None:
    command = found()
    if command is None:
        said = "There is no Chromium here, so nobody looked at the page of a report in a browser."
        assert not NEEDED, said
        pytest.skip(said)
    file = tmp_path / "report.html"
    file.write_text(to_html(report(SHORTER, URLS, hours=24)), "utf-8")
    with browser(command) as page:
        page.look(1280)
        page.open(file)
        colours = _looks_right(page)
        assert page.value("document.title").startswith("Hand-over: ")
        assert page.value("document.querySelectorAll('script, img, iframe, link').length") == 0
        assert page.value("[...document.querySelectorAll('.part')].map(one => one.id)") == [
            *PARTS,
            *("figures", "notes"),
        ]
        assert page.value(
            "[...document.querySelectorAll('svg')].every(one => {"
            "  const size = one.getBoundingClientRect();"
            "  return size.width > 40 && size.height > 10 })"
        )
        assert page.value("document.querySelectorAll('svg[role=img] > title + desc').length") == 2
        assert page.value("document.querySelector('svg.arrivals .came').getBBox().height") > 5
        page.look(1280, scheme="dark")
        assert colours != _looks_right(page)
        page.look(390, 844)
        assert _looks_right(page) == colours
        page.look(794, 1123, media="print")
        assert page.value(BEYOND) == []
        assert page.value("getComputedStyle(document.querySelector('nav')).display") == "none"
        folded = "document.querySelector('details tbody tr').getBoundingClientRect().height"
        assert page.value(folded) > 10, "on paper nothing can be unfolded"
        assert page.troubles == []
        assert page.requests == [file.as_uri()]


def _looks_right(page: Page) -> list[str]:
    """The colours of a page, which has no text that cannot be read, and nothing beyond its edge."""
    looked, faint = page.value(CONTRAST)
    assert faint == []
    assert looked > 300
    assert page.value("document.documentElement.scrollWidth <= innerWidth"), page.value(BEYOND)
    colours: list[str] = page.value(
        "['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name])"
    )
    return colours
