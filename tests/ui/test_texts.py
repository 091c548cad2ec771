"""Writing: comments and new cases, none of which is lost or sent twice."""

from __future__ import annotations

import pytest

from tests.ui.driver import WIDE, start

WRITES = "POST /api/v2/cases/*"


# Comments


async def test_a_comment_is_added_and_shown() -> None:
    async with start(size=WIDE) as ui:
        await ui.press("m", *"On it", "ctrl+s")
        assert ui.at.comments("OPS-1") == ["On it", "It is the **log** volume."]
        assert "On it" in ui.detail()
        assert "Comments (2)" in ui.detail()
        assert "Comment added to OPS-1." in ui.status()
        await ui.press("u")
        assert "cannot be undone" in ui.status()


async def test_a_comment_goes_to_every_marked_case() -> None:
    async with start() as ui:
        await ui.press("x", "x", "m", *"Same", "ctrl+s")
        assert ui.at.comments("OPS-1")[0] == ui.at.comments("OPS-2")[0] == "Same"


async def test_a_comment_that_was_put_aside_is_there_again() -> None:
    async with start() as ui:
        await ui.press("m", *"Half a th", "escape")
        assert "kept as a draft" in ui.status()
        assert ui.net.sent(WRITES) == []
        await ui.press("j", "m")
        assert "Half a th" not in ui.painted(), "it belongs to another case"
        await ui.press("escape", "k", "m")
        assert "Half a th" in ui.painted()
        await ui.press(*"ought", "ctrl+s")
        assert ui.at.comments("OPS-1")[0] == "Half a thought"


@pytest.mark.parametrize("acted", [True, False], ids=["server acted", "server did not"])
async def test_a_comment_whose_answer_was_lost_is_not_repeated_and_its_text_is_kept(
    acted: bool,
) -> None:
    async with start() as ui:
        await ui.to("OPS-2")
        ui.net.lose(WRITES) if acted else ui.net.swallow(WRITES)
        await ui.press("m", *"Just once", "ctrl+s")
        assert "1 write unsent" in ui.status()
        await ui.hurry()
        assert ui.at.comments("OPS-2") == (["Just once"] if acted else [])
        if acted:
            assert "Comment added to OPS-2." in ui.status()
        else:
            assert "OPS-2: Could not comment on the case" in ui.status()
            assert any("The text is kept: press m." in toast for toast in ui.toasts())
            await ui.press("m")
            assert "Just once" in ui.painted()
        await ui.press("escape", "r")
        assert len(ui.net.sent(WRITES)) == 1


async def test_an_unsent_comment_waits_and_is_sent_once() -> None:
    async with start() as ui:
        rule = ui.net.refuse(WRITES)
        await ui.press("j", "m", *"Later", "ctrl+s")
        assert "1 write unsent" in ui.status()
        await ui.press("r", "r")
        rule.lift()
        await ui.press("r")
        assert ui.at.comments("OPS-2") == ["Later"]


# Creating


FILL_IN = ("c", *"Door is open", "enter", "enter", *"pay", "enter", "ctrl+s")


async def test_a_case_is_created_and_put_on_top() -> None:
    async with start() as ui:
        await ui.press(*FILL_IN)
        assert "Created PAY-2." in ui.status()
        assert ui.listed()[0] == "PAY-2"
        assert "Door is open" in ui.row("PAY-2")
        assert ui.place().endswith("of 7")
        await ui.press("r")
        assert "Door is open" in ui.row("PAY-2")


@pytest.mark.parametrize("acted", [True, False], ids=["server acted", "server did not"])
async def test_a_case_whose_answer_was_lost_is_not_created_twice(acted: bool) -> None:
    async with start() as ui:
        (ui.net.lose if acted else ui.net.swallow)("POST /api/v2/cases")
        await ui.press(*FILL_IN)
        await ui.hurry()
        if acted:
            assert "Created PAY-2." in ui.status()
        else:
            assert "“Door is open”: Could not create" in ui.status()
            await ui.press("c")
            assert "Door is open" in ui.painted()
            assert "Payments" in ui.painted()
        await ui.press("escape", "r")
        assert len(ui.net.sent("POST /api/v2/cases")) == 1
        assert ui.listed().count("PAY-2") == acted


async def test_a_form_that_was_put_aside_is_there_again() -> None:
    async with start() as ui:
        await ui.press("c", *"Half", "escape", "c")
        assert "Half" in ui.painted()
        assert ui.net.sent("POST *") == []
