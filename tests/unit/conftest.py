"""A library filled with the bundled sample, and a person who types commands at it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bot.cards import Card, Reply
from bot.ingest import ingest_records
from bot.ports import Library
from tests.builders import Room, open_channel
from tests.builders import library as open_library

TODAY = date(2025, 12, 8)
SAMPLE = files("bot.sample") / "daily_papers.txt"
RECORDS = (
    {"id": "arxiv:2306.03310", "title": "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning"},
    {"id": "arxiv:2101.00001", "title": "ATLAS: Maps of Proteins", "abstract": "Proteins, drawn.", "date": "2021-01-02"},
    {
        "id": "arxiv:2511.00002",
        "title": "ATLAS: Maps of Cities",
        "abstract": "Cities, drawn.",
        "authors": ["Ada King", "Grace Hopper"],
        "date": "2025-11-03",
    },
    {"id": "arxiv:2501.00003", "title": "كوكب: نموذج لغوي عربي", "abstract": "نموذج جديد للغة العربية.", "date": "2025-01-04"},
)

Ask = Callable[[str], Reply]
CardOf = Callable[[str], Card]


@pytest.fixture(scope="module")
def _module_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with open_channel(tmp_path_factory.mktemp("library"), now=datetime(2025, 12, 8, 12, tzinfo=UTC)) as opened:
        records = [json.dumps(record).encode() for record in RECORDS]
        ingest_records(records, store=opened.library.store, as_of=date(2025, 12, 1))
        opened.library.index.catch_up()
        yield opened


@pytest.fixture(scope="module")
def library(_module_room: Room) -> Library:
    """The bundled sample of 8 December 2025, an arXiv id for one of its papers, two papers of one name, one in Arabic."""
    return _module_room.library


@pytest.fixture(scope="module")
def ask(_module_room: Room) -> Ask:
    """Types a command in a channel on 8 December 2025."""
    return _module_room.type


@pytest.fixture(scope="module")
def card_of(ask: Ask) -> CardOf:
    """Types a command that is answered with one card."""

    def one_card(text: str) -> Card:
        (card,) = ask(text).cards
        return card

    return one_card


@pytest.fixture
def empty_library(tmp_path: Path) -> Iterator[Library]:
    """A library that was never given anything."""
    with open_library(tmp_path) as opened:
        yield opened


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A channel over the bundled sample, at 08:00 UTC on Monday, 8 December 2025."""
    with open_channel(tmp_path) as opened:
        yield opened
