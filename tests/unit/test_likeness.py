"""Which cases are taken for alike, and what a server is asked to find them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import make_case
from triage_tui.likeness import MOST_WORDS, asked, rank, words
from triage_tui.query import parse
from triage_tui.query_match import matches

FULL = make_case(1, title="Disk full on db-3", attributes={"service": ("db",)})
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_words_say_what_a_title_is_about() -> None:
    assert words("The Disk of db-3 is full, and DISK again") == ("disk", "db-3", "full")
    assert words("an 5 of __ …") == ()
    assert words("支払い が 遅い") == ("支払い", "が", "遅い")


@pytest.mark.parametrize(
    "title",
    [
        "Disk full",
        'a "quoted" (thing) -not OR AND status:open title:*',
        "x\\",
        "\x1b[2J \u202e",
        "*",
    ],
)
def test_what_is_asked_can_always_be_read(title: str) -> None:
    for closed in (None, True, False):
        parse(asked(title, closed=closed))


def test_what_is_asked_finds_cases_with_any_of_the_words() -> None:
    query = parse(asked("Disk is slow", closed=False))
    assert query.root
    assert matches(query.root, FULL, NOW, {})
    assert not matches(query.root, make_case(2, title="Net gone"), NOW, {})
    assert asked("of the") == ""


def test_a_long_title_is_asked_for_by_its_longest_words() -> None:
    asks = asked("one2345678901 tiny ingestion pipeline stalled because consumer crashed twice")
    assert asks.count(" OR ") == MOST_WORDS - 1
    assert "ingestion" in asks
    assert "one2345678901" not in asks


def test_the_most_alike_comes_first_and_the_rest_not_at_all() -> None:
    same = make_case(2, title="db-3: disk full")
    near = make_case(3, title="Disk almost full on web-1")
    other = make_case(4, title="Certificates expire in Frankfurt")
    found = rank(FULL.title, [other, near, same, FULL], without=FULL.id)
    assert [one.case.key for one in found] == ["OPS-2", "OPS-3"]
    assert found[0].words == ("disk", "full", "db-3")
    assert found[0].score > found[1].score > 0


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    crowd = [make_case(n, title=f"Disk trouble number{n}") for n in range(10, 30)]
    rare = make_case(2, title="Zookeeper trouble elsewhere")
    assert rank("Disk zookeeper", [*crowd, rare])[0].case.key == "OPS-2"


def test_attributes_that_are_shared_decide_between_equal_titles() -> None:
    db = make_case(2, title="Disk full", attributes={"service": ("db",), "team": ("x",)})
    web = make_case(3, title="Disk full", attributes={"service": ("web",), "team": ("x",)})
    found = rank(FULL.title, [web, db], attributes=FULL.attributes)
    assert [one.case.key for one in found] == ["OPS-2", "OPS-3"]
    assert found[0].attributes == ("service db",)


def test_the_list_ends() -> None:
    crowd = [make_case(n, title="Disk full") for n in range(2, 60)]
    assert len(rank("Disk full", crowd, most=5)) == 5
    assert rank("", crowd) == []
    assert len(rank("x" * 100_000 + " full", crowd)) == 0
