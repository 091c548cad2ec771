"""The configuration: few options, each checked before anything else starts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from triage_tui.config_file import default_path, parsed, read
from triage_tui.config_tables import named_keys, named_steps, named_texts, named_views
from triage_tui.errors import ConfigError
from triage_tui.text import clean, nearest

PROFILE = "TRIAGE_TUI_PROFILE"
"""Environment variable that names the profile to use."""


def _option(
    section: str,
    default: Any,
    doc: str,
    *,
    name: str = "",
    low: int | None = None,
    high: int | None = None,
    one_of: tuple[str, ...] = (),
    some_of: tuple[str, ...] = (),
    in_profiles: bool = False,
) -> Any:
    return field(
        default=default,
        metadata={
            "section": section,
            "doc": doc,
            "name": name,
            "low": low,
            "high": high,
            "one_of": one_of,
            "some_of": some_of,
            "in_profiles": in_profiles,
        },
    )


@dataclass(frozen=True, slots=True)
class Config:
    """What the configuration file says, with defaults for what it leaves out.

    `describe` says what each option means. What the profile in use says has taken the place of
    what the sections say.

    Attributes:
        file: The file, or None if there is none.
        tables: For each option that is not a default the table that it is from: "ui", or
            "profile.work".
    """

    site: str = _option(
        "site",
        "",
        "Datadog site, for example datadoghq.eu. `--site` and `DD_SITE` come before it.",
        in_profiles=True,
    )
    url: str = _option(
        "site",
        "",
        "Address of the API when it is not a Datadog site: a proxy or a workspace server.",
        in_profiles=True,
    )
    trust_url: bool = _option(
        "site",
        False,
        "Send the Datadog keys to the `url` beside it. Without it only Datadog's hosts get them.",
        in_profiles=True,
    )
    key_source: str = _option(
        "site",
        "env",
        "Where the keys are: `env`, `file` (see `key_file`) or `keyring`.",
        name="keys",
        one_of=("env", "file", "keyring"),
        in_profiles=True,
    )
    key_file: str = _option(
        "site",
        "",
        "File with the keys, which only its owner may read. A relative path begins where the "
        "configuration is.",
        in_profiles=True,
    )
    project: str = _option(
        "site", "", "Key of a project: only its cases are shown.", in_profiles=True
    )
    read_only: bool = _option(
        "site", False, "Change nothing: keys that would are refused.", in_profiles=True
    )
    profile: str = _option(
        "site", "", "Profile to use. `--profile` and `TRIAGE_TUI_PROFILE` come before it."
    )
    theme: str = _option(
        "ui",
        "auto",
        "Colours: `triage-dark`, `triage-light`, or a theme of Textual. `auto` is the one of these "
        "that fits a terminal that tells its background in `COLORFGBG`, or has only 16 colours.",
    )
    page_size: int = _option("ui", 100, "Cases asked for at a time, 1 to 100.", low=1, high=100)
    hold: int = _option(
        "ui",
        3,
        "Seconds for which a decision waits before it is sent, 0 to 60; `u` then takes it back"
        " without a trace.",
        low=0,
        high=60,
    )
    refresh: int = _option(
        "ui",
        60,
        "Seconds after which the list is read again by itself, which moves nothing; 0 for never.",
        low=0,
        high=86_400,
    )
    alert: str = _option(
        "ui",
        "off",
        "Call for a new P1 in the list: `bell`, `notify` (by the desktop, OSC 9 or 777), or "
        "`notify-tmux`, for a tmux with `allow-passthrough`.",
        one_of=("off", "bell", "notify", "notify-tmux"),
    )
    alert_when: str = _option(
        "ui",
        "always",
        "`away` calls only while the terminal has no focus.",
        one_of=("always", "away"),
    )
    query: str = _option(
        "ui",
        "status:(open OR in_progress)",
        "Query to start with. Empty: all cases that are not archived.",
        in_profiles=True,
    )
    digits: str = _option(
        "ui",
        "priority",
        "What 1 to 9 are for: to set the `priority`, or to go to `views`.",
        one_of=("priority", "views"),
    )
    cache: bool = _option(
        "ui", True, "Keep the last lists on disk for the next start, which shows them at once."
    )
    offline_writes: str = _option(
        "ui",
        "queue",
        "While the server cannot be reached, `queue` what is decided, or `refuse` it.",
        one_of=("queue", "refuse"),
    )
    after_decision: str = _option(
        "ui",
        "next",
        "Where the cursor goes when a key has settled its case: to the `next` one that is not; or"
        " it will `stay` in its place, or `follow` the case if the list is sorted anew.",
        one_of=("next", "stay", "follow"),
    )
    advance_on: str = _option(
        "ui",
        "status, assign, archive, move, duplicate",
        "What settles a case, comma separated; there are also `priority` and `comment`.",
        some_of=("status", "priority", "assign", "archive", "comment", "move", "duplicate"),
    )
    keys_preset: str = _option(
        "ui",
        "default",
        "Keys to begin with: `default`, `datadog` or `vim-tmux`. Those in `[keys]` come before it.",
        one_of=("default", "datadog", "vim-tmux"),
    )
    mouse: bool = _option(
        "ui",
        True,
        "Let the mouse move, mark, sort and choose; without it the terminal selects text by it.",
    )
    tour: bool = _option(
        "ui", True, "Show a short tour at the very first start; it is in the palette as well."
    )
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "section": "keys",
            "doc": 'Keys for an action, comma separated, for example `"case.take" = "f2,ctrl+t"`. '
            "Empty: no key.",
        },
    )
    macros: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            "section": "macros",
            "doc": "What a key does in one step, for example `f5 = "
            '["take", "priority P2", "comment template:ack"]`. There are `take`, `assign NAME`, '
            "`unassign`, `status NAME`, `priority P1` to `P5` or `none`, `archive`, `unarchive`, "
            "`comment TEXT`, `comment template:NAME`, `snooze 4h`, `next`.",
        },
    )
    templates: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "section": "templates",
            "doc": "A text to put into comments with `ctrl+t`, for example "
            '`ack = "{me} looks at it."`. `{key}`, `{title}` and `{me}` are filled in.',
        },
    )
    views: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "section": "views",
            "doc": 'A query to come back to, by the name it is shown with, for example `"Mine" = '
            '"assignee:me"`; in this order. `[profile.<name>.views]` takes the place of them all.',
            "in_profiles": True,
        },
    )
    shifts: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "section": "shifts",
            "doc": "When a shift is, for `report --shift` and `H`, by the clocks of its zone: "
            '`night = "22:00-08:00 Europe/Berlin"`.',
        },
    )
    file: Path | None = field(default=None, compare=False)
    tables: Mapping[str, str] = field(default_factory=dict, compare=False)


Options = Mapping[str, Field[Any]]
"""Options by the names that they have in the file."""


def listed(value: str) -> tuple[str, ...]:
    """The words of an option that is a list with commas."""
    return tuple(word for one in value.split(",") if (word := one.strip()))


def option_name(option: Field[Any]) -> str:
    """What an option is called in the file."""
    return option.metadata.get("name") or option.name


_SECTIONS: Mapping[str, Options] = {
    section: {
        option_name(option): option
        for option in fields(Config)
        if option.metadata.get("section") == section
    }
    for section in ("site", "ui", "keys", "macros", "templates", "views", "shifts")
}
_IN_PROFILES: Options = {
    option_name(option): option for option in fields(Config) if option.metadata.get("in_profiles")
}
_PLACE = {"site", "url", "trust_url"}
"""Options that say together where the server is."""


def describe() -> list[tuple[str, str, str, str]]:
    """Section, key, default as written in the file, and meaning (Markdown) of every option."""
    rows = [
        (section, *_written(option), option.metadata["doc"])
        for section, options in _SECTIONS.items()
        for option in options.values()
    ]
    profile = (
        "profile.<name>",
        "<any of these>",
        "what the sections say",
        f"{', '.join(f'`{name}`' for name in _IN_PROFILES)} while this profile is used.",
    )
    return [*rows, profile]


def _written(option: Field[Any]) -> tuple[str, str]:
    if option.name == "keys":
        return '"<action>"', "the action's own keys"
    if option.name == "macros":
        return '"<key>"', "none"
    if option.name == "templates":
        return "<name>", "no templates"
    if option.name in ("views", "shifts"):
        return '"<name>"', "none"
    return option_name(option), json.dumps(option.default)


def load(
    path: Path | None,
    env: Mapping[str, str],
    *,
    profile: str | None = None,
    server: bool = True,
) -> Config:
    """The configuration from `path`, else from where `TRIAGE_TUI_CONFIG` or the system says.

    Args:
        path: The file the person named, or None.
        env: The environment. An empty `TRIAGE_TUI_CONFIG` or `TRIAGE_TUI_PROFILE` counts as unset.
        profile: The profile the person named, or None.
        server: False if it is not a server that is worked on: then what the file says about one
            does not count, nor a profile that the person did not name.

    Raises:
        ConfigError: A file or a profile that was named does not exist, or the file cannot be read,
            is not TOML, or holds what no option is called or no option can be.
    """
    found = read(path, env)
    if found is None:
        if wanted := profile or (server and env.get(PROFILE)):
            source = "--profile" if profile else PROFILE
            raise ConfigError(
                f'There is no profile "{clean(wanted, limit=60)}", because there is no '
                f"configuration {clean(str(default_path()))}: create it, or leave {source} out."
            )
        return Config()
    file, raw = found
    shown = clean(str(file))
    return _laid(_checked(parsed(raw, shown), shown), file, env, profile, server)


_Table = Mapping[str, Any]
"""Values by the names of the fields of `Config`."""


def _checked(found: Mapping[str, Any], shown: str) -> dict[str, _Table]:
    """The values of each table, called "profile.work" for a profile."""
    tables: dict[str, _Table] = {}
    for section, content in found.items():
        if section not in (*_SECTIONS, "profile"):
            raise ConfigError(_unknown_section(section, content, shown))
        if not isinstance(content, dict):
            if section == "profile":
                raise ConfigError(f'{shown}: "profile" belongs under [site].')
            raise ConfigError(f'{shown}: "{section}" is a section: write it as [{section}].')
        if section == "keys":
            tables[section] = {"keys": named_keys(content, shown)}
        elif section in ("templates", "shifts"):
            tables[section] = {section: named_texts(content, shown, section)}
        elif section == "macros":
            tables[section] = {"macros": named_steps(content, shown)}
        elif section == "views":
            tables[section] = {"views": named_views(content, f"{shown}: [views]")}
        elif section == "profile":
            for name, own in content.items():
                tables[f"profile.{name}"] = _profile(name, own, shown)
        else:
            tables[section] = _table(section, content, _SECTIONS[section], shown)
    return tables


def _profile(name: str, content: object, shown: str) -> _Table:
    if not isinstance(content, dict):
        raise ConfigError(
            f'{shown}: "{clean(name, limit=60)}" in [profile] must be a profile: '
            "write it as [profile.<name>], with its options below."
        )
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        raise ConfigError(
            f'{shown}: a profile cannot be called "{clean(name, limit=60)}": use up to 40 '
            "letters of a to z, digits, - and _."
        )
    return _table(f"profile.{name}", content, _IN_PROFILES, shown)


def _table(name: str, content: Mapping[str, Any], options: Options, shown: str) -> _Table:
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in options:
            raise ConfigError(f"{shown}: [{name}] has no key {_unknown(key, options)}")
        option = options[key]
        if key == "views":
            values[key] = named_views(value, f"{shown}: [{name}.views]")
            continue
        values[option.name] = _value(option, value, f'{shown}: "{key}" in [{name}]')
    return values


def _laid(
    tables: Mapping[str, _Table],
    file: Path,
    env: Mapping[str, str],
    profile: str | None,
    server: bool,
) -> Config:
    """What the tables say, the profile in use on top."""
    layers = {name: table for name, table in tables.items() if name in _SECTIONS}
    site = layers.get("site", {}) if server else layers.pop("site", {})
    name = profile or (server and (env.get(PROFILE) or site.get("profile"))) or ""
    shown = clean(str(file))
    if name:
        own = tables.get(f"profile.{name}")
        if own is None:
            raise ConfigError(_no_profile(name, tables, shown))
        if own.keys() & {"site", "url"}:
            # The address of one server and the trust in another do not belong together.
            kept = {key: value for key, value in site.items() if key not in _PLACE}
            layers["site"] = kept if server else {}
        layers[f"profile.{name}"] = own
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for table, content in layers.items():
        values |= content
        origins |= dict.fromkeys(content, table)
    values["profile"] = name
    config = Config(**values, file=file, tables=origins)
    _check_key_file(config, shown)
    return config


def _no_profile(name: str, tables: Mapping[str, object], shown: str) -> str:
    there = [table.removeprefix("profile.") for table in tables if table.startswith("profile.")]
    if not there:
        said = clean(name, limit=60)
        return f'{shown}: there is no profile "{said}": write one as [profile.{said}].'
    return f"{shown}: there is no profile {_unknown(name, there)}"


def _check_key_file(config: Config, shown: str) -> None:
    source, file = config.tables.get("key_source", ""), config.tables.get("key_file", "")
    if config.key_source == "file" and not config.key_file:
        raise ConfigError(f'{shown}: [{source}] has keys = "file": say which one, as key_file.')
    if config.key_file and config.key_source != "file" and source in ("", file):
        raise ConfigError(
            f'{shown}: "key_file" in [{file}] is not read unless there is keys = "file" beside it.'
        )


def _unknown_section(name: str, content: object, shown: str) -> str:
    if isinstance(content, dict):
        return f"{shown}: there is no section {_unknown(name, (*_SECTIONS, 'profile'))}"
    home = next((section for section, options in _SECTIONS.items() if name in options), None)
    if home:
        return f'{shown}: "{name}" belongs under [{home}].'
    known = [
        option
        for name, options in _SECTIONS.items()
        if name in ("site", "ui")
        for option in options
    ]
    return f"{shown}: there is no key {_unknown(name, known)}"


def _unknown(name: str, known: Iterable[str]) -> str:
    known = list(known)
    meant = nearest(name, known)
    advice = f'did you mean "{meant}"?' if meant else f"there are {', '.join(known)}."
    return f'"{clean(name, limit=60)}"; {advice}'


def _value(option: Field[Any], value: object, where: str) -> object:
    kind = type(option.default)
    if type(value) is not kind:
        wanted = {str: 'a text in quotes: "..."', bool: "true or false", int: "a whole number"}
        raise ConfigError(f"{where} must be {wanted[kind]}.")
    low, high = option.metadata["low"], option.metadata["high"]
    if isinstance(value, int) and low is not None and not low <= value <= high:
        raise ConfigError(f"{where} must be from {low} to {high}.")
    one_of = option.metadata["one_of"]
    if isinstance(value, str) and one_of and value not in one_of:
        raise ConfigError(f"{where} must be one of {', '.join(one_of)}.")
    some_of = option.metadata["some_of"]
    if isinstance(value, str) and some_of and (wrong := set(listed(value)) - set(some_of)):
        said = clean(sorted(wrong)[0], limit=60)
        raise ConfigError(f'{where} has "{said}": there are {", ".join(some_of)}.')
    if option.name == "project" and not re.fullmatch(r"[A-Za-z0-9_-]{0,40}", str(value)):
        raise ConfigError(f"{where} must be the key of a project, as OPS is in OPS-17.")
    return value
