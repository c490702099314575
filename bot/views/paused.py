"""What the maker of a subscription reads when its channel takes no more messages, or the role it mentions is gone."""

from collections.abc import Sequence

from bot.cards import Card, Context, Span, Text
from bot.model import ChannelRef


def paused_card(channel: ChannelRef, lines: Sequence[str], reason: str) -> Card:
    """Tell a maker that their subscriptions in a channel are paused.

    Args:
        channel: the channel that is gone.
        lines: each of their subscriptions there, as it is typed after `/papers subscribe`.
        reason: what the platform said, a sentence.
    """
    many = len(lines) > 1
    spans = [
        Span(f"Paper Round can no longer post in {channel}: {reason} "),
        Span(f"Your {'subscriptions' if many else 'subscription'} there {'are' if many else 'is'} paused and "),
        Span("nothing more is posted there."),
    ]
    fix: list[Span] = [Span("To go on, let Paper Round into that channel again and type there: ")]
    for number, line in enumerate(lines):
        fix += [Span(" and " if number else ""), Span(f"/papers subscribe {line}".rstrip(), "code")]
    return Card(title="Your daily papers are paused", elements=(Text(tuple(spans)), Context(tuple(fix))))


def role_gone_card(channel: ChannelRef, line: str) -> Card:
    """Tell a maker that the role that their subscription mentioned is gone.

    Args:
        channel: where it posts.
        line: the subscription as it is now, as it is typed after `/papers subscribe`.
    """
    text = f"The role that your subscription in {channel} mentioned was deleted. Its editions go on and mention nobody now."
    fix = (Span("To mention another role, type there: "), Span(f"/papers subscribe {line} mention @…", "code"))
    return Card(title="A role is gone", elements=(Text((Span(text),)), Context(fix)))
