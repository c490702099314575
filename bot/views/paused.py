"""What the maker of a subscription reads when its channel no longer takes messages."""

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
