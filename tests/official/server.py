"""A `triage-tui serve` of its own, with keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command import ROOT, environment, source_of

API_KEY = "0123456789abcdef0123456789abcdef"
APPLICATION_KEY = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[str]:
    """The address of a server on a new workspace below `folder`."""
    command = ["serve", "--port", "0", "--db", str(folder / "served.db"), *arguments]
    keys = {"DD_API_KEY": API_KEY, "DD_APP_KEY": APPLICATION_KEY}
    with subprocess.Popen(
        [sys.executable, "-c", source_of(*command)],
        cwd=ROOT,
        env={**environment(folder), **keys},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            lines = iter(process.stdout.readline, "")
            yield next(line.split()[-1] for line in lines if line.startswith("Listening on "))
        finally:
            process.terminate()
            process.communicate(timeout=30)
