"""Which time a report is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage_tui.errors import ConfigError
from triage_tui.reports.model import Window
from triage_tui.reports.windows import between, named, shift_of, since, zone_of
from triage_tui.zones import local_zone

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
"""8:30 in Berlin, on the morning after its clocks were set forward."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}Z")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (since("8h", NOW, BERLIN), "03-28T22:30", "03-29T06:30"),
        (since("90 min", NOW, BERLIN), "03-29T05:00", "03-29T06:30"),
        (between("22:00", "", NOW, BERLIN), "03-28T21:00", "03-29T06:30"),
        (between("22:00", "08:00", NOW, BERLIN), "03-28T21:00", "03-29T06:00"),
        (between("22:00", "08:00", NOW, UTC), "03-27T22:00", "03-28T08:00"),
        (between("2026-03-28", "2026-03-29", NOW, BERLIN), "03-27T23:00", "03-28T23:00"),
        (
            between("2026-03-28 22:00", "2026-03-29T03:30Z", NOW, BERLIN),
            "03-28T21:00",
            "03-29T03:30",
        ),
        # A time that clocks skip is as long after midnight as if they did not.
        (between("2026-03-29 02:30", "", NOW, BERLIN), "03-29T01:30", "03-29T06:30"),
    ],
)
def test_what_is_typed_is_by_the_clocks_of_the_zone(window: Window, start: str, end: str) -> None:
    assert (window.start, window.end) == (at(start), at(end))


@pytest.mark.parametrize(
    ("text", "now", "start", "end", "running"),
    [
        ("22:00-08:00 Europe/Berlin", "03-29T05:59", "03-28T21:00", "03-29T05:59", True),
        ("22:00-08:00 Europe/Berlin", "03-29T06:00", "03-28T21:00", "03-29T06:00", False),
        ("22:00-08:00 Europe/Berlin", "03-29T19:59", "03-28T21:00", "03-29T06:00", False),
        ("22:00-08:00 Europe/Berlin", "03-29T20:00", "03-28T21:00", "03-29T06:00", False),
        ("22:00-08:00 Europe/Berlin", "03-29T20:01", "03-29T20:00", "03-29T20:01", True),
        ("22:00 - 8:00", "10-25T12:00", "10-24T22:00", "10-25T08:00", False),
        ("9:00-17:00 America/New_York", "03-29T12:00", "03-28T13:00", "03-28T21:00", False),
        ("16:00-24:00 UTC", "03-29T12:00", "03-28T16:00", "03-29T00:00", False),
        ("08:00-08:00 UTC", "03-29T12:00", "03-29T08:00", "03-29T12:00", True),
    ],
)
def test_a_shift_is_the_running_one_or_the_last(
    text: str, now: str, start: str, end: str, running: bool
) -> None:
    window = shift_of("night", text, UTC).last(at(now))
    assert (window.start, window.end) == (at(start), at(end))
    assert (window.running, window.name) == (running, "night")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: since("soon", NOW, UTC), "--since “soon” is no duration"),
        (lambda: since("0h", NOW, UTC), "no duration"),
        (lambda: since("9999d", NOW, UTC), "about 366 days at most"),
        (lambda: between("nine", "", NOW, UTC), "--from “nine” is no time"),
        (lambda: between("25:00", "", NOW, UTC), "--from “25:00” is no time"),
        (lambda: between("2026-03-29", "2026-03-28", NOW, UTC), "--from is not before --to"),
        (lambda: between("2026-03-28", "2026-04-01", NOW, UTC), "--to is still to come"),
        (lambda: zone_of("Europe/Berlni"), "There is no time zone “Europe/Berlni”"),
        (lambda: zone_of("../../etc/passwd"), "There is no time zone"),
        (lambda: shift_of("n", "22-8", UTC), "The shift “n” is “22-8”: write it as"),
        (lambda: shift_of("n", "22:00-08:00 Nowhere", UTC), "no time zone “Nowhere”"),
        (lambda: named("night", {}, NOW, UTC), "the configuration has no [shifts]"),
        (lambda: named("nigth", {"night": ""}, NOW, UTC), "did you mean night?"),
    ],
)
def test_what_is_no_time_is_said(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        ask()
    assert says in str(raised.value)


def test_the_zone_is_that_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Kolkata")
    monkeypatch.setattr("triage_tui.zones._LINK", str(link))
    monkeypatch.setattr("triage_tui.zones._NAME", str(tmp_path / "none"))
    assert str(local_zone({"TZ": "Europe/Berlin"})) == "Europe/Berlin"
    assert str(local_zone({"TZ": ":/usr/share/zoneinfo/Europe/Paris"})) == "Europe/Paris"
    assert str(local_zone({"TZ": "nonsense"})) == str(local_zone({})) == "Asia/Kolkata"
    link.unlink()
    assert local_zone({}) is UTC
    assert since("1h", NOW, local_zone({})).end - NOW == timedelta(0)
