"""What a person wrote down as several decisions by one key, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import NOW
from triage_tui.config import load
from triage_tui.connection import Options, configured
from triage_tui.errors import ConfigError
from triage_tui.macros import Step
from triage_tui.settings import as_lines, settings_of
from triage_tui.ui.keymap import keymap_of, macros_of

KEYS = keymap_of("default", {})
TEMPLATES = {"looking": "{me} looks at {key}.", "empty": " "}


def told(key: str, *steps: str) -> str:
    found, wrong = macros_of({key: steps}, KEYS, TEMPLATES, NOW)
    assert not found
    [sentence] = wrong
    return sentence


def test_steps_are_read_as_they_are_written() -> None:
    steps = ["Take", "priority p2", 'comment "Looking."', "comment template:looking", "snooze 4h"]
    [macro], wrong = macros_of({"f5": [*steps, "next"]}, KEYS, TEMPLATES, NOW)
    assert not wrong
    assert [(step.does, step.value) for step in macro.steps] == [
        ("take", ""),
        ("priority", "P2"),
        ("comment", "Looking."),
        ("comment", "{me} looks at {key}."),
        ("snooze", "4h"),
        ("next", ""),
    ]
    assert macro.label == (
        'Take, priority p2, comment "Looking.", comment template:looking, snooze 4h, next'
    )
    [macro], _ = macros_of({"O": ["priority none", "assign Ben Ode"]}, KEYS, {}, NOW)
    assert macro.steps == (
        Step("priority", "NOT_DEFINED", "priority none"),
        Step("assign", "Ben Ode", "assign Ben Ode"),
    )


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (["teak"], 'there is no step "teak"; did you mean "take"?'),
        (["rm -rf"], 'there is no step "rm"; there are take, unassign'),
        (["take me"], '"take me": take has nothing beside it.'),
        (["priority"], '"priority" needs P1 to P5 or none beside it.'),
        (["priority P7"], '"priority P7": there are P1 to P5, and none.'),
        (["snooze soon"], "“soon” is no time, such as 2h"),
        (["comment template:gone"], "there is no such template; in [templates] there is looking"),
        (["comment template:empty"], "that template is empty."),
        (["next", "take"], '"next" must be the last step.'),
        (["next"], "nothing in it decides anything."),
        (["take", "status Closed"], '"take" and "status" do not go together.'),
        (["snooze 1h", "snooze 2h"], '"snooze" is there twice.'),
        ([], "there is no step in it."),
        (["take\x1b[2J"], "␛"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(steps: list[str], why: str) -> None:
    sentence = told("f5", *steps)
    assert sentence.startswith("[macros] f5: ")
    assert why in sentence


def test_keys_are_checked_too() -> None:
    assert told("x", "take") == (
        "[macros] x belongs to mark.toggle, which needs another key first."
    )
    assert "there is no key" in told("f99", "take")
    assert "terminals send ctrl+i as tab" in told("ctrl+i", "take")
    found, wrong = macros_of({"f11": ["take"]}, KEYS, {}, NOW)
    assert found
    assert "f11 may not reach it" in wrong[0]


def test_the_configuration_holds_them_and_they_are_shown_with_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[macros]\nf5 = ["take", "priority P2"]\nf6 = ["tkae"]\n')
    assert load(file, {}).macros["f5"] == ("take", "priority P2")
    asked = Options(config=file, local=True)
    lines = "\n".join(as_lines(settings_of(asked, configured(asked, {}), {})))
    assert '"f5" = ["take", "priority P2"]' in lines
    assert '# warning: [macros] f6: there is no step "tkae"; did you mean "take"?' in lines
    file.write_text('[macros]\nf5 = "take"\n')
    with pytest.raises(ConfigError, match=r'"f5" in \[macros\] must be a list of steps'):
        load(file, {})
