"""Discord: which papers a message speaks of: their ids and links, else what may be a title. Pure; knows no SDK."""

import re
from collections.abc import Mapping
from typing import Any, Final

from adapters.discord.documents import message_text
from adapters.discord.naming import plain
from bot.identity import read_identifier
from bot.spans import clean_line, is_blank, shorten

MOST: Final = 5
_TITLE_CHARS = 300
_READ_CHARS = 20_000
_BETWEEN = re.compile(r"[\s<>()\[\]\"'“”‘’|]+")


def papers_in(message: Mapping[str, Any]) -> list[str]:
    """What to look up, at most `MOST`: the ids and links that are a paper's; else the first line or title; else nothing."""
    text = message_text(message)[:_READ_CHARS]
    found: dict[str, str] = {}  # by value: a Hugging Face page and an arXiv page of one number are one paper
    for token in _BETWEEN.split(text):
        identifier = read_identifier(token)
        if identifier is not None and identifier.scheme not in ("title", "url"):
            found.setdefault(identifier.value, str(identifier))
    if found:
        return list(found.values())[:MOST]
    titles = [str(embed.get("title") or "") for embed in message.get("embeds") or ()]
    lines = [plain(line) for line in (*titles, *text.split("\n"))]
    said = next((line for line in lines if not is_blank(line) and any(char.isalpha() for char in line)), "")
    return [shorten(clean_line(said), _TITLE_CHARS)] if said else []
