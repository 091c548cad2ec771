"""One question on the screen, and the samples it is asked about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip

from triage_tui.models import STANDARD_TYPE, CaseType, NewCase, Project, User
from triage_tui.ui.screens.create import CreateScreen
from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for
from triage_tui.ui.screens.pick import Choice, PickScreen

T = TypeVar("T")

NAMES = ("Anna Berg", "Hanna Lind", "Joan Miró", "Olu Adeyemi", "Sam")
USERS = [User(str(n), name, f"{name.split()[0].lower()}@x.io") for n, name in enumerate(NAMES)]
PROJECTS = [Project("1", "OPS", "Operations"), Project("2", "PAY", "Payments")]
TYPES = [CaseType(STANDARD_TYPE, "Standard"), CaseType("sec", "Security")]


class Asking(App[None], Generic[T]):
    """Asks one question and remembers every answer."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, question: Callable[[], ModalScreen[T]]) -> None:
        super().__init__()
        self.question = question
        self.answers: list[T | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.question(), self.answers.append)

    async def burst(self, pilot: Pilot[None], *keys: str) -> None:
        """Keys that arrive in one read."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()

    def painted(self) -> str:
        """What is on the screen, line by line."""
        strips: list[Strip] = self.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)


@asynccontextmanager
async def asking(
    question: Callable[[], ModalScreen[T]], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Asking[T], Pilot[None]]]:
    app = Asking(question)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def found(app: Asking[Any], pilot: Pilot[None]) -> None:
    workers = [worker for worker in app.workers if worker.group == "search"]
    if workers:
        await app.workers.wait_for_complete(workers)
    await pilot.pause()


def names(choices: Sequence[str] = NAMES, **more: Any) -> Callable[[], PickScreen[str]]:
    return lambda: PickScreen(
        "Assign", [Choice(one, one, f"{one[:3]}@x.io") for one in choices], **more
    )


def statuses(current: str | None = None) -> Callable[[], MenuScreen[str]]:
    labels = ["Open", "In Progress", "Closed"]
    items = [
        MenuItem(letter, label, label)
        for letter, label in zip(letters_for(labels), labels, strict=True)
    ]
    return lambda: MenuScreen("Status", items, current=current)


def form(draft: NewCase | None = None, **more: Any) -> Callable[[], CreateScreen]:
    return lambda: CreateScreen(PROJECTS, TYPES, USERS, draft=draft, me=USERS[3], **more)
