"""Search quality: names, typing errors and topics, beside the peers, on the shared questions and on a split kept aside.

    python -m benchmarks.quality [--corpus FILE.jsonl.gz | --venues N [--seed N]] [--no-peers] [--ablations] [--postgres]

Topics of the shared file are scored as its `about` says: only papers of its pool count, strictly (`relevant`) and leniently
(with `relevant_by_title`). On another corpus the shared questions are left out unless it holds their papers; `--venues` makes
one of other venues and decades, other ones with another `--seed`: search may be tuned on those. `--postgres` asks all again of a
PostgreSQL store and counts answers that differ. A peer that cannot be had is named and left out.
"""

import argparse
import contextlib
import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.corpus import CORPUS, QUERIES
from benchmarks.other_venues import SEED, venue_papers, venue_questions
from benchmarks.ours import TODAY, Ours, ablations
from benchmarks.questions import Questions, held_out_questions, shared_questions, taken_by
from benchmarks.scoring import Scores, score
from benchmarks.search_peers import Bm25s, Fts5, Fuzzy, Peer, Postgres, RawTantivy, Trigrams, records
from benchmarks.search_postgres import database
from benchmarks.upsample import write_corpus
from bot.ingest import ingest_records
from bot.ports import Library
from storage.index import TantivyIndex
from storage.store import open_store

_WORST = 12
_SHOWN = 100


@contextlib.contextmanager
def our_library(file: Path, folder: Path, url: str = "") -> Iterator[Library]:
    """The corpus taken in and indexed by ours, in SQLite or in the database of a URL."""
    store = open_store(url or f"sqlite:///{folder / 'ours.db'}")
    index = TantivyIndex(folder / ("index-of-url" if url else "index"), store)
    with gzip.open(file, "rb") as lines:
        ingest_records(lines, store=store, as_of=TODAY)
    index.catch_up()
    try:
        yield Library(store, index)
    finally:
        store.close()


def peers(file: Path, folder: Path, left_open: contextlib.ExitStack) -> list[Peer]:
    """Every other engine that can be had here."""
    rows = Fts5(file, folder)
    found: list[Peer] = [rows, RawTantivy(file, folder, rows), Fuzzy(file, rows)]
    try:
        found.append(Bm25s(file, rows))
    except ImportError:
        print("bm25s is not installed: `uv run --group bench …`")
    server = left_open.enter_context(database())
    postgres = Postgres(file, server.url)
    found.append(postgres)
    if server.has_trigrams:
        found.append(Trigrams(postgres))
    else:
        print("pg_trgm is not in this PostgreSQL: install Debian's package postgresql")
    return found


def table(columns: dict[str, Scores]) -> list[str]:
    """A Markdown table: a row for each class and measure, a column for each engine or ablation."""
    rows = [f"| class | measure | {' | '.join(columns)} |", "| --- | --- |" + " ---: |" * len(columns)]
    keys = sorted({key for scores in columns.values() for key in scores.values})
    for kind, measure in keys:
        means = (scores.mean(kind, measure) for scores in columns.values())
        rows.append(f"| {kind} | {measure} | {' | '.join('–' if one is None else f'{one:.3f}' for one in means)} |")
    return rows


def print_split(title: str, questions: Questions, engines: Sequence[Peer], papers: int) -> None:
    """One split's table, and the questions that went worst with ours, the first engine."""
    columns = {one.name: score(one, questions, papers) for one in engines}
    print(f"\n## {title}: {len(questions.names)} names and titles, {len(questions.topics)} topics\n")
    print(*table(columns), sep="\n")
    print("\nworst of ours:", *columns[engines[0].name].worst(_WORST), sep="\n    ")


def print_ablations(title: str, questions: Questions, library: Library, papers: int) -> None:
    """What each feature is worth: ours whole, then without one feature each."""
    columns = {"all": score(Ours(library), questions, papers)}
    for name, index in ablations(library.index).items():
        columns[name] = score(Ours(replace(library, index=index)), questions, papers)  # type: ignore[arg-type]
    print(f"\n## Without one feature each: {title}\n")
    print(*table(columns), sep="\n")


def splits(file: Path) -> dict[str, tuple[Questions, int]]:
    """The questions to ask of a corpus, by the split's name, and how many papers it has."""
    papers = list(records(file))
    ids = {one["id"] for one in papers}
    shared = shared_questions() if QUERIES.exists() else Questions()
    fitting = shared if taken_by(shared) <= ids else Questions()
    found = {"shared questions (development)": (fitting, len(papers))} if fitting.names else {}
    return found | {"kept aside": (held_out_questions(papers, taken_by(shared)), len(papers))}


def print_differences(library: Library, other: Library, splits: Iterable[Questions]) -> None:
    """How many questions are answered otherwise, or in another order, on another database."""
    one, two = Ours(library), Ours(other)
    names = [name.query for split in splits for name in split.names]
    topics = [topic.query for split in splits for topic in split.topics]
    differing = [text for text in names if list(one.names(text)) != list(two.names(text))]
    differing += [text for text in topics if list(one.topics(text, _SHOWN)) != list(two.topics(text, _SHOWN))]
    print(f"\n## The same on PostgreSQL\n\n{len(differing)} of {len(names) + len(topics)} answers differ:")
    print(*differing[:5], sep="\n")


def venues(count: int, seed: int, folder: Path) -> tuple[Path, dict[str, tuple[Questions, int]]]:
    """A made corpus of other venues and decades, and its questions."""
    file = folder / "venues.jsonl.gz"
    write_corpus((json.dumps(record, ensure_ascii=False).encode() for record, _ in venue_papers(count, seed)), file)
    return file, {f"other venues and decades, {count:,} made papers": (venue_questions(count, seed), count)}


def main() -> None:
    """Print the tables, as Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--venues", type=int, metavar="N")
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--ablations", action="store_true")
    options.add_argument("--postgres", action="store_true")
    asked = options.parse_args()
    if not (asked.venues or asked.corpus.exists()):
        options.exit(1, f"{asked.corpus} is not there; this benchmark needs a corpus with questions about it.\n")
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as left_open:
        folder = Path(place)
        file, questions = venues(asked.venues, asked.seed, folder) if asked.venues else (asked.corpus, splits(asked.corpus))
        library = left_open.enter_context(our_library(file, folder))
        others = [] if asked.no_peers else peers(file, folder, left_open)
        for title, (split, papers) in questions.items():
            print_split(title, split, [Ours(library), *others], papers)
            if asked.ablations:
                print_ablations(title, split, library, papers)
        if asked.postgres:
            url = left_open.enter_context(database()).url
            other = left_open.enter_context(our_library(file, folder, url))
            print_differences(library, other, [split for split, _ in questions.values()])


if __name__ == "__main__":
    main()
