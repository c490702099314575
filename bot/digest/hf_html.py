"""The Hugging Face papers page as HTML, as a browser saves it: a day's, a week's, a month's, the trending and the search page.

The page carries what it shows as JSON, the same records as the API, in `div[data-target="DailyPapers"][data-props]`. Where that
is missing or broken its cards are read instead, each of which it bears twice, for wide and for narrow screens.
"""

import json
import re
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue
from bot.digest.hf_records import Listed, day_of, records_in
from bot.digest.html_tree import LineFinder, is_html, tree_of, words_of
from bot.digest.page_days import DATED, DAY, resolve
from bot.digest.page_furniture import number_of
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, Organization

SOURCE = "huggingface-html"

_TARGET = '[data-target="DailyPapers"]'
_TITLES = 'h3 a[href*="/papers/"], h2 a[href*="/papers/"], h4 a[href*="/papers/"]'
_TITLE_LINK = re.compile(
    r"""<h[234]\b[^<>]{0,500}>\s{0,200}<a\b[^<>]{0,500}href=["'](?:https://huggingface\.co)?/papers/\d{4}\.\d{4,5}[^<>]{0,500}>[^<>]{0,1000}</a>""",
    re.IGNORECASE,
)
_OWN_PAGE = re.compile(r"(?:Daily|Trending) Papers", re.IGNORECASE)
_HREF = re.compile(r"(?:https://huggingface\.co)?/papers/([\w.-]{1,60})/?")
_HANDLE = re.compile(r"(?:https://huggingface\.co)?/(?!papers$|login$|join$)([\w.-]{1,60})")
_AUTHORS = re.compile(r"(?<!\d)(\d{1,4}) authors?\b")
_DATE = re.compile(rf"·\s*({DAY})", re.IGNORECASE)
_ABSTRACT_LEAST = 40
_LEVELS = 6


def recognises(text: str) -> bool:
    """Whether it is HTML with the page's own JSON, or its heading and titles that are links to papers.

    Scraps of such a page in a text do not make it one.
    """
    if not is_html(text):
        return False
    return "DailyPapers" in text or (_TITLE_LINK.search(text) is not None and _OWN_PAGE.search(text) is not None)


def parse(document: Document) -> Digest:
    """Read the page's records, else its cards."""
    listed, day = Listed(), None
    tree = tree_of(document.text)
    if tree is None:
        listed.issues.append(issue(1, "nested deeper than any page, so nothing of it was read", document.text))
    else:
        day = _records(document, tree, listed)
        if not listed.entries:
            _cards(document, tree, listed)
    return Digest(
        source=SOURCE, issued_on=listed.day() or day, entries=tuple(listed.entries), issues=tuple(listed.issues),
        sha256=document.sha256,
    )  # fmt: skip


def _records(document: Document, tree: LexborHTMLParser, listed: Listed) -> date | None:
    """Read the JSON that the page carries; the day that it says it is of, if any."""
    node = tree.css_first(_TARGET)
    carried = node.attributes.get("data-props") if node is not None else None
    if not carried:
        return None
    line = LineFinder(document.text).line_of("DailyPapers")
    try:
        value = json.loads(carried)
    except (ValueError, RecursionError):
        listed.issues.append(issue(line, "the page’s own data is broken; its cards were read instead", carried))
        return None
    if not isinstance(value, dict):
        return None
    for raw in records_in(value):
        listed.add(raw, line, str(raw)[:400])
    return day_of(value.get("dateString")) if value.get("periodType", "day") == "day" else None


def _cards(document: Document, tree: LexborHTMLParser, listed: Listed) -> None:
    lines = LineFinder(document.text)
    places: dict[Identifier, int] = {}
    for link in tree.css(_TITLES):
        found = _HREF.fullmatch(link.attributes.get("href") or "")
        identifier = read_identifier(f"hf:{found[1]}") if found else None
        if found is None or identifier is None:
            continue
        line = lines.line_of(f"/papers/{found[1]}")
        entry = _card(link, identifier, line, document.as_of)
        if entry is None:
            listed.issues.append(issue(line, "a card without a title", str(identifier)))
        elif identifier in places:
            listed.entries[places[identifier]] = _folded(listed.entries[places[identifier]], entry)
        else:
            places[identifier] = len(listed.entries)
            listed.entries.append(entry._replace(rank=len(listed.entries) + 1))


def _card(link: LexborNode, identifier: Identifier, line: int, as_of: date) -> Entry | None:
    title = words_of(link)
    if not title or len(title) > TITLE_CHARS:
        return None
    card = _around(link)
    words = words_of(card)
    authors, dated = _AUTHORS.search(words), _DATE.search(words)
    day = DATED.fullmatch(dated[1]) if dated else None
    return Entry(
        rank=1,
        line=line,
        title=title,
        abstract=max((words_of(one) for one in card.css("p")), key=len, default="")[:ABSTRACT_CHARS],
        author_count=int(authors[1]) if authors else None,
        organization=None if authors else _organization(card),
        published_on=resolve(day, as_of) if day else None,
        comments=_number(card.css_first('a[href$="#community"]')),
        upvotes=_number(card.css_first(".leading-none")),
        identifiers=(identifier,),
        links=links_of(identifier),
    )


def _around(link: LexborNode) -> LexborNode:
    """The card that a title is on: the nearest `article`, else what is around the title and holds no other title."""
    node = link
    for _ in range(_LEVELS):
        if node.parent is None or node.parent.tag in ("body", "html", "main", "section"):
            break
        above = node.parent
        if above.tag == "article":
            return above
        if len({one.attributes.get("href") for one in above.css(_TITLES)}) > 1:
            break
        node = above
    return node


def _organization(card: LexborNode) -> Organization | None:
    for link in card.css("a[href]"):
        found = _HANDLE.fullmatch(link.attributes.get("href") or "")
        name = words_of(link)
        if found and name:
            return Organization(handle=found[1], name=name)
    return None


def _number(node: LexborNode | None) -> int | None:
    return number_of(words_of(node))


def _folded(first: Entry, second: Entry) -> Entry:
    """A card and the same card again: what the one lacks the other may have."""
    return first._replace(
        abstract=first.abstract or second.abstract,
        author_count=first.author_count or second.author_count,
        organization=first.organization or second.organization,
        published_on=first.published_on or second.published_on,
        comments=second.comments if first.comments is None else first.comments,
        upvotes=second.upvotes if first.upvotes is None else first.upvotes,
    )


FORMAT = Format(name="a Hugging Face papers page as HTML", recognises=recognises, parse=parse)
