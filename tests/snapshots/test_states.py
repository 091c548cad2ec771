"""What every screen and state looks like: dark, light and without colours, small and large.

The pictures are texts, so that a change can be read: what is painted, a letter for the look of each
cell, and what these looks are. After a change that is meant: `--snapshot-update`, and look at them
with `python -m tests.snapshots.test_states FOLDER [STATE …]`, which draws them as PNG.
"""

from __future__ import annotations

import asyncio
import string
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.color import Color
from textual.filter import Monochrome

from tests.snapshots.states import STATES, TRIES_ARE_SPREAD_UP_TO, reached
from tests.ui.driver import Ui

_LETTERS = string.ascii_letters + string.digits + string.punctuation


class _Text(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    _file_extension = "txt"


Cells = list[list[tuple[str, str]]]
"""The characters of each line, each with its look."""


async def seen(ui: Ui, theme: str) -> Cells:
    """What is painted in a theme."""
    if ui.app.theme != theme:
        ui.app.theme = theme
        await ui.settle()
    return [
        [(char, str(style or "")) for text, style, _ in strip for char in text]
        for strip in ui._strips
    ]


def without_colours(ui: Ui) -> Cells:
    """What NO_COLOR makes of what is painted."""
    grey, black = Monochrome(), Color(0, 0, 0)
    return [
        [(char, str(s or "")) for text, s, _ in grey.apply(list(strip), black) for char in text]
        for strip in ui._strips
    ]


async def picture(ui: Ui) -> str:
    """All looks of a state at the size that the terminal has."""
    first = ui.app.theme
    looks = {first: await seen(ui, first), "no colour": without_colours(ui)}
    [other] = {"triage-dark", "triage-light"} - {first}
    looks[other] = await seen(ui, other)
    seen_as = [looks[name] for name in ("triage-dark", "triage-light")]
    texts = ["\n".join("".join(char for char, _ in line) for line in cells) for cells in seen_as]
    assert texts[0] == texts[1], "what is told does not depend on colours"
    letters: dict[tuple[str, ...], str] = {}
    grid = []
    for lines in zip(*seen_as, looks["no colour"], strict=True):
        triples = [tuple(style for _, style in cells) for cells in zip(*lines, strict=True)]
        grid.append("".join(letters.setdefault(t, _LETTERS[len(letters)]) for t in triples))
    legend = [f"{letter}  {' | '.join(triple)}" for triple, letter in letters.items()]
    shown = "\n".join(line.rstrip() for line in texts[0].splitlines())
    return "\n".join([shown, "", *grid, "", "   dark | light | no colour", *legend])


@pytest.fixture
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It shows UTC, and chance has no part."""
    monkeypatch.setattr(*TRIES_ARE_SPREAD_UP_TO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("wall_clock")
@pytest.mark.parametrize("name", STATES)
async def test_state(name: str, snapshot: SnapshotAssertion) -> None:
    """It looks as it did."""
    pictures = []
    state = STATES[name]
    async with reached(state) as ui:
        for width, height in state.sizes:
            await ui.pilot.resize_terminal(width, height)
            await ui.settle()
            pictures.append(f"{width}x{height}\n\n{await picture(ui)}\n")
    assert "\n".join(pictures) == snapshot(extension_class=_Text)


async def _draw(folder: Path, names: list[str]) -> None:
    import resvg_py

    for name in names or STATES:
        async with reached(STATES[name]) as ui:
            for theme in ("triage-dark", "triage-light"):
                ui.app.theme = theme
                for width, height in STATES[name].sizes:
                    await ui.pilot.resize_terminal(width, height)
                    await ui.settle()
                    svg = ui.app.export_screenshot()
                    png = resvg_py.svg_to_bytes(svg_string=svg, monospace_family="DejaVu Sans Mono")
                    (folder / f"{name}-{width}x{height}-{theme}.png").write_bytes(bytes(png))


if __name__ == "__main__":
    asyncio.run(_draw(Path(sys.argv[1]), sys.argv[2:]))
