"""Conversations about saved papers: a list of one's own in each workspace, which nobody else ever sees."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import answer_now
from bot.cards import Button, Buttons, Card, Reply, Row, plain_text
from bot.keeping import MOST
from bot.model import ChannelRef
from tests.builders import HERE, Room, a_desk
from tests.builders import library as open_library

FAILED = "That did not work"
OTHER_CHANNEL = replace(HERE, channel="robotics")
OTHER_WORKSPACE = replace(HERE, workspace="rivals")
OTHER_PLATFORM = replace(HERE, platform="slack")
COMMANDS = (
    "/papers saved",
    "/papers saved page:2",
    "/paper LIBERO",
    "/papers abstract LIBERO",
    "/papers similar SAPO",
    "/papers export bibtex saved",
    "/papers export csv saved",
    "/papers unsave LIBERO",
    "/papers",
    "/papers rl",
    "/papers help",
    "/papers subscriptions all",
    "/papers status",
    "/papers why LIBERO",
    "/papers preview",
)


def _card(reply: Reply) -> Card:
    (card,) = reply.cards
    return card


def _buttons(card: Card) -> dict[str, Button]:
    return {button.label: button for element in card.elements if isinstance(element, Buttons) for button in element.buttons}


def _titles(card: Card) -> list[str]:
    return [element.spans[0].text for element in card.elements if isinstance(element, Row)]


@pytest.mark.parametrize("name", ["LIBERO", "#2", "libero", "LIBRO", "Benchmarkng Knowlege Transfer for Lifelong Robot"])
def test_a_paper_is_saved_by_whatever_people_call_it(room: Room, name: str):
    """A name, a number, a typing error or half a title: what `/paper` takes."""
    card = _card(room.type(f"/papers save {name}"))
    assert card.title == "Saved"
    assert "LIBERO: Benchmarking" in plain_text(card)
    assert [title.split(":")[0] for title in _titles(_card(room.type("/papers saved")))] == ["LIBERO"]


def test_saving_again_says_since_when(room: Room):
    """The day is the one on the asker's own calendar."""
    room.now = datetime(2025, 12, 8, 23, 30, tzinfo=UTC)
    room.type("/papers save LIBERO")
    room.now += timedelta(days=3)
    assert "You saved it on 8 Dec 2025 already. Nothing was changed." in room.says("/papers save LIBERO", zone="Europe/London")
    assert "You saved it on 9 Dec 2025 already." in room.says("/papers save LIBERO", zone="Asia/Tokyo")
    assert "You saved it on 8 Dec 2025 already." in room.says("/papers save LIBERO", zone="Moon/Crater")


def test_a_choice_of_names_saves_none_of_them(room: Room):
    """Where several papers are meant, or none, the answer is the choice, and the list stays empty."""
    for name in ("learning", "Xyzzyplugh"):
        assert _card(room.type(f"/papers save {name}")).title != "Saved"
    assert _card(room.type("/papers saved")).title == "You have saved no paper yet"


@pytest.mark.parametrize("verb", ["save", "unsave"])
def test_a_missing_name_asks_for_one(room: Room, verb: str):
    """And says what will do."""
    card = _card(room.type(f"/papers {verb}"))
    assert card.title == FAILED
    assert f"/papers {verb} LIBERO" in plain_text(card)


def test_unsaving_takes_it_off_and_can_be_undone(room: Room):
    """The button of each answer is the way back."""
    saved = _card(room.type("/papers save LIBERO"))
    unsaved = _card(room.type(_buttons(saved)["Unsave"].command))
    assert "It is off your list.\nYour list is empty now." in plain_text(unsaved)
    assert "It is not on your list. Nothing was changed." in room.says("/papers unsave LIBERO")
    again = _card(room.type(_buttons(unsaved)["Save"].command))
    assert "It is on your list." in plain_text(again)
    assert "LIBERO" in room.says(_buttons(again)["Your list"].command)


def test_the_list_turns_its_pages_in_place(room: Room):
    """Last saved first, five a page, each once, and each entry opens its paper."""
    for number in range(1, 13):
        room.now += timedelta(minutes=1)
        room.type(f"/papers save #{number}")
    card, seen, pages = _card(room.type("/papers saved")), [], 1
    assert "1–5 of 12 · last saved first · only you see this list" in plain_text(card)
    seen += [row.button.command for row in card.elements if isinstance(row, Row)]
    while "Next ›" in _buttons(card):
        assert _buttons(card)["Next ›"].effect == "update"
        card = _card(room.type(_buttons(card)["Next ›"].command))
        seen += [row.button.command for row in card.elements if isinstance(row, Row)]
        pages += 1
    assert seen == [f"/paper #{number}" for number in range(12, 0, -1)]
    assert pages == 3
    assert "6–10 of 12" in room.says(_buttons(card)["‹ Previous"].command)
    assert _card(room.type(seen[-1], private=True)).title.startswith("Sample-efficient")


def test_an_empty_list_says_how_to_fill_it(room: Room):
    """The command stands there, and the way to papers."""
    card = _card(room.type("/papers saved"))
    assert "/papers save LIBERO" in plain_text(card)
    assert _buttons(card)["The newest papers"].command == "/papers"


@pytest.mark.parametrize("argument", ["all", "models page:2", "page:0", "page:201", "page:x", "🦜"])
def test_what_is_no_page_is_offered_as_a_search(room: Room, argument: str):
    """Somebody may be looking for papers that say "saved"."""
    card = _card(room.type(f"/papers saved {argument}"))
    assert card.title == FAILED
    assert "is not a page of your list" in plain_text(card)
    assert all(_card(room.type(button.command)).title != FAILED for button in _buttons(card).values())


def test_a_page_after_the_last_leads_back(room: Room):
    """When papers were taken off meanwhile."""
    room.type("/papers save LIBERO")
    card = _card(room.type("/papers saved page:9"))
    assert "nothing on this page; 1 paper in all" in plain_text(card)
    assert _titles(_card(room.type(_buttons(card)["‹ Previous"].command)))


def test_a_full_list_takes_no_more_and_says_so(room: Room):
    """A thousand papers, as many as the pages show; nothing is thrown out for a new one."""
    assert MOST == 1_000

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(room_saved, name)

        def save(self, space: str, user: str, paper_id: int, now: datetime, *, most: int) -> object:
            return room_saved.save(space, user, paper_id, now, most=most - MOST + 2)

    room_saved = room.saved
    room.saved = Full()
    assert [_card(room.type(f"/papers save #{number}")).title for number in (1, 2)] == ["Saved", "Saved"]
    card = _card(room.type("/papers save LIBERO", user="grace"))
    assert card.title == "Saved"
    full = _card(room.type("/papers save #3"))
    assert full.title == FAILED
    assert "Your list holds 1,000 papers, and more are not possible." in plain_text(full)
    assert "was not saved. Take one off first." in plain_text(full)
    assert "2 papers" in room.says("/papers saved")


def test_one_list_in_all_channels_of_a_workspace(room: Room):
    """The list is the person's, not the channel's."""
    room.type("/papers save LIBERO")
    assert "LIBERO" in room.says("/papers saved", channel=OTHER_CHANNEL)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "who",
    [
        {"user": "grace"},
        {"channel": OTHER_WORKSPACE},
        {"channel": OTHER_PLATFORM},
        {"channel": ChannelRef(platform="web", workspace="tea", channel="mpapers")},
        {"user": "ada "},
    ],
    ids=["another person", "another workspace", "another platform", "a name that runs together", "a name with a space"],
)
def test_nobody_else_ever_sees_a_list(room: Room, command: str, who: dict[str, object]):
    """Every command answers another person, and the same name in another workspace, as if nothing had been saved here."""
    before = room.type(command, private=True, **who)
    room.type("/papers save LIBERO", private=True)
    room.type("/papers save SAPO", private=True)
    assert room.type(command, private=True, **who) == before


def test_the_card_of_a_saved_paper_says_so_to_the_one_who_saved_it(room: Room):
    """With Unsave in place of Save, with the whole abstract too, for as long as it is on the list."""
    before = _card(room.type("/paper LIBERO", private=True))
    assert "Save" in _buttons(before)
    room.type(_buttons(before)["Save"].command)
    for command in ("/paper LIBERO", "/papers abstract LIBERO", "/paper #2"):
        card = _card(room.type(command, private=True))
        assert "Saved by you on 8 Dec 2025" in plain_text(card)
        assert "Save" not in _buttons(card)
    room.type(_buttons(card)["Unsave"].command)
    assert _card(room.type("/paper LIBERO", private=True)) == before


def test_a_card_that_others_see_never_tells_who_saved_it(room: Room):
    """Shared, or changed in place in a channel: it says nothing of the list and offers Save to everybody."""
    before = room.type("/paper LIBERO")
    room.type("/papers save LIBERO")
    assert room.type("/paper LIBERO") == before
    assert "Saved by you" not in room.says("/papers abstract LIBERO")
    assert "Save" in _buttons(_card(before))


def test_saving_is_answered_to_the_one_who_pressed(room: Room):
    """The button under a shared card gives a new answer, for the caller alone."""
    button = _buttons(_card(room.type("/paper LIBERO")))["Save"]
    assert (button.command, button.effect) == ("/papers save #2", "reply")
    for command in (button.command, "/papers saved", "/papers unsave LIBERO", "/papers export json saved"):
        assert room.type(command).visibility == "caller"


@pytest.mark.parametrize("command", ["/papers save LIBERO", "/papers unsave LIBERO", "/papers saved", "/papers export ris saved"])
def test_outside_of_any_channel_nobody_has_a_list(room: Room, command: str):
    """On the command line there is no person: said, and nothing changed."""
    (card,) = answer_now(command, room.desk()).cards
    assert card.title == FAILED
    assert "A saved list belongs to a person in a workspace. Nothing was changed." in plain_text(card)


def test_a_paper_that_cannot_be_shown_any_more_is_counted_not_named(room: Room, monkeypatch: pytest.MonkeyPatch):
    """A page tells how many of its papers are hidden from whoever asks now."""
    room.type("/papers save LIBERO")
    room.type("/papers save SAPO")
    everything = room.library.store.papers
    hidden: list[int] = [2]

    def visible(ids: list[int], *rest: object, **more: object) -> list[object]:
        return [one for one in everything(ids, *rest, **more) if one.id not in hidden]

    monkeypatch.setattr(room.library.store, "papers", visible)
    said = room.says("/papers saved")
    assert "LIBERO" not in said
    assert "1 paper of this page can no longer be shown to you." in said
    assert "2 papers · last saved first" in said


@pytest.fixture
def bare(tmp_path: Path, room: Room) -> Iterator[Room]:
    """A channel over a store that was never given anything."""
    with open_library(tmp_path / "bare") as empty:
        yield Room(empty, room.rounds, room.now, room.saved)


def test_an_empty_store_still_answers(bare: Room):
    """Nothing to save yet, nothing saved, nothing to export."""
    assert _card(bare.type("/papers save LIBERO")).title == "No papers yet"
    assert _card(bare.type("/papers saved")).title == "You have saved no paper yet"
    assert _card(bare.type("/papers export bibtex rl")).title == "No papers yet"
    assert _card(answer_now("/papers export bibtex", a_desk(bare.library))).title == "No papers yet"
