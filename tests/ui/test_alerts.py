"""A person is called for each new P1, once, and for nothing that was there before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual import events

from tests.office import CYD
from tests.ui.driver import Ui, start
from tests.ui.test_polite import EVERY, newcomer, passes
from triage_tui.changes import SetPriority
from triage_tui.ui.call import call


def listening(ui: Ui, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to the terminal beside pictures, from now on."""
    written: list[str] = []
    monkeypatch.setattr(type(ui.app._driver), "write", lambda self, data: written.append(data))
    monkeypatch.setattr(type(ui.app._driver), "flush", lambda self: None, raising=False)
    return written


async def test_the_bell_rings_once_for_each_new_p1(monkeypatch: pytest.MonkeyPatch) -> None:
    async with start(refresh=EVERY, alert="bell") as ui:
        written = listening(ui, monkeypatch)
        newcomer(ui, "Just a fan")
        await passes(ui)
        assert written == [], "PAY-1 was a P1 at the start, and the fan is none"
        key = newcomer(ui, "All is down")
        ui.at.store.change(
            ui.at.truth(key).id,
            SetPriority("P1").apply,
            by=CYD,
            now=ui.at.clock.tick() + timedelta(minutes=2),
        )
        await passes(ui)
        assert written == ["\a"]
        assert f"New P1: {key} All is down" in ui.status()
        await passes(ui)
        assert written == ["\a"]
        ui.at.clock.time += timedelta(hours=1)
        await ui.press("1")
        await passes(ui)
        assert written == ["\a"], "one's own P1 is no news"
        ui.app.post_message(events.AppBlur())
        await ui.settle()
        ui.at.meanwhile("OPS-3", SetPriority("P1"))
        ui.at.meanwhile("OPS-4", SetPriority("P1"))
        await passes(ui)
        assert written == ["\a", "\a"], "also while the terminal has no focus"
        assert "2 new P1: OPS-3, OPS-4" in ui.status()


async def test_only_whoever_is_away_is_called_if_so_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with start(refresh=EVERY, alert="notify", alert_when="away") as ui:
        written = listening(ui, monkeypatch)
        ui.at.clock.time += timedelta(hours=1)
        ui.at.meanwhile("OPS-3", SetPriority("P1"))
        await passes(ui)
        assert written == []
        assert "New P1: OPS-3" in ui.status()
        ui.app.post_message(events.AppBlur())
        await ui.settle()
        ui.at.meanwhile("OPS-4", SetPriority("P1"))
        await passes(ui)
        assert written == ["\x1b]9;New P1: OPS-4 Rotate the keys\a"]


@pytest.mark.parametrize(
    ("how", "env", "written"),
    [
        ("bell", {}, "\a"),
        ("notify", {}, "\x1b]9;Disk full\a"),
        ("notify", {"TERM": "foot"}, "\x1b]777;notify;triage-tui;Disk full\a"),
        ("notify", {"VTE_VERSION": "7600"}, "\x1b]777;notify;triage-tui;Disk full\a"),
        ("notify", {"TMUX": "/tmp/tmux"}, "\a"),
        ("notify-tmux", {"TMUX": "/tmp/tmux"}, "\x1bPtmux;\x1b\x1b]9;Disk full\a\x1b\\"),
        ("notify-tmux", {}, "\x1b]9;Disk full\a"),
    ],
)
def test_the_terminal_is_told_as_it_understands(
    how: str, env: dict[str, str], written: str
) -> None:
    assert call(how, "Disk full", env) == written


def test_a_title_ends_no_sequence() -> None:
    told = call("notify", "a\x1b]0;b\a\x9c\u202ec;d", {"TERM": "foot"})
    assert told.count("\x1b") == told.count("\a") == 1
    assert "\x9c" not in told
    assert told.count(";") == 3
