"""Which tabs there are, in which order, and which of them a query stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import pytest

from tests.factories import NOW
from triage_tui.models import SharedView
from triage_tui.query import Query, parse
from triage_tui.ui.widgets.tab_line import Tab, arranged
from triage_tui.views import Origin, Tabs, attempts, meaning, person_meant, usual

ME = "ana@example.com"


def tabs(
    *,
    me: str = ME,
    project: str = "",
    shared: Mapping[str, Iterable[SharedView]] | None = None,
    configured: Mapping[str, str] | None = None,
    local: dict[str, str] | None = None,
) -> Tabs:
    made = Tabs()
    for _ in range(2):
        made.arrange(
            me=me,
            project=project,
            shared=shared or {},
            configured=configured or {},
            local=local or {},
        )
        made.understand(attempts(made.unread, parse))
    return made


def test_the_usual_views_are_written_as_they_are_read() -> None:
    texts = {view.name: view.text for view in usual(ME)}
    assert texts == {
        "Open": "status:(open OR in_progress)",
        "Mine": f"status:(open OR in_progress) assignee:{ME}",
        "Unassigned P1–P3": "status:(open OR in_progress) priority:(P1 OR P2 OR P3) -assignee:*",
        "In progress": "status:in_progress",
        "Recently closed": "status:closed closed_at:>now-7d",
        "Archived": "archived:true",
    }
    for view in usual(ME):
        assert view.query == parse(view.text)
    assert usual("")[1].problem


def test_the_order_and_what_is_of_which_project() -> None:
    shared = {"OPS": (SharedView("1", "Pages", "priority:P1"),), "PAY": (SharedView("2", "B", ""),)}
    here = tabs(shared=shared, configured={"C": "team:a"}, local={"L": "team:b"})
    assert [view.name for view in here.views[6:]] == ["OPS Pages", "PAY B", "C", "L"]
    assert str(here.views[6].query) == "project:OPS priority:P1"
    assert str(here.views[7].query) == "project:PAY"
    inside = tabs(project="OPS", shared=shared)
    assert [(view.name, str(view.query)) for view in inside.views[6:]] == [("Pages", "priority:P1")]
    assert here.named("Pages", Origin.SHARED, "OPS") == here.views[6]
    assert here.named("Pages", Origin.SHARED, "PAY") is None
    assert here.named("C", Origin.LOCAL) is None


def test_what_cannot_be_asked_is_passed_over_and_says_why() -> None:
    here = tabs(me="", configured={"Bad": "status:(", "Own": "assignee:me", "Good": "team:a"})
    bad, own, good = here.views[6:]
    assert bad.problem.startswith("“Bad” cannot be asked: ")
    assert own.problem == "Nobody knows yet who you are."
    here.current = "usual:archived"
    assert here.beside(1) == good
    here.current = good.id
    assert here.beside(-1).name == "Archived"
    assert here.beside(1).name == "Open"
    here.current = "usual:open"
    assert here.beside(-1) == good


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("status:open team:a", "team:A status:Open", True),
        ("status:(open OR in_progress)", "status:(in-progress OR open)", True),
        ("status:open -assignee:*", "-assignee:* status:open", True),
        ("status:open", "-status:open", False),
        ("team:a*", 'team:"a*"', False),
        ("", "status:open", False),
        ("closed_at:>now-7d", "closed_at:>=now-7d", False),
    ],
)
def test_queries_that_mean_the_same(one: str, other: str, same: bool) -> None:
    assert (meaning(parse(one)) == meaning(parse(other))) is same


def test_me_is_whoever_opens_the_view() -> None:
    query = parse("status:open (assignee:me OR -assignee:Me) title:me")
    told = f"status:open (assignee:{ME} OR -assignee:{ME}) title:me"
    assert person_meant(query, ME) == parse(told)
    assert person_meant(query, "") is None
    assert person_meant(Query(), "") == Query()


def test_the_tab_follows_the_query() -> None:
    here = tabs(local={"Ours": "team:a status:open"})
    here.follow(parse("team:x"))
    assert (here.current, here.changed) == ("", False)
    here.follow(parse("status:open team:a"))
    assert (here.current, here.changed) == ("local:Ours", False)
    here.follow(parse("status:open team:a env:prod"))
    assert (here.current, here.changed) == ("local:Ours", True), "edited, and still the same tab"
    here.follow(parse("archived:true"))
    assert (here.current, here.changed) == ("usual:archived", False)


def test_counts_grow_old() -> None:
    here = tabs()
    opened, mine = here.views[:2]
    assert here.count(opened, NOW) is None
    assert here.to_count([opened.id, "gone"], NOW) == [opened]
    assert opened.query
    here.counted(opened.query, 7, NOW)
    assert here.to_count([opened.id, mine.id], NOW) == [mine]
    count = here.count(opened, NOW)
    assert count
    assert (count.number, count.old) == (7, False)
    here.outdate()
    assert here.to_count([opened.id], NOW) == [opened]
    old = here.count(opened, NOW)
    assert old
    assert old.old
    here.counted(opened.query, 8, NOW)
    later = here.count(opened, NOW + timedelta(minutes=6))
    assert later
    assert later.old


@pytest.mark.parametrize("width", range(20, 200, 7))
@pytest.mark.parametrize("current", range(9))
def test_the_tab_in_force_is_always_in_the_line(width: int, current: int) -> None:
    names = ["Open", "Mine", "Unassigned P1–P3", "x" * 60, "In progress", "字" * 30, "A", "B", "C"]
    made = [
        Tab(str(n), name, count="1,234", current=n == current, changed=n == current)
        for n, name in enumerate(names)
    ]
    shown = arranged(made, width)
    cells = sum(tab.width(shown.brief) for tab in made[shown.first : shown.end])
    cells += 2 * (shown.first > 0) + 2 * (shown.end < len(made))
    assert shown.first <= current < shown.end
    assert cells <= width or shown.end - shown.first == 1
