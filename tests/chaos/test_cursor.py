"""A short run of `cursor`."""

from __future__ import annotations

from tests.chaos.cursor import interleavings


async def test_the_cursor_stays_on_its_case() -> None:
    assert (await interleavings(60, seed=1)).wrong == []
