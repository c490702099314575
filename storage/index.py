"""The search index: a tantivy index on local disk, derived from the store and rebuilt from it whenever it is lost or damaged.

It knows words, names and dates of papers; it does not know what a query means: bot/search.py plans that.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TypeVar

from rapidfuzz.distance import OSA
from tantivy import IndexWriter, Occur, Query, Searcher

from bot.errors import StorageError
from bot.model import Paper
from bot.ports import Candidates, Change, NameHolder, PaperStore, TitleMatch
from bot.query import Plan
from storage.index_documents import NAME_FIELDS, PRIVATE, REACH, SEPARATOR, document, own, own_term, paper_text, to_space
from storage.index_folder import IndexFolder
from storage.index_queries import any_title_word, plan_query, seen
from storage.index_ranking import ranked

_BATCH = 5_000
_WRITER_WAIT_S = 5.0
_VOCABULARY = 64
_LIKE_TERMS = 400  # more than an abstract has: of fewer, tantivy drops equally good ones at random
_FEW = 3
_VIEWERS = 100

Result = TypeVar("Result")


class TantivyIndex:
    """The search index of one store, in one folder. Safe to use from several threads and processes.

    Args:
        folder: where the index lies; made when missing, replaced when it cannot be read.
        store: what it is derived from.

    Raises:
        StorageError: from any method, where the folder cannot be written at all.
    """

    def __init__(self, folder: Path, store: PaperStore) -> None:
        self._folder = IndexFolder(folder)
        self._store = store
        self._lock = RLock()
        self._writer: IndexWriter | None = None
        self._fed = 0
        self._fed_ids: set[int] | None = None
        self._vocabulary: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})

    def follow(self) -> None:
        """Begin to index what is new, in the background; `catch_up` makes it findable."""
        with self._lock:
            self._feed(self._store.last_change(), lambda _count: None, wait_s=0)

    def catch_up(self, progress: Callable[[int], None] = lambda _count: None) -> int:
        """Index what the store has changed since the last time, and make it findable. Returns how many papers that were.

        While another process is writing, the index is used as it is: that process indexes the same changes.
        """
        with self._lock:
            newest = self._store.last_change()
            if self._writer is None:
                self._folder.reload()
            if self._folder.newest_change() > newest:
                self._discard()
            count = self._feed(newest, progress, wait_s=_WRITER_WAIT_S)
            self._commit()
            if self._is_foreign(newest):
                self._discard()
                count = self._feed(newest, progress, wait_s=_WRITER_WAIT_S)
                self._commit()
            return count

    def _is_foreign(self, newest: int) -> bool:
        """Whether the index, up to date by its number, holds another number of papers: it belongs to another database."""
        if self._folder.newest_change() != newest or self._folder.count() == self._store.size():
            return False
        return self._store.last_change() == newest

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0, viewer: str = "") -> Candidates:
        """The best papers for a plan, best first, and how many match in all."""

        def work(searcher: Searcher) -> Candidates:
            query = self._seen(searcher, plan_query(self._folder.schema, plan), viewer)
            return ranked(searcher, query, plan.sort, limit=limit, offset=offset)

        return self._read(work)

    def holders(self, key: str, *, limit: int, viewer: str = "") -> list[NameHolder]:
        """The papers that go by a name (as `name_key` gives it), those named so in their title first."""

        def work(searcher: Searcher) -> list[NameHolder]:
            found: dict[int, NameHolder] = {}
            for kind in NAME_FIELDS:
                hits = searcher.search(self._named(searcher, kind, key, viewer), limit, count=False, order_by_field="votes").hits
                for paper_id in searcher.fast_field_values("id", [address for _, address in hits]):
                    found.setdefault(int(paper_id or 0), NameHolder(paper_id=int(paper_id or 0), kind=kind))  # type: ignore[arg-type]
            return list(found.values())[:limit]

        return self._read(work)

    def names(self, *, viewer: str = "") -> tuple[str, ...]:
        """Every name in the index, as `name_key` gives it. Kept in memory until the index changes."""

        def work(searcher: Searcher) -> tuple[str, ...]:
            change = self._folder.newest_change()
            known = self._vocabulary
            if known[0] != change or len(known[1]) > _VIEWERS:
                known = self._vocabulary = (change, {})
            if viewer not in known[1]:
                keys = {key for field in NAME_FIELDS for key, _ in _terms(searcher, field, "", viewer)}
                known[1][viewer] = tuple(sorted(keys))
            return known[1][viewer]

        return self._read(work)

    def titles_like(self, text: str, *, limit: int, viewer: str = "") -> list[TitleMatch]:
        """Titles that share words with a text; words that no title holds may differ from theirs by a letter or two."""

        def work(searcher: Searcher) -> list[TitleMatch]:
            words = list(dict.fromkeys(paper_text().analyze(text)))
            misspelt = frozenset(word for word in words if not self._says(searcher, "title", word, viewer))
            query = self._seen(searcher, any_title_word(self._folder.schema, words, misspelt), viewer)
            hits = searcher.search(query, limit, count=False).hits
            documents = (searcher.doc(address) for _, address in hits)
            return [TitleMatch(paper_id=int(one.get_first("id") or 0), title=str(one.get_first("title"))) for one in documents]

        return self._read(work)

    def spelling(self, word: str, *, viewer: str = "") -> str | None:
        """The word of a title that was probably meant by one that no paper holds; `None` where it is known or beyond repair."""

        def work(searcher: Searcher) -> str | None:
            terms = paper_text().analyze(word)
            if len(terms) != 1 or any(
                self._says(searcher, field, terms[0], viewer) for field in ("title", "abstract", "keywords")
            ):
                return None
            query = self._seen(searcher, any_title_word(self._folder.schema, terms, frozenset(terms)), viewer)
            hits = searcher.search(query, 20, count=False).hits
            titles = (str(searcher.doc(address).get_first("title")) for _, address in hits)
            near = Counter(other for title in titles for other in re.findall(r"\w+", title) if _near(word, other))
            if not near:
                return None
            found: str = near.most_common(1)[0][0]
            return found.lower() if word.islower() else found

        return self._read(work)

    def long_forms(self, acronym: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """What stored abstracts say an acronym stands for, with the number of papers that say so, most first."""
        return self._forms("acronym", acronym, viewer)

    def short_forms(self, long_form: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """The acronyms that stored abstracts give a long form, with the number of papers, most first."""
        return self._forms("expansion", long_form, viewer)

    def complete(self, prefix: str, *, limit: int, viewer: str = "") -> list[str]:
        """Names as written whose key begins with `prefix` (as `name_key` gives it); coined names of few papers come last."""

        def work(searcher: Searcher) -> list[str]:
            titled = _terms(searcher, "shown", prefix, viewer, limit=_VOCABULARY)
            coined = [term for term in _terms(searcher, "shown_coined", prefix, viewer, limit=_VOCABULARY) if term[1] <= _FEW]
            names: dict[str, str] = {}
            for terms in (titled, coined):
                for term, _ in sorted(terms, key=lambda term: (len(term[0]), -term[1])):
                    key, _, written = term.partition(SEPARATOR)
                    names.setdefault(key, written)
            return list(names.values())[:limit]

        return self._read(work)

    def more_like(self, paper: Paper, *, limit: int, viewer: str = "") -> list[int]:
        """Ids of the papers whose words are most like this one's."""

        def work(searcher: Searcher) -> list[int]:
            fields = {"title": [paper.title], "abstract": [paper.abstract], "keywords": list(paper.keywords)}
            query = Query.more_like_this_document_fields_query(
                self._folder.schema, fields, min_doc_frequency=2, min_term_frequency=1, max_query_terms=_LIKE_TERMS
            )
            hits = searcher.search(self._seen(searcher, query, viewer), limit + 1, count=False).hits
            ids = [int(one or 0) for one in searcher.fast_field_values("id", [address for _, address in hits])]
            return [one for one in ids if one != paper.id][:limit]

        return self._read(work)

    def _forms(self, field: str, key: str, viewer: str) -> list[tuple[str, int]]:
        def work(searcher: Searcher) -> list[tuple[str, int]]:
            counts: Counter[str] = Counter()
            for term, count in _terms(searcher, field, key + SEPARATOR, viewer):
                counts[term.split(SEPARATOR)[1]] += count
            return counts.most_common()

        return self._read(work)

    def _seen(self, searcher: Searcher, query: Query, viewer: str) -> Query:
        """The query, over what a viewer may see; it stays as it is where nothing at all is private."""
        return seen(self._folder.schema, query, viewer) if searcher.doc_freq(REACH, PRIVATE) else query

    def _says(self, searcher: Searcher, field: str, term: str, viewer: str) -> bool:
        """Whether a paper that a viewer may see holds a term in a field."""
        if not searcher.doc_freq(field, term) or not searcher.doc_freq(REACH, PRIVATE):
            return bool(searcher.doc_freq(field, term))
        query = self._seen(searcher, Query.term_query(self._folder.schema, field, term, "freq"), viewer)
        return bool(searcher.search(query, 1, count=False).hits)

    def _named(self, searcher: Searcher, field: str, key: str, viewer: str) -> Query:
        """The public papers with a name in a field, and the viewer's own."""
        public = Query.term_query(self._folder.schema, field, key)
        if not _has_own(searcher, viewer):
            return public
        its = Query.term_query(self._folder.schema, own(field), own_term(viewer, key))
        return Query.boolean_query([(Occur.Should, public), (Occur.Should, its)])

    def _feed(self, newest: int, progress: Callable[[int], None], *, wait_s: float) -> int:
        """Give the writer what the store has changed since it was last given something."""
        change = self._fed if self._writer is not None else self._folder.newest_change()
        if change >= newest:
            return 0
        self._writer = self._writer or self._folder.writer(lambda: self._folder.newest_change() >= newest, wait_s)
        if self._writer is None:
            return 0
        if self._fed == 0:
            self._fed_ids = set() if self._folder.count() == 0 else None
        count = 0
        try:
            while batch := self._store.changed_since(change, _BATCH):
                for changed in batch:
                    self._replace(changed)
                change = batch[-1].number
                count += len(batch)
                progress(count)
        except (ValueError, OSError) as error:
            self._writer = None
            raise StorageError(self._folder.unwritable()) from error
        self._fed = change
        return count

    def _replace(self, changed: Change) -> None:
        """Put a paper into the index, and take an earlier state of it out; in an index that began empty few have one."""
        assert self._writer is not None  # noqa: S101 - for the type checker: `_feed` has just opened it
        if self._fed_ids is None or changed.paper.id in self._fed_ids:
            self._writer.delete_documents_by_term("id", changed.paper.id)
        if self._fed_ids is not None:
            self._fed_ids.add(changed.paper.id)
        self._writer.add_document(document(changed))

    def _commit(self) -> None:
        writer, self._writer, self._fed, self._fed_ids = self._writer, None, 0, None
        if writer is None:
            return
        try:
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise StorageError(self._folder.unwritable()) from error
        self._folder.reload()

    def _discard(self) -> None:
        self._writer, self._fed = None, 0
        self._vocabulary = (-1, {})
        self._folder.discard()

    def _read(self, work: Callable[[Searcher], Result]) -> Result:
        """Read; where the index turns out to be damaged or gone, rebuild it from the store once and read again."""
        try:
            if not self._folder.exists():
                raise OSError(f"{self._folder.path} is gone")
            return work(self._folder.searcher())
        except (ValueError, OSError):
            with self._lock:
                self._discard()
                self.catch_up()
            return work(self._folder.searcher())


def _near(word: str, other: str) -> bool:
    return OSA.distance(word.casefold(), other.casefold()) <= (1 if len(word) < 8 else 2)


def _terms(searcher: Searcher, field: str, prefix: str, viewer: str, *, limit: int | None = None) -> list[tuple[str, int]]:
    """The terms of a vocabulary that begin so, and how many papers have each: of the public papers and of the viewer's own."""
    terms: list[tuple[str, int]] = searcher.terms_with_prefix(field, prefix, limit=limit)
    if _has_own(searcher, viewer):
        start = own_term(viewer, "")
        its = searcher.terms_with_prefix(own(field), start + prefix, limit=limit)
        terms += [(term.removeprefix(start), count) for term, count in its]
    return terms


def _has_own(searcher: Searcher, viewer: str) -> bool:
    return bool(viewer) and bool(searcher.doc_freq(REACH, to_space(viewer)))
