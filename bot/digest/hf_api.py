"""The answer of Hugging Face's `GET /api/daily_papers`: a JSON list of wrappers, each around a `paper`.

Field names have changed over the years, so each is looked for in the paper and in its wrapper. The wrapper's own dates are not
used: they differ from the paper's in half of the records. Records that some collectors saved as Python literals inside the
JSON are read as well. A list that breaks off gives the records before the break and an issue.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue, one_line
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, Organization, ParseIssue

SOURCE = "huggingface"

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
_LITERAL_CHARS = 500_000
_ID_CHARS = 200
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\d)(?!\d)")
_LIST = re.compile(r"""\s*\[\s*(?:(?P<none>\]\s*$)|["{\[]|(?:null|true|false|-?\d[\d.eE+-]*)\s*[,\]])""")
_PAPER = re.compile(r"""["']paper["']\s*:""")
_FIRST_RECORDS = 64_000

_Record = dict[str, Any]


class _NotAPaper(Exception):
    """Why a record cannot be an entry."""


def recognises(text: str) -> bool:
    """Whether it is a JSON list that is empty or one of whose first records holds a `paper`."""
    begun = _LIST.match(text)
    return begun is not None and (begun["none"] is not None or _PAPER.search(text, 0, _FIRST_RECORDS) is not None)


def parse(document: Document) -> Digest:
    """Read the list. A record that is no paper is an issue with its line."""
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    days: Counter[date] = Counter()
    for line, raw, excerpt in _records(document.text, issues):
        try:
            record = _as_record(raw)
            entries.append(_entry(record, rank=len(entries) + 1, line=line))
        except _NotAPaper as reason:
            issues.append(issue(line, str(reason), excerpt))
            continue
        listed = _date(_either(record, "submittedOnDailyAt"))
        if listed:
            days[listed] += 1
    return Digest(
        source=SOURCE, issued_on=_issued_on(days, document.name),
        entries=tuple(entries), issues=tuple(issues), sha256=document.sha256,
    )  # fmt: skip


def _records(text: str, issues: list[ParseIssue]) -> Iterator[tuple[int, object, str]]:
    """Each value of the list with its line and the beginning of its text; a break in the JSON ends it with an issue."""
    at = text.index("[") + 1
    line, counted = 1, 0
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr] # the pattern matches the empty string
        line, counted = line + text.count("\n", counted, at), at
        if text.startswith("]", at):
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):  # ValueError: also a number of thousands of digits
            issues.append(issue(line, "the JSON breaks off or is broken here; nothing after it was read", text[at : at + 400]))
            return
        yield line, value, text[at : min(end, at + 400)]
        at = end


def _as_record(raw: object) -> _Record:
    if isinstance(raw, str) and raw.lstrip().startswith("{") and len(raw) <= _LITERAL_CHARS:
        try:
            raw = ast.literal_eval(raw.strip())
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise _NotAPaper("a record saved as text that cannot be read") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("paper"), dict):
        raise _NotAPaper("a record without a paper")
    return raw


def _either(record: _Record, *names: str) -> Any:  # noqa: ANN401 - JSON from outside
    """The first value under one of these names, in the paper or else in its wrapper."""
    for name in names:
        for place in (record["paper"], record):
            if place.get(name) not in (None, ""):
                return place[name]
    return None


def _entry(record: _Record, *, rank: int, line: int) -> Entry:
    title = _words(_either(record, "title"))
    if not title:
        raise _NotAPaper("a paper without a title")
    if len(title) > TITLE_CHARS:
        raise _NotAPaper(f"a title of more than {TITLE_CHARS:,} characters")
    identifiers = _identifiers(record["paper"].get("id"))
    authors = _authors(record["paper"].get("authors"))
    return Entry(
        rank=rank,
        line=line,
        title=title,
        abstract=_words(_either(record, "summary"))[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) or None,
        organization=_organization(_either(record, "organization", "submitterOrganization")),
        published_on=_date(record["paper"].get("publishedAt")),
        comments=_count(_either(record, "numComments")),
        upvotes=_count(_either(record, "upvotes")),
        github_stars=_count(_either(record, "githubStars")),
        identifiers=identifiers,
        links=replace(
            links_of(*identifiers),
            code=_url(_either(record, "githubRepo")),
            project=_url(_either(record, "projectPage")),
        ),
        keywords=_strings(_either(record, "ai_keywords")),
        tldr=_words(_either(record, "ai_summary")) or None,
    )


def _identifiers(value: object) -> tuple[Identifier, ...]:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _ID_CHARS:
        return ()  # an empty id would make all papers that have it one
    found = read_identifier(value)
    return (found,) if found and found.scheme == "arxiv" else (Identifier("hf", value.strip()),)


def _issued_on(days: Counter[date], name: str) -> date | None:
    """The day most records say they were listed on, else the day in the file's name."""
    if days:
        return days.most_common(1)[0][0]
    found = _DAY_IN_NAME.search(name)
    return _date(found[1]) if found else None


def _organization(value: object) -> Organization | None:
    if not isinstance(value, dict):
        return None
    handle = _words(value.get("name"))
    return Organization(handle=handle, name=_words(value.get("fullname")) or handle) if handle else None


def _authors(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(name for name in (_words(one.get("name")) for one in value if isinstance(one, dict)) if name)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(word for word in map(_words, value) if word) if isinstance(value, list) else ()


def _words(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _url(value: object) -> str | None:
    return (
        value
        if isinstance(value, str) and value.startswith(("https://", "http://")) and value.isprintable() and len(value) <= 2_000
        else None
    )


def _date(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


FORMAT = Format(name="the Daily Papers API's answer", recognises=recognises, parse=parse)
