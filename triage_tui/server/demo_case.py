"""Writes one case of the demo: its text, its life so far and what was said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import NamedTuple

from triage_tui.models import (
    PRIORITIES,
    Case,
    CaseType,
    CustomValue,
    Insight,
    Project,
    Status,
    TimelineCell,
    User,
)
from triage_tui.server.demo_comments import AUTOMATIC, ERRAND, TALKS
from triage_tui.server.demo_fields import FIELDS
from triage_tui.server.demo_kinds import INCIDENT, KINDS, Kind
from triage_tui.server.demo_org import TYPE_CODES
from triage_tui.server.demo_words import RANGES, WORDS, Scene

_MINUTE = timedelta(minutes=1)
_HOURS_TO_CLOSE = {"P1": 1.5, "P2": 5, "P3": 20, "P4": 50, "P5": 70, "NOT_DEFINED": 40}
_CLOSED_BY_AGE = ((3, 0.0), (24, 0.3), (72, 0.55), (168, 0.72), (24 * 365, 0.88))
_LASTING = ("change", "followup", "escalation")
"""Kinds that stay in progress for longer than others."""

_DUE = {  # kind of case: chance of a due date, days from creation to it
    "change": (0.8, 2, 20),
    "followup": (0.9, 10, 30),
    "escalation": (0.5, 1, 6),
    "finding": (0.35, 7, 45),
    "policy": (0.35, 7, 45),
    "request": (0.1, 2, 14),
}


def draw_id(rng: Random) -> str:
    """A version 4 UUID that `rng` alone decides."""
    number = rng.getrandbits(128)
    text = f"{number:032x}"
    variant = "89ab"[number & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


class Slots(dict[str, str]):
    """The words that fill the texts of one case, drawn at first use and then kept.

    So the host in the title is the host in the description and in the comments.
    """

    def __init__(self, rng: Random, scene: Scene, created: datetime) -> None:
        super().__init__(service=scene.service, team=scene.team, time=f"{created:%H:%M}")
        self._rng = rng

    def __missing__(self, name: str) -> str:
        value = self[name] = self._draw(name.rstrip("23"))
        return value

    def _draw(self, sort: str) -> str:
        rng = self._rng
        if sort in WORDS:
            return rng.choice(WORDS[sort])
        if sort in RANGES:
            low, high, pattern = RANGES[sort]
            return pattern.format(rng.randint(low, high))
        match sort:
            case "host":
                return f"{self['service']}-{self['dc']}-{rng.randint(1, 24):02}"
            case "server":
                return f"{self['machine']}-{self['dc']}-{rng.randint(1, 24):02}"
            case "container":
                return f"{self['repo']}-{rng.getrandbits(36):09x}-{rng.getrandbits(20):05x}"
            case "pod":
                return f"{self['service']}-{rng.getrandbits(36):09x}-{rng.getrandbits(20):05x}"
            case "commit":
                return f"{rng.getrandbits(28):07x}"
            case "uuid":
                return draw_id(rng)
            case "ip":
                return f"{rng.choice(('203.0.113', '198.51.100', '192.0.2'))}.{rng.randint(2, 250)}"
            case "ver":
                return f"{self['major']}.{self['minor']}.{rng.randint(0, 9)}"
        raise KeyError(sort)


class Plan(NamedTuple):
    """What is known of a case before it is written.

    Attributes:
        priority: "" to draw one that suits the kind.
        taken: False keeps the case open, unassigned and unchanged; None leaves it to chance.
    """

    created: datetime
    project: str
    scene: Scene
    slots: Slots
    title: str
    priority: str = ""
    taken: bool | None = None


class _Life(NamedTuple):
    """What became of a case."""

    status: Status
    assignee: User | None
    modified_at: datetime | None
    modified_by: User | None
    closed_at: datetime | None
    archived_at: datetime | None


class CaseWriter:
    """Turns plans into cases; everything random comes from one generator."""

    def __init__(
        self,
        rng: Random,
        now: datetime,
        projects: Mapping[str, Project],
        types: Mapping[str, CaseType],
        workers: Mapping[str, Sequence[User]],
        people: Sequence[User],
        absent: Sequence[User],
        automation: User,
    ) -> None:
        """`workers` are the people of each project by its key; `absent` cannot act themselves."""
        self._rng = rng
        self._now = now
        self._projects = projects
        self._types = types
        self._workers = workers
        self._people = people
        self._absent = absent
        self._automation = automation
        self._turns: Counter[tuple[str, str]] = Counter()

    def write(self, plan: Plan, key: str, public_id: int) -> tuple[Case, tuple[TimelineCell, ...]]:
        """The case and its comments, oldest first."""
        rng, scene, slots = self._rng, plan.scene, plan.slots
        slots["title"] = plan.title
        kind = KINDS[scene.kind]
        case_id = draw_id(rng)
        priority = plan.priority or rng.choices(PRIORITIES, kind.odds)[0]
        life = self._life(plan, kind, priority)
        by_hand = kind.source == "MANUAL"
        author = rng.choice(self._people) if by_hand else self._automation
        cells = () if plan.taken is False else self._comments(plan, life)
        case = Case(
            id=case_id,
            key=key,
            title=plan.title,
            created_at=plan.created,
            description=self._description(kind, scene, slots),
            public_id=str(public_id),
            priority=priority,
            status=life.status.code,
            status_name=life.status.name,
            status_group=life.status.group,
            type=TYPE_CODES.get(kind.type, "TUNKNOWN"),
            type_id=self._types[kind.type].id,
            modified_at=life.modified_at,
            closed_at=life.closed_at,
            archived_at=life.archived_at,
            project_id=self._projects[plan.project].id,
            assignee=life.assignee,
            created_by=author,
            modified_by=life.modified_by,
            attributes=self._attributes(scene, slots, by_hand),
            custom_attributes=self._custom_attributes(kind, slots),
            insights=self._insights(kind, slots, priority),
            comment_count=len(cells),
            creation_source=kind.source,
            due_date=self._due_date(scene, plan.created),
        )
        return case, cells

    def _description(self, kind: Kind, scene: Scene, slots: Slots) -> str:
        if kind.source == "MANUAL" and self._rng.random() < 0.06:
            return ""
        body = self._rng.choice(kind.bodies)
        return (f"{scene.lead}\n\n{body}" if body else scene.lead).format_map(slots)

    def _life(self, plan: Plan, kind: Kind, priority: str) -> _Life:
        rng, now = self._rng, self._now
        age = now - plan.created
        group = self._group(plan, age / timedelta(hours=1))
        status = self._status(kind, group)
        assignee = self._assignee(plan, group)
        if group == "SG_OPEN" and assignee is None:
            return _Life(status, None, None, None, None, None)
        able = assignee and assignee.active
        actor = assignee if able else rng.choice(self._workers[plan.project])
        if group != "SG_CLOSED":
            modified = plan.created + age * rng.uniform(0.02, 0.6)
            archived = self._archived(modified, 0.04)
            return _Life(status, assignee, archived or modified, actor, None, archived)
        hours = rng.lognormvariate(log(_HOURS_TO_CLOSE[priority]), 1.0)
        closed = plan.created + min(timedelta(hours=hours), age * rng.uniform(0.3, 0.95))
        if assignee is None:
            actor = self._automation
        archived = self._archived(closed, 0.11)
        return _Life(status, assignee, archived or closed, actor, closed, archived)

    def _status(self, kind: Kind, group: str) -> Status:
        """The statuses of a group in turn, the first twice as often."""
        options = [s for s in self._types[kind.type].statuses if s.group == group]
        turn = self._turns[kind.type, group]
        self._turns[kind.type, group] += 1
        return options[turn % (len(options) + 1) % len(options)]

    def _group(self, plan: Plan, hours: float) -> str:
        if plan.taken is not None:
            return "SG_IN_PROGRESS" if plan.taken else "SG_OPEN"
        closed = next(chance for limit, chance in _CLOSED_BY_AGE if hours <= limit)
        if plan.scene.kind in _LASTING:
            closed *= 0.65
        luck = self._rng.random()
        if luck < closed:
            return "SG_CLOSED"
        return "SG_IN_PROGRESS" if luck < closed + (1 - closed) * 0.45 else "SG_OPEN"

    def _assignee(self, plan: Plan, group: str) -> User | None:
        rng = self._rng
        chance = {"SG_OPEN": 0.35, "SG_IN_PROGRESS": 0.96, "SG_CLOSED": 0.88}[group]
        if plan.taken is False or rng.random() > chance:
            return None
        if group == "SG_OPEN" and rng.random() < 0.12:
            return rng.choice(self._absent)
        return rng.choice(self._workers[plan.project])

    def _archived(self, settled: datetime, chance: float) -> datetime | None:
        """When the case was archived: days after it came to rest, if ever."""
        if self._rng.random() > chance or self._now - settled < timedelta(days=2):
            return None
        return settled + (self._now - settled) * self._rng.uniform(0.1, 0.9)

    def _comments(self, plan: Plan, life: _Life) -> tuple[TimelineCell, ...]:
        rng, created = self._rng, plan.created
        end = min(life.closed_at or self._now, created + timedelta(days=4))
        chance = {"SG_OPEN": 0.2, "SG_IN_PROGRESS": 0.65, "SG_CLOSED": 0.34}[life.status.group]
        if rng.random() > chance or end - created < 2 * _MINUTE:
            return ()
        count = 1 + int(9 * rng.random() ** 2.5)
        talk = TALKS.get(plan.scene.kind, ERRAND)
        texts = [rng.choice(talk.started), *rng.sample(talk.found, max(count - 2, 0))]
        texts.append(rng.choice(talk.done if life.closed_at else talk.found))
        texts = list(dict.fromkeys(texts))[-count:]
        moments = sorted(created + (end - created) * rng.uniform(0.02, 1) for _ in texts)
        workers = self._workers[plan.project]
        cells = []
        for moment, text in zip(moments, texts, strict=True):
            author = rng.choice(workers)
            if life.assignee and life.assignee.active and rng.random() < 0.5:
                author = life.assignee
            if rng.random() < 0.08 and text is not texts[-1]:
                author, text = self._automation, rng.choice(AUTOMATIC)
            message = text.format_map(plan.slots)
            edited = moment + (end - moment) * 0.1 if rng.random() < 0.06 else None
            cells.append(TimelineCell(draw_id(rng), "COMMENT", author, message, moment, edited))
        return tuple(cells)

    def _attributes(self, scene: Scene, slots: Slots, by_hand: bool) -> dict[str, tuple[str, ...]]:
        rng = self._rng
        if by_hand and rng.random() < 0.12:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        if rng.random() < 0.35:
            found["datacenter"] = (slots["dc"],)
        env = slots["env"]
        found["env"] = (env, "staging") if env == "prod" and rng.random() < 0.06 else (env,)
        callers = ("checkout-api", "bff-graphql", "exports-api")
        extra = rng.choice(callers) if rng.random() < 0.12 else scene.service
        found["service"] = tuple(dict.fromkeys((scene.service, extra)))
        found["team"] = (scene.team, "on-call") if rng.random() < 0.06 else (scene.team,)
        if rng.random() < 0.25:
            found["version"] = (slots["ver"],)
        return found

    def _custom_attributes(self, kind: Kind, slots: Slots) -> dict[str, CustomValue]:
        rng = self._rng
        found = {}
        chance = 0.12 if kind.type == "Standard" else 0.6
        for field in FIELDS.get(kind.type, ()):
            if rng.random() > chance:
                continue
            count = rng.randint(1, len(field.values)) if field.is_multi else 1
            values = tuple(
                value.format_map(slots) if isinstance(value, str) else value
                for value in rng.sample(field.values, count)
            )
            found[field.key] = CustomValue(field.type, field.is_multi, tuple(dict.fromkeys(values)))
        return found

    def _insights(self, kind: Kind, slots: Slots, priority: str) -> tuple[Insight, ...]:
        rng = self._rng
        chosen = [i for n, i in enumerate(kind.insights) if rng.random() < (0.4 if n else 0.8)]
        if priority in ("P1", "P2") and INCIDENT not in chosen and rng.random() < 0.3:
            chosen.append(INCIDENT)
        return tuple(
            Insight(sort, ref.format_map(slots), resource.format_map(slots))
            for sort, ref, resource in chosen
        )

    def _due_date(self, scene: Scene, created: datetime) -> str | None:
        chance, soonest, latest = _DUE.get(scene.kind, (0.02, 1, 10))
        if self._rng.random() > chance:
            return None
        due = created + timedelta(days=self._rng.randint(soonest, latest))
        return due.date().isoformat()
