"""What is installed: complete, declared and in agreement with itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import triage_tui

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "triage_tui"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)["project"]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return ZipFile(built)


@pytest.fixture
def metadata(wheel: ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: ZipFile) -> None:
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    expected = {str(file.relative_to(ROOT)) for file in files}
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected
    assert "triage_tui/py.typed" in expected
    assert "triage_tui/ui/triage.tcss" in expected


def test_what_the_wheel_says_about_itself(wheel: ZipFile, metadata: Message) -> None:
    assert metadata["Name"] == "triage-tui"
    assert metadata["Version"] == triage_tui.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    (entry,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "triage-tui = triage_tui.cli:main" in wheel.read(entry).decode()
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_the_wheel_runs(wheel: ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import triage_tui.cli as cli;"
        "print(cli.__file__); cli.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tmp_path), "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ended.stdout == (
        f"{tmp_path / 'triage_tui' / 'cli.py'}\ntriage-tui {triage_tui.__version__}\n"
    )


def test_what_is_imported_is_declared(project: dict[str, Any]) -> None:
    asked_for = project["dependencies"] + project["optional-dependencies"]["keyring"]
    declared = {re.split(r"[<>=!~ \[]", one)[0] for one in asked_for}
    imported = {
        name.partition(".")[0]
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    # pydantic-core is a part of pydantic, which asks for exactly one version of it.
    own = {"triage_tui", "pydantic_core"}
    assert imported - sys.stdlib_module_names - own == declared


def test_every_dependency_has_a_lower_and_an_upper_bound(project: dict[str, Any]) -> None:
    for one in project["dependencies"]:
        assert re.fullmatch(r"[a-z]+>=[\d.]+,<\d+", one), one


def test_what_is_installed_fits_together() -> None:
    ended = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout
