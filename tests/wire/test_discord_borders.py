"""What is one server's stays there: two servers, direct messages, and people who installed Paper Round for themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import simcord.interactions
from simcord import InteractionResult, MemberActor

from adapters.discord.commands import ADD_THESE, FIND_HERE
from tests.builders import block, page
from tests.wire.discord_room import Guild, House, open_house, words

PRIVATE = "Zyzzyva"
DOCUMENT = page(block(f"{PRIVATE}Net: A Private Study of Weevils", byline="  • 2 authors")).encode()

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("papers", {}),
    ("papers", {"query": PRIVATE}),
    ("papers", {"query": "weevils"}),
    ("papers", {"query": f"search {PRIVATE}Net"}),
    ("papers", {"query": "find weevils"}),
    ("papers", {"query": "imported"}),
    ("papers", {"query": "imported 1"}),
    ("papers", {"query": "undo 1"}),
    ("papers", {"query": "on:2025-12-08"}),
    ("papers", {"query": f"similar {PRIVATE}Net"}),
    ("papers", {"query": f"abstract {PRIVATE}Net"}),
    ("papers", {"query": f"save {PRIVATE}Net"}),
    ("paper", {"name": f"{PRIVATE}Net"}),
    ("paper", {"name": "a private study of weevils"}),
    ("round subscriptions", {}),
    ("round subscriptions", {"everywhere": True}),
    ("round preview", {}),
    ("round preview", {"which": "#1"}),
    ("round preview", {"which": "7"}),
    ("round status", {}),
    ("round why", {"name": f"{PRIVATE}Net"}),
    ("round export", {"format": "json", "query": "weevils"}),
    ("round export", {"format": "bibtex", "query": "saved"}),
    ("round saved", {}),
    ("round help", {}),
    ("round unsubscribe", {}),
    ("round unsubscribe", {"which": "#1"}),
    ("round subscribe", {"query": "weevils", "zone": "Europe/Paris"}),
)
"""Every command, asked for what another server holds."""

COMPLETED: tuple[tuple[str, str, str], ...] = (
    ("papers", "query", PRIVATE[:4]),
    ("paper", "name", PRIVATE[:4]),
    ("paper", "name", "a private study of"),
    ("round why", "name", PRIVATE[:4]),
    ("round export", "query", PRIVATE[:4]),
    ("round unsubscribe", "which", ""),
    ("round preview", "which", ""),
    ("round subscribe", "query", PRIVATE[:4]),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Discord and the engine over the bundled sample."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ours(house: House) -> Guild:
    """A server that imported a paper, saved it and subscribed to it."""
    guild = Guild(house.env, "ours")
    assert "1 new" in words(await guild.editor.slash(guild.papers, "round import", file=("digest.txt", DOCUMENT)))
    assert PRIVATE in words(await guild.editor.slash(guild.papers, "paper", name=f"{PRIVATE}Net"))
    await guild.editor.slash(guild.papers, "papers", query=f"save {PRIVATE}Net")
    assert PRIVATE in words(await guild.editor.slash(guild.papers, "round saved"))
    assert "Subscribed" in words(await guild.editor.slash(guild.papers, "round subscribe", query=f"{PRIVATE} secretly"))
    return guild


def leaks(result: InteractionResult) -> bool:
    """Whether an answer tells of the other server's paper, list or subscription."""
    told = words(result)
    files = [one.filename for message in result.followups for one in message.attachments]
    echoed = told.replace(f"{PRIVATE}Net: A", "LEAK")  # the title; the name itself may be repeated as it was typed
    return "LEAK" in echoed or "secretly" in told or any(PRIVATE.lower() in name.lower() for name in files)


async def test_another_server_sees_nothing(house: House, ours: Guild):
    """Every command, by people who may configure there, answers as if the first server did not exist."""
    other = Guild(house.env, "other")
    for command, options in ASKED:
        assert not leaks(await other.editor.slash(other.papers, command, **options)), (command, options)
        assert house.heard[-1].channel.workspace == str(other.handle.id)
    for command, option, typed in COMPLETED:
        offered = await other.editor.autocomplete(other.papers, command, option, typed)
        assert not any("Weevils" in str(one) or "secretly" in str(one) or one["value"] == f"{PRIVATE}Net" for one in offered)
    assert len(house.room.rounds.subscriptions.of_channel(ours.ref)) == 1


async def test_the_own_server_sees_it(house: House, ours: Guild):
    """What the same commands find at home: the test above looks for something that is there."""
    found = [await ours.editor.slash(ours.papers, command, **options) for command, options in ASKED[1:14]]
    assert any(leaks(one) for one in found)
    assert (await ours.reader.autocomplete(ours.papers, "paper", "name", PRIVATE[:4]))[0]["value"] == f"{PRIVATE}Net"


async def test_a_member_of_both_takes_nothing_along(house: House, ours: Guild):
    """A person's list is kept for each server by itself."""
    other = Guild(house.env, "other")
    both = other.handle.add_member(ours.editor.user, roles=[next(r for n, r in other.handle.roles.items() if n == "editors")])
    assert not leaks(await both.slash(other.papers, "round saved"))
    assert not leaks(await both.slash(other.papers, "round export", format="json", query="saved"))


async def test_buttons_carry_nothing_over(house: House, ours: Guild):
    """A message's menu and a typed number reach only what one's own server holds."""
    other = Guild(house.env, "other")
    message = await other.editor.send(other.papers, f"{PRIVATE}Net: what is it?")
    for name in (FIND_HERE, ADD_THESE):
        assert not leaks(await other.editor.context_menu(other.papers, name, message))
    for number in range(1, 20):
        assert not leaks(await other.editor.slash(other.papers, "paper", name=f"#{number}"))


def install_for(monkeypatch: pytest.MonkeyPatch, person: MemberActor) -> None:
    """What this person asks comes from their own installation, not the server's."""
    made = simcord.interactions.base_payload

    def payload(*args: Any, **fields: Any) -> Any:  # noqa: ANN401 - simcord's own
        record, data = made(*args, **fields)
        if fields["user_id"] == person.id:
            data["authorizing_integration_owners"] = {"1": str(person.id)}
        return record, data

    monkeypatch.setattr(simcord.interactions, "base_payload", payload)


async def test_a_user_app_knows_no_server(house: House, ours: Guild, monkeypatch: pytest.MonkeyPatch):
    """Even in the server's own channel: who has it for themselves sees public papers, and only they see the answer."""
    install_for(monkeypatch, ours.editor)
    for command, options in ASKED:
        result = await ours.editor.slash(ours.papers, command, **options)
        assert not leaks(result), (command, options)
        assert result.ephemeral or result.modal
    assert {one.channel.workspace for one in house.heard[-5:]} == {f"user:{ours.editor.id}"}
    for command, option, typed in COMPLETED:
        offered = await ours.editor.autocomplete(ours.papers, command, option, typed)
        assert not any("Weevils" in str(one) or "secretly" in str(one) for one in offered)
    assert len(house.room.rounds.subscriptions.of_channel(ours.ref)) == 1


async def test_a_user_app_shares_and_posts_nothing(house: House, ours: Guild, monkeypatch: pytest.MonkeyPatch):
    """Share stays the asker's own, and subscribing a channel that Paper Round is no member of is refused in words."""
    install_for(monkeypatch, ours.editor)
    listed = await ours.editor.slash(ours.papers, "papers", query="rl")
    shared = await ours.editor.click(listed.response, label="Share")
    assert shared.ephemeral
    assert ours.papers.history() == []
    refused = await ours.editor.slash(ours.papers, "round subscribe", query="rl")
    assert "is not a member here" in words(refused)


async def test_a_direct_message_is_ones_own(house: House, ours: Guild):
    """What a person imports and saves there is theirs alone; what their server holds is not there."""
    person = ours.editor.user
    assert not leaks(await person.slash("paper", name=f"{PRIVATE}Net"))
    assert not leaks(await person.slash("round saved"))
    assert "1 new" in words(await person.slash("round import", file=("mine.txt", DOCUMENT.replace(b"Weevils", b"Beetles"))))
    assert "Beetles" in words(await person.slash("paper", name=f"{PRIVATE}Net"))
    assert "Beetles" not in words(await ours.editor.slash(ours.papers, "paper", name=f"{PRIVATE}Net"))
    assert house.heard[-2].channel.workspace == f"user:{person.id}"


async def test_a_direct_message_can_be_subscribed(house: House, ours: Guild):
    """One's own daily papers; nobody else's posts are changed by it."""
    person = ours.reader.user
    result = await person.slash("round subscribe", query="rl", time="09:00")
    assert "Subscribed" in words(result)
    assert not result.ephemeral
    assert house.heard[-1].may_configure
