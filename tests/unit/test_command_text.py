"""The command in the shell is the one that does what was done, or there is none."""

from __future__ import annotations

from shlex import split

import pytest

from tests.factories import ANA
from tests.office import OPS
from tests.tables import commands
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.command_text import MOST_CASES, commands_for
from triage_tui.connection import Options
from triage_tui.edits import Edit
from triage_tui.field_changes import SetTitle
from triage_tui.models import STANDARD_STATUSES, NewCase, User

CLOSED = next(one for one in STANDARD_STATUSES if one.group == "SG_CLOSED")
PROJECTS = {OPS.id: OPS}


def step(*changes: Change, keys: tuple[str, ...] = ("OPS-1",)) -> list[Edit]:
    return [
        Edit(n, 1, "" if isinstance(change, CreateCase) else key, key, change, None)
        for n, (change, key) in enumerate((one, key) for one in changes for key in keys)
    ]


@pytest.mark.parametrize(
    ("change", "command"),
    [
        (SetStatus(CLOSED), "triage-tui status OPS-1 --to Closed"),
        (SetPriority("P1"), "triage-tui priority OPS-1 --to P1"),
        (SetPriority("NOT_DEFINED"), "triage-tui priority OPS-1 --to none"),
        (Assign(ANA), f"triage-tui assign OPS-1 --to {ANA.email}"),
        (Assign(None), "triage-tui unassign OPS-1"),
        (SetArchived(True), "triage-tui archive OPS-1"),
        (SetArchived(False), "triage-tui unarchive OPS-1"),
        (AddComment("It's full"), """triage-tui comment OPS-1 --text 'It'"'"'s full'"""),
        (AddComment("--yes"), "triage-tui comment OPS-1 --text=--yes"),
        (AddComment("two\nlines"), "triage-tui comment OPS-1 --text 'two\nlines'"),
        (
            CreateCase(NewCase("Disk full; rm", OPS.id, priority="P2", assignee=ANA)),
            "triage-tui create --title 'Disk full; rm' --project OPS --priority P2"
            f" --assign {ANA.email}",
        ),
    ],
)
def test_every_verb_is_one_that_the_shell_understands(change: Change, command: str) -> None:
    text = commands_for(step(change), PROJECTS)
    assert text == command
    _, verb, *words = split(text)
    context = commands()[verb].make_context(verb, words)
    assert list(context.params.get("cases", ["OPS-1"])) == ["OPS-1"] or verb == "create"
    wanted = {"status": "Closed", "comment": getattr(change, "text", "")}.get(verb)
    assert wanted in (None, context.params.get("name"), context.params.get("text"))


def test_one_step_may_take_two_commands_and_name_many_cases() -> None:
    edits = step(Assign(None), SetPriority("P1"), keys=("OPS-1", "OPS-2"))
    place = Options(demo=True).written
    assert commands_for(edits, {}, place) == (
        "triage-tui unassign OPS-1 OPS-2 --demo && triage-tui priority OPS-1 OPS-2 --to P1 --demo"
    )
    assert commands_for(step(SetPriority("P1"), keys=("-x",)), {}) == (
        "triage-tui priority --to P1 -- -x"
    )


@pytest.mark.parametrize(
    "edits",
    [
        [],
        step(SetTitle("New")),
        step(SetPriority("P1"), SetTitle("New")),
        step(AddComment("-")),
        step(CreateCase(NewCase("A", "unknown project"))),
        step(CreateCase(NewCase("A", OPS.id, status_name="Open"))),
        step(SetPriority("P1"), keys=tuple(f"OPS-{n}" for n in range(MOST_CASES + 1))),
    ],
)
def test_what_no_command_does_is_not_offered(edits: list[Edit]) -> None:
    assert commands_for(edits, PROJECTS) == ""


def test_what_a_terminal_obeys_is_not_copied() -> None:
    nobody = User("1\x1b[2J", "", "", "")
    assert "\x1b" not in commands_for(step(Assign(nobody), AddComment("a\x1b]52;c;aGk=\x07")), {})
