"""The ways a request is refused, in the error objects that the real service answers with."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus


class Refused(Exception):
    """The request is answered with an error instead of what it asked for.

    Attributes:
        status: HTTP status code, 400 and up.
        error: The members of the one error object in the answer; which of them are there depends
            on what was wrong, as with the real service.
    """

    def __init__(self, status: int, /, **error: object) -> None:
        super().__init__(status, error)
        self.status = status
        self.error = error

    @property
    def sentence(self) -> str:
        """The error as one text, for the endpoints that answer with a list of texts."""
        return str(self.error.get("detail") or self.error["title"])


def refused(status: HTTPStatus, detail: str = "") -> Refused:
    """The usual error object: status, title and, if there is more to say, a detail."""
    error = {"status": str(status.value), "title": status.phrase}
    if detail:
        error["detail"] = detail
    return Refused(status.value, **error)


def bad_request(detail: str = "") -> Refused:
    """400 for a body that cannot be used; the real service often gives no detail."""
    return refused(HTTPStatus.BAD_REQUEST, detail)


def bad_parameter(name: str, place: str, expected: str) -> Refused:
    """400 for a parameter in the path or in the query."""
    return Refused(
        400,
        status="400",
        title="Invalid Parameter",
        detail=f'invalid parameter "{name}" in "{place}"; expected {expected}',
    )


def not_one_of(what: str, value: str, allowed: Iterable[str]) -> Refused:
    """400 for a value outside of an enumeration."""
    return Refused(
        400,
        title="Generic Error",
        detail=f"invalid {what} {value}. Must be one of {', '.join(allowed)}",
    )


def not_found(what: str) -> Refused:
    """404 for a resource; `what` is its kind: "case"."""
    return Refused(404, code="resource_not_found", title=f"{what} not found")
