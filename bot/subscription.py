"""Subscriptions, editions and their parts as frozen records. Pure; knows no clock, no storage, no platform.

An edition is one subscription's post of one local day. It goes out in parts, a message each; the ledger (see `bot.ledger`)
keeps what became of every part.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.cards import Card
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening

Layout = Literal["thread", "list", "cards"]
EditionState = Literal["planned", "done", "failed", "skipped"]
VerdictKind = Literal["chosen", "cut", "shown", "muted", "old"]

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a subscription posts. `days`: 0 is Monday, ascending; `at` a local time of day; `zone` an IANA name."""

    days: tuple[int, ...] = MONDAY_TO_FRIDAY
    at: time = time(9, 0)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for when subscribing: everything that one readable line says.

    `query` is empty for all papers. `within_h`: how many hours late an edition may still go out; `None` means until its local
    day ends. `quiet`: say nothing on a day without papers. `mention`: the id of the role that each edition's first message
    mentions, empty for nobody, and `publish`: whether that message goes on to the channels that follow; only on Discord.
    """

    query: str = ""
    timing: Timing = Timing()
    top: int = 10
    layout: Layout = "thread"
    quiet: bool = False
    within_h: int | None = None
    mention: str = ""
    publish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A stored wish of one channel.

    Papers count from `since_change` (a change number of the paper store) and from `start_on` (the day they were first listed),
    so a new subscription brings no flood. `next_at` is UTC, `None` while `paused` says why nothing is posted. `shared`: another
    company reads its channel too.
    """

    id: int
    channel: ChannelRef
    wish: Wish
    made_by: str
    made_at: datetime
    since_change: int
    start_on: date
    next_at: datetime | None
    paused: str = ""
    shared: bool = False

    @property
    def viewer(self) -> str:
        """The space whose private papers it may bring; empty where only public ones may be posted."""
        return "" if self.shared or not self.channel.workspace else self.channel.space


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a paper that matched is or is not in an edition; `rank` counts from 1 in the order of the ranking.

    chosen: shown. cut: matched, but past the top N. shown: was in this channel before. muted: `word` is muted here.
    old: first listed too long ago to be news. A paper with no verdict did not match.
    """

    paper_id: int
    kind: VerdictKind
    rank: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEdition:
    """An edition as it was composed, to be entered into the ledger.

    `subscription` is as it was read: the ledger refuses the edition if its `next_at` has moved since. `parts` are the messages in
    order; those after the first go into the first one's thread where `in_thread`. `paper_ids`: which papers the parts show.
    `upto_change`: papers up to this change number were considered, `seen` of them. `rest`: matched, but past the top N.
    `reason` says in words why there is nothing to post; with no part and no reason but `quiet` the edition is done at once.
    `state` is "skipped" for a day that is past its window, else "planned". `next_at`: when the subscription is due next.
    """

    subscription: Subscription
    day: date
    due_at: datetime
    parts: tuple[Card, ...]
    in_thread: bool
    paper_ids: tuple[int, ...]
    upto_change: int
    seen: int
    rest: int
    reason: str
    verdicts: tuple[Verdict, ...]
    next_at: datetime | None
    state: EditionState = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A message that is still to be sent. `in_doubt`: an earlier process began to send it and never said how that ended."""

    number: int
    card: Card
    tries: int = 0
    in_doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An edition that one process has leased: what is left of it to send, in order. `opener` is its first message, once sent.

    `opening` is how its subscription wants that first message to go out, as it was when the edition was leased.
    """

    edition_id: int
    subscription_id: int
    channel: ChannelRef
    made_by: str
    day: date
    due_at: datetime
    in_thread: bool
    opener: MessageRef | None
    parts: tuple[Part, ...]
    opening: Opening = QUIETLY

    def key(self, number: int) -> str:
        """What names a part for the platform: the same one in every process and at every try."""
        return f"e{self.edition_id}p{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a job.

    begun: part `number` is about to be sent. sent: it was, as `message`; without one the platform refused to show that part, and
    the next goes on. retry: it was not sent, which is one try of it; again at `retry_at`, the lease is handed back. With number 0
    no part was tried: the edition only waits. given_up: the rest of the edition will not be sent, for `reason`. released: the
    lease is handed back; a part that is begun but not sent stays in doubt.
    """

    kind: Literal["begun", "sent", "retry", "given_up", "released"]
    edition_id: int
    number: int = 0
    message: MessageRef | None = None
    reason: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition as the ledger keeps it: `sent` of its `parts` are out, the first as `opener`; `retry_at`: when to try again."""

    id: int
    subscription_id: int
    channel: ChannelRef
    day: date
    state: EditionState
    due_at: datetime
    done_at: datetime | None
    parts: int
    sent: int
    opener: MessageRef | None
    upto_change: int
    seen: int
    rest: int
    reason: str
    verdicts: tuple[Verdict, ...]
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The state of the whole ledger, for health and metrics: how much is due or waiting, and the oldest of it in seconds."""

    due: int
    waiting_parts: int
    late_s: float
    paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a place where documents come from is doing: taken in last at `ok_at`; failing since then, with the last error.

    `rests_until`: it failed so often in a row that it is left alone until then.
    """

    name: str
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    rests_until: datetime | None = None
