"""What was looked at, and how it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from triage_tui.text import clean


class State(Enum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the dashboard needs.

    Attributes:
        topic: A word or two.
        said: A sentence about how it is.
        remedy: A sentence on what to do about it; "" if nothing, or if `said` says it.
    """

    topic: str
    state: State
    said: str
    remedy: str = ""


def ok(topic: str, said: str) -> Finding:
    """Nothing is to be done."""
    return Finding(topic, State.OK, said)


def warning(topic: str, said: str, remedy: str = "") -> Finding:
    """It works, but not as well as it could."""
    return Finding(topic, State.WARNING, said, remedy)


def failed(topic: str, said: str, remedy: str = "") -> Finding:
    """The dashboard does not work like this."""
    return Finding(topic, State.FAILED, said, remedy)


def any_failed(findings: Sequence[Finding]) -> bool:
    """True if the dashboard does not work."""
    return any(one.state is State.FAILED for one in findings)


def as_lines(findings: Sequence[Finding]) -> list[str]:
    """A line for each, its topic in a column."""
    width = max((len(one.topic) for one in findings), default=0)
    return [
        clean(f"{one.state.value:<8} {one.topic:<{width}}  {one.said} {one.remedy}".rstrip())
        for one in findings
    ]


def as_json(findings: Sequence[Finding]) -> str:
    """The same for programs."""
    document = {
        "ok": not any_failed(findings),
        "checks": [
            {
                "topic": one.topic,
                "state": one.state.value,
                "text": one.said,
                "remedy": one.remedy,
            }
            for one in findings
        ],
    }
    return json.dumps(document, indent=2)
