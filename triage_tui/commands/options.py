"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


class _File(click.Path):
    """A path as `pathlib` has it, which help need not load."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pathlib import Path

        return Path(str(super().convert(value, param, ctx)))


PATH = _File()
FILE = _File(allow_dash=True)
"""The same, or "-" for a standard stream."""


def _offered(kind: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """What a shell is offered for a value, from what is on this machine."""

    def offer(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
        from triage_tui.commands import values

        return values.offered(kind, context.params, begun)

    return offer


offer_cases = _offered("cases")
offer_people = _offered("people")
offer_projects = _offered("projects")
offer_statuses = _offered("statuses")
offer_priorities = _offered("priorities")
offer_fields = _offered("fields")
offer_columns = _offered("columns")
offer_profiles = _offered("profiles")
offer_types = _offered("types")
offer_shifts = _offered("shifts")
offer_views = _offered("views")


def connection_options(command: F) -> F:
    """Which cases to work on: the same options wherever that can be chosen."""
    for option in (
        click.option("--config", type=PATH, help="Configuration file."),
        click.option(
            "--profile",
            metavar="NAME",
            help="Profile of the configuration.",
            shell_complete=offer_profiles,
        ),
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


def query_options(command: F) -> F:
    """Which cases: `place.asked` reads them."""
    for option in (
        click.option(
            "--view",
            metavar="NAME",
            help="Only cases of the view with this name.",
            shell_complete=offer_views,
        ),
        click.option("--query", metavar="QUERY", default="", help="Only cases that match."),
    ):
        command = option(command)
    return command


def format_options(command: F) -> F:
    """How a command writes what it found; `output.chosen` reads them."""
    for option in (
        click.option("--csv", "as_csv", is_flag=True, help="As CSV with a line of names."),
        click.option("--jsonl", "as_jsonl", is_flag=True, help="As JSON, an object on each line."),
        click.option("--json", "as_json", is_flag=True, help="As one piece of JSON."),
    ):
        command = option(command)
    return command
