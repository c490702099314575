"""Half-typed commands: what is suggested, and that each suggestion works."""

import pytest

from bot.commands import COMMANDS
from bot.completion import MOST, MOST_COMMANDS, complete, needs_subscriptions
from bot.ports import Library
from tests.builders import HERE, Room
from tests.unit.conftest import Ask


def _values(text: str, library: Library) -> list[str]:
    return [one.value for one in complete(text, library)]


def test_a_slash_offers_every_command(library: Library):
    """The first key shows what there is: both commands and each verb."""
    labels = [one.label for one in complete("/", library)]
    assert labels[:2] == ["/papers", "/paper"]
    assert {f"/papers {command.verb}" for command in COMMANDS if command.verb and command.listed} <= set(labels)


def test_a_command_is_completed_from_its_beginning(library: Library):
    """`/pap` offers both; `/paper` then a space asks for a name."""
    assert {"/papers", "/paper "} <= set(_values("/pap", library))
    assert {"/papers", "/paper "} <= set(_values("/PAP", library))
    assert _values("/zzz", library) == []


def test_verbs_and_topics_follow_papers(library: Library):
    """`/papers s` offers similar and search; `/papers re` the topics that begin so, with their other names."""
    assert {"/papers similar ", "/papers search "} <= set(_values("/papers s", library))
    topic = next(one for one in complete("/papers reinf", library) if one.value == "/papers reinforcement learning")
    assert topic.hint == "topic, also rl, deep reinforcement learning"
    assert "/papers rl" in _values("/papers rl", library)


@pytest.mark.parametrize("typed", ["/paper lib", "/paper LIB", "/paper  Lib", " /paper lib"])
def test_names_are_completed_as_written(library: Library, typed: str):
    """`lib` becomes LIBERO, in the spelling of its paper."""
    assert _values(typed, library) == ["/paper LIBERO"]


def test_names_follow_the_verbs_that_take_one(library: Library):
    """`/papers similar ba` and `/papers abstract ba` complete names and keep the verb."""
    assert _values("/papers similar batch", library) == ["/papers similar BatchFormer"]
    assert _values("/papers ABSTRACT batch", library) == ["/papers abstract BatchFormer"]


def test_a_name_of_two_papers_is_offered_once(library: Library):
    """Both papers called ATLAS make one suggestion; choosing between them is the answer's work."""
    assert _values("/paper atl", library) == ["/paper ATLAS"]


@pytest.mark.parametrize("typed", ["", " ", "hello", "papers rl", "/paper ", "/paper 🦜", "/paper zzzz", "/other x"])
def test_nothing_is_suggested_where_nothing_is_known(library: Library, typed: str):
    """Plain words, unknown commands and unknown names bring no list."""
    assert complete(typed, library) == []


@pytest.mark.parametrize("typed", ["/", "/papers ", "/papers a", "/papers re", "/paper a", "/paper m", "/papers similar l"])
def test_suggestions_are_few_and_different(library: Library, typed: str):
    """At most eight, all commands aside; none twice, each with a label and a hint."""
    found = complete(typed, library)
    assert 0 < len(found) <= (MOST_COMMANDS if typed in ("/", "/papers ") else MOST)
    assert len({one.value for one in found}) == len(found)
    assert all(one.label and one.hint for one in found)


@pytest.mark.parametrize("typed", ["/", "/papers ", "/papers s", "/papers d", "/paper l", "/paper m", "/papers similar o"])
def test_every_suggestion_can_be_sent(library: Library, ask: Ask, typed: str):
    """A suggestion that needs nothing more is answered; one that ends in a space waits for a name or words."""
    for one in complete(typed, library):
        if not one.value.endswith(" "):
            assert ask(one.value).cards[0].title != "That did not work", one


def test_an_empty_library_still_completes_commands(empty_library: Library):
    """Before the first digest there are verbs and topics, and no names."""
    assert "/papers help" in _values("/papers h", empty_library)
    assert _values("/paper l", empty_library) == []


def test_a_pasted_text_is_cut_before_it_is_looked_at(library: Library):
    """A megabyte behind a slash is bounded work and brings nothing."""
    assert complete("/paper " + "x" * 1_000_000, library) == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/papers subscribe r", "/papers subscribe reinforcement learning"),
        ("/papers subscribe rl w", "/papers subscribe rl weekdays"),
        ("/papers subscribe rl weekdays 0", "/papers subscribe rl weekdays 09:00"),
        ("/papers subscribe rl weekdays 09:00 berl", "/papers subscribe rl weekdays 09:00 Europe/Berlin"),
        ("/papers subscribe rl weekdays 09:00 america/new", "/papers subscribe rl weekdays 09:00 America/New_York"),
        ("/papers subscribe rl 09:00 UTC t", "/papers subscribe rl 09:00 UTC top 10"),
        ("/papers subscribe rl 09:00 ", "/papers subscribe rl 09:00 top 10"),
        ("/papers why LIB", "/papers why LIBERO"),
        ("/papers preview ", "/papers preview 7"),
    ],
)
def test_the_commands_of_subscriptions_are_completed(library: Library, typed: str, offered: str):
    """Topics, days, times and time zones in their places, and names of papers."""
    assert offered in [one.value for one in complete(typed, library)]


def test_saved_numbers_are_offered(room: Room):
    """The channel's subscriptions with their lines, by number or by words."""
    room.type("/papers subscribe rl 09:00 UTC")
    room.type("/papers subscribe icl 09:00 UTC")
    mine = room.rounds.subscriptions.of_channel(HERE)
    for verb in ("unsubscribe", "preview", "resume"):
        assert needs_subscriptions(f"/papers {verb} ")
        found = complete(f"/papers {verb} ", room.library, mine)
        assert [(one.value, one.hint) for one in found][:2] == [
            (f"/papers {verb} #1", "rl weekdays 09:00 UTC"),
            (f"/papers {verb} #2", "icl weekdays 09:00 UTC"),
        ]
    assert [one.label for one in complete("/papers unsubscribe icl", room.library, mine)] == ["#2"]
    assert [one.label for one in complete("/papers unsubscribe a", room.library, mine)] == ["#1", "#2", "all"]
    assert not needs_subscriptions("/papers subscribe ")


def test_what_the_channel_is_subscribed_to_comes_first(room: Room):
    """Its queries, each once, before verbs and topics; with something typed, those of which a word begins so."""
    for line in ("rl 09:00 UTC", "rl 10:00 UTC weekends", '"vision language" 09:00 UTC', "similar minds 09:00 UTC", "09:00 UTC"):
        room.type(f"/papers subscribe {line}")
    mine = room.rounds.subscriptions.of_channel(HERE)
    for typed, first in (
        ("", ["rl", '"vision language"']),
        ("r", ["rl"]),
        ('"vi', ['"vision language"']),
        ("lang", ['"vision language"']),
    ):
        assert needs_subscriptions(f"/papers {typed}")
        found = complete(f"/papers {typed}", room.library, mine)
        assert [(one.value, one.hint) for one in found][: len(first)] == [(f"/papers {one}", "subscribed here") for one in first]
        assert len({one.value for one in found}) == len(found)
        assert [one.hint for one in found].count("subscribed here") == len(first)
    assert "/papers help" in [one.value for one in complete("/papers ", room.library, mine)]


def test_nothing_of_the_channel_is_asked_for_where_it_cannot_be_offered():
    """Names, commands and other verbs bring no look into the subscriptions."""
    for typed in ("/papers", "/paper ", "/paper rl", "/papers similar r", "/papers help x", "rl", ""):
        assert not needs_subscriptions(typed)


def test_a_guest_is_offered_nothing_of_the_channel():
    """What a workspace subscribed is its own."""
    for typed in ("/papers ", "/papers r", "/papers unsubscribe "):
        assert needs_subscriptions(typed)
        assert not needs_subscriptions(typed, guest=True)


def test_a_channel_of_many_subscriptions_still_offers_every_command(room: Room):
    """Discord shows 25 choices; all commands are among them."""
    for query in ("rl", "icl", "robots", "agents", "vision", "speech", "math"):
        room.type(f"/papers subscribe {query} 09:00 UTC")
    found = complete("/papers ", room.library, room.rounds.subscriptions.of_channel(HERE))
    assert len(found) <= MOST_COMMANDS
    assert {f"/papers {command.verb}" for command in COMMANDS if command.verb and command.listed} <= {one.label for one in found}


def test_names_follow_save_and_unsave(library: Library):
    """What may be saved is completed as a paper's name is anywhere."""
    assert _values("/papers save lib", library) == ["/papers save LIBERO"]
    assert _values("/papers unsave lib", library) == ["/papers unsave LIBERO"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/papers export ", ["bibtex", "ris", "csv", "json"]),
        ("/papers export B", ["bibtex"]),
        ("/papers export word ", []),
        ("/papers export csv ", ["saved"]),
        ("/papers export csv self-s", ["self-supervised learning"]),
        ("/papers export csv lib", ["LIBERO"]),
        ("/papers export CSV sav", ["saved"]),
    ],
)
def test_an_export_is_completed_word_by_word(library: Library, typed: str, offered: list[str]):
    """First a format, then the saved list, a topic or a name."""
    labels = [one.label for one in complete(typed, library)]
    assert labels == offered


def test_a_completed_export_works(library: Library, ask: Ask):
    """Each suggestion is a whole command that brings a file."""
    for one in complete("/papers export json l", library):
        if one.label != "saved":
            assert ask(one.value).attachment is not None or "No paper matches" in ask(one.value).cards[0].title


def test_a_misspelt_name_is_completed(library: Library):
    """`LIBRO` is within a letter of LIBERO, which is offered."""
    assert _values("/paper LIBRO", library) == ["/paper LIBERO"]


@pytest.mark.parametrize("typed", ["one rl to see", "One RL to se them all", "visual triple unifed reinforcement"])
def test_titles_are_completed_with_typing_errors(library: Library, typed: str):
    """A few words of a title, misspelt or not, offer the title; what is offered finds that very paper."""
    (first, *_) = complete(f"/paper {typed}", library)
    assert first.label.startswith("One RL to See Them All")


def test_an_offered_title_finds_its_paper(library: Library, ask: Ask):
    """A title that is cut to be offered is not cut so that it finds another paper, or none."""
    for typed in ("soft adaptive policy", "walk before you run", "train once, get a family"):
        (first, *_) = complete(f"/paper {typed}", library)
        (card,) = ask(first.value).cards
        assert card.title.startswith(first.label[:40])


def test_what_is_like_nothing_offers_nothing(library: Library):
    """Few letters that are like nothing offer nothing, and neither do words of no title."""
    assert _values("/paper zzzzqqq wwwvvv", library) == []
    assert _values("/paper q", library) == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/paper LBIERO", "/paper LIBERO"),
        ("/paper kibe", "/paper LIBERO"),
        ("/papers batchf", "/papers BatchFormer"),
        ("/papers author:ki", '/papers author:"Ada King"'),
        ("/papers author:Grace Ho", '/papers author:"Grace Hopper"'),
        ('/papers maps author:"hop', '/papers maps author:"Grace Hopper"'),
        ("/papers author:Hpoper", '/papers author:"Grace Hopper"'),
        ("/papers reinforcment lear", "/papers reinforcement learning"),
    ],
)
def test_typing_errors_are_forgiven_while_typing(library: Library, typed: str, offered: str):
    """In names with the first letter too, in people and in topics; names follow `/papers` too."""
    assert offered in _values(typed, library)


def test_an_author_that_is_offered_finds_a_paper(library: Library, ask: Ask):
    """The line is one that can be sent."""
    (line,) = _values("/papers author:hopp", library)
    assert "Maps of Cities" in str(ask(line).cards)


@pytest.mark.parametrize("typed", ["/papers author:", "/papers author:?", "/papers author:zzzz", '/papers author:"'])
def test_nobody_is_offered_where_nobody_is_called_so(library: Library, typed: str):
    """And no topic is, as a person is being typed."""
    assert _values(typed, library) == []
