"""Mentions, direct messages and what Slack tells of channels and workspaces; requests that are not Slack's."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from bot.model import ChannelRef
from tests.wire.slack_room import BOT_TOKEN, command_payload, slack_room, words
from tests.wire.slack_server import Answer, ok

FORGED = "guessed"


def mention(text: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the event
    """Somebody writes to us in channel C1."""
    return {"type": "app_mention", "user": "U1", "text": f"<@UBOT> {text}", "ts": "5.5", "channel": "C1", **fields}


def direct(text: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the event
    """Somebody writes to us alone."""
    return {"type": "message", "channel_type": "im", "user": "U1", "text": text, "ts": "6.6", "channel": "D1", **fields}


async def test_a_mention_is_answered_in_its_thread(tmp_path: Path):
    """`@Paper Round LIBERO` brings the paper into the thread, where slash commands do not work."""
    async with slack_room(tmp_path) as room:
        await room.event(mention("LIBERO", thread_ts="1.1"))
        (call,) = await room.calls("chat.postMessage")
        assert (call.payload["channel"], call.payload["thread_ts"]) == ("C1", "1.1")
        assert "LIBERO: Benchmarking Knowledge Transfer" in words(call.payload)
        assert not call.payload.get("reply_broadcast")


async def test_a_topic_may_be_mentioned_too(tmp_path: Path):
    """The word rl is a topic, so a list comes, under the message itself."""
    async with slack_room(tmp_path) as room:
        await room.event(mention("rl"))
        (call,) = await room.calls("chat.postMessage")
        assert call.payload["thread_ts"] == "5.5"
        assert "Papers: rl" in words(call.payload)


async def test_what_configures_is_answered_to_the_asker_alone(tmp_path: Path):
    """A mention that subscribes is nobody else's business."""
    async with slack_room(tmp_path) as room:
        await room.event(mention("subscribe rl weekdays 09:00"))
        (call,) = await room.calls("chat.postEphemeral")
        assert (call.payload["user"], call.payload["thread_ts"]) == ("U1", "5.5")
        assert "Subscribed: rl" in words(call.payload)


async def test_a_form_cannot_open_from_a_mention_but_its_button_can(tmp_path: Path):
    """Without a trigger a button is offered."""
    async with slack_room(tmp_path) as room:
        await room.event(mention("subscribe"))
        (call,) = await room.calls("chat.postEphemeral")
        assert "Open the form" in words(call.payload)


async def test_a_bare_mention_gets_help(tmp_path: Path):
    """Just the name is a question too."""
    async with slack_room(tmp_path) as room:
        await room.event(mention(""))
        (call,) = await room.calls("chat.postMessage")
        assert "What you can type" in words(call.payload)


async def test_an_event_that_is_delivered_again_is_answered_once(tmp_path: Path):
    """Slack retries with the same id and a retry header; both are acknowledged."""
    async with slack_room(tmp_path) as room:
        again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
        for headers in ({}, again, again):
            response = await room.event(mention("LIBERO"), event_id="Ev-same", headers=headers)
            assert response.status == 200
        await room.calls("chat.postMessage")
        await room.type("/papers help")
        await room.answers()
        assert len(room.slack.of("chat.postMessage")) == 1


async def test_two_processes_answer_a_repeated_event_once(tmp_path: Path):
    """The retry may reach another replica: the database tells it that the event was taken."""
    async with slack_room(tmp_path) as room:
        notes, now = room.app.notes, room.app.clock()
        assert notes.first("slack:e:Ev-elsewhere", now.replace(hour=23), now) is True
        await room.event(mention("LIBERO"), event_id="Ev-elsewhere")
        await room.type("/papers help")
        await room.answers()
        assert room.slack.of("chat.postMessage") == []


async def test_a_direct_message_is_answered_there(tmp_path: Path):
    """Words alone are enough, and the answer is a message of the conversation."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("libero"))
        (call,) = await room.calls("chat.postMessage")
        assert call.payload["channel"] == "D1"
        assert "LIBERO: Benchmarking" in words(call.payload)


async def test_our_own_messages_are_not_answered(tmp_path: Path):
    """Nor edits, nor those of other bots: no loop."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("libero", bot_id="B1"))
        await room.event(direct("libero", subtype="message_changed"))
        await room.event({**direct("libero"), "channel_type": "channel", "channel": "C1"})
        await room.event(direct("help"))
        (call,) = await room.calls("chat.postMessage")
        assert "What you can type" in words(call.payload)


async def test_several_lines_to_us_alone_are_papers_to_add(tmp_path: Path):
    """A pasted list needs no command."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("Look:\nA Fresh Look at Pelicans\n<https://arxiv.org/abs/2511.99999>\n"))
        (call,) = await room.calls("chat.postMessage")
        assert "Undo" in words(call.payload)


async def test_a_file_to_us_alone_is_taken_in(tmp_path: Path):
    """The file is fetched from Slack with our token, and from nowhere else."""
    async with slack_room(tmp_path) as room:
        url = room.slack.url.replace("/api/", "/files/list.txt")
        room.slack.always("/files/list.txt", Answer(body="A Fresh Look at Pelicans\nhttps://arxiv.org/abs/2511.99999\n"))
        files = [{"name": "list.txt", "size": 60, "url_private_download": url}]
        await room.event(direct("", subtype="file_share", files=files))
        (call,) = await room.calls("chat.postMessage")
        assert "Undo" in words(call.payload)
        assert room.slack.of("/files/list.txt")[0].token == BOT_TOKEN


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"name": "papers.pdf", "size": 9, "url_private_download": "https://files.slack.com/x"}, "no text file"),
        ({"name": "papers.txt", "size": 9_000_000, "url_private_download": "https://files.slack.com/x"}, "larger than 2 MB"),
        ({"name": "papers.txt", "size": 9, "url_private_download": "https://evil.example/x"}, "does not lie on Slack"),
        ({"name": "papers.txt", "size": 9, "url_private_download": "https://slack.com.evil.example/x"}, "does not lie on Slack"),
    ],
)
async def test_a_file_that_is_not_taken_says_why(tmp_path: Path, file: dict[str, Any], why: str):
    """A picture, a huge file, a file elsewhere: nothing is fetched, and our token goes nowhere."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("", subtype="file_share", files=[file]))
        (call,) = await room.calls("chat.postMessage")
        assert why in words(call.payload)


async def test_a_file_that_is_larger_than_it_says_is_not_taken(tmp_path: Path):
    """The size is counted while it is read."""
    async with slack_room(tmp_path) as room:
        room.slack.always("/files/list.txt", Answer(body="x" * 3_000_000))
        url = room.slack.url.replace("/api/", "/files/list.txt")
        await room.event(direct("", subtype="file_share", files=[{"name": "list.txt", "size": 60, "url_private_download": url}]))
        (call,) = await room.calls("chat.postMessage")
        assert "larger than 2 MB" in words(call.payload)


async def test_somebody_of_another_company_sees_nothing_of_the_workspace(tmp_path: Path):
    """In a shared channel they search public papers; what the workspace set up or pasted stays its own."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("Look:\nA Fresh Look at Pelicans\n<https://arxiv.org/abs/2511.99999>\n"))
        await room.calls("chat.postMessage")
        room.slack.always("users.info", ok(user={"id": "U9", "team_id": "T9", "is_stranger": True}))
        shared = {"is_ext_shared_channel": True}
        await room.event(mention("Pelicans", user="U9", user_team="T9"), **shared)
        await room.event(mention("subscriptions", user="U9", user_team="T9"), **shared)
        public = (await room.calls("chat.postMessage", 2))[1]
        assert "Fresh Look" not in words(public.payload)
        (private,) = await room.calls("chat.postEphemeral")
        assert "Only members of this workspace" in words(private.payload)


async def test_in_a_channel_that_others_read_even_a_member_shares_public_papers_only(tmp_path: Path):
    """What is answered for all to see holds nothing private; what is answered to the member alone does."""
    async with slack_room(tmp_path) as room:
        await room.event(direct("Look:\nA Fresh Look at Pelicans\n<https://arxiv.org/abs/2511.99999>\n"))
        await room.calls("chat.postMessage")
        room.slack.always("conversations.info", ok(channel={"id": "C1", "is_member": True, "is_ext_shared": True}))
        await room.event(mention("Pelicans"), is_ext_shared_channel=True)
        public = (await room.calls("chat.postMessage", 2))[1]
        assert "Fresh Look" not in words(public.payload)
        await room.type("/paper Pelicans")
        (answer,) = await room.answers()
        assert "Fresh Look" in words(answer)
        share = {"type": "button", "action_id": "share:0", "value": "/paper Pelicans"}
        await room.press(share)
        posted = (await room.calls("chat.postMessage", 3))[2]
        assert "Fresh Look" not in words(posted.payload)


async def test_a_channel_that_becomes_shared_is_remembered(tmp_path: Path):
    """Editions there hold public papers only from then on."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe rl weekdays 09:00")
        await room.answers()
        await room.event({"type": "channel_shared", "channel": "C1", "connected_team_id": "T9"})
        channel = ChannelRef(platform="slack", workspace="T1", channel="C1")
        for _ in range(50):
            (one,) = room.app.rounds.subscriptions.of_channel(channel)
            if one.shared:
                break
            await asyncio.sleep(0.02)
        assert one.shared


async def test_a_removed_app_pauses_the_workspace(tmp_path: Path):
    """`app_uninstalled` stops what would be posted there, and no other workspace's."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe rl weekdays 09:00")
        await room.type("/papers subscribe rl weekdays 09:00", team_id="T2", user_id="U5")
        await room.answers(2)
        await room.event({"type": "app_uninstalled"})
        for _ in range(50):
            (one,) = room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9)
            if one.paused:
                break
            await asyncio.sleep(0.02)
        assert "removed from this workspace" in one.paused
        (other,) = room.app.rounds.subscriptions.of_workspace("slack", "T2", limit=9)
        assert other.paused == ""


async def test_a_forged_signature_is_refused(tmp_path: Path):
    """Somebody without the signing secret reaches no listener."""
    async with slack_room(tmp_path) as room:
        body = urlencode(command_payload("/papers help", response_url=room.slack.response_url()))
        response = await room.request(body, secret=FORGED)
        assert response.status == 401
        assert {call.method for call in room.slack.calls} <= {"auth.test"}


async def test_a_stale_request_is_refused(tmp_path: Path):
    """A request that was recorded is good for five minutes."""
    async with slack_room(tmp_path) as room:
        body = urlencode(command_payload("/papers help", response_url=room.slack.response_url()))
        assert (await room.request(body, age_s=301)).status == 401
        assert (await room.request(body, age_s=200)).status == 200


async def test_a_huge_body_is_refused(tmp_path: Path):
    """5 MB are not even read."""
    async with slack_room(tmp_path) as room:
        response = await room.request("payload=" + "x" * 5_000_000)
        assert response.status == 413


@pytest.mark.parametrize("body", ["", "{", "payload={", "payload=%7B%22type%22%3A1%7D", "{}", "[]", "nonsense", "payload=[]"])
async def test_a_signed_body_that_is_no_request_of_slacks_is_answered_quietly(tmp_path: Path, body: str):
    """Whatever comes, there is an answer without a trace, and the next request is served."""
    async with slack_room(tmp_path) as room:
        response = await room.request(body)
        assert response.status in (200, 400, 401, 404)
        assert "Traceback" not in await response.text()
        await room.type("/papers help")
        await room.answers()


async def test_slack_checks_the_address(tmp_path: Path):
    """The challenge of a new address is answered."""
    async with slack_room(tmp_path) as room:
        response = await room.request(json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}))
        assert response.status == 200
        assert "abc" in await response.text()


async def test_an_organisation_that_installed_us_at_once_is_one_workspace(tmp_path: Path):
    """On Enterprise Grid the organisation is the border, and colleagues of another of its workspaces are no guests."""
    async with slack_room(tmp_path) as room:
        room.slack.always(
            "users.info", ok(user={"id": "U1", "team_id": "T3", "enterprise_user": {"enterprise_id": "E1"}, "tz": "UTC"})
        )
        org = {"enterprise_id": "E1", "is_enterprise_install": "true"}
        await room.type("/papers subscribe rl weekdays 09:00", **org)
        (answer,) = await room.answers()
        assert "Subscribed: rl" in words(answer)
        (stored,) = room.app.rounds.subscriptions.of_workspace("slack", "E1", limit=9)
        assert stored.channel.workspace == "E1"


async def test_nothing_secret_and_no_text_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    """Neither a token nor what people write reaches a log, even where things fail."""
    caplog.set_level("DEBUG")
    async with slack_room(tmp_path, log_level="debug", secret_keys=SecretStr("")) as room:
        room.slack.always("/response/one", Answer(status=500, body="upstream"))
        room.slack.always("chat.postEphemeral", Answer(status=500, body="upstream"))
        room.slack.always("chat.postMessage", Answer(status=500, body="upstream"))
        await room.type("/paper zzsecretwordzz")
        await room.calls("chat.postMessage")
        await room.event(mention("zzsecretwordzz"))
        await room.calls("chat.postMessage", 2)
        await room.request("token=x", secret=FORGED)
    said = caplog.text + "".join(capsys.readouterr())
    assert "zzsecretwordzz" not in said
    assert "very-secret" not in said
    assert "signing-secret" not in said
