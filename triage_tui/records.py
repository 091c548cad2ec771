"""What is kept on this machine of a place that is worked on, and where: whoever works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.connection import Options, Remote
from triage_tui.timing import utc_now

if TYPE_CHECKING:
    from triage_tui.cache import Cache
    from triage_tui.config import Config
    from triage_tui.journal import Journal
    from triage_tui.local_state import LocalState

    Records = tuple[Journal, LocalState]


@contextmanager
def records(journal: Path, *, throwaway: bool = False) -> Iterator[Records]:
    """The journal in a file, and beside it what is remembered of the same place.

    Args:
        throwaway: Nothing of it is there for the next run.

    Raises:
        JournalError: There can be no journal there.
    """
    from triage_tui.journal import Journal
    from triage_tui.local_state import LocalState

    with (
        closing(Journal(journal, now=utc_now, throwaway=throwaway)) as writes,
        closing(LocalState(None if throwaway else state_beside(journal), now=utc_now)) as local,
    ):
        yield writes, local


def state_beside(journal: Path) -> Path:
    """Where is kept what is remembered of a place beside its journal."""
    return journal.with_name(journal.name.removesuffix("journal.db") + "state.db")


def journal_of_server(config: Config, remote: Remote) -> Path:
    """Where the journal of a server is kept."""
    return _kept_as(config.profile, remote.target.base_url)


def journal_of_workspace(options: Options, config: Config, workspace: Path) -> Path:
    """Where the journal of a workspace is kept; that of the demo is gone together with its data."""
    if options.demo:
        return workspace.with_name("journal.db")
    return _kept_as(config.profile, str(workspace))


def tour_over() -> Callable[[], object] | None:
    """What to call when a person has seen the tour, or skipped it; None if that is done."""
    from platformdirs import user_state_path

    from triage_tui.places import make_private

    file = user_state_path("triage-tui", appauthor=False) / "tour-seen"

    def remember() -> None:
        # Who cannot keep it sees it again: that is no reason to trouble anybody.
        with suppress(OSError):
            make_private(file)

    return None if file.exists() else remember


def _kept_as(profile: str, place: str) -> Path:
    """Where a journal is kept: one for each address and workspace file under each profile."""
    from platformdirs import user_state_path

    from triage_tui.places import file_stem

    folder = user_state_path("triage-tui", appauthor=False)
    return folder / f"{file_stem(place, profile)}.journal.db"


def cache_of(config: Config, remote: Remote) -> Path:
    """Where the last answers of a server are kept."""
    from triage_tui.cache import default_path

    keys = remote.credentials.headers().values() if remote.credentials else ()
    # Other keys may be those of another organisation, whose cases must not be mixed up with these.
    return default_path(remote.target.base_url, config.profile, remote.project, *keys)


@contextmanager
def kept_answers(options: Options, config: Config, remote: Remote) -> Iterator[Cache | None]:
    """The cache of a server, or None if nothing is to be kept."""
    if options.no_cache or not config.cache:
        yield None
        return
    from triage_tui.cache import Cache, default_folder, forget_old

    with closing(Cache(cache_of(config, remote), now=utc_now)) as cache:
        yield cache
    # When leaving: the start is not held up for it. Whoever changes keys leaves a file each time.
    forget_old(default_folder(), utc_now())
