"""Every call of the official client, against `triage-tui serve`.

`python -m tests.official.exercise` starts a server on an empty workspace and prints what came of
it; with `--url URL` it asks that server, with the keys in DD_API_KEY and DD_APP_KEY.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.official import steps
from tests.official.client import APIS, OTHER_USERS_CALLS, Watched, calls_of, watched
from tests.official.server import API_KEY, APPLICATION_KEY, served


def exercised(url: str, api_key: str, application_key: str) -> Watched:
    """The client after every call. It asserts that each value comes back as it was sent."""
    client = watched(url, api_key, application_key)
    steps.run(client)
    return client


def missing(client: Watched) -> set[str]:
    """The calls that have not been made."""
    every = {name for api in APIS for name in calls_of(api)} - OTHER_USERS_CALLS
    return every - client.answers.keys() - client.refusals.keys()


def main() -> None:
    options: Any = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url")
    url = options.parse_args().url
    if url:
        client = exercised(url, os.environ["DD_API_KEY"], os.environ["DD_APP_KEY"])
    else:
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url:
            client = exercised(url, API_KEY, APPLICATION_KEY)
    for name in sorted(client.answers):
        print(f"{name}: answered {client.answers[name]} times")
    for name in sorted(client.refusals):
        print(f"{name}: refused with {client.refusals[name]}")
    made = client.answers.keys() | client.refusals.keys()
    print(f"calls made: {len(made)}, {sum(client.answers.values())} times with success")
    print(f"calls not made: {sorted(missing(client))}")
    print(f"types of cases that it has no word for: {sorted(client.types)}")
    print(f"not read: {client.unread}")


if __name__ == "__main__":
    main()
