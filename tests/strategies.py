"""Cards that nobody would write on purpose: hypothesis strategies and the strings that have broken chat bots before."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

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
    InputKind,
    Links,
    Row,
    Select,
    Span,
    Text,
)
from bot.spans import NAMES, clean, web_url

HOSTILE = (
    "V^*",
    "**top-H**",
    "*bold* _italic_ ~strike~ `code` ~~gone~~ __under__ ||spoiler|| ***both***",
    "<projektor>",
    "@everyone and @here",
    "<!channel> <!here|here> <@U012ABCDE> <#C012ABCDE|general> <!subteam^S01> <!date^0^{date}|x>",
    "<@123456789012345678> <@!1> <#123> <@&123> </papers:123> <:smile:123> <a:smile:123> <t:0:R> <id:browse>",
    "snake_case_name and _private_",
    "``` not a block ```",
    "`tick",
    "&amp; &lt;b&gt; & < > &nbsp; &#42;",
    ":smile: :+1: 12:30:45 a:b:c",
    "see https://bare.url.",
    "<https://evil.example|arXiv>",
    "[arXiv](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "www.example.com #general",
    "> quoted",
    ">>> all quoted",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "# heading",
    "-# small",
    "    indented",
    "back\\slash \\* \\\\",
    "ends with \\",
    "]( broken",
    "a | b | c",
    "x\u202egnp.exe\u202c and \u2067rtl\u2069",
    "zero\u200bwidth\u2060joiner\ufeff",
    "nul\x00 bell\x07 esc\x1b[31m",
    "lone \ud800 surrogate",
    "שלום עולם",
    "👩‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 e\u0301",
    "two\nlines\r\nthree\u2028four",
    "line\n> quoted\n- item\n# heading",
    "¯\\_(ツ)_/¯",
    "$\\pi_{0.5}$ and $x^{*}_{i}$",
    "mailto:a@b.example javascript:alert(1)",
)

URLS = (
    None,
    "https://arxiv.org/abs/2306.03310",
    "http://example.com/a_b_(c)/*d*?e=1&f=2|3#g",
    'https://example.com/ space>) [x](y) "quote"',
    "https://example.com/ünï/日本",
    "javascript:alert(1)",
    "ftp://example.com",
    "https://",
    "https://[bad",
    "",
    "https://example.com/" + "a" * 900,
    "https://example.com/" + "a" * 2_900,
    "https://example.com/" + "a" * 4_000,
)

long_texts = st.builds(
    lambda unit, size: (unit * (size // len(unit) + 1))[:size],
    st.sampled_from(
        ("word ", "A sentence of words. ", "unbroken", "*_~`<>[]\\", "é🙂", "e\u0301\u0327", '"\\', "日本語。", "a\n")
    ),
    st.integers(500, 7_000),
)
short_texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(alphabet="ab *_~`<>[]()\\|:@#-+1.&;!\n\u200b\u202e", max_size=25),
)
texts = st.one_of(short_texts, short_texts, short_texts, short_texts, long_texts)
urls = st.sampled_from(URLS)
commands = st.one_of(
    st.sampled_from(("/papers rl", "/papers rl page:2", "/paper 2306.03310", '/papers "R&D" <x>', "", "  ")),
    st.text(max_size=60),
    st.integers(80, 2_500).map(lambda size: "/papers " + "x" * size),
)
effects = st.sampled_from(("reply", "update", "share", "form"))

ids = st.one_of(
    st.sampled_from(("U012ABCDE", "W1A", "C012ABCDE", "G01", "D0X", "123456789012345678", "ada", "U1 <!here>")), short_texts
)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - in UTC
    lambda at: at.replace(microsecond=0)
)
times = st.one_of(st.sampled_from(("Tue 09:00 Europe/Berlin", "tomorrow 14:05", "Mon 09:00 America/New_York")), short_texts)
spans = st.one_of(
    st.builds(Span, texts, st.sampled_from(("plain", "bold", "italic", "code")), urls),
    st.builds(Span, times, st.sampled_from(("plain", "bold", "italic", "code", "user")), urls, moments),
    st.builds(Span, ids, st.sampled_from(("user", "channel")), urls),
)
span_rows = st.lists(spans, max_size=5).map(tuple)
pairs = st.lists(st.tuples(short_texts, texts), max_size=12).map(tuple)
buttons = st.builds(Button, texts, commands, st.sampled_from(("default", "primary")), effects)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, span_rows),
    st.builds(Context, span_rows),
    st.builds(Fields, pairs),
    st.builds(Links, st.lists(st.tuples(short_texts, urls.map(lambda url: url or "x")), max_size=5).map(tuple)),
    st.builds(Image, urls.map(lambda url: url or "x"), texts),
    st.builds(Buttons, st.lists(buttons, max_size=25).map(tuple)),
    st.builds(Row, span_rows, buttons, st.lists(buttons, max_size=6).map(tuple)),
    st.builds(Fold, short_texts, span_rows, buttons),
    st.builds(Select, short_texts, st.lists(st.tuples(short_texts, commands), max_size=25).map(tuple), effects),
    st.just(Divider()),
)
cards = st.one_of(
    st.builds(Card, title=texts, url=urls, elements=st.lists(elements, max_size=8).map(tuple)),
    st.builds(Card, title=texts, url=urls, elements=st.integers(1, 70).flatmap(lambda n: elements.map(lambda e: (e,) * n))),
)

form_words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))
inputs = st.builds(
    Input,
    name=st.text(min_size=1, max_size=20),
    label=form_words,
    token=st.sampled_from(("", "since:", "author:", "sort:")),
    kind=st.sampled_from(get_args(InputKind)),
    value=st.one_of(st.just(""), st.sampled_from(("2025-12-08", "09:00", "Europe/Berlin", "C012ABCDE")), form_words),
    placeholder=form_words,
    options=st.lists(st.tuples(short_texts, short_texts), max_size=30).map(tuple),
    live=st.booleans(),
)
forms = st.builds(
    Form,
    title=form_words,
    inputs=st.lists(inputs, min_size=1, max_size=8).map(tuple),
    command=st.sampled_from(("/papers", "/papers subscribe", "/papers " + "x" * 200)),
    submit=form_words,
)

wordy_elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, span_rows),
    st.builds(Context, span_rows),
    st.builds(Fields, pairs),
    st.builds(Row, span_rows, st.builds(Button, short_texts, st.sampled_from(("/papers rl", "/paper LIBERO")))),
    st.just(Divider()),
)
wordy_cards = st.builds(Card, title=texts, url=urls, elements=st.lists(wordy_elements, max_size=8).map(tuple))


def ink(text: str) -> str:
    """What of a text leaves ink: white space, joiners and blank letters left out, the rest cleaned."""
    return re.sub("[\\s\u200c\u200d\u2800\u3164\u115f\u1160\uffa0\ufe00-\ufe0f]+", "", clean(text))


def names_of(card: Card) -> list[str]:
    """The texts of a card that are called the id of a person or a channel."""
    rows = [element.spans for element in card.elements if isinstance(element, Text | Context | Row | Fold)]
    return [clean(span.text).strip() for row in rows for span in row if span.style in NAMES]


def moment_of(span: Span) -> datetime | None:
    """The moment that a span says, where it says one: in words, and not as code or as an id."""
    return span.at if ink(span.text) and span.style not in (*NAMES, "code") else None


def moments_of(card: Card) -> list[datetime]:
    """The moments that a card says, in its order."""
    rows = [element.spans for element in card.elements if isinstance(element, Text | Context | Row | Fold)]
    return [at for row in rows for span in row if (at := moment_of(span))]


def expected_ink(card: Card, url_limit: int, moment: Callable[[datetime], str] | None = None) -> str:
    """What a wordy card must show, in order, on a platform whose links take addresses up to a limit.

    `moment`: how the platform's message holds a moment, where not as its words.
    """
    shown = [ink(card.title) or "Untitled"]
    for element in card.elements:
        match element:
            case Text(row) | Context(row) | Row(row):
                for span in row:
                    address = "" if span.style in NAMES else web_url(span.url, url_limit) or ""
                    at = moment_of(span) if moment else None
                    shown.append(moment(at) if moment and at else ink(span.text) or ink(address))
            case Fields(rows):
                shown += [ink(label + value) for label, value in rows]
            case _:
                pass
    return "".join(shown)
