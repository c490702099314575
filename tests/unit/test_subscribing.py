"""Subscribing, as conversations in a channel with real storage."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cards import Button, Buttons, Card, Row, join_spans
from bot.model import ChannelRef
from bot.muting import MOST_WORDS
from bot.subscribing import MOST
from bot.subscription import MONDAY_TO_FRIDAY
from bot.views.subscriptions import made_text
from tests.builders import HERE, Room

OTHER = ChannelRef(platform="web", workspace="team", channel="robotics")
FOREIGN = ChannelRef(platform="web", workspace="rivals", channel="papers")
LINE = "/papers subscribe rl weekdays 09:00 Europe/Berlin top 5"


def buttons(card: Card) -> dict[str, Button]:
    """The card's buttons by their labels."""
    rows = [e.button for e in card.elements if isinstance(e, Row)]
    return {one.label: one for one in (*rows, *(b for e in card.elements if isinstance(e, Buttons) for b in e.buttons))}


def test_a_line_subscribes_and_says_all_that_follows_from_it(room: Room):
    """The line, the next time, how much would come, who made it, and buttons that are commands."""
    (card,) = room.type(LINE).cards
    said = room.says("/papers subscriptions")
    assert card.title == "Subscribed: rl"
    assert {label: one.command for label, one in buttons(card).items()} == {
        "Preview": "/papers preview #1",
        "Change": "/papers subscribe #1",
        "Stop": "/papers unsubscribe #1",
    }
    (stored,) = room.rounds.subscriptions.of_channel(HERE)
    assert stored.wish.timing.days == MONDAY_TO_FRIDAY
    assert stored.next_at == datetime(2025, 12, 9, 8, tzinfo=UTC)  # 09:00 in Berlin is 08:00, which is not after now
    assert (stored.made_by, stored.made_at, stored.start_on) == ("ada", room.now, date(2025, 12, 8))
    assert "rl weekdays 09:00 Europe/Berlin top 5" in said
    assert "#1 · next Tue 09:00 Europe/Berlin · made by you on 8 Dec 2025" in said
    assert "made by ada on" in room.says("/papers subscriptions", user="bob")


def test_the_day_it_was_made_is_a_day_of_its_own_zone(room: Room):
    """Late in the evening of UTC it is the next day in Auckland, there and on every other line of the card."""
    room.type("/papers subscribe rl weekdays 09:00 Pacific/Auckland")
    (made,) = room.rounds.subscriptions.of_channel(HERE)
    late = replace(made, made_at=datetime(2025, 12, 8, 22, tzinfo=UTC))
    assert join_spans(made_text(late, "ada")) == "made by you on 9 Dec 2025"


def test_the_answer_counts_what_would_come(room: Room):
    """A query for some, for everything and for nothing is told apart at once."""
    assert "7 of 40 new papers match so far." in room.says(LINE)
    assert "40 new papers so far." in room.says("/papers subscribe daily 10:00 UTC")
    assert "None of 40 new papers match, and none of the last seven days." in room.says(
        "/papers subscribe quokka daily 10:00 UTC"
    )


def test_a_query_that_keeps_nothing_out_is_noticed(room: Room):
    """Everything matches: the answer says so."""
    assert "All 40 new papers match" in room.says("/papers subscribe (a | the | of | for | we | is | to | in) ; daily 10:00 UTC")


def test_the_zone_that_was_not_typed_is_named(room: Room):
    """The asker's own where the platform tells it, else the channel's newest subscription's, else the default."""
    assert "Time zone UTC: the default here." in room.says("/papers subscribe rl 09:00")
    room.type("/papers unsubscribe all")
    assert "Time zone Asia/Tokyo: your own." in room.says("/papers subscribe rl 09:00", zone="Asia/Tokyo")
    assert "Time zone Asia/Tokyo: as in this channel’s newest subscription." in room.says(
        "/papers subscribe icl 09:00", zone="UTC"
    )
    assert "Time zone" not in room.says("/papers subscribe robots 09:00 UTC")
    assert "Time zone" not in room.says("/papers subscribe #1 rl 10:00", zone="UTC")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "\x00", "../etc/passwd"])
def test_an_unknown_zone_of_a_platform_is_not_taken(room: Room, zone: str):
    """What a platform tells of a person's zone may be anything."""
    assert "Time zone UTC: the default here." in room.says("/papers subscribe rl 09:00", zone=zone)


def test_the_same_query_again_changes_it(room: Room):
    """A second subscribe says what is another thing now, and adds nothing."""
    room.type(LINE)
    said = room.says("/papers subscribe RL daily 10:30 Europe/Berlin top 5 quiet")
    assert "Subscription changed: RL" in said
    assert "Changed: rl → RL, weekdays → daily, 09:00 → 10:30, not quiet → quiet." in said
    assert "Nothing was changed." in room.says("/papers subscribe RL daily 10:30 Europe/Berlin top 5 quiet")
    assert len(room.rounds.subscriptions.of_channel(HERE)) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rl mention <@&77>", "Only Discord has “mention”"),
        ("rl publish", "Only Discord has “publish”"),
        ("rl mention @Robotics", "Only Discord has roles"),
        ("rl mention <!subteam^S123>", "Only Discord has roles"),
    ],
)
@pytest.mark.parametrize("platform", ["slack", "web", "terminal"])
def test_only_discord_has_roles_and_followers(room: Room, platform: str, line: str, said: str):
    """Elsewhere these words are refused, with what to do, and nothing is stored; their forms do not ask."""
    channel = ChannelRef(platform=platform, workspace="T1", channel="C1")
    refused = room.says(f"/papers subscribe {line}", channel=channel)
    assert said in refused
    assert "Nothing was changed." in refused
    assert room.rounds.subscriptions.of_channel(channel) == []
    form = room.type("/papers subscribe", channel=channel).form
    assert form is not None
    assert not {"mention", "publish"} & {field.name for field in form.inputs}


def test_in_a_direct_message_there_is_nobody_to_mention(room: Room):
    """A person's own space has no roles and no followers."""
    channel = ChannelRef(platform="discord", workspace="user:5", channel="6")
    assert "is for channels of a server" in room.says("/papers subscribe rl mention <@&77>", channel=channel)
    assert room.rounds.subscriptions.of_channel(channel) == []


def test_what_the_first_message_does_is_changed_and_shown(room: Room):
    """On Discord; each change is named, and a line without the words switches both off."""
    channel = ChannelRef(platform="discord", workspace="1", channel="2")
    made = room.says("/papers subscribe rl 09:00 UTC mention <@&77> publish", channel=channel)
    assert "First message: mentions 77, published to followers" in made
    assert "first message mentions 77, published to followers" in room.says("/papers subscriptions", channel=channel)
    changed = room.says("/papers subscribe rl 09:00 UTC", channel=channel)
    assert "Changed: mention <@&77> → mention nobody, publish → not published." in changed
    assert "irst message" not in changed.replace("the first message", "")


def test_more_settings_are_those_of_one_subscription(room: Room):
    """The only one, or the one that is named; a choice where there are several; words where there is none."""
    assert "This channel has no subscription" in room.says("/papers settings")
    room.type("/papers subscribe rl 09:00 UTC")
    form = room.type("/papers settings").form
    assert form is not None
    assert form.command == "/papers subscribe #1 rl ; weekdays 09:00 UTC"
    room.type("/papers subscribe icl 10:00 UTC")
    assert room.type("/papers settings").form is None
    assert "Which one is to change?" in room.says("/papers settings")
    assert room.type("/papers settings #2").form is not None
    assert "no subscription #9" in room.says("/papers settings #9")


def test_a_changed_line_without_a_zone_keeps_its_own(room: Room):
    """Another subscription of the channel, or the asker's own clock, does not move it."""
    room.type("/papers subscribe rl 09:00 Europe/Berlin")
    room.type("/papers subscribe icl 09:00 Asia/Tokyo")
    said = room.says("/papers subscribe rl 10:00", zone="America/New_York")
    assert "Changed: 09:00 → 10:00." in said
    assert "Time zone" not in said
    assert room.rounds.subscriptions.of_channel(HERE)[0].wish.timing.zone == "Europe/Berlin"


def test_a_numbered_one_can_have_another_query(room: Room):
    """`#1` names what is changed; a query the channel has already is refused."""
    room.type(LINE)
    assert "Changed: rl → robots" in room.says("/papers subscribe #1 robots weekdays 09:00 Europe/Berlin top 5")
    room.type("/papers subscribe rl 09:00 UTC")
    refused = room.says("/papers subscribe #1 rl 11:00 UTC")
    assert "Subscription #2 brings “rl” here already. Nothing was changed." in refused
    assert "This channel has no subscription #9. Nothing was changed." in room.says("/papers subscribe #9 rl")
    assert [one.wish.query for one in room.rounds.subscriptions.of_channel(HERE)] == ["robots", "rl"]


def test_a_change_after_todays_edition_posts_no_second_one_today(room: Room):
    """Today's edition is out at 09:00; moved to 15:00, the next one comes tomorrow."""
    room.type("/papers subscribe rl daily 09:00 UTC")
    room.now += timedelta(hours=2)
    assert len(room.post()) == 8
    assert "Next edition: Tue 15:00 UTC" in room.says("/papers subscribe rl daily 15:00 UTC")
    room.now += timedelta(hours=6)
    assert room.post() == []
    assert "Next edition: Wed 15:00" not in room.says("/papers subscribe rl daily 15:00 UTC")


def test_without_a_line_there_is_a_form_that_makes_one(room: Room):
    """The form's answers are a line that subscribes, also where the query ends in a setting's word."""
    form = room.type("/papers subscribe", zone="Europe/Berlin").form
    assert form is not None
    values = {one.name: one.value for one in form.inputs}
    assert (values["time"], values["zone"], values["channel"]) == ("09:00", "Europe/Berlin", "")
    assert [one.name for one in form.inputs] == ["query", "days", "time", "zone", "top", "layout", "channel"]
    command = form.fill({**values, "query": "rl daily", "days": "mon,wed,fri", "top": "top 20"})
    assert command == "/papers subscribe rl daily ; mon,wed,fri 09:00 Europe/Berlin top 20 layout thread"
    assert "Subscribed: rl daily" in room.says(command)
    assert "Subscribed: all papers" in room.says(form.fill(values))


def test_the_form_of_a_change_holds_what_there_is(room: Room):
    """Every setting is prefilled, so that sending the form as it is changes nothing."""
    room.type("/papers subscribe rl tue,sat 07:15 Asia/Kathmandu top 7 layout cards quiet within 6h")
    form = room.type("/papers subscribe #1").form
    assert form is not None
    same = form.fill({one.name: one.value for one in form.inputs})
    assert "Nothing was changed." in room.says(same)
    for field in form.inputs:
        assert not field.options or field.value in {value for _, value in field.options}


def test_who_may_not_configure_changes_nothing(room: Room):
    """Each command that changes something is refused with who can; those that show something are not."""
    room.type(LINE)
    for text in ("subscribe", "subscribe icl", "unsubscribe", "unsubscribe all", "resume", "mute survey", "unmute survey"):
        said = room.says(f"/papers {text}", may_configure=False)
        assert "Only people who may change this channel’s settings" in said
        assert "Nothing was changed." in said
    for text in ("subscriptions", "mute", "preview", "status", "why LIBERO"):
        assert "Only people" not in room.says(f"/papers {text}", may_configure=False)
    assert len(room.rounds.subscriptions.of_channel(HERE)) == 1


def test_a_channel_has_a_bounded_number(room: Room):
    """The one past the limit is refused with a way out."""
    for number in range(MOST):
        assert "Subscribed" in room.says(f"/papers subscribe topic{number} 09:00 UTC")
    said = room.says("/papers subscribe onemore 09:00 UTC")
    assert f"This channel has {MOST} subscriptions, and more are not possible. Nothing was changed." in said
    assert len(room.rounds.subscriptions.of_channel(HERE)) == MOST
    assert "Subscribed" in room.says("/papers subscribe onemore 09:00 UTC", channel=OTHER)


@pytest.mark.parametrize(
    "line",
    [
        "rl 25:00 UTC",
        "rl 09:00 Berlin/Europe",
        "rl wekdays 09:00",
        '"rl 09:00',
        "-rl 09:00",
        "rl top 500",
        "rl layout grid",
        "on:today",
    ],
)
def test_what_cannot_be_read_changes_nothing(room: Room, line: str):
    """Bad input is answered with what was wrong, that nothing was changed and a line that works."""
    reply = room.type(f"/papers subscribe {line}")
    assert reply.cards[0].title == "That did not work"
    assert "Nothing was changed." in room.says(f"/papers subscribe {line}")
    assert room.rounds.subscriptions.of_channel(HERE) == []


def test_outside_of_a_channel_nothing_can_be_subscribed(room: Room):
    """`paperround ask` has no channel."""
    from bot.app import answer_now
    from tests.builders import a_desk

    (card,) = answer_now(LINE, a_desk(room.library)).cards
    assert "Subscriptions belong to a channel. Nothing was changed." in str(card)


def test_the_only_one_stops_without_being_named(room: Room):
    """It is stopped once; the second time there is nothing, and the answer offers it again."""
    room.type(LINE)
    (card,) = room.type("/papers unsubscribe").cards
    assert card.title == "Stopped: rl"
    assert "no subscription" in room.says("/papers unsubscribe")
    assert "no subscription" in room.says("/papers unsubscribe #1")
    (again,) = buttons(card).values()
    assert "Subscribed: rl" in room.says(again.command)


def test_of_several_one_is_chosen(room: Room):
    """A list with a button each; a query, a number or all says which."""
    for query in ("rl", "icl", "robots", "2024"):
        room.type(f"/papers subscribe {query} ; 09:00 UTC")
    (card,) = room.type("/papers unsubscribe").cards
    commands = [e.button.command for e in card.elements if isinstance(e, Row)]
    assert commands == [f"/papers unsubscribe #{number}" for number in (1, 2, 3, 4)]
    assert "Stopped: icl" in room.says("/papers unsubscribe ICL")
    assert "Stopped: robots" in room.says("/papers unsubscribe 3")
    assert "Stopped: 2024" in room.says("/papers unsubscribe 2024")
    assert "This channel has no subscription vision. Nothing was changed." in room.says("/papers unsubscribe vision")
    assert "Stopped: rl" in room.says("/papers unsubscribe all")
    assert room.rounds.subscriptions.of_channel(HERE) == []


def test_a_number_of_another_channel_is_out_of_reach(room: Room):
    """Numbers are counted over all workspaces, but only this channel's can be stopped, changed or looked at."""
    room.type(LINE, channel=FOREIGN)
    room.type("/papers subscribe icl 09:00 UTC")
    for text in ("unsubscribe #1", "subscribe #1 robots", "resume #1", "preview #1"):
        assert "no subscription #1" in room.says(f"/papers {text}")
    (theirs,) = room.rounds.subscriptions.of_channel(FOREIGN)
    assert theirs.wish.query == "rl"


def test_all_of_the_workspace_is_for_its_admins(room: Room):
    """Admins see every channel of their workspace and of no other."""
    room.type(LINE)
    room.type("/papers subscribe robots 09:00 UTC", channel=OTHER)
    room.type("/papers subscribe secret 09:00 UTC", channel=FOREIGN)
    said = room.says("/papers subscriptions all")
    assert "2 subscriptions in this workspace" in said
    assert "robotics" in said
    assert "secret" not in said
    refused = room.says("/papers subscriptions all", is_admin=False)
    assert "Only admins" in refused
    assert "robots" not in refused


def test_a_paused_one_says_why_and_runs_again(room: Room):
    """The list has the reason and the button; resuming gives a next time; then none is paused."""
    room.type(LINE)
    room.rounds.subscriptions.pause_channel(HERE, "The channel was archived.")
    (card,) = room.type("/papers subscriptions").cards
    assert "paused: The channel was archived." in room.says("/papers subscriptions")
    assert buttons(card)["Resume"].command == "/papers resume #1"
    assert "none while paused" not in room.says("/papers resume")
    (stored,) = room.rounds.subscriptions.of_channel(HERE)
    assert stored.next_at is not None
    assert stored.paused == ""
    assert "No subscription of this channel is paused. Nothing was changed." in room.says("/papers resume")


def test_subscribing_again_resumes(room: Room):
    """The line that the maker of a paused one is told to type works."""
    room.type(LINE)
    room.rounds.subscriptions.pause_channel(HERE, "The channel was archived.")
    assert "It was paused and runs again." in room.says(LINE)


def test_one_that_was_stopped_meanwhile_is_not_changed(room: Room, monkeypatch: pytest.MonkeyPatch):
    """Somebody stops it between reading and writing."""
    room.type(LINE)
    read = room.rounds.subscriptions.of_channel(HERE)
    room.type("/papers unsubscribe")
    monkeypatch.setattr(type(room.rounds.subscriptions), "of_channel", lambda _self, _channel: read)
    assert "was stopped meanwhile. Nothing was changed." in room.says("/papers subscribe rl 10:00 UTC")


def test_words_are_muted_listed_and_let_in_again(room: Room):
    """Case does not matter; the list has a button for each word."""
    assert "No word is muted" in room.says("/papers mute")
    assert "Papers with “vision language” are kept out" in room.says('/papers mute "Vision  Language"')
    assert "was muted here already" in room.says("/papers mute VISION LANGUAGE")
    (card,) = room.type("/papers mute").cards
    (button,) = buttons(card).values()
    assert button.command == "/papers unmute vision language"
    assert "Muted here: vision language" not in room.says("/papers mute", channel=OTHER)
    room.type(LINE)
    assert "Muted here: vision language" in room.says("/papers subscriptions")
    assert "may come here again" in room.says(button.command)
    assert "is not muted here. Nothing was changed." in room.says(button.command)


def test_muted_words_are_bounded(room: Room):
    """Their length and their number."""
    assert "Nothing was changed." in room.says("/papers mute " + "x" * 41)
    assert "Nothing was changed." in room.says("/papers mute !!!")
    for number in range(MOST_WORDS):
        room.type(f"/papers mute word{number}")
    said = room.says("/papers mute onemore")
    assert "“onemore” was not muted" in said
    (card,) = room.type("/papers mute").cards
    assert all(len(e.buttons) <= 25 for e in card.elements if isinstance(e, Buttons))
    assert len(buttons(card)) == MOST_WORDS


def test_a_muted_word_wins_over_a_subscription(room: Room):
    """The paper does not come, and `why` names the word."""
    room.type("/papers subscribe rl daily 09:00 UTC")
    room.type("/papers mute soft adaptive")
    room.now += timedelta(hours=2)
    assert "Soft Adaptive Policy Optimization" not in room.post()
    assert "“soft adaptive”, which was muted" in room.says("/papers why Soft Adaptive Policy Optimization")


def test_before_the_first_digest_it_begins_today(room: Room):
    """No digest was issued up to that day: papers count from the day on which it was made."""
    room.now = datetime(2025, 12, 1, 8, tzinfo=UTC)
    room.type(LINE)
    (stored,) = room.rounds.subscriptions.of_channel(HERE)
    assert stored.start_on == date(2025, 12, 1)
