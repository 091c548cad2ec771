"""A line to a server over which everything takes a while.

    python -m tests.chaos.slow_line http://127.0.0.1:8126 [--latency 0.02]

prints the address of the line's other end and serves until it is killed.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.command import ROOT


@contextmanager
def slow_line(url: str, latency: float) -> Iterator[str]:
    """The address of a server's far end, in a process of its own.

    Args:
        latency: Seconds that a request and its answer are on their way, together.
    """
    command = [sys.executable, "-m", "tests.chaos.slow_line", url, "--latency", f"{latency}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def serve(url: str, latency: float) -> None:
    """Carry bytes to and fro, each after half of `latency` seconds."""
    target = urlsplit(url)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(
            _carry(reader, to_writer, latency / 2), _carry(to_reader, writer, latency / 2)
        )

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float) -> None:
    """Write what is read, in order, and at last the end."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while data := await reader.read(65536):
            loop.call_later(late, writer.write, data)
    # The timers of a loop ring in order, so this is after the last of the data.
    loop.call_later(late, writer.close)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--latency", type=float, default=0.02, help="seconds for both ways")
    options = parser.parse_args()
    asyncio.run(serve(options.url, options.latency))


if __name__ == "__main__":
    main()
