"""What Hugging Face says of one paper, as an entry: the records of its API and those inside its pages.

Source: https://huggingface.co/docs/hub/api#paper-pages-api. A record is a paper, or a wrapper around a `paper`. Field names have
changed over the years and stand now in the paper, now in its wrapper, so each is looked for in both. The wrapper's own dates are
not used: they differ from the paper's in half of the records. Records that collectors saved as Python literals are read as well.
"""

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, issue, one_line
from bot.identity import links_of, read_identifier
from bot.model import Entry, Identifier, Links, Organization, ParseIssue

_LITERAL_CHARS = 500_000
_ID_CHARS = 200
_URL_CHARS = 2_000
_OF_A_PAPER = ("authors", "summary", "publishedAt")

_Record = dict[str, Any]


class _NotAPaper(Exception):
    """Why a record cannot be an entry."""


@dataclass(slots=True)
class Listed:
    """The entries and issues that records became, and the days on which their wrappers say that they were listed."""

    entries: list[Entry] = field(default_factory=list)
    issues: list[ParseIssue] = field(default_factory=list)
    days: Counter[str] = field(default_factory=Counter)

    def add(self, raw: object, line: int, excerpt: str) -> None:
        """One more record, from this line on: an entry or an issue."""
        try:
            record, paper = _as_record(raw)
            self.entries.append(_entry(record, paper, rank=len(self.entries) + 1, line=line))
        except _NotAPaper as reason:
            self.issues.append(issue(line, str(reason), excerpt))
            return
        listed = _either(record, paper, "submittedOnDailyAt")
        if record is not paper and isinstance(listed, str):
            self.days[listed[:10]] += 1

    def day(self) -> date | None:
        """The day that most records were listed on; none where they are of many days, as those of a week are."""
        known = self.days.most_common(1)
        return day_of(known[0][0]) if known and 2 * known[0][1] > self.days.total() else None


def records_in(value: object) -> Sequence[object]:
    """The records of a JSON document: a list's, those of a page, or the one that it is."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for name in ("searchResults", "dailyPapers", "papers"):  # a page of results holds the day's papers as well
            if isinstance(value.get(name), list) and value[name]:
                return value[name]  # type: ignore[no-any-return] # a list, by the line above
        if any(isinstance(value.get(name), list) for name in ("searchResults", "dailyPapers")):
            return ()
    return (value,)


def day_of(value: object) -> date | None:
    """The day of an ISO moment, if it is one."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _as_record(raw: object) -> tuple[_Record, _Record]:
    """The record and its paper: one and the same where there is no wrapper."""
    if isinstance(raw, str) and raw.lstrip().startswith("{") and len(raw) <= _LITERAL_CHARS:
        try:
            raw = ast.literal_eval(raw.strip())
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise _NotAPaper("a record saved as text that cannot be read") from error
    if isinstance(raw, dict):
        paper = raw.get("paper")
        if isinstance(paper, dict):
            return raw, paper
        if "paper" not in raw and "title" in raw and any(name in raw for name in _OF_A_PAPER):
            return raw, raw
    raise _NotAPaper("a record without a paper")


def _either(record: _Record, paper: _Record, name: str) -> Any:  # noqa: ANN401 - JSON from outside
    """The value under this name, in the paper or else in its wrapper."""
    value = paper.get(name)
    return record.get(name) if value is None or value == "" else value


def _entry(record: _Record, paper: _Record, *, rank: int, line: int) -> Entry:
    title = _words(_either(record, paper, "title"))
    if not title:
        raise _NotAPaper("a paper without a title")
    if len(title) > TITLE_CHARS:
        raise _NotAPaper(f"a title of more than {TITLE_CHARS:,} characters")
    identifiers = _identifiers(paper.get("id"))
    authors = _authors(paper.get("authors"))
    organization = _either(record, paper, "organization") or _either(record, paper, "submitterOrganization")
    return Entry(
        rank=rank,
        line=line,
        title=title,
        abstract=_words(_either(record, paper, "summary"))[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) or None,
        organization=_organization(organization),
        published_on=day_of(paper.get("publishedAt")),
        comments=_count(_either(record, paper, "numComments")),
        upvotes=_count(_either(record, paper, "upvotes")),
        github_stars=_count(_either(record, paper, "githubStars")),
        identifiers=identifiers,
        links=_links(identifiers, _either(record, paper, "githubRepo"), _either(record, paper, "projectPage")),
        keywords=_strings(_either(record, paper, "ai_keywords")),
        tldr=_words(_either(record, paper, "ai_summary")) or None,
    )


def _identifiers(value: object) -> tuple[Identifier, ...]:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _ID_CHARS:
        return ()  # an empty id would make all papers that have it one
    found = read_identifier(f"arxiv:{value}") or read_identifier(value)
    return (found,) if found and found.scheme == "arxiv" else (Identifier("hf", value.strip()),)


def _links(identifiers: tuple[Identifier, ...], code: object, project: object) -> Links:
    links = links_of(*identifiers)
    return replace(links, code=_url(code), project=_url(project)) if code or project else links


def _organization(value: object) -> Organization | None:
    if not isinstance(value, dict):
        return None
    handle = _words(value.get("name"))
    return Organization(handle=handle, name=_words(value.get("fullname")) or handle) if handle else None


def _authors(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple([name for one in value if isinstance(one, dict) and (name := _words(one.get("name")))])


def _strings(value: object) -> tuple[str, ...]:
    return tuple([word for one in value if (word := _words(one))]) if isinstance(value, list) else ()


def _words(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _url(value: object) -> str | None:
    if isinstance(value, str) and value.startswith(("https://", "http://")) and value.isprintable() and len(value) <= _URL_CHARS:
        return value
    return None
