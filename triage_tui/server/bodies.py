"""What a request says, checked: its JSON body and its query parameters.

Everything that is wrong with a request ends as `Refused`, in the words of the real service where
those are known.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

from triage_tui.models import CustomValue, Insight
from triage_tui.server.refusals import Refused, bad_parameter, bad_request, not_one_of, refused
from triage_tui.server.resources import Json

BODY_LIMIT = 1024 * 1024
"""Bytes a request body may have."""

BODY_TYPES = ("application/json", "application/vnd.api+json")

INSIGHT_TYPES = (
    "SECURITY_SIGNAL",
    "MONITOR",
    "EVENT_CORRELATION",
    "ERROR_TRACKING",
    "CLOUD_COST_RECOMMENDATION",
    "INCIDENT",
    "SENSITIVE_DATA_SCANNER_ISSUE",
    "EVENT",
    "WATCHDOG_STORY",
    "WIDGET",
    "SECURITY_FINDING",
    "INSIGHT_SCORECARD_CAMPAIGN",
    "RESOURCE_POLICY",
    "APM_RECOMMENDATION",
    "SCM_URL",
    "PROFILING_DOWNSIZING_EXPERIMENT",
)

INSIGHTS_LIMIT = 100
"""Insights one request may add or remove."""

T = TypeVar("T")

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def is_uuid(text: str) -> bool:
    """True for the 36 characters of a UUID, in either letter case."""
    return _UUID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The query parameters of a request.

    Our choice: one without a value counts as absent, as forms and scripts send it.
    """

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """The parameter as it is; "" if absent."""
        return self.values.get(name, "")

    def integer(self, name: str, default: int, *, low: int = 0, high: int = 2**31 - 1) -> int:
        """The whole number, from `low` to `high`; `default` if absent."""
        text = self.values.get(name, "")
        if not text:
            return default
        if not _INTEGER.fullmatch(text):
            raise bad_parameter(name, "query", 'type "integer"')
        if not low <= int(text) <= high:
            raise bad_parameter(name, "query", f"a number from {low} to {high}")
        return int(text)

    def flag(self, name: str) -> bool:
        """True or false; an absent flag is false."""
        text = self.values.get(name, "").lower()
        if text not in ("", "true", "false"):
            raise bad_parameter(name, "query", 'type "boolean"')
        return text == "true"

    def moment(self, name: str) -> datetime | None:
        """The time, RFC 3339 with a zone, in UTC and to the microsecond; None if absent."""
        text = self.values.get(name, "")
        found = _moment(text)
        if text and found is None:
            raise bad_parameter(name, "query", "a time with its zone, as in 2026-12-15T08:00:00Z")
        return found

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """One of `allowed`; `default` if absent."""
        text = self.values.get(name, "") or default
        if text not in allowed:
            raise bad_parameter(name, "query", f"one of {', '.join(allowed)}")
        return text


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of one JSON object in a body, each read with the type it must have.

    A member that is null counts as absent.
    """

    members: Mapping[str, object]

    def has(self, name: str) -> bool:
        return self.members.get(name) is not None

    def text(self, name: str) -> str:
        """The text; "" if absent."""
        return self._typed(name, str, "")

    def filled(self, name: str) -> str:
        """The text, which must be there and not be blank."""
        text = self.text(name)
        if not text.strip():
            raise bad_request()
        return text

    def given(self, name: str) -> str:
        """The text, which must be there but may be blank."""
        if not self.has(name):
            raise bad_request()
        return self.text(name)

    def uuid(self, name: str) -> str:
        """The id, in lower case; "" if absent."""
        text = self.text(name)
        if text and not is_uuid(text):
            raise bad_request(f'error decoding attribute "{name}": expected type "uuid"')
        return text.lower()

    def choice(self, name: str, what: str, allowed: Collection[str]) -> str:
        """One of `allowed`, which must be there; `what` is what the person calls it."""
        text = self.text(name)
        if text not in allowed:
            raise not_one_of(what, text, allowed)
        return text

    def moment(self, name: str) -> datetime:
        """The time, which must be there: RFC 3339, to the microsecond."""
        found = _moment(self.given(name))
        if found is None:
            raise bad_request(
                f'error decoding attribute "{name}": expected a time with its zone, as in '
                "2026-12-15T08:00:00Z"
            )
        return found

    def flag(self, name: str) -> bool:
        """True or false; an absent flag is false."""
        return self._typed(name, bool, False)

    def integer(self, name: str, *, low: int, high: int) -> int:
        """The number, which must be there."""
        value = self.members.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(name, value)
        if not low <= value <= high:
            raise bad_request(f'"{name}" must be from {low} to {high}')
        return value

    def object(self, name: str) -> Fields:
        """The object; an empty one if absent."""
        return Fields(self._typed(name, dict, {}))

    def items(self, name: str) -> list[Any]:
        """The list of anything but nulls; empty if absent."""
        found = self._typed(name, list, [])
        if None in found:
            raise _wrong_type(name, None)
        return found

    def objects(self, name: str) -> list[Fields]:
        """The list of objects; empty if absent."""
        found = self._typed(name, list, [])
        for item in found:
            if not isinstance(item, dict):
                raise _wrong_type(name, item)
        return [Fields(item) for item in found]

    def texts(self, name: str) -> list[str]:
        """The list of texts; empty if absent."""
        found = self._typed(name, list, [])
        for item in found:
            if not isinstance(item, str):
                raise _wrong_type(name, item)
        return found

    def text_lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """The object that maps keys to lists of texts; empty if absent."""
        found = self.object(name).members
        for value in found.values():
            # The real service names the object and not the key in it.
            for item in value if isinstance(value, list) else [value]:
                if not (isinstance(value, list) and isinstance(item, str)):
                    raise _wrong_type(name, item)
        return {key: tuple(value) for key, value in found.items() if isinstance(value, list)}

    def _typed(self, name: str, kind: type[T], absent: T) -> T:
        value = self.members.get(name)
        if value is None:
            return absent
        if not isinstance(value, kind):
            raise _wrong_type(name, value)
        return value


@dataclass(frozen=True, slots=True)
class Body:
    """The `data` of a request body; its type has been checked."""

    data: Fields
    attributes: Fields
    relationships: Fields

    def uuid(self) -> str:
        """The id of the `data`, which must be a UUID, in lower case."""
        found = self.data.filled("id")
        if not is_uuid(found):
            raise bad_request()
        return found.lower()

    def related(self, name: str, kind: str) -> str:
        """The id that the relationship points to; "" if there is none."""
        data = self.relationships.object(name).object("data")
        if not data.members:
            return ""
        _check_type(data, kind)
        return data.filled("id")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart.

    Attributes:
        path: The variable segments of the path by name, decoded.
        body: As it came, bounded by `BODY_LIMIT`.
    """

    path: Mapping[str, str]
    query: Parameters
    body: bytes = b""
    content_type: str = ""

    def read(self, kind: str) -> Body:
        """The body, whose `data.type` has to be `kind`."""
        return read_body(self.body, self.content_type, kind)


def read_body(raw: bytes, content_type: str, kind: str) -> Body:
    """The body of a request whose `data.type` has to be `kind`."""
    # A web page of any origin can send a form or plain text to this port without being asked for
    # permission, but never JSON. Together with the check of the Host header this keeps pages from
    # writing; DELETE needs permission by itself.
    if raw and content_type.partition(";")[0].strip().lower() not in BODY_TYPES:
        raise refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the body as {' or '.join(BODY_TYPES)}"
        )
    data = Fields(_decoded(raw)).object("data")
    if not data.members:
        raise bad_request('the body has no "data"')
    _check_type(data, kind)
    return Body(data, data.object("attributes"), data.object("relationships"))


def insights(attributes: Fields) -> tuple[Insight, ...]:
    """The insights of a request, 1 to `INSIGHTS_LIMIT`."""
    items = attributes.objects("insights")
    if not 1 <= len(items) <= INSIGHTS_LIMIT:
        raise bad_request(f"give 1 to {INSIGHTS_LIMIT} insights")
    found = []
    for item in items:
        kind = item.filled("type")
        if kind not in INSIGHT_TYPES:
            raise not_one_of("insight type", kind, INSIGHT_TYPES)
        found.append(Insight(kind, item.filled("ref"), item.filled("resource_id")))
    return tuple(found)


def custom_values(attributes: Fields) -> dict[str, CustomValue]:
    """The custom attributes of a request by key; empty if there are none."""
    fields = attributes.object("custom_attributes")
    return {key: custom_value(fields.object(key)) for key in fields.members if fields.has(key)}


def custom_value(fields: Fields) -> CustomValue:
    """The value of one custom attribute."""
    kind = fields.text("type")
    is_multi = fields.flag("is_multi")
    given = fields.members.get("value")
    items = given if is_multi else [given]
    if kind not in ("URL", "TEXT", "NUMBER", "SELECT") or not isinstance(items, list):
        raise bad_request()
    return CustomValue(kind, is_multi, tuple(_custom_item(kind, item) for item in items))


def _custom_item(kind: str, item: object) -> str | float:
    if kind != "NUMBER" and isinstance(item, str):
        return item
    if kind == "NUMBER" and isinstance(item, int | float) and not isinstance(item, bool):
        try:
            return float(item)
        except OverflowError:
            raise bad_request('error decoding attribute "value": number too large') from None
    raise _wrong_type("value", item)


def _moment(text: str) -> datetime | None:
    """The time in UTC that is written in RFC 3339; None if it is not."""
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None


def _decoded(raw: bytes) -> Json:
    """The JSON object that the body is."""
    try:
        document = json.loads(raw.decode(), object_pairs_hook=_once_each)
        # What cannot be written again could not be answered either: halves of surrogate pairs,
        # NaN, numbers without end.
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise bad_request("the body is not JSON") from None
    if not isinstance(document, dict):
        raise bad_request("the body is not a JSON object")
    return document


def _once_each(members: list[tuple[str, object]]) -> Json:
    """The object with these members."""
    document = dict(members)
    if len(document) != len(members):
        counts = Counter(name for name, _ in members)
        twice = counts.most_common(1)[0][0]
        # Our choice: programs disagree about which one counts, so none does.
        raise bad_request(f"the body has {json.dumps(twice[:100])} twice in one object")
    return document


def _check_type(data: Fields, kind: str) -> None:
    given = data.text("type")
    if given != kind:
        raise bad_request(f'got type "{given}" expected one of "{kind}"')


def _wrong_type(name: str, value: object) -> Refused:
    return bad_request(f'error decoding attribute "{name}": invalid type {_json_type(value)}')


def _json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"
