"""Each work-around holds, and Textual without it still fails: else it can go."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import signal
import subprocess
import sys
from typing import ClassVar

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.cache import FIFOCache
from textual.color import Color
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Button, Footer, Input, Static, TextArea
from textual.widgets._footer import FooterKey

from tests.ui.pty_run import Terminal, running
from triage_tui.errors import ConfigError
from triage_tui.terminal import require_terminal
from triage_tui.ui.workarounds import Guard, Kept, SafeApp, is_open, prune_watchers

BLACK = Color(0, 0, 0)

APP = """
import sys
from rich.style import Style
from rich.text import Text
from textual.app import App
from textual.content import Content
from textual.widgets import Static
from triage_tui.ui.workarounds import SafeApp, run_app

class Tried({base}):
    BINDINGS = [("q", "exit_with('q')", "Quit"), ("x", "crash", "Crash"), ("w", "work", "Work")]

    def compose(self):
        yield Static(Content("\\x1b]52;c;aGk=\\x1b\\\\ \\x9b2J \\u202eabc \\x1b]0;pwned\\x07"))
        yield Static(Text("link", style=Style(link="vscode://x")))
        yield Static(Text("web", style=Style(link="https://example.com/")))
        yield Static(f"colour {{self.no_color}} ready")

    def action_exit_with(self, key):
        self.exit(message="left [/x] \\x1b]0;pwned\\x07 by " + key)

    def action_crash(self):
        api_key = "c4n" + "ary"
        raise RuntimeError("broken \\x1bc")

    def action_work(self):
        self.run_worker(self.fail())

    async def fail(self):
        headers = {{"DD-API-KEY": "c4n" + "ary"}}
        raise RuntimeError("broken \\x1bc")

app = Tried()
{run}
"""
SAFE = APP.format(base="SafeApp", run="sys.exit(run_app(app))")
STOCK = APP.format(base="App[None]", run="app.run()")

HOSTILE = (b"\x1b]52;", b"\xc2\x9b2J", "\u202e".encode(), b"\x1b]0;")
"""What the app above shows, as it must not reach a terminal."""


def ended(source: str, keys: bytes, env: dict[str, str] | None = None) -> tuple[int, Terminal]:
    with running(source, env) as terminal:
        terminal.wait_for(b"ready")
        terminal.type(keys)
        return terminal.exit_code(), terminal


def test_hostile_text_does_not_reach_the_terminal() -> None:
    code, terminal = ended(SAFE, b"q")
    assert code == 0
    assert [bad for bad in (*HOSTILE, b"vscode://") if bad in terminal.output] == []
    assert b"https://example.com/" in terminal.output
    assert "left [/x] ␛]0;pwned␇ by q".encode() in terminal.output


def test_textual_alone_lets_hostile_text_through() -> None:
    with running(STOCK) as terminal:
        terminal.wait_for(b"ready")
        assert [bad for bad in (*HOSTILE, b"vscode://") if bad not in terminal.output] == []


def test_a_line_keeps_little_and_costs_little_until_then() -> None:
    line = Strip([Segment("x" * 100)])
    for at in range(40):
        assert line.crop(at, at + 3).text == "xxx"
        assert line.crop(at, at + 3) is line.crop(at, at + 3)
    kept = [getattr(line, name) for name in Strip.__slots__ if name.endswith("_cache")]
    assert [len(cache) for cache in kept if cache] == [16]
    assert {type(cache) for cache in kept} == {Kept, type(None)}


def test_textual_alone_pays_for_a_cache_before_anything_is_kept() -> None:
    theirs = FIFOCache[object, object](4)
    assert sys.getsizeof(theirs) + sys.getsizeof(theirs._cache) > sys.getsizeof(Kept(4))


@pytest.mark.parametrize("key", [b"x", b"w"], ids=["action", "worker"])
def test_a_crash_tells_no_secrets_and_ends_with_1(key: bytes) -> None:
    code, terminal = ended(SAFE, key)
    assert code == 1
    assert b"c4nary" not in terminal.output
    assert b"\x1bc" not in terminal.output
    assert b"broken" in terminal.output
    assert b"please report it" in terminal.output


@pytest.mark.parametrize("key", [b"x", b"w"], ids=["action", "worker"])
def test_textual_alone_prints_secrets_and_ends_with_0(key: bytes) -> None:
    code, terminal = ended(STOCK, key)
    assert code == 0
    assert b"c4nary" in terminal.output
    assert b"\x1bc" in terminal.output


BURST = b"\x10\x1b[6~q"
"""Ctrl+P, Page Down and q in one read."""


def test_a_burst_of_keys_is_survived() -> None:
    code, terminal = ended(SAFE, BURST)
    assert code == 0
    assert b"Error" not in terminal.output


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="tasks that start at once hide it")
def test_textual_alone_dies_of_a_burst_of_keys() -> None:
    _, terminal = ended(STOCK, BURST)
    assert b"KeyError" in terminal.output


@pytest.mark.parametrize(("value", "seen"), [("", b"False"), ("1", b"True")])
def test_an_empty_no_color_is_none(value: str, seen: bytes) -> None:
    with running(SAFE, {"NO_COLOR": value}) as terminal:
        terminal.wait_for(b"ready")
        assert b"colour " + seen in terminal.output


def test_textual_alone_takes_an_empty_no_color_for_one() -> None:
    with running(STOCK, {"NO_COLOR": ""}) as terminal:
        terminal.wait_for(b"ready")
        assert b"colour True" in terminal.output


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("東京 👩\u200d🚒 e\u0301", "東京 👩\u200d🚒 e\u0301"),
        ("a\x1b[31mb\x9bc\u202ed\u200be\x7f", "a[31mbcde"),
        ("a\u3164\ud800b", "a\ufffdb"),
        ("a\u115fb", "a\ufffd\ufffdb"),
        ("a\u00adb", "a\ufffdb"),
    ],
)
def test_the_guard_keeps_the_width_of_a_line(text: str, shown: str) -> None:
    line = [Segment(text), Segment("|")]
    guarded = Guard().apply(line, BLACK)
    assert [segment.text for segment in guarded] == [shown, "|"]
    assert cell_len(shown) == cell_len(text)


def test_the_guard_keeps_the_width_even_where_letters_were_measured_as_one() -> None:
    text = "a\u200db|"
    (guarded,) = Guard().apply([Segment(text)], BLACK)
    assert "\u200d" not in guarded.text
    assert cell_len(guarded.text) == cell_len(text)


FAMILY = "已满👩\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 ❤\ufe0f!"


def widths_when_cut(line: list[Segment]) -> list[tuple[int, int]]:
    """The widths of both parts, for every place where a box may begin."""
    strip = Strip(line)
    cuts = [strip.divide([cut, strip.cell_length]) for cut in range(1, strip.cell_length)]
    return [(cell_len(left.text), cell_len(right.text)) for left, right in cuts]


def test_the_guard_keeps_the_width_of_a_line_that_is_cut_in_an_emoji() -> None:
    width = cell_len(FAMILY)
    cut = widths_when_cut(Guard().apply([Segment(FAMILY)], BLACK))
    assert cut == [(left, width - left) for left in range(1, width)]


def test_textual_alone_changes_the_width_of_a_line_that_is_cut_in_an_emoji() -> None:
    cut = widths_when_cut([Segment(FAMILY)])
    assert [parts for parts in cut if sum(parts) != cell_len(FAMILY)] != []


def test_the_guard_does_not_touch_a_clean_line() -> None:
    line = [Segment("a", Style(bold=True, link="https://example.com")), Segment("é")]
    assert Guard().apply(line, BLACK) is line


@pytest.mark.parametrize("link", ["file:///etc/passwd", "javascript:1", "https://a/\x1b]0;x\x07"])
def test_the_guard_drops_links_that_do_not_lead_to_the_web(link: str) -> None:
    (guarded,) = Guard().apply([Segment("a", Style(bold=True, link=link))], BLACK)
    assert guarded.style is not None
    assert (guarded.text, guarded.style.link, guarded.style.bold) == ("a", None, True)


class Editor(Screen[None]):
    """A screen that watches the app's theme through its editor."""

    def compose(self) -> ComposeResult:
        editor = TextArea()
        editor.cursor_blink = False
        yield editor


class Walked(SafeApp):
    """Makes and closes widgets that watch others whenever the focus moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(f"f{n}", f"number({n})", f"Number {n}") for n in range(1, 9)
    ]

    def compose(self) -> ComposeResult:
        yield Button("one")
        yield Input()
        yield Footer()

    async def walk(self, pilot: Pilot[None]) -> None:
        """Move the focus and open and close a screen, four times."""
        for _ in range(4):
            await pilot.press("tab")
            self.push_screen(Editor())
            await pilot.pause()
            self.pop_screen()
            await pilot.pause()


def closed_but_alive() -> set[type[object]]:
    gc.collect()
    return {
        type(each)
        for each in gc.get_objects()
        if type(each) in (FooterKey, TextArea, Editor) and each._closed
    }


async def test_closed_widgets_and_screens_are_let_go() -> None:
    app = Walked()
    async with app.run_test() as pilot:
        await app.walk(pilot)
        assert closed_but_alive() >= {FooterKey, TextArea}, "Textual alone keeps them"
        prune_watchers(app)
        await pilot.pause()
        assert closed_but_alive() == set()


async def test_the_app_prunes_by_itself() -> None:
    class Hasty(Walked):
        PRUNE_EVERY = 0.01

    app = Hasty()
    async with app.run_test() as pilot:
        await app.walk(pilot)
        async with asyncio.timeout(30):
            while closed_but_alive():
                await pilot.pause()


async def test_pruning_leaves_living_watchers_alone() -> None:
    app = Walked()
    async with app.run_test() as pilot:
        editor = Editor()
        await app.push_screen(editor)
        seen: list[str] = []

        def theme_changed(theme: str) -> None:
            seen.append(theme)

        editor.watch(app, "theme", theme_changed, init=False)
        prune_watchers(app)
        app.theme = "nord"
        await pilot.pause()
        assert seen == ["nord"]


async def test_a_toast_is_cleaned_and_no_markup() -> None:
    app = SafeApp()
    async with app.run_test(notifications=True) as pilot:
        app.notify("[/x]\x1b]52;c;x\x07\nmore", title="[b]\x9b\n", markup=True)
        app.screen.notify("\u202e" * 5000)
        await pilot.pause()
        first, second = app._notifications
        assert (first.message, first.title) == ("[/x]␛]52;c;x␇\nmore", "[b]\ufffd ")
        assert not first.markup
        assert (second.message[0], len(second.message)) == ("\ufffd", 1000)
        assert not second.markup


async def test_textual_alone_shows_a_toast_as_it_comes() -> None:
    app: App[None] = App()
    async with app.run_test(notifications=True) as pilot:
        app.notify("[b]\x1b")
        await pilot.pause()
        (toast,) = app._notifications
        assert (toast.message, toast.markup) == ("[b]\x1b", True)


def test_a_terminal_is_required_at_every_end() -> None:
    ours, theirs = os.openpty()
    with open(theirs) as tty:
        require_terminal(tty, tty, tty)
        with pytest.raises(ConfigError, match="its input is not a terminal"):
            require_terminal(io.StringIO(), tty, tty)
        with pytest.raises(ConfigError, match="its output is not a terminal"):
            require_terminal(tty, io.StringIO(), tty)
        with pytest.raises(ConfigError, match="its error output is not a terminal"):
            require_terminal(tty, tty, None)
    with pytest.raises(ConfigError, match="its input is not a terminal"):
        require_terminal(tty, tty, tty)
    os.close(ours)


def burst_app(base: type[App[None]]) -> App[None]:
    """Opens a box with a field on `o`, and counts what is typed outside of it."""

    class Box(Screen[None]):
        def compose(self) -> ComposeResult:
            yield Input()

    class Tried(base):  # type: ignore[misc, valid-type]
        BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "box", "Box")]

        def compose(self) -> ComposeResult:
            yield Button()

        def action_box(self) -> None:
            self.push_screen(Box())

    return Tried()


@pytest.mark.parametrize("base", [SafeApp, App])
async def test_keys_of_one_burst_reach_the_screen_that_the_first_one_opened(
    base: type[App[None]],
) -> None:
    app = burst_app(base)
    async with app.run_test() as pilot:
        for key in "oabc":
            app.post_message(events.Key(key, key))
        while len(app.screen_stack) < 2:
            await pilot.pause()
        field = app.screen.query_one(Input)
        for _ in range(20):
            await pilot.pause()
        assert field.value == ("abc" if base is SafeApp else "")


class Swallowing(Button):
    """Loses what was to be called in it later, as what is taken down may."""

    def call_later(self, callback: object, *args: object, **kwargs: object) -> bool:
        return True


async def test_a_key_is_not_held_up_by_one_that_went_with_its_screen() -> None:
    class Box(Screen[None]):
        BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "leave", "Leave")]

        def compose(self) -> ComposeResult:
            yield Swallowing()

        def action_leave(self) -> None:
            self.dismiss()

    counted = asyncio.Semaphore(0)

    class Counting(SafeApp):
        BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "count", "Count")]

        def action_count(self) -> None:
            counted.release()

    app = Counting()
    async with app.run_test():
        await app.push_screen(Box())
        for key in "xyy":
            app.post_message(events.Key(key, key))
        async with asyncio.timeout(30):
            await counted.acquire()
            await counted.acquire()


async def test_a_screen_that_is_being_left_is_not_open() -> None:
    app = SafeApp()
    async with app.run_test():
        below, screen = app.screen, Screen[None]()
        await app.push_screen(screen)
        assert is_open(screen)
        screen.dismiss()
        assert (is_open(screen), screen.is_attached) == (False, True)
        assert is_open(below)
        app.exit()
        assert (is_open(below), below in app.screen_stack) == (False, True)


class Answer(Static):
    """Sees to it that an answer arrives while the screen is taken down."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()
        self.worked_on = False

    def on_unmount(self) -> None:
        self.arrived.set()

    async def work_on(self) -> None:
        await self.arrived.wait()
        self.worked_on = True


@pytest.mark.parametrize(("kind", "worked_on"), [(SafeApp, False), (App, True)])
async def test_who_works_on_an_answer_when_the_app_is_left(
    kind: type[App[None]], worked_on: bool
) -> None:
    app = kind()
    async with app.run_test() as pilot:
        answer = Answer()
        await app.mount(answer)
        app.run_worker(answer.work_on())
        await pilot.pause()
    assert answer.worked_on == worked_on


@pytest.mark.parametrize(("source", "code", "left"), [(SAFE, 143, True), (STOCK, -15, False)])
def test_who_leaves_the_screen_at_a_signal(source: str, code: int, left: bool) -> None:
    with running(source) as terminal:
        terminal.wait_for(b"ready")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.exit_code() == code
        assert (b"\x1b[?1049l" in terminal.output) == left


WRITER = """
from textual.drivers._writer_thread import WriterThread
{patch}
class Gone:
    def write(self, text):
        raise OSError(5, "Input/output error")
    def flush(self):
        pass
thread = WriterThread(Gone())
thread.start()
thread.write("x")
{end}
"""


def test_writing_goes_on_when_the_terminal_is_gone() -> None:
    more = "for _ in range(100): thread.write('x')\nthread.stop()"
    source = WRITER.format(patch="import triage_tui.ui.workarounds", end=more)
    subprocess.run([sys.executable, "-c", source], timeout=60, check=True)


def test_textual_alone_ends_the_writing_so_that_the_app_waits_for_ever() -> None:
    more = "thread.join()\nfor _ in range(30): thread.write('x')\nassert thread._queue.full()"
    source = WRITER.format(patch="", end=more)
    found = subprocess.run([sys.executable, "-c", source], capture_output=True)
    assert found.returncode == 0
    assert b"Input/output error" in found.stderr
