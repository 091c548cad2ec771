"""What a shell offers for a value: from what is on this machine, and never from a server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from click.shell_completion import CompletionItem

from triage_tui.errors import TriageError
from triage_tui.text import clean

if TYPE_CHECKING:
    from triage_tui.models import Case, CaseType, Project, User

MOST = 500
"""Cases that are offered, the newest."""

_FIELDS = ("status", "priority", "assignee", "project", "type", "team", "service", "env")
_PRIORITIES = ("P1", "P2", "P3", "P4", "P5", "none")
_STATUSES = ("open", "in_progress", "closed")
_PLACE = ("local", "db", "site", "url", "trust_url", "config", "profile")


@dataclass(frozen=True)
class Known:
    """What is known of a place without asking it."""

    cases: Sequence[Case] = ()
    people: Sequence[User] = ()
    projects: Sequence[Project] = ()
    types: Sequence[CaseType] = ()


def offered(kind: str, given: Mapping[str, Any], begun: str) -> list[CompletionItem]:
    """What may stand for what was begun.

    Args:
        kind: "cases", "people", "projects", "statuses", "types", "priorities", "fields",
            "columns", "views", "profiles" or "shifts".
        given: The options so far.
    """
    before = ""
    if kind == "columns":
        before, comma, begun = begun.rpartition(",")
        before += comma
    try:
        found = list(_offers(kind, given))
    except (TriageError, OSError):
        found = []  # Nobody reads a sentence while they type.
    fitting = [
        CompletionItem(before + value, help=clean(told, limit=60))
        for value, told in found
        if begun.casefold() in (value[: len(begun)].casefold(), told[: len(begun)].casefold())
    ]
    return fitting


def _offers(kind: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Values, and what is said beside each."""
    if kind == "priorities":
        yield from _plain(_PRIORITIES)
    elif kind == "fields":
        yield from _plain(_FIELDS)
    elif kind == "columns":
        from triage_tui.commands.case_columns import NAMES

        yield from _plain(NAMES)
    elif kind == "profiles":
        yield from _plain(_tables(given, "profile"))
    elif kind == "shifts":
        yield from _plain(_tables(given, "shifts"))
    elif kind == "views":
        yield from _views(given)
    else:
        with _known(given, cases=kind == "cases") as known:
            yield from _of(kind, known)


def _of(kind: str, known: Known) -> Iterator[tuple[str, str]]:
    if kind == "cases":
        yield from ((case.key, case.title) for case in known.cases)
    elif kind == "people":
        yield "me", "yourself"
        yield from ((one.email or one.handle or one.id, one.name) for one in known.people)
    elif kind == "projects":
        yield from ((one.key, one.name) for one in known.projects)
    elif kind == "types":
        yield from ((one.name, "") for one in known.types if one.deleted_at is None)
    elif kind == "statuses":
        own = [_word(status.name) for one in known.types for status in one.statuses]
        yield from _plain(dict.fromkeys((*_STATUSES, *own)))


def _plain(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((word, "") for word in words)


def _word(name: str) -> str:
    """A status as one word, which a shell does not part."""
    return "_".join(name.lower().split())


@contextmanager
def _known(given: Mapping[str, Any], *, cases: bool) -> Iterator[Known]:
    from triage_tui.connection import Options, configured, remote_of

    if given.get("demo"):
        yield Known()
        return
    options = Options(**{name: given[name] for name in _PLACE if given.get(name)})
    config = configured(options, os.environ)
    if config.key_source == "keyring" and not options.in_workspace:
        yield Known()  # The keyring may ask for its password.
        return
    remote = remote_of(options, config, os.environ)
    if remote:
        from triage_tui.records import cache_of

        path = cache_of(config, remote)
        if not path.exists():
            yield Known()
            return
        from triage_tui.cache import Cache
        from triage_tui.timing import utc_now

        with closing(Cache(path, now=utc_now)) as cache:
            who = cache.directory()
            kept = cache.cases(MOST) if cases else []
            yield Known(kept, who.users, who.projects, who.types) if who else Known(kept)
        return
    from triage_tui.workspace import default_path

    path = options.db or default_path()
    if not path.exists():
        yield Known()
        return
    from triage_tui.commands.place import at_once
    from triage_tui.direct import DirectReads
    from triage_tui.server.store import Store

    with closing(Store.open(path)) as store:
        reads = DirectReads(store, project=config.project)
        yield Known(
            at_once(reads.search("", size=MOST)).cases if cases else (),
            at_once(reads.users()),
            at_once(reads.projects()),
            at_once(reads.case_types()),
        )


def _views(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The usual views, and those of the configuration."""
    from triage_tui.connection import Options, configured
    from triage_tui.views import usual

    yield from ((view.id.partition(":")[2], view.name) for view in usual(""))
    options = Options(**{name: given[name] for name in _PLACE if given.get(name)})
    yield from configured(options, os.environ).views.items()


def _tables(given: Mapping[str, Any], section: str) -> list[str]:
    """The names that a section of the configuration gives."""
    from triage_tui.config_file import parsed, read

    found = read(given.get("config"), os.environ)
    if found is None:
        return []
    names = parsed(found[1], str(found[0])).get(section)
    return list(names) if isinstance(names, dict) else []
