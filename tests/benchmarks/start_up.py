"""How long the command line takes to start, beside Python itself and the official client's import.

`python -m tests.benchmarks.start_up [rounds]` prints medians of rounds in which everything is
measured in turn, so that a busy machine slows all of it alike.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.command import ROOT, environment, source_of

_OFFICIAL = (
    "from datadog_api_client import ApiClient, Configuration; "
    "from datadog_api_client.v2.api.case_management_api import CaseManagementApi"
)

PROGRAMS: Mapping[str, str] = {
    "python -c pass": "pass",
    "import of the official client": _OFFICIAL,
    "triage-tui --version": source_of("--version"),
    "triage-tui --help": source_of("--help"),
    "triage-tui count --by status": source_of("count", "--by", "status"),
    "triage-tui list": source_of("list"),
    "triage-tui show OPS-1": source_of("show", "OPS-1"),
    "triage-tui archive --dry-run OPS-1": source_of("archive", "--dry-run", "OPS-1"),
}


def measured(source: str, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds that passed, and seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory(prefix="triage-tui-start-") as folder:
        env = environment(Path(folder))
        for source in PROGRAMS.values():
            measured(source, env)  # Fills the workspace, and compiles what is not compiled yet.
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
        for _ in range(rounds):
            for name, source in PROGRAMS.items():
                figures[name].append(measured(source, env))
    bare, official = (
        statistics.median(used for _, used in figures[name]) for name in list(PROGRAMS)[:2]
    )
    print(
        f"{'median of ' + str(rounds):36} {'wall':>9} {'cpu':>9} {'x pass':>7} {'x official':>10}"
    )
    for name, all_of in figures.items():
        wall = statistics.median(took for took, _ in all_of)
        cpu = statistics.median(used for _, used in all_of)
        line = (
            f"{wall * 1000:6.0f} ms {cpu * 1000:6.0f} ms {cpu / bare:7.1f} {cpu / official:10.2f}"
        )
        print(f"{name:36} {line}")


if __name__ == "__main__":
    main()
