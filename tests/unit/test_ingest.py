"""Taking in: what is new, what replaces, what only fills, decided purely; and the limits of JSON lines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deciding import Decider
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS
from bot.errors import DigestError, SourceError
from bot.identity import identifiers_of
from bot.ingest import BATCH, ingest_digest, ingest_records, save_digest
from bot.model import Digest, Entry, Identifier, Links, Organization, Paper
from bot.newest import is_dated_only
from bot.ports import Decide, Listing, Outcome
from bot.record_lines import MAX_ISSUES, MAX_RECORD_BYTES, looks_like_records
from bot.results import Receipt
from tests.builders import DAY, block, decide, entry, page, paper

FEW = settings(max_examples=100, deadline=None)
NEXT_DAY = DAY + timedelta(days=1)
DAY_BEFORE = DAY - timedelta(days=1)
LONG = "Learning to Grasp Things That Move"
"""A title with words enough to name its paper by itself; "A" is none."""


class MemoryStore:
    """As much of a store as taking in needs: it looks papers up and keeps what was decided."""

    def __init__(self) -> None:
        self.known: dict[int, Paper] = {}
        self.listings: list[Listing | None] = []
        self.batches: list[int] = []
        self.received: dict[str, date] = {}

    def received_on(self, sha256: str) -> date | None:
        """When a document came first."""
        return self.received.get(sha256)

    def ingest(
        self, entries: Sequence[Entry], keys: Sequence[Sequence[Identifier]], decide: Decide, listing: Listing | None
    ) -> list[Outcome]:
        """Decide and keep."""
        owners: Mapping[Identifier, Paper] = {one: paper for paper in self.known.values() for one in paper.identifiers}
        wanted = {key: owners[key] for row in keys for key in row if key in owners}
        resolutions = decide(entries, wanted, len(self.known))
        self.known |= {one.paper.id: one.paper for one in resolutions}
        self.listings.append(listing)
        self.batches.append(len(entries))
        if listing is not None:
            self.received.setdefault(listing.sha256, listing.received_on)
        return [one.outcome for one in resolutions]


def _take_in(store: MemoryStore, *entries: Entry, day: date = DAY) -> list[Outcome]:
    keys = [identifiers_of(one) for one in entries]
    return store.ingest(entries, keys, Decider(day).of(keys), None)


def _contents(store: MemoryStore) -> set[str]:
    """What a store holds, whatever the numbers of its papers and the order of their identifiers."""
    return {str(replace(one, id=0, identifiers=tuple(sorted(one.identifiers)))) for one in store.known.values()}


def _records(store: MemoryStore, *lines: object) -> Receipt:
    data = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return ingest_records(data, store=store, as_of=DAY)  # type: ignore[arg-type]


def test_an_unknown_paper_is_added_with_all_its_entry_says():
    """Nothing of an entry is lost, and its day is when the paper was first and last seen."""
    one = entry(
        "MIST", arxiv="2511.18945", abstract="A.", authors=("Ada",), author_count=5, published_on=DAY_BEFORE, upvotes=3,
        comments=0, github_stars=9, organization=Organization(handle="h", name="H"), links=Links(code="https://a.b"),
        keywords=("mi",), tldr="T.", venue="ICML 2025",
    )  # fmt: skip
    (resolution,) = decide([one])
    assert resolution.outcome == "added"
    found = resolution.paper
    texts = ("title", "abstract", "tldr", "venue", "keywords")
    for field in (*texts, "authors", "author_count", "organization", "published_on", "links"):
        assert getattr(found, field) == getattr(one, field)
    assert found.identifiers == (*one.identifiers, Identifier("title", "mist"))
    assert (found.metrics.upvotes, found.metrics.comments, found.metrics.github_stars, found.metrics.as_of) == (3, 0, 9, DAY)
    assert (found.id, found.first_seen_on, found.listed_on) == (1, DAY, DAY)


def test_new_papers_of_a_batch_have_numbers_of_their_own():
    """New papers are numbered from the greatest id on."""
    assert [one.paper.id for one in decide([entry("A"), entry("B"), entry("A"), entry("C")])] == [1, 2, 1, 3]


def test_counts_that_nobody_counted_have_no_day():
    """Unknown is not zero, and an unknown count is true of no day."""
    (resolution,) = decide([entry("A")])
    assert resolution.paper.metrics.as_of is None


def test_a_newer_listing_replaces_text_and_counts():
    """What the newest document says is shown."""
    before = paper(abstract="Old.", authors=("Ada",))
    (resolution,) = decide([entry(abstract="New.", upvotes=7)], [before], day=NEXT_DAY)
    after = resolution.paper
    assert (resolution.outcome, after.id, after.abstract, after.metrics.upvotes) == ("changed", 1, "New.", 7)
    assert (after.metrics.as_of, after.listed_on, after.first_seen_on) == (NEXT_DAY, NEXT_DAY, DAY)


def test_counts_of_a_list_that_is_fetched_again_have_the_day_they_were_counted():
    """The list is still the 8th's; its votes are those of the 12th."""
    store, later = MemoryStore(), DAY + timedelta(days=4)
    for votes, day in ((12, DAY), (41, later)):
        one = Digest(source="huggingface", issued_on=DAY, entries=(entry(upvotes=votes),), issues=(), sha256=f"{votes}")
        save_digest(one, store=store, as_of=day, counted_on=day)
    (stored,) = store.known.values()
    assert (stored.first_seen_on, stored.metrics.upvotes, stored.metrics.as_of) == (DAY, 41, later)
    assert [one.counted_on for one in store.listings if one] == [DAY, later]


def test_a_newer_listing_that_does_not_know_leaves_what_is_known():
    """Silence takes nothing away."""
    before = paper(abstract="Old.", authors=("Ada",), keywords=("k",), tldr="T.", links=Links(code="https://a.b"))
    (resolution,) = decide([entry()], [before], day=NEXT_DAY)
    assert resolution.outcome == "unchanged"
    assert is_dated_only(resolution.paper, before)
    assert (resolution.paper.listed_on, dict(resolution.paper.said_on)["tldr"]) == (NEXT_DAY, DAY)


def test_an_older_listing_only_fills():
    """Importing last year's page after this year's does not bring old text back."""
    before = paper(abstract="New.")
    (resolution,) = decide([entry(abstract="Old.", tldr="Only then.")], [before], day=DAY_BEFORE)
    after = resolution.paper
    assert (resolution.outcome, after.abstract, after.tldr) == ("changed", "New.", "Only then.")
    assert (after.listed_on, after.first_seen_on) == (DAY, DAY_BEFORE)


def test_links_and_counts_are_filled_one_by_one():
    """A page knows comments, the API votes; together they know both, and zero is knowledge."""
    store = MemoryStore()
    _take_in(store, entry(comments=0, links=Links(abs="https://a.b")))
    _take_in(store, entry(upvotes=4, comments=None, links=Links(code="https://c.d")))
    (found,) = store.known.values()
    assert (found.metrics.comments, found.metrics.upvotes) == (0, 4)
    assert (found.links.abs, found.links.code) == ("https://a.b", "https://c.d")


def test_the_same_document_twice_changes_nothing():
    """Even where it lists a paper twice with different words."""
    document = [entry(LONG, arxiv="2306.00001", abstract="One."), entry("B"), entry(LONG, abstract="Two.", tldr="T.")]
    store = MemoryStore()
    assert _take_in(store, *document) == ["added", "added", "changed"]
    before = dict(store.known)
    assert _take_in(store, *document) == ["unchanged"] * 3
    assert store.known == before


def test_a_paper_listed_twice_in_one_document_is_one_paper():
    """The first listing's words stay, the second fills what it did not say."""
    first, second = decide([entry(LONG, abstract="One."), entry(LONG.lower(), abstract="Two.", tldr="T.")])
    assert (first.outcome, second.outcome, second.paper.id) == ("added", "changed", first.paper.id)
    assert (second.paper.abstract, second.paper.tldr, second.paper.title) == ("One.", "T.", LONG)


def test_a_document_remembers_across_batches_what_it_listed():
    """In a long file the second mention only fills too."""
    decider = Decider(DAY)
    (first,) = decide([entry(LONG, abstract="One.")], decider=decider)
    stored = replace(first.paper, id=7)
    (second,) = decide([entry(LONG, abstract="Two.")], [stored], decider=decider)
    assert (second.outcome, second.paper) == ("unchanged", stored)


def test_an_identifier_goes_before_a_title():
    """A renamed paper is found by its id, and not mistaken for the one that has its new title."""
    renamed = paper("Old Name", arxiv="2306.03310", id=1)
    other = paper("New Name", arxiv="2406.00001", id=2)
    (resolution,) = decide([entry("New Name", arxiv="2306.03310")], [renamed, other], day=NEXT_DAY)
    assert (resolution.paper.id, resolution.paper.title) == (1, "New Name")


def test_a_title_matches_where_one_side_has_no_id():
    """The page names no ids: the API's record of the same title is the same paper, and brings its ids."""
    spaced, dashed = "LIBERO: a  title of many plain words", "LIBERO – A Title of Many Plain Words"
    (resolution,) = decide([entry(spaced, arxiv="2306.03310")], [paper(dashed)])
    assert (resolution.paper.id, resolution.paper.ref) == (1, "arxiv:2306.03310")
    (back,) = decide([entry(spaced)], [paper(dashed, arxiv="2306.03310")])
    assert back.paper.id == 1


def test_a_title_does_not_match_where_ids_conflict():
    """Two papers may have one title."""
    stored = paper("Attention", arxiv="2306.03310")
    (resolution,) = decide([entry("Attention", arxiv="2406.00001")], [stored])
    assert resolution.outcome == "added"


def test_two_papers_of_one_title_in_one_document_stay_two():
    """And again when the document comes a second time."""
    document = [entry("Attention", arxiv="2306.03310", abstract="One."), entry("Attention", arxiv="2406.00001", abstract="Two.")]
    store = MemoryStore()
    assert _take_in(store, *document) == ["added", "added"]
    assert _take_in(store, *document) == ["unchanged", "unchanged"]
    assert [one.abstract for one in store.known.values()] == ["One.", "Two."]


def test_a_paper_found_by_either_of_its_ids_learns_the_other():
    """Ids are kept in the order in which they were learned."""
    stored = paper("A", arxiv="2306.03310")
    doi = Identifier("doi", "10.1145/1")
    (resolution,) = decide([entry("Another", identifiers=(doi, Identifier("arxiv", "2306.03310")))], [stored], day=NEXT_DAY)
    assert resolution.paper.identifiers == (*stored.identifiers, doi, Identifier("title", "another"))


TEXTS = st.sampled_from(["One.", "Two.", "One and more."])
AUTHORS = st.sampled_from([("Ada",), ("Ada", "Bo"), ("Ada", "Cy")])
TITLES = (LONG, LONG.lower(), LONG.replace(" ", " – "))
NAMED = {"title": st.sampled_from(TITLES), "arxiv": st.none() | st.just("2306.03310")}
OTHER = {"title": st.just(f"A Second Paper on {LONG}"), "arxiv": st.none() | st.just("2306.00001")}
SAID = {
    "abstract": TEXTS,
    "authors": AUTHORS,
    "author_count": st.integers(1, 3),
    "organization": st.builds(Organization, handle=st.sampled_from("ab"), name=st.sampled_from(["A", "B", "Aa"])),
    "keywords": st.sampled_from([("k",), ("k", "l"), ("m",)]),
    "tldr": TEXTS,
    "venue": TEXTS,
    "links": st.builds(Links, code=st.none() | TEXTS, project=st.none() | TEXTS),
    "upvotes": st.integers(0, 2),
    "comments": st.integers(0, 2),
    "github_stars": st.integers(0, 2),
    "published_on": st.sampled_from([date(2025, 1, 1), date(2025, 2, 1), date(2025, 2, 3), date(2025, 3, 4), date(2026, 1, 1)]),
}
UNKNOWN = {"abstract": "", "authors": (), "keywords": (), "links": Links()}
SHORT = st.builds(entry, title=st.sampled_from(["A", "a", "Editorial"]), abstract=TEXTS, authors=AUTHORS | st.just(()))
SOME = {field: st.just(UNKNOWN.get(field)) | words for field, words in SAID.items()}
LISTED = st.builds(entry, **NAMED, **SOME) | st.builds(entry, **OTHER, **SOME)
DAYS = st.integers(0, 2).map(lambda number: DAY + timedelta(days=number))


@FEW
@given(st.data(), st.lists(st.tuples(st.lists(LISTED, min_size=1, max_size=3), DAYS), min_size=2, max_size=4))
def test_any_listings_give_the_same_papers_in_any_order(data: st.DataObject, listings: list[tuple[list[Entry], date]]):
    """Whatever each of them says and does not say, on one day or on several, however often; every field and day of each paper."""
    results = []
    for order in (listings, *(data.draw(st.permutations(listings + listings[::2])) for _ in range(3))):
        store = MemoryStore()
        for entries, day in order:
            _take_in(store, *entries, day=day)
        results.append(_contents(store))
        for entries, day in listings:
            assert {*_take_in(store, *entries, day=day)} == {"unchanged"}
        assert _contents(store) == results[0]
    assert len(results[0]) <= 2


def test_a_newer_listing_that_says_what_is_known_is_the_newer_word():
    """What it repeats is of its day from then on: a word of a day between the two does not come back. It is no change."""
    store = MemoryStore()
    for abstract, days, outcome in (("One.", 0, "added"), ("One.", 2, "unchanged"), ("Between.", 1, "unchanged")):
        assert _take_in(store, entry(abstract=abstract), day=DAY + timedelta(days=days)) == [outcome]
    assert store.known[1].abstract == "One."


def test_a_field_that_only_an_older_listing_knows_is_of_that_listing():
    """The newest does not know it, so of two older listings the newer is right, also where that comes last."""
    for order in permutations([(DAY, "Oldest."), (NEXT_DAY, "Between."), (NEXT_DAY + timedelta(days=1), "")]):
        store = MemoryStore()
        for day, abstract in order:
            _take_in(store, entry(abstract=abstract), day=day)
        assert store.known[1].abstract == "Between."


def test_of_one_day_the_fuller_words_are_stored():
    """A list that was cut, a text that was cut, a count that was taken in the morning: whichever comes first."""
    cut = entry("LIBERO", arxiv="2306.03310", abstract="Robots…", authors=("Bo Liu",), keywords=("a", "b"), upvotes=0)
    whole = entry("LIBERO: All", arxiv="2306.03310", abstract="Robots learn.", authors=("Bo Liu", "Ada"), upvotes=4)
    for order in permutations([cut, whole]):
        store = MemoryStore()
        for one in order:
            _take_in(store, one)
        (found,) = store.known.values()
        assert (found.title, found.abstract, found.authors) == ("LIBERO: All", "Robots learn.", ("Bo Liu", "Ada"))
        assert (found.keywords, found.metrics.upvotes, found.said_on) == (("a", "b"), 4, ())


@FEW
@given(st.lists(LISTED | SHORT, max_size=5))
def test_no_document_changes_anything_the_second_time(listings: list[Entry]):
    """However often it repeats itself."""
    store = MemoryStore()
    _take_in(store, *listings)
    before = dict(store.known)
    assert set(_take_in(store, *listings)) <= {"unchanged"}
    assert store.known == before


def test_a_digest_is_stored_under_its_source_and_day():
    """The same day's page again is the same digest; one that says no day is known by its bytes."""
    store = MemoryStore()
    receipt = ingest_digest(page(block()).encode(), store=store, as_of=DAY)  # type: ignore[arg-type]
    assert (receipt.source, receipt.issued_on, receipt.added, receipt.issues) == ("huggingface-page", DAY, 1, ())
    ingest_digest(b'[{"paper": {"title": "MIST"}}]', store=store, as_of=NEXT_DAY)  # type: ignore[arg-type]
    dated, undated = store.listings
    assert dated is not None
    assert undated is not None
    assert (dated.key, dated.issued_on) == ("huggingface-page:2025-12-08", DAY)
    assert (undated.key, undated.issued_on) == (f"huggingface:{undated.sha256[:24]}", NEXT_DAY)


def test_a_revised_paper_is_brought_up_to_date_and_is_no_news_of_the_day():
    """ArXiv's replacements have no abstract: what is stored keeps its own; the store lists none of them."""
    store = MemoryStore()
    _take_in(store, entry("Old Title", arxiv="2306.03310", abstract="Robots learn.", authors=("Bo Liu",)))
    entries = (
        entry("New Title", arxiv="2306.03310", revised=True),
        entry("Unknown Before", arxiv="2011.00552", revised=True, rank=2),
    )
    new = entry("World Models", arxiv="1803.10122", rank=3)
    digest = Digest(source="arxiv", issued_on=NEXT_DAY, entries=(*entries, new), issues=(), sha256="ab" * 32)
    receipt = save_digest(digest, store=store, as_of=NEXT_DAY)  # type: ignore[arg-type]
    assert (receipt.added, receipt.changed, receipt.unchanged) == (2, 1, 0)
    assert (store.known[1].title, store.known[1].abstract) == ("New Title", "Robots learn.")
    again = save_digest(digest, store=store, as_of=NEXT_DAY)  # type: ignore[arg-type]
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)


def test_a_document_without_a_day_keeps_the_day_it_first_came():
    """Importing it again a week later does not make it newer."""
    store = MemoryStore()
    digest = Digest(source="s", issued_on=None, entries=(entry(upvotes=1),), issues=(), sha256="ab" * 32)
    save_digest(digest, store=store, as_of=DAY)  # type: ignore[arg-type]
    receipt = save_digest(digest, store=store, as_of=DAY + timedelta(days=7))  # type: ignore[arg-type]
    assert (receipt.added, receipt.changed, receipt.unchanged) == (0, 0, 1)
    assert store.listings[1] == store.listings[0]


def test_a_refused_digest_stores_nothing():
    """Reading comes before writing."""
    store = MemoryStore()
    with pytest.raises(DigestError):
        ingest_digest(b"hello", store=store, as_of=DAY)  # type: ignore[arg-type]
    assert store.listings == []


def test_records_become_papers():
    """One JSON object a line; only the title is needed."""
    store = MemoryStore()
    full = {
        "id": "arxiv:2306.03310", "title": "LIBERO:\n A Title ", "abstract": "Robots\n learn. ",
        "authors": ["Bo  Liu", " ", "Yifeng Zhu"], "date": "2023-06-05T10:00:00Z",
    }  # fmt: skip
    receipt = _records(store, full, b"\n", b"   ", {"title": "Bare"})
    assert (receipt.source, receipt.issued_on, receipt.added, receipt.issues) == ("jsonl", None, 2, ())
    first, bare = store.known.values()
    assert (first.title, first.abstract, first.authors) == ("LIBERO: A Title", "Robots learn.", ("Bo Liu", "Yifeng Zhu"))
    assert (first.author_count, first.published_on, first.ref) == (2, date(2023, 6, 5), "arxiv:2306.03310")
    assert first.identifiers == (Identifier("arxiv", "2306.03310"), Identifier("title", "libero a title"))
    assert (bare.authors, bare.author_count, bare.published_on, bare.abstract, bare.ref) == ((), None, None, "", "title:bare")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not a JSON object"),
        (b"\xff\xfe\xfa", "not a JSON object"),
        (b'"text"', 'a record without a "title"'),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"title": "x", "n": ' + b"1" * 5_000 + b"}", "not a JSON object"),
        ({}, 'a record without a "title"'),
        ({"title": ""}, 'a record without a "title"'),
        ({"title": " \n"}, 'a record without a "title"'),
        ({"title": 7}, 'a record without a "title"'),
        ({"title": "x" * (TITLE_CHARS + 1)}, "a title of more than 1,000 characters"),
        ({"title": "x", "authors": "Ada"}, '"authors" must be a list of names'),
        ({"title": "x", "authors": [1]}, '"authors" must be a list of names'),
        ({"title": "x", "abstract": ["a"]}, '"abstract" must be text'),
        ({"title": "x", "id": "LIBERO"}, '"id" must be scheme:value, as in arxiv:2306.03310'),
        ({"title": "x", "id": {"arxiv": "2306.03310"}}, '"id" must be scheme:value, as in arxiv:2306.03310'),
        ({"title": "x", "date": "soon"}, '"date" must be YYYY-MM-DD'),
        ({"title": "x", "date": 5}, '"date" must be YYYY-MM-DD'),
        (b'{"title": "' + b"x" * MAX_RECORD_BYTES + b'"}', "a line of more than 1,000,000 bytes"),
    ],
)
def test_a_line_that_is_no_record_is_an_issue_and_the_others_are_taken_in(line: object, message: str):
    """It is told with its number, blank lines counted, and a short excerpt."""
    receipt = _records(MemoryStore(), {"title": "Before"}, b"", line, {"title": "After"})
    (issue,) = receipt.issues
    assert (receipt.added, issue.line, issue.message) == (2, 3, message)
    assert len(issue.excerpt) <= 80


def test_records_with_other_columns_are_read_as_a_table():
    """Links, ids and dates under the names that other collectors give them; an id that is only a number is none."""
    store = MemoryStore()
    theirs = {
        "id": 17,
        "title": "LIBERO",
        "summary": "Robots.",
        "authors": "Bo Liu, Yifeng Zhu",
        "url": "https://arxiv.org/abs/2306.03310",
    }
    assert _records(store, theirs, {"title": "", "url": "x"}, {"title": "MIST", "year": 2025}).added == 2
    one = store.known[1]
    assert (one.abstract, one.authors, one.ref) == ("Robots.", ("Bo Liu", "Yifeng Zhu"), "arxiv:2306.03310")


def test_a_file_without_a_record_is_refused_with_its_first_line():
    """Nothing was stored, and the message says what a line must be."""
    with pytest.raises(DigestError, match=r'must be a JSON object with a "title"\. Line 2: not a JSON object\.'):
        _records(MemoryStore(), b"", b"hello", b"world")
    with pytest.raises(DigestError, match="No line of this file is a paper"):
        _records(MemoryStore())


def test_what_no_database_can_hold_is_replaced():
    """Half a surrogate pair and NUL in one record do not stop a long file."""
    store = MemoryStore()
    _records(store, b'{"title": "a\\ud835b", "abstract": "\\u0000", "authors": ["\\udc00 Ada"], "id": "url:x\\ud800"}')
    (found,) = store.known.values()
    assert (found.title, found.abstract, found.authors) == ("a\ufffdb", "\ufffd", ("\ufffd Ada",))
    assert all(one.value.isprintable() for one in found.identifiers)


def test_a_long_abstract_is_cut():
    """Nothing grows without bound."""
    store = MemoryStore()
    _records(store, {"title": "x", "abstract": "y" * (ABSTRACT_CHARS + 1)})
    assert len(store.known[1].abstract) == ABSTRACT_CHARS


def test_a_long_file_is_stored_in_batches_and_tells_how_far_it_is():
    """Little memory for any length, and progress by lines read."""
    store, told = MemoryStore(), []
    lines = (json.dumps({"title": f"Paper {number}"}).encode() for number in range(BATCH + 10))
    receipt = ingest_records(lines, store=store, as_of=DAY, progress=told.append)  # type: ignore[arg-type]
    assert (receipt.added, store.batches, told) == (BATCH + 10, [BATCH, 10], [BATCH, BATCH + 10])


def test_a_file_of_bad_lines_does_not_fill_the_memory_with_issues():
    """The first thousand are told one by one, the rest as a number."""
    receipt = _records(MemoryStore(), *[b"bad"] * (MAX_ISSUES + 500), {"title": "Good"})
    assert len(receipt.issues) == MAX_ISSUES + 1
    assert receipt.issues[-1].message == "500 more lines were not understood"
    assert receipt.added == 1


def test_a_file_that_breaks_off_keeps_what_was_read():
    """A damaged archive gives the lines before the damage and says so."""

    def damaged() -> Iterable[bytes]:
        yield b'{"title": "Before"}'
        raise SourceError("the archive is damaged")

    receipt = ingest_records(damaged(), store=MemoryStore(), as_of=DAY)  # type: ignore[arg-type]
    (issue,) = receipt.issues
    assert (receipt.added, issue.line, issue.message) == (1, 2, "the archive is damaged; nothing after it was read")


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        (b'{"title": "x"}', True),
        (b'{"id": "arxiv:2306.03310", "title": "x"}\n', True),
        (b'\xef\xbb\xbf{"title": "x"}', True),
        (b'{"title": "x", "paper": {}}', False),
        (b'{"id": "x"}', False),
        (b'["title"]', False),
        (b'[{"title": "x"}]', False),
        (b"title", False),
        (b"", False),
        (b"\xff", False),
        (b"[" * 100_000, False),
    ],
)
def test_json_lines_are_known_by_their_first_line(line: bytes, is_one: bool):
    """Any other document is left to the digest formats."""
    assert looks_like_records(line) is is_one


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
RECORD = st.dictionaries(st.sampled_from(["id", "title", "abstract", "authors", "date", "x"]), JSON, max_size=6)


@FEW
@given(st.lists(RECORD.map(lambda one: json.dumps(one).encode()) | st.binary(max_size=40), max_size=6))
def test_every_line_is_a_paper_an_issue_or_blank(lines: list[bytes]):
    """Whatever the lines hold, each is accounted for and none raises."""
    receipt = _records(MemoryStore(), {"title": "Anchor"}, *lines)
    spoken = sum(1 for line in lines if line.strip())
    assert receipt.added + receipt.changed + receipt.unchanged + len(receipt.issues) == spoken + 1


def test_no_field_of_a_paper_is_forgotten_by_merging():
    """A field added to papers must be decided on here: this test names all of them."""
    assert {field.name for field in fields(Paper)} == {
        "id", "title", "abstract", "authors", "author_count", "organization", "published_on", "identifiers", "links", "keywords",
        "tldr", "venue", "metrics", "first_seen_on", "listed_on", "said_on",
        "visible_to",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("known", "said", "kept"),
    [
        (date(2025, 12, 5), date(2025, 1, 1), date(2025, 12, 5)),
        (date(2025, 12, 5), date(2025, 12, 1), date(2025, 12, 5)),
        (date(2025, 12, 5), date(2024, 1, 1), date(2025, 12, 5)),
        (date(2025, 12, 5), date(2025, 11, 1), date(2025, 12, 5)),
        (date(2025, 12, 5), date(2025, 12, 4), date(2025, 12, 4)),
        (date(2025, 11, 1), date(2025, 12, 1), date(2025, 12, 1)),
        (date(2025, 1, 1), date(2025, 12, 5), date(2025, 12, 5)),
        (None, date(2025, 1, 1), date(2025, 1, 1)),
    ],
)
def test_a_year_or_a_month_takes_no_day_away(known: date | None, said: date, kept: date):
    """BibTeX says only the year, read as its first day; in either order the day stays."""
    store = MemoryStore()
    first = entry(LONG, arxiv="2306.03310")._replace(published_on=known)
    _take_in(store, first)
    _take_in(store, first._replace(published_on=said), day=NEXT_DAY)
    assert store.known[1].published_on == kept
