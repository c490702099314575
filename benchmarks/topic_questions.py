"""Topics to ask for: those whose papers were judged by reading them, and acronyms that a corpus's abstracts define."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.judged import WHOLE, read_judged

READING_PAPERS = 6
MAIN_READING = 0.92

_DEFINED = re.compile(r"(?P<long>(?:[A-Za-z-]+\s){2,5})\((?P<short>[A-Z][A-Za-z-]{1,7})\)")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in words, the papers about it, those and the ones about it in a wider sense, and those that count at all.

    `judged`: those whose grade is known; where it is empty, all of the pool.
    """

    kind: str
    query: str
    strict: frozenset[str]
    lenient: frozenset[str]
    pool: frozenset[str]
    judged: frozenset[str] = frozenset()


def judged_topics(papers: Sequence[dict[str, Any]]) -> list[Topic]:
    """Topics whose papers were judged by reading them, asked of a corpus that holds those papers.

    Of a pooled topic each paper that some engine had among its first ten is judged; any other counts as not about it.
    """
    ids = frozenset(one["id"] for one in papers)
    return [
        Topic(
            one.kind,
            query,
            one.graded(2),
            one.graded(1, 2),
            pool=frozenset(one.grades) if one.kind == WHOLE else ids,
            judged=frozenset(one.grades),
        )
        for one in read_judged()
        if one.graded(2) and one.grades.keys() <= ids
        for query in one.queries
    ]


def _definitions(papers: Sequence[dict[str, Any]]) -> dict[str, dict[str, set[str]]]:
    """What abstracts say an acronym stands for, letter by letter, and which papers say so."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in papers:
        for match in _DEFINED.finditer(one["abstract"]):
            short = match["short"].removesuffix("s")
            words = match["long"].replace("-", " ").split()[-len(short) :]
            if [word[0].lower() for word in words] == list(short.lower()):
                found[short][re.sub(r"(?<!s)s$", "", " ".join(words).lower())].add(one["id"])
    return found


def reading_topics(papers: Sequence[dict[str, Any]]) -> list[Topic]:
    """Acronyms that abstracts define, asked as such and in full: the field's own reading among all that define it."""
    topics = []
    for short, longs in sorted(_definitions(papers).items()):
        best, those = max(longs.items(), key=lambda item: len(item[1]))
        pool = frozenset().union(*longs.values())
        if len(those) >= READING_PAPERS and len(those) <= MAIN_READING * len(pool):
            topics += [
                Topic("topics, readings", query, frozenset(those), frozenset(those), pool) for query in (short.lower(), best)
            ]
    return topics
