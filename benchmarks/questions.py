"""Questions with their right answers: those of the shared file, and others made out of a corpus.

The made ones are the split that is kept aside: the same ones each time, about papers that the shared file does not ask for, and
by rules of this module's own, so that a mistake of `bot.names` is not asked for as if it were right.
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.answerable import Names, Titles, key, leading_names, made_up
from benchmarks.corpus import QUERIES
from benchmarks.misspelling import misspelt
from benchmarks.topic_questions import Topic, judged_topics, reading_topics

SEED = 7
EACH = 150

_PREFIX = re.compile(r"^(?P<name>[^\s:]{3,30}): \S")
_TOKEN = re.compile(r"[A-Za-z0-9][\w.+-]*[\w+]")
_CAPITALS = re.compile(r"[A-Z]")
_COINING = re.compile(
    r"(?:propose|introduce|present|develop|called|named|dubbed|termed)\s+(?:an?\s|the\s)?(?P<name>[A-Z][\w-]{2,24})(?=[,.\s])"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name or title, typed rightly or not, and the paper it means."""

    kind: str
    query: str
    target: str


@dataclass(frozen=True, slots=True)
class Questions:
    """All of one split."""

    names: Sequence[Name] = ()
    topics: Sequence[Topic] = ()


@dataclass(slots=True)
class _Corpus:
    """What the rules below ask of a corpus: titles' names, in which titles a word leads, in which papers a token stands."""

    papers: Sequence[dict[str, Any]]
    taken: Collection[str]
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    leading: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    tokens: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_key: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for at, one in enumerate(self.papers):
            if prefix := _PREFIX.match(one["title"]):
                self.by_name[prefix["name"]].append(at)
            for word in one["title"].split()[:2]:
                self.leading[word.rstrip(":")].add(at)
            for token in set(_TOKEN.findall(f"{one['title']} {one['abstract']}")):
                self.tokens[token].add(at)
        for token, papers in self.tokens.items():
            self.by_key[key(token)].update(papers)


def shared_questions() -> Questions:
    """The questions of `dev_queries.json`, for development: what is measured on them may be tuned on them."""
    data = json.loads(QUERIES.read_text(encoding="utf-8"))
    names = [Name(f"names, {one['cls'].replace('_', ' ')}", one["query"], one["target"]) for one in data["names"]]
    names += [Name(f"typos, {one['kind'].replace('_', ' ')}", one["query"], one["target"]) for one in data["typos"]]
    pool = frozenset(data["topic_pool"])
    topics = []
    for one in data["topics"]:
        strict = frozenset(one["relevant"])
        lenient = strict | set(one["relevant_by_title"])
        topics += [Topic("topics", query, strict, lenient, pool) for query in one["queries"]]
    return Questions(names, topics)


def held_out_questions(papers: Sequence[dict[str, Any]], taken: Collection[str], *, each: int = EACH) -> Questions:
    """Questions about papers of a corpus that are not among the `taken` ones: at most `each` a kind."""
    corpus = _Corpus(papers, taken)
    chance = random.Random(SEED)
    kinds: dict[str, Callable[[_Corpus, random.Random], list[Name]]] = {
        "names, unique": _unique,
        "names, ambiguous": _ambiguous,
        "names, common word": _common_words,
        "names, coined in abstract": _coined,
        "typos, title": _misspelt_titles,
        "typos, name": _misspelt_names,
    }
    names: list[Name] = []
    for make in kinds.values():
        made = make(corpus, chance)
        names += chance.sample(made, min(each, len(made)))
    return Questions(names, [*judged_topics(papers), *reading_topics(papers)])


def _asked(corpus: _Corpus, kind: str, names: Iterable[tuple[str, int]]) -> list[Name]:
    return [
        Name(kind, name, corpus.papers[at]["id"]) for name, at in sorted(names) if corpus.papers[at]["id"] not in corpus.taken
    ]


def _alone(corpus: _Corpus) -> list[tuple[str, int]]:
    """Names before a colon that one title alone has so spelt, none other among its first two words."""
    return [(name, papers[0]) for name, papers in corpus.by_name.items() if corpus.leading[name] == {papers[0]}]


def _unique(corpus: _Corpus, _chance: random.Random) -> list[Name]:
    """Made-up names that no other paper says in any spelling."""
    names = [(name, at) for name, at in _alone(corpus) if corpus.by_key[key(name)] <= {at} and made_up(name)]
    return _asked(corpus, "names, unique", names)


def _ambiguous(corpus: _Corpus, _chance: random.Random) -> list[Name]:
    """Made-up names that one title has so spelt, and others say too, so or otherwise."""
    names = [
        (name, at)
        for name, at in _alone(corpus)
        if corpus.by_key[key(name)] - {at} and made_up(name) and len(corpus.tokens[name.lower()] - {at}) < 3
    ]
    return _asked(corpus, "names, ambiguous", names)


def _common_words(corpus: _Corpus, _chance: random.Random) -> list[Name]:
    """Names that are words: three papers or more write them small."""
    names = [
        (name, at)
        for name, at in _alone(corpus)
        if name.isalpha() and name != name.lower() and len(corpus.tokens[name.lower()]) > 2
    ]
    return _asked(corpus, "names, common word", names)


def _coined(corpus: _Corpus, _chance: random.Random) -> list[Name]:
    """Names of papers whose title has none, given by a verb in the abstract and said by no other paper."""
    names = []
    for at, one in enumerate(corpus.papers):
        if ":" in one["title"]:
            continue
        for match in _COINING.finditer(one["abstract"]):
            name = match["name"]
            if len(_CAPITALS.findall(name)) > 1 and corpus.by_key[key(name)] == {at} and name not in one["title"]:
                names.append((name, at))
                break
    return _asked(corpus, "names, coined in abstract", names)


def _misspelt_titles(corpus: _Corpus, chance: random.Random) -> list[Name]:
    """Whole titles with two typing errors, and their first four to seven words with one, where no other title is as near."""
    starts = Counter(" ".join(one["title"].split()[:4]).lower() for one in corpus.papers)
    titles = Titles([one["title"] for one in corpus.papers])
    asked = []
    for at in chance.sample(range(len(corpus.papers)), min(4 * EACH, len(corpus.papers))):
        one = corpus.papers[at]
        words = one["title"].split()
        if one["id"] in corpus.taken or len(words) < 5 or starts[" ".join(words[:4]).lower()] > 1:
            continue
        whole = chance.random() < 0.5
        text = one["title"] if whole else " ".join(words[: chance.randint(4, 7)])
        kind, errors = ("typos, whole title", 2) if whole else ("typos, partial title", 1)
        typed = misspelt(text, chance, errors)
        if not titles.has_as_near(typed, at, errors):
            asked.append(Name(kind, typed, one["id"]))
    return asked


def _misspelt_names(corpus: _Corpus, chance: random.Random) -> list[Name]:
    """Unique names with one error, from eight letters on with one or two.

    Not where another title's name is as near, or where a paper says what was typed: then that may be meant.
    """
    names = Names(name for one in corpus.papers for name in leading_names(one["title"]))
    asked = []
    for one in (unique := _unique(corpus, chance)) and chance.sample(unique, min(2 * EACH, len(unique))):
        if len(one.query) < 4:
            continue
        errors = chance.choice((1, 2)) if len(one.query) >= 8 else 1
        typed = misspelt(one.query, chance, errors)
        if not corpus.by_key.get(key(typed)) and not names.has_as_near(typed, one.query, errors):
            asked.append(Name(f"typos, name, {errors} errors" if errors > 1 else "typos, name, 1 error", typed, one.target))
    return asked


def read_papers(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """JSON lines as records."""
    return [json.loads(line) for line in lines]


def taken_by(questions: Questions) -> frozenset[str]:
    """The papers that a split's names and titles ask for."""
    return frozenset(one.target for one in questions.names)
