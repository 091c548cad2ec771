"""One case with its comments, as text and as JSON."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from triage_tui.commands.case_columns import case_record, user_record
from triage_tui.commands.output import BOLD, DIM, painted, timestamp
from triage_tui.models import Case, CaseType, TimelineCell, User
from triage_tui.text import absolute, ago, clean, plural


def shown_record(case: Case, comments: Sequence[TimelineCell] | None) -> dict[str, object]:
    """A case as JSON has it, with its texts; `comments` None leaves them out."""
    record = case_record(case) | {
        "description": case.description,
        "modified_by": user_record(case.modified_by),
        "custom_attributes": {
            key: list(value.values) for key, value in sorted(case.custom_attributes.items())
        },
        "insights": [{"type": one.type, "ref": one.ref} for one in case.insights],
    }
    if comments is not None:
        # A case read by itself says 0 comments, however many there are.
        record["comments"] = len(comments)
        record["timeline"] = [
            {
                "id": cell.id,
                "type": cell.type,
                "author": user_record(cell.author),
                "text": cell.message,
                "created_at": timestamp(cell.created_at),
                "modified_at": timestamp(cell.modified_at) if cell.modified_at else None,
            }
            for cell in comments
        ]
    return record


def write_page(
    case: Case, comments: Sequence[TimelineCell] | None, kind: CaseType | None, *, apart: bool
) -> None:
    """Write a case for people; `apart` sets it off from the one before."""
    lines = [""] if apart else []
    lines.append(f"{painted(clean(case.key), BOLD)}  {clean(case.title)}")
    facts = list(_facts(case, kind))
    room = max(len(name) for name, _ in facts)
    lines += [f"{painted(name.ljust(room), DIM)}  {value}" for name, value in facts]
    if case.description.strip():
        lines += ["", *_text(case.description)]
    if comments is not None:
        lines += ["", painted(plural(len(comments), "comment"), BOLD)]
        for cell in comments:
            head = f"{clean(cell.author.label)} · {_when(cell.created_at)}"
            if cell.type != "COMMENT":
                head += f" · {clean(cell.type)}"
            lines += ["", painted(head, DIM), *_text(cell.message)]
    sys.stdout.write("\n".join(lines) + "\n")


def _facts(case: Case, kind: CaseType | None) -> Iterator[tuple[str, str]]:
    yield "status", clean(case.status_name)
    yield "priority", "none" if case.priority == "NOT_DEFINED" else clean(case.priority)
    yield "assignee", _person(case.assignee) if case.assignee else "nobody"
    yield "project", clean(case.project_key)
    yield "type", clean(kind.name if kind else case.type)
    for name, when, who in (
        ("created", case.created_at, case.created_by),
        ("modified", case.modified_at, case.modified_by),
        ("closed", case.closed_at, None),
        ("archived", case.archived_at, None),
    ):
        if when:
            yield name, _when(when) + (f" by {clean(who.label)}" if who else "")
    if case.due_date:
        yield "due", clean(case.due_date)
    for key, values in sorted(case.attributes.items()):
        yield clean(key, limit=40), clean(", ".join(values))
    for key, custom in sorted(case.custom_attributes.items()):
        yield clean(key, limit=40), clean(", ".join(map(str, custom.values)))
    for ticket in (case.jira, case.service_now):
        if ticket:
            yield "ticket", clean(f"{ticket.key} {ticket.url}".strip() or ticket.status)
    for insight in case.insights:
        yield clean(insight.type.lower(), limit=40), clean(insight.ref)
    yield "id", clean(case.id)


def _person(user: User) -> str:
    more = f" <{clean(user.email)}>" if user.email and user.email != user.label else ""
    return clean(user.label) + more


def _when(moment: datetime) -> str:
    return f"{absolute(moment)} ({ago(moment, datetime.now(UTC))})"


def _text(text: str) -> list[str]:
    """The lines of a text; as wide as the terminal, if it is read there."""
    lines = clean(text.strip("\n"), lines=True).split("\n")
    if not sys.stdout.isatty():
        return lines
    room = max(20, shutil.get_terminal_size().columns)
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, room, break_on_hyphens=False, drop_whitespace=False) or [""]
    ]
