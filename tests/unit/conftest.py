"""A library filled with the bundled sample, and a person who types commands at it."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.app import answer_now
from bot.cards import Card, Reply
from bot.ingest import ingest_digest, ingest_records
from bot.ports import Library
from storage.index import TantivyIndex
from storage.store import open_store
from tests.builders import a_desk

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


def open_library(folder: Path) -> Library:
    """A store and its index in a folder."""
    store = open_store(f"sqlite:///{folder / 'papers.db'}")
    index = TantivyIndex(folder / "index", store)
    index.catch_up()
    return Library(store, index)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bundled sample of 8 December 2025, an arXiv id for one of its papers, two papers of one name, one in Arabic."""
    opened = open_library(tmp_path_factory.mktemp("library"))
    ingest_digest(SAMPLE.read_bytes(), store=opened.store, as_of=TODAY, name="daily_papers.txt")
    ingest_records([json.dumps(record).encode() for record in RECORDS], store=opened.store, as_of=date(2025, 12, 1))
    opened.index.catch_up()
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def ask(library: Library) -> Ask:
    """Types a command on 8 December 2025."""
    return lambda text: answer_now(text, a_desk(library))


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
    opened = open_library(tmp_path)
    yield opened
    opened.store.close()
