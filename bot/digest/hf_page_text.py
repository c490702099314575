"""The Hugging Face Daily Papers page as text, as somebody copied it out of the browser or a converter wrote it.

An entry is a title, an abstract, a byline ("  • 7 authors", or an organisation as "handle Display Name"), a lone "·" and a
date ("Apr 19, 2024", "Sep 2"), which a comment count may follow ("May 23 2"), on the same line or the next. Upvotes stand above
the title or, on the trending page, below the date. The day's own page shows cards with neither abstract nor date. A date without
a year takes the page's year, and the page's own date is the latest such day not after the day of import.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue
from bot.digest.page_blocks import BYLINE_CHARS, Block, authors_or_organization, blocks_of, split_byline
from bot.digest.page_days import DATED, resolve
from bot.digest.page_furniture import (
    COUNT_CHARS,
    FURNITURE_CHARS,
    is_furniture,
    is_heading,
    is_menu,
    number_of,
    read_tail,
    upvotes_come_first,
    without_submitter,
)
from bot.digest.page_lines import Lines, is_of_cards, page_lines
from bot.digest.page_prose import abstract_of, title_and_abstract
from bot.identity import conflict, links_of, read_identifier, with_aliases
from bot.model import Digest, Entry, Identifier, Links, ParseIssue

SOURCE = "huggingface-page"

_CLOSE = re.compile(r"·[^\S\n]*\n\s*(?:Published on )?[A-Z][a-z]{2,8}\.?\s+\d")
_MARKUP = re.compile(r"\s*(?:<(?:!doctype|html|\?xml|head|body|rss|feed)\b|[{\[]\s*[\"'{\[])", re.IGNORECASE)
_HEAD_CHARS = 8_000
_HEAD_LINES = 20
_LONG_LINE = 200
_BESIDE = re.compile(r"\s*[\[(<]?\s*(?P<id>https?://\S{1,300}?|arXiv:\s?\S{1,30}?)\s*[\])>]?$", re.IGNORECASE)
_NO_LINKS = Links()


@dataclass(slots=True, kw_only=True)
class _Page:
    """What is known of a page while it is read: whether it is of cards, the days it says it is of, what was not understood.

    `seen_from` is the day from which dates without a year are seen; `days` are several where several pages were pasted as one.
    """

    lines: Lines
    as_of: date
    seen_from: date
    cards: bool
    days: dict[date, ParseIssue] = field(default_factory=dict)
    issues: list[ParseIssue] = field(default_factory=list)

    def tell(self, at: int, message: str, text: str | None = None) -> None:
        """One more issue, about a line by its place."""
        self.issues.append(issue(self.lines.numbers[at], message, self.lines.texts[at] if text is None else text))


def recognises(text: str) -> bool:
    """Whether a lone "·" with a date below it occurs, or the page's own header, or cards that say who submitted them."""
    if _MARKUP.match(text):
        return False
    if _CLOSE.search(text):
        return True
    head = " ".join(text[:_HEAD_CHARS].lower().split())
    if "research community" in head and ("daily papers" in head or "trending papers" in head):
        return True
    return "authors" in text and is_of_cards(text)


def parse(document: Document) -> Digest:
    """Read the page. Lines that belong to no entry, and entries that lack a part, are issues."""
    lines = page_lines(document.text)
    texts = lines.texts
    page = _Page(lines=lines, as_of=document.as_of, seen_from=document.as_of, cards=lines.cards)
    blocks = blocks_of(texts, cards=page.cards)
    votes_first = bool(blocks) and upvotes_come_first(texts, blocks[0].stop, [one.end for one in blocks])
    entries: list[Entry] = []
    start = 0
    for block in blocks:
        entry = _entry(page, _body(page, range(start, block.stop)), block, rank=len(entries) + 1)
        start = block.end
        if entry is None:
            continue
        below = texts[start] if start < len(texts) else ""
        tail = read_tail(texts, start, votes_first=votes_first, comments=entry.comments) if len(below) <= COUNT_CHARS else None
        if tail and tail.end > start:
            upvotes = tail.upvotes if entry.upvotes is None else entry.upvotes
            code = next((lines.codes[at] for at in range(start, tail.end) if at in lines.codes), None)
            links = replace(entry.links, code=code) if code else entry.links
            entry = entry._replace(upvotes=upvotes, comments=tail.comments, github_stars=tail.stars, links=links)
            start = tail.end
        if not (page.cards and _is_repeated(entries, entry)):
            entries.append(entry)
    for at in _body(page, range(start, len(texts))):
        page.tell(at, "not followed by a byline, a “·” and a date: was the page cut off here")
    page.issues += [one for day, one in page.days.items() if day != max(page.days)]
    return Digest(
        source=SOURCE, issued_on=max(page.days, default=None), entries=tuple(entries),
        issues=tuple(sorted(page.issues, key=lambda found: found.line)), sha256=document.sha256,
        bare=_of_no_entry(lines, entries),
    )  # fmt: skip


def _of_no_entry(lines: Lines, entries: list[Entry]) -> tuple[Entry, ...]:
    """The papers whose addresses stood on lines of their own, and which no entry is."""
    if not lines.alone:
        return ()
    known = {one for entry in entries for one in with_aliases(entry.identifiers)}
    places = {identifier: number for number, identifier in reversed(lines.alone.items()) if identifier not in known}
    alone = sorted((number, identifier) for identifier, number in places.items())
    return tuple(
        Entry(rank=rank, title="", line=number, identifiers=(identifier,), links=links_of(identifier))
        for rank, (number, identifier) in enumerate(alone, start=len(entries) + 1)
    )


def _body(page: _Page, places: range) -> list[int]:
    """The lines that may belong to an entry. Above the first entry and below a heading, the page's own date is taken out."""
    texts = page.lines.texts
    ours = [at for at in places if len(texts[at]) > FURNITURE_CHARS or not is_furniture(texts[at])]
    if places.start and (len(ours) == len(places) or not any(is_heading(texts[at]) for at in places)):
        return ours
    day, day_at = _page_day(texts, places, page.as_of)
    if day is not None and day_at is not None:
        page.seen_from = day
        message = "another day’s page: its papers are listed under the newest day in this document"
        page.days.setdefault(day, issue(page.lines.numbers[day_at], message, texts[day_at]))
    return [at for at in ours if at != day_at and not is_menu(texts[at])]


def _page_day(texts: list[str], places: range, as_of: date) -> tuple[date | None, int | None]:
    """The page's own date and the place of its line: the first date above an entry that bears no comment count."""
    for at in places[:_HEAD_LINES]:
        if len(texts[at]) > _LONG_LINE:
            break
        found = DATED.fullmatch(texts[at])
        day = resolve(found, as_of) if found and found["comments"] is None else None
        if day is not None:
            return day, at
    return None, None


def _is_repeated(entries: list[Entry], entry: Entry) -> bool:
    """Whether a card is the one before it again: pages of cards bear each twice, for wide and for narrow screens."""
    last = entries[-1] if entries else None
    return (
        last is not None
        and (last.title, last.abstract) == (entry.title, entry.abstract)
        and not conflict(last.identifiers, entry.identifiers)
    )


def _entry(page: _Page, body: list[int], block: Block, *, rank: int) -> Entry | None:
    lines, texts = page.lines, page.lines.texts
    body = without_submitter(texts, body) if page.cards else body
    upvotes = number_of(texts[body[0]]) if len(body) > 1 and len(texts[body[0]]) <= COUNT_CHARS else None
    byline, comments, body = split_byline(lines, body[1:] if upvotes is not None else body, dotted=block.dotted)
    strays, title_at, abstract_at = title_and_abstract(lines, body)
    title_at, address = _above_address(lines, strays, title_at) if lines.dressed else (title_at, None)
    for at in strays:
        page.tell(at, "belongs to no entry")
    title = texts[title_at[0]] if len(title_at) == 1 else " ".join([texts[at] for at in title_at])
    if not title or len(title) > TITLE_CHARS:
        for at in [one for one in body if one not in strays] or ([] if strays else [min(block.stop, len(texts) - 1)]):
            page.tell(at, "an entry without a title")
        return None
    identifier: Identifier | None = None
    if lines.dressed:
        title, identifier, abstract_at = _identity(lines, title, title_at, abstract_at)
        identifier = identifier or address
    abstract = abstract_of(lines, abstract_at)
    if len(abstract) > ABSTRACT_CHARS:
        page.tell(abstract_at[0], f"an abstract cut at {ABSTRACT_CHARS:,} characters")
        abstract = abstract[:ABSTRACT_CHARS]
    published_on = None
    if block.dotted:  # cards lack these by their nature
        if byline is None:
            page.tell(block.stop, "an entry without a byline", title)
        if not abstract:
            page.tell(title_at[0], "an entry without an abstract")
        published_on, comments = _date_and_comments(page, block)
    count, organization = authors_or_organization(byline)
    return Entry(
        rank=rank, title=title, line=lines.numbers[title_at[0]], abstract=abstract, author_count=count,
        organization=organization, published_on=published_on, comments=comments, upvotes=upvotes,
        identifiers=(identifier,) if identifier else (), links=links_of(identifier) if identifier else _NO_LINKS,
    )  # fmt: skip


def _above_address(lines: Lines, strays: list[int], title_at: list[int]) -> tuple[list[int], Identifier | None]:
    """The title above an address that was taken for one, and what that names."""
    address = read_identifier(lines.texts[title_at[0]]) if strays and len(title_at) == 1 else None
    return ([strays.pop()], address) if address is not None else (title_at, None)


def _identity(lines: Lines, title: str, title_at: list[int], abstract_at: list[int]) -> tuple[str, Identifier | None, list[int]]:
    """The title without its address, the paper which that names, and the abstract without an address above or below it.

    Only what stands at the title, or alone below the abstract, says which paper it is: abstracts name other papers too.
    """
    known = next((lines.ids[at] for at in title_at if at in lines.ids), None)
    beside = _BESIDE.search(title)
    named = read_identifier(beside["id"]) if beside else None
    if beside and named and beside.start():
        return title[: beside.start()].rstrip(), known or named, abstract_at
    for at in {abstract_at[0], abstract_at[-1]} if abstract_at else ():
        alone = at == abstract_at[0] or not lines.follows(at)
        named = read_identifier(lines.texts[at]) if alone and len(lines.texts[at]) <= BYLINE_CHARS else None
        if named and named.scheme in ("arxiv", "hf"):
            return title, known or named, [one for one in abstract_at if one != at]
    return title, known, abstract_at


def _date_and_comments(page: _Page, block: Block) -> tuple[date | None, int | None]:
    found = DATED.fullmatch(block.dated) if block.dated else None
    day = resolve(found, page.seen_from) if found else None
    if found is not None and day is not None:
        return day, int(found[4]) if found[4] else None
    if block.dated is None:
        page.tell(block.stop, "a “·” without a date below it")
    else:
        page.tell(block.stop + 1, "not a date")
    return None, None


FORMAT = Format(name="a Daily Papers page as text", recognises=recognises, parse=parse)
