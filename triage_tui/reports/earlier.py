"""The figures of reports that were made before, to compare the next one with.

Whoever makes a report that counts asks `earlier` first, and says `keep` when it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from triage_tui.reports.compose import snapshot_of
from triage_tui.reports.facts import Snapshot
from triage_tui.reports.model import Report

KIND = "report"
"""Under which they are remembered."""


class Memory(Protocol):
    """Where they are kept, as `LocalState` does it."""

    def all(self, kind: str) -> dict[str, Any]: ...

    def put(self, kind: str, value: Any, name: str = "") -> None: ...


def earlier(memory: Memory, query: str) -> tuple[Snapshot, ...]:
    """The figures of earlier reports with the same query, in order of their windows."""
    found = (_read(value, query) for value in memory.all(KIND).values())
    return tuple(sorted((one for one in found if one), key=lambda one: (one.end, one.start)))


def keep(memory: Memory, report: Report) -> None:
    """Remember the figures of a report, in place of those of the same window and query."""
    snapshot = snapshot_of(report)
    start, end = snapshot.start.timestamp(), snapshot.end.timestamp()
    value = {
        "query": report.query,
        "start": start,
        "end": end,
        "name": snapshot.name,
        "values": dict(snapshot.values),
    }
    memory.put(KIND, value, f"{start:.0f} {end:.0f} {report.query}")


def _read(value: object, query: str) -> Snapshot | None:
    """The figures, or None if they are of another query, or damaged."""
    try:
        if not isinstance(value, Mapping) or value["query"] != query:
            return None
        values = {str(name): float(one) for name, one in value["values"].items()}
        start, end = (datetime.fromtimestamp(value[name], UTC) for name in ("start", "end"))
        return Snapshot(start, end, str(value["name"]), values)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None
