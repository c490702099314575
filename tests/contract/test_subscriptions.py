"""What every `SubscriptionStore` must do: run on a SQLite file and on a real PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from threading import Barrier

import pytest

from bot.errors import StorageError
from bot.local_time import first_post
from bot.model import QUIETLY, Opening
from bot.subscription import Timing, Wish
from storage.open import Storage, open_storage
from tests.contract.rounds import NOW, TOMORROW, channel, claim, edition, plan, record, send, step, subscribe, wanted

FULL = Wish(
    query='"world model" -survey',
    timing=Timing(days=(0, 2, 6), at=time(7, 45), zone="Australia/Lord_Howe"),
    top=3,
    layout="cards",
    quiet=True,
    within_h=5,
    mention="1098765432109876543",
    publish=True,
)


def test_a_subscription_comes_back_as_it_was_stored(storage: Storage):
    """Every field survives, and it has a number of its own."""
    made = subscribe(storage, wish=FULL, since_change=2**40, start_on=date(2025, 6, 1), paused="the channel is archived")
    assert made == wanted(id=made.id, wish=FULL, since_change=2**40, start_on=date(2025, 6, 1), paused="the channel is archived")
    assert storage.subscriptions.of_channel(channel()) == [made]


def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(storage: Storage):
    """The same instant, with its microseconds, on a database that keeps no zones too."""
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    subscribe(storage, next_at=there)
    (read,) = storage.subscriptions.due(NOW, limit=9)
    assert read.next_at is not None
    assert (read.next_at, read.next_at.utcoffset()) == (NOW, timedelta(0))


def test_a_moment_without_a_zone_is_refused(storage: Storage):
    """Nobody guesses what it meant."""
    with pytest.raises((StorageError, ValueError), match="without a zone"):
        subscribe(storage, next_at=datetime(2025, 6, 12))  # noqa: DTZ001 - that is the point
    assert storage.subscriptions.all(limit=9) == []


def test_a_channel_holds_no_more_than_its_most(storage: Storage):
    """Ended ones do not count; another channel has room of its own."""
    first = storage.subscriptions.add(wanted(), most=2)
    assert storage.subscriptions.add(wanted(), most=2) is not None
    assert storage.subscriptions.add(wanted(), most=2) is None
    assert storage.subscriptions.add(wanted(channel=channel("other")), most=2) is not None
    assert first is not None
    assert storage.subscriptions.end(first.id, NOW)
    assert storage.subscriptions.add(wanted(), most=2) is not None


def test_a_channel_is_not_overfilled_by_those_who_subscribe_at_once(storage: Storage):
    """Of eight at the same moment exactly three fit."""
    together = Barrier(8)

    def add(_number: int) -> bool:
        together.wait()
        return storage.subscriptions.add(wanted(), most=3) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 3
    assert len(storage.subscriptions.of_channel(channel())) == 3


def test_a_change_is_stored_and_an_ended_one_cannot_change(storage: Storage):
    """Wish, next moment and pause are stored anew; resuming is such a change."""
    made = subscribe(storage, next_at=None, paused="the channel is gone")
    resumed = replace(made, wish=FULL, next_at=TOMORROW, paused="")
    assert storage.subscriptions.change(resumed)
    assert storage.subscriptions.of_channel(channel()) == [resumed]
    assert storage.subscriptions.end(made.id, NOW)
    assert not storage.subscriptions.change(made)
    assert not storage.subscriptions.end(made.id, NOW)
    assert storage.subscriptions.of_channel(channel()) == []


def test_a_role_that_is_gone_is_taken_out_once(storage: Storage):
    """To exactly one caller, and only while it is that role; what else it wishes stays."""
    made = subscribe(storage, wish=FULL)
    assert storage.subscriptions.mention_nobody(made.id, "1") is None
    changed = replace(made, wish=replace(FULL, mention=""))
    assert storage.subscriptions.mention_nobody(made.id, FULL.mention) == changed
    assert storage.subscriptions.mention_nobody(made.id, FULL.mention) is None
    assert storage.subscriptions.of_channel(channel()) == [changed]
    ended = subscribe(storage, wish=FULL)
    storage.subscriptions.end(ended.id, NOW)
    assert storage.subscriptions.mention_nobody(ended.id, FULL.mention) is None


def test_a_leased_edition_knows_how_its_first_message_goes_out(storage: Storage):
    """As its subscription wishes at that moment, not when it was planned."""
    made = subscribe(storage)
    plan(storage, edition(made, 7))
    assert claim(storage)[0].opening == QUIETLY
    wished = subscribe(storage, channel=channel("other"))
    plan(storage, edition(wished, 7))
    storage.subscriptions.change(replace(wished, wish=FULL, next_at=TOMORROW))
    assert claim(storage)[0].opening == Opening(mention=FULL.mention, publish=True)


def test_what_is_due_comes_longest_waiting_first(storage: Storage):
    """Neither what is due later, nor what is paused, nor what has ended; at most as many as asked for."""
    last, first = subscribe(storage), subscribe(storage, next_at=NOW - timedelta(microseconds=1))
    subscribe(storage, next_at=NOW + timedelta(microseconds=1))
    subscribe(storage, next_at=None, paused="gone")
    storage.subscriptions.end(subscribe(storage).id, NOW)
    assert storage.subscriptions.due(NOW, limit=9) == [first, last]
    assert storage.subscriptions.due(NOW, limit=1) == [first]


def test_a_workspace_sees_its_own_only(storage: Storage):
    """The same workspace name on another platform is another workspace."""
    mine = [subscribe(storage, channel=channel(name)) for name in ("b", "a", "b")]
    subscribe(storage, channel=channel("b", "other"))
    subscribe(storage, channel=channel("b", "team", "slack"))
    assert storage.subscriptions.of_workspace("web", "team", limit=9) == [mine[1], mine[0], mine[2]]
    assert storage.subscriptions.of_workspace("web", "team", limit=2) == [mine[1], mine[0]]
    assert storage.subscriptions.of_channel(channel("b")) == [mine[0], mine[2]]
    assert len(storage.subscriptions.all(limit=9)) == 5
    assert storage.subscriptions.of_channel(channel("unknown")) == []


def test_a_paused_channel_is_no_longer_due(storage: Storage):
    """Those that ran are returned; a second pause finds none, and the first reason stays."""
    here = [subscribe(storage), subscribe(storage)]
    there = subscribe(storage, channel=channel("other"))
    paused = storage.subscriptions.pause_channel(channel(), "gone")
    assert paused == [replace(one, paused="gone", next_at=None) for one in here]
    assert storage.subscriptions.pause_channel(channel(), "again") == []
    assert storage.subscriptions.of_channel(channel()) == paused
    assert storage.subscriptions.due(NOW, limit=9) == [there]


def test_a_paused_workspace_is_no_longer_due_and_runs_again(storage: Storage):
    """All its channels and no other workspace; each goes on at its next local time, unless paused for another reason."""
    mine = [subscribe(storage, channel=channel(name)) for name in ("a", "b", "a")]
    gone = subscribe(storage, channel=channel("c"), next_at=None, paused="the channel is archived")
    ended = subscribe(storage, channel=channel("a"))
    storage.subscriptions.end(ended.id, NOW)
    others = [subscribe(storage, channel=channel("a", "other")), subscribe(storage, channel=channel("a", "team", "slack"))]
    paused = storage.subscriptions.pause_workspace("web", "team", "removed")
    assert paused == [replace(one, paused="removed", next_at=None) for one in mine]
    assert storage.subscriptions.due(NOW, limit=9) == others
    assert storage.subscriptions.pause_workspace("web", "team", "again") == []
    assert storage.subscriptions.resume_workspace("web", "team", "another reason", NOW) == 0
    assert [storage.subscriptions.resume_workspace("web", "team", "removed", NOW) for _ in range(2)] == [3, 0]
    at = first_post(mine[0].wish.timing, NOW)
    assert at > NOW
    running = [replace(one, next_at=at) for one in mine]
    assert storage.subscriptions.of_workspace("web", "team", limit=9) == [running[0], running[2], running[1], gone]
    assert storage.subscriptions.due(NOW, limit=9) == others
    assert storage.subscriptions.pause_workspace("web", "unknown", "removed") == []


def test_a_paused_workspace_has_no_unsent_edition_left(storage: Storage):
    """Another workspace's editions still go out."""
    made, other = subscribe(storage), subscribe(storage, channel=channel("papers", "other"))
    plan(storage, edition(made, 7), edition(other, 7))
    storage.subscriptions.pause_workspace("web", "team", "removed")
    assert [job.subscription_id for job in claim(storage)] == [other.id]
    (given_up,) = storage.ledger.editions(made.id, limit=9)
    assert (given_up.state, given_up.reason) == ("failed", "removed")


def test_pausing_a_workspace_while_it_is_subscribed_to_and_planned_waits_for_nobody_forever(storage: Storage):
    """Eight at once, on many channels: no deadlock, and at the end all are paused."""
    together = Barrier(8)

    def act(number: int) -> object:
        together.wait()
        if number % 2:
            return storage.subscriptions.pause_workspace("web", "team", "removed")
        made = [subscribe(storage, channel=channel(f"{number} {name}")) for name in range(5)]
        return plan(storage, *(edition(one, number) for one in reversed(made)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    storage.subscriptions.pause_workspace("web", "team", "removed")
    assert {one.paused for one in storage.subscriptions.all(limit=99)} == {"removed"}
    assert claim(storage) == []


GiveUp = Callable[[Storage], object]


@pytest.mark.parametrize(
    "give_up",
    [
        lambda storage: storage.subscriptions.end(1, NOW),
        lambda storage: storage.subscriptions.pause_channel(channel(), "gone"),
        lambda storage: storage.subscriptions.pause_workspace("web", "team", "gone"),
    ],
    ids=["end", "pause", "pause workspace"],
)
def test_what_is_unsent_is_given_up_and_its_papers_are_free_again(storage: Storage, give_up: GiveUp):
    """Nothing of the edition was sent, so the channel has not seen its papers."""
    made = subscribe(storage)
    plan(storage, edition(made, 7))
    give_up(storage)
    assert claim(storage) == []
    (given_up,) = storage.ledger.editions(made.id, limit=9)
    assert (given_up.state, given_up.done_at, bool(given_up.reason)) == ("failed", None, True)
    assert storage.ledger.shown([channel()], [7]) == {channel(): frozenset()}
    assert plan(storage, edition(subscribe(storage), 7)) == [True]


@pytest.mark.parametrize("steps", [("begun",), ("begun", "sent")])
def test_papers_of_an_edition_that_is_perhaps_out_stay_shown(storage: Storage, steps: tuple[str, ...]):
    """Its opener is out, or was about to be when the channel was paused."""
    made = subscribe(storage)
    plan(storage, edition(made, 7))
    (job,) = claim(storage)
    record(storage, *(step(kind, job, 1) for kind in steps))
    storage.subscriptions.pause_channel(channel(), "gone")
    assert send(storage, job, 2)[0] is False
    assert storage.ledger.shown([channel()], [7]) == {channel(): frozenset({7})}


def test_what_is_sent_stays_when_a_subscription_ends(storage: Storage):
    """A finished edition is history, and its papers have been shown."""
    made = subscribe(storage)
    plan(storage, edition(made, 7))
    send(storage, claim(storage)[0], 1, 2)
    before = storage.ledger.editions(made.id, limit=9)
    assert storage.subscriptions.end(made.id, NOW)
    assert storage.ledger.editions(made.id, limit=9) == before
    assert storage.ledger.shown([channel()], [7]) == {channel(): frozenset({7})}


def test_muted_words_belong_to_a_channel_and_are_bounded(storage: Storage):
    """A word twice is one word; one more than the most is refused."""
    mutes, other = storage.subscriptions, channel("other")
    said = [mutes.mute(channel(), word, by="U1", now=NOW, most=2) for word in ("zoo", "ant", "zoo", "bee")]
    assert said == [True, True, True, False]
    assert mutes.mute(other, "ödland", by="U1", now=NOW, most=2)
    assert mutes.muted([channel(), channel("unknown"), other]) == {channel(): ("ant", "zoo"), other: ("ödland",)}
    assert [mutes.unmute(channel(), "zoo"), mutes.unmute(channel(), "zoo")] == [True, False]
    assert mutes.muted([channel()]) == {channel(): ("ant",)}
    assert not mutes.unmute(channel("unknown"), "zoo")


def test_what_was_stored_is_there_after_opening_again(url: str):
    """Numbers count on."""
    made = []
    for name in ("one", "two"):
        storage = open_storage(url)
        made.append(subscribe(storage, channel=channel(name)))
        storage.close()
    storage = open_storage(url)
    assert [one.id for one in made] == [1, 2]
    assert {one.id: one for one in storage.subscriptions.all(limit=9)} == {1: made[0], 2: made[1]}
    storage.close()
