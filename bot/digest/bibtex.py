"""BibTeX: what Zotero, JabRef, Google Scholar, DBLP, the ACL Anthology and we write. A broken entry costs only itself.

Split by bibtexparser, which keeps lines and goes on after a broken entry in linear time (pybtex does so in quadratic time). What
stands between entries is a comment in BibTeX; if it names papers, it is read as a message.
"""

import logging
import re
from dataclasses import replace
from datetime import date

from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as Block
from bibtexparser.splitter import Splitter

from bot.digest.columns import first_last
from bot.digest.days import day_in_name, month_day, read_day
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, Document, Format, issue, one_line
from bot.digest.message import beside
from bot.digest.tex import plain
from bot.digest.venues import published_in, told_by_remark
from bot.identity import links_of, read_identifier
from bot.model import Digest, Entry, Identifier, Links, ParseIssue

SOURCE = "bibtex"

_TYPES = (
    "article|inproceedings|conference|misc|techreport|report|phdthesis|mastersthesis|thesis|book|incollection|inbook|inreference|"
    "proceedings|unpublished|online|electronic|www|preprint|software|dataset|manual|booklet|collection|patent|periodical"
)
_BEGINS = re.compile(rf"^[ \t]*@(?:{_TYPES})[ \t]*[{{(]\s*[^\s,{{}}=]{{0,200}}\s*,", re.MULTILINE | re.IGNORECASE)
_NO_PAPERS = frozenset({"proceedings", "periodical", "collection"})
_ARXIV_IN_TEXT = re.compile(
    r"(?:arxiv[:.\s]\s?|\babs/|arxiv\.org/(?:abs|pdf)/)"
    r"([a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s{}<>\"]+")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_HIDDEN_IN = ("journal", "journaltitle", "volume", "note", "howpublished")
_CHARS = 100_000
_STRINGS = {name: name for name in "jan feb mar apr may jun jul aug sep oct nov dec".split()}


def recognises(text: str) -> bool:
    """Whether an entry of BibTeX begins on one of its lines."""
    return "@" in text and _BEGINS.search(text) is not None


def parse(document: Document) -> Digest:
    """Read the entries. A broken one, and one without a title, is an issue with its line."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)  # it would log what the document says
    library = Splitter(document.text).split()
    strings = _STRINGS | {one.key.lower(): _unwrapped(one.value, {}) for one in library.strings}
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    taken: set[int] = set()
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if type(block).__name__ != "ImplicitComment":
            taken.update(range(line, line + (block.raw or "").rstrip().count("\n") + 1))
        read = _read(block, line, len(entries) + 1, strings)
        if isinstance(read, Entry):
            entries.append(read)
        elif read is not None:
            issues.append(read)
    taken |= {number for number, text in enumerate(document.text.split("\n"), start=1) if text.lstrip().startswith("%")}
    digest = Digest(
        source=SOURCE, issued_on=day_in_name(document.name),
        entries=tuple(entries), issues=tuple(issues), sha256=document.sha256,
    )  # fmt: skip
    return beside(document, taken, digest)


def _read(block: object, line: int, rank: int, strings: dict[str, str]) -> Entry | ParseIssue | None:
    """The entry, or the issue, that a block of the file is; `None` for strings, preambles and comments."""
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        block = block.ignore_error_block  # the same key twice is no reason to lose a paper
    if isinstance(block, ParsingFailedBlock):
        return issue(line, "a broken entry: are its braces, quotes and commas complete", block.raw or "")
    if not isinstance(block, Block):
        return None
    fields: dict[str, str] = {}
    for field in block.fields:
        fields.setdefault(field.key.strip().lower(), _unwrapped(str(field.value)[:_CHARS], strings))
    if block.entry_type.lower() in _NO_PAPERS:
        return issue(line, "a whole volume, not a paper", block.raw or "")
    return _entry(fields, line, rank) or issue(line, "an entry without a title, or with one that is too long", block.raw or "")


def _unwrapped(value: str, strings: dict[str, str]) -> str:
    """A value without its braces or quotes; `#` joins parts, and a bare word stands for a string defined before."""
    value = value.strip()
    if value.startswith("{") and value.endswith("}") and "#" not in value:
        return value[1:-1]
    parts = []
    for part in re.split(r"\s+#\s+|(?<=[\"}])#|#(?=[\"{])", value):
        if part[:1] + part[-1:] in ('""', "{}") and len(part) > 1:
            parts.append(part[1:-1])
        else:
            parts.append(strings.get(part.lower(), part))
    return "".join(parts)


def _entry(fields: dict[str, str], line: int, rank: int) -> Entry | None:
    title = one_line(plain(": ".join(fields[name] for name in ("title", "subtitle") if fields.get(name))))
    if not title or len(title) > TITLE_CHARS:
        return None
    identifiers = _identifiers(fields)
    authors, all_named = _authors(fields.get("author", ""))
    keywords = re.split(r"[,;]", plain(fields.get("keywords", "")))
    return Entry(
        rank=rank,
        line=line,
        title=title,
        abstract=one_line(plain(fields.get("abstract", "")))[:ABSTRACT_CHARS],
        authors=authors,
        author_count=len(authors) if authors and all_named else None,
        published_on=_day(fields),
        identifiers=identifiers,
        links=_links(fields, identifiers),
        keywords=tuple(dict.fromkeys(word for word in map(one_line, keywords) if word)),
        venue=_venue(fields),
    )


def _venue(fields: dict[str, str]) -> str | None:
    """Its proceedings or journal; of one that has none, and so of a preprint, what its note says, as we write it too."""
    named = (published_in(plain(fields.get(name, ""))) for name in ("booktitle", "journal", "journaltitle"))
    return next(filter(None, named), None) or told_by_remark(plain(fields.get("note", "")))


def _identifiers(fields: dict[str, str]) -> tuple[Identifier, ...]:
    """Its eprint, DOI and link, else an arXiv id as Google Scholar and DBLP hide it in the journal or the volume."""
    clean = {name: value.replace("\\_", "_").replace("\\%", "%").strip() for name, value in fields.items() if len(value) <= 2_000}
    prefix = clean.get("archiveprefix", clean.get("eprinttype", "")).lower()
    eprint = clean.get("eprint", "")
    found = [
        read_identifier(eprint if ":" in eprint or "/" in eprint else f"arxiv:{eprint}") if prefix in ("", "arxiv") else None
    ]
    found += [read_identifier(one if ":" in one else f"doi:{one}") for one in [clean.get("doi", "")] if one]
    for name in ("url", "howpublished", "note", "ee", "link", "pdf"):
        found += [read_identifier(url.rstrip(".,;)")) for url in _URL.findall(clean.get(name, ""))]
    one_each: dict[str, Identifier] = {}
    for one in found:
        if one is not None and one.scheme not in ("url", "title"):
            one_each.setdefault(one.scheme, one)
    if "arxiv" not in one_each:
        hidden = (
            _ARXIV_IN_TEXT.search(clean.get(name, "")) for name in ("journal", "journaltitle", "volume", "note", "howpublished")
        )
        arxiv = next((read_identifier(f"arxiv:{one[1]}") for one in hidden if one), None)
        return (*one_each.values(), arxiv) if arxiv else tuple(one_each.values())
    return tuple(one_each.values())


def _links(fields: dict[str, str], identifiers: tuple[Identifier, ...]) -> Links:
    links = links_of(*identifiers)
    found = _URL.search(fields.get("url", "").replace("\\_", "_")[:2_000])
    return replace(links, abs=found[0]) if links.abs is None and found and found[0].isprintable() else links


def _authors(text: str) -> tuple[tuple[str, ...], bool]:
    """The names as people write them, and whether they are all (no "and others"). "and" within braces is part of a name."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[{}]|\s+and\s+", text, re.IGNORECASE):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    names = [_name(part) for part in (*parts, text[start:])]
    named = tuple(name for name in names if name and name.lower() not in ("others", "et al."))
    return named, len(named) == len([name for name in names if name])


def _name(text: str) -> str:
    text = text.strip()
    if text.startswith("{") and text.find("}") == len(text) - 1:
        return one_line(plain(text))  # a team, a company: its commas are its own
    parts = [one_line(plain(part)) for part in text.split(",")]
    if len(parts) == 3:  # "Last, Jr, First"
        return " ".join(part for part in (parts[2], parts[0], parts[1]) if part)
    return first_last(", ".join(parts)) if len(parts) == 2 else parts[0]


def _day(fields: dict[str, str]) -> date | None:
    if fields.get("date"):
        return read_day(plain(fields["date"]).split("/")[0])
    return month_day(plain(fields.get("year", "")), plain(fields.get("month", "")).strip(" .,"), plain(fields.get("day", "")))


FORMAT = Format(name="a BibTeX file", recognises=recognises, parse=parse)
