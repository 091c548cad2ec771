"""Who may import whom, so that nobody has to remember it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import triage_tui

PACKAGE = Path(triage_tui.__file__).parent

WORDS = {"errors", "text", "models"}
"""What every other part may use."""

QUERY = {"query", "query_fields", "query_grammar", "query_match", "query_nodes"} | {
    "query_text",
    "query_words",
}
STATE = {
    "actions",
    "at_hand",
    "beside",
    "beside_changes",
    "alerts",
    "arrivals",
    "command_text",
    "bulk",
    "changes",
    "columns",
    "completion",
    "conflicts",
    "dossiers",
    "crosstab",
    "doubts",
    "edits",
    "entries",
    "field_changes",
    "gate",
    "grouping",
    "kinds",
    "likeness",
    "lookup",
    "macros",
    "narrowing",
    "outbox",
    "panes",
    "parties",
    "pending",
    "reach",
    "reading",
    "recent",
    "refreshing",
    "remembered",
    "review",
    "seen",
    "session",
    "snoozes",
    "steps",
    "timing",
    "views",
    "vocabulary",
    "walk",
    "watching",
}
"""What is shown and what is to be sent: no terminal, no network, no disk."""

ALLOWED: dict[str, set[str]] = {
    # What each part may use besides `WORDS`; a package stands for all its modules.
    "__init__": set(),
    "__main__": {"cli"},
    "exit_codes": set(),
    "config_file": {"platformdirs"},
    "config_tables": set(),
    "config": {"config_file", "config_tables"},
    "terminal": set(),
    "sites": set(),
    "stored_keys": {"sites", "keyring"},
    "query_fields": set(),
    "query_nodes": {"query_fields"},
    "query_match": {"query_fields", "query_nodes"},
    "query_grammar": {"query_fields", "query_nodes", "lark"},
    "query": {"query_fields", "query_grammar", "query_match", "query_nodes"},
    "query_text": {"query_fields"},
    "query_words": {"query", "query_fields", "query_nodes"},
    "completion": {"query", "query_text"},
    "columns": set(),
    "grouping": set(),
    "panes": set(),
    "crosstab": set(),
    "doubts": {"query", "query_nodes"},
    "actions": set(),
    "presets": {"actions"},
    "at_hand": {"actions"},
    "command_text": {"changes", "edits"},
    "changes": set(),
    "field_changes": {"changes"},
    "beside_changes": {"changes"},
    "beside": {"beside_changes", "changes"},
    "kinds": {"beside_changes", "changes", "field_changes"},
    "parties": {"beside", "changes", "edits", "lookup"},
    "sending": {"beside_changes", "changes", "field_changes", "wire"},
    "dossiers": set(),
    "edits": {"changes"},
    "bulk": {"edits", "entries"},
    "reading": {"query"},
    "plain": set(),
    "entries": {"changes", "edits", "kinds", "plain"},
    "journal": {"edits", "entries", "places", "plain"},
    "local_state": {"places"},
    "drafts": {"local_state", "plain"},
    "external_editor": set(),
    "templates": set(),
    "values": {"field_changes"},
    "pending": {"changes", "edits"},
    "places": set(),
    "cache": {"places", "plain", "platformdirs", "reading"},
    "alerts": set(),
    "arrivals": {"reading", "session"},
    "reach": {"timing"},
    "refreshing": {"timing"},
    "seen": set(),
    "walk": {"changes"},
    "watching": set(),
    "narrowing": set(),
    "remembered": {"reading", "session"},
    "macros": {"snoozes"},
    "snoozes": set(),
    "source": set(),
    "session": {"changes", "edits", "pending", "query", "reading"},
    "conflicts": {"edits"},
    "timing": set(),
    "likeness": set(),
    "vocabulary": {"completion", "query", "query_nodes", "session"},
    "views": {"query"},
    "view_calls": {"asking", "calls", "wire"},
    "asking": {"calls"},
    "lookup": {"changes", "edits", "entries"},
    "recent": set(),
    "gate": {"timing"},
    "outbox": {
        *("changes", "conflicts", "edits", "entries", "gate", "lookup", "recent", "session"),
        *("beside", "beside_changes", "parties", "timing"),
    },
    "wire": {"wire", "pydantic", "pydantic_core"},
    "budget": set(),
    "failures": {"sites", "wire", "httpx"},
    "related_calls": {"asking", "calls", "wire"},
    "calls": {"budget", "failures", "wire", "httpx"},
    "client": {"__init__", "budget", "calls", "changes", "related_calls", "sites", "wire", "httpx"}
    | {"view_calls"}
    | {"beside_changes", "field_changes", "sending"},
    "server": {"__init__", "changes", "query", "query_fields", "server"} | {"starlette", "uvicorn"},
    "ui": {
        "exit_codes",
        "presets",
        "local_state",
        "query",
        "query_text",
        "query_words",
        "ui",
        "textual",
        "rich",
        *STATE,
    }
    | {
        "drafts",
        "external_editor",
        "handover_file",
        "reports",
        "review",
        "templates",
        "values",
        "whole_file",
        "zones",
    },
    "workspace": {"query", "reading", "session", "server", "platformdirs"}
    | {"client", "sites", "httpx"},
    "connection": {"client", "config", "sites", "stored_keys"},
    "dashboard": {"config", "query", "sites", "terminal", "ui", "workspace", "server", "textual"}
    | {"actions", "connection", "reading", "records", "timing"},
    "transfer": {"connection", "query", "server", "transfer", "workspace", "rich"},
    "direct": {"query", "server"},
    "review": {"reports"},
    "handover_file": {"reports"},
    "reports": {"changes", "edits", "entries", "field_changes", "likeness", "query", "reports"}
    | {"source"},
    "steps": {"edits", "entries", "session"},
    "whole_file": set(),
    "zones": set(),
    "records": {
        "cache",
        "connection",
        "journal",
        "local_state",
        "places",
        "platformdirs",
        "timing",
    },
    "commands": {"__init__", "commands", "click", "connection", "direct", "exit_codes", "query"}
    | {"bulk", "changes", "edits", "entries", "outbox", "pending", "session", "steps", "timing"}
    | {"cache", "config_file", "dashboard", "doctor", "records", "server", "settings", "transfer"}
    | {"local_state", "reports", "snoozes", "source", "views", "watching", "whole_file"}
    | {"workspace", "zones"},
    "settings": {"reports", "config", "connection", "sites", "timing", "ui"},
    "doctor": {"config", "config_file", "connection", "doctor", "failures", "query", "server"}
    | {"settings", "timing"}
    | {"sites", "ui", "workspace", "httpx", "platformdirs"},
    "cli": {"commands", "exit_codes", "click"},
}

FOR_TYPES_ONLY = {
    "ui": {"cache", "client", "journal"},
    "outbox": {"journal"},
    "dashboard": {"cache", "client", "local_state", "reading"},
    "doctor": {"client"},
    "commands": {"client", "config", "journal", "server"},
    "records": {"config"},
    "steps": {"journal", "outbox"},
    "transfer": {"client", "config", "wire"},
}
"""What a part may name in its annotations although it does not run it."""

ONLY_WHEN_NEEDED = {"lark", "platformdirs", "pydantic", "httpx", "uvicorn", "keyring"}
"""What loads so slowly that `SLOW` parts alone import it at the top."""

SLOW = ("asking", "calls", "client", "failures", "related_calls", "sending", "view_calls", "wire")


@dataclass(frozen=True)
class Import:
    """One imported part, or package of others.

    Attributes:
        typing: It is imported for annotations only.
        top: It is imported together with its module.
    """

    part: str
    typing: bool
    top: bool


def part_of(file: Path) -> str:
    inside = file.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def named(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules that a statement imports, with all their dots."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "imports are absolute"
    assert node.module
    if node.module == "triage_tui":
        yield from (f"triage_tui.{alias.name}" for alias in node.names)
    else:
        yield node.module


def imports(tree: ast.AST, *, typing: bool = False, top: bool = True) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in named(node):
                first, _, rest = name.partition(".")
                inner = rest.partition(".")[0]
                own = "__init__" if inner == "__version__" else inner
                yield Import(own if first == "triage_tui" else first, typing, top)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from imports(ast.Module(node.body, []), typing=True, top=top)
        else:
            inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from imports(node, typing=typing, top=top and not inside)


@cache
def imports_of(file: Path) -> tuple[Import, ...]:
    return tuple(imports(ast.parse(file.read_text("utf-8"))))


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_part_may(file: Path) -> None:
    part = part_of(file)
    allowed = set(sys.stdlib_module_names)
    if part not in WORDS:
        allowed |= ALLOWED[part] | WORDS
    found = imports_of(file)
    wrong = {one.part for one in found if not one.typing} - allowed
    wrong |= {one.part for one in found} - allowed - FOR_TYPES_ONLY.get(part, set())
    assert wrong == set()
    if part not in SLOW:
        early = {one.part for one in found if one.top and not one.typing}
        assert early & ONLY_WHEN_NEEDED == set()


def test_every_part_is_still_there() -> None:
    assert {part_of(file) for file in FILES} == ALLOWED.keys() | WORDS


def test_sqlite_is_known_to_those_who_keep_files_only() -> None:
    users = {part_of(file) for file in FILES if "sqlite3" in {one.part for one in imports_of(file)}}
    assert users == {"cache", "journal", "local_state", "server"}


PURE = [PACKAGE / f"{part}.py" for part in sorted(STATE | QUERY | WORDS)]
PURE += sorted((PACKAGE / "reports").glob("*.py"))


@pytest.mark.parametrize("file", PURE, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_what_is_shown_knows_no_terminal_no_network_and_no_disk(file: Path) -> None:
    outside = {"textual", "rich", "httpx", "pydantic", "sqlite3", "socket", "pathlib", "os"}
    assert {one.part for one in imports_of(file)} & outside == set()


def test_modules_are_short_enough_to_be_read() -> None:
    long = {
        str(file.relative_to(PACKAGE)): lines
        for file in FILES
        if (lines := len(file.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}
