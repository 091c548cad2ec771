"""Which cases that came in are about the same thing: noise, and what comes again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage_tui.likeness import words
from triage_tui.models import Case

_ENOUGH = 0.6
"""Of the words of two titles that both have."""

_LOOKED_AT = 50
"""Clusters that a case is compared with at most."""


@dataclass
class Cluster:
    """Cases that are alike.

    Attributes:
        words: Those of the title of the first one, without numbers.
        service: "" if they name none.
    """

    words: frozenset[str]
    service: str
    cases: list[Case] = field(default_factory=list)


def clusters(cases: Iterable[Case]) -> list[Cluster]:
    """Clusters of at least two cases, the largest first.

    Two cases are alike if the same monitor made them, or if they are about the same service and
    share most words of their titles; figures do not count, because they differ from alert to alert.
    """
    found: list[Cluster] = []
    by_word: dict[tuple[str, str], list[int]] = {}
    by_monitor: dict[str, int] = {}
    for case in sorted(cases, key=lambda one: (one.created_at, one.key)):
        own = said(case.title)
        service = ", ".join(sorted(case.attributes.get("service", ())))
        monitors = [one.resource_id for one in case.insights if one.type == "MONITOR"]
        at = next((by_monitor[one] for one in monitors if one in by_monitor), None)
        if at is None:
            at = _nearest(own, service, found, by_word)
        if at is None:
            at = len(found)
            found.append(Cluster(own, service))
            for word in own:
                by_word.setdefault((service, word), []).append(at)
        found[at].cases.append(case)
        for one in monitors:
            by_monitor.setdefault(one, at)
    several = [cluster for cluster in found if len(cluster.cases) > 1]
    return sorted(several, key=lambda one: (-len(one.cases), one.cases[0].created_at))


def said(title: str) -> frozenset[str]:
    """The words of a title that are the same in the next alert of its kind."""
    return frozenset(word for word in words(title) if not any(c.isdigit() for c in word))


def _nearest(
    own: frozenset[str],
    service: str,
    found: list[Cluster],
    by_word: dict[tuple[str, str], list[int]],
) -> int | None:
    if not own:
        return None
    rarest = sorted(own, key=lambda word: (len(by_word.get((service, word), ())), word))
    best: tuple[float, int] | None = None
    looked: set[int] = set()
    for word in rarest:
        for at in by_word.get((service, word), ()):
            if at in looked or len(looked) >= _LOOKED_AT:
                continue
            looked.add(at)
            theirs = found[at].words
            share = len(own & theirs) / len(own | theirs)
            if share >= _ENOUGH and (best is None or share > best[0]):
                best = share, at
    return best[1] if best else None
