"""Search speed: `/papers` and `/paper` on the corpus, against raw tantivy with rows fetched and SQLite FTS5 bm25.

The yardstick runs the words of a query as one tantivy query over the same index and fetches the rows of the same store,
so the ratio is what our planning, ranking and reasons cost on top. FTS5 stands beside it, over the same texts.
"""

import gzip
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

from tantivy import Index

from benchmarks.corpus import CORPUS, corpus_lines, named
from benchmarks.ingest import raw_sqlite
from benchmarks.timing import each, percentile, row
from bot.app import answer_now
from bot.desk import Desk
from bot.ingest import ingest_records
from bot.lookup import look_up
from bot.ports import Library
from bot.printing import printed
from bot.query import read_query
from bot.search import search
from storage.index import TantivyIndex
from storage.index_documents import paper_text
from storage.store import SqlPaperStore, open_store

TODAY = date(2026, 11, 23)
TOPICS = (
    "rl", "reinforcement learning", "llm", "world models", "rag", "gnn", "diffusion", "robot manipulation", "icl",
    "video generation", "mixture of experts", "speech recognition", "long context", "time series", "federated learning",
    '"chain of thought" -survey', "agents benchmark", "code generation", "3d gaussian splatting", "safety alignment",
)  # fmt: skip
NAMES = (
    "LLaVA-Critic",
    "OpenVLA",
    "Infinity",
    "SKETCH",
    "DattaDream",
    "EMOVA",
    "FiTg2",
    "Demystifying Reinforcement Learning in Ageentic",
)
REPEATS = 15
PAGE = 5


def raw_tantivy(folder: Path, store: SqlPaperStore) -> Callable[[str], object]:
    """The words as one query on title and abstract, the best page fetched from the store."""
    index = Index.open(str(next((folder / "index").glob("format-*"))))
    index.register_tokenizer("paper_text", paper_text())
    index.reload()

    def run(text: str) -> object:
        searcher = index.searcher()
        query, _ = index.parse_query_lenient(text, ["title", "abstract"], {"title": 3.0}, conjunction_by_default=True)
        hits = searcher.search(query, PAGE).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return store.papers([int(one or 0) for one in ids])

    return run


def fts5(folder: Path) -> Callable[[str], object]:
    """SQLite's own full-text search, ranked by bm25, over the same papers."""
    connection = sqlite3.connect(folder / "raw.db")
    query = (
        "SELECT papers.* FROM search JOIN papers ON papers.rowid = search.rowid "
        "WHERE search MATCH ? ORDER BY bm25(search, 3.0, 1.0, 0.5) LIMIT 5"
    )

    def run(text: str) -> object:
        words = [word.strip('"') for word in text.split() if not word.startswith("-")]
        return connection.execute(query, (" ".join(f'"{word}"' for word in words),)).fetchall()

    return run


def measure(name: str, work: Callable[[str], object], queries: tuple[str, ...], yardstick_s: float | None) -> float:
    """Print one row and return the median in seconds. Each query runs once before, so all is warm."""
    each(work, queries)
    seconds = each(work, queries * REPEATS)
    median = percentile(seconds, 0.5)
    ratio = f"{median / yardstick_s:.2f}" if yardstick_s else "1.00"
    print(row(name, f"{median * 1e3:.2f}", f"{percentile(seconds, 0.99) * 1e3:.2f}", ratio))
    return median


def main() -> None:
    """Print one row a kind of question."""
    lines = corpus_lines()
    print(named(lines))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = CORPUS if CORPUS.exists() else folder / "generated.jsonl.gz"
        if not CORPUS.exists():
            file.write_bytes(gzip.compress(b"\n".join(lines)))
        raw_sqlite(file, folder)
        store = open_store(f"sqlite:///{folder / 'ours.db'}")
        index = TantivyIndex(folder / "index", store)
        ingest_records(lines, store=store, as_of=TODAY)
        index.catch_up()
        library = Library(store, index)
        desk = Desk(library=library, now=datetime.combine(TODAY, time(12), UTC), today=TODAY)
        print(row("warm", "median ms", "p99 ms", "to yardstick"))
        raw = measure("raw tantivy + row fetch (the yardstick)", raw_tantivy(folder, store), TOPICS, None)
        measure("SQLite FTS5 bm25", fts5(folder), TOPICS, raw)
        measure("search: /papers topic", lambda text: search(read_query(text, today=TODAY), library, limit=PAGE), TOPICS, raw)
        measure("look up: /paper name", lambda text: look_up(text, library), NAMES, raw)
        measure("/papers, text in to card out", lambda text: answer_now(f"/papers {text}", desk), TOPICS, raw)
        measure(
            "/papers, text in to Slack payload out",
            lambda text: printed(answer_now(f"/papers {text}", desk), "slack"),
            TOPICS,
            raw,
        )
        store.close()


if __name__ == "__main__":
    main()
