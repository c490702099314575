"""Topics to ask for, made out of a corpus: keywords of Hugging Face's answers, and acronyms that abstracts define."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.corpus import SHARED

KEYWORD_PAPERS = 5
READING_PAPERS = 6
MAIN_READING = 0.92

_DEFINED = re.compile(r"(?P<long>(?:[A-Za-z-]+\s){2,5})\((?P<short>[A-Z][A-Za-z-]{1,7})\)")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in words, the papers about it, those that are about it in a wider sense too, and those that were judged."""

    kind: str
    query: str
    strict: frozenset[str]
    lenient: frozenset[str]
    pool: frozenset[str]


def keyword_topics(papers: Sequence[dict[str, Any]]) -> list[Topic]:
    """Keywords that Hugging Face's answers give at least five papers of the corpus; those papers alone are judged.

    In the wider sense a paper has a keyword, too, that holds this one or what abstracts define as the same: "LLM agents" is on
    large language models. The keywords are words of the abstract, seldom two names of one thing.
    """
    ids = {one["id"] for one in papers}
    keywords: dict[str, list[str]] = {}
    said: dict[str, set[str]] = defaultdict(set)
    for file in sorted((SHARED / "hf_api").glob("*.json")):
        for answer in json.loads(file.read_text(encoding="utf-8")):
            paper = answer.get("paper", {}) if isinstance(answer, dict) else {}
            paper_id = f"hf:{paper.get('id')}"
            if paper_id in ids and paper.get("ai_keywords"):
                keywords[paper_id] = [_IN_BRACKETS.sub("", keyword.lower()).removesuffix("s") for keyword in paper["ai_keywords"]]
                for keyword in keywords[paper_id]:
                    said[keyword].add(paper_id)
    same: dict[str, set[str]] = defaultdict(set)
    for short, longs in _definitions(papers).items():
        best = max(longs, key=lambda long_form: (len(longs[long_form]), long_form))
        same[best].add(short.lower())
        same[short.lower()].add(best)
    topics = []
    for word, those in sorted(said.items()):
        if len(those) >= KEYWORD_PAPERS and word != "benchmark":
            names = {_spaced(name) for name in (word, *same[word.replace("-", " ")])}
            wider = {one for one, its in keywords.items() if any(name in _spaced(keyword) for name in names for keyword in its)}
            topics.append(Topic("topics, keywords", word, frozenset(those), frozenset(those | wider), frozenset(keywords)))
    return topics


def _spaced(keyword: str) -> str:
    """A keyword's words, each without a plural s and between spaces."""
    return f" {' '.join(re.sub(r'(?<!s)s$', '', word) for word in keyword.replace('-', ' ').split())} "


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
