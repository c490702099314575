"""What is one server's stays there: two servers, direct messages, and people who installed Paper Round for themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import simcord.interactions
from simcord import InteractionResult, MemberActor

from adapters.discord.commands import ADD_THESE, FIND_HERE, SLASHES
from tests.builders import block, page
from tests.wire.discord_room import Guild, House, controls, open_house, words

PRIVATE = "Zyzzyva"
DOCUMENT = page(block(f"{PRIVATE}Net: A Private Study of Weevils", byline="  • 2 authors")).encode()

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("papers", {}),
    ("papers", {"query": PRIVATE}),
    ("papers", {"query": "weevils"}),
    ("papers", {"query": f"search {PRIVATE}Net"}),
    ("papers", {"query": "find weevils"}),
    ("papers", {"query": "imported 1"}),
    ("papers", {"query": "undo 1"}),
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
    ("round import", {"file": ("again.txt", DOCUMENT)}),
    ("round subscribe", {"query": "weevils", "zone": "Europe/Paris"}),
    ("round unsubscribe", {}),
    ("round unsubscribe", {"which": "#1"}),
)
"""Every command, asked for what another server holds."""

SILENT = ("undo 1", "round help", "round import", "round subscribe", PRIVATE)
"""What shows nothing at home either: what of it is tested is that it changes nothing there."""

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


async def leaks(result: InteractionResult) -> bool:
    """Whether an answer or its file tells of the other server's paper, list or subscription."""
    told = words(result)
    for message in result.followups:
        for file in message.attachments:
            told += file.filename + (await file.read()).decode().translate({ord(brace): None for brace in "{}"})  # of BibTeX
    return f"{PRIVATE}Net: A" in told or "secretly" in told  # the name alone may be repeated as it was typed


async def test_another_server_sees_nothing(house: House, ours: Guild):
    """Every command, by its owner, who may do everything, answers as if the first server did not exist, and changes nothing."""
    other = Guild(house.env, "other")
    for command, options in ASKED:
        if command == "round import":
            continue  # from then on it is theirs as well
        assert not await leaks(await other.owner.slash(other.papers, command, **options)), (command, options)
        assert house.heard[-1].channel.workspace == str(other.handle.id)
    for command, option, typed in COMPLETED:
        offered = await other.owner.autocomplete(other.papers, command, option, typed)
        assert not any("Weevils" in str(one) or "secretly" in str(one) or one["value"] == f"{PRIVATE}Net" for one in offered)
    assert "1 new" in words(await other.owner.slash(other.papers, "round import", file=("again.txt", DOCUMENT)))
    assert await leaks(await ours.editor.slash(ours.papers, "round saved"))
    assert len(house.room.rounds.subscriptions.of_channel(ours.ref)) == 1


async def test_the_own_server_sees_it(ours: Guild):
    """The same commands find it at home: the tests of strangers look for something that is there."""
    for command, options in ASKED:
        told = await leaks(await ours.owner.slash(ours.papers, command, **options))
        assert told or command in SILENT or options.get("query") in SILENT, (command, options)
    assert (await ours.reader.autocomplete(ours.papers, "paper", "name", PRIVATE[:4]))[0]["value"] == f"{PRIVATE}Net"


def test_every_command_is_asked_for():
    """One that is new is tested here too."""
    assert {command for command, _ in ASKED} == {" ".join(slash.path) for slash in SLASHES}


async def test_a_member_of_both_takes_nothing_along(house: House, ours: Guild):
    """A person's list is kept for each server by itself."""
    other = Guild(house.env, "other")
    both = other.handle.add_member(ours.editor.user, roles=[next(r for n, r in other.handle.roles.items() if n == "editors")])
    assert not await leaks(await both.slash(other.papers, "round saved"))
    assert not await leaks(await both.slash(other.papers, "round export", format="json", query="saved"))


async def test_buttons_carry_nothing_over(house: House, ours: Guild):
    """A message's menu, a typed number and the buttons of the paper's own card reach only what one's own server holds."""
    other = Guild(house.env, "other")
    message = await other.editor.send(other.papers, f"{PRIVATE}Net: what is it?")
    assert not await leaks(await other.editor.context_menu(other.papers, FIND_HERE, message))
    assert await leaks(
        await ours.editor.context_menu(ours.papers, FIND_HERE, await ours.editor.send(ours.papers, f"{PRIVATE}Net"))
    )
    shown = await ours.editor.slash(ours.papers, "paper", name=f"{PRIVATE}Net")
    pressed = [one["custom_id"].partition("|")[2].split(" ", 1) for one in controls(shown.response.components)]
    assert any(command == "/paper" for command, _ in pressed)
    for command, line in pressed:
        name, option = ("paper", "name") if command == "/paper" else ("papers", "query")
        assert await leaks(await ours.editor.slash(ours.papers, name, **{option: line}))
        assert not await leaks(await other.editor.slash(other.papers, name, **{option: line}))
    assert not await leaks(await other.editor.context_menu(other.papers, ADD_THESE, message))


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
        if command == "round import":
            continue  # from then on it is theirs as well
        result = await ours.editor.slash(ours.papers, command, **options)
        assert not await leaks(result), (command, options)
        assert result.ephemeral or result.modal
    message = await ours.editor.send(ours.papers, f"{PRIVATE}Net")
    for name in (FIND_HERE, ADD_THESE):
        result = await ours.editor.context_menu(ours.papers, name, message)
        assert result.ephemeral
        assert not await leaks(result), name
    assert {one.channel.workspace for one in house.heard[-5:]} == {f"user:{ours.editor.id}"}
    for command, option, typed in COMPLETED:
        offered = await ours.editor.autocomplete(ours.papers, command, option, typed)
        assert not any("Weevils" in str(one) or "secretly" in str(one) for one in offered)
    assert await leaks(await ours.reader.slash(ours.papers, "paper", name=f"{PRIVATE}Net"))
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
    assert not await leaks(await person.slash("paper", name=f"{PRIVATE}Net"))
    assert not await leaks(await person.slash("round saved"))
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
