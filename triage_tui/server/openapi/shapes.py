"""JSON Schemas of the values that requests and answers are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Schema = dict[str, object]

NOTHING: Mapping[str, Schema] = {}


def text(about: str = "", **rules: object) -> Schema:
    """A string; `rules` are further keywords of JSON Schema."""
    return _described({"type": "string", **rules}, about)


def filled(about: str = "", **rules: object) -> Schema:
    """A string that is not blank."""
    return text(about, minLength=1, pattern=r"\S", **rules)


def uuid(about: str = "") -> Schema:
    return text(about, format="uuid")


def moment(about: str = "") -> Schema:
    """A time in UTC as the Case Management API writes it."""
    return text(
        about,
        format="date-time",
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$",
    )


def choice(values: Iterable[str], about: str = "") -> Schema:
    """One of these strings."""
    return text(about, enum=list(values))


def integer(about: str = "", **rules: object) -> Schema:
    return _described({"type": "integer", **rules}, about)


def number(about: str = "") -> Schema:
    return _described({"type": "number"}, about)


def flag(about: str = "") -> Schema:
    return _described({"type": "boolean"}, about)


def listed(items: Schema, about: str = "", **rules: object) -> Schema:
    """An array of such items."""
    return _described({"type": "array", "items": items, **rules}, about)


def mapped(values: Schema, about: str = "") -> Schema:
    """An object with any keys, whose values are such."""
    return _described({"type": "object", "additionalProperties": values}, about)


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def record(
    required: Mapping[str, Schema], optional: Mapping[str, Schema] = NOTHING, about: str = ""
) -> Schema:
    """An object with these members; more may come in later versions."""
    schema: Schema = {"type": "object", "properties": {**required, **optional}}
    if required:
        schema["required"] = list(required)
    return _described(schema, about)


def with_one_of(schema: Schema, *names: str) -> Schema:
    """The same object, in which at least one of these members has to be."""
    return {**schema, "anyOf": [{"required": [name]} for name in names]}


def ref(name: str) -> Schema:
    """One of the schemas that the document has under `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


def pointer(kind: str) -> Schema:
    """A relationship to one thing of this kind."""
    return record({"data": record({"id": text(), "type": choice([kind])})})


def resource(
    kind: str,
    attributes: Schema | None = None,
    relationships: Schema | None = None,
    *,
    id: Schema | None = None,
) -> Schema:
    """A resource of JSON:API; what is None is not part of it."""
    members = {"id": id or uuid(), "type": choice([kind])}
    if attributes:
        members["attributes"] = attributes
    if relationships:
        members["relationships"] = relationships
    return record(members)


def one(name: str) -> Schema:
    """The answer with one resource, which the document has under this name."""
    return record({"data": ref(name)})


def many(name: str) -> Schema:
    """The answer with a list of them."""
    return record({"data": listed(ref(name))})


def request(
    kind: str,
    required: Mapping[str, Schema] = NOTHING,
    optional: Mapping[str, Schema] = NOTHING,
    **more: Schema,
) -> Schema:
    """The body of a request about such a resource, with these attributes.

    Args:
        more: Further members of the resource.
    """
    members: dict[str, Schema] = {"type": choice([kind])}
    if required:
        members["attributes"] = record(required, optional)
    members |= more
    free = {"attributes": record({}, optional)} if optional and not required else {}
    return record({"data": record(members, free)})


def _described(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema
