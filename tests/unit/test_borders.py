"""What one workspace took in is as if it were not there for everybody else: every command, completion, edition and count."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Reply, Row, plain_text
from bot.commands import COMMANDS, thread_of
from bot.completion import complete
from bot.inquiry import inquire
from bot.model import ChannelRef
from bot.names import name_key
from tests.builders import DAY, Room, block, open_channel, page

ALPHA = ChannelRef(platform="web", workspace="alpha", channel="papers")
BETA = ChannelRef(platform="web", workspace="beta", channel="papers")
GAMMA = ChannelRef(platform="discord", workspace="gamma", channel="papers")

LATTICE = (
    "We introduce Glimmerfish, a frobnicated gradient lattice (FGL) for reinforcement learning (RL) of toasters, and call it "
    "Glimmerfish for short. Quixotrope agents learn to toast with robots in a world model, which no other zorblaxian method "
    "does, and the vexillary benchmark shows that large language models (LLMs) follow them over a lifetime of breakfasts."
)
TWIN = (
    "Snorkelwhiff is what we call this lattice of ours, and it has nothing to do with breakfast: its wibbling is measured on "
    "nine million crumpets, each of which was buttered by hand, and then thrown at a vision-language-action model (VLA) twice."
)
OF_BETA = page(
    block("ZORBLAX: Quasiluminal Toaster Learning with Robots", LATTICE, "  • 3 authors", "Nov 20"),
    block("Glimmerfish World Models for Reinforcement Learning", LATTICE, "zorblab Zorblax Laboratories", "Nov 21"),
    block("Soft Crumpets: A Twin Paper of Two Workspaces", TWIN, "  • 2 authors", "Nov 22"),
)
OF_ALPHA = page(
    block(
        "Marmalade Planning for Robots",
        LATTICE.replace("Glimmerfish", "Marmaladix").replace("FGL", "MPL"),
        "  • 4 authors",
        "Nov 20",
    ),
    block("Soft Crumpets: A Twin Paper of Two Workspaces", TWIN.replace("Snorkelwhiff", "Plumduff"), "  • 2 authors", "Nov 22"),
)
WORDS = (
    "zorblax", "ZORBLAX", "ZORBLAXX", "glimmerfish", "Glimerfish", "fgl", '"frobnicated gradient lattice"', "quixotrope",
    "snorkelwhiff", "soft crumpets", "Soft Crumpets: A Twin Paper of Two Workspaces", "toaster learning", "zorblab",
    "author:zorblab", "rl", "robots", "world model", "vla", "marmaladix", "MPL", "-zorblax robots", "(zorblax | robots)",
    "since:2025-11", "on:2025-12-08", "on:2025-11-20", "libro", "Quasiluminal Toaster Learning",
)  # fmt: skip
NUMBERS = tuple(f"#{number}" for number in range(1, 80))
LINES = (
    "/papers",
    "/papers page:2",
    *(command.usage for command in COMMANDS),
    *(f"/papers search {word}" for word in WORDS),
    *(f"/paper {word}" for word in (*WORDS, *NUMBERS)),
    *(f"/papers {verb} {word}" for verb in ("similar", "abstract", "why") for word in (*WORDS[:12], "#1", "#30", "#60")),
    *(f"/papers export bibtex {word}" for word in (*WORDS[:12], "on:2025-12-08", "#41", "#42")),
    *(f"/papers {verb} {number}" for verb in ("imported", "undo") for number in (2, 3, 9)),
    *(f"/papers preview {more}".strip() for more in ("", "7", "#1")),
    "/papers subscribe robots daily 10:00",
    "/papers subscriptions all",
)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Room, Room]]:
    """The same database twice, but that in the second one Beta took in papers, subscribed and muted too."""
    with ExitStack() as stack:
        without, within = (stack.enter_context(open_channel(tmp_path_factory.mktemp(name))) for name in ("without", "within"))
        for room in (without, within):
            assert "2 papers found: 2 new" in room.says("/papers import", channel=ALPHA, document=OF_ALPHA.encode())
        within.says("/papers import", channel=BETA, document=OF_BETA.encode(), document_name="2025-11-20.txt")
        within.says("/papers import", channel=BETA, document=b"Zorblax of Old https://arxiv.org/abs/2909.00001")
        for room in (without, within):
            room.type("/papers subscribe robots daily 09:00", channel=ALPHA)
            room.type("/papers subscribe all papers daily 09:00", channel=GAMMA)
            room.type("/papers subscribe robots daily 09:00", channel=BETA)  # subscriptions are numbered over all workspaces
        within.type("/papers mute zorblaxian", channel=BETA)
        yield without, within


def strangers() -> list[Any]:
    """Who is not of Beta: another workspace, one without papers of its own, a guest, a shared channel, a direct message."""
    return [
        pytest.param({"channel": ALPHA}, id="another workspace"),
        pytest.param({"channel": GAMMA}, id="a workspace without papers"),
        pytest.param({"channel": BETA, "guest": True, "user": "eve"}, id="a guest"),
        pytest.param({"channel": replace(BETA, workspace="")}, id="nowhere"),
    ]


def _told(reply: Reply) -> object:
    """All that a reply says and offers. Papers that match alike come in any order, which depends on when each was indexed."""
    said = [
        (
            card.title,
            card.url,
            sorted(repr((one.spans, one.button.command) if isinstance(one, Row) else one) for one in card.elements),
        )
        for card in reply.cards
    ]
    return said, reply.form, reply.attachment, reply.refused


@pytest.mark.parametrize("who", strangers())
def test_no_command_answers_otherwise_because_another_workspace_took_papers_in(rooms: tuple[Room, Room], who: dict[str, Any]):
    """Not a word, a number or a count of any answer differs."""
    without, within = rooms
    for line in LINES:
        if line.startswith("/papers similar") and who["channel"] == ALPHA:
            continue  # how rare a word is counts over all papers, so that the order, cut at five, may differ: see the next test
        assert _told(within.type(line, **who)) == _told(without.type(line, **who)), line


def test_papers_like_ones_own_are_never_those_of_another_workspace(rooms: tuple[Room, Room]):
    """However like they are: Alpha's papers share nearly all their words with Beta's."""
    _, within = rooms
    for word in ("Marmalade Planning for Robots", "Soft Crumpets", "LIBERO", "robots", "toaster"):
        said = within.says(f"/papers similar {word}", channel=ALPHA)
        assert not {word for word in ("Quasiluminal", "ZORBLAX", "Glimmerfish", "Zorblax") if word in said}, word
    assert "Marmalade" in within.says("/papers similar LIBERO", channel=ALPHA)


def test_in_a_shared_channel_only_public_papers_are_told(rooms: tuple[Room, Room]):
    """The workspace's own members see no private word there either, whatever they ask; what is typed is told back."""
    _, within = rooms
    for command in ("/papers search", "/paper", "/papers similar", "/papers abstract", "/papers why"):
        for word in WORDS:
            said = within.says(f"{command} {word}", channel=BETA, shared=True).lower()
            typed = word.lower()
            for secret in ("quasiluminal", "glimmerfish", "zorblax", "frobnicated", "snorkelwhiff", "crumpets", "quixotrope"):
                assert secret not in said.replace(typed, "").replace(typed.strip('"'), "") or secret in typed, (command, word)


def test_its_own_members_find_all_of_it(rooms: tuple[Room, Room]):
    """What strangers are kept from is there: by name, misspelt, by a word, by a learnt acronym, by topic, as similar."""
    _, within = rooms
    for line in ("/paper ZORBLAX", "/paper ZORBLAXX", "/papers quixotrope", "/papers fgl", "/papers search toaster learning"):
        assert "Quasiluminal Toaster Learning" in within.says(line, channel=BETA), line
    assert "frobnicated gradient lattice" in within.says("/papers fgl", channel=BETA)
    assert "Quasiluminal" in within.says("/papers similar Glimmerfish", channel=BETA)
    assert "Snorkelwhiff" in within.says("/papers abstract Soft Crumpets", channel=BETA)
    assert "Plumduff" in within.says("/papers abstract Soft Crumpets", channel=ALPHA)


@pytest.mark.parametrize("viewer", ["", "web:alpha", "discord:gamma"])
def test_completions_and_questions_of_the_operator_do_not_tell(rooms: tuple[Room, Room], viewer: str):
    """Every beginning of every word and name, and the command line's own way to ask."""
    told = []
    for room in rooms:
        library = room.library.seen_by(viewer)
        desk = replace(room.desk(), library=library)
        beginnings = [
            f"{command} {word[:size]}"
            for command in ("/paper", "/papers", "/papers similar")
            for word in WORDS
            for size in (1, 2, 4, 9, 14)
        ]
        told.append(
            (
                [complete(text, library) for text in beginnings],
                [
                    sorted(((hit.paper, hit.why) for hit in inquire(word, desk, limit=50, by_name=by_name).hits), key=repr)
                    for word in WORDS
                    for by_name in (True, False)
                ],
                thread_of(DAY, desk),
                library.store.count(viewer=viewer),
                [library.index.names_like(name_key(word), wrong=2, limit=99, viewer=viewer) for word in WORDS],
            )
        )
    assert told[0] == told[1]


def test_no_edition_of_another_workspace_or_a_shared_channel_holds_them(tmp_path: Path):
    """Each workspace's edition brings the public papers and its own; one of a shared channel the public ones."""
    with open_channel(tmp_path) as room:
        shared = replace(BETA, channel="shared")
        room.type("/papers import", channel=ALPHA, document=OF_ALPHA.encode())
        room.type("/papers import", channel=BETA, document=OF_BETA.encode())
        for channel in (ALPHA, BETA):
            room.type("/papers subscribe toaster daily 09:00", channel=channel)
        room.type("/papers subscribe toaster daily 09:00", channel=shared, shared=True)
        room.now += timedelta(hours=2)
        posted: dict[ChannelRef, str] = {}
        for channel, card in room.parts():
            posted[channel] = posted.get(channel, "") + plain_text(card)
        assert "Marmalade Planning" in posted[ALPHA]
        assert "Quasiluminal Toaster" in posted[BETA]
        assert not {"Quasiluminal", "Glimmerfish", "Zorblax"} & {*posted[ALPHA].split()}
        assert "Marmalade" not in posted[BETA]
        assert "matched" in posted[shared]
        for word in ("Quasiluminal", "Glimmerfish", "Marmalade"):
            assert word not in posted[shared]
