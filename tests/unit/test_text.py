"""Nothing dangerous leaves `clean`, nothing harmless is lost, and times read well."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.text import absolute, age, ago, clean, nearest, number, plural

NOW = datetime(2026, 11, 21, 8, 49, 12, tzinfo=UTC)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HIDDEN = set("\u00ad\u200b\u2060\ufeff\u2028\u2029\ufdd0\uffff\U000e0041\U0010fffe")

# Plain hypothesis text seldom holds two awkward characters next to each other.
hostile = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            sorted(BIDI | HIDDEN | set("\0\x1b\r\n\t\x7f\x85\x9b\u0301\u200c\u200d\ufe0f\ud83d🚒"))
        ),
    )
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Checkout is slow", "Checkout is slow"),
        ("", ""),
        ("[/x] [@click=app.quit]", "[/x] [@click=app.quit]"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b[2J\0", "␛[2J␀"),
        ("a\x7fb", "a␡b"),
        ("a\x9bb\x85c", "a\ufffdb\ufffdc"),
        ("abc\u202edcba", "abc\ufffddcba"),
        ("a\u2066b\u2069\u200e\u200f\u061c", "a\ufffdb\ufffd\ufffd\ufffd\ufffd"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("a\U000e0041\U000e007f", "a\ufffd\ufffd"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
        ("a\uffff\ufdd0\U0010fffe", "a\ufffd\ufffd\ufffd"),
        ("pay\u200bpal\ufeff so\u00adft", "paypal soft"),
        ("one\ntwo\r\nthree\rfour\tfive", "one two three four five"),
        ("👩\u200d🚒 ❤\ufe0f", "👩\u200d🚒 ❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Zürich 東京 Ελλάδα नमस्ते", "Zürich 東京 Ελλάδα नमस्ते"),
        ("e" + "\u0301" * 50 + "f", "e" + "\u0301" * 4 + "f"),
        ("e" + "\u0301\u200b" * 50, "e" + "\u0301" * 4),
        ("a" + "\u200c" * 50, "a" + "\u200c" * 4),
        ("a\u200db 👩\u200d\u200d🚒 \u200d🚒 👩\u200d", "ab 👩🚒 🚒 👩"),
    ],
)
def test_clean_shows_what_is_there_on_one_line(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_clean_keeps_lines_when_asked() -> None:
    assert clean("a\nb\r\nc\rd\te\x1b", lines=True) == "a\nb\nc\nd    e␛"


@given(hostile, st.booleans())
def test_clean_lets_nothing_dangerous_through(raw: str, lines: bool) -> None:
    shown = clean(raw, lines=lines)
    left = {c for c in shown if unicodedata.category(c) in ("Cc", "Cs")} | (
        (BIDI | HIDDEN) & set(shown)
    )
    assert left <= ({"\n"} if lines else set())


@given(hostile, st.booleans(), st.none() | st.integers(1, 12))
def test_cleaning_twice_is_cleaning_once(raw: str, lines: bool, limit: int | None) -> None:
    once = clean(raw, lines=lines, limit=limit)
    assert clean(once, lines=lines, limit=limit) == once


@given(hostile, st.booleans(), st.integers(1, 12))
def test_a_limit_bounds_what_comes_back(raw: str, lines: bool, limit: int) -> None:
    shown = clean(raw, lines=lines, limit=limit)
    assert len(shown) <= limit
    assert len(raw) <= limit or shown.endswith("…")


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    assert clean("abc", limit=3) == "abc"
    assert clean("abcd", limit=3) == "ab…"
    assert clean("a\tb", lines=True, limit=3) == "a …"


@pytest.mark.parametrize(
    ("span", "short", "words"),
    [
        (timedelta(0), "now", "just now"),
        (timedelta(seconds=59), "now", "just now"),
        (timedelta(seconds=60), "1m", "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59m", "59 min ago"),
        (timedelta(hours=1), "1h", "1 h ago"),
        (timedelta(hours=23, minutes=59), "23h", "23 h ago"),
        (timedelta(days=1), "1d", "1 day ago"),
        (timedelta(days=13, hours=23), "13d", "13 days ago"),
        (timedelta(days=14), "2w", "2 weeks ago"),
        (timedelta(days=364), "52w", "52 weeks ago"),
        (timedelta(days=365), "1y", "1 year ago"),
        (timedelta(days=800), "2y", "2 years ago"),
        (timedelta(seconds=-30), "now", "just now"),
        (timedelta(hours=-3), "in 3h", "in 3 h"),
        (timedelta(days=-2), "in 2d", "in 2 days"),
    ],
)
def test_age_and_ago(span: timedelta, short: str, words: str) -> None:
    assert age(NOW - span, NOW) == short
    assert ago(NOW - span, NOW) == words


def test_the_longest_age_there_is_has_a_name() -> None:
    assert age(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)) == "10005y"


def test_absolute_names_its_zone() -> None:
    assert absolute(NOW) == "2026-11-21 08:49:12 UTC"
    assert absolute(NOW, timezone(timedelta(hours=1), "CET")) == "2026-11-21 09:49:12 CET"
    assert absolute(NOW.astimezone(timezone(timedelta(hours=5)))) == "2026-11-21 08:49:12 UTC"


def test_numbers_and_plurals() -> None:
    assert number(2431) == "2,431"
    assert [plural(n, "case") for n in (0, 1, 2, 2431)] == [
        "0 cases",
        "1 case",
        "2 cases",
        "2,431 cases",
    ]
    assert plural(3, "reply", "replies") == "3 replies"


def test_nearest_finds_the_word_that_was_meant() -> None:
    assert nearest("pagesize", ["theme", "page_size", "query"]) == "page_size"
    assert nearest("ESC", ["escape", "Esc"]) == "Esc"
    assert nearest("zzz", ["theme", "query"]) is None


def test_a_joiner_at_the_cut_does_not_join_the_ellipsis() -> None:
    cut = clean("👩\u200d👩a", limit=3)
    assert cut == "👩…"
    assert clean(cut) == cut
