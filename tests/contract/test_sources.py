"""What `SourceStore` promises on both databases: one fetch a source at a time, nothing forgotten but what was removed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

from bot.origins import Page, Settled, Source
from bot.subscription import SourceState
from storage.open import Storage
from tests.contract.rounds import LATER, LEASE_S, NOW, TOMORROW

SOON = NOW + timedelta(minutes=5)
TICK = timedelta(microseconds=1)


def hugging_face(storage: Storage, *names: str) -> Source:
    """A source with these pages due now."""
    source = storage.sources.add("hf", "", by="cli", now=NOW)
    assert source is not None
    storage.sources.begin(source.id, names, NOW)
    return source


def claim(storage: Storage, owner: str = "a", now: datetime = NOW, only: int | None = None) -> Page | None:
    """Lease what is due."""
    return storage.sources.claim(owner, now, lease_s=LEASE_S, only=only)


def claimed(storage: Storage, owner: str = "a", now: datetime = NOW) -> Page:
    """Lease what is due, which there is."""
    page = claim(storage, owner, now)
    assert page is not None
    return page


def test_a_source_is_added_once_and_its_number_is_never_used_again(storage: Storage):
    """The same kind and address is the same source; after its removal a new one has another number."""
    sources = storage.sources
    first = sources.add("arxiv", "cs.LG", by="ada", now=NOW)
    assert first == Source(id=1, kind="arxiv", address="cs.LG", added_by="ada", added_at=NOW)
    assert sources.add("arxiv", "cs.LG", by="bob", now=SOON) is None
    second = sources.add("feed", "https://example.org/a?token=1", by="ada", now=NOW)
    assert second is not None
    assert sources.all() == [first, second]
    assert [sources.remove(second.id), sources.remove(second.id), sources.remove(99)] == [True, False, False]
    third = sources.add("arxiv", "cs.CL", by="ada", now=NOW)
    assert third is not None
    assert third.id > second.id


def test_pages_begin_once_and_are_leased_the_newest_day_first(storage: Storage):
    """What is there already stays as it is; a source is leased as a whole."""
    source = hugging_face(storage, "2025-06-10", "2025-06-11")
    assert storage.sources.begin(source.id, ["2025-06-11", "2025-06-12"], NOW) == 1
    assert storage.sources.begin(99, ["2025-06-11"], NOW) == 0
    assert storage.sources.pages(source.id) == {"2025-06-10", "2025-06-11", "2025-06-12"}
    assert claimed(storage) == Page(source_id=source.id, kind="hf", address="", name="2025-06-12")
    assert claim(storage, "b") is None
    assert storage.sources.all()[0].next_at == NOW


def test_a_page_is_asked_when_its_time_has_come(storage: Storage):
    """Not a moment before; a page that is done with is never asked."""
    source = hugging_face(storage, "a", "b")
    for next_at in (None, SOON):
        assert storage.sources.settle("a", claimed(storage), NOW, Settled(kind="taken", next_at=next_at))
    assert claim(storage, now=SOON - TICK) is None
    assert claimed(storage, now=SOON).name == "a"
    assert storage.sources.all()[0].ok_at == NOW
    assert storage.sources.hasten(source.id, ["b", "c"], LATER) == 3


def test_what_the_server_said_is_there_the_next_time(storage: Storage):
    """Validators, the document's hash and the marks of what it listed."""
    hugging_face(storage, "a")
    said = Settled(kind="taken", next_at=SOON, etag='W/"1"', modified="Mon", sha256="abc", seen=("x", "ÿ"))
    storage.sources.settle("a", claimed(storage), NOW, said)
    page = claimed(storage, now=SOON)
    assert (page.etag, page.modified, page.sha256, page.seen) == ('W/"1"', "Mon", "abc", ("x", "ÿ"))
    storage.sources.settle("a", page, SOON, Settled(kind="failed", next_at=TOMORROW, error="no"))
    page = claimed(storage, now=TOMORROW)
    assert (page.etag, page.seen, page.failures, page.source_failures) == ('W/"1"', ("x", "ÿ"), 1, 1)


def test_failures_count_in_a_row_and_open_the_circuit(storage: Storage):
    """Since the first of them; while it is open no page is leased; one answer of that page ends it."""
    hugging_face(storage, "a", "b")
    storage.sources.settle("a", claimed(storage), NOW, Settled(kind="failed", next_at=SOON, error="one"))
    storage.sources.settle("a", claimed(storage), NOW, Settled(kind="taken", next_at=TOMORROW))
    page = claimed(storage, now=SOON)
    assert (page.name, page.failures, page.source_failures) == ("b", 1, 0)
    failed = Settled(kind="failed", next_at=SOON, error="two", open_until=TOMORROW)
    storage.sources.settle("a", page, SOON, failed)
    (source,) = storage.sources.all()
    state = SourceState(name="Hugging Face Daily Papers", ok_at=NOW, failing_since=NOW, error="two", rests_until=TOMORROW)
    assert (source.state, source.next_at) == (state, TOMORROW)
    assert claim(storage, now=TOMORROW - TICK) is None
    page = claimed(storage, now=TOMORROW)
    assert (page.name, page.failures, page.source_failures) == ("b", 2, 1)
    storage.sources.settle("a", page, TOMORROW, Settled(kind="taken", next_at=None))
    assert storage.sources.all()[0].state == SourceState(name="Hugging Face Daily Papers", ok_at=TOMORROW)


def test_what_is_put_off_only_waits(storage: Storage):
    """It neither answered nor failed."""
    hugging_face(storage, "a")
    storage.sources.settle("a", claimed(storage), NOW, Settled(kind="put_off", next_at=SOON))
    (source,) = storage.sources.all()
    assert (source.ok_at, source.failing_since, source.next_at) == (None, None, SOON)


def test_hastening_closes_the_circuit_and_asks_all_that_is_still_asked(storage: Storage):
    """What is done with stays so unless it is named."""
    source = hugging_face(storage, "a", "b")
    storage.sources.settle("a", claimed(storage), NOW, Settled(kind="taken", next_at=None))
    failed = Settled(kind="failed", next_at=TOMORROW, error="x", open_until=TOMORROW)
    storage.sources.settle("a", claimed(storage), NOW, failed)
    assert claim(storage, now=SOON) is None
    assert storage.sources.hasten(source.id, [], SOON) == 1
    assert claimed(storage, now=SOON).name == "a"
    assert storage.sources.hasten(99, ["a"], SOON) == 0


def test_a_lost_lease_writes_nothing(storage: Storage):
    """Another process has the source meanwhile, or it was removed."""
    source = hugging_face(storage, "a")
    late = claimed(storage, "late")
    page = claimed(storage, "b", LATER)
    assert not storage.sources.settle("late", late, LATER, Settled(kind="failed", next_at=TOMORROW, error="x"))
    assert storage.sources.settle("b", page, LATER, Settled(kind="taken", next_at=SOON))
    assert storage.sources.all()[0].failing_since is None
    page = claimed(storage, "b", SOON)
    storage.sources.remove(source.id)
    assert not storage.sources.settle("b", page, SOON, Settled(kind="taken", next_at=SOON))
    assert storage.sources.pages(source.id) == frozenset()


def test_only_one_source_is_looked_at_where_that_is_wanted(storage: Storage):
    """As `refresh 2` does."""
    hugging_face(storage, "a")
    other = storage.sources.add("arxiv", "cs.LG", by="cli", now=NOW)
    assert other is not None
    storage.sources.begin(other.id, [""], NOW)
    page = claim(storage, only=other.id)
    assert page == Page(source_id=other.id, kind="arxiv", address="cs.LG")
    assert claim(storage, only=other.id) is None


def test_of_many_at_once_each_source_is_leased_by_one(storage: Storage):
    """Six ask at the same moment for three sources of two pages each."""
    for category in ("cs.LG", "cs.CL", "cs.RO"):
        source = storage.sources.add("arxiv", category, by="cli", now=NOW)
        assert source is not None
        storage.sources.begin(source.id, ["a", "b"], NOW)
    together = Barrier(6)

    def ask(number: int) -> Page | None:
        together.wait()
        found = claim(storage, f"{number}")
        return found or claim(storage, f"{number}")

    with ThreadPoolExecutor(6) as pool:
        pages = [page for page in pool.map(ask, range(6)) if page is not None]
    rest = [page for _ in range(3) if (page := claim(storage, "rest")) is not None]
    assert sorted(page.source_id for page in (*pages, *rest)) == [1, 2, 3]
