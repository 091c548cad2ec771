"""What the terminal shows, cell by cell: only what differs is sent to it.

Textual sends every line of a widget that is painted anew, with all of its colours. Over SSH bytes
are what a person waits for, and of the line under the cursor most cells are what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import ne, or_

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_GAP = 4
"""Cells that are sent again rather than stepped over: a step costs as much."""

_UNSURE = re.compile(
    "[^ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u2190-\u22ff\u2500-\u25b5\u25b7-\u25bf\u25c1-\u25ff\u2800-\u28ff]"
)
"""Characters of whose width terminals may think otherwise than Rich: wide, joined and unknown."""

_MOST_LOOKS = 4096

_OFF = {
    **{"1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27"},
    **{"8": "28", "9": "29", "51": "54", "52": "54", "53": "55"},
}
"""What ends an attribute of text, by what begins it; "22" ends two."""

_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that can be seen where there is no letter."""

Look = tuple[frozenset[str], str, str, str]
"""Attributes, colour, background and link, as a terminal is told of them."""

PLAIN: Look = frozenset(), "39", "49", ""


class Picture:
    """The cells of a terminal.

    Whatever else writes to the terminal is to be followed by `forget`.
    """

    def __init__(self) -> None:
        self._width = 0
        self._texts: list[list[str]] = []
        """The characters of each line; "" where nobody knows what is shown."""
        self._looks: list[list[int]] = []
        self._numbers: dict[Look, tuple[int, int]] = {}
        """The number of each look, and that of its blanks."""
        self._all: list[Look] = []
        self._blanks: dict[int, int] = {}
        """Of each look the one that a blank has which is painted with it."""

    def forget(self) -> None:
        """Nobody knows what the terminal shows."""
        self._begin(self._width, len(self._texts))

    def of(self, update: CompositorUpdate) -> CompositorUpdate:
        """An update that shows the same, and sends less."""
        return _Difference(self, update)

    def change(self, update: CompositorUpdate, colours: ColorSystem) -> str | None:
        """Take an update in, and return what is to be sent; None if it is of an unknown kind."""
        if isinstance(update, LayoutUpdate):
            x, y, width, height = update.region
            if (x, y, width, height) != (0, 0, self._width, len(self._texts)):
                if x or y:
                    self.forget()
                    return None
                self._begin(width, height)
            pieces = _of_lines(update.strips)
        elif isinstance(update, ChopsUpdate) and len(update.chops) == len(self._texts):
            pieces = _of_spans(update)
        else:
            self.forget()
            return None
        if len(self._all) > _MOST_LOOKS:
            self._begin(self._width, len(self._texts))
        pen = _Pen(self._all)
        for y, x, strip in pieces:
            if y < len(self._texts) and x < self._width:
                self._put(y, x, strip, colours, pen)
        return pen.done()

    def _begin(self, width: int, height: int) -> None:
        self._width = width
        self._texts = [[""] * width for _ in range(height)]
        self._looks = [[0] * width for _ in range(height)]
        self._numbers.clear()
        self._all.clear()
        self._blanks.clear()

    def _put(self, y: int, x: int, strip: Strip, colours: ColorSystem, pen: _Pen) -> None:
        texts: list[str] = []
        looks: list[int] = []
        for text, style, control in strip:
            if control:
                continue
            if not _is_sure(text):
                self._put_unsure(y, x, strip, colours, pen)
                return
            texts += text
            number, blank = self._number(style, colours)
            looks += [blank if letter == " " else number for letter in text]
        del texts[self._width - x :], looks[self._width - x :]
        end = x + len(texts)
        old_texts, old_looks = self._texts[y], self._looks[y]
        if old_texts[x:end] == texts and old_looks[x:end] == looks:
            return
        other_texts = map(ne, texts, old_texts[x:end])
        other_looks = map(ne, looks, old_looks[x:end])
        changed = [n for n, one in enumerate(map(or_, other_texts, other_looks)) if one]
        for first, last in _runs(changed, looks, self._blanks):
            pen.write(y, x + first, texts[first:last], looks[first:last])
        old_texts[x:end], old_looks[x:end] = texts, looks

    def _put_unsure(self, y: int, x: int, strip: Strip, colours: ColorSystem, pen: _Pen) -> None:
        """Send all of it, so that each segment begins at its place however wide others are."""
        # A wider text than expected goes over what is right of it.
        self._texts[y][x:] = [""] * (self._width - x)
        pen.erase(y, x, min(strip.cell_length, self._width - x))
        for segment in strip:
            text, style, control = segment
            if control or x >= self._width:
                continue
            number, blank = self._number(style, colours)
            pen.write(y, x, [*text], [blank if letter == " " else number for letter in text])
            if not _is_sure(text):
                pen.lose()
            x += segment.cell_length

    def _number(self, style: Style | None, colours: ColorSystem) -> tuple[int, int]:
        look = _look(style, colours) if style else PLAIN
        known = self._numbers.get(look)
        if known is None:
            number = blank = len(self._all)
            self._all.append(look)
            if (bare := _bare(look)) and bare != look:
                blank = self._numbers.setdefault(bare, (number + 1, number + 1))[0]
                if blank == len(self._all):
                    self._all.append(bare)
            known = self._numbers[look] = number, blank
            self._blanks[number] = blank
        return known


class _Difference(CompositorUpdate):
    """An update that is worked out when it is written: until then others may come first."""

    def __init__(self, picture: Picture, update: CompositorUpdate) -> None:
        self._picture = picture
        self._update = update

    def render_segments(self, console: Console) -> str:
        colours = console._color_system or ColorSystem.TRUECOLOR
        sent = self._picture.change(self._update, colours)
        return self._update.render_segments(console) if sent is None else sent


class _Pen:
    """Puts together what a terminal is to be sent; it begins and ends with plain text."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = looks
        self._sent: list[str] = []
        self._at: tuple[int, int] | None = None
        self._look = PLAIN

    def lose(self) -> None:
        """Where the terminal writes next is not known."""
        self._at = None

    def erase(self, y: int, x: int, cells: int) -> None:
        """Leave nothing of what these cells showed."""
        self._turn(PLAIN)
        self._sent.append(f"\x1b[{y + 1};{x + 1}H\x1b[{cells}X")
        self._at = y, x

    def write(self, y: int, x: int, texts: Sequence[str], looks: Sequence[int]) -> None:
        """Put text at a place."""
        if self._at != (y, x):
            near = self._at is not None and self._at[0] == y and self._at[1] < x
            step = f"\x1b[{x - self._at[1]}C" if near and self._at else f"\x1b[{y + 1};{x + 1}H"
            self._sent.append(step)
        begin = 0
        for number, same in groupby(looks):
            end = begin + len([*same])
            text, look = "".join(texts[begin:end]), self._looks[number]
            if not (text.isspace() and _bare(self._look) == look):
                self._turn(look)
            self._sent.append(text)
            begin = end
        self._at = y, x + len(texts)

    def _turn(self, look: Look) -> None:
        if look is self._look:
            return
        sent = _between(self._look, look)
        self._look = look
        self._sent.append(sent)

    def done(self) -> str:
        """All of it."""
        self._turn(PLAIN)
        return "".join(self._sent)


def _is_sure(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _UNSURE.search(text))


def _bare(look: Look) -> Look | None:
    """How a blank looks that is painted so; None if it is not like others of its background."""
    attributes, _, ground, link = look
    return None if link or attributes & _SEEN_ON_BLANKS else (frozenset(), "39", ground, "")


@lru_cache(maxsize=4096)
def _between(before: Look, after: Look) -> str:
    """What turns one look into another."""
    (old, colour, ground, link), (new, to_colour, to_ground, to_link) = before, after
    codes: list[str] = []
    ended = {_OFF[one] for one in old - new}
    codes += sorted(ended)
    codes += sorted(one for one in new if one not in old or _OFF[one] in ended)
    if colour != to_colour:
        codes.append(to_colour)
    if ground != to_ground:
        codes.append(to_ground)
    if after == PLAIN:
        codes = [""]
    text = f"\x1b[{';'.join(codes)}m" if codes else ""
    if link != to_link:
        text += f"\x1b]8;{to_link or ';'}\x1b\\"
    return text


@lru_cache(maxsize=4096)
def _look(style: Style, colours: ColorSystem) -> Look:
    attributes = style.without_color._make_ansi_codes(colours)
    colour, ground = style.color, style.bgcolor
    return (
        frozenset(attributes.split(";")) if attributes else frozenset(),
        ";".join(colour.downgrade(colours).get_ansi_codes()) if colour else "39",
        ";".join(ground.downgrade(colours).get_ansi_codes(foreground=False)) if ground else "49",
        f"id={style.link_id};{style.link}" if style.link else "",
    )


def _of_lines(lines: Iterable[Iterable[Strip]]) -> Iterator[tuple[int, int, Strip]]:
    """The strips of a whole screen, with their places."""
    for y, strips in enumerate(lines):
        x = 0
        for strip in strips:
            yield y, x, strip
            x += strip.cell_length


def _of_spans(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips of the parts of a screen that were painted anew, with their places."""
    for y, begin, end in update.spans:
        for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= end and stop > begin:
                whole = begin <= x < end and stop <= end
                yield y, x, strip if whole else strip.crop(0, min(stop, end) - x)


def _runs(
    changed: Sequence[int], looks: Sequence[int], blanks: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Cells that are sent together: the changed ones, and a few of the same look between them."""
    if not changed:
        return
    first = last = changed[0]
    for n in changed[1:]:
        if n != last + 1 and (
            n - last > _GAP or not {*looks[last:n]} <= {looks[last], blanks.get(looks[last])}
        ):
            yield first, last + 1
            first = n
        last = n
    yield first, last + 1
