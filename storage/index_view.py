"""The index at one moment, as one viewer may see it: what every question to it is asked through."""

from dataclasses import dataclass

from tantivy import Document, Occur, Query, Schema, Searcher

from storage.index_documents import PRIVATE, REACH, own, own_term, to_space
from storage.index_queries import seen


@dataclass(frozen=True, slots=True)
class View:
    """What is committed, and for whom; `viewer` is a space, or empty: anybody."""

    searcher: Searcher
    schema: Schema
    viewer: str

    def seen(self, query: Query) -> Query:
        """The query, over what the viewer may see; it stays as it is where nothing at all is private."""
        return seen(self.schema, query, self.viewer) if self.searcher.doc_freq(REACH, PRIVATE) else query

    def says(self, field: str, term: str) -> bool:
        """Whether a paper that the viewer may see holds a term in a field."""
        if not self.searcher.doc_freq(field, term) or not self.searcher.doc_freq(REACH, PRIVATE):
            return bool(self.searcher.doc_freq(field, term))
        query = self.seen(Query.term_query(self.schema, field, term, "freq"))
        return bool(self.searcher.search(query, 1, count=False).hits)

    def terms(self, field: str, prefix: str) -> list[tuple[str, int]]:
        """The terms of a vocabulary that begin so, and how many papers have each: public ones and the viewer's own."""
        terms: list[tuple[str, int]] = self.searcher.terms_with_prefix(field, prefix)
        if self.has_own():
            start = own_term(self.viewer, "")
            its = self.searcher.terms_with_prefix(own(field), start + prefix)
            terms += [(term.removeprefix(start), count) for term, count in its]
        return terms

    def has_own(self) -> bool:
        """Whether the viewer has papers of its own."""
        return bool(self.viewer) and bool(self.searcher.doc_freq(REACH, to_space(self.viewer)))

    def exactly(self, field: str, key: str) -> Query:
        """The papers with a term in a vocabulary: public ones, and the viewer's own."""
        public = Query.term_query(self.schema, field, key)
        if not self.has_own():
            return public
        its = Query.term_query(self.schema, own(field), own_term(self.viewer, key))
        return Query.boolean_query([(Occur.Should, public), (Occur.Should, its)])

    def nearly(self, field: str, key: str, edits: int, *, begins: bool) -> Query:
        """The papers with a term of a vocabulary at most that many letters away, or that `begins` so.

        An edit may fall on the space before an own term, which makes it another space's: `seen` goes around this.
        """
        public = Query.fuzzy_term_query(self.schema, field, key, edits, True, begins)
        if not self.has_own():
            return public
        its = Query.fuzzy_term_query(self.schema, own(field), own_term(self.viewer, key), edits, True, begins)
        return Query.boolean_query([(Occur.Should, public), (Occur.Should, its)])

    def documents(self, query: Query, limit: int) -> list[Document]:
        """What is stored of the best papers for a query, best first."""
        hits = self.searcher.search(query, limit, count=False).hits
        return [self.searcher.doc(address) for _, address in hits]
