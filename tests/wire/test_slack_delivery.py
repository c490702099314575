"""The daily thread in Slack, through the ledger: where its messages go, and what each refusal of Slack's leads to."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Button, Card, Row, Span, Text
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.errors import AdapterError, BotError, ChannelGone, PayloadRejected, RateLimited, ThreadGone
from bot.metrics import Meters
from bot.model import ChannelRef
from bot.subscription import Subscription
from tests.wire.slack_room import SlackRoom, slack_room, words
from tests.wire.slack_server import CLOSED, HANGING, Answer, Script, broken, error, rate_limited

HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")
CARD = Card(title="Paper Round", elements=(Text((Span("Three papers today."),)),))


@pytest.mark.parametrize(
    ("name", "kind", "words_of_it"),
    [
        ("channel_not_found", ChannelGone, "/invite"),
        ("not_in_channel", ChannelGone, "/invite"),
        ("is_archived", ChannelGone, "archived"),
        ("restricted_action", ChannelGone, "admin"),
        ("restricted_action_read_only_channel", ChannelGone, "read-only"),
        ("token_revoked", ChannelGone, "Install it again"),
        ("account_inactive", ChannelGone, "Install it again"),
        ("invalid_auth", ChannelGone, "Install it again"),
        ("missing_scope", ChannelGone, "permission"),
        ("thread_not_found", ThreadGone, "thread"),
        ("invalid_blocks", PayloadRejected, "invalid_blocks"),
        ("msg_too_long", PayloadRejected, "msg_too_long"),
        ("no_text", PayloadRejected, "no_text"),
        ("internal_error", AdapterError, "tried again"),
        ("fatal_error", AdapterError, "tried again"),
        ("request_timeout", AdapterError, "tried again"),
        ("some_error_of_next_year", AdapterError, "some_error_of_next_year"),
    ],
)
async def test_each_refusal_says_what_comes_next(tmp_path: Path, name: str, kind: type[BotError], words_of_it: str):
    """Gone pauses the subscription, refused says less, anything else is tried again; and each says what to do."""
    async with slack_room(tmp_path, sample=False) as room:
        room.slack.always("chat.postMessage", error(name))
        with pytest.raises(kind) as raised:
            await room.adapter.post(HERE, CARD, key="e1p1")
        assert words_of_it in str(raised.value)
        is_gone = kind in (ChannelGone, ThreadGone)
        assert isinstance(raised.value, ChannelGone) is is_gone
        assert isinstance(raised.value, PayloadRejected) is (kind is PayloadRejected)


@pytest.mark.parametrize("asked", [1, 30, 120])
async def test_a_rate_limit_is_handed_on_as_slack_asks(tmp_path: Path, asked: int):
    """The delivery waits, not the adapter: nothing is posted twice behind its back."""
    async with slack_room(tmp_path, sample=False) as room:
        room.slack.always("chat.postMessage", rate_limited(asked))
        with pytest.raises(RateLimited) as raised:
            await room.adapter.post(HERE, CARD, key="e1p1")
        assert raised.value.retry_after_s == asked
        assert len(room.slack.of("chat.postMessage")) == 1


@pytest.mark.parametrize("answer", [broken(500), broken(502), CLOSED, Answer(body="<html>not JSON</html>"), Answer(body=[1])])
async def test_an_answer_that_is_none_is_tried_later(tmp_path: Path, answer: Script):
    """A broken server, a cut connection, a proxy's page: each is an error that a later try may mend, and one call."""
    async with slack_room(tmp_path, sample=False) as room:
        room.slack.always("chat.postMessage", answer)
        with pytest.raises(AdapterError) as raised:
            await room.adapter.post(HERE, CARD, key="e1p1")
        assert not isinstance(raised.value, ChannelGone | PayloadRejected | RateLimited)
        assert len(room.slack.of("chat.postMessage")) == 1


async def test_a_platform_that_hangs_is_left_after_a_while(tmp_path: Path):
    """The delivery's own time limit ends a post, and the next one goes through."""
    async with slack_room(tmp_path, sample=False) as room:
        room.slack.script("chat.postMessage", HANGING)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await room.adapter.post(HERE, CARD, key="e1p1")
        posted = await room.adapter.post(HERE, CARD, key="e1p1")
        assert posted.message


async def test_a_long_card_goes_on_where_it_was_interrupted(tmp_path: Path):
    """Of a card of several messages those that are out are not sent again."""
    rows = tuple(Row((Span(f"Paper {n} " + "with a long title " * 8),), Button(str(n), f"/paper #{n}")) for n in range(120))
    async with slack_room(tmp_path, sample=False) as room:
        whole = await room.adapter.post(HERE, Card(title="All", elements=rows), key="whole")
        count = len(room.slack.of("chat.postMessage"))
        assert count > 1
        room.slack.script("chat.postMessage", Answer(body={"ok": True, "ts": "9.1"}), broken(500))
        with pytest.raises(AdapterError):
            await room.adapter.post(HERE, Card(title="All", elements=rows), key="cut")
        again = await room.adapter.post(HERE, Card(title="All", elements=rows), key="cut")
        assert len(room.slack.of("chat.postMessage")) == 2 * count + 1
        assert again.message == "9.1"
        assert whole.message != again.message


async def test_an_opener_is_linked_and_replies_cost_one_call(tmp_path: Path):
    """The link is asked for once an edition; a reply goes into the thread and is not broadcast."""
    async with slack_room(tmp_path, sample=False) as room:
        opener = await room.adapter.post(HERE, CARD, key="e1p1")
        assert opener.url == f"https://one.example/C1/{opener.message}"
        await room.adapter.post(HERE, CARD, thread=opener, key="e1p2")
        reply = room.slack.of("chat.postMessage")[1].payload
        assert reply["thread_ts"] == opener.message
        assert "reply_broadcast" not in reply
        assert len(room.slack.of("chat.getPermalink")) == 1


async def test_a_message_without_a_link_is_posted_all_the_same(tmp_path: Path):
    """That Slack does not say where a message lies must not send it a second time."""
    async with slack_room(tmp_path, sample=False) as room:
        room.slack.always("chat.getPermalink", broken(500))
        assert (await room.adapter.post(HERE, CARD, key="e1p1")).url is None


async def test_a_maker_is_told_directly(tmp_path: Path):
    """A note to one person goes into their conversation with us."""
    async with slack_room(tmp_path, sample=False) as room:
        await room.adapter.tell(HERE, "U1", CARD)
        assert room.slack.of("chat.postMessage")[0].payload["channel"] == "U1"


async def subscribed(room: SlackRoom, line: str = "rl weekdays 09:00") -> Subscription:
    """A subscription of channel C1, due at eight UTC, which is nine in Berlin."""
    await room.type(f"/papers subscribe {line}")
    await room.answers()
    (one,) = room.app.rounds.subscriptions.of_channel(HERE)
    return one


async def delivered(room: SlackRoom, times: int = 1) -> Meters:
    """Everything that is due is planned and sent; `times` times, an hour apart."""
    meters = Meters()
    moment = room.app.clock() + timedelta(days=1, hours=1)

    async def no_sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(times):
            now = moment
            plan_due(room.app.library, room.app.rounds, now)
            delivery = Delivery(
                rounds=room.app.rounds,
                adapters={"slack": room.adapter},
                pool=pool,
                now=lambda now=now: now,  # type: ignore[misc]
                meters=meters,
                owner=f"test-{now}",
                sleep=no_sleep,
            )
            await delivery.deliver_due()
            await delivery.until_idle()
            await delivery.stop(grace_s=1)
            moment += timedelta(hours=1)
    return meters


def posts(room: SlackRoom) -> Sequence[dict[str, object]]:
    """What was posted to the channel."""
    return [call.payload for call in room.slack.of("chat.postMessage") if call.payload["channel"] == "C1"]


async def test_an_edition_is_an_opener_and_a_reply_a_paper(tmp_path: Path):
    """Through the ledger: the opener first, the papers in its thread, in order, each once."""
    async with slack_room(tmp_path) as room:
        await subscribed(room)
        await delivered(room)
        opener, *replies = posts(room)
        assert "Paper Round" in words(opener)  # type: ignore[arg-type]
        assert "thread_ts" not in opener
        assert len(replies) == 7
        assert len({reply["thread_ts"] for reply in replies}) == 1
        await delivered(room)
        assert len(posts(room)) == 8


async def test_a_channel_that_is_gone_pauses_and_tells_its_maker_once(tmp_path: Path):
    """The maker hears what happened and what to do; nothing more is tried."""
    async with slack_room(tmp_path) as room:
        await subscribed(room)
        room.slack.script("chat.postMessage", error("is_archived"))
        await delivered(room, times=2)
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        assert "archived" in one.paused
        told = [call for call in room.slack.of("chat.postMessage") if call.payload["channel"] == "U1"]
        assert len(told) == 1
        assert "archived" in words(told[0].payload)


async def test_a_refused_card_goes_as_its_title(tmp_path: Path):
    """A reply whose blocks Slack does not take at all is said in fewer words, and the edition goes on."""
    async with slack_room(tmp_path) as room:
        await subscribed(room)
        refused = 0

        def picky(call: object) -> Answer:
            nonlocal refused
            payload = call.payload  # type: ignore[attr-defined]
            if "LIBERO" not in words(payload) and len(payload["blocks"]) > 2 and payload.get("thread_ts") and refused < 2:
                refused += 1
                return Answer(body={"ok": False, "error": "invalid_blocks"})
            return Answer(body={"ok": True, "ts": f"7.{len(room.slack.calls)}"})

        room.slack.always("chat.postMessage", picky)
        await delivered(room)
        replies = [post for post in posts(room) if post.get("thread_ts")]
        assert len(replies) == 7 + refused
        assert min(len(post["blocks"]) for post in replies) == 1  # type: ignore[arg-type]


async def test_a_link_of_the_last_post_stands_in_the_status(tmp_path: Path):
    """`/papers status` leads to the message itself."""
    async with slack_room(tmp_path) as room:
        await subscribed(room)
        await delivered(room)
        await room.type("/papers status")
        answer = (await room.answers(2))[1]
        assert "https://one.example/C1/" in words(answer)


async def test_where_nobody_is_left_to_tell_nothing_breaks(tmp_path: Path):
    """A removed app pauses the subscription even though its maker cannot be told."""
    async with slack_room(tmp_path) as room:
        await subscribed(room)
        room.slack.always("chat.postMessage", error("account_inactive"))
        await delivered(room)
        (one,) = room.app.rounds.subscriptions.of_channel(HERE)
        assert "removed from this workspace" in one.paused
