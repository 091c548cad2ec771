"""Who may call: keys, hosts, and how often."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.command import ROOT, environment, ran, serving, source_of
from tests.server.conftest import NOW, OPS
from triage_tui import __version__
from triage_tui.errors import ConfigError
from triage_tui.server.access import Access, host_name
from triage_tui.server.access_log import shown
from triage_tui.server.api_keys import ChosenKeys, choose_keys, digests
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.openapi import document
from triage_tui.server.rate_limit import NAME, RateLimit
from triage_tui.server.store import Store

API, APP = "c4nary" + "0" * 26, "c4nary" + "1" * 34
KEYS = digests(API, APP)
RIGHT = {"DD-API-KEY": API, "DD-APPLICATION-KEY": APP}


@asynccontextmanager
async def calling(store: Store, access: Access) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW, access=access))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        yield http


# Keys


@pytest.mark.parametrize(
    "headers",
    [
        RIGHT,
        {"DD-API-KEY": f" {API} ", "DD-APPLICATION-KEY": APP},
        {"Authorization": f"Bearer {APP}"},
        {"Authorization": f"bearer  {APP}"},
        {**RIGHT, "Authorization": f"Bearer {APP}"},
        {**RIGHT, "Authorization": "Bearer of something else"},
        {"DD-API-KEY": API, "Authorization": f"Bearer {APP}"},
    ],
)
async def test_who_has_the_keys_is_answered(store: Store, headers: Mapping[str, str]) -> None:
    async with calling(store, Access(KEYS)) as http:
        for path in ("/api/v2/cases", f"/api/v2/cases/projects/{OPS.id}", "/api/v2/current_user"):
            assert (await http.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({}, 401, "Unauthorized"),
        ({"DD-API-KEY": API}, 401, "Unauthorized"),
        ({"DD-APPLICATION-KEY": APP}, 401, "Unauthorized"),
        ({"DD-API-KEY": "", "DD-APPLICATION-KEY": ""}, 401, "Unauthorized"),
        ({"Authorization": "Bearer "}, 401, "Unauthorized"),
        ({"Authorization": f"Basic {APP}"}, 401, "Unauthorized"),
        ({"Authorization": APP}, 401, "Unauthorized"),
        ({"DD-API-KEY": "x", "DD-APPLICATION-KEY": APP}, 403, "Forbidden"),
        ({"DD-API-KEY": API, "DD-APPLICATION-KEY": "x"}, 403, "Forbidden"),
        ({"DD-API-KEY": APP, "DD-APPLICATION-KEY": API}, 403, "Forbidden"),
        ({"DD-API-KEY": API, "DD-APPLICATION-KEY": APP + "0"}, 403, "Forbidden"),
        ({"DD-API-KEY": API, "DD-APPLICATION-KEY": APP.upper()}, 403, "Forbidden"),
        ({"DD-API-KEY": API, "DD-APPLICATION-KEY": "x" * 10_000}, 403, "Forbidden"),
        ({"Authorization": f"Bearer {API}"}, 403, "Forbidden"),
    ],
)
async def test_who_has_not_is_refused_whatever_was_asked_for(
    store: Store, headers: Mapping[str, str], status: int, text: str
) -> None:
    async with calling(store, Access(KEYS)) as http:
        for method, path in (
            ("GET", "/api/v2/cases"),
            ("GET", "/api/v2/users"),
            ("DELETE", f"/api/v2/cases/projects/{OPS.id}"),
            ("BREW", "/api/v2/cases"),
            ("GET", "/nowhere"),
            ("GET", "/%61pi/v2/cases"),
            ("GET", "/healthz/../api/v2/cases"),
            ("GET", "//healthz"),
        ):
            response = await http.request(method, path, headers=headers)
            assert (response.status_code, response.json()) == (status, {"errors": [text]}), path
            assert response.headers["content-type"] == "application/json"
        assert (await http.get(f"/api/v2/cases/projects/{OPS.id}", headers=RIGHT)).is_success


async def test_keys_that_are_no_text_or_given_twice_are_wrong(store: Store) -> None:
    async with calling(store, Access(KEYS)) as http:
        for line in ((b"dd-api-key", b"\xff\xfe"), (b"dd-api-key", API.encode())):
            headers = [line, (b"dd-api-key", API.encode()), (b"dd-application-key", APP.encode())]
            assert (await http.get("/api/v2/cases", headers=headers)).status_code == 403


def test_what_is_kept_shows_no_key() -> None:
    assert "c4nary" not in repr(KEYS) + repr(vars(type(KEYS)))
    assert digests(API, APP) != KEYS
    assert KEYS.are(API.encode(), APP.encode())


# Where keys come from


def chosen(store: Store, env: Mapping[str, str], *, new: bool = False) -> ChosenKeys:
    return choose_keys(env, store, new=new, now=NOW)


OWN = {"TRIAGE_TUI_SERVE_API_KEY": API, "TRIAGE_TUI_SERVE_APP_KEY": APP}


@pytest.mark.parametrize(
    ("env", "note"),
    [
        (OWN, "The keys are those of TRIAGE_TUI_SERVE_API_KEY and TRIAGE_TUI_SERVE_APP_KEY."),
        (
            {"DD_API_KEY": API, "DD_APP_KEY": APP},
            "The keys are those of DD_API_KEY and DD_APP_KEY.",
        ),
        (
            {**OWN, "DD_API_KEY": "x", "DD_APP_KEY": "y"},
            "The keys are those of TRIAGE_TUI_SERVE_API_KEY and TRIAGE_TUI_SERVE_APP_KEY.",
        ),
    ],
)
def test_keys_of_the_environment(store: Store, env: Mapping[str, str], note: str) -> None:
    found = chosen(store, env)
    assert found.keys
    assert found.keys.are(API.encode(), APP.encode())
    assert (found.to_show, found.note) == ((), note)
    # They belong to this start only: the next one without them makes keys of its own.
    assert chosen(store, {}).to_show


@pytest.mark.parametrize(
    ("env", "new", "sentence"),
    [
        (
            {"TRIAGE_TUI_SERVE_API_KEY": API},
            False,
            "TRIAGE_TUI_SERVE_API_KEY is set, but TRIAGE_TUI_SERVE_APP_KEY is not: set both, or "
            "none.",
        ),
        (
            {**OWN, "TRIAGE_TUI_SERVE_APP_KEY": "c4nary "},
            True,
            "--new-keys and TRIAGE_TUI_SERVE_API_KEY contradict each other: unset "
            "TRIAGE_TUI_SERVE_API_KEY and TRIAGE_TUI_SERVE_APP_KEY, or leave the option out.",
        ),
        (
            {**OWN, "TRIAGE_TUI_SERVE_APP_KEY": "c4nary\u0430"},
            False,
            "TRIAGE_TUI_SERVE_APP_KEY holds a space, a control character or a letter that no key "
            "has. Copy the key again.",
        ),
    ],
)
def test_keys_of_the_environment_that_cannot_be_used(
    store: Store, env: Mapping[str, str], new: bool, sentence: str
) -> None:
    with pytest.raises(ConfigError) as failure:
        chosen(store, env, new=new)
    assert str(failure.value) == sentence


def shown_keys(found: ChosenKeys) -> tuple[bytes, bytes]:
    api_key, app_key = found.to_show
    assert re.fullmatch(r"DD_API_KEY=[0-9a-f]{32}", api_key)
    assert re.fullmatch(r"DD_APP_KEY=[0-9a-f]{40}", app_key)
    return api_key.partition("=")[2].encode(), app_key.partition("=")[2].encode()


def test_new_keys_are_shown_once_and_kept_as_digests(store: Store, tmp_path: Path) -> None:
    # Half of the pair says nothing about what the server should ask for.
    first = chosen(store, {"DD_API_KEY": "x"})
    keys = shown_keys(first)
    again = chosen(store, {})
    assert again.to_show == ()
    assert again.note == "The keys are those shown at an earlier start; --new-keys makes new ones."
    assert first.keys == again.keys
    assert again.keys
    assert again.keys.are(*keys)

    other = chosen(store, {}, new=True)
    assert other.keys
    assert not other.keys.are(*keys)
    assert other.keys.are(*shown_keys(other))
    assert chosen(store, {}).keys == other.keys
    store.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not any(key in content for key in (*keys, *shown_keys(other)))
    assert first.to_show[0] not in repr(first)


# Hosts


@pytest.mark.parametrize(
    ("host", "any_address", "status"),
    [
        ("cases.lan", False, 200),
        ("CASES.lan:8126", False, 200),
        ("cases.lan.", False, 400),
        ("sub.cases.lan", False, 400),
        ("evil.example", True, 400),
        ("10.0.0.7:8126", True, 200),
        ("10.0.0.7:8126", False, 400),
        ("[fe80::1]", True, 200),
        ("[fe80::1]", False, 400),
        ("fe80::1", True, 400),
        ("10.0.0.7.evil.example", True, 400),
        ("10.0.0.7@evil.example", True, 400),
        ("cases.lan:80:80", False, 400),
        ("cases.lan:x", False, 400),
        ("", True, 400),
    ],
)
async def test_under_which_names_it_is_known(
    store: Store, host: str, any_address: bool, status: int
) -> None:
    access = Access(hosts=("cases.lan",), any_address=any_address)
    async with calling(store, access) as http:
        for path in ("/api/v2/cases", "/healthz"):
            response = await http.get(path, headers={"host": host})
            assert response.status_code == status
    if status == 400:
        assert response.json()["errors"][0]["detail"] == "the server is not known under this Host"


async def test_two_hosts_are_none(store: Store) -> None:
    async with calling(store, Access()) as http:
        headers = [("host", "localhost"), ("host", "localhost")]
        assert (await http.get("/api/v2/cases", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    ("text", "host"), [(" Cases.LAN", "cases.lan"), ("::1", "[::1]"), ("10.0.0.7", "10.0.0.7")]
)
def test_names_that_a_server_can_have(text: str, host: str) -> None:
    assert host_name(text) == host


@pytest.mark.parametrize("text", ["", "http://x", "x:80", "x/y", "a b", "a@b", "a\x1b", "[x]:80"])
def test_names_that_it_cannot(text: str) -> None:
    with pytest.raises(ConfigError, match="is no host name"):
        host_name(text)


# How often


@dataclass
class Clock:
    """Tells the time that it was given."""

    now: float

    def __call__(self) -> float:
        return self.now


def limits(response: httpx.Response) -> dict[str, str]:
    names = ("limit", "period", "remaining", "reset", "name")
    return {name: response.headers[f"x-ratelimit-{name}"] for name in names}


async def test_a_caller_may_call_so_often_in_a_minute_of_the_clock(store: Store) -> None:
    clock = Clock(datetime(2026, 11, 21, 9, 0, 58, 500000, UTC).timestamp())
    async with calling(store, Access(KEYS, rates=RateLimit(2, clock))) as http:
        first = await http.get("/api/v2/cases", headers=RIGHT)
        told = {"limit": "2", "period": "60", "name": NAME}
        assert limits(first) == {**told, "remaining": "1", "reset": "2"}
        second = await http.get("/api/v2/cases/nonsense", headers=RIGHT)
        assert (second.status_code, limits(second)["remaining"]) == (404, "0")
        for _ in range(2):
            third = await http.get("/api/v2/users", headers=RIGHT)
            assert (third.status_code, third.json()) == (429, {"errors": ["Too Many Requests"]})
            assert third.headers["content-type"] == "application/json"
            assert limits(third) == {**told, "remaining": "0", "reset": "2"}
        clock.now += 1.5
        fourth = await http.get("/api/v2/cases", headers=RIGHT)
        assert fourth.status_code == 200
        assert limits(fourth) == {**told, "remaining": "1", "reset": "60"}


async def test_strangers_use_up_their_own_calls_only(store: Store) -> None:
    async with calling(store, Access(KEYS, rates=RateLimit(1, Clock(0)))) as http:
        statuses = [(await http.get("/api/v2/cases")).status_code for _ in range(3)]
        assert statuses == [401, 429, 429]
        assert (await http.get("/api/v2/cases", headers=RIGHT)).status_code == 200


async def test_there_is_no_limit_unless_there_is_one(store: Store) -> None:
    async with calling(store, Access()) as http:
        response = await http.get("/api/v2/cases")
    assert not [name for name in response.headers if name.startswith("x-ratelimit")]


# What needs no keys


async def test_health_is_told_to_everybody_at_any_time(store: Store) -> None:
    async with calling(store, Access(KEYS, rates=RateLimit(1, Clock(0)))) as http:
        for _ in range(3):
            response = await http.get("/healthz")
            assert response.json() == {"status": "ok", "version": __version__}
            assert (response.status_code, response.headers["content-type"]) == (
                200,
                "application/json",
            )
        wrong = await http.post("/healthz")
        assert wrong.status_code == 405
        assert set(wrong.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert wrong.json() == {"errors": [{"status": "405", "title": "Method Not Allowed"}]}
        store.close()
        response = await http.get("/healthz")
        assert response.status_code == 503
        assert response.json() == {"status": "unavailable", "version": __version__}


async def test_what_is_implemented_is_told_to_everybody(store: Store) -> None:
    async with calling(store, Access(KEYS)) as http:
        response = await http.get("/openapi.json")
    assert (response.status_code, response.json()) == (200, document())
    assert response.headers["content-type"] == "application/json"


# The command


def started(home: Path, *arguments: str) -> tuple[list[str], str]:
    """What the command `serve` says on stdout and on stderr until it listens and is stopped."""
    with subprocess.Popen(
        [sys.executable, "-c", source_of("serve", "--port", "0", *arguments)],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.terminate()
        # What `readline` has read already, `communicate` would not find.
        rest, told = process.stdout.read(), process.stderr.read()
        assert process.wait(30) == 0
        return [first.rstrip("\n"), *rest.splitlines()], told


def test_the_first_start_shows_keys_and_the_next_ones_do_not(tmp_path: Path) -> None:
    lines, told = started(tmp_path)
    assert re.fullmatch(r"Listening on http://127\.0\.0\.1:[0-9]+", lines[0])
    assert [line.partition("=")[0] for line in lines[1:]] == ["DD_API_KEY", "DD_APP_KEY"]
    assert told == ""
    again, told = started(tmp_path)
    assert len(again) == 1
    assert told == (
        "triage-tui: The keys are those shown at an earlier start; --new-keys makes new ones.\n"
    )
    new, told = started(tmp_path, "--new-keys")
    assert len(new) == 3
    assert new[1] != lines[1]
    assert told == ""


def test_beyond_this_machine_it_warns_and_limits(tmp_path: Path) -> None:
    env = {"DD_API_KEY": API, "DD_APP_KEY": APP}
    words = ["serve", "--port", "0", "--host", "0.0.0.0", "--allow-host", "cases.lan"]
    with subprocess.Popen(
        [sys.executable, "-c", source_of(*words, "--access-log")],
        cwd=ROOT,
        env={**environment(tmp_path), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1].replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=url, headers=RIGHT, trust_env=False) as http:
            answer = http.get("/api/v2/cases/projects", headers={"host": "cases.lan"})
            assert (answer.status_code, answer.headers["x-ratelimit-limit"]) == (200, "600")
            assert http.get("/healthz", headers={"host": "evil.example"}).status_code == 400
            assert http.get("/healthz").status_code == 200
        process.terminate()
        out, told = process.communicate(timeout=30)
    assert out == ""
    assert told.startswith(
        "triage-tui: The keys are those of DD_API_KEY and DD_APP_KEY.\n"
        "triage-tui: Keys and cases travel unencrypted, because this server speaks no TLS"
    )
    assert "c4nary" not in told


NOT_FOUND = '{"errors":[{"code":"resource_not_found","title":"case not found"}]}'
HEALTH = f'{{"status": "ok", "version": "{__version__}"}}'


def test_the_access_log_and_the_list_of_processes_show_no_key(tmp_path: Path) -> None:
    env = {"TRIAGE_TUI_SERVE_API_KEY": API, "TRIAGE_TUI_SERVE_APP_KEY": APP}
    with serving(tmp_path, "--demo", "--access-log", env=env) as (process, url):
        with httpx.Client(base_url=url, headers=RIGHT, trust_env=False) as http:
            named = {"x-request-id": "abc-1.2_3"}
            answer = http.get(f"/api/v2/cases/{APP}?filter={API}&{API}={APP}", headers=named)
            assert (answer.status_code, answer.text) == (404, NOT_FOUND)
            assert answer.headers["x-request-id"] == "abc-1.2_3"
            # Not taken over: nobody could tell it from the rest of the line.
            answer = http.get("/healthz", headers={"x-request-id": "a b"})
            assert answer.text == HEALTH
            own = answer.headers["x-request-id"]
            assert re.fullmatch(r"[0-9a-f]{16}", own)
        if Path("/proc").is_dir():
            assert b"c4nary" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.terminate()
        out, told = process.communicate(timeout=30)
    assert out == ""
    assert "c4nary" not in told
    changing = re.compile(r"^[0-9-]{10}T[0-9:]{8}\.\d{3}Z |\d+\.\dms ", re.MULTILINE)
    assert changing.sub("", told).splitlines()[1:] == [
        f"127.0.0.1 GET /api/v2/cases/(hidden) 404 {len(NOT_FOUND)} abc-1.2_3",
        f"127.0.0.1 GET /healthz 200 {len(HEALTH)} {own}",
    ]


@pytest.mark.parametrize(
    ("method", "raw_path", "line"),
    [
        ("GET", b"/a\x1b]0;x\x07\xff\n", "GET /a?]0;x?\\xff?"),
        ("GET", b"/" + b"-" * 300, "GET /" + "-" * 199 + "..."),
        ("A" * 40, b"/", "(hidden) /"),
    ],
)
def test_what_the_access_log_shows_of_a_hostile_request(
    method: str, raw_path: bytes, line: str
) -> None:
    assert shown(method, raw_path) == line


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--no-auth", "--host", "0.0.0.0"],
            "The server does not listen on 0.0.0.0 without keys: every machine that reaches it "
            "could read and change the cases. Use one of 127.0.0.1, localhost, ::1, or keys.",
        ),
        (
            ["--no-auth", "--new-keys"],
            "--no-auth and --new-keys contradict each other: give only one. "
            "See `triage-tui serve --help`.",
        ),
        (
            ["--allow-host", "http://x"],
            "'http://x' is no host name: give it without scheme, port and path.",
        ),
        (
            ["--host", ""],
            "The server cannot listen on '': there is no such address. Use 127.0.0.1, or an "
            "address of this machine.",
        ),
    ],
)
def test_what_the_command_does_not_do(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ended = ran(tmp_path, "serve", *arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"triage-tui: {sentence}\n")
    assert {path.name for path in tmp_path.iterdir()} == {"tmp", "state"}
