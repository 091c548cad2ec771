"""The sizes of the panes: by keys, by drawing their borders, and remembered for each layout."""

from __future__ import annotations

from textual import events
from textual.containers import Container
from textual.getters import query_one
from textual.widget import Widget

from triage_tui.panes import DETAIL, FACETS, Room, Sizes
from triage_tui.ui.screens.at_hand import AtHandActions

BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]
"""Least widths in cells, and the class that the screen has from there on."""

_KIND = "panes"
"""Under which sizes are remembered, by layouts."""

_STEP_CELLS, _STEP_LINES = 4, 2
"""What a key adds."""


class SizeActions(AtHandActions):
    """Part of the main screen."""

    main = query_one("#main", Container)
    _sizes: dict[str, Sizes] | None = None
    _drawn: str | None = None
    """The pane whose border the mouse holds."""
    _on_border = False
    """The mouse went down on a border: what it does until it does so again is not for the panes."""
    _moved = False, False
    """Whether it moved when it was down before, and now: a pull and a click are no two clicks."""

    @property
    def layout_name(self) -> str:
        """How the panes are arranged now."""
        name = next(name for least, name in BREAKPOINTS[::-1] if self.app.size.width >= least)
        return name.removeprefix("-") + ("-walk" if self.has_class("-walk") else "")

    @property
    def wanted_sizes(self) -> Sizes:
        """What the person wants in this layout."""
        if self._sizes is None:
            kept = self.triage.local.all(_KIND)
            self._sizes = {name: Sizes.from_plain(sizes) for name, sizes in kept.items()}
        return self._sizes.get(self.layout_name, Sizes())

    @property
    def _room(self) -> Room:
        width, height = self.app.size
        return Room(width, self.main.size.height or height - 6, self.layout_name.startswith("wide"))

    def _within(self, sizes: Sizes) -> Sizes:
        panel = self.facet_panel
        facets = panel.outer_size.width if panel.display else 0
        return sizes.within(self._room, facets_shown=facets)

    def fit_panes(self) -> None:
        """Give the panes the sizes that are wanted, as far as there is room."""
        sizes = Sizes() if self.has_class("-zoom") else self._within(self.wanted_sizes)
        beside = self._room.beside
        _give(self.facet_panel, "width", sizes.facets)
        _give(self.detail, "width", sizes.detail if beside else None)
        _give(self.detail, "height", None if beside else sizes.detail)
        # What the list has without a word of the person is a share, and would leave a gap.
        _give(self.case_list, "width" if beside else "height", "1fr" if sizes.detail else None)
        _give(self.case_list, "height" if beside else "width", None)

    def on_resize(self) -> None:
        # How many lines there are for both is known only then.
        if self.wanted_sizes != Sizes() or self._sizes:
            self.fit_panes()
            self.call_after_refresh(self.fit_panes)

    def _want(self, pane: str, size: int | None) -> bool:
        """Take a wish; False if it changes nothing."""
        before, name = self.wanted_sizes, self.layout_name
        wish = self._within(before.with_size(pane, size))
        # The other pane's wish stays what it was, also where it is not met now.
        wish = before.with_size(pane, getattr(wish, pane))
        if wish == before:
            return False
        assert self._sizes is not None
        self._sizes[name] = wish
        self.fit_panes()
        return True

    def _keep(self) -> None:
        name, local = self.layout_name, self.triage.local
        if plain := self.wanted_sizes.plain():
            local.put(_KIND, plain, name)
        else:
            local.forget(_KIND, (name,))

    def _size_of(self, pane: str) -> int:
        # While keys come faster than they are painted, what is painted is old.
        fitted = self._within(self.wanted_sizes).plain()
        if pane in fitted:
            return fitted[pane]
        if pane == FACETS:
            return self.facet_panel.outer_size.width
        size = self.detail.outer_size
        return size.width if self._room.beside else size.height

    # By keys

    def action_size_pane(self, by: int) -> None:
        """Make the pane with the focus larger, or smaller."""
        if self.has_class("-zoom"):
            self.say("The pane has the whole screen: z gives the others theirs.", look="warn")
            return
        pane = FACETS if self.focused is self.facet_panel else DETAIL
        step = _STEP_CELLS if pane == FACETS or self._room.beside else _STEP_LINES
        now = self._size_of(pane)
        wish = now + (-by if self.focused is self.case_list else by) * step
        if not self._want(pane, wish) or self._size_of(pane) == now:
            self.say("A pane needs the room that it has.", look="warn")
        self._keep()

    def action_usual_sizes(self) -> None:
        """Forget what the person wanted in this layout."""
        self._want(FACETS, None)
        self._want(DETAIL, None)
        self._keep()

    # By the mouse

    def _forward_event(self, event: events.Event) -> None:
        # Before any pane hears of it: a border is no row of the pane that paints it.
        if not (isinstance(event, events.MouseEvent) and self._took_mouse(event)):
            super()._forward_event(event)

    def _took_mouse(self, event: events.MouseEvent) -> bool:
        x, y = round(event.screen_x), round(event.screen_y)
        if isinstance(event, events.MouseDown):
            self._drawn = self._border_at(x, y) if event.button == 1 else None
            self._on_border = self._drawn is not None
            self._moved = self._moved[1], False
            return self._on_border
        if isinstance(event, events.MouseMove):
            if self._drawn is None:
                return False
            changed = self._draw(self._drawn, x, y)
            self._moved = self._moved[0], self._moved[1] or changed
            return True
        if not self._on_border or not isinstance(event, (events.MouseUp, events.Click)):
            return False
        if isinstance(event, events.MouseUp):
            self._drawn = None
            self._keep()
        elif event.chain >= 2 and not any(self._moved) and (pane := self._border_at(x, y)):
            self._want(pane, None)
            self._keep()
        elif not (self._room.beside or self._moved[1]) and self._border_at(x, y) == DETAIL:
            self.detail.focus()  # Its first line is the border.
        return True

    def _border_at(self, x: int, y: int) -> str | None:
        """The pane whose border to the list is there."""
        if self.has_class("-zoom"):
            return None
        facets, detail = self.facet_panel, self.detail.region
        if facets.display and x == facets.region.right - 1 and facets.region.contains(x, y):
            return FACETS
        at = (x == detail.x) if self._room.beside else (y == detail.y)
        return DETAIL if at and detail.contains(x, y) else None

    def _draw(self, pane: str, x: int, y: int) -> bool:
        if pane == FACETS:
            return self._want(pane, x - self.facet_panel.region.x + 1)
        end = self.main.region
        size = end.right - x if self._room.beside else end.bottom - y
        return size != self._size_of(pane) and self._want(pane, size)


def _give(widget: Widget, side: str, size: int | str | None) -> None:
    """Set a side of a widget, or leave it to the style sheet."""
    inline = widget.styles.inline
    most = f"max_{side}"
    if size is None:
        if inline.has_rule(side):
            inline.clear_rule(side)
            inline.clear_rule(most)
            widget.refresh(layout=True)
        return
    before = getattr(inline, side)
    setattr(widget.styles, side, size)
    setattr(widget.styles, most, "100%")
    if getattr(inline, side) != before:
        widget.refresh(layout=True)
