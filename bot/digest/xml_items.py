"""XML of feeds read in one pass, without entities: the items, and how far it was well-formed. Knows nothing of papers.

Feeds are read by defusedxml and not by feedparser, which expands entities that a document declares, reads 30,000 nested items in
quadratic time, and tells no line numbers. What feeds get wrong most often is put right first: `&nbsp;` and other names of HTML
(XML knows five), and ampersands that stand alone.
"""

import html
import re
from dataclasses import dataclass, field
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

MAX_DEPTH = 100
FIELD_CHARS = 200_000
_STEP = 64_000
_ITEMS = frozenset({"item", "entry"})
_KNOWN_PREFIXES = frozenset({"", "atom", "rss", "rdf", "dc", "dcterms", "content", "arxiv", "prism", "a10"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOSE = re.compile(r"&(?:#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?")
_PROLOGUE = (("<?", "?>"), ("<!--", "-->"))
_PIECES = 20
_ELEMENT = re.compile(r"<((?:!DOCTYPE\b)|[A-Za-z_][\w.-]{0,60}(?::[\w.-]{1,60})?)", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^<>\[\]]{0,1000}>", re.IGNORECASE)
_CDATA = "<![CDATA["
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(slots=True)
class Item:
    """One item: its line, the texts of its fields by their name (of prefixes only `arxiv:` is kept), its (relation, address)."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False

    def first(self, *names: str) -> str:
        """The first text that one of these fields holds, in the order of the names; empty where none does."""
        return next((text for name in names for text in self.fields.get(name, ()) if text.strip()), "")


@dataclass(slots=True)
class Feed:
    """What a feed says: the fields of itself, its items, and the line and reason where it stopped being readable, if it did."""

    head: Item
    items: list[Item]
    broken: tuple[int, str] | None = None


class _TooDeep(Exception):
    """Elements within elements, more than any feed has."""


def read_items(text: str) -> Feed:
    """Read a feed as far as it goes; an item that it breaks off in is given as far as it was read, not `ended`."""
    begins = text.lstrip()
    reader = _Reader(lines_before=text.count("\n", 0, len(text) - len(begins)))
    parser = make_parser()
    parser.setContentHandler(reader)
    reader.setDocumentLocator(parser)
    parser.forbid_dtd = False  # a bare <!DOCTYPE> does no harm; declared and external entities are refused below
    text = _mended(_without_doctype(begins))
    broken = None
    try:
        for at in range(0, len(text), _STEP):
            parser.feed(text[at : at + _STEP])
        parser.close()
    except DefusedXmlException:
        broken = "it declares entities, which are not read from a digest"
    except _TooDeep:
        broken = f"elements nested more than {MAX_DEPTH} deep"
    except SAXException as error:
        broken = f"the XML breaks off or is broken here ({error.getMessage()})"
    return Feed(head=reader.head, items=reader.items, broken=(reader.line(), broken) if broken else None)


def _without_doctype(text: str) -> str:
    """The text without a document type that declares nothing itself: old RSS names Netscape's, which nobody needs to fetch."""
    return _DOCTYPE.sub(lambda found: "\n" * found[0].count("\n"), text[:_STEP], count=1) + text[_STEP:]


def root_of(text: str) -> str:
    """The name of the first element, with its prefix; `!DOCTYPE` where that stands before it, empty where none follows."""
    at = 0
    for _ in range(_PIECES):
        at += len(text[at : at + _STEP]) - len(text[at : at + _STEP].lstrip())
        ends = next((end for begin, end in _PROLOGUE if text.startswith(begin, at)), None)
        if ends is None:
            break
        end = text.find(ends, at, at + _STEP)
        if end < 0:
            return ""
        at = end + len(ends)
    found = _ELEMENT.match(text, at)
    return found[1] if found else ""


def _mended(text: str) -> str:
    """The text as expat takes it, outside of CDATA sections, in which an ampersand is only that."""
    text = _NOT_XML.sub("\ufffd", text)
    first, *sections = text.split(_CDATA)
    parts = [_LOOSE.sub(_mend, first)]
    for section in sections:
        inside, end, after = section.partition("]]>")
        parts.append(inside + end + _LOOSE.sub(_mend, after))
    return _CDATA.join(parts)


def _mend(found: re.Match[str]) -> str:
    whole, name = found[0], found["name"]
    if whole == "&":
        return "&amp;"
    if name is None or name in _XML_NAMES:
        return whole
    char = html.unescape(whole)
    return char if char != whole else whole.replace("&", "&amp;")


class _Reader(ContentHandler):
    """Collects the items; everything outside of them belongs to the feed itself."""

    def __init__(self, *, lines_before: int) -> None:
        super().__init__()
        self._before = lines_before
        self.head = Item(line=1)
        self.items: list[Item] = []
        self._item: Item | None = None
        self._open: list[str] = []
        self._item_depth = 0
        self._texts: list[str] = []
        self._room = FIELD_CHARS

    def line(self) -> int:
        """The line of the document that is being read."""
        return self._before + (self._locator.getLineNumber() or 1)  # type: ignore[attr-defined] # set by SAX

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise _TooDeep
        prefix, local = _split(name)
        if local in _ITEMS and prefix in _KNOWN_PREFIXES:
            self._item = Item(line=self.line())
            self._item_depth = len(self._open)
            self.items.append(self._item)
        item = self._item or self.head
        if local == "link" and "href" in attrs and self._is_field():
            item.links.append((attrs.get("rel", "alternate"), attrs["href"][:FIELD_CHARS]))
        if self._is_field():
            self._texts, self._room = [], FIELD_CHARS
        elif self._texts and self._room > 0:
            self._texts.append(" ")  # XHTML within a field: words of neighbouring elements stay apart

    def characters(self, content: str) -> None:
        if self._room > 0:
            self._texts.append(content[: self._room])
            self._room -= len(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        if self._item is not None and len(self._open) == self._item_depth:
            self._item.ended = True
            self._item = None
        elif self._is_field() or self._is_name():
            prefix, local = _split(name)
            if prefix in _KNOWN_PREFIXES:
                key = f"arxiv:{local}" if prefix == "arxiv" else "author" if self._is_name() else local
                said = (self._item or self.head).fields.setdefault(key, [])
                if text := "".join(self._texts).strip():
                    said.append(text)
                self._texts = []
        self._open.pop()

    def _is_field(self) -> bool:
        """Whether the innermost element stands directly in an item, or in the feed itself."""
        return len(self._open) - self._item_depth == 1 if self._item is not None else len(self._open) <= 3

    def _is_name(self) -> bool:
        """Whether it is the name within an Atom author."""
        return len(self._open) > 1 and _split(self._open[-1])[1] == "name" and _split(self._open[-2])[1] == "author"


def _split(name: str) -> tuple[str, str]:
    prefix, _, local = name.rpartition(":")
    return prefix.lower(), local.lower()
