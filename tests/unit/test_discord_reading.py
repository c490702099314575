"""What Discord's messages and files hold: papers to look up, documents to take in, names of threads, tags, permissions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import access, limits
from adapters.discord.documents import Attachment, attachments, is_binary, message_text, why_not
from adapters.discord.finding import MOST, papers_in
from adapters.discord.gate import opening_refusal, role_refusal
from adapters.discord.keys import coloured, edition_of, found_in, is_first, mark_of, marked, nonce_of
from adapters.discord.mentions import with_mentions
from adapters.discord.naming import Tags, colour_of, heading_of, tags_for
from adapters.discord.posting import mentioning
from adapters.discord.render import render_card
from adapters.discord.roles import Role, asked_opening, with_role_ids
from bot.cards import Card, Context, Span, Text
from tests.discord_rules import check_message, walk
from tests.strategies import cards

DAY = "Paper Round · Monday 8 December 2025"


def opener(small: str = "rl · 7 of 40 new papers, best match first", title: str = DAY) -> dict[str, Any]:
    """The first message of an edition."""
    return render_card(Card(title=title, elements=(Context((Span(small),)), Text((Span("1  Soft"),)))))[0]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("look at https://arxiv.org/abs/2306.03310v2, it is good", ["arxiv:2306.03310"]),
        ("(https://huggingface.co/papers/2306.03310) and <https://arxiv.org/pdf/2306.03310>", ["hf:2306.03310"]),
        ("2306.03310 then arxiv:2501.00001", ["arxiv:2306.03310", "arxiv:2501.00001"]),
        ("[this](https://openreview.net/forum?id=AbCdEf123)", ["openreview:AbCdEf123"]),
        ("**LIBERO: Benchmarking Knowledge Transfer**\nmore words", ["LIBERO: Benchmarking Knowledge Transfer"]),
        ("", []),
        ("🎉 🎉", []),
        ("https://example.org/page", ["https://example.org/page"]),
    ],
)
def test_papers_are_found_in_what_a_message_says(content: str, names: list[str]):
    """Ids and links of any site, each paper once; else the first line, which may be a title; else nothing."""
    assert papers_in({"content": content}) == names


def test_papers_are_found_in_embeds_forwards_and_components():
    """A link's preview, a forwarded message and one of our own cards speak of papers too."""
    assert papers_in({"content": "", "embeds": [{"title": "T", "url": "https://arxiv.org/abs/2306.03310"}]}) == [
        "arxiv:2306.03310"
    ]
    assert papers_in({"message_snapshots": [{"message": {"content": "2306.03310"}}]}) == ["arxiv:2306.03310"]
    (message,) = render_card(Card(title="LIBERO", url="https://arxiv.org/abs/2306.03310"))
    assert papers_in(message) == ["arxiv:2306.03310"]


@given(st.text(max_size=3_000))
def test_no_message_asks_for_too_much(content: str):
    """At most five things are looked up, none of them longer than a title."""
    names = papers_in({"content": content})
    assert len(names) <= MOST
    assert all(0 < len(name) <= 300 for name in names)


def test_a_long_list_of_links_is_cut():
    """Five papers of a message are looked up, the first ones."""
    text = " ".join(f"2306.0331{n}" for n in range(10))
    assert papers_in({"content": text}) == [f"arxiv:2306.0331{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (Attachment(name="digest.txt", size=25_000_000, url="u", type="text/plain"), "25.0 MB"),
        (Attachment(name="paper.pdf", size=10, url="u", type="application/pdf"), "no text"),
        (Attachment(name="digest.txt", size=10, url="u", type="application/zip"), "no text"),
        (Attachment(name="digest", size=10, url="u"), "no text"),
        (Attachment(name="digest.txt", size=0, url="u"), "empty"),
        (Attachment(name="digest.txt", size=10, url="u", type="text/plain"), ""),
        (Attachment(name="LIST.BIB", size=10, url="u", type="application/octet-stream"), ""),
        (Attachment(name="mail.eml", size=10, url="u", type="message/rfc822"), ""),
    ],
)
def test_a_file_that_is_no_digest_is_refused_before_it_is_fetched(file: Attachment, why: str):
    """Too large, another kind, empty: in words; text of every kind that we read is taken."""
    assert why in why_not(file)
    assert bool(why) == bool(why_not(file))


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"%PDF-1.7", b"\x7fELF", b"text\0text", b"\x89PNG\r\n", b"MZ\x90"])
def test_a_disguised_binary_is_told_by_its_bytes(data: bytes):
    """What its name says does not count."""
    assert is_binary(data)


@pytest.mark.parametrize("data", [b"", b"Daily Papers", "é漢".encode(), "Papers".encode("utf-16")])
def test_text_in_any_encoding_is_no_binary(data: bytes):
    """UTF-16 has NULs and says so at its beginning."""
    assert not is_binary(data)


def test_a_forwarded_messages_file_counts():
    """A forward has no content of its own; its text and its files are the first message's."""
    inner = {"content": "hello", "attachments": [{"filename": "a.txt", "size": 3, "url": "u", "content_type": "text/plain; x"}]}
    message = {"content": "", "message_snapshots": [{"message": inner}]}
    assert message_text(message) == "hello"
    assert attachments(message) == [Attachment(name="a.txt", size=3, url="u", type="text/plain")]


def test_a_thread_is_named_for_its_day_and_topic():
    """As its first message says; the brand stands beside each message anyway."""
    heading = heading_of(opener())
    assert heading.name == "Monday 8 December 2025 · rl · 7 of 40 new papers"
    assert heading.topic == "rl"
    assert heading_of(opener("40 new papers, most upvotes first")).topic == ""


def test_a_thread_is_named_as_its_title_reads():
    """Markup and escapes of the message are no part of the name."""
    message = render_card(Card(title="A_b *c* [d] <@1>", url="https://example.org/a"))[0]
    assert "A_b *c* [d] <@1>" in heading_of(message).name


@settings(max_examples=60, deadline=None)
@given(cards)
def test_every_thread_has_a_name(card: Card):
    """1 to 100 characters for any paper text, right-to-left and combining marks too."""
    name = heading_of(render_card(card)[0]).name
    assert 1 <= len(name) <= 100
    assert name.strip()


def test_a_forums_own_tag_is_used():
    """Whatever its case; a tag for moderators alone is not ours to use."""
    forum = {"available_tags": [{"id": "1", "name": "News", "moderated": False}, {"id": "2", "name": "RL", "moderated": False}]}
    assert tags_for("rl", forum, may_create=True) == Tags(ids=("2",))
    kept = {"available_tags": [{"id": "2", "name": "RL", "moderated": True}]}
    assert tags_for("rl", kept, may_create=False) == Tags()


def test_a_tag_is_created_once_where_that_is_possible():
    """Named for the topic, or for all papers; not beyond twenty tags, not without leave."""
    assert tags_for("rl", {}, may_create=True) == Tags(create="rl")
    assert tags_for("", {}, may_create=True) == Tags(create="All papers")
    full = {"available_tags": [{"id": str(n), "name": f"t{n}"} for n in range(20)]}
    assert tags_for("rl", full, may_create=True) == Tags()
    assert tags_for("rl", {}, may_create=False) == Tags()


def test_a_required_tag_is_given():
    """Where the forum wants one and ours cannot be made, its first is taken."""
    forum = {"flags": 1 << 4, "available_tags": [{"id": "9", "name": "News", "moderated": True}, {"id": "7", "name": "Papers"}]}
    assert tags_for("rl", forum, may_create=False) == Tags(ids=("7",))


@given(st.text(max_size=200))
def test_a_new_tag_fits(topic: str):
    """At most 20 characters, never blank."""
    name = tags_for(topic, {}, may_create=True).create
    assert 1 <= len(name) <= limits.TAG_NAME
    assert name.strip()


def test_a_part_is_known_again():
    """The mark of a message is found in what Discord gives back, among our own messages only."""
    mark = mark_of("c", "e1p1", 1)
    message = {**marked(opener(), mark), "id": "5", "author": {"id": "me"}}
    assert found_in([{"id": "4", "author": {"id": "me"}}, message], "me", mark) == message
    assert found_in([{**message, "author": {"id": "other"}}], "me", mark) is None
    assert found_in([message], "me", mark_of("c", "e1p2", 1)) is None


@given(st.text(max_size=40), st.text(max_size=40), st.integers(1, 20))
def test_marks_and_nonces_fit(channel: str, key: str, number: int):
    """A nonce has at most 25 characters, a mark 31 bits, and is none of the small numbers that Discord gives by itself."""
    assert 1 <= len(nonce_of(channel, key, number)) <= 25
    assert 1_000 < mark_of(channel, key, number) < 1 << 31
    assert nonce_of(channel, key, number) == nonce_of(channel, key, number)


def test_parts_of_one_edition_are_told_from_those_of_others():
    """By the key that the ledger gives them."""
    assert edition_of("e12p1") == edition_of("e12p30") != edition_of("e13p1")
    assert is_first("e12p1")
    assert not is_first("e12p11")


def test_missing_permissions_have_the_names_that_discord_shows():
    """Those of a forum are called otherwise there; an administrator lacks none."""
    assert access.missing("text", 0) == [
        "View Channel",
        "Send Messages",
        "Read Message History",
        "Send Messages in Threads",
        "Create Public Threads",
    ]
    assert access.missing("forum", access.VIEW_CHANNEL | access.READ_HISTORY) == ["Create Posts", "Send Messages in Posts"]
    assert access.missing("text", access.ADMINISTRATOR) == []
    assert access.missing("announcements", access.INVITED) == []


def test_the_invitation_asks_for_what_posting_needs_and_no_more():
    """Every kind of channel can be posted to with the permissions of the link, and none of them is idle."""
    assert all(not access.missing(kind, access.INVITED) for kind in access.NEEDED)
    used = {bit for bits in access.NEEDED.values() for bit in bits}
    assert sum(used) == access.INVITED
    assert f"permissions={access.INVITED}" in access.invite_link("42")
    assert "client_id=42" in access.invite_link("42")


NEWS = Role(id="5", name="news")


def test_a_role_is_mentioned_where_that_works():
    """One that anyone may mention, or any where Paper Round may mention all; else the permission that lacks is named."""
    assert role_refusal(Role(id="5", name="news", mentionable=True), 0) == ""
    assert role_refusal(NEWS, access.MENTION_EVERYONE) == ""
    assert role_refusal(NEWS, access.ADMINISTRATOR) == ""
    said = role_refusal(NEWS, access.INVITED)
    assert "The role news may not be mentioned by everybody" in said
    assert "lacks the permission Mention @everyone, @here, and All Roles. Nothing was changed." in said


def test_a_role_is_found_by_its_name():
    """In any case, the longest that fits, with spaces; what is none stays, and so does a line that mentions nobody."""
    roles = [
        Role(id="1", name="@everyone"),
        Role(id="2", name="Robotics"),
        Role(id="3", name="Robotics Team"),
        Role(id="4", name=""),
    ]
    written = {
        "/papers subscribe rl mention @robotics": "/papers subscribe rl mention <@&2>",
        "/papers subscribe rl mention @Robotics Team publish": "/papers subscribe rl mention <@&3> publish",
        "/papers subscribe rl mention @Robotics Teams": "/papers subscribe rl mention <@&2> Teams",
        "/papers subscribe rl mention @roboticsx": "/papers subscribe rl mention @roboticsx",
        "/papers subscribe rl mention @everyone": "/papers subscribe rl mention @everyone",
        "/papers subscribe rl mention <@&9>": "/papers subscribe rl mention <@&9>",
        "/papers subscribe rl @robotics": "/papers subscribe rl @robotics",
    }
    assert {line: with_role_ids(line, roles) for line in written} == written


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/papers subscribe rl mention <@&5> publish", ("5", True)),
        ("/papers subscribe #3 rl publish weekdays", ("", True)),
        ("/papers subscribe rl mention nobody", ("", False)),
        ("/papers subscribe rl mention @nobody-here", ("", False)),
        ("/papers publish", ("", False)),
        ("/papers resume", ("", False)),
        ("/papers subscribe", ("", False)),
    ],
)
def test_what_a_line_asks_of_the_first_message(line: str, asked: tuple[str, bool]):
    """Of a subscription only; one that cannot be read asks for nothing here."""
    assert asked_opening(line) == asked


def test_what_cannot_be_mentioned_or_published_is_refused_before_anything_is_stored():
    """A role that is not there; publishing where nobody follows; nothing is refused of what is not known."""
    line = "/papers subscribe rl mention <@&5> publish"
    assert opening_refusal(line, "announcements", [NEWS], access.MENTION_EVERYONE) is None
    assert opening_refusal(line, None, None, 0) is None
    for kind, roles, said in (("text", [NEWS], "Only an announcement channel"), ("announcements", [], "has no such role")):
        reply = opening_refusal(line, kind, roles, access.MENTION_EVERYONE)
        assert reply is not None
        assert said in reply.refused
        assert "Nothing was changed." in reply.refused


@pytest.mark.parametrize("full", [False, True])
def test_a_role_is_mentioned_once_however_long_the_card(full: bool):
    """Above the first message with room for it, else in one of its own; and no other message mentions anybody."""
    size = 3_999 if full else 10
    messages = render_card(Card(title="Day", elements=(Text((Span("x" * (size - 7)),)),)))
    posted = mentioning(messages, "42")
    content = [one["content"] for message in posted for one in walk(message["components"]) if one["type"] == 10]
    assert content.count("<@&42>") == 1
    assert [message["allowed_mentions"] for message in posted if message["allowed_mentions"] != {"parse": []}] == [
        {"parse": [], "roles": ["42"]}
    ]
    assert len(posted) == (2 if full else 1)
    assert heading_of(posted[0]).name == "Day"


@settings(max_examples=60, deadline=None)
@given(cards, st.text(max_size=30))
def test_no_posted_message_breaks_a_limit(card: Card, topic: str):
    """With its mark, its colour and a mention above it, every message of any card is one that Discord takes."""
    plain = [
        coloured(marked(one, mark_of("c", topic, number)), colour_of(topic)) for number, one in enumerate(render_card(card), 1)
    ]
    for posted in mentioning(plain, "42"):
        *above, container = posted["components"]
        is_own = container["components"] == [{"type": 10, "content": "<@&42>"}]
        assert posted["allowed_mentions"] == ({"parse": [], "roles": ["42"]} if above or is_own else {"parse": []})
        check_message({**posted, "components": [container], "allowed_mentions": {"parse": []}})
        everything = [*walk(posted["components"])]
        assert len(everything) <= 40
        assert sum(len(one["content"]) for one in everything if one["type"] == 10) <= 4_000


def test_a_command_that_stands_for_itself_can_be_pressed():
    """`/papers` becomes a mention; one with words behind it, and one whose id is not known, stays as it is to be typed."""
    (message,) = render_card(
        Card(title="T", elements=(Text((Span("/papers", "code"), Span(" or "), Span("/papers rl", "code"))),))
    )
    (container,) = with_mentions(message["components"], {"papers": "77"})
    assert container["components"][1]["content"] == "</papers:77> or `/papers rl`"
    assert with_mentions(message["components"], {}) == message["components"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_papers_text_becomes_a_command(text: str):
    """Whatever a title or an abstract holds, backticks too, it is shown as it is."""
    for words in (text, f"`/papers` {text}", f"{text}`/paper`"):
        (message,) = render_card(Card(title="T", elements=(Text((Span(words),)),)))
        assert with_mentions(message["components"], {"papers": "77", "paper": "78"}) == message["components"]


def test_mentions_leave_a_full_message_as_it_is():
    """A mention is longer than the words it stands for, and a message has its limit."""
    spans = [Span("x" * 3_800)] + [Span("/papers", "code"), Span(" ")] * 10
    for message in render_card(Card(title="T", elements=(Text(tuple(spans)),))):
        changed = with_mentions(message["components"], {"papers": "1" * 20})
        everything = [*walk(changed)]
        assert sum(len(one["content"]) for one in everything if one["type"] == 10) <= 4_000
