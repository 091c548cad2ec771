"""What Textual 8.2.8 leaves undone for an app that shows text written by strangers.

Each part has a test in tests/ui/test_workarounds.py that also shows what Textual does without it;
when that half of a test fails after an upgrade, the part can go.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, ClassVar

import rich
from rich.cells import cell_len, set_cell_size, split_text
from rich.console import RenderableType
from rich.segment import Segment, Segments
from rich.text import Text
from textual import events, strip
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.drivers._writer_thread import WriterThread
from textual.filter import LineFilter
from textual.message_pump import MessagePump
from textual.notifications import SeverityLevel
from textual.screen import Screen

from triage_tui.text import REPLACEMENT, UNSAFE, clean
from triage_tui.ui.picture import Picture

_LONGEST_TOAST = 1000
"""Characters. A longer toast would cover the whole screen."""


_DELICATE = re.compile(f"[\u200d\ufe0f]|{UNSAFE.pattern}")
"""Finds what is unsafe, and what joins characters to one picture."""


class Guard(LineFilter):
    """Keeps everything a terminal obeys, hides or turns around out of painted lines.

    Texts are cleaned where they are shown; this is for the one that was forgotten. Lines keep their
    width, so columns stay aligned, also when a box is laid over them later. Links lead to the web
    or nowhere.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(_harmless(segment) for segment in segments):
            return segments
        return [segment if _harmless(segment) else _guarded(segment) for segment in segments]


class _Joined(Segment):
    """Text with pictures of several characters; Rich would cut between these, and change the width.

    Half of a picture that is cut becomes a space, as half of a wide letter does.
    """

    __slots__ = ()

    def split_cells(self, cut: int) -> tuple[Segment, Segment]:
        text, style, control = self
        if cut >= cell_len(text):
            return self, Segment("", style, control)
        before, after = split_text(text, cut)
        return _Joined(before, style, control), _Joined(after, style, control)


def _harmless(segment: Segment) -> bool:
    text, style, _ = segment
    plain = (text.isascii() and text.isprintable()) or not _DELICATE.search(text)
    return plain and (style is None or style.link is None or _leads_to_web(style.link))


def _leads_to_web(link: str) -> bool:
    return link.startswith(("https://", "http://")) and link.isascii() and link.isprintable()


def _guarded(segment: Segment) -> Segment:
    text, style, control = segment
    if style is not None and style.link is not None and not _leads_to_web(style.link):
        style = style.update_link(None)
    replaced = UNSAFE.sub(lambda found: REPLACEMENT * cell_len(found[0]), text)
    return _Joined(set_cell_size(replaced, cell_len(text)), style, control)


class Kept(dict[Any, Any]):
    """What a painted line keeps of itself: at most 16 values by their keys, the first go first.

    Textual makes seven caches for each line of each frame, and most lines are never asked for what
    they keep. Made of an object and a dictionary each, they were a sixth of the time of a frame.
    """

    __slots__ = ()

    def __init__(self, maxsize: int) -> None:
        """Takes what Textual gives: 4 or 16."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= 16 and key not in self:
            del self[next(iter(self))]
        super().__setitem__(key, value)


vars(strip)["FIFOCache"] = Kept


class _AltDigit(str):
    """A key as Textual's table of sequences holds it."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


# Terminals without the newer key protocol, and tmux, send Escape and the digit for alt and a digit.
# Textual takes that for the sign that one keyboard layout of macOS types with it.
for _digit in "0123456789":
    ANSI_SEQUENCES_KEYS[f"\x1b{_digit}"] = (_AltDigit(f"alt+{_digit}"),)  # type: ignore[index]


def prune_watchers(app: App[Any]) -> None:
    """Let go of closed widgets and screens.

    A widget that watches another is kept by the watched one until the watched value changes:
    every hint of the bottom line and every closed screen with an editor, until the theme changes.
    """
    for node in (app, *app._registry):
        for watchers in getattr(node, "__watchers", {}).values():
            watchers[:] = [each for each in watchers if not (each[0]._closing or each[0]._closed)]


def is_open(screen: Screen[Any]) -> bool:
    """False for a screen that is being left, or whose app is: its widgets may be gone already.

    Textual still calls then what was to be called with the next frame, or by a timer.
    """
    return screen in screen.app.screen_stack and screen.is_attached


KEY_PATIENCE = 1.0
"""Seconds that a key may hold up the ones after it."""

KEY_CLIMBS = 4
"""How often a key is followed: what it sets off climbs behind it, a widget's message at a time.
Enter in a query becomes a message of its text field, then one of the query bar, then a search."""


class _Climb:
    """Queues behind a key at one node after the other, from the focus up to the app, some times."""

    def __init__(self, app: SafeApp, key: events.Key) -> None:
        self._app, self._key, self._screen = app, key, app.screen
        self._from: MessagePump = app.focused or app.screen
        self._node: MessagePump | None = None
        self._left = KEY_CLIMBS

    def begin(self) -> None:
        """Climb once more; when that was often enough, the key is done."""
        self._left -= 1
        self._queue(self._from)

    def _queue(self, node: MessagePump | None) -> None:
        self._node = node
        # Of what `call_later` is given Textual would look up the parameters, each time anew.
        if node is None or not node.post_message(events.Callback(self._step)):
            self._app.post_message(events.Callback(self._done))

    def _step(self) -> None:
        if self._node is not self._app and self._node is not None:
            self._queue(self._node._parent)
        elif self._left:
            self.begin()
        else:
            # Behind what the key's action left for later, like a change of focus.
            self._app.post_message(events.Callback(self._done))

    async def _done(self) -> None:
        await self._app._key_done(self._key, self._screen)


class SafeApp(App[None]):
    """An app that hostile text, bursts of keys, long days and its own crash cannot turn harmful."""

    ENABLE_COMMAND_PALETTE = False  # Keys that arrive while it opens crash it.

    PRUNE_EVERY: ClassVar[float] = 30.0
    """Seconds between two calls of `prune_watchers`."""

    def __init__(self) -> None:
        if os.environ.get("NO_COLOR") == "":
            # By the NO_COLOR convention empty means unset; Textual only asks whether it is there.
            del os.environ["NO_COLOR"]
        super().__init__()
        self._guard = Guard()
        self.picture = Picture()
        self._waiting_keys: deque[events.Key] = deque()
        self._key: events.Key | None = None
        """The key that is being handled; those in `_waiting_keys` wait for it."""
        self._key_since = 0.0

    def since_key(self) -> float:
        """Seconds since the last key was taken up."""
        return monotonic() - self._key_since

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own filters, and last a `Guard`."""
        return [*super().get_line_filters(), self._guard]

    def on_mount(self) -> None:
        self.set_interval(self.PRUNE_EVERY, partial(prune_watchers, self))
        # Another program had the terminal.
        self.app_resume_signal.subscribe(self, lambda _: self.picture.forget())

    def repaint(self) -> None:
        """Send the terminal all of the screen, whatever it shows now."""
        self.picture.forget()
        self.screen.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if isinstance(renderable, CompositorUpdate) and driver and not driver.is_inline:
            renderable = self.picture.of(renderable)
        super()._display(screen, renderable)

    # One key at a time. Textual hands a key to the widget that has the focus when the key arrives,
    # although a key before it in the same burst may be about to open a screen: what was typed for
    # the screen goes to the list under it. So a key waits until the one before it has climbed from
    # the focused widget up to here, and until a screen that it opened can be seen.

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Resize):
            self.picture.forget()
            if self.screen_stack and event.size == self.screen.size:
                # It was another one meanwhile, or another program had the terminal. Textual paints
                # nothing then, and the terminal lost what was beyond its edges.
                self.screen.refresh()
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._waiting_keys.append(event)
        if self._key is None:
            await self._take_key()
        elif monotonic() - self._key_since > KEY_PATIENCE:
            await self._key_done(self._key, self.screen)

    async def _take_key(self, after: events.Key | None = None) -> None:
        if self._key is not after:
            return
        self._key = self._waiting_keys.popleft() if self._waiting_keys else None
        if self._key is None:
            return
        self._key_since = monotonic()
        climb = _Climb(self, self._key)
        await super().on_event(self._key)
        climb.begin()

    async def _key_done(self, key: events.Key, screen: Screen[Any]) -> None:
        if self._key is not key or not self.screen_stack:
            return
        if self.screen is screen:
            await self._take_key(key)
        else:
            self.screen.call_after_refresh(self._take_key, key)

    def pop_screen(self) -> AwaitComplete:
        """Go back to the screen below; a key that was climbing in this one is done with it."""
        key, screen = self._key, self.screen
        popped = super().pop_screen()
        if key:
            popped._future.add_done_callback(lambda _: self.call_later(self._key_done, key, screen))
        return popped

    def press_again(self, key: events.Key) -> None:
        """Let what this key opens have the key too, before all that was pressed after it."""
        self._waiting_keys.appendleft(events.Key(key.key, key.character))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast. Message and title are cleaned, and never markup, whatever is asked for."""
        super().notify(
            clean(message, lines=True, limit=_LONGEST_TOAST),
            title=clean(title, limit=_LONGEST_TOAST),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """Leave the app. A message in plain text is cleaned and never markup."""
        if isinstance(message, str):
            message = Text(clean(message, lines=True))
        super().exit(result, return_code, message)

    async def _shutdown(self) -> None:
        # Textual lets work go on while it takes the screen down: an answer that arrives then finds
        # nothing to be painted on, and leaving ends in a crash.
        self.workers.cancel_all()
        await super()._shutdown()

    def ended_by_signal(self, number: int) -> None:
        """Leave because the process is asked to end."""
        self.exit(return_code=128 + number)

    def _fatal_error(self) -> None:
        # Textual prints all local variables, and with them the keys to the API.
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None, suppress=[rich])
        lines = Segment.split_lines(self.console.render(traceback, self.console.options))
        black = Color(0, 0, 0)
        printed = [
            segment
            for line in lines
            for segment in (*self._guard.apply(line, black), Segment.line())
        ]
        printed.append(Segment("This is a fault in triage-tui: please report it with this text.\n"))
        self._exit_renderables.append(Segments(printed))
        self._close_messages_no_wait()


_write = WriterThread.run


def _write_until_stopped(thread: WriterThread) -> None:
    """What the thread that writes to the terminal runs.

    When the terminal is gone, Textual's own ends, and the app waits for ever for somebody to take
    what it paints: a process is left behind by every window that is closed.
    """
    try:
        _write(thread)
    except OSError:
        while thread._queue.get() is not None:
            pass


WriterThread.run = _write_until_stopped  # type: ignore[assignment, method-assign]

_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def run_app(app: SafeApp, *, mouse: bool = True) -> int:
    """Run the app in the terminal until it ends, and return the exit code for the process.

    1 after a crash, also when the app ended without anybody asking for it. A signal that asks the
    process to end makes the app leave, so that the terminal is restored: 128 plus its number.
    """
    handlers = {number: signal.getsignal(number) for number in _ENDING}
    asyncio.run(_run_until_signal(app, mouse))
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return 1 if app.return_code is None else app.return_code


async def _run_until_signal(app: SafeApp, mouse: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        # Windows has no such handlers; there the process ends as it always did.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, app.ended_by_signal, number)
    await app.run_async(mouse=mouse)
