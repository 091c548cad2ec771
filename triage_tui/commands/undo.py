"""Taking back the last step: `undo`."""

from __future__ import annotations

from typing import Any

import click

from triage_tui.commands import output, place, say
from triage_tui.commands.options import format_options, place_options
from triage_tui.commands.writes import read_only_option
from triage_tui.errors import ConfigError
from triage_tui.exit_codes import ExitCode


@click.command("undo", short_help="Take the last step back.")
@click.option("--yes", is_flag=True, help="Do not ask, however many cases the step changed.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be taken back.")
@read_only_option
@format_options
@place_options
def undo_command(
    yes: bool,
    dry_run: bool,
    as_json: bool,
    as_jsonl: bool,
    as_csv: bool,
    **options: Any,
) -> int:
    """Take back the last step on this server or workspace, whether a key or a command did it.

    What somebody else changed since is left as it is. A step of a dashboard that is still open is
    taken back there.
    """
    form = output.chosen(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv)
    with place.opened(**options) as where:
        from triage_tui import edits as wording
        from triage_tui.commands import stepping
        from triage_tui.commands.carrying import carry_out, working

        if where.read_only and not dry_run:
            raise ConfigError("Read-only: nothing was changed.")
        with working(where, dry_run=False) as work:
            assert work.journal
            assert work.earlier
            last = work.earlier.done[-1] if work.earlier.done else None
            elsewhere = work.journal.last_elsewhere()
            moved = work.journal.moved_at(last[0].step) if last else None
            if elsewhere and (moved is None or moved < elsewhere):
                raise ConfigError(
                    "The last step was made by a dashboard or command that is still open: take it "
                    "back there, or leave it first."
                )
            if last is None:
                say("There is nothing to take back.")
                return ExitCode.OK
            did = wording.done(last)
            if dry_run:
                say(f"Would take back: {did}.")
                return ExitCode.OK
            if len(last) > 1 and not yes:
                stepping.ask(f"Take back: {did}?")
            work.session.writes.remember(work.earlier.done, work.earlier.undone)
            undone = work.session.undo()
            assert undone
            if undone.edits or undone.dropped:
                say(f"Taking back: {did}.")
            for sentence in undone.kept:
                say(sentence)
            edits = list(undone.edits)
            outcome = carry_out(
                work,
                edits,
                lambda outbox: outbox.undone(undone.step, undone.dropped, edits),
                asked=[edit.case_id for edit in edits],
            )
            results = [stepping.result_of(edit, outcome) for edit in edits]
    stepping.write_results(results, form)
    if not results:
        return ExitCode.NOT_ALL
    code = stepping.ended(results, outcome, undo=False)
    return ExitCode.NOT_ALL if undone.kept and code == ExitCode.OK else code
