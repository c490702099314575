"""How right an engine's answers are: hit@1 and reciprocal rank for names, precision, gain and first hits for topics."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log2

from benchmarks.questions import Questions
from benchmarks.search_peers import Peer
from benchmarks.topic_questions import Topic

FIRST = 10
MOST_DEEP = 3_000


@dataclass(slots=True)
class Scores:
    """One engine's: means by class and measure, and each question's own value with its class."""

    values: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    each: list[tuple[float, str, str]] = field(default_factory=list)

    def mean(self, kind: str, measure: str) -> float | None:
        """The mean of a class, where it was asked."""
        values = self.values.get((kind, measure))
        return sum(values) / len(values) if values else None

    def worst(self, most: int) -> list[str]:
        """The questions that went worst, with their classes."""
        return [f"{value:.2f}  {kind}: {query}" for value, kind, query in sorted(self.each)[:most] if value < 1]


def precision(found: Sequence[str], right: frozenset[str]) -> float:
    """The share of right papers among the first ten, or as many as there are; missing ones count as wrong."""
    first = min(FIRST, len(right))
    return sum(one in right for one in found[:first]) / first


def gain(found: Sequence[str], strict: frozenset[str], lenient: frozenset[str]) -> float:
    """nDCG@10: a paper of the topic counts 2, one in the wider sense 1 (Järvelin and Kekäläinen, TOIS 2002)."""
    worth = [2.0 if one in strict else 1.0 if one in lenient else 0.0 for one in found[:FIRST]]
    best = ([2.0] * len(strict) + [1.0] * len(lenient - strict))[:FIRST]
    return _discounted(worth) / _discounted(best)


def _discounted(worth: Sequence[float]) -> float:
    return sum(value / log2(place + 2) for place, value in enumerate(worth))


def reciprocal_rank(found: Sequence[str], right: frozenset[str]) -> float:
    """1 / the place of the first right paper; 0 where there is none."""
    return next((1 / place for place, one in enumerate(found, start=1) if one in right), 0.0)


def score(peer: Peer, questions: Questions, papers: int) -> Scores:
    """Ask an engine all questions of a split over a corpus of so many papers."""
    scores = Scores()
    for name in questions.names:
        found = list(peer.names(name.query))
        hit = float(found[:1] == [name.target])
        scores.values[name.kind, "hit@1"].append(hit)
        scores.values[name.kind, "MRR"].append(reciprocal_rank(found, frozenset({name.target})))
        scores.each.append((hit, name.kind, name.query))
    for topic in questions.topics:
        found = [one for one in peer.topics(topic.query, _depth(topic, papers)) if one in topic.pool]
        _score_topic(topic, found, scores)
    return scores


def _depth(topic: Topic, papers: int) -> int:
    """How far down papers of the pool are looked for: three times as far as ten of it would be by chance."""
    return min(max(100, 3 * FIRST * papers // len(topic.pool)), MOST_DEEP)


def _score_topic(topic: Topic, found: Sequence[str], scores: Scores) -> None:
    lenient = precision(found, topic.lenient)
    scores.values[topic.kind, "P@10 strict"].append(precision(found, topic.strict))
    scores.values[topic.kind, "P@10 lenient"].append(lenient)
    scores.values[topic.kind, "nDCG@10"].append(gain(found, topic.strict, topic.lenient))
    scores.values[topic.kind, "hit@1"].append(float(bool(found) and found[0] in topic.lenient))
    scores.values[topic.kind, "MRR"].append(reciprocal_rank(found, topic.lenient))
    if topic.judged:
        first = found[:FIRST]
        scores.values[topic.kind, "judged"].append(sum(one in topic.judged for one in first) / len(first) if first else 1.0)
    scores.each.append((lenient, topic.kind, topic.query))
