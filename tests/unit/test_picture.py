"""What is sent to a terminal is less than all, and what the terminal shows is the same."""

from __future__ import annotations

from random import Random

import pyte
import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from triage_tui.ui.picture import Picture

WIDTH, HEIGHT = 40, 6
CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)

STYLES = [
    None,
    *map(
        Style.parse,
        (
            "#ff0000 on #000000",
            "bold #ff0000 on #000000",
            "#00ff00 on #000000",
            "reverse",
            "bold italic",
            "dim on #202020",
            "underline #0000ff",
            "strike on red",
            "red",
        ),
    ),
]
WORDS = ("a", "word", "  ", "     ", "○ Open", "P1 █", "…", "漢字", "⚠", "long text here")


class Terminal:
    """What a person sees."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)
        self.sent = 0

    def write(self, text: str) -> None:
        self.sent += len(text)
        self._stream.feed(text)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """The cells; of a blank only what can be seen."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    shown = cell.underscore, cell.reverse, cell.strikethrough
    if cell.data == " " and not any(shown):
        return " ", cell.bg
    return cell.data, cell.fg, cell.bg, cell.bold, cell.italics, *shown


def line(chance: Random, width: int) -> Strip:
    segments = [
        Segment(chance.choice(WORDS), chance.choice(STYLES)) for _ in range(chance.randint(0, 6))
    ]
    return Strip(segments).adjust_cell_length(width)


def whole(chance: Random) -> CompositorUpdate:
    cut = chance.randint(1, WIDTH - 1)
    lines = [[line(chance, cut), line(chance, WIDTH - cut)] for _ in range(HEIGHT)]
    return LayoutUpdate([*lines], Region(0, 0, WIDTH, HEIGHT))


def part(chance: Random) -> CompositorUpdate:
    cut = chance.randint(1, WIDTH - 1)
    first, last = sorted(chance.choices(range(HEIGHT), k=2))
    chops: list[dict[int, Strip | None]] = [
        {0: chance.choice((None, line(chance, cut))), cut: line(chance, WIDTH - cut)}
        for _ in range(HEIGHT)
    ]
    end = chance.choice((WIDTH, chance.randint(cut, WIDTH)))
    spans = [(y, chance.choice((0, cut)), end) for y in range(first, last + 1)]
    return ChopsUpdate(chops, spans, [[cut, WIDTH]] * HEIGHT)


def test_a_terminal_shows_what_it_would_if_everything_were_sent() -> None:
    for seed in range(60):
        chance = Random(seed)
        picture, thrifty, lavish = Picture(), Terminal(), Terminal()
        for n in range(8):
            update = part(chance) if n and chance.random() < 0.8 else whole(chance)
            thrifty.write(picture.of(update).render_segments(CONSOLE))
            lavish.write(update.render_segments(CONSOLE))
            assert thrifty.cells() == lavish.cells(), f"seed {seed}, update {n}"


def plain(*texts: str) -> CompositorUpdate:
    lines = [[Strip([Segment(text)]).adjust_cell_length(WIDTH)] for text in texts]
    return LayoutUpdate([*lines], Region(0, 0, WIDTH, len(texts)))


def sent(picture: Picture, update: CompositorUpdate) -> str | None:
    return picture.change(update, ColorSystem.TRUECOLOR)


def test_only_what_differs_is_sent_until_nobody_knows_what_is_shown() -> None:
    picture = Picture()
    assert "first line" in (sent(picture, plain("first line", "second")) or "")
    assert sent(picture, plain("first line", "second")) == ""
    assert sent(picture, plain("first lime", "second")) == "\x1b[1;9Hm"
    picture.forget()
    assert "second" in (sent(picture, plain("first lime", "second")) or "")


def test_a_line_whose_width_terminals_doubt_is_sent_as_a_whole() -> None:
    picture = Picture()
    sent(picture, plain("漢字 and more"))
    assert "漢字 and mode" in (sent(picture, plain("漢字 and mode")) or "")
    assert "plain" in (sent(picture, plain("plain")) or "")
    assert sent(picture, plain("plain")) == ""


@pytest.mark.parametrize("doubted", ["👩\u200d👩\u200d👧\u200d👦", "⚠\ufe0f⚠\ufe0f", "ｗｉｄｅ"])
@pytest.mark.parametrize("believed", [1, 6, 12])
def test_what_follows_a_text_of_another_width_is_at_its_place(
    doubted: str, believed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However wide the app believes a text to be, and whatever was there before."""
    monkeypatch.setattr(Segment, "cell_length", property(lambda one: _width(one.text)))

    def _width(text: str) -> int:
        return believed if text == doubted else len(text)

    texts = ("before ", doubted, "| after ", "x" * 15)
    strip = Strip([Segment(text) for text in texts], sum(map(_width, texts)))
    picture, terminal = Picture(), Terminal()
    for lines in ([[Strip([Segment("#" * WIDTH)])]], [[strip]]):
        update = LayoutUpdate([*lines], Region(0, 0, WIDTH, 1))
        terminal.write(picture.of(update).render_segments(CONSOLE))
    shown = terminal.screen.display[0]
    [*cells] = [terminal.screen.buffer[0][x].data for x in range(WIDTH)]
    assert "".join(cells[7 + believed :]).startswith("| after xxx"), shown
    assert "#" not in "".join(cells[: 7 + believed]), shown
