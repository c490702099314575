"""What every `Ledger` must do when editions are entered: run on a SQLite file and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from bot.subscription import Edition, Verdict
from storage.open import Storage, open_storage
from tests.contract.rounds import NOW, TODAY, TOMORROW, channel, claim, edition, plan, send, subscribe

VERDICTS = (Verdict(paper_id=7, kind="chosen", rank=1), Verdict(paper_id=8, kind="muted", rank=2, word="“zoo” ü"))


def test_an_edition_is_entered_and_its_subscription_moves_on(storage: Storage):
    """It waits with all its parts, its papers count as shown, and the subscription is due at its next moment."""
    made = subscribe(storage)
    assert plan(storage, edition(made, 7, 8, rest=3, verdicts=VERDICTS)) == [True]
    (entered,) = storage.ledger.editions(made.id, limit=9)
    assert entered == Edition(
        id=entered.id,
        subscription_id=made.id,
        channel=channel(),
        day=TODAY,
        state="planned",
        due_at=NOW,
        done_at=None,
        parts=3,
        sent=0,
        opener=None,
        upto_change=5,
        seen=9,
        rest=3,
        reason="",
        verdicts=VERDICTS,
    )
    assert storage.subscriptions.of_channel(channel()) == [replace(made, next_at=TOMORROW)]
    assert storage.ledger.shown([channel(), channel("x")], [7, 9]) == {channel(): frozenset({7}), channel("x"): frozenset()}
    assert storage.ledger.shown_in(channel(), 8) == entered
    assert (storage.ledger.shown_in(channel(), 9), storage.ledger.shown_in(channel("x"), 8)) == (None, None)


def test_a_day_with_nothing_to_post_is_done_at_once(storage: Storage):
    """So is a day past its window, which keeps its own name; neither waits for anybody."""
    quiet, late = subscribe(storage), subscribe(storage)
    skipped = edition(late, parts=(), state="skipped", reason="its window was over")
    assert plan(storage, edition(quiet, parts=(), reason="nothing matched"), skipped) == [True, True]
    said = [(one.state, one.done_at, one.reason) for of in (quiet, late) for one in storage.ledger.editions(of.id, limit=9)]
    assert said == [("done", NOW, "nothing matched"), ("skipped", NOW, "its window was over")]
    assert claim(storage) == []


def test_an_edition_of_what_has_moved_meanwhile_is_refused(storage: Storage):
    """Changed, paused, ended or planned since it was read: it is left as it is."""
    changed, paused, ended = subscribe(storage), subscribe(storage, channel=channel("p")), subscribe(storage)
    storage.subscriptions.change(replace(changed, next_at=NOW + timedelta(hours=1)))
    storage.subscriptions.pause_channel(channel("p"), "gone")
    storage.subscriptions.end(ended.id, NOW)
    unknown = replace(changed, id=99)
    assert plan(storage, *(edition(one) for one in (changed, paused, ended, unknown))) == [False] * 4
    assert storage.ledger.last_planned([changed.id, paused.id, ended.id, 99]) == {}
    assert [one.next_at for one in storage.subscriptions.all(limit=9)] == [None, NOW + timedelta(hours=1)]


def test_a_day_has_one_edition_and_the_subscription_still_moves_on(storage: Storage):
    """A subscription that is due twice on one day, after a change of zone or of its hour, posts once."""
    made = subscribe(storage)
    plan(storage, edition(made, 7))
    again = replace(made, next_at=NOW + timedelta(hours=2))
    storage.subscriptions.change(again)
    assert plan(storage, edition(again, 8, next_at=TOMORROW + timedelta(hours=2))) == [False]
    assert [one.next_at for one in storage.subscriptions.of_channel(channel())] == [TOMORROW + timedelta(hours=2)]
    assert len(storage.ledger.editions(made.id, limit=9)) == 1
    assert storage.ledger.shown([channel()], [7, 8]) == {channel(): frozenset({7})}


def test_a_paper_is_shown_once_in_a_channel(storage: Storage):
    """The second subscription's edition with it is refused, in the same batch too, and stays due."""
    one, two, three = subscribe(storage), subscribe(storage), subscribe(storage)
    elsewhere = subscribe(storage, channel=channel("other"))
    assert plan(storage, edition(one, 7, 8), edition(two, 8, 9), edition(elsewhere, 8)) == [True, False, True]
    assert plan(storage, edition(three, 7)) == [False]
    assert storage.subscriptions.due(NOW, limit=9) == [two, three]
    assert plan(storage, edition(two, 9)) == [True]


def test_missed_days_are_entered_in_one_batch_when_each_begins_where_the_last_ended(storage: Storage):
    """A skipped day, then today; a third that still begins at the first moment comes too late."""
    made = subscribe(storage, next_at=NOW - timedelta(days=1))
    yesterday = edition(made, day=TODAY - timedelta(days=1), parts=(), state="skipped", next_at=NOW)
    today = edition(replace(made, next_at=NOW), 7)
    assert plan(storage, yesterday, today, edition(made, 8, day=TODAY - timedelta(days=2))) == [True, True, False]
    assert [(one.day, one.state) for one in storage.ledger.editions(made.id, limit=9)] == [
        (TODAY, "planned"),
        (TODAY - timedelta(days=1), "skipped"),
    ]
    assert storage.ledger.last_planned([made.id, 99])[made.id].day == TODAY
    assert [one.day for one in storage.ledger.editions(made.id, limit=1)] == [TODAY]


def test_nothing_to_enter_is_nothing_done(storage: Storage, writes: list[str]):
    """An empty batch writes nothing."""
    writes.clear()
    assert (plan(storage), writes) == ([], [])


def test_processes_that_plan_the_same_at_once_enter_each_edition_once(url: str):
    """Exactly one wins each subscription, whatever order they take them in, and no paper is shown twice."""
    storages = [open_storage(url) for _process in range(4)]
    made = [subscribe(storages[0], channel=channel(f"{number // 2}")) for number in range(40)]
    editions = [edition(one, one.id, 100 + one.id % 2) for one in made]
    together = Barrier(4)

    def plan_all(number: int) -> list[int]:
        mine = editions[number * 10 :] + editions[: number * 10]
        together.wait()
        return [
            one.subscription.id
            for start in range(0, 40, 8)
            for one, entered in zip(mine[start : start + 8], plan(storages[number], *mine[start : start + 8]), strict=True)
            if entered
        ]

    with ThreadPoolExecutor(4) as pool:
        won = [subscription_id for of_process in pool.map(plan_all, range(4)) for subscription_id in of_process]
    assert sorted(won) == [one.id for one in made]
    assert len(storages[0].ledger.last_planned([one.id for one in made])) == 40
    for storage in storages:
        storage.close()


def test_a_thousand_editions_are_entered_at_once(storage: Storage):
    """More than one statement can list; each keeps its own parts."""
    made = [subscribe(storage, channel=channel(f"{number}")) for number in range(1_001)]
    assert all(plan(storage, *(edition(one, one.id) for one in made)))
    jobs = claim(storage, limit=2_000)
    assert [[part.card.title for part in job.parts] for job in jobs] == [
        [f"{one.id} {TODAY} opener", f"{one.id} {TODAY} {one.id}"] for one in made
    ]
    shown = storage.ledger.shown([one.channel for one in made], [one.id for one in made])
    assert all(shown[one.channel] == {one.id} for one in made)
    assert len(storage.ledger.last_planned([one.id for one in made])) == 1_001


def test_the_backlog_counts_what_is_due_and_waiting(storage: Storage):
    """How late is the oldest of both; nothing late is 0, also when the clock has jumped backwards."""
    assert storage.ledger.backlog(NOW).late_s == 0
    made = subscribe(storage, next_at=NOW - timedelta(seconds=5))
    subscribe(storage, channel=channel("p"))
    storage.subscriptions.pause_channel(channel("p"), "gone")
    due = storage.ledger.backlog(NOW)
    assert (due.due, due.waiting_parts, due.late_s, due.paused) == (1, 0, 5, 1)
    plan(storage, edition(made, 7, 8, due_at=NOW - timedelta(seconds=9)))
    send(storage, claim(storage)[0], 1)
    waiting = storage.ledger.backlog(NOW)
    assert (waiting.due, waiting.waiting_parts, waiting.late_s) == (0, 2, 9)
    assert storage.ledger.backlog(NOW - timedelta(hours=1)).late_s == 0


def test_old_editions_are_forgotten_but_not_what_was_shown(storage: Storage):
    """Cards and verdicts go; the day, its counts, its first message and its papers stay. What still waits is kept."""
    done, waiting, newer = (subscribe(storage, channel=channel(name)) for name in ("done", "waiting", "newer"))
    plan(storage, *(edition(one, 7, verdicts=VERDICTS) for one in (done, waiting)))
    plan(storage, edition(newer, 7, day=TODAY + timedelta(days=1), verdicts=VERDICTS, parts=()))
    job = next(one for one in claim(storage) if one.subscription_id == done.id)
    send(storage, job, 1, 2)
    (before,) = storage.ledger.editions(done.id, limit=9)
    assert [storage.ledger.forget(TODAY + timedelta(days=1)) for _time in range(2)] == [1, 0]
    assert storage.ledger.editions(done.id, limit=9) == [replace(before, verdicts=())]
    assert storage.ledger.shown([channel("done")], [7]) == {channel("done"): frozenset({7})}
    for kept in (waiting, newer):
        assert storage.ledger.editions(kept.id, limit=9)[0].verdicts == VERDICTS
    assert [len(one.parts) for one in claim(storage, "second", NOW + timedelta(hours=1))] == [2]


def test_the_last_post_of_a_channel_is_of_whichever_subscription(storage: Storage):
    """Also of one that has ended; of other channels, and of editions of which nothing is out, it knows nothing."""
    one, other = subscribe(storage), subscribe(storage, channel=channel("other"))
    assert storage.ledger.last_posted(channel()) is None
    plan(storage, edition(one, 7), edition(other, 8))
    assert storage.ledger.last_posted(channel()) is None
    for job in claim(storage):
        send(storage, job, 1, 2)
    storage.subscriptions.end(one.id, NOW)
    plan(storage, edition(subscribe(storage), 9))
    found = storage.ledger.last_posted(channel())
    assert found is not None
    assert (found.subscription_id, found.channel) == (one.id, channel())
    assert storage.ledger.last_posted(channel("x")) is None
