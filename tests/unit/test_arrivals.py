"""Pages that are compared as they come say the same as pages compared all at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.factories import NOW, make_case, make_page
from triage_tui.arrivals import Arrivals, ask
from triage_tui.session import Session


def test_what_changed_while_pages_were_read_is_compared_again() -> None:
    session = Session(now=NOW)
    cases = [make_case(number) for number in range(1, 4)]
    session.page_loaded(session.search(session.query), make_page(*cases))
    asked = ask(session)
    assert asked
    theirs = replace(cases[1], priority="P1", modified_at=NOW)
    page = make_page(cases[0], theirs, cases[2])
    asked.compare(page)
    assert [asked.alike(case) for case in session.rows] == [True, False, True]
    # Meanwhile more was heard of the last case than the page knows.
    ours = replace(cases[2], priority="P4", modified_at=NOW + timedelta(seconds=5))
    session.case_loaded(ours)
    assert not asked.alike(session.rows[2])
    changed = Arrivals().take(session, asked, [page])
    assert changed == {cases[1].id: frozenset({"priority", "modified_at"})}
    assert [case.priority for case in session.rows] == ["NOT_DEFINED", "P1", "P4"]
