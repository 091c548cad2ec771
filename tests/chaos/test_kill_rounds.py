"""A short run of `kill_rounds`."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.chaos.kill_rounds import kill_rounds


def test_what_was_asked_for_outlives_a_kill_and_is_done_once(tmp_path: Path) -> None:
    outcome = kill_rounds(tmp_path, 2, Random(3), most=8)
    assert outcome.wrong == []
