"""Cards on Slack: within every limit, nothing lost, and every word exactly as it was typed."""

# ruff: noqa: S106 - an input's `token` is "since:", not a secret

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.render import (
    FormAnswers,
    home_view,
    read_action,
    read_form,
    render_card,
    render_form,
    render_reply,
    render_thread,
    render_update,
    with_notice,
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
    plain_text,
)
from bot.errors import PayloadRejected
from bot.spans import clean, clean_line
from bot.subscription import Timing, Wish
from bot.views.subscribe_form import subscribe_form
from tests import slack_rules
from tests.strategies import HOSTILE, cards, expected_ink, forms, ink, moments_of, names_of, wordy_cards

Payload = dict[str, Any]
FEW = settings(max_examples=60, deadline=None)


def _blocks(*elements: Element) -> list[Payload]:
    (message,) = render_card(Card(title="T", elements=elements))
    slack_rules.check_message(message)
    return message["blocks"][1:]


def _shown(message: Payload) -> str:
    return "".join(slack_rules.visible(block) for block in message["blocks"])


@FEW
@given(cards)
def test_any_card_becomes_messages_that_slack_takes(card: Card):
    """Limits, ids, empty texts: whatever the card holds, each payload keeps Slack's rules, with new blocks and without."""
    for modern in (False, True):
        messages = render_card(card, modern=modern)
        assert messages
        for message in messages:
            slack_rules.check_message(message)
        slack_rules.check_message(render_update(card, modern=modern))


@FEW
@given(st.lists(cards, max_size=4))
def test_any_cards_become_a_home_that_slack_takes(several: list[Card]):
    """However many and however long: one view, its ids unique over all cards."""
    slack_rules.check_home(home_view(several))


@FEW
@given(cards)
def test_no_text_names_a_person_or_a_channel_unless_a_view_calls_it_one(card: Card):
    """`<@U…>` in a title is five characters; an id that a view calls one is shown as a name where it is one."""
    messages = [message for modern in (False, True) for message in render_card(card, modern=modern)]
    named = [name for message in messages for block in message["blocks"] for name in slack_rules.names(block)]
    spoken = [name for message in messages for name in slack_rules.spoken_names(message["text"])]
    assert {*named, *spoken} <= set(names_of(card))


@FEW
@given(wordy_cards)
def test_every_moment_is_shown_on_each_readers_own_clock(card: Card):
    """Each span that says a moment, in its order, and no other words: with the words for who cannot be shown a time."""
    for modern in (False, True):
        blocks = [block for message in render_card(card, modern=modern) for block in message["blocks"]]
        shown = [moment for block in blocks for moment in slack_rules.moments(block)]
        assert shown == [int(at.timestamp()) for at in moments_of(card)]


def test_a_moment_is_a_date_in_rich_text_and_in_mrkdwn():
    """As a paragraph and beside a button; where its words could be read as markup, the row becomes rich text."""
    at = Span("Tue 09:00 Europe/Berlin", "bold", at=datetime(2025, 12, 9, 8, tzinfo=UTC))
    when = {"timestamp": 1765267200, "format": "{date_short_pretty} at {time}", "fallback": "Tue 09:00 Europe/Berlin"}
    (text,) = _blocks(Text((Span("Next: "), at)))
    said = {"type": "text", "text": "Next: "}
    assert text["elements"][0]["elements"] == [said, {"type": "date", **when, "style": {"bold": True}}]
    (row,) = _blocks(Row((Span("next "), at), Button("1", "/paper x")))
    assert row["text"]["text"] == "next *<!date^1765267200^{date_short_pretty} at {time}|Tue 09:00 Europe/Berlin>*"
    odd = Row((replace(at, text="Tue 09:00 America/New_York"),), Button("1", "/paper x"))
    assert [block["type"] for block in _blocks(odd)] == ["rich_text", "actions"]


def test_a_moment_before_words_without_a_space_stays_whole():
    """The last space of a piece is inside the moment; the cut goes behind it, not into it."""
    at = Span("Tue 09:00 Europe/Berlin", at=datetime(2025, 12, 9, 8, tzinfo=UTC))
    blocks = _blocks(Text((Span("Next:"), at, Span("é" * 4_000))))
    assert [moment for block in blocks for moment in slack_rules.moments(block)] == [1765267200]


def test_a_notification_says_a_moment_in_words():
    """What a phone shows, and what is read aloud, holds no date markup."""
    card = Card(title="T", elements=(Text((Span("Next: "), Span("Tue 09:00", at=datetime(2025, 12, 9, 8, tzinfo=UTC)))),))
    assert render_card(card)[0]["text"] == "T\nNext: Tue 09:00"


@FEW
@given(wordy_cards)
def test_no_word_is_lost_and_none_is_added(card: Card):
    """What all messages show together is what the card says, in its order."""
    for modern in (False, True):
        shown = "".join(_shown(message) for message in render_card(card, modern=modern))
        assert ink(shown) == expected_ink(card, 3_000)


@FEW
@given(forms)
def test_any_form_becomes_a_view_that_slack_takes(form: Form):
    """Titles are cut, empty answers need no option, long answers become text inputs; with a notice it is one still."""
    view = render_form(form, channel="C012", thread="1.2")
    slack_rules.check_view(view)
    slack_rules.check_view(render_form(form, notice=form.title))
    assert with_notice(with_notice(view, "7 papers"), "") == view


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("style", ["plain", "bold", "italic", "code"])
@pytest.mark.parametrize("url", [None, "https://arxiv.org/abs/2306.03310"])
def test_hostile_words_read_as_typed_wherever_they_stand(text: str, style: SpanStyle, url: str | None):
    """As text, small line, row, field and title: no markup, no mention, no emoji, no link that nobody asked for."""
    span = Span(text, style, url)
    for element in (Text((span,)), Context((span,)), Row((span,), Button("1", "/paper x"))):
        blocks = _blocks(element)
        assert "".join(map(slack_rules.visible, blocks)) == clean(text)
        assert [link for block in blocks for link in slack_rules.links(block)] == ([url] if url else [])
    (field,) = _blocks(Fields(((text, text),)))
    assert ink(slack_rules.visible(field)) == ink(text + text)
    (message,) = render_card(Card(title=text, url=url))
    assert _shown(message) == clean_line(text)


def test_a_title_with_an_address_is_a_bold_link_and_without_one_a_header():
    """The first line decides on a phone."""
    linked = render_card(Card(title="LIBERO", url="https://arxiv.org/abs/2306.03310"))[0]["blocks"][0]
    element = {"type": "link", "url": "https://arxiv.org/abs/2306.03310", "text": "LIBERO", "style": {"bold": True}}
    assert linked["elements"][0]["elements"] == [element]
    assert render_card(Card(title="LIBERO"))[0]["blocks"][0]["type"] == "header"


def test_an_empty_title_is_called_untitled():
    """Slack refuses empty text."""
    (message,) = render_card(Card(title=" \u200b\n"))
    assert message["text"] == "Untitled"
    assert _shown(message) == "Untitled"


def test_the_notification_is_the_cards_plain_text_with_no_mention_in_it():
    """Screen readers get the same words, and `<!channel>` calls nobody."""
    card = Card(title="A & B", elements=(Text((Span("<!channel> hi"),)), Links((("arXiv", "https://arxiv.org"),))))
    (message,) = render_card(card)
    assert message["text"] == plain_text(card).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_row_carries_its_button_at_its_side():
    """Title, byline and a number to press, in one section."""
    spans = (Span("LIBERO", "bold", "https://arxiv.org"), Span("\n7 authors"))
    (block,) = _blocks(Row(spans, Button("2", "/paper LIBERO")))
    assert block["text"]["text"] == "*<https://arxiv.org|LIBERO>*\n7 authors"
    assert block["accessory"]["value"] == "/paper LIBERO"


def test_a_row_that_mrkdwn_would_misread_keeps_its_words_and_its_button():
    """The words come first, the layout second."""
    text, actions = _blocks(Row((Span("V^* and π_0"),), Button("2", "/paper LIBERO")))
    assert slack_rules.visible(text) == "V^* and π_0"
    assert actions["elements"][0]["value"] == "/paper LIBERO"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example", "https://", "", "data:text/html,x"])
def test_only_web_addresses_become_links_or_pictures(url: str):
    """Anything else stays plain text."""
    blocks = _blocks(Text((Span("here", url=url),)), Links((("there", url),)), Image(url, "a plot"))
    assert not [link for block in blocks for link in slack_rules.links(block)]
    assert ink("".join(map(slack_rules.visible, blocks))) == ink("here" + "there" + url + "a plot")


def test_an_address_cannot_break_out_of_its_link():
    """Spaces, pipes and angle brackets are percent-encoded."""
    (block,) = _blocks(Context((Span("x", url="https://e.example/a b>c|d<!channel>"), Span(" y"))))
    assert slack_rules.links(block) == ["https://e.example/a%20b%3Ec%7Cd%3C!channel%3E"]
    assert slack_rules.visible(block) == "x y"


@pytest.mark.parametrize("effect", ["reply", "update", "share", "form"])
def test_a_button_says_its_command_when_pressed(effect: Effect):
    """The payload is the command, even where Slack turns `&` into an entity on the way back."""
    command = '/papers "R&D" <x>'
    (block,) = _blocks(Buttons((Button("Go", command, effect=effect),)))
    (button,) = block["elements"]
    assert read_action(button["action_id"], button["value"]) == (effect, command)
    assert read_action(button["action_id"], command.replace("&", "&amp;").replace("<", "&lt;")) == (effect, command)


@pytest.mark.parametrize("action", [("reply", "x"), ("nothing:1", "x"), ("reply:1", ""), ("reply:x", "x"), ("", "")])
def test_what_is_not_ours_is_no_action(action: tuple[str, str]):
    """Other blocks may live in the same message one day."""
    assert read_action(*action) is None


def test_the_same_button_twice_has_two_ids():
    """Slack refuses a message with one action_id twice."""
    again = Button("Again", "/papers rl")
    blocks = _blocks(Buttons((again, again)), Buttons((again,)))
    assert [e["action_id"] for b in blocks for e in b["elements"]] == ["reply:0", "reply:1", "reply:2"]


def test_buttons_stand_in_rows_of_five():
    """More would wrap anywhere on a phone."""
    blocks = _blocks(Buttons(tuple(Button(str(n), f"/paper {n}") for n in range(12))))
    assert [len(block["elements"]) for block in blocks] == [5, 5, 2]


def test_a_menu_with_a_command_too_long_for_it_becomes_buttons():
    """An option holds 150 characters, a button 2,000; what neither holds is shown to be typed."""
    commands = ["/papers a", "/papers " + "b" * 300, "/papers " + "c" * 2_500]
    blocks = _blocks(Select("Which one", tuple((c[8], c) for c in commands), effect="update"))
    values = [e["value"] for b in blocks if b["type"] == "actions" for e in b["elements"]]
    assert values == commands[:2]
    shown = "".join(map(slack_rules.visible, blocks))
    assert shown.startswith("Which one")
    assert commands[2] in shown


def test_a_menus_options_are_its_commands():
    """A chosen option is read like a pressed button."""
    (block,) = _blocks(Select("Open", (("One", "/paper 1"), ("", "/paper 2"), ("None", " ")), effect="reply"))
    (menu,) = block["elements"]
    assert [(o["text"]["text"], o["value"]) for o in menu["options"]] == [("One", "/paper 1"), ("/paper 2", "/paper 2")]
    assert read_action(menu["action_id"], menu["options"][0]["value"]) == ("reply", "/paper 1")


def test_a_long_abstract_is_cut_after_a_sentence():
    """No half sentence at the end of a block, and no word gone."""
    text = "One sentence of a long abstract. " * 300
    messages = render_card(Card(title="T", elements=(Text((Span(text),)),)))
    parts = [slack_rules.visible(block) for message in messages for block in message["blocks"]][1:]
    assert "".join(parts) == text
    assert all(part.endswith(". ") for part in parts)


def test_a_character_is_never_cut():
    """Neither an accent from its letter nor a family in the middle."""
    for unit in ("e\u0301\u0327", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽"):
        messages = render_card(Card(title="T", elements=(Text((Span(unit * 900),)),)))
        parts = [slack_rules.visible(block) for message in messages for block in message["blocks"]][1:]
        assert len(parts) > 1
        assert all(len(part) % len(unit) == 0 for part in parts)


def test_sixty_entries_become_two_messages_in_order():
    """A message holds fifty blocks."""
    card = Card(title="T", elements=tuple(Text((Span(str(n)),)) for n in range(60)))
    messages = render_card(card)
    assert len(messages) == 2
    assert _shown(messages[0]) + _shown(messages[1]) == "T" + "".join(map(str, range(60)))
    assert messages[1]["text"].startswith("49\n50")


def test_a_blocks_id_changes_with_its_content():
    """Slack asks for new ids when a message is updated, else a menu keeps the old choice."""
    first, second = (_blocks(Text((Span(word),)), Divider()) for word in ("one", "two"))
    assert first[0]["block_id"] != second[0]["block_id"]
    assert first[1]["block_id"] == second[1]["block_id"]


def test_an_answer_for_the_caller_is_ephemeral():
    """And one for the channel is not; every card is a message."""
    cards_ = (Card(title="A"), Card(title="B"))
    assert [m["response_type"] for m in render_reply(Reply(cards=cards_))] == ["ephemeral"] * 2
    assert render_reply(Reply(cards=cards_, visibility="channel"))[1]["response_type"] == "in_channel"


def test_a_thread_names_its_parts():
    """A part's name is what the ledger remembers, so it is unique."""
    long = Card(title="Long", elements=tuple(Text((Span("x"),)) for _ in range(60)))
    parts = render_thread(Thread(opener=Card(title="O"), replies=(Card(title="A"), long)))
    assert [part["part"] for part in parts] == ["opener", "reply 1", "reply 2", "reply 2.2"]
    assert parts[1]["message"] == render_card(Card(title="A"))[0]


def _submit(view: Payload, answers: list[object]) -> Payload:
    kinds = {
        "plain_text_input": "value",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "conversations_select": "selected_conversation",
        "file_input": "files",
    }
    values = {}
    for block, answer in zip(view["blocks"], answers, strict=True):
        element = block["element"]
        given_ = {kinds[element["type"]]: answer} if element["type"] in kinds else {"selected_option": answer}
        values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given_}}
    return {**view, "state": {"values": dict(reversed(values.items()))}}


def test_a_submitted_form_is_the_command_a_person_could_type():
    """Everything needed travels with the view: command, tokens, answers, in the order of the questions."""
    form = Form(
        title="A title that is longer than Slack allows",
        command="/papers",
        inputs=(
            Input(name="query", label="Query"),
            Input(name="author", label="Author", token="author:"),
            Input(name="since", label="Since", token="since:", kind="date", value="2025-06-01"),
            Input(name="sort", label="Sort", token="sort:", kind="select", options=(("Any", ""), ("Top", "top"))),
        ),
    )
    (reply,) = render_reply(Reply(form=form))
    view = reply["view"]
    assert view["blocks"][2]["element"]["initial_date"] == "2025-06-01"
    assert view["blocks"][3]["element"]["placeholder"]["text"] == "Any"
    answers = ["rl", "Sergey Levine", "2025-06-01", {"value": "top"}]
    assert read_form(_submit(view, answers)) == FormAnswers(command='/papers rl author:"Sergey Levine" since:2025-06-01 sort:top')
    assert read_form(_submit(view, [None, None, None, None])).command == "/papers"


def test_the_subscription_form_has_native_pickers_and_gives_the_same_line():
    """Time, zone and channel are picked; the query is checked while it is typed; the channel goes beside the command."""
    wish = Wish(query="rl", timing=Timing(zone="Europe/Berlin"), within_h=5)
    form = subscribe_form(wish, None)
    view = render_form(form, channel="C012", thread="17.5")
    elements = {block["element"]["type"]: block["element"] for block in view["blocks"]}
    assert elements["timepicker"]["initial_time"] == "09:00"
    assert elements["external_select"]["action_id"] == "zone"
    assert elements["external_select"]["initial_option"]["value"] == "Europe/Berlin"
    assert elements["conversations_select"]["default_to_current_conversation"] is True
    assert [block.get("dispatch_action", False) for block in view["blocks"]] == [True, *[False] * 6]
    top, layout = {"value": "top 20"}, {"value": "layout list"}
    answers = ["rl", {"value": "daily"}, "07:30", {"value": "Asia/Tokyo"}, top, layout]
    line = "/papers subscribe rl ; within 5h daily 07:30 Asia/Tokyo top 20 layout list"
    assert read_form(_submit(view, [*answers, None])) == FormAnswers(command=line, channel="C012", thread="17.5")
    assert read_form(_submit(view, [*answers, "C012"])) == FormAnswers(command=line, channel="C012", thread="17.5")
    assert read_form(_submit(view, [*answers, "C777"])) == FormAnswers(command=line, channel="C777")
    as_typed = {"query": "rl", "days": "daily", "time": "07:30", "zone": "Asia/Tokyo", "top": "top 20", "layout": "layout list"}
    assert form.fill(as_typed) == line


def test_a_digest_can_be_pasted_or_come_as_a_file():
    """A line holds 3,000 characters on Slack, so there is a place for a file; neither becomes part of the command."""
    form = Form(title="Add", command="/papers import", inputs=(Input(name="text", label="Digest", kind="document"),))
    view = render_form(form)
    paste, file = (block["element"] for block in view["blocks"])
    assert (paste["multiline"], paste["max_length"], file["type"], file["max_files"]) == (True, 3_000, "file_input", 1)
    submitted = _submit(view, ["1. A paper\n2. Another", [{"id": "F1", "name": "x.txt"}]])
    assert read_form(submitted) == FormAnswers(command="/papers import", document="1. A paper\n2. Another", file_ids=("F1",))
    assert read_form(_submit(view, [None, None])) == FormAnswers(command="/papers import")


def test_a_notice_stands_under_the_input_that_is_checked_and_changes_nothing_else():
    """Slack keeps what was typed as long as the inputs are the same."""
    inputs = (Input(name="q", label="Query", live=True), Input(name="a", label="Author"))
    view = render_form(Form(title="T", command="/papers", inputs=inputs))
    as_slack_sends_it = {**view, "id": "V1", "hash": "1.x", "state": {"values": {}}, "team_id": "T1"}
    noticed = with_notice(as_slack_sends_it, "7 papers of the last week match <!here>")
    slack_rules.check_view(noticed)
    assert [block.get("block_id") for block in noticed["blocks"]] == ["0|", "notice", "1|"]
    assert slack_rules.visible(noticed["blocks"][1]) == "7 papers of the last week match <!here>"
    assert with_notice(noticed, "none")["blocks"][0] == view["blocks"][0]
    assert with_notice(noticed, "") == view


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"private_metadata": "/papers", "state": {"values": {}}},
        {"private_metadata": "{}", "state": {"values": {}}},
        {"private_metadata": "[]", "state": {"values": {}}},
        {"private_metadata": '{"command":"/x","channel":"","thread":""}', "state": None},
        {"private_metadata": '{"command":"/x","channel":"","thread":""}', "state": {"values": {"0|": {"a": None}}}},
    ],
)
def test_a_view_of_another_version_is_refused_in_words(view: Payload):
    """A form that was open while the bot was replaced says to open it again."""
    with pytest.raises(PayloadRejected, match="open it again"):
        read_form(view)


def test_a_form_with_a_command_too_long_for_a_view_is_refused_in_words():
    """Better than a modal that cannot be submitted."""
    form = Form(title="T", inputs=(Input(name="q", label="Q"),), command="/papers " + "x" * 3_000)
    with pytest.raises(PayloadRejected, match="type the command"):
        render_form(form)


def test_a_long_text_folds_in_place_where_slack_can():
    """The new container is closed and holds all of it; the plain form has the button in the row below."""
    text = "A sentence of an abstract. " * 60
    fold = Fold("Abstract", (Span(text),), Button("Show all", "/papers abstract #1", effect="update"))
    card = Card(title="T", elements=(Text((Span("Short"),)), fold, Buttons((Button("Similar", "/papers similar #1"),))))
    (modern,), (classic,) = render_card(card, modern=True), render_card(card)
    container = modern["blocks"][2]
    assert (container["type"], container["title"]["text"], container["default_collapsed"]) == ("container", "Abstract", True)
    assert slack_rules.folded(container) == text
    assert [e["text"]["text"] for e in modern["blocks"][3]["elements"]] == ["Similar"]
    assert [e["text"]["text"] for e in classic["blocks"][2]["elements"]] == ["Show all", "Similar"]
    assert modern["text"] == classic["text"] == "T\nShort"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_read_as_typed_in_a_fold(text: str):
    """Its line and its text are plain text."""
    card = Card(title="T", elements=(Fold(text, (Span(text),), Button("Show all", "/x")),))
    (message,) = render_card(card, modern=True)
    slack_rules.check_message(message)
    (container,) = message["blocks"][1:]
    assert slack_rules.folded(container) == clean(text)
    assert container["title"]["emoji"] is False
    assert not slack_rules.links(container)


def test_a_fold_that_no_container_holds_is_its_button():
    """Too long for one, or in styles that only rich text shows as they are."""
    for spans in ((Span("x" * 9_000),), (Span("*", "bold"),), ()):
        fold = Fold("Abstract", spans, Button("Show all", "/papers abstract #1"))
        (message,) = render_card(Card(title="T", elements=(fold,)), modern=True)
        assert message["blocks"][1]["elements"][0]["value"] == "/papers abstract #1"


def test_the_commands_of_an_entry_are_a_small_menu_that_says_what_each_does():
    """Each option keeps its own effect; a command too long for an option makes them buttons."""
    more = (Button("Preview", "/papers preview #1", effect="update"), Button("Stop", "/papers unsubscribe #1"))
    (section,) = _blocks(Row((Span("rl", "bold"),), Button("Change", "/papers subscribe #1", effect="form"), more))
    menu = section["accessory"]
    assert [option["text"]["text"] for option in menu["options"]] == ["Change", "Preview", "Stop"]
    assert [read_action(menu["action_id"], option["value"]) for option in menu["options"]] == [
        ("form", "/papers subscribe #1"),
        ("update", "/papers preview #1"),
        ("reply", "/papers unsubscribe #1"),
    ]
    long = Button("Long", "/papers " + "x" * 200)
    text, row = _blocks(Row((Span("rl", "bold"),), Button("Change", "/papers subscribe #1"), (long,)))
    assert slack_rules.visible(text) == "rl"
    assert [e["value"] for e in row["elements"]] == ["/papers subscribe #1", long.command]


@pytest.mark.parametrize("value", ["", "x", "|", "z|/papers", "r|", "reply|/papers"])
def test_an_option_of_no_known_effect_is_no_action(value: str):
    """A menu of a later version may hold others."""
    assert read_action("overflow:1", value) is None


@pytest.mark.parametrize(
    ("text", "style", "shown"),
    [("U012ABC", "user", True), ("W9", "user", False), ("C012ABC", "channel", True), ("U012ABC", "channel", False)],
)
def test_an_id_is_shown_as_a_name_only_where_it_is_one(text: str, style: SpanStyle, shown: bool):
    """In text, in a small line, in a row and in the notification; anything else stays the text it is."""
    spans = (Span("made by "), Span(text, style), Span(" today"))
    for element in (Text(spans), Context(spans), Row(spans, Button("1", "/x"))):
        (message,) = render_card(Card(title="T", elements=(element,)))
        slack_rules.check_message(message)
        assert slack_rules.names(message["blocks"][1]) == ([text] if shown else [])
        assert slack_rules.spoken_names(message["text"]) == ([text] if shown else [])
        assert text in _shown(message)


@pytest.mark.parametrize("text", ["U012ABC> <!here", "U012 ABC", "u012abc", "<@U012ABC>", "U012ABC|x", "", "Ü012", "U012ABC\n"])
def test_what_only_looks_like_an_id_names_nobody(text: str):
    """A paper's text could end up where an id should be."""
    (message,) = render_card(Card(title="T", elements=(Text((Span("x"), Span(text, "user"))), Context((Span(text, "user"),)))))
    slack_rules.check_message(message)
    assert not [name for block in message["blocks"] for name in slack_rules.names(block)]


def test_half_an_id_names_nobody():
    """Where a text is cut, the cut may go through an id."""
    card = Card(title="T", elements=(Text((Span("x" * 2_995), Span("U012ABCDEF", "user"))),))
    messages = render_card(card)
    assert not [name for message in messages for block in message["blocks"] for name in slack_rules.names(block)]
    assert "".join(map(_shown, messages)).endswith("xU012ABCDEF")


def test_messages_end_where_entries_end():
    """An entry of text and button stays whole, and so do a title with its first line and a divider with what follows."""
    spans = (Span("V^* is not for mrkdwn"),)  # so that the button stands below
    rows = tuple(Row(spans, Button(str(n), f"/paper {n}")) for n in range(40))
    messages = render_card(Card(title="T", elements=(*rows, Divider(), Context((Span("the end"),)))))
    for message in messages:
        slack_rules.check_message(message)
        kinds = [block["type"] for block in message["blocks"]]
        assert kinds[-1] in ("actions", "context")
        assert kinds[0] in ("header", "rich_text")
    assert [len(message["blocks"]) for message in messages] == [49, 34]


def test_what_belongs_to_an_entry_goes_with_it_into_the_next_message():
    """A small line, links and buttons say something about what stands above them."""
    filler = tuple(Text((Span(str(n)),)) for n in range(48))
    tail = (Text((Span("entry"),)), Context((Span("small"),)), Buttons((Button("Go", "/x"),)))
    first, second = render_card(Card(title="T", elements=(*filler, *tail)))
    assert len(first["blocks"]) == 49
    assert _shown(second) == "entrysmall"


def test_an_update_is_one_message_that_says_there_is_more():
    """A message can only be replaced by one."""
    card = Card(title="T", elements=tuple(Text((Span(f"{n}."),)) for n in range(60)))
    message = render_update(card)
    slack_rules.check_message(message)
    assert _shown(message).endswith("47.There is more than one message holds. Ask again to see all of it.")
    small = Card(title="T", elements=(Text((Span("x"),)),))
    assert render_update(small) == render_card(small)[0]


def test_a_home_shows_cards_under_one_another():
    """Cards are divided, their buttons keep apart, and what is too much is said."""
    card = Card(title="T", elements=(Text((Span("x"),)), Buttons((Button("Go", "/x"),))))
    home = home_view([card, card])
    slack_rules.check_home(home)
    assert [block["type"] for block in home["blocks"]] == [
        *("header", "rich_text", "actions", "divider"),
        *("header", "rich_text", "actions"),
    ]
    crowded = home_view([card] * 40)
    slack_rules.check_home(crowded)
    assert slack_rules.visible(crowded["blocks"][-1]).startswith("There is more than fits here.")
    assert slack_rules.visible(home_view([])["blocks"][0]) == "There is nothing to show yet."


def test_plain_small_lines_stand_close_together():
    """Signals, reason and first sighting are one small block, each on its line."""
    (block,) = _blocks(Context((Span("▲ 41"),)), Context((Span(" "),)), Context((Span("Matches rl"),)))
    assert block["elements"][0]["text"] == "▲ 41\nMatches rl"


def test_headlines_are_a_numbered_list_that_counts_on_in_the_next_block():
    """Second lines are set in under the first; the words stay those of the text, numbers included."""
    spans = [Span(" · 9 authors\n" * bool(n) + f"{n + 1}  ") for n in range(40)]
    lines = [span for n, one in enumerate(spans) for span in (one, Span(f"Title {n}", "bold", "https://arxiv.org/" + "a" * 150))]
    messages = render_card(Card(title="T", elements=(Text((*lines, Span(" · 3 authors"))),)))
    blocks = [block for message in messages for block in message["blocks"]][1:]
    lists = [block["elements"][0] for block in blocks]
    assert {one["type"] for one in lists} == {"rich_text_list"}
    assert [one.get("offset", 0) for one in lists][:2] == [0, len(lists[0]["elements"])]
    shown = "\n".join(map(slack_rules.visible, blocks))
    assert shown.startswith("1  Title 0 · 9 authors\n2  Title 1 · 9 authors\n")
    assert shown.endswith("40  Title 39 · 3 authors")
    assert sum(len(slack_rules.links(block)) for block in blocks) == 40


@pytest.mark.parametrize(
    "text", ["1  one", "1  one\n3  three", "1  one\n2  ", "1 one\n2 two", "0  a\n1  b", "one\n1  two\n2  three"]
)
def test_other_texts_with_numbers_are_paragraphs(text: str):
    """A paper's own numbers stay where they are."""
    (block,) = _blocks(Text((Span(text),)))
    assert block["elements"][0]["type"] == "rich_text_section"
    assert slack_rules.visible(block) == text


def test_one_button_of_a_message_is_its_accent():
    """The first that asks to be one."""
    go = Button("Go", "/x", "primary")
    blocks = _blocks(Buttons((go, go)), Row((Span("x"),), go))
    controls = [*blocks[0]["elements"], blocks[1]["accessory"]]
    assert [control.get("style") for control in controls] == ["primary", None, None]


@given(st.sampled_from(HOSTILE))
@settings(max_examples=len(HOSTILE), deadline=None)
def test_labels_read_as_typed(text: str):
    """Button labels, options and placeholders are plain text with emoji codes left alone."""
    buttons, menu = _blocks(Buttons((Button(text, "/x"),)), Select(text, ((text, "/x"),)))
    (control,) = menu["elements"]
    for label in (buttons["elements"][0]["text"], control["placeholder"], control["options"][0]["text"]):
        assert label["emoji"] is False
        shown = label["text"].replace("\u2060", "")
        assert clean_line(text).startswith(shown.removesuffix("…"))
