"""Lists of papers: what a query found, a day, what is similar; and the form that refines a query."""

import re
from collections.abc import Sequence
from datetime import date

from bot.cards import Button, Buttons, Card, Context, Divider, Element, Form, Input, Row, Span, Text
from bot.model import Paper
from bot.prose import cut_at_word, readable
from bot.query import MAX_PAGE, Query
from bot.results import Found, Hit
from bot.topics import near_topics
from bot.views.wording import among, byline, form_text, handle, hits_line, long_day, page_of, reason_text, votes_text

PAGE = 5
TITLE_CHARS = 120
NEAR_TOPICS = 3
READINGS = 3
_FILTER = re.compile(r'(?i)\b(?:author|since|until|sort):(?:["“][^"”]*["”]?|[^\s()|]*)')
VERBS = frozenset(
    (
        "today search find similar abstract refine save unsave saved export subscribe settings unsubscribe subscriptions "
        "resume mute unmute preview status why import undo imported help"
    ).split()
)


def results_card(query: Query, found: Found) -> Card:
    """One page of what a query found."""
    if not found.total:
        return nothing_found(query, found)
    asked = " ".join(word for word in query.typed.split() if not word.lower().startswith("sort:"))
    title = f"Papers: {cut_at_word(asked, TITLE_CHARS)}" if asked else "All papers"
    elements: list[Element] = []
    if found.repaired:
        elements.append(
            Context((Span("Searched for " + ", ".join(f"{better} instead of {word}" for word, better in found.repaired)),))
        )
    if found.also:
        elements.append(Context((Span(f"also {among([form_text(form) for form in found.also], 4)}"),)))
    if found.others:
        elements += _other_readings(query, found.others)
    start = (query.page - 1) * PAGE
    order = {"relevance": "best match first", "new": "newest first", "top": "most upvotes first"}[query.sort]
    elements.append(Context((Span(f"{hits_line(start, len(found.hits), found.total)} · {order}"),)))
    elements += [row(start + number, hit) for number, hit in enumerate(found.hits, start=1)]
    elements += _list_buttons(f"/papers {_searchable(query.typed)}".strip(), query, found.total)
    return Card(title=title, elements=tuple(elements))


def _other_readings(query: Query, others: Sequence[tuple[str, str]]) -> list[Element]:
    """What else an acronym of the query can mean: the same query with that reading in its place."""
    short = others[0][0]
    buttons = []
    for asked, reading in others[:READINGS]:
        typed = re.sub(rf"(?<![\w-]){re.escape(asked)}(?![\w-])", reading.replace("\\", ""), query.typed, count=1)
        buttons.append(Button(cut_at_word(form_text(reading), 40), f"/papers {_searchable(typed)}"))
    return [Context((Span(f"{form_text(short)} can also mean"),)), Buttons(tuple(buttons))]


def day_card(query: Query, day: date, hits: Sequence[Hit], *, total: int) -> Card:
    """One page of a day's papers, in the order of the digest. `query.on` is the day that was asked for, if one was."""
    elements: list[Element] = []
    if query.on is not None and query.on != day:
        elements.append(Context((Span(f"Nothing was listed on {long_day(query.on)}; this is the newest day before."),)))
    start = (query.page - 1) * PAGE
    elements.append(Context((Span(f"{hits_line(start, len(hits), total)} · in the order they were listed"),)))
    elements += [row(start + number, hit) for number, hit in enumerate(hits, start=1)]
    command = f"/papers on:{day.isoformat()}"
    share = Button("Share", f"{command} page:{query.page}", effect="share")
    elements += [Divider(), Buttons((*pages_of(command, query.page, total), share))]
    return Card(title=long_day(day), elements=tuple(elements))


def similar_card(paper: Paper, papers: Sequence[Paper]) -> Card:
    """Papers whose words are most like one paper's."""
    title = f"Like {cut_at_word(readable(paper.title), 90)}"
    if not papers:
        return Card(title=title, elements=(Text((Span("Nothing stored is much like it yet."),)),))
    rows = tuple(row(number, Hit(paper=one, score=0.0)) for number, one in enumerate(papers, start=1))
    return Card(title=title, elements=rows)


def row(number: int, hit: Hit) -> Row:
    """An entry of a list: title, then byline, votes and reason, with its number as the button that opens it."""
    paper = hit.paper
    why = reason_text(hit.why)
    notes = [note for note in (byline(paper), votes_text(paper.metrics), why) if note]
    spans = (Span(cut_at_word(readable(paper.title), TITLE_CHARS), "bold", page_of(paper)), Span("\n" + " · ".join(notes)))
    return Row(spans, Button(str(number), f"/paper {handle(paper)}"))


def _list_buttons(command: str, query: Query, total: int) -> list[Element]:
    bare = " ".join(word for word in command.split() if not word.lower().startswith("sort:"))
    other = ("Best match", bare) if query.sort == "new" else ("Newest", f"{bare} sort:new")
    here = f"{command} page:{query.page}" if query.page > 1 else command
    return [
        Divider(),
        Buttons(
            (
                *pages_of(command, query.page, total),
                Button(other[0], other[1], effect="update"),
                Button("Refine", f"/papers refine {query.typed}".strip(), effect="form"),
                Button("Share", here, effect="share"),
            )
        ),
    ]


def pages_of(command: str, page: int, total: int) -> tuple[Button, ...]:
    """The buttons that turn the pages of a list of `total` papers, in place."""
    last = max(1, -(-total // PAGE))
    before = (Button("‹ Previous", f"{command} page:{min(page - 1, last)}", effect="update"),) if page > 1 else ()
    after = (Button("Next ›", f"{command} page:{page + 1}", effect="update"),) if page < min(last, MAX_PAGE) else ()
    return before + after


def _searchable(typed: str) -> str:
    """A query as it must stand after `/papers`: one that begins with a verb needs `search` before it."""
    first = typed.split(" ", 1)[0].lower()
    return f"search {typed}" if first in VERBS else typed


def nothing_found(query: Query, found: Found) -> Card:
    """No paper matches: which word kept everything out, and the same query without it."""
    elements: list[Element] = []
    others = [(word, rest) for word in found.dropped[:3] if (rest := _without(query, word))]
    if others:
        kept = among([f"without “{word}”" for word, _ in others], 3, last="or")
        elements.append(Text((Span(f"{kept[:1].upper()}{kept[1:]} there are papers."),)))
        elements.append(Buttons(tuple(Button(f"Search {cut_at_word(rest, 40)}", f"/papers search {rest}") for _, rest in others)))
    else:
        elements.append(
            Text(
                (
                    Span("Fewer words, or another name of the topic, find more. A paper's own name goes to "),
                    Span("/paper", "code"),
                    Span("."),
                )
            )
        )
        if query.words:
            name = cut_at_word(" ".join(query.words), TITLE_CHARS)
            elements.append(
                Buttons(
                    (
                        Button(f"Look up {cut_at_word(name, 40)}", f"/paper {name}"),
                        Button("Refine", f"/papers refine {query.typed}", effect="form"),
                    )
                )
            )
    topics = near_topics(" ".join(query.words), NEAR_TOPICS) if query.words and not others else []
    if topics:
        elements.append(Context((Span("Topics near it"),)))
        elements.append(Buttons(tuple(Button(form_text(topic), f"/papers {topic}") for topic in topics)))
    return Card(title=f"No paper matches {cut_at_word(query.typed, TITLE_CHARS)}", elements=tuple(elements))


def _without(query: Query, word: str) -> str:
    """The same query without one of its words or phrases; empty where nothing would be left to search for."""
    if word == " ".join(query.words):
        return ""
    rest = re.sub(rf'(?<![^\s()|])["“]?{re.escape(word)}["”]?(?![^\s()|])', " ", query.typed, count=1)
    return " ".join(rest.split()) if rest != query.typed else ""


def _free_words(typed: str) -> str:
    """A query without its author:, since:, until: and sort:."""
    return " ".join(_FILTER.sub(" ", typed).split())


def refine_form(query: Query) -> Form:
    """Questions that make a query more exact."""
    orders = (("Best match first", ""), ("Newest first", "new"), ("Most upvotes first", "top"))
    return Form(
        title="Refine the search",
        command="/papers search",
        inputs=(
            Input(
                name="words",
                label='Words, "phrases", -without',
                value=_free_words(query.typed),
                placeholder="rl robotics -survey",
            ),
            Input(name="author", label="Author", token="author:", value=" ".join(query.authors), placeholder="levine"),
            Input(name="since", label="Published since", token="since:", kind="date", value=_iso(query.since)),
            Input(name="until", label="Published until", token="until:", kind="date", value=_iso(query.until)),
            Input(name="sort", label="Order", token="sort:", kind="select", value=_order(query), options=orders),
        ),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _order(query: Query) -> str:
    return "" if query.sort == "relevance" else query.sort
