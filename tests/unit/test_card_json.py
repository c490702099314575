"""Cards as JSON: every card comes back as it was, and what is no card is refused in clear words."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.card_json import card_from_json, card_to_json
from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Element,
    Fields,
    Fold,
    Image,
    Links,
    Row,
    Select,
    Span,
    Text,
)
from tests.strategies import cards

FEW = settings(max_examples=100, deadline=None)
EACH: tuple[Element, ...] = (
    Text((Span("plain"), Span("bold", "bold", "https://a.example"))),
    Context((Span("linked", "plain", "https://b.example"), Span("code", "code"))),
    Fields((("label", "value"),)),
    Links((("arXiv", "https://arxiv.org"),)),
    Image("https://c.example/x.png", "a picture"),
    Buttons((Button("Go", "/papers", "primary", "form"), Button("Share", "/papers rl", effect="share"))),
    Row((Span("an entry"),), Button("1", "/paper #1")),
    Select("Which", (("one", "/paper #1"),), "update"),
    Divider(),
    Row((Span("U012", "user"), Span("C012", "channel")), Button("1", "/a"), (Button("2", "/b", effect="form"),)),
    Text((Span("Tue 09:00", "bold", None, datetime(2025, 12, 9, 8, tzinfo=UTC)),)),
    Fold("Abstract", (Span("all of it"),), Button("Show all", "/papers abstract #1", effect="update")),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["t", "c", "b", "r", "d", "plain", "bold", ""]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["t", "u", "e", "x"]), inner, max_size=4),
    max_leaves=12,
)


@FEW
@given(cards)
def test_any_card_comes_back_as_it_was(card: Card):
    """Every element, every hostile text, even half a surrogate pair."""
    assert card_from_json(card_to_json(card)) == card


@pytest.mark.parametrize("element", EACH, ids=lambda element: type(element).__name__)
def test_every_element_comes_back_as_it_was(element: Element):
    """No kind of element and no field of one is forgotten."""
    card = Card(title="T", url="https://d.example", elements=(element,))
    assert card_from_json(card_to_json(card)) == card


def test_every_kind_of_element_is_tested_here():
    """A new element must be written and read too."""
    assert {type(element) for element in EACH} == set(Element.__args__)


def test_what_is_stored_keeps_its_letters_and_its_order():
    """Stored cards outlive a version, so the format is pinned."""
    assert card_to_json(Card(title="T", elements=EACH)) == (
        '{"t":"T","u":null,"e":[["t",["plain",["bold","bold","https://a.example"]]],'
        '["c",[["linked","plain","https://b.example"],["code","code",null]]],["f",[["label","value"]]],'
        '["l",[["arXiv","https://arxiv.org"]]],["i","https://c.example/x.png","a picture"],'
        '["b",[["Go","/papers","primary","form"],["Share","/papers rl","default","share"]]],'
        '["r",["an entry"],["1","/paper #1","default","reply"]],["s","Which",[["one","/paper #1"]],"update"],["d"],'
        '["r",[["U012","user",null],["C012","channel",null]],["1","/a","default","reply"],[["2","/b","default","form"]]],'
        '["t",[["Tue 09:00","bold",null,1765267200]]],'
        '["o","Abstract",["all of it"],["Show all","/papers abstract #1","default","update"]]]}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        "{}",
        '{"t":1,"e":[]}',
        '{"t":"T","e":{}}',
        '{"t":"T","u":3,"e":[]}',
        '{"t":"T","e":[[]]}',
        '{"t":"T","e":["t"]}',
        '{"t":"T","e":[["z"]]}',
        '{"t":"T","e":[[["t"],[]]]}',
        '{"t":"T","e":[["t"]]}',
        '{"t":"T","e":[["t",[["x","loud",null]]]]}',
        '{"t":"T","e":[["t",[["x","plain",null,"now"]]]]}',
        '{"t":"T","e":[["t",[["x","plain",null,true]]]]}',
        '{"t":"T","e":[["t",[["x","plain",null,1e20]]]]}',
        '{"t":"T","e":[["t",[["x","plain",null,99999999999999]]]]}',
        '{"t":"T","e":[["b",[["x","/papers","default"]]]]}',
        '{"t":"T","e":[["d",1]]}',
        '{"t":"T","e":' + "[" * 2_000 + "]" * 2_000 + "}",
    ],
)
def test_what_is_no_card_is_refused(text: str):
    """Damaged JSON, a missing field, an unknown kind or style: one clear ValueError."""
    with pytest.raises(ValueError, match="This is not a card as Paper Round stores it"):
        card_from_json(text)


@FEW
@given(json_values)
def test_any_other_json_is_a_card_or_refused(value: object):
    """No shape of JSON leads to another error, or to a card that cannot be written again."""
    card = None
    with suppress(ValueError):
        card = card_from_json(json.dumps(value))
    assert card is None or card_from_json(card_to_json(card)) == card
