"""Typing a query: what is offered for it, and what was asked before."""

from __future__ import annotations

import asyncio
from functools import cached_property

from textual import on, work

from triage_tui.completion import Value
from triage_tui.errors import ApiError
from triage_tui.query import Kind, field_of, parse, ready
from triage_tui.ui.screens.mouse import MouseActions
from triage_tui.ui.widgets.query_bar import QueryBar
from triage_tui.vocabulary import Vocabulary, value_of

ASK_AFTER = 0.25
"""Seconds without a key press before the server is asked for values."""

MOST_VALUES = 1_000
"""Values of a key that the server is asked for."""

REMEMBERED = 200
"""Queries that are remembered over runs."""

_KIND = "query"
"""Under which earlier queries are remembered."""


class AskActions(MouseActions):
    """Part of the main screen."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that a query can have."""
        return Vocabulary(self.session)

    @cached_property
    def queries(self) -> list[str]:
        """Earlier queries, the last one first."""
        return [*self.triage.local.all(_KIND)]

    @cached_property
    def _asked_values(self) -> set[tuple[str, str]]:
        return set()

    def action_query(self) -> None:
        self.bar.know(self.vocabulary.known(self.queries), self.vocabulary.names())
        super().action_query()
        if not ready():
            self._read_grammar()

    @work(group="grammar", exclusive=True)
    async def _read_grammar(self) -> None:
        """Be ready to read what is typed, without making the person wait for it."""
        await asyncio.to_thread(parse, "status:open")
        self.bar.learn()

    @on(QueryBar.Submitted)
    def _remember_query(self, event: QueryBar.Submitted) -> None:
        text = event.text.strip()
        if not text or text in self.queries[:1]:
            return
        if text in self.queries:
            self.queries.remove(text)
        self.queries.insert(0, text)
        self.triage.local.put(_KIND, True, text)
        if dropped := self.queries[REMEMBERED:]:
            self.triage.local.forget(_KIND, dropped)
            del self.queries[REMEMBERED:]

    @on(QueryBar.Wanted)
    def _look_further(self, event: QueryBar.Wanted) -> None:
        person = field_of(event.key).kind is Kind.USER
        question = (event.key, event.typed if person else "")
        if question in self._asked_values or self.triage.reach.lost_at:
            return
        self._ask_server(*question)

    @work(group="values", exclusive=True)
    async def _ask_server(self, key: str, typed: str) -> None:
        """Ask for people by their names, or for all values of a key."""
        await asyncio.sleep(ASK_AFTER)
        client = self.triage.client
        if client is None or not self.bar.input.has_focus:
            return
        self.bar.learn("asking the server…")
        found: list[Value] = []
        try:
            if typed:
                people = map(value_of, await client.users(typed))
                found = [person for person in people if person]
            else:
                [facet] = await client.count("", (key,), limit=MOST_VALUES)
                found = [Value(one.value, count=one.count) for one in facet.values or ()]
        except ApiError as error:
            self.log.warning(str(error))  # What is known stays, and the person types on.
        else:
            self._asked_values.add((key, typed))
        new = self.vocabulary.add(key, found)
        self.bar.learn("" if new else "the server knows no more")
