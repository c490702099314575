"""What the doctor finds of Discord, and what an operator pastes there."""

import json
from pathlib import Path

import pytest
from discord.http import Route
from pydantic import SecretStr
from typer.testing import CliRunner

from adapters.discord.access import INVITED, invite_link
from adapters.discord.doctor import discord_checks, of_servers
from adapters.discord.manifest import manifest
from bot.cli import cli
from bot.findings import Finding, examine
from bot.settings import Settings
from tests.wire.discord_server import TOKEN, Server, open_server


async def found(server: Server, token: str = TOKEN) -> dict[str, Finding]:
    """What the doctor finds with this token, by name."""
    settings = Settings(_env_file=None, discord_token=SecretStr(token), discord_api_url=server.base)  # type: ignore[call-arg]
    return {one.name: one for one in await examine(discord_checks(settings))}


@pytest.fixture(autouse=True)
def _base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back afterwards


async def test_all_is_well_where_all_is_set_up():
    """Token, commands, servers, and the link with exactly the permissions."""
    async with open_server() as server:
        server.commands = [{**one, "id": "1", "version": "2", "nsfw": False} for one in manifest()]
        server.servers = [{"id": "3", "name": "Lab", "permissions": str(INVITED)}]
        findings = await found(server)
    assert all(one.is_ok for one in findings.values())
    assert "application 2" in findings["Discord token"].said
    assert findings["Discord invite"].said == invite_link("2")


async def test_a_wrong_token_is_named_and_not_shown():
    """The setting's name and where to find another one; nothing else is looked at."""
    async with open_server() as server:
        findings = await found(server, "wrong.secret")
    (one,) = findings.values()
    assert not one.is_ok
    assert "PAPERROUND_DISCORD_TOKEN" in one.said
    assert "wrong.secret" not in one.said


async def test_no_way_to_discord_is_said_with_what_to_do():
    """Not only that nobody answers: what to look at, and that the rest was not looked at."""
    server = Server()
    server.base = "http://127.0.0.1:9/api/v10"
    (one,) = (await found(server)).values()
    assert not one.is_ok
    assert "could not be reached" in one.said
    assert "Check the network" in one.said


async def test_what_lacks_is_said_with_what_to_do():
    """Commands of another version, servers without a permission."""
    async with open_server() as server:
        server.commands = [one for one in manifest() if one["name"] != "paper"]
        server.servers = [{"id": "3", "name": "Lab", "permissions": str(INVITED & ~(1 << 35))}]
        findings = await found(server)
    assert "paper: not registered" in findings["Discord commands"].said
    assert "Lab (Create Public Threads)" in findings["Discord servers"].said


def test_many_servers_are_counted():
    """Five are named; with none the link is what to open."""
    lacking = [{"name": f"Server {n}", "permissions": "0"} for n in range(8)]
    assert "and 3 more" in of_servers(lacking).said
    assert "No server" in of_servers([]).said
    assert of_servers([{"name": "Lab", "permissions": str(1 << 3)}]).is_ok


async def test_without_a_token_nothing_is_wrong():
    """Who does not use Discord is told how to, and no more."""
    (one,) = await examine(discord_checks(Settings(_env_file=None)))  # type: ignore[call-arg]
    assert one.is_ok


def test_the_manifest_can_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The commands as Discord gets them, and the invite link."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["manifest", "discord", "--application", "42"])
    printed = json.loads(done.stdout)
    assert printed["commands"] == manifest()
    assert printed["invite"] == invite_link("42")
    assert CliRunner().invoke(cli, ["manifest", "discord", "--application", "x y"]).exit_code == 2
