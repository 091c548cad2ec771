"""Changing cases: `status`, `priority`, `assign`, `unassign`, `archive`, `unarchive`, `comment`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from triage_tui.commands import output, place, targets
from triage_tui.commands.options import (
    format_options,
    offer_cases,
    offer_people,
    offer_priorities,
    offer_statuses,
    place_options,
)
from triage_tui.errors import ConfigError
from triage_tui.models import PRIORITIES

if TYPE_CHECKING:
    from triage_tui.changes import Change
    from triage_tui.client import CaseClient
    from triage_tui.commands.stepping import Plan

F = TypeVar("F", bound=Callable[..., Any])

_LONGEST = 1_000_000
"""Characters of a comment."""


def write_options(command: F) -> F:
    """What all commands that change cases have in common."""
    for option in (
        click.option("--yes", is_flag=True, help="Do not ask, however many cases match."),
        click.option("--dry-run", is_flag=True, help="Only tell what would be done."),
        click.option("--query", metavar="QUERY", help="All cases that match, in place of CASE."),
        click.argument("cases", metavar="[CASE]...", nargs=-1, shell_complete=offer_cases),
    ):
        command = option(command)
    return format_options(place_options(read_only_option(command)))


def read_only_option(command: F) -> F:
    return click.option("--read-only", is_flag=True, help="Change nothing: refuse to.")(command)


def _same(*changes: Change) -> Callable[[CaseClient], Awaitable[Plan]]:
    async def planned(client: CaseClient) -> Plan:
        return lambda case: list(changes)

    return planned


@click.command("status", short_help="Set the status of cases.")
@click.option(
    "--to",
    "name",
    metavar="STATUS",
    required=True,
    help="For example closed.",
    shell_complete=offer_statuses,
)
@write_options
def status_command(name: str, **options: Any) -> int:
    """Set the status of cases.

    STATUS is one of the case's type. Where that has none called open, in_progress or closed, these
    words mean its usual one.
    """
    from triage_tui.changes import SetStatus
    from triage_tui.commands import people
    from triage_tui.text import clean

    async def planned(client: CaseClient) -> Plan:
        types = {one.id: one for one in await client.case_types()}
        if not any(people.status(kind, name) for kind in (None, *types.values())):
            known = ", ".join(clean(one) for one in people.status_names(types))
            raise ConfigError(f'No case has a status "{clean(name, limit=60)}"; there are {known}.')

        def plan(case: Any) -> Sequence[Change] | str:
            kind = types.get(case.type_id)
            found = people.status(kind, name)
            if found:
                return [SetStatus(found)]
            own = ", ".join(clean(one.name) for one in kind.statuses) if kind else ""
            return f'It has no status "{clean(name, limit=60)}"; there are {own}.'

        return plan

    return _carried_out(planned, options)


@click.command("priority", short_help="Set the priority of cases.")
@click.option(
    "--to",
    "name",
    metavar="PRIORITY",
    required=True,
    help="P1 to P5, or none.",
    shell_complete=offer_priorities,
)
@write_options
def priority_command(name: str, **options: Any) -> int:
    """Set the priority of cases: P1 to P5, or none."""
    from triage_tui.changes import SetPriority

    return _carried_out(_same(SetPriority(priority_of(name))), options)


def priority_of(name: str) -> str:
    """The priority that a name means.

    Raises:
        UsageError: There is none.
    """
    wanted = "NOT_DEFINED" if name.strip().lower() == "none" else name.strip().upper()
    if wanted not in PRIORITIES:
        raise click.UsageError("A priority is one of P1 to P5, or none.")
    return wanted


@click.command("assign", short_help="Give cases to somebody.")
@click.option(
    "--to",
    "name",
    metavar="PERSON",
    required=True,
    help="Name, e-mail, or me.",
    shell_complete=offer_people,
)
@write_options
def assign_command(name: str, **options: Any) -> int:
    """Give cases to somebody: by name or a part of it, by e-mail address, or me."""
    from triage_tui.changes import Assign
    from triage_tui.commands import people

    async def planned(client: CaseClient) -> Plan:
        change = Assign(await people.person(client, name))
        return lambda case: [change]

    return _carried_out(planned, options)


@click.command("unassign", short_help="Give cases to nobody.")
@write_options
def unassign_command(**options: Any) -> int:
    """Give cases to nobody."""
    from triage_tui.changes import Assign

    return _carried_out(_same(Assign(None)), options)


@click.command("archive", short_help="Archive cases.")
@write_options
def archive_command(**options: Any) -> int:
    """Archive cases: lists leave them out from then on."""
    from triage_tui.changes import SetArchived

    return _carried_out(_same(SetArchived(True)), options)


@click.command("unarchive", short_help="Bring archived cases back.")
@write_options
def unarchive_command(**options: Any) -> int:
    """Bring archived cases back."""
    from triage_tui.changes import SetArchived

    return _carried_out(_same(SetArchived(False)), options)


@click.command("comment", short_help="Comment on cases.")
@click.option("--text", metavar="TEXT", required=True, help="Markdown; - reads it from stdin.")
@write_options
def comment_command(text: str, **options: Any) -> int:
    """Comment on cases. A comment whose answer was lost is looked up, never just sent again."""
    from triage_tui.changes import AddComment

    if text == "-" and "-" in options["cases"]:
        raise click.UsageError("The standard input cannot be both the text and the cases.")
    said = read_text(text)
    if not said.strip():
        raise ConfigError("The comment is empty: nothing was sent.")
    return _carried_out(_same(AddComment(said)), options)


def read_text(text: str) -> str:
    """A text that was given, or the standard input for "-".

    Raises:
        ConfigError: It is too long.
    """
    if text != "-":
        return text
    found = sys.stdin.read(_LONGEST + 1)
    if len(found) > _LONGEST:
        raise ConfigError("The standard input is too long for a text.")
    return found.rstrip("\n")


def _carried_out(planned: Callable[[CaseClient], Awaitable[Plan]], options: dict[str, Any]) -> int:
    cases, query = options.pop("cases"), options.pop("query")
    dry_run, yes = options.pop("dry_run"), options.pop("yes")
    formats = {name: options.pop(name) for name in ("as_json", "as_jsonl", "as_csv")}
    form = output.chosen(**formats)
    if (query is not None) == bool(cases):
        raise click.UsageError("Name cases by their keys or ids, or by --query: one of both.")
    wanted = None if query is not None else targets.named(cases)
    asked = None if query is None else place.readable(query)
    with place.opened(**options) as where:
        from triage_tui.commands.stepping import step_on

        return step_on(where, planned, wanted, asked, form=form, dry_run=dry_run, yes=yes)
