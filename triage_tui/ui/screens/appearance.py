"""What a person changes about how the main screen looks.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from triage_tui.ui.screens.at_hand import AtHandActions

if TYPE_CHECKING:
    from triage_tui.ui.screens.palette import Run
    from triage_tui.ui.screens.pick import Choice


class AppearanceActions(AtHandActions):
    """Part of the main screen."""

    def action_repaint(self) -> None:
        self.triage.repaint()

    def action_theme(self) -> None:
        from triage_tui.ui.screens.pick import PickScreen

        def chosen(run: Run | None) -> None:
            if run:
                run()

        self.app.push_screen(PickScreen("Theme", self._themes()), chosen)

    def palette_entries(self) -> Iterable[Choice[Run]]:
        yield from super().palette_entries()
        for one in self._themes():
            yield replace(one, label=f"Theme: {one.label}", words=f"{one.words} colours")

    def _themes(self) -> list[Choice[Run]]:
        from triage_tui.ui.screens.pick import Choice
        from triage_tui.ui.themes import OWN_THEMES, theme_names

        own = {theme.name for theme in OWN_THEMES}
        themes = self.app.available_themes
        return [
            Choice(
                partial(self._take_theme, name),
                name,
                "in use" if name == self.app.theme else "made for this" if name in own else "",
                "dark" if themes[name].dark else "light",
            )
            for name in theme_names()
            if name in themes
        ]

    def _take_theme(self, name: str) -> None:
        self.triage.choose_theme(name)
        self.say(f"{name} from now on, here. The theme of the configuration is for all places.")
