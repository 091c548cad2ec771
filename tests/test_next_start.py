"""The dashboard, left and started again: what it keeps on disk, and what never gets there."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from tests.command import in_terminal, ran, serving
from triage_tui.cache import KEPT_DAYS
from triage_tui.config import Config
from triage_tui.connection import Options, remote_of
from triage_tui.records import kept_answers

KEYS = {"TRIAGE_TUI_API_KEY": "c4nary" * 6, "TRIAGE_TUI_APP_KEY": "c4nary" * 7}
SERVED = {name.replace("TUI", "TUI_SERVE"): key for name, key in KEYS.items()}


def test_a_list_is_kept_without_any_key_and_shown_without_the_server(tmp_path: Path) -> None:
    caches = tmp_path / "cache" / "triage-tui"
    with serving(tmp_path, "--demo", env=SERVED) as (server, url):
        with in_terminal(tmp_path, "--url", url, env=KEYS) as terminal:
            terminal.wait_for(b"OPS-")
            terminal.type(b"q")
            assert terminal.exit_code() == 0
        server.kill()
        server.wait()
    files = list(caches.iterdir())
    assert files
    for file in files:
        assert b"c4nary" not in file.read_bytes()
        assert "c4nary" not in file.name

    with in_terminal(tmp_path, "--url", url, env=KEYS) as terminal:
        terminal.wait_for(b"offline since ")
        assert re.search(rb"OPS-\d", terminal.output)
        terminal.type(b"q")
        assert terminal.exit_code() == 0
        assert b"c4nary" not in terminal.output

    cleared = ran(tmp_path, "cache", "clear")
    assert (cleared.returncode, cleared.stdout) == (0, "")
    assert cleared.stderr == "Removed what was kept of 1 server.\n"
    assert list(caches.iterdir()) == []
    assert ran(tmp_path, "cache", "clear").stderr == "Nothing was kept.\n"


def kept_in(env: dict[str, str], config: Config, **options: bool | str) -> Path | None:
    """The file in which answers are kept."""
    asked = Options(url="http://127.0.0.1:8126", **options)  # type: ignore[arg-type]
    remote = remote_of(asked, config, env)
    assert remote
    with kept_answers(asked, config, remote) as cache:
        return cache.path if cache else None


def test_what_other_keys_left_long_ago_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    left = kept_in(KEYS, Config())
    assert left
    long_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(left, (long_ago, long_ago))
    now = kept_in(KEYS | {"TRIAGE_TUI_APP_KEY": "another" * 6}, Config())
    assert now
    assert not left.exists()
    assert now.exists()


def test_what_one_pair_of_keys_may_see_is_not_shown_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    files = [
        kept_in(KEYS, Config()),
        kept_in({name: f"{key}2" for name, key in KEYS.items()}, Config()),
        kept_in({}, Config()),
        kept_in(KEYS, Config(profile="work")),
        kept_in(KEYS, Config(project="OPS")),
    ]
    assert len(set(files)) == len(files)
    assert kept_in(KEYS, Config()) == files[0]
    assert kept_in(KEYS, Config(cache=False)) is None
    assert kept_in(KEYS, Config(), no_cache=True) is None
