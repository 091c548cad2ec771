"""What stands in place of everything while the terminal has no room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from triage_tui.ui.app import TriageApp


class TooSmallScreen(ModalScreen[None]):
    """Takes all keys, so that nobody decides about what cannot be seen; goes by itself."""

    DEFAULT_CSS = """
    TooSmallScreen { align: center middle; background: $background; }
    TooSmallScreen Static { width: 100%; height: auto; text-align: center; color: $text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit_app", "Quit", show=False)]

    def __init__(self, least: Size) -> None:
        """
        Args:
            least: The smallest terminal in which there is room.
        """
        super().__init__()
        self._least = least

    def compose(self) -> ComposeResult:
        yield Static()

    def on_mount(self) -> None:
        self._tell(self.app.size)

    def on_resize(self) -> None:
        self._tell(self.app.size)
        self._go_if_room()

    def on_screen_resume(self) -> None:
        self._go_if_room()

    def _tell(self, size: Size) -> None:
        needed = f"{self._least.width} columns and {self._least.height} lines are needed;"
        here = f"here are {size.width} by {size.height}."
        kept = "\n\nNothing is lost." if size.height > 5 else ""
        self.query_one(Static).update(Content(f"{needed} {here}{kept}"))

    def _go_if_room(self) -> None:
        size, least = self.app.size, self._least
        room = size.width >= least.width and size.height >= least.height
        if room and self.app.screen is self:
            self.dismiss()

    def action_quit_app(self) -> None:
        cast("TriageApp", self.app).board.action_leave()
