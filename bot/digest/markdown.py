"""Markdown lists of papers: tables, and headings or list items that link to a paper, with what is said below them.

A cell of a table may hold line breaks, as some collectors write titles as arXiv wraps them. Whatever is neither row nor item is
read as a message, so links in running text are not lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from bot.digest.columns import TITLE, entry_of, key_of
from bot.digest.days import IN_TEXT, day_in_name, read_day
from bot.digest.format import ABSTRACT_CHARS, Document, Format, issue, one_line
from bot.digest.message import LINE_CHARS, Reference, beside, only_points, ranked, references_in, title_in
from bot.identity import agree, links_of
from bot.model import Digest, Entry, Identifier, ParseIssue

SOURCE = "markdown"

_RULE = re.compile(r"[ \t]*(?:\|[ \t]*)?:?-{1,200}:?[ \t]*(?:\|[ \t]*:?-{1,200}:?[ \t]*){1,60}(?:\|[ \t]*)?")
_HAS_RULE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,200}:?[ \t]*\|[-: |\t]*$", re.MULTILINE)
_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+\S.*")
_ITEM = re.compile(r"(?P<indent>[ \t]{0,12})(?:[-*+]|\d{1,4}[.)])[ \t]+\S.*")
_LINKED = re.compile(r"^(?:#{1,6}|[ \t]{0,12}(?:[-*+]|\d{1,4}[.)]))[ \t]+[^\n]{0,2000}?\]\(\s*<?https?://", re.MULTILINE)
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]{0,400})\]\([^()\s]{0,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?\)")
_POINTER = re.compile(r"\((?P<words>[^()]{1,200})\)")
_NOISE = re.compile(r"https?://\S+|<br\s{0,4}/?>", re.IGNORECASE)
_CELL = re.compile(r"(?<!\\)\|")
_LABEL = re.compile(
    r"[\s>*_+-]*(?P<name>authors?|abstract|summary|tl;?dr|published|date|year|keywords?|tags|upvotes|code|github|doi|url|arxiv|pdf|links?|paper)"
    r"[\s*_]*[::][\s*_]*(?P<text>.*)",
    re.IGNORECASE,
)
_MARKS = re.compile(r"(?<![\w*_`^\\])(?P<mark>\*{1,3}|_{1,3}|`)(?=\S)(?P<words>[^*_`\n]{1,400})(?<=\S)(?P=mark)(?![\w*_`])")
_BULLET = re.compile(r"^[\s>]*(?:[-+*]\s+)?")
_EMPHASISED = re.compile(r"[\s>+-]*(?P<mark>[*_]{1,2})[^*_]{3,600}(?P=mark)\s*")
_ROW_LINES = 30
_PROSE_WORDS = 12


@dataclass(frozen=True, slots=True)
class _Item:
    """A heading or list item that names a paper: its first line's number, its title, its lines, and the links to the paper."""

    number: int
    title: str
    lines: tuple[str, ...]
    references: tuple[Reference, ...]


def recognises(text: str) -> bool:
    """Whether it has a table's rule, or headings or list items that link, and names a paper by a link."""
    if (
        text.lstrip()[:1] in ("{", "[")
        and text.lstrip()[:2] not in ("[!", "[x")
        and not re.match(r"\s*\[[^\[\]\n]{1,400}\]\(", text)
    ):
        return False
    if _HAS_RULE.search(text) is None and len(list(islice(_LINKED.finditer(text), 2))) < 2:
        return False
    return any("/" in line and references_in(line) for line in text.split("\n"))


def parse(document: Document) -> Digest:
    """Read the tables and the lists. A row without a title is an issue; running text is read as a message."""
    lines = document.text.split("\n")
    taken: set[int] = set()
    entries: list[Entry] = []
    issues: list[ParseIssue] = []
    for row in _rows(lines, taken):
        if isinstance(row, Entry):
            entries.append(row)
        else:
            issues.append(row)
    for item in _items(lines, taken):
        entries.append(_entry(item, issues))
    days = _headed(lines)
    digest = Digest(
        source=SOURCE, issued_on=days[0] if len(days) == 1 else day_in_name(document.name),
        entries=ranked(entries),
        issues=tuple(sorted(issues, key=lambda one: one.line)), sha256=document.sha256,
    )  # fmt: skip
    return beside(
        document,
        taken | {number for number, line in enumerate(lines, 1) if _HEADING.match(line) and not references_in(line)},
        digest,
    )


def _headed(lines: list[str]) -> list[date]:
    """The days that headings name."""
    said = (IN_TEXT.search(line) for line in lines if line.startswith("#"))
    return list(dict.fromkeys(day for found in said if found and (day := read_day(found[0]))))


def _rows(lines: list[str], taken: set[int]) -> Iterator[Entry | ParseIssue]:
    at = 1
    while at < len(lines):
        header = _cells(lines[at - 1])
        if "|" not in lines[at - 1] or _RULE.fullmatch(lines[at]) is None or len(_cells(lines[at])) != len(header):
            at += 1
            continue
        end, rows = _table(lines, at + 1, len(header))
        if any(references_in(line) for _, text in rows for line in text.split("\n")):
            taken.update(range(at, end + 1))
            keys = [key_of(_bare(name)) for name in header]
            yield from (_row(keys, number, text) for number, text in rows)
        at = end + 1


def _table(lines: list[str], at: int, columns: int) -> tuple[int, list[tuple[int, str]]]:
    """The rows from the line with index `at`, each with its number, and how many lines of the document stand before its end.

    A row goes on over following lines while it lacks cells.
    """
    rows: list[tuple[int, str]] = []
    while at < len(lines) and "|" in lines[at]:
        end, text = at + 1, lines[at]
        while len(_cells(text)) < columns and end < min(len(lines), at + _ROW_LINES) and lines[end].strip():
            if lines[end].lstrip().startswith("|") and text.rstrip().endswith("|"):
                break  # the next row: this one has too few cells
            text, end = f"{text}\n{lines[end]}", end + 1
        rows.append((at + 1, text))
        at = end
    return at, rows


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line[1:] if line.startswith("|") else line
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(line)]


def _row(keys: list[str], number: int, text: str) -> Entry | ParseIssue:
    cells = [one_line(cell) for cell in _cells(text)]
    if len(cells) > len(keys):
        return issue(number, f"a row of {len(cells)} cells where the header names {len(keys)} columns", text)
    row = {key: _bare(cell) for key, cell in reversed(list(zip(keys, cells, strict=False)))}
    found = [one for cell in cells for one in references_in(cell)]
    named = next((at for at, key in enumerate(keys) if key in TITLE), None)
    if named is None:
        named = next((at for at, cell in enumerate(cells) if references_in(cell) and _bare(cell)), 0)
    title = _bare(cells[named]) if named < len(cells) else ""
    links = {"url": " ".join(re.findall(r"https?://[^\s()<>]+", " ".join(cells)))}
    try:
        entry = entry_of({**links, **row, TITLE[0]: title}, rank=1, line=number)
    except ValueError as error:
        return issue(number, f"a row with {error}" if str(error) == "no title" else str(error), text)
    return _with_papers(entry, found)


def _bare(text: str) -> str:
    """The words of a cell: links by their labels, without marks, and without what only points ("(Read more on arXiv)")."""
    if "[" in text:
        text = _LINK.sub(lambda found: "" if found[0].startswith("!") or only_points(found["label"]) else found["label"], text)
    if "(" in text:
        text = _POINTER.sub(lambda found: "" if only_points(found["words"]) else found[0], text)
    if "/" in text or "<" in text:
        text = _NOISE.sub(" ", text)
    if "*" in text or "_" in text or "`" in text:
        text = _MARKS.sub(lambda found: found["words"], text)
    return one_line(text).strip(" -–—|·•:,")


def _with_papers(entry: Entry, found: list[Reference], abstract: str = "") -> Entry:
    """The entry with the papers that its links name, the first of them and those that are the same, and with an abstract."""
    own: list[Identifier] = []
    for one in found:
        if (
            not own
            or one.identifier in own
            or agree(own, (one.identifier,))
            or one.identifier.scheme not in {known.scheme for known in own}
        ):
            own.append(one.identifier)
    identifiers = tuple(dict.fromkeys((*own, *(one for one in entry.identifiers if not own))))
    links = links_of(*identifiers)
    if entry.links.code or (links.abs is None and entry.links.abs):
        links = replace(links, abs=links.abs or entry.links.abs, code=entry.links.code)
    said = entry.abstract or abstract
    if (identifiers, links, said) == (entry.identifiers, entry.links, entry.abstract):
        return entry
    return entry._replace(identifiers=identifiers, links=links, abstract=said)


def _items(lines: list[str], taken: set[int]) -> Iterator[_Item]:
    """Headings and list items that name one paper and its title, with the lines below that belong to them."""
    number = 0
    while number < len(lines):
        line, number = lines[number], number + 1
        begins = _HEADING.match(line) or _ITEM.match(line)
        if not begins or number in taken or len(line) > LINE_CHARS:
            continue
        references = references_in(line)
        title = title_in(line, references) if references and _one_paper(references) else ""
        if not title:
            continue
        end = _end(lines, number, begins)
        below = [one for text in lines[number:end] for one in references_in(text)]
        if not _one_paper([*references, *below]):
            end = number  # other papers stand below: they are a list of their own
        taken.update(range(number, end + 1))
        yield _Item(number, title, tuple(lines[number - 1 : end]), (*references, *(below if end > number else ())))
        number = end


def _one_paper(references: list[Reference]) -> bool:
    first = references[0].identifier
    by_scheme = {first.scheme: first}
    return len(references) == 1 or all(
        agree((first,), (one.identifier,)) or by_scheme.setdefault(one.identifier.scheme, one.identifier) == one.identifier
        for one in references
    )


def _end(lines: list[str], after: int, begins: re.Match[str]) -> int:
    """How many lines stand before the end of an item: for a heading the next one, for a list item the next of its depth."""
    is_heading = "level" in begins.re.groupindex
    depth = 0 if is_heading else len(begins["indent"].expandtabs(4))
    for at in range(after, min(len(lines), after + 200)):
        line = lines[at]
        if _HEADING.match(line) or (is_heading and re.fullmatch(r"\s*[-*_=]{3,}\s*", line)):
            return at
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if not is_heading and line.strip() and indent <= depth:
            return at
    return min(len(lines), after + 200)


def _entry(item: _Item, issues: list[ParseIssue]) -> Entry:
    below = item.lines[1:]
    said: dict[str, object] = {"title": item.title}
    prose: list[str] = []
    for number, line in enumerate(below, start=item.number + 1):
        found = _LABEL.fullmatch(line)
        text = _bare(found["text"] if found else _BULLET.sub("", line))
        if found and key_of(found["name"]) not in said:
            said[key_of(found["name"])] = found["text"] if key_of(found["name"]) in ("code", "github") else text
        elif len(text.split()) >= _PROSE_WORDS or (prose and not found and text and below[number - item.number - 2].strip()):
            prose.append(text)
        elif text and not references_in(line) and not only_points(text):
            if "authors" not in said and "author" not in said and _EMPHASISED.fullmatch(line) and "," in text:
                said["authors"] = text
            else:
                issues.append(issue(number, "not understood as a part of the paper above it", line))
    entry = entry_of(said, rank=1, line=item.number)
    return _with_papers(entry, list(item.references), one_line(" ".join(prose))[:ABSTRACT_CHARS])


FORMAT = Format(name="a Markdown list", recognises=recognises, parse=parse)
