"""Slack and Discord payloads → a rough likeness of how they will look there. Pure; knows no cards, no HTML.

It is forgiving on purpose: the exact payload stands beside it, so an unknown part is named instead of guessed.
Block Kit: https://docs.slack.dev/reference/block-kit/blocks · Discord components:
https://discord.com/developers/docs/components/reference
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

from bot.cards import Span, SpanStyle

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the likeness; `kind` names the macro that draws it, `parts` what lies inside."""

    kind: str
    spans: tuple[Span, ...] = ()
    parts: tuple["Piece", ...] = ()
    url: str | None = None
    strong: bool = False


def sketch(payload: Raw) -> tuple[Piece, ...]:
    """The parts of a message or modal of either platform, top to bottom; none where only the payload can speak."""
    for modal in ("view", "modal"):
        if isinstance(payload.get(modal), Mapping):
            return sketch(payload[modal])
    if "blocks" in payload:
        return tuple(_slack(payload))
    if "components" in payload:
        return tuple(_discord(payload))
    return ()


_SLACK = re.compile(
    r"<!date\^\d+\^[^|>]*\|(?P<date>[^>]*)>|<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|\*(?P<bold>[^*\n]+)\*|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|`(?P<code>[^`\n]+)`"
)
_DISCORD = re.compile(
    r"\\(?P<char>[^\w\s])|\[(?P<label>(?:\\.|[^\]\\])+)\]\(<?(?P<url>https?://[^)\s>]+)>?\)"
    r"|<t:(?P<moment>\d{1,11}):f>|\*\*(?P<bold>(?:\\.|[^*\\])+)\*\*|\*(?P<italic>(?:\\.|[^*\\])+)\*|`(?P<code>[^`\n]+)`"
)


def _spans(text: str, pattern: re.Pattern[str], bare: Callable[[str], str]) -> tuple[Span, ...]:
    """Markup → spans; `bare` undoes the platform's escaping."""
    spans: list[Span] = []
    at = 0
    for match in pattern.finditer(text):
        spans.append(Span(bare(text[at : match.start()])))
        at = match.end()
        found = {name: value for name, value in match.groupdict().items() if value}
        url = bare(found.pop("url")) if "url" in found else None
        name, words = next(iter(found.items()), ("label", url or ""))
        style: SpanStyle = "bold" if name == "bold" else "italic" if name == "italic" else "plain"
        if name in {"bold", "italic", "label"}:  # a bold link, or a link with a bold word
            inner = _spans(words, pattern, bare)
            spans += [replace(span, style=style if style != "plain" else span.style, url=url or span.url) for span in inner]
        elif name == "moment":
            when = datetime.fromtimestamp(int(words), UTC)
            spans.append(Span(f"{when.day} {when:%B %Y %H:%M} UTC", at=when))
        else:
            spans.append(Span(bare(words), "code" if name == "code" else "plain"))
    spans.append(Span(bare(text[at:])))
    return tuple(span for span in spans if span.text)


def _mrkdwn(text: object) -> tuple[Span, ...]:
    raw = text if isinstance(text, Mapping) else {"type": "plain_text", "text": text or ""}
    words = str(raw.get("text", ""))
    return _spans(words, _SLACK, unescape) if raw.get("type") == "mrkdwn" else (Span(words),)


def _markdown(text: object) -> tuple[Span, ...]:
    return _spans(str(text or ""), _DISCORD, lambda words: re.sub(r"\\([^\w\s])", r"\1", words))


def _list(raw: Raw, key: str) -> Sequence[Raw]:
    value = raw.get(key)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, Sequence) else []


def _slack(payload: Raw) -> Iterator[Piece]:
    if payload.get("type") == "modal":
        yield Piece("title", _mrkdwn(payload.get("title")))
    for block in _list(payload, "blocks"):
        yield from _block(block)
    if payload.get("submit"):
        yield Piece("buttons", parts=(Piece("button", _mrkdwn(payload["submit"]), strong=True),))


def _block(block: Raw) -> Iterator[Piece]:
    match block.get("type"):
        case "header":
            yield Piece("title", _mrkdwn(block.get("text")))
        case "section":
            yield from _section(block)
        case "context":
            yield Piece("small", tuple(span for part in _list(block, "elements") for span in _mrkdwn(part)))
        case "actions" | "context_actions":
            yield Piece("buttons", parts=tuple(_control(part) for part in _list(block, "elements")))
        case "divider":
            yield Piece("divider")
        case "image":
            yield Piece("image", (Span(str(block.get("alt_text", ""))),), url=str(block.get("image_url", "")))
        case "input":
            yield Piece("input", _mrkdwn(block.get("label")))
        case "rich_text":
            yield Piece("text", tuple(_rich(block)))
        case "container":
            inside = (piece for child in _list(block, "child_blocks") for piece in _block(child))
            yield Piece("fold", _mrkdwn(block.get("title")), tuple(inside))
        case other:
            yield Piece("unknown", (Span(str(other)),))


def _section(block: Raw) -> Iterator[Piece]:
    accessory = block.get("accessory")
    words = _mrkdwn(block["text"]) if block.get("text") else ()
    if isinstance(accessory, Mapping):
        yield Piece("row", words, (_control(accessory),))
    elif words:
        yield Piece("text", words)
    if fields := _list(block, "fields"):
        yield Piece("fields", parts=tuple(Piece("text", _mrkdwn(part)) for part in fields))


def _rich(raw: Raw) -> Iterator[Span]:
    """Rich text nests freely: what matters here is its words, their style and where they lead."""
    is_list = raw.get("type") == "rich_text_list"
    for number, part in enumerate(_list(raw, "elements"), start=1 + int(raw.get("offset", 0))):
        if is_list:
            yield Span(f"{chr(10) if number > 1 else ''}{number}. ")
        marks = part.get("style")
        on = marks if isinstance(marks, Mapping) else {}
        style: SpanStyle = "bold" if on.get("bold") else "italic" if on.get("italic") else "plain"
        url = str(part["url"]) if part.get("url") else None
        named = "".join(f"{sign}{part[key]}" for key, sign in (("user_id", "@"), ("channel_id", "#")) if part.get(key))
        if words := str(part.get("text") or part.get("fallback") or named or url or ""):
            yield Span(words, "code" if on.get("code") else style, url)
        yield from _rich(part)


def _control(raw: Raw) -> Piece:
    """A button, menu or picture of either platform."""
    if raw.get("type") == "image" or raw.get("type") == 11:
        media = raw.get("media")
        url = raw.get("image_url") or (media.get("url") if isinstance(media, Mapping) else "")
        return Piece("image", (Span(str(raw.get("alt_text") or raw.get("description") or "")),), url=str(url))
    if "options" in raw:
        return Piece("menu", _mrkdwn(raw["placeholder"]) if raw.get("placeholder") else (Span("⋮"),))
    label = raw.get("text") or raw.get("label") or ""
    words = _mrkdwn(label) if label else (Span(str((raw.get("emoji") or {}).get("name", "…"))),)
    return Piece("button", words, strong=raw.get("style") in ("primary", 1), url=raw.get("url"))


def _discord(payload: Raw) -> Iterator[Piece]:
    if payload.get("title") and "custom_id" in payload:
        yield Piece("title", (Span(str(payload["title"])),))
    for part in _list(payload, "components"):
        yield from _component(part)


def _component(raw: Raw) -> Iterator[Piece]:
    inside = _list(raw, "components")
    match raw.get("type"):
        case 1:
            controls = [part for part in inside if part.get("type") != 4]
            yield from (Piece("input", (Span(str(part.get("label", ""))),)) for part in inside if part.get("type") == 4)
            if controls:
                yield Piece("buttons", parts=tuple(_control(part) for part in controls))
        case 9:
            words = tuple(span for part in inside for span in (*_markdown(part.get("content")), Span("\n")))
            yield Piece("row", words[:-1], (_control(raw.get("accessory") or {}),))
        case 10:
            yield from _discord_text(raw.get("content"))
        case 12:
            for item in _list(raw, "items"):
                yield _control({**item, "type": 11})
        case 14:
            yield Piece("divider")
        case 17:
            yield Piece("box", parts=tuple(piece for part in inside for piece in _component(part)))
        case 18:
            yield Piece("input", (Span(str(raw.get("label", ""))),))
        case other:
            yield Piece("unknown", (Span(f"component {other}"),))


def _discord_text(text: object) -> Iterator[Piece]:
    """Discord's markdown works by lines: headings and small print are lines of their own."""
    plain: list[str] = []
    for line in str(text or "").split("\n"):
        heading = re.match(r"(#{1,3}|-#) (.*)", line)
        if heading is None:
            plain.append(line)
            continue
        if any(plain):
            yield Piece("text", _markdown("\n".join(plain)))
        plain = []
        yield Piece("small" if heading[1] == "-#" else "title", _markdown(heading[2]))
    if any(plain):
        yield Piece("text", _markdown("\n".join(plain)))
