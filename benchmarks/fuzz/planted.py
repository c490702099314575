"""Known records in random surroundings: each must come out as an entry, or be told of in an issue.

What counts as told: an issue on one of its lines or on the one above, which it may go on, or one that says from which line on
nothing was read. A record that was taken for a part of its neighbour (its title stands in that one's abstract or byline) is not
lost either.
"""

import random
from collections.abc import Callable
from datetime import date
from typing import Final

from bot.digest import parse_digest
from bot.errors import DigestError
from bot.model import Digest, Entry

AS_OF: Final = date(2025, 12, 8)
MOST: Final = 6
_URL: Final = "https://arxiv.org/abs/2306.{:05d}"
_WORDS: Final = "We show that words of an abstract go on and on until they are more than a title has. " * 4


def _lines(*lines: str) -> Callable[[str, int], str]:
    return lambda title, number: "\n".join(lines).replace("TITLE", title).replace("NUMBER", f"{number:05d}")


KINDS: Final[dict[str, tuple[str, Callable[[str, int], str]]]] = {
    "page": ("", _lines("TITLE", "", _WORDS, "", "  • 3 authors", "·", "May 3")),
    "page, handle": ("", _lines("17", "TITLE", "", _WORDS, "", "  • Qwen Qwen", "·", "May 3, 2024 2")),
    "cards": ("Daily Papers\nby AK and the research community\n", _lines("Submitted by", "ada", "12", "TITLE", "3 authors")),
    "arXiv mail": ("", _lines(
        "\\\\", "arXiv:2306.NUMBER", "Date: Mon, 5 Jun 2023 10:00:00 GMT   (10kb)", "", "Title: TITLE", "Authors: A Bee", "\\\\",
        "  What it is about.", "\\\\ ( https://arxiv.org/abs/2306.NUMBER ,  10kb)",
    )),
    "RSS": ("<rss><channel>", _lines(f"<item><title>TITLE</title><link>{_URL.format(1)[:-5]}NUMBER</link></item>")),
    "JSON lines": ("", _lines('{"title": "TITLE", "id": "arxiv:2306.NUMBER"}')),
    "BibTeX": ("", _lines("@article{keyNUMBER,", "  title = {TITLE},", "  eprint = {2306.NUMBER}", "}")),
    "RIS": ("", _lines("TY  - JOUR", "TI  - TITLE", "DO  - 10.1234/NUMBER", "ER  - ")),
    "CSV": ("title,url\n", _lines("TITLE,https://arxiv.org/abs/2306.NUMBER")),
    "Markdown list": ("", _lines("- [TITLE](https://arxiv.org/abs/2306.NUMBER)")),
    "Markdown headings": ("", _lines("## [TITLE](https://arxiv.org/abs/2306.NUMBER)", "", _WORDS)),
    "Markdown table": ("| title | url |\n|---|---|\n", _lines("| TITLE | https://arxiv.org/abs/2306.NUMBER |")),
    "message": ("", _lines("TITLE https://arxiv.org/abs/2306.NUMBER")),
    "message, title above": ("", _lines("TITLE", "https://arxiv.org/abs/2306.NUMBER")),
}  # fmt: skip


def plant(chance: random.Random, scraps: tuple[str, ...]) -> tuple[str, str, dict[str, range]]:
    """A kind, a document of it, and for each planted title the lines (from 1) of its record."""
    kind = chance.choice(list(KINDS))
    scraps = tuple(scrap for scrap in scraps if kind != "RSS" or scrap != "<!--")  # what stands in a comment is not said
    text, record = KINDS[kind]
    places: dict[str, range] = {}
    for number in range(1, chance.randint(2, MOST) + 1):
        if chance.random() < 0.6:
            text += "".join(chance.choices(scraps, k=chance.randint(1, 4)))
        text += "\n" * (not text.endswith("\n") and bool(text)) + "\n" * chance.randint(0, 2)
        title = f"Planted{number:03d} Paper About Gardens"
        first = text.count("\n") + 1
        text += record(title, number) + "\n"
        places[title] = range(first, text.count("\n") + 1)
    return kind, text, places


def lost(text: str, places: dict[str, range]) -> list[str]:
    """The planted titles that a document's digest says nothing of."""
    try:
        digest = parse_digest(text.encode("utf-8", "replace"), as_of=AS_OF)
    except DigestError:
        return []  # nothing was taken in, and it says so
    # An issue about a text that was broken over lines names its first line, and shows the text.
    words = "\n".join((*map(_words, digest.entries), *(one.excerpt for one in digest.issues)))
    return [title for title, lines in places.items() if title.split()[0] not in words and not _is_told(digest, lines)]


def _words(entry: Entry) -> str:
    return "\n".join((entry.title, entry.abstract, entry.tldr or "", *entry.authors, *entry.keywords, str(entry.organization)))


def _is_told(digest: Digest, lines: range) -> bool:
    said = (*digest.issues, *digest.bare)
    return any(lines.start - 1 <= one.line < lines.stop for one in said) or any(
        one.line <= lines.start and ("nothing after it" in one.message or "no further" in one.message) for one in digest.issues
    )
