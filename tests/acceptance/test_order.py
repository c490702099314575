"""Documents taken in in any order, and more than once: the same papers, each field and day of them, and the same sightings."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.digest import parse_digest
from bot.ingest import save_digest
from bot.model import Digest, Entry, Links, Paper, Sighting
from storage.store import SqlPaperStore
from tests.builders import DAY, SHARED_DATA, entry, open_papers, stored_contents
from tests.retold import arxiv_mail, bibtex

SEED = SHARED_DATA / "seed" / "000_b52a9d0de009215f.txt"
API_DAYS = sorted((SHARED_DATA / "hf_api").glob("*.json"))
MAIL_DAY = date(2025, 12, 9)
ORDERS = 20

needs_shared_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the shared data is not here: {SHARED_DATA}")

Contents = dict[str, tuple[Paper, list[Sighting]]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in it, to copy."""
    folder = tmp_path_factory.mktemp("empty")
    with open_papers(folder):
        pass
    return folder / "papers.db"


@contextmanager
def _a_store(empty: Path) -> Iterator[SqlPaperStore]:
    with TemporaryDirectory() as name:
        shutil.copy(empty, Path(name) / "papers.db")
        with open_papers(Path(name)) as store:
            yield store


def _taken_in(empty: Path, digests: Iterable[Digest], again: Sequence[Digest]) -> Contents:
    """What a store holds that took in these digests, the others once more, which changed nothing."""
    with _a_store(empty) as store:
        for digest in digests:
            save_digest(digest, store=store, as_of=DAY)
        before = stored_contents(store), store.last_change()
        for digest in again:
            receipt = save_digest(digest, store=store, as_of=DAY)
            assert (receipt.added, receipt.changed) == (0, 0)
        assert (stored_contents(store), store.last_change()) == before
        return before[0]


def _listed_ids(file: Path) -> set[str]:
    """The arXiv ids of an API day, whose records may be saved as Python text: read without our reader."""
    papers = (str(record) for record in json.loads(file.read_bytes()))
    return {found[1] for paper in papers if (found := re.search(r"['\"]id['\"]: ['\"](\d{4}\.\d{5})", paper))}


@needs_shared_data
def test_ten_days_give_the_same_papers_in_any_order(empty: Path):
    """Forwards, backwards, mixed, and all of them once more: no paper twice, no sighting lost, every word and day the same.

    In between stand the seed, a mail of arXiv's of two of the days' papers, and a BibTeX file of all days' papers.
    """
    days = [parse_digest(file.read_bytes(), as_of=DAY, name=file.name) for file in API_DAYS]
    mailed = [one for digest in days[5:7] for one in digest.entries]
    retold = [
        (SEED.read_bytes(), SEED.name),
        (arxiv_mail(mailed, MAIL_DAY), "cs.eml"),
        (bibtex(one for digest in days for one in digest.entries), "papers.bib"),
    ]
    digests = [*days, *(parse_digest(data, as_of=DAY, name=name) for data, name in retold)]
    assert [digest.issues for digest in digests] == [()] * 13
    mix = Random(20251208)  # noqa: S311 - orders to try
    orders = [digests, digests[::-1], *(mix.sample(digests, len(digests)) for _ in range(ORDERS))]
    contents = _taken_in(empty, orders[0], orders[1])
    for order in orders[1:]:
        assert _taken_in(empty, order, mix.sample(digests, len(digests))) == contents
    listed = {file.stem: _listed_ids(file) for file in API_DAYS}
    assert len({*chain(*listed.values())}) > 190
    ids = [one.value for paper, _ in contents.values() for one in paper.identifiers if one.scheme == "arxiv"]
    assert sorted(ids) == sorted({*chain(*listed.values())})
    for paper, sightings in contents.values():
        known_as = {one.value for one in paper.identifiers}
        seen = [str(one.issued_on) for one in sightings if one.source == "huggingface"]
        assert seen == sorted(day for day, known in listed.items() if known & known_as)
        elsewhere = [(one.source, one.issued_on) for one in sightings if one.source in ("arxiv:cs", "bibtex")]
        in_mail = bool(known_as & {one.value for entry in mailed for one in entry.identifiers})
        assert elsewhere.count(("arxiv:cs", MAIL_DAY)) == in_mail
        assert elsewhere.count(("bibtex", DAY)) == bool(seen)
        assert len(elsewhere) == in_mail + bool(seen)


WORDS = st.sampled_from(["One.", "Two.", "One and more."])
COUNT = st.none() | st.integers(0, 2)
TITLES = (
    "Learning to Grasp Things That Move",
    "Learning to Grasp – Things that Move",
    "A Second Paper on Grasping Moving Things",
)


@st.composite
def _entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    """A small list: of each of two papers at most one line, with or without its id."""
    lines = []
    for number in draw(st.lists(st.sampled_from([1, 2]), min_size=1, unique=True)):
        line = entry(
            draw(st.sampled_from(TITLES[:2])) if number == 1 else TITLES[2],
            rank=draw(st.integers(1, 9)),
            arxiv=draw(st.none() | st.just(f"2306.0000{number}")),
            abstract=draw(st.just("") | WORDS),
            authors=draw(st.sampled_from([(), ("Ada Lovelace",), ("Ada Lovelace", "Bo Liu"), ("Ada Lovelace", "Cy")])),
            author_count=draw(st.none() | st.integers(1, 4)),
            published_on=draw(st.sampled_from([None, date(2025, 1, 1), date(2025, 2, 1), date(2025, 2, 3), date(2025, 3, 4)])),
            tldr=draw(st.none() | WORDS),
            links=Links(code=draw(st.none() | st.sampled_from(["https://a.example", "https://b.example"]))),
            upvotes=draw(COUNT),
            comments=draw(COUNT),
        )
        lines.append(line)
    return tuple(lines)


@st.composite
def _digests(draw: st.DrawFn) -> list[Digest]:
    """Several sources' lists of a few days: no two of one source and day."""
    places = st.tuples(st.sampled_from(["huggingface", "arxiv:cs", "text"]), st.integers(0, 2))
    return [
        Digest(source=source, issued_on=DAY + timedelta(days=day), entries=draw(_entries()), issues=(), sha256=f"{source}{day}")
        for source, day in draw(st.lists(places, min_size=2, max_size=5, unique=True))
    ]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), digests=_digests())
def test_invented_digests_give_the_same_papers_in_any_order(empty: Path, data: st.DataObject, digests: list[Digest]):
    """Of several sources and days, some saying what others do not, on a real database."""
    contents = _taken_in(empty, digests, digests[::-1])
    for _ in range(2):
        order = data.draw(st.permutations(digests + digests[::2]))
        assert _taken_in(empty, order, digests) == contents


def test_a_day_that_was_fetched_twice_is_as_it_was_the_second_time(empty: Path):
    """Its votes, rank and words are those of the later fetch, also where that is taken in first."""
    early = entry("LIBERO", arxiv="2306.03310", rank=2, abstract="The first words of it.", upvotes=12, comments=3)
    late = early._replace(rank=5, abstract="New words.", upvotes=41, comments=None)
    fetched = [(early, DAY), (late, DAY + timedelta(days=4))]
    for order in (fetched, fetched[::-1], [*fetched, fetched[0]]):
        with _a_store(empty) as store:
            for one, day in order:
                digest = Digest(source="huggingface", issued_on=DAY, entries=(one,), issues=(), sha256=str(day))
                save_digest(digest, store=store, as_of=day, counted_on=day)
            ((paper, (seen,)),) = stored_contents(store).values()
        assert (paper.abstract, paper.first_seen_on, paper.listed_on) == ("New words.", DAY, DAY + timedelta(days=4))
        assert (seen.rank, seen.issued_on, seen.metrics) == (5, DAY, paper.metrics)
        assert (paper.metrics.upvotes, paper.metrics.comments, paper.metrics.as_of) == (41, 3, DAY + timedelta(days=4))
