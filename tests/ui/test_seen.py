"""What changed since the person looked, and the keys that lead there."""

from __future__ import annotations

from pathlib import Path

from tests.office import CYD, OPS, many, office
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import AddComment, Assign, SetPriority
from triage_tui.models import NewCase

SEARCH = "GET /api/v2/cases[?]*"


def signs(ui: Ui) -> dict[str, str]:
    """The cases that carry a sign of news."""
    rows = {key: ui.row(key)[0] for key in ui.listed()}
    return {key: sign for key, sign in rows.items() if sign in "•Δ"}


async def looks(ui: Ui, *keys: str) -> None:
    """Look at cases, for long enough."""
    for key in keys:
        await ui.to(key)
        await ui.wait(1.0)


async def test_what_changed_since_it_was_looked_at_is_marked_and_told(tmp_path: Path) -> None:
    async with office() as at:
        async with opened(at, local=tmp_path / "state.db") as ui:
            assert signs(ui) == {}, "at the first start nothing is news"
            await looks(ui, "OPS-2", "OPS-3")
            await ui.press("j", "1")
            await looks(ui, "OPS-1")
            assert signs(ui) == {}, "what one does oneself is no news"

        at.meanwhile("OPS-2", SetPriority("P1"), AddComment("Look at it."), Assign(CYD))
        at.meanwhile("OPS-5", SetPriority("P4"))
        new = NewCase("Fan broken", OPS.id)
        created = at.store.create_case(new, by=CYD, now=at.clock.tick()).key

        async with opened(at, local=tmp_path / "state.db") as ui:
            assert signs(ui) == {created: "•", "OPS-2": "Δ", "OPS-5": "Δ"}
            await ui.press("g", "j", "n")
            assert ui.cursor() == "OPS-2"
            told = "since you looked: P3 → P1, Ben Ode → Cyd Roe, +1 comment"
            assert told in ui.detail()
            await ui.wait(1.0)
            assert "OPS-2" not in signs(ui)
            assert told in ui.detail(), "it stays for as long as the case is read"
            await ui.press("n")
            assert ui.cursor() == "OPS-5"
            assert "since you looked" not in ui.detail(), "nobody looked at it before"
            await ui.wait(1.0)
            await ui.press("n")
            assert ui.cursor() == created
            assert "From the other end" in ui.status()
            await ui.wait(1.0)
            assert signs(ui) == {}
            await ui.press("n")
            assert "Nothing is new here" in ui.status()
            await ui.press("N")
            assert ui.cursor() == created

            await ui.press("e", "u", "m", *"Mine", "ctrl+s")
            assert signs(ui) == {}


async def test_a_glance_is_no_look() -> None:
    async with start() as ui:
        await looks(ui, "OPS-1")
        ui.at.meanwhile("OPS-1", SetPriority("P4"))
        await ui.press("j", "r")
        assert signs(ui) == {"OPS-1": "Δ"}
        await ui.press("k")
        await ui.wait(0.5)
        await ui.press("j")
        await ui.wait(5.0)
        assert signs(ui) == {"OPS-1": "Δ"}


async def test_the_next_one_is_looked_for_on_further_pages_until_esc() -> None:
    async with start(many(60), page_size=10) as ui:
        ui.at.meanwhile("OPS-55", SetPriority("P1"))
        with ui.net.hold(SEARCH):
            await ui.press("n")
            assert "looking further" in ui.status()
            await ui.press("escape")
        await ui.settle()
        assert ui.cursor() == "OPS-1"
        await ui.press("n")
        assert ui.cursor() == "OPS-55"
