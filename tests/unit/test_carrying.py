"""Subscriptions as lines, out and in."""

from bot.carrying import lines_of, take_lines_in
from tests.builders import Room

LINES = [
    "discord:1/2 rl weekdays 09:00 UTC mention <@&77> publish",
    "slack:T1/C2 daily 18:30 UTC",
    "web:team/papers rl weekdays 09:00 Europe/Berlin top 5 quiet",
]


def test_what_is_written_out_can_be_taken_in(room: Room):
    """The same lines come out again, and taking them in twice changes nothing."""
    assert take_lines_in([*LINES, "", "# a remark"], room.desk()) == (3, [])
    stored = room.desk().rounds
    assert stored is not None
    assert lines_of(stored.subscriptions.all(limit=9)) == LINES
    assert take_lines_in(LINES, room.desk()) == (3, [])
    assert lines_of(stored.subscriptions.all(limit=9)) == LINES


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_taken(room: Room):
    """With its number and what is wrong."""
    taken, misread = take_lines_in(["rl weekdays", LINES[2], "web:team/papers rl 25:00"], room.desk())
    assert (taken, [one.number for one in misread]) == (1, [1, 3])
    assert "a channel and what it gets" in misread[0].why
    assert "25:00" in misread[1].why


def test_only_discord_has_a_role_to_mention_and_followers(room: Room):
    """A line for another platform that says so is named, and so is everyone as the role."""
    lines = ["slack:T1/C2 rl mention <@&77>", "web:team/papers rl publish", "discord:1/2 rl mention <@&1>"]
    taken, misread = take_lines_in(lines, room.desk())
    assert taken == 0
    assert ["Only Discord has “mention”" in misread[0].why, "Only Discord has “publish”" in misread[1].why] == [True, True]
    assert "never mentions @everyone" in misread[2].why
    assert room.rounds.subscriptions.all(limit=9) == []


def test_lines_are_cleaned_as_typed_ones_are_and_a_platform_must_exist(room: Room):
    """No control character is stored, and nothing is subscribed that no process could deliver."""
    taken, misread = take_lines_in(["web:team/papers \u202erl\x00 weekdays 09:00 UTC", "foo:a/b rl daily 09:00 UTC"], room.desk())
    assert (taken, [one.number for one in misread]) == (1, [2])
    assert "foo" in misread[0].why
    assert lines_of(room.rounds.subscriptions.all(limit=9)) == ["web:team/papers rl weekdays 09:00 UTC"]
