"""The two steps that fill `judged_topics.jsonl` after a change of search, or for new topics.

    python -m benchmarks.judging pool FOLDER    # FOLDER/TOPIC.txt: what an engine has among its first ten and nobody has judged
    python -m benchmarks.judging take FOLDER    # FOLDER/TOPIC.tsv: id, tab, grade; all of a topic's papers, else nothing is taken

Judges are not told which engine found a paper, nor in what place; they are told `GUIDE`.
"""

import argparse
import contextlib
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import CORPUS
from benchmarks.judged import WHOLE, Judged, read_judged, write_judged
from benchmarks.ours import Ours
from benchmarks.quality import our_library, peers
from benchmarks.scoring import FIRST
from benchmarks.search_peers import Peer, records

GUIDE = """\
Grade each paper for the topic, by its title and abstract, read by you; no script decides a grade.
2  about it: an indexer who gives a paper ten keywords would give it this one, another name of it, or a narrower kind of it.
1  the topic plays a lesser part: used or treated, no subject; who follows the topic would not mind having seen it.
0  not about it: said in passing, another sense of the word, a neighbouring topic, nothing.
Names joined by = mean one topic, in its usual sense. The order is by chance.
"""
_ID = re.compile(r"(?<=\n\n)\[(\S+:\S+)\] ")


def pooled(judged: Sequence[Judged], engines: Sequence[Peer]) -> dict[str, set[str]]:
    """Each pooled topic's papers that an engine has among its first ten and nobody has judged, by the topic's file name."""
    unknown: dict[str, set[str]] = defaultdict(set)
    for one in judged:
        if one.kind != WHOLE:
            for engine in engines:
                for query in one.queries:
                    unknown[one.file_name] |= set(engine.topics(query, FIRST)[:FIRST]) - set(one.grades)
    return {name: papers for name, papers in unknown.items() if papers}


def write_batches(judged: Sequence[Judged], unknown: Mapping[str, set[str]], papers: Mapping[str, Any], folder: Path) -> None:
    """A file a topic, for whoever judges."""
    chance = random.Random(1)
    for one in judged:
        ids = sorted(unknown.get(one.file_name, ()))
        if ids:
            chance.shuffle(ids)
            texts = [f"[{paper}] {papers[paper]['title']}\n{' '.join(papers[paper]['abstract'].split())}\n" for paper in ids]
            text = "\n".join([GUIDE, f"TOPIC: {' = '.join(one.queries)}\n", *texts])
            (folder / f"{one.file_name}.txt").write_text(text, encoding="utf-8")


def taken(judged: Sequence[Judged], folder: Path) -> list[Judged]:
    """What was judged so far, with the grades of a folder.

    Raises:
        ValueError: a batch has no grades, one twice or too few, or one that is none of 0, 1, 2.
    """
    found = []
    for one in judged:
        batch = folder / f"{one.file_name}.txt"
        if one.kind == WHOLE or not batch.exists():
            found.append(one)
            continue
        lines = [line.split("\t") for line in batch.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()]
        if sorted(line[0] for line in lines) != sorted(_ID.findall(batch.read_text(encoding="utf-8"))):
            raise ValueError(f"{batch.with_suffix('.tsv')} does not grade each paper of {batch.name} once")
        if {line[-1] for line in lines} - {"0", "1", "2"}:
            raise ValueError(f"{batch.with_suffix('.tsv')} has a grade that is none of 0, 1, 2")
        found.append(Judged(one.kind, one.queries, {**one.grades, **{paper: int(grade) for paper, grade in lines}}))
    return found


def main() -> None:
    """Write what is to be judged, or take the grades in."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("step", choices=("pool", "take"))
    options.add_argument("folder", type=Path)
    asked = options.parse_args()
    judged = read_judged()
    if asked.step == "take":
        write_judged(taken(judged, asked.folder))
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as left_open:
        library = left_open.enter_context(our_library(CORPUS, Path(place)))
        unknown = pooled(judged, [Ours(library), *peers(CORPUS, Path(place), left_open)])
    write_batches(judged, unknown, {one["id"]: one for one in records(CORPUS)}, asked.folder)
    print(f"{sum(map(len, unknown.values()))} papers of {len(unknown)} topics are to be judged in {asked.folder}")


if __name__ == "__main__":
    main()
