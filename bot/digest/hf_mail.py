"""Hugging Face's daily mail, as a saved mail (.eml), as its HTML, or as text that was copied out of it.

It comes from daily_papers_digest@notifications.huggingface.co as "Daily papers of 17 Jul 2026"; each paper is its title, linked
to its page on Hugging Face, with its upvotes behind it: "Title (140 ▲)". Known from public programs that read it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from bot.digest.format import TITLE_CHARS, Document, Format, issue, one_line
from bot.digest.html_tree import LineFinder, is_html, tree_of, words_of
from bot.digest.mail import is_mail, opened
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, ParseIssue

SOURCE = "huggingface-mail"

_SUBJECT = re.compile(r"Daily papers of (?P<day>\d{1,2} [A-Za-z]{3,9} \d{4})", re.IGNORECASE)
_SENDER = "notifications.huggingface.co"
_DIGEST_LINK = "utm_source=digest-papers"
_COUNTED = re.compile(r"(?P<title>\S.{0,1000}?)\s*\(\s*(?P<upvotes>\d[\d,]{0,6})\s*▲\s*\)", re.IGNORECASE)
_URL = re.compile(r"[(<\[]?\s*(https://huggingface\.co/papers/[^\s<>()\[\]]{1,300})\s*[)>\]]?")
_HEAD = 100_000


def recognises(text: str) -> bool:
    """Whether it is the mail, its HTML, or a text with its heading or its upvotes behind titles."""
    if is_mail(text):
        return _SENDER in text[:_HEAD] or (_SUBJECT.search(text[:_HEAD]) is not None and "huggingface" in text)
    if is_html(text):
        return _DIGEST_LINK in text or _SUBJECT.search(text[:_HEAD]) is not None
    return "▲" in text and _SUBJECT.search(text[:2_000]) is not None


def parse(document: Document) -> Digest:
    """Read the mail. A line of its text that is no paper, and a link without a title, are issues."""
    text, subject = opened(document.text, ("html", "plain"))
    issues: list[ParseIssue] = []
    entries: list[Entry] = []
    found = (
        _from_html(text, document.text, issues) if is_html(text) else _from_text(text, issues, _lines_before(text, document.text))
    )
    places: dict[Identifier, int] = {}
    for entry in found:
        if entry.identifiers and entry.identifiers[0] in places:
            continue  # the picture or the button of a paper that is listed already
        places.update(dict.fromkeys(entry.identifiers, len(entries)))
        entries.append(entry)
    named = _SUBJECT.search(subject) or _SUBJECT.search(text[:_HEAD])
    return Digest(
        source=SOURCE, issued_on=_day(named["day"]) if named else None, issues=tuple(issues), sha256=document.sha256,
        entries=tuple([entry._replace(rank=rank) for rank, entry in enumerate(entries, start=1)]),
    )  # fmt: skip


def _from_html(body: str, document: str, issues: list[ParseIssue]) -> Iterator[Entry]:
    """A paper for each link to a page of one that bears a title."""
    tree = tree_of(body)
    if tree is None:
        issues.append(issue(1, "nested deeper than any mail, so nothing of it was read", body))
        return
    lines = LineFinder(document if "huggingface.co/papers/" in document else body)
    for link in tree.css('a[href*="huggingface.co/papers/"]'):
        identifier = read_identifier(link.attributes.get("href") or "")
        if identifier is None:
            continue  # the page of a day, not of a paper
        words, line = words_of(link), lines.line_of(f"papers/{identifier.value}")
        entry = _entry(words, identifier, line)
        if entry is not None:
            yield entry
        elif words or link.css_first("img") is None:
            issues.append(issue(line, "a link without a title", words or str(identifier)))


def _lines_before(body: str, document: str) -> int:
    """How many lines of a mail stand before its body; 0 where that was encoded, so that its lines are counted in itself."""
    return document.count("\n", 0, max(0, document.find(body)))


def _from_text(body: str, issues: list[ParseIssue], before: int) -> Iterator[Entry]:
    """A paper for each line with upvotes behind it, or an address behind or below it. `before` lines stand above the body."""
    lines = body.split("\n")
    taken: set[int] = set()
    for at, line in enumerate(lines):
        if at in taken or not line.strip() or _SUBJECT.search(line[:200]):
            continue
        text = line[: 3 * TITLE_CHARS].strip()
        address, address_at = _URL.search(text), at
        if address is None and at + 1 < len(lines):
            address, address_at = _URL.fullmatch(lines[at + 1][: 3 * TITLE_CHARS].strip()), at + 1
        identifier = read_identifier(address[1]) if address else None
        words = _URL.sub("", text).strip(" *-•")
        entry = _entry(words, identifier, before + at + 1) if identifier or _COUNTED.fullmatch(words) else None
        if entry is None:
            issues.append(issue(before + at + 1, "no paper", line))
            continue
        taken.add(address_at if identifier else at)
        yield entry


def _entry(words: str, identifier: Identifier | None, line: int) -> Entry | None:
    counted = _COUNTED.fullmatch(words)
    title = one_line(counted["title"] if counted else words)
    if not title or len(title) > TITLE_CHARS or not any(char.isalpha() for char in title):
        return None
    known = (identifier,) if identifier else ()
    upvotes = int(counted["upvotes"].replace(",", "")) if counted else None
    return Entry(rank=1, line=line, title=title, upvotes=upvotes, identifiers=known, links=links_of(*known))


def _day(text: str) -> date | None:
    for form in ("%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, of no zone
        except ValueError:
            continue
    return None


FORMAT = Format(name="Hugging Face's daily mail", recognises=recognises, parse=parse)
