"""What the next edition would be, what past days would have brought, and why a paper was shown or not. Stores nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.editions.compose import is_full, muted_word
from bot.editions.newcomers import MOST_HITS, Newcomers
from bot.editions.plan import case_of, compose_all, considered_upto
from bot.errors import CommandError
from bot.ledger import Rounds
from bot.local_time import local_day
from bot.model import Paper
from bot.ports import Library
from bot.query import read_query
from bot.results import Composition, Explanation, ExplanationKind, PastDay
from bot.search import matching
from bot.subscription import Edition, Subscription, Verdict, VerdictKind

MOST_DAYS: Final = 31
MOST_PAST: Final = 4_000
EDITIONS_TO_ASK: Final = 60


def preview(subscription: Subscription, library: Library, rounds: Rounds, now: datetime) -> Composition:
    """The next edition of a subscription as it would be now, paused or not.

    Raises:
        StorageError: the database cannot be read.
    """
    last = rounds.ledger.last_planned([subscription.id]).get(subscription.id)
    today = local_day(subscription.wish.timing.zone, now)
    case = case_of(_as_asked(subscription, library), last, Newcomers(library, now), today)
    return compose_all([case], rounds)[subscription.id]


def _as_asked(subscription: Subscription, library: Library) -> Subscription:
    """The subscription, for an asker who may see no more than the library shows."""
    return replace(subscription, shared=subscription.shared or library.viewer != subscription.channel.space)


def past_days(
    subscription: Subscription, library: Library, days: int, now: datetime, *, muted: tuple[str, ...] = ()
) -> list[PastDay]:
    """What each of the last days would have brought, newest first; none where no digest is stored.

    What the channel was shown before does not count here, nor when the subscription began.

    Args:
        subscription: whose query counts.
        library: where the papers are.
        days: how many days, at most `MOST_DAYS`.
        now: the last of them is the subscription's local day.
        muted: words that are muted in its channel.

    Raises:
        CommandError: the query cannot be read.
        StorageError: the database cannot be read.
    """
    store = library.store
    today = local_day(subscription.wish.timing.zone, now)
    if store.newest_day(today, viewer=library.viewer) is None:
        return []
    first = today - timedelta(days=min(days, MOST_DAYS) - 1)
    library.index.keep_up()
    added_after = store.change_before(first, viewer=library.viewer)
    if subscription.wish.query:
        query = read_query(subscription.wish.query, today=today)
        papers = [hit.paper for hit in matching(query, library, added_after=added_after, limit=MOST_PAST).hits]
    else:
        papers = store.added_since(added_after, MOST_PAST, viewer=library.viewer)
    matched = Counter(paper.first_seen_on for paper in papers)
    kept_out = Counter(paper.first_seen_on for paper in papers if muted_word(paper, muted))
    listed = _listed(library, first, today)
    calendar = [today - timedelta(days=back) for back in range((today - first).days + 1)]
    return [PastDay(day=day, matched=matched[day], muted=kept_out[day], listed=listed.get(day)) for day in calendar]


def _listed(library: Library, first: date, last: date) -> dict[date, int]:
    """The days with a digest, and how many papers each lists."""
    found: dict[date, int] = {}
    day = library.store.newest_day(last, viewer=library.viewer)
    while day is not None and day >= first:
        found[day] = len(library.store.listed_on(day, viewer=library.viewer))
        day = library.store.newest_day(day - timedelta(days=1), viewer=library.viewer)
    return found


def why(paper: Paper, subscription: Subscription, library: Library, rounds: Rounds, now: datetime) -> Explanation:
    """Why a subscription showed a paper or did not: what its editions decided, else what the next one would make of it.

    Raises:
        StorageError: the database cannot be read.
    """
    shown_in = rounds.ledger.shown_in(subscription.channel, paper.id)
    if shown_in is not None and shown_in.state != "failed":
        verdict = _verdict(shown_in.verdicts, paper)
        return Explanation(kind="shown", edition=shown_in, rank=verdict.rank if verdict else 0)
    editions = rounds.ledger.editions(subscription.id, limit=EDITIONS_TO_ASK)
    added = library.store.added_with(paper.id)
    for edition in editions:
        verdict = _verdict(edition.verdicts, paper)
        # An edition that nobody saw gives its papers back: what it thought of others no longer holds.
        if verdict is not None and (verdict.kind == "chosen" or added <= edition.upto_change):
            return _explain(verdict, edition, chosen="failed")
    if added <= considered_upto(subscription, editions[0] if editions else None):
        return _as_it_was(paper, subscription, editions, library, now)
    return _as_it_would_be(paper, subscription, library, rounds, now)


def _verdict(verdicts: tuple[Verdict, ...], paper: Paper) -> Verdict | None:
    return next((verdict for verdict in verdicts if verdict.paper_id == paper.id), None)


def _explain(verdict: Verdict, edition: Edition | None, *, chosen: ExplanationKind) -> Explanation:
    kinds: dict[VerdictKind, ExplanationKind] = {
        "chosen": chosen,
        "cut": "cut",
        "muted": "muted",
        "old": "old",
        "shown": "shown_before",
    }
    return Explanation(kind=kinds[verdict.kind], edition=edition, rank=verdict.rank, word=verdict.word)


def _as_it_was(
    paper: Paper, subscription: Subscription, editions: Sequence[Edition], library: Library, now: datetime
) -> Explanation:
    """What became of a paper that was looked at and of which no verdict is kept: never by the rules of a later day."""
    try:
        matches = _matches(paper, subscription.wish.query, library, local_day(subscription.wish.timing.zone, now))
    except CommandError as error:
        return Explanation(kind="unreadable", word=str(error))
    if not matches:
        return Explanation(kind="no_match")
    added = library.store.added_with(paper.id)
    if added <= subscription.since_change or paper.first_seen_on < subscription.start_on:
        return Explanation(kind="before")
    looked = [edition for edition in editions if edition.state != "skipped" and edition.upto_change >= added]
    if not looked or not looked[-1].verdicts:
        return Explanation(kind="forgotten", edition=looked[-1] if looked else None)
    return Explanation(kind="cut" if is_full(looked[-1].verdicts) else "otherwise", edition=looked[-1])


def _as_it_would_be(paper: Paper, subscription: Subscription, library: Library, rounds: Rounds, now: datetime) -> Explanation:
    """What the next edition would make of a paper that none has looked at."""
    last = rounds.ledger.last_planned([subscription.id]).get(subscription.id)
    today = local_day(subscription.wish.timing.zone, now)
    case = case_of(_as_asked(subscription, library), last, Newcomers(library, now), today)
    if case.unreadable:
        return Explanation(kind="unreadable", word=case.unreadable)
    verdict = _verdict(compose_all([case], rounds)[subscription.id].verdicts, paper)
    if verdict is not None:
        return _explain(verdict, None, chosen="paused" if subscription.paused else "next")
    return Explanation(kind="cut" if _matches(paper, subscription.wish.query, library, today) else "no_match")


def _matches(paper: Paper, typed: str, library: Library, today: date) -> bool:
    """Whether a query finds a paper among those of its day of publication, so that the best of all others cannot crowd it out."""
    if not typed:
        return True
    query = read_query(typed, today=today)
    if paper.published_on is not None:
        since, until = query.since or date.min, query.until or date.max
        if not since <= paper.published_on <= until:
            return False
        query = replace(query, since=paper.published_on, until=paper.published_on)
    found = matching(query, library, added_after=0, limit=MOST_HITS)
    return any(hit.paper.id == paper.id for hit in found.hits)
