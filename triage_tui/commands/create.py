"""Creating a case: `create`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from triage_tui.commands import output, place, say
from triage_tui.commands.options import (
    offer_people,
    offer_priorities,
    offer_projects,
    offer_types,
    place_options,
)
from triage_tui.commands.writes import priority_of, read_only_option, read_text
from triage_tui.errors import ConfigError
from triage_tui.exit_codes import ExitCode

if TYPE_CHECKING:
    from triage_tui.commands.carrying import Work
    from triage_tui.models import NewCase


@click.command("create", short_help="Create a case.")
@click.option("--title", metavar="TEXT", required=True, help="What it is about.")
@click.option(
    "--project",
    metavar="KEY",
    help="Its project; needed if there are several.",
    shell_complete=offer_projects,
)
@click.option("--description", metavar="TEXT", default="", help="Markdown; - reads it from stdin.")
@click.option(
    "--priority",
    metavar="PRIORITY",
    default="none",
    help="P1 to P5, or none.",
    shell_complete=offer_priorities,
)
@click.option(
    "--type",
    "kind",
    metavar="NAME",
    help="Its case type. Default: Standard.",
    shell_complete=offer_types,
)
@click.option(
    "--assign",
    "to",
    metavar="PERSON",
    help="Whom it is given to: name, e-mail, or me.",
    shell_complete=offer_people,
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be created.")
@click.option("--json", "as_json", is_flag=True, help="The new case as JSON.")
@read_only_option
@place_options
def create_command(
    title: str,
    project: str | None,
    description: str,
    priority: str,
    kind: str | None,
    to: str | None,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Create a case, and write its key.

    If the answer of the server is lost, the case is looked for, and never just created again.
    """
    if not title.strip():
        raise ConfigError("The title is empty: nothing was created.")
    urgency, text = priority_of(priority), read_text(description)
    with place.opened(**options) as where:
        from triage_tui.changes import CreateCase
        from triage_tui.commands.carrying import carry_out, working
        from triage_tui.commands.case_columns import case_record
        from triage_tui.commands.stepping import result_of

        own = project or where.config.project
        with working(where, dry_run=dry_run) as work:
            new = work.run(_new(work, title.strip(), own, text, urgency, kind, to))
            if dry_run:
                say(f"Would create “{new.title}” in {work.session.projects[new.project_id].key}.")
                return ExitCode.OK
            edit = work.session.create(CreateCase(new))
            outcome = carry_out(work, [edit], lambda outbox: outbox.put([edit]), asked=[""])
            created = outcome.created.get(edit.number)
        if created:
            click.echo(output.as_json(case_record(created)) if as_json else created.key)
            return ExitCode.OK
        result = result_of(edit, outcome)
        say(f"triage-tui: {result.answer.said or 'The case was not created.'}")
        if outcome.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.NETWORK if outcome.away else ExitCode.NOT_ALL


async def _new(
    work: Work,
    title: str,
    project: str,
    description: str,
    priority: str,
    kind: str | None,
    to: str | None,
) -> NewCase:
    from triage_tui.commands import people
    from triage_tui.models import STANDARD_TYPE, NewCase

    projects = await work.client.projects()
    work.session.projects = {one.id: one for one in projects}
    if project:
        chosen = people.project(projects, project)
    elif len(projects) == 1:
        chosen = projects[0]
    else:
        keys = ", ".join(one.key for one in projects[:20])
        raise ConfigError(f"Say in which project, by --project: there are {keys}.")
    type_id = STANDARD_TYPE
    if kind is not None:
        type_id = people.case_type(await work.client.case_types(), kind).id
    assignee = await people.person(work.client, to) if to is not None else None
    return NewCase(title, chosen.id, type_id, priority, description, assignee)
