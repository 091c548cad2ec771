"""`report`: what a shell gets."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import Shell
from tests.factories import NOW
from tests.office import demo
from triage_tui import handover_file, whole_file
from triage_tui.errors import JournalError


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_tui.commands.report.utc_now", lambda: NOW + timedelta(minutes=1))


@pytest.mark.usefixtures("morning")
def test_a_report_in_each_form(shell: Shell, tmp_path: Path) -> None:
    shell.fill(demo())
    markdown = shell.run("report", "--since", "8h")
    assert (markdown.code, markdown.err) == (0, "")
    heading, _, verdict, *_ = markdown.out.splitlines()
    assert heading.startswith("# Report, 2026-03-02 02:31 CET (01:31 UTC) to 2026-03-02 10:31 CET")
    assert "73 opened, 9 closed, 184 open at the end.**" in verdict
    text = shell.run("report", "--format", "txt", "--lines", "2").out
    assert "73 opened, 9 closed" in text
    # What needs action is told in full, and of the rest how much there is.
    assert text.count("  P2, ") + text.count("  P1, ") >= 28
    assert "Opened: 73\n* OPS-4342" in text
    assert "And 71 more cases." in text
    found = json.loads(shell.run("report", "--format", "json", "--tz", "Asia/Kolkata").out)
    assert found["window"]["zone_name"] == "Asia/Kolkata"
    assert found["figures"]["flow"]["residue"] == 0
    # Another run has nothing new to say, nor has a file.
    file = tmp_path / "shift.md"
    file.write_text("old")
    written = shell.run("report", "--since", "8h", "--output", str(file))
    assert (written.out, written.err) == ("", f"The report is in {file}.\n")
    assert file.read_text("utf-8") == markdown.out
    assert [one.name for one in tmp_path.glob(".*")] == []
    hidden = shell.run("report", "--redact", "--incoming", "Ben Ode", "--query", "priority:P1")
    assert "Object store refuses" not in hidden.out
    assert "- Incoming: Ben Ode" in hidden.out
    assert "The query asks for what changes during a shift" in hidden.out


def test_the_person_finds_what_they_did_and_how_it_was_before(shell: Shell) -> None:
    assert shell.run("report", "--from", "2026-03-01 01:00", "--to", "2026-03-01 02:00").code == 0
    assert shell.run("status", "--to", "In Progress", "OPS-1").code == 0
    report = json.loads(shell.run("report", "--since", "1h", "--format", "json").out)
    assert report["figures"]["actions"]["verbs"] == [["set In Progress", 1]]
    (versus,) = report["figures"]["versus"]
    assert (versus["title"], versus["start"]) == ("the report before", "2026-03-01T00:00:00Z")


@pytest.mark.usefixtures("morning")
def test_a_shift_is_that_of_the_configuration(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[shifts]\nnight = "22:00-08:00"\nbad = "22-8"\n')
    asked = ("report", "--config", str(config), "--format", "json")
    window = json.loads(shell.run(*asked, "--shift", "night").out)["window"]
    assert (window["name"], window["start"]) == ("night", "2026-03-01T21:00:00Z")
    assert (window["end"], window["running"]) == ("2026-03-02T07:00:00Z", False)
    wrong = shell.run(*asked, "--shift", "nigth")
    assert (wrong.code, "did you mean night?" in wrong.err) == (2, True)
    assert shell.run(*asked, "--shift", "bad").code == 2
    told = shell.ran(["config", "--config", str(config)])
    assert "The shift “bad” is “22-8”" in told.out + told.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--since", "8h", "--shift", "night"), "--since and --shift contradict each other"),
        (("--since", "8h", "--from", "22:00"), "--since and --from contradict each other"),
        (("--to", "22:00"), "--to needs --from"),
        (("--since", "8h", "--to", "22:00"), "--since and --to contradict each other"),
        (("--since", "x"), "no duration"),
        (("--lines", "3", "--format", "json"), "--lines has no meaning for json"),
        (("--tz", "Mars"), "There is no time zone “Mars”"),
        (("--query", "a:("), "--query cannot be used"),
        (("--output", "/no/such/place/x.md"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_said(shell: Shell, words: tuple[str, ...], says: str) -> None:
    ended = shell.run("report", *words)
    assert (ended.code, ended.out) == (1 if "--output" in words else 2, "")
    assert says in ended.err


def test_what_is_typed_for_a_file_may_be_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone := tmp_path / "gone").mkdir()
    assert handover_file.objection("~nobody-is-called-so/x.md").startswith("There is no folder ")
    assert handover_file.objection("a\0b.md") == "No file has such a name."
    assert "too long" in handover_file.objection(f"{'a' * 300}.md")
    assert handover_file.objection("\x1b[31m[red]\u202e.md") == ""
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "was started is gone" in handover_file.objection("x.md")
    assert handover_file.objection(str(tmp_path / "x.md")) == ""


def test_a_report_takes_the_place_of_nothing_but_a_file(shell: Shell, tmp_path: Path) -> None:
    database, link, named = tmp_path / "other.db", tmp_path / "link.md", tmp_path / "named.md"
    database.write_bytes(b"SQLite format 3\0 and more")
    link.symlink_to(tmp_path / "there.md")
    os.mkfifo(pipe := tmp_path / "pipe.md")
    for file, says in ((pipe, "no regular file"), (database, "is a database")):
        ended = shell.run("report", "--output", str(file))
        assert (ended.code, says in ended.err) == (2, True), ended.err
    assert pipe.is_fifo()
    assert handover_file.objection(str(pipe)) == "That is no regular file."
    assert database.read_bytes() == b"SQLite format 3\0 and more"
    assert shell.run("report", "--output", str(link)).code == 0
    assert link.is_symlink()
    assert (tmp_path / "there.md").read_text("utf-8").startswith("# ")
    named.symlink_to(tmp_path / "there.md")
    whole_file.write(named, "other")
    assert (named.is_symlink(), link.read_text("utf-8")) == (True, "other")
    assert named.stat().st_mode & 0o777 == 0o600
    (loop := tmp_path / "loop.md").symlink_to(loop)
    assert shell.run("report", "--output", str(loop)).code == 0
    assert loop.is_file()


def test_who_may_write_nowhere_gets_a_report(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise JournalError("The journal cannot be used.")

    monkeypatch.setattr("triage_tui.journal.Journal.__init__", closed)
    ended = shell.run("report")
    assert ended.code == 0
    assert "There is no journal of this machine." in ended.out


@pytest.mark.usefixtures("morning")
def test_a_terminal_sees_how_far_it_is(shell: Shell) -> None:
    shell.fill(demo())
    shell.terminal = True
    ended = shell.run("report", "--format", "txt")
    assert "\x1b" not in ended.out
    assert ended.err.startswith("\r\x1b[K")
    assert ended.err.endswith("\r\x1b[K")
    assert all(len(part) < 80 for part in ended.err.split("\r\x1b[K"))


def test_who_gives_up_waiting_has_lost_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("triage_tui.direct.DirectReads.count", interrupted)
    shell.terminal = True
    file = tmp_path / "shift.md"
    ended = shell.run("report", "--output", str(file))
    assert (ended.code, ended.out, file.exists()) == (130, "", False)
    assert "\r\x1b[K" in ended.err
