"""Commands in Slack, over HTTP: acknowledged at once, answered to the asker alone, whatever goes wrong on the way."""

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.wire.slack_room import command_payload, control, slack_room, words
from tests.wire.slack_server import CLOSED, HANGING, Answer, broken, error, ok, rate_limited


async def test_a_topic_is_answered_to_the_asker_alone(tmp_path: Path):
    """`/papers rl` is acknowledged with nothing and answered over the response URL, for nobody else to see."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (answer,) = await room.answers()
        assert answer["response_type"] == "ephemeral"
        assert answer["replace_original"] is False
        assert "Papers: rl" in words(answer)
        assert "best match first" in words(answer)


async def test_a_paper_is_looked_up_by_name(tmp_path: Path):
    """`/paper LIBRO` finds LIBERO and says so."""
    async with slack_room(tmp_path) as room:
        await room.type("/paper LIBRO")
        (answer,) = await room.answers()
        assert "Closest: LIBERO" in words(answer)


async def test_an_empty_library_says_so(tmp_path: Path):
    """Before the first digest a command explains what is missing."""
    async with slack_room(tmp_path, sample=False) as room:
        await room.type("/papers")
        (answer,) = await room.answers()
        assert "No papers yet" in words(answer)


async def test_slow_work_comes_after_the_acknowledgement(tmp_path: Path):
    """Slack hears within a blink even while its own API hangs."""
    async with slack_room(tmp_path) as room:
        room.slack.always("users.info", HANGING)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await room.type("/papers subscribe rl weekdays 09:00")
        assert loop.time() - begun < 1.0


async def test_entities_of_slack_are_read_as_typed(tmp_path: Path):
    """Slack sends `&amp;` for `&`; the answer speaks of `&`."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers qqqq &amp; zzzz &lt;tag&gt;")
        (answer,) = await room.answers()
        assert "qqqq & zzzz <tag>" in answer["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(
    "command", ["/papers", "/papers help", "/papers today", "/papers saved", "/papers status", "/papers why LIBERO"]
)
async def test_every_kind_of_question_is_answered(tmp_path: Path, command: str):
    """Whatever is asked, one answer comes and it is for the asker."""
    async with slack_room(tmp_path) as room:
        await room.type(command)
        (answer, *_) = await room.answers()
        assert answer["response_type"] == "ephemeral"


async def test_a_spent_response_url_is_answered_in_the_channel_to_the_asker(tmp_path: Path):
    """After 30 minutes the response URL is gone: then it is said in the channel, to them alone."""
    async with slack_room(tmp_path) as room:
        room.slack.always("/response/one", Answer(status=404, body={"ok": False, "error": "expired_url"}))
        await room.type("/paper LIBERO")
        (call,) = await room.calls("chat.postEphemeral")
        assert call.payload["channel"] == "C1"
        assert call.payload["user"] == "U1"
        assert "LIBERO" in words(call.payload)


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com.evil.example/x", "http://hooks.slack.com/x", "https://evil.example/x", "x"]
)
async def test_an_answer_is_sent_to_slack_and_nowhere_else(tmp_path: Path, url: str):
    """An address for the answer that is not one of Slack's over TLS is not used; it is said in the channel instead."""
    async with slack_room(tmp_path) as room:
        await room.request(urlencode(command_payload("/paper LIBERO", response_url=url)))
        (call,) = await room.calls("chat.postEphemeral")
        assert "LIBERO" in words(call.payload)
        assert not room.adapter._api.is_slacks(url)
        assert room.adapter._api.is_slacks("https://hooks.slack.com/commands/1")


async def test_where_we_are_not_in_the_channel_a_direct_message_comes(tmp_path: Path):
    """The last way is the conversation with the person."""
    async with slack_room(tmp_path) as room:
        room.slack.always("/response/one", broken(500))
        room.slack.always("chat.postEphemeral", error("not_in_channel"))
        await room.type("/paper LIBERO")
        (call,) = await room.calls("chat.postMessage")
        assert call.payload["channel"] == "U1"


async def test_a_connection_that_breaks_does_not_end_the_listener(tmp_path: Path):
    """With every way closed the answer is given up, and the next command is answered as ever."""
    async with slack_room(tmp_path) as room:
        room.slack.script("/response/one", CLOSED)
        room.slack.script("chat.postEphemeral", error("channel_not_found"))
        room.slack.script("chat.postMessage", error("user_not_found"))
        await room.type("/paper LIBERO")
        await room.calls("chat.postMessage")
        await room.type("/paper LIBERO")
        assert len(await room.answers(2)) == 2


async def test_the_same_command_delivered_twice_is_answered_once(tmp_path: Path):
    """A delivery with the same trigger is the same act."""
    async with slack_room(tmp_path) as room:
        body = urlencode(command_payload("/paper LIBERO", response_url=room.slack.response_url()))
        await asyncio.gather(room.request(body), room.request(body))
        await room.type("/papers help")
        answers = await room.answers(2)
        assert sorted("What you can type" in words(answer) for answer in answers) == [False, True]


async def test_subscribing_says_what_will_come(tmp_path: Path):
    """The zone is the person's own, and the subscription is stored for that channel of that workspace."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "Subscribed: rl" in words(answer)
        assert "Europe/Berlin" in words(answer)
        (stored,) = room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9)
        assert (stored.channel.channel, stored.made_by) == ("C1", "U1")


async def test_without_a_line_a_form_opens(tmp_path: Path):
    """`/papers subscribe` opens a modal that knows its channel."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe")
        (call,) = await room.calls("views.open")
        assert call.payload["trigger_id"].startswith("trigger-")
        assert '"channel":"C1"' in call.payload["view"]["private_metadata"]


async def test_a_form_that_is_too_late_becomes_a_button(tmp_path: Path):
    """Where the trigger has expired, a button opens the form anew."""
    async with slack_room(tmp_path) as room:
        room.slack.script("views.open", error("expired_trigger_id"))
        await room.type("/papers subscribe")
        (answer,) = await room.answers()
        await room.press(control(answer, "Open the form"))
        assert len(await room.calls("views.open", 2)) == 2


async def test_a_public_channel_that_we_are_not_in_is_joined_when_asked(tmp_path: Path):
    """Nothing is stored until we are in; one button joins and goes on."""
    async with slack_room(tmp_path) as room:
        outside = {"id": "C1", "is_member": False, "is_private": False}
        room.slack.script("conversations.info", ok(channel=outside))
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "not in this channel yet" in words(answer)
        assert room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9) == []
        await room.press(control(answer, "Join and go on"))
        await room.calls("conversations.join")
        assert "Subscribed: rl" in words((await room.answers(2))[1])


async def test_a_private_channel_needs_an_invitation(tmp_path: Path):
    """A private channel is unknown to those outside: the answer says `/invite`."""
    async with slack_room(tmp_path) as room:
        room.slack.script("conversations.info", error("channel_not_found"))
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "/invite @Paper Round" in words(answer)
        await room.press(control(answer, "Try again"))
        assert "Subscribed: rl" in words((await room.answers(2))[1])


async def test_an_archived_channel_takes_no_subscription(tmp_path: Path):
    """It says so, and nothing is stored."""
    async with slack_room(tmp_path) as room:
        room.slack.always("conversations.info", ok(channel={"id": "C1", "is_member": True, "is_archived": True}))
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "archived" in words(answer)
        assert room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9) == []


async def test_a_guest_of_the_workspace_may_not_subscribe(tmp_path: Path):
    """A guest account reads and searches, but changes nothing."""
    async with slack_room(tmp_path) as room:
        room.slack.always("users.info", ok(user={"id": "U1", "team_id": "T1", "is_restricted": True}))
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "Only people who may change" in words(answer)
        assert room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9) == []


async def test_where_slack_does_not_say_who_asks_nothing_is_changed(tmp_path: Path):
    """Rights that cannot be looked up are no rights."""
    async with slack_room(tmp_path) as room:
        room.slack.always("users.info", broken(503))
        await room.type("/papers subscribe rl weekdays 09:00")
        (answer,) = await room.answers()
        assert "Slack did not take it" in words(answer)
        assert room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9) == []


async def test_a_rate_limit_on_the_way_is_waited_out(tmp_path: Path):
    """Asking who somebody is waits as long as Slack says, once."""
    async with slack_room(tmp_path) as room:
        room.slack.script("users.info", rate_limited(1))
        await room.type("/papers status")
        (answer,) = await room.answers()
        assert len(room.slack.of("users.info")) == 2
        assert "did not work" not in words(answer)


async def test_a_file_is_sent_to_the_asker(tmp_path: Path):
    """`/papers export` uploads the file into the person's conversation with us."""
    async with slack_room(tmp_path) as room:
        upload = room.slack.url.replace("/api/", "/upload/1")
        room.slack.always("files.getUploadURLExternal", ok(upload_url=upload, file_id="F1"))
        room.slack.always("chat.postMessage", lambda call: ok(channel="D1", ts="1765180800.000001"))
        await room.type("/papers export bibtex rl")
        (done,) = await room.calls("files.completeUploadExternal")
        assert done.payload["channel_id"] == "D1"
        (uploaded,) = room.slack.of("/upload/1")
        assert uploaded.method == "/upload/1"


async def test_the_bot_token_goes_to_the_web_api_and_nowhere_else(tmp_path: Path):
    """A response URL is called without a token."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers status")
        await room.answers()
        assert [call.token for call in room.slack.of("/response/one")] == [""]
        assert {call.token for call in room.slack.of("users.info")} == {"xoxb-very-secret-0002"}
