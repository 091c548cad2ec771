"""What a case is tied to: links to other things, and the people who watch it."""

from __future__ import annotations

from typing import Annotated

from pydantic import OnErrorOmit, TypeAdapter

from triage_tui.models import CaseLink, User
from triage_tui.wire.body import DEFERRED, Body, Lenient, envelope, listed
from triage_tui.wire.users import people_of


class _LinkAttributes(Body):
    parent_entity_type: str
    parent_entity_id: str
    child_entity_type: str
    child_entity_id: str
    relationship: str


class _Link(Body):
    id: str
    attributes: _LinkAttributes


class _Reference(Body):
    id: str


class _ToUser(Body):
    data: _Reference


class _Relationships(Body):
    user: Annotated[_ToUser | None, Lenient] = None


class _Watcher(Body):
    id: str
    relationships: _Relationships


_LINKS = TypeAdapter(list[OnErrorOmit[_Link]], config=DEFERRED)
_WATCHERS = TypeAdapter(list[OnErrorOmit[_Watcher]], config=DEFERRED)


def _link(row: _Link) -> CaseLink:
    seen = row.attributes
    return CaseLink(
        id=row.id,
        parent_type=seen.parent_entity_type,
        parent_id=seen.parent_entity_id,
        child_type=seen.child_entity_type,
        child_id=seen.child_entity_id,
        relationship=seen.relationship,
    )


def links(content: bytes) -> tuple[CaseLink, ...]:
    """The links an answer lists."""
    return listed(_LINKS, content, _link, "a list of links")


def watchers(content: bytes) -> tuple[User, ...]:
    """The people an answer lists as watching a case; only an id of those it does not describe."""
    people = people_of(envelope(content)[1])

    def user(row: _Watcher) -> User:
        to = row.relationships.user
        # A service that leaves the relationship out may name the user by the id of the watcher.
        user_id = to.data.id if to else row.id
        return people.get(user_id) or User(user_id)

    return listed(_WATCHERS, content, user, "a list of watchers")
