"""The demo workspace: the same every time, sound, and with something of everything in it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from triage_tui.models import PRIORITIES, STATUS_GROUPS, Case, NewCase
from triage_tui.query import Query
from triage_tui.server.demo import SCENES, demo_workspace
from triage_tui.server.demo_case import Slots
from triage_tui.server.demo_comments import AUTOMATIC, ERRAND, TALKS
from triage_tui.server.demo_fields import FIELDS
from triage_tui.server.demo_kinds import KINDS
from triage_tui.server.demo_org import PROJECTS
from triage_tui.server.store import Store, Workspace
from triage_tui.server.tables.history import person, status, ticket

NOW = datetime(2026, 1, 21, 14, 37, 12, 345678, tzinfo=UTC)

MOMENTS = [
    pytest.param((NOW, 7), id="usual"),
    pytest.param((NOW, 8), id="other seed"),
    pytest.param((datetime(2026, 3, 1, 0, 0, tzinfo=UTC), 7), id="midnight on a Sunday"),
    pytest.param((datetime(2026, 7, 6, 3, 30, tzinfo=UTC), 7), id="in the noisy hour"),
    pytest.param((datetime(2026, 1, 1, 5, 59, 59, tzinfo=UTC), 123), id="turn of the year"),
]


@pytest.fixture(scope="module")
def demo() -> Workspace:
    return demo_workspace(NOW)


@pytest.fixture(scope="module", params=MOMENTS)
def start(request: pytest.FixtureRequest) -> tuple[datetime, int]:
    """When the demo is started, and with which seed."""
    moment, seed = request.param
    return moment, seed


@pytest.fixture(scope="module")
def now(start: tuple[datetime, int]) -> datetime:
    return start[0]


@pytest.fixture(scope="module")
def anytime(start: tuple[datetime, int]) -> Workspace:
    return demo_workspace(*start)


def storm(workspace: Workspace) -> list[Case]:
    return [c for c in workspace.cases if c.title.startswith("Queue depth above 50,000 on mail-")]


def noisy_hour(workspace: Workspace) -> list[Case]:
    return [c for c in workspace.cases if c.title.startswith("edge-gateway: ")]


def texts(workspace: Workspace) -> Iterator[str]:
    for case in workspace.cases:
        yield from (case.title, case.description)
        for insight in case.insights:
            yield from (insight.ref, insight.resource_id)
        for values in case.attributes.values():
            yield from values
        for custom in case.custom_attributes.values():
            yield from (str(value) for value in custom.values)
    for cells in workspace.cells.values():
        yield from (cell.message for cell in cells)
    yield from (user.name for user in workspace.users)


class TestSameEveryTime:
    def test_the_same_moment_and_seed_give_the_same_workspace(self, demo: Workspace) -> None:
        assert demo_workspace(NOW) == demo

    def test_another_seed_gives_other_cases(self, demo: Workspace) -> None:
        other = demo_workspace(NOW, seed=8)
        assert {c.id for c in other.cases}.isdisjoint(c.id for c in demo.cases)

    def test_people_and_projects_do_not_depend_on_the_moment(self, demo: Workspace) -> None:
        later = demo_workspace(NOW + timedelta(days=3))
        assert (later.users, later.projects, later.types) == (demo.users, demo.projects, demo.types)

    def test_the_order_of_hashes_has_no_influence(self) -> None:
        script = (
            "from datetime import UTC, datetime\n"
            "from hashlib import sha256\n"
            "from triage_tui.server.demo import demo_workspace\n"
            "text = repr(demo_workspace(datetime(2026, 1, 21, tzinfo=UTC)))\n"
            "print(sha256(text.encode()).hexdigest())\n"
        )
        digests = {
            subprocess.run(
                [sys.executable, "-c", script],
                env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for hash_seed in ("1", "2")
        }
        assert len(digests) == 1

    def test_the_time_zone_of_now_does_not_matter(self, demo: Workspace) -> None:
        assert demo_workspace(NOW.astimezone(ZoneInfo("Asia/Tokyo"))) == demo


class TestSound:
    """What has to hold whenever the demo is started."""

    def test_keys_and_public_ids_rise_with_time(self, anytime: Workspace) -> None:
        cases = anytime.cases
        assert all(a.created_at <= b.created_at for a, b in pairwise(cases))
        assert all(int(a.public_id) < int(b.public_id) for a, b in pairwise(cases))
        for key in {c.project_key for c in cases}:
            numbers = [int(c.key.rpartition("-")[2]) for c in cases if c.project_key == key]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))

    def test_ids_are_unique_uuids_of_version_4(self, anytime: Workspace) -> None:
        ids = [
            *(user.id for user in anytime.users),
            *(project.id for project in anytime.projects),
            *(case.id for case in anytime.cases),
            *(cell.id for cells in anytime.cells.values() for cell in cells),
            *(case_type.id for case_type in anytime.types if not case_type.internal),
        ]
        assert len(set(ids)) == len(ids)
        assert all(UUID(one).version == 4 and str(UUID(one)) == one for one in ids)

    def test_times_are_in_order_and_not_in_the_future(
        self, anytime: Workspace, now: datetime
    ) -> None:
        for case in anytime.cases:
            times = [case.created_at, case.closed_at, case.archived_at, case.modified_at, now]
            known = [time for time in times if time is not None]
            assert known == sorted(known), case.key
            assert now - case.created_at <= timedelta(days=30, hours=1)

    def test_only_closed_cases_have_a_closing_time(self, anytime: Workspace) -> None:
        cases = anytime.cases
        assert all(case.closed for case in cases if case.closed_at)
        assert sum(case.closed and case.closed_at is None for case in cases) == 1

    def test_comments_are_counted_and_within_the_life_of_the_case(
        self, anytime: Workspace, now: datetime
    ) -> None:
        cases = {case.id: case for case in anytime.cases}
        assert anytime.cells.keys() <= cases.keys()
        users = set(anytime.users)
        for case in anytime.cases:
            cells = anytime.cells.get(case.id, ())
            assert case.comment_count == len(cells) <= 9
            times = [case.created_at, *(c.created_at for c in cells), case.closed_at or now]
            assert times == sorted(times), case.key
            for cell in cells:
                assert cell.author in users
                assert cell.author.active
                assert cell.modified_at is None or cell.created_at <= cell.modified_at <= now

    def test_cases_refer_to_what_is_there(self, anytime: Workspace) -> None:
        projects = {project.id: project for project in anytime.projects}
        types = {case_type.id: case_type for case_type in anytime.types}
        users = set(anytime.users)
        assert anytime.me_id in {user.id for user in users}
        for case in anytime.cases:
            assert projects[case.project_id].key == case.project_key
            statuses = {(s.code, s.name, s.group) for s in types[case.type_id].statuses}
            assert (case.status, case.status_name, case.status_group) in statuses
            assert (case.type == "TUNKNOWN") == (not types[case.type_id].internal)
            assert {case.assignee, case.created_by, case.modified_by} - {None} <= users
            assert case.created_by is not None
            assert (case.modified_at is None) == (case.modified_by is None)

    def test_custom_values_suit_their_type(self, anytime: Workspace) -> None:
        for case in anytime.cases:
            for custom in case.custom_attributes.values():
                sort = float if custom.type == "NUMBER" else str
                assert all(isinstance(value, sort) for value in custom.values)
                assert len(custom.values) == 1 or (custom.is_multi and custom.values)

    def test_texts_are_printable_and_have_no_open_slots(self, anytime: Workspace) -> None:
        for text in texts(anytime):
            assert all(letter.isprintable() or letter == "\n" for letter in text), repr(text)
            assert "{{" not in text
            assert "}}" not in text

    def test_the_last_two_hours_need_somebody(self, anytime: Workspace, now: datetime) -> None:
        recent = [case for case in anytime.cases if now - case.created_at <= timedelta(hours=2)]
        urgent = [c for c in recent if c.priority in ("P1", "P2") and c.assignee is None]
        assert len(recent) >= 12
        assert len(urgent) >= 5
        assert all(case.status_group == "SG_OPEN" for case in urgent)
        assert all(case.modified_at is None for case in urgent)

    def test_the_noisy_hour_was_last_night(self, anytime: Workspace, now: datetime) -> None:
        cases = noisy_hour(anytime)
        assert len(cases) == 35
        assert {case.attributes["service"][0] for case in cases} == {"edge-gateway"}
        first, last = cases[0].created_at, cases[-1].created_at
        assert last - first < timedelta(hours=1)
        assert now - first < timedelta(hours=30)

    def test_the_storm_is_near_identical_and_waits(self, anytime: Workspace) -> None:
        cases = storm(anytime)
        assert len(cases) == 18
        assert len({case.title.rstrip("0123456789") for case in cases}) == 1
        assert cases[-1].created_at - cases[0].created_at <= timedelta(minutes=40)
        assert all(c.status_group == "SG_OPEN" and c.assignee is None for c in cases)
        assert len({insight.ref for case in cases for insight in case.insights}) == 1

    def test_titles_repeat_only_in_the_storm_and_the_noisy_hour(self, anytime: Workspace) -> None:
        special = {case.id for case in storm(anytime) + noisy_hour(anytime)}
        titles = [case.title for case in anytime.cases if case.id not in special]
        assert len(titles) >= 500
        assert len(set(titles)) == len(titles)


class TestHistory:
    """What is told about the past of the demo's cases leads to what they are."""

    def test_it_ends_at_the_case_as_it_is(self, anytime: Workspace) -> None:
        assert list(anytime.history) == [case.id for case in anytime.cases]
        for case in anytime.cases:
            began, *later = anytime.history[case.id]
            assert (began.at, began.by) == (case.created_at, case.created_by)
            assert (began.field, began.old) == ("created", None)
            assert isinstance(began.new, dict)
            state: dict[str, object] = {"archived": False, **began.new}
            for entry in later:
                assert entry.old != entry.new
                if entry.field != "comment":
                    assert entry.old == state.get(entry.field), (case.key, entry)
                    state[entry.field] = entry.new
            found = {
                "archived": case.archived_at is not None,
                "assignee": person(case.assignee),
                "jira": ticket(case.jira),
                "key": case.key,
                "priority": case.priority,
                "service_now": ticket(case.service_now),
                "status": status(case.status_name, case.status_group),
                "title": case.title,
            }
            assert state == {name: value for name, value in found.items() if value is not None}

    def test_its_times_and_people_are_those_of_the_case(
        self, anytime: Workspace, now: datetime
    ) -> None:
        users = {user for user in anytime.users if user.active}
        for case in anytime.cases:
            entries = anytime.history[case.id]
            assert {(entry.case_id, entry.case_key) for entry in entries} == {(case.id, case.key)}
            times = [*(entry.at for entry in entries), now]
            assert times == sorted(times), case.key
            assert {entry.by for entry in entries} <= users
            changes = [e for e in entries if e.field not in ("created", "comment")]
            last = [(entry.at, entry.by) for entry in changes[-1:]]
            assert last == ([(case.modified_at, case.modified_by)] if case.modified_at else [])
            closed = [e.at for e in changes if e.new == status(case.status_name, "SG_CLOSED")]
            assert closed == ([case.closed_at or case.modified_at] if case.closed else [])
            archived = [entry.at for entry in changes if entry.field == "archived"]
            assert archived == ([case.archived_at] if case.archived_at else [])

    def test_its_comments_are_those_of_the_case(self, anytime: Workspace) -> None:
        for case in anytime.cases:
            said: dict[str, list[object]] = {}
            for entry in anytime.history[case.id]:
                if entry.field == "comment":
                    assert isinstance(entry.new, dict)
                    known = said.setdefault(entry.new["id"], [None, entry.by, entry.at])
                    known[0] = entry.new["message"]
                    if entry.old is not None:
                        known.append(entry.at)
            assert said == {
                cell.id: [
                    cell.message,
                    cell.author,
                    *(at for at in (cell.created_at, cell.modified_at) if at),
                ]
                for cell in anytime.cells.get(case.id, ())
            }

    def test_something_of_everything(self, demo: Workspace) -> None:
        fields = Counter(e.field for entries in demo.history.values() for e in entries)
        assert fields.keys() == {
            "archived",
            "assignee",
            "comment",
            "created",
            "jira",
            "priority",
            "service_now",
            "status",
        }
        assert fields["created"] == len(demo.cases)
        assert any(e.old for found in demo.history.values() for e in found if e.field == "comment")

    def test_it_is_kept_in_a_workspace(self, demo: Workspace, tmp_path: Path) -> None:
        with closing(Store.open(tmp_path / "demo.db")) as store:
            store.load(demo)
            for case in demo.cases[::50]:
                assert tuple(store.history(case.id)) == demo.history[case.id]


class TestTexts:
    """A text that is rarely drawn must not be the one that breaks the demo."""

    @pytest.mark.parametrize("project", [key for key, *_ in PROJECTS])
    def test_every_scene_can_be_told(self, project: str) -> None:
        for scene in SCENES[project]:
            kind = KINDS[scene.kind]
            slots = Slots(Random(1), scene, NOW)
            slots["title"] = scene.title.format_map(slots)
            talk = TALKS.get(scene.kind, ERRAND)
            parts = [scene.title, scene.lead, *kind.bodies, *(t for i in kind.insights for t in i)]
            parts += [*talk.started, *talk.found, *talk.done, *AUTOMATIC]
            for field in FIELDS.get(kind.type, ()):
                parts += [value for value in field.values if isinstance(value, str)]
            for part in parts:
                assert len(part.format_map(slots)) >= len(part) / 2
            assert 15 <= len(scene.title.format_map(slots)) <= 110

    def test_no_scene_is_told_twice(self) -> None:
        titles = [scene.title for scenes in SCENES.values() for scene in scenes]
        assert len(set(titles)) == len(titles)


class TestSomethingOfEverything:
    def test_the_size(self, demo: Workspace) -> None:
        assert 580 <= len(demo.cases) <= 620
        assert len(demo.projects) == 6
        assert {case.project_id for case in demo.cases} == {p.id for p in demo.projects}

    def test_people(self, demo: Workspace) -> None:
        assert len(demo.users) == 14
        assert Counter(user.status for user in demo.users) == {
            "Active": 12,
            "Pending": 1,
            "Disabled": 1,
        }
        assert [user.status for user in demo.users if user.name == ""] == ["Pending"]
        me = next(user for user in demo.users if user.id == demo.me_id)
        assert sum(c.assignee == me and not c.closed for c in demo.cases) >= 10

    def test_all_priorities_with_few_of_the_highest(self, demo: Workspace) -> None:
        counts = Counter(case.priority for case in demo.cases)
        assert counts.keys() == set(PRIORITIES)
        assert 5 <= counts["P1"] <= 30 < counts["P2"] < counts["P3"]

    def test_all_types_and_all_statuses(self, demo: Workspace) -> None:
        assert {case.type_id for case in demo.cases} == {t.id for t in demo.types}
        statuses = {status.name for t in demo.types for status in t.statuses}
        assert {case.status_name for case in demo.cases} == statuses
        groups = Counter(case.status_group for case in demo.cases)
        assert groups.keys() == set(STATUS_GROUPS)
        assert min(groups.values()) >= 40

    def test_archived_and_commented_cases(self, demo: Workspace) -> None:
        assert 25 <= sum(case.archived_at is not None for case in demo.cases) <= 60
        assert 150 <= len(demo.cells) <= 260
        assert max(case.comment_count for case in demo.cases) >= 7

    def test_all_types_of_insights(self, demo: Workspace) -> None:
        assert {insight.type for case in demo.cases for insight in case.insights} == {
            "SECURITY_SIGNAL",
            "MONITOR",
            "EVENT_CORRELATION",
            "ERROR_TRACKING",
            "CLOUD_COST_RECOMMENDATION",
            "INCIDENT",
            "SENSITIVE_DATA_SCANNER_ISSUE",
            "EVENT",
            "WATCHDOG_STORY",
            "WIDGET",
            "SECURITY_FINDING",
            "INSIGHT_SCORECARD_CAMPAIGN",
            "RESOURCE_POLICY",
            "APM_RECOMMENDATION",
            "SCM_URL",
            "PROFILING_DOWNSIZING_EXPERIMENT",
        }

    def test_all_sorts_of_custom_attributes(self, demo: Workspace) -> None:
        sorts = {(v.type, v.is_multi) for c in demo.cases for v in c.custom_attributes.values()}
        assert {sort for sort, _ in sorts} == {"TEXT", "URL", "NUMBER", "SELECT"}
        assert {is_multi for _, is_multi in sorts} == {True, False}
        assert any(len(v) > 1 for c in demo.cases for v in c.attributes.values())

    def test_tickets_in_every_state(self, demo: Workspace) -> None:
        tickets = [t for case in demo.cases for t in (case.jira, case.service_now) if t]
        states = Counter(ticket.status for ticket in tickets)
        assert states["IN_PROGRESS"] == states["FAILED"] == 1
        assert states["COMPLETED"] >= 10
        assert all((t.status == "COMPLETED") == bool(t.url) for t in tickets)
        assert any(case.service_now for case in demo.cases)

    def test_sources_and_due_dates(self, demo: Workspace) -> None:
        sources = {case.creation_source for case in demo.cases}
        assert {"MANUAL", "EVENT_MANAGEMENT", "ERROR_TRACKING", "CS_SECURITY_FINDING"} < sources
        due = [case.due_date for case in demo.cases if case.due_date]
        assert any(date < NOW.date().isoformat() for date in due)
        assert any(date > NOW.date().isoformat() for date in due)

    def test_descriptions_of_every_length(self, demo: Workspace) -> None:
        lines = [len(case.description.splitlines()) for case in demo.cases]
        assert min(lines) <= 1
        assert max(lines) >= 30
        assert sum(count == 1 for count in lines) >= 50

    def test_awkward_titles(self, demo: Workspace) -> None:
        titles = [case.title for case in demo.cases]
        assert any("\u30a8" in title for title in titles)
        assert any("\U0001f525" in title for title in titles)
        assert any("\u2192" in title for title in titles)
        assert any(title.startswith("[PROD]") for title in titles)
        assert 160 <= max(map(len, titles)) <= 200

    def test_working_hours_are_busier(self, demo: Workspace) -> None:
        special = {case.id for case in storm(demo) + noisy_hour(demo)}
        ordinary = [c.created_at for c in demo.cases if c.id not in special]
        per_day = Counter(time.weekday() < 5 for time in ordinary)
        in_hours = sum(8 <= time.hour < 18 for time in ordinary)
        assert per_day[True] > 5 * per_day[False]
        assert in_hours > len(ordinary) / 2

    def test_the_store_takes_it_and_agrees_about_the_types(
        self, demo: Workspace, tmp_path: Path
    ) -> None:
        store = Store.open(tmp_path / "demo.db")
        try:
            store.load(demo)
            shown = sum(case.archived_at is None for case in demo.cases)
            assert store.total(Query(), now=NOW) == shown
            assert all(store.case(case.key) == case for case in demo.cases[::20])
            codes = {case.type_id: case.type for case in demo.cases}
            for case_type in demo.types:
                new = NewCase("Fan of db-3 is loud", demo.projects[0].id, case_type.id)
                made = store.create_case(new, by=demo.users[0], now=NOW)
                assert made.type == codes[case_type.id]
                assert int(made.public_id) > int(demo.cases[-1].public_id)
        finally:
            store.close()
