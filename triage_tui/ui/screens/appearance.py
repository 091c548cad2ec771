"""What a person changes about how the main screen looks.

Modal screens are imported where they are opened: the first paint does not wait for them.
"""

from __future__ import annotations

from triage_tui.ui.screens.find import FindActions


class AppearanceActions(FindActions):
    """Part of the main screen."""

    def action_repaint(self) -> None:
        self.triage.repaint()

    def action_theme(self) -> None:
        from triage_tui.ui.screens.pick import Choice, PickScreen
        from triage_tui.ui.themes import OWN_THEMES, theme_names

        own = {theme.name for theme in OWN_THEMES}
        themes = self.app.available_themes
        choices = [
            Choice(
                name,
                name,
                "in use" if name == self.app.theme else "ours" if name in own else "",
                "dark" if themes[name].dark else "light",
            )
            for name in theme_names()
            if name in themes
        ]

        def chosen(name: str | None) -> None:
            if name:
                self.app.theme = name
                self.say(f'Until you leave. theme = "{name}" under [ui] makes it stay.')

        self.app.push_screen(PickScreen("Theme", choices), chosen)
