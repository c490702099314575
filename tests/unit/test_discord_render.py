"""Cards on Discord: within every limit, nothing lost, nobody mentioned, and every word exactly as it was typed."""

# ruff: noqa: S106 - an input's `token` is "since:", not a secret

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import (
    long_commands,
    read_custom_id,
    read_form,
    render_card,
    render_form,
    render_reply,
    render_thread,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Effect,
    Element,
    Fields,
    Fold,
    Form,
    Image,
    Input,
    Links,
    Reply,
    Row,
    Select,
    Span,
    SpanStyle,
    Text,
    Thread,
)
from bot.model import ChannelRef
from bot.spans import clean, clean_line
from bot.subscription import Subscription, Wish
from bot.views.subscribe_form import settings_form, subscribe_form
from tests import discord_rules
from tests.strategies import HOSTILE, cards, commands, effects, expected_ink, forms, ink, moments_of, names_of, wordy_cards

Payload = dict[str, Any]
FEW = settings(max_examples=60, deadline=None)
AT = datetime(2025, 12, 9, 8, tzinfo=UTC)
ARXIV = "https://arxiv.org/abs/2306.03310"


def _components(*elements: Element) -> list[Payload]:
    (message,) = render_card(Card(title="T", elements=elements))
    discord_rules.check_message(message)
    return message["components"][0]["components"][1:]


def _texts(message: Payload) -> list[str]:
    return [c["content"] for c in discord_rules.walk(message["components"]) if c["type"] == 10]


def _read(*elements: Element) -> tuple[str, list[tuple[str, str]]]:
    """The words of some elements and the markup in them."""
    words, marks = "", []
    for content in (c["content"] for c in discord_rules.walk(_components(*elements)) if c["type"] == 10):
        shown, found = discord_rules.read_markdown(content)
        words, marks = words + shown, marks + found
    return words, marks


def _ids(message: Payload) -> list[str]:
    controls = [c for c in discord_rules.walk(message["components"]) if c["type"] in (2, 3)]
    return [c["custom_id"] for c in controls if c["type"] == 2] + [
        option["value"] for c in controls if c["type"] == 3 for option in c["options"]
    ]


@FEW
@given(cards)
def test_any_card_becomes_messages_that_discord_takes(card: Card):
    """Limits, ids, empty texts, structure: whatever the card holds, each payload keeps Discord's rules."""
    messages = render_card(card)
    assert messages
    for message in messages:
        discord_rules.check_message(message)


@FEW
@given(cards)
def test_every_control_of_any_card_can_be_read_back(card: Card):
    """A short command from its id, a long one from what was stored before."""
    stored = long_commands(card)
    wanted = []
    for element in card.elements:
        match element:
            case Buttons(buttons):
                wanted += [(b.effect, b.command) for b in buttons]
            case Row():
                wanted += [(b.effect, b.command) for b in element.buttons]
            case Fold(otherwise=button):
                wanted.append((button.effect, button.command))
            case Select(_, options, effect):
                wanted += [(effect, command) for _, command in options]
            case _:
                pass
    found = [read_custom_id(stored.get(i, i)) for message in render_card(card) for i in _ids(message)]
    assert sorted(found) == sorted((e, clean(c).strip()) for e, c in wanted if ink(c))
    assert all(i in stored for message in render_card(card) for i in _ids(message) if i.startswith("k"))


@FEW
@given(wordy_cards)
def test_no_word_is_lost_and_none_is_added(card: Card):
    """What all messages show together is what the card says, in its order."""
    shown = [discord_rules.read_markdown(text)[0] for message in render_card(card) for text in _texts(message)]
    assert ink("".join(shown)) == expected_ink(card, 1_000, lambda at: f"<t:{int(at.timestamp())}:f>")


@FEW
@given(wordy_cards)
def test_no_words_ever_mention_quote_or_list(card: Card):
    """The only markup is our own: headings, subtext, links, the styles asked for, and the ids that a view calls a name."""
    ours = {"heading", "subtext", "link", "bold", "italic", "code", "mention", "moment"}
    named, moments = set(names_of(card)), {f"<t:{int(at.timestamp())}:f>" for at in moments_of(card)}
    for message in render_card(card):
        for text in _texts(message):
            marks = discord_rules.read_markdown(text)[1]
            assert {kind for kind, _ in marks} <= ours
            assert {words[2:-1] for kind, words in marks if kind == "mention"} <= named
            assert {words for kind, words in marks if kind == "moment"} <= moments


@FEW
@given(forms)
def test_any_form_becomes_a_modal_that_discord_takes(form: Form):
    """Five inputs at most, titles cut, dates as text."""
    discord_rules.check_modal(render_form(form))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("style", ["plain", "bold", "italic", "code"])
@pytest.mark.parametrize("url", [None, ARXIV])
def test_hostile_words_read_as_typed_wherever_they_stand(text: str, style: SpanStyle, url: str | None):
    """As text, small line, row and title: no markup, no mention, no emoji, no link that nobody asked for."""
    span = Span(text, style, url)
    for element in (Text((span,)), Context((span,)), Row((span,), Button("1", "/paper x"))):
        words, marks = _read(element)
        assert words == (clean(text).replace("\n", " ") if url else clean(text))
        assert {kind for kind, _ in marks} <= {"subtext", *({"link"} if url else ()), style}
        assert {address for kind, address in marks if kind == "link"} == ({url} if url else set())
    (message,) = render_card(Card(title=text, url=url))
    words, marks = discord_rules.read_markdown(_texts(message)[0])
    assert words == clean_line(text)
    assert marks == [("heading", ""), *([("link", url)] if url else [])]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_read_as_typed(text: str):
    """Label and value both come from papers."""
    words, marks = _read(Fields(((text, text),)))
    assert words == f"{clean_line(text)}  {clean_line(text)}"
    assert {kind for kind, _ in marks} <= {"bold"}


@pytest.mark.parametrize(
    "spans",
    [
        (Span("a", "bold"), Span("b", "italic"), Span("c", "code"), Span("d", "bold")),
        (Span("a "), Span(" b ", "bold"), Span(" c", "italic")),
        (Span("-"), Span(" item", "bold")),
        (Span("Code:"), Span("arXiv", url=ARXIV), Span(":")),
        (Span("1"), Span("."), Span(" x")),
    ],
)
def test_styles_side_by_side_do_not_run_together(spans: tuple[Span, ...]):
    """Each span keeps its style, and neighbours make no new markup."""
    words, marks = _read(Text(spans))
    assert words == "".join(span.text for span in spans)
    styled = [(s.style, s.text.strip()) for s in spans if s.style != "plain"]
    assert [mark for mark in marks if mark[0] != "link"] == styled


@pytest.mark.parametrize("style", ["plain", "bold", "italic"])
def test_a_moment_is_shown_on_each_readers_own_clock(style: SpanStyle):
    """The tag stands for the words, in the style they had, between words and where a line begins."""
    at = Span("Tue 09:00 Europe/Berlin", style, at=AT)
    words, marks = _read(Text((at, Span(" or "), at)), Context((Span("- next "), at)))
    assert words == "<t:1765267200:f> or <t:1765267200:f>- next <t:1765267200:f>"
    assert [mark for mark in marks if mark[0] == "moment"] == [("moment", "<t:1765267200:f>")] * 3
    assert {kind for kind, _ in marks} == {"moment", "subtext"} | ({style} - {"plain"})


@pytest.mark.parametrize("span", [Span("09:00", "code", at=AT), Span("09:00", "user", at=AT), Span(" \u200b", at=AT)])
def test_what_is_code_or_a_name_or_says_nothing_is_no_moment(span: Span):
    """Code is to be typed as it is, and a platform would show a time where no words say one."""
    assert ink(_read(Text((span, Span("x"))))[0]) == ink(span.text + "x")


def test_a_moment_is_not_cut():
    """A time at the end of a long text stands in one piece, so that Discord can show it."""
    at = Span("Tue 09:00 Europe/Berlin", at=AT)
    for size in range(3_880, 4_001, 7):
        messages = render_card(Card(title="T", elements=(Text((Span("word " * (size // 5)), at)),)))
        assert "<t:1765267200:f>" in "".join(text for message in messages for text in _texts(message))


def test_a_title_with_an_address_is_a_linked_heading():
    """The first line decides on a phone."""
    assert _texts(render_card(Card(title="LIBERO", url=ARXIV))[0]) == [f"### [LIBERO]({ARXIV})"]


def test_a_title_that_cannot_be_inside_a_link_stands_beside_it():
    """Discord shows the backslashes inside a masked link."""
    assert _texts(render_card(Card(title="V^*", url=ARXIV))[0]) == [f"### V^\\* [→]({ARXIV})"]


def test_an_empty_title_is_called_untitled():
    """Discord refuses empty text."""
    assert _texts(render_card(Card(title=" \u200b\n"))[0]) == ["### Untitled"]


def test_a_small_line_is_small_on_every_line():
    """Subtext ends with its line."""
    (text,) = _components(Context((Span("▲ 41\n\n3 comments"),)))
    assert text["content"] == "-# ▲ 41\n\n-# 3 comments"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "discord://x", "https://", "", "data:text/html,x"])
def test_only_web_addresses_become_links_or_pictures(url: str):
    """Anything else stays plain text."""
    words, marks = _read(Text((Span("here", url=url),)), Links((("there", url),)), Image(url, "a plot"))
    assert not marks
    assert ink(words) == ink("here" + "there" + url + "a plot")


def test_an_address_cannot_break_out_of_its_link():
    """Spaces, brackets and angle brackets are percent-encoded."""
    _, marks = _read(Text((Span("x", url="https://e.example/a_(b) c>[y](z)"),)))
    assert marks == [("link", "https://e.example/a_%28b%29%20c%3E%5By%5D%28z%29")]


@FEW
@given(effects, commands)
def test_a_command_is_read_back_from_its_id(effect: Effect, command: str):
    """Whatever its length, before and after a restart."""
    card = Card(title="T", elements=(Buttons((Button("Go", command, effect=effect),)),))
    ids = _ids(render_card(card)[0])
    if ids:
        assert read_custom_id(long_commands(card).get(ids[0], ids[0])) == (effect, clean(command).strip())


@pytest.mark.parametrize("custom_id", ["", "x", "m|menu", "k|00", "z|/papers", "r|", "r", "0|input"])
def test_what_is_not_ours_has_no_command(custom_id: str):
    """A menu's own id says nothing, a hashed one only with what was stored."""
    assert read_custom_id(custom_id) is None


def test_the_same_command_twice_has_two_ids_with_one_meaning():
    """Discord refuses a message with one custom_id twice."""
    again = Button("Again", "/papers rl", effect="update")
    long = Button("Long", "/papers " + "x" * 200)
    card = Card(title="T", elements=(Buttons((again, again, long, long)), Row((Span("x"),), again)))
    ids = _ids(render_card(card)[0])
    stored = long_commands(card)
    assert ids[:2] == ["u|/papers rl", "u2|/papers rl"]
    assert len(set(ids)) == 5
    assert {read_custom_id(i) for i in ids if not i.startswith("k")} == {("update", "/papers rl")}
    assert {read_custom_id(text) for text in stored.values()} == {("reply", long.command)}


def test_a_long_commands_id_is_the_same_every_time():
    """A button posted last month is found in the store."""
    button = Button("Long", "/papers " + "x" * 200)
    first, second = (Card(title=t, elements=(Buttons((button,)),)) for t in ("One", "Two"))
    assert long_commands(first) == long_commands(second) != {}


def test_a_row_carries_its_button_at_its_side():
    """Title, byline and a number to press, in one section."""
    spans = (Span("LIBERO", "bold", ARXIV), Span("\n7 authors"))
    (section,) = _components(Row(spans, Button("2", "/paper LIBERO", style="primary")))
    assert section["components"] == [{"type": 10, "content": f"[**LIBERO**]({ARXIV})\n7 authors"}]
    assert section["accessory"] == {"type": 2, "style": 1, "label": "2", "custom_id": "r|/paper LIBERO"}


def test_buttons_stand_in_rows_of_five_and_options_in_menus_of_twenty_five():
    """Discord takes no more."""
    buttons = tuple(Button(str(n), f"/paper {n}") for n in range(7))
    options = tuple((str(n), f"/paper {n}") for n in range(25))
    rows = _components(Buttons(buttons), Select("Open", options))
    assert [len(row["components"]) for row in rows] == [5, 2, 1]
    assert len(rows[2]["components"][0]["options"]) == 25


def test_a_long_abstract_is_cut_after_a_sentence():
    """No half sentence at the end of a message, and no word gone."""
    text = "One sentence of a long abstract. " * 300
    messages = render_card(Card(title="T", elements=(Text((Span(text),)),)))
    parts = [part for message in messages for part in _texts(message)][1:]
    assert "".join(parts) == text
    assert all(part.endswith(". ") for part in parts)


def test_a_character_is_never_cut():
    """Neither an accent from its letter nor a family in the middle."""
    for unit in ("e\u0301\u0327", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽"):
        messages = render_card(Card(title="T", elements=(Text((Span(unit * 1_500),)),)))
        parts = [part for message in messages for part in _texts(message)][1:]
        assert len(parts) > 1
        assert all(len(part) % len(unit) == 0 for part in parts)


def test_twenty_rows_become_two_messages_in_order():
    """A message holds forty components, a row is three."""
    rows = tuple(Row((Span(str(n)),), Button("Open", f"/paper {n}")) for n in range(20))
    messages = render_card(Card(title="T", elements=(*rows, Divider())))
    assert [len(_texts(message)) for message in messages] == [13, 8]
    assert [text for message in messages for text in _texts(message)][1:] == [str(n) for n in range(20)]


def test_an_answer_for_the_caller_is_ephemeral():
    """And one for the channel is not."""
    card = Card(title="A")
    assert render_reply(Reply(cards=(card,)))[0]["flags"] == (1 << 15) | (1 << 6)
    assert render_reply(Reply(cards=(card,), visibility="channel"))[0]["flags"] == 1 << 15


def test_a_thread_names_its_parts():
    """A part's name is what the ledger remembers, so it is unique."""
    long = Card(title="Long", elements=tuple(Text((Span("x"),)) for _ in range(60)))
    parts = render_thread(Thread(opener=Card(title="O"), replies=(Card(title="A"), long)))
    assert [part["part"] for part in parts] == ["opener", "reply 1", "reply 2", "reply 2.2"]
    assert parts[1]["message"] == render_card(Card(title="A"))[0]


def a_subscription(wish: Wish) -> Subscription:
    """Subscription number 5 of a server's channel."""
    channel = ChannelRef(platform="discord", workspace="1", channel="2")
    moment = datetime(2025, 12, 8, tzinfo=UTC)
    return Subscription(
        id=5, channel=channel, wish=wish, made_by="9", made_at=moment, since_change=0, start_on=moment.date(), next_at=moment
    )


def _submit(modal: Payload, answers: list[str]) -> Payload:
    components = []
    for label, answer in zip(modal["components"], answers, strict=True):
        inner = label["component"]
        given_ = {"value": answer} if inner["type"] == 4 else {"values": [answer] if answer else []}
        components.append({"type": 18, "component": {**inner, **given_}})
    return {"custom_id": modal["custom_id"], "components": components}


def test_further_commands_of_an_entry_stand_in_a_row_below_it():
    """Text and buttons stay in one message, and a text that could fold is one button away."""
    more = (Button("Preview", "/papers preview #1"), Button("Stop", "/papers unsubscribe #1"))
    row = Row((Span("rl", "bold"),), Button("Change", "/papers subscribe #1", effect="form"), more)
    text, actions = _components(row)
    assert text == {"type": 10, "content": "**rl**"}
    assert [button["custom_id"] for button in actions["components"]] == [
        "f|/papers subscribe #1",
        "r|/papers preview #1",
        "r|/papers unsubscribe #1",
    ]
    messages = render_card(Card(title="T", elements=(row,) * 20))
    for message in messages:
        discord_rules.check_message(message)
        assert [c["type"] for c in message["components"][0]["components"]][-2:] == [10, 1]
    fold = Fold("Abstract", (Span("all of it"),), Button("Show all", "/papers abstract #1"))
    (buttons,) = _components(fold, Buttons((Button("Similar", "/papers similar #1"),)))
    assert [button["label"] for button in buttons["components"]] == ["Show all", "Similar"]


@pytest.mark.parametrize(
    ("text", "style", "shown"),
    [
        ("123456789012345678", "user", "<@123456789012345678>"),
        ("123456789012345678", "channel", "<#123456789012345678>"),
        ("ada", "user", "ada"),
        ("1> @everyone <@2", "user", "1\\> \\@everyone \\<\\@2"),
        ("@everyone", "channel", "\\@everyone"),
        ("12\n34", "user", "12\n34"),
    ],
)
def test_an_id_is_shown_as_a_name_and_calls_nobody(text: str, style: SpanStyle, shown: str):
    """Only a number is one; no message of ours lets Discord mention anybody."""
    (message,) = render_card(Card(title="T", elements=(Text((Span("made by "), Span(text, style), Span(" today"))),)))
    discord_rules.check_message(message)
    assert _texts(message)[1] == f"made by {shown} today"


def test_the_subscription_form_keeps_what_a_modal_has_no_room_for():
    """Five questions are asked; the layout stays as it is, behind the answers, where the line takes it."""
    form = subscribe_form(Wish(query="rl", layout="list", quiet=True, within_h=6), None)
    modal = render_form(form)
    discord_rules.check_modal(modal)
    assert [label["label"] for label in modal["components"]][1:] == ["Days", "Time", "Time zone", "At most"]
    data = _submit(modal, ["rl", "daily", "07:30", "Asia/Tokyo", "top 20"])
    line = "/papers subscribe rl ; within 6h daily 07:30 Asia/Tokyo top 20 layout list quiet"
    assert read_form(data, long_commands(form)) == line


def test_what_is_mentioned_stays_where_the_first_form_does_not_ask():
    """Changing the time of a subscription does not switch its role off."""
    wish = Wish(query="rl", mention="77", publish=True)
    form = subscribe_form(wish, a_subscription(wish), in_server=True)
    data = _submit(render_form(form), ["rl", "daily", "07:30", "Asia/Tokyo", "top 20"])
    line = "/papers subscribe #5 rl ; daily 07:30 Asia/Tokyo top 20 layout thread mention <@&77> publish"
    assert read_form(data, long_commands(form)) == line


def test_what_goes_beside_the_command_is_left_to_the_client():
    """A channel is picked and a text is pasted in fields of their own, whose ids say what they are."""
    inputs = (Input(name="where", label="Channel", kind="channel"), Input(name="text", label="Digest", kind="document"))
    modal = render_form(Form(title="T", command="/papers import", inputs=inputs))
    discord_rules.check_modal(modal)
    channel, document = (label["component"] for label in modal["components"])
    assert (channel["type"], channel["custom_id"]) == (8, "channel|0")
    assert (document["style"], document["custom_id"]) == (2, "document|1")
    assert read_form(_submit(modal, ["123", "1. A paper"])) == "/papers import"


def test_a_role_is_chosen_from_those_of_the_server_and_can_be_left_out():
    """The second form shows what the first has no room for; the line is the one a person could type."""
    wish = Wish(query="rl daily", within_h=6, mention="77", publish=True)
    form = settings_form(a_subscription(wish), in_server=True)
    modal = render_form(form)
    discord_rules.check_modal(modal)
    top, layout, role, publish = (label["component"] for label in modal["components"])
    assert (top["type"], layout["type"], publish["type"]) == (3, 3, 3)
    assert role["type"] == 6
    assert (role["default_values"], role["min_values"], role["required"]) == ([{"id": "77", "type": "role"}], 0, False)
    start = "/papers subscribe #5 rl daily ; weekdays 09:00 UTC within 6h top 10 layout list"
    answers = ["top 10", "layout list", "78", "publish"]
    assert read_form(_submit(modal, answers), long_commands(form)) == f"{start} mention <@&78> publish"
    assert read_form(_submit(modal, [*answers[:2], "", ""]), long_commands(form)) == start


def test_where_no_server_is_no_role_is_asked_for():
    """A direct message, or another platform."""
    for form in (settings_form(a_subscription(Wish()), in_server=False), subscribe_form(Wish(), None)):
        assert not {"mention", "publish"} & {field.name for field in form.inputs}


@pytest.mark.parametrize("start", ["/papers", "/papers " + "x" * 300])
def test_a_submitted_form_is_the_command_a_person_could_type(start: str):
    """Command and tokens travel in the ids; an input that no modal has room for keeps its preset value, behind the answers."""
    form = Form(
        title="T",
        command=start,
        inputs=(
            Input(name="query", label="Query"),
            Input(name="author", label="Author", token="author:"),
            Input(name="since", label="Since", token="since:", kind="date"),
            Input(name="sort", label="Sort", token="sort:", kind="select", options=(("Any", ""), ("Top", "top"))),
            Input(name="has", label="Has", token="has:"),
            Input(name="top", label="Top", token="top:", value="10"),
        ),
    )
    (reply,) = render_reply(Reply(form=form))
    modal = reply["modal"]
    assert modal["components"][2]["component"]["placeholder"] == "YYYY-MM-DD"
    assert modal["components"][3]["component"]["placeholder"] == "Any"
    data = _submit(modal, ["rl", "Sergey Levine", "", "top", ""])
    assert read_form(data, long_commands(form)) == f'{start} rl author:"Sergey Levine" sort:top top:10'
    assert (read_form(data) is None) == (len(start) > 100)


@given(st.sampled_from(HOSTILE))
@settings(max_examples=len(HOSTILE), deadline=None)
def test_labels_read_as_typed(text: str):
    """Labels know no markup on Discord, so nothing is escaped in them."""
    row, menu = _components(Buttons((Button(text, "/x"),)), Select(text, ((text, "/x"),)))
    (select,) = menu["components"]
    for label in (row["components"][0]["label"], select["placeholder"], select["options"][0]["label"]):
        assert clean_line(text).startswith(label.removesuffix("…"))
