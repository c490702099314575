"""People talk to Paper Round on Discord: commands, completions, buttons, menus, forms; through the real discord.py."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from simcord import InteractionResult
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from adapters.discord.commands import ADD_THESE, FIND_HERE
from adapters.discord.manifest import manifest
from adapters.discord.notes import COMMANDS_KEPT
from bot.cards import Attachment, Button, Buttons, Card, Form, Input, Reply, Select, Span, Text
from bot.errors import StorageError
from bot.model import Invocation
from bot.vitals import Watched
from tests.wire.discord_room import Guild, House, answering, controls, make_adapter, open_house, words


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Discord and the engine over the bundled sample."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def guild(house: House) -> Guild:
    """A server that let Paper Round in."""
    return Guild(house.env, "lab")


def a_card(title: str = "A card", *elements: object) -> Card:
    """A card with a line of text."""
    return Card(title=title, elements=(Text((Span("words"),)), *elements))  # type: ignore[arg-type]


def label(result: InteractionResult, text: str) -> str:
    """The id of the button with this label in an answer."""
    assert result.response is not None
    return next(one["custom_id"] for one in controls(result.response.components) if one.get("label") == text)


async def test_commands_are_registered_once(house: House):
    """What Discord knows is our manifest; a restart registers nothing, unless Discord has other commands by then."""

    def puts() -> list[str]:
        return [one.path for one in house.env.http_requests if one.method == "PUT" and one.path.endswith("/commands")]

    assert len(puts()) == 1
    assert [one["name"] for one in house.env.backend.commands[None].values()] == [one["name"] for one in manifest()]
    await house.env.restart_bot(make_adapter(house.room, house.notes, options={"shard_count": 1}).gateway)
    assert len(puts()) == 1
    house.env.backend.register_commands(None, [{"name": "roundup", "type": 1, "description": "Of an older version"}])
    await house.env.restart_bot(make_adapter(house.room, house.notes, options={"shard_count": 1}).gateway)
    assert len(puts()) == 2
    assert [one["name"] for one in house.env.backend.commands[None].values()] == [one["name"] for one in manifest()]


async def test_no_privileged_intent_is_asked_for(house: House):
    """Servers, and nothing that must be applied for."""
    asked = house.adapter.gateway.intents
    assert [name for name, on in asked if on] == ["guilds"]


async def test_papers_answers_the_caller_alone(house: House, guild: Guild):
    """`/papers rl` shows the papers on it, to nobody else, and mentions nobody."""
    result = await guild.reader.slash(guild.papers, "papers", query="rl")
    assert result.ephemeral
    assert "### Papers: rl" in words(result)
    assert "1–5 of 7" in words(result)
    assert guild.papers.history() == []
    (sent,) = (one.json for one in house.env.http_requests if one.path.endswith("/callback"))
    assert sent["data"]["allowed_mentions"] == {"parse": []}
    assert house.heard[-1] == Invocation(
        text="/papers rl",
        channel=guild.ref,
        user=str(guild.reader.id),
        may_configure=False,
        is_admin=False,
        private=True,
    )


async def test_options_are_part_of_the_line(house: House, guild: Guild):
    """Order and date of `/papers` come as they are typed elsewhere."""
    await guild.reader.slash(guild.papers, "papers", query="rl", since="2025", sort="new")
    assert house.heard[-1].text == "/papers rl since:2025 sort:new"


async def test_paper_finds_one_by_its_name(guild: Guild):
    """`/paper` shows the paper itself."""
    assert "Soft Adaptive Policy Optimization" in words(
        await guild.reader.slash(guild.papers, "paper", name="soft adaptive policy")
    )


@pytest.mark.parametrize(
    ("command", "options", "line"),
    [
        ("round subscriptions", {}, "/papers subscriptions"),
        ("round preview", {}, "/papers preview"),
        ("round status", {}, "/papers status"),
        ("round why", {"name": "LIBERO"}, "/papers why LIBERO"),
        ("round export", {"format": "csv", "query": "rl"}, "/papers export csv rl"),
        ("round saved", {}, "/papers saved"),
        ("round help", {}, "/papers help"),
        ("round unsubscribe", {}, "/papers unsubscribe"),
        ("round import", {}, "/papers import"),
    ],
)
async def test_every_command_of_the_group_is_answered(house: House, guild: Guild, command: str, options: dict, line: str):
    """Each subcommand asks the engine its line and shows the answer, to the caller alone."""
    result = await guild.editor.slash(guild.papers, command, **options)
    assert house.heard[-1].text == line
    assert result.acknowledged
    assert result.ephemeral or result.modal
    assert words(result) or result.modal


async def test_round_is_shown_to_those_who_manage_channels(guild: Guild):
    """Others do not see the group, and ask for its verbs behind `/papers`."""
    assert any(name.startswith("round ") for name in guild.editor.available_commands(guild.papers))
    assert not any(name.startswith("round ") for name in guild.reader.available_commands(guild.papers))
    assert "What you can type" in words(await guild.reader.slash(guild.papers, "papers", query="help"))


async def test_an_editor_subscribes_with_options(house: House, guild: Guild):
    """Fields become a stored subscription of this very channel."""
    result = await guild.editor.slash(
        guild.papers,
        "round subscribe",
        query="rl",
        days="daily",
        time="09:00",
        zone="Europe/Berlin",
        top=5,
        layout="list",
        quiet=True,
    )
    assert "Subscribed" in words(result)
    (made,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert (made.wish.query, made.wish.top, made.wish.layout, made.wish.quiet) == ("rl", 5, "list", True)
    assert made.wish.timing.zone == "Europe/Berlin"
    assert made.made_by == str(guild.editor.id)


async def test_a_form_asks_where_nothing_is_given(house: House, guild: Guild):
    """`/round subscribe` alone opens a form; what is filled in is stored."""
    shown = await guild.editor.slash(guild.papers, "round subscribe")
    assert shown.modal is not None
    fields = {one["label"]: one["component"]["custom_id"] for one in shown.modal["components"]}
    done = await guild.editor.submit_modal(
        shown, {fields["Topic or query; empty for all papers"]: "rl", fields["Days"]: ["daily"]}
    )
    assert done.ephemeral
    assert "Subscribed" in words(done)
    (made,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert (made.wish.query, made.wish.timing.days) == ("rl", (0, 1, 2, 3, 4, 5, 6))


async def test_a_reader_may_not_change_what_is_posted(house: House, guild: Guild):
    """Typed behind `/papers`, the same command is refused in words and stores nothing."""
    result = await guild.reader.slash(guild.papers, "papers", query="subscribe rl 09:00")
    assert "may change this channel’s settings" in words(result)
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []


async def test_missing_permissions_are_named_before_anything_is_stored(house: House, guild: Guild):
    """A channel where Paper Round may not write is not subscribed; the server's owner learns which permissions lack."""
    guild.deny(guild.papers, 1 << 11 | 1 << 35)
    result = await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    assert "lacks the permissions Send Messages and Create Public Threads" in words(result)
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []
    assert house.heard == []
    guild.allow(guild.papers)
    assert "Subscribed" in words(await guild.editor.slash(guild.papers, "round subscribe", query="rl"))


async def test_an_owner_cannot_give_what_the_channel_takes_away(house: House, guild: Guild):
    """Whose server it is may do everything; Paper Round may not post where nobody else may, and says what lacks."""
    house.env.backend.set_overwrite(
        guild.papers.id, Overwrite(target_id=guild.handle.id, type=OverwriteType.ROLE, deny=1 << 10 | 1 << 11)
    )
    refused = await guild.owner.slash(guild.papers, "round subscribe", query="rl")
    assert "Paper Round lacks the permissions View Channel, Send Messages" in words(refused)
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []


async def test_another_channel_is_changed_by_who_manages_that_one(house: House, guild: Guild):
    """Who manages the channel they type in has no say in another one, neither by option nor by a form that is open."""
    news = guild.handle.create_news_channel("news")
    shown = await guild.editor.slash(guild.papers, "round subscribe", channel=news)
    assert shown.modal is not None
    fields = {one["label"]: one["component"]["custom_id"] for one in shown.modal["components"]}
    role = guild.handle.roles["editors"]
    house.env.backend.set_overwrite(news.id, Overwrite(target_id=role.id, type=OverwriteType.ROLE, deny=1 << 4))
    for refused in (
        await guild.editor.submit_modal(shown, {fields["Topic or query; empty for all papers"]: "rl", fields["Channel"]: [news]}),
        await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news),
    ):
        assert "may change this channel’s settings" in words(refused)
    assert house.room.rounds.subscriptions.of_channel(guild.of(news)) == []


async def test_another_channel_that_is_not_known_is_refused(house: House, guild: Guild, monkeypatch: pytest.MonkeyPatch):
    """What we may do in the channel where it is asked says nothing of one that the gateway does not know."""
    news = guild.handle.create_news_channel("news")
    gateway = type(house.adapter.gateway)
    for method in (gateway.kind, gateway.ours):
        monkeypatch.setattr(
            gateway,
            method.__name__,
            lambda self, channel, method=method: None if channel == str(news.id) else method(self, channel),
        )
    refused = await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news)
    assert "lacks the permissions View Channel, Send Messages" in words(refused)
    assert house.room.rounds.subscriptions.of_channel(guild.of(news)) == []
    assert "Subscribed" in words(await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=guild.papers))


async def test_another_channel_can_be_chosen(house: House, guild: Guild):
    """The subscription is that channel's; what Paper Round may do there counts, and where to change it is said."""
    news = guild.handle.create_news_channel("news")
    guild.deny(news, 1 << 38)
    refused = await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news)
    assert "lacks the permission Send Messages in Threads" in words(refused)
    guild.allow(news)
    done = await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news)
    assert "For #news: ask there" in words(done)
    assert len(house.room.rounds.subscriptions.of_channel(guild.of(news))) == 1
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []


async def test_the_form_for_another_channel_is_that_channels(house: House, guild: Guild):
    """Without other options a form opens; what is saved is the chosen channel's, not that of the channel it opened in."""
    news = guild.handle.create_news_channel("news")
    shown = await guild.editor.slash(guild.papers, "round subscribe", channel=news)
    assert shown.modal is not None
    fields = {one["label"]: one["component"] for one in shown.modal["components"]}
    assert fields["Channel"]["default_values"] == [{"id": str(news.id), "type": "channel"}]
    done = await guild.editor.submit_modal(
        shown, {fields["Topic or query; empty for all papers"]["custom_id"]: "rl", fields["Channel"]["custom_id"]: [news]}
    )
    assert "For #news: ask there" in words(done)
    assert len(house.room.rounds.subscriptions.of_channel(guild.of(news))) == 1
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []


async def test_an_answer_on_another_channel_has_no_button_that_would_act_on_this_one(guild: Guild):
    """Neither where it was subscribed, nor where it was refused: "try that" would subscribe this very channel."""
    news = guild.handle.create_news_channel("news")
    done = await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news)
    guild.deny(news, 1 << 11)
    refused = await guild.editor.slash(guild.papers, "round subscribe", query="rl", channel=news)
    here = await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    buttons = [[*controls(one.response.components)] for one in (done, refused, here)]
    assert buttons[:2] == [[], []]
    assert [one["label"] for one in buttons[2]] == ["Preview", "Change", "More settings", "Stop"]


async def test_a_role_is_mentioned_only_if_it_may_be(house: House, guild: Guild):
    """A role that not everybody may mention is refused, and the permission that lacks is named; another one is kept."""
    shy = guild.handle.create_role("shy")
    refused = await guild.editor.slash(guild.papers, "round subscribe", query="rl", mention=shy)
    assert "The role shy may not be mentioned by everybody" in words(refused)
    assert "lacks the permission Mention @everyone, @here, and All Roles" in words(refused).replace("\\", "")
    assert house.room.rounds.subscriptions.of_channel(guild.ref) == []
    house.env.backend.edit_role(guild.handle.id, shy.id, {"mentionable": True})
    await house.env.settle()
    done = await guild.editor.slash(guild.papers, "round subscribe", query="rl", mention=shy)
    assert f"First message: mentions <@&{shy.id}>" in words(done)
    (made,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert (made.wish.mention, made.wish.publish) == (str(shy.id), False)
    assert f"first message mentions <@&{shy.id}>" in words(await guild.editor.slash(guild.papers, "round subscriptions"))
    off = await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    assert "First message" not in words(off)
    assert house.room.rounds.subscriptions.of_channel(guild.ref)[0].wish.mention == ""


async def test_a_role_may_be_typed_by_its_name(house: House, guild: Guild):
    """Behind `/papers`, with spaces; a name that is none is refused, and everybody is never mentioned."""
    role = guild.handle.create_role("Robotics Team", mentionable=True)
    await house.env.settle()
    await guild.editor.slash(guild.papers, "papers", query="subscribe rl mention @robotics team weekdays")
    (made,) = house.room.rounds.subscriptions.of_channel(guild.ref)
    assert made.wish.mention == str(role.id)
    lines = {
        "subscribe icl mention @Robots": "is no role that can be mentioned",
        "subscribe icl mention @everyone": "is never mentioned by Paper Round",
        "subscribe icl mention <@&123>": "This server has no such role",
    }
    for line, why in lines.items():
        assert why in words(await guild.editor.slash(guild.papers, "papers", query=line))
    everybody = await guild.editor.slash(guild.papers, "round subscribe", query="icl", mention=guild.handle.default_role)
    assert "Paper Round never mentions" in words(everybody)
    assert len(house.room.rounds.subscriptions.of_channel(guild.ref)) == 1


async def test_only_an_announcement_channel_publishes(house: House, guild: Guild):
    """Elsewhere nobody follows, and that is said."""
    refused = await guild.editor.slash(guild.papers, "round subscribe", query="rl", publish=True)
    assert "Only an announcement channel publishes" in words(refused)
    news = guild.handle.create_news_channel("news")
    done = await guild.editor.slash(news, "round subscribe", query="rl", publish=True)
    assert "First message: published to followers" in words(done)
    assert house.room.rounds.subscriptions.of_channel(guild.of(news))[0].wish.publish


async def test_a_second_form_has_the_role_and_what_else_the_first_has_no_room_for(house: House, guild: Guild):
    """More settings: what was saved is shown in it, and a role taken out of it is mentioned no more."""
    role = guild.handle.create_role("robotics", mentionable=True)
    await house.env.settle()
    made = await guild.editor.slash(guild.papers, "round subscribe", query="rl", time="08:00")
    for chosen, stored in (([role], str(role.id)), ([], "")):
        shown = await guild.editor.click(made.response, label="More settings")
        assert shown.modal is not None
        fields = {one["label"]: one["component"] for one in shown.modal["components"]}
        field = fields["Role that each first message mentions"]
        assert bool(field.get("default_values")) == (stored == "")
        await guild.editor.submit_modal(shown, {field["custom_id"]: chosen, fields["As"]["custom_id"]: ["layout list"]})
        (kept,) = house.room.rounds.subscriptions.of_channel(guild.ref)
        assert (kept.wish.mention, kept.wish.layout, str(kept.wish.timing.at)) == (stored, "list", "08:00:00")


async def test_names_and_titles_are_completed(guild: Guild):
    """As typed, misspelt, or by a few words of the title."""
    assert await guild.reader.autocomplete(guild.papers, "paper", "name", "lib") == [
        {"name": "LIBERO · paper", "value": "LIBERO"}
    ]
    assert (await guild.reader.autocomplete(guild.papers, "paper", "name", "LIBRO"))[0]["value"] == "LIBERO"
    titles = await guild.reader.autocomplete(guild.papers, "paper", "name", "walk befor you run")
    assert titles[0]["value"].startswith("Walk Before You Run")


async def test_topics_verbs_and_zones_are_completed(guild: Guild):
    """`/papers` offers topics and what else can be typed; a city finds its zone."""
    verbs = await guild.reader.autocomplete(guild.papers, "papers", "query", "")
    assert "help" in [one["value"] for one in verbs]
    topics = await guild.reader.autocomplete(guild.papers, "papers", "query", "reinf")
    assert "reinforcement learning" in [one["value"] for one in topics]
    zones = await guild.editor.autocomplete(guild.papers, "round subscribe", "zone", "berl", query="rl")
    assert "Europe/Berlin" in [one["value"] for one in zones]
    days = await guild.editor.autocomplete(guild.papers, "round subscribe", "days", "week")
    assert [one["value"] for one in days] == ["weekdays", "weekends", "week"]


async def test_subscriptions_are_completed_by_number(guild: Guild):
    """`/round unsubscribe` offers what this channel has."""
    await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    offered = await guild.editor.autocomplete(guild.papers, "round unsubscribe", "which", "")
    assert [one["value"] for one in offered] == ["#1"]
    assert "rl weekdays" in offered[0]["name"]


async def test_what_the_channel_is_subscribed_to_is_completed_first(guild: Guild):
    """`/papers` offers the channel's own queries before all else, and another server's never."""
    await guild.editor.slash(guild.papers, "round subscribe", query="world models")
    for typed in ("", "wor", "mod"):
        offered = await guild.reader.autocomplete(guild.papers, "papers", "query", typed)
        assert offered[0] == {"name": "world models · subscribed here", "value": "world models"}
        assert len(offered) <= 25


async def test_a_slow_completion_offers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Better no choices in time than an error."""
    monkeypatch.setattr("adapters.discord.talk.COMPLETION_S", 0.05)

    async def slow(text: str, asked: Invocation) -> list:
        await asyncio.to_thread(time.sleep, 0.3)
        return []

    async with open_house(tmp_path, complete=slow) as house:
        guild = Guild(house.env, "lab")
        assert await guild.reader.autocomplete(guild.papers, "paper", "name", "lib") == []


async def test_a_button_asks_its_command(house: House, guild: Guild):
    """A number of a list opens that paper, beside the list."""
    listed = await guild.reader.slash(guild.papers, "papers", query="rl")
    opened = await guild.reader.click(listed.response, label="1")
    assert opened.ephemeral
    assert "Train Once, Get a Family" in words(opened)


async def test_pages_turn_in_place(house: House, guild: Guild):
    """`Next` changes the message whose button it is."""
    listed = await guild.reader.slash(guild.papers, "papers", query="rl")
    turned = await guild.reader.click(listed.response, label="Next ›")
    assert turned.followups == []
    assert "6–7 of 7" in words(listed)
    assert house.heard[-1].private


async def test_a_shared_list_is_for_everybody(house: House, guild: Guild):
    """Share posts it for all who see the channel; anybody turns its pages, and the answer says nothing that is one person's."""
    listed = await guild.editor.slash(guild.papers, "papers", query="rl")
    shared = await guild.editor.click(listed.response, label="Share")
    assert not shared.ephemeral
    assert not house.heard[-1].private
    await guild.reader.click(shared.response, label="Next ›")
    assert "6–7 of 7" in words(shared)
    assert not house.heard[-1].private


async def test_who_may_not_write_shares_nothing(guild: Guild):
    """A reader's Share stays their own: they could not have said it in the channel either."""
    listed = await guild.reader.slash(guild.papers, "papers", query="rl")
    shared = await guild.reader.click(listed.response, label="Share")
    assert shared.ephemeral
    assert guild.papers.history() == []


async def test_a_refusal_does_not_wipe_out_a_shared_list(tmp_path: Path):
    """What cannot be done is told to the one who pressed; the list stays."""

    async def answer(asked: Invocation) -> Reply:
        if "bad" in asked.text:
            return Reply(cards=(a_card("That did not work"),), refused="no")
        return Reply(
            cards=(
                a_card("List", Buttons((Button("Bad", "/papers bad", effect="update"), Button("S", "/papers", effect="share")))),
            )
        )

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        listed = await guild.editor.slash(guild.papers, "papers")
        shared = await guild.editor.click(listed.response, label="S")
        refused = await guild.reader.click(shared.response, label="Bad")
        assert "### List" in words(shared)
        assert "That did not work" in words(refused)
        assert refused.ephemeral


async def test_an_editions_message_stays_as_it_was_posted(house: House, guild: Guild):
    """Its buttons answer beside it, to the one who presses, whatever they do elsewhere: it is known again by what it holds."""
    card = a_card("A day", Buttons((Button("More", "/papers rl page:2", effect="update"),)))
    await house.adapter.post(guild.ref, card, key="e1p1")
    (posted,) = guild.papers.history()
    before = house.env.backend.get_message(guild.papers.id, posted.id).components
    pressed = await guild.reader.click(posted, label="More")
    assert pressed.ephemeral
    assert "6–7 of 7" in words(pressed)
    assert house.heard[-1].private
    assert house.env.backend.get_message(guild.papers.id, posted.id).components == before


async def test_menus_and_forms_work_after_a_restart(tmp_path: Path):
    """What was shown by one process is chosen from and sent off to the next, also where its command is too long for an id."""
    line = "/papers " + "z" * 300
    form = Form(title="Refine", inputs=(Input(name="q", label="Query"),), command=line)

    async def answer(asked: Invocation) -> Reply:
        heard.append(asked.text)
        if asked.text == "/papers":
            return Reply(cards=(a_card("Card", Select("Choose", (("Long", line),))),))
        return Reply(form=form) if asked.text == "/papers form" else Reply(cards=(a_card("Done"),))

    heard: list[str] = []
    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        listed = await guild.reader.slash(guild.papers, "papers")
        shown = await guild.reader.slash(guild.papers, "papers", query="form")
        assert shown.modal is not None
        adapter = make_adapter(house.room, house.notes, options={"shard_count": 1})
        adapter.listen(answer)
        await house.env.restart_bot(adapter.gateway)
        (menu,) = controls(listed.response.components)
        await guild.reader.select(listed.response, [menu["options"][0]["value"]])
        await guild.reader.submit_modal(shown, {shown.modal["components"][0]["component"]["custom_id"]: "rl"})
    assert heard == ["/papers", "/papers form", line, f"{line} rl"]


async def test_buttons_work_after_a_restart(house: House, guild: Guild):
    """Nothing is kept in the process: a new one answers what the old one showed."""
    listed = await guild.reader.slash(guild.papers, "papers", query="rl")
    adapter = make_adapter(house.room, house.notes, options={"shard_count": 1})
    heard: list[Invocation] = []
    adapter.listen(answering(house.room, heard))
    await house.env.restart_bot(adapter.gateway)
    turned = await guild.reader.click(listed.response, label="Next ›")
    assert turned.acknowledged
    assert "6–7 of 7" in words(listed)
    assert heard[-1].text == "/papers rl page:2"


async def test_a_long_command_outlives_the_process_for_thirty_days(tmp_path: Path):
    """A command that no id can hold is kept; after that its button says so and does nothing."""
    line = "/papers " + "x" * 300

    async def answer(asked: Invocation) -> Reply:
        heard.append(asked.text)
        return Reply(cards=(a_card("Card", Buttons((Button("Long", line),))),))

    heard: list[str] = []
    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        shown = await guild.reader.slash(guild.papers, "papers")
        adapter = make_adapter(house.room, house.notes, options={"shard_count": 1})
        adapter.listen(answer)
        await house.env.restart_bot(adapter.gateway)
        await guild.reader.click(shown.response, label="Long")
        assert heard[-1] == line
        house.room.now += COMMANDS_KEPT
        old = await guild.reader.click(shown.response, label="Long")
        assert "more than thirty days old" in words(old)
        assert len(heard) == 2


async def test_a_menu_asks_the_command_that_was_chosen(tmp_path: Path):
    """Each choice of a select is a command."""

    async def answer(asked: Invocation) -> Reply:
        heard.append(asked.text)
        return Reply(cards=(a_card("Card", Select("Choose", (("One", "/paper 1"), ("Long", "/paper " + "y" * 200)))),))

    heard: list[str] = []
    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        shown = await guild.reader.slash(guild.papers, "papers")
        (menu,) = controls(shown.response.components)
        for option in menu["options"]:
            await guild.reader.select(shown.response, [option["value"]])
    assert heard == ["/papers", "/paper 1", "/paper " + "y" * 200]


async def test_a_slow_answer_is_announced(tmp_path: Path):
    """After a second Discord is told that we are thinking; the answer takes that message's place, still for one person."""

    async def answer(asked: Invocation) -> Reply:
        await asyncio.sleep(2)
        return Reply(cards=(a_card("Late"), a_card("Later")))

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        result = await guild.reader.slash(guild.papers, "papers")
        (first,) = (one.json for one in house.env.http_requests if one.path.endswith("/callback"))
        assert first == {"type": 5, "data": {"flags": 64}}
        assert result.ephemeral
        assert "### Late\n" in words(result) + "\n"
        assert "### Later" in words(result)
        assert all(one.ephemeral for one in result.followups)


async def test_a_slow_page_turns_in_place(tmp_path: Path):
    """Thinking about a page shows nothing, and then the message changes."""

    async def answer(asked: Invocation) -> Reply:
        if "page" in asked.text:
            await asyncio.sleep(2)
            return Reply(cards=(a_card("Page 2"),))
        return Reply(cards=(a_card("Page 1", Buttons((Button("Next", "/papers page:2", effect="update"),))),))

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        result = await guild.reader.slash(guild.papers, "papers")
        await guild.reader.click(result.response, label="Next")
        assert "### Page 2" in words(result)


async def test_a_form_that_comes_late_has_a_button(tmp_path: Path):
    """A form can only be the first response; where it is too late, or a form was just sent, a button opens it."""
    form = Form(title="A form", inputs=(Input(name="q", label="Query"),), command="/papers refine")

    async def answer(asked: Invocation) -> Reply:
        if asked.text == "/papers":
            await asyncio.sleep(2)
        return Reply(form=form)

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        late = await guild.reader.slash(guild.papers, "papers")
        assert "### A form" in words(late)
        shown = await guild.reader.click(late.response, label="Open the form")
        assert shown.modal is not None
        again = await guild.reader.submit_modal(shown, {shown.modal["components"][0]["component"]["custom_id"]: "x"})
        assert label(again, "Open the form")


async def test_a_second_click_is_not_a_second_answer(tmp_path: Path):
    """Who clicks twice in a hurry is answered once."""
    heard: list[str] = []
    go = asyncio.Event()

    async def answer(asked: Invocation) -> Reply:
        heard.append(asked.text)
        if asked.text != "/papers":
            await go.wait()
        return Reply(cards=(a_card("Card", Buttons((Button("Slow", "/papers slow"),))),))

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        shown = await guild.reader.slash(guild.papers, "papers")
        talk = house.adapter.gateway
        taken: list[discord.Interaction] = []
        taking = talk._take

        async def twice(interaction: discord.Interaction) -> None:
            taken.append(interaction)
            first = asyncio.create_task(taking(interaction))
            await asyncio.to_thread(time.sleep, 0.03)
            await taking(interaction)
            go.set()
            await first

        talk._take = twice
        await guild.reader.click(shown.response, label="Slow")
    assert heard == ["/papers", "/papers slow"]


async def test_an_interaction_that_is_over_breaks_nothing(house: House, guild: Guild):
    """A token that is gone, an interaction that another process answered, a refusal: the next one is answered."""
    for status, code in ((404, 10062), (400, 40060), (500, 0)):
        house.env.inject_error("POST", "/interactions/*/*/callback", status=status, code=code)
        assert not (await guild.reader.slash(guild.papers, "papers")).acknowledged
    assert (await guild.reader.slash(guild.papers, "papers")).acknowledged


async def test_a_token_that_is_gone_when_the_answer_comes_breaks_nothing(tmp_path: Path):
    """After a quarter of an hour what was announced can no longer be shown; the next one is answered."""

    async def answer(asked: Invocation) -> Reply:
        if asked.text == "/papers":
            await late.wait()
        return Reply(cards=(a_card(),))

    late = asyncio.Event()
    async with open_house(tmp_path, answer=answer, patience_s=0.0) as house:
        guild = Guild(house.env, "lab")
        house.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=401, code=50027)
        asyncio.get_running_loop().call_later(0.05, late.set)
        gone = await guild.reader.slash(guild.papers, "papers")
        assert gone.deferred
        assert "### A card" not in words(gone)
        assert "### A card" in words(await guild.reader.slash(guild.papers, "papers", query="rl"))


@pytest.mark.parametrize("name", ["Z" + "\u0301" * 200, "\u202e" + "عربي" * 50, "\u200d" * 200])
async def test_a_name_of_any_letters_is_looked_up(guild: Guild, name: str):
    """200 combining marks, right-to-left text, nothing to be seen: an answer in words, and completions that Discord takes."""
    result = await guild.reader.slash(guild.papers, "paper", name=name)
    assert result.ephemeral
    assert words(result)
    assert isinstance(await guild.reader.autocomplete(guild.papers, "paper", "name", name), list)


async def test_a_card_that_discord_refuses_is_told_by_its_title(house: House, guild: Guild):
    """Never nothing at all."""
    house.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035)
    result = await guild.reader.slash(guild.papers, "papers", query="rl")
    assert words(result) == "### Papers: rl"


async def test_an_answer_with_a_file_brings_it(tmp_path: Path):
    """An export is a file that only the caller sees."""

    async def answer(asked: Invocation) -> Reply:
        return Reply(cards=(a_card(),), attachment=Attachment(name="papers.bib", media_type="text/plain", text="@misc{é}\r\n"))

    async with open_house(tmp_path, answer=answer) as house:
        guild = Guild(house.env, "lab")
        result = await guild.editor.slash(guild.papers, "round export", format="bibtex")
        (sent,) = result.followups
        assert sent.ephemeral
        assert [one.filename for one in sent.attachments] == ["papers.bib"]
        assert await sent.attachments[0].read() == "@misc{é}\r\n".encode()


async def test_papers_of_a_message_are_found(house: House, guild: Guild):
    """The command “Find papers here” looks up the ids and links of any message; no other message is ever read."""
    message = await guild.editor.send(guild.papers, "see https://huggingface.co/papers/2511.20347 and 2505.18129")
    result = await guild.reader.context_menu(guild.papers, FIND_HERE, message)
    assert result.ephemeral
    assert [one.text for one in house.heard] == ["/paper hf:2511.20347", "/paper arxiv:2505.18129"]
    nothing = await guild.editor.send(guild.papers, "👋")
    assert "names no paper" in words(await guild.reader.context_menu(guild.papers, FIND_HERE, nothing))


async def test_the_papers_of_a_message_are_added(house: House, guild: Guild):
    """The command “Add these papers” hands the engine the message's text, or its file."""
    message = await guild.editor.send(guild.papers, "Daily Papers\n\nsome text")
    await guild.reader.context_menu(guild.papers, ADD_THESE, message)
    assert (house.heard[-1].text, house.heard[-1].document) == ("/papers import", b"Daily Papers\n\nsome text")
    with_file = await guild.editor.send(guild.papers, "here", attachments=[("a.png", b"\x89PNG"), ("list.bib", b"@misc{a}")])
    await guild.reader.context_menu(guild.papers, ADD_THESE, with_file)
    assert (house.heard[-1].document_name, house.heard[-1].document) == ("list.bib", b"@misc{a}")


async def test_a_file_is_imported(house: House, guild: Guild):
    """`/round import` hands the engine the file and its name."""
    await guild.editor.slash(guild.papers, "round import", file=("digest.txt", b"Daily Papers"))
    asked = house.heard[-1]
    assert (asked.text, asked.document, asked.document_name) == ("/papers import", b"Daily Papers", "digest.txt")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("huge.txt", b"x" * 2_000_001, "a digest may have 2 MB"),
        ("paper.pdf", b"%PDF-1.7", "is no text"),
        ("digest.txt", b"PK\x03\x04zip", "is no text, whatever its name says"),
        ("Z" + "\u0301" * 200 + ".txt", b"PK\x03\x04zip", "… is no text, whatever its name says"),
        ("digest.txt", b"", "is empty"),
    ],
)
async def test_what_is_no_digest_is_refused(house: House, guild: Guild, name: str, data: bytes, why: str):
    """Too large, another kind, a disguised binary, empty: nothing reaches the engine."""
    result = await guild.editor.slash(guild.papers, "round import", file=(name, data))
    assert why in words(result)
    assert "Nothing was added" in words(result)
    assert house.heard == []


async def test_a_command_of_an_older_version_is_answered(house: House, guild: Guild):
    """Discord may still show what we no longer know; it says so."""
    house.env.backend.register_commands(None, [{"name": "roundup", "type": 1, "description": "Old"}])
    assert "no longer known" in words(await guild.reader.slash(guild.papers, "roundup"))


async def test_in_a_thread_the_channel_is_asked_for(house: House, guild: Guild):
    """Subscriptions are the channel's, also where they are asked for in one of its threads."""
    thread = house.env.backend.create_thread(guild.papers.id, "talk", guild.editor.id)
    handle = next(one for one in guild.papers.threads if one.id == thread.id)
    await guild.editor.slash(handle, "round subscriptions")
    assert house.heard[-1].channel == guild.ref


async def test_one_of_several_processes_changes_something(house: House, guild: Guild):
    """Discord hands an interaction to all that are connected: who comes second does nothing."""
    heard: list[Invocation] = []
    other = make_adapter(house.room, house.notes)
    other.listen(answering(house.room, heard))
    taking = house.adapter.gateway._take

    async def both(interaction: discord.Interaction) -> None:
        await taking(interaction)
        await other._take(interaction)

    house.adapter.gateway._take = both
    result = await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    assert "Subscribed: rl" in words(result)
    assert len(house.heard) == 1
    assert heard == []


async def test_a_database_that_is_away_is_told(house: House, guild: Guild, monkeypatch: pytest.MonkeyPatch):
    """What cannot be looked up is said, to the one who asked."""

    def away(*_: object) -> bool:
        raise StorageError("The database does not answer. Nothing was changed; try again.")

    monkeypatch.setattr(house.notes, "first", away)
    result = await guild.editor.slash(guild.papers, "round subscribe", query="rl")
    assert result.ephemeral
    assert result.response is not None
    assert "The database does not answer" in result.response.content


async def test_a_connection_is_part_of_being_ready(house: House):
    """Until Discord's events come, this process is not ready; when they do, it is."""
    assert await house.adapter.check() == ""
    assert await make_adapter(house.room, house.notes).check() == "not connected to Discord"
    assert isinstance(house.adapter, Watched)


async def test_commands_in_an_answer_can_be_pressed(house: House, guild: Guild):
    """With the ids that Discord gave them, also after a restart that registers nothing."""
    ids = {one["name"]: one["id"] for one in house.env.backend.commands[None].values()}
    assert f"</papers:{ids['papers']}>" in words(await guild.reader.slash(guild.papers, "papers", query="help"))
    adapter = make_adapter(house.room, house.notes, options={"shard_count": 1})
    adapter.listen(answering(house.room, []))
    await house.env.restart_bot(adapter.gateway)
    assert f"</papers:{ids['papers']}>" in words(await guild.reader.slash(guild.papers, "papers", query="help"))
