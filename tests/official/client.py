"""The service's official Python client, watched: what was called, and what it could not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.model_utils import OpenApiModel, UnparsedObject
from datadog_api_client.v2.api.case_management_api import CaseManagementApi
from datadog_api_client.v2.api.case_management_attribute_api import CaseManagementAttributeApi
from datadog_api_client.v2.api.case_management_type_api import CaseManagementTypeApi
from datadog_api_client.v2.api.users_api import UsersApi

_TYPE = re.compile(r"\.attributes\.type = (SECURITY|TUNKNOWN)$")
"""The client knows one word for the type of a case; the service has more, and answers these for
its security cases and for those of types that somebody made."""

APIS = (CaseManagementApi, CaseManagementAttributeApi, CaseManagementTypeApi, UsersApi)

OTHER_USERS_CALLS = {
    "anonymize_users",
    "delete_user_invitations",
    "get_invitation",
    "get_user_identity_providers",
    "list_user_organizations",
    "send_invitations",
    "update_current_user",
    "update_user_identity_providers",
}
"""What the Users API has besides what a client of cases needs."""


def calls_of(api: type) -> set[str]:
    """The names of all calls that an API of the client has."""
    return {name for name in vars(api) if not name.startswith("_")}


@dataclass
class Watched:
    """The client, and what came of using it.

    Attributes:
        answers: How often each call was answered with success.
        refusals: The status of each call that was refused as expected, by name.
        unread: Where in which answer something was that the client does not know.
        types: What it does not know of the service itself: types of cases.
    """

    apis: list[Any]
    answers: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)

    def call(self, name: str, *args: object, **options: object) -> Any:
        """The answer to a call."""
        answer = self._method(name)(*args, **options)
        if name.endswith("_with_pagination"):
            answer = list(answer)
        self.answers[name] = self.answers.get(name, 0) + 1
        for where in unread(answer):
            if known := _TYPE.search(where):
                self.types.add(known[1])
            else:
                self.unread.append(f"{name}: {where}")
        return answer

    def refused(self, status: int, name: str, *args: object, **options: object) -> Any:
        """The error document of a call that has to be refused with this status."""
        with pytest.raises(ApiException) as refusal:
            self._method(name)(*args, **options)
        assert refusal.value.status == status, f"{name}: {refusal.value}"
        self.refusals[name] = status
        return refusal.value.body

    def _method(self, name: str) -> Any:
        [method] = [getattr(api, name) for api in self.apis if hasattr(api, name)]
        return method


def watched(url: str, api_key: str, application_key: str) -> Watched:
    """The client of the server at `url`."""
    configuration = Configuration(  # type: ignore[no-untyped-call]
        host=url, api_key={"apiKeyAuth": api_key, "appKeyAuth": application_key}
    )
    client = ApiClient(configuration)
    return Watched([api(client) for api in APIS])


def unread(value: object, where: str = "answer") -> Iterator[str]:
    """The places of what the client could not read."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from unread(item, f"{where}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unread(item, f"{where}.{key}")
    elif isinstance(value, UnparsedObject):
        yield f"{where} = {value._data_store}"
    elif isinstance(value, OpenApiModel):
        inside = list(unread(value._data_store, where))
        if value._unparsed and not inside:
            inside = [f"{where} = {getattr(value, 'value', value)}"]
        yield from inside
