"""A plain message: any text with links or ids of papers, as teams post them.

Read are arXiv, Hugging Face, DOI, OpenReview, ACL Anthology and alphaXiv. The words beside a link, else the line above it, are
the paper's title where there are at least two of them, which do more than point at it ("see also"). A link alone is no paper yet:
whoever stores it may know which one it is. `beside` reads what the records of another format leave over, so a mixed document
loses nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.digest.format import Document, Format, issue, one_line
from bot.identity import agree, links_of, read_identifier
from bot.model import Digest, Entry, Identifier, ParseIssue

SOURCE = "message"
TITLE_CHARS = 300
TITLE_WORDS = 2
LINE_CHARS = 20_000
ABOVE = 2
"""How far above its link a title may stand: one line may be empty between them."""

_URL = r"https?://[^\s<>|\"”“]+"
_SITES = (
    r"(?:www\.|export\.)?(?:arxiv\.org/(?:abs|pdf|html)|alphaxiv\.org|huggingface\.co/papers|hf\.co/papers|openreview\.net"
    r"|aclanthology\.org|aclweb\.org/anthology)/"
)
_ID = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,3})?"
_OLD_ID = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}(?:v\d{1,3})?"
_REFERENCE = re.compile(
    rf"(?P<url>{_URL}|(?<![\w/.@-]){_SITES}[^\s<>|\"”“]+)"
    rf"|(?<![\w/.])(?P<named>(?:arxiv:\s?(?:{_ID}|{_OLD_ID})|doi:\s?10\.\d{{4,9}}/[^\s<>|\"”“]+|acl:[\w.-]+))"
    rf"|(?<![\w/.:-])(?P<bare>{_ID})(?![\w/-]|\.\d)",
    re.IGNORECASE,
)
_HINT = re.compile(r"/|\d{4}\.\d{4}|acl:", re.IGNORECASE)
"""What every reference holds: most lines hold none, and are done with it."""
_MARKDOWN = re.compile(r"\[(?P<label>[^\[\]]{1,400})\]\(\s*<?(?P<url>https?://[^\s<>]+?)>?\s*\)")
_SLACK = re.compile(r"<(?P<url>https?://[^\s<>|]+)\|(?P<label>[^<>|]{1,400})>")
_MACHINE_MADE = re.compile(r"\s*(?:\{|\[\s*[\[{\"]|<(?!https?://))")
_SPACED = re.compile(r"^(arxiv|doi):\s", re.IGNORECASE)
_EDGE = " \t•·*-–—_|:;,>#()[]{}<>\"“”'`~=→"
_NUMBERING = re.compile(r"^\(?\d{1,3}[.)]\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_POINTING = frozenset(
    "abs abstract abstracts alphaxiv also an and article arxiv at available blog cc cf check click code discussion doi face"
    " for from full github have here hf html huggingface hugging in interesting is it link links look more new nice of on"
    " openreview or our out page paper papers pdf post preprint project published read see site source the these this those"
    " to today version via web website".split()
)
_TAIL = ".,;:!?'\"”’*_`~>]}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that a line names, and where: `label` is the text that the link itself bears."""

    start: int
    end: int
    identifier: Identifier
    label: str = ""


def recognises(text: str) -> bool:
    """Whether it names a paper by a link or an id, and was written by a person: no web page, no JSON."""
    if _MACHINE_MADE.match(text):
        return False
    return any(references_in(line) for line in text.split("\n"))


def parse(document: Document) -> Digest:
    """Read the message. A link without a title is `bare`; lines that have to do with no link are issues."""
    entries: list[Entry] = []
    bare: list[Entry] = []
    issues: list[ParseIssue] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(document.text.split("\n"), start=1):
        references = references_in(line)
        if not references:
            if line.strip(_EDGE):
                above.append((number, line))
            continue
        if len(line) > LINE_CHARS:
            issues.append(issue(number, f"a line cut at {LINE_CHARS:,} characters", line))
        title_above = above.pop() if above and _is_title_of(*above[-1], line, number, references) else None
        for entry in _entries(line, number, references, title_above, before=len(entries) + len(bare)):
            if not entry.title and entries and _goes_on(entries[-1], entry, number):
                entries[-1] = _joined(entries[-1], entry)
            else:
                (entries if entry.title else bare).append(_of_rank(entry, len(entries) + len(bare) + 1))
    issues += [issue(number, "no link to a paper beside it or below it", line) for number, line in above]
    return Digest(
        source=SOURCE,
        issued_on=None,
        entries=tuple(entries),
        issues=tuple(sorted(issues, key=lambda found: found.line)),
        sha256=document.sha256,
        bare=tuple(bare),
    )


def beside(document: Document, taken: Collection[int], digest: Digest, *, head: int = 0) -> Digest:
    """The digest that another format read, with what the lines that it did not take (numbers from 1) hold as a message.

    Lines up to `head` are the document's own heading: those that name no paper are passed over.
    """
    lines = document.text.split("\n")
    rest = ["" if number in taken else line for number, line in enumerate(lines, start=1)]
    if not any(line.strip(_EDGE) for line in rest):
        return digest
    more = parse(replace(document, text="\n".join(rest)))
    listed = ranked((*digest.entries, *more.entries, *more.bare))
    issues = (*digest.issues, *(one for one in more.issues if one.line > head))
    return replace(
        digest,
        entries=tuple(entry for entry in listed if entry.title),
        bare=tuple(entry for entry in listed if not entry.title),
        issues=tuple(sorted(issues, key=lambda one: one.line)),
    )


def ranked(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries in the order of their lines, counted anew from 1."""
    listed = enumerate(sorted(entries, key=lambda one: one.line), start=1)
    return tuple(_of_rank(entry, rank) for rank, entry in listed)


def _of_rank(entry: Entry, rank: int) -> Entry:
    return entry if entry.rank == rank else entry._replace(rank=rank)


def title_in(line: str, references: Sequence[Reference]) -> str:
    """The title that a line gives to the first of its papers that has one there; empty where none has."""
    return next((title for title in _titles(line, list(references)) if title), "")


def references_in(line: str) -> list[Reference]:
    """The papers that a line names by links or ids, in their order."""
    if _HINT.search(line) is None:
        return []
    line = line[:LINE_CHARS]
    found = list(_labelled(line)) if "](" in line or "|" in line else []
    taken = [(one.start, one.end) for one in found]
    for match in _REFERENCE.finditer(line):
        start = match.start()
        if any(begin <= start < end for begin, end in taken):
            continue
        text = _without_tail(match.group())
        if match["bare"] and line[:start].strip(_EDGE) and line[match.end() :].strip(_EDGE + "."):
            continue  # a number within a sentence
        identifier = read_identifier(f"arxiv:{text}" if match["bare"] else _SPACED.sub(r"\1:", text))
        if identifier is not None:
            found.append(Reference(start, start + len(text), identifier))
    return sorted(found, key=lambda one: one.start)


def _labelled(line: str) -> Iterator[Reference]:
    """Links that bear a text, as Markdown and Slack write them."""
    for pattern in (_MARKDOWN, _SLACK):
        for match in pattern.finditer(line):
            identifier = read_identifier(_without_tail(match["url"]))
            if identifier is not None:
                yield Reference(match.start(), match.end(), identifier, match["label"])


def _without_tail(url: str) -> str:
    """A link without the punctuation of the sentence around it; a closing bracket stays where it closes one of its own."""
    while url and (url[-1] in _TAIL or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def _is_title_of(above: int, text: str, line: str, number: int, references: list[Reference]) -> bool:
    """Whether a line above is the title of the first link of a line that holds no title."""
    return number - above <= ABOVE and bool(_title(text)) and not any(_titles(line, references))


def _titles(line: str, references: list[Reference]) -> list[str]:
    """For each link of a line its title there, empty where there is none: its own text, the words before it, those after it."""
    titles = []
    for at, one in enumerate(references):
        before = line[references[at - 1].end if at else 0 : one.start]
        after = line[one.end : references[at + 1].start if at + 1 < len(references) else len(line)]
        last = at + 1 == len(references)
        candidates = (one.label, before, after if last or (at == 0 and not _title(before)) else "")
        titles.append(next((title for text in candidates if (title := _title(text))), ""))
    return titles


def _title(text: str) -> str:
    if not text.strip(_EDGE):
        return ""
    tidy = _tidy(text)
    words = _WORD.findall(tidy)
    if len(words) < TITLE_WORDS or len(tidy) > TITLE_CHARS or only_points(tidy):
        return ""
    return "" if len(words) == TITLE_WORDS and not any(char.isalpha() and not char.islower() for char in tidy) else tidy


def only_points(text: str) -> bool:
    """Whether all words of a text only point at a link ("see also", "Read more on", "PDF"), so it is no title."""
    return all(word in _POINTING for word in _WORD.findall(text.lower()))


def _tidy(text: str) -> str:
    """The words of a text without bullets, numbering, other links and what set them apart."""
    text = re.sub(_URL, " ", text)
    text = _NUMBERING.sub("", one_line(text).strip(_EDGE))
    return one_line(text.strip(_EDGE))


def _entries(line: str, number: int, references: list[Reference], above: tuple[int, str] | None, *, before: int) -> list[Entry]:
    """The papers of one line, `before` that many; links that follow one another and name one paper are one entry."""
    entries: list[Entry] = []
    for one, said in zip(references, _titles(line, references), strict=True):
        title, at = said, number
        if not title and above is not None and one is references[0]:
            title, at = _title(above[1]), above[0]
        rank, links = before + len(entries) + 1, links_of(one.identifier)
        entry = Entry(rank=rank, title=title, line=at, identifiers=(one.identifier,), links=links)
        if entries and (not title or title == entries[-1].title) and _is_same(entries[-1], entry):
            entries[-1] = _joined(entries[-1], entry)
        else:
            entries.append(entry)
    return entries


def _is_same(first: Entry, second: Entry) -> bool:
    return agree(first.identifiers, second.identifiers)


def _goes_on(before: Entry, entry: Entry, number: int) -> bool:
    """Whether a link alone is one more link of the paper just above it."""
    return number - before.line <= 2 * ABOVE and _is_same(before, entry)


def _joined(first: Entry, second: Entry) -> Entry:
    identifiers = tuple(dict.fromkeys(first.identifiers + second.identifiers))
    return first._replace(title=first.title or second.title, identifiers=identifiers, links=links_of(*identifiers))


FORMAT = Format(name="a message with links to papers", recognises=recognises, parse=parse)
