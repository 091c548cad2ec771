"""Which time zone the person is in, as this machine is set up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

_LINK = "/etc/localtime"
_NAME = "/etc/timezone"
_FOLDER = "zoneinfo/"


def local_zone(env: Mapping[str, str] = os.environ) -> tzinfo:
    """The zone with all its changes of clocks, which an offset does not know; UTC if none is set.

    `TZ` comes before what the system says.
    """
    for name in (env.get("TZ", "").removeprefix(":"), _linked(), _written()):
        if not name:
            continue
        try:
            # TZ may be the path of a file of zones.
            return ZoneInfo(name.rpartition(_FOLDER)[2])
        except (KeyError, ValueError, OSError):
            continue
    return UTC


def _linked() -> str:
    try:
        _, found, name = os.path.realpath(_LINK).rpartition(_FOLDER)
    except OSError:
        return ""
    return name if found else ""


def _written() -> str:
    try:
        with open(_NAME, encoding="ascii") as file:
            return file.read(100).strip()
    except (OSError, ValueError):
        return ""
