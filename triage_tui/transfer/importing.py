"""A file of cases loaded into a workspace on this machine."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from triage_tui import workspace
from triage_tui.errors import TriageError
from triage_tui.server.importing import Outcome, Resource, import_document
from triage_tui.server.store import Store
from triage_tui.server.survey import Survey
from triage_tui.text import number, plural
from triage_tui.transfer import FORMAT, VERSION
from triage_tui.transfer.document import Document
from triage_tui.transfer.progress import shown


def run(file: Path, db: Path | None, *, dry_run: bool) -> str:
    """Load the file, and say in sentences what became of what is in it.

    Args:
        file: "-" for the standard input.
        db: The workspace, which is made if there is none; None for that of this user.
        dry_run: Change nothing.

    Raises:
        TriageError: It could not be loaded; the workspace is left as it was.
    """
    with _input(file) as stream, shown("Importing") as progress:
        document = Document(stream)
        survey = Survey()
        for record in document.records():
            survey.see(record.place, record.value)
            if record.place.endswith("000]"):
                progress.at(survey.found["case"], None)
        _check_version(document)
        total = survey.found["case"]
        me = document.meta.get("me")
        with _workspace(db, dry_run=dry_run) as store:
            start = time.monotonic()
            outcome = import_document(
                store,
                survey,
                _again(document),
                me=me if isinstance(me, str) else "",
                dry_run=dry_run,
                progress=lambda done: progress.at(done, total),
            )
            rate = total / max(time.monotonic() - start, 0.001)
    return _told(survey, outcome, rate, dry_run=dry_run)


def _told(survey: Survey, outcome: Outcome, rate: float, *, dry_run: bool) -> str:
    parts = [
        f"{number(outcome.added.total())} added",
        f"{number(outcome.changed.total())} changed",
        f"{number(outcome.same.total())} already there",
    ]
    if outcome.kept:
        parts.append(f"{number(outcome.kept.total())} newer in the workspace and kept")
    counts: Counter[str] = Counter()
    for counter in (outcome.added, outcome.changed, outcome.same, outcome.kept):
        counts += counter
    cases = plural(counts["case"], "case")
    comments = plural(counts["comment"], "comment")
    lines = [
        f"{', '.join(parts)}: {cases}, {comments} and all that they refer to"
        f" ({number(int(rate))} cases/s)."
    ]
    if survey.ignored:
        kinds = ", ".join(sorted(survey.ignored))
        lines.append(f"{number(survey.ignored.total())} of other types were left out: {kinds}.")
    if dry_run:
        lines.append("Nothing was changed: this was a dry run.")
    return "\n".join(lines)


def _again(document: Document) -> Iterator[Resource]:
    return ((record.place, record.value) for record in document.records())


def _check_version(document: Document) -> None:
    if document.meta.get("format") == FORMAT and document.meta.get("version") != VERSION:
        raise TriageError(
            "Nothing was imported: the document was written by another triage-tui, in a form that "
            "this one does not know. Update triage-tui."
        )


@contextmanager
def _workspace(db: Path | None, *, dry_run: bool) -> Iterator[Store]:
    path = db or workspace.default_path()
    if not dry_run or path.exists():
        with workspace.opened(path, demo=False) as store:
            yield store
        return
    with (
        tempfile.TemporaryDirectory(prefix="triage-tui-") as folder,
        closing(Store.open(Path(folder) / "workspace.db")) as store,
    ):
        yield store


@contextmanager
def _input(file: Path) -> Iterator[BinaryIO]:
    """What to read, from its start as often as needed."""
    try:
        if str(file) == "-":
            with tempfile.TemporaryFile(prefix="triage-tui-") as kept:
                shutil.copyfileobj(sys.stdin.buffer, kept)
                yield kept
            return
        with file.open("rb") as stream:
            if stream.seekable():
                yield stream
                return
            with tempfile.TemporaryFile(prefix="triage-tui-") as kept:
                shutil.copyfileobj(stream, kept)
                yield kept
    except OSError as error:
        reason = error.strerror or str(error)
        raise TriageError(f"{file} cannot be read: {reason}. Name another file.") from None
