"""Editing a case from the keyboard: texts, fields, comments, and what becomes of drafts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import ANA, NOW
from tests.office import FIRST_WORDS, SMALL, in_ops, office, workspace
from tests.ui.driver import WIDE, Ui, opened, start
from triage_tui.field_changes import SetDescription, SetTitle
from triage_tui.models import Case, CustomValue, TimelineCell
from triage_tui.ui.screens.create import CreateScreen

MINE = TimelineCell("50000000-0000-4000-8000-000000000001", "COMMENT", ANA, "Helo", NOW)
TALKED = replace(SMALL, cells={in_ops(1).id: (FIRST_WORDS, MINE)})


async def test_a_comment_that_was_being_typed_survives_a_crash(tmp_path: Path) -> None:
    local = tmp_path / "state.db"
    async with office() as at:
        async with opened(at, local=local) as ui:
            await ui.press("m", *"Half a tho")
            await ui.settle()
            # The app ends without the box being closed.
        async with opened(at, local=local) as ui:
            await ui.press("m")
            assert "Half a tho" in ui.painted()
            await ui.press(*"ught", "ctrl+s")
            assert at.comments("OPS-1")[0] == "Half a thought"
            await ui.press("m")
            assert "Half" not in ui.painted()


async def test_the_composer_previews_fills_templates_and_keeps_what_is_refused() -> None:
    async with start(size=(120, 30)) as ui:
        ui.app.templates = {"ack": "{me} looks at {key}: **{title}**"}
        await ui.press("m", "ctrl+t", "a")
        assert "Ana Lind looks at OPS-1: **Disk 1 is full**" in ui.painted()
        assert "Ana Lind looks at OPS-1: Disk 1 is full" in ui.painted(), "beside it"
        await ui.press("tab")
        assert "OPS-1: Disk 1" not in ui.painted()
        ui.app.backend = replace(ui.app.backend, queues=False)
        ui.net.refuse("*")
        ui.app.read(ui.app.session.refresh())
        await ui.press("ctrl+s")
        assert "Offline: nothing was changed. The text stays here." in ui.painted()
    async with start(size=(80, 24)) as ui:
        await ui.press("x", "x", "m", *"**On** {key}", "tab")
        assert "**On**" not in ui.painted()
        assert "On {key}" in ui.painted()
        await ui.press("tab", "ctrl+t")
        assert "There are no templates" in ui.painted()
        await ui.press("ctrl+s")
        assert ui.at.comments("OPS-2") == ["**On** OPS-2"]


async def test_own_comments_are_changed_and_deleted() -> None:
    async with start(TALKED, size=WIDE) as ui:
        await ui.press("j")
        await ui.press("M")
        assert "There is no comment of yours on OPS-2" in ui.status()
        await ui.press("k")
        await ui.press("M", *" all", "escape")
        assert "kept as a draft" in ui.status()
        await ui.press("M", "ctrl+s")
        assert ui.at.comments("OPS-1")[0] == "Helo all"
        assert "Edited a comment on OPS-1 · u undoes" in ui.status()
        await ui.press("u")
        assert ui.at.comments("OPS-1")[0] == "Helo"
        assert "Helo" in ui.detail()
        await ui.press("M", "ctrl+u", "ctrl+s")
        assert "Delete your comment on OPS-1?" in ui.painted()
        await ui.press("y")
        assert ui.at.comments("OPS-1") == [FIRST_WORDS.message]
        assert "Helo" not in ui.detail()


FIELDED = in_ops(
    1,
    attributes={"team": ("storage",)},
    custom_attributes={
        "impact": CustomValue("NUMBER", False, (3.0,)),
        "regions": CustomValue("TEXT", True, ("eu",)),
    },
)


def truth(ui: Ui) -> Case:
    case = ui.at.store.case(FIELDED.id)
    assert case
    return case


async def test_the_fields_of_a_case_are_set_from_one_box() -> None:
    async with start(workspace(FIELDED, in_ops(2)), size=(100, 30)) as ui:
        await ui.press("=")
        assert "Fields of OPS-1" in ui.painted()
        await ui.press("t", "ctrl+u", *"Other", "enter")
        assert truth(ui).title == "Other"
        await ui.press("=", "u", *"someday")
        assert "is no day" in ui.painted()
        await ui.press("enter", "ctrl+u", *"+3d")
        assert "→ Thu 2026-03-05" in ui.painted()
        await ui.press("enter")
        assert truth(ui).due_date == "2026-03-05"
        assert "Set due Thu 2026-03-05 on OPS-1 · u undoes" in ui.status()
        await ui.press("u")
        assert truth(ui).due_date is None
        await ui.choose("team")
        await ui.press("enter", *"core", "ctrl+s")
        assert truth(ui).attributes["team"] == ("storage", "core")
        await ui.choose("Another attribute")
        await ui.press(*"region: eu, us", "enter")
        assert truth(ui).attributes["region"] == ("eu", "us")
        await ui.choose("impact")
        await ui.press(*"x", "enter")
        assert "is no number" in ui.painted()
        await ui.press("backspace", *".5", "enter")
        assert truth(ui).custom_attributes["impact"].values == (3.5,)
        await ui.choose("regions")
        await ui.press("ctrl+u", "ctrl+s")
        assert "regions" not in truth(ui).custom_attributes
        await ui.press("W")
        assert "Began to watch OPS-1" in ui.status()
        await ui.press("W")
        assert "Stopped watching OPS-1" in ui.status()
        await ui.press("x", "x", "=", "u", *"tomorrow", "enter")
        assert truth(ui).due_date == ui.at.truth("OPS-2").due_date == "2026-03-03"
        await ui.press("escape", "escape", "g", "v", *"pay", "enter")
        assert truth(ui).key == "PAY-1"
        assert "OPS-1 is PAY-1 now." in ui.status()


@contextmanager
def editor(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> Iterator[Path]:
    """An editor that is a shell script, and the file that it can leave a note in."""
    program, note = folder / "editor", folder / "note"
    program.write_text(f"#!/bin/sh\nnote={note}\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(program))
    monkeypatch.delenv("VISUAL", raising=False)
    yield note


async def test_title_and_description_are_edited_in_the_persons_own_editor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    suspended: list[bool] = []

    @contextmanager
    def suspend() -> Iterator[None]:
        suspended.append(True)
        yield

    monkeypatch.setenv("DD_API_KEY", "canary")
    async with start() as ui:
        monkeypatch.delenv("EDITOR", raising=False)
        monkeypatch.delenv("VISUAL", raising=False)
        await ui.press("E")
        assert "set VISUAL or EDITOR" in ui.status()
        with editor(monkeypatch, tmp_path, "exit 3"):
            await ui.press("E")
            assert "This terminal cannot be given to an editor" in ui.status()
            monkeypatch.setattr(ui.app, "suspend", suspend)
            await ui.press("E")
            assert "The editor ended with code 3: nothing was changed." in ui.status()
        with editor(monkeypatch, tmp_path, "true"):
            await ui.press("E")
            assert "Nothing was changed in the editor" in ui.status()
        with editor(
            monkeypatch,
            tmp_path,
            'ls -ld "$1" "$(dirname "$1")" >"$note"; env >>"$note"; echo "$1" >>"$note"\n'
            'printf "New title\\n\\nNew\\n\\nwords\\n" >"$1"',
        ) as note:
            await ui.press("E")
            case = ui.at.truth("OPS-1")
            assert (case.title, case.description) == ("New title", "New\n\nwords")
            left = note.read_text()
            assert "canary" not in left
            assert left.startswith("drwx------")
            assert "\n-rw-------" in left
            assert not os.path.exists(left.splitlines()[-1])  # noqa: ASYNC240
        with editor(monkeypatch, tmp_path, 'printf "\\nOnly words" >"$1"'):
            await ui.press("E")
            assert "it is empty: nothing was changed" in ui.status()
        with editor(monkeypatch, tmp_path, 'cp "$1" "$note"') as note:
            await ui.press("E")
            assert "Only words" in note.read_text()
        assert len(suspended) == 5
        await ui.press("u")
        assert ui.at.truth("OPS-1").title == "Disk 1 is full"


async def test_a_description_that_somebody_changed_meanwhile_is_not_overwritten() -> None:
    async with start() as ui:
        await ui.choose("Description")
        await ui.press(*"Mine")
        ui.at.meanwhile("OPS-1", SetDescription("Theirs"), SetTitle("Theirs"))
        ui.app.session.case_loaded(ui.at.truth("OPS-1"))
        await ui.press("ctrl+s")
        assert "Somebody changed the description while you were writing." in ui.painted()
        await ui.press("n")
        assert ui.at.truth("OPS-1").description == "Theirs"
        await ui.choose("Description")
        assert "Mine" in ui.painted()
        await ui.press("ctrl+s")
        assert ui.at.truth("OPS-1").description == "Mine"


async def test_a_new_case_survives_a_crash_and_shows_what_is_there_already(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(CreateScreen, "alike_delay", 0.0)
    local = tmp_path / "state.db"
    async with office() as at:
        async with opened(at, local=local) as ui:
            await ui.press("c", *"Disk 3 full")
            assert ui.net.sent("GET /api/v2/cases/types/custom_attributes")
            assert "≈ OPS-1  Disk 1 is full" in ui.painted()
            assert "Old news" not in ui.painted()
        async with opened(at, local=local) as ui:
            await ui.press("c")
            assert "Disk 3 full" in ui.painted()
            await ui.press("enter", "enter", *"ops", "enter", "ctrl+s")
            assert at.truth("OPS-6").title == "Disk 3 full"
            await ui.press("c")
            assert "What is wrong, in one line" in ui.painted(), "a blank form"
