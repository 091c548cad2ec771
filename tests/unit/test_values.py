from __future__ import annotations

from datetime import date

import pytest

from tests.factories import ANA, make_case
from triage_tui import values
from triage_tui.external_editor import EditorError, command, document, environment, parted
from triage_tui.models import CustomValue, Definition
from triage_tui.templates import filled

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        (" none ", None),
        ("2026-12-31", "2026-12-31"),
        ("today", "2026-03-02"),
        ("tomorrow", "2026-03-03"),
        ("+3d", "2026-03-05"),
        ("2 weeks", "2026-03-16"),
        ("+12m", "2027-03-02"),
        ("Friday", "2026-03-06"),
        ("mon", "2026-03-09"),
        ("next tue", "2026-03-03"),
    ],
)
def test_days(typed: str, meant: str | None) -> None:
    assert values.day(typed, MONDAY) == meant


def test_a_month_later_is_never_beyond_its_end() -> None:
    assert values.day("+1m", date(2026, 1, 31)) == "2026-02-28"


@pytest.mark.parametrize(
    "typed", ["someday", "t", "2026-02-30", "+9999m", "9999w", "5", "\x1b[31m"]
)
def test_what_is_no_day(typed: str) -> None:
    with pytest.raises(values.Unclear) as error:
        values.day(typed, date(9990, 1, 1))
    assert "\x1b" not in str(error.value)


SEVERITY = Definition("sev", "t", type="SELECT", options=("Low", "High"))
SCORES = Definition("scores", "t", type="NUMBER", is_multi=True)
LINK = Definition("link", "t", type="URL")


@pytest.mark.parametrize(
    ("definition", "typed", "meant"),
    [
        (SEVERITY, "high", CustomValue("SELECT", False, ("High",))),
        (SEVERITY, "  ", None),
        (SCORES, "1\n\n 2.5 \n1", CustomValue("NUMBER", True, (1.0, 2.5))),
        (LINK, "https://x.io/a?b", CustomValue("URL", False, ("https://x.io/a?b",))),
        (Definition("k", "t"), "any, text", CustomValue("TEXT", False, ("any, text",))),
    ],
)
def test_custom_values(definition: Definition, typed: str, meant: CustomValue | None) -> None:
    assert values.custom(typed, definition) == meant


@pytest.mark.parametrize(
    ("definition", "typed", "why"),
    [
        (SEVERITY, "Hgh", "did you mean High?"),
        (SEVERITY, "zzz", "there are Low, High"),
        (SCORES, "1\nmany", "is no number"),
        (SCORES, "nan", "is no number"),
        (SCORES, "1_0", "is no number"),
        (LINK, "javascript:alert(1)", "is no address"),
        (LINK, "https://[", "is no address"),
    ],
)
def test_what_a_custom_attribute_cannot_hold(definition: Definition, typed: str, why: str) -> None:
    with pytest.raises(values.Unclear, match=why.replace("?", r"\?")):
        values.custom(typed, definition)


def test_places_of_a_template_are_filled_once() -> None:
    case = make_case(1, title="{me} {0} %s")
    assert filled("{key} {title} {other} {me}", case, ANA) == "OPS-1 {me} {0} %s {other} Ana Lind"
    assert filled("{me}", case, None) == "{me}"


def test_the_text_for_an_editor_comes_back_as_it_was() -> None:
    assert parted(document("Title", "a\n\nb")) == ("Title", "a\n\nb")
    assert parted(document("Title", "")) == ("Title", "")
    assert parted("Title\r\n\r\nwords\r\n") == ("Title", "words")


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({}, "set VISUAL or EDITOR"),
        ({"EDITOR": "no-such-editor --wait", "PATH": "/nowhere"}, "no such program"),
        ({"VISUAL": "'"}, "check its quotes"),
    ],
)
def test_why_there_is_no_editor(env: dict[str, str], why: str) -> None:
    with pytest.raises(EditorError, match=why):
        command(env)


def test_an_editor_is_given_no_keys() -> None:
    env = {"PATH": "/bin", "DD_API_KEY": "x", "TRIAGE_TUI_APP_KEY": "x", "DATADOG_APP_KEY": "x"}
    assert environment(env) == {"PATH": "/bin"}
