"""Filtering by a case, saying why nothing was found, and counting by two fields."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from textual import work

from triage_tui.doubts import (
    Verdict,
    doubtful,
    questions,
    suspects,
    verdict,
    why_empty,
)
from triage_tui.errors import ApiError, Failure
from triage_tui.models import Case
from triage_tui.query import Query
from triage_tui.text import clean
from triage_tui.ui.screens.ask import AskActions
from triage_tui.ui.widgets.facet_panel import FacetPanel

_KIND = "query key"
"""Under which is remembered what a server makes of a key."""

_BELIEVED = timedelta(days=7)


class ExplainActions(AskActions):
    """Part of the main screen."""

    _looked_into: Query | None = None
    _why: str = ""

    # Why there is nothing

    def why_nothing(self) -> str:
        """Why the query finds nothing, as a sentence; asks for it if nobody has yet."""
        query = self.session.query
        if query != self._looked_into:
            self._looked_into, self._why = query, ""
            if self.triage.client and not self.triage.reach.lost_at:
                self._look_into(query)
        return self._why

    @work(group="why", exclusive=True)
    async def _look_into(self, query: Query) -> None:
        client = self.triage.client
        assert client
        counts = []
        try:
            for suspect in suspects(query):
                page = await client.search(str(suspect.rest), size=1)
                if page.total is not None:
                    counts.append((suspect.term, page.total))
        except ApiError as error:
            self.log.warning(str(error))  # The list says that there is nothing all the same.
        if query == self.session.query:
            meant = self.vocabulary.meant(query)
            asked = f" Did you mean {meant}?" if meant else ""
            self._why = clean(f"{why_empty(counts)}{asked}", limit=400)
            self.paint_marks()

    # What the server understands

    @cached_property
    def _verdicts(self) -> dict[str, Verdict]:
        return {}

    def doubt(self, query: Query) -> None:
        """Find out whether the server understands the keys of a query that nobody promised."""
        if not self.triage.backend.may_misunderstand:
            return
        keys = [key for key in doubtful(query) if key not in self._verdicts]
        if keys and self.triage.client and not self.triage.reach.lost_at:
            self._try_keys(keys)
        else:
            self._tell_doubts(query)

    @work(group="doubt", exclusive=True)
    async def _try_keys(self, keys: list[str]) -> None:
        client = self.triage.client
        assert client
        remembered = self.triage.local.some(_KIND, keys)
        oldest = (self.triage.now() - _BELIEVED).timestamp()
        try:
            for key in keys:
                known = remembered.get(key)
                if isinstance(known, list) and len(known) == 2 and known[1] > oldest:
                    self._verdicts[key] = Verdict[known[0]]
                    continue
                found = await self._tried(key)
                if found is not None:
                    self._verdicts[key] = found
                    at = self.triage.now().timestamp()
                    self.triage.local.put(_KIND, [found.name, at], key)
        except (ApiError, KeyError, TypeError) as error:
            self.log.warning(str(error))  # Nothing is said of a server that cannot be asked.
        self._tell_doubts(self.session.query)

    async def _tried(self, key: str) -> Verdict | None:
        client = self.triage.client
        assert client
        counts = []
        for query in (Query(), *questions(key)):
            try:
                counts.append((await client.search(str(query), size=1)).total)
            except ApiError as error:
                if error.failure is Failure.REFUSED and query.root is not None:
                    return Verdict.REFUSED
                raise
        total, with_it, without = counts
        if total is None or with_it is None or without is None:
            return None
        return verdict(key, total, with_it, without, seen=self._is_met(key))

    def _is_met(self, key: str) -> bool:
        def has(case: Case) -> bool:
            value = case.attributes.get(key) or getattr(case, key.removesuffix("_id"), None)
            return bool(value)

        return any(has(case) for case in self.session.rows[:200])

    def _tell_doubts(self, query: Query) -> None:
        bad = [
            f"{key}: {found.value}"
            for key in doubtful(query)
            if (found := self._verdicts.get(key)) and found is not Verdict.UNDERSTOOD
        ]
        if bad:
            self.say(f"{'; '.join(bad)}.", look="warn")

    # By what a case has

    def action_by_case(self) -> None:
        self.take_cursor()
        case = self.session.case(self.session.cursor_id)
        if case is None or not self.session.rows:
            self.say("No case here.", look="warn")
            return
        from triage_tui.ui.screens.by_case import ByCaseScreen, Filtered, Trait

        facets = self.session.facets

        def trait(field: str, value: str, name: str, label: str = "") -> Trait:
            facet = facets.get(field)
            counts = (
                {one.value.casefold(): one.count for one in (facet.values or ())} if facet else {}
            )
            count = counts.get(value.casefold(), 0 if counts and field != "type" else None)
            return Trait(field, value, name, label or value or "none", count)

        groups = {"SG_OPEN": "open", "SG_IN_PROGRESS": "in_progress", "SG_CLOSED": "closed"}
        group = groups.get(case.status_group, case.status_name)
        who = case.assignee
        kind = self.session.types.get(case.type_id)
        project = self.session.projects.get(case.project_id)
        traits = [
            trait("status", group, "Status", case.status_name),
            trait(
                "priority",
                case.priority,
                "Priority",
                case.priority.replace("NOT_DEFINED", "not set"),
            ),
            trait(
                "assignee",
                (who.handle or who.email) if who else "",
                "Assignee",
                who.label if who else "nobody",
            ),
            trait(
                "project",
                case.project_key,
                "Project",
                f"{case.project_key} {project.name}" if project else "",
            ),
            trait("type", kind.name if kind else case.type, "Type"),
        ]
        for key, values in case.attributes.items():
            name = key.replace("_", " ").capitalize()
            traits += [
                trait(key, value, clean(name, limit=40), clean(value, limit=80))
                for value in values[:3]
            ]

        def chosen(answer: Filtered | None) -> None:
            if answer:
                one = answer.trait
                self._toggle_value(FacetPanel.Toggled(one.field, one.value, answer.act, False))

        self.app.push_screen(
            ByCaseScreen(f"Cases that are like {clean(case.key, limit=40)}", traits[:24]), chosen
        )
