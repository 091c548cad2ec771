"""The facets beyond choosing: looking for a value, arranging them, and counting by two."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from triage_tui.crosstab import CrossTab, tabled
from triage_tui.models import FacetValue
from triage_tui.session import FACET_LIMIT
from triage_tui.text import clean
from triage_tui.ui.screens.explain import ExplainActions
from triage_tui.ui.widgets.facet_panel import FacetPanel
from triage_tui.ui.widgets.facet_rows import Layout

MOST_VALUES = 1_000
"""Values, and combinations of two, that the server is asked for."""

_KIND = "facets"
"""Under which is remembered how the facets are shown."""


class FacetActions(ExplainActions):
    """Part of the main screen."""

    def facet_labels(self) -> dict[tuple[str, str], str]:
        """How to write a (field, value in lower case) of a facet."""
        raise NotImplementedError

    def on_mount(self) -> None:
        kept = self.triage.local.get(_KIND)
        if kept:
            self.facet_panel.show_as(Layout.from_plain(kept))

    @on(FacetPanel.Arranged)
    def _keep_arranged(self) -> None:
        self.triage.local.put(_KIND, self.facet_panel.wanted.plain())

    @on(FacetPanel.Rearrange)
    def _rearrange(self) -> None:
        from triage_tui.ui.screens.arrange import ArrangeScreen

        def arranged(wanted: Layout | None) -> None:
            if wanted is not None:
                self.facet_panel.show_as(wanted)
                self._keep_arranged()

        panel = self.facet_panel
        self.app.push_screen(ArrangeScreen(self.session.facet_fields, panel.wanted), arranged)

    # A long facet

    @on(FacetPanel.Sought)
    def _find_value(self, event: FacetPanel.Sought) -> None:
        from triage_tui.ui.screens.pick import Choice, PickScreen

        field, labels = event.field, self.facet_labels()
        facet = self.session.facets.get(field)
        query = str(self.session.query.without_key(field))

        def choices(values: Sequence[FacetValue]) -> list[Choice[FacetValue]]:
            return [
                Choice(
                    one,
                    clean(
                        labels.get((field, one.value.casefold())) or one.value or "none", limit=200
                    ),
                    f"{one.count:,}",
                    clean(one.value, limit=200),
                )
                for one in values
            ]

        here = (facet.values or ()) if facet else ()
        told: list[Choice[FacetValue]] = []

        async def more(typed: str) -> Sequence[Choice[FacetValue]]:
            client = self.triage.client
            if client is None or len(here) < FACET_LIMIT:
                return ()
            if not told:
                [found] = await client.count(query, (field,), limit=MOST_VALUES)
                told.extend(choices(found.values or ()))
            low = typed.casefold()
            return [one for one in told if low in f"{one.label} {one.words}".casefold()]

        def chosen(value: FacetValue | None) -> None:
            if value is not None:
                self.facet_panel.reveal(field, value.value, value.count)
                self.facet_panel.focus()

        name = clean(field, limit=40).replace("_", " ").capitalize()
        self.app.push_screen(PickScreen(f"Find in {name}", choices(here), search=more), chosen)

    # Two fields at once

    def action_cross(self) -> None:
        from triage_tui.ui.screens.cross_tab import ChosenCell, CrossTabScreen

        session = self.session

        async def count(down: str, across: str) -> CrossTab | None:
            client = self.triage.client
            if client is None:
                return None
            query = session.query.without_key(down).without_key(across)
            found = await client.aggregate(str(query), (down, across), limit=MOST_VALUES)
            known = {
                field: [one.value for one in (facet.values or ())]
                for field, facet in session.facets.items()
            }
            return tabled(down, across, found.groups, known)

        def chosen(cell: ChosenCell | None) -> None:
            if cell:
                query = session.query
                for field, value in (cell.down, cell.across):
                    query = query.without_key(field).with_term(field, value)
                self._ask(query)

        kept = self.triage.local.get(_CROSS)
        pair = kept if _is_pair(kept, session.facet_fields) else ["status", "priority"]
        screen = CrossTabScreen(
            session.facet_fields, pair[0], pair[1], count=count, labels=self.facet_labels()
        )

        def closed(cell: ChosenCell | None) -> None:
            self.triage.local.put(_CROSS, [screen.down, screen.across])
            chosen(cell)

        self.app.push_screen(screen, closed)


_CROSS = "cross tab"


def _is_pair(kept: object, fields: Sequence[str]) -> bool:
    pair = kept if isinstance(kept, list) else []
    return len(pair) == 2 and pair[0] != pair[1] and all(one in fields for one in pair)
