"""What explains a case: monitors, signals, events ..."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from triage_tui.models import Case
from triage_tui.server.bodies import Call, insights
from triage_tui.server.refusals import bad_request
from triage_tui.server.resources import Json
from triage_tui.server.service import Service

KEPT_LIMIT = 1000
"""Insights that a case may have."""


def add(service: Service, call: Call) -> Json:
    given = insights(call.read("case").attributes)

    def added(case: Case, now: datetime) -> Case:
        # Our choice: an insight is known by its type and resource, as when one is removed;
        # adding it once more changes nothing.
        known = {(i.type, i.resource_id): i for i in case.insights}
        for insight in given:
            known.setdefault((insight.type, insight.resource_id), insight)
        # Our choice: nobody has said how many there may be, but every answer with the case has all.
        if len(known) > max(KEPT_LIMIT, len(case.insights)):
            raise bad_request(f"a case may have {KEPT_LIMIT} insights at most")
        return replace(case, insights=tuple(known.values()))

    return service.edited(service.case(call), added)


def remove(service: Service, call: Call) -> Json:
    # An insight is known by its type and resource, whatever its reference is. What the case does
    # not have changes nothing.
    given = {(i.type, i.resource_id) for i in insights(call.read("case").attributes)}

    def removed(case: Case, now: datetime) -> Case:
        kept = tuple(i for i in case.insights if (i.type, i.resource_id) not in given)
        return replace(case, insights=kept)

    return service.edited(service.case(call), removed)
