"""What runs at every tick must not read whole tables, however much was ever stored."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, event, text

from storage.bulk import insert_rows
from storage.claims import FREE
from storage.edition_rows import new_values
from storage.edition_tables import CHANNELS, EDITIONS, SUBSCRIPTIONS
from storage.enriching import due_tasks
from storage.enrichment_tables import ENRICHMENTS
from storage.open import Storage, open_storage
from storage.rows import paper_values
from storage.subscription_rows import new_values as subscription_values
from storage.subscriptions import DUE
from storage.tables import PAPERS
from tests.builders import paper
from tests.contract.rounds import NOW, TODAY, edition, wanted

MANY = 4_000
FINISHED = {"state": "done", "done_at": NOW, "opener_message": None, "opener_url": None}
NOBODY = {"lease_owner": None, "lease_until": None, "retry_at": None}


@pytest.fixture
def filled(url: str) -> Iterator[Storage]:
    """Thousands of subscriptions of which few are due, and thousands of finished editions."""
    with closing(open_storage(url)) as storage:
        _fill(storage)
        yield storage


def _fill(storage: Storage) -> None:
    later = wanted(next_at=NOW + timedelta(hours=1))
    with storage.database.writing() as connection:
        names = [{"id": number, "platform": "web", "workspace": "team", "channel": f"{number}"} for number in range(1, MANY + 1)]
        insert_rows(connection, CHANNELS, names)
        rows = [{"id": n, "ended_at": None, **subscription_values(wanted() if n < 9 else later, n)} for n in range(1, MANY + 1)]
        insert_rows(connection, SUBSCRIPTIONS, rows)
        finished = [
            {**new_values(edition(wanted(id=n), day=TODAY - timedelta(days=day)), n, FINISHED), **NOBODY}
            for n in range(1, MANY + 1)
            for day in range(3)
        ]
        insert_rows(connection, EDITIONS, finished)
        connection.execute(text("ANALYZE"))


def plan_of(storage: Storage, query: Select[Any], **values: object) -> str:
    """How the database runs a query, in its own words."""
    word = "EXPLAIN QUERY PLAN " if storage.database.is_sqlite else "EXPLAIN "

    def explain(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> tuple[str, object]:
        return word + statement, parameters

    with storage.database.reading() as connection:
        event.listen(connection, "before_cursor_execute", explain, retval=True)
        rows = connection.execute(query, values).cursor.fetchall()
    return "\n".join(str(row[-1]) for row in rows)


def test_finding_what_is_due_uses_the_index(filled: Storage):
    """The tick reads the few subscriptions whose moment has come."""
    said = plan_of(filled, DUE, now=NOW, at_most=100)
    assert "ix_subscriptions_next_at_id" in said
    assert "SCAN subscriptions" not in said
    assert "Seq Scan on subscriptions" not in said
    assert len(filled.subscriptions.due(NOW, limit=100)) == 8


def test_claiming_reads_the_editions_that_wait_and_no_others(filled: Storage):
    """A hundred thousand finished ones cost nothing."""
    said = plan_of(filled, FREE, now=NOW, platforms=["web"], at_most=100)
    assert "ix_editions_waiting" in said
    assert "Seq Scan on editions" not in said
    assert "SCAN editions\n" not in said + "\n"
    assert filled.ledger.claim("first", NOW, lease_s=30, limit=9, platforms=["web"]) == []


def test_finding_papers_to_ask_about_reads_those_that_wait_and_no_others(url: str):
    """Thousands that are done with, or given up, cost nothing."""
    done = {"question": "title", "outcome": "found", "error": "", "asked_at": NOW, "tries": 6, "failures": 0}
    with closing(open_storage(url)) as storage:
        with storage.database.writing() as connection:
            numbers = range(1, MANY + 1)
            insert_rows(connection, PAPERS, [{**paper_values(paper(f"{n}", id=n), n), "added": n} for n in numbers])
            rows = [
                {"paper_id": n, "guide": guide, **done, "next_at": NOW if n < 5 else None}
                for n in numbers
                for guide in ("hf", "arxiv")
            ]
            insert_rows(connection, ENRICHMENTS, rows)
            connection.execute(text("ANALYZE"))
        said = plan_of(storage, due_tasks("hf", NOW, 10, "ids"))
        assert "ix_enrichments_waiting" in said
        assert "SCAN enrichments\n" not in said + "\n"
        assert "Seq Scan on enrichments" not in said
        errand = storage.enrichments.claim("hf", "one", NOW, lease_s=30, most=10, private="ids")
        assert errand is not None
        assert [one.paper.id for one in errand.tasks] == [4, 3, 2, 1]
