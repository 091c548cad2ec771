"""A short run of `walk`."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.chaos.walk import clear


def test_cases_are_cleared_with_few_keys(tmp_path: Path) -> None:
    session = clear(tmp_path, 8, Random(1))
    assert session.keys / 8 <= 1.9
