"""How search grows with the corpus, from 10,000 papers to 1,000,000.

    python -m benchmarks.search_growth [--corpus 1m.jsonl.gz] [--sizes 10000 30000 …] [--keep FOLDER]

Prints a table and draws `docs/images/search-growth.svg`: ours by class and SQLite FTS5 on topics, warm, p99 of the processor's
time against papers, both axes logarithmic: wall clocks tell how busy others kept the machine in the half hour that this takes.
A given corpus is cut to each size; without one it is made. What is kept in the folder is not measured again, nor is what
`benchmarks.search --keep` has measured there.
"""

import argparse
import contextlib
import gzip
import json
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from math import log10
from pathlib import Path
from typing import Any, Final

from benchmarks.search import figures, measure, time_peer
from benchmarks.search_peers import Fts5
from benchmarks.upsample import fill_database, upsampled, write_corpus

SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MOST_FTS5: Final = 300_000  # its table of a million takes longer than all of ours
PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "search-growth.svg"
CLASSES: Final = ("topics", "common words", "names", "typos, names", "typos, titles", "completion")
COLOURS: Final = ("#1f77b4", "#17becf", "#2ca02c", "#d62728", "#ff7f0e", "#9467bd", "#7f7f7f")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 440, 60, 20, 190, 50
LOWEST_MS, HIGHEST_MS = 0.1, 1_000.0


def at_size(papers: int, corpus: Path | None, folder: Path) -> dict[str, Any]:
    """Median and p99 by class in milliseconds of the processor, seconds, bytes; from the folder where it was measured before."""
    kept = folder / f"{papers}.json"
    if kept.exists():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    with tempfile.TemporaryDirectory(dir=folder) as place:
        here = Path(place)
        file, database = here / "corpus.jsonl.gz", here / "papers.db"
        if corpus:
            with gzip.open(corpus, "rb") as lines:
                write_corpus((line.rstrip(b"\n") for line in islice(lines, papers)), file)
        else:
            write_corpus(upsampled(papers), file)
        fill_database(file, database)
        ours = measure(file, database, here)
        times = {kind: ours.run["busy"][kind] for kind in CLASSES if kind in ours.run["busy"]}
        if papers <= MOST_FTS5:
            times["FTS5, topics"] = time_peer(Fts5(file, here), "topics", ours.questions["topics"], time.thread_time)
        result = figures(ours, times)
    kept.write_text(json.dumps(result), encoding="utf-8")
    return result


def table(results: Sequence[dict[str, Any]]) -> list[str]:
    """A Markdown table with a row a size."""
    kinds = list(results[0]["ms"])
    heads = ["papers", *(f"{kind} ms" for kind in kinds), "build s", "index : text", "resident MB", "of it own", "50 new s"]
    rows = [f"| {' | '.join(heads)} |", "|" + " ---: |" * len(heads)]
    for one in results:
        times = (one["ms"].get(kind) for kind in kinds)
        cells = [f"{one['papers']:,}", *(f"{pair[0]:.2f} / {pair[1]:.1f}" if pair else "–" for pair in times)]
        cells += [f"{one['build_s']:.0f}", f"{one['index_to_text']:.2f}", f"{one['resident_mb']:.0f}", f"{one['own_mb']:.0f}"]
        rows.append("| " + " | ".join([*cells, f"{one['new_s']:.2f}"]) + " |")
    return rows


def drawn(results: Sequence[dict[str, Any]]) -> str:
    """The curves of the p99s as an SVG."""
    least, most = log10(results[0]["papers"]), log10(results[-1]["papers"])

    def across(papers: float) -> float:
        return LEFT + (log10(papers) - least) / max(most - least, 1e-9) * (WIDTH - LEFT - RIGHT)

    def down(ms: float) -> float:
        share = log10(min(max(ms, LOWEST_MS), HIGHEST_MS) / LOWEST_MS) / log10(HIGHEST_MS / LOWEST_MS)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        "<title>p99 of a search in milliseconds of the processor, warm, by number of papers</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for ms in (0.1, 1, 10, 100, 1_000):
        parts.append(f'<path d="M{LEFT} {down(ms):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{down(ms) + 4:.1f}" text-anchor="end">{ms:g} ms</text>')
    for one in results:
        x = across(one["papers"])
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{one["papers"]:,}</text>')
    middle = (WIDTH - RIGHT + LEFT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">papers; p99 of processor time, warm</text>')
    for number, (kind, colour) in enumerate(zip(results[0]["ms"], COLOURS, strict=False)):
        points = " ".join(f"{across(one['papers']):.1f},{down(one['ms'][kind][1]):.1f}" for one in results if kind in one["ms"])
        dashed = ' stroke-dasharray="5 4"' if kind.startswith("FTS5") else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        y = TOP + 14 + 20 * number
        parts.append(f'<path d="M{WIDTH - RIGHT + 16} {y - 4}h22" stroke="{colour}" stroke-width="2"{dashed}/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 44}" y="{y}">{kind}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Measure each size, print the table, draw the picture."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--keep", type=Path)
    asked = options.parse_args()
    with contextlib.ExitStack() as left_open:
        folder = asked.keep or Path(left_open.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True, parents=True)
        results = [at_size(papers, asked.corpus, folder) for papers in sorted(asked.sizes)]
    print(*table(results), sep="\n")
    PICTURE.write_text(drawn(results), encoding="utf-8")


if __name__ == "__main__":
    main()
