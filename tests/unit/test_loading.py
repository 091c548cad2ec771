"""Libraries are loaded between the keys."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.patience import Patience
from triage_tui.ui.loading import CLIENT, PATIENCE, PAUSE, REST, SERVER, load

_WHAT_A_CLIENT_LOADS = """
import sys
sys.modules["httpx._main"] = None
from httpx import AsyncClient
from pydantic import TypeAdapter
from triage_tui.workspace import client_of, throwaway
with throwaway() as store:
    client_of(store)
TypeAdapter(list[int])
AsyncClient()
print(*sys.modules)
"""


def test_nothing_is_loaded_that_the_client_can_do_without() -> None:
    command = [sys.executable, "-c", _WHAT_A_CLIENT_LOADS]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {*CLIENT, *SERVER} - {*ran.stdout.split()}


@pytest.mark.parametrize(
    ("pressed_until", "loaded_at"),
    [(-1.0, 0.0), (0.0, REST), (1.0, 1.0 + REST), (60.0, PATIENCE + PAUSE)],
)
async def test_it_waits_for_a_rest_between_the_keys_but_not_for_ever(
    pressed_until: float, loaded_at: float
) -> None:
    time = Patience()

    def since_key() -> float:
        """A key every 25 ms, which is a held one, until nothing is pressed any more."""
        return time() - min(pressed_until, time() // 0.025 * 0.025)

    async def sleep(seconds: float) -> None:
        await time.sleep(min(seconds, 0.005))

    await load(["json"], since_key, now=time, sleep=sleep)

    assert time() == pytest.approx(loaded_at, abs=0.026)


async def test_a_module_that_there_is_not_does_not_keep_others_from_being_loaded() -> None:
    await load(["triage_tui.nowhere", "colorsys"], lambda: REST)
    assert "colorsys" in sys.modules
