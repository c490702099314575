"""Any RSS, Atom or JSON feed, arXiv's own among them. An item whose link is a paper is an entry, any other an issue saying so.

arXiv's API answers in Atom (https://info.arxiv.org/help/api/user-manual.html), an error as its only entry; its daily feeds are
RSS (https://info.arxiv.org/help/rss.html) whose items say whether they are new, cross-lists or replacements.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from bot.digest import json_values
from bot.digest.days import read_day
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue, one_line
from bot.digest.markup import text_of
from bot.digest.venues import published_in, told_by_remark
from bot.digest.xml_items import Feed, Item, read_items, root_of
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, ParseIssue

SOURCE, ARXIV = "feed", "arxiv"

_ROOTS = frozenset({"rss", "feed", "rdf"})
_TYPED = re.compile(
    r"\s*(?:<\?[^>]{0,500}>\s*)?<!DOCTYPE\s[^<]{0,500}(?:<!ENTITY|\]?>?\s{0,100}<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>])",
    re.IGNORECASE,
)
_JSON = re.compile(r"\s*\{")
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version')
_HEAD_CHARS = 4_000
_LINKS = ("link", "guid", "id", "identifier", "doi", "url", "origlink")
_RELATIONS = ("alternate", "related", "via", "self", "")
_OF_ARXIV = re.compile(r"https?://(?:(?:www|export|rss)\.)?arxiv\.org(?:/|$)", re.IGNORECASE)
_LABELLED = re.compile(r"(?P<name>authors?|upvotes?|summary|abstract|tl;?dr|published)\s*:\s*(?P<text>.*)", re.IGNORECASE)
_ANNOUNCED = re.compile(r"arXiv:\S{1,40}\s+Announce Type:\s*(?P<type>[\w-]+)\s*", re.IGNORECASE)
_ARXIV_TITLE = re.compile(r"\s*\.?\s*\(arXiv:[^()]{1,60}\)\s*$")
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s+\((?P<name>[^()]+)\)")
_ERROR_ID = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Whether its first element is one of a feed's, or it calls itself a JSON feed."""
    if _JSON.match(text):
        return _JSON_FEED.search(text, 0, _HEAD_CHARS) is not None
    root = root_of(text).lower()
    return root.rpartition(":")[2] in _ROOTS or (root == "!doctype" and _TYPED.match(text) is not None)


def parse(document: Document) -> Digest:
    """Read the feed. Items that are no papers are issues, and so is the place where the document breaks off."""
    feed = _json_feed(document.text) if _JSON.match(document.text) else read_items(document.text)
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    for item in feed.items:
        found = _entry(item, len(entries) + 1)
        if isinstance(found, ParseIssue):
            issues.append(found)
        else:
            entries.append(found)
    if feed.broken is not None:
        issues.append(issue(feed.broken[0], f"{feed.broken[1]}; nothing after it was read", ""))
    of_arxiv = any(
        _OF_ARXIV.match(one) for one in (feed.head.first("id"), feed.head.first("link"), *(a for _, a in feed.head.links))
    )
    return Digest(
        source=ARXIV if of_arxiv else SOURCE, issued_on=_issued_on(feed, of_arxiv=of_arxiv),
        entries=tuple(entries), issues=tuple(sorted(issues, key=lambda one: one.line)), sha256=document.sha256,
    )  # fmt: skip


def _json_feed(text: str) -> Feed:
    """A JSON feed's items under the names that XML gives them. See https://www.jsonfeed.org/version/1.1/."""
    found = json_values.read(text, ("items",))
    feed = Feed(head=Item(line=1, fields={"link": _texts(found.around.get("home_page_url"))}), items=[], broken=found.broken)
    for line, value in found.values:
        item = Item(line=line, ended=True)
        feed.items.append(item)
        if not isinstance(value, dict):
            continue
        names = {
            "title": "title",
            "id": "id",
            "url": "link",
            "external_url": "link",
            "summary": "summary",
            "date_published": "published",
        }
        for theirs, ours in (*names.items(), ("content_text", "content"), ("content_html", "content")):
            item.fields.setdefault(ours, []).extend(_texts(value.get(theirs)))
        authors = value.get("authors")
        listed = authors if isinstance(authors, list) else [value.get("author")]
        item.fields["author"] = [name for one in listed if isinstance(one, dict) for name in _texts(one.get("name"))]
    return feed


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) and value.strip() else []


def _entry(item: Item, rank: int) -> Entry | ParseIssue:
    title = one_line(_ARXIV_TITLE.sub("", text_of(item.first("title"))))
    where = next(iter(_addresses(item)), "")
    if _ERROR_ID.match(where) or _ERROR_ID.match(item.first("id")):
        return issue(item.line, f"arXiv answered with an error: {one_line(item.first('summary'))[:200]}", title)
    identifiers = _identifiers(item)
    if not identifiers:
        why = f"its link is no paper: {where[:200]}" if where else "an item without a link"
        why = why if item.ended or where else "an item that breaks off before its link"
        return issue(item.line, why, title)
    if not title or len(title) > TITLE_CHARS:
        return issue(item.line, f"a title of more than {TITLE_CHARS:,} characters" if title else "an item without a title", where)
    body, said = _body(item)
    authors = _authors(item) or _names(said.get("author", ""))
    kind = (item.first("arxiv:announce_type") or said.get("announced", "")).lower()
    revised = kind.startswith("replace")
    return Entry(
        rank=rank,
        line=item.line,
        title=title,
        abstract=one_line(body)[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) or None,
        published_on=None if revised else read_day(item.first("published", "pubdate", "date", "issued", "updated")),
        upvotes=int(said["upvote"]) if said.get("upvote", "").isascii() and said.get("upvote", "").isdigit() else None,
        identifiers=identifiers,
        links=links_of(*identifiers),
        tldr=said.get("tldr") or None,
        venue=published_in(item.first("arxiv:journal_ref")) or told_by_remark(item.first("arxiv:comment")),
        revised=revised,
    )


def _addresses(item: Item) -> Iterator[str]:
    """What an item may be found by, its own link first."""
    for relation in _RELATIONS:
        yield from (address for named, address in item.links if named == relation)
    for name in _LINKS:
        yield from item.fields.get(name, ())


def _identifiers(item: Item) -> tuple[Identifier, ...]:
    """The papers its links name: the first one and others that are its own, such as its DOI."""
    found = [read_identifier(address.strip()[:2_000]) for address in _addresses(item) if "/" in address or ":" in address]
    found += [read_identifier(f"doi:{doi.strip()[:500]}") for doi in item.fields.get("arxiv:doi", ())]
    one_each: dict[str, Identifier] = {}
    for one in found:
        if one is not None and one.scheme not in ("url", "title"):
            one_each.setdefault(one.scheme, one)
    return tuple(one_each.values())


def _body(item: Item) -> tuple[str, dict[str, str]]:
    """The abstract, and what lines such as "Authors: …" of the item's text say beside it."""
    text = text_of(item.first("summary", "description", "encoded", "content"))
    said: dict[str, str] = {}
    announced = _ANNOUNCED.match(text)
    if announced:
        said["announced"], text = announced["type"], text[announced.end() :]
    lines: list[str] = []
    for line in text.split("\n"):
        found = _LABELLED.fullmatch(line)
        name = found["name"].lower().rstrip("s").replace(";", "") if found else ""
        if found and name in ("summary", "abstract"):
            lines = [found["text"]]  # what stood before it is not the abstract
        elif found and name not in said:
            said[name] = found["text"].strip()
        else:
            lines.append(line)
    return "\n".join(lines), said


def _authors(item: Item) -> tuple[str, ...]:
    texts = [*item.fields.get("author", ()), *item.fields.get("creator", ())]
    mailed = (_MAIL_AND_NAME.fullmatch(text.strip()) for text in texts)
    named = [found["name"] if found else text_of(text) for found, text in zip(mailed, texts, strict=True)]
    if len(named) == 1:
        return _names(named[0])
    return tuple(dict.fromkeys(name for name in map(one_line, named) if name))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (one_line(one) for one in re.split(r",|;|\n|\sand\s", text)) if name)


def _issued_on(feed: Feed, *, of_arxiv: bool) -> date | None:
    """The day of a daily list: arXiv's RSS has one, of which all its items are. Other feeds hold what is new since some day."""
    if not of_arxiv or "pubdate" not in feed.head.fields:
        return None
    days = Counter(day for item in feed.items if (day := read_day(item.first("pubdate"))))
    return days.most_common(1)[0][0] if days else read_day(feed.head.first("pubdate"))


FORMAT = Format(name="a feed", recognises=recognises, parse=parse)
