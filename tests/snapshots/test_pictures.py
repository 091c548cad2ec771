"""The pictures of the README are those that the script draws."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "screenshots"
_SCRIPT = runpy.run_path(str(FOLDER / "make.py"))
DRAWN = {f"{name}.{kind}" for name in _SCRIPT["PICTURES"] for kind in ("svg", "png")} | {
    f"{name}.png" for name in _SCRIPT["PAGES"]
}


def test_there_are_all_pictures_that_the_script_draws_and_no_others() -> None:
    assert {file.name for file in FOLDER.iterdir() if file.suffix in (".svg", ".png")} == DRAWN


def test_the_readme_shows_only_pictures_that_there_are() -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)\s]+)", (ROOT / "README.md").read_text("utf-8"))
    assert shown
    assert set(shown) <= {f"screenshots/{name}" for name in DRAWN}


@pytest.mark.parametrize("name", sorted(name for name in DRAWN if name.endswith(".svg")))
def test_a_picture_fetches_nothing(name: str) -> None:
    svg = (FOLDER / name).read_text("utf-8")
    assert "<svg" in svg
    assert not re.search(r"url\((?!#)|href=|@import|@font-face|<script", svg)
