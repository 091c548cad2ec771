"""Without a network: the list stays, what is decided waits, and the way back is found alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults import Faults
from tests.office import many, office
from tests.ui.driver import Ui, opened, start
from tests.ui.test_trust import left_unsent
from triage_tui.changes import SetPriority
from triage_tui.exit_codes import ExitCode
from triage_tui.reach import LONGEST_WAIT

WRITES = "POST /api/v2/cases/*"
SEARCH = "GET /api/v2/cases[?]*"
ME = "GET /api/v2/current_user*"
TIMELINES = "GET /api/v2/cases/*/timelines*"


def everything(net: Faults) -> None:
    net.refuse()


def signed_out(net: Faults) -> None:
    net.answer("*", 401, says="Unauthorized")


async def comes_back(ui: Ui) -> None:
    """The network is there again, and after a while it is tried."""
    ui.net.forget()
    ui.time.advance(LONGEST_WAIT)
    await ui.settle()


# The lost connection


async def test_a_lost_connection_is_one_calm_line_and_the_list_stays() -> None:
    async with start() as ui:
        rows = ui.listed()
        ui.net.refuse()
        await ui.press("r", "j")
        assert "offline since " in ui.status()
        assert "· list from " in ui.status()
        assert "· trying again in " in ui.status()
        assert "r now" in ui.status()
        assert ui.toasts() == []
        assert ui.listed() == rows
        assert ui.cursor() == "OPS-2"
        assert ui.is_dimmed("OPS-1")


async def test_it_comes_back_by_itself_and_the_cursor_stays() -> None:
    async with start() as ui:
        await ui.to("OPS-3")
        ui.net.refuse()
        await ui.press("r")
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await comes_back(ui)
        assert "offline" not in ui.status()
        assert ui.row("OPS-1").split()[0].endswith("P5")
        assert ui.cursor() == "OPS-3"
        assert not ui.is_dimmed("OPS-1")


async def test_as_long_as_it_is_away_only_something_small_is_asked_for() -> None:
    async with start() as ui:
        ui.net.refuse()
        await ui.press("r")
        searches = len(ui.net.sent(SEARCH))
        for _ in range(5):
            asked = len(ui.net.sent(ME))
            ui.time.advance(LONGEST_WAIT)
            await ui.settle()
            assert len(ui.net.sent(ME)) > asked
            assert "trying again in " in ui.status()
        assert len(ui.net.sent(SEARCH)) == searches


async def test_a_list_that_alone_cannot_be_read_is_not_asked_for_all_the_time() -> None:
    async with start() as ui:
        ui.net.lose(SEARCH, None, late=True)
        await ui.press("r")
        assert "offline since " in ui.status()
        for _ in range(3):
            asked = len(ui.net.sent(SEARCH))
            await ui.press("j")
            assert len(ui.net.sent(SEARCH)) == asked
            ui.time.advance(LONGEST_WAIT)
            await ui.settle()
            assert len(ui.net.sent(SEARCH)) > asked
        await comes_back(ui)
        assert "offline" not in ui.status()


async def test_r_tries_at_once() -> None:
    async with start() as ui:
        ui.net.refuse()
        await ui.press("r")
        ui.net.forget()
        await ui.press("r")
        assert "offline" not in ui.status()
        assert not ui.is_dimmed("OPS-1")


async def test_it_says_when_it_is_trying() -> None:
    async with start() as ui:
        ui.net.refuse()
        await ui.press("r")
        ui.net.forget()
        with ui.net.hold(ME):
            ui.time.advance(LONGEST_WAIT)
            await ui.settle()
            assert "trying now" in ui.status()


async def test_what_is_decided_meanwhile_is_sent_when_it_is_back() -> None:
    async with start() as ui:
        ui.net.refuse()
        await ui.press("r", "1")
        assert ui.row("OPS-1").split()[0].endswith("P1")
        assert ui.at.truth("OPS-1").priority == "P2"
        assert "1 write unsent" in ui.status()
        ui.net.forget()
        with ui.net.hold(WRITES):
            await ui.wait(LONGEST_WAIT)
            assert "The server answers again: 1 write on the way." in ui.status()
        await ui.settle()
        assert ui.at.truth("OPS-1").priority == "P1"
        assert "unsent" not in ui.status()


async def test_nothing_is_decided_meanwhile_where_that_is_not_wanted() -> None:
    async with start(queues=False) as ui:
        ui.net.refuse()
        await ui.press("r", "1")
        assert "Offline: nothing was changed." in ui.status()
        assert ui.row("OPS-1").split()[0].endswith("P2")
        await comes_back(ui)
        assert ui.at.truth("OPS-1").priority == "P2"
        await ui.press("1")
        assert ui.at.truth("OPS-1").priority == "P1"


@pytest.mark.parametrize(("key", "status"), [("r", 403), ("u", 200)], ids=["again", "undo"])
async def test_nor_on_the_activity_screen(key: str, status: int) -> None:
    async with start(queues=False) as ui:
        if status != 200:
            ui.net.answer("POST *", status, says="Not yours")
        await ui.press("1")
        before = ui.at.truth("OPS-1").priority
        ui.net.forget()
        ui.net.refuse()
        await ui.press("r", "@", key)
        assert "Offline: nothing was changed." in ui.painted()
        await ui.press("@")
        await comes_back(ui)
        assert ui.at.truth("OPS-1").priority == before


async def goes_away(ui: Ui) -> None:
    """The network is lost while a box is open, and the list notices."""
    ui.net.refuse()
    ui.app.read(ui.app.session.refresh())
    await ui.settle()


async def test_nor_by_a_menu_that_was_open_before() -> None:
    async with start(queues=False) as ui:
        await ui.press("p")
        await goes_away(ui)
        await ui.press("1")
        assert "Offline: nothing was changed." in ui.status()
        assert ui.row("OPS-1").startswith("P2")
        await comes_back(ui)
        assert ui.net.sent("POST *") == []
        await ui.press("u")
        assert "nothing to undo" in ui.status()


async def test_nor_by_deciding_a_conflict_which_waits_for_another_decision() -> None:
    async with start(queues=False) as ui:
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("1")
        await ui.press("!")
        await goes_away(ui)
        await ui.press("y")
        assert "Offline: nothing was changed. ! asks again." in ui.status()
        assert "1 conflict: ! decides" in ui.status()
        await comes_back(ui)
        assert ui.at.truth("OPS-1").priority == "P5"
        await ui.press("!", "y")
        assert ui.at.truth("OPS-1").priority == "P1"


async def test_nor_by_sending_what_an_earlier_start_left(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    async with office() as at:
        await left_unsent(at, journal)
        async with opened(at, journal=journal, queues=False) as ui:
            await goes_away(ui)
            await ui.press("S")
            assert "Offline: nothing was changed. ! asks again." in ui.status()
            await comes_back(ui)
            assert at.truth("OPS-1").priority == "P2"
            await ui.press("!", "S")
            assert at.truth("OPS-1").priority == "P1"


async def test_another_query_is_not_taken_for_searched() -> None:
    async with start(query="status:open") as ui:
        rows = ui.listed()
        ui.net.refuse()
        await ui.search("priority:P1")
        assert ui.query() == "status:open"
        assert ui.listed() == rows
        assert "Offline: priority:P1 was not searched." in ui.status()


async def test_counts_and_comments_stay_as_they_were() -> None:
    async with start(size=(200, 34)) as ui:
        facets = ui.facets()
        assert "log volume" in ui.detail()
        ui.net.refuse()
        await ui.press("R")
        assert ui.facets() == facets
        assert "log volume" in ui.detail()


# The next start


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "place.cache.db"


async def test_the_next_start_shows_the_last_list_with_its_age_before_the_answer(
    kept: Path,
) -> None:
    async with office() as at:
        async with opened(at, cache=kept) as ui:
            rows, facets = ui.listed(), ui.facets()
        at.clock.time += timedelta(minutes=14)
        at.meanwhile("OPS-1", SetPriority("P5"))
        async with opened(at, cache=kept, faults=Faults.hold) as ui:
            assert ui.listed() == rows
            assert ui.facets() == facets
            assert "from 14 min ago · connecting" in ui.status()
            assert ui.row("OPS-1").split()[0].endswith("P2")
            assert ui.is_dimmed("OPS-1")
            ui.net.forget()
            await ui.settle()
            assert "connecting" not in ui.status()
            assert ui.row("OPS-1").split()[0].endswith("P5")
            assert not ui.is_dimmed("OPS-1")


async def test_comments_are_shown_as_they_were_and_then_as_they_are(kept: Path) -> None:
    async with office() as at:
        async with opened(at, cache=kept, size=(200, 34)) as ui:
            assert "log volume" in ui.detail()
        async with opened(at, cache=kept, size=(200, 34), faults=Faults.hold) as ui:
            assert "log volume" in ui.detail()
            ui.net.forget()
            await ui.settle()
            assert ui.net.sent(TIMELINES), "they may have changed"
            assert "log volume" in ui.detail()


async def test_another_query_shows_nothing_of_it(kept: Path) -> None:
    async with office() as at:
        async with opened(at, cache=kept):
            pass
        async with opened(at, cache=kept, query="status:open", faults=Faults.hold) as ui:
            assert ui.listed() == []
            assert "Reading cases" in ui.painted()
            ui.net.forget()


async def test_a_start_without_network_shows_what_there_was(kept: Path) -> None:
    async with office(many(250)) as at:
        async with opened(at, cache=kept) as ui:
            await ui.press("G")
            await ui.press("g", "j")
        at.clock.time += timedelta(hours=2)
        async with opened(at, cache=kept, faults=everything) as ui:
            assert "offline since " in ui.status()
            assert "OPS-1" in ui.listed()
            await ui.press("j")
            assert ui.cursor() == "OPS-2"
            await ui.press("G")
            assert ui.cursor() == "OPS-250", "all pages that were read are there"
            await comes_back(ui)
            assert "offline" not in ui.status()
            assert ui.cursor() == "OPS-250"


async def test_a_start_without_network_and_without_a_list_leaves_with_a_sentence(
    kept: Path,
) -> None:
    async with start(cache=kept, faults=everything) as ui:
        assert ui.left
        assert ui.app.return_code == ExitCode.NETWORK


async def test_who_is_not_let_in_any_more_sees_nothing_for_long(kept: Path) -> None:
    async with office() as at:
        async with opened(at, cache=kept):
            pass
        async with opened(at, cache=kept, faults=signed_out) as ui:
            assert ui.left
            assert ui.app.return_code == ExitCode.NOT_SIGNED_IN


async def test_a_server_that_went_back_is_right_all_the_same(kept: Path) -> None:
    async with office() as at, opened(at, cache=kept) as ui:
        await ui.press("1")
    async with office() as at, opened(at, cache=kept) as ui:
        assert ui.row("OPS-1").split()[0].endswith("P2")


async def test_what_was_decided_on_an_old_row_is_sent(kept: Path) -> None:
    async with office() as at:
        async with opened(at, cache=kept):
            pass
        async with opened(at, cache=kept, faults=Faults.hold) as ui:
            await ui.press("1")
            assert ui.row("OPS-1").split()[0].endswith("P1")
            ui.net.forget()
            await ui.settle()
            assert at.truth("OPS-1").priority == "P1"
            assert ui.row("OPS-1").split()[0].endswith("P1")
