"""Writing a text: a comment, a description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from triage_tui.text import clean, plural
from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.fields import TextField
from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for
from triage_tui.ui.widgets.preview import Preview

WIDE = 100
"""Columns in which text and preview are side by side."""

KEPT_AT_ONCE = 20_000
"""Characters of a text that is kept at every key: that takes a fraction of a millisecond."""

KEPT_AFTER = 0.4
"""Seconds without a key press before a longer text is kept."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What was written.

    Attributes:
        send: False if it is a draft to be kept.
    """

    text: str
    send: bool


class ComposeScreen(Box[Composed]):
    """A text to write; always answers a `Composed`, so that nothing written is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "send", "Send", show=False),
        Binding("tab", "preview", "Preview", show=False),
        Binding("ctrl+t", "template", "Template", show=False),
    ]

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        does: str = "send",
        escape: str = "keep as draft",
        templates: Mapping[str, str] | None = None,
        keep: Callable[[str], object] | None = None,
        refusal: Callable[[], str] = lambda: "",
        may_be_empty: bool = False,
    ) -> None:
        """
        Args:
            text: What the field holds to begin with: a draft.
            does, escape: What ctrl+s and escape do, in a word or two.
            templates: Texts to put in, by their names, with their places filled; None where
                there is no use for any.
            keep: Called with the text as it is typed, so that nothing takes it away.
            refusal: Why nothing can be sent now, a sentence; then the text stays where it is.
        """
        super().__init__(title, f"ctrl+s {does} · tab preview · esc {escape}")
        if templates is not None:
            self._keys += " · ctrl+t template"
        self._templates = templates
        self._text = TextField(text, placeholder="Markdown")
        self._preview = Preview()
        self._problem = Static(classes="box--problem")
        self._keep = keep
        self._refusal = refusal
        self._may_be_empty = may_be_empty
        self._shows: bool | None = None
        """Whether the preview is shown; None as there is room."""
        self._late: Timer | None = None

    def body(self) -> ComposeResult:
        with Horizontal(classes="compose--texts"):
            yield self._text
            yield self._preview
        yield self._problem

    def on_mount(self) -> None:
        self.query_one(".box").add_class("compose")
        self._text.move_cursor(self._text.document.end)
        self._arrange()

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        wide = self.size.width >= WIDE
        self._preview.display = wide if self._shows is None else self._shows
        self._text.display = wide or not self._preview.display
        if self._text.display:
            self._text.focus()
        else:
            self._preview.focus()
        self._show_preview()

    def _show_preview(self) -> None:
        if self._preview.display:
            self._preview.show(self._text.text)

    def on_text_area_changed(self) -> None:
        self._problem.update("")
        self._show_preview()
        if self._late:
            self._late.stop()
        if len(self._text.text) <= KEPT_AT_ONCE:
            self._keep_now()
        else:
            self._late = self.set_timer(KEPT_AFTER, self._keep_now)

    def _keep_now(self) -> None:
        if self._keep:
            self._keep(self._text.text.strip())

    def action_preview(self) -> None:
        self._shows = not self._preview.display
        self._arrange()

    def action_template(self) -> None:
        if self._templates is None:
            return
        if not self._templates:
            self._tell("There are no templates: write some under [templates] in the configuration.")
            return
        if self.app.screen is not self:
            return
        names = list(self._templates)
        items = [
            MenuItem(letter, self._templates[name], clean(name, limit=40), _first_line(text))
            for letter, name, text in zip(
                letters_for(names), names, self._templates.values(), strict=True
            )
        ]

        def chosen(text: str | None) -> None:
            if text is not None:
                put_in = self._text.insert(clean(text, lines=True))
                self._text.move_cursor(put_in.end_location)

        self.app.push_screen(MenuScreen("Template", items), chosen)

    def _tell(self, sentence: str) -> None:
        self._problem.update(Content(sentence))

    def action_send(self) -> None:
        text = self._text.text.strip()
        if not text and not self._may_be_empty:
            self._tell("Nothing was sent, because there is no text yet.")
        elif why := self._refusal():
            self._keep_now()
            self._tell(f"{why} The text stays here.")
        else:
            self._answer(Composed(text, send=True))

    def action_cancel(self) -> None:
        self._answer(Composed(self._text.text.strip(), send=False))

    def _answer(self, composed: Composed) -> None:
        if self.app.screen is self and self._late:
            # What comes of the text is decided now: nothing is kept behind its back.
            self._late.stop()
        self.answer(composed)


def _first_line(text: str) -> str:
    first, _, rest = text.strip().partition("\n")
    more = f" (+{plural(rest.count(chr(10)) + 1, 'line')})" if rest else ""
    return clean(first, limit=40) + more
