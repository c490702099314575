"""Words as Discord markdown that reads exactly as typed. Knows no cards, no SDK.

What Discord reads as markup: https://support.discord.com/hc/en-us/articles/210298617 ; mentions, timestamps and emoji:
https://docs.discord.com/developers/reference#message-formatting . A backslash before punctuation shows it as it is,
except inside the words of a masked link, where the backslash itself is shown
(https://github.com/discord/discord-api-docs/issues/6185): there, words that would need one stand beside their link.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards import Span
from bot.spans import NAMES, is_blank

ARROW = "→"  # the link beside words that cannot be inside one; not an emoji
MOMENT_CHARS = 24  # no tag of a moment is longer
_SEPARATOR = "\u200b"  # between two markers, which would otherwise run together; `clean` removes it from what comes in

_SPECIAL = {ord(char): f"\\{char}" for char in "\\*_~`|<>[]@"}
# A colon can start an emoji (":smile:"), even across the border of two spans, or make an address a link.
_COLON = re.compile(r":(?=//|[^\s:]*(?::|$))")
_LINE_START = re.compile(r"^(\s*)(?=[-+#])|^(\s*\d+)(?=[.)])")
_ID = re.compile("[0-9]{1,20}")
_SIGNS = {"user": "@", "channel": "#", "role": "@&"}
_NO_LINK_WORDS = re.compile(r"[\\*_~`|<>\[\]@#]|://|:[^\s:]+:|^\s|\s$|^[-+]|^\d+[.)]|^→$")


def markdown(spans: Sequence[Span], prefix: str = "") -> str:
    """Tidy spans as markdown: the words exactly as typed, the spans' own styles and links the only markup.

    Args:
        spans: what to say.
        prefix: what starts each line that says something: "### " or "-# ".
    """
    return "\n".join(_line(line, prefix) for line in _lines(spans))


def escape(text: str) -> str:
    """One line's text with a backslash before everything Discord could read as markup, mention, emoji or address."""
    return _COLON.sub(r"\\:", text.translate(_SPECIAL))


def moment_tag(at: datetime) -> str:
    """A moment as Discord shows it to each reader: their own date and time, in their own language."""
    return f"<t:{int(at.timestamp())}:f>"


def fits_in_link(text: str) -> bool:
    """Whether a masked link shows these words exactly as they are."""
    return _NO_LINK_WORDS.search(text) is None and not is_blank(text)


def _lines(spans: Sequence[Span]) -> list[list[Span]]:
    lines: list[list[Span]] = [[]]
    for span in spans:
        if span.url or span.at:  # the words of a link stay on one line, and so does a moment
            lines[-1].append(replace(span, text=span.text.replace("\n", " ")))
            continue
        first, *others = span.text.split("\n")
        lines[-1].append(replace(span, text=first))
        lines += [[replace(span, text=text)] for text in others]
    return [[span for span in line if span.text] for line in lines]


def _line(spans: Sequence[Span], prefix: str) -> str:
    line = ""
    for index, span in enumerate(spans):
        if index and (span.style != "plain" or span.url) and (spans[index - 1].style != "plain" or spans[index - 1].url):
            line += _SEPARATOR
        line += _span(span)
    if is_blank(line):
        return ""
    return prefix + _LINE_START.sub(lambda start: f"{start[0]}\\", line)


def _span(span: Span) -> str:
    """A span on one line; white space stays outside its markers, where Discord takes them as markers."""
    core = span.text.strip()
    if not core:
        return span.text
    lead, trail = span.text[: span.text.index(core)], span.text[span.text.index(core) + len(core) :]
    if span.style in NAMES:
        shown = f"<{_SIGNS[span.style]}{core}>" if _ID.fullmatch(core) else escape(core)
    elif span.at:
        shown = _styled(core, span, moment_tag(span.at))
    elif not span.url:
        shown = _styled(core, span, escape(core))
    elif fits_in_link(core):
        shown = f"[{_styled(core, span, core)}]({span.url})"
    else:
        shown = f"{_styled(core, span, escape(core))} [{ARROW}]({span.url})"
    return f"{lead}{shown}{trail}"


def _styled(core: str, span: Span, escaped: str) -> str:
    """The words between the markers of their style, or without it where a marker among them would end it early."""
    if span.style == "bold":
        return f"**{escaped}**"
    if span.style == "italic" and "*" not in core:
        return f"*{escaped}*"
    if span.style == "code" and "`" not in core:
        return f"`{core}`"
    return escaped
