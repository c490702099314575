"""Editions on Discord: threads, forum posts, announcements, each message once; and what happens where that cannot be."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from simcord import ChannelHandle, MemberActor
from simcord.intents import EVENT_INTENTS

from adapters.discord.access import INVITED
from adapters.discord.client import DiscordAdapter
from adapters.discord.errors import CURABLE
from adapters.discord.naming import colour_of
from bot.cards import Button, Buttons, Card, Context, Span, Text
from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.errors import AdapterError, ChannelGone, MentionGone, PayloadRejected, RateLimited, ThreadGone
from bot.metrics import Meters
from bot.model import ChannelRef, MessageRef, Opening
from bot.subscription import Subscription, Wish
from tests.builders import DAY
from tests.discord_rules import check_message
from tests.wire.discord_room import Guild, House, make_adapter, open_house, texts

OPENER = Card(
    title="Paper Round · Monday 8 December 2025",
    elements=(Context((Span("rl · 7 of 40 new papers, best match first"),)), Text((Span("1  Soft"),))),
)
PAPER = Card(
    title="Soft Adaptive Policy Optimization",
    url="https://arxiv.org/abs/2511.20347",
    elements=(Text((Span("@everyone <@1>"),)), Buttons((Button("Similar", "/papers similar #1"),))),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Discord and the engine over the bundled sample."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def guild(house: House) -> Guild:
    """A server that let Paper Round in."""
    return Guild(house.env, "lab")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for the ledger."""
    with ThreadPoolExecutor(max_workers=1) as made:
        yield made


async def another(house: House) -> DiscordAdapter:
    """The adapter of another process, which takes the place of the first."""
    adapter = make_adapter(house.room, house.notes, options={"shard_count": 1})
    await house.env.restart_bot(adapter.gateway)
    return adapter


def subscribed(house: House, channel: ChannelRef, *, by: str = "1", **wish: Any) -> Subscription:  # noqa: ANN401
    """A subscription of a channel that is due now."""
    made = Subscription(
        id=0,
        channel=channel,
        wish=Wish(**{"query": "rl", "top": 3, **wish}),
        made_by=by,
        made_at=house.room.now,
        since_change=0,
        start_on=DAY,
        next_at=house.room.now,
    )
    stored = house.room.rounds.subscriptions.add(made, most=20)
    assert stored is not None
    return stored


async def deliver(house: House, pool: ThreadPoolExecutor) -> None:
    """Plan what is due and send all of it, as `paperround run` does."""
    plan_due(house.room.library, house.room.rounds, house.room.now)
    delivery = Delivery(
        rounds=house.room.rounds,
        adapters={"discord": house.adapter},
        pool=pool,
        now=lambda: house.room.now,
        meters=Meters(),
        owner="test",
    )
    await delivery.deliver_due()
    await delivery.until_idle()
    await delivery.stop(1)


def posted(house: House) -> list[dict[str, Any]]:
    """The payloads of all messages that were posted, in order."""
    sent = [one for one in house.env.http_requests if one.method == "POST" and one.path.endswith("/messages")]
    return [one.json for one in sent]


def said(channel: ChannelHandle) -> list[str]:
    """The first line of each of our messages in a channel, oldest first."""
    backend = channel._env.backend
    messages = sorted(backend.messages[channel.id].values(), key=lambda one: one.id)
    return [next(texts(one.components)) for one in messages if one.author_id == backend.bot_user.id and one.components]


async def test_a_thread_holds_a_message_a_paper(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """An opener, a thread named for the day and topic, and the papers in it; the opener's address leads there."""
    subscribed(house, guild.ref)
    await deliver(house, pool)
    (opener,) = said(guild.papers)
    assert "Mon 8 December 2025" in opener
    (thread,) = guild.papers.threads
    assert str(thread.name).startswith("Mon 8 December 2025 · rl · 7 of ")
    assert len(said(thread)) == 3
    (edition,) = house.room.rounds.ledger.editions(1, limit=1)
    assert edition.state == "done"
    assert edition.opener is not None
    assert edition.opener.url == f"https://discord.com/channels/{guild.handle.id}/{guild.papers.id}/{thread.id}"


async def test_every_message_has_a_nonce_and_mentions_nobody(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """At most 25 characters, each another one, enforced; and within all limits."""
    subscribed(house, guild.ref)
    await deliver(house, pool)
    nonces = [one["nonce"] for one in posted(house)]
    assert len(set(nonces)) == len(nonces) == 4
    assert all(1 <= len(nonce) <= 25 for nonce in nonces)
    for payload in posted(house):
        assert payload["enforce_nonce"] is True
        assert payload["allowed_mentions"] == {"parse": []}
        check_message({key: value for key, value in payload.items() if key not in ("nonce", "enforce_nonce")})


async def test_a_list_has_no_thread(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """One message, and nothing hangs on it."""
    subscribed(house, guild.ref, layout="list")
    await deliver(house, pool)
    assert len(said(guild.papers)) == 1
    assert guild.papers.threads == []


async def test_cards_are_messages_of_the_channel(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """A message a paper, one after the other."""
    subscribed(house, guild.ref, layout="cards")
    await deliver(house, pool)
    assert len(said(guild.papers)) == 3
    assert guild.papers.threads == []


async def test_a_forum_has_one_post_a_day(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """Its first message is the opener, the papers follow in it; a tag that cannot be made is left out."""
    forum = guild.handle.create_forum_channel("daily")
    subscribed(house, guild.of(forum))
    await deliver(house, pool)
    (post,) = forum.threads
    assert "rl · " in str(post.name)
    assert len(said(post)) == 4
    assert "Mon 8 December 2025" in said(post)[0]
    assert house.env.backend.get_channel(post.id).applied_tags == []


async def test_a_forums_tag_is_created_once(house: House, tmp_path: Path):
    """Where Paper Round may; the next day's post has the same one."""
    guild = Guild(house.env, "free", INVITED | 1 << 4)
    forum = guild.handle.create_forum_channel("daily")
    for day in (1, 2):
        await house.adapter.post(guild.of(forum), OPENER, key=f"e{day}p1")
    tags = house.env.backend.get_channel(forum.id).available_tags
    assert [one["name"] for one in tags] == ["rl"]
    assert [house.env.backend.get_channel(post.id).applied_tags for post in forum.threads] == [[int(tags[0]["id"])]] * 2


async def test_a_cards_edition_in_a_forum_keeps_one_tag(house: House):
    """Each paper is a post; they all have the edition's topic, not the first words of their own small line."""
    guild = Guild(house.env, "free", INVITED | 1 << 4)
    forum = guild.handle.create_forum_channel("daily")
    other = Card(title="A paper", elements=(Context((Span("Qwen · 25 Nov 2025"),)),))
    await house.adapter.post(guild.of(forum), OPENER, key="e1p1")
    await house.adapter.post(guild.of(forum), other, key="e1p2")
    assert [one["name"] for one in house.env.backend.get_channel(forum.id).available_tags] == ["rl"]
    assert len({tuple(house.env.backend.get_channel(post.id).applied_tags) for post in forum.threads}) == 1


async def test_a_forum_that_requires_a_tag_gets_one(house: House, guild: Guild):
    """The first that everybody may use, where none of ours can be made."""
    forum = guild.handle.create_forum_channel("daily")
    house.env.backend.edit_channel(
        forum.id, {"available_tags": [{"id": "77", "name": "Papers", "moderated": False, "emoji_id": None, "emoji_name": None}]}
    )
    described = house.adapter.gateway.rest.channel

    async def required(channel: str) -> dict[str, Any]:
        return {**await described(channel), "flags": 1 << 4}

    house.adapter.gateway.rest.channel = required  # simcord's channels have no flags
    await house.adapter.post(guild.of(forum), OPENER, key="e1p1")
    assert house.env.backend.get_channel(forum.threads[0].id).applied_tags == [77]


async def test_a_long_opener_goes_on_inside_its_post(house: House, guild: Guild):
    """A card that one message cannot hold starts one post, not two."""
    forum = guild.handle.create_forum_channel("daily")
    long = Card(title="Long", elements=tuple(Text((Span(f"{n} " + "word " * 300),)) for n in range(8)))
    await house.adapter.post(guild.of(forum), long, key="e1p1")
    (post,) = forum.threads
    assert len(house.env.backend.messages[post.id]) > 1


async def test_an_announcement_is_published_if_asked(house: House, guild: Guild):
    """Its followers get the first message; without the wish, or for later messages, they do not."""
    news = guild.handle.create_news_channel("news")

    def published() -> list[str]:
        return [one.path for one in house.env.http_requests if one.path.endswith("/crosspost")]

    await house.adapter.post(guild.of(news), OPENER, key="e1p1")
    await house.env.settle()
    assert published() == []
    opener = await house.adapter.post(guild.of(news), OPENER, key="e2p1", opening=Opening(publish=True))
    await house.adapter.post(guild.of(news), PAPER, thread=opener, key="e2p2")
    await house.env.settle()
    assert published() == [f"/channels/{news.id}/messages/{opener.message}/crosspost"]


async def test_a_refused_publication_leaves_the_edition(house: House, guild: Guild):
    """Ten an hour are allowed; the message itself is out."""
    news = guild.handle.create_news_channel("news")
    house.env.inject_error("POST", "/channels/*/messages/*/crosspost", status=429)
    assert await house.adapter.post(guild.of(news), OPENER, key="e1p1", opening=Opening(publish=True))
    await house.env.settle()
    assert len(said(news)) == 1


async def test_what_is_no_announcement_channel_publishes_nothing(house: House, guild: Guild):
    """A subscription may say so in a channel that was one."""
    await house.adapter.post(guild.ref, OPENER, key="e1p1", opening=Opening(publish=True))
    await house.env.settle()
    assert not [one for one in house.env.http_requests if one.path.endswith("/crosspost")]


@pytest.mark.parametrize("layout", ["thread", "list", "cards"])
async def test_a_role_is_mentioned_once_by_its_own_subscription_alone(
    house: House, guild: Guild, pool: ThreadPoolExecutor, layout: str
):
    """By the edition's first message, that one role and nobody else; the channel's other subscription mentions nobody."""
    role = str(guild.handle.create_role("robotics").id)
    subscribed(house, guild.ref, layout=layout, mention=role)
    subscribed(house, guild.ref, query="robots", layout=layout)
    await deliver(house, pool)
    await deliver(house, pool)
    first, *others = posted(house)
    assert len(house.room.rounds.ledger.editions(2, limit=1)) == 1
    assert first["allowed_mentions"] == {"parse": [], "roles": [role]}
    assert first["components"][0] == {"type": 10, "content": f"<@&{role}>"}
    assert {json.dumps(one["allowed_mentions"]) for one in others} == {'{"parse": []}'}
    assert not [text for one in others for text in texts(one["components"]) if f"<@&{role}>" in text]
    assert len(others) == {"thread": 5, "list": 1, "cards": 3}[layout]
    assert all(str(one.name).startswith("Mon 8 December 2025 · ") for one in guild.papers.threads)


async def test_a_forum_post_mentions_its_role_and_keeps_its_name(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """The mention stands in the post's first message, and not in the post's name."""
    role = str(guild.handle.create_role("robotics").id)
    forum = guild.handle.create_forum_channel("daily")
    subscribed(house, guild.of(forum), mention=role)
    await deliver(house, pool)
    (post,) = forum.threads
    assert str(post.name).startswith("Mon 8 December 2025 · rl")
    assert said(post)[0] == f"<@&{role}>"
    assert len(said(post)) == 4
    (started,) = (one.json for one in house.env.http_requests if one.path == f"/channels/{forum.id}/threads")
    assert started["message"]["allowed_mentions"] == {"parse": [], "roles": [role]}


async def test_a_role_that_is_gone_leaves_the_edition_and_is_told_once(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """The edition mentions nobody, and whoever made the subscription learns why, in one direct message."""
    role = guild.handle.create_role("robotics")
    subscribed(house, guild.ref, by=str(guild.editor.id), mention=str(role.id))
    house.env.backend.delete_role(guild.handle.id, role.id)
    await house.env.settle()
    await deliver(house, pool)
    (edition,) = house.room.rounds.ledger.editions(1, limit=1)
    assert edition.state == "done"
    (thread,) = guild.papers.threads
    assert len(said(thread)) == 3
    *parts, told = posted(house)
    assert {json.dumps(one["allowed_mentions"]) for one in parts} == {'{"parse": []}'}
    assert len(parts) == 4
    assert "The role that your subscription in" in "\n".join(texts(told["components"]))
    assert house.room.rounds.subscriptions.all(limit=1)[0].wish.mention == ""


async def test_a_role_that_the_gateway_does_not_know_yet_is_asked_for(
    house: House, guild: Guild, monkeypatch: pytest.MonkeyPatch
):
    """Before the servers came, Discord itself says whether a role is there."""
    role = str(guild.handle.create_role("robotics").id)
    monkeypatch.setattr(type(house.adapter.gateway), "roles", lambda _self, _server: None)
    await house.adapter.post(guild.ref, OPENER, key="e1p1", opening=Opening(mention=role))
    assert posted(house)[0]["allowed_mentions"] == {"parse": [], "roles": [role]}
    with pytest.raises(MentionGone):
        await house.adapter.post(guild.ref, OPENER, key="e2p1", opening=Opening(mention="1"))
    assert len(posted(house)) == 1


async def test_an_edition_has_its_topics_colour(house: House, guild: Guild):
    """All its messages, each day the same; another topic may have another one."""
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    colours = {one["accent_color"] for payload in posted(house) for one in payload["components"]}
    assert colours == {colour_of("rl")}
    assert len({colour_of(topic) for topic in ("rl", "robotics", "diffusion", "llm", "vision")}) > 2


async def test_the_same_key_posts_once_in_one_process(house: House, guild: Guild):
    """A part that comes again is known."""
    first = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    assert await house.adapter.post(guild.ref, OPENER, key="e1p1") == first
    assert len(said(guild.papers)) == 1


@pytest.mark.parametrize("forum", [False, True])
async def test_the_same_key_posts_once_over_processes(house: House, guild: Guild, forum: bool):
    """What a process that died had sent is found again by the next one: first messages, threads, and replies."""
    channel = guild.handle.create_forum_channel("daily") if forum else guild.papers
    opener = await house.adapter.post(guild.of(channel), OPENER, key="e1p1")
    reply = await house.adapter.post(guild.of(channel), PAPER, thread=opener, key="e1p2")
    adapter = await another(house)
    assert await adapter.post(guild.of(channel), OPENER, key="e1p1") == opener
    assert await adapter.post(guild.of(channel), PAPER, thread=opener, key="e1p2") == reply
    after = await adapter.post(guild.of(channel), PAPER, thread=opener, key="e1p3")
    assert after.message != reply.message
    (thread,) = channel.threads
    assert len(said(thread)) == (3 if forum else 2)
    assert str(thread.name).startswith("Monday 8 December 2025 · rl")


async def test_a_thread_that_another_process_began_is_taken_up(house: House, guild: Guild):
    """One message has one thread: that it exists already is no error, and its name is read from its message."""
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    adapter = await another(house)
    house.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
    house.env.backend.create_thread(guild.papers.id, "there", int(house.env.backend.bot_user.id), message_id=int(opener.message))
    await adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    (thread,) = guild.papers.threads
    assert len(said(thread)) == 1


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, 10003, ChannelGone),
        (403, 50001, ChannelGone),
        (403, 50013, ChannelGone),
        (400, 50008, ChannelGone),
        (400, 50035, PayloadRejected),
        (400, 50006, PayloadRejected),
        (400, 200000, PayloadRejected),
        (400, 20016, RateLimited),
        (429, 20028, RateLimited),
        (401, 0, AdapterError),
        (403, 0, AdapterError),
        (403, 40333, AdapterError),
        (500, 0, AdapterError),
    ],
)
async def test_a_refused_first_message_is_what_it_means(
    house: House, guild: Guild, status: int, code: int, error: type[AdapterError]
):
    """Each of Discord's codes becomes the error that the ledger acts on; a wall before Discord pauses nobody."""
    house.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    with pytest.raises(AdapterError) as raised:
        await house.adapter.post(guild.ref, OPENER, key="e1p1")
    assert type(raised.value) is error
    assert str(raised.value)


@pytest.mark.parametrize(
    ("path", "status", "code", "error"),
    [
        ("/channels/*/messages/*/threads", 404, 10008, ThreadGone),
        ("/channels/*/messages/*/threads", 404, 10003, ChannelGone),
        ("/channels/*/messages/*/threads", 403, 50001, ChannelGone),
        ("/channels/*/messages/*/threads", 400, 160006, AdapterError),
        ("/channels/*/messages/*/threads", 400, 160007, AdapterError),
        ("/channels/*/messages/*/threads", 403, 50013, ChannelGone),
        ("/channels/*/messages", 404, 10003, ThreadGone),
        ("/channels/*/messages", 403, 160005, ThreadGone),
        ("/channels/*/messages", 403, 50013, ChannelGone),
        ("/channels/*/messages", 403, 50001, ChannelGone),
        ("/channels/*/messages", 400, 20016, RateLimited),
    ],
)
async def test_a_refused_reply_is_what_it_means(  # noqa: PLR0917
    house: House, guild: Guild, path: str, status: int, code: int, error: type[AdapterError]
):
    """A thread that is gone leaves its channel; too many threads end when some are closed."""
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    house.env.inject_error("POST", path, status=status, code=code)
    with pytest.raises(AdapterError) as raised:
        await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, 10003, ChannelGone),
        (403, 50001, ChannelGone),
        (400, 40067, ChannelGone),
        (400, 160006, AdapterError),
        (400, 20016, RateLimited),
        (400, 200001, PayloadRejected),
    ],
)
async def test_a_refused_post_is_what_it_means(house: House, guild: Guild, status: int, code: int, error: type[AdapterError]):
    """A forum that is gone, wants a tag that we have not, has no room for a post, is slowed down, or whose AutoMod objects."""
    forum = guild.handle.create_forum_channel("daily")
    house.env.inject_error("POST", "/channels/*/threads", status=status, code=code)
    with pytest.raises(AdapterError) as raised:
        await house.adapter.post(guild.of(forum), OPENER, key="e1p1")
    assert type(raised.value) is error


async def test_an_archived_thread_is_opened_again(house: House):
    """Someone closed it: it is opened and written in; a locked one is gone, and only it."""
    guild = Guild(house.env, "free", INVITED | 1 << 4)
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    house.env.inject_error("POST", "/channels/*/messages", status=400, code=50083)
    assert await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p4")
    house.env.inject_error("POST", "/channels/*/messages", status=400, code=50083)
    house.env.inject_error("PATCH", "/channels/*", status=403, code=50013)
    with pytest.raises(ThreadGone):
        await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p3")


async def test_a_deleted_opener_ends_the_edition_only(house: House, guild: Guild):
    """Its replies have no place; the channel is still there."""
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    house.env.backend.delete_message(guild.papers.id, int(opener.message))
    adapter = await another(house)
    with pytest.raises(ThreadGone):
        await adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    assert await adapter.post(guild.ref, OPENER, key="e2p1")


def told(person: MemberActor) -> list[str]:
    """What a person was told directly."""
    return said(person.user.dm_channel)


async def test_lost_permissions_pause_and_come_back(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """The maker is told once, in words; when the permission is back, what was paused for it runs again."""
    back: list[str] = []

    async def came_back(server: str) -> None:
        back.append(server)
        resume = house.room.rounds.subscriptions.resume_workspace
        assert sum(resume("discord", server, reason, house.room.now) for reason in CURABLE) == 2

    house.adapter.gateway._came_back = came_back
    for query in ("rl", "robotics"):
        subscribed(house, guild.ref, by=str(guild.editor.id), query=query)
    guild.deny(guild.papers, 1 << 11)
    await deliver(house, pool)
    paused = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert all("a permission was taken away" in one.paused for one in paused)
    assert len(told(guild.editor)) == 1
    guild.allow(guild.papers)
    await house.env.settle()
    assert back == [str(guild.handle.id)]
    assert all(not one.paused for one in house.room.rounds.subscriptions.of_channel(guild.ref))


async def test_a_deleted_channel_pauses(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """Nothing more is tried there, and the maker knows why."""
    subscribed(house, guild.ref, by=str(guild.editor.id))
    house.env.backend.delete_channel(guild.papers.id)
    await deliver(house, pool)
    (one,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert one.paused == "The channel was deleted."
    assert len(told(guild.editor)) == 1


async def test_a_server_that_removed_us_pauses(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """Nothing more is tried there; other servers' editions go out."""
    other = Guild(house.env, "other")
    subscribed(house, guild.ref, by=str(guild.editor.id))
    subscribed(house, other.ref)
    house.env.backend.remove_guild(guild.handle.id)
    await deliver(house, pool)
    (one,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert one.paused
    assert len(said(other.papers)) == 1


async def test_a_server_that_removes_us_in_the_midst_of_an_edition_pauses(house: House, guild: Guild, pool: ThreadPoolExecutor):
    """The first message is out, its thread is refused: paused for a reason that ends with a new invitation, and told once."""
    subscribed(house, guild.ref, by=str(guild.editor.id))
    start = house.adapter.gateway.rest.start_thread

    async def removed(*args: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is called
        house.env.backend.remove_guild(guild.handle.id)
        house.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50001)  # as Discord says it
        return await start(*args)

    house.adapter.gateway.rest.start_thread = removed
    await deliver(house, pool)
    (edition,) = house.room.rounds.ledger.editions(1, limit=1)
    assert (edition.state, edition.sent) == ("failed", 1)
    (one,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert one.paused in CURABLE
    assert len(told(guild.editor)) == 1


async def test_a_server_that_lets_us_in_again_is_known(house: House, monkeypatch: pytest.MonkeyPatch):
    """Joining is what resumes; so are roles of ours that get permissions, and roles that we get; other roles are not."""
    back: list[str] = []
    # Our own updates come without the members intent, which simcord does not know.
    monkeypatch.setitem(EVENT_INTENTS, "GUILD_MEMBER_UPDATE", ("guilds", None))

    async def came_back(server: str) -> None:
        back.append(server)

    house.adapter.gateway._came_back = came_back
    guild = Guild(house.env, "new", 0)
    gateway = house.adapter.gateway
    gateway.dispatch("guild_join", gateway.get_guild(guild.handle.id))
    await house.env.settle()
    assert back == [str(guild.handle.id)]
    (role, *_) = house.env.backend.get_guild(guild.handle.id).members[house.env.backend.bot_user.id].role_ids
    house.env.backend.edit_role(guild.handle.id, role, {"permissions": INVITED})
    await house.env.settle()
    assert back == [str(guild.handle.id)] * 2
    given = guild.handle.create_role("posters")
    house.env.backend.edit_role(guild.handle.id, given.id, {"permissions": INVITED})
    await house.env.settle()
    assert back == [str(guild.handle.id)] * 2
    house.env.backend.add_member_role(guild.handle.id, house.env.backend.bot_user.id, given.id)
    await house.env.settle()
    assert back == [str(guild.handle.id)] * 3


async def test_who_takes_no_messages_is_not_reached(house: House, guild: Guild):
    """A person's settings are an error for the ledger's log, nothing else."""
    house.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    with pytest.raises(AdapterError) as raised:
        await house.adapter.tell(guild.ref, str(guild.reader.id), PAPER)
    assert not isinstance(raised.value, ChannelGone)


async def test_direct_messages_can_be_subscribed(house: House, guild: Guild):
    """There are no threads there: the papers follow the opener."""
    direct = guild.reader.user.dm_channel
    ref = ChannelRef(platform="discord", workspace=f"user:{guild.reader.id}", channel=str(direct.id))
    opener = await house.adapter.post(ref, OPENER, key="e1p1")
    await house.adapter.post(ref, PAPER, thread=opener, key="e1p2")
    assert len(said(direct)) == 2
    assert opener.url == f"https://discord.com/channels/@me/{direct.id}/{opener.message}"


@pytest.mark.parametrize("title", ["Z" + "\u0301" * 200, "\u202eعربي" * 60, "x" * 400, "\u200d" * 50, " "])
async def test_any_title_names_a_thread(house: House, guild: Guild, title: str):
    """200 combining marks, right-to-left text, far too long, invisible, blank."""
    opener = await house.adapter.post(guild.ref, Card(title=title), key="e1p1")
    await house.adapter.post(guild.ref, PAPER, thread=opener, key="e1p2")
    (thread,) = guild.papers.threads
    assert 1 <= len(str(thread.name)) <= 100
    assert str(thread.name).strip()


async def test_posting_waits_for_the_login(house: House, guild: Guild, monkeypatch: pytest.MonkeyPatch):
    """An edition that is due before we are logged in is tried again later, not lost."""
    monkeypatch.setattr("adapters.discord.client.LOGIN_S", 0.01)
    adapter = make_adapter(house.room, house.notes)
    with pytest.raises(AdapterError, match="not logged in"):
        await adapter.post(guild.ref, OPENER, key="e1p1")
    await adapter.close()


async def test_a_buttons_long_command_is_kept_before_it_is_posted(house: House, guild: Guild):
    """An edition's button works as long as any other one."""
    card = Card(title="Card", elements=(Buttons((Button("Long", "/papers " + "x" * 200),)),))
    await house.adapter.post(guild.ref, card, key="e1p1")
    assert [text for key, (text, _) in house.notes.kept.items() if ":command:" in key] == ["r|/papers " + "x" * 200]


async def test_a_message_is_found_under_many_others(house: House, guild: Guild):
    """People wrote in the meantime; up to a hundred messages are looked through."""
    opener = await house.adapter.post(guild.ref, OPENER, key="e1p1")
    for number in range(20):
        house.env.backend.create_message(guild.papers.id, guild.editor.id, f"words {number}")
    adapter = await another(house)
    assert (await adapter.post(guild.ref, OPENER, key="e1p1")).message == opener.message
    assert isinstance(opener, MessageRef)
    await asyncio.sleep(0)
