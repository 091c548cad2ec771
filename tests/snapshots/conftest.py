"""Keeps what the snapshot plugin needs, and keeps its report free of the environment."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

_FOLDER = "TEXTUAL_SNAPSHOT_TEMPDIR"
"""Where the plugin says between which of its parts the results are handed over."""

_WORKER = "PYTEST_XDIST_WORKER"
"""By which the plugin knows that another process writes the report."""


@pytest.fixture(scope="session")
def snapshot_folder() -> str:
    return os.environ[_FOLDER]


@pytest.fixture(autouse=True)
def plugin_environment(
    snapshot_folder: str, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give the plugin back its one variable, which looks like a setting of Textual."""
    monkeypatch.setenv(_FOLDER, snapshot_folder)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish() -> Generator[None]:
    """The plugin prints the whole environment into its report, with every secret in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - {_FOLDER, _WORKER}:
            patch.delenv(name)
        return (yield)
