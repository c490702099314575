"""The cards of subscriptions: the form, what was made or changed, the list, which one is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Button, Buttons, Card, Context, Divider, Effect, Element, Row, Span, SpanStyle, Text
from bot.local_time import local_day
from bot.prose import cut_at_word
from bot.subscribe_line import days_text, role_text, wish_line
from bot.subscription import Subscription, Wish
from bot.views.wording import among, count_of, day_text, moment

LINE_CHARS = 160
TITLE_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a subscription would bring.

    Of the `seen` new papers, `matched` match and `coming` of these were neither posted here before nor are muted; where none
    matches, how many did `lately`.
    """

    coming: int
    matched: int
    seen: int
    lately: int


def subscribed_card(  # noqa: PLR0913 - all that the card says
    subscription: Subscription, *, title: str, notes: Sequence[str], outlook: Outlook, now: datetime, asked_by: str
) -> Card:
    """A subscription that was just made or changed: its line, when it posts next, and what it would bring."""
    elements: list[Element] = [
        Text((Span(wish_line(subscription.wish), "code"),)),
        Text((Span("Next edition: "), *next_spans(subscription, now, "bold"))),
        Text((Span(_outlook_text(subscription, outlook)),)),
        *((Context((Span("First message: "), *opening)),) if (opening := opening_spans(subscription.wish)) else ()),
        *(Context((Span(note),)) for note in notes),
        Context((Span(f"#{subscription.id} · "), *made_text(subscription, asked_by))),
        Buttons(
            (
                Button("Preview", f"/papers preview #{subscription.id}", "primary"),
                Button("Change", f"/papers subscribe #{subscription.id}", effect="form"),
                *_settings_button(subscription),
                Button("Stop", f"/papers unsubscribe #{subscription.id}"),
            )
        ),
    ]
    return Card(title=f"{title}: {query_text(subscription)}", elements=tuple(elements))


def _settings_button(subscription: Subscription) -> tuple[Button, ...]:
    """What leads to the second form, on the platform whose forms have room for five questions."""
    is_small = subscription.channel.platform == "discord"
    return (Button("More settings", f"/papers settings #{subscription.id}", effect="form"),) if is_small else ()


def _outlook_text(subscription: Subscription, outlook: Outlook) -> str:
    """How much it would bring as things stand, so that a query for everything or nothing is seen at once."""
    if not outlook.seen:
        return f"No new paper waits for it yet; in the last seven days {outlook.lately or 'none'} matched."
    if not outlook.matched:
        new = count_of(outlook.seen, "new paper")
        if outlook.lately:
            return f"None of {new} match; in the last seven days {outlook.lately} did."
        return f"None of {new} match, and none of the last seven days. Is the query what you mean?"
    if outlook.coming < outlook.matched:
        left = outlook.matched - outlook.coming
        of = f"{outlook.matched} of {count_of(outlook.seen, 'new paper')} match so far"
        return f"{of}; {'all' if not outlook.coming else left} of these were posted here before or are muted."
    if not subscription.wish.query:
        return f"{count_of(outlook.seen, 'new paper')} so far."
    if outlook.matched == outlook.seen > 1:
        return f"All {outlook.seen} new papers match: this query keeps nothing out so far."
    return f"{outlook.matched} of {count_of(outlook.seen, 'new paper')} match so far."


def what_changed(old: Subscription, new: Subscription) -> list[str]:
    """Each setting that is another one now, as in "09:00 → 10:00"."""
    one, other = old.wish, new.wish
    pairs = (
        (one.query or "all papers", other.query or "all papers"),
        (days_text(one.timing.days), days_text(other.timing.days)),
        (f"{one.timing.at:%H:%M}", f"{other.timing.at:%H:%M}"),
        (one.timing.zone, other.timing.zone),
        (f"top {one.top}", f"top {other.top}"),
        (f"layout {one.layout}", f"layout {other.layout}"),
        ("quiet" if one.quiet else "not quiet", "quiet" if other.quiet else "not quiet"),
        (_within(one), _within(other)),
        (f"mention {role_text(one.mention)}", f"mention {role_text(other.mention)}"),
        ("publish" if one.publish else "not published", "publish" if other.publish else "not published"),
    )
    return [f"{before} → {after}" for before, after in pairs if before != after]


def _within(wish: Wish) -> str:
    return "the same day only" if wish.within_h is None else f"within {wish.within_h}h"


def opening_spans(wish: Wish) -> tuple[Span, ...]:
    """What a wish wants of each edition's first message, as in "mentions @Robotics, published to followers"; none by default."""
    mention = (Span("mentions "), Span(wish.mention, "role")) if wish.mention else ()
    published = (Span(f"{', ' if mention else ''}published to followers"),) if wish.publish else ()
    return (*mention, *published)


def next_spans(subscription: Subscription, now: datetime, style: SpanStyle = "plain") -> tuple[Span, ...]:
    """When it posts next; that it is paused, where it is, and that it is overdue."""
    if subscription.next_at is None:
        return (Span("none while paused", style),)
    at = moment(subscription.next_at, subscription.wish.timing.zone, now, style)
    return (Span("now; it was due ", style), at) if subscription.next_at <= now else (at,)


def state_spans(subscription: Subscription, now: datetime) -> tuple[Span, ...]:
    """As in "next Tue 09:00 Europe/Berlin", "paused: …"."""
    if subscription.paused:
        return (Span(f"paused: {subscription.paused}"),)
    return Span("next "), *next_spans(subscription, now)


def made_text(subscription: Subscription, asked_by: str) -> tuple[Span, ...]:
    """As in "made by you on 8 Dec 2025"; for cards that only the caller sees, because it names the maker."""
    on = Span(f" on {day_text(local_day(subscription.wish.timing.zone, subscription.made_at))}")
    if subscription.made_by == asked_by:
        return Span("made by you"), on
    return Span("made by "), Span(cut_at_word(subscription.made_by, 40), "user"), on


def query_text(subscription: Subscription) -> str:
    """The query as a title names it."""
    return cut_at_word(subscription.wish.query, TITLE_CHARS) or "all papers"


def line_text(subscription: Subscription) -> str:
    """The line of a subscription, cut where it is very long."""
    return cut_at_word(wish_line(subscription.wish), LINE_CHARS)


def subscriptions_card(mine: Sequence[Subscription], muted: Sequence[str], *, now: datetime, asked_by: str) -> Card:
    """The subscriptions of a channel, each with its next time, its maker, and what can be done with it."""
    if not mine:
        return nothing_here((), "")
    elements: list[Element] = []
    for one in mine:
        change = Button("Change", f"/papers subscribe #{one.id}", effect="form")
        preview = Button("Preview", f"/papers preview #{one.id}")
        stop = Button("Stop", f"/papers unsubscribe #{one.id}")
        resume = Button("Resume", f"/papers resume #{one.id}", "primary")
        more = _settings_button(one)
        choices = (resume, change, stop) if one.paused else (change, *more, preview, stop)
        what = (Span(line_text(one), "bold"), Span(f"\n#{one.id} · "))
        opening = opening_spans(one.wish)
        first = (Span(" · first message "), *opening) if opening else ()
        spans = (*what, *state_spans(one, now), *first, Span(" · "), *made_text(one, asked_by))
        elements.append(Row(spans, choices[0], choices[1:]))
    if muted:
        elements.append(Context((Span(f"Muted here: {among(list(muted), 12)}"),)))
    add = Button("Add one", "/papers subscribe", effect="form")
    elements += [Divider(), Buttons((add, Button("Status", "/papers status")))]
    return Card(title=count_of(len(mine), "subscription") + " in this channel", elements=tuple(elements))


def workspace_card(theirs: Sequence[Subscription], *, more: bool, now: datetime, asked_by: str) -> Card:
    """The subscriptions of all channels of a workspace."""
    if not theirs:
        return Card(title="No channel of this workspace has a subscription", elements=(Buttons((_subscribe_button(),)),))
    elements: list[Element] = []
    for channel in dict.fromkeys(one.channel for one in theirs):
        spans = [Span(channel.channel, "channel")]
        for one in theirs:
            if one.channel == channel:
                spans += [Span(f"\n{line_text(one)} · "), *state_spans(one, now), Span(" · "), *made_text(one, asked_by)]
        elements.append(Text(tuple(spans)))
    if more:
        elements.append(Context((Span("There are more; each channel lists its own."),)))
    count = f"{len(theirs)}+ subscriptions" if more else count_of(len(theirs), "subscription")
    return Card(title=f"{count} in this workspace", elements=tuple(elements))


def ended_card(ended: Sequence[Subscription], *, left: int) -> Card:
    """What was stopped, and how to have it back."""
    title = f"Stopped: {query_text(ended[0])}" if len(ended) == 1 else f"Stopped {count_of(len(ended), 'subscription')}"
    words = (
        f"{count_of(left, 'subscription')} of this channel {'goes' if left == 1 else 'go'} on."
        if left
        else "Nothing more is posted here by itself."
    )
    again = tuple(
        Button(f"Again: {cut_at_word(query_text(one), 30)}", f"/papers subscribe {wish_line(one.wish)}") for one in ended
    )
    return Card(title=title, elements=(Text((Span(words),)), Buttons(again)))


def nothing_here(mine: Sequence[Subscription], asked: str) -> Card:
    """There is no such subscription, or none at all."""
    if mine:
        text = f"This channel has no subscription {cut_at_word(asked, TITLE_CHARS)}. Nothing was changed."
        return Card(
            title="No such subscription", elements=(Text((Span(text),)), Buttons((Button("Show them", "/papers subscriptions"),)))
        )
    spans = (
        Span("Nothing is posted here by itself, and nothing was changed. "),
        Span("/papers subscribe rl weekdays 09:00", "code"),
        Span(" begins it."),
    )
    return Card(title="This channel has no subscription", elements=(Text(spans), Buttons((_subscribe_button(),))))


def nothing_paused() -> Card:
    """Every subscription of the channel runs."""
    text = Text((Span("No subscription of this channel is paused. Nothing was changed."),))
    return Card(title="Nothing to resume", elements=(text, Buttons((Button("Show them", "/papers subscriptions"),))))


def which_card(  # noqa: PLR0913, PLR0917 - all that the card says
    title: str, mine: Sequence[Subscription], label: str, command: str, all_command: str = "", effect: Effect = "reply"
) -> Card:
    """Several subscriptions, each with a button; `command` holds `{id}`."""
    rows: list[Element] = [Row((Span(line_text(one)),), Button(label, command.format(id=one.id), effect=effect)) for one in mine]
    if all_command:
        rows += [Divider(), Buttons((Button(f"{label} all {len(mine)}", all_command),))]
    return Card(title=title, elements=tuple(rows))


def _subscribe_button() -> Button:
    return Button("Subscribe", "/papers subscribe", "primary", effect="form")
