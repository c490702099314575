"""Adding papers for one workspace: the form, the receipt, the list, taking it back, and who may."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import Button, Buttons, Card
from bot.commands import COMMANDS
from bot.ingest import ingest_digest
from bot.model import ChannelRef
from tests.builders import HERE, Room, page
from tests.builders import block as a_block

OTHER = ChannelRef(platform="web", workspace="other", channel="papers")
MESSAGE = (
    "Reading list\n"
    "1. Quasiluminal Toasting of Robots https://arxiv.org/abs/2909.00001\n"
    "2. Glimmerfish and Other Lattices https://arxiv.org/abs/2909.00002\n"
    "\n"
    "Soft Adaptive Policy Optimization\n"
    "https://arxiv.org/abs/2511.20347\n"
    "https://arxiv.org/abs/2909.00009\n"
)


def add(room: Room, text: str = MESSAGE, **who: Any) -> str:  # noqa: ANN401 - any field of an invocation
    """The receipt of a document."""
    return room.says("/papers import", document=text.encode(), **who)


def the_card(room: Room, text: str, **who: Any) -> Card:  # noqa: ANN401 - as above
    """The only card of an answer."""
    (card,) = room.type(text, **who).cards
    return card


def buttons_of(card: Card) -> list[Button]:
    """The buttons below a card."""
    return [button for element in card.elements if isinstance(element, Buttons) for button in element.buttons]


def test_without_a_document_there_is_a_form_for_one(room: Room):
    """Its value comes beside the command, never in it."""
    form = room.type("/papers import").form
    assert form is not None
    assert [field.kind for field in form.inputs] == ["document"]
    assert form.fill({"document": "Two\nlines"}) == "/papers import"


def test_the_receipt_says_what_became_of_each_line(room: Room):
    """Papers found, new, known; the lines not understood, by number; whose they are; until when they can be taken back."""
    said = add(room)
    assert said.startswith("Papers added\n3 papers found: 2 new, 1 already known.\n")
    assert "2 lines were not understood: line 1 “Reading list” (no link to a paper beside it or below it), line 7 “arxiv:" in said
    assert "(only a link; put its title beside it)." in said
    assert "Only this workspace sees the new ones, until a public source lists them." in said
    assert "You can undo this until tomorrow 08:00." in said
    assert "[Undo]  [Show the 2]" in said


def test_papers_that_were_posted_here_are_told_apart(room: Room):
    """With the day on which the last of them was."""
    room.type("/papers subscribe rl daily 08:30")
    room.now += timedelta(hours=1)
    assert room.post()
    assert "3 papers found: 2 new, 1 posted here before (8 Dec)." in add(room)
    assert "0 new, 3 already known" in add(room, channel=replace(HERE, channel="elsewhere"), text=MESSAGE + "\n")


def test_the_moment_for_undo_is_on_the_askers_clock(room: Room):
    """Their own time zone, where the platform tells it."""
    assert "until tomorrow 17:00." in add(room, zone="Asia/Tokyo")


def test_what_was_added_is_found_at_once_and_only_here(room: Room):
    """By name, by id, by a word, and in the list that the receipt offers."""
    add(room)
    for line in ("/paper Quasiluminal Toasting of Robots", "/paper 2909.00001", "/papers quasiluminal"):
        assert "Quasiluminal Toasting of Robots" in room.says(line)
        assert "Toasting of" not in room.says(line, channel=OTHER).replace("Quasiluminal Toasting of Robots", "")
    said = room.says("/papers imported 1")
    assert said.startswith("Added with import 1\n2 papers · in the order of the document\n")
    assert said.index("Quasiluminal") < said.index("Glimmerfish")


def test_a_copied_page_is_a_digest_of_its_day_for_the_workspace(room: Room):
    """With abstracts; its own day then lists it, here alone."""
    add(room, page(a_block("Toasters of the Day"), dated="Dec 5"))
    assert "Toasters of the Day" in room.says("/papers on:2025-12-05")
    assert "Toasters of the Day" not in room.says("/papers on:2025-12-05", channel=OTHER)
    assert "First seen 5 Dec 2025 on Hugging Face" in room.says("/paper Toasters of the Day")


def test_a_long_import_is_listed_in_pages(room: Room):
    """Five at a time, back and forth."""
    add(room, "\n".join(f"Paper Number {chr(97 + n)}{chr(97 + n)} https://arxiv.org/abs/2909.000{n:02}" for n in range(12)))
    card = the_card(room, "/papers imported #1 page:2")
    assert [button.command for button in buttons_of(card)] == ["/papers imported 1 page:1", "/papers imported 1 page:3"]
    assert "6–10 of 12" in room.says("/papers imported 1 page:2")


def test_the_same_document_twice_changes_nothing(room: Room):
    """Whoever brings it; another workspace may bring it too."""
    add(room)
    before = room.library.store.last_change()
    assert "already taken in by you (today 08:00). Nothing was changed." in add(room)
    assert "already taken in by ada (today 08:00)" in add(room, user="bob")
    assert room.library.store.last_change() == before
    assert "2 new" in add(room, channel=OTHER)


def test_undo_takes_the_papers_back(room: Room):
    """For a day; a second time there is nothing to do."""
    add(room)
    assert room.says("/papers undo 1") == "Taken back\n2 papers are gone again."
    assert "Nothing stored is called" in room.says("/paper Glimmerfish and Other Lattices")
    assert "Soft Adaptive Policy Optimization" in room.says("/paper Soft Adaptive Policy Optimization")
    assert "taken back already. Nothing was changed." in room.says("/papers undo 1")
    assert "2 new" in add(room)


def test_undo_says_what_stays_and_why(room: Room):
    """A paper that another import lists, and one that has become public meanwhile."""
    add(room)
    add(room, "Glimmerfish and Other Lattices https://arxiv.org/abs/2909.00002")
    published = b"Quasiluminal Toasting of Robots https://arxiv.org/abs/2909.00001"
    ingest_digest(published, store=room.library.store, as_of=room.now.date())
    said = room.says("/papers undo 1")
    assert "No paper was taken back." in said
    assert "2 papers stay: 1 became public meanwhile and 1 was added by another import too." in said
    assert "Quasiluminal" in room.says("/paper 2909.00001", channel=OTHER)


def test_undo_ends_after_a_day(room: Room):
    """One that comes too late says so; the receipt then offers it no more."""
    add(room)
    room.now += timedelta(hours=24)
    assert "more than a day old" in room.says("/papers undo 1")
    assert "Undo" not in add(room)


@pytest.mark.parametrize("verb", ["undo", "imported"])
@pytest.mark.parametrize("number", ["", "2", "x", "999999999999"])
def test_an_import_that_is_none_is_an_error_with_the_way_out(room: Room, verb: str, number: str):
    """No number, another's number, no number at all."""
    add(room, channel=OTHER)
    add(room, MESSAGE + "\n", channel=OTHER)
    assert "Nothing was changed." in room.says(f"/papers {verb} {number}")
    assert "Nothing was changed." in room.says(f"/papers {verb} 1")


@pytest.mark.parametrize("line", ["/papers import", "/papers undo 1", "/papers imported 1"])
def test_guests_and_shared_channels_add_nothing(room: Room, line: str):
    """A guest is told that it is for members, a member in a shared channel why not here."""
    add(room)
    before = room.library.store.last_change()
    data = (MESSAGE + "\n").encode()
    assert "Only members of this workspace" in room.says(line, guest=True, document=data)
    assert "shared with another company" in room.says(line, shared=True, document=data)
    assert room.library.store.last_change() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"hello there", "This is not a digest we know."),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"\x00\x01", "binary"),
        (b"https://arxiv.org/abs/2909.00001", "only links to papers that are not stored, such as arxiv:2909.00001 (line 1)"),
        (b"x" * 2_000_001, "A document may have 2 MB"),
        (b"".join(b"Two Words arXiv:2909.%05d\n" % n for n in range(1_001)), "may have 1,000 papers; this one lists 1,001"),
    ],
)
def test_what_cannot_be_taken_in_is_an_error_and_changes_nothing(room: Room, data: bytes, said: str):
    """Each says what it is, that nothing was taken in, and what to do."""
    before = room.library.store.last_change()
    assert said in room.says("/papers import", document=data)
    assert room.library.store.last_change() == before


def test_a_link_to_a_stored_paper_counts_as_known(room: Room):
    """Here LIBERO is stored; links to papers of another workspace alone are not known."""
    add(room, "Hidden Paper arXiv:2909.00005", channel=OTHER)
    add(room, "Own Paper arXiv:2909.00006")
    said = add(room, "https://arxiv.org/abs/2909.00006\nNewer Paper arXiv:2909.00007\nhttps://arxiv.org/abs/2909.00005")
    assert "2 papers found: 1 new, 1 already known." in said
    assert "1 line was not understood: line 3 “arxiv:2909.00005”" in said


def test_the_text_may_stand_behind_the_command(room: Room):
    """One line, as in a direct message."""
    assert "1 paper found: 1 new." in room.says("/papers import Toasting of Robots https://arxiv.org/abs/2909.00001")


GUESTS_MAY = {
    *("", "search", "find", "today", "similar", "abstract", "refine", "export", "help"),
    *("save", "unsave", "saved"),  # each person's own list, which the workspace does not see
}


def test_guests_may_find_papers_and_nothing_else(room: Room):
    """The flag of each command decides; a new command must be decided on here."""
    for command in COMMANDS:
        refused = "Only members of this workspace" in room.says(command.usage, guest=True)
        assert refused is (command.verb not in GUESTS_MAY), command.usage
