"""What all bodies have in common: JSON, the envelope, kinds of fields, and errors."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import from_json

from triage_tui.text import clean

T = TypeVar("T")
R = TypeVar("R")

_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """A body is not what was asked for; the text completes "the answer is ..." .

    Attributes:
        advice: What to do about it, as a sentence.
        passing: The same answer may be readable if it is asked for again.
    """

    def __init__(
        self, what: str, *, advice: str = "Check that the site is right.", passing: bool = False
    ) -> None:
        super().__init__(what)
        self.advice = advice
        self.passing = passing


def cut_off() -> Unreadable:
    """The error for a body whose end is missing."""
    return Unreadable("cut off before its end", advice="Check the network.", passing=True)


def parse(content: bytes) -> Any:
    """The JSON in `content`, in which every text can be encoded and no number is NaN.

    Raises:
        Unreadable: If it is not JSON.
    """
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError as error:
        # One lone surrogate or NaN spoils it all; the slower way mends them.
        ended = "EOF while parsing" in str(error)
    try:
        text = content.decode("utf-8-sig", "replace")
        return mended(json.loads(text, parse_constant=lambda _: None))
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError:
        raise _no_json(content, ended) from None


def _no_json(content: bytes, ended: bool) -> Unreadable:
    """What a body is that is not JSON."""
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        return Unreadable("empty")
    if start.startswith(b"<"):
        title = _title(start.decode("utf-8", "replace"))
        return Unreadable(
            f"a web page, “{clean(title, limit=100)}”" if title else "a web page",
            advice="Is there a proxy or a login page in between? Check that the site is right.",
        )
    if ended:
        return cut_off()
    try:
        content.decode()
    except UnicodeDecodeError:
        return Unreadable("not text in UTF-8")
    return Unreadable("not JSON")


def mended(value: Any) -> Any:
    """The same JSON value with U+FFFD for every surrogate, which no encoding can carry."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended(key): mended(item) for key, item in value.items()}
    return value


def envelope(content: bytes) -> tuple[Any, dict[str, Any]]:
    """The `data` of a body, and the whole body.

    Raises:
        Unreadable: If the body is no JSON:API document.
    """
    body = parse(content)
    if not isinstance(body, dict) or "data" not in body:
        raise Unreadable("not one of this API (it has no data)")
    return body["data"], body


def checked(schema: TypeAdapter[T], data: Any, what: str) -> T:
    """`data` as the schema has it; if it cannot be, the answer is "not `what`"."""
    try:
        return schema.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        why = f"{where}: {first['msg']}" if where else first["msg"]
        raise Unreadable(f"not {what} ({clean(why, limit=100)})") from None


def listed(
    schema: TypeAdapter[list[T]], content: bytes, make: Callable[[T], R], what: str
) -> tuple[R, ...]:
    """What `make` makes of each readable item of a list.

    Raises:
        Unreadable: If there are items and none is readable.
    """
    data = envelope(content)[0]
    rows = checked(schema, [] if data is None else data, what)
    if data and not rows:
        raise Unreadable(f"not {what}")
    return tuple(make(row) for row in rows)


def _utc(value: datetime) -> datetime:
    # A day of margin at both ends: whoever shows a time in a local zone must not overflow.
    if not 1 < value.year < 9999:
        raise ValueError("out of range")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Text = str | None
Moment = Annotated[datetime, AfterValidator(_utc)]
Number = Annotated[int, Field(ge=0, le=2**53)]
Lenient = WrapValidator(_or_none)
"""Marks a field the rest can do without: None when it cannot be read."""


DEFERRED = ConfigDict(defer_build=True)
"""For a schema: it is built when the first answer is read with it, and most never are."""


class Body(BaseModel):
    """A part of a body; fields nobody knows are ignored."""

    model_config = ConfigDict(coerce_numbers_to_str=True, allow_inf_nan=False, defer_build=True)


def reasons(content: bytes) -> str:
    """What the server says went wrong, in its own words; "" when it says nothing to a person."""
    try:
        body = parse(content)
    except Unreadable:
        text = content.decode("utf-8", "replace").strip()
        return _title(text) if text.startswith("<") else text
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    errors = body.get("errors", body.get("error", body.get("message")))
    words = [_reason(error) for error in (errors if isinstance(errors, list) else [errors])]
    return "; ".join(word for word in words if word)


def _title(page: str) -> str:
    # No tag has a < in it, and so the search of a hostile page is as quick as that of any other.
    title = re.search(r"<title[^<>]*>([^<]*)", page, re.IGNORECASE)
    return " ".join(title.group(1).split()) if title else ""


def _reason(error: Any) -> str:
    if isinstance(error, str):
        return error.strip()
    if isinstance(error, dict):
        for name in ("detail", "title", "message", "code"):
            if isinstance(error.get(name), str) and error[name].strip():
                return str(error[name]).strip()
    return ""
