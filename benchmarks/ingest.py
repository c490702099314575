"""Ingest speed: JSON lines into store and search index, against raw `sqlite3` upserts and an FTS5 rebuild of the same rows."""

import json
import sqlite3
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.corpus import corpus_lines, named
from benchmarks.timing import row, timed
from bot.ingest import ingest_records
from storage.index import TantivyIndex
from storage.store import open_store

ROUNDS = 3


def raw_sqlite(lines: list[bytes], folder: Path) -> None:
    """The yardstick: the same records, upserted into one table with durable settings as ours, then an FTS5 rebuild."""
    connection = sqlite3.connect(folder / "raw.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, date TEXT)")
    upsert = (
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title=excluded.title, "
        "abstract=excluded.abstract, authors=excluded.authors, date=excluded.date"
    )
    records = (json.loads(line) for line in lines)
    rows = ((one["id"], one["title"], one["abstract"], json.dumps(one["authors"]), one["date"]) for one in records)
    connection.executemany(upsert, rows)
    connection.commit()
    connection.execute("CREATE VIRTUAL TABLE search USING fts5(title, abstract, authors, content='papers', tokenize='porter')")
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
    connection.commit()
    connection.close()


def ours(lines: list[bytes], folder: Path) -> tuple[float, float, float]:
    """Seconds to store, to index, and to store the same again."""
    store = open_store(f"sqlite:///{folder / 'ours.db'}")
    try:
        stored, receipt = timed(lambda: ingest_records(lines, store=store, as_of=date(2026, 11, 23)))
        assert receipt.added + receipt.changed + receipt.unchanged == len(lines)
        indexed, _ = timed(TantivyIndex(folder / "index", store).catch_up)
        again, receipt = timed(lambda: ingest_records(lines, store=store, as_of=date(2026, 11, 23)))
        assert receipt.added == receipt.changed == 0
    finally:
        store.close()
    return stored, indexed, again


def main() -> None:
    """Print the rounds, and the ratio of the best of each."""
    lines = corpus_lines()
    print(named(lines))
    print(row("round", "raw s", "store s", "index s", "again s", "rate ratio"))
    raws, totals = [], []
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            raw, _ = timed(lambda folder=folder: raw_sqlite(lines, Path(folder)))  # type: ignore[misc]
            stored, indexed, again = ours(lines, Path(folder))
        raws.append(raw)
        totals.append(stored + indexed)
        times = [f"{seconds:.2f}" for seconds in (raw, stored, indexed, again)]
        print(row(str(number), *times, f"{raw / (stored + indexed):.2f}"))
    print(row("best of each", f"{min(raws):.2f}", f"{min(totals):.2f}", "", "", f"{min(raws) / min(totals):.2f}"))


if __name__ == "__main__":
    main()
