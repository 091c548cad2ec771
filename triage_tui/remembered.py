"""What a session begins with before anything was read, and what it leaves to the next start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from triage_tui.models import CasePage
from triage_tui.reading import Directory, Opened, Preview, Snapshot
from triage_tui.session import Session


def show(session: Session, preview: Preview) -> None:
    """Begin a session with what is there before anything was read over the API."""
    session.page_loaded(session.refresh(), preview.page)
    session.facets_loaded(preview.facets)
    session.facets_stale = True
    if preview.directory:
        known = preview.directory
        session.me = known.me
        session.users = {one.id: one for one in known.users}
        session.projects = {one.id: one for one in known.projects}
        session.types = {one.id: one for one in known.types}
    if preview.read_at:
        session.read_at = preview.read_at
        session.remembered = True
    if session.cursor_id and preview.timeline is not None:
        session.timeline_loaded(session.cursor_id, preview.timeline)
        if preview.read_at:
            session.old_timelines.add(session.cursor_id)


def show_rest(session: Session, pages: list[CasePage]) -> None:
    """Add the pages that were kept with the one of the preview, if nobody asked for others."""
    read_at = session.read_at
    for page in pages:
        request = session.next_pages()
        if not session.remembered or request is None:
            return
        session.page_loaded(request, page)
        session.read_at, session.remembered = read_at, True


def show_opened(session: Session, opened: Opened) -> None:
    """Show a timeline of an earlier start until it is read; a newer one stays."""
    if opened.case.id not in session.timelines:
        if session.remembered:
            # Once the server has answered it is right, also where it knows less than we did.
            session.case_loaded(opened.case)
        session.timeline_loaded(opened.case.id, opened.timeline)
        session.old_timelines.add(opened.case.id)


def wants_timeline(session: Session, case_id: str | None) -> bool:
    """True if the timeline of this case is still to be read in this run."""
    return case_id not in session.timelines or case_id in session.old_timelines


def snapshot(session: Session, opened: Mapping[str, datetime]) -> Snapshot | None:
    """What there is to keep; None while the rows answer no question that a server was asked.

    Args:
        opened: When the timelines were read that are to be kept, by the ids of their cases.
    """
    if session.read_at is None or session.remembered or session.stale:
        return None
    rows, size = session.confirmed_rows, session.page_size
    pages = tuple(
        CasePage(tuple(rows[start : start + size]), number, session.total, session.pages)
        for number, start in enumerate(range(0, max(1, len(rows)), size), 1)
    )
    cases = {case.id: case for case in rows}
    known = Directory(
        session.me,
        tuple(session.users.values()),
        tuple(session.projects.values()),
        tuple(session.types.values()),
    )
    return Snapshot(
        query=str(session.query),
        sort=session.sort,
        size=size,
        read_at=session.read_at,
        pages=pages,
        facets=() if session.facets_stale else tuple(session.facets.values()),
        opened=tuple(
            Opened(cases[case_id], session.timelines[case_id], at)
            for case_id, at in opened.items()
            if case_id in cases and case_id in session.timelines
        ),
        directory=None if known == Directory() else known,
    )
