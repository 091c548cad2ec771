"""Every setting is shown with its origin, and no key with its value."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from triage_tui.connection import Options, configured
from triage_tui.settings import Setting, Settings, as_json, as_lines, settings_of

CANARY = "c4naryc4nary"
KEYS = {"DATADOG_API_KEY": f"{CANARY}1", "DD_APP_KEY": f"{CANARY}2"}

WRITTEN = '''
[site]
site = "datadoghq.eu"

[ui]
query = """
status:open
"""

[keys]
case.take = "t"
"case.archive" = ""

[profile.lab]
url = "http://127.0.0.1:8126"
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(WRITTEN, "utf-8")
    return file


def found(file: Path, env: dict[str, str] | None = None, **options: object) -> Settings:
    asked = Options(config=file, **options)  # type: ignore[arg-type]
    return settings_of(asked, configured(asked, env or {}), env or {})


def origins(settings: Settings) -> dict[str, str]:
    return {one.name: one.origin for one in settings.options}


def test_the_views_in_force_are_told_one_by_one(file: Path) -> None:
    file.write_text(
        '[views]\n"Mine" = "assignee:me"\n[profile.work.views]\n"My team" = "team:storage"\n'
    )
    assert f'"Mine" = "assignee:me"  # {file}:2 [views]' in _squeezed(found(file, local=True))
    work = found(file, local=True, profile="work")
    assert f'"My team" = "team:storage"  # {file}:4 [profile.work.views]' in _squeezed(work)
    assert "Mine" not in _squeezed(work)


def _squeezed(settings: Settings) -> str:
    return "\n".join(re.sub(" +#", "  #", line) for line in as_lines(settings))


def test_where_each_setting_comes_from(file: Path) -> None:
    own = found(file, KEYS, trust_url=True)
    assert own.place == "https://api.datadoghq.eu"
    told = origins(own)
    assert told["site"] == f"{file}:3 [site]"
    assert told["query"] == f"{file}:8 [ui]"
    assert told["case.take"] == f"{file}:11 [keys]"
    assert told["case.archive"] == f"{file}:12 [keys]"
    assert told["theme"] == told["url"] == "default"
    assert told["trust_url"] == "--trust-url"
    lab = found(file, profile="lab")
    assert (origins(lab)["url"], origins(lab)["site"]) == (f"{file}:15 [profile.lab]", "default")
    assert (origins(lab)["profile"], lab.place) == ("--profile", "http://127.0.0.1:8126")


def test_the_environment_and_the_command_line_come_first(file: Path) -> None:
    eu = {**KEYS, "DATADOG_SITE": "us5.datadoghq.com"}
    by_env = found(file, eu)
    assert Setting("site", "site", "us5.datadoghq.com", "DATADOG_SITE in the environment") in (
        by_env.options
    )
    by_person = found(file, eu, site="ap1.datadoghq.com")
    assert Setting("site", "site", "ap1.datadoghq.com", "--site") in by_person.options
    assert by_person.place == "https://api.ap1.datadoghq.com"


def test_what_cannot_be_used_is_told_in_its_place(file: Path) -> None:
    assert found(file, {"DD_API_KEY": CANARY}).place.startswith("Not signed in: DD_API_KEY is set")
    assert found(file).place == "local workspace"
    assert found(file, KEYS, local=True).keys == {}


def test_no_key_and_no_password_is_shown(file: Path) -> None:
    file.write_text(f'[site]\nurl = "https://me:{CANARY}@a.example"\n')
    for env in ({}, KEYS):
        settings = found(file, env)
        assert CANARY not in "\n".join([*as_lines(settings), as_json(settings), repr(settings)])
    file.write_text(f'[site]\nkeys = "file"\nkey_file = "{file.parent / "keys.toml"}"\n')
    keys = file.parent / "keys.toml"
    keys.touch(mode=0o600)
    keys.write_text(f'access_token = "{CANARY}"')
    settings = found(file)
    assert settings.keys == {"access token": f"set ({keys})"}
    assert CANARY not in "\n".join([*as_lines(settings), as_json(settings), repr(settings)])


def test_the_same_for_programs(file: Path) -> None:
    document = json.loads(as_json(found(file, KEYS)))
    assert document["keys"] == {
        "API key": "set (DATADOG_API_KEY in the environment)",
        "application key": "set (DD_APP_KEY in the environment)",
    }
    assert {
        "section": "ui",
        "name": "page_size",
        "value": 100,
        "origin": "default",
    } in document["settings"]


def test_a_long_file_is_told_without_lines(file: Path) -> None:
    file.write_text("#\n" * 600 + '[ui]\ntheme = "nord"\n')
    assert origins(found(file))["theme"] == f"{file} [ui]"
