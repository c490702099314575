"""Search speed and cost at a size: ours in a fresh process, beside the peers over the same papers in the same run.

    python -m benchmarks.search [--papers N | --corpus FILE.jsonl.gz --database FILE.db] [--no-peers] [--load] [--keep FOLDER]

Text in to hits out with the rows of the best five fetched. Each class of questions is timed in a first pass, with nothing of the
files in memory, and warm. The ratios that are promised stand below the table. A given database is copied, never written to.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.corpus import corpus_lines
from benchmarks.quality import peers
from benchmarks.questions import held_out_questions, read_papers, shared_questions, taken_by
from benchmarks.search_peers import Peer, records
from benchmarks.timing import each, percentile, timed
from benchmarks.upsample import fill_database, upsampled, write_corpus
from bot.app import index_folder
from storage.index import TantivyIndex
from storage.store import open_store

TOPICS: Final = (
    "rl", "reinforcement learning", "llm", "world models", "rag", "gnn", "diffusion", "robot manipulation", "icl",
    "video generation", "mixture of experts", "speech recognition", "long context", "time series", "federated learning",
    '"chain of thought" -survey', "agents benchmark", "code generation", "3d gaussian splatting", "safety alignment",
)  # fmt: skip
COMMON: Final = (
    "model", "models", "learning", "language", "data", "method", "training", "performance", "results", "tasks", "based", "the",
    "of", "language models", "large language models", "the model", "learning of data",
)  # fmt: skip
UNKNOWN: Final = ("Quuxalotl", "ZorbNet-9", "Blithering-VLX", "Xyzzyplugh", "Frobnicate3D", "QWOPzilla", "NNNNNN", "Wibblewobble")
MOST_SECONDS: Final = 20.0
"""A peer's class is given up when its first questions take so long."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that must hold: what it is, its value, and the most it may be."""

    what: str
    value: float
    most: float

    def __str__(self) -> str:
        verdict = "holds" if self.value <= self.most else "**does not hold**"
        return f"| {self.what} | {self.value:.2f} | {self.most:g} | {verdict} |"


@dataclass(frozen=True, slots=True)
class Measured:
    """Ours at a size: papers, bytes of text and index, seconds to build it, the questions, and what `search_run` gave."""

    papers: int
    text_bytes: int
    build_s: float
    index_bytes: int
    questions: dict[str, list[str]]
    run: dict[str, Any]

    def __str__(self) -> str:
        memory = ", ".join(f"{key} {value / 1e3:,.0f} MB" for key, value in self.run["memory"].items())
        new = ", ".join(f"{one:.2f}" for one in self.run["new_s"])
        return (
            f"{self.papers:,} papers, {self.text_bytes / 1e6:,.0f} MB of text; index built in {self.build_s:.1f} s, "
            f"{self.index_bytes / 1e6:,.0f} MB\nopened in {self.run['open_s']:.2f} s; {memory}; 50 new papers {new} s"
        )


def speed_questions() -> dict[str, list[str]]:
    """Questions by class; all but the common and unknown words are about real papers, which every corpus holds."""
    papers = read_papers(corpus_lines())
    try:
        shared = shared_questions()
        made = held_out_questions(papers, taken_by(shared))
    except FileNotFoundError:
        return {"topics": list(TOPICS), "common words": list(COMMON), "names, unknown": list(UNKNOWN)}
    names = {"names": "names,", "typos, names": "typos, name", "typos, titles": "typos, "}
    found = {
        "topics": list(dict.fromkeys([*TOPICS, *(one.query for one in (*shared.topics, *made.topics))])),
        "common words": list(COMMON),
    }
    asked = [*shared.names, *made.names]
    for kind, start in names.items():
        taken = {query for queries in found.values() for query in queries}
        found[kind] = list(dict.fromkeys(one.query for one in asked if one.kind.startswith(start) and one.query not in taken))
    found["names, unknown"] = list(UNKNOWN)
    found["completion"] = [f"/paper {name[:length]}" for name in found["names"][::4] for length in (1, 2, 3, 5, 8)]
    found["completion, misspelt"] = [f"/paper {name}" for name in found["typos, names"]]
    return found


def run_program(module: str, database: Path, folder: Path, *, stdout: int | None) -> str:
    """A program of ours in a process of its own, about the questions in the folder; what it printed, where that is asked for."""
    sys.stdout.flush()
    command = [sys.executable, "-m", module, str(database), str(folder / "questions.json"), str(folder)]
    return subprocess.run(command, check=True, stdout=stdout, text=True).stdout or ""  # noqa: S603 - our own words


def build_index(database: Path) -> tuple[float, int]:
    """Seconds to index a database anew, and the index's bytes."""
    folder = index_folder(f"sqlite:///{database}")
    shutil.rmtree(folder, ignore_errors=True)
    store = open_store(f"sqlite:///{database}")
    seconds, _ = timed(TantivyIndex(folder, store).catch_up)
    store.close()
    return seconds, sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def text_bytes(corpus: Path) -> tuple[int, int]:
    """How many papers a corpus has, and the bytes of their titles, abstracts and authors."""
    count = size = 0
    for one in records(corpus):
        count += 1
        size += sum(len(text.encode()) for text in (one["title"], one["abstract"], *one["authors"]))
    return count, size


def time_peer(peer: Peer, kind: str, asked: Sequence[str], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Seconds of each question of a class by a clock, warm; fewer are asked of a slow one."""
    work: Callable[[str], object] = peer.names if kind.startswith(("names", "typos")) else peer.page
    if kind.startswith("completion") or (peer.name == "WRatio" and not kind.startswith(("names", "typos"))):
        return []
    few = asked[:: max(1, len(asked) // 20)]
    spent, _ = timed(lambda: each(work, few))
    return each(work, few if spent > MOST_SECONDS / 10 else asked, clock)


def milliseconds(seconds: Sequence[float]) -> str:
    """Median and p99."""
    return f"{percentile(list(seconds), 0.5) * 1e3:.2f} / {percentile(list(seconds), 0.99) * 1e3:.2f}" if seconds else "–"


def print_speed(run: dict[str, Any], theirs: dict[str, dict[str, list[float]]]) -> None:
    """A row for each class: ours first and warm, then each peer, median / p99."""
    print(f"\n| ms, median / p99 | ours, first pass | ours, warm | of the processor | {' | '.join(theirs)} |")
    print("| --- |" + " ---: |" * (3 + len(theirs)))
    for kind in run["warm"]:
        cells = [run["first"][kind], run["warm"][kind], run["busy"][kind], *(one.get(kind, []) for one in theirs.values())]
        print(f"| {kind} | {' | '.join(map(milliseconds, cells))} |")


def promises(ours: Measured, fts5: dict[str, list[float]]) -> list[Promise]:
    """What issue 7 asks for at this size."""
    run, large = ours.run, ours.papers > 500_000
    warm, first = run["warm"], run["first"]
    searched = sorted(warm["topics"] + warm.get("names", []))

    def worst(kinds: str, of: dict[str, list[float]]) -> float:
        found = sorted(seconds for kind, values in of.items() if kind.startswith(kinds) for seconds in values)
        return percentile(found, 0.99) * 1e3 if found else 0.0

    kept = [
        Promise("completion p99, ms", worst("completion", warm), 30 if large else 10),
        Promise("misspelt p99, ms", worst("typos", warm), 30 if large else 10),
        Promise("50 new papers, s", max(run["new_s"]), 1.0),
        Promise("index to text", ours.index_bytes / ours.text_bytes, 0.6),
    ]
    if large:
        everything = sorted(seconds for values in first.values() for seconds in values)
        kept.append(Promise("topics and names p99 warm, ms", percentile(searched, 0.99) * 1e3, 20))
        kept.append(Promise("first pass p99, all classes, ms", percentile(everything, 0.99) * 1e3, 100))
        kept.append(Promise("resident, MB", run["memory"]["VmRSS"] / 1e3, 400))
    else:
        kept.append(Promise("topics and names median, ms", percentile(searched, 0.5) * 1e3, 1.5))
    if fts5:
        theirs = sorted(fts5["topics"] + fts5.get("names", []))
        kept.append(Promise("topics and names p99 to FTS5's", percentile(searched, 0.99) / percentile(theirs, 0.99), 0.5))
        common = percentile(warm["common words"], 0.5) / percentile(fts5["common words"], 0.5)
        kept.append(Promise("commonest words, median to FTS5's", common, 0.1))
        commonest = percentile(warm["common words"], 0.99) / percentile(fts5["common words"], 0.99)
        kept.append(Promise("commonest words, p99 to FTS5's", commonest, 0.1))
    return kept


def prepare(asked: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """The corpus and a database of our own that holds it."""
    corpus = asked.corpus or folder / "corpus.jsonl.gz"
    if not corpus.exists():
        write_corpus(upsampled(asked.papers), corpus)
    database = folder / "papers.db"
    if database.exists():
        return corpus, database
    if asked.database:
        shutil.copyfile(asked.database, database)
    else:
        fill_database(corpus, database)
    return corpus, database


def measure(corpus: Path, database: Path, folder: Path) -> Measured:
    """Index a database anew and ask it everything; the corpus tells how much text it is of."""
    count, size = text_bytes(corpus)
    build_s, index_bytes = build_index(database)
    questions = speed_questions()
    (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    run = json.loads(run_program("benchmarks.search_run", database, folder, stdout=subprocess.PIPE).splitlines()[-1])
    return Measured(count, size, build_s, index_bytes, questions, run)


def figures(ours: Measured, times: dict[str, list[float]]) -> dict[str, Any]:
    """What `benchmarks.search_growth` draws of a size: milliseconds of the processor, median and p99 by class; seconds; bytes."""
    return {
        "papers": ours.papers,
        "ms": {kind: [percentile(sorted(values), share) * 1e3 for share in (0.5, 0.99)] for kind, values in times.items()},
        "build_s": ours.build_s,
        "index_to_text": ours.index_bytes / ours.text_bytes,
        "resident_mb": ours.run["memory"]["VmRSS"] / 1e3,
        "own_mb": ours.run["memory"]["RssAnon"] / 1e3,
        "new_s": max(ours.run["new_s"]),
    }


def main() -> None:
    """Print the tables, as Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=9_877)
    options.add_argument("--corpus", type=Path)
    options.add_argument("--database", type=Path)
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--load", action="store_true")
    options.add_argument("--keep", type=Path, help="a folder that is used again, by benchmarks.search_growth too")
    asked = options.parse_args()
    with contextlib.ExitStack() as left_open:
        folder = asked.keep or Path(left_open.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True, parents=True)
        corpus, database = prepare(asked, folder)
        ours = measure(corpus, database, folder)
        (folder / f"{ours.papers}.json").write_text(json.dumps(figures(ours, ours.run["busy"])), encoding="utf-8")
        print(ours)
        others = [] if asked.no_peers else peers(corpus, folder, left_open)
        theirs = {peer.name: {kind: time_peer(peer, kind, texts) for kind, texts in ours.questions.items()} for peer in others}
        print_speed(ours.run, theirs)
        print("\n| promised | measured | at most | |\n| --- | ---: | ---: | --- |")
        print(*promises(ours, theirs.get("FTS5 bm25", {})), sep="\n")
        if asked.load:
            run_program("benchmarks.search_load", database, folder, stdout=None)


if __name__ == "__main__":
    main()
