"""Columns with names become an entry: what rows of a CSV file, objects of a JSON file and cells of a table have in common.

Names are compared in lower case without spaces and signs, so "Paper Title", `paper_title` and `PaperTitle` are one. Of several
dates or links in a row, the column that stands first in the lists below is believed.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from bot.digest.days import month_day, read_day
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, one_line
from bot.digest.tex import accents
from bot.digest.venues import published_in
from bot.identity import links_of, read_identifier
from bot.model import Entry, Identifier, Links

TITLE = ("title", "papertitle", "documenttitle", "articletitle", "paper", "papername", "titles", "ti")
_ABSTRACT = ("abstract", "summary", "abstractnote", "description", "papersummary", "paperabstract", "abstracttext", "ab")
_AUTHORS = ("authors", "author", "authorfullnames", "authornames", "creators", "creator", "authorlist", "paperauthors", "au")
_DATES = (
    "date", "published", "publishedat", "publishedon", "publicationdate", "publisheddate", "datepublished", "pubdate",
    "submitted", "submittedon", "submissiondate", "releasedate", "created", "coverdate", "onlinedate", "publicationyear",
    "year", "py",
)  # fmt: skip
_MONTHS = ("month", "publicationmonth")
_ARXIV = ("arxivid", "arxiv", "arxiveprint", "eprint", "arxivlink", "arxivurl")
_DOI = ("doi", "di", "doiurl", "doilink", "paperdoi")
_LINKS = (
    "url", "link", "urls", "links", "paperurl", "paperlink", "absurl", "abslink", "abs", "href", "pdf", "pdfurl", "pdflink",
    "hf", "hfurl", "hflink", "huggingface", "huggingfaceurl", "openreview", "openreviewurl", "acl", "aclurl", "anthologyurl",
    "alphaxiv", "source", "web",
)  # fmt: skip
_IDS = ("id", "paperid", "identifier", "identifiers", "externalids", "externalid", "guid", "key")
_CODE = ("code", "codeurl", "codelink", "github", "githuburl", "githubrepo", "repo", "repository")
_PROJECT = ("project", "projectpage", "projecturl", "website", "homepage")
_KEYWORDS = ("keywords", "keyword", "tags", "authorkeywords", "aikeywords")
_TLDR = ("tldr", "aisummary", "tl")
_VENUE = (
    "venue", "booktitle", "proceedingstitle", "journal", "journaltitle", "publicationtitle", "containertitle", "sourcetitle",
    "journalname", "conference", "conferencename",
)  # fmt: skip
_UPVOTES = ("upvotes", "votes", "likes", "upvote")
_STARS = ("githubstars", "stars")
_KINDS = {
    "title": TITLE, "abstract": _ABSTRACT, "authors": _AUTHORS, "date": _DATES, "month": _MONTHS, "arxiv": _ARXIV, "doi": _DOI,
    "link": _LINKS, "id": _IDS, "code": _CODE, "project": _PROJECT, "keywords": _KEYWORDS, "tldr": _TLDR, "venue": _VENUE,
    "upvotes": _UPVOTES, "stars": _STARS,
}  # fmt: skip
_KIND_OF = {name: (kind, at) for kind, names in _KINDS.items() for at, name in enumerate(names)}
_VALUE_CHARS = 2_000
_LIST_MOST = 10_000
_APART = re.compile(r"[;|\n]")
_AND = re.compile(r",?\s+(?:and|&)\s+")
_WEB = re.compile(r"https?://[^\s<>\"]+")
_NOTHING: tuple[object, ...] = ()

Row = Mapping[str, object]
"""A record under `key_of` its columns' names."""

_Said = dict[str, list[object]]


def key_of(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\W_]+", "", name[:_VALUE_CHARS].lower())


def known_in(names: Collection[str]) -> int:
    """How many of these columns mean something to us."""
    return sum(key_of(name) in _KIND_OF for name in names)


def has_title(names: Collection[str]) -> bool:
    """Whether one of these columns holds titles."""
    return any(key_of(name) in TITLE for name in names)


def entry_of(row: Row, *, rank: int, line: int) -> Entry:
    """The paper that a record is. Its keys must have gone through `key_of`.

    Raises:
        ValueError: it has no title, or one that is no title; the message says which, for an issue.
    """
    said = _by_kind(row)
    title = one_line(_text(said, "title"))
    if not title:
        raise ValueError("no title")
    if len(title) > TITLE_CHARS:
        raise ValueError(f"a title of more than {TITLE_CHARS:,} characters")
    if len(said) == 1:
        return Entry(rank=rank, line=line, title=title)
    identifiers = _identifiers(said)
    authors = names_in(next(iter(said.get("authors", _NOTHING)), None))
    return Entry(
        rank=rank,
        line=line,
        title=title,
        abstract=one_line(_text(said, "abstract"))[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) or None,
        published_on=_day(said),
        upvotes=_count(said, "upvotes"),
        github_stars=_count(said, "stars"),
        identifiers=identifiers,
        links=_links(said, identifiers),
        keywords=_keywords(said),
        tldr=one_line(_text(said, "tldr")) or None,
        venue=published_in(_text(said, "venue")),
    )


def _by_kind(row: Row) -> _Said:
    """The values that say something, by what they are, those of the best column first."""
    found: dict[str, list[tuple[int, object]]] = {}
    for key, value in row.items():
        kind = _KIND_OF.get(key)
        if kind is not None and value not in (None, ""):
            found.setdefault(kind[0], []).append((kind[1], value))
    return {
        kind: [value for _, value in (values if len(values) == 1 else sorted(values, key=lambda one: one[0]))]
        for kind, values in found.items()
    }


def _links(said: _Said, identifiers: tuple[Identifier, ...]) -> Links:
    links = links_of(*identifiers) if identifiers else Links()
    elsewhere = None if links.abs else _url(said, "link")
    code, project = _url(said, "code"), _url(said, "project")
    return replace(links, abs=links.abs or elsewhere, code=code, project=project) if elsewhere or code or project else links


def names_in(value: object) -> tuple[str, ...]:
    """The authors that a value lists: a list of names or of objects with a `name`, or a text with commas, semicolons or "and"."""
    if isinstance(value, str):
        names = _names_of_text(accents(value))
    elif isinstance(value, list):
        names = [_name(one) for one in value[:_LIST_MOST]]
    else:
        names = []
    return tuple(
        name for name in (one_line(one).strip(" ,;") for one in names) if name and name.lower() not in ("et al", "et al.")
    )


def _names_of_text(text: str) -> list[str]:
    """The names of a text. Set apart by semicolons, bars or lines they may be "Last, First", as they may with one comma each."""
    text = text.strip().removeprefix("[").removesuffix("]") if text.lstrip().startswith("[") else text
    parts = [part for part in _APART.split(text) if part.strip(" ,")]
    if len(parts) > 1 or ";" in text:
        return [first_last(part) for part in parts]
    parts = [part for part in _AND.split(text) if part.strip(" ,")]
    if len(parts) > 1 and all(part.count(",") == 1 for part in parts):
        return [first_last(part) for part in parts]
    return [name.strip(" '\"") for part in parts for name in part.split(",")]


def first_last(name: str) -> str:
    """As in "Ada Lovelace", from "Lovelace, Ada"; a name without a comma stays."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else last.strip()


def _name(value: object) -> str:
    if isinstance(value, str):
        return first_last(accents(value)) if value.count(",") == 1 else accents(value)
    if not isinstance(value, dict):
        return ""
    found = {key_of(str(key)): one for key, one in value.items() if isinstance(one, str)}
    whole = next((found[key] for key in ("name", "fullname", "displayname", "literal") if found.get(key)), "")
    given = next((found[key] for key in ("given", "first", "firstname", "givenname") if found.get(key)), "")
    family = next((found[key] for key in ("family", "last", "lastname", "familyname", "surname") if found.get(key)), "")
    return accents(whole or f"{given} {family}")


def _texts(value: object) -> list[str]:
    """The texts of a value: itself, a number as it is written, those of a list or of an object (`{"DOI": "10.1/x"}`)."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return [str(value)]
        except ValueError:  # an integer of thousands of digits
            return []
    if isinstance(value, list):
        return [one for one in value[:_LIST_MOST] if isinstance(one, str) and one.strip()]
    if isinstance(value, dict):
        return [f"{key}:{one}" for key, one in value.items() if isinstance(one, str) and one.strip()]
    return []


def _text(said: _Said, kind: str) -> str:
    return next((text for value in said.get(kind, _NOTHING) for text in _texts(value)), "")


def _identifiers(said: _Said) -> tuple[Identifier, ...]:
    """The ids of the columns made for them, then those that its links and its `id` are; one of each scheme."""
    found = [
        _in_scheme(scheme, text) for scheme in ("arxiv", "doi") for value in said.get(scheme, _NOTHING) for text in _texts(value)
    ]
    for kind in ("link", "id"):
        parts = (part for value in said.get(kind, _NOTHING) for text in _texts(value) for part in text[:_VALUE_CHARS].split())
        found += [read_identifier(part.strip("()[]<>,;|")) for part in parts if "." in part or "/" in part]
    one_each: dict[str, Identifier] = {}
    for identifier in found:
        if identifier is not None and identifier.scheme not in ("url", "title"):
            one_each.setdefault(identifier.scheme, identifier)
    return tuple(one_each.values())


def _in_scheme(scheme: str, text: str) -> Identifier | None:
    """The id that a text in a column of that scheme is, as a link, with its scheme before it, or bare."""
    text = text.strip()[:_VALUE_CHARS]
    known = read_identifier(text)
    if known is not None and known.scheme not in ("url", "title"):
        return known
    if scheme == "doi":
        return read_identifier(f"doi:{text}") if text.startswith("10.") and not re.search(r"\s", text) else None
    return read_identifier(f"arxiv:{re.sub(r'^arxiv:', '', text, flags=re.IGNORECASE).strip()}")


def _day(said: _Said) -> date | None:
    month = _text(said, "month")
    for value in said.get("date", _NOTHING):
        for text in _texts(value):
            day = month_day(text, month) if month and re.fullmatch(r"\s*\d{4}\s*", text) else read_day(text)
            if day is not None:
                return day
    return None


def _keywords(said: _Said) -> tuple[str, ...]:
    value = next(iter(said.get("keywords", _NOTHING)), None)
    words = re.split(r"[,;|\n]", value) if isinstance(value, str) else _texts(value) if isinstance(value, list) else []
    return tuple(dict.fromkeys(one_line(word) for word in words if word.strip()))


def _count(said: _Said, kind: str) -> int | None:
    if kind not in said:
        return None
    text = _text(said, kind).strip().replace(",", "").removesuffix(".0")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _url(said: _Said, kind: str) -> str | None:
    """The first web address of a kind of column."""
    for value in said.get(kind, _NOTHING):
        for text in _texts(value):
            found = _WEB.search(text[:_VALUE_CHARS])
            if found and found[0].isprintable():
                return found[0]
    return None
