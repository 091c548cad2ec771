"""What can be said about the terminal before Textual is imported."""

from __future__ import annotations

from typing import TextIO

from triage_tui.errors import ConfigError


def require_terminal(stdin: TextIO | None, stdout: TextIO | None, stderr: TextIO | None) -> None:
    """Return if a person can see the app and type into it.

    Textual draws on stderr and, when stdin is no terminal, waits for ever.

    Raises:
        ConfigError: One of the streams is not a terminal, or closed.
    """
    for stream, name in ((stdin, "input"), (stdout, "output"), (stderr, "error output")):
        if stream is None or stream.closed or not stream.isatty():
            raise ConfigError(
                f"The dashboard was not started: its {name} is not a terminal. "
                "Run it without pipes and redirections."
            )
