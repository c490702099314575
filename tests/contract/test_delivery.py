"""What every `Ledger` must do while editions are sent: run on a SQLite file and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from bot.cards import Card, Links, Span, Text
from bot.model import MessageRef
from bot.subscription import Edition, Job, Part
from storage.open import Storage, open_storage
from tests.contract.rounds import LATER, LEASE_S, NOW, TODAY, channel, claim, edition, plan, record, send, step, subscribe

CARD = Card(
    title="Größe ≤ 1 🤖", url="https://a.example", elements=(Text((Span("a", "bold"),)), Links((("b", "https://b.example"),)))
)


@pytest.fixture
def job(storage: Storage) -> Job:
    """A leased edition with an opener and two papers."""
    plan(storage, edition(subscribe(storage), 7, 8))
    return claim(storage)[0]


def the_edition(storage: Storage, job: Job) -> Edition:
    """A job's edition as the ledger has it."""
    return next(one for one in storage.ledger.editions(job.subscription_id, limit=9) if one.id == job.edition_id)


def test_a_job_holds_what_is_needed_to_send_it(storage: Storage):
    """The cards are those that were planned, to the letter."""
    made = subscribe(storage)
    plan(storage, edition(made, 7, parts=(CARD, Card(title="b")), in_thread=False))
    (job,) = claim(storage)
    assert job == Job(
        edition_id=job.edition_id,
        subscription_id=made.id,
        channel=channel(),
        made_by="U1",
        day=TODAY,
        due_at=NOW,
        in_thread=False,
        opener=None,
        parts=(Part(number=1, card=CARD), Part(number=2, card=Card(title="b"))),
    )
    assert claim(storage, "second") == []


def test_an_edition_is_done_when_its_last_part_is_out(storage: Storage, job: Job):
    """It then knows where its first message is, and when it was done."""
    assert send(storage, job, 1, 2) == [True] * 4
    assert (the_edition(storage, job).state, the_edition(storage, job).sent) == ("planned", 2)
    assert send(storage, job, 3, now=NOW + timedelta(seconds=20)) == [True, True]
    done = the_edition(storage, job)
    assert (done.state, done.sent, done.done_at) == ("done", 3, NOW + timedelta(seconds=20))
    assert done.opener == MessageRef(channel=channel(), message="m1", url="https://chat.example/1")
    assert claim(storage, now=LATER + timedelta(days=1)) == []


def test_only_editions_of_the_asked_platforms_are_leased_oldest_first_and_no_more_than_the_limit(storage: Storage):
    """What is due longest goes first."""
    names = ("late", "early", "slack")
    late, early, slack = (
        subscribe(storage, channel=channel(name, platform="slack" if name == "slack" else "web")) for name in names
    )
    plan(storage, edition(late), edition(early, due_at=NOW - timedelta(hours=1)), edition(slack, due_at=NOW - timedelta(hours=2)))
    assert [job.subscription_id for job in claim(storage, limit=1)] == [early.id]
    assert [job.subscription_id for job in claim(storage)] == [late.id]
    assert claim(storage, platforms=()) == []
    assert [job.subscription_id for job in claim(storage, platforms=("web", "slack"))] == [slack.id]


def test_a_channel_gets_one_edition_at_a_time_in_order(storage: Storage):
    """The next one waits while the first is leased or is to be tried again, and not longer."""
    one, two = subscribe(storage), subscribe(storage)
    plan(storage, edition(one, 7), edition(two, 8))
    (first,) = claim(storage)
    assert first.subscription_id == one.id
    assert claim(storage, "second") == []
    record(storage, step("retry", first, 1, retry_at=NOW + timedelta(hours=1)))
    assert claim(storage, "second", NOW + timedelta(minutes=59)) == []
    (again,) = claim(storage, now=NOW + timedelta(hours=1))
    assert again.subscription_id == one.id
    send(storage, again, 1, 2, now=NOW + timedelta(hours=1))
    assert [job.subscription_id for job in claim(storage, "second")] == [two.id]


def test_a_lease_is_kept_until_it_runs_out_and_then_taken_over(storage: Storage, job: Job):
    """Every step extends it; whoever takes over goes on after what is known to be out."""
    at = NOW + timedelta(seconds=29)
    assert send(storage, job, 1, now=at) == [True, True]
    assert claim(storage, "second", NOW + timedelta(seconds=58)) == []
    (taken,) = claim(storage, "second", at + timedelta(seconds=LEASE_S))
    assert [part.number for part in taken.parts] == [2, 3]
    assert taken.opener == MessageRef(channel=channel(), message="m1", url="https://chat.example/1")


def test_a_part_that_was_begun_and_never_heard_of_is_in_doubt(storage: Storage, job: Job):
    """It alone: those after it were surely not sent."""
    record(storage, step("begun", job, 1))
    (taken,) = claim(storage, "second", LATER)
    assert [(part.number, part.in_doubt, part.tries) for part in taken.parts] == [(1, True, 0), (2, False, 0), (3, False, 0)]


def test_a_lease_that_was_lost_stops_its_owner(storage: Storage, job: Job):
    """Taken over or only run out: nothing more of it counts, and nothing is changed by it."""
    assert record(storage, step("begun", job, 1), now=LATER) == [False]
    (taken,) = claim(storage, "second", LATER)
    kinds = ("begun", "retry", "given_up", "released")
    assert record(storage, *(step(kind, job, 1, retry_at=NOW) for kind in kinds), now=LATER) == [False] * 4
    assert record(storage, step("sent", job, 1, message=None), now=LATER) == [False]
    assert the_edition(storage, job).state == "planned"
    assert send(storage, taken, 1, 2, 3, owner="second", now=LATER) == [True] * 6
    assert record(storage, replace(step("begun", job, 1), edition_id=99)) == [False]


def test_a_message_that_is_out_is_written_even_after_the_lease_was_lost(storage: Storage, job: Job):
    """Once; and the new owner, who has not begun that part yet, does not send it again."""
    record(storage, step("begun", job, 1))
    (taken,) = claim(storage, "second", LATER)
    assert record(storage, step("sent", job, 1), now=LATER) == [True]
    assert record(storage, step("sent", job, 1, message=MessageRef(channel=channel(), message="other")), now=LATER) == [False]
    opener = the_edition(storage, job).opener
    assert opener is not None
    assert opener.message == "m1"
    assert record(storage, step("begun", taken, 1), owner="second", now=LATER) == [False]
    (handed_back,) = claim(storage, "third", LATER)
    assert [part.number for part in handed_back.parts] == [2, 3]


def test_the_last_message_ends_an_edition_even_when_its_lease_was_lost(storage: Storage, job: Job):
    """Nobody has anything left to do with it."""
    send(storage, job, 1, 2)
    record(storage, step("begun", job, 3))
    claim(storage, "second", LATER)
    assert record(storage, step("sent", job, 3), now=LATER) == [True]
    assert the_edition(storage, job).state == "done"
    assert record(storage, step("begun", job, 3), owner="second", now=LATER) == [False]


def test_a_part_that_is_to_be_tried_again_waits_for_its_moment(storage: Storage, job: Job):
    """The edition is free for anybody then; that part has one try more behind it, and is not in doubt."""
    at = NOW + timedelta(minutes=1)
    assert record(storage, step("begun", job, 1), step("retry", job, 1, retry_at=at, reason="500")) == [True, True]
    assert claim(storage, "second", at - timedelta(microseconds=1)) == []
    (again,) = claim(storage, "second", at)
    assert [(part.number, part.in_doubt, part.tries) for part in again.parts] == [(1, False, 1), (2, False, 0), (3, False, 0)]
    assert record(storage, step("retry", again, retry_at=at), owner="second", now=at) == [True]
    (put_off,) = claim(storage, "second", at)
    assert [part.tries for part in put_off.parts] == [1, 0, 0]


def test_a_lease_that_is_handed_back_is_free_at_once(storage: Storage, job: Job):
    """A part that was begun stays in doubt."""
    assert record(storage, step("begun", job, 1), step("released", job)) == [True, True]
    assert record(storage, step("sent", job, 2, message=None)) == [False]
    (taken,) = claim(storage, "second")
    assert taken.parts[0].in_doubt


def test_an_edition_that_is_given_up_frees_its_papers_when_nothing_is_out(storage: Storage, job: Job):
    """It says why, and is not tried again."""
    assert record(storage, step("begun", job, 1), step("given_up", job, reason="the channel is gone")) == [True, True]
    failed = the_edition(storage, job)
    assert (failed.state, failed.reason, failed.done_at, failed.sent) == ("failed", "the channel is gone", None, 0)
    assert storage.ledger.shown([channel()], [7, 8]) == {channel(): frozenset()}
    assert claim(storage, now=LATER) == []
    assert storage.ledger.backlog(LATER).waiting_parts == 0


def test_papers_of_an_edition_that_nobody_saw_come_with_the_next_one(storage: Storage):
    """It counts as having looked no further than the edition before it; one that was seen in part counts as it is."""
    made = subscribe(storage)
    plan(storage, edition(made, day=TODAY - timedelta(days=2), parts=(), upto_change=3, next_at=NOW))
    plan(storage, edition(made, 7, day=TODAY - timedelta(days=1), upto_change=5, next_at=NOW))
    plan(storage, edition(made, 8, upto_change=6))
    seen, unseen = (lambda one: the_edition(storage, one).upto_change), claim(storage)[0]
    assert record(storage, step("given_up", unseen, reason="gone")) == [True]
    assert seen(unseen) == 3
    (half,) = claim(storage)
    send(storage, half, 1)
    assert record(storage, step("given_up", half, reason="gone")) == [True]
    assert seen(half) == 6


def test_an_edition_that_is_given_up_half_way_keeps_its_papers(storage: Storage, job: Job):
    """The opener, which lists them all, is out."""
    send(storage, job, 1)
    assert record(storage, step("given_up", job, reason="refused")) == [True]
    assert the_edition(storage, job).sent == 1
    assert storage.ledger.shown([channel()], [7, 8]) == {channel(): frozenset({7, 8})}


def test_an_edition_goes_on_without_a_part_that_the_platform_refused(storage: Storage, job: Job):
    """It is done with the rest; one of which all was refused has failed."""
    assert record(storage, step("begun", job, 1), step("sent", job, 1, message=None)) == [True, True]
    assert send(storage, job, 2, 3) == [True] * 4
    done = the_edition(storage, job)
    assert (done.state, done.sent, done.parts, done.opener) == ("done", 2, 3, None)
    other = subscribe(storage, channel=channel("other"))
    plan(storage, edition(other, 7))
    (job,) = claim(storage)
    assert record(storage, *(step("sent", job, number, message=None) for number in (1, 2))) == [True, True]
    failed = the_edition(storage, job)
    assert (failed.state, failed.reason) == ("failed", "The platform refused every message.")
    assert storage.ledger.shown([channel("other")], [7]) == {channel("other"): frozenset()}


def test_steps_of_several_editions_are_written_together(storage: Storage):
    """Each is judged by its own lease."""
    made = [subscribe(storage, channel=channel(f"{number}")) for number in range(3)]
    plan(storage, *(edition(one) for one in made))
    (theirs,) = claim(storage, "second", limit=1)
    mine = claim(storage)
    steps = [step(kind, job, 1) for job in (theirs, *mine) for kind in ("begun", "sent")]
    assert record(storage, *steps) == [False, True, True, True, True, True]
    assert [one.state for one in storage.ledger.last_planned([one.id for one in made]).values()] == ["done"] * 3
    assert record(storage) == []


def test_processes_that_claim_at_once_share_the_editions(url: str):
    """Each edition is leased by exactly one of them."""
    storages = [open_storage(url) for _process in range(4)]
    made = [subscribe(storages[0], channel=channel(f"{number}")) for number in range(40)]
    plan(storages[0], *(edition(one) for one in made))
    together = Barrier(4)

    def claim_all(number: int) -> list[int]:
        leased: list[int] = []
        together.wait()
        for _time in range(60):
            leased += [job.edition_id for job in claim(storages[number], f"{number}", limit=3)]
        return leased

    with ThreadPoolExecutor(4) as pool:
        leased = [edition_id for of_process in pool.map(claim_all, range(4)) for edition_id in of_process]
    assert sorted(leased) == [one.id for one in storages[0].ledger.last_planned([one.id for one in made]).values()]
    for storage in storages:
        storage.close()
