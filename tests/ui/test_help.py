"""Help: what applies here and now, what does not and why, the query language, the signs."""

from __future__ import annotations

import pytest

from tests.ui.driver import Ui, start
from triage_tui.actions import ACTIONS
from triage_tui.query import FIELDS, parse
from triage_tui.ui.legend import query_words


def told(ui: Ui) -> list[str]:
    """The lines within the frame, with one space wherever there are more."""
    return [" ".join(line.partition("│")[2].partition("│")[0].split()) for line in ui.screen()]


async def under(ui: Ui, heading: str) -> list[str]:
    """The lines under the first heading that begins so."""
    lines = told(ui)
    at = next(n for n, line in enumerate(lines) if line.startswith(heading))
    rest = lines[at + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


async def test_what_does_not_apply_comes_last_with_the_reason() -> None:
    async with start(size=(110, 220)) as ui:
        await ui.press("?")
        lines = told(ui)
        groups = list(dict.fromkeys(action.group for action in ACTIONS if action.group != "Facets"))
        assert [line for line in lines if line in groups] == groups
        assert (await under(ui, "Not now · In the facets only"))[0].startswith("enter Only this")
        assert any("retry" in one for one in await under(ui, "Not now · On the screen of"))
        assert sum(action.id in line for line in lines for action in ACTIONS) >= len(ACTIONS)

        await ui.press("escape", "h", "?")
        assert next(line for line in told(ui) if line in (*groups, "Facets")) == "Facets"
        dead = await under(ui, "Not now · The facets have the focus")
        assert any("case.status" in line for line in dead)
        dead = await under(ui, "Not now · In the facets its keys")
        assert any("case.browse" in line for line in dead)

        await ui.press("escape", "escape", "@", "?")
        assert next(line for line in told(ui) if line in groups) == "Activity"
        assert any("case.done" in one for one in await under(ui, "Not now · On the main screen"))
        await ui.press("escape", "escape", "j")
        assert ui.cursor() == "OPS-2"


async def test_what_may_not_be_changed_is_told_apart() -> None:
    async with start(size=(110, 220), read_only=True) as ui:
        await ui.press("?")
        assert any("case.status" in one for one in await under(ui, "Not now · Read-only."))


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_all_of_it_can_be_read_and_searched_in_a_small_terminal(
    size: tuple[int, int],
) -> None:
    async with start(size=size, keymap={"case.archive": "f9"}) as ui:
        await ui.press("?")
        assert "Next row" in ui.painted()
        assert "j ↓" in ui.painted(), "with its other keys"
        await ui.press(*["pagedown"] * 16)
        assert "Step back: the reading, the case" in ui.painted()
        await ui.press("/", *"archive")
        assert any(line.startswith("f9 Archive, or bring back") for line in told(ui))
        assert "Next row" not in ui.painted()
        assert "Query 3" in ui.painted(), "how much of it is on the other pages"
        await ui.press("tab")
        assert any(line.startswith("archived_at:") for line in told(ui))
        await ui.press(*["backspace"] * 8, "tab")
        assert "✓ marked" in "\n".join(told(ui))
        await ui.press(*"zzz")
        assert "Nothing here has these words." in ui.painted()
        await ui.press("enter", "j")
        assert ui.cursor() == "OPS-2"


def test_the_queries_that_help_tells_are_queries() -> None:
    words = query_words()
    for query in words["Cases"]:
        parse(query)
    assert [*words["Keys"]] == [f"{key}:" for key in FIELDS]
