"""A month of an invented company's cases, to try the application on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from triage_tui.models import Case, CaseType, Project, Ticket, TimelineCell, User
from triage_tui.server import demo_moments as moments
from triage_tui.server import demo_org as org
from triage_tui.server.demo_case import CaseWriter, Plan, Slots, draw_id
from triage_tui.server.demo_data import DATA
from triage_tui.server.demo_history import demo_history
from triage_tui.server.demo_ops import OPS
from triage_tui.server.demo_pay import PAY
from triage_tui.server.demo_plat import PLAT
from triage_tui.server.demo_sec import SEC
from triage_tui.server.demo_web import WEB
from triage_tui.server.demo_words import Scene
from triage_tui.server.tables.case_types import BUILT_IN
from triage_tui.server.workspace import Workspace

_DAYS = 30
_ORDINARY_CASES = 522
SCENES = {"OPS": OPS, "PLAT": PLAT, "SEC": SEC, "PAY": PAY, "WEB": WEB, "DATA": DATA}
"""What may happen in each project, by its key."""

_SHARES = {"OPS": 26, "PLAT": 18, "SEC": 15, "PAY": 15, "WEB": 15, "DATA": 11}


def demo_workspace(now: datetime, seed: int = 7) -> Workspace:
    """About 600 cases of the 30 days before `now` in six projects, with people and comments.

    The same `now` (aware) and `seed` always give the same workspace.
    """
    now = now.astimezone(UTC)
    rng = Random(seed)
    users = _users(rng)
    by_name = {user.name: user for user in users}
    projects = {
        key: Project(draw_id(rng), key, name, key in org.RESTRICTED_PROJECTS)
        for key, name, _, _ in org.PROJECTS
    }
    types = _types(rng)
    writer = CaseWriter(
        rng,
        now,
        projects,
        {case_type.name: case_type for case_type in types},
        {key: [by_name[name] for name in names] for key, _, _, names in org.PROJECTS},
        [by_name[name] for name, _ in org.PEOPLE],
        [user for user in users if not user.active],
        by_name[org.AUTOMATION],
    )
    last_numbers = Counter({key: number for key, _, number, _ in org.PROJECTS})
    cases: list[Case] = []
    cells: dict[str, tuple[TimelineCell, ...]] = {}
    plans = sorted(_plans(rng, now), key=lambda plan: plan.created)
    for public_id, plan in enumerate(plans, org.FIRST_PUBLIC_ID):
        last_numbers[plan.project] += 1
        key = f"{plan.project}-{last_numbers[plan.project]}"
        case, comments = writer.write(plan, key, public_id)
        cases.append(case)
        if comments:
            cells[case.id] = comments
    _add_tickets(rng, cases)
    _forget_one_closing(cases)
    return Workspace(
        me_id=by_name[org.ME].id,
        users=users,
        projects=tuple(projects.values()),
        types=types,
        cases=tuple(cases),
        cells=cells,
        history=demo_history(seed, cases, cells, types),
    )


def _users(rng: Random) -> tuple[User, ...]:
    def address(name: str) -> str:
        return f"{name.lower().replace(' ', '.')}@example.com"

    people = [
        User(draw_id(rng), name, address(name), address(name), title=title)
        for name, title in org.PEOPLE
    ]
    return (
        *people,
        User(
            draw_id(rng),
            "",
            org.PENDING_EMAIL,
            org.PENDING_EMAIL,
            active=False,
            status="Pending",
        ),
        # A service account has no address of its own as handle, but a UUID.
        User(draw_id(rng), org.AUTOMATION, "ci-account@example.com", draw_id(rng)),
        User(
            draw_id(rng),
            org.LEFT,
            address(org.LEFT),
            address(org.LEFT),
            active=False,
            title="Network Engineer",
            status="Disabled",
        ),
    )


def _types(rng: Random) -> tuple[CaseType, ...]:
    custom = (org.custom_type(draw_id(rng), *about) for about in org.CUSTOM_TYPES)
    return (*BUILT_IN, *custom)


def _plans(rng: Random, now: datetime) -> Iterator[Plan]:
    """All cases in outline, in no order."""
    seen: set[str] = set()
    yield from _ordinary_plans(rng, now, seen)
    for moment in moments.NOW + moments.ODD:
        created = now - timedelta(minutes=moment.age, seconds=rng.uniform(1, 50))
        slots = Slots(rng, moment.scene, created)
        slots["env"] = "prod"
        yield Plan(
            created,
            moment.project,
            moment.scene,
            slots,
            moment.scene.title,
            moment.priority,
            moment.taken,
        )
    night = now.replace(hour=2, minute=3, second=0, microsecond=0)
    if now - night < timedelta(hours=4):
        night -= timedelta(days=1)
    for _ in range(moments.NOISY_CASES):
        created = night + timedelta(seconds=rng.uniform(0, 3_300))
        yield _plan(rng, created, "OPS", lambda: rng.choice(moments.NOISY), seen)
    start = now - timedelta(minutes=290)
    monitor = str(rng.randint(10_400_000, 98_900_000))
    for shard in range(moments.STORM_CASES):
        created = start + timedelta(seconds=rng.uniform(0, 2_400))
        slots = Slots(rng, moments.STORM, created)
        slots.update(num=f"{shard:02}", env="prod", id=monitor)
        title = moments.STORM.title.format_map(slots)
        yield Plan(created, "OPS", moments.STORM, slots, title, "P3", False)


def _ordinary_plans(rng: Random, now: datetime, seen: set[str]) -> Iterator[Plan]:
    """The daily run of cases, all older than two hours, more of them in working hours."""
    first = now - timedelta(days=_DAYS)
    hours = [first + timedelta(hours=hour) for hour in range(_DAYS * 24 - 2)]
    weights = list(accumulate(_business(hour) for hour in hours))
    draws = {key: _in_turn(rng, scenes) for key, scenes in SCENES.items()}
    starts = rng.choices(hours, cum_weights=weights, k=_ORDINARY_CASES)
    keys = rng.choices(list(_SHARES), list(_SHARES.values()), k=_ORDINARY_CASES)
    for hour, key in zip(starts, keys, strict=True):
        created = hour + timedelta(seconds=rng.uniform(0, 3_599))
        yield _plan(rng, created, key, draws[key], seen)


def _business(moment: datetime) -> float:
    """How many cases to expect in the hour that begins at `moment`, relative to other hours."""
    working = 8 <= moment.hour < 18
    if moment.weekday() >= 5:
        return 1.6 if working else 1.0
    return 10.0 if working else 2.0


def _in_turn(rng: Random, scenes: tuple[Scene, ...]) -> Callable[[], Scene]:
    """A draw in which no scene comes back before all others had their turn."""
    waiting: list[Scene] = []

    def draw() -> Scene:
        if not waiting:
            waiting.extend(rng.sample(scenes, len(scenes)))
        return waiting.pop()

    return draw


def _plan(
    rng: Random, created: datetime, project: str, draw: Callable[[], Scene], seen: set[str]
) -> Plan:
    """A case whose title is not among `seen`; adds it there."""
    while True:
        scene = draw()
        slots = Slots(rng, scene, created)
        title = scene.title.format_map(slots)
        if title not in seen:
            seen.add(title)
            return Plan(created, project, scene, slots, title)


def _add_tickets(rng: Random, cases: list[Case]) -> None:
    """Gives some cases a twin elsewhere; of the latest, one is being made and one failed."""
    escalated = [
        index
        for index, case in enumerate(cases)
        if case.modified_at and case.priority in ("P1", "P2", "P3") and rng.random() < 0.2
    ]
    number = 2_040
    for index in escalated:
        number += rng.randint(1, 9)
        if rng.random() < 0.6:
            key = f"ENG-{number}"
            done = Ticket("COMPLETED", key, f"https://example.com/jira/browse/{key}")
            cases[index] = replace(cases[index], jira=done)
        else:
            key = f"INC{number:07}"
            done = Ticket("COMPLETED", key, f"https://example.com/servicenow/{key}")
            cases[index] = replace(cases[index], service_now=done)
    for index, ticket in zip(
        escalated[-2:], (Ticket("FAILED"), Ticket("IN_PROGRESS")), strict=True
    ):
        cases[index] = replace(cases[index], jira=ticket, service_now=None)


def _forget_one_closing(cases: list[Case]) -> None:
    """Takes `closed_at` from one closed case: the real service has such cases, too."""
    index = next(i for i, case in enumerate(cases) if case.closed and not case.archived_at)
    cases[index] = replace(cases[index], closed_at=None)
