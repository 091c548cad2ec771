"""Which server, which keys, and who may be given them."""

from __future__ import annotations

import subprocess
import sys
import traceback
from dataclasses import replace

import pytest

from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.models import Case
from triage_tui.sites import (
    SITES,
    Credentials,
    Secret,
    Target,
    case_url,
    choose_target,
    keys_may_go_to,
    read_credentials,
    read_server_credentials,
)
from triage_tui.wire import case as read_case

CANARY = "canary0123456789abcdef"


def a_case() -> Case:
    return read_case(
        b'{"data":{"id":"1","attributes":{"key":"OPS-17","created_at":"2026-01-01T00:00:00Z"}}}'
    )


@pytest.mark.parametrize(
    ("env", "site", "name"),
    [
        ({}, None, "datadoghq.com"),
        ({"DD_SITE": "datadoghq.eu"}, None, "datadoghq.eu"),
        ({"DATADOG_SITE": "us5.datadoghq.com"}, None, "us5.datadoghq.com"),
        ({"DD_SITE": "  ", "DATADOG_SITE": "ap2.datadoghq.com"}, None, "ap2.datadoghq.com"),
        ({"DD_SITE": "datadoghq.eu", "DATADOG_SITE": "x"}, None, "datadoghq.eu"),
        ({"DD_SITE": "datadoghq.eu"}, "UK1.datadoghq.com ", "uk1.datadoghq.com"),
    ],
)
def test_the_site_asked_for(env: dict[str, str], site: str | None, name: str) -> None:
    target = choose_target(env, site=site)
    assert target.name == name
    assert target.base_url == f"https://{SITES[name][0]}"
    assert (target.is_datadog, target.is_loopback) == (True, False)


def test_there_are_nine_sites_with_their_own_hosts() -> None:
    assert len(SITES) == 9
    assert all(api == f"api.{site}" for site, (api, _) in SITES.items())
    assert all(web in (site, f"app.{site}") for site, (_, web) in SITES.items())


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("datadog.eu", "datadoghq.eu"),
        ("us3", "us3.datadoghq.com"),
        ("api.datadoghq.com", "datadoghq.com"),
        ("x", "'"),
    ],
)
def test_an_unknown_site_is_refused_with_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(ConfigError, match="Did you mean") as refusal:
        choose_target({"DD_SITE": wrong})
    assert near in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "base_url", "name", "is_loopback"),
    [
        ("http://127.0.0.1:8126/", "http://127.0.0.1:8126", "127.0.0.1:8126", True),
        ("http://localhost", "http://localhost", "localhost", True),
        ("http://[::1]:80/x/", "http://[::1]:80/x", "[::1]:80", True),
        ("https://X.example.com/dd", "https://x.example.com/dd", "x.example.com", False),
        ("https://api.datadoghq.eu.x.com", "https://api.datadoghq.eu.x.com",
         "api.datadoghq.eu.x.com", False),
    ],
)  # fmt: skip
def test_an_address(url: str, base_url: str, name: str, is_loopback: bool) -> None:
    target = choose_target({"DD_SITE": "not looked at"}, url=url)
    assert target == Target(base_url, None, name, is_datadog=False, is_loopback=is_loopback)


def test_the_address_of_a_site_is_that_site() -> None:
    target = choose_target({}, url="https://api.datadoghq.eu/")
    assert (target.base_url, target.web_url) == (
        "https://api.datadoghq.eu",
        "https://app.datadoghq.eu",
    )
    assert target.is_datadog


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com", "https"),
        ("http://127.0.0.1.example.com", "https"),
        ("http://localhost.example.com", "https"),
        ("http://0.0.0.0:80", "https"),
        ("ftp://example.com", "must look like"),
        ("example.com", "must look like"),
        ("https://", "must look like"),
        ("https://:443", "must look like"),
        (f"https://ann:{CANARY}@example.com", "password"),
        ("https://@example.com", "password"),
        ("https://example.com/?a=1", "part"),
        ("https://example.com/?", "part"),
        ("https://example.com/#x", "part"),
        ("https://example.com:port", "host and port"),
        ("https://example.com:99999", "host and port"),
        ("https://[::1", "host and port"),
        ("https://exa mple.com", "characters"),
        ("https://example.com\\@evil.example", "characters"),
        ("https://ex\u0430mple.com", "characters"),
        ("https://example.com/\x1b]52;", "characters"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as refusal:
        choose_target({}, url=url)
    assert CANARY not in str(refusal.value)


def test_a_site_and_an_address_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="only one"):
        choose_target({}, site="datadoghq.eu", url="http://localhost")


@pytest.mark.parametrize(
    ("scheme", "host", "port", "may"),
    [
        ("https", "api.datadoghq.com", None, True),
        ("https", "api.us2.ddog-gov.com", 443, True),
        ("http", "api.datadoghq.com", None, False),
        ("https", "api.datadoghq.com", 8443, False),
        ("https", "app.datadoghq.com", None, False),
        ("https", "datadoghq.com", None, False),
        ("https", "api.datadoghq.com.evil.example", None, False),
        ("https", "127.0.0.1", None, False),
    ],
)
def test_whom_keys_are_meant_for(scheme: str, host: str, port: int | None, may: bool) -> None:
    assert keys_may_go_to(scheme, host, port) is may


def test_the_page_of_a_case() -> None:
    case = a_case()
    assert case_url(choose_target({}), case) == "https://app.datadoghq.com/cases/OPS-17"
    us3 = choose_target({}, site="us3.datadoghq.com")
    assert case_url(us3, case) == "https://us3.datadoghq.com/cases/OPS-17"
    assert case_url(choose_target({}, url="http://localhost"), case) is None
    odd = case_url(us3, replace(case, key="../../a?b"))
    assert odd == "https://us3.datadoghq.com/cases/..%2F..%2Fa%3Fb"


@pytest.mark.parametrize(
    ("env", "headers"),
    [
        ({"DD_API_KEY": "a", "DD_APP_KEY": "b"}, {"DD-API-KEY": "a", "DD-APPLICATION-KEY": "b"}),
        ({"DATADOG_API_KEY": "a", "DD_APPLICATION_KEY": "b"},
         {"DD-API-KEY": "a", "DD-APPLICATION-KEY": "b"}),
        ({"DD_API_KEY": " ", "DATADOG_API_KEY": "a\n", "DATADOG_APP_KEY": " b "},
         {"DD-API-KEY": "a", "DD-APPLICATION-KEY": "b"}),
        ({"DD_ACCESS_TOKEN": "t"}, {"Authorization": "Bearer t"}),
        ({"DD_BEARER_TOKEN": "t", "DD_API_KEY": "a"},
         {"DD-API-KEY": "a", "Authorization": "Bearer t"}),
        ({"DATADOG_BEARER_TOKEN": "t", "DD_API_KEY": "a", "DD_APP_KEY": "b"},
         {"DD-API-KEY": "a", "DD-APPLICATION-KEY": "b", "Authorization": "Bearer t"}),
        ({"DD_APP_KEY": "ddpat_x"}, {"DD-APPLICATION-KEY": "ddpat_x"}),
    ],
)  # fmt: skip
def test_keys_from_the_environment(env: dict[str, str], headers: dict[str, str]) -> None:
    credentials = read_credentials(env)
    assert credentials is not None
    assert credentials.headers() == headers


@pytest.mark.parametrize("env", [{}, {"DD_API_KEY": "", "DD_APP_KEY": " \t"}, {"OTHER": "x"}])
def test_no_keys(env: dict[str, str]) -> None:
    assert read_credentials(env) is None


@pytest.mark.parametrize(
    ("env", "there", "missing"),
    [
        ({"DD_API_KEY": CANARY}, "DD_API_KEY is set", "DD_APP_KEY is not"),
        ({"DATADOG_APP_KEY": CANARY}, "DATADOG_APP_KEY is set", "DD_API_KEY is not"),
    ],
)
def test_half_of_the_keys_is_not_signed_in(env: dict[str, str], there: str, missing: str) -> None:
    with pytest.raises(ApiError) as refusal:
        read_credentials(env)
    assert refusal.value.failure is Failure.NOT_SIGNED_IN
    assert there in str(refusal.value)
    assert missing in str(refusal.value)
    assert CANARY not in str(refusal.value)


def test_other_servers_have_keys_of_their_own() -> None:
    datadog = {"DD_API_KEY": "a", "DD_APP_KEY": "b", "DD_ACCESS_TOKEN": "t"}
    own = {"TRIAGE_TUI_API_KEY": " c ", "TRIAGE_TUI_APP_KEY": "d"}
    assert read_server_credentials(datadog) is None
    assert read_credentials(own) is None
    credentials = read_server_credentials({**datadog, **own})
    assert credentials is not None
    assert credentials.headers() == {"DD-API-KEY": "c", "DD-APPLICATION-KEY": "d"}


@pytest.mark.parametrize("there", ["TRIAGE_TUI_API_KEY", "TRIAGE_TUI_APP_KEY"])
def test_half_of_the_keys_for_another_server(there: str) -> None:
    with pytest.raises(ApiError, match=f"{there} is set, but TRIAGE_TUI_A.._KEY is not") as error:
        read_server_credentials({there: CANARY})
    assert error.value.failure is Failure.NOT_SIGNED_IN
    assert CANARY not in str(error.value)
    with pytest.raises(ConfigError, match=there):
        read_server_credentials({there: CANARY + "\x00"})


@pytest.mark.parametrize("bad", ["a\nb", "a b", "a\x00b", "clé", "a\u200bb", "a\r\nX-Evil: 1"])
@pytest.mark.parametrize("name", ["DD_API_KEY", "DD_APP_KEY", "DATADOG_BEARER_TOKEN"])
def test_a_key_no_key_can_be_is_refused_by_name(name: str, bad: str) -> None:
    with pytest.raises(ConfigError, match=name) as refusal:
        read_credentials({"DD_API_KEY": "a", "DD_APP_KEY": "b", name: CANARY + bad})
    assert CANARY not in str(refusal.value)


def test_secrets_do_not_show() -> None:
    credentials = Credentials(Secret(CANARY), Secret(CANARY), Secret(CANARY))
    shown = f"{credentials} {credentials!r} {Secret(CANARY)} {Secret(CANARY)!r} {Secret(CANARY)!s}"
    assert CANARY not in shown
    assert Secret(CANARY).reveal() == CANARY
    try:
        raise RuntimeError(credentials, Secret(CANARY))
    except RuntimeError as error:
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    text = "".join(lines)
    assert "credentials = Credentials(" in text
    assert CANARY not in text.replace(f"CANARY = {CANARY!r}", "")


def test_choosing_a_site_loads_neither_httpx_nor_pydantic() -> None:
    code = (
        "import sys, triage_tui.sites; print(*{'httpx', 'pydantic', 'textual'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
