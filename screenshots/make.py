"""Draws the pictures of the README: `python screenshots/make.py` writes SVG and PNG beside itself.

The data are the demo data at a fixed time, so the same program gives the same pictures.
"""

from __future__ import annotations

import asyncio
import re
import sys
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import resvg_py

sys.path.insert(0, str(Path(__file__).parents[1]))

# First, because it takes the settings of this machine out of the environment.
import tests.conftest  # noqa: F401
from tests.browser import browser, found
from tests.factories import NOW
from tests.office import client_over, demo, office
from tests.ui.driver import Ui, start
from triage_tui.changes import SetPriority
from triage_tui.query import OPEN_WORK
from triage_tui.reports.compose import report_of
from triage_tui.reports.editing import edited
from triage_tui.reports.gathering import Asked, gather
from triage_tui.reports.html_page import to_html
from triage_tui.reports.model import Window

HERE = Path(__file__).parent
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
"""Fonts with all glyphs of the app, none of which is fetched from anywhere."""


@dataclass(frozen=True)
class Picture:
    """What is on a picture.

    Attributes:
        size: Columns and lines of the terminal.
        arrange: What a person does before it is taken.
        theme: The colours.
    """

    size: tuple[int, int]
    arrange: Callable[[Ui], Awaitable[None]]
    theme: str = "triage-dark"


async def _overview(ui: Ui) -> None:
    await ui.press("I")


async def _narrow(ui: Ui) -> None:
    await ui.press(*"jjj")


async def _facets(ui: Ui) -> None:
    await ui.search("status:(open OR in_progress) env:prod")
    await ui.press("h", *"jjj", "space", "j", "space")
    await ui.press(*"jjjjjj", "x")


async def _status(ui: Ui) -> None:
    await ui.search('status:(open OR in_progress) type:"Change Request"')
    await ui.press("j", "s")


async def _assign(ui: Ui) -> None:
    await ui.press("j", "a", *"al")


async def _marks(ui: Ui) -> None:
    await ui.search("status:open queue depth")
    await ui.press(*"jjj", *"xxxxx")


async def _help(ui: Ui) -> None:
    await ui.press("question_mark")


async def _wide(ui: Ui) -> None:
    await ui.search("status:(open OR in_progress) priority:(P1 OR P2)")
    await ui.press(*"jjjj")


async def _triage(ui: Ui) -> None:
    await ui.search("status:open priority:(P1 OR P2)")
    await ui.press("L", "I", "2", "j")


async def _refuse(ui: Ui, key: str, why: str) -> None:
    ui.net.answer(f"POST /api/v2/cases/{ui.at.truth(key).id}/*", 409, says=why)


async def _ledger(ui: Ui) -> None:
    await ui.search("status:open queue depth")
    first, second, third, *_ = ui.listed()
    await _refuse(ui, first, "Its workflow does not allow this")
    await _refuse(ui, second, "Its workflow does not allow this")
    ui.at.meanwhile(third, SetPriority("P5"))
    await ui.press("X", "2")
    await ui.press("y")
    await ui.press("at", "s", "G")


async def _conflict(ui: Ui) -> None:
    ui.at.meanwhile(ui.listed()[0], SetPriority("P4"))
    await ui.press("2")
    await ui.press("exclamation_mark")


async def _activity(ui: Ui) -> None:
    await ui.press("I")
    await ui.press(*"jj", "2")
    key = ui.listed()[5]
    await _refuse(ui, key, "Its workflow does not allow this")
    await ui.to(key)
    await ui.press("1")
    await ui.press("at", "g", "J")


async def _heat(ui: Ui) -> None:
    await ui.press("T", *"kkhhh")


async def _composer(ui: Ui) -> None:
    await ui.press("m")
    for line in COMMENT:
        await ui.press(*line, "enter")


async def _review(ui: Ui) -> None:
    await ui.press("H")
    await ui.press("}", "}", "j", "I")
    await ui.press("j", "n", *"Rotate the token at 14:00 if nobody answers", "ctrl+s")
    await ui.press("j", "i")


async def _light(ui: Ui) -> None:
    await ui.search("status:(open OR in_progress) priority:(P1 OR P2)")
    await ui.press(*"jjxxj")


COMMENT = (
    "## Rolled back to 4.2",
    "",
    "p99 is at **180 ms** again since 14:05:",
    "- `checkout` and `refunds` are healthy",
    "- the queue drains, 20 minutes to go",
    "",
    "Next look at 14:30. [Graphs](https://example.com/d/1)",
)

PICTURES = {
    "overview": Picture((120, 34), _overview),
    "narrow": Picture((80, 24), _narrow),
    "facets": Picture((120, 34), _facets),
    "status": Picture((100, 30), _status),
    "assign": Picture((100, 30), _assign),
    "marks": Picture((120, 34), _marks),
    "help": Picture((100, 34), _help),
    "wide": Picture((200, 60), _wide),
    "triage": Picture((120, 34), _triage),
    "ledger": Picture((120, 34), _ledger),
    "conflict": Picture((100, 30), _conflict),
    "activity": Picture((120, 34), _activity),
    "heat": Picture((120, 34), _heat),
    "composer": Picture((120, 30), _composer),
    "review": Picture((120, 36), _review),
    "light": Picture((120, 34), _light, "triage-light"),
}


@dataclass(frozen=True)
class PageOf:
    """What a browser shows of the page of a report.

    Attributes:
        size: Of the window, in pixels.
    """

    size: tuple[int, int]
    scheme: str = "light"


PAGES = {
    "report": PageOf((1280, 1500)),
    "report-phone": PageOf((390, 1500)),
    "report-dark": PageOf((1280, 1000), "dark"),
}


async def _report() -> str:
    """The page of a night shift."""
    async with office(demo()) as at:
        client = client_over(at.network())
        zone = ZoneInfo("Europe/Berlin")
        window = Window(NOW - timedelta(hours=10), NOW, zone, "night")
        asked = Asked(window, NOW, place="demo", web="https://app.datadoghq.eu")
        report = report_of(await gather(client, replace(asked, incoming="Ines Calder")))
        await client.close()
    first = report.section("action.urgent").lines[0]
    note = "The third node is being replaced; writes are back when it has caught up."
    return to_html(edited(report, notes={first.case_id: note}))


def draw_pages(names: Sequence[str]) -> None:
    """Write pictures of the page of a report, as a browser shows it."""
    command = found()
    if command is None:
        sys.exit("There is no Chromium here: install chromium-headless-shell.")
    with TemporaryDirectory() as folder, browser(command) as page:
        file = Path(folder) / "report.html"
        file.write_text(asyncio.run(_report()), "utf-8")
        page.open(file)
        for name in names:
            (wide, high), scheme = PAGES[name].size, PAGES[name].scheme
            page.look(wide, high, scheme=scheme)
            (HERE / f"{name}.png").write_bytes(page.picture(high))


async def taken(picture: Picture) -> str:
    """The picture as SVG."""
    async with start(demo(), query=str(OPEN_WORK), size=picture.size) as ui:
        hint = "throwaway demo data, gone when you quit"
        ui.app.backend = replace(ui.app.backend, name="demo", hint=hint)
        ui.app.theme = picture.theme
        ui.app.sync()
        await ui.settle()
        await picture.arrange(ui)
        await ui.settle()
        wide = {char for char in ui.painted() if unicodedata.east_asian_width(char) in "WF"}
        if wide:
            raise ValueError(f"The font lacks {wide}; choose another place in the list.")
        return drawn(ui.app.export_screenshot())


def drawn(svg: str) -> str:
    """Rich's drawing without fonts from the network and without the ids that vary."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\bterminal-\d+-", "terminal-", svg)
    svg = re.sub(r"font-family: [^;]+;", f"font-family: {FONTS};", svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> None:
    """Write every picture, or those that are named."""
    names = sys.argv[1:] or [*PICTURES, *PAGES]
    if pages := [name for name in names if name in PAGES]:
        draw_pages(pages)
    for name in names:
        if name in PAGES:
            continue
        picture = PICTURES[name]
        svg = asyncio.run(taken(picture))
        (HERE / f"{name}.svg").write_text(svg, "utf-8")
        png = resvg_py.svg_to_bytes(svg_string=svg, monospace_family="DejaVu Sans Mono")
        (HERE / f"{name}.png").write_bytes(bytes(png))


if __name__ == "__main__":
    main()
