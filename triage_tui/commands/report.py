"""`report`: what happened in a shift, and what whoever comes next has to know."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from triage_tui.commands import place, say
from triage_tui.commands.options import PATH, offer_shifts, place_options, query_options
from triage_tui.commands.progress import ProgressLine
from triage_tui.errors import ConfigError, JournalError
from triage_tui.exit_codes import ExitCode
from triage_tui.reports.forms import FORMATS, SHORT, writer
from triage_tui.text import clean
from triage_tui.timing import utc_now

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

    from triage_tui.client import CaseClient
    from triage_tui.commands.place import Place
    from triage_tui.reports.facts import Facts
    from triage_tui.reports.gathering import Asked
    from triage_tui.reports.model import Report, Window

_USUAL = "8h"
_DATABASE = b"SQLite format 3\0"


@click.command("report", short_help="Report what happened in a shift.")
@click.option("--since", metavar="SPAN", help="From so long ago: 8h, 90m, 2d. Default: 8h.")
@click.option("--from", "begin", metavar="TIME", help="From 22:00, or 2026-11-20 22:00.")
@click.option("--to", "end", metavar="TIME", help="Until then. Default: now.")
@click.option(
    "--shift",
    metavar="NAME",
    help="The running or last shift of the configuration.",
    shell_complete=offer_shifts,
)
@query_options
@click.option("--tz", metavar="ZONE", help="Time zone, as Europe/Berlin. Default: this machine's.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="md",
    show_default=True,
    help="Markdown, text of 80 columns, JSON, or a page for a browser.",
)
@click.option(
    "--lines",
    metavar="N",
    type=click.IntRange(0),
    help="Cases of each section in md and txt; what needs action is told in full. Default: 15.",
)
@click.option("--incoming", metavar="NAME", default="", help="Who takes over.")
@click.option("--redact", is_flag=True, help="Hide titles, comments and addresses.")
@click.option("--output", "file", type=PATH, metavar="FILE", help="Write to FILE, in its place.")
@place_options
def report_command(
    since: str | None,
    begin: str | None,
    end: str | None,
    shift: str | None,
    query: str,
    view: str | None,
    tz: str | None,
    form: str,
    lines: int | None,
    incoming: str,
    redact: bool,
    file: Path | None,
    **options: Any,
) -> int:
    """Report what happened in a shift, and what whoever comes next has to know.

    Times are by the clocks of --tz. The figures are remembered on this machine, to compare the
    next report of the same query with.
    """
    given = [name for name, value in (("--since", since), ("--shift", shift)) if value is not None]
    given += [name for name, value in (("--from", begin), ("--to", end)) if value is not None][:1]
    if len(given) > 1:
        raise click.UsageError(f"{given[0]} and {given[1]} contradict each other: give only one.")
    if end is not None and begin is None:
        raise click.UsageError("--to needs --from: say when the report begins.")
    if lines is not None and form not in SHORT:
        raise click.UsageError(f"--lines has no meaning for {form}: leave it out.")
    if file is not None and str(file) != "-":
        _check(file)
    from triage_tui.reports import windows
    from triage_tui.zones import local_zone

    zone = windows.zone_of(tz) if tz else local_zone()
    asked = place.readable(query)
    now = utc_now()
    with place.opened(**options) as where:
        asked = place.asked(where, asked, view)
        window = _window(where, now, zone, since, begin, end, shift)
        line = ProgressLine()
        try:
            report = _made(where, window, now, asked, incoming, line)
        finally:
            line.clear()
    if redact:
        from triage_tui.reports.editing import redacted

        report = redacted(report)
    text = writer(form, lines)(report)
    if file is None or str(file) == "-":
        click.echo(_fit_to_show(text, form), nl=False)
    else:
        from triage_tui import whole_file

        _check(file)
        whole_file.write(file, text, mode=0o666)
        say(f"The report is in {file}.")
    return ExitCode.OK


def _window(
    where: Place,
    now: datetime,
    zone: tzinfo,
    since: str | None,
    begin: str | None,
    end: str | None,
    shift: str | None,
) -> Window:
    from triage_tui.reports import windows

    if shift is not None:
        return windows.named(shift, where.config.shifts, now, zone)
    if begin is not None:
        return windows.between(begin, end or "", now, zone)
    return windows.since(since or _USUAL, now, zone)


def _fit_to_show(text: str, form: str) -> str:
    """The text, for a terminal once more without anything that it would obey."""
    return clean(text, lines=True) if sys.stdout.isatty() and form != "json" else text


def _made(
    where: Place, window: Window, now: datetime, query: str, incoming: str, line: ProgressLine
) -> Report:
    """The report, its figures remembered."""
    from triage_tui.records import records
    from triage_tui.reports.compose import report_of
    from triage_tui.reports.earlier import earlier, keep
    from triage_tui.reports.gathering import Asked
    from triage_tui.snoozes import put_off

    asked = Asked(
        window=window,
        now=now,
        query=query,
        recorded=where.remote is None or not where.remote.target.is_datadog,
        place=where.name,
        web=(where.remote.target.web_url if where.remote else None) or "",
        incoming=incoming,
    )
    try:
        with records(where.journal) as (journal, local):
            asked = replace(
                asked,
                entries=tuple(journal.between(window.start, now)),
                deferred={one.case_id: one.until for one in put_off(local)},
                earlier=earlier(local, query),
            )
            report = report_of(_gathered(where, asked, line))
            keep(local, report)
            return report
    except JournalError:
        # Whoever may write nowhere, as cron at times, gets the report all the same.
        return report_of(_gathered(where, asked, line))


def _gathered(where: Place, asked: Asked, line: ProgressLine) -> Facts:
    from triage_tui.reports.gathering import gather

    if where.store or not line.shows:
        # Both can do what the report needs: a client, and a workspace in this process.
        return where.read(lambda reader: gather(reader, asked, progress=line.at))

    async def watched(client: CaseClient) -> Facts:
        import asyncio

        waits = asyncio.create_task(line.tell_waits(client))
        try:
            return await gather(client, asked, progress=line.at)
        finally:
            waits.cancel()

    return where.call(watched)


def _check(file: Path) -> None:
    """Refuse what nobody means to have a report in the place of: a device, a pipe, a database."""
    try:
        if not file.exists() or file.is_dir():
            return  # Whatever it is will be said when it is written.
        if not file.is_file():
            raise ConfigError(f"{file} is no regular file: name another one, or - for the output.")
        with file.open("rb") as there:
            if there.read(len(_DATABASE)) == _DATABASE:
                raise ConfigError(f"{file} is a database: name another file.")
    except OSError:
        return
