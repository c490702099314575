"""Plans what is due: finds the subscriptions whose time has come, composes their editions and enters them into the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot.editions.compose import Arrivals, compose
from bot.editions.due import MOST_MISSED, Due, due_now
from bot.editions.newcomers import Newcomers
from bot.errors import CommandError
from bot.ledger import Rounds
from bot.model import ChannelRef
from bot.ports import Library
from bot.results import Composition
from bot.subscription import Edition, PlannedEdition, SourceState, Subscription
from bot.views.edition import Drawn, edition_parts, empty_reason, missed_reason, sources_notice, timing_reason

MOST_BATCHES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one tick planned.

    due: subscriptions whose time had come. planned: editions with papers. empty: editions without. skipped: days that were
    missed. refused: editions that the ledger did not take, because another process was faster, and subscriptions that had to be
    paused because their timing cannot be reckoned any more.
    """

    due: int = 0
    planned: int = 0
    empty: int = 0
    skipped: int = 0
    refused: int = 0

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(
            due=self.due + other.due,
            planned=self.planned + other.planned,
            empty=self.empty + other.empty,
            skipped=self.skipped + other.skipped,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A subscription with what its edition is composed of; `unreadable` says why its query cannot be read."""

    subscription: Subscription
    arrivals: Arrivals
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What all editions planned at one moment have in common: papers drawn once, and how the sources are doing."""

    now: datetime
    sources: Sequence[SourceState]
    drawn: Drawn = field(default_factory=Drawn)


def plan_due(
    library: Library, rounds: Rounds, now: datetime, *, sources: Sequence[SourceState] = (), batch: int = 500
) -> Planned:
    """Plan all that is due, in batches of subscriptions; what a bounded number of them leaves over is due at the next tick.

    Editions say which of the `sources` do not answer.

    Raises:
        StorageError: the database cannot be read or written. What was planned before stays planned.
    """
    total = Planned()
    newcomers: Newcomers | None = None
    round_ = _Round(now=now, sources=sources)
    for _ in range(MOST_BATCHES):
        due = rounds.subscriptions.due(now, limit=batch)
        if not due:
            break
        newcomers = newcomers or Newcomers(library, now)
        done = _plan_batch(due, newcomers, rounds, round_)
        total += done
        if not done.planned + done.empty + done.skipped:
            break  # nothing moves: others are at work here, and the next tick looks again
    return total


def _plan_batch(subscriptions: Sequence[Subscription], newcomers: Newcomers, rounds: Rounds, round_: _Round) -> Planned:
    owed, paused = _reckon(subscriptions, rounds, round_.now)
    last = rounds.ledger.last_planned([subscription.id for subscription, _ in owed])
    cases = [
        case_of(subscription, last.get(subscription.id), newcomers, due.day) for subscription, due in owed if due.day is not None
    ]
    compositions = compose_all(cases, rounds)
    editions: list[PlannedEdition] = []
    for subscription, due in owed:
        composition = compositions.get(subscription.id)
        editions += _editions(subscription, due, last.get(subscription.id), composition, rounds, round_)
    entered = rounds.ledger.plan(editions, round_.now) if editions else []
    return _count(len(subscriptions), paused, editions, entered)


def _reckon(subscriptions: Sequence[Subscription], rounds: Rounds, now: datetime) -> tuple[list[tuple[Subscription, Due]], int]:
    """What each subscription owes, and how many had to be paused: a timing that cannot be reckoned must not stop the others."""
    owed = []
    paused = 0
    for subscription in subscriptions:
        try:
            owed.append((subscription, due_now(subscription, now)))
        except (ValueError, LookupError):  # a zone that this machine does not know, a timing without a day
            rounds.subscriptions.change(replace(subscription, next_at=None, paused=timing_reason(subscription)))
            paused += 1
    return owed, paused


def case_of(subscription: Subscription, last: Edition | None, newcomers: Newcomers, day: date) -> Case:
    """What a subscription's edition of a day is composed of, `last` being its newest edition."""
    considered = considered_upto(subscription, last)
    try:
        arrivals = newcomers.arrivals(subscription.wish.query, day, considered, subscription.viewer)
    except CommandError as error:
        # Nothing was considered, so that once the query is mended nothing is missing.
        return Case(subscription=subscription, arrivals=Arrivals(upto_change=considered), unreadable=str(error))
    return Case(subscription=subscription, arrivals=arrivals)


def considered_upto(subscription: Subscription, last: Edition | None) -> int:
    """The change number up to which a subscription has considered papers. Skipped days carry on the number before them."""
    return max(subscription.since_change, last.upto_change if last else 0)


def compose_all(cases: Sequence[Case], rounds: Rounds) -> Mapping[int, Composition]:
    """The editions of some subscriptions as they are now, by subscription; those of one channel show no paper twice."""
    channels = list(dict.fromkeys(case.subscription.channel for case in cases))
    different = {id(case.arrivals): case.arrivals for case in cases}
    asked_of = {key: one.new.union(hit.paper.id for hit in one.hits) for key, one in different.items()}
    paper_ids = sorted(frozenset[int]().union(*asked_of.values()))
    shown: dict[ChannelRef, frozenset[int]] = dict(rounds.ledger.shown(channels, paper_ids)) if paper_ids else {}
    muted = rounds.subscriptions.muted(channels) if paper_ids else {}
    alike: dict[tuple[object, ...], Composition] = {}
    compositions = {}
    for case in cases:
        channel, arrivals, wish = case.subscription.channel, case.arrivals, case.subscription.wish
        before, words = shown.get(channel, frozenset()) & asked_of[id(arrivals)], muted.get(channel, ())
        # All that `compose` looks at: channels that want the same and were shown the same get one composition.
        key = (id(arrivals), wish.top, case.subscription.start_on, before, words)
        made = alike.get(key)
        if made is None:
            made = alike[key] = compose(case.subscription, arrivals, shown=before, muted=words)
        shown[channel] = shown.get(channel, frozenset()) | {hit.paper.id for hit in made.chosen}
        compositions[case.subscription.id] = replace(made, unreadable=case.unreadable) if case.unreadable else made
    return compositions


def _editions(  # noqa: PLR0913, PLR0917 - all that was read for one subscription
    subscription: Subscription,
    due: Due,
    last: Edition | None,
    composition: Composition | None,
    rounds: Rounds,
    round_: _Round,
) -> list[PlannedEdition]:
    """The days that were missed, then the day to post: each moves the subscription on to the time of the one after it."""
    moments = list(due.missed)
    if due.day is not None and due.due_at is not None:
        moments.append((due.day, due.due_at))
    following = [at for _, at in moments[1:]] + [due.next_at]
    upto_change = considered_upto(subscription, last)
    editions = []
    for number, ((day, due_at), next_at) in enumerate(zip(moments, following, strict=True)):
        reason = missed_reason(due.missed_before if number == 0 else 0)
        editions.append(_skipped(subscription, day, due_at, upto_change, reason, next_at))
        subscription = replace(subscription, next_at=next_at)
    if composition is not None:
        before, since = _days_before(last, rounds)
        missed = len(due.missed) + due.missed_before + before
        editions[-1] = _composed(editions[-1], composition, missed=missed, since=since, round_=round_)
    return editions


def _days_before(last: Edition | None, rounds: Rounds) -> tuple[int, date | None]:
    """How many days were missed before, in earlier ticks, and the day of the newest edition that was not."""
    if last is None or last.state != "skipped":
        return 0, last.day if last else None
    editions = rounds.ledger.editions(last.subscription_id, limit=MOST_MISSED + 1)
    missed = next((number for number, edition in enumerate(editions) if edition.state != "skipped"), len(editions))
    return missed, editions[missed].day if missed < len(editions) else None


def _skipped(  # noqa: PLR0913, PLR0917 - the fields of a record
    subscription: Subscription, day: date, due_at: datetime, upto_change: int, reason: str, next_at: datetime
) -> PlannedEdition:
    return PlannedEdition(
        subscription=subscription,
        day=day,
        due_at=due_at,
        parts=(),
        in_thread=False,
        paper_ids=(),
        upto_change=upto_change,
        seen=0,
        rest=0,
        reason=reason,
        verdicts=(),
        next_at=next_at,
        state="skipped",
    )


def _composed(
    edition: PlannedEdition, composition: Composition, *, missed: int, since: date | None, round_: _Round
) -> PlannedEdition:
    """An edition that is not skipped after all, with what it shows."""
    subscription, day, next_at = edition.subscription, edition.day, edition.next_at
    return replace(
        edition,
        parts=edition_parts(
            subscription,
            composition,
            day=day,
            next_at=next_at,
            more_days=missed,
            notice=sources_notice(round_.sources, subscription.wish.timing.zone, round_.now),
            since=since,
            drawn=round_.drawn,
        ),
        in_thread=subscription.wish.layout == "thread",
        paper_ids=tuple(hit.paper.id for hit in composition.chosen),
        upto_change=composition.upto_change,
        seen=composition.seen,
        rest=composition.rest,
        reason=empty_reason(subscription, composition, day=day, since=since),
        verdicts=composition.verdicts,
        state="planned",
    )


def _count(due: int, paused: int, editions: Sequence[PlannedEdition], entered: Sequence[bool]) -> Planned:
    taken = [edition for edition, yes in zip(editions, entered, strict=True) if yes]
    skipped = sum(edition.state == "skipped" for edition in taken)
    planned = sum(bool(edition.paper_ids) for edition in taken)
    return Planned(
        due=due,
        planned=planned,
        empty=len(taken) - skipped - planned,
        skipped=skipped,
        refused=len(editions) - len(taken) + paused,
    )
