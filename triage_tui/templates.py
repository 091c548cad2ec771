"""Texts that are written once and used often, with places for what belongs to a case."""

from __future__ import annotations

import re

from triage_tui.models import Case, User
from triage_tui.text import clean

_PLACE = re.compile(r"\{(key|title|me)\}")


def filled(template: str, case: Case, me: User | None) -> str:
    """The text with the case's own words in its places; a place without any stays as it is.

    What is put in is not looked through for places again.
    """
    words = {
        "key": clean(case.key, limit=60),
        "title": clean(case.title, limit=500),
        "me": clean(me.label, limit=100) if me else "",
    }
    return _PLACE.sub(lambda place: words[place[1]] or place[0], template)
