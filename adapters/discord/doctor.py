"""What `paperround doctor` looks at of Discord: token and application, registered commands, permissions in each server."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import discord
from discord.http import Route

from adapters.discord.access import invite_link, missing
from adapters.discord.errors import translated
from adapters.discord.gateway import intents
from adapters.discord.manifest import changed, manifest
from adapters.discord.rest import LONGEST_WAIT_S, Rest
from bot.errors import AdapterError, SettingsError
from bot.findings import Check, Finding, to_fix, well
from bot.settings import Settings
from bot.spans import clean_line, shorten

MOST_NAMED: Final = 5
_SERVERS = 200
_NAME_CHARS = 40
NO_TOKEN: Final = "Discord does not take PAPERROUND_DISCORD_TOKEN. Copy the token again, from the page Bot of your application."  # noqa: S105 - no secret


def discord_checks(settings: Settings) -> list[Check]:
    """The checks that these settings ask for."""
    if settings.discord_token is None:
        return [Check(name="Discord", look=_not_set_up)]
    token, api = settings.discord_token.get_secret_value().strip(), settings.discord_api_url

    async def look() -> Sequence[Finding]:
        try:
            async with _logged_in(token, api) as client:
                return await _look_at(client)
        except AdapterError as error:
            return (to_fix("Discord", f"{error} Nothing of it was looked at. Check the network, then try again."),)

    return [Check(name="Discord", look=look)]


async def _not_set_up() -> Sequence[Finding]:
    return (well("Discord", "Not set up; PAPERROUND_DISCORD_TOKEN turns it on."),)


@asynccontextmanager
async def _logged_in(token: str, api: str) -> AsyncIterator[discord.Client]:
    if api:
        Route.BASE = api.rstrip("/")
    client = discord.Client(intents=intents(), max_ratelimit_timeout=LONGEST_WAIT_S)
    try:
        with translated():
            await client.login(token)
        yield client
    except Exception as error:
        if isinstance(error.__cause__, discord.LoginFailure):
            raise SettingsError(NO_TOKEN) from None
        raise
    finally:
        await client.close()


async def _look_at(client: discord.Client) -> list[Finding]:
    application = client.application_id or 0
    name = clean_line(client.user.name) if client.user else "?"
    rest = Rest(client)
    with translated():
        registered = await rest.registered(application)
        servers = await rest.servers(_SERVERS)
    return [
        well(
            "Discord token",
            f"It is {shorten(name, _NAME_CHARS)}’s, of application {application}; no privileged intent is needed.",
        ),
        of_commands(registered),
        of_servers(servers),
        well("Discord invite", invite_link(str(application))),
    ]


def of_commands(registered: Sequence[Mapping[str, Any]]) -> Finding:
    """Whether what Discord shows is what this version answers."""
    names = changed(registered)
    if not names:
        return well("Discord commands", f"All {len(manifest())} are registered.")
    return to_fix(
        "Discord commands",
        f"{', '.join(names)}: not registered as in this version. Start `paperround run` once; it registers what has changed.",
    )


def of_servers(servers: Sequence[Mapping[str, Any]]) -> Finding:
    """In which servers a permission of the invitation lacks; a channel may still take away more."""
    if not servers:
        return to_fix("Discord servers", "No server has let Paper Round in. Open the invite link below.")
    lacking = []
    for server in servers:
        names = missing("text", int(server.get("permissions") or 0))
        if names:
            lacking.append(f"{shorten(clean_line(str(server.get('name', '?'))), _NAME_CHARS)} ({', '.join(names)})")
    count = f"{len(servers)} {'server' if len(servers) == 1 else 'servers'}"
    if not lacking:
        return well("Discord servers", f"{count}; no permission is missing in any of them.")
    more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
    return to_fix(
        "Discord servers",
        f"Permissions are missing in {', '.join(lacking[:MOST_NAMED])}{more}. An admin gives them by the invite link below.",
    )
