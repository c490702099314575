"""Papers that become one and are split again: names, text, sightings, saved lists, what was shown, imports; and suspicions."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.deciding import Decider
from bot.identity import identifiers_of
from bot.imports import Undone
from bot.merges import Dismissal, Merge, Suspect
from bot.model import Entry, Identifier, Paper
from bot.ports import Library, Listing
from bot.suspecting import look_for_suspects
from storage.folding import FOLLOWERS
from storage.index import TantivyIndex
from storage.merge_tables import DISMISSALS, MERGES
from storage.open import Storage
from storage.tables import IDENTIFIERS, PAPERS
from tests.builders import entry as an_entry
from tests.contract.builders import DAY, FULL_PAPER, arxiv
from tests.contract.rounds import NOW, channel, edition, plan, subscribe
from tests.contract.test_private import OURS, THEIRS, only, seen, take_in

LATER = NOW + timedelta(hours=1)
LONG = "Learning to Grasp Things That Move"


def listed(storage: Storage, *entries: Entry, source: str = "hf", day: int = 0) -> list[str]:
    """Ingest a public digest of a source and a day."""
    on = DAY + timedelta(days=day)
    key = f"{source}:{on}"
    keys = [identifiers_of(one, key) for one in entries]
    listing = Listing(key=key, source=source, issued_on=on, received_on=on, sha256=f"{key}{entries}")
    return list(storage.papers.ingest(entries, keys, Decider(on).of(keys), listing))


def stored(storage: Storage) -> dict[str, Any]:
    """Every row that says something of a paper, without change numbers: what a split must give back."""
    tables = [PAPERS, IDENTIFIERS, *(follower.table for follower in FOLLOWERS)]
    with storage.database.reading() as connection:
        return {
            table.name: sorted(
                repr({name: value for name, value in row.items() if name != "change"})
                for row in connection.execute(select(table)).mappings()
            )
            for table in tables
        }


def two_papers(storage: Storage) -> tuple[int, int]:
    """Two public papers that much is said of: some of it of both, some of one alone."""
    listed(storage, an_entry("First Title", arxiv="2506.00001", upvotes=3), an_entry("Second One", abstract="B.", comments=2))
    listed(storage, an_entry("Second One", abstract="B.", tldr="T."), source="arxiv:cs.LG", day=1)
    first, second = (only(storage, title, "").id for title in ("First Title", "Second One"))
    for place, papers in (("both", (first, second)), ("one", (second,))):
        assert plan(storage, edition(subscribe(storage, channel=channel(place)), *papers)) == [True]
    for person, paper_id in (("ada", first), ("ada", second), ("bob", second)):
        storage.saved.save(OURS, person, paper_id, NOW, most=9)
    assert take_in(storage, an_entry("Second One", abstract="B."), an_entry("Own Paper", arxiv="2506.00009")) is not None
    return first, second


def test_everything_said_of_a_paper_goes_with_it(storage: Storage):
    """Its words fill what the other did not say; each name, number, sighting, list, channel and import leads to the one."""
    first, second = two_papers(storage)
    done = storage.merges.merge(first, second, by="ops", now=NOW)
    assert isinstance(done, Merge)
    assert (done.kept_title, done.gone_title, done.by) == ("First Title", "Second One", "ops")
    (paper,) = storage.papers.papers([first])
    assert (paper.abstract, paper.tldr, paper.metrics.upvotes, paper.metrics.comments) == ("B.", "T.", 3, 2)
    for name in (arxiv("2506.00001"), Identifier("title", "first title"), Identifier("title", "second one")):
        assert storage.papers.paper_by_identifier(name) == paper
    assert storage.papers.papers([second]) == [paper]
    assert [one.source for one in storage.papers.sightings(first, viewer=OURS)] == ["hf", "hf", "arxiv:cs.LG"]
    assert storage.papers.listed_on(DAY) == [first]
    for place in ("both", "one"):
        assert storage.ledger.shown([channel(place)], [first]) == {channel(place): frozenset({first})}
    assert [[one.paper_id for one in storage.saved.saved(OURS, who, limit=9)] for who in ("ada", "bob")] == [[first], [first]]
    imported = storage.imports.get(OURS, 1)
    assert imported is not None
    assert imported.known == (first,)
    assert (seen(storage, ""), storage.papers.count()) == ([paper.title], 1)


def test_a_split_gives_back_exactly_what_was(storage: Storage):
    """Every row, but for change numbers; and once more after a second merge the other way round."""
    first, second = two_papers(storage)
    before = stored(storage)
    for kept, gone in ((first, second), (second, first)):
        storage.merges.merge(kept, gone, by="ops", now=NOW)
        assert stored(storage) != before
        done = storage.merges.split(kept, now=LATER)
        assert done is not None
        assert (done.kept_id, done.gone_id) == (kept, gone)
        assert stored(storage) == before
        assert storage.merges.split(kept, now=LATER) is None


def test_merges_in_a_row_are_split_in_the_other_order(storage: Storage):
    """The second became the first, the first the third; each old number leads to the last, and each split gives one back."""
    first, second = two_papers(storage)
    listed(storage, an_entry("Third", abstract="C."), day=2)
    third = only(storage, "Third", "").id
    states = [stored(storage)]
    storage.merges.merge(first, second, by="ops", now=NOW)
    states.append(stored(storage))
    storage.merges.merge(third, first, by="ops", now=NOW)
    assert [paper.id for paper in storage.papers.papers([second, first, third])] == [third] * 3
    assert storage.merges.split(first, now=LATER) is None
    for kept, state in ((third, states[1]), (first, states[0])):
        assert storage.merges.split(kept, now=LATER) is not None
        assert stored(storage) == state


def test_what_came_since_a_merge_stays_with_the_paper_that_was_kept(storage: Storage):
    """A later listing's words, sighting and name; what a person took off the list stays off."""
    first, second = two_papers(storage)
    storage.merges.merge(first, second, by="ops", now=NOW)
    doi = Identifier("doi", "10.1/new")
    named = (arxiv("2506.00001"), doi)
    assert listed(storage, an_entry("First Title", identifiers=named, abstract="New."), day=5) == ["changed"]
    assert storage.saved.unsave(OURS, "ada", first)
    storage.merges.split(first, now=LATER)
    kept, back = storage.papers.papers([first, second])
    assert (kept.abstract, kept.tldr, back.abstract, back.tldr) == ("New.", None, "B.", "T.")
    assert kept.identifiers == (arxiv("2506.00001"), Identifier("title", "first title"), doi)
    assert [one.issued_on for one in storage.papers.sightings(first)] == [DAY, DAY + timedelta(days=5)]
    assert [[one.paper_id for one in storage.saved.saved(OURS, who, limit=9)] for who in ("ada", "bob")] == [[], [second]]
    assert listed(storage, an_entry("First Title", identifiers=(*named, Identifier("doi", "10.1/more"))), day=6) == ["changed"]


def test_papers_that_are_not_for_the_same_people_are_never_merged(storage: Storage):
    """Public and private, two spaces, a paper and itself, one that is gone: each is told, and nothing changes."""
    listed(storage, an_entry("Public Paper", arxiv="2506.00001"))
    take_in(storage, an_entry("Ours"))
    take_in(storage, an_entry("Theirs"), space=THEIRS)
    public, ours, theirs = (
        only(storage, "Public Paper", "").id,
        only(storage, "Ours", OURS).id,
        only(storage, "Theirs", THEIRS).id,
    )
    before = stored(storage), storage.papers.last_change()
    for one, other, why in (
        (public, ours, "border"), (ours, public, "border"), (ours, theirs, "border"), (ours, ours, "same"), (ours, 99, "gone"),
    ):  # fmt: skip
        assert storage.merges.merge(one, other, by="ops", now=NOW) == why
    assert (stored(storage), storage.papers.last_change()) == before


def test_a_spaces_own_papers_merge_within_it(storage: Storage):
    """Nobody else sees more than before, and the split is as exact."""
    take_in(storage, an_entry("Ours", abstract="Secret A."), an_entry("Ours Too", tldr="Secret B."))
    first, second = (only(storage, title, OURS).id for title in ("Ours", "Ours Too"))
    before = stored(storage)
    assert isinstance(storage.merges.merge(first, second, by="ops", now=NOW), Merge)
    assert [paper.tldr for paper in storage.papers.papers([second], viewer=OURS)] == ["Secret B."]
    assert [storage.papers.papers([first, second], viewer=viewer) for viewer in ("", THEIRS)] == [[], []]
    assert (seen(storage, ""), seen(storage, THEIRS), seen(storage, OURS)) == ([], [], ["Ours"])
    storage.merges.split(first, now=LATER)
    assert stored(storage) == before


def test_no_merge_keeps_the_words_of_a_private_paper_that_is_taken_back(storage: Storage):
    """Undo erases what the merge wrote down, too; there is then nothing to split."""
    own = {"Ours": "Secret A.", "Ours Too": "Secret B.", "Third": "Secret C."}
    take_in(storage, *(an_entry(title, tldr=said) for title, said in own.items()))
    first, second, third = (only(storage, title, OURS).id for title in own)
    storage.merges.merge(second, third, by="ops", now=NOW)
    storage.merges.merge(first, second, by="ops", now=NOW)
    assert storage.imports.undo(OURS, 1, LATER) == Undone(gone=1)
    with storage.database.reading() as connection:
        assert connection.execute(select(MERGES)).all() == []
    assert "Secret" not in str(stored(storage))
    assert storage.merges.split(first, now=LATER) is None
    assert seen(storage, OURS) == []


def test_a_merged_private_paper_that_becomes_public_leaves_no_private_words(storage: Storage):
    """All its numbers and names lead its space to the public paper, whose words are the listing's alone."""
    take_in(storage, an_entry("Ours", abstract="Secret A.", arxiv="2506.00001"), an_entry("Ours Too", tldr="Secret B."))
    first, second = (only(storage, title, OURS).id for title in ("Ours", "Ours Too"))
    storage.merges.merge(first, second, by="ops", now=NOW)
    listed(storage, an_entry("Public Name", arxiv="2506.00001", abstract="Said by all."))
    public = only(storage, "Public Name", "")
    with storage.database.reading() as connection:
        assert connection.execute(select(MERGES)).all() == []
    assert "Secret" not in str(stored(storage))
    assert storage.papers.papers([second, first], viewer=OURS) == [public, public]
    assert storage.papers.papers([second], viewer=THEIRS) == []
    for title in ("ours", "ours too"):
        assert storage.papers.paper_by_identifier(Identifier("title", title), viewer=OURS) == public
        assert storage.papers.paper_by_identifier(Identifier("title", title)) is None


def test_a_space_still_finds_a_paper_by_the_names_it_knew_when_that_is_merged(storage: Storage):
    """The public paper that its own became is merged into another one, and split again."""
    take_in(storage, an_entry("Private Name", arxiv="2506.00001"))
    listed(storage, an_entry("Public Name", arxiv="2506.00001"), an_entry("Another", arxiv="2506.00002"))
    public, other = only(storage, "Public Name", "").id, only(storage, "Another", "").id
    name, before = Identifier("title", "private name"), stored(storage)
    storage.merges.merge(other, public, by="ops", now=NOW)
    for viewer, found in ((OURS, other), (THEIRS, None), ("", None)):
        paper = storage.papers.paper_by_identifier(name, viewer=viewer)
        assert (paper.id if paper else None) == found
    assert [paper.id for paper in storage.papers.papers([1], viewer=OURS)] == [other]
    storage.merges.split(other, now=LATER)
    assert stored(storage) == before


@pytest.mark.parametrize("text_first", [True, False])
def test_a_paper_from_text_is_its_identified_record_whichever_comes_first(storage: Storage, text_first: bool):
    """One paper, with both sightings, and the channel that was shown it before its id was known has been shown it."""
    text, named = an_entry(LONG), an_entry(LONG.upper(), arxiv="2506.00001", authors=("Ada Lovelace",))
    first, second = (text, named) if text_first else (named, text)
    listed(storage, first, source="text")
    (early,) = storage.papers.added_since(0, 9)
    plan(storage, edition(subscribe(storage), early.id))
    storage.saved.save(OURS, "ada", early.id, NOW, most=9)
    listed(storage, second, day=1)
    (paper,) = storage.papers.added_since(0, 9)
    assert (paper.ref, len(storage.papers.sightings(paper.id))) == ("arxiv:2506.00001", 2)
    assert storage.ledger.shown([channel()], [paper.id]) == {channel(): frozenset({paper.id})}
    assert storage.saved.saved_at(OURS, "ada", paper.id) == NOW


def test_a_listing_that_names_two_stored_papers_makes_them_one(storage: Storage):
    """One was known by its title alone, one by its id under another title; the same listing again changes nothing."""
    listed(storage, an_entry(LONG, abstract="A."))
    listed(storage, an_entry("Grasping, Draft", arxiv="2506.00001"), day=1)
    text, named = only(storage, LONG, "").id, only(storage, "Grasping, Draft", "").id
    storage.saved.save(OURS, "ada", text, NOW, most=9)
    final = an_entry(LONG, arxiv="2506.00001")
    assert listed(storage, final, an_entry("New Paper", arxiv="2506.00002"), source="arxiv", day=2) == ["changed", "added"]
    (paper,) = storage.papers.papers([text])
    assert (paper.id, paper.abstract, len(storage.papers.sightings(named))) == (named, "A.", 3)
    assert [one.paper_id for one in storage.saved.saved(OURS, "ada", limit=9)] == [named]
    assert listed(storage, final, source="arxiv", day=2) == ["unchanged"]
    numbers = [one.number for one in storage.papers.changed_since(0, 99)]
    assert len(numbers) == len(set(numbers)) == 3
    assert max(numbers) == storage.papers.last_change()


def test_what_somebody_split_no_listing_joins_again(storage: Storage):
    """Said by a person, it stays so; the listing is then of the paper with its id."""
    listed(storage, an_entry(LONG))
    listed(storage, an_entry("Grasping, Draft", arxiv="2506.00001"), day=1)
    final = an_entry(LONG, arxiv="2506.00001")
    listed(storage, final, day=2)
    named = storage.papers.paper_by_identifier(arxiv("2506.00001"))
    assert named is not None
    assert storage.merges.split(named.id, now=LATER) is not None
    for _ in range(2):
        assert listed(storage, final, day=3) == ["unchanged"]
    assert storage.papers.count() == 2


def test_an_import_joins_no_papers(storage: Storage):
    """It changes nothing that was there, so that taking it back is exact."""
    take_in(storage, an_entry(LONG))
    take_in(storage, an_entry("Grasping, Draft", arxiv="2506.00001"))
    listed(storage, an_entry("Public Words That Say Enough"))
    listed(storage, an_entry("Other Public Words", arxiv="2506.00003"), day=1)
    before = stored(storage)["papers"]
    take_in(storage, an_entry(LONG, arxiv="2506.00001"), an_entry("Public Words That Say Enough", arxiv="2506.00003"))
    assert stored(storage)["papers"] == before


def test_short_titles_of_others_stay_theirs_across_the_border(storage: Storage):
    """A public "Editorial" takes nobody's private one away; each is found again by what it says."""
    own, public = an_entry("Editorial", authors=("Ada Lovelace",)), an_entry("Editorial", authors=("Grace Hopper",))
    take_in(storage, own)
    assert [listed(storage, public, day=day) for day in (0, 1)] == [["added"], ["unchanged"]]
    assert [[paper.authors for paper in storage.papers.added_since(0, 9, viewer=viewer)] for viewer in (OURS, "")] == [
        [("Grace Hopper",), ("Ada Lovelace",)], [("Grace Hopper",)],
    ]  # fmt: skip
    again = take_in(storage, own, an_entry("Another"))
    assert again is not None
    assert len(again.new) == 1


def test_a_short_title_without_more_is_found_again_in_its_own_digest_only(storage: Storage):
    """The same document twice adds nothing; another day's "Editorial" is another one."""
    assert [listed(storage, an_entry("Editorial"), day=day) for day in (0, 0, 1, 1)] == [
        ["added"], ["unchanged"], ["added"], ["unchanged"],
    ]  # fmt: skip
    assert len({paper.ref for paper in storage.papers.added_since(0, 9)}) == 2


def test_the_index_follows_a_merge_and_a_split(storage: Storage, tmp_path: Path):
    """Its title finds nothing while it is another paper, and then it again; no index is built anew."""
    first, second = two_papers(storage)
    index = TantivyIndex(tmp_path / "index", storage.papers)
    index.catch_up()
    storage.merges.merge(first, second, by="ops", now=NOW)
    assert index.catch_up() == 2
    assert [one.paper_id for one in index.titles_like("second one", limit=9)] == []
    assert index.more_like(storage.papers.papers([first])[0], limit=9) == []
    assert index.catch_up() == 0
    storage.merges.split(first, now=LATER)
    assert index.catch_up() == 2
    assert [one.paper_id for one in index.titles_like("second one", limit=9)] == [second]


def suspects(storage: Storage, folder: Path, viewer: str = "") -> list[Suspect]:
    """Compare what is new, for a viewer; the pairs that are kept."""
    index = TantivyIndex(folder / "index", storage.papers)
    index.catch_up()
    look_for_suspects(Library(storage.papers, index, viewer), storage.merges)
    return storage.merges.suspects(viewer, limit=9)


def test_close_titles_are_kept_as_pairs_until_somebody_says(storage: Storage, tmp_path: Path):
    """A typing error and a title that was cut; not a second part, other authors, nor two arXiv papers."""
    named = [
        an_entry(LONG, arxiv="2506.00001", authors=("Ada Lovelace",)), an_entry(f"{LONG}: Part I", arxiv="2506.00002"),
        an_entry("Learning to Grasp Things That Movee", arxiv="2506.00003"),
    ]  # fmt: skip
    listed(storage, *named)
    assert suspects(storage, tmp_path) == []
    listed(storage, an_entry("Learning to Grasp Thigns That Move", authors=("A. Lovelace",)), day=1)
    listed(storage, an_entry("Learning to Grasp Thingss That Move", authors=("Grace Hopper",)), day=1)
    typo, first, third = only(storage, "Learning to Grasp Thigns That Move", "").id, 1, 3
    found = suspects(storage, tmp_path)
    assert {one[:2] for one in found} >= {(first, typo)}
    assert {one[:2] for one in found} <= {(first, typo), (third, typo), (third, typo + 1)}
    assert found == sorted(found, key=lambda one: -one.score)
    assert storage.papers.count() == 5
    storage.merges.merge(first, typo, by="ops", now=NOW)
    assert (first, typo) not in {one[:2] for one in suspects(storage, tmp_path)}
    storage.merges.split(first, now=LATER)
    assert (first, typo) not in {one[:2] for one in suspects(storage, tmp_path)}


def test_a_dismissed_pair_is_two_papers(storage: Storage, tmp_path: Path):
    """Not suspected again, also when both are listed and compared anew; taken back, it is suspected as before."""
    listed(storage, an_entry(LONG, arxiv="2506.00001"), an_entry("Learning to Grasp Thigns That Move"))
    (pair,) = suspects(storage, tmp_path)
    first, second = pair[:2]
    last = storage.papers.last_change()
    for one, other in ((second, first), (first, second)):
        assert storage.merges.dismiss(one, other, by="ops", now=NOW) is None
    assert storage.papers.last_change() == last
    assert storage.merges.dismissed("", limit=9) == [Dismissal(first, second, "ops", NOW)]
    assert storage.merges.suspects("", limit=9) == []
    again = (an_entry(LONG, arxiv="2506.00001", abstract="A."), an_entry("Learning to Grasp Thigns That Move", tldr="T."))
    assert listed(storage, *again, day=1) == ["changed", "changed"]
    assert suspects(storage, tmp_path) == []
    assert storage.merges.undismiss(second, first)
    assert not storage.merges.undismiss(first, second)
    assert storage.merges.dismissed("", limit=9) == []
    assert suspects(storage, tmp_path) == [pair]


def test_a_dismissed_pair_can_be_merged_and_split(storage: Storage, tmp_path: Path):
    """The merge is the later word; after a split the two are two, as after any."""
    listed(storage, an_entry(LONG, arxiv="2506.00001"), an_entry("Learning to Grasp Thigns That Move"))
    first, second = suspects(storage, tmp_path)[0][:2]
    assert storage.merges.dismiss(first, second, by="ops", now=NOW) is None
    assert isinstance(storage.merges.merge(second, first, by="ops", now=NOW), Merge)
    assert storage.merges.dismissed("", limit=9) == []
    assert storage.merges.split(second, now=LATER) is not None
    assert suspects(storage, tmp_path) == []


def test_no_listing_joins_a_dismissed_pair(storage: Storage):
    """It names both, one by its id and one by its title: it is then of the paper with its id."""
    listed(storage, an_entry(LONG, abstract="A."))
    listed(storage, an_entry("Grasping, Draft", arxiv="2506.00001"), day=1)
    text, named = only(storage, LONG, "").id, only(storage, "Grasping, Draft", "").id
    storage.merges.dismiss(text, named, by="ops", now=NOW)
    assert listed(storage, an_entry(LONG, arxiv="2506.00001"), source="arxiv", day=2) == ["changed"]
    assert [paper.id for paper in storage.papers.papers([text, named])] == [text, named]
    storage.merges.undismiss(text, named)
    listed(storage, an_entry(LONG, arxiv="2506.00001"), source="arxiv", day=3)
    assert [paper.id for paper in storage.papers.papers([text, named])] == [named, named]


def test_what_cannot_be_dismissed_changes_nothing(storage: Storage):
    """One paper, one that is gone, two that are not for the same people; and a space's own pair is nobody else's business."""
    listed(storage, an_entry("Public Words", arxiv="2506.00001"), an_entry("More Words", arxiv="2506.00002"))
    take_in(storage, an_entry("Own Words"), an_entry("Own Words Too"))
    own, too = (only(storage, title, OURS).id for title in ("Own Words", "Own Words Too"))
    storage.merges.merge(1, 2, by="ops", now=NOW)
    for one, other, why in ((1, 1, "same"), (1, 2, "gone"), (1, 99, "gone"), (own, 1, "border")):
        assert storage.merges.dismiss(one, other, by="ops", now=NOW) == why
    assert storage.merges.dismiss(own, too, by="ops", now=NOW) is None
    assert [len(storage.merges.dismissed(space, limit=9)) for space in ("", THEIRS, OURS)] == [0, 0, 1]
    storage.imports.undo(OURS, 1, LATER)
    assert storage.merges.dismissed(OURS, limit=9) == []
    with storage.database.reading() as connection:
        assert connection.execute(select(DISMISSALS)).all() == []


def test_no_pair_crosses_a_border(storage: Storage, tmp_path: Path):
    """A space's own papers are compared with its own, public ones with public ones."""
    listed(storage, an_entry(LONG))
    take_in(storage, an_entry("Learning to Grasp Things That Movee"), an_entry("Learning to Graspp Things That Move"))
    take_in(storage, an_entry("Learning to Grasp Thinggs That Move"), space=THEIRS)
    assert [suspects(storage, tmp_path, viewer) for viewer in ("", THEIRS)] == [[], []]
    (pair,) = suspects(storage, tmp_path, OURS)
    assert [paper.visible_to for paper in storage.papers.papers(pair[:2], viewer=OURS)] == [OURS, OURS]
    storage.imports.undo(OURS, 1, LATER)
    assert storage.merges.suspects(OURS, limit=9) == []


def test_no_field_is_forgotten_by_a_split(storage: Storage):
    """Each field that differs comes back as it was, also where the merge filled it."""
    full = an_entry(
        "Full Paper", abstract="A.", authors=("Ada",), author_count=3, organization=FULL_PAPER.organization, upvotes=1,
        comments=2, published_on=DAY, github_stars=4, links=FULL_PAPER.links, keywords=("k",), tldr="T.",
    )  # fmt: skip
    listed(storage, an_entry("Bare Paper"), full)
    bare, other = (only(storage, title, "").id for title in ("Bare Paper", "Full Paper"))
    before: list[Paper] = storage.papers.papers([bare, other])
    storage.merges.merge(bare, other, by="ops", now=NOW)
    (one,) = storage.papers.papers([bare])
    same = replace(before[1], id=bare, title="Bare Paper", identifiers=one.identifiers)
    assert one == same
    storage.merges.split(bare, now=LATER)
    assert storage.papers.papers([bare, other]) == before
