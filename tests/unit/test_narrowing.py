"""The filter reads many rows in parts, and finds what it would have found at once."""

from __future__ import annotations

from dataclasses import replace

from tests.factories import make_case
from triage_tui.narrowing import Narrowing


def test_rows_are_read_in_parts_and_those_that_changed_again() -> None:
    rows = [make_case(number) for number in range(1, 26)]
    narrowing = Narrowing()
    assert [narrowing.read(rows, 10) for _ in range(3)] == [False, False, True]
    narrowing.type("DISK 2 full")
    assert [case.key for case in narrowing.rows(rows)] == [
        "OPS-2",
        "OPS-12",
        *(f"OPS-{n}" for n in range(20, 26)),
    ]
    narrowing.type("broker")
    assert narrowing.rows(rows) == []
    changed = [replace(case, title="Broker lags") if case.key == "OPS-7" else case for case in rows]
    assert [case.key for case in narrowing.rows(changed)] == ["OPS-7"]
    narrowing.forget()
    assert narrowing.rows(changed) is changed
