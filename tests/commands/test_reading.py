"""`list`, `show`, `count` and what there is beside cases."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import ROOT, environment, source_of
from tests.commands.conftest import Shell, Stream
from tests.office import OPS, PAY, client_over, in_ops, many, office, workspace
from triage_tui.commands import COMMANDS, progress
from triage_tui.direct import DirectReads
from triage_tui.local_state import LocalState
from triage_tui.records import state_beside
from triage_tui.server.store import Store
from triage_tui.timing import utc_now
from triage_tui.workspace import client_of

KEYS = ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "PAY-1"]


def test_a_pipe_gets_lines_parted_by_tabs_with_nothing_cut(shell: Shell) -> None:
    long = "A title " + "that goes on " * 20
    shell.fill(workspace(in_ops(1, title=long, priority="P2"), in_ops(2, title="two\tand\nlines")))
    ended = shell.run("list", "--columns", "key,priority,title")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [f"OPS-1\tP2\t{long}", "OPS-2\t\ttwo and lines"]


def test_a_terminal_gets_a_table_that_fits_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.fill(workspace(in_ops(1, title="漢字" * 60), in_ops(2, title="\x1b[31mred\x1b[0m")))
    shell.terminal = True
    ended = shell.run("list", "--columns", "key,title")
    first, *rest = ended.out.splitlines()
    assert "\x1b[2mKEY\x1b[0m" in first
    assert rest[0] == "OPS-1  " + "漢字" * 18 + "…"
    assert rest[1] == "OPS-2  ␛[31mred␛[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shell.run("list")
    assert "\x1b" not in plain.out
    assert all(len(line) <= 80 for line in plain.out.splitlines())


def test_lists_are_limited_sorted_and_turned_around(shell: Shell) -> None:
    few = shell.run("list", "--limit", "2", "--columns", "key")
    assert few.out.splitlines() == KEYS[:2]
    assert few.err == "2 of 6 cases: --all lists them all.\n"
    urgent = shell.run("list", "--sort", "priority", "--columns", "key", "--limit", "3")
    assert urgent.out.splitlines() == ["PAY-1", "OPS-1", "OPS-2"]
    turned = shell.run("list", "--reverse", "--columns", "key")
    assert turned.out.splitlines() == KEYS[::-1]
    nothing = shell.run("list", "--query", "status:open priority:P4")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "No case matches.\n")


def test_all_pages_are_listed_if_they_are_asked_for(shell: Shell) -> None:
    shell.fill(many(230))
    keys = [f"OPS-{number}" for number in range(1, 231)]
    assert shell.run("list", "--columns", "key").out.splitlines() == keys[:100]
    assert shell.run("list", "--limit", "150", "--columns", "key").out.splitlines() == keys[:150]
    every = shell.run("list", "--all", "--json")
    assert [case["key"] for case in json.loads(every.out)] == keys
    assert every.err == ""


def test_json_says_what_csv_and_lines_say(shell: Shell) -> None:
    listed = json.loads(shell.run("list", "--json").out)
    lines = shell.run("list", "--jsonl").out.splitlines()
    rows = list(csv.DictReader(shell.run("list", "--csv").out.splitlines()))
    assert [json.loads(line) for line in lines] == listed
    assert [row["key"] for row in rows] == [case["key"] for case in listed] == KEYS
    assert listed[1]["assignee"]["name"] == rows[1]["assignee"] == "Ben Ode"
    assert listed[0]["created_at"] == rows[0]["created"] == "2026-03-02T08:30:00Z"
    assert set(listed[0]) == {
        *("key", "id", "title", "status", "status_group", "priority", "assignee", "project"),
        *("type", "type_id", "created_at", "created_by", "modified_at", "closed_at"),
        *("archived_at", "due_date", "comments", "attributes"),
    }
    assert shell.run("list", "--query", "title:nothing", "--json").out == "[]\n"


def test_csv_holds_nothing_that_a_spreadsheet_computes(shell: Shell) -> None:
    shell.fill(workspace(in_ops(1, title='=HYPERLINK("http://x","y")'), in_ops(2, title="-1, +2")))
    rows = list(csv.reader(shell.run("list", "--csv", "--columns", "title").out.splitlines()))
    assert rows == [["title"], ['\'=HYPERLINK("http://x","y")'], ["'-1, +2"]]


def test_columns_may_be_attributes_and_a_wrong_name_is_told(shell: Shell) -> None:
    listed = shell.run("list", "--columns", "key,attributes.team", "--limit", "1")
    assert listed.out == "OPS-1\tstorage\n"
    wrong = shell.run("list", "--columns", "key,titel")
    assert (wrong.code, wrong.out) == (2, "")
    assert 'There is no column "titel"; did you mean title?' in wrong.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["list", "--json", "--csv"], "--json and --csv contradict each other: give only one."),
        (["list", "--json", "--columns", "key"], "--columns and --json contradict each other"),
        (["list", "--query", "priority:P9"], "The query of --query cannot be used: Unknown prio"),
        (["list", "--limit", "0"], "Invalid value for '--limit': 0 is not in the range"),
        (["count", "--by", "status", "--by", "status"], "Each --by has to name another field."),
        (["show"], "Name a case by its key or id, or - to read them."),
        (["show", "OPS-1", "--raw", "--json"], "--raw and --json contradict each other"),
    ],
)
def test_what_cannot_be_asked(shell: Shell, words: list[str], sentence: str) -> None:
    ended = shell.run(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"triage-tui: {sentence}"), ended.err


def test_a_workspace_that_there_is_none_of_is_not_made(shell: Shell, tmp_path: Path) -> None:
    missing = tmp_path / "typo.db"
    ended = shell.ran(["list", "--db", str(missing)])
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"triage-tui: There is no workspace {missing}")
    assert not missing.exists()


def test_cases_are_counted_by_the_values_of_fields(shell: Shell) -> None:
    assert shell.run("count").out == "6\n"
    by_status = shell.run("count", "--by", "status")
    assert by_status.out == "OPEN\t4\nCLOSED\t1\nIN_PROGRESS\t1\n"
    both = json.loads(shell.run("count", "--by", "status", "--by", "priority", "--json").out)
    assert (both["total"], both["by"]) == (6, ["status", "priority"])
    assert {"status": "OPEN", "priority": "P1", "count": 1} in both["groups"]
    assert sum(group["count"] for group in both["groups"]) == 6
    team = shell.run("count", "--by", "team", "--query", "status:open", "--csv")
    assert team.out == "team,count\nstorage,1\nstreams,1\n"
    shell.terminal = True
    assert "count" in shell.run("count", "--by", "status").out.lower().splitlines()[0]


def test_a_case_is_shown_with_its_comments(shell: Shell) -> None:
    shown = shell.run("show", "ops-1")
    assert shown.out.splitlines()[0] == "OPS-1  Disk 1 is full"
    assert "1 comment\n\nBen Ode · 2026-03-02 09:00:00 UTC" in shown.out
    assert shown.out.endswith("\nIt is the **log** volume.\n")
    record = json.loads(shell.run("show", "OPS-1", "--json").out)
    assert record["comments"] == 1
    assert record["timeline"][0]["text"] == "It is the **log** volume."
    raw = json.loads(shell.run("show", "OPS-1", "--raw").out)
    assert raw["data"]["attributes"]["key"] == "OPS-1"


def test_cases_to_show_come_from_the_input_too(shell: Shell) -> None:
    listed = shell.run("list", "--json", "--query", "team:storage").out
    for given in (listed, "OPS-1\n\nops-2\nOPS-1\n", '{"key": "OPS-1"}\n{"key": "OPS-2"}\n'):
        shown = json.loads(shell.run("show", "-", "--json", "--no-comments", given=given).out)
        assert [case["key"] for case in shown] == ["OPS-1", "OPS-2"]
    wrong = shell.run("show", "-", given="OPS-1\tP2\tDisk\n")
    assert (wrong.code, wrong.out) == (2, "")
    assert "Line 1 of the standard input has more than a key or an id" in wrong.err
    missing = shell.run("show", "OPS-99")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("triage-tui: Could not open the case: ")


def test_projects_people_and_views_are_listed(shell: Shell) -> None:
    assert [line.split("\t")[:2] for line in shell.run("projects").out.splitlines()] == [
        ["OPS", "Operations"],
        ["PAY", "Payments"],
    ]
    people = json.loads(shell.run("users", "ode", "--json").out)
    assert [one["email"] for one in people] == ["ben@example.com"]
    assert shell.run("users", "nobody").err == "Nobody is found.\n"
    assert shell.run("views", "--json").out == "[]\n"
    assert "There is no project NOPE" in shell.run("views", "--project", "nope").err


async def test_a_workspace_read_directly_says_what_its_server_says() -> None:
    async with office() as at_work:
        client, direct = client_over(at_work.network()), DirectReads(at_work.store)
        ours = DirectReads(at_work.store, project="OPS", now=at_work.clock.now)
        theirs = client_over(at_work.network(), project="OPS")
        for query in ("", "team:storage OR priority:P1", "status:closed"):
            assert await ours.search(query, size=3) == await theirs.search(query, size=3)
            fields = ("status", "priority")
            counted = await ours.aggregate(query, fields, limit=10)
            assert counted == await theirs.aggregate(query, fields, limit=10)
        assert await direct.case("pay-1") == await client.case("pay-1")
        case_id = at_work.truth("OPS-1").id
        assert await direct.timeline(case_id) == await client.timeline(case_id)
        assert await direct.projects() == await client.projects()
        assert await direct.case_types() == await client.case_types()
        assert await direct.users("a") == await client.users("a")
        assert await direct.me() == await client.me()
        await client.close()
        await theirs.close()


def test_no_command_loads_textual_and_reading_no_library_for_http(shell: Shell) -> None:
    words = [["count", "--by", "status"], ["list"], ["show", "OPS-1"], ["users"]]
    commands = [[name, "--db", str(shell.path), *more] for name, *more in words]
    writing = ["archive", "--db", str(shell.path), "OPS-1"]
    heavy = {"textual", "rich", "httpx", "pydantic", "starlette", "asyncio", "uvicorn"}
    script = (
        "import sys; from triage_tui.cli import ended\n"
        f"def loaded(): print(sorted({heavy} & set(sys.modules)), file=sys.stderr)\n"
        f"for words in {commands}: ended(words); loaded()\n"
        f"ended({writing}); print('textual' in sys.modules, file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(shell.path.parent),
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stderr) == (0, "[]\n" * 4 + "False\n")


def test_a_closed_pipe_ends_a_command_quietly(shell: Shell) -> None:
    shell.fill(many(230))
    words = ["list", "--db", str(shell.path), "--all", "--jsonl"]
    with subprocess.Popen(
        [sys.executable, "-c", source_of(*words)],
        cwd=ROOT,
        env=environment(shell.path.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_streams_that_are_closed_are_no_reason_to_fail(shell: Shell) -> None:
    words = [sys.executable, "-c", source_of("list", "--db", str(shell.path))]
    for closed in ("0<&- 1>&-", "0<&- 1>&- 2>&-"):
        found = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", *words],
            cwd=ROOT,
            env=environment(shell.path.parent),
            capture_output=True,
        )
        assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")


def test_help_says_of_each_command_what_the_command_says() -> None:
    from triage_tui.commands.root import cli

    with cli.make_context("triage-tui", ["list"]) as context:
        for name, entry in COMMANDS.items():
            command = cli.get_command(context, name)
            assert command
            assert (command.name, command.get_short_help_str()) == (name, entry.summary)


def test_views_are_asked_for_by_name(shell: Shell, tmp_path: Path) -> None:
    async def share(store: Store) -> None:
        client = client_of(store, read_only=False)
        await client.create_view(OPS.id, "Disks", "team:storage")
        await client.create_view(PAY.id, "Late", "due_date:<now")
        await client.close()

    with closing(shell.store) as store:
        asyncio.run(share(store))
    config = tmp_path / "own.toml"
    config.write_text('[views]\n"My own" = "assignee:me"\nlate = "priority:P1"\n')
    own = ["--config", str(config)]
    shell.run("priority", "OPS-5", "--to", "P5")  # Makes what is kept of this place.
    [journal] = (tmp_path / "state").rglob("*.journal.db")
    with closing(LocalState(state_beside(journal), now=utc_now)) as local:
        local.put("views", [["Streams", "team:streams"], ["broken", "priority:P9"]])

    def keys(view: str, *more: str) -> list[str]:
        ended = shell.run("list", "--columns", "key", "--view", view, *more)
        assert ended.code == 0, ended.err
        return ended.out.split()

    assert keys("closed") == keys("Recently closed") == []
    assert keys("mine") == ["OPS-4"]
    assert keys("disks") == keys("OPS Disks") == ["OPS-1", "OPS-2"]
    assert keys("disks", "--query", "-assignee:*") == ["OPS-1"]
    assert keys("streams") == ["OPS-3"]
    assert keys("My own", *own) == ["OPS-4"]
    assert keys("late", *own) == ["PAY-1"], "nobody else is asked"
    assert shell.run("count", "--view", "in progress").out == "1\n"
    for name, said in (
        ("diks", 'There is no view "diks"; did you mean "OPS Disks"?'),
        ("broken", "The view cannot be used: “broken” cannot be asked: Unknown priority"),
    ):
        ended = shell.run("list", "--view", name)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err


def test_a_terminal_says_how_far_a_long_list_is(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.fill(many(230))
    monkeypatch.setattr(progress, "_REDRAW", 0.0)
    quiet = shell.run("list", "--all", "--json")
    assert quiet.err == ""
    monkeypatch.setattr(Stream, "isatty", lambda self: self is sys.stderr)
    told = shell.run("list", "--all", "--json")
    assert told.out == quiet.out
    assert told.err == "".join(
        f"\r\x1b[KReading cases: {count} of 230" for count in (100, 200, 230)
    ) + ("\r\x1b[K")
