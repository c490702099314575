"""The query line a person types, read into a Query; and the Plan that a search index carries out. Pure.

Words must all occur, small ones such as "of" only where they are quoted or alone; `"a phrase"`, `-without`, `(this | that)`,
`author:`, `since:`, `until:`, `on:`, `sort:`, `page:` refine.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, get_args

from bot.errors import CommandError

Sort = Literal["relevance", "new", "top"]

MAX_CHARS = 500
MAX_WORDS = 32
MAX_DEPTH = 4
MAX_PAGE = 200
USAGE = '/papers "world model" -survey since:2025-06 author:levine sort:top'
USAGE_EITHER = "/papers (rl | icl) -survey"

_NEEDS = {
    "author": ("a name", "levine"),
    "since": ("a day", "2025-06"),
    "until": ("a day", "2025-06"),
    "on": ("a day", "2025-06-30"),
    "sort": ("new, top or relevance", "new"),
    "page": ("a number", "2"),
}

_TOKEN = re.compile(
    r"""(?P<minus>-(?=["“(\w]))?(?:
        (?P<field>author|since|until|on|sort|page):(?:["“](?P<quoted_value>[^"”]*)["”]?|(?P<value>[^\s()|]*))
        |["“](?P<phrase>[^"”]*)["”]?
        |(?P<open>\()|(?P<close>\))|(?P<either>\|)
        |(?P<word>[^\s()|"“”]+)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or words in this order where `quoted`."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a row of terms that must all occur."""

    alternatives: tuple[tuple["Term", ...], ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What must not occur."""

    term: "Words | Group"


Term = Words | Group | Without


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as it was meant. `typed` is its text without the page; `page` counts from 1."""

    typed: str = ""
    terms: tuple[Term, ...] = ()
    authors: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    on: date | None = None
    sort: Sort = "relevance"
    page: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """The wanted words and phrases at the top level, as typed."""
        return tuple(term.text for term in self.terms if isinstance(term, Words))


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say something: a word, or words that stand together; or the key of a topic that papers are marked with."""

    text: str
    weight: float = 1.0
    is_topic: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """Something wanted, in any of its forms."""

    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these."""

    nodes: tuple["Node", ...]


Node = Concept | AnyOf | AllOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a search index shall find: all of `must`, none of `must_not`; `should` only lifts.

    `added_after`: only papers first stored after this change number.
    """

    must: tuple[Node, ...] = ()
    must_not: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    authors: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    added_after: int | None = None


@dataclass(slots=True)
class _Reader:
    """The state of reading one query line."""

    today: date
    filters: dict[str, list[str]] = field(default_factory=dict)
    words: int = 0


def read_query(line: str, *, today: date) -> Query:
    """Read a query line.

    Raises:
        CommandError: it is too long, a filter has no value or one that cannot be read, or it excludes everything.
    """
    line = " ".join(line.split())
    asked = re.sub(r"(?i)(?<!\S)(?:page|sort):\S*", "", line)  # what our own buttons add does not count
    if len(asked) > MAX_CHARS:
        raise CommandError(
            f"A query may have {MAX_CHARS} characters; this one has {len(asked):,}. Nothing was searched.", usage=USAGE
        )
    reader = _Reader(today)
    terms = _read_alternatives(_TOKEN.finditer(line), reader, depth=0)
    top: tuple[Term, ...] = () if not terms else terms[0] if len(terms) == 1 else (Group(terms),)
    if top and all(isinstance(term, Without) for term in top) and not (reader.filters.keys() - {"page", "sort"}):
        raise CommandError("A query must say what to find, not only what to leave out. Nothing was searched.", usage=USAGE)
    since = _last(reader, "since")
    until = _last(reader, "until")
    on = _last(reader, "on")
    query = Query(
        typed=_without_page(line),
        terms=top,
        authors=tuple(reader.filters.get("author", ())),
        since=_read_day(since, today, last=False) if since else None,
        until=_read_day(until, today, last=True) if until else None,
        on=_read_day(on, today, last=False) if on else None,
        sort=_read_sort(_last(reader, "sort") or "relevance"),
        page=_read_page(_last(reader, "page") or "1"),
    )
    _refuse_the_impossible(query)
    return query


def _refuse_the_impossible(query: Query) -> None:
    free = _TOKEN.sub(lambda token: "" if token["field"] else token[0], query.typed).strip()
    if free and not query.terms:
        raise CommandError(f"“{query.typed[:60]}” holds no word to search for. Nothing was searched.", usage="/papers rl")
    if query.on and (query.terms or any(query.authors) or query.since or query.until):
        raise CommandError(
            "on: lists a whole day and goes with nothing else yet. Nothing was searched. Leave on: out, or the other words.",
            usage=f"/papers on:{query.on.isoformat()}",
        )


def _last(reader: _Reader, name: str) -> str | None:
    values = reader.filters.get(name)
    return values[-1] if values else None


def _read_alternatives(tokens: Iterator[re.Match[str]], reader: _Reader, depth: int) -> tuple[tuple[Term, ...], ...]:
    rows: list[list[Term]] = [[]]
    for token in tokens:
        if token["close"]:
            if depth:
                break
            continue
        if token["either"]:
            rows.append([])
            continue
        term = _read_term(token, tokens, reader, depth)
        if term is not None:
            rows[-1].append(term)
    if (depth or len(rows) > 1) and any(isinstance(term, Without) for row in rows for term in row):
        raise CommandError("“-word” stands outside brackets and not beside “|”. Nothing was searched.", usage=USAGE_EITHER)
    return tuple(tuple(row) for row in rows if row)


def _read_term(token: re.Match[str], tokens: Iterator[re.Match[str]], reader: _Reader, depth: int) -> Term | None:
    name = (token["field"] or "").lower()
    if name and token["minus"]:
        raise CommandError(f"“{name}:” cannot be turned round with “-”. Nothing was searched.", usage=USAGE)
    if name:
        reader.filters.setdefault(name, []).append(_value_of(name, token))
        return None
    reader.words += 1
    if reader.words > MAX_WORDS:
        raise CommandError(f"A query may have {MAX_WORDS} words. Nothing was searched.", usage=USAGE)
    term: Words | Group | None
    if token["open"]:
        if depth >= MAX_DEPTH:
            raise CommandError(f"Brackets may be nested {MAX_DEPTH} deep. Nothing was searched.", usage=USAGE)
        alternatives = _read_alternatives(tokens, reader, depth + 1)
        term = Group(alternatives) if alternatives else None
    elif token["phrase"] is not None:
        term = Words(token["phrase"].strip(), quoted=True) if _says_something(token["phrase"]) else None
    else:
        term = Words(token["word"]) if _says_something(token["word"]) else None
    return Without(term) if term is not None and token["minus"] else term


def _value_of(name: str, token: re.Match[str]) -> str:
    """What a filter is to be; without a value it would keep nothing out, unseen. Read while somebody types, so this is short."""
    value: str = (token["quoted_value"] if token["quoted_value"] is not None else token["value"]).strip()
    if not _says_something(value):
        what, example = _NEEDS[name]
        usage = f"/papers on:{example}" if name == "on" else f"/papers rl {name}:{example}"
        raise CommandError(f"{name}: needs {what}, as in {name}:{example}. Nothing was searched.", usage=usage)
    return value


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _without_page(line: str) -> str:
    pages = [token.span() for token in _TOKEN.finditer(line) if (token["field"] or "").lower() == "page"]
    for start, end in reversed(pages):
        line = f"{line[:start]} {line[end:]}"
    return " ".join(line.split())


def _read_sort(value: str) -> Sort:
    for sort in get_args(Sort):
        if value.lower() and sort.startswith(value.lower()):
            return sort  # type: ignore[no-any-return]
    raise CommandError(
        f"“{value}” is not an order. Nothing was searched. Orders are new, top and relevance.", usage="/papers rl sort:new"
    )


def _read_page(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= MAX_PAGE:
        raise CommandError(f"“{value}” is not a page; pages are 1 to {MAX_PAGE}.", usage="/papers rl page:2")
    return int(value)


def _read_day(value: str, today: date, *, last: bool) -> date:
    """A day, month or year as its first or last day; `7d`, `2w`, `3m`, `1y` back from today; today, yesterday."""
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if value.lower() in named:
        return named[value.lower()]
    back = re.fullmatch(r"(\d{1,3})([dwmy])", value.lower())
    if back:
        days = {"d": 1, "w": 7, "m": 30, "y": 365}[back[2]]
        return today - timedelta(days=int(back[1]) * days)
    parts = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", value)
    try:
        if parts is None:
            raise ValueError(value)
        year, month = int(parts[1]), int(parts[2] or (12 if last else 1))
        day = int(parts[3] or (monthrange(year, month)[1] if last else 1))
        return date(year, month, day)
    except ValueError as error:
        raise CommandError(
            f"“{value}” is not a day. Nothing was searched. Write 2025-06-30, 2025-06, 2025, 7d or yesterday.",
            usage="/papers rl since:2025-06",
        ) from error
