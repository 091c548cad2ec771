"""Clears demo cases in triage mode, in a real terminal, as a person at the keyboard does.

    python -m tests.chaos.walk 50 [--seed 1]

Every key is typed when the terminal shows what came of the one before. Printed is how many keys a
case takes, and how long the terminal kept the person waiting.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

import pyte

from tests.command import in_terminal
from tests.ui.pty_run import Terminal

PATIENCE = 60.0
"""Seconds after which what is to be seen counts as never coming."""

NOTICED = 0.1
"""Seconds within which an answer seems to be there at once."""

HOW = {"d": 34, "I": 22, "e": 14, ".": 12, "2 I": 8, "s": 6, "a": 4}
"""What a person decides, and how often of a hundred cases."""

_DECIDED = re.compile(r"(\d+) decided")


@dataclass
class Session:
    """What came of it.

    Attributes:
        keys: Keys pressed from the first case to the last.
        how: How often each decision was made.
        waits: Seconds from each key until the terminal showed what came of it.
    """

    keys: int = 0
    how: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def noticed(self) -> float:
        """Seconds of waiting that a person notices."""
        return sum(wait - NOTICED for wait in self.waits if wait > NOTICED)


class Seat:
    """A person before a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._read = 0
        self._shown = ""
        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)
        self._was_so = ""
        self.session = Session()

    def text(self) -> str:
        """What the terminal shows."""
        if new := self._terminal.output[self._read :]:
            self._read += len(new)
            self._stream.feed(_PRIVATE.sub(b"", new))
            self._shown = "\n".join(self._screen.display)
        return self._shown

    def until(self, seen: Callable[[str], object], what: str) -> None:
        """Return when that is to be seen."""
        end = time.monotonic() + PATIENCE
        while not seen(self.text()):
            assert time.monotonic() < end, f"{what} is never to be seen:\n{self.text()}"
            self._terminal.watch(0.002)

    def press(self, key: str, seen: Callable[[str], object]) -> None:
        """Press one key, and wait until its effect is to be seen."""
        began = time.monotonic()
        self._terminal.type(key.encode())
        self.session.keys += 1
        self.until(seen, f"what {key!r} does")
        self.session.waits.append(time.monotonic() - began)

    # Deciding

    def _so_already(self, text: str) -> bool:
        """True if it is told of another case than before that there was nothing to do."""
        found = _ALREADY.search(text)
        return found is not None and found[1] != self._was_so

    def _note_so_already(self) -> bool:
        found = _ALREADY.search(self.text())
        if found is None or found[1] == self._was_so:
            return False
        self._was_so = found[1]
        return True

    def decide(self, how: str) -> None:
        """Decide about the case under the cursor, and come to the next."""
        before = _decided(self.text())
        self.session.how[how] += 1

        def done(text: str) -> bool:
            return _decided(text) == before + 1 or self._so_already(text)

        if how == "s":
            self.press("s", lambda text: "Status of" in text)
            found = _CLOSED.search(self.text())
            self.press(found[1] if found else "\r", done)
        elif how == "a":
            self.press("a", lambda text: "Assign " in text and " to " in text)
            self.press("\r", done)
        elif how == "2 I":
            self.press("2", lambda text: "2 on " in text or self._so_already(text))
            self._note_so_already()
            self.press("I", done)
        else:
            self.press(how, lambda text: done(text) or "Close " in text)
            if "Close " in self.text():
                self.press("\r", done)
        if self._note_so_already():
            # It is somebody's work already: the person sees that, and closes it.
            self.decide("d")


def _decided(text: str) -> int:
    """The cases that are decided, as the terminal tells it."""
    found = _DECIDED.search(text)
    return int(found[1]) if found else 0


_ALREADY = re.compile(r"([A-Z]+-\d+) is so already")
_CLOSED = re.compile(r"\b(\w) +(?:Closed|Completed|Resolved|Done)\b")
_PRIVATE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b\[[0-9;]*t"
)
"""What pyte would print: questions to the terminal, and modes that it does not know."""


def clear(home: Path, cases: int, rng: Random) -> Session:
    """Decide about so many cases of the demo, and leave."""
    with in_terminal(home, "--demo") as terminal:
        seat = Seat(terminal)
        # The names of projects are read last, after who the person is.
        seat.until(lambda text: _LISTED.search(text) and "OPS Product" in text, "the list")
        terminal.type(b"L")
        seat.until(lambda text: "esc leaves" in text, "triage mode")
        last = ""
        for _ in range(cases):
            [how] = rng.choices(list(HOW), list(HOW.values()))
            # The same again is for what was done to the case before.
            how = "d" if how == "." and last != "d" else how
            seat.decide(how)
            last = how if how != "." else last
        assert " failed" not in seat.text(), seat.text()
        terminal.type(b"\x1b")
        seat.until(lambda text: f"mode left: {cases} decided" in text, "what came of it")
        # Nothing of it waits any more when the person leaves.
        seat.until(lambda text: not _UNSENT.search(text), "that all is sent")
        terminal.wait_from_now()
        terminal.type(b"q")
        assert terminal.exit_code() == 0
    return seat.session


_LISTED = re.compile(r"[A-Z]+-\d+ ")
_UNSENT = re.compile(r"\d+ held|sending|unsent")


def main() -> None:
    """Print the keys for a case, and the seconds of waiting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-tui-walk-") as folder:
        session = clear(Path(folder), arguments.cases, Random(arguments.seed))
    waits = sorted(session.waits)
    print(", ".join(f"{how}: {times}" for how, times in session.how.most_common()))
    print(
        f"{session.keys} keys for {arguments.cases} cases: "
        f"{session.keys / arguments.cases:.2f} keys per case"
    )
    print(
        f"key to screen: median {median(waits) * 1000:.0f} ms, "
        f"p95 {waits[len(waits) * 95 // 100] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms"
    )
    print(f"seconds of waiting beyond {NOTICED * 1000:.0f} ms a key: {session.noticed:.2f}")


if __name__ == "__main__":
    main()
