"""What reports look like: Markdown, text and JSON of the same report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import ANA, BEN, NOW, make_case
from tests.hostile import SAMPLES
from triage_tui.changes import AddComment, Change, SetPriority, SetStatus
from triage_tui.edits import Edit
from triage_tui.entries import SUCCESS, Entry, State
from triage_tui.models import STANDARD_STATUSES, Case, HistoryEntry, Insight, TimelineCell
from triage_tui.reports.alike import clusters
from triage_tui.reports.compose import report_of
from triage_tui.reports.earlier import earlier, keep
from triage_tui.reports.editing import HIDDEN, edited, redacted
from triage_tui.reports.facts import Backlog, Facts, Found, Snapshot
from triage_tui.reports.figures import hour_kind
from triage_tui.reports.json_form import to_json
from triage_tui.reports.markdown import to_markdown
from triage_tui.reports.model import Known, Note, Report, Window
from triage_tui.reports.plain_text import to_text
from triage_tui.text import width

SHUT = STANDARD_STATUSES[2]
WINDOW = Window(NOW - timedelta(hours=8), NOW, ZoneInfo("Europe/Berlin"), "night")
FULL = make_case(1, priority="P1", assignee=BEN, comment_count=1, due_date="2026-03-01")
WAITS = make_case(20, title="Broker lags", assignee=ANA)


def facts(*cases: Case, **fields: object) -> Facts:
    """Facts with these cases, the first of which is urgent and the rest older."""
    said = TimelineCell("c", "COMMENT", BEN, "It is the log volume.", NOW - timedelta(minutes=30))
    known = Facts(
        WINDOW,
        NOW,
        place="test",
        me=ANA,
        touched=cases[:1],
        history=(),
        entries=(),
        backlog=Backlog(len(cases), 1),
        urgent=Found(cases[:1], 1),
        overdue=Found(),
        unassigned=Found(),
        mine=Found(cases[1:], len(cases) - 1),
        stalled=Found(),
        unranked=Found(),
        unsorted=Found(),
        older=Found(cases[1:], len(cases) - 1),
        comments={cases[0].id: said},
        web="https://app.datadoghq.com",
    )
    return replace(known, **fields)  # type: ignore[arg-type]


def report(**fields: object) -> Report:
    return report_of(facts(FULL, WAITS, **fields))


def test_markdown_says_who_has_to_do_what() -> None:
    text = to_markdown(report(incoming="Ben Ode"))
    assert text.startswith(
        "# Shift “night”, 2026-03-02 02:30 CET (01:30 UTC) to 2026-03-02 10:30 CET (09:30 UTC)\n\n"
        "**1 needs action now, 1 opened, 0 closed, 2 open at the end.**\n"
    )
    assert (
        "### Open P1 and P2: 1\n\n- [OPS-1](https://app.datadoghq.com/cases/OPS-1) Disk 1 is full "
        "(P1 · Open · Ben Ode · opened 1 h ago, due 2026-03-01)\n"
        "  - Last: Ben Ode 30 min ago: It is the log volume.\n"
    ) in text
    assert "### P1 to P3 of nobody: 0\n\nNone.\n" in text
    assert "- Incoming: Ben Ode\n" in text
    assert (
        "- Flow: 1 open at the start + 1 opened + 0 opened again − 0 closed = 2 open at the end"
        in text
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_from_outside_is_obeyed_or_breaks_a_line(name: str) -> None:
    text = SAMPLES[name]
    nasty = f"{text} [a](http://x) <img src=x onerror=alert(1)> ![b](c) `d` @here <!channel> |"
    case = replace(FULL, key="OPS-1](x", title=nasty, assignee=replace(BEN, name=nasty))
    written = report_of(facts(case, WAITS, query=nasty, place=nasty, incoming=nasty))
    written = edited(written, notes={case.id: nasty}, free=[Note(nasty, nasty)])
    markdown, plain = to_markdown(written), to_text(written)
    for output in (markdown, plain):
        assert not any(char in output for char in "\x1b\x9b\u202e\x0b\u2028")
    assert "<img" not in markdown.replace("\\<", "")
    assert "](http://x)" not in markdown.replace("\\]", "")
    assert "@here" not in markdown + plain
    assert markdown.count("](https://app.datadoghq.com/cases/OPS-1%5D%28x)") >= 1
    for line in plain.splitlines():
        assert width(line) <= 80 or line.strip().startswith("https://"), line
    assert json.loads(to_json(written))["parts"][0]["sections"][0]["lines"][0]["title"] == nasty


def test_the_same_facts_give_the_same_bytes() -> None:
    one, other = report(), report()
    for write in (to_markdown, to_text, to_json):
        assert write(one) == write(other)
    document = json.loads(to_json(one))
    assert (document["kind"], document["schema"]) == ("triage-tui report", 1)
    assert document["window"] == {
        "start": "2026-03-02T01:30:00Z",
        "end": "2026-03-02T09:30:00Z",
        "name": "night",
        "running": False,
        "zone_name": "Europe/Berlin",
        "hours": 8.0,
    }
    assert document["figures"]["flow"]["residue"] == 0
    assert document["figures"]["backlog"]["median"] is None


def test_a_person_adds_and_takes_out_what_they_want() -> None:
    seen = report()
    changed = edited(
        seen,
        notes={FULL.id: "Pages storage at 90 %."},
        free=[Note("Tips", "The new dashboard is slow.")],
        left_out={WAITS.id, "gaps.unsorted"},
    )
    text = to_text(changed)
    assert "  Note: Pages storage at 90 %.\n" in text
    assert "- Tips: The new dashboard is slow." in text
    assert "Broker lags" not in text
    assert changed.section("carried.over").total == 1
    with pytest.raises(KeyError):
        changed.section("gaps.unsorted")
    hidden = edited(changed, redact=True)
    assert redacted(hidden) == hidden
    text = to_markdown(hidden)
    assert HIDDEN.replace("[", "\\[").replace("]", "\\]") in text
    for secret in ("Disk 1", "log volume"):
        assert secret not in text
        assert secret not in to_json(hidden)
    assert "Pages storage at 90 %." in text
    pending = replace(FULL, assignee=replace(BEN, name=""))
    assert "ben@" not in to_json(redacted(report_of(facts(pending, WAITS))))


def entry(number: int, change: Change, *, seen: Case = FULL, **fields: object) -> Entry:
    edit = Edit(number, number, seen.id, seen.key, change, seen)
    at = NOW - timedelta(hours=1)
    known = Entry(edit, 1, State.DONE, at, at, at, at, 1, SUCCESS, read=True)
    return replace(known, **fields)  # type: ignore[arg-type]


def test_my_actions_are_those_of_the_journal() -> None:
    done = (
        entry(1, SetStatus(SHUT)),
        entry(2, AddComment("a")),
        entry(3, AddComment("b"), seen=WAITS),
        entry(4, SetPriority("P2"), state=State.REFUSED),
        entry(5, SetPriority("P2"), state=State.UNDONE),
        entry(6, SetPriority("P2"), state=State.QUEUED),
        # After the shift.
        entry(7, SetPriority("P2"), made_at=NOW),
    )
    actions = report(entries=done).figures.actions
    assert actions.verbs == (("commented", 2), ("closed", 1))
    assert (actions.cases, actions.failed, actions.undone, actions.waiting) == (2, 1, 1, 1)
    assert report(entries=None).figures.actions.known is Known.UNKNOWN


def test_without_a_history_the_journal_shows_what_this_machine_did() -> None:
    case = replace(FULL, priority="P2", created_at=NOW - timedelta(days=1), modified_at=NOW)
    raised = entry(1, SetPriority("P1"), seen=case)
    # Somebody else changed it back since.
    known = report_of(facts(case, WAITS, history=None, entries=(raised,)))
    section = known.section("happened.raised")
    assert (section.total, section.known) == (1, Known.OBSERVED)
    assert (section.lines[0].why, section.lines[0].by) == ("P2 → P1", "Ana Lind")
    assert "only what this machine did" in section.remark
    shut = replace(
        case, status_name="Closed", status_group="SG_CLOSED", closed_at=NOW - timedelta(minutes=59)
    )
    closing = entry(2, SetStatus(SHUT), seen=case)
    known = report_of(facts(shut, WAITS, history=None, entries=(closing,), backlog=Backlog(1, 1)))
    # The case and the journal tell of the same closing.
    assert known.figures.flow.closed == known.section("happened.closed").total == 1
    assert known.section("happened.closed").lines[0].by == "Ana Lind"
    assert (known.figures.flow.start, known.figures.flow.end) == (2, 1)


class Memory:
    """What `LocalState` is, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def all(self, kind: str) -> dict[str, object]:
        return self.kept

    def put(self, kind: str, value: object, name: str = "") -> None:
        self.kept[name] = json.loads(json.dumps(value))


def test_a_report_is_compared_with_the_one_before_and_a_week_before() -> None:
    memory = Memory()
    values = {"opened": 5.0, "end": 10.0}
    for days in (1, 7):
        past = replace(
            report(),
            window=replace(
                WINDOW,
                start=WINDOW.start - timedelta(days=days),
                end=WINDOW.end - timedelta(days=days),
            ),
        )
        keep(memory, past)
        keep(memory, past)
    memory.kept["damaged"] = {"query": "", "start": "x"}
    found = earlier(memory, "")
    assert [one.start for one in found] == [
        WINDOW.start - timedelta(days=7),
        WINDOW.start - timedelta(days=1),
    ]
    assert earlier(memory, "team:a") == ()
    changed = replace(found[1], values=values)
    # One that ended after this shift began is no earlier one.
    late = Snapshot(WINDOW.start, WINDOW.end, "night", {"opened": 99.0})
    versus = report(earlier=(found[0], changed, late)).figures.versus
    assert [one.title for one in versus] == ["the report before", "a week before"]
    rows = {row.name: (row.before, row.now, row.change) for row in versus[0].rows}
    assert rows["opened"] == (5.0, 1, -4.0)
    assert rows["open at the end"] == (10.0, 2, -8.0)
    assert rows["closed"] == (None, 0, None)
    assert "opened 5 → 1 (−4)" in to_text(report(earlier=(changed,))).replace("\n  ", " ")


def test_cases_are_alike_by_their_words_and_their_monitor() -> None:
    def named(number: int, title: str, service: str = "web", **fields: object) -> Case:
        return make_case(number, title=title, attributes={"service": (service,)}, **fields)

    monitor = (Insight("MONITOR", "/monitors/7", "7"),)
    cases = [
        named(1, "Queue depth above 50,000 on shard 15"),
        named(2, "Queue depth above 60,000 on shard 3"),
        named(3, "Queue depth above 60,000 on shard 3", service="mail"),
        named(4, "Certificate expires", insights=monitor),
        named(5, "Renewal needed", service="dns", insights=monitor),
        named(6, "Nothing like it"),
    ]
    found = clusters(cases)
    assert [[case.key for case in one.cases] for one in found] == [
        ["OPS-5", "OPS-4"],
        ["OPS-2", "OPS-1"],
    ]
    assert clusters(reversed(cases)) == found


def test_what_was_put_off_is_told_with_its_time() -> None:
    until, again = NOW + timedelta(hours=4), make_case(21)
    known = report(
        deferred={again.id: until, WAITS.id: until, "gone": until, FULL.id: NOW},
        named={again.id: again, WAITS.id: WAITS, FULL.id: FULL},
    )
    section = known.section("deferred.snoozed")
    assert [(line.key, line.at) for line in section.lines] == [("OPS-21", until), ("OPS-20", until)]
    assert (section.total, section.remark) == (3, "1 more case could not be read.")
    assert "2026-03-02 14:30 CET (13:30 UTC)" in to_text(known)


def test_a_history_of_other_cases_changes_nothing() -> None:
    stray = HistoryEntry("other", "PAY-1", NOW, BEN, "priority", "P3", "P1")
    assert report(history=(stray,)) == report()


def test_long_windows_are_told_by_days() -> None:
    window = Window(NOW - timedelta(days=7), NOW, ZoneInfo("America/New_York"))
    slots = report_of(replace(facts(FULL, WAITS), window=window)).figures.slots
    assert [slot.label for slot in slots][:2] == ["Mon 23 Feb", "Tue 24 Feb"]
    assert (len(slots), sum(slot.opened for slot in slots)) == (8, 1)
    assert slots[0].start == datetime(2026, 2, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("2026-03-06 08:00", "business"),  # A Friday.
        ("2026-03-06 17:59", "business"),
        ("2026-03-06 18:00", "off"),
        ("2026-03-06 21:59", "off"),
        ("2026-03-06 22:00", "sleep"),
        ("2026-03-07 07:59", "sleep"),
        ("2026-03-07 08:00", "off"),
        ("2026-03-08 12:00", "off"),
        ("2026-03-09 12:00", "business"),
    ],
)
def test_people_work_are_off_or_sleep(local: str, kind: str) -> None:
    assert hour_kind(datetime.fromisoformat(local)) == kind
