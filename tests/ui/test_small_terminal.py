"""What is said while much goes on, in the 80 columns that many people have."""

from __future__ import annotations

from datetime import timedelta

from tests.office import many, office
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import SetPriority

WRITES = "POST /api/v2/cases/*"
SMALL_TERMINAL = (80, 24)


def bottom(ui: Ui) -> list[str]:
    """The status line and the line below it."""
    return [" ".join(line.split()) for line in ui.screen()[-2:]]


async def test_offline_the_state_fits_and_the_reasons_make_room_for_it() -> None:
    async with start(size=SMALL_TERMINAL) as ui:
        ui.net.refuse()
        await ui.press("r", "1", "j", "2")
        await ui.press("escape")
        status, hints = bottom(ui)
        assert status.startswith("2 writes unsent offline since ")
        assert "· again in " in status
        assert "s" in status.partition("· again in ")[2]
        assert "q quit" in hints


async def test_offline_a_step_on_many_cases_shows_both() -> None:
    async with start(many(12), size=SMALL_TERMINAL) as ui:
        ui.net.refuse()
        await ui.press("r")
        await ui.press("X", "1", "y")
        status, said = bottom(ui)
        assert "0 of 12 · unsent · esc cancels the rest" in status
        assert "offline since" in status
        assert said == "Set P1 on 12 cases, still marked · u undoes"


async def test_a_sentence_that_does_not_fit_beside_the_rest_has_the_line_below() -> None:
    async with start(size=SMALL_TERMINAL) as ui:
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("x")
        await ui.press("1")
        status, said = bottom(ui)
        assert "conflict: ! decides" in status
        assert "set P5 on OPS-1" in said
        assert said.endswith("! decides.")
        await ui.press("escape")
        assert "q quit" in bottom(ui)[1]


async def test_a_conflict_is_decided_later_kept_or_overwritten_and_each_is_told() -> None:
    async with office() as at, opened(at, size=SMALL_TERMINAL) as ui:
        at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("1")
        await ui.press("exclamation_mark")
        assert ui.toasts() == [], "they would cover the question"
        assert "Somebody was faster" in ui.painted()
        await ui.press("escape")
        assert "It is not decided: ! asks again." in ui.painted()
        assert "1 conflict: ! decides" in ui.status()
        await ui.press("exclamation_mark")
        await ui.press("n")
        assert "OPS-1 stays as it is: P5." in ui.painted()
        assert "! decides" not in ui.status()
        assert at.truth("OPS-1").priority == "P5"


async def test_what_is_not_held_any_more_does_not_say_that_it_is() -> None:
    async with start(many(12), hold=3.0) as ui:
        ui.net.hold(WRITES)
        await ui.press("X", "1", "y")
        assert "12 held: u takes back" in ui.status()
        await ui.wait(3.5)
        assert "held" not in ui.status()
        ui.at.clock.time += timedelta(seconds=4)
        await ui.press("at")
        assert "held" not in ui.painted()
        assert "queued" in ui.painted()


async def test_leaving_says_that_the_next_start_asks() -> None:
    async with start(size=SMALL_TERMINAL) as ui:
        ui.net.refuse()
        await ui.press("1")
        await ui.press("q")
        assert "1 write is not sent yet. The next start asks whether to send it." in " ".join(
            ui.painted().replace("│", " ").split()
        )


async def test_of_several_failures_only_the_one_that_is_shown_has_been_read() -> None:
    async with start(size=SMALL_TERMINAL) as ui:
        ui.net.answer(WRITES, 409, says="Not in this state")
        await ui.press("1", "j", "2")
        await ui.press("at")
        assert ui.painted().count("●") == 1
        [row] = [line for line in ui.screen() if "OPS-2" in line and "refused" in line]
        assert "set P2 · Not in this state" in row, "the reason, and nothing twice"
        await ui.press("escape")
        assert "1 failed · @" in ui.status()


async def test_a_step_that_cannot_go_on_says_how_to_end_it() -> None:
    async with start(many(12), size=SMALL_TERMINAL) as ui:
        ui.net.answer(WRITES, 503, headers={"Retry-After": "20"})
        await ui.press("X", "1", "y")
        assert "esc cancels the rest" in bottom(ui)[0]
