"""The palette: actions with keys and reasons, cases, and the command that does the same."""

from __future__ import annotations

from pathlib import Path

from tests.office import office
from tests.ui.driver import Ui, opened, start
from triage_tui.ui.themes import chosen_theme


def offered(ui: Ui) -> list[str]:
    """The rows of the palette, with one space wherever there are more."""
    lines = [" ".join(line.partition("│")[2].rpartition("│")[0].split()) for line in ui.screen()]
    at = next(n for n, line in enumerate(lines) if " of " in line and line[0].isdigit())
    return [line.removeprefix("› ") for line in lines[at + 2 :] if line]


async def test_it_shows_keys_and_reasons_and_what_cannot_be_done_says_why() -> None:
    async with start(size=(110, 34), keymap={"case.archive": "f9"}) as ui:
        await ui.press(":", *"archive")
        assert offered(ui)[0] == "Archive, or bring back f9"
        await ui.press(*["backspace"] * 7, *"exclude this")
        assert offered(ui)[0] == "Exclude this value, or lift it In the facets only: h leads there."
        await ui.press("enter")
        assert "In the facets only: h leads there." in ui.status()
        await ui.press("h", ":", *"exclude this", "enter")
        assert "-" in ui.query(), "there it is done on the value under the cursor"


async def test_what_was_done_lately_comes_first_also_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state"
    async with office() as at:
        async with opened(at, local=file) as ui:
            await ui.press(":")
            assert not offered(ui)[0].startswith("Sort the list")
            await ui.press(*"sort the list", "enter", "escape", ":", "enter")
            assert "Sort by" in ui.painted(), "the first one again"
        async with opened(at, local=file) as ui:
            await ui.press(":")
            assert offered(ui)[0].startswith("Sort the list")


async def test_cases_are_found_by_their_titles() -> None:
    async with start() as ui:
        row = ui.row("OPS-3")
        word = next(word for word in row.split()[3:] if len(word) > 4)
        await ui.press(":", *word.lower())
        [found] = [line for line in offered(ui) if line.startswith("Go to OPS-3")]
        for _ in range(offered(ui).index(found)):
            await ui.press("down")
        await ui.press("enter")
        assert ui.cursor() == "OPS-3"


async def test_after_a_decision_it_offers_the_command_that_does_the_same() -> None:
    async with start() as ui:
        await ui.press(":")
        assert "Copy as command" not in ui.painted()
        await ui.press("escape", "5", ":")
        assert offered(ui)[0] == "Copy as command: triage-tui priority OPS-1 --to P5"
        await ui.press("enter")
        assert ui.app.clipboard == "triage-tui priority OPS-1 --to P5"
        await ui.press("u", ":")
        assert "Copy as command" not in ui.painted(), "it is not done any more"


async def test_views_and_themes_are_there_by_their_names_and_a_theme_stays(tmp_path: Path) -> None:
    file = tmp_path / "state"
    async with office() as at:
        async with opened(at, local=file) as ui:
            await ui.press(":", *"view closed")
            assert offered(ui)[0].startswith("View: Recently closed")
            await ui.press("enter")
            assert "closed" in ui.query().casefold()
            await ui.press(":", *"triage-light")
            assert offered(ui)[0].startswith("Theme: triage-light")
            await ui.press("enter")
            assert ui.app.theme == "triage-light"
        async with opened(at, local=file) as ui:
            assert ui.app.theme == "triage-light"
            await ui.press(":", *"theme triage-light")
            assert offered(ui)[0].endswith("in use")


def test_a_theme_of_the_configuration_that_is_written_later_counts() -> None:
    kept = {"chosen": "nord", "instead of": "auto"}
    assert chosen_theme(kept, "auto") == "nord"
    assert chosen_theme(kept, "triage-light") == "triage-light"
    assert chosen_theme({**kept, "chosen": "no such"}, "auto") == "auto"
    assert chosen_theme(["nord"], "auto") == "auto"
