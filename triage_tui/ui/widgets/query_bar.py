"""The query, what is wrong with it, and what may be typed next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Label

from triage_tui.completion import Completion, Known, complete
from triage_tui.errors import QueryError
from triage_tui.query import MAX_LENGTH, parse, ready
from triage_tui.query_text import pieces
from triage_tui.query_words import Names, in_words
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.line import Line
from triage_tui.ui.widgets.query_hints import QueryHints

_LOOKS = {"key": "key", "value": "code", "operator": "in-progress", "bracket": "dim"}

_MOST_COLOURED = 1_000
"""Characters of a text that are coloured and completed: a longer one was not typed."""


class QueryColours(Highlighter):
    """Colours the pieces of a query.

    Attributes:
        wrong: Where the text cannot be read, or -1.
    """

    def __init__(self, look_of: Callable[[str], Style]) -> None:
        self._look_of = look_of
        self.wrong = -1

    def highlight(self, text: Text) -> None:
        if len(text.plain) > _MOST_COLOURED:
            return
        for piece in pieces(text.plain):
            bad = piece.start <= self.wrong < piece.end
            name = "bad" if bad else _LOOKS.get(piece.kind, "plain")
            style = self._look_of(name) + Style(underline=True if bad else None)
            text.stylize(style, piece.start, piece.end)


class QueryInput(Input):
    """The text field of the query."""

    cursor_blink = False


class QueryBar(Vertical):
    """Holds the text being typed; the query in force is the session's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "abandon", "Close the list, or keep the query as it was", show=False),
        Binding("tab", "take", "Take what is offered", show=False),
        Binding("down", "pick(1)", "Next of what is offered", show=False),
        Binding("up", "pick(-1)", "Previous, and then earlier queries", show=False),
        # Whoever expects completion must not find that what is typed next are commands.
        Binding("shift+tab", "stay", "Stay in the query", show=False),
    ]
    input = query_one(QueryInput)
    hints = query_one(QueryHints)
    _problem = query_one(Line)

    @dataclass
    class Submitted(Message):
        """The person wants to search for this."""

        text: str

    class Abandoned(Message):
        """The person wants the query as it was."""

    @dataclass
    class Wanted(Message):
        """Nobody here knows a value of `key` that fits what was typed: the server may."""

        key: str
        typed: str

    def __init__(self) -> None:
        super().__init__()
        self._known = Known()
        self._names: Names = {}
        self._colours = QueryColours(self._look)
        self._completion = Completion(0, 0)
        self._began = ""
        """The text when the editing began, or after the list was closed."""
        self._folded = False
        self._past: int | None = None
        """Which of the earlier queries is shown; None for what was typed."""
        self._typed = self._put = ""
        self._shown_for: tuple[str, int] | None = None
        self._news = ""
        self._meant = ""
        """Asked when a word may have been meant for a value."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("/ ", id="query-sign", markup=False)
            yield QueryInput(
                placeholder="all cases; for example status:open priority:(P1 OR P2)",
                compact=True,
                select_on_focus=False,
                highlighter=self._colours,
            )
        yield Line(id="query-problem")
        yield QueryHints()

    def _look(self, name: str) -> Style:
        return look(self, name)

    def show(self, text: str) -> None:
        """Show the query in force, unless a person is typing."""
        if not self.input.has_focus:
            self.put_back(text)

    def put_back(self, text: str) -> None:
        """Show the query in force in place of what was typed."""
        self._hide()
        if self.input.value != text:
            self.input.value = clean(text)

    def edit(self, text: str) -> None:
        """Let the person type, beginning with the query in force."""
        self.input.value = clean(text + " ") if text else ""
        self.input.focus()
        self.input.action_end()
        self._began = self.input.value
        self._folded, self._past, self._shown_for = False, None, None
        self.suggest()

    def know(self, known: Known, names: Names) -> None:
        """Take note of what there is to choose from, and how it is called in a sentence."""
        self._known, self._names = known, names

    def learn(self, news: str = "") -> None:
        """More is known now: bring what is offered up to it.

        Args:
            news: Why there may be more to come.
        """
        self._shown_for, self._news = None, news
        if self.input.has_focus and not self.has_class("-problem"):
            self.suggest()

    # What is offered

    def suggest(self) -> None:
        """Show what the text selects, and what may come next."""
        text, cursor = self.input.value, self.input.cursor_position
        if self._shown_for == (text, cursor) or self.has_class("-problem"):
            return
        self._shown_for = text, cursor
        words = self._read(text, cursor)
        offered: Completion = Completion(cursor, cursor)
        if not self._folded and len(text) <= _MOST_COLOURED and self._past is None:
            offered = complete(text, cursor, self._known)
        if offered.wanted and offered.wanted != self._completion.wanted:
            self.post_message(self.Wanted(*offered.wanted))
        elif not offered.wanted:
            self._news = ""
        self._completion = offered
        self.hints.show(offered.candidates, words, self._news or self._meant)
        self.add_class("-hints")

    def _read(self, text: str, cursor: int) -> str:
        """What the text selects, in words; what cannot be read is coloured unless it is typed."""
        wrong, words, meant = -1, "", ""
        if ready() and len(text) <= MAX_LENGTH:
            try:
                query = parse(text)
                words = clean(in_words(query, self._names), limit=400)
                meant = clean(self._known.meant(query), limit=100)
            except QueryError as error:
                here = next((one for one in pieces(text) if one.start < cursor <= one.end), None)
                end = here.start if here else len(text.rstrip())
                wrong = error.position if error.position < end else -1
        if wrong != self._colours.wrong:
            self._colours.wrong = wrong
            self.input.refresh()
        self._meant = f"did you mean {meant}?" if meant else ""
        return words

    def _hide(self) -> None:
        self.remove_class("-hints")
        self._completion = Completion(0, 0)
        self._shown_for = None
        self._colours.wrong = -1

    def _take(self, index: int) -> None:
        """Put a candidate in the place of what was typed of it."""
        chosen = self._completion.candidates[index]
        start = self._completion.start if chosen.start is None else chosen.start
        value = self.input.value
        rest = value[self._completion.end :]
        text = chosen.text.rstrip() + rest if rest[:1] == " " else chosen.text + rest
        self.input.value = value[:start] + clean(text)
        self.input.cursor_position = start + len(chosen.text)
        self._folded = False
        self.suggest()

    def action_take(self) -> None:
        self.suggest()  # In a burst of keys what was typed last has not been looked at.
        if self._completion.candidates:
            self._take(self.hints.picked or 0)

    @on(QueryHints.Taken)
    def _take_clicked(self, event: QueryHints.Taken) -> None:
        event.stop()
        self._take(event.index)

    def action_pick(self, by: int) -> None:
        self.suggest()
        offered = self._past is None and self._completion.candidates
        if offered and (self.hints.picked is not None or by > 0):
            self.hints.pick(by)
            return
        self._go_back(-by)

    def _go_back(self, by: int) -> None:
        """Show an earlier query, or a later one down to what was typed."""
        earlier = [clean(one) for one in self._known.history]
        earlier = [one for one in earlier if one != self._began.strip()]
        at = (-1 if self._past is None else self._past) + by
        if at >= len(earlier) or at < -1:
            return
        if self._past is None:
            self._typed = self.input.value
        self._past = at if at >= 0 else None
        self.input.value = self._put = earlier[at] if at >= 0 else self._typed
        self.input.action_end()
        self.suggest()

    # What is wrong

    def show_problem(self, sentence: str, position: int) -> None:
        """Point at a character of the text and say what is wrong there."""
        self._hide()
        self._colours.wrong = position
        self.input.refresh()
        value = self.input.value
        left = self.input.region.x - self.region.x
        left += cell_len(value[:position]) - round(self.input.scroll_x)
        room = self.size.width - cell_len(sentence) - 3
        caret = " " * max(0, left) + "▲ "
        if left > room:
            caret = " " * max(0, room) if room > 0 else ""
        self._problem.show([(caret + clean(sentence, limit=400), "bad")])
        self.add_class("-problem")
        self.input.focus()

    def clear_problem(self) -> None:
        """Take the sentence away."""
        self.remove_class("-problem")

    @on(Input.Changed)
    def _forget_problem(self, event: Input.Changed) -> None:
        event.stop()
        self.clear_problem()
        if not self.input.has_focus:
            self._colours.wrong = -1
            return
        if self._past is not None and event.value != self._put:
            self._past = None  # What is typed now is no earlier query any more.
        self.suggest()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.suggest()
        if self.hints.picked is not None and self._completion.candidates:
            self._take(self.hints.picked)
            return
        self.post_message(self.Submitted(event.value))

    def action_stay(self) -> None:
        """Do nothing."""

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        # A text that was not run must not look like the query in force. Without any focus it is the
        # terminal's window that lost it, and the person comes back to go on typing.
        if self.screen.focused is not None:
            self._hide()
            self.post_message(self.Abandoned())

    def action_abandon(self) -> None:
        typed = self.input.value != self._began or self.hints.picked is not None
        if self._completion.candidates and self.has_class("-hints") and typed:
            self._folded, self._shown_for = True, None
            self._began = self.input.value
            self.suggest()
            return
        self.clear_problem()
        self.post_message(self.Abandoned())
