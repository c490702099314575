"""Ingest speed: a file of JSON lines until it can be searched, against raw `sqlite3` upserts and an FTS5 rebuild.

Two yardsticks, both of which read, unpack and decode the same file and stem their words (`porter`), as ours does:

- same rows: the very rows that ours stores (papers and identifiers, our tables and indexes), upserted raw, then FTS5 over them;
- one table: the five values of each line upserted into one bare table, then FTS5 over it. It knows of no identity at all.

Into what was stored then comes a day's digest of 50 new papers until it can be searched, and again the same day with its votes
grown, against the same 50 rows upserted raw.

    python -m benchmarks.ingest [PAPERS]      # the shared corpus by default; 100,000 are up-sampled from it
"""

import gzip
import json
import sqlite3
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.corpus import corpus_lines, generated, named
from benchmarks.timing import row, timed
from benchmarks.upsample import upsampled
from bot.ingest import ingest_digest
from bot.intake import take_in
from bot.ports import Library
from storage.index import TantivyIndex
from storage.store import open_store

ROUNDS = 7
ROUNDS_OF_MANY = 3
MANY = 50_000
DAYS = 5
OF_A_DAY = 50
TODAY = date(2026, 11, 23)
UPSERT = (
    "INSERT INTO papers VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title=excluded.title, "
    "abstract=excluded.abstract, authors=excluded.authors, date=excluded.date"
)


def raw_sqlite(file: Path, folder: Path) -> None:
    """The second yardstick: the records upserted into one table with the same durability as ours, then an FTS5 rebuild."""
    connection = sqlite3.connect(folder / "raw.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, date TEXT)")
    with gzip.open(file, "rb") as lines:
        records = (json.loads(line) for line in lines)
        rows = ((one["id"], one["title"], one["abstract"], json.dumps(one["authors"]), one["date"]) for one in records)
        connection.executemany(UPSERT, rows)
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
            return receipt.added

        first, added = timed(once)
        again, more = timed(once)
        assert added == store.count()
        assert more == 0
    finally:
        store.close()
    return first, again


def digests() -> list[bytes]:
    """Days of 50 papers, as the API answers; each day follows itself with one vote more a paper."""
    papers = generated(DAYS * OF_A_DAY)
    days = []
    for begin in range(0, len(papers), OF_A_DAY):
        for votes in (1, 2):
            listed = [
                {"paper": {"id": one["id"].removeprefix("arxiv:"), "title": one["title"], "summary": one["abstract"],
                 "authors": [{"name": name} for name in one["authors"]], "publishedAt": f"{one['date']}T00:00:00.000Z",
                 "upvotes": votes}}
                for one in papers[begin : begin + OF_A_DAY]
            ]  # fmt: skip
            days.append(json.dumps(listed).encode())
    return days


def our_day(folder: Path) -> float:
    """Seconds, as a median, to take a day's digest into what is stored, until its papers are found."""
    store = open_store(f"sqlite:///{folder / 'ours.db'}")
    try:
        index = TantivyIndex(folder / "index", store)

        def once(day: bytes) -> None:
            receipt = ingest_digest(day, store=store, as_of=TODAY, name="2026-11-23.json")
            assert receipt.added + receipt.changed == OF_A_DAY
            index.catch_up()

        seconds = sorted(timed(lambda day=day: once(day))[0] for day in digests())  # type: ignore[misc]
    finally:
        store.close()
    return seconds[len(seconds) // 2]


def raw_day(folder: Path) -> float:
    """Seconds of the yardstick for a day: its 50 rows decoded and upserted into the filled bare table, committed."""
    connection = sqlite3.connect(folder / "raw.db")
    connection.execute("PRAGMA synchronous=NORMAL")

    def once(day: bytes) -> None:
        papers = [one["paper"] for one in json.loads(day)]
        rows = [(one["id"], one["title"], one["summary"], json.dumps(one["authors"]), one["publishedAt"]) for one in papers]
        connection.executemany(UPSERT, rows)
        connection.commit()

    seconds = min(timed(lambda day=day: once(day))[0] for day in digests())  # type: ignore[misc]
    connection.close()
    return seconds


def main() -> None:
    """Print the rounds, the best of each, and the ratios."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else None
    lines = list(upsampled(wanted)) if wanted else corpus_lines()
    print(named(lines))
    print(row("round", "same rows s", "one table s", "ours s", "again s", "day ms", "raw day ms"))
    rounds: list[tuple[float, ...]] = []
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "papers.jsonl.gz"
        file.write_bytes(gzip.compress(b"\n".join(lines), compresslevel=6))
        for number in range(ROUNDS_OF_MANY if len(lines) > MANY else ROUNDS):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                total, again = ours(file, folder)
                bare = timed(lambda folder=folder: raw_sqlite(file, folder))[0]  # type: ignore[misc]
                same = raw_same_rows(file, folder, folder / "ours.db")
                rounds.append((same, bare, total, again, our_day(folder), raw_day(folder)))
            print(_row(str(number + 1), rounds[-1]), flush=True)
    best = tuple(map(min, zip(*rounds, strict=True)))
    print(_row("best", best))
    print(row("our rate to theirs", f"{best[0] / best[2]:.2f}", f"{best[1] / best[2]:.2f}", "", "", f"{best[5] / best[4]:.2f}"))


def _row(name: str, figures: tuple[float, ...]) -> str:
    return row(name, *(f"{seconds:.2f}" for seconds in figures[:4]), *(f"{seconds * 1e3:.1f}" for seconds in figures[4:]))


if __name__ == "__main__":
    main()
