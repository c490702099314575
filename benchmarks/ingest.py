"""Ingest speed: a file of JSON lines until it can be searched, against raw `sqlite3` upserts and an FTS5 rebuild.

Two yardsticks, both of which read, unpack and decode the same file and stem their words (`porter`), as ours does:

- same rows: the very rows that ours stores (papers and identifiers, our tables and indexes), upserted raw, then FTS5 over them;
- one table: the five values of each line upserted into one bare table, then FTS5 over it. It knows of no identity at all.
"""

import gzip
import json
import sqlite3
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.corpus import CORPUS, corpus_lines, named
from benchmarks.timing import row, timed
from bot.intake import take_in
from bot.ports import Library
from storage.index import TantivyIndex
from storage.store import open_store

ROUNDS = 7
TODAY = date(2026, 11, 23)


def raw_sqlite(file: Path, folder: Path) -> None:
    """The second yardstick: the records upserted into one table with the same durability as ours, then an FTS5 rebuild."""
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


def raw_same_rows(file: Path, folder: Path, stored: Path) -> float:
    """Seconds of the first yardstick: what ours stored is read back beforehand and upserted into tables of the same shape."""
    source = sqlite3.connect(stored)
    of_tables = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('papers', 'identifiers') AND sql > ''"
    shapes = [sql for (sql,) in source.execute(of_tables)]
    orders = {"papers": "id", "identifiers": "paper_id, position"}
    rows = {table: source.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall() for table, order in orders.items()}
    source.close()
    connection = sqlite3.connect(folder / "same.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    for sql in shapes:
        connection.execute(sql)
    start = time.perf_counter()
    with gzip.open(file, "rb") as lines:
        assert sum(bool(json.loads(line)) for line in lines) >= len(rows["papers"])
    for table, values in rows.items():
        names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        marks, changes = ",".join("?" * len(names)), ",".join(f"{name}=excluded.{name}" for name in names)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO UPDATE SET {changes}", values)
    connection.commit()
    connection.execute("CREATE VIRTUAL TABLE search USING fts5(title, abstract, authors, content='papers', tokenize='porter')")
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
    connection.commit()
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


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
    """Print the rounds, the best of each, and the ratios."""
    lines = corpus_lines()
    print(named(lines))
    print(row("round", "same rows s", "one table s", "ours s", "again s"))
    same, bare, totals = [], [], []
    with tempfile.TemporaryDirectory() as place:
        file = CORPUS if CORPUS.exists() else Path(place) / "generated.jsonl.gz"
        if not CORPUS.exists():
            file.write_bytes(gzip.compress(b"\n".join(lines)))
        for number in range(1, ROUNDS + 1):
            with tempfile.TemporaryDirectory() as folder:
                total, again = ours(file, Path(folder))
                bare.append(timed(lambda folder=folder: raw_sqlite(file, Path(folder)))[0])  # type: ignore[misc]
                same.append(raw_same_rows(file, Path(folder), Path(folder) / "ours.db"))
            totals.append(total)
            print(row(str(number), *(f"{seconds:.2f}" for seconds in (same[-1], bare[-1], total, again))))
    print(row("best", *(f"{min(seconds):.2f}" for seconds in (same, bare, totals))))
    print(row("our rate to theirs", f"{min(same) / min(totals):.2f}", f"{min(bare) / min(totals):.2f}"))


if __name__ == "__main__":
    main()
