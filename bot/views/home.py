"""What a person finds on their own page of the app: what they subscribed, when it comes next, and how to begin."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Button, Buttons, Card, Context, Span, Text
from bot.subscription import Subscription
from bot.views.subscriptions import line_text, state_spans
from bot.views.wording import count_of


def welcome_card(count: int, *, more: bool) -> Card:
    """What can be done here. `count`: how many subscriptions of theirs follow; `more`: there are more than that."""
    words = (
        Span("The day’s research papers in your channels, and every past paper one command away. Type "),
        Span("/papers rl", "code"),
        Span(" for a topic, "),
        Span("/paper LIBERO", "code"),
        Span(" for one paper, in any channel; write to Paper Round here, or mention it in a thread."),
    )
    buttons = (
        Button("Newest papers", "/papers today", "primary"),
        Button("Subscribe a channel", "/papers subscribe", effect="form"),
        Button("Saved", "/papers saved"),
        Button("Add papers", "/papers import", effect="form"),
        Button("Help", "/papers help"),
    )
    made = f"You made {count_of(count, 'subscription')} in this workspace." if count else "You made no subscription yet."
    also = " The newest are below; each channel lists its own with /papers subscriptions." if more else ""
    return Card(title="Paper Round", elements=(Text(words), Buttons(buttons), Context((Span(made + also),))))


def own_card(subscription: Subscription, *, now: datetime) -> Card:
    """One subscription of theirs: where, when it comes next, and what can be done about it."""
    first = (
        Button("Resume", f"/papers resume #{subscription.id}", "primary")
        if subscription.paused
        else Button("Change", f"/papers subscribe #{subscription.id}", effect="form")
    )
    others = (Button("Preview", f"/papers preview #{subscription.id}"), Button("Stop", f"/papers unsubscribe #{subscription.id}"))
    where = (Span(subscription.channel.channel, "channel"), Span(" · "), *state_spans(subscription, now))
    return Card(title=line_text(subscription), elements=(Context(where), Buttons((first, *others))))


def home_cards(mine: Sequence[Subscription], *, most: int, now: datetime) -> list[tuple[str, Card]]:
    """The cards of the page, each with the channel it is about (empty for none), the newest subscription first."""
    shown = sorted(mine, key=lambda one: (one.made_at, one.id), reverse=True)[:most]
    cards = [("", welcome_card(len(mine), more=len(mine) > most))]
    return cards + [(one.channel.channel, own_card(one, now=now)) for one in shown]
