"""How cases relate to each other, and to incidents and pages, which are kept elsewhere."""

from __future__ import annotations

from uuid import uuid4

from triage_tui.server.bodies import Call, Fields, is_uuid
from triage_tui.server.refusals import bad_parameter, bad_request, not_found, not_one_of
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import links
from triage_tui.server.tables.links import End, Link

ENTITY_TYPES = ("CASE", "INCIDENT", "PAGE", "AGENT_CONVERSATION")
RELATIONSHIPS = (
    "RELATES_TO",
    "CAUSES",
    "BLOCKS",
    "DUPLICATES",
    "PARENT_OF",
    "SUCCESSOR_OF",
    "ESCALATES_TO",
)

_ID_LIMIT = 255
"""Characters in the id of something that is kept elsewhere."""


def list_links(service: Service, call: Call) -> Json:
    kind = call.query.choice("entity_type", ENTITY_TYPES, "")
    entity_id = call.query.text("entity_id")
    if not entity_id.strip():
        raise bad_parameter("entity_id", "query", "the id of an entity")
    # Our choice: an unknown relationship is refused, like an unknown type.
    relationship = call.query.text("relationship")
    if relationship and relationship not in RELATIONSHIPS:
        raise bad_parameter("relationship", "query", f"one of {', '.join(RELATIONSHIPS)}")
    with service.store.reading() as db:
        end = links.resolve(db, _end(kind, entity_id))
        if end is None:
            raise not_found("case")
        found = links.of_entity(db, end, relationship)
    return {"data": [_resource(link) for link in found]}


def create_link(service: Service, call: Call) -> Json:
    # Our choices: the links of a case leave its times alone, as its comments do; a case may be
    # named by its key; linking twice succeeds and answers the link there is.
    attributes = call.read("link").attributes
    given = [_given(attributes, side) for side in ("parent", "child")]
    relationship = attributes.filled("relationship")
    if relationship not in RELATIONSHIPS:
        raise not_one_of("relationship", relationship, RELATIONSHIPS)
    if all(end.type != "CASE" for end in given):
        raise bad_request("at least one end of a link must be a case")
    by = service.caller()
    with service.store.writing() as db:
        parent, child = (links.resolve(db, end) for end in given)
        if given[0] == given[1] or (parent is not None and parent == child):
            raise bad_request("a link needs two different ends")
        if parent is None or child is None:
            raise not_found("case")
        link = Link(str(uuid4()), parent, child, relationship)
        kept = links.add(db, link, by=by, at=service.now())
    return {"data": _resource(kept)}


def delete_link(service: Service, call: Call) -> None:
    link_id = path_uuid(call, "link_id")
    by = service.caller()
    with service.store.writing() as db:
        removed = links.remove(db, link_id, by=by, at=service.now())
    if not removed:
        raise not_found("link")


def _given(attributes: Fields, side: str) -> End:
    """The end of a link that a body names; "parent" or "child"."""
    kind = attributes.filled(f"{side}_entity_type")
    entity_id = attributes.filled(f"{side}_entity_id")
    if kind not in ENTITY_TYPES:
        raise not_one_of("entity type", kind, ENTITY_TYPES)
    if len(entity_id) > _ID_LIMIT:
        raise bad_request(f"the id of an entity may have {_ID_LIMIT} characters at most")
    return _end(kind, entity_id)


def _end(kind: str, entity_id: str) -> End:
    # Our choice: the documents speak of UUIDs, but what is kept elsewhere may have another id.
    return End(kind, entity_id.lower() if is_uuid(entity_id) else entity_id)


def _resource(link: Link) -> Json:
    return {"id": link.id, "type": "link", "attributes": link.attributes}
