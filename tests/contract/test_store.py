"""What every `PaperStore` must do: run on a SQLite file and on a real PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import StorageError
from bot.model import Entry, Identifier, Metrics, Paper, Sighting
from bot.ports import Listing, Resolution
from storage.store import SqlPaperStore, open_store
from tests.contract.builders import DAY, FULL_PAPER, always, arxiv, decide, entry, everything, listing, take_in

NEXT_DAY = DAY + timedelta(days=1)


def test_an_empty_store_answers_every_question(store: SqlPaperStore):
    """Nothing stored is an answer, not an error."""
    assert (store.count(), store.last_change(), everything(store)) == (0, 0, [])
    assert (store.papers([1, 2]), store.sightings(1), store.listed_on(DAY)) == ([], [], [])
    assert (store.newest_day(DAY), store.received_on("x"), store.paper_by_identifier(arxiv("x"))) == (None, None, None)


def test_a_paper_comes_back_as_it_was_saved(store: SqlPaperStore):
    """Every field, every character, and the order of identifiers survive."""
    assert take_in(store, entry("libero"), decision=always(FULL_PAPER)) == ["added"]
    assert store.papers([1]) == [FULL_PAPER]


def test_a_paper_of_which_only_the_title_is_known_comes_back_so(store: SqlPaperStore):
    """Unknown stays unknown: no zero, no empty organization."""
    bare = Paper(id=1, title="Bare", first_seen_on=DAY, listed_on=DAY)
    take_in(store, entry("bare"), decision=always(bare))
    assert store.papers([1]) == [bare]


def test_what_was_saved_is_there_after_opening_again(url: str):
    """A store that is closed and opened again holds the same papers and counts on."""
    for name in ("one", "two"):
        store = open_store(url)
        take_in(store, entry(name))
        store.close()
    store = open_store(url)
    assert [(one.number, one.paper.id, one.paper.title) for one in store.changed_since(0, 9)] == [(1, 1, "one"), (2, 2, "two")]
    store.close()


def test_the_same_entries_again_write_nothing(store: SqlPaperStore, writes: list[str]):
    """An unchanged paper with an identical sighting costs no write and no change number."""
    assert take_in(store, entry("a"), entry("b"), listed=listing()) == ["added", "added"]
    writes.clear()
    assert take_in(store, entry("a"), entry("b"), listed=listing()) == ["unchanged", "unchanged"]
    assert writes == []
    assert store.last_change() == 2


def test_a_revised_entry_is_stored_and_no_news_of_its_day(store: SqlPaperStore):
    """A digest that only tells of new versions is none of that day; beside new papers they have no sighting."""
    old = entry("old")._replace(revised=True)
    assert take_in(store, old, listed=listing()) == ["added"]
    assert (store.listed_on(DAY), store.sightings(1)) == ([], [])
    assert take_in(store, old, entry("new"), listed=listing()) == ["unchanged", "added"]
    assert [one.paper_id for one in (*store.sightings(1), *store.sightings(2))] == [2]


def test_a_changed_paper_keeps_its_id_and_gets_the_next_change_number(store: SqlPaperStore):
    """Change numbers count up; the newest change comes last."""
    take_in(store, entry("a"), entry("b"))
    assert take_in(store, entry("a", abstract="better"), entry("c")) == ["changed", "added"]
    assert {paper.title: paper.id for paper in everything(store)} == {"b": 2, "a": 1, "c": 3}
    assert store.last_change() == 4
    assert store.papers([1])[0].abstract == "better"


def test_entries_of_one_batch_that_are_the_same_new_paper_become_one(store: SqlPaperStore):
    """The last resolution of a paper is what is stored."""
    doi = Identifier("doi", "10.1/x")
    outcomes = take_in(store, entry("a", abstract="old"), entry("b"), entry("a", doi, abstract="new"))
    assert outcomes == ["added", "added", "changed"]
    assert [paper.abstract for paper in store.papers([1, 2])] == ["new", ""]
    assert store.papers([1])[0].identifiers == (arxiv("a"), doi)


def test_an_identifier_learned_later_finds_the_paper(store: SqlPaperStore):
    """Identifiers are kept in the order in which they were learned."""
    doi, page = Identifier("doi", "10.1/x"), Identifier("url", "https://a.example")
    take_in(store, entry("a"))
    assert take_in(store, entry("a", page, doi)) == ["changed"]
    found = store.paper_by_identifier(doi)
    assert found == store.papers([1])[0]
    assert found is not None
    assert found.identifiers == (arxiv("a"), page, doi)


@pytest.mark.parametrize("asked_for", [True, False], ids=["among the keys", "not among the keys"])
def test_an_identifier_is_never_taken_from_another_paper(store: SqlPaperStore, asked_for: bool):
    """The first paper that carries an identifier keeps it; saying again that another one has it changes nothing."""
    title = Identifier("title", "one title for all")

    def decide_by_arxiv(entries: Sequence[Entry], known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
        decided = decide(entries, {key: paper for key, paper in known.items() if key.scheme == "arxiv"}, last_id)
        return [
            replace(
                one,
                paper=replace(one.paper, identifiers=(*one.paper.identifiers, title)),
                outcome="added" if one.outcome == "added" else "changed",
            )
            for one in decided
        ]

    def ingest(*names: str) -> list[str]:
        keys = [(arxiv(name), title) if asked_for else (arxiv(name),) for name in names]
        return list(store.ingest([entry(name) for name in names], keys, decide_by_arxiv, None))

    assert ingest("a", "b") == ["added", "added"]
    assert [paper.identifiers for paper in store.papers([1, 2])] == [(arxiv("a"), title), (arxiv("b"),)]
    assert ingest("a", "b") == ["unchanged", "unchanged"]
    assert ingest("c") == ["added"]
    assert store.paper_by_identifier(title) == store.papers([1])[0]
    assert store.last_change() == 3


def test_decide_is_told_the_stored_papers_that_share_an_identifier(store: SqlPaperStore):
    """All identifiers of those papers lead to them; other papers are not there."""
    doi = Identifier("doi", "10.1/x")
    take_in(store, entry("a", doi), entry("b"))
    told: dict[Identifier, Paper] = {}

    def spy(entries: Sequence[Entry], known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
        told.update(known)
        return decide(entries, known, last_id)

    take_in(store, entry("a"), entry("c"), decision=spy)
    assert told == {arxiv("a"): store.papers([1])[0], doi: store.papers([1])[0]}


def test_papers_come_in_the_order_asked_for(store: SqlPaperStore):
    """Unknown and impossible ids are left out; an id asked for twice comes twice."""
    take_in(store, entry("a"), entry("b"), entry("c"))
    assert [paper.title for paper in store.papers([3, 9, 1, 0, -1, 2**70, 3])] == ["c", "a", "c"]


def test_a_batch_larger_than_any_list_of_parameters_is_saved(store: SqlPaperStore):
    """Lookups are cut into pieces that every database takes."""
    batch = [entry(f"{number}", Identifier("doi", f"10.1/{number}")) for number in range(2_000)]
    assert set(take_in(store, *batch, listed=listing())) == {"added"}
    assert set(take_in(store, *batch, listed=listing())) == {"unchanged"}
    assert [paper.title for paper in store.papers(range(2_000, 0, -1))] == [one.title for one in reversed(batch)]
    assert len(store.listed_on(DAY)) == 2_000


def test_an_index_can_follow_the_changes_page_by_page(store: SqlPaperStore):
    """Reading on from the last change number seen gives every paper once, in order."""
    take_in(store, *(entry(f"{number}") for number in range(7)))
    take_in(store, entry("2", abstract="newer"))
    seen: list[tuple[int, str]] = []
    while page := store.changed_since(seen[-1][0] if seen else 0, 3):
        seen += [(one.number, one.paper.title) for one in page]
    assert seen == [(1, "0"), (2, "1"), (4, "3"), (5, "4"), (6, "5"), (7, "6"), (8, "2")]
    assert store.changed_since(store.last_change(), 3) == []


def test_a_day_lists_its_papers_best_rank_first(store: SqlPaperStore):
    """A paper in two digests of the day counts once, at its better rank."""
    take_in(store, entry("a", rank=2), entry("b", rank=1), entry("c", rank=3), listed=listing("hf"))
    take_in(store, entry("c", rank=1), entry("d", rank=9), listed=listing("arxiv"))
    take_in(store, entry("e", rank=1), listed=listing("hf", NEXT_DAY))
    assert [paper.title for paper in store.papers(store.listed_on(DAY))] == ["b", "c", "a", "d"]
    assert store.listed_on(NEXT_DAY) == [5]


def test_the_newest_day_is_the_last_one_that_has_come(store: SqlPaperStore):
    """A digest without entries is a day too; days after `not_after` are not seen."""
    take_in(store, entry("a"), listed=listing(day=DAY))
    take_in(store, listed=listing(day=NEXT_DAY))
    assert [store.newest_day(DAY + timedelta(days=days)) for days in (-1, 0, 1, 99)] == [None, DAY, NEXT_DAY, NEXT_DAY]


def test_a_paper_remembers_where_it_was_listed_oldest_first(store: SqlPaperStore):
    """An unchanged paper is sighted again; entries without a digest leave no sighting."""
    take_in(store, entry("a", rank=3, upvotes=12, comments=0), listed=listing("hf", NEXT_DAY))
    assert take_in(store, entry("a", rank=1), listed=listing("arxiv", DAY)) == ["unchanged"]
    take_in(store, entry("a"))
    assert store.sightings(1) == [
        Sighting(paper_id=1, source="arxiv", issued_on=DAY, rank=1, metrics=Metrics(as_of=DAY)),
        Sighting(paper_id=1, source="hf", issued_on=NEXT_DAY, rank=3, metrics=Metrics(upvotes=12, comments=0, as_of=NEXT_DAY)),
    ]


def test_a_repeated_digest_brings_newer_counts(store: SqlPaperStore):
    """A count that the newer document does not have stays as it was known."""
    take_in(store, entry("a", rank=3, upvotes=12, comments=4), listed=listing())
    take_in(store, entry("a", rank=1, upvotes=40, github_stars=7), listed=listing(sha256="later"))
    metrics = Metrics(upvotes=40, comments=4, github_stars=7, as_of=DAY)
    assert store.sightings(1) == [Sighting(paper_id=1, source="hf", issued_on=DAY, rank=1, metrics=metrics)]


def test_a_paper_twice_in_one_digest_is_sighted_once(store: SqlPaperStore):
    """Its first entry's rank counts; the second one fills in counts."""
    take_in(store, entry("a", rank=2, upvotes=5), entry("a", rank=8, upvotes=1, comments=3), listed=listing())
    metrics = Metrics(upvotes=5, comments=3, as_of=DAY)
    assert store.sightings(1) == [Sighting(paper_id=1, source="hf", issued_on=DAY, rank=2, metrics=metrics)]


@pytest.mark.parametrize("listed", [listing(received_on=NEXT_DAY, sha256="abc"), None])
def test_a_document_is_recognised_by_its_hash(store: SqlPaperStore, listed: Listing | None):
    """The day of its import is told, where it was imported as a digest."""
    take_in(store, entry("a"), listed=listed)
    assert store.received_on("abc") == (listed.received_on if listed else None)
    assert store.received_on("other") is None


def test_an_error_while_deciding_leaves_nothing_behind(store: SqlPaperStore):
    """The error passes as it is, nothing is half-written, and the store goes on working."""

    def fail(_entries: Sequence[Entry], _known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_in(store, entry("a"), listed=listing(), decision=fail)
    assert (store.count(), store.last_change(), store.newest_day(date.max)) == (0, 0, None)
    assert take_in(store, entry("a"), listed=listing()) == ["added"]


@pytest.mark.parametrize("fields", [{"abstract": "half a pair: \ud800"}, {"rank": 2**70}])
def test_a_value_that_cannot_be_stored_leaves_nothing_behind(store: SqlPaperStore, fields: dict[str, object]):
    """One bad entry undoes its whole batch, and the error says so."""
    with pytest.raises(StorageError, match="Nothing was changed"):
        take_in(store, entry("a"), entry("b", **fields), listed=listing())
    assert (store.count(), store.last_change(), store.newest_day(date.max)) == (0, 0, None)


def test_a_paper_stays_added_when_it_was_first_stored(store: SqlPaperStore):
    """Later changes get new numbers; that one never changes, read back or just written."""
    take_in(store, entry("a"), entry("b"))
    take_in(store, entry("a", abstract="better"), entry("c"))
    expected = [(2, 2, "b"), (3, 3, "c"), (4, 1, "a")]
    assert [(one.number, one.added, one.paper.title) for one in store.changed_since(2, 9)] == expected[1:]
    assert [(one.number, one.added, one.paper.title) for one in store.changed_since(0, 9)] == expected


def test_it_is_told_with_which_change_a_paper_was_first_stored(store: SqlPaperStore):
    """A later change does not matter; a paper that is not there has none."""
    take_in(store, entry("a"), entry("b"))
    take_in(store, entry("a", abstract="another"))
    ids = {paper.title: paper.id for paper in everything(store)}
    assert [store.added_with(ids["a"]), store.added_with(ids["b"]), store.added_with(99)] == [1, 2, 0]


def test_what_was_added_since_a_change_comes_newest_first(store: SqlPaperStore):
    """A paper that only changed is not new."""
    take_in(store, entry("a"), entry("b"))
    since = store.last_change()
    take_in(store, entry("a", abstract="better"), entry("c"), entry("d"))
    assert [paper.title for paper in store.added_since(since, 9)] == ["d", "c"]
    assert [paper.title for paper in store.added_since(0, 3)] == ["d", "c", "b"]
    assert store.added_since(store.last_change(), 9) == []


def test_the_change_before_a_day_lets_in_just_what_was_first_seen_from_then_on(store: SqlPaperStore):
    """With nothing from that day on, it is the newest change: only what is still to come counts."""
    assert store.change_before(DAY) == 0
    for number, day in enumerate((DAY - timedelta(days=2), DAY, NEXT_DAY), start=1):
        paper = Paper(id=number, title=f"{number}", first_seen_on=day, listed_on=day)
        take_in(store, entry(f"{number}"), decision=always(paper))
    changes = [store.change_before(day) for day in (DAY - timedelta(days=9), DAY, NEXT_DAY, NEXT_DAY + timedelta(days=1))]
    assert changes == [0, 1, 2, 3]


def test_a_newer_day_of_known_words_is_stored_and_is_no_change(store: SqlPaperStore):
    """A paper's days move, the digest lists it, and neither its change number nor any other paper's does."""
    take_in(store, entry("a"), entry("b"), listed=listing())
    (before, _other), last = everything(store), store.last_change()
    said_on = (("abstract", DAY), ("upvotes", DAY - timedelta(days=1)))
    after = replace(before, listed_on=DAY + timedelta(days=3), said_on=said_on)
    later = listing(day=DAY + timedelta(days=3))
    for _ in range(2):
        assert take_in(store, entry("a"), listed=later, decision=always(after, "unchanged")) == ["unchanged"]
        assert store.papers([before.id]) == [after]
    assert (store.last_change(), len(store.sightings(before.id))) == (last, 2)
    assert [one.number for one in store.changed_since(0, 9)] == [1, 2]
