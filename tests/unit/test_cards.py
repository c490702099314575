"""Cards as data: their plain text and their forms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Element,
    Fields,
    Fold,
    Form,
    Image,
    Input,
    Links,
    Row,
    Select,
    Span,
    Text,
    element_text,
    plain_text,
    without_folds,
)
from bot.query import read_query
from tests.strategies import cards
from tests.unit.conftest import TODAY

FORM = Form(
    title="Refine",
    command="/papers search",
    inputs=(
        Input(name="words", label="Words"),
        Input(name="author", label="Author", token="author:"),  # noqa: S106 - a query field, no password
        Input(name="sort", label="Order", token="sort:", kind="select", options=(("Newest", "new"),)),  # noqa: S106
    ),
)


@settings(max_examples=100, deadline=None)
@given(cards)
def test_plain_text_is_never_empty(card: Card):
    """Whatever a card holds, its notification says something."""
    assert plain_text(card).strip()


@pytest.mark.parametrize("card", [Card(title=""), Card(title=" \n"), Card(title="", elements=(Divider(), Text((Span(" "),))))])
def test_a_blank_card_speaks_with_our_name(card: Card):
    """A notification of nothing at all is still from somebody."""
    assert plain_text(card) == "Paper Round"


def test_plain_text_is_the_words_in_their_order_without_the_controls():
    """A screen reader hears title, words, fields, links and pictures, but no rows of buttons."""
    card = Card(
        title="Title",
        elements=(
            Context((Span("who", "bold"), Span(" and when", url="https://a.org"))),
            Divider(),
            Fields((("Votes", "41"), ("Day", "Mon"))),
            Links((("PDF", "https://a.org/pdf"), ("Code", "https://b.org"))),
            Image("https://a.org/x.png", "a robot"),
            Row((Span("entry"),), Button("1", "/paper #1")),
            Buttons((Button("Similar", "/papers similar #1"),)),
            Select("Choose", (("A", "/a"),)),
        ),
    )
    assert plain_text(card).split("\n") == [
        "Title",
        "who and when",
        "Votes: 41",
        "Day: Mon",
        "PDF https://a.org/pdf · Code https://b.org",
        "a robot",
        "entry",
    ]


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (Buttons((Button("One", "/1"), Button("Two", "/2"))), "[One]  [Two]"),
        (Select("Choose", (("A", "/a"),)), "[Choose]"),
        (Divider(), ""),
        (Fold("Abstract", (Span("all of it"),), Button("Show all", "/1")), "[Show all]"),
    ],
)
def test_controls_are_shown_in_brackets(element: Element, text: str):
    """Where a control must be put into words, its label stands in brackets."""
    assert element_text(element) == text


def test_a_fold_is_its_button_where_nothing_folds():
    """It stands first in the next row of buttons, else in the fold's own place; no text is shown twice."""
    show = Button("Show all", "/papers abstract #1")
    fold, row = Fold("Abstract", (Span("all of it"),), show), Buttons((Button("Similar", "/papers similar #1"),))
    assert [*without_folds((fold, Divider(), row))] == [Divider(), Buttons((show, *row.buttons))]
    assert [*without_folds((row, fold, Divider()))] == [row, Buttons((show,)), Divider()]
    assert plain_text(Card(title="T", elements=(fold, row))) == "T"


def test_what_goes_beside_the_command_is_not_in_it():
    """A channel and a pasted text are handed over by the platform."""
    inputs = (
        Input(name="q", label="Query"),
        Input(name="where", label="Channel", kind="channel"),
        Input(name="text", label="Text", kind="document"),
    )
    form = Form(title="T", inputs=inputs, command="/papers subscribe")
    assert form.fill({"q": "rl", "where": "C012", "text": "1. A paper"}) == "/papers subscribe rl"


@pytest.mark.parametrize(
    ("values", "command"),
    [
        ({}, "/papers search"),
        ({"words": "", "author": "  ", "sort": ""}, "/papers search"),
        ({"words": "rl"}, "/papers search rl"),
        ({"words": '  "world model"   -survey\n'}, '/papers search "world model" -survey'),
        ({"author": "levine"}, "/papers search author:levine"),
        ({"author": "Ada  King"}, '/papers search author:"Ada King"'),
        ({"author": 'Ada "the" King'}, '/papers search author:"Ada the King"'),
        ({"sort": "new", "words": "rl", "unknown": "x"}, "/papers search rl sort:new"),
    ],
)
def test_fill_puts_the_answers_into_the_command(values: dict[str, str], command: str):
    """Answers stand in the order of the questions, quoted where they hold a space; empty and unknown ones are left out."""
    assert FORM.fill(values) == command


@given(st.text(st.characters(whitelist_categories=("L", "Nd", "Zs")), max_size=40))
def test_an_author_comes_back_from_the_filled_command_as_typed(name: str):
    """What is typed as an author is read back as that one author, whatever its script."""
    command = FORM.fill({"words": "rl", "author": name})
    wanted = (" ".join(name.split()),) if name.split() else ()
    assert read_query(command.removeprefix("/papers search "), today=TODAY).authors == wanted
