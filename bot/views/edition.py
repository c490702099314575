"""The messages of an edition: an opener with the headlines and a reply a paper, a list, or a card each; or why there is none."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text
from bot.model import Paper
from bot.prose import cut_at_word
from bot.results import Composition, Hit, Reason
from bot.subscription import SourceState, Subscription, Verdict, VerdictKind
from bot.views.paper import PaperFacts, paper_card
from bot.views.thread import HEADLINES, headline, headlines
from bot.views.wording import DAYS, among, count_of, day_text, long_day, short_count

QUERY_CHARS = 120
WORD_CHARS = 40
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Drawn:
    """Papers as editions show them, each drawn once: the editions of one morning have most of their papers in common.

    Within one of these a paper's id stands for the paper.
    """

    def __init__(self) -> None:
        self._cards: dict[tuple[int, Reason | None, int], Card] = {}
        self._headlines: dict[int, tuple[Span, Span]] = {}

    def card(self, hit: Hit, day: date) -> Card:
        """A paper's own card, with the reason why it is in the edition."""
        key = (hit.paper.id, hit.why, day.year)
        card = self._cards.get(key)
        if card is None:
            card = self._cards[key] = paper_card(hit.paper, today=day, facts=PaperFacts(hit=hit))
        return card

    def headline(self, paper: Paper) -> tuple[Span, Span]:
        """A paper in one line of an opener."""
        spans = self._headlines.get(paper.id)
        if spans is None:
            spans = self._headlines[paper.id] = headline(paper)
        return spans


def edition_parts(  # noqa: PLR0913 - everything that an edition says
    subscription: Subscription,
    composition: Composition,
    *,
    day: date,
    next_at: datetime | None,
    more_days: int = 0,
    notice: str = "",
    since: date | None = None,
    drawn: Drawn | None = None,
) -> tuple[Card, ...]:
    """The messages of an edition in order; none where there is nothing to show and the subscription is quiet.

    Args:
        subscription: whose edition.
        composition: what it shows.
        day: its local day.
        next_at: when the next one is due.
        more_days: how many days before were missed, whose papers are here.
        notice: one more line that readers should know, such as a source that does not answer.
        since: the day of the edition before.
        drawn: papers drawn before.
    """
    drawn = drawn or Drawn()
    title = f"Paper Round · {long_day(day)}"
    notes = [line for line in (_missed(more_days), notice) if line]
    if not composition.chosen:
        if subscription.wish.quiet and not composition.unreadable:
            return ()
        line = _nothing_line(empty_reason(subscription, composition, day=day, since=since), subscription, next_at)
        return (Card(title=title, elements=(Text((Span(line),)), *map(_note, notes))),)
    lines = [_summary(subscription, composition), *notes]
    replies = tuple(drawn.card(hit, day) for hit in composition.chosen)
    if subscription.wish.layout == "cards":
        return _a_card_each(title, lines, subscription, composition, replies)
    names = headlines(drawn.headline(hit.paper) for hit in composition.chosen[:HEADLINES])
    elements: list[Element] = [*map(_note, lines), names, *_rest(subscription, composition)]
    opener = Card(title=title, elements=(*elements, _buttons(subscription, composition)))
    return (opener, *replies) if subscription.wish.layout == "thread" else (opener,)


def _a_card_each(
    title: str, lines: Sequence[str], subscription: Subscription, composition: Composition, replies: tuple[Card, ...]
) -> tuple[Card, ...]:
    """The papers' cards, the first under the day and what the edition holds, the last with what it does not."""
    first = replies[0]
    heading = Text((Span(first.title, "bold", first.url),))
    cards = [Card(title=title, elements=(*map(_note, lines), heading, *first.elements)), *replies[1:]]
    end = (*_rest(subscription, composition), _buttons(subscription, composition))
    cards[-1] = Card(title=cards[-1].title, url=cards[-1].url, elements=(*cards[-1].elements, *end))
    return tuple(cards)


def _note(line: str) -> Context:
    return Context((Span(line),))


def _summary(subscription: Subscription, composition: Composition) -> str:
    """As in "rl · 7 of 40 new papers, best match first"; papers that nobody voted for stand as their source had them."""
    matched = len(composition.chosen) + composition.rest
    asked = cut_at_word(subscription.wish.query, QUERY_CHARS)
    count = count_of(max(composition.seen, matched), "new paper")
    if asked:
        count = f"{asked} · {short_count(matched)} of {count}"
    voted = any(hit.paper.metrics.upvotes for hit in composition.chosen)
    order = ", best match first" if asked else ", most upvotes first" if voted else ""
    return f"{count}{order}" if matched > 1 else count


def _missed(days: int) -> str:
    if not days:
        return ""
    were = "1 day was missed" if days == 1 else f"{days} days were missed"
    return f"{were} while Paper Round was down; {'its' if days == 1 else 'their'} papers are here"


def _rest(subscription: Subscription, composition: Composition) -> tuple[Element, ...]:
    """How many more there are and how to see them; nothing where all are shown."""
    unlisted = max(0, len(composition.chosen) - HEADLINES) if subscription.wish.layout == "list" else 0
    rest = composition.rest + unlisted
    inside = max(0, len(composition.chosen) - HEADLINES) if subscription.wish.layout == "thread" else 0
    lines: list[Element] = []
    if inside:
        lines.append(_note(f"and {inside} more in this thread"))
    if rest:
        lines.append(Context((Span(f"and {short_count(rest)} more: "), Span(_see_all(subscription, composition), "code"))))
    return tuple(lines)


def _see_all(subscription: Subscription, composition: Composition) -> str:
    """The command that shows what is past the top N.

    A query is asked newest first, not with `since:`: that goes by the day of publication, and papers are listed days or years
    after it.
    """
    query = subscription.wish.query
    if not query:
        return f"/papers on:{max(hit.paper.first_seen_on for hit in composition.chosen).isoformat()}"
    return f"/papers search {query} sort:new"


def _buttons(subscription: Subscription, composition: Composition) -> Buttons:
    query = subscription.wish.query
    label = (
        f"More on {cut_at_word(query, WORD_CHARS)}" if query else f"See all {short_count(composition.seen + composition.shown)}"
    )
    return Buttons(
        (
            Button(label, _see_all(subscription, composition)),
            Button("Preview", f"/papers preview #{subscription.id}"),
            Button("Change", f"/papers subscribe #{subscription.id}", effect="form"),
        )
    )


def _nothing_line(reason: str, subscription: Subscription, next_at: datetime | None) -> str:
    """As in "No edition today: nothing among 23 new papers matched rl. Next: Tue 09:00."."""
    start = f"No edition today: {reason[:1].lower()}{reason[1:]}"
    if next_at is None:
        return start
    local = next_at.astimezone(ZoneInfo(subscription.wish.timing.zone))
    return f"{start} Next: {DAYS[local.weekday()]} {local:%H:%M}."


def empty_reason(subscription: Subscription, composition: Composition, *, day: date, since: date | None = None) -> str:
    """Why an edition shows no paper: one sentence that stays true on later days; empty where it shows some.

    Args:
        subscription: whose edition.
        composition: what it holds.
        day: its local day.
        since: the day of the edition before, if there was one.
    """
    if composition.chosen:
        return ""
    query = cut_at_word(subscription.wish.query, QUERY_CHARS)
    if composition.unreadable:
        return f"The query {query} can no longer be read: {composition.unreadable}"
    if not composition.seen and not composition.verdicts:
        return f"Nothing new was listed {_since(day, since)}."
    if not composition.verdicts:
        return f"Nothing among {count_of(composition.seen, 'new paper')} matched {query}."
    return _all_left_out(composition, query)


def _since(day: date, since: date | None) -> str:
    if since is None:
        return "yet since this subscription began"
    if 0 < (day - since).days <= 6:
        return f"since {WEEKDAYS[since.weekday()]}’s edition"
    return f"since the edition of {day_text(since)}"


def _all_left_out(composition: Composition, query: str) -> str:
    """As in "Of 3 new papers that matched rl, 2 were shown here before and 1 is muted here (survey)."."""
    by_kind: dict[VerdictKind, list[Verdict]] = {}
    for verdict in composition.verdicts:
        by_kind.setdefault(verdict.kind, []).append(verdict)
    noun = "newly listed paper" if "shown" in by_kind else "new paper"
    matched = count_of(len(composition.verdicts), noun) + (f" that matched {query}" if query else "")
    if len(by_kind) == 1:
        ((kind, verdicts),) = by_kind.items()
        only = len(verdicts) == 1
        whole = f"The only {matched.removeprefix('1 ')}" if only else f"All {matched}"
        return f"{whole} {_left_out(kind, verdicts)}."
    parts = [f"{short_count(len(verdicts))} {_left_out(kind, verdicts)}" for kind, verdicts in by_kind.items()]
    return f"Of {matched}, {among(parts, len(parts))}."


def _left_out(kind: VerdictKind, verdicts: Sequence[Verdict]) -> str:
    one = len(verdicts) == 1
    if kind == "muted":
        words = dict.fromkeys(cut_at_word(verdict.word, WORD_CHARS) for verdict in verdicts)
        return f"{'is' if one else 'are'} muted here ({among(list(words), 3)})"
    was = "was" if one else "were"
    return f"{was} shown here before" if kind == "shown" else f"{was} first listed too long ago to be news"


def sources_notice(sources: Sequence[SourceState], zone: str, now: datetime) -> str:
    """That sources do not answer and since when, as readers of an edition should know; empty where all do."""
    failing = [(one.failing_since, one.name) for one in sources if one.failing_since is not None]
    if not failing:
        return ""
    since, name = min(failing)
    local = since.astimezone(ZoneInfo(zone))
    day = "" if local.date() == now.astimezone(ZoneInfo(zone)).date() else f"{day_text(local.date())}, "
    others = f" and {count_of(len(failing) - 1, 'other source')}" if len(failing) > 1 else ""
    return f"{name}{others} cannot be read since {day}{local:%H:%M}; what is missed comes with a later edition"


def missed_reason(before: int = 0) -> str:
    """Why a day is skipped, `before` being how many days before it were missed too and are not kept one by one."""
    reason = "Paper Round was not running until the time for this day was over; its papers come with the next edition."
    return f"{reason} Before it, {count_of(before, 'more day')} went by so." if before else reason


def timing_reason(subscription: Subscription) -> str:
    """Why a subscription is paused whose next time cannot be reckoned."""
    zone = subscription.wish.timing.zone
    return (
        f"Its time in {cut_at_word(zone, WORD_CHARS)} cannot be reckoned here any more. Subscribe again with another time zone."
    )
