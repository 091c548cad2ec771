"""Keys at random on the demo data, while the network fails and a colleague works.

    python -m tests.chaos.keys 100000 [--seed 1]

Nothing may end the app but a key that is meant to; from wherever it is, a few times Esc lead back
to the main screen; and the process does not grow. Printed is the memory as the keys go by.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import chdir
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults import Faults
from tests.office import CYD, Office, demo, office
from tests.ui import driver
from tests.ui.driver import Ui, opened
from triage_tui.actions import ACTIONS
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import PRIORITIES, STANDARD_STATUSES
from triage_tui.query import parse

ROUND = 100
"""Keys after which the way back is looked for."""

MOST_ESCAPES = 12

# Those that stop or end the process are not the app's to survive.
_NEVER = {"ctrl+c", "ctrl+q", "ctrl+z"}
_NAMES = ("escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end")
_TYPED = (*'abcmpstxyz0159:-*() "', "backspace", "ctrl+s", "ctrl+w", "ctrl+u", "pageup", "pagedown")
KEYS = sorted(
    {key for action in ACTIONS for key in action.keys.split(",")} - _NEVER - {"q"}
    | {*_NAMES, *_TYPED}
)


async def random_keys(
    count: int, seed: int, told: Callable[[int], None] = lambda pressed: None
) -> Counter[str]:
    """Press so many keys, and how often which screen was on top when the way back was looked for.

    Args:
        told: Called with the number of keys pressed, after each round.

    Raises:
        AssertionError: There was no way back, or the app ended by itself.
    """
    rng, seen, pressed = Random(seed), Counter[str](), 0
    # Keys at random write reports, too.
    with TemporaryDirectory(prefix="triage-tui-keys-") as folder, chdir(folder):
        while pressed < count:
            # Anew each time: keys at random end by archiving every case there is.
            async with (
                office(demo()) as at,
                opened(
                    at,
                    network=(net := at.network()),
                    journal=Path(folder) / "journal.db",
                    local=Path(folder) / "state.db",
                    hold=rng.choice((0.0, 3.0)),
                    after_decision=rng.choice(("next", "stay", "follow")),
                ) as ui,
            ):
                while pressed < count and not ui.left:
                    keys = await _round(ui, net, at, rng)
                    pressed += len(keys)
                    if not ui.left:
                        seen[type(ui.app.screen).__name__] += 1
                        await _back(ui, keys)
                    told(pressed)
                assert ui.app.return_code in (0, None)
    return seen


async def _round(ui: Ui, net: Faults, at: Office, rng: Random) -> list[str]:
    """Press some keys, with what may happen in between; the keys."""
    pressed: list[str] = []
    while len(pressed) < ROUND and not ui.left:
        keys = rng.choices(KEYS, k=rng.randint(1, 30))
        if rng.random() < 0.005:
            keys.append("q")
        pressed += keys
        await _patiently(ui, ui.press(*keys), pressed)
        if ui.left:
            break
        _happen(net, at, rng)
        if rng.random() < 0.2:
            await _patiently(ui, ui.wait(rng.uniform(0, 5)), pressed)
        if rng.random() < 0.1:
            await _patiently(ui, ui.hurry(), pressed)
    net.forget()
    return pressed


async def _patiently(ui: Ui, doing: Awaitable[None], keys: list[str]) -> None:
    """Wait for as long as requests are made: keys at random change hundreds of cases at once."""
    while True:
        before = len(ui.net.requests)
        try:
            await doing
            return
        except TimeoutError:
            if len(ui.net.requests) == before:
                raise AssertionError(f"{_unrest(ui)} after {keys}") from None
        doing = ui.settle()


def _happen(net: Faults, at: Office, rng: Random) -> None:
    """Something goes wrong on the network, or a colleague changes a case."""
    draw = rng.random()
    if draw < 0.03:
        net.refuse(times=rng.randint(1, 6))
    elif draw < 0.06:
        net.lose("*", rng.randint(1, 3), late=rng.random() < 0.5)
    elif draw < 0.08:
        net.swallow("POST *")
    elif draw < 0.12:
        status = rng.choice((302, 400, 403, 404, 409, 422, 500, 503))
        net.answer("*", status, says="So it is.", times=rng.randint(1, 3))
    elif draw < 0.13:
        net.answer("*", 200, html="<html>", times=2)
    elif draw < 0.2:
        number = rng.randint(1, 50)
        change = rng.choice(
            (SetPriority(rng.choice(PRIORITIES)), SetStatus(rng.choice(STANDARD_STATUSES)))
        )
        for case in at.store.search(parse(""), number=number, size=1, now=at.clock.now()).cases:
            at.store.change(case.id, change.apply, by=CYD, now=at.clock.tick())


async def _back(ui: Ui, keys: list[str]) -> None:
    for _ in range(MOST_ESCAPES):
        if ui.app.screen_stack == [ui.board]:
            return
        await _patiently(ui, ui.press("escape"), keys)
    raise AssertionError(f"{ui.app.screen_stack} after {keys}")


def _unrest(ui: Ui) -> dict[str, object]:
    """What goes on where nothing should any more."""
    app = ui.app
    return {
        "screens": app.screen_stack,
        "requests": (ui.net.busy, ui.net.held, ui.net.requests[-4:]),
        "key": app._key,
        "being sent": app.outbox.under_way,
        "workers": [worker for worker in app.workers if not worker.is_finished],
        "cursor": (app.session.cursor_id, ui.board.detail.case_id, app.session.timeline_problem),
        "problem": app.session.problem,
    }


def _memory() -> int:
    """Resident bytes of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def main() -> None:
    """Print the memory after every tenth of the keys, and on which screens they were pressed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("keys", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    driver.PATIENCE = 600.0  # It runs for hours beside whatever else this machine does.
    start, step = time.monotonic(), max(1, arguments.keys // 20)
    next_look = step

    def told(pressed: int) -> None:
        nonlocal next_look
        if pressed >= next_look:
            next_look += step
            took = time.monotonic() - start
            print(f"{pressed:8,} keys, {_memory() / 2**20:.0f} MB, {took:.0f} s", flush=True)

    seen = asyncio.run(random_keys(arguments.keys, arguments.seed, told))
    print("no crash, and always a way back; on top when it was looked for:")
    for screen, times in seen.most_common():
        print(f"{times:8,} {screen}")


if __name__ == "__main__":
    main()
