"""The search index: a tantivy index on local disk, derived from the store and rebuilt from it whenever it is lost or damaged.

It knows words, names and dates of papers; it does not know what a query means: bot/search.py plans that.
"""

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TypeVar

from rapidfuzz.distance import OSA
from tantivy import Index, IndexWriter, Query, Searcher

from bot.errors import StorageError
from bot.model import Paper
from bot.ports import Candidates, NameHolder, PaperStore, TitleMatch
from bot.query import Plan
from storage.index_documents import FORMAT, NAME_FIELDS, SEPARATOR, document, paper_text, person, schema
from storage.index_queries import any_title_word, plan_query

_HEAP_BYTES = 128_000_000
_THREADS = 2
_BATCH = 5_000
_WRITER_WAIT_S = 5.0

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
        self._folder = folder / f"format-{FORMAT}"
        self._store = store
        self._lock = RLock()
        self._schema = schema()
        self._opened: Index | None = None
        self._vocabulary: tuple[int, tuple[str, ...]] = (-1, ())

    def catch_up(self, progress: Callable[[int], None] = lambda _count: None) -> int:
        """Index what the store has changed since the last time. Returns how many papers were indexed.

        While another process is writing, the index is used as it is: that process indexes the same changes.
        """
        with self._lock:
            newest = self._store.last_change()
            if self._indexed_change() > newest:
                self._discard()
            count = self._index_since(self._indexed_change(), newest, progress)
            if self._indexed_change() == newest and self._count() != self._store.count():
                self._discard()
                count = self._index_since(0, newest, progress)
            return count

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0) -> Candidates:
        """The best papers for a plan, best first, and how many match in all."""

        def work(searcher: Searcher) -> Candidates:
            order = {"new": "published", "top": "votes"}.get(plan.sort)
            found = searcher.search(plan_query(self._schema, plan), limit, count=True, order_by_field=order, offset=offset)
            ids = searcher.fast_field_values("id", [address for _, address in found.hits])
            ranked = zip(ids, (score for score, _ in found.hits), strict=True)
            return Candidates(total=found.count, ranked=tuple((int(one or 0), float(score or 0)) for one, score in ranked))  # type: ignore[attr-defined]

        return self._read(work)

    def holders(self, key: str, *, limit: int) -> list[NameHolder]:
        """The papers that go by a name (as `name_key` gives it), those named so in their title first."""

        def work(searcher: Searcher) -> list[NameHolder]:
            found: dict[int, NameHolder] = {}
            for kind in NAME_FIELDS:
                hits = searcher.search(Query.term_query(self._schema, kind, key), limit, count=False, order_by_field="votes").hits
                for paper_id in searcher.fast_field_values("id", [address for _, address in hits]):
                    found.setdefault(int(paper_id or 0), NameHolder(paper_id=int(paper_id or 0), kind=kind))  # type: ignore[arg-type]
            return list(found.values())[:limit]

        return self._read(work)

    def names(self) -> tuple[str, ...]:
        """Every name in the index, as `name_key` gives it. Kept in memory until the index changes."""

        def work(searcher: Searcher) -> tuple[str, ...]:
            change = self._newest(searcher)
            if self._vocabulary[0] != change:
                keys = {key for field in NAME_FIELDS for key, _ in searcher.terms_with_prefix(field, "")}
                self._vocabulary = (change, tuple(sorted(keys)))
            return self._vocabulary[1]

        return self._read(work)

    def titles_like(self, text: str, *, limit: int) -> list[TitleMatch]:
        """Titles that share words with a text; words that no title holds may differ from theirs by a letter or two."""

        def work(searcher: Searcher) -> list[TitleMatch]:
            words = list(dict.fromkeys(paper_text().analyze(text)))
            misspelt = frozenset(word for word in words if not searcher.doc_freq("title", word))
            hits = searcher.search(any_title_word(self._schema, words, misspelt), limit, count=False).hits
            documents = (searcher.doc(address) for _, address in hits)
            return [TitleMatch(paper_id=int(one.get_first("id") or 0), title=str(one.get_first("title"))) for one in documents]

        return self._read(work)

    def spelling(self, word: str) -> str | None:
        """The word of a title that was probably meant by a word that no paper holds; `None` where it is known or beyond repair."""

        def work(searcher: Searcher) -> str | None:
            terms = paper_text().analyze(word)
            if len(terms) != 1 or any(searcher.doc_freq(field, terms[0]) for field in ("title", "abstract", "keywords")):
                return None
            hits = searcher.search(any_title_word(self._schema, terms, frozenset(terms)), 20, count=False).hits
            titles = (str(searcher.doc(address).get_first("title")) for _, address in hits)
            near = Counter(other for title in titles for other in re.findall(r"\w+", title) if _near(word, other))
            return near.most_common(1)[0][0] if near else None

        return self._read(work)

    def long_forms(self, acronym: str) -> list[tuple[str, int]]:
        """What stored abstracts say an acronym stands for, with the number of papers that say so, most first."""
        return self._forms("acronym", acronym)

    def short_forms(self, long_form: str) -> list[tuple[str, int]]:
        """The acronyms that stored abstracts give a long form, with the number of papers, most first."""
        return self._forms("expansion", long_form)

    def complete(self, prefix: str, *, limit: int) -> list[str]:
        """Names as written whose key begins with `prefix` (as `name_key` gives it)."""

        def work(searcher: Searcher) -> list[str]:
            terms = searcher.terms_with_prefix("shown", prefix, limit=limit * 4)
            terms.sort(key=lambda term: (-term[1], len(term[0])))
            return list(dict.fromkeys(term.split(SEPARATOR)[1] for term, _ in terms))[:limit]

        return self._read(work)

    def more_like(self, paper: Paper, *, limit: int) -> list[int]:
        """Ids of the papers whose words are most like this one's."""

        def work(searcher: Searcher) -> list[int]:
            fields = {"title": [paper.title], "abstract": [paper.abstract], "keywords": list(paper.keywords)}
            query = Query.more_like_this_document_fields_query(
                self._schema, fields, min_doc_frequency=2, min_term_frequency=1, max_query_terms=25
            )
            hits = searcher.search(query, limit + 1, count=False).hits
            ids = [int(one or 0) for one in searcher.fast_field_values("id", [address for _, address in hits])]
            return [one for one in ids if one != paper.id][:limit]

        return self._read(work)

    def _forms(self, field: str, key: str) -> list[tuple[str, int]]:
        def work(searcher: Searcher) -> list[tuple[str, int]]:
            terms = searcher.terms_with_prefix(field, key + SEPARATOR)
            return sorted(((term.split(SEPARATOR)[1], count) for term, count in terms), key=lambda form: -form[1])

        return self._read(work)

    def _index_since(self, change: int, newest: int, progress: Callable[[int], None]) -> int:
        if change >= newest:
            return 0
        fresh = self._count() == 0
        writer = self._writer(newest)
        if writer is None:
            return 0
        count = 0
        try:
            while batch := self._store.changed_since(change, _BATCH):
                for at, paper in batch:
                    if not fresh:
                        writer.delete_documents_by_term("id", paper.id)
                    writer.add_document(document(at, paper))
                change = batch[-1][0]
                count += len(batch)
                progress(count)
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise StorageError(_unwritable(self._folder)) from error
        self._open().reload()
        return count

    def _writer(self, newest: int) -> IndexWriter | None:
        """The only writer of the folder; `None` where another process holds it and has indexed, or is slow to."""
        give_up_at = time.monotonic() + _WRITER_WAIT_S
        while True:
            try:
                return self._open().writer(_HEAP_BYTES, _THREADS)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise StorageError(_unwritable(self._folder)) from error
            self._open().reload()
            if self._indexed_change() >= newest or time.monotonic() > give_up_at:
                return None
            time.sleep(0.05)

    def _open(self) -> Index:
        if self._opened is None or not (self._folder / "meta.json").exists():
            try:
                self._opened = self._load()
            except ValueError:
                self._discard()
                self._opened = self._load()
        return self._opened

    def _load(self) -> Index:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(_unwritable(self._folder)) from error
        index = Index(self._schema, path=str(self._folder), reuse=True)
        index.register_tokenizer("paper_text", paper_text())
        index.register_tokenizer("person", person())
        index.reload()
        return index

    def _discard(self) -> None:
        self._opened = None
        self._vocabulary = (-1, ())
        shutil.rmtree(self._folder, ignore_errors=True)

    def _newest(self, searcher: Searcher) -> int:
        hits = searcher.search(Query.all_query(), 1, count=False, order_by_field="change").hits
        return int(hits[0][0]) if hits else 0

    def _indexed_change(self) -> int:
        return self._newest(self._open().searcher())

    def _count(self) -> int:
        return int(self._open().searcher().num_docs)

    def _read(self, work: Callable[[Searcher], Result]) -> Result:
        """Read; where the index turns out to be damaged or gone, rebuild it from the store once and read again."""
        try:
            if not (self._folder / "meta.json").exists():
                raise OSError(f"{self._folder} is gone")
            return work(self._open().searcher())
        except (ValueError, OSError):
            with self._lock:
                self._discard()
                self.catch_up()
            return work(self._open().searcher())


def _near(word: str, other: str) -> bool:
    return OSA.distance(word.casefold(), other.casefold()) <= (1 if len(word) < 8 else 2)


def _unwritable(folder: Path) -> str:
    return (
        f"The search index in {folder} cannot be written; no paper is lost. Make the folder writable with some free space, "
        "or set PAPERROUND_INDEX_FOLDER to another one, and try again."
    )
