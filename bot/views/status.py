"""The card that says how a channel's subscriptions and the sources are doing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text
from bot.local_time import moment_text
from bot.prose import cut_at_word
from bot.subscription import Edition, SourceState, Subscription
from bot.views.subscriptions import line_text
from bot.views.wording import count_of, long_day, moment

REASON_CHARS = 200
MOST_SOURCES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription with its newest edition, and the newest one of which something was posted."""

    subscription: Subscription
    last: Edition | None = None
    posted: Edition | None = None


def status_card(  # noqa: PLR0913 - all that the card says
    standings: Sequence[Standing],
    sources: Sequence[SourceState],
    newest: date | None,
    *,
    former: Edition | None = None,
    now: datetime,
    own_zone: str,
) -> Card:
    """How a channel is doing, the first thing first: next and last post of each subscription, then what feeds them.

    Args:
        standings: its subscriptions.
        sources: where documents come from.
        newest: the day of the newest digest.
        former: what was posted here last, where that was for a subscription that was stopped since.
        now: the present moment.
        own_zone: the asker's time zone, where known.
    """
    elements: list[Element] = [Text((Span("This channel has no subscription."),))] if not standings else []
    for standing in standings:
        subscription = standing.subscription
        spans = (Span(line_text(subscription), "bold"), Span("\n"), *_next(subscription, now, own_zone))
        elements.append(Text((*spans, *_last(standing, now))))
    if former is not None:
        elements.append(Text((Span("Last posted here: "), _day_of(former), Span(", for a subscription that was stopped since."))))
    elements += [Context(line) for line in _sources(sources, newest, now, own_zone)]
    resume = (Button("Resume", "/papers resume", "primary"),) if any(one.subscription.paused for one in standings) else ()
    looks = (*resume, Button("Preview", "/papers preview"), Button("Subscriptions", "/papers subscriptions"))
    begin = (Button("Subscribe", "/papers subscribe", "primary", effect="form"),)
    return Card(title="Status of this channel", elements=(*elements, Buttons(looks if standings else begin)))


def _next(subscription: Subscription, now: datetime, own_zone: str) -> tuple[Span, ...]:
    """When it posts next: on its own clock and, where that differs, on the asker's."""
    if subscription.next_at is None:
        return (Span(f"Paused: {cut_at_word(subscription.paused, REASON_CHARS)}"),)
    zone = subscription.wish.timing.zone
    there = moment(subscription.next_at, zone, now)
    if subscription.next_at <= now:
        return Span("Next: now; it was due "), there
    mine = moment_text(subscription.next_at, own_zone or zone, now)
    same = mine.removesuffix(own_zone or zone) == there.text.removesuffix(zone)
    return Span("Next: "), there if same else replace(there, text=f"{there.text}, for you {mine}")


def _last(standing: Standing, now: datetime) -> list[Span]:
    """What became of the newest edition, and, where nothing of it was posted, of the newest one that was."""
    last, posted = standing.last, standing.posted
    if last is None:
        return [Span("\nIt is new: nothing has been posted for it yet.")]
    spans, zone = [], standing.subscription.wish.timing.zone
    if last is not posted:
        spans += [Span(f"\n{long_day(last.day)}: "), *_outcome(last, zone, now)]
    if posted is not None:
        spans += [Span("\nLast: "), _day_of(posted), Span(", "), *_counts(posted, zone, now)]
    return spans


def _day_of(edition: Edition) -> Span:
    """Its day, as the way there."""
    return Span(long_day(edition.day), "plain", edition.opener.url if edition.opener else None)


def _outcome(edition: Edition, zone: str, now: datetime) -> tuple[Span, ...]:
    reason = cut_at_word(edition.reason, REASON_CHARS)
    match edition.state:
        case "skipped":
            return (Span(f"skipped. {reason}"),)
        case "failed":
            return (Span(f"could not be sent. {reason}"),)
        case "planned":
            return Span("waits to be sent"), *_next_try(edition, zone, now), Span(f". {reason}".rstrip())
        case _:
            return (Span(f"nothing posted. {reason}".rstrip()),)


def _next_try(edition: Edition, zone: str, now: datetime) -> tuple[Span, ...]:
    """When what could not be sent is tried again, where that is known."""
    if edition.state != "planned" or edition.retry_at is None or edition.retry_at <= now:
        return ()
    return Span("; the next try is at "), moment(edition.retry_at, zone, now)


def _counts(edition: Edition, zone: str, now: datetime) -> tuple[Span, ...]:
    """As in "7 of 40 new papers in 8 messages"; what could not be sent is said."""
    if edition.reason and edition.state == "done":
        return (Span(cut_at_word(edition.reason, REASON_CHARS)),)
    chosen = sum(one.kind == "chosen" for one in edition.verdicts)
    papers = f"{chosen} of {count_of(edition.seen, 'new paper')}" if chosen else count_of(edition.parts, "message")
    if edition.state == "failed":
        reason = cut_at_word(edition.reason, REASON_CHARS)
        return (Span(f"{papers}; only {edition.sent} of {edition.parts} messages could be sent. {reason}"),)
    under_way = f"; {edition.sent} of {edition.parts} messages are out" if edition.sent < edition.parts else ""
    return Span(papers + under_way), *_next_try(edition, zone, now)


def _sources(sources: Sequence[SourceState], newest: date | None, now: datetime, own_zone: str) -> list[tuple[Span, ...]]:
    zone = own_zone or "UTC"
    lines: list[tuple[Span, ...]] = [(Span(f"Newest digest: {long_day(newest)}" if newest else "No digest is stored yet."),)]
    for one in sources[:MOST_SOURCES]:
        if one.failing_since is not None:
            since = moment(one.failing_since, zone, now)
            why = Span(f": {cut_at_word(one.error, REASON_CHARS)}")
            lines.append((Span(f"{one.name} fails since "), since, why, *_rest(one, zone, now)))
        elif one.ok_at is not None:
            lines.append((Span(f"{one.name} answered "), moment(one.ok_at, zone, now)))
    if not sources:
        lines.append((Span("No source fills this by itself. Whoever runs Paper Round adds one: paperround sources add hf"),))
    if len(sources) > MOST_SOURCES:
        lines.append((Span(f"and {count_of(len(sources) - MOST_SOURCES, 'more source')}"),))
    return lines


def _rest(source: SourceState, zone: str, now: datetime) -> tuple[Span, ...]:
    """When a source that failed again and again is asked next."""
    if source.rests_until is None or source.rests_until <= now:
        return ()
    return Span(" It is left alone until "), moment(source.rests_until, zone, now), Span(".")
