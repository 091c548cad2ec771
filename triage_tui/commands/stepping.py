"""One step on cases, from their names to a line about what became of each."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from triage_tui import edits as wording
from triage_tui.commands import output, say, targets
from triage_tui.commands.carrying import Outcome, Work, carry_out, working
from triage_tui.commands.output import Column
from triage_tui.edits import Edit
from triage_tui.entries import SUCCESS, Answer, State
from triage_tui.errors import ApiError, Failure, NotConfirmed
from triage_tui.exit_codes import ExitCode
from triage_tui.models import Case
from triage_tui.text import clean, plural

if TYPE_CHECKING:
    from triage_tui.changes import Change
    from triage_tui.client import CaseClient
    from triage_tui.commands.place import Place

Plan = Callable[[Case], "Sequence[Change] | str"]
"""The changes for a case, or why there are none, as a sentence."""

_PAGE = 100
_NAMED = 3
_NOT_THERE = (Failure.NOT_FOUND, Failure.NOT_ALLOWED, Failure.REFUSED)

_WORDS = {
    State.DONE: "done",
    State.REFUSED: "refused",
    State.CONFLICT: "conflict",
    State.UNSURE: "unsure",
    State.UNDONE: "cancelled",
    State.SENDING: "unsure",
    State.HELD: "cancelled",
    State.QUEUED: "cancelled",
}
_LOOKS = {"done": "", "already": output.DIM, "planned": "", "cancelled": output.YELLOW}
_ORDER = ("planned", "done", "already", "refused", "conflict", "unsure", "cancelled")
_TOLD = {"already": "so already", "conflict": "changed by others", "unsure": "not known"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case of a step.

    Attributes:
        word: One of planned, done, already, refused, conflict, unsure and cancelled.
        what: What was to be done: "set P1 on OPS-12".
        answer: Of the server, or why there is none.
    """

    key: str
    case_id: str
    word: str
    what: str
    answer: Answer = SUCCESS

    @property
    def failed(self) -> bool:
        return self.word in ("refused", "conflict", "unsure", "cancelled")


def step_on(
    where: Place,
    planned: Callable[[CaseClient], Awaitable[Plan]],
    wanted: Sequence[str] | None,
    query: str | None,
    *,
    form: str,
    dry_run: bool,
    yes: bool,
) -> int:
    """Carry out one step on the cases with these keys or ids, or on all that match a query.

    Raises:
        NotConfirmed: Nobody agreed to it.
    """
    with working(where, dry_run=dry_run) as work:
        plan = work.run(_planned(planned, work.client))
        if wanted is not None:
            cases, missing = work.run(_read(work, wanted))
        else:
            cases, missing = work.run(_matching(work, query or "")), []
        for case in cases:
            work.session.meet(case)
        results = {one.case_id or one.key: one for one in missing}
        plans: dict[str, Sequence[Change]] = {}
        for case in cases:
            found = plan(case)
            if isinstance(found, str):
                results[case.id] = Result(case.key, case.id, "refused", "", Answer(found))
            else:
                plans[case.id] = found
        edits = work.session.edit(lambda case: plans[case.id], list(plans))
        if query is not None and len(cases) > 1 and not (dry_run or yes):
            confirm(edits, cases)
        outcome = Outcome()
        if edits and not dry_run:
            outcome = carry_out(
                work, edits, lambda outbox: outbox.put(edits), asked=[case.id for case in cases]
            )
        results |= _results(plans, cases, edits, outcome, dry_run=dry_run)
        ordered = [*missing, *(results[case.id] for case in cases)]
        if wanted is not None:
            places = {word.upper(): at for at, word in enumerate(wanted)}
            at_end = len(places)
            ordered.sort(
                key=lambda one: min(
                    places.get(one.key.upper(), at_end), places.get(one.case_id.upper(), at_end)
                )
            )
    write_results(ordered, form)
    can_be_undone = any(edit.seen and edit.change.inverse(edit.seen) for edit in edits)
    return ended(ordered, outcome, undo=can_be_undone)


async def _planned(planned: Callable[[CaseClient], Awaitable[Plan]], client: CaseClient) -> Plan:
    return await planned(client)


async def _read(work: Work, wanted: Sequence[str]) -> tuple[list[Case], list[Result]]:
    """The cases with these names, each once, and why others cannot be worked on."""

    async def one(name: str) -> Case | Result:
        try:
            return await work.client.case(name)
        except ApiError as error:
            if error.failure not in _NOT_THERE:
                raise
            answer = Answer(str(error), error.status, error.request_id)
            return Result(name, "", "refused", "", answer)

    found = await targets.each(wanted, one)
    cases = {case.id: case for case in found if isinstance(case, Case)}
    return list(cases.values()), [one for one in found if isinstance(one, Result)]


async def _matching(work: Work, query: str) -> list[Case]:
    """All cases that match now: what matches later is not among them."""
    cases: dict[str, Case] = {}
    number = 1
    while True:
        page = await work.client.search(query, number=number, size=_PAGE)
        cases |= {case.id: case for case in page.cases}
        if number >= page.pages or not page.cases:
            return list(cases.values())
        number += 1


def _results(
    plans: Mapping[str, Sequence[Change]],
    cases: Sequence[Case],
    edits: Sequence[Edit],
    outcome: Outcome,
    *,
    dry_run: bool,
) -> dict[str, Result]:
    of_case = {edit.case_id: edit for edit in edits}
    results: dict[str, Result] = {}
    for case in cases:
        if case.id not in plans:
            continue
        edit = of_case.get(case.id)
        if edit is None:
            what = wording.told((change.phrase for change in plans[case.id]), (case.key,))
            results[case.id] = Result(case.key, case.id, "already", what)
        elif dry_run:
            results[case.id] = Result(case.key, case.id, "planned", edit.phrase)
        else:
            results[case.id] = result_of(edit, outcome)
    return results


def result_of(edit: Edit, outcome: Outcome) -> Result:
    """What became of one edit."""
    state, answer = outcome.answers.get(edit.number, (State.QUEUED, SUCCESS))
    word = _WORDS[state]
    if state is State.DONE and answer.said:
        word, answer = "already", SUCCESS
    elif word == "cancelled" and not answer.said:
        answer = Answer(outcome.away or "It was called off before it was sent.")
    elif state is State.SENDING:
        answer = Answer("Its answer was not waited for: the dashboard looks for it.")
    return Result(edit.key, edit.case_id, word, edit.phrase, answer)


def confirm(edits: Sequence[Edit], cases: Sequence[Case]) -> None:
    """Ask if a step on many cases is meant.

    Raises:
        NotConfirmed: It is not, or there is nobody to ask.
    """
    what = (
        wording.told((edit.change.phrase for edit in edits), (case.key for case in cases))
        if edits
        else f"nothing new on {plural(len(cases), 'case')}"
    )
    named = ", ".join(clean(case.key, limit=40) for case in cases[:_NAMED])
    more = f" and {len(cases) - _NAMED:,} more" if len(cases) > _NAMED else ""
    ask(f"{what[:1].upper()}{what[1:]} ({named}{more})?")


def ask(question: str) -> None:
    """Ask something on the terminal.

    Raises:
        NotConfirmed: The answer is not yes, or there is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotConfirmed(
            f"{clean(question)} Nobody could be asked: give --yes. Nothing was done."
        )
    click.echo(f"{clean(question)} [y/N] ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise NotConfirmed("Nothing was done.")


def write_results(results: Sequence[Result], form: str) -> None:
    """A line about each case."""
    columns: list[Column[Result]] = [
        Column("key", lambda one: one.key),
        Column("result", lambda one: one.word, look=lambda one: _LOOKS.get(one.word, output.RED)),
        Column("what", lambda one: one.what, gives_way=True),
        Column("why", lambda one: one.answer.said, gives_way=True),
    ]
    if not any(one.answer.said for one in results) and form == "table" and sys.stdout.isatty():
        columns.pop()
    sheet = output.sheet(form, columns, _record)
    sheet.add(results)
    sheet.end()


def _record(one: Result) -> dict[str, object]:
    return {
        "key": one.key,
        "id": one.case_id or None,
        "result": one.word,
        "what": one.what,
        "why": one.answer.said,
        "status": one.answer.status,
        "request_id": one.answer.request_id or None,
    }


def ended(results: Sequence[Result], outcome: Outcome, *, undo: bool = True) -> int:
    """Say how a step went, and the exit code for it.

    Args:
        undo: Say how it is taken back.
    """
    if not results:
        say("No case matches: nothing was done.")
        return ExitCode.OK
    counts = {word: sum(one.word == word for one in results) for word in _ORDER}
    told = [f"{count:,} {_TOLD.get(word, word)}" for word, count in counts.items() if count]
    advice = " `triage-tui undo` takes it back." if undo and counts["done"] else ""
    if sys.stderr.isatty() or any(one.failed for one in results):
        say(f"{', '.join(told)}.{advice}")
    if outcome.away:
        say(f"triage-tui: {outcome.away}")
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    if outcome.away:
        return ExitCode.NETWORK
    return ExitCode.NOT_ALL if any(one.failed for one in results) else ExitCode.OK
