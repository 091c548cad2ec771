"""Reports of shifts whose true events are known: every figure against a separate reckoning."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.factories import NOW
from tests.filled import filled
from tests.office import client_over, demo, office
from tests.reports.ledger import Played, Row, played, recorded
from triage_tui.direct import DirectReads
from triage_tui.errors import ApiError, Failure
from triage_tui.models import PRIORITIES, Aggregate, Facet
from triage_tui.query import Query
from triage_tui.reports import gathering
from triage_tui.reports.compose import report_of
from triage_tui.reports.gathering import Asked, gather
from triage_tui.reports.model import Known, Report, Window
from triage_tui.reports.plain_text import to_text
from triage_tui.reports.windows import shift_of
from triage_tui.server.demo import demo_workspace
from triage_tui.source import Source

NIGHTS = [
    # A zone, the morning of a night from 22:00 to 08:00, and how long it was.
    ("UTC", datetime(2026, 3, 2, 9, tzinfo=UTC), 10.0),
    ("Europe/Berlin", datetime(2026, 3, 29, 9, tzinfo=UTC), 9.0),
    ("Europe/Berlin", datetime(2026, 10, 25, 9, tzinfo=UTC), 11.0),
    ("America/New_York", datetime(2026, 11, 1, 15, tzinfo=UTC), 11.0),
    ("Asia/Kolkata", datetime(2026, 3, 2, 9, tzinfo=UTC), 10.0),
    ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, tzinfo=UTC), 9.5),
]


def reported(source: Source, asked: Asked) -> Report:
    return report_of(asyncio.run(gather(source, asked)))


def rank(priority: object) -> int:
    return PRIORITIES.index(str(priority))


KINDS = {
    "opened": lambda row: row.what == "opened",
    "closed": lambda row: row.what == "closed" and row.new,
    "reopened": lambda row: row.what == "closed" and not row.new,
    "archived": lambda row: row.what == "archived" and row.new,
    "restored": lambda row: row.what == "archived" and not row.new,
    "raised": lambda row: row.what == "priority" and rank(row.new) < rank(row.old),
    "lowered": lambda row: row.what == "priority" and rank(row.new) > rank(row.old),
    "reassigned": lambda row: row.what == "assignee",
}


@pytest.mark.parametrize(("zone", "morning", "hours"), NIGHTS)
def test_every_figure_of_a_night_is_what_happened(
    tmp_path: Path, zone: str, morning: datetime, hours: float
) -> None:
    now = morning + timedelta(minutes=30)
    window = shift_of("night", f"22:00-08:00 {zone}", UTC).last(now)
    assert (window.hours, window.running) == (hours, False)
    shift = played(tmp_path / "w.db", seed=round(hours * 7), start=window.start, end=window.end)
    with closing(shift.store):
        report = reported(DirectReads(shift.store, now=lambda: now), Asked(window, now))
    _check(report, shift)


def test_every_figure_of_the_demo_is_what_its_history_says(tmp_path: Path) -> None:
    # The night in which the clocks of Berlin are set forward, looked at from anywhere.
    start, end = datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)
    now = end + timedelta(minutes=30)
    with closing(filled(tmp_path / "w.db", demo_workspace(now))) as store:
        shift = recorded(store)
        assert len(shift.cases) > 400
        source = DirectReads(store, now=lambda: now)
        for zone in ("Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"):
            report = reported(source, Asked(Window(start, end, ZoneInfo(zone)), now))
            _check(report, shift)


def _check(report: Report, shift: Played) -> None:
    _check_events(report, shift)
    _check_flow(report, shift)
    _check_clock(report, shift)
    _check_durations(report, shift)
    _check_backlog(report, shift)


def _check_events(report: Report, shift: Played) -> None:
    window = report.window
    for kind, test in KINDS.items():
        rows = shift.between(window.start, window.end, test)
        section = report.section(f"happened.{kind}")
        assert section.known is Known.EXACT
        assert (section.total, section.remark) == (len({row.key for row in rows}), "")
        assert {line.key for line in section.lines} == {row.key for row in rows}, kind
        for line in section.lines:
            own = [row for row in rows if row.key == line.key]
            assert line.at == own[-1].at
            assert line.by == ", ".join(dict.fromkeys(row.by.label for row in own if row.by))
            if kind in ("raised", "lowered"):
                assert line.why.count("→") == len(own)
    assert any(section.total for section in report.part("happened").sections)


def _check_flow(report: Report, shift: Played) -> None:
    window, flow = report.window, report.figures.flow
    begin, end = shift.open_before(window.start), shift.open_before(window.end)
    assert (flow.start, flow.end, flow.known) == (len(begin), len(end), Known.EXACT)
    assert flow.residue == 0
    assert flow.net == len(end) - len(begin)
    assert flow.opened == len(shift.between(window.start, window.end, KINDS["opened"]))

    def while_(other: str, row: Row) -> bool:
        """True if the other reason not to be open did not hold then."""
        return not getattr(_at(shift, row), other)

    for name, other in (("closed", "archived"), ("reopened", "archived")):
        rows = shift.between(window.start, window.end, KINDS[name])
        assert getattr(flow, name) == sum(while_(other, row) for row in rows), name
    for name in ("archived", "restored"):
        rows = shift.between(window.start, window.end, KINDS[name])
        assert getattr(flow, name) == sum(while_("closed", row) for row in rows), name


def _at(shift: Played, row: Row) -> object:
    """The case just before a row of the ledger, which may share its second with others."""
    state = shift.before(row.at).get(row.key)
    if state is None:  # It was created in that second.
        state = shift.before(row.at + timedelta(seconds=1))[row.key]
        setattr(state, row.what, row.old)
    for other in shift.rows:
        if other is row:
            break
        if other.at == row.at and other.key == row.key and hasattr(state, other.what):
            setattr(state, other.what, other.new)
    return state


def _check_clock(report: Report, shift: Played) -> None:
    window, figures = report.window, report.figures
    opened = shift.between(window.start, window.end, KINDS["opened"])
    closed = shift.between(window.start, window.end, KINDS["closed"])
    slots = figures.slots
    assert slots[0].start <= window.start < slots[0].end
    assert slots[-1].start < window.end <= slots[-1].end
    assert all(one.end == after.start for one, after in pairwise(slots))
    for slot in slots:
        local = slot.start.astimezone(window.zone)
        assert slot.label == local.strftime("%H:%M")
        assert local.minute in (0, 30 if "Lord_Howe" in window.zone_name else 0)
        assert slot.opened == sum(slot.start <= row.at < slot.end for row in opened)
        assert slot.closed == sum(slot.start <= row.at < slot.end for row in closed)

    def kind(row: Row) -> str:
        local = row.at.astimezone(window.zone)
        if local.hour in (22, 23, 0, 1, 2, 3, 4, 5, 6, 7):
            return "sleep"
        works = local.hour in range(8, 18) and local.strftime("%a") not in ("Sat", "Sun")
        return "business" if works else "off"

    came, went = Counter(map(kind, opened)), Counter(map(kind, closed))
    assert {name: (a, b) for name, a, b in figures.hours} == {
        name: (came[name], went[name]) for name in ("business", "off", "sleep")
    }
    urgent = [row for row in opened if shift.cases[row.key].priority in ("P1", "P2")]
    assert figures.load.count == sum(slot.urgent for slot in slots) == len(urgent)
    assert figures.load.per_half_day == round(len(urgent) / (window.hours / 12), 1)


def _check_durations(report: Report, shift: Played) -> None:
    window, figures = report.window, report.figures
    closed = shift.between(window.start, window.end, KINDS["closed"])
    took = sorted(row.at - shift.cases[row.key].created for row in closed)
    spread = figures.to_close
    assert spread.count == len(took)
    assert spread.longest == took[-1]
    for value, share in ((spread.median, 0.5), (spread.p90, 0.9)):
        assert value in took
        # It is the first that so large a share does not exceed.
        assert sum(one <= value for one in took) >= share * len(took) - 1e-9
        assert sum(one < value for one in took) < share * len(took)
    touched = []
    opened = shift.between(window.start, window.end, KINDS["opened"])
    for row in opened:
        touches = [
            other.at
            for other in shift.rows
            if other.key == row.key and other is not row and other.at < window.end and other.by
        ]
        if touches:
            touched.append(touches[0] - row.at)
    first = figures.to_first_touch
    assert (first.count, first.of, first.known) == (len(touched), len(opened), Known.OBSERVED)
    assert first.longest == max(touched, default=None)


def _check_backlog(report: Report, shift: Played) -> None:
    now, figures = report.generated_at, report.figures
    there = {key: one for key, one in shift.cases.items() if not (one.closed or one.archived)}
    ages = sorted(now - one.created for one in there.values())
    assert figures.backlog.count == len(there)
    assert figures.backlog.longest == ages[-1]
    assert figures.backlog.median == ages[(len(ages) - 1) // 2]
    limits = (1, 8, 24, 168, 10**6)
    before = 0
    for (_, count), limit in zip(figures.buckets, limits, strict=True):
        below = sum(age < timedelta(hours=limit) for age in ages)
        assert count == below - before
        before = below
    rows = {tally.field: dict(tally.rows) for tally in figures.by}
    names = Counter(one.priority for one in there.values())
    assert rows["priority"] == {
        "none" if name == "NOT_DEFINED" else name: count for name, count in names.items()
    }
    people = Counter(one.assignee.label if one.assignee else "nobody" for one in there.values())
    left = sum(count for name, count in rows["assignee"].items() if name.endswith(" others"))
    told = {name: count for name, count in rows["assignee"].items() if name in people}
    assert told.items() <= people.items()
    assert sum(told.values()) + left == len(there)
    section = report.section
    nobody = {
        key
        for key, one in there.items()
        if one.assignee is None and one.priority in ("P1", "P2", "P3")
    }
    assert {line.key for line in section("gaps.unassigned").lines} == nobody
    mine = {key for key, one in there.items() if one.assignee == shift.me}
    assert {line.key for line in section("gaps.leaving").lines} == mine
    urgent = {key for key, one in there.items() if one.priority in ("P1", "P2")}
    assert {line.key for line in section("action.urgent").lines} == urgent
    carried = shift.open_before(report.window.start) & there.keys()
    over = section("carried.over")
    assert {line.key for line in over.lines} == carried
    assert over.total == len(carried)


async def test_a_server_that_is_asked_for_the_gaps_only_gives_the_same_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = Window(NOW - timedelta(hours=30), NOW, ZoneInfo("Europe/Berlin"))
    async with office(demo()) as there:
        client = client_over(there.network())
        guessed = report_of(await gather(client, Asked(window, NOW, recorded=False)))
        asked = Asked(window, NOW, place="demo")
        told: list[int] = []
        facts = await gather(client, asked, progress=lambda doing, done, total: told.append(done))
        await client.close()
        whole = report_of(facts)
        assert max(told) >= 100
        direct = DirectReads(there.store, now=lambda: NOW)
        assert whole == report_of(await gather(direct, asked))
        monkeypatch.setattr(gathering, "READ_WHOLE", 0)
        some = report_of(await gather(direct, asked))
    by = {line.key: line.by for line in whole.section("happened.closed").lines}
    # A search does not say who changed a case: each was asked for.
    assert {line.key: line.by for line in guessed.section("happened.closed").lines} == by
    assert some.figures == whole.figures
    for one, other in zip(some.sections(), whole.sections(), strict=True):
        assert (one.id, one.total, one.known) == (other.id, other.total, other.known)
        assert set(one.lines) <= set(other.lines)
    assert whole.figures.flow.residue == 0


class Deaf(DirectReads):
    """A server without a history, which does not know times in queries.

    Attributes:
        refuses: It says so; otherwise it looks past them.
        counts: It counts cases.
    """

    refuses = True
    counts = True

    async def aggregate(self, query: str, fields: Sequence[str], *, limit: int) -> Aggregate:
        if not self.counts or "creation_source" in fields:
            raise ApiError("Could not count: there is no such field.", Failure.REFUSED)
        return await super().aggregate(query, fields, limit=limit)

    async def count(self, query: str, fields: Sequence[str], *, limit: int) -> tuple[Facet, ...]:
        await self.aggregate(query, fields, limit=limit)
        return await super().count(query, fields, limit=limit)

    def _asked(self, query: str) -> Query:
        if self.refuses and "_at:" in query:
            raise ApiError("Could not search: no such key.", Failure.REFUSED)
        known = re.sub(r"-?\b\w+_at:\S+( OR )?", "", query).replace("()", "")
        return super()._asked(known)


def test_what_a_server_without_history_cannot_tell_is_called_so(tmp_path: Path) -> None:
    window = Window(NOW - timedelta(hours=8), NOW, UTC)
    with closing(filled(tmp_path / "w.db", demo())) as store:
        source = DirectReads(store, now=lambda: NOW)
        known = reported(source, Asked(window, NOW))
        _check_guessed(reported(source, Asked(window, NOW, recorded=False)), known, "known")
        for times in ("refused", "ignored", "uncounted"):
            deaf = Deaf(store, now=lambda: NOW)
            deaf.refuses = times == "refused"
            deaf.counts = times != "uncounted"
            _check_guessed(reported(deaf, Asked(window, NOW, recorded=False)), known, times)


def _check_guessed(report: Report, known: Report, times: str) -> None:
    for kind in ("opened", "closed"):
        section, truth = report.section(f"happened.{kind}"), known.section(f"happened.{kind}")
        assert {line.key for line in section.lines} == {line.key for line in truth.lines}
        sure = kind == "opened" and times == "known"
        assert (section.total, section.known is Known.EXACT) == (truth.total, sure)
    for kind in ("reopened", "raised", "reassigned"):
        section = report.section(f"happened.{kind}")
        assert (section.total, section.known) == (None, Known.UNKNOWN)
        assert section.remark
    figures = report.figures
    assert (figures.flow.known, figures.flow.residue) == (Known.OBSERVED, 0)
    assert figures.buckets == known.figures.buckets
    if times == "uncounted":
        assert {tally.known for tally in figures.by} == {Known.UNKNOWN}
    else:
        least = figures.by[-1] if times != "known" else known.figures.by[-1]
        assert figures.by == (*known.figures.by[:-1], least)
        assert (least.field, least.known is Known.UNKNOWN) == ("source", times != "known")
    assert any("keeps no history" in sentence for sentence in report.coverage)
    told = any("cannot be asked for what changed" in sentence for sentence in report.coverage)
    assert told is (times != "known")


def test_what_does_not_add_up_is_shown(tmp_path: Path) -> None:
    window = Window(NOW - timedelta(hours=8), NOW, UTC)
    with closing(filled(tmp_path / "w.db", demo())) as store:
        facts = asyncio.run(gather(DirectReads(store, now=lambda: NOW), Asked(window, NOW)))
    assert facts.history
    # Closings that nothing tells of.
    lost = tuple(
        entry
        for entry in facts.history
        if not (isinstance(entry.new, dict) and entry.new.get("group") == "SG_CLOSED")
    )
    report = report_of(replace(facts, history=lost))
    residue = report.figures.flow.residue
    assert residue is not None
    assert residue < 0
    assert f"{-residue} open fewer at the end than what happened accounts for." in report.coverage
    assert f"− {-residue} that nothing accounts for" in to_text(report).replace("\n  ", " ")


def test_a_history_of_long_texts_is_read_in_small_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window(NOW - timedelta(hours=8), NOW, UTC)
    with closing(filled(tmp_path / "w.db", demo())) as store:
        source = DirectReads(store, now=lambda: NOW)
        known = reported(source, Asked(window, NOW))
        monkeypatch.setattr("triage_tui.server.tables.history.PAGE_SIZE_LIMIT", 2000)
        assert reported(source, Asked(window, NOW)) == known


def test_of_more_open_cases_than_can_be_read_it_says_how_many_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "READ_WHOLE", 100)
    window = Window(NOW - timedelta(hours=8), NOW, UTC)
    with closing(filled(tmp_path / "w.db", demo())) as store:
        report = reported(Deaf(store, now=lambda: NOW), Asked(window, NOW, recorded=False))
    assert "Only the 100 most urgent open cases were read." in report.coverage
    urgent = report.section("action.urgent")
    # They come first, so none is missing; but that is not known.
    assert (urgent.total, urgent.known) == (28, Known.OBSERVED)
    assert report.section("carried.over").known is Known.OBSERVED
    assert report.figures.backlog.median is None
    assert report.figures.flow.end == 184
