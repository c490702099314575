"""Search answers the same on SQLite and on PostgreSQL: the index decides what is found and in which order."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.ports import Library
from bot.query import read_query
from bot.search import search
from storage.index import TantivyIndex
from storage.store import open_store
from tests.builders import DAY, entry, store_entries

PAPERS = [
    entry(
        f"{name} for {thing}{': a survey' * (number % 3 == 0)}",
        abstract=f"We study {thing} with {name} " + "and again " * (number % 5) + f"{name}. " * (number % 4),
        upvotes=number % 9,
        published_on=DAY - timedelta(days=17 * number),
    )
    for number, (name, thing) in enumerate(
        (name, thing)
        for name in (
            "RL",
            "Reinforcement learning",
            "Dynamic programming (DP)",
            "Differential privacy (DP)",
            "Graph neural networks",
        )
        for thing in ("robots", "large language models", "proteins", "weather", "pictures", "markets")
    )
]
QUERIES = (
    "rl", "dp", "gnn", "robots", "rl robots", "(proteins | weather)", "llm -survey", "rl sort:new", "rl sort:top",
    "since:2025-06", "reinforcment lerning", "again markets",
)  # fmt: skip


def test_every_query_has_the_same_answer(sqlite_url: str, new_postgres_url: Callable[[], str], tmp_path: Path):
    """The same papers with the same scores and reasons, in the same order, whatever holds the rows."""
    answers = []
    for number, url in enumerate((sqlite_url, new_postgres_url())):
        store = open_store(url)
        store_entries(store, PAPERS)
        index = TantivyIndex(tmp_path / f"index-{number}", store)
        index.catch_up()
        found = [search(read_query(line, today=DAY), Library(store, index), limit=30) for line in QUERIES]
        answers.append([(one.total, [(hit.paper.title, hit.score, hit.why) for hit in one.hits]) for one in found])
        store.close()
    assert answers[0] == answers[1]
    assert all(total for total, _ in answers[0])
