"""The command `import`: what gets into a workspace, and what does not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT, environment, ran, source_of
from tests.factories import ANA, BEN, NOW, make_case
from tests.office import (
    FIRST_WORDS,
    OPS,
    SMALL,
    Office,
    client_over,
    demo,
    in_ops,
    office,
    workspace,
)
from tests.transfer.test_harvest import harvested
from triage_tui.errors import TriageError
from triage_tui.models import STANDARD_TYPE, Case, NewCase, User
from triage_tui.query import Query, parse
from triage_tui.server.store import Store
from triage_tui.server.tables import users
from triage_tui.server.tables.users import Account
from triage_tui.transfer.document import RECORD_LIMIT, Document
from triage_tui.transfer.importing import run


def case(number: int = 1, **attributes: Any) -> dict[str, Any]:
    """Case OPS-<number> as the API has it, with as little as it can have."""
    told = {"key": f"OPS-{number}", "created_at": "2026-01-05T09:00:00.123456789Z", **attributes}
    return {"id": make_case(number).id, "type": "case", "attributes": told}


def cell(number: int = 1, of_case: int = 1, **attributes: Any) -> dict[str, Any]:
    told = {
        "type": "COMMENT",
        "created_at": "2026-01-05T10:00:00Z",
        "cell_content": {"message": "hello"},
        **attributes,
    }
    related = {"case": {"data": {"id": make_case(of_case).id, "type": "case"}}}
    id = f"40000000-0000-4000-8000-{number:012}"
    return {"id": id, "type": "timeline_cell", "attributes": told, "relationships": related}


def as_told(one: Case) -> Case:
    """A case without what the API does not tell."""
    if one.service_now is None:
        return one
    return replace(one, service_now=replace(one.service_now, key=""))


class Place:
    """A workspace file, and a document to load into it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "workspace.db"
        self._file = folder / "document.json"

    def load(self, document: Any, *, dry_run: bool = False) -> str:
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        self._file.write_bytes(raw)
        return run(self._file, self.path, dry_run=dry_run).partition(":")[0]

    def case(self, key: str) -> Case | None:
        with closing(Store.open(self.path)) as store:
            return store.case(key)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def exported(network: Any) -> dict[str, Any]:
    """What an export of everything has in it."""
    _, resources = await harvested(network)
    client = client_over(network)
    try:
        return {"data": resources, "meta": {"me": (await client.me()).id}}
    finally:
        await client.close()


@pytest.mark.parametrize("data", [SMALL, demo()], ids=["small", "demo"])
async def test_what_was_exported_comes_back_the_same(place: Place, data: Any) -> None:
    async with office(data) as here:
        here.store.furnish()
        document = await exported(here.network())
    kinds = len(document["data"])
    there = sum(one["attributes"].get("internal", False) for one in document["data"])
    told = f"{kinds - there:,} added, 0 changed, {there} already there"
    assert place.load(document) == told
    assert place.load(document) == f"0 added, 0 changed, {kinds:,} already there"
    with closing(Store.open(place.path)) as store:
        assert await exported(Office(store).network()) == document
        everything = store.search(parse("archived:*"), size=1000, now=NOW)
        wanted = {one.id: as_told(one) for one in data.cases}
        assert {one.id: one for one in everything.cases} == wanted


def test_it_can_be_worked_with_at_once(place: Place) -> None:
    place.load({"data": [case(41, title="Disk full", attributes={"team": ["db"]})]})
    with closing(Store.open(place.path)) as store:
        (project,) = store.projects()
        assert (project.key, project.name) == ("OPS", "OPS")
        me, now = store.me(), datetime.now(UTC)
        assert store.create_case(NewCase("x", project.id), by=me, now=now).key == "OPS-42"
        for query in ("disk", "team:db", "key:OPS-41"):
            (found,) = store.search(parse(query), now=now).cases
            assert found.key == "OPS-41"
        (facet,) = store.count(Query(), ["team"], now=now)
        assert facet.values
        assert [(one.value, one.count) for one in facet.values] == [("db", 1)]


def test_the_person_who_exported_works_in_a_new_workspace_only(place: Place) -> None:
    user = {"id": BEN.id, "type": "users", "attributes": {"name": "Ben", "status": "Active"}}
    document: dict[str, Any] = {"data": [user, case()], "meta": {"me": BEN.id}}
    place.load(document)
    with closing(Store.open(place.path)) as store:
        assert store.me().name == "Ben"
    document["meta"] = {"me": ANA.id}
    document["data"] += [{**user, "id": ANA.id}]
    place.load(document)
    with closing(Store.open(place.path)) as store:
        assert store.me().name == "Ben"


def test_all_that_is_known_of_a_user_comes_along(place: Place) -> None:
    told = {
        "created_at": "2024-05-06T07:08:09.000000Z",
        "disabled": True,
        "email": "bot@example.com",
        "handle": "bot",
        "modified_at": "2025-05-06T07:08:09.000000Z",
        "name": "Bot",
        "service_account": True,
        "status": "Disabled",
        "title": "Deploys",
    }
    place.load({"data": [{"id": BEN.id, "type": "users", "attributes": told}]})
    with closing(Store.open(place.path)) as store, store.reading() as db:
        assert users.get(db, BEN.id) == Account(
            User(BEN.id, "Bot", "bot@example.com", "bot", False, "Deploys", "Disabled"),
            datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
            datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC),
            service_account=True,
        )
        assert users.get(db, users.SOMEBODY.id)


def test_an_answer_to_a_search_is_enough(place: Place) -> None:
    person = {"type": "user", "attributes": {"active": True, "name": "Ana", "email": "a@x.io"}}
    listed = case(7, type_id=STANDARD_TYPE, comment_count=3, status="CLOSED", public_id="99")
    listed["relationships"] = {
        "assignee": {"data": {"id": ANA.id, "type": "user"}},
        "project": {"data": {"id": OPS.id, "type": "project"}},
    }
    answer: dict[str, Any] = {
        "data": [listed],
        "included": [{"id": ANA.id, **person}],
        "meta": {"page": {"current": 1, "size": 1, "total": 1}, "total_cases": 1},
    }
    place.load(answer)
    found = place.case("OPS-7")
    assert found
    assert found.assignee
    assert (found.assignee.name, found.project_id, found.comment_count) == ("Ana", OPS.id, 3)
    assert (found.status_name, found.status_group) == ("Closed", "SG_CLOSED")
    # An answer about one case says that it has no comments, whatever is true.
    answer["data"] = {**listed, "attributes": {**listed["attributes"], "comment_count": 0}}
    assert place.load(answer) == "0 added, 0 changed, 2 already there"


def test_the_newer_of_two_is_kept(place: Place) -> None:
    place.load({"data": [case(title="old", modified_at="2026-02-01T00:00:00Z")]})
    newer = case(title="new", modified_at="2026-02-02T00:00:00Z")
    assert place.load({"data": [newer]}) == "0 added, 1 changed, 0 already there"
    older = case(title="old", modified_at="2026-02-01T00:00:00Z")
    assert place.load({"data": [older]}) == (
        "0 added, 0 changed, 0 already there, 1 newer in the workspace and kept"
    )
    found = place.case("OPS-1")
    assert found
    assert found.title == "new"


def test_comments_are_found_with_their_case_wherever_they_stand(place: Place) -> None:
    place.load({"data": [cell(2), case(), cell(1)]})
    with closing(Store.open(place.path)) as store:
        found = store.case("OPS-1")
        assert found
        assert found.comment_count == 2
        cells = store.timeline(found.id)
    assert [one.message for one in cells] == ["hello", "hello"]
    assert place.load({"data": [cell(3)]}) == "1 added, 0 changed, 1 already there"
    assert place.load({"data": [cell(3, modified_at="2026-01-06T00:00:00Z")]}) == (
        "0 added, 1 changed, 1 already there"
    )


def test_a_type_that_nobody_described_has_the_statuses_that_were_seen(place: Place) -> None:
    kind = "99999999-0000-4000-8000-000000000001"
    status: dict[str, Any] = {
        "status_name": "Waiting",
        "status_group": "SG_IN_PROGRESS",
        "status": "SUNKNOWN",
    }
    place.load({"data": [case(1, type="TUNKNOWN", type_id=kind, **status)]})
    with closing(Store.open(place.path)) as store:
        found = {one.id: one for one in store.case_types()}[kind]
        (one,) = store.search(parse("status:waiting"), now=NOW).cases
    assert (found.name, found.internal) == ("Imported 99999999", False)
    assert [status.name for status in found.statuses] == ["Open", "Waiting", "Closed"]
    assert found.defaults["SG_IN_PROGRESS"] == "Waiting"
    assert one.status == "SUNKNOWN"


def test_a_dry_run_changes_nothing(place: Place) -> None:
    assert place.load({"data": [case()]}, dry_run=True).startswith("3 added")
    assert not place.path.exists()
    place.load({"data": [case(1)]})
    assert place.load({"data": [case(2)]}, dry_run=True).startswith("1 added")
    assert place.case("OPS-2") is None


def test_text_is_stored_as_it_is(place: Place) -> None:
    hostile = "\x1b]0;x\x07 \u202e [/x] \0 '; DROP TABLE cases;--"
    place.load({"data": [case(title=hostile, description="half \ud800 pair")]})
    found = place.case("OPS-1")
    assert found
    assert (found.title, found.description) == (hostile, "half \ufffd pair")


async def test_what_a_project_is_set_to_comes_along(place: Place) -> None:
    attributes = {
        "key": "OPS",
        "name": "Operations",
        "restricted": True,
        "columns_config": {"columns": [{"type": "STATUS"}]},
        "settings": {"notification": {"enabled": False}, "unheard_of": 1},
    }
    teams = {"member_team": {"data": [{"id": BEN.id, "type": "team_links"}]}}
    project = {"id": OPS.id, "type": "project", "attributes": attributes, "relationships": teams}
    place.load({"data": [project, case()]})
    with closing(Store.open(place.path)) as store:
        document = await exported(Office(store).network())
    told = document["data"][0]
    assert told["relationships"] == teams
    notification = told["attributes"]["settings"].pop("notification")
    assert (notification["enabled"], notification["notify_on_case_closed"]) == (False, True)
    assert told["attributes"] == {**attributes, "settings": {}}
    assert place.load({"data": [project]}) == "0 added, 0 changed, 1 already there"
    renamed = {**project, "attributes": {"key": "OPS", "name": "Other"}}
    assert place.load({"data": [renamed]}) == "0 added, 1 changed, 0 already there"


# What cannot be imported

DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "cannot be read at its start: It does not begin with {."),
        (b"[]", "It does not begin with {."),
        (b"{}", 'The document has no "data".'),
        (b'{"errors": []}', 'The document has no "data".'),
        (b'{"data": [', "at data[0]: Expecting value."),
        (b'{"data": [{}', "data[0]: it has no type."),
        (b'{"data": []} x', "There is more after its end."),
        (b'{"data": [],', "cannot be read"),
        (b'{"data": [{"a": NaN}]}', "at data[0]: NaN is no JSON."),
        (b'{"data": [' + b"1" * 5000 + b"]}", "at data[0]: Exceeds the limit"),
        (b'{"data": [' + DEEP, "at data[0]: It is nested too deep."),
        (b'{"data": ["\xff"]}', "It is not UTF-8."),
        (b'{"data": [1]}', "Nothing was imported: data[0]: it is not an object."),
        (b'{"data": 1}', "Nothing was imported: data: it is not an object."),
        (b'{"data": ["' + b"x" * (RECORD_LIMIT + 10**6) + b'"]}', "It has more than"),
        (b'{1: 2, "data": []}', "A name is not a text"),
    ],
    ids=range(16),
)
def test_what_is_no_document(place: Place, raw: bytes, sentence: str) -> None:
    with pytest.raises(TriageError) as caught:
        place.load(raw)
    assert sentence in str(caught.value)
    assert not place.path.exists()


def changed(resource: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {**resource, **top}


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        (case(3, created_at="yesterday"), "data[1] (case OPS-3): created_at is not a time."),
        (case(3, created_at="0001-01-01T00:00:00Z"), "created_at is not a time."),
        (case(3, created_at="9999-12-31T23:59:59-12:00"), "created_at is not a time."),
        (case(3, created_at=None), "(case OPS-3): created_at is missing."),
        (case(3, closed_at=5), "closed_at is not a time."),
        (case(3, title=["x"]), "(case OPS-3): title is not a text."),
        (case(3, key="nonsense"), "(case nonsense): key is not the key of a case."),
        (case(3, key=None), f"(case {make_case(3).id}): key is not the key of a case."),
        (case(3, key="OPS-" + "9" * 30), "key is not the key of a case."),
        (case(3, public_id="9" * 30), "public_id is not a number."),
        (case(3, priority="P9"), "priority is not one of P1, P2, P3, P4, P5, NOT_DEFINED."),
        (case(3, status="SLEEPING"), "status_group is not one of SG_OPEN"),
        (case(3, status_group="SG_X"), "status_group is not one of SG_OPEN"),
        (case(3, type="TUNKNOWN"), "type_id is missing."),
        (case(3, type_id="x"), "type_id is not a UUID."),
        (case(3, comment_count=-1), "comment_count is not a number of things."),
        (case(3, comment_count=2**70), "comment_count is not a number of things."),
        (case(3, attributes={"team": "db"}), "attributes.team is not a list."),
        (case(3, attributes={"team": [1]}), "attributes.team is not a list of texts."),
        (case(3, attributes=[]), "attributes is not an object."),
        (case(3, insights=[1]), "insights is not a list of objects."),
        (case(3, due_date="soon"), "due_date is not a day."),
        (
            case(3, custom_attributes={"a": {"type": "NUMBER", "value": "x"}}),
            "custom_attributes.a.value is not a number.",
        ),
        (
            case(3, custom_attributes={"a": {"type": "NUMBER", "value": 10**400}}),
            "custom_attributes.a.value is not a number.",
        ),
        (case(3, custom_attributes={"a": {"type": "FLOAT"}}), "custom_attributes.a.type is not"),
        (changed(case(3), id="x"), "(case OPS-3): id is not a UUID."),
        (changed(case(3), attributes=7), "attributes is not an object."),
        (
            changed(case(3), relationships={"assignee": {"data": {"id": 1}}}),
            "(case OPS-3): assignee.data.id is not a text.",
        ),
        (case(1), "(case OPS-1): the key OPS-1 is in the document twice."),
        (case(1, key="ops-1"), "(case ops-1): the key ops-1 is in the document twice."),
        (changed(case(3), id=case(1)["id"]), "(case OPS-3): its id is in the document twice."),
        (cell(of_case=9), "its case is neither in the document nor in the workspace."),
        (changed(cell(), relationships={}), "it does not say which case it belongs to."),
        (cell(author={"content": {"ID": "x"}}), "author.content.ID is not a UUID."),
        (
            {"id": OPS.id, "type": "project", "attributes": {"key": "a b"}},
            "(project a b): key is not the key of a project.",
        ),
        (
            {
                "id": OPS.id,
                "type": "project",
                "attributes": {"key": "X", "settings": {"notification": {"enabled": "x"}}},
            },
            "(project X): ",
        ),
        ({"id": "\x1b[2J", "type": "users"}, "(user ␛[2J): id is not a UUID."),
    ],
)
def test_an_error_names_the_record_and_leaves_the_workspace(
    place: Place, resource: dict[str, Any], sentence: str
) -> None:
    place.load({"data": [case(2, title="before")]})
    with pytest.raises(TriageError) as caught:
        place.load({"data": [case(1), resource, case(2, title="after")]})
    assert str(caught.value).startswith("Nothing was imported: data[1]")
    assert sentence in str(caught.value)
    found = place.case("OPS-2")
    assert found
    assert found.title == "before"
    assert place.case("OPS-1") is None


def test_what_contradicts_the_workspace(place: Place) -> None:
    with closing(Store.open(place.path)) as store:
        store.load(workspace(in_ops(1)))
    other = deepcopy(case(1))
    other["id"] = make_case(77).id
    with pytest.raises(TriageError, match=r"\(case OPS-1\): the workspace has another case"):
        place.load({"data": [other]})
    other["relationships"] = {"project": {"data": {"id": BEN.id, "type": "project"}}}
    with pytest.raises(TriageError, match="the workspace has another project OPS"):
        place.load({"data": [other]})
    other["relationships"] = {"project": {"data": {"id": OPS.id, "type": "project"}}}
    with pytest.raises(TriageError, match=r"\(case OPS-1\): the workspace has another case"):
        place.load({"data": [other]})
    renamed = {"id": OPS.id, "type": "project", "attributes": {"key": "NEW"}}
    with pytest.raises(TriageError, match="under the key OPS, and keys never change"):
        place.load({"data": [renamed]})


def test_a_document_of_a_newer_version(place: Place) -> None:
    with pytest.raises(TriageError, match="Update triage-tui"):
        place.load({"data": [], "meta": {"format": "triage-tui export", "version": 2}})


def test_a_document_is_the_same_however_it_is_cut() -> None:
    raw = json.dumps(
        {"meta": {"n": 1}, "data": [{"n": n, "t": "é" * n} for n in range(500)], "x": [1, {}]},
        ensure_ascii=False,
    ).encode("utf-8-sig")

    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    whole = [*Document(io.BytesIO(raw)).records()]
    assert [record.value["n"] for record in whole] == [*range(500)]
    assert whole[17].place == "data[17]"
    document = Document(Drops(raw))
    assert [*document.records()] == whole == [*document.records()]
    assert document.meta == {"n": 1}


# The command


def test_it_reads_what_another_writes(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "a.db")) as store:
        store.load(SMALL)
    sent = ran(tmp_path, "export", "-", "--db", str(tmp_path / "a.db"))
    ended = subprocess.run(
        [sys.executable, "-c", source_of("import", "-", "--db", str(tmp_path / "b.db"))],
        cwd=ROOT,
        env=environment(tmp_path),
        input=sent.stdout,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "added, 0 changed, 6 already there: 6 cases, 1 comment and" in ended.stderr
    again = ran(tmp_path, "export", "-", "--db", str(tmp_path / "b.db"))
    assert json.loads(again.stdout)["data"] == json.loads(sent.stdout)["data"]
    assert FIRST_WORDS.id in again.stdout


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    ended = ran(tmp_path, "import", "nowhere.json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "triage-tui: nowhere.json cannot be read: No such file or directory. Name another file.\n"
    )
    assert not (tmp_path / "data").exists()
