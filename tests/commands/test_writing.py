"""Commands that change cases: what they do, say and leave, and with which code they end."""

from __future__ import annotations

import json
import signal
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.commands.conftest import Rigging, Shell
from tests.factories import ANA, BEN, NOW
from tests.faults import Faults
from tests.office import in_ops, many, workspace
from triage_tui.changes import SetPriority
from triage_tui.journal import Journal
from triage_tui.models import User
from triage_tui.timing import utc_now

TWO_ANAS = workspace(in_ops(1))


def results(out: str) -> dict[str, str]:
    """From keys to what became of them, of lines for a pipe."""
    return dict(line.split("\t")[:2] for line in out.splitlines())


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["status", "--to", "closed"], "status_name", "Closed"),
        (["status", "--to", "in progress"], "status_name", "In Progress"),
        (["priority", "--to", "p1"], "priority", "P1"),
        (["priority", "--to", "none"], "priority", "NOT_DEFINED"),
        (["assign", "--to", "ben@example.com"], "assignee", BEN),
        (["assign", "--to", "ode"], "assignee", BEN),
        (["assign", "--to", "me"], "assignee", ANA),
    ],
)
def test_what_keys_do_commands_do(
    shell: Shell, words: list[str], field: str, value: object
) -> None:
    ended = shell.run(*words, "ops-1")
    assert (ended.code, ended.err) == (0, "")
    assert results(ended.out) == {"OPS-1": "done"}
    truth = getattr(shell.truth("OPS-1"), field)
    assert (truth.id if isinstance(truth, User) else truth) == (
        value.id if isinstance(value, User) else value
    )
    again = shell.run(*words, "OPS-1")
    assert (again.code, results(again.out)) == (0, {"OPS-1": "already"})


def test_archiving_commenting_and_giving_to_nobody(shell: Shell) -> None:
    assert shell.run("archive", "OPS-2").code == 0
    assert shell.truth("OPS-2").archived_at
    assert shell.run("unarchive", "OPS-2").code == 0
    assert shell.truth("OPS-2").archived_at is None
    assert shell.run("unassign", "OPS-2").code == 0
    assert shell.truth("OPS-2").assignee is None
    said = shell.run("comment", "OPS-3", "--text", "-", given="Seen.\n\nTwice.\n")
    assert said.code == 0
    shown = json.loads(shell.run("show", "OPS-3", "--json").out)
    assert shown["timeline"][0]["text"] == "Seen.\n\nTwice."
    both = shell.run("comment", "-", "--text", "-")
    assert (both.code, "cannot be both" in both.err) == (2, True)


def test_a_status_is_one_of_the_type_of_each_case(shell: Shell) -> None:
    ended = shell.run("status", "OPS-1", "OPS-4", "--to", "closed")
    assert ended.code == 0
    assert shell.truth("OPS-4").status_name == "Completed"
    mixed = shell.run("status", "OPS-1", "OPS-4", "--to", "declined", "--json")
    assert mixed.code == 5
    first, second = json.loads(mixed.out)
    assert (first["result"], second["result"]) == ("refused", "done")
    assert first["why"] == ('It has no status "declined"; there are Open, In Progress, Closed.')
    wrong = shell.run("status", "OPS-1", "--to", "clsed")
    assert (wrong.code, wrong.out) == (2, "")
    assert 'No case has a status "clsed"; there are Open, In Progress, Closed' in wrong.err


def test_people_who_are_meant_by_nobody_or_by_several(shell: Shell) -> None:
    several = shell.run("assign", "OPS-1", "--to", "example.com")
    assert (several.code, several.out) == (2, "")
    assert "Ana Lind <ana@example.com>, Ben Ode <ben@example.com>" in several.err
    nobody = shell.run("assign", "OPS-1", "--to", "zoe")
    assert (nobody.code, 'Nobody is called "zoe"' in nobody.err) == (2, True)
    assert shell.truth("OPS-1").assignee is None


def test_cases_come_from_the_input_and_each_counts_once(shell: Shell) -> None:
    listed = shell.run("list", "--query", "status:open", "--jsonl").out
    one_id = shell.truth("OPS-1").id
    ended = shell.run("priority", "-", "OPS-1", one_id, "--to", "P5", given=listed)
    assert ended.code == 0
    assert list(results(ended.out)) == ["OPS-1", "OPS-3", "OPS-4", "PAY-1"]
    assert set(results(ended.out).values()) == {"done"}


def test_many_by_a_query_are_asked_about(shell: Shell) -> None:
    words = ["priority", "--query", "status:open", "--to", "P5"]
    refused = shell.run(*words)
    assert (refused.code, refused.out) == (6, "")
    assert refused.err == (
        "triage-tui: Set P5 on 4 cases (OPS-1, OPS-3, OPS-4 and 1 more)? Nobody could be asked: "
        "give --yes. Nothing was done.\n"
    )
    shell.terminal = True
    shell.answers = "n\n"
    assert shell.run(*words).code == 6
    assert shell.truth("OPS-1").priority == "P2"
    shell.answers = "y\n"
    agreed = shell.run(*words)
    assert agreed.code == 0
    assert "4 done. `triage-tui undo` takes it back." in agreed.err
    shell.terminal = False
    assert shell.run(*words, "--yes").code == 0
    one = shell.run("archive", "--query", "broker")
    assert (one.code, results(one.out)) == (0, {"OPS-3": "done"})
    none = shell.run("archive", "--query", "title:nothing")
    assert (none.code, none.out, none.err) == (0, "", "No case matches: nothing was done.\n")


def test_what_others_changed_since_it_was_asked_about_is_not_overwritten(shell: Shell) -> None:
    def meanwhile() -> str:
        with closing(shell.store) as store:
            case = store.case("OPS-1")
            assert case
            store.change(case.id, SetPriority("P4").apply, by=BEN, now=NOW)
        return "y\n"

    shell.terminal = True
    shell.answers = meanwhile
    ended = shell.run("priority", "--query", "team:storage", "--to", "P1", "--json")
    assert ended.code == 5
    first, second = json.loads(ended.out)
    assert (first["result"], second["result"]) == ("conflict", "done")
    assert "Somebody set P4 on OPS-1" in first["why"]
    assert "last changed by Ben Ode" in first["why"]
    assert shell.truth("OPS-1").priority == "P4"


def test_a_dry_run_changes_nothing_and_keeps_nothing(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("priority", "OPS-1", "OPS-2", "NO-1", "--to", "P2", "--dry-run")
    assert results(ended.out) == {"OPS-1": "already", "OPS-2": "planned", "NO-1": "refused"}
    created = shell.run("create", "--title", "New", "--project", "ops", "--dry-run")
    assert (created.code, created.out, created.err) == (0, "", "Would create “New” in OPS.\n")
    assert shell.truth("OPS-2").priority == "P3"
    assert not list((tmp_path / "state").rglob("*.db"))


def test_read_only_refuses_and_still_plans(shell: Shell) -> None:
    for words in (["archive", "OPS-1"], ["create", "--title", "x"], ["undo"]):
        ended = shell.run(*words, "--read-only")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == "triage-tui: Read-only: nothing was changed.\n"
    assert shell.run("archive", "OPS-1", "--read-only", "--dry-run").code == 0


def test_the_last_step_is_taken_back(shell: Shell) -> None:
    assert shell.run("undo").err == "There is nothing to take back.\n"
    shell.run("priority", "OPS-1", "OPS-2", "--to", "P5")
    shell.run("archive", "OPS-3")
    told = shell.run("undo", "--dry-run")
    assert (told.code, told.err) == (0, "Would take back: archived OPS-3.\n")
    undone = shell.run("undo")
    assert (undone.code, undone.err) == (0, "Taking back: archived OPS-3.\n")
    assert shell.truth("OPS-3").archived_at is None
    assert shell.run("undo").code == 6
    with closing(shell.store) as store:
        case = shell.truth("OPS-2")
        store.change(case.id, SetPriority("P1").apply, by=BEN, now=NOW)
    guarded = shell.run("undo", "--yes")
    assert (guarded.code, results(guarded.out)) == (5, {"OPS-1": "done", "OPS-2": "conflict"})
    assert (shell.truth("OPS-1").priority, shell.truth("OPS-2").priority) == ("P2", "P1")
    shell.run("comment", "OPS-1", "--text", "Said.")
    kept = shell.run("undo")
    assert (kept.code, kept.err) == (5, "A comment cannot be undone here.\n")


def test_a_step_of_a_dashboard_that_is_open_is_not_passed_over(
    shell: Shell, tmp_path: Path
) -> None:
    shell.run("archive", "OPS-1")
    (path,) = (tmp_path / "state").rglob("*.journal.db")
    from triage_tui.edits import Edit

    with closing(Journal(path, now=utc_now)) as open_elsewhere:
        number = open_elsewhere.last_number
        edit = Edit(number + 2, number + 1, "x", "OPS-2", SetPriority("P1"), shell.truth("OPS-2"))
        open_elsewhere.add([edit], due_at=utc_now())
        refused = shell.run("undo")
        assert (refused.code, "still open" in refused.err) == (2, True)
    # What it did not send is the business of the next dashboard.
    later = shell.run("priority", "OPS-3", "--to", "P4")
    assert later.err == "Not sent by an earlier run: 1 change. The dashboard asks about that.\n"
    assert shell.truth("OPS-2").priority == "P3"
    assert shell.run("undo").err.endswith("Taking back: set P4 on OPS-3.\n")


def test_a_new_case(shell: Shell) -> None:
    ended = shell.run(
        *("create", "--title", "Disk full", "--project", "ops", "--priority", "P2"),
        *("--assign", "ben", "--type", "change request", "--description", "-"),
        given="It is **full**.\n",
    )
    assert (ended.code, ended.err) == (0, "")
    case = shell.truth(ended.out.strip())
    assert (case.title, case.description, case.priority) == ("Disk full", "It is **full**.", "P2")
    assert case.assignee
    assert (case.assignee.id, case.project_key) == (BEN.id, "OPS")
    for words, sentence in (
        (["--title", " "], "The title is empty"),
        (["--title", "x"], "Say in which project, by --project: there are OPS, PAY."),
        (["--title", "x", "--project", "OPX"], 'There is no project "OPX"; did you mean OPS?'),
        (["--title", "x", "--project", "OPS", "--type", "y"], 'There is no case type "y"'),
        (["--title", "x", "--priority", "P9"], "A priority is one of P1 to P5, or none"),
    ):
        wrong = shell.run("create", *words)
        assert (wrong.code, wrong.out) == (2, "")
        assert sentence in wrong.err


def test_a_new_case_is_created_once_though_the_answer_is_lost(
    shell: Shell, network: list[Rigging]
) -> None:
    network.append(lambda faults: faults.lose("POST */cases"))
    ended = shell.run("create", "--title", "Once", "--project", "OPS")
    assert ended.code == 0
    listed = shell.run("list", "--query", "title:Once", "--columns", "key")
    assert listed.out == ended.out


def test_one_of_a_hundred_fails(shell: Shell, network: list[Rigging]) -> None:
    shell.fill(many(100))
    failing = shell.truth("OPS-50").id
    network.append(
        lambda faults: faults.answer(f"POST */{failing}/priority", 403, says="not yours")
    )
    ended = shell.run("priority", "--query", "status:open", "--to", "P3", "--yes")
    assert ended.code == 5
    assert ended.err == "99 done, 1 refused. `triage-tui undo` takes it back.\n"
    found = results(ended.out)
    assert [key for key, word in found.items() if word != "done"] == ["OPS-50"]
    (line,) = (line for line in ended.out.splitlines() if line.startswith("OPS-50\t"))
    assert "not yours" in line


def test_ctrl_c_calls_off_what_is_not_sent(
    shell: Shell, network: list[Rigging], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.fill(many(60))

    class Pressed(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self._inner, self._posts = inner, 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self._posts += request.method == "POST"
            if self._posts == 3 and request.method == "POST":
                signal.raise_signal(signal.SIGINT)
            return await self._inner.handle_async_request(request)

    def pressed(faults: Faults) -> None:
        faults._inner = Pressed(faults._inner)

    network.append(pressed)
    ended = shell.run("priority", "--query", "status:open", "--to", "P3", "--yes")
    assert ended.code == 130
    assert "The rest is called off" in ended.err
    found = results(ended.out)
    done = {key for key, word in found.items() if word == "done"}
    assert set(found.values()) == {"done", "cancelled"}
    assert 3 <= len(done) < 20
    network.clear()
    listed = shell.run("list", "--query", "priority:P3", "--columns", "key")
    assert set(listed.out.split()) == done
    # What was called off is no part of the step that is taken back.
    undone = shell.run("undo", "--yes")
    assert set(results(undone.out)) == done
    assert set(results(undone.out).values()) == {"done"}


def test_a_server_that_is_away_for_long_is_given_up(
    shell: Shell, network: list[Rigging], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.commands.carrying.PATIENCE", 0.0)
    network.append(lambda faults: faults.refuse("POST *"))
    ended = shell.run("priority", "OPS-1", "--to", "P4", "--json")
    assert ended.code == 4
    (found,) = json.loads(ended.out)
    assert found["result"] == "cancelled"
    assert "cannot connect" in found["why"]
    network.clear()
    assert shell.run("undo").err == "There is nothing to take back.\n"
    assert shell.truth("OPS-1").priority == "P2"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["archive"], "Name cases by their keys or ids, or by --query: one of both."),
        (["archive", "OPS-1", "--query", "x"], "Name cases by their keys or ids, or by --query"),
        (["priority", "OPS-1", "--to", "P6"], "A priority is one of P1 to P5, or none"),
        (["status", "OPS-1"], "Missing option '--to'"),
        (["comment", "OPS-1", "--text", " "], "The comment is empty: nothing was sent."),
    ],
)
def test_what_cannot_be_asked_of_cases(shell: Shell, words: list[str], sentence: str) -> None:
    ended = shell.run(*words)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err


def test_progress_is_shown_on_a_terminal_only(shell: Shell) -> None:
    shell.fill(many(30))
    words = ["priority", "--query", "status:open", "--to", "P3", "--yes"]
    assert shell.run(*words, "--to", "P4").err == ""
    shell.terminal = True
    ended = shell.run(*words)
    assert "] 0 of 30" in ended.err
    assert ended.err.endswith("\r\x1b[K30 done. `triage-tui undo` takes it back.\n")
