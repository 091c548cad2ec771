"""Counting the cases that match a query."""

from __future__ import annotations

from triage_tui.query import parse
from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import bad_parameter, bad_request
from triage_tui.server.resources import Json
from triage_tui.server.service import Service

GROUPS_LIMIT = 1000
"""Values that counting and aggregating may return for a field."""

FIELDS_LIMIT = 20
"""Fields that one request may count or aggregate by."""


def count(service: Service, call: Call) -> Json:
    fields = [name.strip() for name in call.query.text("group_bys").split(",")]
    fields = list(dict.fromkeys(name for name in fields if name))
    # Our choice: nobody tells the bounds and the default; the highest is that of aggregating.
    limit = call.query.integer("limit", 10, low=1, high=GROUPS_LIMIT)
    if len(fields) > FIELDS_LIMIT:
        raise bad_parameter("group_bys", "query", f"at most {FIELDS_LIMIT} fields")
    query = parse(call.query.text("query_filter"))
    # Our choice: without a field to group by there are no groups, just the total.
    total, facets = service.store.total_and_count(query, fields, limit=limit, now=service.now())
    return resources.count_document(facets, total)


def aggregate(service: Service, call: Call) -> Json:
    attributes = call.read("aggregate").attributes
    if not attributes.has("query_filter"):
        raise bad_request()
    group_by = attributes.object("group_by")
    fields = group_by.texts("groups")
    if not 1 <= len(fields) <= FIELDS_LIMIT or not all(name.strip() for name in fields):
        raise bad_request(f"group by 1 to {FIELDS_LIMIT} fields")
    limit = group_by.integer("limit", low=1, high=GROUPS_LIMIT)
    query = parse(attributes.text("query_filter"))
    total, groups = service.store.aggregate(query, fields, limit=limit, now=service.now())
    return resources.aggregate_document(groups, total)
