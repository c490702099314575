"""What goes into an edition: which new papers, in which order, and the verdict on each that matched. Pure."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.model import Paper
from bot.results import Composition, Hit
from bot.subscription import Subscription, Verdict

OLD_DAYS = 14
MOST_VERDICTS = 300
VOTE_LIFT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The new papers that match a subscription's query, in the order of the edition (see `ranked`).

    `unread`: how many more match that were not fetched. `seen`: how many new papers there are in all, matched or not, with their
    ids as `new`. `upto_change`: the change number of the paper store up to which they were looked at. `newest_day`: of any
    digest.
    """

    hits: tuple[Hit, ...] = ()
    unread: int = 0
    seen: int = 0
    new: frozenset[int] = frozenset()
    upto_change: int = 0
    newest_day: date | None = None


def ranked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits in the order in which an edition shows them.

    By match and votes: a hit's score is lifted by a tenth for each doubling of its votes, so that 40 votes, about half as much
    again, decide between papers that match alike and never put a passing mention above a title. Ties, and all papers where there
    is no query, go by votes, then as they came.
    """
    return tuple(sorted(hits, key=_by_match_and_votes))


def _by_match_and_votes(hit: Hit) -> tuple[float, int]:
    votes = max(hit.paper.metrics.upvotes or 0, 0)
    return -hit.score * (1 + VOTE_LIFT * math.log2(1 + votes)), -votes


def compose(subscription: Subscription, arrivals: Arrivals, *, shown: frozenset[int], muted: tuple[str, ...]) -> Composition:
    """An edition of a subscription as its arrivals make it.

    Args:
        subscription: whose edition.
        arrivals: the new papers that match its query, in order.
        shown: papers that its channel has been shown.
        muted: words that keep a paper out of this channel, whatever else speaks for it.
    """
    oldest = _oldest_day(subscription, arrivals.newest_day)
    words = _folded(muted)
    chosen: list[Hit] = []
    verdicts: list[Verdict] = []
    rank = 0
    for hit in arrivals.hits:
        paper = hit.paper
        if words and (word := _muted_word(paper, words)):
            verdict = Verdict(paper_id=paper.id, kind="muted", word=word)
        elif paper.id in shown:
            verdict = Verdict(paper_id=paper.id, kind="shown")
        elif paper.first_seen_on < oldest:
            verdict = Verdict(paper_id=paper.id, kind="old")
        else:
            rank += 1
            if rank <= subscription.wish.top:
                chosen.append(hit)
            verdict = Verdict(paper_id=paper.id, kind="chosen" if rank <= subscription.wish.top else "cut", rank=rank)
        if len(verdicts) < MOST_VERDICTS:
            verdicts.append(verdict)
    shown_before = len(shown & arrivals.new)
    return Composition(
        chosen=tuple(chosen),
        rest=rank - len(chosen) + arrivals.unread,
        seen=arrivals.seen - shown_before,
        shown=shown_before,
        upto_change=arrivals.upto_change,
        verdicts=tuple(verdicts),
    )


def is_full(verdicts: Sequence[Verdict]) -> bool:
    """Whether more papers matched than verdicts are kept of: those have none, because they are far past the top N."""
    return len(verdicts) >= MOST_VERDICTS


def _oldest_day(subscription: Subscription, newest_day: date | None) -> date:
    """The first day whose papers are still news for a subscription."""
    if newest_day is None:
        return subscription.start_on
    return max(subscription.start_on, newest_day - timedelta(days=OLD_DAYS))


def muted_word(paper: Paper, muted: Sequence[str]) -> str:
    """The first muted word or phrase that a paper's title, abstract or keywords hold; empty where none does."""
    return _muted_word(paper, _folded(tuple(muted)))


def _muted_word(paper: Paper, muted: Sequence[tuple[str, str]]) -> str:
    text = _words_of(paper.title, paper.abstract, paper.keywords)
    return next((word for word, folded in muted if folded in text), "")


@lru_cache(maxsize=1_024)
def _folded(muted: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Muted words, each with its form for comparing; one that holds no letter mutes nothing."""
    pairs = ((word, fold(word)) for word in muted)
    return tuple((word, folded) for word, folded in pairs if folded)


@lru_cache(maxsize=4_096)
def _words_of(title: str, abstract: str, keywords: tuple[str, ...]) -> str:
    """A paper's words for comparing. Cached, because one paper is looked at for every channel."""
    # The dot keeps a phrase from being found across two texts; no folded word holds one.
    return ".".join(map(fold, (title, abstract, *keywords)))


def fold(text: str) -> str:
    """Text as whole words for comparing, each between spaces: lower case, without accents, hyphens or a plural s."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() or char in "+#" else " " for char in bare).split()  # C++ is not C
    return f" {' '.join(map(_singular, words))} " if words else ""


def _singular(word: str) -> str:
    """A word without the s of most plurals; the same rule on both sides makes its mistakes cancel out."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
