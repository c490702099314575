"""Delivery: every part once and in order, whatever platform, database and other processes do meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.cards import Card, Span, Text, plain_text
from bot.editions.deliver import Delivery
from bot.editions.patience import MOST_LEAD_S, Terms, lead_of, pace_of, wait_asked
from bot.editions.steps import Steps
from bot.errors import AdapterError, ChannelGone, MentionGone, PayloadRejected, RateLimited, StorageError, ThreadGone
from bot.ledger import Ledger, Rounds, SubscriptionStore
from bot.metrics import Meters
from bot.model import QUIETLY, ChannelRef, MessageRef, Opening
from bot.subscription import Edition, Job, PlannedEdition, Step, Subscription, Wish
from bot.views.paused import paused_card
from storage.open import Storage, open_storage

DAY = date(2025, 12, 8)
NOON = datetime(2025, 12, 8, 12, tzinfo=UTC)
ROBOTS = ChannelRef(platform="test", workspace="lab", channel="robots")
VISION = ChannelRef(platform="test", workspace="lab", channel="vision")
ELSEWHERE = ChannelRef(platform="test", workspace="other", channel="papers")


@dataclass
class Clock:
    """A clock that waiting moves on, so that no test waits."""

    now: datetime = NOON
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        """The moment it is."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Book:
    """A real ledger and its subscriptions, with a database that can be away and a look at every write."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.away = 0
        self.claimed: list[Job] = []
        self.writes: list[tuple[Step, ...]] = []
        self.before_record: Callable[[Sequence[Step]], None] = lambda _steps: None

    def enter(
        self,
        channel: ChannelRef = ROBOTS,
        *,
        parts: int = 3,
        in_thread: bool = True,
        made_by: str = "ada",
        **wish: Any,  # noqa: ANN401
    ) -> int:
        """Plan an edition of so many parts, of a subscription of its own with the same number; that number."""
        wished = Subscription(
            id=0, channel=channel, wish=Wish(query="rl", **wish), made_by=made_by, made_at=NOON, since_change=0, start_on=DAY,
            next_at=NOON,
        )  # fmt: skip
        subscription = self.storage.subscriptions.add(wished, most=1000)
        assert subscription is not None
        more = (Text((Span("more"),)),)
        edition = PlannedEdition(
            subscription=subscription, day=DAY, due_at=NOON, in_thread=in_thread, paper_ids=(), upto_change=0, seen=0, rest=0,
            reason="", verdicts=(), next_at=NOON + timedelta(days=365),
            parts=tuple(Card(title=f"{subscription.id}.{number}", elements=more) for number in range(1, parts + 1)),
        )  # fmt: skip
        assert self.storage.ledger.plan([edition], NOON) == [True]
        return subscription.id

    def edition(self, number: int) -> Edition:
        """An edition as it is kept."""
        return self.storage.ledger.editions(number, limit=1)[0]

    def claim(self, owner: str, now: datetime, **options: Any) -> list[Job]:  # noqa: ANN401
        """As `bot.ledger.Ledger.claim`, when the database is there."""
        self._there()
        jobs = self.storage.ledger.claim(owner, now, **options)
        self.claimed += jobs
        return jobs

    def record(self, owner: str, now: datetime, steps: Sequence[Step], *, lease_s: float) -> list[bool]:
        """As `bot.ledger.Ledger.record`, when the database is there."""
        self._there()
        self.before_record(steps)
        self.writes.append(tuple(steps))
        return self.storage.ledger.record(owner, now, steps, lease_s=lease_s)

    def pause_channel(self, channel: ChannelRef, reason: str) -> list[Subscription]:
        """As `bot.ledger.SubscriptionStore.pause_channel`, when the database is there."""
        self._there()
        return self.storage.subscriptions.pause_channel(channel, reason)

    def mention_nobody(self, subscription_id: int, role: str) -> Subscription | None:
        """As `bot.ledger.SubscriptionStore.mention_nobody`, when the database is there."""
        self._there()
        return self.storage.subscriptions.mention_nobody(subscription_id, role)

    def _there(self) -> None:
        if self.away:
            self.away -= 1
            raise StorageError("The database is away. Nothing was changed.")


Fault = BaseException | float
"""What happens at one try: an error before the message is shown, or so many seconds of nothing."""


class Platform:
    """A platform that records what it is sent and misbehaves as it is told: one fault a try, by part key."""

    platform = "test"

    def __init__(self, *, honours_keys: bool = False) -> None:
        self.honours_keys = honours_keys
        self.shown: list[tuple[str, str]] = []
        self.threads: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.told: list[tuple[str, str]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.lost_answers: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()
        self.shut: set[str] = set()
        self.openings: dict[str, Opening] = {}
        self.roles = {"7"}
        self.at_once = self.most_at_once = 0

    async def run(self, answer: object) -> None:
        """Nobody types here."""

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Record what one person was told."""
        self.told.append((user, plain_text(card)))

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Show a card, unless a fault comes first."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if channel.workspace in self.shut:
                await self.open.wait()
            await asyncio.sleep(0)
            if fault := self.faults.get(key):
                await self._fail(fault.pop(0))
            if opening.mention and opening.mention not in self.roles:
                raise MentionGone("The role was deleted.")
            if not (self.honours_keys and any(shown == key for _, shown in self.shown)):
                self.shown.append((channel.channel, key))
            self.threads[key] = thread.message if thread else ""
            self.texts[key] = plain_text(card)
            self.openings[key] = opening
            if key in self.lost_answers:
                self.lost_answers.remove(key)
                raise ConnectionResetError("the connection was closed")
            return MessageRef(channel=channel, message=f"m-{key}")
        finally:
            self.at_once -= 1

    async def _fail(self, fault: Fault) -> None:
        if isinstance(fault, BaseException):
            raise fault
        await asyncio.sleep(fault)

    def keys(self, channel: ChannelRef = ROBOTS) -> list[str]:
        """The parts shown in a channel, in order."""
        return [key for where, key in self.shown if where == channel.channel]


@dataclass
class Round:
    """What one test works with."""

    book: Book
    platform: Platform
    clock: Clock
    meters: Meters
    pool: ThreadPoolExecutor

    def delivery(self, owner: str = "one", **options: Any) -> Delivery:  # noqa: ANN401 - any option of it
        """A process that delivers."""
        adapters: Mapping[str, Any] = {"test": self.platform}
        rounds = Rounds(cast("SubscriptionStore", self.book), cast("Ledger", self.book))
        return Delivery(
            rounds=rounds, adapters=adapters, pool=self.pool, now=self.clock, meters=self.meters, owner=owner,
            **{"sleep": self.clock.sleep, **options},
        )  # fmt: skip

    async def deliver(self, *, ticks: int = 1, **options: Any) -> None:  # noqa: ANN401
        """Deliver for so many ticks of an hour and a half."""
        delivery = self.delivery(**options)
        for _ in range(ticks):
            await delivery.deliver_due()
            await delivery.until_idle()
            self.clock.now += timedelta(minutes=90)

    def count(self, name: str, **labels: str) -> float:
        """The value of a metric."""
        return self.meters.registry.get_sample_value(f"paperround_{name}", labels) or 0.0


@pytest.fixture
def a(tmp_path: Path) -> Iterator[Round]:
    """A ledger, a platform, a clock and meters."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}")
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            yield Round(Book(storage), Platform(), Clock(), Meters(), pool)
    finally:
        storage.close()


async def test_parts_go_out_in_order_under_their_opener(a: Round):
    """The opener first, its replies in its thread, each once, and the edition is done."""
    number = a.book.enter(parts=4)
    await a.deliver()
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3", "e1p4"]
    assert a.platform.threads == {"e1p1": "", "e1p2": "m-e1p1", "e1p3": "m-e1p1", "e1p4": "m-e1p1"}
    assert a.book.edition(number).state == "done"
    assert a.count("parts_sent_total", platform="test") == 4
    assert a.count("edition_late_seconds_count") == 1


async def test_parts_of_other_layouts_stand_in_the_channel(a: Round):
    """Where there is no thread, no part is a reply."""
    a.book.enter(parts=2, in_thread=False)
    await a.deliver()
    assert set(a.platform.threads.values()) == {""}


async def test_a_part_is_written_down_as_begun_before_it_is_posted_and_as_sent_with_the_next(a: Round):
    """One write a part: that it was sent goes with the beginning of the next."""
    a.book.enter(parts=3)
    await a.deliver()
    kinds = [[(step.kind, step.number) for step in steps] for steps in a.book.writes]
    assert kinds == [[("begun", 1)], [("sent", 1), ("begun", 2)], [("sent", 2), ("begun", 3)], [("sent", 3)]]


async def test_many_editions_share_few_writes(a: Round):
    """What two hundred channels write at the same time goes in a handful of transactions."""
    for n in range(200):
        a.book.enter(replace(ROBOTS, channel=f"c{n}"), parts=3)
    await a.deliver()
    assert len(a.platform.shown) == 600
    assert len(a.book.writes) < 100


async def test_editions_of_a_channel_go_out_one_after_another(a: Round):
    """The second edition of a channel waits for the first and then begins by itself; other channels do not wait."""
    a.book.enter(ROBOTS, parts=2)
    a.book.enter(ROBOTS, parts=2)
    a.book.enter(VISION, parts=1)
    delivery = a.delivery()
    assert await delivery.deliver_due() == 2
    await delivery.until_idle()
    assert a.platform.keys(VISION) == ["e3p1"]
    assert a.platform.keys(ROBOTS) == ["e1p1", "e1p2", "e2p1", "e2p2"]


async def test_a_slow_workspace_holds_up_only_itself(a: Round):
    """While one workspace answers nothing, all of another's editions go out; and the slow one gets few posts at a time."""
    for n in range(30):
        a.book.enter(replace(ROBOTS, channel=f"slow{n}"), parts=2)
    a.platform.shut.add("lab")
    a.platform.open.clear()
    for n in range(30):
        a.book.enter(replace(ELSEWHERE, channel=f"quick{n}"), parts=2)
    delivery = a.delivery(per_workspace=4)
    await delivery.deliver_due()
    async with asyncio.timeout(10):
        while sum(where.startswith("quick") for where, _ in a.platform.shown) < 60:  # noqa: ASYNC110 - what others do is waited for
            await asyncio.sleep(0)
    assert a.platform.at_once == 4
    a.platform.open.set()
    await delivery.until_idle()
    assert len(a.platform.shown) == 120


async def test_a_crowded_workspace_leaves_room_for_others(a: Round):
    """Of what one process may have under way a workspace gets half; the rest waits in the ledger without counting as tries."""
    for n in range(9):
        a.book.enter(replace(ROBOTS, channel=f"slow{n}"), parts=1)
    a.book.enter(ELSEWHERE, parts=1)
    a.platform.shut.add("lab")
    a.platform.open.clear()
    delivery = a.delivery(at_once=10)
    assert await delivery.deliver_due() == 6
    async with asyncio.timeout(10):
        while not a.platform.shown:  # noqa: ASYNC110 - what others do is waited for
            await asyncio.sleep(0)
    a.platform.open.set()
    await delivery.until_idle()
    assert a.platform.shown[0] == ("papers", "e10p1")
    a.clock.now += timedelta(seconds=20)
    await delivery.deliver_due()
    await delivery.until_idle()
    assert len(a.platform.shown) == 10
    assert len(a.book.claimed) == 14
    assert not any(part.tries for job in a.book.claimed for part in job.parts)


async def test_a_short_rate_limit_is_waited_out_in_place(a: Round):
    """The part goes out after the seconds asked for, and its lease is written anew before."""
    a.book.enter(parts=2)
    a.platform.faults["e1p2"] = [RateLimited(7)]
    await a.deliver()
    assert a.platform.keys() == ["e1p1", "e1p2"]
    assert a.clock.waits == [7]
    assert [step.number for steps in a.book.writes for step in steps if step.kind == "begun"] == [1, 2, 2]
    assert a.count("post_failures_total", platform="test", kind="rate_limited") == 1
    assert not a.count("parts_in_doubt_total", platform="test")


async def test_the_pace_of_a_channel_is_learnt(a: Round):
    """After one refusal within the second, the next parts come a second apart without being refused."""
    a.book.enter(parts=4)
    a.platform.faults["e1p2"] = [RateLimited(1)]
    await a.deliver()
    assert a.clock.waits == [1, 1, 1]
    assert a.count("post_failures_total", platform="test", kind="rate_limited") == 1


async def test_the_next_edition_of_a_channel_knows_its_pace(a: Round):
    """What one edition learnt by being refused, the next one there need not learn again; after a minute it is forgotten."""
    a.book.enter(parts=3)
    a.book.enter(parts=2)
    a.platform.faults["e1p2"] = [RateLimited(1)]
    delivery = a.delivery()
    await delivery.deliver_due()
    await delivery.until_idle()
    assert a.clock.waits == [1, 1, 1, 1]
    a.clock.now += timedelta(seconds=61)
    a.book.enter(parts=2)
    await delivery.deliver_due()
    await delivery.until_idle()
    assert a.clock.waits == [1, 1, 1, 1]
    assert len(a.platform.keys()) == 7


async def test_a_part_is_begun_just_before_its_turn_and_goes_out_on_time(a: Round, monkeypatch: pytest.MonkeyPatch):
    """Where a write takes 50 ms, the beginning is written 150 ms ahead, and parts are as far apart as the platform wants them."""
    monkeypatch.setattr("bot.editions.steps.LATELY", 1.0)
    begun_at, posted_at = {}, {}
    post = a.platform.post

    def take_a_while(steps: Sequence[Step]) -> None:
        begun_at.update({step.number: a.clock.now for step in steps if step.kind == "begun"})
        a.clock.now += timedelta(milliseconds=50)

    async def note(channel: ChannelRef, card: Card, **options: Any) -> MessageRef:  # noqa: ANN401 - as they are
        message = await post(channel, card, **options)
        posted_at[options["key"]] = a.clock.now
        return message

    a.book.enter(parts=4)
    a.platform.faults["e1p2"] = [RateLimited(1)]
    a.book.before_record = take_a_while
    monkeypatch.setattr(a.platform, "post", note)
    await a.deliver()
    assert [posted_at["e1p4"] - posted_at["e1p3"], posted_at["e1p3"] - posted_at["e1p2"]] == [timedelta(seconds=1.05)] * 2
    assert [posted_at[f"e1p{number}"] - begun_at[number] for number in (3, 4)] == [timedelta(milliseconds=150)] * 2


async def test_a_part_that_is_begun_ahead_of_its_turn_goes_out_although_we_are_stopped(a: Round, monkeypatch: pytest.MonkeyPatch):
    """The moment is waited for, the part is posted and written down, and nothing is in doubt."""
    monkeypatch.setattr("bot.editions.steps.LATELY", 1.0)
    ahead, go_on = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        await a.clock.sleep(seconds)
        if seconds < 0.2:
            ahead.set()
            await go_on.wait()

    def take_a_while(_steps: Sequence[Step]) -> None:
        a.clock.now += timedelta(milliseconds=50)

    a.book.enter(parts=4)
    a.platform.faults["e1p2"] = [RateLimited(1)]
    a.book.before_record = take_a_while
    first = a.delivery("first", sleep=sleep)
    await first.deliver_due()
    async with asyncio.timeout(10):
        await ahead.wait()
        stopping = asyncio.create_task(first.stop(grace_s=10))
        await asyncio.sleep(0)
        go_on.set()
        await stopping
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3"]
    await a.deliver(owner="second")
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3", "e1p4"]
    assert not a.count("parts_in_doubt_total", platform="test")


async def test_a_long_rate_limit_goes_back_to_the_ledger(a: Round):
    """More than half a minute is not waited for: the edition is handed back and goes on when the time has come."""
    a.book.enter(parts=2)
    a.platform.faults["e1p2"] = [RateLimited(600)]
    await a.deliver()
    assert a.platform.keys() == ["e1p1"]
    a.clock.now = NOON + timedelta(seconds=599)
    assert await a.delivery().deliver_due() == 0
    a.clock.now = NOON + timedelta(seconds=600)
    await a.deliver()
    assert a.platform.keys() == ["e1p1", "e1p2"]
    assert a.platform.threads["e1p2"] == "m-e1p1"


async def test_an_edition_held_up_for_a_day_is_given_up(a: Round):
    """A platform that only ever asks to wait is not asked for ever."""
    number = a.book.enter(parts=1)
    a.platform.faults["e1p1"] = [RateLimited(float("inf"))] * 100_000
    await a.deliver(ticks=40)
    assert a.book.edition(number).state == "failed"
    assert a.count("editions_total", outcome="failed", reason="late") == 1


async def test_a_refused_card_goes_as_its_title(a: Round):
    """A reply that the platform refuses is shown as its title; the rest of the edition follows."""
    number = a.book.enter(parts=3)
    a.platform.faults["e1p2"] = [PayloadRejected("too long")]
    await a.deliver()
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3"]
    assert a.platform.texts["e1p2"] == "1.2"
    assert a.platform.texts["e1p3"] == "1.3\nmore"
    assert a.book.edition(number).state == "done"


async def test_a_reply_that_is_refused_even_so_is_left_out(a: Round):
    """The edition goes on without it, and the failure is counted twice."""
    number = a.book.enter(parts=3)
    a.platform.faults["e1p2"] = [PayloadRejected("no"), PayloadRejected("no")]
    await a.deliver()
    assert a.platform.keys() == ["e1p1", "e1p3"]
    assert a.book.edition(number).state == "done"
    assert a.count("post_failures_total", platform="test", kind="refused") == 2
    sent = [step for steps in a.book.writes for step in steps if step.kind == "sent"]
    assert [(step.number, step.message is None) for step in sent] == [(1, False), (2, True), (3, False)]


async def test_an_opener_that_is_refused_ends_its_edition(a: Round):
    """Without an opener there is no thread: the edition is given up with the platform's reason."""
    number = a.book.enter(parts=3)
    a.platform.faults["e1p1"] = [PayloadRejected("no"), PayloadRejected("not that either")]
    await a.deliver()
    assert (a.book.edition(number).state, a.book.edition(number).reason) == ("failed", "not that either")
    assert a.platform.shown == []


async def test_a_deleted_thread_ends_its_edition_and_nothing_else(a: Round):
    """Somebody deletes the opener: the rest is given up, the channel is not paused."""
    number = a.book.enter(parts=3)
    a.platform.faults["e1p2"] = [ThreadGone("the opener was deleted")]
    await a.deliver()
    assert a.book.edition(number).state == "failed"
    assert a.platform.told == []


async def test_a_channel_that_is_gone_is_paused_and_each_maker_told_once(a: Round):
    """However many editions and subscriptions it has; the operator reads one line; other channels go on."""
    for maker in ("ada", "bob", "ada"):
        a.book.enter(ROBOTS, parts=2, made_by=maker)
    a.book.enter(VISION, parts=1)
    a.platform.faults = {f"e{number}p1": [ChannelGone("It was archived.")] for number in (1, 2, 3)}
    with capture_logs() as logs:
        await a.deliver(ticks=3)
    assert [user for user, _ in a.platform.told] == ["ada", "bob"]
    assert "It was archived." in a.platform.told[0][1]
    assert a.platform.told[0][1].count("/papers subscribe rl weekdays 09:00 UTC") == 2
    assert a.platform.keys(VISION) == ["e4p1"]
    assert a.platform.keys(ROBOTS) == []
    assert {one.paused for one in a.book.storage.subscriptions.of_channel(ROBOTS)} == {"It was archived."}
    assert a.book.edition(2).state == "failed"
    assert [line["log_level"] for line in logs if line["event"] == "channel_paused"] == ["error"]
    assert a.count("subscriptions_paused_total", platform="test") == 3


async def test_the_first_part_alone_mentions_and_is_published(a: Round):
    """As the subscription wishes when it goes out; by default it does neither."""
    a.book.enter(parts=2, mention="7", publish=True)
    a.book.enter(parts=1)
    await a.deliver(ticks=2)
    assert a.platform.openings == {"e1p1": Opening(mention="7", publish=True), "e1p2": QUIETLY, "e2p1": QUIETLY}


async def test_an_edition_goes_out_without_a_role_that_is_gone_and_the_maker_is_told_once(a: Round):
    """What is stored mentions nobody from then on, so the next edition has nothing to tell."""
    a.book.enter(parts=2, mention="8", publish=True)
    await a.deliver()
    assert a.platform.openings == {"e1p1": Opening(publish=True), "e1p2": QUIETLY}
    assert a.book.edition(1).state == "done"
    ((user, said),) = a.platform.told
    assert user == "ada"
    assert "was deleted. Its editions go on and mention nobody now." in said
    assert "/papers subscribe rl weekdays 09:00 UTC publish mention @…" in said
    (stored,) = a.book.storage.subscriptions.of_channel(ROBOTS)
    assert (stored.wish.mention, stored.wish.publish) == ("", True)
    assert a.book.mention_nobody(1, "8") is None


async def test_a_maker_who_cannot_be_told_changes_nothing_else(a: Round, monkeypatch: pytest.MonkeyPatch):
    """The subscription is paused all the same."""

    async def tell(*_args: object) -> None:
        raise AdapterError("they have left")

    a.book.enter()
    a.platform.faults["e1p1"] = [ChannelGone("It was deleted.")]
    monkeypatch.setattr(a.platform, "tell", tell)
    with capture_logs() as logs:
        await a.deliver()
    assert a.book.storage.subscriptions.of_channel(ROBOTS)[0].paused == "It was deleted."
    assert "maker_not_told" in [line["event"] for line in logs]


@pytest.mark.parametrize(
    "error", [AdapterError("500"), ConnectionResetError("gone"), ValueError("a bug")], ids=lambda e: type(e).__name__
)
async def test_an_error_is_tried_again_later(a: Round, error: Exception):
    """Whatever an adapter raises, the part comes again after a while, from where the edition stood."""
    a.book.enter(parts=3)
    a.platform.faults["e1p2"] = [error, error]
    await a.deliver(ticks=3)
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3"]
    assert a.count("parts_in_doubt_total", platform="test") == 2


async def test_a_platform_that_hangs_is_left_after_the_timeout(a: Round):
    """The wait for an answer is bounded and shorter than the lease."""
    a.book.enter(parts=1)
    a.platform.faults["e1p1"] = [3600.0]
    await a.deliver(ticks=2, post_timeout_s=0.01)
    assert a.platform.keys() == ["e1p1"]
    assert a.count("post_failures_total", platform="test", kind="timeout") == 1


async def test_tries_are_bounded(a: Round):
    """After eight failures of a part the edition is given up, and the channel's next edition goes out."""
    first = a.book.enter(parts=2)
    a.book.enter(parts=1)
    a.platform.faults["e1p1"] = [AdapterError("500")] * 100
    await a.deliver(ticks=10)
    assert (a.book.edition(first).state, a.book.edition(first).reason) == ("failed", "500")
    assert len(a.platform.faults["e1p1"]) == 92
    assert a.platform.keys() == ["e2p1"]
    assert a.count("editions_total", outcome="failed", reason="tries") == 1


@pytest.mark.parametrize("honours_keys", [False, True])
async def test_a_part_whose_answer_was_lost_is_sent_again_and_said_so(a: Round, honours_keys: bool):
    """Twice only where the platform cannot tell, and then it was logged and counted before."""
    a.platform.honours_keys = honours_keys
    a.book.enter(parts=2)
    a.platform.lost_answers = {"e1p2"}
    with capture_logs() as logs:
        await a.deliver(ticks=2)
    doubted = [line["key"] for line in logs if line["event"] == "part_in_doubt"]
    assert a.platform.keys() == (["e1p1", "e1p2"] if honours_keys else ["e1p1", "e1p2", "e1p2"])
    assert doubted == ([] if honours_keys else ["e1p2"])
    assert a.count("parts_in_doubt_total", platform="test") == len(doubted)


async def test_another_process_goes_on_after_a_crash(a: Round):
    """The lease of a dead process runs out; the part it had begun is in doubt, the ones before are not sent again."""
    a.book.enter(parts=3)
    dead = a.book.claim("dead", NOON, lease_s=60, limit=1, platforms=["test"])[0]
    sent = Step(kind="sent", edition_id=1, number=1, message=MessageRef(channel=ROBOTS, message="m-e1p1"))
    a.book.record("dead", NOON, [sent, Step(kind="begun", edition_id=1, number=2)], lease_s=60)
    await a.deliver(owner="living")
    assert a.platform.keys() == []
    await a.deliver(owner="living")
    assert len(dead.parts) == 3
    assert a.platform.keys() == ["e1p2", "e1p3"]
    assert a.platform.threads["e1p2"] == "m-e1p1"
    assert a.count("parts_in_doubt_total", platform="test") == 1


async def test_a_lost_lease_stops_the_edition_at_once(a: Round):
    """Another process has taken over: we send nothing more of it, and leave its state alone."""
    number = a.book.enter(parts=3)

    def steal(steps: Sequence[Step]) -> None:
        if any(step.kind == "begun" and step.number == 2 for step in steps):
            later = NOON + timedelta(seconds=61)
            assert a.book.storage.ledger.claim("another", later, lease_s=60, limit=1, platforms=["test"])

    a.book.before_record = steal
    await a.deliver()
    assert a.platform.keys() == ["e1p1"]
    assert a.book.edition(number).sent == 1
    (job,) = a.book.claim("third", NOON + timedelta(seconds=121), lease_s=60, limit=1, platforms=["test"])
    assert [(part.number, part.in_doubt) for part in job.parts] == [(2, False), (3, False)]


async def test_a_database_that_is_away_in_the_midst_of_an_edition_costs_time_only(a: Round):
    """A part that is out is not sent again: writing that down is tried until it works, and only then the next part goes."""
    a.book.enter(parts=3)
    told = False

    def go_away(steps: Sequence[Step]) -> None:
        nonlocal told
        if not told and any(step.kind == "sent" and step.number == 2 for step in steps):
            told = True
            a.book.away = 20
            raise StorageError("The database went away. Nothing was changed.")

    a.book.before_record = go_away
    await a.deliver(ticks=2)
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3"]
    assert a.book.edition(1).state == "done"
    assert sum(a.clock.waits) > 200
    assert not a.count("parts_in_doubt_total", platform="test")


async def test_a_ledger_that_cannot_be_read_is_the_ticks_error(a: Round):
    """What cannot be leased is tried at the next tick."""
    a.book.enter(parts=1)
    a.book.away = 1
    delivery = a.delivery()
    with pytest.raises(StorageError):
        await delivery.deliver_due()
    assert await delivery.deliver_due() == 1
    await delivery.until_idle()
    assert a.platform.keys() == ["e1p1"]


async def test_a_stopped_process_hands_back_what_is_left(a: Round):
    """The part under way ends and is written down; another process goes on at once with the next, nothing in doubt."""
    a.book.enter(parts=3)
    a.platform.shut.add("lab")
    a.platform.open.clear()
    first = a.delivery("first")
    await first.deliver_due()
    async with asyncio.timeout(10):
        while not a.platform.at_once:  # noqa: ASYNC110 - what others do is waited for
            await asyncio.sleep(0)
    stopping = asyncio.create_task(first.stop(grace_s=10))
    await asyncio.sleep(0)
    a.platform.open.set()
    await stopping
    assert a.platform.keys() == ["e1p1"]
    second = a.delivery("second")
    assert await second.deliver_due() == 1
    await second.until_idle()
    assert a.platform.keys() == ["e1p1", "e1p2", "e1p3"]
    assert not a.count("parts_in_doubt_total", platform="test")


async def test_a_process_stopped_while_it_waits_hands_back_at_once(a: Round):
    """Waiting for a rate limit is cut short; the refused part is not in doubt."""
    waiting = asyncio.Event()

    async def wait(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    a.book.enter(parts=2)
    a.platform.faults["e1p2"] = [RateLimited(20)]
    first = a.delivery("first", sleep=wait)
    await first.deliver_due()
    async with asyncio.timeout(10):
        await waiting.wait()
        await first.stop(grace_s=10)
    assert await first.deliver_due() == 0
    await a.deliver(owner="second")
    assert a.platform.keys() == ["e1p1", "e1p2"]
    assert not a.count("parts_in_doubt_total", platform="test")


async def test_a_post_that_outlasts_the_grace_is_cut_off_and_keeps_its_lease(a: Round):
    """Nobody knows whether it will arrive, so another process takes over only when the lease has run out."""
    a.book.enter(parts=2)
    a.platform.shut.add("lab")
    a.platform.open.clear()
    first = a.delivery("first")
    await first.deliver_due()
    async with asyncio.timeout(10):
        while not a.platform.at_once:  # noqa: ASYNC110 - what others do is waited for
            await asyncio.sleep(0)
        await first.stop(grace_s=0.01)
    a.platform.open.set()
    second = a.delivery("second")
    assert await second.deliver_due() == 0
    a.clock.now += timedelta(seconds=61)
    assert await second.deliver_due() == 1
    await second.until_idle()
    assert a.platform.keys() == ["e1p1", "e1p2"]
    assert a.count("parts_in_doubt_total", platform="test") == 1


async def test_an_edition_that_waits_here_past_its_lease_is_not_begun_twice(a: Round):
    """Leased again by the same process it is simply still under way."""
    a.book.enter(ROBOTS, parts=1)
    a.book.enter(VISION, parts=1)
    a.platform.shut.add("lab")
    a.platform.open.clear()
    delivery = a.delivery(per_workspace=1)
    assert await delivery.deliver_due() == 2
    a.clock.now += timedelta(seconds=120)
    assert await delivery.deliver_due() == 0
    a.platform.open.set()
    await delivery.until_idle()
    assert sorted(key for _, key in a.platform.shown) == ["e1p1", "e2p1"]


@asynccontextmanager
async def steps(record: Callable[[Sequence[Step]], list[bool]], clock: Clock) -> AsyncIterator[Steps]:
    """Steps that write with a function."""

    async def call(written: Sequence[Step]) -> list[bool]:
        return record(written)

    made = Steps(call, clock.sleep, clock)
    yield made
    await made.close(1)


async def test_a_step_that_can_never_be_written_does_not_hold_up_the_others():
    """A poisonous step stays behind, tried again and again, while all others are written."""
    written: list[int] = []

    def record(batch: Sequence[Step]) -> list[bool]:
        if any(step.edition_id == 13 for step in batch):
            raise StorageError("A text cannot be stored.")
        written.extend(step.edition_id for step in batch)
        return [True] * len(batch)

    async with steps(record, Clock()) as made:
        poison = asyncio.create_task(made.write(Step(kind="begun", edition_id=13, number=1)))
        others = (made.write(Step(kind="begun", edition_id=100 + n, number=1)) for n in range(300))
        assert all(await asyncio.gather(*others))
        assert len(written) == 300
        assert not poison.done()
        poison.cancel()


async def test_a_bug_in_the_ledger_ends_those_it_hit():
    """Whoever wrote in that batch gets the error; later steps are written."""
    broken = True

    def record(batch: Sequence[Step]) -> list[bool]:
        if broken:
            raise ZeroDivisionError
        return [True] * len(batch)

    async with steps(record, Clock()) as made:
        with pytest.raises(ZeroDivisionError):
            await made.write(Step(kind="begun", edition_id=1, number=1))
        broken = False
        assert await made.write(Step(kind="begun", edition_id=2, number=1))


def test_the_lead_is_three_writes_and_bounded():
    """A clock that was set back makes it nothing, a database that is very slow not more than a quarter of a second."""
    assert [lead_of(write_s) for write_s in (0.0, 0.02, -3600.0, 60.0)] == [0.0, 0.06, 0.0, MOST_LEAD_S]


def test_waits_grow_and_are_bounded():
    """A second, then four times as long each time, an hour at most, spread by a quarter to both sides."""
    waits = [(Terms().retry_at(NOON, tries, 0.5) - NOON).total_seconds() for tries in range(1, 9)]
    assert waits == [1, 4, 16, 64, 256, 1024, 3600, 3600]
    assert (Terms().retry_at(NOON, 3, 0.0) - NOON).total_seconds() == 12
    assert (Terms().retry_at(NOON, 3, 1.0) - NOON).total_seconds() == 20


def test_what_a_platform_asks_for_is_taken_within_reason():
    """Negative, endless and missing numbers become waits that can be waited."""
    assert [wait_asked(s) for s in (-5.0, 0.5, 1e9, float("inf"), float("nan"))] == [0.01, 0.5, 3600, 1, 1]
    assert (pace_of(0.2, 0.8, 0.0), pace_of(0.1, 60.0, 1.0), pace_of(-9.0, 1.0, 2.0)) == (1.0, 1.0, 2.0)


def test_a_post_must_end_before_its_lease():
    """Terms under which a part could be sent on a lost lease are refused."""
    with pytest.raises(ValueError, match="before its lease"):
        Terms(lease_s=10, post_timeout_s=10)


def test_the_paused_card_says_what_happened_and_how_to_go_on():
    """The channel, the platform's reason, and the line that subscribes again."""
    said = plain_text(paused_card(ROBOTS, ["rl weekdays 09:00 UTC top 10"], "The channel was archived."))
    assert "test:lab/robots: The channel was archived." in said
    assert "Your subscription there is paused" in said
    assert "/papers subscribe rl weekdays 09:00 UTC top 10" in said
    assert "subscriptions there are paused" in plain_text(paused_card(ROBOTS, ["rl", ""], "Gone."))
