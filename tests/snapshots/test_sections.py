"""What the sections of the detail look like, and the box with similar cases."""

from __future__ import annotations

import pytest

from tests.office import demo, in_ops, workspace
from tests.snapshots.test_screens import (
    COMMENTS,
    FULL_CASE,
    Looks,
    looks,  # noqa: F401
    pressing,
)
from tests.ui.driver import Ui
from triage_tui.beside_changes import Duplicate

SMALL, LARGE = (80, 24), (160, 48)


@pytest.mark.parametrize(
    ("keys", "size"),
    [("}", LARGE), ("}", SMALL), ("}}}", LARGE), ("}}}z", SMALL), ("{", SMALL)],
    ids=["timeline-160x48", "timeline-80x24", "fields-160x48", "fields-80x24", "raw-80x24"],
)
def test_section(looks: Looks, keys: str, size: tuple[int, int]) -> None:  # noqa: F811
    """Tabs in one line, the case above them, and what the section has."""
    other = in_ops(2, title="Log volume grows by 4 GB an hour")
    data = workspace(FULL_CASE, other, cells={FULL_CASE.id: COMMENTS})

    async def look(ui: Ui) -> None:
        assert ui.app.client
        await ui.app.client.send(FULL_CASE.id, Duplicate(other.id, other.key, on=True))
        await ui.press("2")
        await ui.press("enter", *keys)

    assert looks(look, data=data, size=size)


def test_similar_cases(looks: Looks) -> None:  # noqa: F811
    """How alike, which state, which case, how old, and what it shares."""
    assert looks(pressing("j", "j", "D"), data=demo(), query="status:open", size=SMALL)
