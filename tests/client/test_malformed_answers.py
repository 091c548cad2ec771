"""Whatever a server answers, a call ends in a value or in an error that says what it is."""

from __future__ import annotations

import pytest

from tests.client.malformed import FAMILIES, outcomes
from triage_tui.errors import Failure


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_spoiled_answer_is_a_value_or_a_failure_of_some_class(family: str) -> None:
    ends = await outcomes(family, 100, seed="every build")
    assert ends["a value"] > 0
    assert ends[Failure.UNREADABLE.value] > 0
    assert ends.total() == 100
