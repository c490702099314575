"""The search index: a tantivy index on local disk, derived from the store and rebuilt from it whenever it is lost or damaged.

It knows words, names and dates of papers; it does not know what a query means: bot/search.py plans that.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TypeVar

from tantivy import IndexWriter, Query, Searcher

from bot.errors import StorageError
from bot.model import Paper
from bot.ports import Candidates, Change, KnownName, NameHolder, PaperStore, TitleMatch
from bot.query import Plan
from storage.index_documents import SEPARATOR, document
from storage.index_folder import IndexFolder
from storage.index_names import Wanted, by_author, holders, names_like
from storage.index_queries import plan_query
from storage.index_view import View
from storage.index_words import spelling, titles_like

_BATCH = 5_000
_WRITER_WAIT_S = 5.0
_LIKE_TERMS = 400  # more than an abstract has: of fewer, tantivy drops equally good ones at random

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
            order = {"new": "published", "top": "votes"}.get(plan.sort)
            query = self._seen(searcher, plan_query(self._folder.schema, plan), viewer)
            found = searcher.search(query, limit, count=True, order_by_field=order, offset=offset)
            ids = searcher.fast_field_values("id", [address for _, address in found.hits])
            ranked = zip(ids, (score for score, _ in found.hits), strict=True)
            return Candidates(total=found.count, ranked=tuple((int(one or 0), float(score or 0)) for one, score in ranked))  # type: ignore[attr-defined]

        return self._read(work)

    def holders(self, key: str, *, limit: int, viewer: str = "") -> list[NameHolder]:
        """The papers that go by a name (as `name_key` gives it), those named so in their title first."""
        return self._read(lambda searcher: holders(self._view(searcher, viewer), key, limit=limit))

    def names_like(self, key: str, *, wrong: int, limit: int, begins: bool = False, viewer: str = "") -> list[KnownName]:
        """Names at most `wrong` letters (0 to 2) away from a key, or that `begins` so; those of popular papers first."""
        return self._read(lambda searcher: names_like(self._view(searcher, viewer), Wanted(key, wrong, begins), limit=limit))

    def by_author(self, typed: str, *, wrong: int, limit: int, viewer: str = "") -> list[int]:
        """Popular papers by people with these names; the last may go on, and has at most `wrong` letters (0 to 2) wrong."""
        return self._read(lambda searcher: by_author(self._view(searcher, viewer), typed, wrong, limit=limit))

    def titles_like(self, text: str, *, limit: int, viewer: str = "") -> list[TitleMatch]:
        """Titles that share words with a text; words that no title holds may differ from theirs by a letter or two."""
        return self._read(lambda searcher: titles_like(self._view(searcher, viewer), text, limit=limit))

    def spelling(self, word: str, *, viewer: str = "") -> str | None:
        """The word of a title that was probably meant by one that no paper holds; `None` where it is known or beyond repair."""
        return self._read(lambda searcher: spelling(self._view(searcher, viewer), word))

    def long_forms(self, acronym: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """What stored abstracts say an acronym stands for, with the number of papers that say so, most first."""
        return self._forms("acronym", acronym, viewer)

    def short_forms(self, long_form: str, *, viewer: str = "") -> list[tuple[str, int]]:
        """The acronyms that stored abstracts give a long form, with the number of papers, most first."""
        return self._forms("expansion", long_form, viewer)

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
            for term, count in self._view(searcher, viewer).terms(field, key + SEPARATOR):
                counts[term.split(SEPARATOR)[1]] += count
            return counts.most_common()

        return self._read(work)

    def _seen(self, searcher: Searcher, query: Query, viewer: str) -> Query:
        """The query, over what a viewer may see; it stays as it is where nothing at all is private."""
        return self._view(searcher, viewer).seen(query)

    def _view(self, searcher: Searcher, viewer: str) -> View:
        return View(searcher, self._folder.schema, viewer)

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
