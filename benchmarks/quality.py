"""Search quality on `../shared/data/search/dev_queries.json`: names and typing errors hit@1, topics precision@10.

Topics are scored as the file's `about` says: only papers of its pool count, strictly (`relevant`) and leniently (with
`relevant_by_title`). SQLite FTS5 bm25 answers the same questions in the same run.
"""

import json
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.corpus import CORPUS, QUERIES, corpus_lines
from benchmarks.ingest import raw_sqlite
from benchmarks.timing import row
from bot.ingest import ingest_records
from bot.lookup import look_up
from bot.model import Paper
from bot.ports import Library
from bot.query import read_query
from bot.search import search
from storage.index import TantivyIndex
from storage.store import open_store

TODAY = date(2026, 11, 23)
DEEP = 100  # how far down the list papers of the pool are looked for
Answer = Callable[[str], Sequence[str]]
"""A question → ids, best first."""


def precision(found: Sequence[str], pool: set[str], right: set[str]) -> float:
    """The share of right papers among the first ten of the pool; missing ones count as wrong."""
    return sum(one in right for one in [one for one in found if one in pool][:10]) / 10


def score(questions: dict[str, Any], topics: Answer, names: Answer) -> tuple[dict[str, float], list[str]]:
    """Each class's mean, and the questions that went worst."""
    pool = set(questions["topic_pool"])
    scores: dict[str, list[float]] = defaultdict(list)
    worst: list[tuple[float, str]] = []
    for topic in questions["topics"]:
        strict, lenient = set(topic["relevant"]), set(topic["relevant"]) | set(topic["relevant_by_title"])
        for query in topic["queries"]:
            found = topics(query)
            scores["topics precision@10 strict"].append(precision(found, pool, strict))
            scores["topics precision@10 lenient"].append(precision(found, pool, lenient))
            worst.append((precision(found, pool, lenient), query))
    for one in questions["names"] + questions["typos"]:
        kind = f"names, {one['cls']}" if "cls" in one else f"typos, {one['kind']}"
        hit = float(names(one["query"])[:1] == [one["target"]])
        scores[f"{kind} hit@1"].append(hit)
        worst.append((hit, one["query"]))
    lowest = [f"{value:.1f}  {query}" for value, query in sorted(worst)[:8] if value < 1]
    return {kind: sum(values) / len(values) for kind, values in scores.items()}, lowest


def fts5(folder: Path) -> Answer:
    """SQLite FTS5, ranked by bm25 with the title above the abstract: all words, else any."""
    connection = sqlite3.connect(folder / "raw.db")
    sql = (
        "SELECT id FROM search JOIN papers ON papers.rowid = search.rowid "
        "WHERE search MATCH ? ORDER BY bm25(search, 3, 1, 0.5) LIMIT ?"
    )

    def answer(text: str) -> list[str]:
        words = [f'"{word}"' for word in "".join(c if c.isalnum() else " " for c in text).split()]
        for joined in (" ".join(words), " OR ".join(words)):
            if found := [one for (one,) in connection.execute(sql, (joined, DEEP))]:
                return found
        return []

    return answer


def main() -> None:
    """Print a table: ours beside FTS5, then our worst questions."""
    if not QUERIES.exists():
        sys.exit(f"{QUERIES} is not there; this benchmark needs its questions.")
    questions = json.loads(QUERIES.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        raw_sqlite(CORPUS, folder)
        store = open_store(f"sqlite:///{folder / 'ours.db'}")
        index = TantivyIndex(folder / "index", store)
        ingest_records(corpus_lines(), store=store, as_of=TODAY)
        index.catch_up()
        library = Library(store, index)

        def hf_id(paper: Paper) -> str:
            return next(str(one) for one in paper.identifiers if one.scheme == "hf")

        def topics(query: str) -> list[str]:
            return [hf_id(hit.paper) for hit in search(read_query(query, today=TODAY), library, limit=DEEP).hits]

        def names(query: str) -> list[str]:
            return [hf_id(hit.paper) for hit in look_up(query, library).hits]

        ours, worst = score(questions, topics, names)
        peer, _ = score(questions, fts5(folder), fts5(folder))
        store.close()
    print(row("class", "ours", "FTS5 bm25"))
    for kind in sorted(ours):
        print(row(kind, f"{ours[kind]:.3f}", f"{peer[kind]:.3f}"))
    print("worst:", *worst, sep="\n  ")


if __name__ == "__main__":
    main()
