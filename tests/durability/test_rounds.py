"""A short run of what the scripts beside this one do at length."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.durability.crowd import crowd
from tests.durability.kill_rounds import kill_rounds
from tests.durability.whole import check_whole
from tests.durability.writing import HOME, Ledger, furnish
from tests.server.conftest import NOW
from triage_tui.models import NewCase
from triage_tui.server.store import Store


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    counts = kill_rounds(tmp_path / "workspace.db", 4, Random())
    assert counts["writes answered"] >= counts["servers killed"] + counts["writers killed"] == 4


def test_programs_that_share_a_file_are_not_in_each_others_way(tmp_path: Path) -> None:
    counts = crowd(tmp_path / "workspace.db", writers=2, readers=2, seconds=1, least=10)
    assert counts["write"] >= 20
    assert counts["read"] >= 20


CASE = {"title": "x"}


@pytest.mark.parametrize(
    ("pending", "now", "outcome"),
    [
        ({}, {"a": CASE}, 0),
        ({}, {}, "should be"),
        ({}, {"a": {"title": "y"}}, "should be"),
        ({}, {"a": CASE, "b": CASE}, "nobody has made"),
        ({"new": {"title": "z"}}, {"a": CASE}, 0),
        ({"new": {"title": "z"}}, {"a": CASE, "b": {"title": "z"}}, 1),
        ({"new": {"title": "z"}}, {"a": CASE, "b": {"title": ""}}, "nobody has made"),
        ({"a": {"title": "z"}}, {"a": CASE}, 0),
        ({"a": {"title": "z"}}, {"a": {"title": "z"}}, 1),
        ({"a": {"title": "z"}}, {"a": {"title": "?"}}, "should be"),
        ({"a": None}, {}, 1),
    ],
)
def test_a_lost_or_half_write_would_be_noticed(
    pending: dict[str, dict[str, str] | None], now: dict[str, dict[str, str]], outcome: int | str
) -> None:
    ledger = Ledger()
    ledger.take({"by": "somebody", "begin": {"new": CASE}})
    ledger.take({"by": "somebody", "done": "a"})
    if pending:
        ledger.take({"by": "somebody", "begin": pending})
    if isinstance(outcome, str):
        with pytest.raises(AssertionError, match=outcome):
            ledger.settle(now)
    else:
        assert ledger.settle(now) == outcome
        assert ledger.kept == now


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE cases SET comment_count = 1",
        "UPDATE cases SET priority = 1",
        "DELETE FROM words WHERE rowid = 1",
        "UPDATE tallies SET count = count + 1",
        "DELETE FROM case_texts",
        "DELETE FROM history",
        "UPDATE projects SET last_number = 0",
    ],
)
def test_what_does_not_agree_would_be_noticed(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "workspace.db"
    furnish(path)
    with closing(Store.open(path)) as store:
        store.create_case(NewCase("disk", HOME.id), by=store.me(), now=NOW)
        check_whole(path)
        with store.writing() as db:
            db.execute(harm)
    with pytest.raises(AssertionError):
        check_whole(path)
