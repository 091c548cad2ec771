"""People, projects and case types, by the names that a person types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from triage_tui.errors import ConfigError
from triage_tui.models import STANDARD_STATUSES, CaseType, Project, Status, User
from triage_tui.text import clean, nearest

if TYPE_CHECKING:
    from triage_tui.client import CaseClient

_GROUPS = {"open": "SG_OPEN", "inprogress": "SG_IN_PROGRESS", "closed": "SG_CLOSED"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST_TOLD = 10


async def person(client: CaseClient, name: str) -> User:
    """The one whom a name, a part of it, an e-mail address or an id means; "me" is oneself.

    Raises:
        ConfigError: Nobody is, or several are.
    """
    wanted = name.strip()
    if wanted.casefold() == "me":
        return await client.me()
    if not wanted:
        raise ConfigError("The name of a person is empty.")
    if _ID.fullmatch(wanted):
        return await client.user(wanted)
    found = await client.users(wanted, size=100)
    folded = wanted.casefold()
    exactly = [one for one in found if folded in _names(one)]
    fitting = exactly or list(found)
    if len(fitting) == 1:
        return fitting[0]
    shown = clean(wanted, limit=60)
    if not fitting:
        raise ConfigError(f'Nobody is called "{shown}": `triage-tui users` lists the people.')
    told = [_told(one) for one in fitting[:_MOST_TOLD]]
    more = f" and {len(fitting) - _MOST_TOLD} more" if len(fitting) > _MOST_TOLD else ""
    raise ConfigError(
        f'Several people are called "{shown}": {", ".join(told)}{more}. Give the e-mail address.'
    )


def _names(user: User) -> set[str]:
    return {name.casefold() for name in (user.name, user.email, user.handle) if name}


def _told(user: User) -> str:
    address = user.email or user.handle or user.id
    return f"{clean(user.name)} <{clean(address)}>" if user.name else clean(address)


def project(projects: Iterable[Project], key: str) -> Project:
    """The project with this key or name.

    Raises:
        ConfigError: There is none.
    """
    known = list(projects)
    for name in ("key", "name", "id"):
        for one in known:
            if getattr(one, name).casefold() == key.strip().casefold():
                return one
    keys = [one.key for one in known]
    meant = nearest(key, keys)
    advice = f"did you mean {meant}?" if meant else f"there are {', '.join(keys[:20])}."
    raise ConfigError(f'There is no project "{clean(key, limit=60)}"; {advice}')


def case_type(types: Iterable[CaseType], name: str) -> CaseType:
    """The case type with this name.

    Raises:
        ConfigError: There is none.
    """
    known = [one for one in types if one.deleted_at is None]
    for one in known:
        if name.strip().casefold() in (one.name.casefold(), one.id):
            return one
    names = ", ".join(clean(one.name) for one in known)
    raise ConfigError(f'There is no case type "{clean(name, limit=60)}"; there are {names}.')


def status(kind: CaseType | None, name: str) -> Status | None:
    """The status of a case type that a name means; None if it has none.

    `open`, `in_progress` and `closed` mean the type's own where it has no status of that name.
    """
    statuses: Sequence[Status] = kind.statuses if kind else STANDARD_STATUSES
    wanted = _bare(name)
    for one in statuses:
        if wanted == _bare(one.name):
            return one
    group = _GROUPS.get(wanted)
    usual = kind.defaults.get(group, "") if kind and group else ""
    return next((one for one in statuses if one.name == usual), None)


def status_names(types: Mapping[str, CaseType]) -> list[str]:
    """The statuses that cases can have, each once."""
    statuses = [one.name for kind in types.values() for one in kind.statuses]
    return list(dict.fromkeys([*(one.name for one in STANDARD_STATUSES), *statuses]))


def _bare(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
