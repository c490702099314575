"""Planning on a real database: what is due is composed, entered once, and explained; nothing is lost after downtime."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Card, element_text, plain_text
from bot.deciding import Decider
from bot.editions.newcomers import Newcomers
from bot.editions.plan import Planned, plan_due
from bot.editions.preview import past_days, preview, why
from bot.identity import identifiers_of
from bot.ledger import Rounds
from bot.model import ChannelRef, MessageRef, Paper
from bot.ports import Library, Listing
from bot.results import Explanation, PastDay
from bot.subscription import EVERY_DAY, Job, SourceState, Step, Subscription, Timing, Wish
from storage.index import TantivyIndex
from storage.open import open_storage
from tests.builders import DAY, entry, store_entries

HERE = ChannelRef(platform="web", workspace="team", channel="papers")
THERE = ChannelRef(platform="web", workspace="team", channel="robots")
NINE = datetime.combine(DAY, time(9), UTC)
"""09:00 UTC on Monday, 8 December 2025: when the subscriptions of these tests are due."""

DAILY = Timing(days=EVERY_DAY)
OLDER = DAY - timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Round:
    """A team that subscribes, and the papers that arrive."""

    library: Library
    rounds: Rounds

    def arrive(self, *titles: str, day: date = DAY, votes: int | None = None, **fields: Any) -> list[Paper]:  # noqa: ANN401
        """A digest of a day lists these papers, whose titles are unlike all others."""
        key = f"{day}/{titles}"
        entries = [
            entry(title, rank=number, line=number, upvotes=votes, published_on=day, **fields)
            for number, title in enumerate(titles, 1)
        ]
        keys = [identifiers_of(one) for one in entries]
        listing = Listing(key=key, source="hf-daily", issued_on=day, received_on=day, sha256=key)
        self.library.store.ingest(entries, keys, Decider(day).of(keys), listing)
        return [paper for paper in self.library.store.added_since(0, 1_000) if paper.title in titles]

    def paper(self, title: str) -> Paper:
        """The stored paper of that title."""
        return next(paper for paper in self.library.store.added_since(0, 1_000) if paper.title == title)

    def subscribe(
        self,
        query: str = "rl",
        *,
        channel: ChannelRef = HERE,
        next_at: datetime = NINE,
        since_change: int = 0,
        start_on: date = OLDER,
        timing: Timing = DAILY,
        **wish: Any,  # noqa: ANN401 - any field of a wish
    ) -> Subscription:
        """A subscription that is due at `next_at`."""
        new = Subscription(
            id=0,
            channel=channel,
            wish=Wish(query=query, timing=timing, **wish),
            made_by="ada",
            made_at=NINE - timedelta(days=3),
            since_change=since_change,
            start_on=start_on,
            next_at=next_at,
        )
        added = self.rounds.subscriptions.add(new, most=500)
        assert added is not None
        return added

    def plan(self, now: datetime = NINE, *, batch: int = 500) -> Planned:
        """A tick."""
        return plan_due(self.library, self.rounds, now, batch=batch)

    def send(self, now: datetime = NINE) -> list[Job]:
        """Everything that waits is sent; what that was."""
        sent: list[Job] = []
        while jobs := self.rounds.ledger.claim("test", now, lease_s=60, limit=100, platforms=("web",)):
            for job in jobs:
                for part in job.parts:
                    message = MessageRef(channel=job.channel, message=job.key(part.number))
                    step = Step(kind="sent", edition_id=job.edition_id, number=part.number, message=message)
                    assert self.rounds.ledger.record("test", now, [replace(step, kind="begun"), step], lease_s=60) == [True, True]
            sent += jobs
        return sent

    def explain(self, title: str, subscription: Subscription, now: datetime = NINE) -> Explanation:
        """Why a paper was posted or not."""
        return why(self.paper(title), self.now_of(subscription), self.library, self.rounds, now)

    def now_of(self, subscription: Subscription) -> Subscription:
        """A subscription as it is stored now."""
        return next(one for one in self.rounds.subscriptions.of_channel(subscription.channel) if one.id == subscription.id)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Round]:
    """A team on an empty database."""
    storage = open_storage(f"sqlite:///{tmp_path / 'papers.db'}")
    index = TantivyIndex(tmp_path / "index", storage.papers)
    yield Round(Library(storage.papers, index), Rounds(storage.subscriptions, storage.ledger))
    storage.close()


def _titles(job: Job) -> list[str]:
    """The papers of an edition in a thread."""
    return [part.card.title for part in job.parts[1:]]


def _line(card: Card) -> str:
    return element_text(card.elements[0])


def test_an_edition_shows_what_matches_and_moves_on(team: Round):
    """The papers that match come in a thread; the next time is tomorrow's."""
    team.arrive("RL for Robots", "Maps of Proteins", "RL for Games")
    subscription = team.subscribe()
    assert team.plan() == Planned(due=1, planned=1)
    (job,) = team.send()
    assert sorted(_titles(job)) == ["RL for Games", "RL for Robots"]
    assert job.in_thread
    assert team.now_of(subscription).next_at == NINE + timedelta(days=1)
    (edition,) = team.rounds.ledger.editions(subscription.id, limit=9)
    assert (edition.day, edition.state, edition.seen, edition.rest, edition.reason) == (DAY, "done", 3, 0, "")


def test_nothing_is_due_before_its_time(team: Round):
    """A second early, nothing happens."""
    team.subscribe()
    assert team.plan(NINE - timedelta(seconds=1)) == Planned()


def test_an_edition_is_planned_once(team: Round):
    """The next tick of the same minute finds nothing due."""
    team.arrive("RL for Robots")
    team.subscribe()
    team.plan()
    assert team.plan(NINE + timedelta(seconds=5)) == Planned()


def test_the_next_day_brings_only_what_is_new(team: Round):
    """What was cut by the top N yesterday is not news today."""
    team.arrive("RL for Robots", "RL for Games", "RL for Cars")
    subscription = team.subscribe(top=2)
    team.plan()
    team.send()
    tomorrow = NINE + timedelta(days=1)
    team.arrive("RL for Ships", day=DAY + timedelta(days=1))
    assert team.plan(tomorrow).planned == 1
    (job,) = team.send(tomorrow)
    assert _titles(job) == ["RL for Ships"]
    newest, first = team.rounds.ledger.editions(subscription.id, limit=9)
    assert (first.seen, first.rest) == (3, 1)
    assert (newest.seen, newest.rest) == (1, 0)


def test_what_comes_late_is_not_lost(team: Round):
    """A paper that an older digest lists, taken in after yesterday's edition, comes today."""
    team.arrive("RL for Robots")
    team.subscribe()
    team.plan()
    team.arrive("RL for Games", day=OLDER)
    assert team.plan(NINE + timedelta(days=1)).planned == 1


def test_without_a_query_all_new_papers_come_by_votes(team: Round):
    """Most upvotes first, then as they were listed."""
    team.arrive("Maps of Proteins", "RL for Robots")
    team.arrive("Maps of Cities", votes=7)
    team.subscribe("")
    team.plan()
    (job,) = team.send()
    assert _titles(job) == ["Maps of Cities", "Maps of Proteins", "RL for Robots"]


def test_two_subscriptions_of_a_channel_show_no_paper_twice(team: Round):
    """The one planned first shows it; the other says that it was shown here."""
    team.arrive("RL for Robots")
    team.subscribe("rl")
    second = team.subscribe("robots")
    assert team.plan() == Planned(due=2, planned=1, empty=1)
    (edition,) = team.rounds.ledger.editions(second.id, limit=9)
    assert edition.reason == "The only newly listed paper that matched robots was shown here before."


def test_two_channels_both_get_a_paper(team: Round):
    """What is shown here is not shown there."""
    team.arrive("RL for Robots")
    team.subscribe()
    team.subscribe(channel=THERE)
    assert team.plan() == Planned(due=2, planned=2)


def test_a_muted_word_keeps_a_paper_out_of_its_channel_only(team: Round):
    """And the edition says so."""
    team.arrive("A Survey of RL")
    muted = team.subscribe()
    team.subscribe(channel=THERE)
    team.rounds.subscriptions.mute(HERE, "surveys", by="ada", now=NINE, most=50)
    assert team.plan() == Planned(due=2, planned=1, empty=1)
    (edition,) = team.rounds.ledger.editions(muted.id, limit=9)
    assert edition.reason == "The only new paper that matched rl is muted here (surveys)."
    assert [(one.kind, one.word) for one in edition.verdicts] == [("muted", "surveys")]


def test_an_empty_day_is_one_line(team: Round):
    """Posted with its reason and with when the next one comes."""
    team.arrive("Maps of Proteins")
    team.subscribe()
    assert team.plan() == Planned(due=1, empty=1)
    (job,) = team.send()
    (part,) = job.parts
    assert _line(part.card) == "No edition today: nothing among 1 new paper matched rl. Next: Tue 09:00."


def test_a_quiet_empty_day_posts_nothing_and_is_still_explained(team: Round):
    """The ledger knows the reason although nobody was told."""
    team.arrive("Maps of Proteins")
    subscription = team.subscribe(quiet=True)
    assert team.plan() == Planned(due=1, empty=1)
    assert team.send() == []
    (edition,) = team.rounds.ledger.editions(subscription.id, limit=9)
    assert (edition.state, edition.reason) == ("done", "Nothing among 1 new paper matched rl.")


def test_a_day_without_any_new_paper_says_since_when(team: Round):
    """The day of the edition before."""
    team.arrive("RL for Robots")
    subscription = team.subscribe()
    team.plan()
    team.plan(NINE + timedelta(days=1))
    newest, _ = team.rounds.ledger.editions(subscription.id, limit=9)
    assert newest.reason == "Nothing new was listed since Monday’s edition."


def test_missed_days_are_entered_and_their_papers_come_with_the_next_edition(team: Round):
    """Down from Friday to Monday: three days are skipped and said, and nothing of them is lost."""
    team.arrive("RL on Friday", day=OLDER)
    team.arrive("RL on Monday")
    subscription = team.subscribe(next_at=NINE - timedelta(days=3))
    assert team.plan() == Planned(due=1, planned=1, skipped=3)
    (job,) = team.send()
    assert sorted(_titles(job)) == ["RL on Friday", "RL on Monday"]
    assert "3 days were missed while Paper Round was down; their papers are here" in plain_text(job.parts[0].card)
    editions = team.rounds.ledger.editions(subscription.id, limit=9)
    assert [(edition.day, edition.state) for edition in editions] == [
        (DAY, "done"),
        (DAY - timedelta(days=1), "skipped"),
        (DAY - timedelta(days=2), "skipped"),
        (DAY - timedelta(days=3), "skipped"),
    ]
    assert all(edition.reason for edition in editions[1:])
    assert team.now_of(subscription).next_at == NINE + timedelta(days=1)


def test_a_day_skipped_in_an_earlier_tick_is_said_too(team: Round):
    """Back at two hours past a window of one, so Monday is skipped; on Tuesday Monday's papers come, and it is said."""
    team.arrive("RL for Robots")
    subscription = team.subscribe(within_h=1)
    assert team.plan(NINE + timedelta(hours=2)) == Planned(due=1, skipped=1)
    assert team.now_of(subscription).next_at == NINE + timedelta(days=1)
    assert team.plan(NINE + timedelta(days=1)) == Planned(due=1, planned=1)
    (job,) = team.send(NINE + timedelta(days=1))
    assert _titles(job) == ["RL for Robots"]
    assert "1 day was missed while Paper Round was down; its papers are here" in plain_text(job.parts[0].card)


def test_a_skipped_day_does_not_hide_when_the_last_edition_was(team: Round):
    """Monday's edition, Tuesday skipped: on Wednesday nothing is new since Monday."""
    team.arrive("RL for Robots")
    subscription = team.subscribe(within_h=1)
    team.plan()
    team.plan(NINE + timedelta(days=1, hours=2))
    team.plan(NINE + timedelta(days=2))
    editions = team.rounds.ledger.editions(subscription.id, limit=9)
    assert [edition.state for edition in editions] == ["planned", "skipped", "planned"]
    assert editions[0].reason == "Nothing new was listed since Monday’s edition."


def test_a_query_that_cannot_be_read_any_more_does_not_stop_the_others(team: Round):
    """Its edition says so, and what it did not consider comes once it is mended."""
    team.arrive("RL for Robots")
    broken = team.subscribe("rl since:someday", quiet=True)
    team.subscribe(channel=THERE)
    assert team.plan() == Planned(due=2, planned=1, empty=1)
    lines = [_line(job.parts[0].card) for job in team.send() if job.channel == HERE]
    assert lines == [
        "No edition today: the query rl since:someday can no longer be read: “someday” is not a day. Nothing was searched. "
        "Write 2025-06-30, 2025-06, 2025, 7d or yesterday. Next: Tue 09:00."
    ]
    mended = team.now_of(broken)
    team.rounds.subscriptions.change(replace(mended, wish=replace(mended.wish, query="rl")))
    assert team.plan(NINE + timedelta(days=1)).planned == 1


def test_a_timing_that_cannot_be_reckoned_does_not_stop_the_others(team: Round):
    """It is paused, and says why."""
    team.arrive("RL for Robots")
    broken = team.subscribe(timing=Timing(days=EVERY_DAY, zone="Mars/Olympus"))
    team.subscribe(channel=THERE)
    assert team.plan() == Planned(due=2, planned=1, refused=1)
    assert team.now_of(broken).next_at is None
    assert team.now_of(broken).paused.startswith("Its time in Mars/Olympus cannot be reckoned")


def test_many_batches_plan_everything(team: Round):
    """More subscriptions than one batch holds are all planned in one tick."""
    team.arrive("RL for Robots", "RL for Games")
    for number in range(7):
        team.subscribe(channel=replace(HERE, channel=f"c{number}"))
    assert team.plan(batch=3) == Planned(due=7, planned=7)


def test_channels_that_want_the_same_get_what_each_has_not_seen(team: Round):
    """One composition serves those that are alike; what was shown or muted in one channel changes its own edition only."""
    team.arrive("RL for Robots", "RL for Games")
    for place in ("a", "b", "c", "d"):
        team.subscribe(channel=replace(HERE, channel=place))
    team.rounds.subscriptions.mute(replace(HERE, channel="c"), "games", by="ada", now=NINE, most=50)
    team.subscribe("robots", channel=replace(HERE, channel="b"), next_at=NINE - timedelta(hours=1))
    team.plan(NINE - timedelta(hours=1))
    team.plan()
    titles = {(job.channel.channel, job.subscription_id): sorted(_titles(job)) for job in team.send()}
    both = ["RL for Games", "RL for Robots"]
    assert [titles[place, number] for number, place in enumerate("abcd", 1)] == [both, [both[0]], [both[1]], both]


def test_a_second_process_that_read_before_plans_nothing(team: Round):
    """It reads what is due, another one plans it, and the ledger then takes none of its editions."""
    team.arrive("RL for Robots")
    subscription = team.subscribe()

    class Late:
        """What was due before the other process came."""

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - anything else is as it is
            return getattr(team.rounds.subscriptions, name)

        def due(self, _now: datetime, *, limit: int) -> list[Subscription]:
            return [subscription][:limit]

    team.plan()
    late = Rounds(Late(), team.rounds.ledger)  # type: ignore[arg-type] # by attribute
    assert plan_due(team.library, late, NINE) == Planned(due=1, refused=1)
    assert len(team.rounds.ledger.editions(subscription.id, limit=9)) == 1


def test_what_a_tick_reads_is_shared(team: Round):
    """The same question is put once, and a paper that two queries find is one object."""
    team.arrive("RL for Robots")
    newcomers = Newcomers(team.library, NINE)
    by_rl, by_robots = newcomers.arrivals("rl", DAY, 0), newcomers.arrivals("robots", DAY, 0)
    assert newcomers.arrivals("rl", DAY, 0) is by_rl
    assert by_rl.hits[0].paper is by_robots.hits[0].paper


def test_a_subscription_that_begins_today_brings_no_flood(team: Round):
    """Only the newest digest's day, not what was stored before."""
    team.arrive("RL in Spring", day=DAY - timedelta(days=200))
    team.arrive("RL on Friday", day=OLDER)
    team.arrive("RL for Robots")
    team.subscribe(start_on=DAY, since_change=team.library.store.change_before(DAY))
    team.plan()
    (job,) = team.send()
    assert _titles(job) == ["RL for Robots"]


def test_a_preview_is_what_is_then_posted(team: Round):
    """And stores nothing."""
    team.arrive("RL for Robots", "RL for Games", "A Survey of RL")
    team.rounds.subscriptions.mute(HERE, "survey", by="ada", now=NINE, most=50)
    subscription = team.subscribe(top=1)
    before = preview(subscription, team.library, team.rounds, NINE - timedelta(hours=3))
    assert team.now_of(subscription) == subscription
    team.plan()
    (edition,) = team.rounds.ledger.editions(subscription.id, limit=9)
    assert before.verdicts == edition.verdicts
    assert (before.seen, before.rest, before.upto_change) == (edition.seen, edition.rest, edition.upto_change)
    assert [one.kind for one in before.verdicts].count("chosen") == 1


def test_a_preview_of_a_broken_query_says_why(team: Round):
    """As the edition would."""
    subscription = team.subscribe("rl since:someday")
    assert preview(subscription, team.library, team.rounds, NINE).unreadable.startswith("“someday” is not a day.")


def test_past_days_count_what_would_have_come(team: Round):
    """Calendar days, today first, also those without a digest; what was shown does not matter, what is muted does."""
    team.arrive("RL for Robots", "RL for Games", "RL for Cars", "Maps")
    team.arrive("Proteins", day=DAY - timedelta(days=1))
    team.arrive("RL on Friday", "A Survey of RL", day=OLDER)
    subscription = team.subscribe(top=2)
    team.plan()
    week = past_days(subscription, team.library, 7, NINE)
    assert [(one.day, one.matched, one.shown(2), one.listed) for one in week] == [
        (DAY, 3, 2, 4),
        (DAY - timedelta(days=1), 0, 0, 1),
        (DAY - timedelta(days=2), 0, 0, None),
        (OLDER, 2, 2, 2),
        *((OLDER - timedelta(days=back), 0, 0, None) for back in (1, 2, 3)),
    ]
    with_muted = past_days(subscription, team.library, 7, NINE, muted=("survey",))[3]
    assert with_muted == PastDay(day=OLDER, matched=2, muted=1, listed=2)
    assert past_days(subscription, team.library, 1, NINE) == week[:1]
    tomorrow = past_days(subscription, team.library, 2, NINE + timedelta(days=1))
    assert [(one.day, one.matched) for one in tomorrow] == [(DAY + timedelta(days=1), 0), (DAY, 3)]


def test_past_days_of_all_papers_count_all(team: Round):
    """Without a query every paper of the day counts."""
    team.arrive("RL for Robots", "Maps")
    subscription = team.subscribe("", top=1)
    assert past_days(subscription, team.library, 1, NINE) == [PastDay(day=DAY, matched=2, listed=2)]


def test_past_days_of_an_empty_store_are_none(team: Round):
    """There is no digest to count."""
    assert past_days(team.subscribe(), team.library, 7, NINE) == []


def test_why_a_paper_was_shown_or_cut(team: Round):
    """With the edition and its rank there."""
    team.arrive("RL for Robots", votes=9)
    team.arrive("RL for Games")
    subscription = team.subscribe(top=1)
    team.plan()
    (edition,) = team.rounds.ledger.editions(subscription.id, limit=9)
    assert team.explain("RL for Robots", subscription) == Explanation(kind="shown", edition=edition, rank=1)
    assert team.explain("RL for Games", subscription) == Explanation(kind="cut", edition=edition, rank=2)


def test_why_a_paper_was_muted_or_shown_before(team: Round):
    """The word that kept it out; the edition that had it before."""
    team.arrive("RL for Robots", "A Survey of RL")
    team.rounds.subscriptions.mute(HERE, "survey", by="ada", now=NINE, most=50)
    first = team.subscribe()
    second = team.subscribe("robots")
    team.plan()
    assert (team.explain("A Survey of RL", first).kind, team.explain("A Survey of RL", first).word) == ("muted", "survey")
    shown = team.explain("RL for Robots", second)
    assert shown.kind == "shown"
    assert shown.edition is not None
    assert shown.edition.subscription_id == first.id


def test_why_a_paper_will_come(team: Round):
    """Before the time has come: by the preview, with its rank there; a paused one is said to be paused."""
    team.arrive("RL for Robots")
    subscription = team.subscribe()
    assert team.explain("RL for Robots", subscription, NINE - timedelta(hours=1)) == Explanation(kind="next", rank=1)
    team.rounds.subscriptions.pause_channel(HERE, "The channel is gone.")
    assert team.explain("RL for Robots", subscription) == Explanation(kind="paused", rank=1)


def test_why_a_paper_does_not_come(team: Round):
    """It does not match, or was listed before the subscription began."""
    team.arrive("RL in Spring", day=DAY - timedelta(days=200))
    team.arrive("RL for Robots", "Maps of Proteins")
    subscription = team.subscribe(start_on=DAY, since_change=team.library.store.change_before(DAY))
    assert team.explain("Maps of Proteins", subscription).kind == "no_match"
    assert team.explain("RL in Spring", subscription).kind == "before"
    team.plan()
    assert team.explain("Maps of Proteins", subscription).kind == "no_match"
    assert team.explain("RL in Spring", subscription).kind == "before"


def test_why_a_paper_is_too_old(team: Round):
    """It matches and is new to us, but a digest of three weeks ago lists it."""
    team.arrive("RL for Robots")
    team.arrive("RL in Autumn", day=DAY - timedelta(days=21))
    subscription = team.subscribe(start_on=DAY - timedelta(days=90))
    assert team.explain("RL in Autumn", subscription).kind == "old"


def test_why_a_query_decides_by_the_day_of_publication(team: Round):
    """`since:` keeps out a paper that was published before."""
    team.arrive("RL for Robots")
    subscription = team.subscribe("rl since:2025-12-09")
    assert team.explain("RL for Robots", subscription).kind == "no_match"


def test_why_of_a_broken_query_says_so(team: Round):
    """Nothing else can be said."""
    team.arrive("RL for Robots")
    subscription = team.subscribe("rl since:someday")
    explanation = team.explain("RL for Robots", subscription)
    assert explanation.kind == "unreadable"
    assert explanation.word.startswith("“someday” is not a day.")


def test_why_of_an_edition_that_was_given_up(team: Round):
    """It was to show the paper, and could not."""
    team.arrive("RL for Robots")
    subscription = team.subscribe()
    team.plan()
    (job,) = team.rounds.ledger.claim("test", NINE, lease_s=60, limit=9, platforms=("web",))
    step = Step(kind="given_up", edition_id=job.edition_id, reason="The channel is gone.")
    team.rounds.ledger.record("test", NINE, [step], lease_s=60)
    explanation = team.explain("RL for Robots", subscription)
    assert explanation.kind == "failed"
    assert explanation.edition is not None
    assert explanation.edition.reason == "The channel is gone."


def test_why_of_what_is_no_longer_kept(team: Round):
    """Verdicts are dropped in time; that a paper matches can still be said."""
    team.arrive("RL for Robots", "RL for Games", "Maps")
    subscription = team.subscribe(top=1)
    team.plan()
    team.send()
    shown = team.rounds.ledger.editions(subscription.id, limit=1)[0].verdicts[0].paper_id
    cut = next(paper for paper in team.library.store.added_since(0, 9) if paper.title.startswith("RL") and paper.id != shown)
    team.rounds.ledger.forget(DAY + timedelta(days=1))
    assert team.explain(cut.title, subscription).kind == "forgotten"
    assert team.explain("Maps", subscription).kind == "no_match"


def test_why_of_a_paper_past_the_verdicts_that_are_kept(team: Round, monkeypatch: pytest.MonkeyPatch):
    """It matches and is new, so it is cut, with no rank to tell; so it is without a day of publication."""
    monkeypatch.setattr("bot.editions.compose.MOST_VERDICTS", 1)
    team.arrive("RL for Robots", votes=9)
    team.arrive("RL for Games")
    store_entries(team.library.store, [entry("RL for Nobody")])  # type: ignore[arg-type] # it is the real store
    subscription = team.subscribe(top=1)
    assert team.explain("RL for Games", subscription) == Explanation(kind="cut")
    assert team.explain("RL for Nobody", subscription) == Explanation(kind="cut")


def test_why_after_a_long_downtime_is_what_the_edition_decided(team: Round, monkeypatch: pytest.MonkeyPatch):
    """Papers past the verdicts that are kept were counted among the rest, and stay so when they are too old to be news."""
    monkeypatch.setattr("bot.editions.compose.MOST_VERDICTS", 2)
    subscription = team.subscribe(top=1, start_on=DAY - timedelta(days=90))
    later = NINE + timedelta(days=20)
    titles = [f"RL for Robot {number}" for number in range(4)]
    team.arrive("RL at Last", day=later.date(), votes=900)
    team.arrive("RL at Last Again", day=later.date(), votes=800)
    team.arrive(*titles, day=DAY + timedelta(days=8))
    team.plan(later)
    edition = team.rounds.ledger.editions(subscription.id, limit=1)[0]
    assert (len(edition.verdicts), edition.rest) == (2, 5)
    team.arrive("RL much Later", day=later.date() + timedelta(days=20))
    kinds = [team.explain(title, subscription, later + timedelta(days=20)) for title in titles]
    assert {(one.kind, one.edition) for one in kinds} == {("cut", edition)}
    assert team.explain("RL much Later", subscription, later + timedelta(days=20)).kind == "next"


def test_why_of_an_edition_that_nobody_saw_is_what_the_next_one_decides(team: Round):
    """It gave its papers back: what it chose is told as failed, what it cut by what would become of it now."""
    team.arrive("RL for Robots", "RL for Games")
    subscription = team.subscribe(top=1)
    team.plan()
    (edition,) = team.rounds.ledger.editions(subscription.id, limit=9)
    chosen, cut = (team.library.store.papers([one.paper_id])[0].title for one in edition.verdicts)
    (job,) = team.rounds.ledger.claim("test", NINE, lease_s=60, limit=9, platforms=("web",))
    step = Step(kind="given_up", edition_id=job.edition_id, reason="The platform is gone.")
    team.rounds.ledger.record("test", NINE, [step], lease_s=60)
    assert team.explain(chosen, subscription).kind == "failed"
    changed = replace(team.now_of(subscription), wish=replace(subscription.wish, top=9))
    team.rounds.subscriptions.change(changed)
    assert team.explain(cut, subscription) == Explanation(kind="next", rank=2)


def test_more_different_queries_than_are_kept_are_asked_anew(team: Round, monkeypatch: pytest.MonkeyPatch):
    """Memory is bounded, and the answer is the same."""
    monkeypatch.setattr("bot.editions.newcomers.MOST_KEPT", 1)
    team.arrive("RL for Robots")
    newcomers = Newcomers(team.library, NINE)
    first = newcomers.arrivals("rl", DAY, 0)
    newcomers.arrivals("robots", DAY, 0)
    again = newcomers.arrivals("rl", DAY, 0)
    assert again is not first
    assert again == first


def test_an_edition_says_which_source_does_not_answer(team: Round):
    """With the time it has failed since, in the subscription's zone, whether there are papers or not."""
    berlin = replace(DAILY, zone="Europe/Berlin")
    team.subscribe("quantum gravity", timing=berlin)
    sources = [
        SourceState(name="arXiv cs.LG", ok_at=NINE),
        SourceState(name="Hugging Face Daily Papers", failing_since=NINE - timedelta(minutes=50), error="It cannot be reached."),
        SourceState(name="feed example.org (source 3)", failing_since=NINE - timedelta(minutes=5)),
    ]
    plan_due(team.library, team.rounds, NINE, sources=sources)
    (job,) = team.send()
    words = plain_text(job.parts[0].card)
    assert "Hugging Face Daily Papers and 1 other source cannot be read since 09:10;" in words
    assert "arXiv" not in words
