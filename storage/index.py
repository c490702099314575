"""The search index: a tantivy index on local disk, derived from the store and rebuilt from it whenever it is lost or damaged.

It knows words, names and dates of papers; it does not know what a query means: bot/search.py plans that.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rapidfuzz.distance import OSA
from tantivy import Occur, Query, Searcher

from bot.model import Paper
from bot.ports import Candidates, Coverage, NameHolder, PaperStore, TitleMatch
from bot.query import Plan
from storage.index_answers import Answers
from storage.index_documents import NAME_FIELDS, PRIVATE, REACH, SEPARATOR, own, own_term, paper_text, to_space
from storage.index_folder import IndexFolder
from storage.index_queries import any_title_word, plan_query, seen
from storage.index_upkeep import IndexUpkeep

PATIENCE_S = 5.0
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
        self._upkeep = IndexUpkeep(folder, store)
        self._answers = Answers()
        self._vocabulary: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})

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

    def rebuilding(self) -> Coverage | None:
        """How far the index has come that is being built to replace this one; `None` where none is."""
        return self._upkeep.rebuilding()

    def warm(self) -> None:
        """Have the index in the machine's memory, so that the first questions do not wait for the disk."""
        self._folder.warm()

    def close(self) -> None:
        """End what goes on in the background; the next process goes on from there."""
        self._upkeep.close()

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0, viewer: str = "") -> Candidates:
        """The best papers for a plan, best first, and how many match in all."""

        def work(searcher: Searcher) -> Candidates:
            order = {"new": "published", "top": "votes"}.get(plan.sort)
            query = self._seen(searcher, plan_query(self._folder.schema, plan, searcher.doc_freq), viewer)
            found = searcher.search(query, limit, count=True, order_by_field=order, offset=offset)
            ids = searcher.fast_field_values("id", [address for _, address in found.hits])
            ranked = zip(ids, (score for score, _ in found.hits), strict=True)
            return Candidates(total=found.count, ranked=tuple((int(one or 0), float(score or 0)) for one, score in ranked))  # type: ignore[attr-defined]

        version = self._folder.version()
        if version is None:
            return self._read(work)
        return self._answers.recall(version, (plan, limit, offset, viewer), lambda: self._read(work))

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
