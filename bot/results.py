"""What the engine found or did, as frozen records, before views.py puts it into words. Knows no platform and no storage."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.model import Paper, ParseIssue
from bot.subscription import Edition, Verdict

Kind = Literal["identifier", "name", "title", "phrase", "topic", "words", "spelling", "filter"]
Place = Literal["title", "abstract", "keywords", ""]
ExplanationKind = Literal[
    "shown",
    "failed",
    "cut",
    "muted",
    "old",
    "shown_before",
    "next",
    "paused",
    "before",
    "no_match",
    "otherwise",
    "forgotten",
    "unreadable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a paper was found. `asked` is what was typed, `found` what the paper says instead, `place` where."""

    kind: Kind
    asked: str = ""
    found: str = ""
    place: Place = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A paper that was found; a higher score is better within one answer."""

    paper: Paper
    score: float
    why: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a query: one page of hits, how many match in all, the other names of its topic that were searched.

    `others`: what else an acronym can mean, as (acronym, reading). Where nothing matched all words, `dropped` names the words
    that kept everything out, and `total` is 0 unless `repaired` says which spelling was searched instead.
    """

    hits: tuple[Hit, ...]
    total: int
    also: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """The answer to a name. `sure`: the first hit is the one meant; else a choice. `near`: names that are like it."""

    hits: tuple[Hit, ...] = ()
    sure: bool = False
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one document brought: how many papers were added, changed, left as they were; what was not understood."""

    source: str
    issued_on: date | None
    added: int
    changed: int
    unchanged: int
    issues: tuple[ParseIssue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What an edition is made of: the papers it shows in their order, and what became of all others.

    `rest`: matched, but past the top N. `seen`: how many papers that are new to the channel were considered, matched or not;
    `shown`: how many besides that it had been shown before. `upto_change`: the change number of the paper store up to which all
    of them were. `unreadable` says why the query cannot be read.
    """

    chosen: tuple[Hit, ...] = ()
    rest: int = 0
    seen: int = 0
    shown: int = 0
    upto_change: int = 0
    verdicts: tuple[Verdict, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDay:
    """What one past day would have brought: of the papers first listed then, `matched`, of which `muted` were kept out.

    `listed`: how many papers the digests of that day list; `None` where there is no digest of it.
    """

    day: date
    matched: int
    muted: int = 0
    listed: int | None = None

    def shown(self, top: int) -> int:
        """How many of them an edition of the top N would have shown."""
        return min(self.matched - self.muted, top)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a subscription showed a paper, or did not; `rank` and `word` as in a `Verdict`, `edition` the one that decided it.

    shown: it did, or is about to. failed: it was to, but could not be sent. cut, muted, old: as in a `Verdict`, without a rank
    where none is kept; without an edition the next one would decide so. shown_before: another edition had shown it in that
    channel. next: the next edition would show it. paused: it would, were the subscription not paused. before: it matches, but was
    listed before the subscription began. no_match: it does not match the query. otherwise: it does now, but did not when the
    edition was made. forgotten: it matches, but what was decided then is no longer kept. unreadable: the query can no longer be
    read; `word` says why.
    """

    kind: ExplanationKind
    edition: Edition | None = None
    rank: int = 0
    word: str = ""
