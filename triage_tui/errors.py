"""What can go wrong, as sentences a person can act on.

TriageError
├── ConfigError     the configuration, the command line or a file cannot be used
├── QueryError      a query cannot be read; carries the position
├── NotConfirmed    nobody agreed to what was asked about
├── StoreError      the workspace database cannot be used
├── JournalError    the journal of writes cannot be used
└── ApiError        a call to the Case Management API did not do what was asked
"""

from __future__ import annotations

from enum import Enum


class TriageError(Exception):
    """The text is one plain sentence: what did not happen, and what to do about it."""


class ConfigError(TriageError):
    """The configuration or the command line cannot be used."""


class NotConfirmed(TriageError):
    """Nobody agreed to a change of many cases, or nobody could be asked: nothing was done."""


class StoreError(TriageError):
    """The workspace database cannot be opened or used. The file is left as it was."""


class JournalError(TriageError):
    """The journal of writes cannot be opened or written: nothing may be sent."""


class QueryError(TriageError):
    """A query cannot be read.

    Attributes:
        position: Zero-based offset of the character in the query where reading stopped.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


MAYBE_DONE = "It may have been done all the same: look before you try again."
"""Said of a write whose answer was lost."""


class Failure(Enum):
    """Why a call to the API failed: each one asks something else of the person."""

    NOT_SIGNED_IN = "not signed in"
    NOT_ALLOWED = "not allowed"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    RATE_LIMITED = "rate limited"
    SERVER_TROUBLE = "server trouble"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNREADABLE = "unreadable answer"


class ApiError(TriageError):
    """A call to the API failed.

    Attributes:
        failure: The kind of failure.
        status: HTTP status code, or None when no answer was read.
        retry_after: Seconds to wait before the same call may work, or None if waiting will not
            help.
        applied: False when the server surely did not act on the request; None when nobody knows
            (the answer was lost, or the server broke down while working on it).
        passing: It may be over soon: whoever can send the same again without harm should.
        request_id: By which the server's people find the request; "" if it gave none.
        took: Seconds from sending to failing, or None if nothing was sent.
    """

    def __init__(
        self,
        message: str,
        failure: Failure,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        applied: bool | None = False,
        passing: bool = False,
        request_id: str = "",
        took: float | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.status = status
        self.retry_after = retry_after
        self.applied = applied
        self.passing = passing
        self.request_id = request_id
        self.took = took
