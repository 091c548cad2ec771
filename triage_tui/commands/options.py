"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


def connection_options(command: F) -> F:
    """Which cases to work on: the same options wherever that can be chosen."""
    for option in (
        click.option("--config", type=PATH, help="Configuration file."),
        click.option("--profile", metavar="NAME", help="Profile of the configuration."),
        click.option("--trust-url", is_flag=True, help="Send the Datadog keys to --url too."),
        click.option("--url", metavar="URL", help="Address of a workspace server, or of a proxy."),
        click.option("--site", metavar="SITE", help="Datadog site, for example datadoghq.eu."),
        click.option("--db", type=PATH, help="Use the local workspace in this file."),
        click.option(
            "--local", is_flag=True, help="Use the local workspace, also when there are keys."
        ),
    ):
        command = option(command)
    return command


def place_options(command: F) -> F:
    """The same, and demo data to try the command on."""
    demo = click.option("--demo", is_flag=True, help="Try it on demo data that is gone afterwards.")
    return connection_options(demo(command))


def format_options(command: F) -> F:
    """How a command writes what it found; `output.chosen` reads them."""
    for option in (
        click.option("--csv", "as_csv", is_flag=True, help="As CSV with a line of names."),
        click.option("--jsonl", "as_jsonl", is_flag=True, help="As JSON, an object on each line."),
        click.option("--json", "as_json", is_flag=True, help="As one piece of JSON."),
    ):
        command = option(command)
    return command
