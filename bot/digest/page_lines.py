"""The lines of a page that was copied as text, and what they bear: Markdown, links and addresses come off, ids of papers stay.

Converters write a page in their own ways: titles as links in headings, abstracts as links of many lines, addresses on lines of
their own, numbered references instead of addresses. A page copied by hand has none of that, and is read without a second look.
"""

import re
from dataclasses import dataclass, field
from itertools import compress, count

from bot.digest.page_days import DAY
from bot.identity import read_identifier
from bot.model import Identifier

SHORT = 400
"""Longer lines are abstracts: of them only the ends are looked at, so that no line costs more than its length."""

_TITLE_LINES = 3
_MARKS = ("[", "]", "#", "`", "://", "rXiv:", "rxiv:")
_IMAGE = re.compile(r"!\[([^\[\]]{0,100})\]\([^()\s]{0,300}\)")
_LINK = re.compile(r"\[((?:\[[^\[\]]{0,100}\])?[^\[\]]{0,300})\](?:\(([^()\s]{1,300})\)|\[\d{1,4}\])")
_CLOSING = re.compile(r"\](?:\(([^()\s]{1,300})\)|\[\d{1,4}\])$")
_SITE = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)(?:[/?#]\S*)?")
_HANDLE = re.compile(r"https?://(?:www\.)?huggingface\.co/(?!papers$|login$|join$)([\w.-]{1,60})")
_CODE = re.compile(r"\]\((https://github\.com/[\w.-]{1,100}/[\w.-]{1,100})/?\)")
_CARD = re.compile(r"^\s*Submitted\s?by", re.IGNORECASE | re.MULTILINE)
_DRESS = re.compile(r"[\[\]`]|^[-*•]\s+\S")
_BULLET = re.compile(r"[-*•]\s+(?=\S)")
_DOT = re.compile(rf"(.*?)\s*·\s*({DAY}(?:\s+\d{{1,6}})?)", re.IGNORECASE)


@dataclass(slots=True)
class Lines:
    """The lines that hold something, stripped: their `numbers` in the document, and in `ids` what they link to, by place.

    `codes` are the addresses on GitHub that they link to, by place; `alone` the papers whose addresses stood on lines of their
    own, by the numbers of those. `dressed`: they bore Markdown or addresses. `cards`: they say who submitted each paper.
    """

    texts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    ids: dict[int, Identifier] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    alone: dict[int, Identifier] = field(default_factory=dict)
    dressed: bool = False
    cards: bool = False

    def add(self, text: str, number: int) -> None:
        """One more line, unless it is empty."""
        if text:
            self.texts.append(text)
            self.numbers.append(number)

    def follows(self, at: int) -> bool:
        """Whether a line stands right below the one before it, with no empty line between."""
        return at > 0 and self.numbers[at] - self.numbers[at - 1] <= 1


def page_lines(text: str) -> Lines:
    """The lines of a document, without what dresses them."""
    stripped = list(map(str.strip, text.split("\n")))
    texts = list(filter(None, stripped))
    short = "\n".join([line for line in texts if len(line) < SHORT])
    cards = is_of_cards(short)
    if short.count("·") != texts.count("·") or any(mark in short for mark in _MARKS):
        lines = _undressed(stripped)
        lines.cards = cards
        return lines
    return Lines(texts, list(compress(count(1), stripped)), cards=cards)


def is_of_cards(text: str) -> bool:
    """Whether a page shows cards that say who submitted each paper, as a day's own page and the trending page do."""
    return "ubmitted" in text and _CARD.search(text) is not None


def _undressed(stripped: list[str]) -> Lines:
    lines = Lines(dressed=True)
    coming: Identifier | None = None  # what an address above a line says of it
    heading, begun = "", 0  # the beginning of a heading whose link closes on a later line
    for number, line in enumerate(stripped, start=1):
        text = line.rstrip("\\").rstrip()
        if _SITE.fullmatch(text):
            if named := read_identifier(text):
                lines.alone[number] = named
            coming = (
                _of_a_neighbour(lines, text, stripped[number - 2 : number + 1] if number > 1 else ["", *stripped[:2]]) or coming
            )
            continue
        code = _CODE.search(text) if "github.com/" in text and len(text) < SHORT else None
        text, target = _bare(f"{heading} {text}" if heading else text)
        begun = begun if heading else number
        heading = text if text[:1] == "#" and "[" in text and len(text) < SHORT and number - begun < _TITLE_LINES else ""
        if heading:
            continue
        before = len(lines.texts)
        for part in _parts(text.lstrip("#").strip()):
            lines.add(part, begun)
        if code and len(lines.texts) > before:
            lines.codes[before] = code[1]
        if len(lines.texts) > before and (target or coming):
            lines.ids[before] = target or coming  # type: ignore[assignment] # one of them is there
            coming = None
        coming = target or coming if len(lines.texts) == before else coming
    lines.add(heading.lstrip("#[ "), begun)
    return lines


def _of_a_neighbour(lines: Lines, address: str, around: list[str]) -> Identifier | None:
    """What an address on its own line names: it goes to the line above, or is given back where it stands right above a line."""
    found = read_identifier(address)
    if not around[0] and len(around) > 2 and around[2]:
        return found
    if found and lines.texts:
        lines.ids.setdefault(len(lines.texts) - 1, found)
    return None


def _bare(text: str) -> tuple[str, Identifier | None]:
    """A line without its links, and the paper that they name."""
    if len(text) >= SHORT:
        closing = _CLOSING.search(text, max(0, len(text) - SHORT))
        return (text[: closing.start()] if closing else text).removeprefix("["), None
    if not _DRESS.search(text):
        return text, None
    targets: list[Identifier] = []

    def label(match: re.Match[str]) -> str:
        named = read_identifier(match[2]) if match[2] and "#" not in match[2] else None
        if named:
            targets.append(named)
        handle = _HANDLE.fullmatch(match[2] or "")
        words = " ".join(match[1].replace("[", " ").replace("]", " ").split())
        glued = match.start() and match.string[match.start() - 1].isdigit()
        if handle and not words.startswith(handle[1] + " "):
            words = f"{handle[1]} {words}" if words != handle[1] else words
        return f" {words}" if glued else words

    text = text.removeprefix("[-] ")
    if "](" in text or "][" in text:
        text = _LINK.sub(label, _IMAGE.sub(r"\1 ", text))
        closing = _CLOSING.search(text)
        text = text[: closing.start()] if closing else text
    if text.startswith("[") and "]" not in text:
        text = text[1:]
    return " ".join(_BULLET.sub("", text.strip().strip("`").replace("\\ ", " "), count=1).split()), targets[
        0
    ] if targets else None


def _parts(text: str) -> tuple[str, ...]:
    """A line of a byline, a dot and a date as these three."""
    found = _DOT.fullmatch(text) if "·" in text and len(text) < SHORT else None
    return (found[1], "·", found[2]) if found else (text,)
