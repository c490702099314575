"""The mail that arXiv sends to those who subscribe to an archive: new papers, cross-lists, replacements.

Entries stand between lines of `\\\\`, their fields wrap onto lines that begin with two spaces, and the last line holds the link.
The subject names the archive, and each archive's mail is a digest of its own.
`%-%-%-` begins the cross-lists, `%%--%%--` the replacements: those have no abstract, and are `revised` entries, which bring a
stored paper's title and authors up to date and are no news of that day. The format: https://info.arxiv.org/help/subscribe.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.digest.days import read_day
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue, one_line
from bot.digest.message import beside
from bot.digest.tex import accents
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, ParseIssue

SOURCE = "arxiv"

_ID = re.compile(r"(?:arXiv:\s?|Paper(?: \(\*cross-listing\*\))?:\s*)(?P<id>[\w.-]+(?:/\d{7})?(?:v\d+)?)(?:\s.*)?", re.IGNORECASE)
_BEGINS = re.compile(r"^\\\\[ \t]*\n(?:arXiv:|Paper(?:\s|:))", re.MULTILINE | re.IGNORECASE)
_ENDS = re.compile(r"\\\\\s*\(.*")
_RULE = re.compile(r"-{20,}|%-%-%-[%-]*|%%--%%--[%-]*|%%%---[%-]*")
_FIELD = re.compile(r"(?P<name>[A-Z][A-Za-z-]{2,20}(?: \([a-z0-9 ]{1,20}\))?):\s*(?P<value>.*)")
_ARCHIVE = re.compile(r"^Subject:[^\n]{0,40}?\b([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]{2,9})?) daily\b", re.MULTILINE)
_ISSUED = re.compile(r"^Date:[ \t]*(\S.*)$", re.MULTILINE)
_HEAD_CHARS = 20_000
_PARENTHESES = re.compile(r"\([^()]*\)")
_ID_CHARS = 60


@dataclass(slots=True)
class _Record:
    """The lines of one entry, as they were found; `ended`: its last line with the link was there."""

    line: int
    head: list[str]
    abstract: list[str]
    revised: bool = False
    ended: bool = False


def recognises(text: str) -> bool:
    """Whether a line of two backslashes with an arXiv id below it occurs."""
    return _BEGINS.search(text) is not None


def parse(document: Document) -> Digest:
    """Read the mail. What stands between its entries is read as a message; its heading is passed over."""
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    taken: set[int] = set()
    first = 0
    for record in _records(document.text.split("\n"), taken):
        first = first or record.line
        found = _entry(record, len(entries) + 1)
        if isinstance(found, ParseIssue):
            issues.append(found)
            continue
        entries.append(found)
        if not record.ended:
            issues.append(issue(record.line, "an entry that breaks off; its abstract may be cut", found.title))
    head = document.text[:_HEAD_CHARS].split("\\\\\n", 1)[0]
    issued, archive = _ISSUED.search(head), _ARCHIVE.search(head)
    digest = Digest(
        source=f"{SOURCE}:{archive[1]}" if archive else SOURCE, issued_on=read_day(issued[1]) if issued else None,
        entries=tuple(entries), issues=tuple(issues), sha256=document.sha256,
    )  # fmt: skip
    return beside(document, taken, digest, head=first)


def _records(lines: list[str], taken: set[int]) -> Iterator[_Record]:
    """The entries in their order; the numbers of all lines that belong to one, or are rules, go into `taken`."""
    record: _Record | None = None
    in_abstract = revised = False
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if begins := stripped == "\\\\" and number < len(lines) and _ID.fullmatch(lines[number].strip()) is not None:
            if record is not None:
                yield record
            record, in_abstract = _Record(number, [], [], revised=revised), False
        elif _RULE.fullmatch(stripped):
            if record is not None:
                yield record
            record, revised = None, revised or stripped.startswith("%%--")
        elif record is None:
            continue
        elif _ENDS.fullmatch(stripped):
            yield replace(record, ended=True)
            record = None
        elif stripped == "\\\\" and not in_abstract:
            in_abstract = True
        else:
            (record.abstract if in_abstract else record.head).append(line)
        taken.update((number, number + 1) if begins else (number,))
    if record is not None:
        yield record


def _entry(record: _Record, rank: int) -> Entry | ParseIssue:
    fields, revised = _fields(record.head)
    title = one_line(fields.get("title", ""))
    if not title or len(title) > TITLE_CHARS:
        why = f"a title of more than {TITLE_CHARS:,} characters" if title else "an entry without a title"
        return issue(record.line, why, " ".join(record.head))
    identifiers = _identifiers(record.head[0], fields.get("doi", ""))
    authors = _authors(fields.get("authors") or fields.get("author") or "")
    return Entry(
        rank=rank,
        line=record.line,
        title=title,
        abstract=one_line("\n".join(record.abstract))[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) or None,
        published_on=None if record.revised or revised else read_day(fields.get("date", "")),
        identifiers=identifiers,
        links=links_of(*identifiers),
        revised=record.revised or revised,
    )


def _fields(head: list[str]) -> tuple[dict[str, str], bool]:
    """The fields by their names in lower case, and whether a line says that this is a replacement."""
    fields: dict[str, list[str]] = {}
    name, revised = "", False
    for line in head[1:]:
        found = _FIELD.fullmatch(line)
        if found:
            name = found["name"].split(" (")[0].lower()
            fields.setdefault(name, []).append(found["value"])
        elif line.startswith(" ") and name:
            fields[name].append(line)
        else:
            revised, name = revised or line.lower().startswith("replaced with "), ""
    return {name: one_line("\n".join(parts)) for name, parts in fields.items()}, revised


def _identifiers(named: str, doi: str) -> tuple[Identifier, ...]:
    found = _ID.fullmatch(named.strip())
    known = [read_identifier(f"arxiv:{found['id'][:_ID_CHARS]}") if found else None]
    known += [read_identifier(f"doi:{one}") for one in doi.split()[:1] if one.startswith("10.")]
    return tuple(dict.fromkeys(one for one in known if one))


def _authors(text: str) -> tuple[str, ...]:
    """The names, without what stands in parentheses behind them (where they work) and "for the … collaboration"."""
    text = accents(text)
    for _ in range(3):
        text = _PARENTHESES.sub("", text)
    names = (one_line(name).strip(" ,;") for name in re.split(r",|;|\band\b|(?<=\s)&(?=\s)", text))
    return tuple(name for name in names if name and not name.startswith("("))


FORMAT = Format(name="an arXiv mail", recognises=recognises, parse=parse)
