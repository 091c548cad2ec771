"""Reading cases: `list`, `show` and `count`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from triage_tui.commands import output, place, say
from triage_tui.commands.options import (
    format_options,
    offer_cases,
    offer_columns,
    offer_fields,
    place_options,
    query_options,
)
from triage_tui.commands.progress import ProgressLine
from triage_tui.exit_codes import ExitCode
from triage_tui.text import number, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage_tui.commands.reader import Reader
    from triage_tui.models import Case, TimelineCell

PAGE = 100
"""Cases asked for at a time."""

MOST_COMMENTS = 1000

_SORTS = {
    "created": ("created_at", False),
    "priority": ("priority", True),
    "status": ("status", True),
}
"""By what a list is sorted, and in which direction unless it is turned around."""

GROUPS = 1000
"""Groups that the API counts at most."""


@click.command("list", short_help="List cases.")
@query_options
@click.option(
    "--sort",
    type=click.Choice(list(_SORTS)),
    default="created",
    show_default=True,
    help="Newest, most urgent, or open ones first.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Cases to list at most.",
)
@click.option("--all", "every", is_flag=True, help="List them all.")
@click.option(
    "--columns",
    metavar="NAMES",
    help="Columns of the table or CSV, comma separated.",
    shell_complete=offer_columns,
)
@format_options
@place_options
def list_command(
    query: str,
    view: str | None,
    sort: str,
    reverse: bool,
    limit: int,
    every: bool,
    columns: str | None,
    as_json: bool,
    as_jsonl: bool,
    as_csv: bool,
    **options: Any,
) -> int:
    """List the cases that match a query, or all that are not archived.

    A pipe gets lines parted by tabs, without a heading and with nothing cut.
    """
    from triage_tui.commands import case_columns

    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    if columns is not None and form in ("json", "jsonl"):
        raise click.UsageError(f"--columns and --{form} contradict each other: give only one.")
    usual = case_columns.COMPLETE if form == "csv" else case_columns.USUAL
    shown = case_columns.columns(case_columns.names_of(columns, usual))
    asked = place.readable(query)
    field, ascending = _SORTS[sort]
    with place.opened(**options) as where:
        asked = place.asked(where, asked, view)
        sheet = output.sheet(form, shown, case_columns.case_record)

        async def written(reader: Reader) -> tuple[int, int | None]:
            count, page_number, most = 0, 1, None if every else limit
            while True:
                page = await reader.search(
                    asked,
                    number=page_number,
                    size=PAGE if most is None else min(PAGE, most),
                    sort=field,
                    ascending=ascending is not reverse,
                )
                cases = page.cases if most is None else page.cases[: most - count]
                sheet.add(cases)
                count += len(cases)
                line.at("reading cases", count, page.total if every else most)
                # A page of another size would begin elsewhere.
                if page_number >= page.pages or count == most or not page.cases:
                    return count, page.total
                page_number += 1

        # The lines of a table tell by themselves how far it is.
        line = ProgressLine(wanted=not sys.stdout.isatty())
        try:
            count, total = where.read(written)
        finally:
            line.clear()
        sheet.end()
    if not count:
        say("No case matches." if asked else "There are no cases.")
    elif not every and total is not None and total > count:
        say(f"{number(count)} of {plural(total, 'case')}: --all lists them all.")
    return ExitCode.OK


@click.command("count", short_help="Count cases, by the values of fields.")
@query_options
@click.option(
    "--by",
    metavar="FIELD",
    multiple=True,
    help="Field to count by: status, priority, assignee, project, type, team ...; repeatable.",
    shell_complete=offer_fields,
)
@format_options
@place_options
def count_command(
    query: str,
    view: str | None,
    by: tuple[str, ...],
    as_json: bool,
    as_jsonl: bool,
    as_csv: bool,
    **options: Any,
) -> int:
    """Count the cases that match a query, or all that are not archived.

    With several --by it counts each combination of their values. The server counts, so it takes
    one request however many cases there are.
    """
    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    fields = [field.strip() for field in by]
    if not all(fields) or len(set(fields)) < len(fields):
        raise click.UsageError("Each --by has to name another field.")
    asked = place.readable(query) if query else ""
    with place.opened(**options) as where:
        asked = place.asked(where, asked, view)
        found = where.read(
            lambda reader: reader.aggregate(asked, fields or ["status"], limit=GROUPS)
        )
    groups = (
        [(_parted(one.value, len(fields)), one.count) for one in found.groups] if fields else []
    )
    if form == "json":
        document = {
            "query": asked,
            "total": found.total,
            "by": fields,
            "groups": [_group(fields, group) for group in groups],
        }
        click.echo(output.as_json(document))
    elif not fields:
        total = 0 if found.total is None else found.total
        if form == "jsonl":
            click.echo(output.as_json({"count": total}))
        else:
            click.echo(f"count\n{total}" if form == "csv" else str(total))
    else:
        columns: list[output.Column[_Group]] = [
            output.Column(field, _value_at(at), gives_way=True) for at, field in enumerate(fields)
        ]
        columns.append(output.Column("count", lambda group: str(group[1])))
        sheet = output.sheet(form, columns, lambda group: _group(fields, group))
        sheet.add(groups)
        sheet.end()
    if len(groups) == GROUPS:
        say(f"Only the {number(GROUPS)} largest groups are told: ask for fewer cases.")
    return ExitCode.OK


_Group = tuple[tuple[str, ...], int]


def _parted(value: str, fields: int) -> tuple[str, ...]:
    """The values of a combination, which an answer joins by commas."""
    parts = value.split(",", fields - 1) if fields else []
    return (*parts, *[""] * (fields - len(parts)))


def _value_at(at: int) -> Any:
    return lambda group: group[0][at]


def _group(fields: Sequence[str], group: _Group) -> Mapping[str, object]:
    return {**dict(zip(fields, group[0], strict=True)), "count": group[1]}


@click.command("show", short_help="Show a case with its comments.")
@click.argument("cases", metavar="CASE...", nargs=-1, shell_complete=offer_cases)
@click.option("--no-comments", is_flag=True, help="Leave the comments out.")
@click.option("--raw", is_flag=True, help="The JSON that the server sends, as it is.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="As JSON, an object on each line.")
@click.option("--json", "as_json", is_flag=True, help="As one piece of JSON.")
@place_options
def show_command(
    cases: tuple[str, ...],
    no_comments: bool,
    raw: bool,
    as_json: bool,
    as_jsonl: bool,
    **options: Any,
) -> int:
    """Show a case with its comments, or several.

    CASE is a key or an id; with - they are read from the standard input. --json writes an object
    for one CASE, and a list of them for - or several.
    """
    from triage_tui.commands import targets

    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=False)
    if raw and form != "table":
        raise click.UsageError(f"--raw and --{form} contradict each other: give only one.")
    wanted = targets.named(cases)
    alone = len(cases) == 1 and cases != ("-",)
    with place.opened(**options) as where:
        if raw:
            for one in where.call(lambda client: targets.each(wanted, client.raw_case)):
                click.echo(output.as_json(one))
            return ExitCode.OK

        async def seen(reader: Reader) -> list[tuple[Case, list[TimelineCell] | None]]:
            async def one(key: str) -> tuple[Case, list[TimelineCell] | None]:
                case = await reader.case(key)
                return case, None if no_comments else await _comments(reader, case.id)

            return await targets.each(wanted, one)

        found = where.read(seen)
        from triage_tui.commands.case_page import shown_record, write_page

        records = [shown_record(case, comments) for case, comments in found]
        if form == "json":
            click.echo(output.as_json(records[0] if alone else records))
        elif form == "jsonl":
            for record in records:
                click.echo(output.as_json(record))
        else:
            types = {one.id: one for one in where.read(lambda reader: reader.case_types())}
            for at, (case, comments) in enumerate(found):
                write_page(case, comments, types.get(case.type_id), apart=at > 0)
    return ExitCode.OK


async def _comments(reader: Reader, case_id: str) -> list[TimelineCell]:
    """The timeline of a case, oldest first."""
    cells: list[TimelineCell] = []
    while len(cells) < MOST_COMMENTS:
        page = await reader.timeline(case_id, number=len(cells) // PAGE, size=PAGE)
        cells += page
        if len(page) < PAGE:
            break
    return [cell for cell in reversed(cells) if cell.deleted_at is None]
