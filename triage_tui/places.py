"""What the files are called that belong to a place: a server, or a workspace."""

from __future__ import annotations

import hashlib
import re


def file_stem(place: str, *more: str) -> str:
    """The first part of a file name: the same for the same place, another for every other.

    Args:
        place: An address or a path; its last part can be read in the name.
        more: What else tells this place from others. Nothing of it can be read in the name.
    """
    shown = re.sub(r"[^a-z0-9]+", "-", place.rpartition("/")[2].lower()).strip("-")[:40]
    whole = "\0".join((place, *more)).encode("utf-8", "surrogateescape")
    return f"{shown}-{hashlib.sha256(whole).hexdigest()[:12]}"
