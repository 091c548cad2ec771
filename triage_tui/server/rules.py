"""What notification rules and automation rules have in common: something happens, data follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage_tui.server.bodies import Fields
from triage_tui.server.refusals import bad_request


@dataclass(frozen=True, slots=True)
class Data:
    """The members that go with one type of trigger, recipient or action; all of them are texts.

    Attributes:
        optional: Members that may be there.
        needed: Groups of members; one of each group has to be there, and not be blank.
        values: What a member may say, if not anything.
    """

    optional: Sequence[str] = ()
    needed: Sequence[Sequence[str]] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def typed(fields: Fields, what: str, kinds: Mapping[str, Data]) -> dict[str, Any]:
    """The `type` and `data` of a trigger, recipient or action, checked.

    Members that do not belong to the type are left out. Data that are not given stay away.

    Args:
        what: What it is called when its type is refused: "trigger type".
    """
    kind = fields.choice("type", what, kinds)
    found: dict[str, Any] = {"type": kind}
    members = kinds[kind]
    data = fields.object("data")
    for names in members.needed:
        if not any(data.text(name).strip() for name in names):
            raise bad_request(f"{what} {kind} needs {' or '.join(names)} in its data")
    names = sorted({*members.optional, *(name for group in members.needed for name in group)})
    given = {name: _text(data, name, members.values) for name in names if data.has(name)}
    if fields.has("data"):
        found = {"data": given, **found}
    return found


def _text(data: Fields, name: str, values: Mapping[str, Sequence[str]]) -> str:
    return data.choice(name, name, values[name]) if name in values else data.text(name)
