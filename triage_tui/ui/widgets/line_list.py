"""The list that every list here is: one-line rows, painted only where they can be seen."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from triage_tui.actions import ACTIONS

Cell = tuple[str, Style]
"""A piece of a row: text that was cleaned, and its style."""


class LineList(ScrollView, can_focus=True):
    """A scrolling list with a cursor (or, without `has_cursor`, a text that scrolls).

    A subclass says how many rows there are (`rows_changed`) and what one looks like (`row`).
    The cost of every operation is that of the rows on the screen, however many there are.
    """

    DEFAULT_CSS = """
    LineList { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, action.does, action.label, show=False, id=action.id)
        for action in ACTIONS
        if action.scope == "list"
    ]

    ALLOW_SELECT: ClassVar[bool] = False  # The mouse marks; selecting would paint everything.

    has_cursor: ClassVar[bool] = True
    header_height: int = 0
    """Lines at the top that do not scroll; painted by `header_line`."""

    @dataclass
    class Moved(Message):
        """The person moved the cursor."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list, for `@on(..., "#id")`."""
            return self.list

    @dataclass
    class Chosen(Message):
        """The person pressed the mouse twice on a row."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list, for `@on(..., "#id")`."""
            return self.list

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.count = 0
        self.message: tuple[str, ...] = ()
        """Sentences shown in place of rows when there are none; cleaned by whoever set them."""
        self._ground: Style | None = None
        self._painted: dict[int, Strip] = {}
        self._kept: dict[Hashable, Strip] = {}
        self._away = False
        """The person looks elsewhere by the wheel: nothing but a key leads back to the cursor."""

    # What a subclass gives

    def row(self, index: int, width: int) -> list[Cell]:
        """The cells of row `index`, together at most `width` cells wide."""
        raise NotImplementedError

    def header(self, width: int) -> list[Cell]:
        """The cells of the line above the rows."""
        return []

    def header_line(self, y: int, width: int) -> list[Cell]:
        """The cells of line `y` of those above the rows, if there are several."""
        return self.header(width)

    def selectable(self, index: int) -> bool:
        """False for headings, which the cursor steps over."""
        return True

    def row_state(self, index: int) -> Hashable | None:
        """What a row's look depends on, beside what `rows_changed` was called for.

        Rows with the same state are put together once. None: the row is never kept.
        """
        return None

    # What a subclass calls

    def rows_changed(self, count: int, cursor: int) -> None:
        """Take note of new rows and repaint. Posts no message: the caller knows."""
        self._kept.clear()
        self.count = count
        self.cursor = max(0, min(cursor, count - 1))
        self._resize_content(Size(0, count + self.header_height))
        if not self._away or not count:
            self._reveal()
        self.repaint()

    def _resize_content(self, size: Size) -> None:
        """Change the scrolled size without a new layout, which would paint the whole widget.

        The scroll bar is always there, so that nothing moves when the number of rows changes.
        """
        if size != self.virtual_size:
            self.set_reactive(ScrollView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height

    def repaint(self) -> None:
        """Paint the lines that look different from when they were last painted.

        A line that is sent to the terminal costs hundreds of bytes, which over SSH is what a person
        waits for; comparing it costs microseconds.
        """
        width = self.width
        changed = [
            Region(0, y, width, 1)
            for y in range(self.size.height)
            if self._painted.get(y) != self._line(y, width)
        ]
        if changed:
            self.refresh(*changed)

    @property
    def rich_style(self) -> Style:
        # Textual asks all ancestors each time, and every line needs it.
        if self._ground is None:
            self._ground = super().rich_style
        return self._ground

    def notify_style_update(self) -> None:
        self._ground = None
        super().notify_style_update()

    def restyle(self) -> None:
        """Paint everything anew, because the colours are others now."""
        self._ground = None
        self._kept.clear()
        self._painted.clear()
        self.refresh()

    @property
    def width(self) -> int:
        """Cells of a row, without the scroll bar."""
        return self.scrollable_content_region.width

    @property
    def height_in_rows(self) -> int:
        """Rows that fit on the screen, at least 1."""
        return max(1, self.size.height - self.header_height)

    def move_to(self, index: int, *, direction: int = 1) -> None:
        """Put the cursor on the nearest selectable row from `index` on, and say so."""
        if self._away:
            self.reveal_cursor()
        index = max(0, min(index, self.count - 1))
        found = self._selectable_from(index, direction)
        if found is None:
            found = self._selectable_from(index, -direction)
        if found is None or found == self.cursor:
            return
        before, self.cursor = self.cursor, found
        self._reveal()
        self._repaint_rows(before, found)
        self.post_message(self.Moved(self, found))

    def _repaint_rows(self, *indexes: int) -> None:
        top = round(self.scroll_y) - self.header_height
        lines = [index - top for index in indexes]
        shown = range(self.header_height, self.size.height)
        # The header may tell where the cursor is.
        lines = [*range(self.header_height), *(y for y in lines if y in shown)]
        self.refresh(*(Region(0, y, self.width, 1) for y in lines))

    def _selectable_from(self, index: int, direction: int) -> int | None:
        while 0 <= index < self.count:
            if self.selectable(index):
                return index
            index += direction
        return None

    def _reveal(self) -> None:
        """Scroll so that the cursor row, and a heading right above it, can be seen."""
        if not self.has_cursor or not self.size.height:
            return
        top, rows = round(self.scroll_y), self.height_in_rows
        first = self.cursor
        while first > 0 and not self.selectable(first - 1):
            first -= 1
        if first < top:
            self._scroll_rows(first)
        elif self.cursor >= top + rows:
            self._scroll_rows(self.cursor - rows + 1)
        elif top > max(0, self.count - rows):
            self._scroll_rows(max(0, self.count - rows))

    @property
    def out_of_sight(self) -> bool:
        """True if the person turned the wheel until the cursor's row could not be seen."""
        top = round(self.scroll_y)
        return self._away and not top <= self.cursor < top + self.height_in_rows

    def reveal_cursor(self) -> None:
        """Scroll back to where the cursor is."""
        self._away = False
        self._reveal()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._away = self.has_cursor
        super()._on_mouse_scroll_down(event)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._away = self.has_cursor
        super()._on_mouse_scroll_up(event)

    def _scroll_rows(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    # Painting

    def render_line(self, y: int) -> Strip:
        strip = self._painted[y] = self._line(y, self.width)
        return strip

    def _line(self, y: int, width: int) -> Strip:
        if y < self.header_height:
            return self._strip(self.header_line(y, width), width)
        index = y - self.header_height + round(self.scroll_y)
        if not self.count:
            return self._strip(self._message_line(index, width), width)
        if index >= self.count:
            return Strip.blank(width, self.rich_style)
        state = self.row_state(index)
        if state is None:
            return self._strip(self.row(index, width), width)
        key = (state, width, self.has_focus)
        strip = self._kept.get(key)
        if strip is None:
            strip = self._kept[key] = self._strip(self.row(index, width), width)
        return strip

    def _strip(self, cells: list[Cell], width: int) -> Strip:
        strip = Strip([Segment(text, style) for text, style in cells if text])
        fill = cells[-1][1] if cells else self.rich_style
        return strip.adjust_cell_length(width, fill).simplify()

    def _message_line(self, index: int, width: int) -> list[Cell]:
        lines = [part for line in self.message for part in wrap(line, max(8, width - 4)) or [""]]
        index -= max(0, (self.height_in_rows - len(lines)) // 3)
        if not 0 <= index < len(lines):
            return [(" " * width, self.rich_style)]
        text = lines[index]
        return [(" " * max(1, (width - cell_len(text)) // 2) + text, self.rich_style)]

    # Keys and mouse

    def action_step(self, by: int) -> None:
        if self.has_cursor:
            self.move_to(self.cursor + by, direction=by)
        else:
            self._scroll_rows(round(self.scroll_y) + by)

    def action_page(self, direction: int) -> None:
        self._jump(direction * max(1, self.height_in_rows - 1))

    def action_half(self, direction: int) -> None:
        self._jump(direction * max(1, self.height_in_rows // 2))

    def _jump(self, by: int) -> None:
        if self.has_cursor:
            # The text moves with the cursor, so that the eye keeps its line.
            top = max(0, min(round(self.scroll_y) + by, self.count - self.height_in_rows))
            self._scroll_rows(top)
            self.move_to(self.cursor + by, direction=1 if by > 0 else -1)
        else:
            self._scroll_rows(round(self.scroll_y) + by)

    def action_top(self) -> None:
        if self.has_cursor:
            self.move_to(0)
        else:
            self._scroll_rows(0)

    def action_bottom(self) -> None:
        if self.has_cursor:
            self.move_to(self.count - 1, direction=-1)
        else:
            self._scroll_rows(self.count)

    def index_at(self, y: int) -> int | None:
        """The row painted on line `y` of the widget, or None."""
        index = y - self.header_height + round(self.scroll_y)
        return index if y >= self.header_height and 0 <= index < self.count else None

    def on_click(self, event: events.Click) -> None:
        index = self.index_at(event.y)
        if index is None or not self.has_cursor or not self.selectable(index):
            return
        self._away = False
        self.move_to(index)
        if event.chain == 2:
            self.post_message(self.Chosen(self, index))

    def on_resize(self) -> None:
        self._reveal()
