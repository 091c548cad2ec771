"""A short run of `keys`."""

from __future__ import annotations

from tests.chaos.keys import random_keys


async def test_keys_at_random_end_nothing_and_there_is_always_a_way_back() -> None:
    assert (await random_keys(120, seed=1)).total() >= 1
