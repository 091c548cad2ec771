"""Our values as JSON, for the files that this program keeps for itself: the journal and the cache.

What is read back may have been written by another version, or be damaged: what does not fit its
type raises `Unfit`, and nothing but values of the type that was asked for ever comes out.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_Reader = Callable[[Any], Any]


class Unfit(ValueError):
    """What was read is no value of the type that was asked for."""


def encode(value: object) -> str:
    """JSON of a value: a frozen dataclass of ours, or anything that may be in one."""
    return _ENCODER.encode(value)


def decode(kind: type[T], text: str) -> T:
    """The value that `encode` made a text of.

    Fields that the text leaves out have their defaults; fields that nobody knows are left out.

    Raises:
        Unfit: The text is no JSON, or no such value.
    """
    try:
        return cast(T, _reader(cast(Any, kind))(json.loads(text)))
    except Unfit:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise Unfit(str(error)) from None


def _plain(value: object) -> object:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    # Most fields of most cases have their default, and a bulk edit keeps a thousand cases.
    return {
        name: field
        for name, default in _defaults(cast(Any, type(value)))
        if (field := getattr(value, name)) is not default and field != default
    }


# One for all: a bulk edit keeps a thousand cases, and making it takes as long as using it.
_ENCODER = json.JSONEncoder(default=_plain, separators=(",", ":"))


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


@cache
def _reader(kind: Any) -> _Reader:
    """What makes a value of a type out of what was read from JSON."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _reader_of_one(tuple(_reader(one) for one in inner))
    if origin is tuple:
        return _reader_of_list(_reader(inner[0]))
    if origin is Mapping:
        return _reader_of_mapping(_reader(inner[1]))
    if dataclasses.is_dataclass(kind):
        return _reader_of_fields(kind)
    if kind is datetime:
        return _moment
    return _reader_of_type(kind)


def _reader_of_type(kind: type) -> _Reader:
    kinds = (int, float) if kind is float else (kind,)

    def read(plain: Any) -> Any:
        if type(plain) not in kinds:
            raise Unfit(f"{type(plain).__name__} is no {kind.__name__}")
        return plain

    return (lambda plain: plain) if kind is object else read


def _reader_of_one(readers: tuple[_Reader, ...]) -> _Reader:
    def read(plain: Any) -> Any:
        for reader in readers:
            try:
                return reader(plain)
            except Unfit:
                continue
        raise Unfit(f"{type(plain).__name__} is nothing that can be here")

    return read


def _reader_of_list(reader: _Reader) -> _Reader:
    def read(plain: Any) -> Any:
        if not isinstance(plain, list):
            raise Unfit(f"{type(plain).__name__} is no list")
        return tuple(map(reader, plain))

    return read


def _reader_of_mapping(reader: _Reader) -> _Reader:
    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise Unfit(f"{type(plain).__name__} is no mapping")
        return {key: reader(one) for key, one in plain.items()}

    return read


def _reader_of_fields(kind: Any) -> _Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise Unfit(f"{type(plain).__name__} is no {kind.__name__}")
        try:
            return kind(**{name: readers[name](plain[name]) for name in plain if name in readers})
        except TypeError as error:
            raise Unfit(str(error)) from None

    return read


def _moment(plain: Any) -> datetime:
    if not isinstance(plain, str):
        raise Unfit(f"{type(plain).__name__} is no time")
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as error:
        raise Unfit(str(error)) from None
    if moment.tzinfo is None:
        raise Unfit("a time without its zone")
    return moment.astimezone(UTC)
