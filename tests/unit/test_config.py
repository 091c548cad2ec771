"""A right configuration is read, a wrong one is answered with what to correct."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triage_tui.config import Config, describe, load
from triage_tui.config_file import default_path
from triage_tui.errors import ConfigError

FULL = """
[site]
site = "datadoghq.eu"
url = "https://proxy.example"
trust_url = true

[ui]
theme = "nord"
page_size = 50
query = "status:open"

[keys]
"case.take" = "t,ctrl+t"
case.comment = ""
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system says that configuration lives."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    return tmp_path / "xdg" / "triage-tui"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_every_option_is_read(tmp_path: Path) -> None:
    config = load(write(tmp_path / "c.toml", FULL), {})
    assert config == Config(
        site="datadoghq.eu",
        url="https://proxy.example",
        trust_url=True,
        theme="nord",
        page_size=50,
        query="status:open",
        keys={"case.take": "t,ctrl+t", "case.comment": ""},
    )


def test_no_file_means_defaults(home: Path) -> None:
    assert load(None, {}) == Config()
    assert load(None, {"TRIAGE_TUI_CONFIG": ""}) == Config()


def test_a_file_in_the_way_of_the_directory_means_defaults(home: Path) -> None:
    write(home, "not a directory")
    assert load(None, {}) == Config()


def test_the_path_comes_from_the_person_then_the_environment_then_the_system(
    home: Path, tmp_path: Path
) -> None:
    system = write(home / "config.toml", "[ui]\ntheme = 'system'")
    named = write(tmp_path / "env.toml", "[ui]\ntheme = 'environment'")
    mine = write(tmp_path / "mine.toml", "[ui]\ntheme = 'mine'")
    env = {"TRIAGE_TUI_CONFIG": str(named)}
    assert default_path() == system
    assert load(mine, env).theme == "mine"
    assert load(None, env).theme == "environment"
    assert load(None, {}).theme == "system"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load(write(tmp_path / "c.toml", b"\xef\xbb\xbf[ui]\npage_size = 7"), {}).page_size == 7


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("[uii]\ntheme = 'x'", ('no section "uii"', 'did you mean "ui"?')),
        ("[colours]", ('no section "colours"', "keys, macros, templates, views, shifts")),
        ("[ui]\npagesize = 3", ('[ui] has no key "pagesize"', 'did you mean "page_size"?')),
        ("[ui]\nzzz = 3", ('[ui] has no key "zzz"', "theme, page_size, hold, refresh")),
        ("theme = 'x'", ('"theme" belongs under [ui]',)),
        ("themes = 'x'", ('no key "themes"', 'did you mean "theme"?')),
        ("ui = 3", ('"ui" is a section: write it as [ui]',)),
        ("[ui]\npage_size = '3'", ('"page_size" in [ui] must be a whole number',)),
        ("[ui]\npage_size = true", ('"page_size" in [ui] must be a whole number',)),
        ("[ui]\npage_size = 0", ('"page_size" in [ui] must be from 1 to 100',)),
        ("[ui]\npage_size = 101", ("from 1 to 100",)),
        ("[ui]\ntheme = 3", ('"theme" in [ui] must be a text in quotes',)),
        ("[site]\ntrust_url = 'yes'", ('"trust_url" in [site] must be true or false',)),
        ("[keys]\n'case.take' = ['t']", ('"case.take" in [keys] must be a text in quotes',)),
        ("[keys]\ncase.take = 1", ('"case.take" in [keys]',)),
        ("[ui]\nadvance_on = 'status, wish'", ('has "wish": there are status, priority',)),
        ("[ui]\ntheme\n", ("not valid TOML", "line 2")),
        (b"[ui]\n\ntheme = '\xff'", ("not UTF-8 at line 3",)),
        ('["\\u001b"]', ('no section "␛"',)),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, content: str | bytes, parts: tuple[str, ...]
) -> None:
    path = write(tmp_path / "c.toml", content)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    for part in (str(path), *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("x = " + "[" * 100_000, "not valid TOML"),
        ("x = " + "9" * 5000, "not valid TOML"),
        ("#" * (1 << 20) + "#", "larger than 1 MiB"),
    ],
    ids=["deep", "long number", "large"],
)
def test_what_is_too_much_is_answered(tmp_path: Path, content: str, part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        load(write(tmp_path / "c.toml", content), {})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    with pytest.raises(ConfigError, match=r"no configuration file .*absent\.toml.* --config"):
        load(absent, {})
    with pytest.raises(ConfigError, match=r"no configuration file .* TRIAGE_TUI_CONFIG"):
        load(None, {"TRIAGE_TUI_CONFIG": str(absent)})


def test_a_directory_is_not_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a directory"):
        load(tmp_path, {})


def test_only_a_regular_file_is_a_configuration(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for odd in (pipe, Path("/dev/null")):
        with pytest.raises(ConfigError) as caught:
            load(odd, {})
        assert str(caught.value) == (
            f"The configuration {odd} is no regular file: name another file."
        )


def test_a_path_no_system_knows_is_answered(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(Path("a\0b"), {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_file_is_answered(tmp_path: Path) -> None:
    path = write(tmp_path / "c.toml", "")
    path.chmod(0)
    with pytest.raises(ConfigError, match=r"cannot be read: Permission denied"):
        load(path, {})


def test_an_unreadable_file_is_answered_with_the_reason(tmp_path: Path) -> None:
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    with pytest.raises(ConfigError, match=r"cannot be read: Too many levels of symbolic links"):
        load(loop, {})


def test_what_describe_says_can_be_written_to_a_file(tmp_path: Path) -> None:
    sections: dict[str, list[str]] = {}
    for section, key, default, doc in describe():
        assert doc
        if section in ("site", "ui"):
            sections.setdefault(section, []).append(f"{key} = {default}")
    text = "\n".join(f"[{name}]\n" + "\n".join(lines) for name, lines in sections.items())
    assert load(write(tmp_path / "c.toml", text), {}) == Config()
    assert [key for section, key, *_ in describe() if section == "ui"] == [
        "theme",
        "page_size",
        "hold",
        "refresh",
        "alert",
        "alert_when",
        "query",
        "digits",
        "cache",
        "offline_writes",
        "after_decision",
        "advance_on",
        "keys_preset",
        "mouse",
        "tour",
    ]
