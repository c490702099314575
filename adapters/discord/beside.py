"""Discord: what is given beside a command line: another channel, a pasted text; and how the answer says so. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import limits
from adapters.discord.asking import Asker
from bot.cards import Buttons, Context, Element, Fold, Input, Reply, Row, Select, Span, Text
from bot.model import ChannelRef


def in_channel(asker: Asker, channel: str, resolved: Mapping[str, Any]) -> Asker:
    """The asker, asking for another channel of the same server, with what they may do there.

    What we may do there is not said by an interaction, only by the gateway; where it does not know the channel, that is nothing.
    """
    if channel in ("", asker.channel.channel) or asker.standing != "server":
        return asker
    described: Mapping[str, Any] = (resolved.get("channels") or {}).get(channel) or {}
    ref = ChannelRef(platform=asker.channel.platform, workspace=asker.channel.workspace, channel=channel)
    return replace(asker, channel=ref, permissions=int(described.get("permissions") or 0), ours=0)


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


def elsewhere(reply: Reply, channel: str, name: str) -> Reply:
    """The reply to what was asked for another channel: it says for which, and has no buttons, which would act on this one.

    A form asks for the channel among what it shows, and that one is chosen.
    """
    if reply.form is not None:
        asked = [one for one in reply.form.inputs if one.kind != "channel"]
        chosen = Input(name="channel", label="Channel", kind="channel", value=channel)
        place = limits.MODAL_INPUTS - 1
        return replace(reply, form=replace(reply.form, inputs=(*asked[:place], chosen, *asked[place:])))
    if not reply.cards:
        return reply
    first, *others = (replace(card, elements=tuple(_without_buttons(card.elements))) for card in reply.cards)
    note = Context((Span(f"For #{name}: ask there to change it."),))
    place = next((n for n, one in enumerate(first.elements, 1) if isinstance(one, Text)), 0)
    elements = (*first.elements[:place], note, *first.elements[place:])
    return replace(reply, cards=(replace(first, elements=elements), *others))


def _without_buttons(elements: Iterable[Element]) -> Iterator[Element]:
    for one in elements:
        match one:
            case Buttons() | Select() | Fold():
                continue
            case Row(spans):
                yield Text(spans)
            case _:
                yield one
