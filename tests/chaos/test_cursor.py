"""A short run of `cursor`."""

from __future__ import annotations

from tests.chaos.cursor import interleavings


async def test_the_cursor_stays_on_its_case() -> None:
    assert (await interleavings(60, seed=1)).wrong == []


async def test_the_cursor_stays_on_its_case_in_a_list_with_groups() -> None:
    assert (await interleavings(40, seed=3, group="priority")).wrong == []
