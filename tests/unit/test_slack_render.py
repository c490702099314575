"""Cards on Slack: within every limit, nothing lost, and every word exactly as it was typed."""

# ruff: noqa: S106 - an input's `token` is "since:", not a secret

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.render import read_action, read_form, render_card, render_form, render_reply, render_thread
from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Effect,
    Element,
    Fields,
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
from tests import slack_rules
from tests.strategies import HOSTILE, cards, expected_ink, forms, ink, names_of, wordy_cards

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
    """Limits, ids, empty texts: whatever the card holds, each payload keeps Slack's rules."""
    messages = render_card(card)
    assert messages
    for message in messages:
        slack_rules.check_message(message)


@FEW
@given(cards)
def test_no_text_names_a_person_or_a_channel_unless_a_view_calls_it_one(card: Card):
    """`<@U…>` in a title is five characters; an id that a view calls one is shown as a name where it is one."""
    named = [name for message in render_card(card) for block in message["blocks"] for name in slack_rules.names(block)]
    assert set(named) <= set(names_of(card))


@FEW
@given(wordy_cards)
def test_no_word_is_lost_and_none_is_added(card: Card):
    """What all messages show together is what the card says, in its order."""
    assert ink("".join(_shown(message) for message in render_card(card))) == expected_ink(card, 3_000)


@FEW
@given(forms)
def test_any_form_becomes_a_view_that_slack_takes(form: Form):
    """Titles are cut, empty answers need no option, long answers become text inputs."""
    slack_rules.check_view(render_form(form))


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
    kinds = {"plain_text_input": "value", "datepicker": "selected_date"}
    values = {}
    for block, answer in zip(view["blocks"], answers, strict=True):
        element = block["element"]
        given_ = {kinds[element["type"]]: answer} if element["type"] in kinds else {"selected_option": answer}
        values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given_}}
    return {**view, "state": {"values": values}}


def test_a_submitted_form_is_the_command_a_person_could_type():
    """Everything needed travels with the view: command, tokens, answers."""
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
    assert read_form(_submit(view, answers)) == '/papers rl author:"Sergey Levine" since:2025-06-01 sort:top'
    assert read_form(_submit(view, [None, None, None, None])) == "/papers"


def test_a_form_with_a_command_too_long_for_a_view_is_refused_in_words():
    """Better than a modal that cannot be submitted."""
    form = Form(title="T", inputs=(Input(name="q", label="Q"),), command="/papers " + "x" * 3_000)
    with pytest.raises(PayloadRejected, match="type the command"):
        render_form(form)


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
