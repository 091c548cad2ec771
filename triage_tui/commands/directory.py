"""What there is beside cases: `projects`, `users` and `views`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from triage_tui.commands import output, place, say
from triage_tui.commands.options import format_options, offer_projects, place_options
from triage_tui.commands.output import Column
from triage_tui.errors import ConfigError
from triage_tui.exit_codes import ExitCode
from triage_tui.models import Project, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage_tui.client import CaseClient
    from triage_tui.commands.reader import Reader

_PAGE = 100


@click.command("projects", short_help="List the projects.")
@format_options
@place_options
def projects_command(as_json: bool, as_jsonl: bool, as_csv: bool, **options: Any) -> int:
    """List the projects by key."""
    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    with place.opened(**options) as where:
        found = where.read(lambda reader: reader.projects())
    columns: list[Column[Project]] = [
        Column("key", lambda project: project.key),
        Column("name", lambda project: project.name, gives_way=True),
        Column("id", lambda project: project.id),
    ]
    sheet = output.sheet(
        form, columns, lambda one: {"key": one.key, "name": one.name, "id": one.id}
    )
    sheet.add(sorted(found, key=lambda project: project.key))
    sheet.end()
    return ExitCode.OK


@click.command("users", short_help="List the people whom a case can be given to.")
@click.argument("text", required=False, default="")
@format_options
@place_options
def users_command(text: str, as_json: bool, as_jsonl: bool, as_csv: bool, **options: Any) -> int:
    """List the people whom a case can be given to, or those with TEXT in their name or e-mail."""
    from triage_tui.commands.case_columns import user_record

    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    columns: list[Column[User]] = [
        Column("name", lambda user: user.name, gives_way=True),
        Column("email", lambda user: user.email or user.handle, gives_way=True),
        Column("id", lambda user: user.id),
    ]
    with place.opened(**options) as where:
        sheet = output.sheet(form, columns, lambda user: user_record(user) or {})

        async def written(reader: Reader) -> int:
            count, number = 0, 0
            while True:
                page = await reader.users(text, number=number, size=_PAGE)
                sheet.add(page)
                count += len(page)
                if len(page) < _PAGE:
                    return count
                number += 1

        count = where.read(written)
        sheet.end()
    if not count:
        say("Nobody is found.")
    return ExitCode.OK


@click.command("views", short_help="List the named queries of the projects.")
@click.option(
    "--project", metavar="KEY", help="Only those of this project.", shell_complete=offer_projects
)
@format_options
@place_options
def views_command(
    project: str | None, as_json: bool, as_jsonl: bool, as_csv: bool, **options: Any
) -> int:
    """List the queries that the people of the projects have given a name."""
    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    with place.opened(**options) as where:
        only = (project or where.config.project).upper()

        async def found(client: CaseClient) -> list[dict[str, str]]:
            projects = [one for one in await client.projects() if only in ("", one.key.upper())]
            if only and not projects:
                raise ConfigError(f"There is no project {only}: `triage-tui projects` lists them.")
            views: list[dict[str, str]] = []
            for one in projects:
                asked = {"project_id": one.id}
                answer, _ = await client.resources("list the views", "cases", "views", params=asked)
                views += [_view(one.key, resource) for resource in answer.data]
            return views

        views = where.call(found)
    columns: list[Column[dict[str, str]]] = [
        Column(name, _field(name), gives_way=name == "query")
        for name in ("project", "name", "query")
    ]
    sheet = output.sheet(form, columns, lambda view: view)
    sheet.add(views)
    sheet.end()
    if not views:
        say("There are no views.")
    return ExitCode.OK


def _field(name: str) -> Any:
    return lambda view: view[name]


def _view(project: str, resource: Mapping[str, Any]) -> dict[str, str]:
    attributes = resource.get("attributes")
    given = attributes if isinstance(attributes, dict) else {}
    name, query = (str(given.get(key) or "") for key in ("name", "query"))
    return {"project": project, "name": name, "query": query, "id": str(resource["id"])}
