"""Topics whose papers were judged by reading them: `judged_topics.jsonl`, and the two steps that fill it.

    python -m benchmarks.judging pool FOLDER    # FOLDER/TOPIC.txt: what an engine has among its first ten and nobody has judged
    python -m benchmarks.judging take FOLDER    # FOLDER/TOPIC.tsv: id, tab, grade; all of a topic's papers, else nothing is taken

Judges are not told which engine found a paper, nor in what place; they are told `GUIDE`. A topic whose kind is `WHOLE` has a
grade for each paper of a fixed set: nothing that an engine finds there is unknown.
"""

import argparse
import contextlib
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.search_peers import Peer

FILE = Path(__file__).with_name("judged_topics.jsonl")
DEVELOPED_ON = "topics, judged, developed on"
KEPT_ASIDE = "topics, judged, kept aside"
WHOLE = "topics, keywords"
FIRST = 10
GUIDE = """\
Grade each paper for the topic, by its title and abstract, read by you; no script decides a grade.
2  about it: an indexer who gives a paper ten keywords would give it this one, another name of it, or a narrower kind of it.
1  the topic plays a lesser part: used or treated, no subject; who follows the topic would not mind having seen it.
0  not about it: said in passing, another sense of the word, a neighbouring topic, nothing.
Names joined by = mean one topic, in its usual sense. The order is by chance.
"""
_ID = re.compile(r"(?<=\n\n)\[(\S+:\S+)\] ")


@dataclass(frozen=True, slots=True)
class Judged:
    """A topic, the ways it is asked for, and the grade of each paper that was judged: 2 about it, 1 in a wider sense, 0 not."""

    kind: str
    queries: Sequence[str]
    grades: Mapping[str, int]

    @property
    def file_name(self) -> str:
        """What its files are called, without the ending."""
        return self.queries[0].replace(" ", "_")

    def graded(self, *grades: int) -> frozenset[str]:
        """The papers with one of these grades."""
        return frozenset(one for one, grade in self.grades.items() if grade in grades)


def read_judged(file: Path = FILE) -> list[Judged]:
    """What was judged so far."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.append(Judged(one["kind"], one["queries"], {paper: grade for grade in range(3) for paper in one[str(grade)]}))
    return found


def write_judged(judged: Sequence[Judged], file: Path = FILE) -> None:
    """A line a topic, papers in order."""
    lines = [
        json.dumps({"kind": one.kind, "queries": one.queries} | {str(grade): sorted(one.graded(grade)) for grade in (2, 1, 0)})
        for one in judged
    ]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


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
    from benchmarks.corpus import CORPUS  # noqa: PLC0415 - the engines are not needed to read grades
    from benchmarks.ours import Ours  # noqa: PLC0415
    from benchmarks.quality import our_library, peers  # noqa: PLC0415
    from benchmarks.search_peers import records  # noqa: PLC0415

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
