"""Several decisions by one key, as a person wrote them down: read and checked before they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage_tui.models import PRIORITIES
from triage_tui.snoozes import NoTime, until
from triage_tui.text import clean, nearest

MOST_STEPS = 20

ALONE = ("take", "unassign", "archive", "unarchive", "next")
"""Steps with nothing beside them."""

WITH = {
    "assign": "NAME",
    "status": "NAME",
    "priority": "P1 to P5 or none",
    "comment": "TEXT or template:NAME",
    "snooze": "a time, such as 4h",
}
"""Steps that need a word beside them, and which."""

_TEMPLATE = "template:"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the decisions.

    Attributes:
        does: What it does, of `ALONE` and `WITH`.
        value: What stands beside it: a priority as `models.PRIORITIES` has it, the text of a
            comment with its places not filled in yet.
        text: As it is written.
    """

    does: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Macro:
    """What a key does in one step; `key` has Textual's name when it is used."""

    key: str
    steps: tuple[Step, ...]

    @property
    def label(self) -> str:
        """What it does, as help and palette show it."""
        words = ", ".join(clean(step.text, limit=60) for step in self.steps)
        return clean(words[:1].upper() + words[1:], limit=200)

    def has(self, does: str) -> bool:
        """True if one of the steps does this."""
        return any(step.does == does for step in self.steps)

    def value(self, does: str) -> str:
        """What stands beside the step that does this; "" if there is none."""
        return next((step.value for step in self.steps if step.does == does), "")


class Wrong(ValueError):
    """A macro cannot be run; the text is a sentence that says why."""


def read(key: str, steps: Sequence[str], templates: Mapping[str, str], now: datetime) -> Macro:
    """The macro that is written as these steps.

    Raises:
        Wrong: There is no such step, no such template, or the steps do not go together.
    """
    if not steps:
        raise Wrong(_told(key, "there is no step in it."))
    if len(steps) > MOST_STEPS:
        raise Wrong(_told(key, f"there are more than {MOST_STEPS} steps in it."))
    found = tuple(_step(key, text, templates, now) for text in steps)
    if why := next(_together(found), ""):
        raise Wrong(_told(key, why))
    return Macro(key, found)


def _told(key: str, why: str) -> str:
    return f"[macros] {clean(key, limit=40)}: {why}"


def _step(key: str, text: str, templates: Mapping[str, str], now: datetime) -> Step:
    word, _, rest = text.strip().partition(" ")
    does, rest = word.lower(), rest.strip()
    shown = clean(text.strip(), limit=60)
    if does in ALONE:
        if rest:
            raise Wrong(_told(key, f'"{shown}": {does} has nothing beside it.'))
        return Step(does, "", text.strip())
    if does not in WITH:
        meant = nearest(does, (*ALONE, *WITH))
        advice = f'did you mean "{meant}"?' if meant else f"there are {', '.join((*ALONE, *WITH))}."
        raise Wrong(_told(key, f'there is no step "{clean(word, limit=40)}"; {advice}'))
    if not rest:
        raise Wrong(_told(key, f'"{does}" needs {WITH[does]} beside it.'))
    try:
        return Step(does, _value(does, rest, templates, now), text.strip())
    except ValueError as why:
        raise Wrong(_told(key, f'"{shown}": {why}')) from None


def _value(does: str, rest: str, templates: Mapping[str, str], now: datetime) -> str:
    if does == "priority":
        wanted = "NOT_DEFINED" if rest.lower() == "none" else rest.upper()
        if wanted not in PRIORITIES:
            raise ValueError("there are P1 to P5, and none.")
        return wanted
    if does == "snooze":
        try:
            until(rest, now)
        except NoTime as why:
            raise ValueError(str(why)) from None
        return rest
    if does == "comment" and rest.startswith(_TEMPLATE):
        name = rest.removeprefix(_TEMPLATE).strip()
        if name not in templates:
            there = ", ".join(clean(one, limit=40) for one in templates) or "none"
            raise ValueError(f"there is no such template; in [templates] there is {there}.")
        rest = templates[name]
        if not rest.strip():
            raise ValueError("that template is empty.")
        return rest
    return _unquoted(rest)


def _unquoted(text: str) -> str:
    quoted = len(text) > 2 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _together(steps: Sequence[Step]) -> Iterator[str]:
    does = [step.does for step in steps]
    if set(does) == {"next"}:
        yield "nothing in it decides anything."
    if "next" in does[:-1]:
        yield '"next" must be the last step.'
    for group in (("take", "assign", "unassign"), ("take", "status"), ("archive", "unarchive")):
        found = [one for one in does if one in group]
        if len(found) > 1:
            yield f'"{found[0]}" and "{found[1]}" do not go together.'
    for one in ("priority", "snooze"):
        if does.count(one) > 1:
            yield f'"{one}" is there twice.'
