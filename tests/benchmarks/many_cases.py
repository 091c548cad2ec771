"""As many invented cases as one wants: a large company's, most of them closed long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from triage_tui.models import Case, CustomValue, Project, User
from triage_tui.server.demo import demo_workspace
from triage_tui.server.workspace import Workspace

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RARE_WORD = "quokka"
"""A word that is in every hundred thousandth description, and in one at least."""

_PROJECTS = 14
_PEOPLE = 72
_SERVICES = 120
_YEARS = 3
_TEXTS = 4_000


def company(seed: int = 7) -> Workspace:
    """Projects, people and case types, without a case: those of the demo and more."""
    rng = Random(seed)
    demo = demo_workspace(NOW)
    people = [
        User(_uuid(rng), f"Person {n}", f"p{n}@example.com", f"p{n}@example.com")
        for n in range(len(demo.users), _PEOPLE)
    ]
    projects = [
        Project(_uuid(rng), f"P{n:02}", f"Project {n}")
        for n in range(len(demo.projects), _PROJECTS)
    ]
    return Workspace(
        demo.me_id,
        (*demo.users, *people),
        (*demo.projects, *projects),
        demo.types,
    )


def cases(workspace: Workspace, count: int, seed: int = 7) -> Iterator[Case]:
    """`count` cases for the projects of `workspace`, oldest first, in skewed shares."""
    rng = Random(seed)
    demo = demo_workspace(NOW)
    titles, paragraphs = _texts(rng, demo.cases)
    samples = [replace(case, insights=(), jira=None, service_now=None) for case in demo.cases]
    unfinished = [case for case in samples if not case.closed]
    finished = [case for case in samples if case.closed]
    projects = [project.id for project in workspace.projects]
    keys = {project.id: project.key for project in workspace.projects}
    numbers = dict.fromkeys(projects, 0)
    project_weights = _skewed(len(projects))
    teams = {id: rng.sample(workspace.users, 14) for id in projects}
    services = {id: [f"service-{rng.randrange(_SERVICES)}" for _ in range(20)] for id in projects}
    of_teams, of_services = _skewed(14), _skewed(20)
    step = timedelta(days=365 * _YEARS) / max(count, 1)
    for n in range(count):
        created = NOW - timedelta(days=365 * _YEARS) + step * n + step * rng.random()
        [project] = rng.choices(projects, cum_weights=project_weights)
        numbers[project] += 1
        shape = rng.choice(
            unfinished if rng.random() < (0.05 if n < count * 0.96 else 0.5) else finished
        )
        age = (NOW - created) * rng.random() * 0.1
        [service] = rng.choices(services[project], cum_weights=of_services)
        texts = [paragraphs[int(rng.random() ** 2 * len(paragraphs))] for _ in range(4)]
        if n % 100_000 == min(count // 2, 50_000):
            texts.append(f"Somebody saw a {RARE_WORD}.")
        yield replace(
            shape,
            id=_uuid(rng),
            key=f"{keys[project]}-{numbers[project]}",
            public_id=str(n + 1),
            title=f"{titles[int(rng.random() * len(titles))]} ({rng.randrange(count):x})",
            description="\n\n".join(texts),
            created_at=created,
            modified_at=created + age,
            closed_at=created + age if shape.closed else None,
            archived_at=created + age if shape.closed and rng.random() < 0.25 else None,
            project_id=project,
            assignee=None
            if rng.random() < 0.15
            else rng.choices(teams[project], cum_weights=of_teams)[0],
            created_by=rng.choice(teams[project]),
            modified_by=rng.choice(teams[project]),
            comment_count=0,
            attributes={
                "team": (f"team-{project[:2]}",),
                "service": (service,),
                "env": (rng.choice(("prod", "prod", "prod", "staging", "dev")),),
            },
            custom_attributes=_custom(rng),
        )


def _custom(rng: Random) -> dict[str, CustomValue]:
    if rng.random() < 0.9:
        return {}
    return {"impact": CustomValue("NUMBER", False, (float(rng.randrange(50)),))}


def _texts(rng: Random, demo: tuple[Case, ...]) -> tuple[list[str], list[str]]:
    """Titles, and paragraphs of a sentence or three."""
    found = sorted({part for case in demo for part in case.description.split("\n\n") if part})
    rng.shuffle(found)
    return [case.title for case in demo], found[:_TEXTS]


def _skewed(count: int) -> list[float]:
    """Cumulated weights of which each is about a fifth smaller than the one before it."""
    return list(accumulate(0.8**n for n in range(count)))


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
