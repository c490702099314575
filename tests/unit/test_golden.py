"""What people see, as plain terminal text in tests/golden/. `UPDATE_GOLDEN=1` rewrites the files; then read them."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cards import Reply, Thread
from bot.commands import thread_of
from bot.model import Identifier, Links, Metrics, Organization, Paper, Sighting
from bot.ports import Library
from bot.printing import terminal_text
from bot.results import Hit, Reason
from bot.views.paper import PaperFacts, lead_of, paper_card
from tests.builders import Room, a_desk
from tests.unit.conftest import TODAY, Ask

FOLDER = Path(__file__).parent.parent / "golden"
WIDTH = 80

SUBSCRIPTIONS = {
    "subscribed": "/papers subscribe robots daily 08:00",
    "subscription_changed": "/papers subscribe rl daily 10:00",
    "subscriptions": "/papers subscriptions",
    "subscriptions_all": "/papers subscriptions all",
    "unsubscribe_which": "/papers unsubscribe",
    "unsubscribed": "/papers unsubscribe icl",
    "muted": "/papers mute",
    "preview": "/papers preview #1",
    "preview_days": "/papers preview 7",
    "status": "/papers status",
    "why_shown": "/papers why Walk Before You Run! Concise LLM Reasoning via Reinforcement Learning",
    "why_not": "/papers why LIBERO",
}
AFTER_AN_EDITION = ("subscription_changed", "status", "why_shown", "why_not")

FULL = Paper(
    id=7,
    title=r"SAPO: Soft Adaptive Policy Optimization for $\alpha$-Fair Agents",
    abstract="A smooth gate replaces hard clipping. Training is steadier. Pass@1 on math rises by 2.1\\%.",
    organization=Organization(handle="Qwen", name="Qwen"),
    published_on=date(2025, 11, 25),
    identifiers=(Identifier("arxiv", "2511.20347"),),
    links=Links(
        abs="https://arxiv.org/abs/2511.20347",
        pdf="https://arxiv.org/pdf/2511.20347",
        code="https://github.com/a/b",
        discussion="https://huggingface.co/papers/2511.20347",
    ),
    metrics=Metrics(upvotes=1_234, comments=3, github_stars=12_345, as_of=TODAY),
    first_seen_on=TODAY,
    listed_on=TODAY,
)
SEEN = Sighting(paper_id=7, source="huggingface", issued_on=TODAY, rank=1, metrics=FULL.metrics)

COMMANDS = {
    "day": "/papers",
    "results": "/papers rl",
    "results_last_page": "/papers rl page:2",
    "paper": "/paper LIBERO",
    "paper_misspelt": "/paper LIBRO",
    "choice": "/paper ATLAS",
    "unknown_name": "/paper Xyzzyplugh",
    "nothing_found": "/papers rl quokka since:2025",
    "error": "/papers rl since:yesterdayish",
    "help": "/papers help",
    "plain_words": "reward models",
}

SAVED = {
    "saved_nothing": "/papers saved",
    "saved": "/papers saved page:2",
    "save": "/papers save LIBRO",
    "save_again": "/papers save LIBERO",
    "unsave": "/papers unsave LIBERO",
    "paper_saved": "/paper LIBERO",
    "exported": "/papers export bibtex rl",
    "exported_one": "/papers export ris SAPO",
    "export_format": "/papers export word rl",
}
BEFORE_SAVING = ("saved_nothing", "save")


@pytest.fixture
def golden() -> Callable[[str, Reply | Thread], None]:
    """Compares what is shown with the file of that name, or writes the file."""

    def compare(name: str, what: Reply | Thread) -> None:
        file = FOLDER / f"{name}.txt"
        shown = terminal_text(what, WIDTH).rstrip("\n") + "\n"
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(shown, encoding="utf-8")
        assert shown == file.read_text(encoding="utf-8"), f"{file} differs; if it is meant, UPDATE_GOLDEN=1 and read it"

    return compare


Golden = Callable[[str, Reply | Thread], None]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_answer_looks_as_it_did(golden: Golden, ask: Ask, name: str):
    """Each kind of answer, over the bundled sample, is what was last read and found good."""
    golden(name, ask(COMMANDS[name]))


def test_the_opener_of_the_day_looks_as_it_did(golden: Golden, library: Library):
    """The opener of the sample's day, with its first reply."""
    thread = thread_of(TODAY, a_desk(library))
    golden("thread", replace(thread, replies=thread.replies[:1]))


def test_a_paper_with_everything_looks_as_it_did(golden: Golden):
    """A card with an organisation, LaTeX, all links, votes with their day and how they rose, and a spelling that was forgiven."""
    hit = Hit(paper=FULL, score=0.8, why=Reason(kind="spelling", asked="SAPPO", found="SAPO"))
    later = (replace(SEEN, issued_on=date(2025, 12, 9)), replace(SEEN, source="arxiv:cs.LG", issued_on=date(2025, 12, 10)))
    early = replace(SEEN, issued_on=date(2025, 12, 1), metrics=Metrics(upvotes=12, as_of=date(2025, 12, 1)))
    facts = PaperFacts(sightings=(early, SEEN, *later), lead=lead_of(hit))
    golden("paper_with_everything", Reply(cards=(paper_card(FULL, today=TODAY, facts=facts, shareable=True),)))


def test_the_empty_store_looks_as_it_did(golden: Golden, empty_library: Library):
    """The first thing a newcomer sees who did not ingest anything."""
    from bot.app import answer_now

    golden("empty_store", answer_now("/papers rl", a_desk(empty_library)))


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_the_answers_on_subscriptions_look_as_they_did(golden: Golden, room: Room, name: str):
    """A channel with two subscriptions, a muted word and an edition that is out."""
    room.type("/papers subscribe rl weekdays 09:00 UTC top 2")
    room.type("/papers mute visual triple")
    if name in AFTER_AN_EDITION:
        room.now += timedelta(hours=2)
        room.post()
    room.type("/papers subscribe icl mon,thu 07:30 Asia/Tokyo layout list quiet", user="grace")
    golden(name, room.type(SUBSCRIPTIONS[name], zone="Europe/Berlin"))


@pytest.mark.parametrize("name", SAVED)
def test_the_answers_on_saved_papers_look_as_they_did(golden: Golden, room: Room, name: str):
    """A person who saved seven papers on two days, or none yet, and files of papers."""
    if name not in BEFORE_SAVING:
        for paper in range(7, 0, -1):
            room.type(f"/papers save #{paper}")
            room.now += timedelta(hours=3)
    golden(name, room.type(SAVED[name], private=True))


def test_no_golden_file_is_forgotten():
    """Each file in tests/golden/ is compared by a test."""
    editions = {f"edition_{kind}" for kind in ("thread", "list", "cards", "empty")}  # compared in test_edition_views.py
    known = {*COMMANDS, *SUBSCRIPTIONS, *SAVED, "thread", "paper_with_everything", "empty_store", *editions}
    assert {file.stem for file in FOLDER.glob("*.txt")} == known
