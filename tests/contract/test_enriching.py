"""What is asked about papers that lack something, on both databases: queue, leases, what is written, what follows a merge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.enrichment import GUIDES, TITLE, Attempt, Errand, Private, Result, Task, Verdict, Want
from bot.errors import SourceError
from bot.filling import filling
from bot.lacking import wants_of
from bot.model import Entry, Identifier, Paper
from bot.ports import Resolution
from storage.enriching import ALONE_AFTER
from storage.merge_tables import MERGES
from storage.open import Storage
from tests.contract.builders import DAY
from tests.contract.test_private import OURS, THEIRS, entry, only, publish, seen, take_in

NOW = datetime(2025, 6, 12, 8, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
LEASE_S = 60.0


def look(storage: Storage) -> None:
    """Look at what is new, as an enricher does."""
    changes = storage.papers.changed_since(storage.enrichments.looked_upto(), 1_000)
    if changes:
        wants = [want for one in changes for want in wants_of(one.paper, DAY)]
        storage.enrichments.look(wants, changes[-1].number, NOW)


def claim(
    storage: Storage, now: datetime = NOW, *, owner: str = "one", most: int = 50, private: Private = "ids"
) -> Errand | None:
    """Lease Hugging Face."""
    return storage.enrichments.claim("hf", owner, now, lease_s=LEASE_S, most=most, private=private)


def asked(storage: Storage, now: datetime = NOW, **how: object) -> list[tuple[int, str]]:
    """What would be asked now; nothing stays leased."""
    errand = claim(storage, now, **how)  # type: ignore[arg-type]
    if errand is None:
        return []
    assert storage.enrichments.give_back("hf", "one", now, Verdict())
    return [(one.paper.id, one.question) for one in errand.tasks]


def write(storage: Storage, task: Task, said: Entry | None = None, **attempt: object) -> tuple[Result, Paper | None] | None:
    """Write down what came of a leased task; it is asked again soon."""
    made = Attempt(**{"task": task, "result": "unknown", "next_at": LATER, **attempt})  # type: ignore[arg-type]
    found = None if said is None else filling(task, said)
    return storage.enrichments.write("hf", "one", made, NOW, lease_s=LEASE_S, filling=found)


def the_task(storage: Storage, **how: object) -> Task:
    """The one task that is due, leased."""
    errand = claim(storage, **how)  # type: ignore[arg-type]
    assert errand is not None
    (task,) = errand.tasks
    return task


def test_papers_are_looked_at_once_and_asked_about_the_newest_first(storage: Storage):
    """Looking again changes nothing; a limit keeps the newest."""
    publish(storage, entry("First Paper on Robots", "1"), entry("Second Paper on Robots", "2"), entry("A paper without an id"))
    for _ in range(2):
        look(storage)
        assert asked(storage) == [(3, TITLE), (2, "arxiv:2506.00002"), (1, "arxiv:2506.00001")]
    assert storage.enrichments.looked_upto() == storage.papers.last_change()
    assert asked(storage, most=1) == [(3, TITLE)]
    assert [(one.guide, one.waiting, one.due) for one in storage.enrichments.states(NOW)] == [("hf", 3, 3), ("arxiv", 3, 3)]


def test_a_changed_question_begins_anew_and_one_that_is_answered_elsewhere_ends(storage: Storage):
    """A title that got an id; a paper that a digest filled."""
    publish(storage, entry("A paper about everything"))
    look(storage)
    write(storage, the_task(storage), next_at=None)
    storage.enrichments.give_back("hf", "one", NOW, Verdict(answered=True))
    assert asked(storage, LATER) == []
    storage.enrichments.look([Want(1, "hf", "arxiv:2506.00001")], 9, NOW)
    assert asked(storage) == [(1, "arxiv:2506.00001")]
    storage.enrichments.look([Want(1, "hf", "")], 9, NOW)
    assert (asked(storage), storage.enrichments.states(NOW)[0].given_up) == ([], 0)


def test_a_guide_is_asked_by_one_process_at_a_time_until_its_lease_is_over(storage: Storage):
    """Who lost it writes nothing; the other guide is free."""
    publish(storage, entry("First Paper on Robots", "1"))
    look(storage)
    first = claim(storage, owner="dies")
    assert first is not None
    assert claim(storage) is None
    assert storage.enrichments.claim("arxiv", "one", NOW, lease_s=LEASE_S, most=9, private="ids") is not None
    after = NOW + timedelta(seconds=LEASE_S + 1)
    assert claim(storage, after) is not None
    attempt = Attempt(task=first.tasks[0], result="found", next_at=None)
    said = filling(first.tasks[0], entry("First Paper on Robots", "1", abstract="Late."))
    assert storage.enrichments.write("hf", "dies", attempt, after, lease_s=LEASE_S, filling=said) is None
    assert storage.enrichments.give_back("hf", "dies", after, Verdict()) is False
    assert storage.papers.papers([1])[0].abstract == ""


def test_a_task_that_is_written_down_waits_and_the_lease_holds_on(storage: Storage):
    """Tries count answers, failures those in a row that were none."""
    publish(storage, entry("First Paper on Robots", "1"))
    look(storage)
    task = the_task(storage)
    assert write(storage, task, result="failed", error="It stopped answering.") is not None
    assert write(storage, task, result="failed") is not None
    storage.enrichments.give_back("hf", "one", NOW, Verdict(failures=2, error="It stopped answering."))
    assert asked(storage) == []
    again = claim(storage, LATER)
    assert again is not None
    assert (again.failures, again.tasks[0].failures, again.tasks[0].tries) == (2, 2, 0)
    assert storage.enrichments.states(LATER)[0].error == "It stopped answering."
    write(storage, again.tasks[0])
    storage.enrichments.give_back("hf", "one", LATER, Verdict(answered=True))
    last = claim(storage, LATER)
    assert last is not None
    assert (last.failures, last.tasks[0].failures, last.tasks[0].tries) == (0, 0, 1)
    assert storage.enrichments.states(LATER)[0].failing_since is None


def test_one_that_fails_again_and_again_is_asked_about_alone(storage: Storage):
    """First or not first in the line."""
    publish(storage, *(entry(f"Paper {number} on Robots", str(number)) for number in (1, 2, 3)))
    look(storage)
    errand = claim(storage)
    assert errand is not None
    for _ in range(ALONE_AFTER):
        write(storage, errand.tasks[1], result="failed", next_at=NOW)
    storage.enrichments.give_back("hf", "one", NOW, Verdict())
    assert [number for number, _ in asked(storage)] == [3, 1]
    errand = claim(storage)
    assert errand is not None
    for task in errand.tasks:
        write(storage, task)
    storage.enrichments.give_back("hf", "one", NOW, Verdict())
    assert [number for number, _ in asked(storage)] == [2]


def test_an_open_circuit_is_left_alone_until_it_ends(storage: Storage):
    """By every process."""
    publish(storage, entry("First Paper on Robots", "1"))
    look(storage)
    assert claim(storage) is not None
    storage.enrichments.give_back("hf", "one", NOW, Verdict(failures=5, error="Down.", rest_until=LATER))
    assert storage.enrichments.states(NOW)[0].rests_until == LATER
    assert asked(storage) == []
    assert asked(storage, LATER) != []


def test_a_paper_is_filled_and_written_down_at_once(storage: Storage):
    """Nothing is new, nothing is listed, its first day and number stay; the index hears of it."""
    publish(storage, entry("First Paper on Robots", "1"))
    look(storage)
    before = storage.papers.last_change()
    done = write(storage, the_task(storage), entry("First Paper on Robots", "1", abstract="What it says.", venue="ICML 2025"))
    assert done is not None
    assert (done[0], done[1]) == ("found", storage.papers.papers([1])[0])
    (paper,) = storage.papers.papers([1])
    assert (paper.abstract, paper.venue, paper.listed_on, storage.papers.count()) == ("What it says.", "ICML 2025", DAY, 1)
    assert [(one.paper.id, one.added) for one in storage.papers.changed_since(before, 9)] == [(1, 1)]
    assert len(storage.papers.sightings(1)) == 1


def test_a_paper_that_is_gone_since_is_forgotten(storage: Storage):
    """An import was taken back while its paper was asked about; nothing comes back."""
    taken = take_in(storage, entry("Private Paper on Robots", "1"))
    assert taken is not None
    look(storage)
    task = the_task(storage)
    storage.imports.undo(OURS, taken.number, NOW)
    assert write(storage, task, entry("Private Paper on Robots", "1", abstract="Late.")) == ("gone", None)
    storage.enrichments.give_back("hf", "one", NOW, Verdict())
    look(storage)
    assert (asked(storage), seen(storage, OURS)) == ([], [])


@pytest.mark.parametrize(("private", "numbers"), [("nothing", []), ("ids", [2]), ("titles", [2, 1])])
def test_what_is_told_of_spaces_own_papers_is_the_operators_to_say(storage: Storage, private: Private, numbers: list[int]):
    """Whatever was queued before."""
    take_in(storage, entry("Private Draft about Robots"), entry("Private Paper on Robots", "2"))
    look(storage)
    assert [number for number, _ in asked(storage, private=private)] == numbers
    assert [one.waiting for one in storage.enrichments.states(NOW)] == [0, 0]


def test_a_spaces_own_paper_stays_its_own(storage: Storage):
    """Filled for its space; another space with the same paper, and everybody else, see no difference."""
    take_in(storage, entry("Private Paper on Robots", "1"))
    take_in(storage, entry("Private Paper on Robots", "1"), space=THEIRS)
    look(storage)
    errand = claim(storage)
    assert errand is not None
    ours = next(one for one in errand.tasks if one.paper.visible_to == OURS)
    write(storage, ours, entry("Private Paper on Robots", "1", abstract="What it says."))
    assert only(storage, "Private Paper on Robots", OURS).abstract == "What it says."
    assert only(storage, "Private Paper on Robots", THEIRS).abstract == ""
    assert seen(storage, "") == []


def test_a_spaces_title_that_is_a_public_papers_id_takes_nothing_from_it(storage: Storage):
    """It is filled, but the id stays the public paper's, which is not changed."""
    publish(storage, entry("The name under which it was listed", "1", authors=("Bo Liu",)))
    take_in(storage, entry("Private Draft about Robots", authors=("Bo Liu",)))
    look(storage)
    (public,) = storage.papers.papers([1])
    errand = claim(storage, private="titles")
    assert errand is not None
    ours = next(one for one in errand.tasks if one.question == TITLE)
    write(storage, ours, entry("Private Draft about Robots", "1", authors=("Bo Liu",), abstract="What it says."))
    private = only(storage, "Private Draft about Robots", OURS)
    assert (private.abstract, private.ref[:6]) == ("What it says.", "title:")
    assert storage.papers.papers([1]) == [public]
    assert storage.papers.paper_by_identifier(Identifier("arxiv", "2506.00001"), viewer=OURS) == public


def test_a_title_that_is_a_stored_papers_id_joins_it_with_all_that_was_asked(storage: Storage):
    """The paper with the id stays; what was asked about the other follows; a split gives it back."""
    publish(storage, entry("The name under which it was listed", "1", authors=("Bo Liu",)))
    publish(storage, entry("Draft about Robots and Rooms", authors=("Bo Liu",)))
    look(storage)
    errand = claim(storage)
    assert errand is not None
    done = write(
        storage, errand.tasks[0], entry("Draft about Robots and Rooms", "1", authors=("Bo Liu",), abstract="What it says.")
    )
    assert done is not None
    assert (done[0], done[1] and done[1].id, storage.papers.count()) == ("found", 1, 1)
    storage.enrichments.give_back("hf", "one", NOW, Verdict())
    look(storage)
    assert asked(storage, LATER) == [(1, "arxiv:2506.00001")]
    assert storage.papers.papers([2])[0].abstract == "What it says."
    assert storage.merges.split(1, now=NOW) is not None
    look(storage)
    assert sorted(number for number, _ in asked(storage, LATER)) == [1, 2]
    assert storage.papers.papers([2])[0].abstract == ""


def test_a_merge_of_before_there_were_venues_can_still_be_split(storage: Storage):
    """What is written down of it knows no such column."""
    publish(storage, entry("First Paper on Robots", "1"), entry("Second Paper on Robots", "2"))
    storage.merges.merge(1, 2, by="operator", now=NOW)
    with storage.database.writing() as connection:
        before = connection.execute(select(MERGES.c.before)).scalar_one()
        for which in ("kept", "gone"):
            del before[which]["venue"]
        connection.execute(update(MERGES).values(before=before))
    assert storage.merges.split(1, now=NOW) is not None
    assert seen(storage, "") == ["First Paper on Robots", "Second Paper on Robots"]


def test_a_fault_while_filling_changes_nothing(storage: Storage):
    """All or nothing: the task is due as before."""
    publish(storage, entry("First Paper on Robots", "1"))
    look(storage)
    task = the_task(storage)

    def fails(_entries: Sequence[Entry], _known: object, _last_id: int) -> list[Resolution]:
        raise SourceError("no")

    made = Attempt(task=task, result="nothing", next_at=None)
    said = replace(filling(task, entry("First Paper on Robots", "1")), decide=fails)
    with pytest.raises(SourceError):
        storage.enrichments.write("hf", "one", made, NOW, lease_s=LEASE_S, filling=said)
    storage.enrichments.give_back("hf", "one", NOW, Verdict())
    assert asked(storage) == [(1, "arxiv:2506.00001")]


def test_every_guide_has_its_row(storage: Storage):
    """A database that was just made knows both."""
    assert sorted(one.guide for one in storage.enrichments.states(NOW)) == sorted(GUIDES)
