"""The Hugging Face Daily Papers page as text, as somebody copied it out of the browser.

An entry is a title, an abstract, a byline ("  • 7 authors", or an organisation as "handle Display Name"), a lone "·" and a
date ("Apr 19, 2024", "Sep 2"), which a comment count may follow ("May 23 2"). A date without a year takes the page's year,
and the page's own date is the latest such day not after the day of import.
"""

import re
from dataclasses import dataclass
from datetime import date

from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue
from bot.model import Digest, Entry, Organization, ParseIssue

SOURCE = "huggingface-page"

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_DATE = re.compile(
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?\s+(?P<day>\d{1,2})"
    r"(?:,\s*(?P<year>\d{4}))?(?:\s+(?P<comments>\d{1,6}))?",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"[•·*\-]?\s*(?P<count>\d[\d,]{0,6})\s+authors?", re.IGNORECASE)
_UPVOTES = re.compile(r"\d[\d,]{0,6}")
_CHROME = re.compile(
    r"new|get trending papers in your email inbox!?|subscribe|daily papers|by\s*ak and the research community|"
    r"upvote|submitted by|trending papers?|papers",
    re.IGNORECASE,
)
_LONG_LINE = 200
_BYLINE_CHARS = 120
_BULLETS = "•* "


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The lines up to a lone "·" and the date line after it, if that is one."""

    body: tuple[_Line, ...]
    dot: _Line
    dated: _Line | None


def recognises(text: str) -> bool:
    """Whether a lone "·" with a date below it occurs, or the page's own header."""
    lines = _lines(text)
    if any(_is_close(lines, at) for at in range(len(lines))):
        return True
    head = " ".join(line.text.lower() for line in lines[:12])
    return "daily papers" in head and "research community" in head


def parse(document: Document) -> Digest:
    """Read the page. Lines that belong to no entry, and entries that lack a part, are issues."""
    lines = _lines(document.text)
    issued_on, header_at = _page_date(lines, document.as_of)
    lines = [line for at, line in enumerate(lines) if at != header_at]
    blocks, rest = _blocks(lines)
    issues: list[ParseIssue] = []
    entries: list[Entry] = []
    for block in blocks:
        entry = _entry(block, len(entries) + 1, issued_on or document.as_of, issues)
        if entry is not None:
            entries.append(entry)
    message = "not followed by a byline, a “·” and a date: was the page cut off here"
    issues += [issue(line.number, message, line.text) for line in rest if not _CHROME.fullmatch(line.text)]
    return Digest(
        source=SOURCE,
        issued_on=issued_on,
        entries=tuple(entries),
        issues=tuple(sorted(issues, key=lambda found: found.line)),
        sha256=document.sha256,
    )


def _lines(text: str) -> list[_Line]:
    stripped = ((number, line.strip()) for number, line in enumerate(text.split("\n"), start=1))
    return [_Line(number, line) for number, line in stripped if line]


def _is_close(lines: list[_Line], at: int) -> bool:
    return lines[at].text == "·" and at + 1 < len(lines) and _DATE.fullmatch(lines[at + 1].text) is not None


def _page_date(lines: list[_Line], as_of: date) -> tuple[date | None, int | None]:
    """The page's own date and the index of its line: a date above the first entry that no "·" precedes."""
    for at, line in enumerate(lines[:20]):
        if line.text == "·" or len(line.text) > _LONG_LINE:
            break
        found = _DATE.fullmatch(line.text)
        day = _resolve(found, as_of) if found and found["comments"] is None else None
        if day is not None:
            return day, at
    return None, None


def _blocks(lines: list[_Line]) -> tuple[list[_Block], list[_Line]]:
    blocks: list[_Block] = []
    body: list[_Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.text != "·":
            body.append(line)
            continue
        following = lines[at] if at < len(lines) else None
        dated = (
            following if following and len(following.text) <= 40 and re.match(r"[A-Za-z]{3,9}\.?\s+\d", following.text) else None
        )
        blocks.append(_Block(body=tuple(body), dot=line, dated=dated))
        body = []
        at += 1 if dated else 0
    return blocks, body


def _entry(block: _Block, rank: int, seen_from: date, issues: list[ParseIssue]) -> Entry | None:
    byline, body = _split_byline(list(block.body))
    body = [line for line in body if not _CHROME.fullmatch(line.text)]
    upvotes, body = _leading_upvotes(body)
    strays, title, abstract = _title_and_abstract(body)
    issues += [issue(line.number, "belongs to no entry", line.text) for line in strays]
    if title is None or len(title.text) > TITLE_CHARS:
        issues += [
            issue(line.number, "an entry without a title", line.text) for line in body or [block.dot] if line not in strays
        ]
        return None
    if byline is None:
        issues.append(issue(block.dot.number, "an entry without a byline", title.text))
    if not abstract:
        issues.append(issue(title.number, "an entry without an abstract", title.text))
    text = "\n".join(line.text for line in abstract)
    if len(text) > ABSTRACT_CHARS:
        issues.append(issue(abstract[0].number, f"an abstract cut at {ABSTRACT_CHARS:,} characters", text))
    published_on, comments = _date_and_comments(block, seen_from, issues)
    count, organization = _authors_or_organization(byline)
    return Entry(
        rank=rank, title=title.text, line=title.number, abstract=text[:ABSTRACT_CHARS], author_count=count,
        organization=organization, published_on=published_on, comments=comments, upvotes=upvotes,
    )  # fmt: skip


def _split_byline(body: list[_Line]) -> tuple[_Line | None, list[_Line]]:
    """The last line where it reads as a byline: an author count, or something short after a title and an abstract."""
    if not body:
        return None, body
    last = body[-1]
    if _AUTHORS.fullmatch(last.text) or (len(body) >= 3 and len(last.text) <= _BYLINE_CHARS and last.text.strip(_BULLETS)):
        return last, body[:-1]
    return None, body


def _leading_upvotes(body: list[_Line]) -> tuple[int | None, list[_Line]]:
    if len(body) >= 2 and _UPVOTES.fullmatch(body[0].text):
        return int(body[0].text.replace(",", "")), body[1:]
    return None, body


def _title_and_abstract(body: list[_Line]) -> tuple[list[_Line], _Line | None, list[_Line]]:
    """Strays, title, abstract. The title is the line above the first long one; with no long line, the one before the last."""
    if len(body) <= 1:
        return ([], body[0], []) if body and len(body[0].text) <= _LONG_LINE * 2 else (body, None, [])
    long_at = next((at for at, line in enumerate(body) if at > 0 and len(line.text) > _LONG_LINE), None)
    title_at = len(body) - 2 if long_at is None else long_at - 1
    return body[:title_at], body[title_at], body[title_at + 1 :]


def _authors_or_organization(byline: _Line | None) -> tuple[int | None, Organization | None]:
    if byline is None:
        return None, None
    counted = _AUTHORS.fullmatch(byline.text)
    if counted:
        return int(counted["count"].replace(",", "")), None
    handle, _, name = byline.text.lstrip(_BULLETS).partition(" ")
    return None, Organization(handle=handle, name=name.strip() or handle)


def _date_and_comments(block: _Block, seen_from: date, issues: list[ParseIssue]) -> tuple[date | None, int | None]:
    if block.dated is None:
        issues.append(issue(block.dot.number, "a “·” without a date below it", block.dot.text))
        return None, None
    found = _DATE.fullmatch(block.dated.text)
    day = _resolve(found, seen_from) if found else None
    if found is None or day is None:
        issues.append(issue(block.dated.number, "not a date", block.dated.text))
        return None, None
    return day, int(found["comments"]) if found["comments"] else None


def _resolve(found: re.Match[str], seen_from: date) -> date | None:
    """The day that is meant: with its year as written, else the latest such day not after `seen_from`."""
    month, day = _MONTHS[found["month"][:3].casefold()], int(found["day"])
    if found["year"]:
        return _day(int(found["year"]), month, day)
    candidates = (_day(seen_from.year - back, month, day) for back in range(9))  # 29 February comes back within eight years
    return next((one for one in candidates if one is not None and one <= seen_from), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


FORMAT = Format(name="a Daily Papers page as text", recognises=recognises, parse=parse)
