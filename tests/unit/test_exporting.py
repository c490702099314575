"""Conversations about files of papers: what is in them, what they are called, and what is said where there is none."""

import csv
import json
import re
from io import StringIO

import pytest
from pybtex.database import parse_string

from bot.app import answer_now
from bot.cards import Button, Buttons, Card, Reply, plain_text
from bot.export import FORMATS
from bot.ports import Library
from bot.views import exported
from tests.builders import Room, a_desk
from tests.unit.conftest import Ask

FAILED = "That did not work"


def _card(reply: Reply) -> Card:
    (card,) = reply.cards
    return card


def _buttons(reply: Reply) -> dict[str, Button]:
    return {
        button.label: button for element in _card(reply).elements if isinstance(element, Buttons) for button in element.buttons
    }


def _titles(reply: Reply) -> list[str]:
    assert reply.attachment is not None
    return [paper["title"] for paper in json.loads(reply.attachment.text)["papers"]]


@pytest.mark.parametrize("word", FORMATS)
def test_each_format_holds_what_the_query_finds(ask: Ask, word: str):
    """The file has one record for each paper that the card counts, under its ending and type."""
    reply = ask(f"/papers export {word} rl")
    file, written = reply.attachment, FORMATS[word]
    assert file is not None
    count = int(re.match(r"(\d+) papers as ", _card(reply).title)[1])
    assert count == len(_titles(ask("/papers export json rl"))) > 5
    assert (file.name, file.media_type) == (f"papers-rl.{written.ending}", written.media_type)
    records = {
        "bibtex": lambda: parse_string(file.text, "bibtex").entries,
        "ris": lambda: re.findall("^TY  - ", file.text, re.MULTILINE),
        "csv": lambda: list(csv.DictReader(StringIO(file.text, newline=""), strict=True)),
        "json": lambda: json.loads(file.text)["papers"],
    }
    assert len(records[word]()) == count
    assert file.name in plain_text(_card(reply))
    assert set(_buttons(reply)) == {one.name for one in FORMATS.values()} - {written.name}


def test_a_query_is_exported_in_its_own_order(ask: Ask):
    """The same papers in the same order as `/papers` lists them, filters and all."""
    newest = _titles(ask("/papers export json rl sort:new since:2025"))
    assert newest[0] == "Soft Adaptive Policy Optimization"
    assert "newest first" in plain_text(_card(ask("/papers export json rl sort:new since:2025")))
    assert len(_titles(ask("/papers export json rl -survey"))) <= len(_titles(ask("/papers export json rl")))


@pytest.mark.parametrize("name", ["LIBERO", "2306.03310", "#2", "https://arxiv.org/abs/2306.03310", "SAPO"])
def test_a_name_exports_the_one_paper(ask: Ask, name: str):
    """A name, an id or a link is that paper alone, not all that mention it."""
    reply = ask(f"/papers export json {name}")
    (title,) = _titles(reply)
    assert title.startswith(("LIBERO", "Soft Adaptive"))
    assert ("All that mention" in " ".join(_buttons(reply))) == name.isalpha()


def test_all_that_mention_a_name_are_one_press_away(ask: Ask):
    """The button searches for the word instead."""
    reply = ask("/papers export json LIBERO")
    wider = ask(_buttons(reply)["All that mention LIBERO"].command)
    assert _card(wider).elements[0].spans[0].text == "LIBERO"
    assert any(title.startswith("LIBERO") for title in _titles(wider))


def test_a_whole_title_exports_that_paper(ask: Ask):
    """In any case; half a title is a search."""
    assert _titles(ask("/papers export json soft adaptive policy optimization")) == ["Soft Adaptive Policy Optimization"]
    assert len(_titles(ask("/papers export json policy optimization"))) > 1


def test_a_topic_that_a_paper_is_called_by_is_still_a_topic(ask: Ask):
    """`rl` and a name of two papers give all of them."""
    assert len(_titles(ask("/papers export json rl"))) > 5
    assert sorted(_titles(ask("/papers export json ATLAS"))) == ["ATLAS: Maps of Cities", "ATLAS: Maps of Proteins"]


def test_nothing_more_gives_the_newest_day(ask: Ask):
    """As `/papers` does; `on:` gives another day, `search` keeps a verb a word."""
    today = ask("/papers export json")
    assert len(_titles(today)) == 40
    assert today.attachment.name == "papers-2025-12-08.json"
    assert "Mon 8 December 2025" in plain_text(_card(today))
    assert _titles(ask("/papers export json on:2025-12-10")) == _titles(today)
    assert _card(ask("/papers export json search saved")).title == "No paper matches saved"


def test_the_saved_papers_last_saved_first(room: Room):
    """`saved` is the asker's own list; an empty one says how to fill it, and comes without a file."""
    empty = room.type("/papers export bibtex saved")
    assert (_card(empty).title, empty.attachment) == ("You have saved no paper yet", None)
    for name in ("LIBERO", "SAPO"):
        room.now = room.now.replace(minute=room.now.minute + 1)
        room.type(f"/papers save {name}")
    reply = room.type("/papers export JSON Saved")
    assert [title.split(":")[0] for title in _titles(reply)] == ["Soft Adaptive Policy Optimization", "LIBERO"]
    assert reply.attachment.name == "papers-saved.json"
    assert _card(room.type("/papers export json saved", user="grace")).title == "You have saved no paper yet"


def test_more_papers_than_a_file_holds_come_in_several(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """Each once, in order, and the card says which of how many."""
    whole = _titles(ask("/papers export json sort:new"))
    for place in ("bot.views.exported.MOST", "bot.exporting.MOST"):
        monkeypatch.setattr(place, 10)
    reply, seen = ask("/papers export json sort:new"), []
    assert f"1–10 of {len(whole)}" in plain_text(_card(reply))
    while True:
        seen += _titles(reply)
        onward = [button for label, button in _buttons(reply).items() if label.startswith("Next")]
        if not onward:
            break
        reply = ask(onward[0].command)
    assert seen == whole
    assert "‹ Previous 10" in _buttons(reply)
    past = ask("/papers export json sort:new page:99")
    assert (_card(past).title, past.attachment) == ("Nothing on this page", None)
    (first,) = _buttons(past).values()
    assert _titles(ask(first.command)) == whole[:10]


def test_a_file_holds_two_hundred_papers():
    """What is promised."""
    assert exported.MOST == 200


@pytest.mark.parametrize(
    ("typed", "said", "usage"),
    [
        ("/papers export", "In which format? Nothing was exported.", "/papers export bibtex rl"),
        ("/papers export rl", "“rl” is not a format.", "/papers export bibtex rl"),
        ("/papers export word rl", "“word” is not a format.", "/papers export bibtex rl"),
        ("/papers export 🦜", "“🦜” is not a format.", "/papers export bibtex"),
        ("/papers export " + "x" * 900, "is not a format.", "/papers export bibtex " + "x" * 900),
    ],
)
def test_what_is_no_format_is_answered_with_those_there_are(ask: Ask, typed: str, said: str, usage: str):
    """And the same with one that works."""
    card = _card(ask(typed))
    assert card.title == FAILED
    assert said in plain_text(card)
    assert "bibtex, ris, csv and json" in plain_text(card)
    assert usage in plain_text(card)


@pytest.mark.parametrize(
    ("typed", "ending"), [("BibTeX", "bib"), ("bib", "bib"), ("RIS", "ris"), ("endnote", "ris"), ("Csv", "csv")]
)
def test_formats_by_their_other_names(ask: Ask, typed: str, ending: str):
    """Nobody has to remember which word it is."""
    assert ask(f"/papers export {typed} rl").attachment.name == f"papers-rl.{ending}"


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("quokka", "No paper matches quokka"),
        ("rl since:yesterdayish", FAILED),
        ("(((((((((rl", FAILED),
        ("-rl", FAILED),
        ("on:1990-01-01", FAILED),
        ("rl page:0", FAILED),
        ("x" * 600, FAILED),
        ("🦜", FAILED),
    ],
)
def test_where_there_is_nothing_no_file_comes(ask: Ask, asked: str, title: str):
    """The answer is the one that the search gives."""
    reply = ask(f"/papers export bibtex {asked}")
    assert (_card(reply).title, reply.attachment) == (title, None)


@pytest.mark.parametrize(
    "asked",
    [
        "../../etc/passwd robot",
        'robot "\r\nX-Evil: 1"',
        "learning (robot | نموذج)",
        "نموذج",
        "learning author:x | robot",
        "a" * 200 + " | robot",
    ],
)
def test_file_names_are_small_plain_letters(ask: Ask, asked: str):
    """Whatever is searched for, the name needs no quoting anywhere."""
    file = ask(f"/papers export json {asked}").attachment
    assert file is None or re.fullmatch(r"papers-[a-z0-9]+(-[a-z0-9]+)*\.json", file.name)
    assert file is None or len(file.name) <= 60
    assert ask("/papers export json نموذج").attachment.name == "papers-json.json"


def test_every_button_of_an_export_works(ask: Ask):
    """Other formats, pages and the wider search: none is a dead end."""
    for start in ("rl", "LIBERO", "on:2025-12-08", "", "quokka robots", "ATLAS"):
        for button in _buttons(ask(f"/papers export csv {start}")).values():
            assert _card(ask(button.command)).title != FAILED, button.command


def test_outside_of_any_channel_a_query_is_exported_too(library: Library):
    """As `paperround ask` does."""
    reply = answer_now("/papers export ris LIBERO", a_desk(library))
    assert reply.attachment.text.startswith("TY  - JOUR\r\nTI  - LIBERO")
