"""What is common to documents in HTML: how one is known, its parsed tree within bounds, and on which line a text of it stands."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.digest.format import one_line

DEPTH = 400
"""How many elements may be open at once. The parser's time grows with the square of this; real pages have about 40."""

_HTML = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body|div|main|table)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NEVER_OPEN = frozenset("area base br col embed hr img input link meta source track wbr path p li td th tr dt dd option".split())
"""Elements that end by themselves, so that pages may leave them open."""


def is_html(text: str) -> bool:
    """Whether a document begins as HTML does."""
    return _HTML.match(text) is not None


def tree_of(html: str) -> LexborHTMLParser | None:
    """The parsed document; nothing where its elements are nested deeper than those of any page."""
    depth = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in _NEVER_OPEN:
            depth = max(0, depth - 1) if found[1] else depth + 1
            if depth > DEPTH:
                return None
    return LexborHTMLParser(html)


def words_of(node: LexborNode | None) -> str:
    """The text of a node on one line, its parts set apart; empty where there is no node."""
    return one_line(node.text(separator=" ")) if node is not None else ""


class LineFinder:
    """The line of each text that is looked for, in their order; the line of the one before where a text does not occur."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._at = 0
        self._line = 1

    def line_of(self, text: str) -> int:
        """The line of the next place where the text stands."""
        found = self._document.find(text, self._at)
        if found >= 0:
            self._line += self._document.count("\n", self._at, found)
            self._at = found
        return self._line
