"""Which actions apply where a person is now, and why others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage_tui.actions import ACTIONS, Action, in_review


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a person is, as far as it decides what a key does.

    Attributes:
        screen: "triage" for the main screen, or the scope of the actions of another.
        pane: What has the focus on the main screen: "list", "facets" or "detail".
        no_writes: Why nothing may be changed now, as a sentence; "" if it may.
        has_case: There is a case that a key would act on.
        marked: Cases are marked.
        zoomed: One pane has the whole screen.
    """

    screen: str = "triage"
    pane: str = "list"
    no_writes: str = ""
    has_case: bool = True
    marked: bool = False
    zoomed: bool = False


FACETS_FIRST = "The facets have the focus: Tab to the list, then decide."
NO_CASE = "No case here."
OTHER_KEY = "In the facets its keys do something else."

_SCREENS = {
    "activity": "On the screen of activity only: @ opens it.",
    "review": "On the screen of the hand-over only: H opens it.",
}


def why_not(action: Action, now: Situation) -> str:
    """Why an action does nothing now, as a sentence; "" if it does what it says."""
    if elsewhere := _elsewhere(action, now):
        return elsewhere
    if action.writes and now.no_writes:
        return now.no_writes
    if action.on_case and now.screen == "triage":
        if action.writes and now.pane == "facets":
            return FACETS_FIRST
        if not now.has_case:
            return NO_CASE
    return ""


def _elsewhere(action: Action, now: Situation) -> str:
    if action.scope in ("list", now.screen) or (now.screen == "review" and in_review(action)):
        return ""
    if action.scope == "facets" and now.screen == "triage":
        return "" if now.pane == "facets" else "In the facets only: h leads there."
    if now.screen != "triage" and action.scope in ("triage", "facets"):
        return "On the main screen only: esc leads back."
    return _SCREENS.get(action.scope, "Not here.")


def keys_here(action: Action, keys: Mapping[str, str], now: Situation) -> str:
    """The keys of an action, comma separated, as far as no other has them where the person is.

    Args:
        keys: For an action's id its keys, "" if it has none; an id that is missing has its
            defaults.
    """
    own = keys.get(action.id, action.keys).split(",")
    if now.pane != "facets" or action.scope != "triage" or now.screen != "triage":
        return ",".join(own)
    taken = {
        key
        for one in ACTIONS
        if one.scope == "facets"
        for key in keys.get(one.id, one.keys).split(",")
    }
    return ",".join(key for key in own if key not in taken)


_FIRST: dict[str, tuple[tuple[str, str], ...]] = {
    "list": (
        ("case.status", ""),
        ("case.done", ""),
        ("case.take", ""),
        ("mark.toggle", ""),
        ("query.edit", ""),
        ("case.open", ""),
        ("edit.undo", ""),
        ("case.comment", ""),
        ("case.archive", ""),
        ("case.assign", ""),
        ("case.priority", ""),
        ("facets.toggle", ""),
    ),
    "marked": (
        ("go.back", "unmark"),
        ("case.status", ""),
        ("case.done", ""),
        ("case.take", ""),
        ("case.assign", ""),
        ("case.priority", ""),
        ("case.archive", ""),
        ("edit.undo", ""),
        ("mark.toggle", ""),
        ("mark.all", "all"),
        ("case.comment", ""),
    ),
    "facets": (
        ("facets.only", ""),
        ("facets.exclude", ""),
        ("facets.add", ""),
        ("pane.next", "list"),
        ("facets.find", ""),
        ("facets.fold", ""),
        ("facets.arrange", "arrange"),
        ("facets.cross", "cross"),
        ("query.previous", "back"),
        ("query.edit", ""),
    ),
    "detail": (
        ("go.back", "list"),
        ("detail.next", "section"),
        ("list.down", "scroll"),
        ("pane.zoom", "zoom"),
        ("case.comment", ""),
        ("case.status", ""),
        ("case.done", ""),
        ("case.fields", "fields"),
        ("case.open", "link"),
        ("case.duplicates", "similar"),
        ("edit.undo", ""),
    ),
}
"""What is hinted at first in each pane, with the word for it there; "" for its usual one."""

_LAST = ("app.help", "app.quit")
"""What is hinted at always, at the right."""

_BY_ID = {action.id: action for action in ACTIONS}


def hints(now: Situation) -> Iterator[tuple[Action, str]]:
    """What to hint at, the most useful first, with a word for each."""
    if now.zoomed:
        yield _BY_ID["pane.zoom"], "unzoom"
    first = _FIRST["marked" if now.marked and now.pane != "facets" else now.pane]
    told = {"pane.zoom"} if now.zoomed else set()
    rest = ((action.id, action.hint) for action in ACTIONS if action.hint)
    for id, word in (*first, *rest):
        action = _BY_ID[id]
        if id not in told and id not in _LAST and not why_not(action, now):
            told.add(id)
            yield action, word or action.hint


def last_hints() -> Iterator[tuple[Action, str]]:
    """What is hinted at whatever else there is room for."""
    return ((_BY_ID[id], _BY_ID[id].hint) for id in _LAST)
