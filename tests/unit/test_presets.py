"""Presets have keys that can be pressed, each with one meaning; doubtful keys are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driver import start
from triage_tui.actions import ACTIONS, NO_KEY
from triage_tui.config import Config, load
from triage_tui.connection import Options
from triage_tui.doctor.run import key_map
from triage_tui.errors import ConfigError
from triage_tui.presets import PRESETS, default_keys
from triage_tui.settings import as_lines, settings_of
from triage_tui.ui.keymap import checked_keymap, doubts, keymap_of

AT_HAND = (("triage", "list"), ("facets",), ("activity", "list"), ("review", "list"))
"""Scopes whose actions are at hand together, when none of them shadows another on purpose."""


@pytest.mark.parametrize("preset", PRESETS)
def test_every_key_of_a_preset_can_be_pressed_and_has_one_meaning(preset: str) -> None:
    own = PRESETS[preset]
    assert own.keys() <= {action.id for action in ACTIONS}
    keys = keymap_of(preset, {})
    for id, wanted in own.items():
        checked = checked_keymap({id: wanted}, {id: ""})
        assert checked == {id: keys[id]}, "written as Textual does"
    for scopes in AT_HAND:
        pressed = [
            key
            for action in ACTIONS
            if action.scope in scopes and keys[action.id] != NO_KEY
            for key in keys[action.id].split(",")
        ]
        assert sorted(set(pressed)) == sorted(pressed), scopes
    assert doubts(keys) == []


def test_the_own_keys_come_before_those_of_the_preset(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[ui]\nkeys_preset = "datadog"\n[keys]\n"case.open" = "enter"\n', "utf-8")
    config = load(file, {})
    assert keymap_of(config.keys_preset, config.keys)["case.open"] == "enter"
    assert keymap_of("datadog", {})["case.open"] == "enter,o"
    assert keymap_of("datadog", {"case.done": "O,d", "case.browse": ""})["case.done"] == "O,d"
    with pytest.raises(ConfigError, match=r"belongs to case\.browse"):
        keymap_of("datadog", {"case.done": "O"})
    assert set(PRESETS) == {"default", "datadog", "vim-tmux"}
    file.write_text('[ui]\nkeys_preset = "emacs"\n', "utf-8")
    with pytest.raises(ConfigError, match="default, datadog, vim-tmux"):
        load(file, {})


def test_what_may_surprise_is_told_and_what_contradicts_itself_is_an_error() -> None:
    assert doubts(default_keys("default")) == []
    surprising = keymap_of("default", {"app.help": "ctrl+b", "case.done": "ctrl+x", "app.quit": ""})
    assert doubts(surprising) == [
        "case.done changes cases by ctrl+x, which fingers know from elsewhere;"
        " a plain letter is safer.",
        "app.help may not be reached by ctrl+b: tmux takes it for itself.",
        "app.quit has no key: only ctrl+q leaves.",
    ]
    config = Config(keys={"app.help": "ctrl+b"})
    [found] = key_map(config)
    assert "tmux takes it for itself" in found.said
    lines = as_lines(settings_of(Options(demo=True), config, {}))
    assert "# warning: app.help may not be reached by ctrl+b: tmux takes it for itself." in lines
    [found] = key_map(Config(keys={"app.help": "j"}))
    assert "belongs to list.down" in found.said
    [found] = key_map(Config())
    assert found.said == "The default keys."


async def test_the_app_obeys_a_preset_and_tells_doubts_at_the_start() -> None:
    keys = keymap_of("vim-tmux", {"app.help": "ctrl+a,f1", "case.take": ""})
    async with start(keymap=keys, key_doubts=doubts(keys)) as ui:
        assert ui.toasts() == [
            "Keys: app.help may not be reached by ctrl+a: screen, and many a tmux, takes it for"
            " itself."
        ]
        assert "take" not in ui.lines(ui.board.hints)[0]
        await ui.press("ctrl+w")
        assert ui.board.focused is ui.board.detail
        await ui.press("ctrl+p")
        assert "ctrl+p does nothing" in ui.status()
