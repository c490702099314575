"""Composing an edition: what is shown, in which order, and the verdict on every paper that matched."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.editions.compose import MOST_VERDICTS, Arrivals, compose, fold, muted_word, ranked
from bot.model import ChannelRef, Metrics
from bot.results import Composition, Hit
from bot.subscription import Subscription, Wish
from tests.builders import DAY, paper

NOWHERE = ChannelRef(platform="web", workspace="team", channel="papers")
words = st.text("abcsé -ß’", min_size=1, max_size=12)


def _subscription(**wish: Any) -> Subscription:  # noqa: ANN401 - any field of a wish
    return Subscription(
        id=1,
        channel=NOWHERE,
        wish=Wish(**wish),
        made_by="ada",
        made_at=datetime(2025, 12, 1, tzinfo=UTC),
        since_change=0,
        start_on=DAY - timedelta(days=7),
        next_at=None,
    )


def _hit(number: int, *, score: float = 1.0, votes: int | None = None, **fields: Any) -> Hit:  # noqa: ANN401 - of a paper
    return Hit(paper=paper(f"Paper {number}", id=number, metrics=Metrics(upvotes=votes), **fields), score=score)


def _compose(
    hits: Sequence[Hit], *, shown: frozenset[int] = frozenset(), muted: tuple[str, ...] = (), top: int = 10
) -> Composition:
    arrivals = Arrivals(hits=tuple(hits), seen=len(hits), upto_change=9, newest_day=DAY)
    return compose(_subscription(top=top), arrivals, shown=shown, muted=muted)


def _kinds(made: Composition) -> dict[int, str]:
    return {verdict.paper_id: verdict.kind for verdict in made.verdicts}


def _ids(hits: Sequence[Hit]) -> list[int]:
    return [hit.paper.id for hit in hits]


def test_the_best_match_comes_first():
    """Without votes the score decides."""
    assert _ids(ranked([_hit(1, score=1.0), _hit(2, score=3.0), _hit(3, score=2.0)])) == [2, 3, 1]


def test_votes_decide_between_papers_that_match_alike():
    """Forty votes lift a paper over one that matches a little better."""
    assert _ids(ranked([_hit(1, score=1.2), _hit(2, score=1.0, votes=40)])) == [2, 1]


def test_votes_do_not_lift_a_passing_mention_over_a_title():
    """Even a thousand votes no more than double a score."""
    assert _ids(ranked([_hit(1, score=1.0, votes=1_000), _hit(2, score=2.5)])) == [2, 1]


def test_without_a_query_votes_order_and_then_the_list():
    """No score, so upvotes first; papers without any stay as they were listed."""
    assert _ids(ranked([_hit(1, score=0), _hit(2, score=0, votes=3), _hit(3, score=0), _hit(4, score=0, votes=8)])) == [
        4,
        2,
        1,
        3,
    ]


def test_the_top_is_shown_and_the_rest_is_counted():
    """Past the top N a paper is cut, with its rank."""
    made = _compose([_hit(number) for number in range(1, 6)], top=2)
    assert _ids(made.chosen) == [1, 2]
    assert made.rest == 3
    assert [(verdict.kind, verdict.rank) for verdict in made.verdicts] == [
        ("chosen", 1),
        ("chosen", 2),
        ("cut", 3),
        ("cut", 4),
        ("cut", 5),
    ]


def test_what_was_not_fetched_counts_among_the_rest():
    """More papers match than are looked at one by one."""
    made = compose(_subscription(top=1), Arrivals(hits=(_hit(1), _hit(2)), unread=100, seen=600), shown=frozenset(), muted=())
    assert made.rest == 101


def test_what_the_channel_was_shown_makes_room_for_others():
    """A paper that was shown here does not take a place of the top N."""
    made = _compose([_hit(1), _hit(2), _hit(3)], shown=frozenset({1}), top=1)
    assert _ids(made.chosen) == [2]
    assert _kinds(made) == {1: "shown", 2: "chosen", 3: "cut"}
    assert made.rest == 1


def test_what_was_listed_before_the_subscription_began_is_old():
    """The day it began counts, the day before does not."""
    start = DAY - timedelta(days=7)
    made = _compose([_hit(1, first_seen_on=start), _hit(2, first_seen_on=start - timedelta(days=1))])
    assert _kinds(made) == {1: "chosen", 2: "old"}


def test_what_was_listed_more_than_a_fortnight_before_the_newest_day_is_old():
    """A backlog that is imported late is no news."""
    subscription = replace(_subscription(), start_on=date(2025, 1, 1))
    hits = (_hit(1, first_seen_on=DAY - timedelta(days=14)), _hit(2, first_seen_on=DAY - timedelta(days=15)))
    made = compose(subscription, Arrivals(hits=hits, newest_day=DAY), shown=frozenset(), muted=())
    assert _kinds(made) == {1: "chosen", 2: "old"}


def test_without_any_digest_only_the_start_counts():
    """Papers that came as records have no newest digest to be measured by."""
    made = compose(_subscription(), Arrivals(hits=(_hit(1),)), shown=frozenset(), muted=())
    assert _kinds(made) == {1: "chosen"}


def test_a_muted_word_wins_over_everything():
    """The best match that everybody votes for stays out, and so it is said even of one that was shown."""
    made = _compose([_hit(1, score=9, votes=900, tldr="x"), _hit(2)], shown=frozenset({1}), muted=("paper 1",))
    assert [(verdict.paper_id, verdict.kind, verdict.word) for verdict in made.verdicts] == [
        (1, "muted", "paper 1"),
        (2, "chosen", ""),
    ]


@pytest.mark.parametrize(
    ("muted", "title"),
    [
        ("survey", "A Survey of Robots"),
        ("Survey", "Surveys of robots"),
        ("surveys", "SURVEY: robots"),
        ("benchmark study", "A Benchmark-Study of Robots"),
        ("benchmark-studies", "One benchmark study"),
        ("naïve", "Naive Bayes"),
        ("schrodinger", "Schrödinger Bridges"),
        ("c++", "Fast C++ Kernels"),
        ("GPT-4", "What GPT-4 knows"),
        ("كوكب", "كوكب: نموذج لغوي"),
    ],
)
def test_a_muted_word_is_found_however_it_is_written(muted: str, title: str):
    """Case, accents, hyphens and a plural s do not matter; phrases may be muted."""
    assert muted_word(paper(title), (muted,)) == muted


@pytest.mark.parametrize(
    ("muted", "title"),
    [
        ("rl", "URL parsing for pearls"),
        ("survey", "Surveying robots"),
        ("robot arm", "A robot with an arm"),
        ("c++", "C is enough"),
        ("!?", "What is this!?"),
        ("", "Anything"),
    ],
)
def test_a_muted_word_is_a_whole_word(muted: str, title: str):
    """Parts of words, scattered words of a phrase, and words without a letter mute nothing."""
    assert muted_word(paper(title), (muted,)) == ""


def test_a_muted_word_is_looked_for_in_the_abstract_and_the_keywords():
    """Each text on its own: a phrase does not run from one into the next."""
    one = paper("Robots learn", abstract="by trial. They fail.", keywords=("imitation", "games"))
    assert muted_word(one, ("trials",)) == "trials"
    assert muted_word(one, ("imitation",)) == "imitation"
    assert muted_word(one, ("learn by", "imitation games")) == ""


@given(words)
def test_any_word_that_is_muted_is_found_in_a_title_that_holds_it(text: str):
    """Unless it holds no letter: both sides are folded alike, whatever is typed."""
    assert muted_word(paper(f"On {text} again"), (text,)) == (text if fold(text) else "")


def test_verdicts_are_bounded():
    """A query that matches everything does not fill the ledger."""
    made = _compose([_hit(number) for number in range(1, MOST_VERDICTS + 50)], top=5)
    assert len(made.verdicts) == MOST_VERDICTS
    assert made.rest == MOST_VERDICTS + 49 - 5


papers_of_a_day = st.lists(
    st.builds(
        _hit,
        st.integers(1, 40),
        score=st.floats(0, 20, allow_nan=False),
        votes=st.none() | st.integers(0, 500),
        first_seen_on=st.integers(0, 20).map(lambda days: DAY - timedelta(days=days)),
    ),
    max_size=20,
    unique_by=lambda hit: hit.paper.id,
)


@given(papers_of_a_day, st.frozensets(st.integers(1, 40)), st.integers(1, 12), st.sampled_from([(), ("paper 3", "paper 7")]))
def test_every_paper_has_one_verdict_and_the_counts_add_up(
    hits: list[Hit], shown: frozenset[int], top: int, muted: tuple[str, ...]
):
    """Nothing is lost and nothing is shown twice, old, muted or shown before."""
    made = _compose(ranked(hits), shown=shown, top=top, muted=muted)
    kinds = _kinds(made)
    assert sorted(kinds) == sorted(_ids(hits))
    assert [paper_id for paper_id, kind in kinds.items() if kind == "chosen"] == _ids(made.chosen)
    assert len(made.chosen) <= top
    assert made.rest == list(kinds.values()).count("cut")
    assert not made.rest or len(made.chosen) == top
    assert not shown & set(_ids(made.chosen))
    assert all(hit.paper.first_seen_on >= DAY - timedelta(days=7) for hit in made.chosen)


@given(papers_of_a_day)
def test_the_order_does_not_depend_on_chance(hits: list[Hit]):
    """Ranking twice changes nothing."""
    assert ranked(ranked(hits)) == ranked(hits)
