"""Resources of a JSON:API document as models, each checked field by field.

What makes no sense is `Unusable`. Attributes that nobody here has heard of are ignored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from triage_tui.models import (
    PRIORITIES,
    STANDARD_STATUSES,
    STANDARD_TYPE,
    STATUS_GROUPS,
    Case,
    CaseType,
    CustomValue,
    Insight,
    Project,
    Status,
    Ticket,
    TimelineCell,
    User,
)
from triage_tui.server import project_settings
from triage_tui.server.bodies import Fields, is_uuid
from triage_tui.server.refusals import Refused
from triage_tui.server.tables.projects import DetailedProject

T = TypeVar("T")

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Id of the author of a comment that does not say who wrote it."""

_KEY = re.compile(r"([A-Za-z0-9_]{1,30})-([0-9]{1,15})")
_NUMBER = re.compile(r"[0-9]{0,18}")
CUSTOM_TYPES = ("URL", "TEXT", "NUMBER", "SELECT")

_SURROGATE = re.compile("[\ud800-\udfff]")

_TYPE_IDS = {
    "": STANDARD_TYPE,
    "STANDARD": STANDARD_TYPE,
    "SECURITY": "00000000-0000-0000-0000-000000000003",
    "ERROR_TRACKING_ISSUE": "00000000-0000-0000-0000-000000000005",
}
"""Of cases that were written down before they named their type by its id."""

_GROUPS = {
    **dict.fromkeys(("", "OPEN", "NOT_STARTED", "TRIGGERED"), "SG_OPEN"),
    **dict.fromkeys(
        ("IN_PROGRESS", "ACKNOWLEDGED", "PENDING_APPROVAL", "APPROVED", "IMPLEMENTING"),
        "SG_IN_PROGRESS",
    ),
    **dict.fromkeys(("CLOSED", "RESOLVED", "COMPLETED", "CANCELLED", "DECLINED"), "SG_CLOSED"),
}
"""Of cases that were written down before they named their group."""


class Unusable(ValueError):
    """A resource cannot be stored; the text says what is wrong with it: "title is not a text"."""


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one JSON object, each read with the type that it must have.

    A member that is null counts as absent.
    """

    values: Mapping[str, object]
    name: str = ""

    def text(self, name: str, absent: str = "") -> str:
        """The text, with U+FFFD for what no encoding can carry."""
        return _SURROGATE.sub("\ufffd", self._typed(name, str, "a text", absent))

    def flag(self, name: str) -> bool:
        return self._typed(name, bool, "true or false", False)

    def count(self, name: str) -> int:
        found = self.values.get(name)
        if found is None:
            return 0
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 2**53:
            raise Unusable(f"{self._path(name)} is not a number of things")
        return found

    def moment(self, name: str) -> datetime | None:
        found = self.values.get(name)
        if found is None:
            return None
        try:
            if not isinstance(found, str) or "T" not in found.upper():
                raise ValueError
            at = datetime.fromisoformat(found)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            # A day of margin at both ends: whoever shows it in a local zone must not overflow.
            if not 1 < at.year < 9999:
                raise ValueError
        except (ValueError, OverflowError):
            raise Unusable(f"{self._path(name)} is not a time") from None
        return at

    def uuid(self, name: str) -> str:
        found = self.text(name)
        if not is_uuid(found):
            raise Unusable(f"{self._path(name)} is not a UUID")
        return found.lower()

    def members(self, name: str) -> Members:
        return Members(self._typed(name, dict, "an object", {}), self._path(name))

    def each(self, name: str) -> list[Members]:
        """The objects of a list."""
        found = self._typed(name, list, "a list", [])
        if not all(isinstance(item, dict) for item in found):
            raise Unusable(f"{self._path(name)} is not a list of objects")
        return [Members(item, f"{self._path(name)}[{n}]") for n, item in enumerate(found)]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list."""
        found = self._typed(name, list, "a list", [])
        if not all(isinstance(item, str) for item in found):
            raise Unusable(f"{self._path(name)} is not a list of texts")
        return tuple(_SURROGATE.sub("\ufffd", item) for item in found)

    def related(self, name: str) -> str:
        """The id of what a relationship points to; "" if there is none."""
        data = self.members(name).members("data")
        return data.uuid("id") if data.values else ""

    def _typed(self, name: str, kind: type[T], called: str, absent: T) -> T:
        found = self.values.get(name)
        if found is None:
            return absent
        if not isinstance(found, kind):
            raise Unusable(f"{self._path(name)} is not {called}")
        return found

    def _path(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name


@dataclass(frozen=True, slots=True)
class Person:
    """A user, and how much was told about them.

    Attributes:
        whole: Everything was told; otherwise only what goes with a case or a comment.
    """

    user: User
    whole: bool
    created_at: datetime | None = None
    modified_at: datetime | None = None
    service_account: bool = False


def parts(resource: Mapping[str, object]) -> tuple[str, Members, Members]:
    """The id, the attributes and the relationships of a resource."""
    members = Members(resource)
    attributes = members.members("attributes")
    # Sentences name the fields of a resource without saying where in it they stand.
    return (
        members.uuid("id"),
        Members(attributes.values),
        Members(members.members("relationships").values),
    )


def read_person(resource: Mapping[str, object]) -> Person:
    """The user that a resource of type `user` or `users` describes."""
    id, attributes, _ = parts(resource)
    return _person(id, attributes, whole=resource.get("type") == "users")


def _person(id: str, told: Members, *, whole: bool) -> Person:
    name, email = told.text("name"), told.text("email")
    status = told.text("status")
    if told.values.get("active") is not None:
        active = told.flag("active")
    else:
        active = status == "Active" if status else not told.flag("disabled")
    # Only somebody who never signed in has no name.
    usual = "Active" if active else "Pending" if email and not name else "Disabled"
    return Person(
        User(
            id=id,
            name=name,
            email=email,
            handle=told.text("handle"),
            active=active,
            title=told.text("title"),
            status=status or usual,
        ),
        whole,
        told.moment("created_at"),
        told.moment("modified_at"),
        told.flag("service_account"),
    )


def _author(attributes: Members, name: str) -> Person | None:
    """The user whom a case or a comment names in its attributes."""
    content = attributes.members(name).members("content")
    key = "ID" if "ID" in content.values else "id"
    if content.values.get(key) in (None, ""):
        return None
    return _person(content.uuid(key), content, whole=False)


def read_project(resource: Mapping[str, object]) -> DetailedProject:
    """A project, with as much about it as is told."""
    id, attributes, related = parts(resource)
    key = attributes.text("key")
    if not _KEY.fullmatch(f"{key}-1"):
        raise Unusable("key is not the key of a project")
    project = Project(id, key, attributes.text("name", key), attributes.flag("restricted"))
    details: dict[str, object] = {}
    given = Fields(attributes.values)
    try:
        if settings := project_settings.settings(given):
            details["settings"] = settings
        if columns := project_settings.columns(given):
            details["columns_config"] = columns
    except Refused as refusal:
        raise Unusable(refusal.sentence) from None
    if types := attributes.texts("enabled_custom_case_types"):
        if not all(map(is_uuid, types)):
            raise Unusable("enabled_custom_case_types is not a list of UUIDs")
        details["enabled_custom_case_types"] = [type_id.lower() for type_id in types]
    if teams := related.members("member_team").each("data"):
        details["team_uuid"] = teams[0].uuid("id")
    return DetailedProject(project, details)


def read_type(resource: Mapping[str, object]) -> CaseType:
    """A case type; a group without statuses has the usual one."""
    id, attributes, _ = parts(resource)
    config = attributes.members("statuses_config")
    statuses: list[Status] = []
    defaults: dict[str, str] = {}
    for part, usual in zip(("open", "in_progress", "closed"), STANDARD_STATUSES, strict=True):
        options = config.members(part)
        names = [option.text("name") for option in options.each("status_options")]
        names = [*dict.fromkeys(name for name in names if name)] or [usual.name]
        statuses += [Status(name, usual.group) for name in names]
        default = options.text("default")
        defaults[usual.group] = default if default in names else names[0]
    return CaseType(
        id=id,
        name=attributes.text("name", id),
        description=attributes.text("description"),
        emoji=attributes.text("emoji"),
        internal=attributes.flag("internal"),
        deleted_at=attributes.moment("deleted_at"),
        statuses=tuple(statuses),
        defaults=defaults,
    )


def read_config(resource: Mapping[str, object]) -> tuple[str, str, dict[str, object]]:
    """The id of a custom attribute config, that of its case type, and all else about it."""
    id, attributes, _ = parts(resource)
    document: dict[str, object] = {
        "key": attributes.text("key"),
        "display_name": attributes.text("display_name", attributes.text("key")),
        "type": attributes.text("type"),
        "is_multi": attributes.flag("is_multi"),
    }
    if not document["key"]:
        raise Unusable("key is missing")
    if document["type"] not in CUSTOM_TYPES:
        raise Unusable(f"type is not one of {', '.join(CUSTOM_TYPES)}")
    for name in ("description", "map_from"):
        if given := attributes.text(name):
            document[name] = given
    if options := attributes.members("type_data").each("options"):
        document["type_data"] = {"options": [{"value": one.text("value")} for one in options]}
    return id, attributes.uuid("case_type_id"), document


def read_case(resource: Mapping[str, object]) -> tuple[Case, Person | None]:
    """A case whose users are known by their ids only, and whoever it says created it."""
    id, told, related = parts(resource)
    author = _author(told, "created_by_author")
    created_by = related.related("created_by") or (author.user.id if author else "")
    key = told.text("key")
    if not _KEY.fullmatch(key):
        raise Unusable("key is not the key of a case")
    created_at = told.moment("created_at")
    if created_at is None:
        raise Unusable("created_at is missing")
    priority = told.text("priority", "NOT_DEFINED")
    if priority not in PRIORITIES:
        # Our choice: what could be neither sorted nor shown is refused, not taken for another.
        raise Unusable(f"priority is not one of {', '.join(PRIORITIES)}")
    public_id = told.text("public_id")
    if not _NUMBER.fullmatch(public_id):
        raise Unusable("public_id is not a number")
    code, status = _status(told)
    type_id = told.text("type_id")
    if not type_id and told.text("type") not in _TYPE_IDS:
        raise Unusable("type_id is missing")
    case = Case(
        id=id,
        key=key,
        title=told.text("title"),
        created_at=created_at,
        description=told.text("description"),
        public_id=public_id,
        priority=priority,
        status=code,
        status_name=status.name,
        status_group=status.group,
        type=told.text("type", "STANDARD"),
        type_id=told.uuid("type_id") if type_id else _TYPE_IDS[told.text("type")],
        modified_at=told.moment("modified_at"),
        closed_at=told.moment("closed_at"),
        archived_at=told.moment("archived_at"),
        project_id=related.related("project"),
        assignee=_user(related.related("assignee")),
        created_by=_user(created_by),
        modified_by=_user(related.related("modified_by")),
        attributes=_attributes(told.members("attributes")),
        custom_attributes=_custom_attributes(told.members("custom_attributes")),
        insights=tuple(
            Insight(one.text("type"), one.text("ref"), one.text("resource_id"))
            for one in told.each("insights")
        ),
        comment_count=told.count("comment_count"),
        creation_source=told.text("creation_source", "MANUAL"),
        merge_status=told.text("merge_status", "NOT_MERGED"),
        jira=_ticket(told.members("jira_issue")),
        service_now=_ticket(told.members("service_now_ticket"), told.members("servicenow_ticket")),
        due_date=_day(told.text("due_date")),
        resolved_reason=told.text("security_resolved_reason"),
    )
    return case, author


def read_cell(resource: Mapping[str, object]) -> tuple[str, TimelineCell, Person | None]:
    """The id of a case, something that happened to it, and its author as far as one is told."""
    id, told, related = parts(resource)
    case_id = related.related("case")
    if not case_id:
        raise Unusable("it does not say which case it belongs to")
    created_at = told.moment("created_at")
    if created_at is None:
        raise Unusable("created_at is missing")
    author = _author(told, "author")
    cell = TimelineCell(
        id=id,
        type=told.text("type", "COMMENT"),
        author=User(author.user.id if author else NOBODY),
        message=told.members("cell_content").text("message"),
        created_at=created_at,
        modified_at=told.moment("modified_at"),
        deleted_at=told.moment("deleted_at"),
    )
    return case_id, cell, author


def number_of(key: str) -> int:
    """The number in the key of a case."""
    return int(key.rpartition("-")[2])


def _user(id: str) -> User | None:
    return User(id) if id else None


def _status(told: Members) -> tuple[str, Status]:
    """The deprecated status and the status proper; whichever is absent follows from the other."""
    code, name = told.text("status"), told.text("status_name")
    code = code or (Status(name, "").code if name else "OPEN")
    group = told.text("status_group") or _GROUPS.get(code, "")
    if group not in STATUS_GROUPS:
        raise Unusable(f"status_group is not one of {', '.join(STATUS_GROUPS)}")
    # Our choice: any name is kept, and is a status of this workspace from then on.
    return code, Status(name or code.replace("_", " ").title(), group)


def _attributes(told: Members) -> dict[str, tuple[str, ...]]:
    return {_SURROGATE.sub("\ufffd", key): told.texts(key) for key in told.values}


def _custom_attributes(told: Members) -> dict[str, CustomValue]:
    return {
        _SURROGATE.sub("\ufffd", key): _custom_value(told.members(key))
        for key in told.values
        if told.values[key] is not None
    }


def _custom_value(told: Members) -> CustomValue:
    kind, is_multi = told.text("type", "TEXT"), told.flag("is_multi")
    if kind not in CUSTOM_TYPES:
        raise Unusable(f"{told.name}.type is not one of {', '.join(CUSTOM_TYPES)}")
    given = told.values.get("value")
    items = given if isinstance(given, list) else [] if given is None else [given]
    return CustomValue(kind, is_multi, tuple(_custom_item(told.name, kind, i) for i in items))


def _custom_item(name: str, kind: str, item: object) -> str | float:
    if kind != "NUMBER" and isinstance(item, str):
        return _SURROGATE.sub("\ufffd", item)
    if kind == "NUMBER" and isinstance(item, int | float) and not isinstance(item, bool):
        try:
            number = float(item)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise Unusable(f"{name}.value is not a {'number' if kind == 'NUMBER' else 'text'}")


def _ticket(*places: Members) -> Ticket | None:
    told = next((place for place in places if place.values), None)
    if told is None:
        return None
    result = told.members("result")
    url = result.text("issue_url") or result.text("sys_target_link")
    return Ticket(told.text("status", "IN_PROGRESS"), result.text("issue_key"), url)


def _day(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unusable("due_date is not a day") from None
