"""Ingest speed: a file of JSON lines until it can be searched, against raw `sqlite3` upserts and an FTS5 rebuild.

Both read, unpack and decode the same file. The yardstick stems its words too (`porter`), as our index does.
"""

import gzip
import json
import sqlite3
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.corpus import CORPUS, corpus_lines, named
from benchmarks.timing import row, timed
from bot.intake import take_in
from bot.ports import Library
from storage.index import TantivyIndex
from storage.store import open_store

ROUNDS = 5
TODAY = date(2026, 11, 23)


def raw_sqlite(file: Path, folder: Path) -> None:
    """The yardstick: the records upserted into one table with the same durability as ours, then an FTS5 rebuild."""
    connection = sqlite3.connect(folder / "raw.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, date TEXT)")
    upsert = (
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title=excluded.title, "
        "abstract=excluded.abstract, authors=excluded.authors, date=excluded.date"
    )
    with gzip.open(file, "rb") as lines:
        records = (json.loads(line) for line in lines)
        rows = ((one["id"], one["title"], one["abstract"], json.dumps(one["authors"]), one["date"]) for one in records)
        connection.executemany(upsert, rows)
    connection.commit()
    connection.execute("CREATE VIRTUAL TABLE search USING fts5(title, abstract, authors, content='papers', tokenize='porter')")
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
    connection.commit()
    connection.close()


def ours(file: Path, folder: Path) -> tuple[float, float]:
    """Seconds until all can be searched, and to take the same file in again."""
    store = open_store(f"sqlite:///{folder / 'ours.db'}")
    try:
        library = Library(store, TantivyIndex(folder / "index", store))

        def once() -> int:
            receipt = take_in(str(file), library, TODAY)
            library.index.catch_up()
            return receipt.added + receipt.changed

        first, new = timed(once)
        again, changed = timed(once)
        assert new == store.count()
        assert changed == 0
    finally:
        store.close()
    return first, again


def main() -> None:
    """Print the rounds, and the ratio of the best of each."""
    lines = corpus_lines()
    print(named(lines))
    print(row("round", "raw s", "ours s", "again s", "rate ratio"))
    raws, totals = [], []
    with tempfile.TemporaryDirectory() as place:
        file = CORPUS if CORPUS.exists() else Path(place) / "generated.jsonl.gz"
        if not CORPUS.exists():
            file.write_bytes(gzip.compress(b"\n".join(lines)))
        for number in range(1, ROUNDS + 1):
            with tempfile.TemporaryDirectory() as folder:
                raw, _ = timed(lambda folder=folder: raw_sqlite(file, Path(folder)))  # type: ignore[misc]
                total, again = ours(file, Path(folder))
            raws.append(raw)
            totals.append(total)
            print(row(str(number), f"{raw:.2f}", f"{total:.2f}", f"{again:.2f}", f"{raw / total:.2f}"))
    print(row("best of each", f"{min(raws):.2f}", f"{min(totals):.2f}", "", f"{min(raws) / min(totals):.2f}"))


if __name__ == "__main__":
    main()
