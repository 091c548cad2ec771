"""How fast many cases are changed at once, over a line that takes its time.

    python -m tests.benchmarks.bulk_speed 1000 --latency 0.02
    python -m tests.benchmarks.bulk_speed 100 --rate-limit 60

sets the priority of so many cases on a server of its own: with a plain loop of the service's
official client, with the outbox and its journal as the app has them, and with the outbox spared
from reading each case for the conflict check. With --rate-limit the outbox alone does it, and what
it says meanwhile is compared with what the server knows.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import httpx
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v2.api.case_management_api import CaseManagementApi
from datadog_api_client.v2.model.case_priority import CasePriority
from datadog_api_client.v2.model.case_resource_type import CaseResourceType
from datadog_api_client.v2.model.case_update_priority import CaseUpdatePriority
from datadog_api_client.v2.model.case_update_priority_attributes import (
    CaseUpdatePriorityAttributes,
)
from datadog_api_client.v2.model.case_update_priority_request import CaseUpdatePriorityRequest

from tests.chaos.slow_line import slow_line
from tests.command import serving
from tests.office import many
from triage_tui.changes import Change, SetPriority
from triage_tui.client import CaseClient, connect
from triage_tui.edits import Edit
from triage_tui.journal import Journal
from triage_tui.models import Case, CaseLink, CasePage, TimelineCell, User
from triage_tui.outbox import Outbox
from triage_tui.pending import Pending
from triage_tui.query import Query
from triage_tui.server.store import Store
from triage_tui.session import Session
from triage_tui.sites import Target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="?", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.02, help="seconds for both ways")
    parser.add_argument("--rate-limit", type=int, default=0, help="requests a minute, 0: any")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        _line(Path(scratch), options.cases, options.rate_limit, options.latency) as url,
    ):
        print(f"{options.cases} cases, {options.latency * 1000:.0f} ms latency")
        if options.rate_limit:
            _report("outbox", *asyncio.run(_with_outbox(url, Path(scratch), "P4", checks=True)))
            return
        _report("official client, one after another", *_with_official_client(url, "P2"))
        for title, priority, checks in (
            ("outbox, with conflict checks", "P3", True),
            ("outbox, without them", "P4", False),
            ("outbox, with conflict checks, again", "P5", True),
        ):
            outcome = asyncio.run(_with_outbox(url, Path(scratch), priority, checks=checks))
            _report(title, *outcome)


@contextmanager
def _line(folder: Path, count: int, rate_limit: int, latency: float) -> Iterator[str]:
    """The address of a server with so many cases, beyond a slow line."""
    path = folder / "served.db"
    with closing(Store.open(path)) as store:
        store.load(many(count))
    with (
        serving(folder, "--db", str(path), "--rate-limit", str(rate_limit)) as (_, url),
        slow_line(url, latency) as far,
    ):
        yield far


def _report(title: str, cases: int, seconds: float, cpu: float, asked: Counter[str]) -> None:
    print(f"{title}: {cases / seconds:.1f} cases per second ({seconds:.1f} s, {cpu:.1f} s CPU)")
    print("   " + ", ".join(f"{count} {what}" for what, count in sorted(asked.items())))


def _with_official_client(url: str, priority: str) -> tuple[int, float, float, Counter[str]]:
    configuration = Configuration(host=url)  # type: ignore[no-untyped-call]
    configuration.api_key = {"apiKeyAuth": "none", "appKeyAuth": "none"}
    api = CaseManagementApi(ApiClient(configuration))  # type: ignore[no-untyped-call]
    ids = [
        case.id
        for number in range(1, 1000)
        if (page := api.search_cases(page_size=100, page_number=number).data)
        for case in page
    ]
    wanted = CasePriority(priority)  # type: ignore[no-untyped-call]
    body = CaseUpdatePriorityRequest(
        data=CaseUpdatePriority(
            attributes=CaseUpdatePriorityAttributes(priority=wanted),
            type=CaseResourceType.CASE,
        )
    )
    start, cpu = perf_counter(), process_time()
    for case_id in ids:
        api.update_priority(case_id, body)
    asked = Counter({"POST 200": len(ids)})
    return len(ids), perf_counter() - start, process_time() - cpu, asked


class _Counted(httpx.AsyncHTTPTransport):
    """The network, and what was asked and answered."""

    def __init__(self) -> None:
        # As many connections as the app has.
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=8)
        super().__init__(limits=limits)
        self.asked: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self.asked[f"{request.method} {response.status_code}"] += 1
        return response


class _Person:
    """Waits for the end of all, and compares what the app says with what was answered."""

    def __init__(self, network: _Counted) -> None:
        self.network = network
        self.news = asyncio.Event()
        self.confirmations = 0
        self.failures: list[str] = []

    def changed(self) -> None:
        self.news.set()

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        self.confirmations += 1
        # What counts as done was answered, and nothing else.
        assert self.confirmations <= self.network.asked["POST 200"]

    def refused(self, edit: Edit, why: str) -> None:
        self.failures.append(why)

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        self.failures.append(why)

    def troubled(self, why: str) -> None:
        self.failures.append(why)


class _Unchecked:
    """The client, but for asking how a case is before it is changed."""

    def __init__(self, client: CaseClient, session: Session) -> None:
        self._client = client
        self._session = session
        self._seen = {case.id: case for case in session.rows}

    async def case(self, id_or_key: str) -> Case:
        return self._seen[id_or_key]

    async def may_send(self, case_id: str, change: Change) -> bool:
        return await self._client.may_send(case_id, change)

    async def send(self, case_id: str, change: Change) -> Case | TimelineCell | None:
        return await self._client.send(case_id, change)

    async def me(self) -> User:
        return await self._client.me()

    async def search(self, query: str, *, size: int = 50) -> CasePage:
        return await self._client.search(query, size=size)

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> Sequence[TimelineCell]:
        return await self._client.timeline(case_id, number=number, size=size)

    async def links(self, case_id: str) -> Sequence[CaseLink]:
        return await self._client.links(case_id)

    async def watchers(self, case_id: str) -> Sequence[User]:
        return await self._client.watchers(case_id)


async def _with_outbox(
    url: str, folder: Path, priority: str, *, checks: bool
) -> tuple[int, float, float, Counter[str]]:
    network = _Counted()
    client = connect(
        Target(url, None, "bulk", is_datadog=False, is_loopback=True), None, transport=network
    )
    with closing(Journal(folder / "journal.db", now=_now)) as journal:
        session = Session(query=Query(), now=_now(), writes=Pending(journal.last_number))
        session.page_loaded(session.refresh(), await client.search("", size=100))
        while request := session.next_pages():
            for number in request.numbers:
                page = await client.search("", size=100, number=number)
                session.page_loaded(request, page)
        person = _Person(network)
        outbox = Outbox(session, journal, person, now=_now)
        sender = client if checks else _Unchecked(client, session)
        network.asked.clear()
        running = asyncio.create_task(outbox.run(sender))
        ids = [case.id for case in session.rows]
        start, cpu = perf_counter(), process_time()
        edits = session.edit(lambda _: [SetPriority(priority)], ids)
        outbox.put(edits)
        print(f"   painted and kept in the journal after {perf_counter() - start:.3f} s")
        said: dict[str, None] = {}
        while list(session.writes):
            person.news.clear()
            for why in (session.waiting, client.budget.notice):
                said.update({_without_figures(why): None} if why else {})
            await person.news.wait()
        seconds, cpu = perf_counter() - start, process_time() - cpu
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        states = Counter(entry.state.value for entry in journal.entries(limit=len(edits)))
    await client.close()
    print(f"   in the journal: {dict(states)}; not done: {person.failures[:3]}")
    for sentence in said:
        print(f"   said meanwhile: {sentence}")
    assert states == {"done": len(edits)}, "all is done"
    return len(edits), seconds, cpu, network.asked


def _without_figures(sentence: str) -> str:
    return re.sub(r"\d+", "N", sentence)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
