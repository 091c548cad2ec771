"""People."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field, OnErrorOmit, TypeAdapter

from triage_tui.models import User
from triage_tui.wire.body import DEFERRED, Body, Lenient, Text, checked, envelope, listed


class _UserAttributes(Body):
    name: Text = None
    email: Text = None
    handle: Text = None
    title: Text = None
    status: Text = None
    active: bool | None = None
    disabled: bool | None = None


class UserBody(Body):
    """A user: of the Users API, or included in an answer about cases."""

    id: str
    type: Text = None
    attributes: Annotated[_UserAttributes | None, Lenient] = None


class _Person(_UserAttributes):
    id: str = Field(validation_alias=AliasChoices("ID", "id"))


class Author(Body):
    """A user as search results and timelines have them."""

    content: Annotated[_Person | None, Lenient] = None


_USER = TypeAdapter(UserBody)
USERS = TypeAdapter(list[OnErrorOmit[UserBody]], config=DEFERRED)
_NOBODY = _UserAttributes.model_construct()


def _person(id: str, seen: _UserAttributes) -> User:
    if seen.active is not None:
        active = seen.active
    elif seen.status:
        active = seen.status == "Active"
    else:
        active = not seen.disabled
    # Answers about cases do not carry the status. Only somebody who never signed in has no name.
    inactive = "Pending" if seen.email and not seen.name else "Disabled"
    return User(
        id=id,
        name=seen.name or "",
        email=seen.email or "",
        handle=seen.handle or "",
        active=active,
        title=seen.title or "",
        status=seen.status or ("Active" if active else inactive),
    )


def make_user(row: UserBody) -> User:
    """The user a resource describes."""
    return _person(row.id, row.attributes or _NOBODY)


def make_author(author: Author | None) -> User | None:
    """The author, if one is named."""
    return _person(author.content.id, author.content) if author and author.content else None


def people_of(body: Mapping[str, Any]) -> dict[str, User]:
    """The users that come along in a body, by their ids."""
    included = body.get("included")
    if not isinstance(included, list):
        return {}
    rows = USERS.validate_python(included)
    return {row.id: make_user(row) for row in rows if row.type in ("user", "users")}


def user(content: bytes) -> User:
    """The user an answer describes."""
    return make_user(checked(_USER, envelope(content)[0], "a user"))


def users(content: bytes) -> tuple[User, ...]:
    """The users an answer lists."""
    return listed(USERS, content, make_user, "a list of users")
