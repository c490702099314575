"""The manifest that an admin pastes into Slack: within Slack's limits, made from the table of commands, no scope too many."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.slack.manifest import ADD_PAPERS, EVENTS, FIND_PAPER, SCOPES, manifest, slash_commands
from bot.commands import COMMANDS

URL = "https://papers.example.org"
WAYS = {"socket": manifest(), "http": manifest(public_url=URL), "many": manifest(public_url=f"{URL}/", many=True)}

# https://github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json: least and most characters by path.
LIMITS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.description": (1, 2000),
    "features.slash_commands.usage_hint": (1, 1000),
}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Every text in some JSON, with the path to it; places in lists are left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, str):
        yield path, value


@pytest.mark.parametrize("way", WAYS)
def test_every_text_is_within_slacks_limits(way: str):
    """All that have a limit are there, and none is outside of it; the whole is JSON."""
    found = list(texts(WAYS[way]))
    assert {path for path, _ in found} >= LIMITS.keys()
    assert [(path, text) for path, text in found if path in LIMITS and not LIMITS[path][0] <= len(text) <= LIMITS[path][1]] == []
    assert re.fullmatch(r"#[0-9a-f]{6}", WAYS[way]["display_information"]["background_color"])
    assert json.loads(json.dumps(WAYS[way])) == WAYS[way]


def test_commands_come_from_the_table():
    """Each slash once, with what it gives; the hint names a verb of every group, and help."""
    entries = {one["command"]: one for one in WAYS["socket"]["features"]["slash_commands"]}
    assert list(entries) == list(dict.fromkeys(command.slash for command in COMMANDS))
    assert entries["/paper"]["description"] == "One paper by its name, title, id or link"
    assert entries["/paper"]["usage_hint"] == "LIBERO"
    hint = entries["/papers"]["usage_hint"].split(" | ")
    assert hint[0] == "rl"
    assert hint[-1] == "help"
    groups = {command.verb: command.group for command in COMMANDS if command.slash == "/papers" and command.verb != "help"}
    assert [groups[verb] for verb in hint[1:-1]] == list(dict.fromkeys(groups.values()))
    assert slash_commands(COMMANDS[:1], None) == [
        {"command": "/papers", "description": "Papers on a topic, by all its names", "usage_hint": "rl", "should_escape": False}
    ]


def test_every_event_has_its_scope_and_every_scope_its_reason():
    """Nothing is subscribed to without the right to, and nothing is asked for without a sentence why."""
    asked = WAYS["socket"]["oauth_config"]["scopes"]
    assert asked == {"bot": list(SCOPES)}
    assert {scope for scope in EVENTS.values() if scope} <= SCOPES.keys()
    assert all(re.fullmatch(r"To .{10,100}\.", why) for why in SCOPES.values())
    assert WAYS["http"]["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)


def test_shortcuts_are_the_two_we_answer():
    """One on a message, one everywhere."""
    shortcuts = WAYS["http"]["features"]["shortcuts"]
    assert [(one["type"], one["callback_id"]) for one in shortcuts] == [("message", ADD_PAPERS), ("global", FIND_PAPER)]


def test_socket_mode_names_no_address():
    """Slack reaches us through the socket; tokens do not rotate, since one is pasted."""
    settings = WAYS["socket"]["settings"]
    assert (settings["socket_mode_enabled"], settings["token_rotation_enabled"], settings["org_deploy_enabled"]) == (
        True,
        False,
        True,
    )
    assert not [text for _, text in texts(WAYS["socket"]) if "://" in text]
    assert "redirect_urls" not in WAYS["socket"]["oauth_config"]


@pytest.mark.parametrize("way", ["http", "many"])
def test_over_http_every_address_is_ours(way: str):
    """Events, interactivity, option loads and commands have one; only where many install is there a way back, and rotation."""
    settings = WAYS[way]["settings"]
    assert not settings["socket_mode_enabled"]
    assert settings["token_rotation_enabled"] == (way == "many")
    assert settings["event_subscriptions"]["request_url"] == f"{URL}/slack/events"
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": f"{URL}/slack/events",
        "message_menu_options_url": f"{URL}/slack/events",
    }
    assert {one["url"] for one in WAYS[way]["features"]["slash_commands"]} == {f"{URL}/slack/events"}
    back = [f"{URL}/slack/oauth_redirect"] if way == "many" else None
    assert WAYS[way]["oauth_config"].get("redirect_urls") == back
