"""Text from outside made safe to print, and times and numbers made short enough to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

REPLACEMENT = "\ufffd"
"""Stands for a character that must not reach a terminal and has no picture of its own."""

_MARKS_IN_A_ROW = 4
"""No script in use stacks more; what does is there to draw over the neighbouring lines."""

_JOINERS = "\u200c\u200d"
"""Invisible, but Persian (the first) and emoji of several people (the second) need them."""

_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0100-\U000e01ef"
)
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_TAGS = "\U000e0000-\U000e007f"

# Elsewhere than in an emoji, a zero-width joiner makes a line longer than it is measured to be.
_LOOSE_JOINER = (
    "(?<![\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u3299\U0001f000-\U0001faff])"
)

UNSAFE = re.compile(
    f"\r\n|[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}{_TAGS}{_NONCHARACTERS}{_INVISIBLE}]"
    f"|{_LOOSE_JOINER}"
)
"""Finds what `clean` replaces or removes, one character at a time (CR LF counts as one)."""

_REMOVED = re.compile(f"[{_INVISIBLE}\u200d]")
_MAY_HOLD_MARKS = re.compile(f"[\u0300-\U0010ffff]{{{_MARKS_IN_A_ROW + 1}}}")


def clean(text: str, *, lines: bool = False, limit: int | None = None) -> str:
    """The text with nothing in it that a terminal obeys, hides or turns around.

    Control characters become pictures (ESC is ␛), other dangerous ones U+FFFD; invisible ones go,
    except those that join letters and emoji. Cleaning twice is the same as cleaning once.

    Args:
        lines: Keep line breaks, as "\\n", and make a tab four spaces. Otherwise both are one space.
        limit: Return at most so many characters (1 or more), "…" being the last if some are
            missing. The time needed then depends on `limit`, not on the text.
    """
    if limit is None:
        return _cleaned(text, lines)
    cleaned = _cleaned(text[:limit], lines)
    if len(text) > limit or len(cleaned) > limit:
        # A joiner at the cut would join the ellipsis.
        return cleaned[: limit - 1].rstrip("\u200d") + "…"
    return cleaned


def _cleaned(text: str, lines: bool) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = UNSAFE.sub(_line_kept if lines else _on_one_line, text)
    return _without_stacks(text) if _MAY_HOLD_MARKS.search(text) else text


def _on_one_line(match: re.Match[str]) -> str:
    found = match[0]
    return " " if found in ("\n", "\r\n", "\r", "\t") else _visible(found)


def _line_kept(match: re.Match[str]) -> str:
    found = match[0]
    if found in ("\n", "\r\n", "\r"):
        return "\n"
    return "    " if found == "\t" else _visible(found)


def _visible(char: str) -> str:
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "␡"
    return "" if _REMOVED.match(char) else REPLACEMENT


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        if char >= "\u0300" and (char in _JOINERS or unicodedata.category(char) in ("Mn", "Me")):
            marks += 1
        else:
            marks = 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)


def width(text: str) -> int:
    """Columns of the terminal that a clean text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns of the terminal, "…" in the last if some is missing."""
    if width(text) <= columns:
        return text
    room, kept = columns - 1, ""
    for char in text:
        room -= _width(char)
        if room < 0:
            break
        kept += char
    return kept.rstrip("\u200d") + "…"


_UNITS = (
    # Shorter than this, so long each, compact, in words.
    (timedelta(hours=1), timedelta(minutes=1), "m", "min"),
    (timedelta(days=1), timedelta(hours=1), "h", "h"),
    (timedelta(days=14), timedelta(days=1), "d", "day"),
    (timedelta(days=365), timedelta(days=7), "w", "week"),
    (timedelta.max, timedelta(days=365), "y", "year"),
)


def age(then: datetime, now: datetime) -> str:
    """How long ago, in as few columns as possible: "now", "4m", "3h", "13d", "5w", "2y".

    A time to come is "in 3h". Both times are aware; what is left over is dropped.
    """
    parted = _parted(abs(now - then))
    if parted is None:
        return "now"
    amount, compact, _ = parted
    return f"in {amount}{compact}" if then > now else f"{amount}{compact}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, for a sentence: "just now", "4 min ago", "3 h ago", "2 days ago", "in 3 h"."""
    parted = _parted(abs(now - then))
    if parted is None:
        return "just now"
    amount, _, word = parted
    span = f"{amount} {word}" if word in ("min", "h") else plural(amount, word)
    return f"in {span}" if then > now else f"{span} ago"


def _parted(span: timedelta) -> tuple[int, str, str] | None:
    if span < timedelta(minutes=1):
        return None
    each, compact, word = next(unit[1:] for unit in _UNITS if span < unit[0])
    return span // each, compact, word


def absolute(then: datetime, tz: tzinfo | None = None) -> str:
    """An aware time to the second, with its zone: "2026-11-21 08:49:12 UTC".

    Args:
        tz: The zone to show it in; UTC if None.
    """
    return f"{then.astimezone(tz or UTC):%Y-%m-%d %H:%M:%S %Z}"


def number(n: int) -> str:
    """A number with its thousands set apart: "2,431"."""
    return f"{n:,}"


def plural(n: int, noun: str, nouns: str | None = None) -> str:
    """So many of them: "1 case", "2,431 cases".

    Args:
        nouns: More than one of them, when that is not `noun` with an "s".
    """
    return f"{number(n)} {noun if n == 1 else nouns or noun + 's'}"


def some(names: Sequence[str], most: int) -> str:
    """The first so many of names, and a sign where there are more: "OPS-1, OPS-2 …"."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a misspelling of, or None if none is like it."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word[:100].lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None
