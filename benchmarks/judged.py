"""Topics whose papers were judged by reading them, as `judged_topics.jsonl` holds them; `benchmarks.judging` fills it.

A topic whose kind is `WHOLE` has a grade for each paper of a fixed set: nothing that an engine finds there is unknown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("judged_topics.jsonl")
DEVELOPED_ON = "topics, judged, developed on"
KEPT_ASIDE = "topics, judged, kept aside"
WHOLE = "topics, keywords"


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
