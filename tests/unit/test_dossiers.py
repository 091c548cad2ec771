"""What is known around cases, and what is to be read next."""

from __future__ import annotations

from dataclasses import replace

from tests.factories import NOW, make_case
from triage_tui.dossiers import (
    MOST_KEPT,
    MOST_RAW,
    Dossiers,
    Part,
    Section,
    linked_cases,
    to_read_ahead,
)
from triage_tui.models import CaseLink

CASE = make_case(1)


def test_sections_follow_on_each_other_in_a_ring() -> None:
    assert Section.OVERVIEW.beside(1) is Section.TIMELINE
    assert Section.OVERVIEW.beside(-1) is Section.RAW
    assert Section.RAW.beside(1) is Section.OVERVIEW


def test_a_part_is_wanted_until_it_is_read_and_again_when_the_case_changed() -> None:
    dossiers = Dossiers()
    assert dossiers.wanted(CASE, Section.OVERVIEW) == []
    assert dossiers.wanted(CASE, Section.FIELDS) == [Part.LINKS, Part.WATCHERS]
    dossiers.take_in(CASE, Part.LINKS, ())
    dossiers.take_in(CASE, Part.HISTORY, ())
    assert dossiers.wanted(CASE, Section.FIELDS) == [Part.WATCHERS]
    assert dossiers.wanted(CASE, Section.TIMELINE) == []
    changed = replace(CASE, modified_at=NOW)
    assert dossiers.wanted(changed, Section.TIMELINE) == [Part.HISTORY]
    assert dossiers.wanted(changed, Section.FIELDS) == [Part.WATCHERS], "links do not change a case"
    dossiers.forget(CASE.id, Part.LINKS)
    assert dossiers.wanted(CASE, Section.FIELDS) == [Part.LINKS, Part.WATCHERS]
    assert dossiers.of(CASE.id).links == (), "it is shown until it is read again"


def test_a_problem_is_told_until_the_part_is_read() -> None:
    dossiers = Dossiers()
    dossiers.failed(CASE.id, Part.RAW, "No.")
    assert dossiers.of(CASE.id).problems == {Part.RAW: "No."}
    dossiers.take_in(CASE, Part.RAW, "{}")
    assert dossiers.of(CASE.id).problems == {}


def test_only_so_much_is_kept() -> None:
    dossiers = Dossiers()
    for n in range(1, MOST_KEPT + 20):
        dossiers.take_in(make_case(n), Part.RAW, "{}")
    assert dossiers.of(make_case(1).id).raw is None
    kept = [n for n in range(1, MOST_KEPT + 20) if dossiers.of(make_case(n).id).raw]
    assert kept == list(range(MOST_KEPT + 20 - MOST_RAW, MOST_KEPT + 20))


def test_the_other_ends_of_links() -> None:
    def link(*ends: str) -> CaseLink:
        return CaseLink("l", ends[0], ends[1], ends[2], ends[3], "BLOCKS")

    links = [
        link("CASE", "a", "CASE", "b"),
        link("CASE", "c", "CASE", "a"),
        link("INCIDENT", "9", "CASE", "a"),
        link("CASE", "b", "CASE", "a"),
    ]
    assert linked_cases("a", links) == ["b", "c"]


def test_the_nearest_cases_are_read_ahead_of_the_cursor() -> None:
    ids = list("abcdefg")
    read = {"c"}
    order = []
    while found := to_read_ahead(ids, "c", lambda one: one not in read):
        order.append(found)
        read.add(found)
    assert "".join(order) == "defb"
    assert to_read_ahead(ids, "g", lambda one: one == "a") is None
    assert to_read_ahead(ids, None, lambda one: True) is None
