"""The README says what is so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from shlex import split
from string import Template
from typing import Any

import click
import httpx
import pytest

from tests import tables
from tests.command import serving
from tests.factories import ANA, NOW, make_case
from tests.tables import README, written
from triage_tui import __version__
from triage_tui.actions import ACTIONS
from triage_tui.cli import HELP
from triage_tui.commands.root import cli
from triage_tui.config import load
from triage_tui.config_file import default_path
from triage_tui.exit_codes import MEANINGS, ExitCode
from triage_tui.query import parse
from triage_tui.ui.keymap import checked_keymap, macros_of
from triage_tui.ui.screens.decide import CONFIRM_ABOVE
from triage_tui.workspace import default_path as default_workspace

ROOT = README.parent
TEXT = README.read_text("utf-8")
SET_UP = re.findall(r"^python3 -m venv .*$", TEXT, re.MULTILINE)


def blocks(language: str) -> list[str]:
    """The README's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_tables_are_those_of_the_code() -> None:
    # `python -m tests.tables` writes them.
    assert written(TEXT) == TEXT


def test_the_help_that_is_told_at_once_is_that_of_the_code() -> None:
    # `python -m tests.tables` writes it.
    assert Path(HELP).read_text("ascii") == tables.help_text()


def test_there_is_one_command_to_run_it_and_one_to_test_it() -> None:
    assert len(SET_UP) == 2
    assert SET_UP[0].endswith("&& .venv/bin/triage-tui")
    assert SET_UP[1].endswith("&& .venv/bin/python -m pytest -n auto")


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    run = ROOT / ".ci" / "run"
    assert run.read_text("utf-8").splitlines()[-1] == SET_UP[1]
    assert run.stat().st_mode & 0o111 == 0o111


def test_every_environment_variable_is_told_and_no_other() -> None:
    ours = r"\b(?:DD|DATADOG|TRIAGE_TUI)_[A-Z_]+\b"
    code = "".join(file.read_text("utf-8") for file in (ROOT / "triage_tui").rglob("*.py"))
    assert set(re.findall(ours, TEXT)) == set(re.findall(ours, code))


def commands() -> dict[str, click.Command]:
    return {"": cli, **tables.commands()}


def test_every_command_and_option_is_told() -> None:
    for name, command in commands().items():
        options = {one.opts[0] for one in command.params} - {"--version", "--help"}
        told = {option for option in options if re.search(rf"[` ]{option}\b", TEXT)}
        assert (told, name in TEXT) == (options, True)


def test_no_other_command_or_option_is_told() -> None:
    known = {
        option for command in commands().values() for one in command.params for option in one.opts
    }
    told = set(re.findall(r"(?<=`)--[a-z-]+", TEXT))
    assert told <= known
    for line in re.findall(r"(?:^|`)triage-tui ((?:serve|--)[^`\n]*)", TEXT, re.MULTILINE):
        words = split(line)
        command = commands()[words.pop(0) if words[0] in commands() else ""]
        context = command.make_context("triage-tui", words, resilient_parsing=True)
        given = [name for name in words if name.startswith("--")]
        assert all(any(name in one.opts for one in command.params) for name in given), line
        assert context.args == [], line


def test_the_codes_that_help_tells_are_those_of_the_process() -> None:
    assert set(MEANINGS) == set(ExitCode)
    assert cli.epilog
    assert all(f"{code} {words}" in cli.epilog for code, words in MEANINGS.items())


def test_the_examples_of_calls_are_answered(tmp_path: Path) -> None:
    examples = [
        split(line) for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()
    ]
    calls = [words for words in examples if words[:1] == ["curl"]]
    assert len(calls) == 3
    keys = {"DD_API_KEY": "0" * 32, "DD_APP_KEY": "1" * 40}
    with (
        serving(tmp_path, "--demo") as (_, without_keys),
        serving(tmp_path, "--demo", env=keys) as (_, with_keys),
    ):
        for words in calls:
            (address,) = (word for word in words if word.startswith("http://127.0.0.1:8126/"))
            lines = [words[at + 1] for at, word in enumerate(words) if word == "-H"]
            headers = dict(Template(line).substitute(keys).split(": ") for line in lines)
            url = with_keys if "DD-API-KEY" in headers else without_keys
            answer = httpx.request(
                words[words.index("-X") + 1] if "-X" in words else "GET",
                url + address.removeprefix("http://127.0.0.1:8126"),
                content=words[words.index("-d") + 1] if "-d" in words else None,
                headers=headers,
                trust_env=False,
            )
            assert answer.status_code == 200, words


def test_the_examples_of_a_configuration_can_be_used(tmp_path: Path) -> None:
    example, macros, profiles = blocks("toml")
    file = tmp_path / "config.toml"
    file.write_text(example, "utf-8")
    config = load(file, {})
    parse(config.query)
    keymap = checked_keymap(config.keys, {action.id: action.keys for action in ACTIONS})
    assert keymap["case.take"] == "f2"
    file.write_text(macros, "utf-8")
    config = load(file, {})
    found, wrong = macros_of(config.macros, keymap, config.templates, NOW)
    assert (len(found), wrong) == (2, [])
    file.write_text(profiles, "utf-8")
    assert load(file, {}).profile == "work"
    assert load(file, {}, profile="look").read_only


NEW = {"created_at": NOW - timedelta(days=1)}
OLD = {"created_at": NOW - timedelta(days=3)}

EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # From the query to a case that it selects and one that it does not.
    "disk full": ({"title": "full disk"}, {"title": "disk"}),
    '"disk full"': ({"title": "A disk full of"}, {"title": "full disk"}),
    "status:open": ({}, {"status": "CLOSED", "status_name": "Shut", "status_group": "SG_CLOSED"}),
    "status:open priority:P1": ({"priority": "P1"}, {"priority": "P2"}),
    "priority:(P1 OR P2)": ({"priority": "P2"}, {"priority": "P3"}),
    "-team:payments": ({}, {"attributes": {"team": ("payments",)}}),
    "-assignee:*": ({}, {"assignee": ANA}),
    "title:*time?out*": ({"title": "A time-out"}, {"title": "A timeout"}),
    "created_at:>now-2d": (NEW, OLD),
    "created_at:[2026-11-01 TO 2026-11-21]": (
        {"created_at": NOW.replace(month=11, day=21)},
        {"created_at": NOW.replace(month=11, day=22)},
    ),
    "comment_count:>=5": ({"comment_count": 5}, {"comment_count": 4}),
    "archived:true": ({"archived_at": NOW}, {}),
}


def test_the_examples_of_queries_are_tried_below() -> None:
    table = TEXT.partition("| Query | Selects cases |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE) == list(EXAMPLES)


@pytest.mark.parametrize("query", EXAMPLES)
def test_an_example_of_a_query_selects_what_it_says(query: str) -> None:
    selected, left_out = EXAMPLES[query]
    assert parse(query).matches(make_case(**selected), NOW)
    assert not parse(query).matches(make_case(**left_out), NOW)


def test_where_things_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/home/ana")
    for path in (default_path(), default_workspace()):
        assert f"`~{str(path).removeprefix('/home/ana')}`" in TEXT


def test_above_how_many_cases_it_asks() -> None:
    assert CONFIRM_ABOVE == 10
    assert "more than ten cases" in TEXT


def test_the_picture_and_the_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_changelog_knows_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{__version__}]" in changelog
    assert "## [Unreleased]" in changelog
