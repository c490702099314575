"""Discord: what is given beside a command line: another channel, a role, a pasted text; and how the answer says so. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.discord.asking import Asker
from adapters.discord.notes import Wishes
from bot.cards import Card, Context, Reply, Span, Text
from bot.model import ChannelRef


def in_channel(asker: Asker, channel: str, resolved: Mapping[str, Any]) -> Asker:
    """The asker, asking for another channel of the same server, with what they may do there."""
    if not channel or asker.standing != "server":
        return asker
    described: Mapping[str, Any] = (resolved.get("channels") or {}).get(channel) or {}
    ref = ChannelRef(platform=asker.channel.platform, workspace=asker.channel.workspace, channel=channel)
    return replace(asker, channel=ref, permissions=int(described.get("permissions") or 0))


def channel_name(channel: str, resolved: Mapping[str, Any]) -> str:
    """What the chosen channel is called; empty where none was chosen."""
    return str(((resolved.get("channels") or {}).get(channel) or {}).get("name") or "")


def given_beside(data: Mapping[str, Any], kind: str) -> str:
    """What was given in a form's field of this kind: a pasted text, or a channel's id."""
    for row in data.get("components") or ():
        component = row.get("component") or {}
        if str(component.get("custom_id", "")).startswith(f"{kind}|"):
            return str(component.get("value") or next(iter(component.get("values") or ()), ""))
    return ""


def wished(wishes: Wishes, roles: Mapping[str, Any]) -> str:
    """What a channel wants of each day's first message, in words."""
    name = str((roles.get(wishes.role) or {}).get("name") or "the chosen role")
    mention = f"Each day’s first message here mentions {name}." if wishes.role else "Nobody is mentioned here."
    return f"{mention} It is published to followers." if wishes.publish else mention


def noted(reply: Reply, note: str, channel: str) -> Reply:
    """The reply with a line more: what was chosen beside the command, and for which other channel it is."""
    lines = [line for line in (f"For #{channel}: ask there to change it." if channel else "", note) if line]
    if not lines or not reply.cards:
        return reply
    first, *others = reply.cards
    notes = tuple(Context((Span(line),)) for line in lines)
    place = next((n for n, one in enumerate(first.elements, 1) if isinstance(one, Text)), 0)
    elements = (*first.elements[:place], *notes, *first.elements[place:])
    return replace(reply, cards=(Card(title=first.title, url=first.url, elements=elements), *others))
