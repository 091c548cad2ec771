"""Thousands of requests that schemathesis makes up from the server's own OpenAPI document.

`python -m tests.official.fuzz` starts `triage-tui serve` on demo data, asks it, and prints how
often each status was answered and every answer that the document does not declare.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.official.server import API_KEY, APPLICATION_KEY, served

KEYS = {"DD-API-KEY": API_KEY, "DD-APPLICATION-KEY": APPLICATION_KEY}

CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

LISTS = {
    # Where ids come from, by the variable or member that they are for.
    "case_id": "/api/v2/cases?page[size]=100",
    "project_id": "/api/v2/cases/projects",
    "user_id": "/api/v2/users?page[size]=100",
    "case_type_id": "/api/v2/cases/types",
}
MADE = {
    # The variable that the id of what an operation has made is for.
    "CreateCase": "case_id",
    "CreateProject": "project_id",
    "CreateUser": "user_id",
    "CreateCaseType": "case_type_id",
    "CreateCustomAttributeConfig": "custom_attribute_id",
    "CreateCaseView": "view_id",
    "CreateCaseLink": "link_id",
    "CreateCaseAutomationRule": "rule_id",
    "CreateProjectNotificationRule": "notification_rule_id",
    "CreateMaintenanceWindow": "maintenance_window_id",
    "CommentCase": "cell_id",
}
ALSO = {
    # Other names for the same ids.
    "user_uuid": "user_id",
    "assignee_id": "user_id",
    "type_id": "case_type_id",
    "case_ids": "case_id",
    "parent_entity_id": "case_id",
    "child_entity_id": "case_id",
    "np_rule_id": "notification_rule_id",
    "project": "project_id",
    "user": "user_id",
    "users": "user_id",
}
WORDS = {
    # What is put in the place of half of the texts that were made up for these.
    "status_name": ("Open", "In Progress", "Closed"),
    "filter": ("status:open", "-priority:(P1 OR P2) disk", "created_at:>now-1w", '"a b" OR c*'),
    "group_bys": ("status", "priority,service", "assignee"),
}
WORDS |= dict.fromkeys(("query", "query_filter"), WORDS["filter"])


@dataclass
class Found:
    """What came of it.

    Attributes:
        statuses: How often each was answered.
        asked: How often each operation was asked.
        answered: How often each answered with success.
        undeclared: What the document does not tell of, each with an example.
        accepted: What the document says is wrong and an operation took, each with an example.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    undeclared: dict[str, str] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return self.statuses.total()


class Known:
    """Ids of what is in the workspace, so that requests are about something."""

    def __init__(self, url: str) -> None:
        # Each with the variables of the path that it was made under.
        self._things: dict[str, list[dict[str, str]]] = {}
        for name, path in LISTS.items():
            answer = requests.get(url + path, headers=KEYS, timeout=30).json()
            self._things[name] = [{name: one["id"]} for one in answer["data"]]
            for one in answer["data"] if name == "case_id" else ():
                for key in one["attributes"]["custom_attributes"]:
                    keys = self._things.setdefault("custom_attribute_key", [])
                    keys.append({"custom_attribute_key": key, "case_id": one["id"]})

    def add(self, name: str, case: Any, answer: Any) -> None:
        data = answer["data"]
        id = (data[0] if isinstance(data, list) else data)["id"]
        self._things.setdefault(name, []).append({**(case.path_parameters or {}), name: id})

    def put_into(self, case: Any, chance: random.Random) -> None:
        """Put ids of what is there in the place of most that were made up."""
        given = {} if _is_wrong(case, "path") else case.path_parameters or {}
        # The last variable says what it is about, those before it where that is.
        open_names = list(given)
        while open_names and chance.random() < 0.9:
            name = open_names.pop()
            thing = self._thing(name, chance)
            if thing:
                given[name] = thing[ALSO.get(name, name)]
                given.update({key: thing[key] for key in open_names if key in thing})
                open_names = [key for key in open_names if key not in thing]
        for part, place in ((case.body, "body"), (case.query, "query")):
            if isinstance(part, dict) and not _is_wrong(case, place):
                self._fill(part, chance)
                if "user_id" in given and place == "body" and chance.random() < 0.8:
                    # What the body is about has to be what the path is about.
                    part["data"]["id"] = given["user_id"]

    def _fill(self, part: dict[str, Any], chance: random.Random) -> None:
        for key, value in part.items():
            if isinstance(value, dict):
                self._fill(value, chance)
            elif key in WORDS and isinstance(value, str) and chance.random() < 0.5:
                part[key] = chance.choice(WORDS[key])
            elif key == "id" and isinstance(part.get("type"), str):
                part[key] = self._id(part["type"], value, chance)
            elif key == "case_ids" and isinstance(value, list):
                part[key] = [self._id(key, one, chance) for one in value]
            elif key.endswith("_id"):
                part[key] = self._id(key, value, chance)

    def _id(self, name: str, value: Any, chance: random.Random) -> Any:
        thing = self._thing(name, chance)
        if not thing or not isinstance(value, str) or chance.random() < 0.2:
            return value
        return thing[ALSO.get(name, name)]

    def _thing(self, name: str, chance: random.Random) -> dict[str, str] | None:
        things = self._things.get(ALSO.get(name, name))
        if not things:
            return None
        # Mostly what was made last, which is what is there still.
        return chance.choice(things[-5:] if chance.random() < 0.7 else things)


def fuzz(url: str, *, examples: int, seed_number: int = 0) -> Found:
    """Ask each operation `examples` times, a third of it with what the document says is wrong."""
    document = requests.get(f"{url}/openapi.json", timeout=30).json()
    schema: Any = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=url)
    found, known = Found(), Known(url)
    right = schemathesis.GenerationMode.POSITIVE
    wrong = schemathesis.GenerationMode.NEGATIVE
    operations = [result.ok() for result in schema.get_all_operations()]
    operations.sort(key=_turn)
    for operation in operations:
        name = operation.definition.raw["operationId"]
        for mode, share in ((right, examples - examples // 3), (wrong, examples // 3)):
            takes = operation.body or operation.query or operation.path_parameters
            if mode == wrong and not takes:
                continue
            _ask(
                operation.as_strategy(generation_mode=mode), name, share, seed_number, found, known
            )
    return found


def _turn(operation: Any) -> tuple[bool, bool, bool, str]:
    """What makes things comes first; what deletes comes last, a project after what is in it."""
    path, method = operation.path, operation.method
    deletes = method == "delete"
    return deletes, method != "post", deletes and path.endswith("{project_id}"), path


def _ask(
    strategy: Any, name: str, examples: int, seed_number: int, found: Found, known: Known
) -> None:
    chance = random.Random(seed_number)

    @seed(seed_number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def one(case: Any) -> None:
        known.put_into(case, chance)
        response = case.call(headers=KEYS)
        found.statuses[response.status_code] += 1
        found.asked[name] += 1
        if response.status_code < 300:
            found.answered[name] += 1
            if name in MADE:
                known.add(MADE[name], case, response.json())
        for failure in _failures(case, response, CHECKS):
            key = f"{name}: {type(failure).__name__}: {failure.title}"
            found.undeclared.setdefault(key, f"{failure}\n{case.as_curl_command()[:1000]}")
        # The keys were put right in every request, so what is wrong has to be somewhere else.
        wrong = any(_is_wrong(case, place) for place in ("path", "query", "body"))
        if wrong and _failures(case, response, [negative_data_rejection]):
            found.accepted.setdefault(name, case.as_curl_command()[:1000])

    one()


def _is_wrong(case: Any, place: str) -> bool:
    return bool(case.meta.is_negative_at(ParameterLocation(place)))


def _failures(case: Any, response: Any, checks: list[Any]) -> list[Failure]:
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        return [failure for failure in group.exceptions if isinstance(failure, Failure)]
    except Failure as failure:
        return [failure]
    return []


def main() -> None:
    options: Any = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=90, help="requests of each operation")
    options.add_argument("--seed", type=int, default=0)
    given_options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), "--demo") as url:
        found = fuzz(url, examples=given_options.examples, seed_number=given_options.seed)
    for status, count in sorted(found.statuses.items()):
        print(f"{status}: {count}")
    print(f"requests: {found.requests}")
    print(f"operations that answered with success: {len(found.answered)} of {len(found.asked)}")
    print(f"those that never did: {sorted(found.asked.keys() - found.answered.keys())}")
    for name, example in found.accepted.items():
        print(f"{name} took what the document says is wrong: {example}")
    for name, example in found.undeclared.items():
        print(f"\n{name}\n{example}")
    sys.exit(bool(found.undeclared))


if __name__ == "__main__":
    main()
