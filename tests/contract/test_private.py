"""Papers that one workspace may see: who finds them, how they are taken back, and what becomes of them once they are public."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.deciding import Decider
from bot.evidence import topic_lines
from bot.identity import identifiers_of
from bot.imports import Batch, Import, Undone
from bot.meaning import acronym_readings
from bot.model import Entry, Identifier, Paper
from bot.ports import Library, Listing
from bot.query import Concept, Form, Plan
from storage.index import TantivyIndex
from storage.open import Storage, open_storage
from tests.builders import entry as an_entry
from tests.contract.builders import DAY, arxiv
from tests.contract.rounds import channel, edition, plan, subscribe

OURS, THEIRS = "web:team", "web:other"
NOW = datetime(2025, 6, 12, 8, tzinfo=UTC)


def entry(title: str, number: str = "", **fields: object) -> Entry:
    """An entry; `number` makes its arXiv id."""
    return an_entry(title, **({"arxiv": f"2506.{number:0>5}"} if number else {}), **fields)


def take_in(storage: Storage, *entries: Entry, space: str = OURS, listed: bool = True, document: str = "") -> Import | None:
    """Import a document of these entries for a space; one that says its day is a digest too."""
    sha256 = document or repr(entries)
    listing = Listing(
        key=f"{space} {sha256}", source="hf", issued_on=DAY, received_on=DAY, sha256=sha256, visible_to=space
    )  # fmt: skip
    batch = Batch(
        space=space, by="ada", at=NOW, name="", sha256=sha256, entries=entries,
        keys=tuple(map(identifiers_of, entries)), listing=listing if listed else None,
    )  # fmt: skip
    return storage.imports.add(batch, Decider(DAY, space).of(batch.keys))


def publish(storage: Storage, *entries: Entry) -> list[str]:
    """Ingest a public digest of these entries."""
    keys = [identifiers_of(one) for one in entries]
    listing = Listing(key=f"hf {entries}", source="hf", issued_on=DAY, received_on=DAY, sha256=f"{entries}")
    return list(storage.papers.ingest(entries, keys, Decider(DAY).of(keys), listing))


def only(storage: Storage, title: str, viewer: str) -> Paper:
    """The one paper of that title which a viewer may see."""
    (found,) = [paper for paper in storage.papers.added_since(0, 99, viewer=viewer) if paper.title == title]
    return found


def seen(storage: Storage, viewer: str) -> list[str]:
    """The titles of all that a viewer may see, oldest first."""
    return [paper.title for paper in reversed(storage.papers.added_since(0, 99, viewer=viewer))]


def test_every_read_keeps_a_papers_border(storage: Storage):
    """Its space sees it everywhere, another space and everybody else nowhere: by id, name, day, count, sighting and change."""
    publish(storage, entry("Public Paper", "1"))
    taken = take_in(storage, entry("Private Paper", "2"), entry("Public Paper", "1"))
    assert taken is not None
    papers = storage.papers
    (private,) = papers.papers(taken.new, viewer=OURS)
    assert (private.title, private.visible_to, taken.number) == ("Private Paper", OURS, 1)
    assert [papers.count(viewer=viewer) for viewer in (OURS, THEIRS, "")] == [2, 1, 1]
    for viewer in (THEIRS, "", f"-{OURS}", "-"):
        assert papers.papers([private.id], viewer=viewer) == []
        assert papers.paper_by_identifier(arxiv("2506.00002"), viewer=viewer) is None
        assert papers.paper_by_identifier(Identifier("title", "private paper"), viewer=viewer) is None
        assert (papers.sightings(private.id, viewer=viewer), seen(storage, viewer)) == ([], ["Public Paper"])
        assert len(papers.sightings(1, viewer=viewer)) == 1
        assert papers.listed_on(DAY, viewer=viewer) == [1]
    assert papers.paper_by_identifier(arxiv("2506.00002"), viewer=OURS) == private
    assert (len(papers.sightings(private.id, viewer=OURS)), len(papers.sightings(1, viewer=OURS))) == (1, 2)
    assert papers.listed_on(DAY, viewer=OURS) == [1, private.id]
    assert (papers.spaces(), papers.size()) == ({OURS}, 2)


def test_a_private_digests_day_is_its_spaces_alone(storage: Storage):
    """Neither its day nor its document is known to others, and for all but its space nothing was ever listed."""
    take_in(storage, entry("Private Paper"), document="abc")
    papers = storage.papers
    assert [papers.newest_day(DAY, viewer=viewer) for viewer in (OURS, THEIRS, "")] == [DAY, None, None]
    assert papers.received_on("abc") is None
    assert [papers.change_before(DAY, viewer=viewer) for viewer in (OURS, THEIRS)] == [0, papers.last_change()]


def test_an_import_changes_nothing_that_was_there(storage: Storage):
    """A public paper stays as it is, whatever the document says of it; so does one of the space's own."""
    publish(storage, entry("Known Paper", "1"))
    first = take_in(storage, entry("Own Paper", "2"))
    before = [storage.papers.papers([1, 2], viewer=OURS), storage.papers.last_change()]
    second = take_in(storage, entry("Known Paper", "1", abstract="Ours."), entry("Own Paper", "2", abstract="More."))
    assert [storage.papers.papers([1, 2], viewer=OURS), storage.papers.last_change()] == before
    assert first is not None
    assert second is not None
    assert (first.new, second.new, second.known) == ((2,), (), (1, 2))


def test_two_spaces_may_take_in_the_same_unknown_paper(storage: Storage):
    """Each has its own, with its own text and its own import number 1."""
    imports = [take_in(storage, entry("Twin", "1", abstract=space), space=space) for space in (OURS, THEIRS)]
    assert [(one.number, len(one.new)) for one in imports if one] == [(1, 1), (1, 1)]
    for space in (OURS, THEIRS):
        found = storage.papers.paper_by_identifier(arxiv("2506.00001"), viewer=space)
        assert found is not None
        assert (found.abstract, found.visible_to, seen(storage, space)) == (space, space, ["Twin"])
    assert storage.imports.get(THEIRS, 2) is None


def test_the_very_same_document_is_taken_in_once(storage: Storage):
    """Until it is taken back; another space may have it too."""
    first = take_in(storage, entry("Paper"), document="abc")
    assert take_in(storage, entry("Paper"), document="abc") is None
    assert storage.imports.same(OURS, "abc") == first
    assert storage.imports.same(THEIRS, "abc") is None
    assert take_in(storage, entry("Paper"), document="abc", space=THEIRS) is not None
    assert storage.imports.undo(OURS, 1, NOW) == Undone(gone=1)
    assert storage.imports.same(OURS, "abc") is None
    again = take_in(storage, entry("Paper"), document="abc")
    assert again is not None
    assert (again.number, len(again.new)) == (2, 1)


def test_undo_takes_back_what_the_import_added_and_nothing_else(storage: Storage):
    """Text, names and sightings are gone; what was known before, and others' papers, stay; ids are not used again."""
    publish(storage, entry("Public", "1"))
    take_in(storage, entry("Own", "2"))
    take_in(storage, entry("Mine", "3"), space=THEIRS)
    taken = take_in(storage, entry("New", "4", abstract="Secret words."), entry("Own", "2"), entry("Public", "1"))
    assert taken is not None
    assert storage.imports.undo(OURS, taken.number, NOW + timedelta(hours=1)) == Undone(gone=1)
    assert [seen(storage, viewer) for viewer in (OURS, THEIRS, "")] == [["Public", "Own"], ["Public", "Mine"], ["Public"]]
    assert storage.papers.paper_by_identifier(arxiv("2506.00004"), viewer=OURS) is None
    assert len(storage.papers.sightings(1, viewer=OURS)) == 1
    assert "Secret" not in str(storage.papers.changed_since(0, 99))
    assert storage.imports.undo(OURS, taken.number, NOW) is None
    after = storage.imports.get(OURS, taken.number)
    assert after is not None
    assert after.undone_at == NOW + timedelta(hours=1)
    publish(storage, entry("Newer", "5"))
    assert only(storage, "Newer", "").id > max(taken.new)


@pytest.mark.parametrize("space", [THEIRS, "", "-web:team"])
def test_only_its_own_space_takes_an_import_back(storage: Storage, space: str):
    """To others there is no such import."""
    take_in(storage, entry("Paper"))
    assert storage.imports.get(space, 1) is None
    assert storage.imports.undo(space, 1, NOW) is None
    assert seen(storage, OURS) == ["Paper"]


def test_a_paper_that_two_imports_list_goes_with_the_last_of_them(storage: Storage):
    """Taking the first one back leaves it to the second, which then counts as the one that brought it."""
    take_in(storage, entry("Both", "1"), entry("First", "2"))
    take_in(storage, entry("Both", "1"), entry("Second", "3"))
    assert storage.imports.undo(OURS, 1, NOW) == Undone(gone=1, again=1)
    assert seen(storage, OURS) == ["Both", "Second"]
    assert storage.imports.undo(OURS, 2, NOW) == Undone(gone=2)
    assert seen(storage, OURS) == []


def test_a_public_listing_makes_a_private_paper_public_with_its_own_text_only(storage: Storage):
    """What spaces said of it is forgotten. Everybody then finds the one public paper, they alone by what only they knew it by."""
    doi = Identifier("doi", "10.1/private")
    for space in (OURS, THEIRS):
        private = entry("Shared Fate", abstract=f"Words of {space}.", keywords=(space,))
        take_in(storage, private._replace(identifiers=(arxiv("2506.00001"), doi)), space=space)
    assert publish(storage, entry("Shared Fate", "1", abstract="Public words.")) == ["added"]
    for viewer in (OURS, THEIRS, ""):
        paper = only(storage, "Shared Fate", viewer)
        assert (paper.abstract, paper.keywords, paper.visible_to) == ("Public words.", (), None)
        assert storage.papers.paper_by_identifier(arxiv("2506.00001"), viewer=viewer) == paper
        assert doi not in paper.identifiers
        assert storage.papers.paper_by_identifier(doi, viewer=viewer) == (paper if viewer else None)
    assert "Words of" not in str(storage.papers.changed_since(0, 99))
    assert storage.papers.spaces() == frozenset()
    again = take_in(storage, entry("By Its DOI")._replace(identifiers=(doi,)))
    assert again is not None
    assert (again.new, again.known) == ((), (3,))
    assert publish(storage, entry("By Its DOI")._replace(identifiers=(doi,))) == ["added"]


def test_what_refers_to_a_private_paper_follows_it_when_it_becomes_public(storage: Storage):
    """Its old number, its sightings, the import that brought it, and that the channel was shown it."""
    taken = take_in(storage, entry("Paper", "1"))
    assert taken is not None
    (old,) = taken.new
    subscription = subscribe(storage)
    assert plan(storage, edition(subscription, old)) == [True]
    publish(storage, entry("Paper", "1"))
    public = only(storage, "Paper", "")
    assert public.id != old
    assert storage.papers.papers([old], viewer=OURS) == [public]
    assert [storage.papers.papers([old], viewer=viewer) for viewer in (THEIRS, "")] == [[], []]
    assert [len(storage.papers.sightings(public.id, viewer=viewer)) for viewer in (OURS, THEIRS, "")] == [2, 1, 1]
    assert storage.ledger.shown([channel()], [public.id]) == {channel(): frozenset({public.id})}
    after = storage.imports.get(OURS, 1)
    assert after is not None
    assert after.new == (public.id,)
    assert storage.imports.undo(OURS, 1, NOW) == Undone(gone=0, public=1)
    assert seen(storage, OURS) == ["Paper"]


def test_a_paper_that_somebody_saved_stays_when_its_import_is_taken_back(storage: Storage):
    """It stays private, in the list it was saved to; once it is public the list holds the public one."""
    taken = take_in(storage, entry("Saved", "1"), entry("Unsaved", "2"))
    assert taken is not None
    assert storage.saved.save(OURS, "ada", taken.new[0], now=NOW, most=9).kind == "saved"
    assert storage.saved.save(THEIRS, "bob", taken.new[0], now=NOW, most=9).kind == "gone"
    assert storage.imports.undo(OURS, 1, NOW) == Undone(gone=1, kept=1)
    assert (seen(storage, OURS), seen(storage, "")) == (["Saved"], [])
    publish(storage, entry("Saved", "1"))
    public = only(storage, "Saved", "").id
    assert [one.paper_id for one in storage.saved.saved(OURS, "ada", limit=9)] == [public]


def test_a_title_alone_makes_no_paper_public_that_has_another_id(storage: Storage):
    """The same title on two arXiv papers: they are two, before and after."""
    take_in(storage, entry("One Title", "1"))
    publish(storage, entry("One Title", "2"))
    assert seen(storage, OURS) == ["One Title", "One Title"]
    assert seen(storage, "") == ["One Title"]


def test_two_private_papers_of_a_space_may_turn_out_to_be_one(storage: Storage):
    """One came by its title, one by its id; the public listing knows both."""
    take_in(storage, entry("A Late Name That Says Quite Enough"), listed=False)
    take_in(storage, entry("Draft Name", "7"))
    publish(storage, entry("A Late Name That Says Quite Enough", "7"))
    assert seen(storage, OURS) == ["A Late Name That Says Quite Enough"]
    after = storage.imports.get(OURS, 1), storage.imports.get(OURS, 2)
    assert [one.new for one in after if one] == [(3,), (3,)]


def test_an_edition_with_private_papers_is_given_up_when_its_channel_is_shared(storage: Storage):
    """From then on the channel's subscriptions bring public papers only; nothing changes for an edition of public ones."""
    taken = take_in(storage, entry("Private"))
    publish(storage, entry("Public", "9"))
    assert taken is not None
    public = only(storage, "Public", "").id
    first, second = (subscribe(storage, channel=channel(name)) for name in ("one", "two"))
    assert plan(storage, edition(first, *taken.new), edition(second, public)) == [True, True]
    assert [storage.subscriptions.set_shared(channel(name), True) for name in ("one", "two", "one")] == [True, True, False]
    assert [(one.shared, one.viewer) for one in storage.subscriptions.all(limit=9)] == [(True, ""), (True, "")]
    states = [storage.ledger.editions(one.id, limit=1)[0].state for one in (first, second)]
    assert states == ["failed", "planned"]
    assert storage.subscriptions.set_shared(channel("one"), False) is True
    assert storage.subscriptions.of_channel(channel("one"))[0].viewer == OURS
    assert storage.subscriptions.set_shared(channel("nowhere"), False) is False


PRIVATE_ENTRY = entry(
    "ZORBLAX: Quasiluminal Toasting", "1", authors=("Ada Zork",), keywords=("vexillary",),
    abstract="We introduce Glimmerfish for frobnicated gradient lattices (FGL). It toasts at homf with imitation learning.",
)  # fmt: skip
PUBLIC_ENTRY = entry("Imitation Learning at Home", "2", abstract="Robots use imitation learning (IL) with toasters.")


@contextmanager
def both(folder: Path, *, then: bool = False) -> Iterator[tuple[Storage, Library]]:
    """A public paper and a private one, indexed; `then` the private one after the first was."""
    storage = open_storage(f"sqlite:///{folder}/papers.db")
    try:
        index = TantivyIndex(folder / "index", storage.papers)
        publish(storage, PUBLIC_ENTRY)
        if then:
            index.catch_up()
        take_in(storage, PRIVATE_ENTRY)
        index.catch_up()
        yield storage, Library(storage.papers, index)
    finally:
        storage.close()


def told(library: Library, viewer: str) -> list[object]:
    """What the index tells of the private paper, call by call."""
    index = library.index

    def found(**plan: object) -> tuple[int, list[int]]:
        candidates = index.candidates(Plan(**plan), limit=9, viewer=viewer)  # type: ignore[arg-type]
        return candidates.total, sorted(paper_id for paper_id, _ in candidates.ranked)

    words = [found(must=(Concept((Form(word),)),)) for word in ("quasiluminal", "glimmerfish", "vexillary", "imitation learning")]
    return [
        *words,
        found(),
        found(must_not=(Concept((Form("robots"),)),)),
        found(authors=("zork",)),
        found(added_after=0),
        found(sort="new"),
        [holder.paper_id for key in ("zorblax", "glimmerfish") for holder in index.holders(key, limit=9, viewer=viewer)],
        [index.names_like(key, wrong=wrong, limit=9, viewer=viewer) for key in ("zorblaz", "glimerfis") for wrong in (1, 2)],
        [index.by_author(name, wrong=wrong, limit=9, viewer=viewer) for name in ("zor", "zork") for wrong in (0, 1)],
        [one.title for one in index.titles_like("zorblax quasiluminale toasting", limit=9, viewer=viewer)],
        [index.spelling(word, viewer=viewer) for word in ("quasiluminall", "quasiluminal", "toastin", "homf")],
        index.long_forms("fgl", viewer=viewer),
        index.short_forms("frobnicated gradient lattice", viewer=viewer),
        [(one.name, one.count) for one in acronym_readings("fgl", library.seen_by(viewer))],
        list(topic_lines("rl", library.seen_by(viewer))),
        [index.names_like(prefix, wrong=0, begins=True, limit=9, viewer=viewer) for prefix in ("z", "zorb", "glim")],
    ]


@pytest.mark.parametrize("then", [False, True])
@pytest.mark.parametrize("viewer", [THEIRS, "", "web:tea", "web:team2", "-web:team"])
def test_the_index_tells_strangers_what_it_would_without_the_paper(tmp_path: Path, viewer: str, then: bool):
    """Hits, counts, names, spellings, acronyms, completions: as in a library that never had it."""
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    with both(tmp_path / "with", then=then) as (_, library):
        said = told(library, viewer)
        assert told(library, OURS) != said
    storage = open_storage(f"sqlite:///{tmp_path}/without/papers.db")
    publish(storage, PUBLIC_ENTRY)
    index = TantivyIndex(tmp_path / "without" / "index", storage.papers)
    index.catch_up()
    assert told(Library(storage.papers, index), viewer) == said
    storage.close()


def test_a_word_that_only_a_private_paper_holds_is_misspelt_to_strangers(tmp_path: Path):
    """Its own space is not told that it meant another one."""
    with both(tmp_path) as (_, library):
        assert [library.index.spelling("homf", viewer=viewer) for viewer in (OURS, THEIRS, "")] == [None, "home", "home"]


def test_no_key_that_a_stranger_types_reaches_a_vocabulary_of_another_space(tmp_path: Path):
    """Own terms stand behind their space and a sign that cannot be a part of one; typing both is no way in."""
    with both(tmp_path) as (_, library):
        index = library.index
        for viewer in ("", THEIRS, "web"):
            for start in (f"{OURS}\x1f", "web:team", "\x1f", ":team\x1f"):
                assert index.holders(f"{start}zorblax", limit=9, viewer=viewer) == []
                for wrong in (0, 1, 2):
                    assert index.names_like(f"{start}z", wrong=wrong, begins=True, limit=9, viewer=viewer) == []
                    assert index.names_like(f"{start}zorblax", wrong=wrong, limit=9, viewer=viewer) == []
                assert index.long_forms(f"{start}fgl", viewer=viewer) == []


def test_the_index_shows_a_space_its_own_paper(tmp_path: Path):
    """By every way there is."""
    with both(tmp_path) as (storage, library):
        private = only(storage, PRIVATE_ENTRY.title, OURS)
        (public,) = [paper for paper in storage.papers.added_since(0, 9) if paper.id != private.id]
        words, *_ = told(library, OURS)
        assert words == (1, [private.id])
        index = library.index
        assert [holder.paper_id for holder in index.holders("zorblax", limit=9, viewer=OURS)] == [private.id]
        assert index.long_forms("fgl", viewer=OURS) == [("frobnicated gradient lattice", 1)]
        near = index.names_like("zorblac", wrong=1, limit=9, viewer=OURS)
        assert near == index.names_like("zorb", wrong=0, begins=True, limit=9, viewer=OURS)
        assert [(one.key, one.written) for one in near] == [("zorblax", "ZORBLAX")]
        assert index.spelling("quasiluminall", viewer=OURS) == "quasiluminal"
        assert index.more_like(public, limit=9, viewer=OURS) == [private.id]
        assert [index.more_like(public, limit=9, viewer=viewer) for viewer in ("", THEIRS)] == [[], []]


def test_the_index_forgets_a_paper_that_was_taken_back(tmp_path: Path):
    """Not even its own space finds it; the index is up to date and is not built anew at each look."""
    with both(tmp_path) as (storage, library):
        storage.imports.undo(OURS, 1, NOW)
        assert library.index.catch_up() == 1
        assert library.index.catch_up() == 0
        total, hits, *_ = told(library, OURS)
        assert (total, hits) == ((0, []), (0, []))
        assert library.index.holders("zorblax", limit=9, viewer=OURS) == []


def test_the_index_shows_everybody_a_paper_that_became_public(tmp_path: Path):
    """As its public listing has it; the private words find nothing any more."""
    with both(tmp_path) as (storage, library):
        publish(storage, entry("ZORBLAX: Quasiluminal Toasting", "1", abstract="Bread is what it is for."))
        library.index.catch_up()
        assert library.index.catch_up() == 0
        for viewer in ("", OURS, THEIRS):
            first, second, *_ = told(library, viewer)
            assert (first, second) == ((1, [only(storage, PRIVATE_ENTRY.title, viewer).id]), (0, []))
