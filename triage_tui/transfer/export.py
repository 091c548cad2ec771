"""Everything about the cases that match a query, written into a file."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, BinaryIO

from triage_tui.connection import Options, configured, remote_of
from triage_tui.errors import ConfigError, QueryError, TriageError
from triage_tui.query import parse
from triage_tui.text import plural
from triage_tui.transfer import FORMAT, VERSION
from triage_tui.transfer.harvest import Harvest
from triage_tui.transfer.pace import Pace
from triage_tui.transfer.progress import Progress, shown

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.config import Config

_DATABASE = b"SQLite format 3\0"
"""What a workspace, like every database of SQLite, begins with."""


def run(
    options: Options,
    file: Path,
    env: Mapping[str, str],
    *,
    force: bool,
    comments: bool,
    details: bool,
) -> str:
    """Write the file, and say in a sentence what is in it.

    Args:
        file: "-" for the standard output.
        force: A file that is there is replaced.
        comments: With the timeline of each case.
        details: With who changed each case last, which takes a request for each.

    Raises:
        TriageError: It could not be written; what was there is left as it was.
    """
    config = configured(options, env)
    query = _query(options, config)
    with (
        _backend(options, config, env) as (name, connect),
        _output(file, force=force) as out,
        shown("Exporting") as progress,
    ):
        harvest = asyncio.run(_write(out, connect, name, query, progress, comments, details))
    cells, cases = harvest.written["timeline_cell"], plural(harvest.cases, "case")
    said = [f"Exported {cases} with {plural(cells, 'comment')} from {name}.", *harvest.notes]
    return "\n".join(said)


def _query(options: Options, config: Config) -> str:
    """What to ask for: of one project, only a query that is understood here can be asked."""
    query = options.query or ""
    if not config.project:
        return query
    try:
        return str(parse(query).within(config.project))
    except QueryError as error:
        raise ConfigError(f"The query of --query cannot be used: {error}.") from None


async def _write(
    out: BinaryIO,
    connect: Callable[[], CaseClient],
    name: str,
    query: str,
    progress: Progress,
    comments: bool,
    details: bool,
) -> Harvest:
    client = connect()
    try:
        harvest = Harvest(
            client,
            Pace(progress.say),
            query=query,
            comments=comments,
            details=details,
            progress=progress.at,
        )
        started = datetime.now(UTC)
        separator = b'{"data": [\n'
        async for resource in harvest.resources():
            out.write(separator + encoded(resource))
            separator = b",\n"
        meta = {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": started.isoformat().replace("+00:00", "Z"),
            "source": name,
            "query": query,
            "me": await harvest.me(),
            "counts": dict(harvest.written),
            "cases_counted_by_server": harvest.total,
            "notes": harvest.notes,
        }
        if separator != b",\n":
            out.write(separator)
        out.write(b'\n],\n"meta": ' + encoded(meta) + b"}\n")
        out.flush()
        return harvest
    finally:
        await client.close()


def encoded(value: Any) -> bytes:
    """The value as JSON in ASCII on one line, which any program and any terminal can take."""
    try:
        return json.dumps(value, allow_nan=False).encode("ascii")
    except ValueError:
        # A number without end, which JSON does not have.
        return json.dumps(_finite(value), allow_nan=False).encode("ascii")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value


@contextmanager
def _backend(
    options: Options, config: Config, env: Mapping[str, str]
) -> Iterator[tuple[str, Callable[[], CaseClient]]]:
    """The name of what is read, and how to reach it."""
    remote = remote_of(options, config, env)
    if remote is not None:
        yield remote.target.name, remote.connect
        return
    from triage_tui import workspace

    path = options.db or workspace.default_path()
    if not path.exists():
        raise ConfigError(f"There is no workspace {path}: nothing was exported.")
    with workspace.opened(path, demo=False) as store:
        yield "the local workspace", lambda: workspace.client_of(store)


@contextmanager
def _output(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """What to write to; a file takes its place at the end of the block, or not at all."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    place = Path(os.path.realpath(file))  # The file that a link leads to, not the link.
    _check(place, file, force=force)
    temporary = None
    try:
        # Readable by its owner only, as mkstemp makes it.
        handle, temporary = tempfile.mkstemp(".part", f".{place.name}.", place.parent)
        with os.fdopen(handle, "wb", buffering=1 << 20) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _check(place, file, force=force)
        os.replace(temporary, place)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TriageError(f"{file} cannot be written: {reason}. Name another file.") from None
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                os.unlink(temporary)


def _check(place: Path, file: Path, *, force: bool) -> None:
    try:
        mode = place.stat().st_mode
    except OSError:
        return  # Whatever it is will be said when it is written.
    if not S_ISREG(mode):
        raise ConfigError(f"{file} is no regular file: name another one, or - for the output.")
    if not force:
        raise ConfigError(f"{file} is there already: name another file, or give --force.")
    # Nobody means to put an export in the place of the workspace that it comes from.
    with place.open("rb") as there:
        if there.read(len(_DATABASE)) == _DATABASE:
            raise ConfigError(f"{file} is a database, which is never replaced: name another file.")
