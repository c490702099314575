"""Discord's commands: what is registered, and the line that each invocation stands for."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.commands import (
    ADD_THESE,
    FIND_HERE,
    SLASHES,
    Asked,
    read_command,
    verbs,
)
from adapters.discord.completing import choices, line_to_complete
from adapters.discord.manifest import changed, manifest
from bot.commands import COMMANDS, MAX_CHARS
from bot.completion import Completion
from bot.subscribe_line import read_wish

LATER = {"import"}
"""Verbs that another part of the engine brings."""


def asked(path: str, focused: str = "", **given_options: Any) -> Asked:  # noqa: ANN401 - as Discord sends it
    """A slash command with these options, as Discord sends it."""
    name, _, sub = path.partition(" ")
    options: list[dict[str, Any]] = [
        {"name": key, "type": 3, "value": value, **({"focused": True} if key == focused else {})}
        for key, value in given_options.items()
    ]
    data = {"name": name, "type": 1, "options": [{"name": sub, "type": 1, "options": options}] if sub else options}
    read = read_command(data)
    assert read is not None
    return read


def every_option(command: dict[str, Any]) -> list[dict[str, Any]]:
    """A command's options, those of its subcommands too."""
    return [one for option in command.get("options", []) for one in (option, *every_option(option))]


def test_the_commands_are_those_of_the_issue():
    """`/papers`, `/paper`, `/round` with its ten, and two in a message's menu."""
    names = {command["name"]: command for command in manifest()}
    assert set(names) == {"papers", "paper", "round", FIND_HERE, ADD_THESE}
    wanted = "subscribe unsubscribe subscriptions preview status why import export saved help".split()
    assert [one["name"] for one in names["round"]["options"]] == wanted


def test_every_verb_is_a_command_of_the_engine():
    """No subcommand stands for a verb that nothing answers."""
    assert set(verbs()) <= {command.verb for command in COMMANDS} | LATER


def test_commands_keep_discords_limits():
    """Names, descriptions, numbers of options and choices, required ones first, 8,000 characters a command."""
    for command in manifest():
        assert 1 <= len(command["name"]) <= 32
        if command["type"] != 1:
            continue
        options = [command, *every_option(command)]
        assert all(1 <= len(one["description"]) <= 100 for one in options)
        assert all(len(one.get("options", [])) <= 25 and len(one.get("choices", [])) <= 25 for one in options)
        assert all(one["name"].islower() and 1 <= len(one["name"]) <= 32 for one in options)
        for one in options:
            required = [bool(option.get("required")) for option in one.get("options", []) if option["type"] != 1]
            assert required == sorted(required, reverse=True)
            names = [option["name"] for option in one.get("options", [])]
            assert len(names) == len(set(names))
        values = [text for one in options for choice in one.get("choices", []) for text in (choice["name"], str(choice["value"]))]
        assert sum(len(one["name"]) + len(one["description"]) for one in options) + sum(map(len, values)) <= 8_000


def test_what_configures_is_for_those_who_manage_channels():
    """`/round` holds what changes a channel's posts; looking papers up is for everybody, everywhere."""
    for command in manifest():
        assert command.get("default_member_permissions") == ("16" if command["name"] == "round" else None)
        assert command["contexts"] == [0, 1, 2]
        assert command["integration_types"] == [0, 1]


def test_what_discord_has_otherwise_is_told():
    """Each word that people see counts, and what is left of an older version; what Discord adds does not."""
    there = [{**one, "id": "1", "version": "2", "dm_permission": True} for one in manifest()]
    assert changed(there) == []
    assert changed([*there, {"name": "launch", "type": 4}]) == []  # the entry point of an activity is not ours
    assert changed(there[1:]) == ["papers"]
    assert changed([{**there[0], "description": "Old words"}, *there[1:]]) == ["papers"]
    assert changed([*there, {"name": "roundup", "type": 1}]) == ["roundup"]
    assert changed([]) == [one["name"] for one in manifest()]


@pytest.mark.parametrize(
    ("path", "options", "line"),
    [
        ("papers", {}, "/papers"),
        ("papers", {"query": "rl", "since": "2025-06", "sort": "new"}, "/papers rl since:2025-06 sort:new"),
        ("paper", {"name": " LIBERO\n"}, "/paper LIBERO"),
        ("round subscribe", {}, "/papers subscribe"),
        ("round subscribe", {"query": "rl -survey"}, "/papers subscribe rl -survey"),
        ("round subscribe", {"quiet": False, "publish": False}, "/papers subscribe"),
        ("round subscribe", {"query": "rl", "mention": "5"}, "/papers subscribe rl ; mention <@&5>"),
        ("round unsubscribe", {"which": "#3"}, "/papers unsubscribe #3"),
        ("round subscriptions", {"everywhere": True}, "/papers subscriptions all"),
        ("round subscriptions", {"everywhere": False}, "/papers subscriptions"),
        ("round preview", {"which": "7"}, "/papers preview 7"),
        ("round status", {}, "/papers status"),
        ("round why", {"name": "LIBERO"}, "/papers why LIBERO"),
        ("round import", {"file": "9"}, "/papers import"),
        ("round export", {"format": "bibtex", "query": "saved"}, "/papers export bibtex saved"),
        ("round saved", {}, "/papers saved"),
        ("round help", {}, "/papers help"),
    ],
)
def test_options_make_the_line_a_person_could_type(path: str, options: dict[str, Any], line: str):
    """Every command is one line of text, whatever was chosen in which field."""
    assert asked(path, **options).line == line


def test_a_subscription_of_all_options_reads_back_as_meant():
    """Each field of `/round subscribe` ends in the wish that is stored, even where the query is a word such as "daily"."""
    options = {
        "query": "daily",
        "days": "mon,wed",
        "time": "7:30",
        "zone": "Europe/Berlin",
        "top": 5,
        "layout": "cards",
        "quiet": True,
        "mention": "42",
        "publish": True,
    }
    line = asked("round subscribe", **options).line
    wish = read_wish(line.removeprefix("/papers subscribe "), zone="UTC", today=date(2025, 12, 8))
    assert (wish.query, wish.top, wish.layout, wish.quiet) == ("daily", 5, "cards", True)
    assert (wish.mention, wish.publish) == ("42", True)
    assert (wish.timing.days, wish.timing.at, wish.timing.zone) == ((0, 2), time(7, 30), "Europe/Berlin")


def test_settings_without_a_query_are_for_all_papers():
    """A time alone is no topic."""
    line = asked("round subscribe", time="09:00").line
    assert read_wish(line.removeprefix("/papers subscribe "), zone="UTC", today=date(2025, 12, 8)).query == ""


def test_a_command_of_another_version_is_none_of_ours():
    """What was registered by an older version and is gone is told from ours."""
    assert read_command({"name": "roundup", "type": 1}) is None
    assert read_command({"name": "round", "type": 1, "options": [{"name": "dance", "type": 1}]}) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.text(max_size=600))
def test_no_option_breaks_out_of_its_line(query: str, zone: str):
    """Line breaks and other unseen characters in an option never make a second command."""
    for line in (asked("papers", query=query).line, asked("round subscribe", query=query, zone=zone).line):
        assert "\n" not in line
        assert line.startswith("/papers")
        assert len(line) < MAX_CHARS


def test_what_is_typed_is_completed_behind_its_line():
    """The option being typed says which line is completed; one without completions none."""
    assert line_to_complete(asked("paper", focused="name", name="LIB")) == "/paper LIB"
    assert line_to_complete(asked("round why", focused="name", name="LIB")) == "/papers why LIB"
    assert (
        line_to_complete(asked("round subscribe", focused="zone", query="rl", zone="ber")) == "/papers subscribe daily 09:00 ber"
    )
    assert line_to_complete(asked("round subscribe", focused="days", days="w")) == ""


def test_choices_are_values_of_the_option_alone():
    """The line's beginning is taken off again; verbs are kept out of a subscription's topic."""
    found = [
        Completion("/papers similar ", "/papers similar", "papers like it"),
        Completion("/papers rl", "rl", "topic"),
        Completion("/papers rl", "rl", "again"),
    ]
    assert choices(asked("papers", focused="query", query="r"), found) == [
        ("/papers similar · papers like it", "similar"),
        ("rl · topic", "rl"),
    ]
    assert choices(asked("round subscribe", focused="query", query="r"), found) == [("rl · topic", "rl")]


def test_days_and_times_are_offered_and_what_is_typed_stays():
    """A field with usual answers takes others too."""
    assert choices(asked("round subscribe", focused="days", days="we"), []) == [
        ("weekdays", "weekdays"),
        ("weekends", "weekends"),
        ("we", "we"),
    ]
    assert next(value for _, value in choices(asked("round subscribe", focused="time", time=""), [])) == "07:00"


@given(
    st.lists(st.tuples(st.text(max_size=300), st.text(max_size=200), st.text(max_size=200)), max_size=60), st.text(max_size=300)
)
def test_no_completion_breaks_a_limit(found: list[tuple[str, str, str]], typed: str):
    """At most 25 choices, each name and value 1 to 100 characters, each value once, for any title."""
    completions = [Completion(f"/paper {value}", label, hint) for value, label, hint in found]
    for question in (asked("paper", focused="name", name=typed), asked("round subscribe", focused="time", time=typed)):
        offered = choices(question, completions)
        assert len(offered) <= 25
        assert all(1 <= len(text) <= 100 for choice in offered for text in choice)
        assert len({value for _, value in offered}) == len(offered)


def test_every_slash_command_says_what_its_options_are():
    """No description is only its name."""
    for slash in SLASHES:
        assert all(len(option.gives) > len(option.name) + 3 for option in slash.options)
