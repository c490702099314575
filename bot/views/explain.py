"""The cards that explain: the next edition as it would be, past days counted, why a paper was posted or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.cards import Button, Buttons, Card, Context, Divider, Element, Row, Span, Text
from bot.model import Paper
from bot.prose import cut_at_word, readable
from bot.results import Composition, Explanation, Hit, PastDay
from bot.subscription import Edition, Subscription, Verdict
from bot.views.lists import row
from bot.views.subscriptions import line_text, next_spans, query_text
from bot.views.wording import DAYS, among, count_of, day_text, handle, page_of

IN_SHOWN = 10
OUT_SHOWN = 8
TITLE_CHARS = 90
NAME_CHARS = 80
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """What one subscription made of a paper; `missing` are the words of its query that the paper does not say."""

    subscription: Subscription
    explanation: Explanation
    missing: tuple[str, ...] = ()


def preview_card(subscription: Subscription, composition: Composition, papers: Mapping[int, Paper], *, now: datetime) -> Card:
    """The next edition of a subscription as it would be now: what is in it and what is not, each with its reason.

    Args:
        subscription: whose edition.
        composition: what it holds.
        papers: those that are not in it, by id.
        now: the present moment.
    """
    paused = (Span("It is paused and posts nothing"),)
    when = paused if subscription.paused else (Span("Comes "), *next_spans(subscription, now))
    about = (Span(f"{line_text(subscription)}\n"), *when, Span(f". {_counts(composition)}"))
    elements: list[Element] = [Context(about)]
    if composition.unreadable:
        elements.append(Text((Span(f"The query can no longer be read: {composition.unreadable}"),)))
    elements += [row(number, hit) for number, hit in enumerate(composition.chosen[:IN_SHOWN], start=1)]
    if len(composition.chosen) > IN_SHOWN:
        elements.append(Context((Span(f"and {len(composition.chosen) - IN_SHOWN} more in it"),)))
    elements += _out(subscription, composition, papers)
    buttons = (
        Button("The last 7 days", "/papers preview 7"),
        Button("Change", f"/papers subscribe #{subscription.id}", effect="form"),
    )
    elements += [Divider(), Buttons(buttons)]
    return Card(title=f"The next edition: {query_text(subscription)}", elements=tuple(elements))


def _counts(composition: Composition) -> str:
    """As in "As things stand: 9 of 40 new papers match, 2 of them are shown."."""
    if not composition.seen:
        before = f"; {count_of(composition.shown, 'paper')} that it has not looked at came here already"
        return f"As things stand there is no new paper for it{before if composition.shown else ''}."
    matched = max(sum(one.kind != "shown" for one in composition.verdicts), len(composition.chosen) + composition.rest)
    if not matched:
        return f"As things stand none of {count_of(composition.seen, 'new paper')} match."
    return f"As things stand {matched} of {count_of(composition.seen, 'new paper')} match and {len(composition.chosen)} go in."


def _out(subscription: Subscription, composition: Composition, papers: Mapping[int, Paper]) -> list[Element]:
    """What matches and is left out, those with a reason of their own before those past the top N."""
    out = [one for one in composition.verdicts if one.kind != "chosen"]
    out.sort(key=lambda one: one.kind == "cut")
    lines: list[Span] = []
    for verdict in out[:OUT_SHOWN]:
        if paper := papers.get(verdict.paper_id):
            lines += [
                Span("\n" if lines else ""),
                Span(cut_at_word(readable(paper.title), TITLE_CHARS), url=page_of(paper)),
                Span(f" · {_left_out(verdict, subscription)}"),
            ]
    if not lines:
        return []
    more = len(out) - min(len(out), OUT_SHOWN) + max(0, composition.rest - sum(one.kind == "cut" for one in out))
    left = [Context((Span(f"and {more} more"),))] if more else []
    return [Text((Span("Not in it", "bold"),)), Text(tuple(lines)), *left]


def _left_out(verdict: Verdict, subscription: Subscription) -> str:
    match verdict.kind:
        case "cut":
            return f"rank {verdict.rank}, past the top {subscription.wish.top}"
        case "muted":
            return f"“{verdict.word}” is muted here"
        case "shown":
            return "was shown here before"
        case "old":
            return "listed too long ago to be news"
        case "chosen":
            return "in it"
        case _:
            assert_never(verdict.kind)


def past_card(counted: Sequence[tuple[Subscription, Sequence[PastDay]]]) -> Card:
    """What each of the last days would have brought, subscription by subscription; newest day, which is today, first."""
    elements: list[Element] = []
    longest = 0
    for subscription, days in counted:
        longest = max(longest, len(days))
        spans = [Span(line_text(subscription), "bold")]
        for number, day in enumerate(days):
            spans.append(
                Span(f"\n{DAYS[day.day.weekday()]} {day_text(day.day)}  {_brought(day, subscription, is_today=not number)}")
            )
        spans.append(Span("" if days else "\nNo digest is stored yet."))
        elements.append(Text(tuple(spans)))
    note = "What was posted here before is counted too."
    if any(day.matched and day.day.weekday() not in one.wish.timing.days for one, days in counted for day in days):
        note += " Papers of a day on which nothing is posted come with the next edition."
    elements.append(Context((Span(note if counted else "No query of this channel can be read any more."),)))
    title = "The last day" if longest == 1 else f"The last {longest} days" if longest else "The last days"
    return Card(title=f"{title} as {'they' if longest != 1 else 'it'} would have been", elements=tuple(elements))


def _brought(day: PastDay, subscription: Subscription, *, is_today: bool) -> str:
    """As in "5 of 7 that match", "1 paper", "none: no digest at the weekend"."""
    coming, shown = day.matched - day.muted, day.shown(subscription.wish.top)
    if shown:
        return f"{shown} of {coming} that match" if coming > shown else count_of(shown, "paper")
    if day.muted:
        return f"none: {'the only one that matches is' if day.muted == 1 else f'all {day.muted} that match are'} muted"
    if day.listed is None:
        weekend = " at the weekend" if day.day.weekday() >= SATURDAY else ""
        return f"none: no digest{weekend or (' yet' if is_today else '')}"
    return f"none: {'nothing new matches' if subscription.wish.query else 'nothing new'} among {count_of(day.listed, 'paper')}"


def why_card(paper: Paper, reasons: Sequence[Reasoned], *, shown_in: Edition | None, now: datetime, asked: str) -> Card:
    """Why a paper was posted in this channel or not.

    Args:
        paper: the paper.
        reasons: what each subscription of the channel made of it.
        shown_in: the edition of a stopped subscription that showed it, where the channel has none any more.
        now: the present moment.
        asked: what was typed, where the paper is not quite called so.
    """
    title = cut_at_word(readable(paper.title), 200)
    elements: list[Element] = []
    if asked:
        elements.append(Context((Span(f"No paper is called {cut_at_word(asked, NAME_CHARS)}; this is the closest."),)))
    shown = next((one.explanation.edition for one in reasons if one.explanation.kind == "shown"), shown_in)
    if shown is not None:
        elements.append(Text(_shown(shown)))
    elif not reasons:
        elements.append(Text((Span("Not posted here: this channel has no subscription."),)))
    for one in reasons:
        if one.explanation.kind != "shown":
            elements.append(Text((Span(f"{line_text(one.subscription)}\n", "bold"), *_because(one, paper, now))))
    elements.append(Context((Span(f"First listed on {day_text(paper.first_seen_on)}"),)))
    buttons = [Button("The paper", f"/paper {handle(paper)}")]
    buttons.append(Button("Status", "/papers status") if reasons else Button("Subscribe", "/papers subscribe", effect="form"))
    elements.append(Buttons(tuple(buttons)))
    return Card(title=title, url=page_of(paper), elements=tuple(elements))


def _shown(edition: Edition) -> tuple[Span, ...]:
    """That and where it was posted, with the way there."""
    if edition.opener is None:
        return (Span(f"It is in the edition of {day_text(edition.day)}, which is about to be posted here."),)
    day = Span(day_text(edition.day), "bold", edition.opener.url)
    return (Span("Posted here on "), day, Span("."))


def _because(reasoned: Reasoned, paper: Paper, now: datetime) -> tuple[Span, ...]:  # noqa: C901, PLR0912 - one case a reason
    one, subscription = reasoned.explanation, reasoned.subscription
    top = subscription.wish.top
    on = f" on {day_text(one.edition.day)}" if one.edition else ""
    match one.kind:
        case "shown":
            text = "Posted here."
        case "failed":
            text = _failed(one)
        case "cut" if one.edition:
            rank = f"at rank {one.rank} of a top {_top_of(one.edition)}: past the end" if one.rank else "far past the end"
            text = f"It matched{on}, {rank}. It is counted there among the rest."
        case "cut":
            at = f"at rank {one.rank}, past the top {top}" if one.rank else f"far past the top {top}"
            text = f"It matches, but as things stand {at}."
        case "muted":
            text = f"It matched{on}, but holds “{one.word}”, which was muted in this channel."
            if one.edition is None:
                text = f"It matches, but holds “{one.word}”, which is muted in this channel."
        case "old":
            listed = f"first listed on {day_text(paper.first_seen_on)}"
            text = f"It {f'matched{on}' if on else 'matches'}, but was {listed}: too long ago to be news."
        case "shown_before":
            text = f"It matched{on}, but had been posted here before."
        case "next":
            return Span("It comes with the next edition, "), *next_spans(subscription, now), Span(".")
        case "paused":
            text = f"It would come, but this subscription is paused: {subscription.paused}"
        case "before":
            text = (
                f"It matches, but was listed before this subscription began with the papers of {day_text(subscription.start_on)}."
            )
        case "no_match":
            text = "It does not match" + (f": it does not say {_words(reasoned.missing)}." if reasoned.missing else ".")
        case "otherwise":
            text = f"It matches now, but did not when the edition{on} was made."
        case "forgotten":
            by = f"what the edition{on} decided about it" if on else "what was decided about it then"
            text = f"It matches; {by} is no longer kept."
        case "unreadable":
            text = f"The query can no longer be read: {one.word}"
        case _:
            assert_never(one.kind)
    return (Span(text),)


def _failed(explanation: Explanation) -> str:
    """That an edition was to show a paper and was not sent, or not as a whole, and what comes of it."""
    edition = explanation.edition
    if edition is None:
        return "It was in an edition which could not be sent."
    why = f": {edition.reason.rstrip('.')}." if edition.reason else "."
    if edition.sent:
        sent = f"only {edition.sent} of {count_of(edition.parts, 'message')}"
        return f"It is in the edition on {day_text(edition.day)}, of which {sent} could be sent{why}"
    return f"It was in the edition on {day_text(edition.day)}, which could not be sent{why} The next edition looks at it again."


def _top_of(edition: Edition) -> int:
    """The top N an edition had: where papers were cut, as many were chosen."""
    return sum(one.kind == "chosen" for one in edition.verdicts)


def _words(words: Sequence[str]) -> str:
    return among([f"“{word}”" for word in words], 4, last="or")


def which_paper(asked: str, hits: Sequence[Hit]) -> Card:
    """Several papers that may be meant, each with the button that explains it."""
    rows = tuple(
        Row(row(number, hit).spans, Button("Why", f"/papers why {handle(hit.paper)}"))
        for number, hit in enumerate(hits[:5], start=1)
    )
    return Card(title=f"Which paper is {cut_at_word(asked, NAME_CHARS)}?", elements=rows)


def unknown_paper(asked: str, near: Sequence[str]) -> Card:
    """No stored paper is called so, so it could not be posted."""
    elements: list[Element] = [Text((Span("No source has listed it, so it could not be posted."),))]
    if near:
        elements.append(Text((Span(f"Did you mean {among(list(near), 3, last='or')}?"),)))
        elements.append(Buttons(tuple(Button(f"Why {cut_at_word(name, 40)}", f"/papers why {name}") for name in near[:3])))
    return Card(title=f"Nothing stored is called {cut_at_word(asked, NAME_CHARS)}", elements=tuple(elements))
