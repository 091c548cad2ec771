"""What is too long for the help of one command: `topics`."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping

import click

from triage_tui.exit_codes import MEANINGS, ExitCode


def _queries() -> Iterator[str]:
    from triage_tui.query import FIELDS

    yield "Free words are looked for in the title, the description and the key of a case."
    yield "key:value asks for a value, -key:value rules it out, key:(a OR b) asks for either."
    yield "key:* asks for any value, * in a word stands for anything, key:>=5 and key:[a TO b]"
    yield "compare, and now-2d is two days ago. Terms beside each other must all hold."
    yield ""
    yield from _table((key, field.about) for key, field in FIELDS.items())


def _exit_codes() -> Iterator[str]:
    yield from _table((str(int(code)), words) for code, words in MEANINGS.items())
    yield ""
    yield "A signal that ends a command adds 128 to its number: 141 is a closed pipe."


def _columns() -> Iterator[str]:
    from triage_tui.commands.case_columns import ATTRIBUTE, COMPLETE, NAMES, USUAL

    yield f"There are {', '.join(NAMES)}, and {ATTRIBUTE}<name> for any attribute."
    yield f"A table shows {', '.join(USUAL)} unless others are asked for."
    yield f"CSV has {', '.join(COMPLETE)}."


def _json() -> Iterator[str]:
    yield "Names and kinds of fields stay; more may be added. Times are RFC 3339 in UTC."
    yield ""
    yield from _table(
        (
            (
                "a case",
                "key, id, title, status, status_group (open, in_progress, closed), "
                "priority (P1 to P5, NOT_DEFINED), assignee (null or a person), project, type, "
                "type_id, created_at, created_by, modified_at, closed_at, archived_at, due_date, "
                "comments, attributes (lists by name)",
            ),
            (
                "show adds",
                "description, modified_by, custom_attributes, insights, and timeline: "
                "id, type, author, text, created_at, modified_at",
            ),
            ("a person", "id, name, email, handle"),
            ("count", "query, total, by, and groups: a value for each field, and count"),
            (
                "a change",
                "key, id, result (done, already, refused, conflict, unsure, cancelled, "
                "planned), what, why, status, request_id",
            ),
            (
                "watch",
                "event (new, changed, gone), at, query, case, and changed: from and to for each "
                "field, attributes as attributes.<name>",
            ),
            ("a project", "key, name, id"),
            ("a view", "project, name, query, id"),
            (
                "report",
                "kind, schema (a number that rises when a meaning changes), window, verdict, "
                "coverage, parts with sections with a line for each case, figures, notes; "
                "durations are seconds",
            ),
        )
    )


TOPICS: Mapping[str, tuple[str, Callable[[], Iterable[str]]]] = {
    "queries": ("What --query understands.", _queries),
    "columns": ("What --columns may name.", _columns),
    "json": ("What --json and --jsonl write.", _json),
    "exit-codes": ("What a command ends with.", _exit_codes),
}


@click.command("topics", short_help="Explain queries, columns, JSON and exit codes.")
@click.argument("topic", metavar="[TOPIC]", type=click.Choice(list(TOPICS)), required=False)
def topics_command(topic: str | None) -> int:
    """Explain what several commands have in common.

    TOPIC is queries, columns, json or exit-codes; without one they are listed.
    """
    if topic is None:
        lines: Iterable[str] = _table((name, about) for name, (about, _) in TOPICS.items())
    else:
        lines = TOPICS[topic][1]()
    for line in lines:
        click.echo(line)
    return ExitCode.OK


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Words and what they mean, in the width of the terminal."""
    found = list(rows)
    room = max(len(word) for word, _ in found) + 2
    wide = min(100, shutil.get_terminal_size().columns)
    for word, meaning in found:
        parts = textwrap.wrap(meaning.replace("`", ""), max(20, wide - room)) or [""]
        yield f"{word:{room}}{parts[0]}"
        yield from (" " * room + part for part in parts[1:])
