"""Making text fit to be shown: cleaning, measuring, cutting. Pure; knows no platform's markup and no platform's limits.

Adapters may not import one another, so what both need lives here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import quote, urlsplit

from bot.cards import Span, join_spans

ELLIPSIS = "…"
NAMES = ("user", "channel", "role")
"""Styles of a span whose text is the platform's own id of somebody, of a group or of a place."""
_TIMELESS = (*NAMES, "code")

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What nobody can see yet can reorder, hide or break the text around it: control characters and lone surrogates, bidi
# controls (UAX #9: https://unicode.org/reports/tr9/#Directional_Formatting_Characters), zero-width characters, the
# interlinear and tag characters. The joiners U+200C and U+200D stay: Persian and emoji are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_BLANK = re.compile("[\\s\u200c\u200d\u2800\u3164\u115f\u1160\uffa0\ufe00-\ufe0f]*")
_SENTENCE_END = re.compile(r"[.!?…。！？][)\]\"'”’]*\s+|\n")
_WORD_END = re.compile(r"\s+")
_JOINER = "\u200d"
_URL_SAFE = "!#$%&'*+,-./:;=?@_~"


def clean(text: str) -> str:
    """The text without what cannot be seen; every kind of line break becomes `\\n`, a tab a space."""
    return _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text).replace("\t", " "))


def clean_line(text: str) -> str:
    """The cleaned text on one line: runs of white space become one space, none at the ends."""
    return " ".join(clean(text).split())


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return _BLANK.fullmatch(clean(text)) is not None


def utf16_length(text: str) -> int:
    """The length in UTF-16 code units: never less than in code points, so the careful way to meet a limit."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_length(text: str) -> int:
    """The length in UTF-8 bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def web_url(url: str | None, limit: int = 3000) -> str | None:
    """The URL if it is http or https and fits, with everything percent-encoded that could end a link early, else `None`.

    Letters of other scripts are encoded too, and so are spaces, brackets, quotes, `|`, `^`, backslash and backtick.
    What is already encoded stays as it is.
    """
    try:
        parts = urlsplit(clean(url or "").strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or is_blank(host):
        return None
    brackets = "[]" if ":" in host else ""
    authority = quote(parts.netloc, safe=_URL_SAFE + brackets)
    rest = quote(parts._replace(scheme="", netloc="").geturl(), safe=_URL_SAFE)
    done = f"{parts.scheme}://{authority}{rest}"
    return done if len(done) <= limit else None


def tidy(spans: Iterable[Span], url_limit: int = 3000) -> tuple[Span, ...]:
    """The spans cleaned: unsafe URLs dropped, empty spans left out, neighbours of one kind joined; none if all is blank.

    A link with no words shows its own address. The id of a person or a channel is no link and is joined to nothing; with white
    space in it, it is none. A moment is no link either, and none without words or as code.
    """
    tidied: list[Span] = []
    for span in spans:
        text = clean(span.text)
        style = "plain" if span.style in NAMES and any(map(str.isspace, text)) else span.style
        at = None if span.style in _TIMELESS or is_blank(text) else span.at
        url = None if span.style in NAMES or at else web_url(span.url, url_limit)
        if is_blank(text) and url:
            text = url
        if not text:
            continue
        alike = tidied and style not in NAMES and tidied[-1].style == style
        if alike and not (url or at) and not (tidied[-1].url or tidied[-1].at):
            tidied[-1] = replace(tidied[-1], text=tidied[-1].text + text)
        else:
            tidied.append(Span(text, style, url, at))
    return () if is_blank(join_spans(tidied)) else tuple(tidied)


def shorten(text: str, limit: int, size: Callable[[str], int] = utf16_length) -> str:
    """The text if it fits, else as much as does, cut at a word and ended with "…"."""
    if size(text) <= limit:
        return text
    head = text[: _longest(text, limit, lambda end: size(text[:end]) <= limit - size(ELLIPSIS))].rstrip()
    words = head.rpartition(" ")[0].rstrip()
    return (words if len(words) > len(head) // 2 else head) + ELLIPSIS


def split_spans(spans: tuple[Span, ...], limit: int, size: Callable[[tuple[Span, ...]], int]) -> Iterator[tuple[Span, ...]]:
    """The spans in pieces of at most `limit`, cut after a sentence, else after a word, else between two characters.

    Nothing is lost: the pieces' texts in order are the spans' texts. A piece holds at least one character,
    so `limit` must leave room for one. A moment stays whole unless it alone is too long.

    Args:
        spans: tidy spans.
        limit: the most that `size` may say of a piece.
        size: the cost of a piece on the platform: at least its characters, and more text never costs less.
    """
    while spans:
        text = join_spans(spans)
        fits = partial(_fits, spans, limit, size)
        end = _beside_moment(spans, _cut(text, limit, fits), fits)
        yield take(spans, end)
        spans = _drop(spans, end)


def _fits(spans: tuple[Span, ...], limit: int, size: Callable[[tuple[Span, ...]], int], length: int) -> bool:
    return size(take(spans, length)) <= limit


def take(spans: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    """The first `length` characters of the spans."""
    taken: list[Span] = []
    for span in spans:
        if length <= 0:
            break
        taken.append(span if len(span.text) <= length else _part(span, span.text[:length]))
        length -= len(span.text)
    return tuple(taken)


def _drop(spans: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    left: list[Span] = []
    for span in spans:
        if length < len(span.text):
            left.append(span if length <= 0 else _part(span, span.text[length:]))
        length -= len(span.text)
    return tuple(left)


def _part(span: Span, text: str) -> Span:
    """Some of a span's text; half an id names nobody and half a moment tells no time, so they become text."""
    return replace(span, text=text, style="plain" if span.style in NAMES else span.style, at=None)


def _beside_moment(spans: tuple[Span, ...], end: int, fits: Callable[[int], bool]) -> int:
    """The cut, moved out of the moment that it would fall into: to its start, or behind it where nothing stands before it."""
    start = 0
    for span in spans:
        after = start + len(span.text)
        if span.at and start < end < after:
            return start or (after if fits(after) else end)
        start = after
    return end


def _cut(text: str, limit: int, fits: Callable[[int], bool]) -> int:
    """Where to cut so that the head fits: all of it, a sentence's end in its second half, a word's end, a character's."""
    if len(text) <= limit and fits(len(text)):
        return len(text)
    longest = max(_longest(text, limit, fits), 1)
    for ends in (_SENTENCE_END, _WORD_END):
        found = [m.end() for m in ends.finditer(text, 0, longest) if _is_border(text, m.end())]
        if found and (found[-1] > longest // 2 or ends is _WORD_END):
            return found[-1]
    return longest


def _longest(text: str, limit: int, fits: Callable[[int], bool]) -> int:
    """The longest head that fits and ends between two characters; inside one where a character alone is too long."""
    low, high = 0, 32
    while high < min(len(text), limit) and fits(high):  # gallop: a try costs as much as the head it looks at
        low, high = high, high * 2
    high = min(high, len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    end = low
    while end > 0 and not _is_border(text, end):
        end -= 1
    return end or low


def _is_border(text: str, index: int) -> bool:
    """Whether two user-perceived characters meet here: the rules of UAX #29 that papers and emoji need.

    Source: https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules
    """
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == _JOINER or after in "\u200c\u200d" or "\ufe00" <= after <= "\ufe0f" or "\u1160" <= after <= "\u11ff":
        return False
    if unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        start = index
        while start > 0 and _is_flag_half(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 0
    return True


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
