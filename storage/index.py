"""The search index: a tantivy index on local disk, derived from the store and rebuilt from it whenever it is lost or damaged.

It knows words, names and dates of papers; it does not know what a query means: bot/search.py plans that.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tantivy import Query, Searcher

from bot.model import Paper
from bot.ports import Candidates, Coverage, KnownName, NameHolder, PaperStore, TitleMatch
from bot.query import Plan
from bot.text_fields import SEPARATOR
from storage.index_folder import IndexFolder
from storage.index_names import Wanted, by_author, holders, names_like
from storage.index_queries import plan_query
from storage.index_ranking import ranked
from storage.index_upkeep import IndexUpkeep
from storage.index_view import View
from storage.index_words import spelling, titles_like

PATIENCE_S = 5.0
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
        self._upkeep = IndexUpkeep(folder, store)

    @property
    def _folder(self) -> IndexFolder:
        return self._upkeep.folder

    def follow(self) -> None:
        """Index what is new while more comes; `catch_up` makes all of it findable."""
        self._upkeep.follow()

    def catch_up(self, progress: Callable[[int], None] = lambda _count: None) -> int:
        """Index what the store has changed since the last time, and make it findable. Returns how many papers that were.

        While another process is writing, the index is used as it is: that process indexes the same changes.
        """
        return self._upkeep.catch_up(progress)

    def keep_up(self, wait_s: float = PATIENCE_S) -> bool:
        """Index what is new, a lot of it in the background; whether all that is stored is findable now."""
        return self._upkeep.keep_up(wait_s)

    def coverage(self, *, viewer: str = "") -> Coverage | None:
        """How far an index has come that is still being built; `None` where it holds everything."""
        return self._upkeep.coverage(viewer)

    def trouble(self) -> str:
        """Why the index could not be written the last time; empty where it could."""
        return self._upkeep.trouble

    def rebuild(self) -> None:
        """Build the index anew in the background; the present one answers until that is done."""
        self._upkeep.rebuild()

    def rebuilding(self, wait_s: float = 0.0) -> Coverage | None:
        """How far the index has come that is being built to replace this one; `None` where none is.

        Said when that has ended, but after `wait_s` at the latest.
        """
        return self._upkeep.rebuilding(wait_s)

    def warm(self) -> None:
        """Have the index in the machine's memory, so that the first questions do not wait for the disk."""
        self._folder.warm()

    def close(self) -> None:
        """End what goes on in the background; the next process goes on from there."""
        self._upkeep.close()

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0, viewer: str = "") -> Candidates:
        """The best papers for a plan, best first, and how many match in all."""

        def work(searcher: Searcher) -> Candidates:
            query = self._seen(searcher, plan_query(self._folder.schema, plan, searcher), viewer)
            return ranked(searcher, query, plan.sort, limit=limit, offset=offset)

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

    def _read(self, work: Callable[[Searcher], Result]) -> Result:
        """Read; where the index turns out to be damaged or gone, read the one that is then built anew from the store."""
        try:
            if not self._folder.exists():
                raise OSError(f"{self._folder.path} is gone")
            self._folder.note_use()
            return work(self._folder.searcher())
        except BaseException as error:
            if not _is_damage(error):
                raise
        return work(self._upkeep.mend().searcher())


def _is_damage(error: BaseException) -> bool:
    """Whether reading failed as it does over a damaged index: tantivy refuses, or panics, which derives from no `Exception`."""
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"
