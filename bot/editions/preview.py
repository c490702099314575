"""What the next edition would be, what past days would have brought, and why a paper was shown or not. Stores nothing."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.editions.compose import muted_word
from bot.editions.newcomers import MOST_HITS, Newcomers
from bot.editions.plan import case_of, compose_all, considered_upto
from bot.ledger import Rounds
from bot.local_time import local_day
from bot.model import Paper
from bot.ports import Library
from bot.query import read_query
from bot.results import Composition, Explanation, ExplanationKind
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
) -> list[tuple[date, int, int]]:
    """What the last days with a digest would have brought: (day, papers that match, papers shown), newest day first.

    What the channel was shown before does not count here, nor when the subscription began.

    Args:
        subscription: its query and top N count.
        library: where the papers are.
        days: how many days, at most `MOST_DAYS`.
        now: the last of them is not after the subscription's local day.
        muted: words that are muted in its channel.

    Raises:
        CommandError: the query cannot be read.
        StorageError: the database cannot be read.
    """
    today = local_day(subscription.wish.timing.zone, now)
    with_digest = _digest_days(library, today, min(days, MOST_DAYS))
    if not with_digest:
        return []
    library.index.catch_up()
    added_after = library.store.change_before(with_digest[-1], viewer=library.viewer)
    if subscription.wish.query:
        query = read_query(subscription.wish.query, today=today)
        papers = [hit.paper for hit in matching(query, library, added_after=added_after, limit=MOST_PAST).hits]
    else:
        papers = library.store.added_since(added_after, MOST_PAST, viewer=library.viewer)
    matched = Counter(paper.first_seen_on for paper in papers if not muted_word(paper, muted))
    return [(day, matched[day], min(matched[day], subscription.wish.top)) for day in with_digest]


def _digest_days(library: Library, today: date, days: int) -> list[date]:
    found: list[date] = []
    day = library.store.newest_day(today, viewer=library.viewer)
    while day is not None and len(found) < days:
        found.append(day)
        day = library.store.newest_day(date.fromordinal(day.toordinal() - 1), viewer=library.viewer)
    return found


def why(paper: Paper, subscription: Subscription, library: Library, rounds: Rounds, now: datetime) -> Explanation:
    """Why a subscription showed a paper or did not: what its ledger says, else what the next edition would make of it.

    Raises:
        StorageError: the database cannot be read.
    """
    shown_in = rounds.ledger.shown_in(subscription.channel, paper.id)
    if shown_in is not None and shown_in.state != "failed":
        verdict = _verdict(shown_in.verdicts, paper)
        return Explanation(kind="shown", edition=shown_in, rank=verdict.rank if verdict else 0)
    for edition in rounds.ledger.editions(subscription.id, limit=EDITIONS_TO_ASK):
        verdict = _verdict(edition.verdicts, paper)
        if verdict is not None:
            return _explain(verdict, edition, chosen="failed")
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


def _as_it_would_be(paper: Paper, subscription: Subscription, library: Library, rounds: Rounds, now: datetime) -> Explanation:
    """What the next edition would make of a paper that no edition has a verdict on."""
    newcomers = Newcomers(library, now)
    last = rounds.ledger.last_planned([subscription.id]).get(subscription.id)
    today = local_day(subscription.wish.timing.zone, now)
    subscription = _as_asked(subscription, library)
    case = case_of(subscription, last, newcomers, today)
    if case.unreadable:
        return Explanation(kind="unreadable", word=case.unreadable)
    verdict = _verdict(compose_all([case], rounds)[subscription.id].verdicts, paper)
    if verdict is not None:
        return _explain(verdict, None, chosen="paused" if subscription.paused else "next")
    if not _matches(paper, subscription.wish.query, library, today):
        return Explanation(kind="no_match")
    if any(paper.id == one.id for one in newcomers.new(considered_upto(subscription, last), subscription.viewer)):
        return Explanation(kind="cut")
    began_later = paper.first_seen_on < subscription.start_on or last is None
    return Explanation(kind="before" if began_later else "forgotten")


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
