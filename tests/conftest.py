"""Keeps the machine that runs the tests out of them."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

_OURS = ("DD_", "DATADOG_", "TRIAGE_TUI_", "TEXTUAL", "XDG_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_OTHERS = {"NO_COLOR", "FORCE_COLOR", "COLORTERM", "SSL_CERT_FILE", "SSL_CERT_DIR", *_PROXIES}


def _of_this_machine(name: str) -> bool:
    return name.upper().startswith(_OURS) or name.upper() in _OTHERS


# Before anything imports Textual, which reads its variables while it is imported.
for _name in filter(_of_this_machine, tuple(os.environ)):
    del os.environ[_name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"

# Every app is thousands of objects; looking through them all again took a quarter of the time.
gc.set_threshold(100_000, 50, 100)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: an app under test waits for its timers a fifth of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No keys, no proxies, no settings; what is written to the user's folders goes to `tmp_path`.

    Also takes away again what a test puts into the environment by hand.
    """
    for name in filter(_of_this_machine, tuple(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for kind in ("CONFIG", "DATA", "STATE", "CACHE", "RUNTIME"):
        name = "XDG_RUNTIME_DIR" if kind == "RUNTIME" else f"XDG_{kind}_HOME"
        monkeypatch.setenv(name, str(tmp_path / kind.lower()))
