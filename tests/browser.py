"""A browser without a window, spoken to through a pipe: no driver and no port are needed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")

_OPTIONS = (
    *("--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"),
    *("--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)

_PATIENCE = 60.0
"""Seconds for an answer: a machine may be busy, but not for ever."""

# The browser takes what it is told from 3, and answers to 4.
_ON_ITS_PIPE = (
    "import os, sys; pipe = int(sys.argv[1]);"
    "os.dup2(pipe, 3); os.dup2(pipe, 4); os.execvp(sys.argv[2], sys.argv[2:])"
)


def found() -> str | None:
    """The command of a browser on this machine; None if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page of a browser.

    Attributes:
        troubles: What was written to the console, thrown, or asked of the person.
        requests: Addresses that were asked for.
    """

    def __init__(self, pipe: socket.socket) -> None:
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self._pipe = pipe
        self._unread = b""
        self._number = 0
        self._session = ""
        self._loaded = False
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def open(self, file: Path) -> None:
        """Show a file, and wait until all of it is there."""
        self._loaded = False
        self._ask("Page.navigate", url=file.as_uri())
        while not self._loaded:
            self._hear(self._read())

    def look(self, wide: int, high: int = 900, *, scheme: str = "light", media: str = "") -> None:
        """Be so large, with a person who likes light or dark colours; or be on paper."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            **{"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": wide < 600},
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._ask("Emulation.setEmulatedMedia", media=media, features=features)

    def value(self, expression: str) -> Any:
        """What an expression of the page's language comes to."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, high: int | None = None) -> bytes:
        """The page as PNG: all of it, or so much from the top."""
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": high or size["height"]}
        answer = self._ask(
            "Page.captureScreenshot", captureBeyondViewport=True, clip={**clip, "scale": 1}
        )
        return b64decode(answer["data"])

    def close(self) -> None:
        """End the browser."""
        self._session = ""
        self._ask("Browser.close")

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._pipe.sendall(json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self._hear(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            more = self._pipe.recv(1 << 20)
            assert more, "the browser ended"
            self._unread += more
        message, _, self._unread = self._unread.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _hear(self, event: dict[str, Any]) -> None:
        name, told = event.get("method", ""), event.get("params", {})
        if name == "Page.loadEventFired":
            self._loaded = True
        elif name == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif name in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.troubles.append(json.dumps(told))
        elif name == "Page.javascriptDialogOpening":
            self.troubles.append(told["message"])


@contextmanager
def browser(command: str) -> Iterator[Page]:
    """A page of a browser that knows nothing of earlier ones."""
    ours, theirs = socket.socketpair()
    words = [sys.executable, "-S", "-c", _ON_ITS_PIPE, str(theirs.fileno()), command, *_OPTIONS]
    with (
        ours,
        TemporaryDirectory(prefix="triage-tui-browser-", ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [*words, f"--user-data-dir={profile}"],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        theirs.close()
        ours.settimeout(_PATIENCE)
        try:
            page = Page(ours)
            yield page
            page.close()
            process.wait(_PATIENCE)
        finally:
            process.kill()
