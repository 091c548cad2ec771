"""How the process tells its caller what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from triage_tui.errors import (
    ApiError,
    ConfigError,
    Failure,
    NotConfirmed,
    QueryError,
    TriageError,
)


class ExitCode(IntEnum):
    """Exit code of the process, stable for ever because scripts compare it."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NETWORK = 4
    NOT_ALL = 5
    UNCONFIRMED = 6
    INTERRUPTED = 130


MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "all went well",
    ExitCode.ERROR: "error",
    ExitCode.USAGE: "usage or configuration",
    ExitCode.NOT_SIGNED_IN: "not signed in",
    ExitCode.NETWORK: "network",
    ExitCode.NOT_ALL: "not done for every case",
    ExitCode.UNCONFIRMED: "not confirmed, nothing done",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What each code says, for people."""

_OF_FAILURE = {
    Failure.NOT_SIGNED_IN: ExitCode.NOT_SIGNED_IN,
    Failure.UNREACHABLE: ExitCode.NETWORK,
    Failure.TIMED_OUT: ExitCode.NETWORK,
}


def exit_code(error: TriageError) -> ExitCode:
    """The code for a process that ends because of `error`."""
    if isinstance(error, (ConfigError, QueryError)):
        return ExitCode.USAGE
    if isinstance(error, NotConfirmed):
        return ExitCode.UNCONFIRMED
    if isinstance(error, ApiError):
        return _OF_FAILURE.get(error.failure, ExitCode.ERROR)
    return ExitCode.ERROR
