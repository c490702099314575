"""Discord: what a person attaches or points at, as a document: refused before it is fetched where it can be none. Knows no SDK.

Attachments: https://docs.discord.com/developers/resources/message#attachment-object .
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from adapters.discord import limits
from bot.spans import clean_line, shorten

SUFFIXES: Final = (".txt", ".text", ".md", ".json", ".jsonl", ".eml", ".htm", ".html", ".xml", ".bib", ".ris", ".csv")
_TYPES: Final = ("text/", "application/json", "application/xml", "application/x-bibtex", "application/x-ndjson", "message/rfc822")
_NAME_CHARS = 80
_TEXT_DISPLAY = 10
_BINARY: Final = (b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"\x89PNG", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a command or a message. `type` is what Discord thinks it is, empty where it does not say."""

    name: str
    size: int
    url: str
    type: str = ""


def read_attachment(data: Mapping[str, Any]) -> Attachment:
    """An attachment object."""
    kind = str(data.get("content_type") or "").partition(";")[0]
    return Attachment(name=str(data.get("filename", "")), size=int(data.get("size", 0)), url=str(data.get("url", "")), type=kind)


def why_not(file: Attachment) -> str:
    """Why a file is not even fetched, a sentence; empty where it may be."""
    name = name_of(file)
    if file.size > limits.DOCUMENT_BYTES:
        return f"{name} has {file.size / 1_000_000:.1f} MB; a digest may have {limits.DOCUMENT_BYTES // 1_000_000} MB."
    if not is_text(file):
        return f"{name} is no text that can be read. It may end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}."
    if not file.size:
        return f"{name} is empty."
    return ""


def name_of(file: Attachment) -> str:
    """A file's name as it is shown: on one line, and cut."""
    return shorten(clean_line(file.name), _NAME_CHARS)


def is_text(file: Attachment) -> bool:
    """Whether a file can be text, by its name and by what Discord thinks it is."""
    known = not file.type or file.type == "application/octet-stream" or file.type.startswith(_TYPES)
    return known and PurePath(file.name.lower()).suffix in SUFFIXES


def is_binary(data: bytes) -> bool:
    """Whether a file is something else than its name says: text holds no NUL, but in UTF-16, and begins with no magic number."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return data.startswith(_BINARY) or b"\0" in data


def message_text(message: Mapping[str, Any]) -> str:
    """All that a message says: its content, embeds and text components, and those of a message that it forwards."""
    return "\n".join(filter(None, _texts(message)))[: limits.DOCUMENT_BYTES]


def attachments(message: Mapping[str, Any]) -> list[Attachment]:
    """The files of a message, and of one that it forwards."""
    return [read_attachment(one) for each in _with_forwarded(message) for one in each.get("attachments") or ()]


def _with_forwarded(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield message
    for snapshot in message.get("message_snapshots") or ():
        yield snapshot.get("message") or {}


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    for each in _with_forwarded(message):
        yield str(each.get("content") or "")
        for embed in each.get("embeds") or ():
            yield from (str(embed.get(name) or "") for name in ("title", "url", "description"))
        yield from _component_texts(each.get("components") or ())


def _component_texts(components: Iterator[Mapping[str, Any]] | tuple[()] | list[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if component.get("type") == _TEXT_DISPLAY:
            yield str(component.get("content", ""))
        yield from _component_texts(component.get("components") or ())
