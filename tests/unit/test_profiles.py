"""Which server, keys and project are meant, when a profile, the shell and the person say so."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from triage_tui.config import Config, load
from triage_tui.connection import Options, Remote, configured, remote_of
from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.stored_keys import from_file, keyring_names

CANARY = "c4naryc4nary"

WRITTEN = """
[site]
site = "datadoghq.eu"
profile = "work"
read_only = true

[ui]
query = "status:open"

[profile.work]
project = "OPS"
query = "team:storage"

[profile.lab]
url = "http://127.0.0.1:8126"
keys = "file"
key_file = "lab.toml"
read_only = false

[profile.proxy]
url = "https://proxy.example"
trust_url = true

[profile.us]
site = "us3.datadoghq.com"
keys = "keyring"
"""
DATADOG = {"DD_API_KEY": f"{CANARY}-api", "DD_APP_KEY": f"{CANARY}-app"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The configuration above, and the keys that it speaks of."""
    keys = tmp_path / "lab.toml"
    keys.touch(mode=0o600)
    keys.write_text(f'api_key = "{CANARY}-1"\napp_key = "{CANARY}-2"\n', "utf-8")
    file = tmp_path / "config.toml"
    file.write_text(WRITTEN, "utf-8")
    return file


def remote(file: Path, env: dict[str, str] | None = None, **options: object) -> Remote:
    asked = Options(config=file, **options)  # type: ignore[arg-type]
    found = remote_of(asked, configured(asked, env or {}), env or {})
    assert found
    return found


def shown_to(found: Remote) -> dict[str, str]:
    return found.credentials.headers() if found.credentials else {}


# Which profile


@pytest.mark.parametrize(
    ("named", "env", "profile"),
    [
        (None, {}, "work"),
        (None, {"TRIAGE_TUI_PROFILE": ""}, "work"),
        (None, {"TRIAGE_TUI_PROFILE": "us"}, "us"),
        ("lab", {"TRIAGE_TUI_PROFILE": "us"}, "lab"),
    ],
)
def test_the_profile_comes_from_the_person_then_the_environment_then_the_file(
    file: Path, named: str | None, env: dict[str, str], profile: str
) -> None:
    assert load(file, env, profile=named).profile == profile


def test_a_profile_is_laid_over_the_sections(file: Path) -> None:
    work = load(file, {})
    assert (work.site, work.project, work.query) == ("datadoghq.eu", "OPS", "team:storage")
    assert work.read_only
    assert work.tables == {
        "site": "site",
        "read_only": "site",
        "profile": "site",
        "query": "profile.work",
        "project": "profile.work",
    }
    lab = load(file, {}, profile="lab")
    assert (lab.project, lab.query, lab.read_only) == ("", "status:open", False)


def test_the_views_of_a_profile_take_the_place_of_all_others(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        '[views]\n"Mine" = "assignee:me"\n"All" = ""\n'
        '[profile.work]\nproject = "OPS"\n[profile.work.views]\n"Ours" = "team:storage"\n'
        "[profile.lab]\nproject = 'LAB'\n"
    )
    assert list(load(file, {}).views.items()) == [("Mine", "assignee:me"), ("All", "")]
    assert load(file, {}, profile="lab").views == load(file, {}).views
    work = load(file, {}, profile="work")
    assert work.views == {"Ours": "team:storage"}
    assert work.tables["views"] == "profile.work"


def test_a_profile_with_an_address_takes_none_from_the_section(file: Path) -> None:
    assert load(file, {}, profile="lab").site == ""
    file.write_text(
        '[site]\nurl = "https://a.example"\ntrust_url = true\nproject = "OPS"\n'
        '[profile.b]\nurl = "https://b.example"\n[profile.c]\nproject = "PAY"\n'
    )
    other = load(file, {}, profile="b")
    assert (other.url, other.trust_url, other.project) == ("https://b.example", False, "OPS")
    same = load(file, {}, profile="c")
    assert (same.url, same.trust_url, same.project) == ("https://a.example", True, "PAY")


def test_a_workspace_is_no_server(file: Path) -> None:
    env = {"TRIAGE_TUI_PROFILE": "us"}
    plain = configured(Options(config=file, demo=True), env)
    assert plain == Config(query="status:open")
    named = configured(Options(config=file, local=True, profile="work"), env)
    assert named == Config(profile="work", project="OPS", query="team:storage")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("[profile.wrok]", ('there is no profile "work"; did you mean "wrok"?',)),
        ("[ui]", ('there is no profile "work": write one as [profile.work].',)),
        ("[profile.work]\ntheme = 'x'", ('[profile.work] has no key "theme"', "site, url, trust")),
        ("[profile.work]\nread_onyl = true", ('did you mean "read_only"?',)),
        ("[profile.work]\nread_only = 1", ('"read_only" in [profile.work] must be true or false',)),
        (
            "[profile.work]\nkeys = 'vault'",
            ('"keys" in [profile.work] must be one of env, file, ',),
        ),
        ("[profile.work]\nkeys = 'file'", ('[profile.work] has keys = "file": say which one',)),
        ("[profile.work]\nkey_file = 'k'", ('is not read unless there is keys = "file"',)),
        ("[profile.work]\nproject = 'A B'", ('"project" in [profile.work] must be the key of a',)),
        ("[profile.work]\nproject = 'A:(x OR'", ("must be the key of a project",)),
        ("[profile.work]\nviews = 'x'", ("[profile.work.views] is a table",)),
        ("[profile.work.views]\nMine = 3", ('[profile.work.views]: "Mine" must be a query',)),
        ("[views]\n'' = 'x'", ('[views]: a view cannot be called ""',)),
        (
            "[views]\n" + "".join(f"v{n} = ''\n" for n in range(31)),
            ("[views] must not hold more than 30 views",),
        ),
        ("[profile]\nwork = 3", ('"work" in [profile] must be a profile',)),
        ("[profile.'a b']", ('a profile cannot be called "a b"',)),
        ("[profile.'\x7f']", ("not valid TOML",)),
        ("profile = 'work'", ('"profile" belongs under [site].',)),
        ("[profiles.work]", ('no section "profiles"; did you mean "profile"?',)),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, written: str, parts: tuple[str, ...]) -> None:
    file = tmp_path / "config.toml"
    file.write_text(written)
    with pytest.raises(ConfigError) as caught:
        load(file, {}, profile="work")
    for part in (str(file), *parts):
        assert part in str(caught.value)


def test_a_profile_without_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=r'no profile "work", because .* leave --profile out'):
        load(None, {}, profile="work")
    with pytest.raises(ConfigError, match="leave TRIAGE_TUI_PROFILE out"):
        load(None, {"TRIAGE_TUI_PROFILE": "work"})
    assert load(None, {"TRIAGE_TUI_PROFILE": "work"}, server=False) == Config()


# Which server


@pytest.mark.parametrize(
    ("options", "env", "name"),
    [
        ({}, {}, "datadoghq.eu"),
        ({}, {"DD_SITE": "ap1.datadoghq.com"}, "ap1.datadoghq.com"),
        ({"site": "uk1.datadoghq.com"}, {"DD_SITE": "ap1.datadoghq.com"}, "uk1.datadoghq.com"),
        ({"profile": "proxy"}, {"DD_SITE": "ap1.datadoghq.com"}, "proxy.example"),
        ({"profile": "proxy", "site": "datadoghq.eu"}, {}, "datadoghq.eu"),
        ({"profile": "proxy", "url": "https://other.example"}, {}, "other.example"),
    ],
)
def test_the_server_comes_from_the_person_then_the_environment_then_the_file(
    file: Path, options: dict[str, str], env: dict[str, str], name: str
) -> None:
    assert remote(file, {**DATADOG, **env}, **options).target.name == name


def test_what_the_profile_allows_goes_along(file: Path) -> None:
    assert (remote(file, DATADOG).read_only, remote(file, DATADOG).project) == (True, "OPS")
    lab = remote(file, profile="lab")
    assert (lab.read_only, lab.project) == (False, "")
    assert remote(file, profile="lab", read_only=True).read_only


def test_a_site_that_a_profile_names_is_not_replaced_by_a_workspace(file: Path) -> None:
    with pytest.raises(ApiError, match="Not signed in: set DD_API_KEY"):
        remote(file)


# Which keys, and who is shown them


def test_keys_of_a_file_go_to_the_address_beside_them(file: Path) -> None:
    lab = remote(file, DATADOG, profile="lab")
    assert lab.trusted
    assert shown_to(lab) == {"DD-API-KEY": f"{CANARY}-1", "DD-APPLICATION-KEY": f"{CANARY}-2"}


def test_keys_of_a_file_do_not_go_to_another_address(file: Path) -> None:
    other = remote(file, profile="lab", url="https://other.example")
    assert (other.credentials, other.trusted) == (None, False)
    own = {"TRIAGE_TUI_API_KEY": "own-1", "TRIAGE_TUI_APP_KEY": "own-2"}
    assert shown_to(remote(file, own, profile="lab", url="https://other.example")) == {
        "DD-API-KEY": "own-1",
        "DD-APPLICATION-KEY": "own-2",
    }
    told = remote(file, profile="lab", url="https://other.example", trust_url=True)
    assert (shown_to(told)["DD-API-KEY"], told.trusted) == (f"{CANARY}-1", True)


def test_keys_of_the_section_do_not_go_to_the_address_of_a_profile(file: Path) -> None:
    file.write_text(
        '[site]\nkeys = "file"\nkey_file = "lab.toml"\n[profile.b]\nurl = "https://b.example"\n'
    )
    found = remote(file, profile="b")
    assert (found.credentials, found.trusted) == (None, False)
    assert shown_to(remote(file, profile="b", site="datadoghq.eu"))["DD-API-KEY"] == f"{CANARY}-1"


def test_trust_in_the_file_is_trust_in_its_own_address(file: Path) -> None:
    assert remote(file, DATADOG, profile="proxy").trusted
    assert not remote(file, DATADOG, profile="proxy", url="https://other.example").trusted


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ("access_token = 't'", {"Authorization": "Bearer t"}),
        ("app_key = 'ddpat_x'", {"DD-APPLICATION-KEY": "ddpat_x"}),
        (
            "api_key = ' a '\napp_key = 'b'\naccess_token = ''",
            {"DD-API-KEY": "a", "DD-APPLICATION-KEY": "b"},
        ),
    ],
)
def test_what_a_key_file_can_hold(tmp_path: Path, content: str, headers: dict[str, str]) -> None:
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    path.write_text(content)
    assert from_file(path).headers() == headers


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "has no api_key and app_key. It needs both keys, or an access_token."),
        (f"api_key = '{CANARY}'", "has no app_key."),
        (f"app_key = '{CANARY}'", "has no api_key."),
        (f"api_key = {CANARY}", "is not valid TOML at line 1: write api_key"),
        (CANARY, "is not valid TOML"),
        (f"{CANARY} = ''", "has something beside api_key, app_key and access_token: take it out."),
        (f"api_key = ['{CANARY}']", "api_key in the key file"),
        ("\xff" + CANARY, "is not valid TOML"),
    ],
)
def test_a_key_file_that_cannot_be_used(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    path.write_text(content, "latin-1")
    with pytest.raises(ApiError) as caught:
        from_file(path)
    assert caught.value.failure is Failure.NOT_SIGNED_IN
    assert str(caught.value).startswith("Not signed in: ")
    assert (sentence in str(caught.value), str(path) in str(caught.value)) == (True, True)
    assert CANARY not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_with_a_character_that_no_key_has(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    path.write_text(f'access_token = "{CANARY}\\n{CANARY}"')
    with pytest.raises(ConfigError, match="access_token holds a space, a control") as caught:
        from_file(path)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_key_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(f'access_token = "{CANARY}"')
    path.chmod(mode)
    with pytest.raises(ApiError) as caught:
        from_file(path)
    assert str(caught.value) == (
        f"Not signed in: others may read the key file {path} (mode {mode:04o}): `chmod 600` it, "
        "and consider its keys known."
    )


def test_a_key_file_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(ApiError, match="belongs to another user"):
        from_file(path)


def test_what_is_no_key_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "directory").mkdir(mode=0o700)
    for name in ("pipe", "directory"):
        with pytest.raises(ApiError, match=r"is no regular file|Is a directory"):
            from_file(tmp_path / name)
    (tmp_path / "large").touch(mode=0o600)
    (tmp_path / "large").write_text("#" * ((1 << 16) + 1))
    with pytest.raises(ApiError, match="is larger than 64 KiB"):
        from_file(tmp_path / "large")
    with pytest.raises(ApiError, match="there is no key file"):
        from_file(tmp_path / "absent")
    with pytest.raises(ApiError, match="cannot be read: it is no path"):
        from_file(Path("a\0b"))


class Drawer(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1.0

    def __init__(self, **passwords: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords = {name.replace("_", "-"): value for name, value in passwords.items()}

    def get_password(self, service: str, username: str) -> str | None:
        assert service == "triage-tui"
        return self.passwords.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class Locked(Drawer):
    """A keyring that cannot reach the desktop."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"the bus is gone, and so is {CANARY}")


def use(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)


def test_keys_of_the_keyring_are_those_of_the_profile(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Drawer(us_api_key="1", us_app_key="2", api_key="3", app_key="4"))
    assert shown_to(remote(file, DATADOG, profile="us")) == {
        "DD-API-KEY": "1",
        "DD-APPLICATION-KEY": "2",
    }
    file.write_text('[site]\nurl = "https://a.example"\nkeys = "keyring"\n[profile.b]\n')
    plain = remote(file)
    assert (shown_to(plain)["DD-API-KEY"], plain.trusted) == ("3", True)
    assert remote(file, profile="b").credentials is None


def test_the_names_in_the_keyring() -> None:
    assert keyring_names("work") == {
        "api_key": "work-api-key",
        "app_key": "work-app-key",
        "access_token": "work-access-token",
    }
    assert keyring_names("")["api_key"] == "api-key"


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        (None, "the keyring of the system cannot be used here (NoKeyringError). Unlock it"),
        (Locked(), "the keyring of the system cannot be used here (RuntimeError). Unlock it"),
        (Drawer(us_api_key="1"), 'the keyring under "triage-tui" and names like "us-api-key" has'),
    ],
)
def test_a_keyring_that_does_not_have_the_keys(
    file: Path, monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend | None, sentence: str
) -> None:
    use(monkeypatch, backend or NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(ApiError) as caught:
        remote(file, profile="us")
    assert caught.value.failure is Failure.NOT_SIGNED_IN
    assert str(caught.value).startswith(f"Not signed in: {sentence}")
    assert CANARY not in str(caught.value)


def test_a_keyring_that_is_not_installed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"pip install 'triage-tui\[keyring\]'"):
        remote(file, profile="us")


def test_nothing_that_is_printed_shows_a_key(file: Path) -> None:
    assert CANARY not in repr(remote(file, profile="lab"))
    assert CANARY not in repr(remote(file, DATADOG))
