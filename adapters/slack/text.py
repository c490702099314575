"""Words in Slack's clothes: plain text, rich text and, only where nothing can be misread, mrkdwn. Knows no cards, no SDK.

Slack's mrkdwn has no escape for `*`, `_`, `~`, a backtick or `:smile:`, and reads an escaped `>` at a line's start as a
quotation (https://docs.slack.dev/messaging/formatting-message-text). So paper text goes into plain_text objects and
rich_text elements, which Slack shows as they are, and mrkdwn is used only for text that holds none of these.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.cards import Span, join_spans
from bot.spans import utf8_length

_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_SEPARATOR = "\u2060"  # word joiner: takes no room, and `clean` removes it from what comes in
_MARKUP = re.compile(r"[*_~`\u2060]|:[^\s:]+:|^\s*>|[A-Za-z][\w+.-]*://", re.MULTILINE)
_MARKERS = {"plain": "", "bold": "*", "italic": "_", "code": "`"}
_IDS = {"user": re.compile("[UW][A-Z0-9]{2,}"), "channel": re.compile("[CGD][A-Z0-9]{2,}")}
_MARK = "\u2061"  # an invisible character that `clean` removes from what comes in
_MARKED = re.compile(f"{_MARK}([@#][A-Z0-9]+){_MARK}")
_SIGNS = {"user": "@", "channel": "#"}
_STYLES = {"bold": "bold", "italic": "italic", "code": "code"}
_MOMENT = "{date_short_pretty} at {time}"
"""How a moment reads: "tomorrow at 9:00 AM", else "Dec 15, 2025 at 9:00 AM", on the reader's own clock.

Sources: https://docs.slack.dev/reference/block-kit/block-elements/date-element ,
https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""


def literal(text: str) -> str:
    """Text for plain_text and rich_text, where Slack decodes `&amp;`, `&lt;` and `&gt;` and nothing else.

    A paper that says `&amp;` gets an invisible character inside it, so it reads `&amp;` wherever Slack decodes and
    wherever it does not (https://github.com/slackapi/bolt-python/issues/513 shows that it encodes on its own).
    """
    return _ENTITY.sub("&" + _SEPARATOR, text)


def plain(text: str) -> dict[str, Any]:
    """A plain_text object that keeps `:smile:` as typed."""
    return {"type": "plain_text", "text": literal(text), "emoji": False}


def escape(text: str) -> str:
    """Text for mrkdwn and a message's `text`: the three characters Slack asks to be escaped, so no mention, no link.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_quiet(text: str) -> bool:
    """Whether mrkdwn, once escaped, shows the text exactly as it is."""
    return _MARKUP.search(text) is None


def mrkdwn(spans: Sequence[Span]) -> dict[str, Any] | None:
    """An mrkdwn object that shows the tidy spans exactly as they are, or `None` where only rich_text can.

    `verbatim` keeps Slack from making links of addresses, channels and names it finds.
    """
    if not all(is_quiet(span.text) for span in spans) or not is_quiet(join_spans(spans)):
        return None
    parts: list[str] = []
    for index, span in enumerate(spans):
        if named := _named(span):
            parts.append(f"<{_SIGNS[span.style]}{named}>")
            continue
        marker = _MARKERS.get(span.style, "")
        inside = escape(span.text)
        if span.at:
            if "\n" in span.text or "|" in span.text:
                return None
            inside = f"<!date^{int(span.at.timestamp())}^{_MOMENT}|{inside}>"
        elif span.url:
            if "\n" in span.text:
                return None
            inside = f"<{escape(span.url)}|{inside}>"
        if marker and not _stands_alone(spans, index):
            return None
        parts.append(f"{marker}{inside}{marker}")
    return {"type": "mrkdwn", "text": "".join(parts), "verbatim": True}


def _stands_alone(spans: Sequence[Span], index: int) -> bool:
    """Whether Slack takes markers round this span: one line, no space inside them, no letter or marker outside."""
    text = spans[index].text
    before = spans[index - 1].text[-1:] if index else ""
    after = spans[index + 1].text[:1] if index + 1 < len(spans) else ""
    return text == text.strip() and "\n" not in text and all(not c or c.isspace() for c in (before, after))


def rich_text(spans: Sequence[Span]) -> dict[str, Any]:
    """A rich_text block without a block_id: every span an element of its own, its words literal."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [_rich_element(span) for span in spans]}],
    }


def spoken(spans: Sequence[Span]) -> str:
    """The words for a message's `text`, in which `with_names` turns the ids of people and channels into their names."""
    return "".join(f"{_MARK}{_SIGNS[span.style]}{span.text}{_MARK}" if _named(span) else span.text for span in spans)


def with_names(text: str) -> str:
    """Escaped text with `<@U…>` where `spoken` marked an id; half a mark at a cut is dropped."""
    return _MARKED.sub(r"<\1>", text).replace(_MARK, "")


def _named(span: Span) -> str:
    """The id of the person or channel that the span is, else nothing: the text of a paper is never asked for one."""
    known = _IDS.get(span.style)
    return span.text if known and known.fullmatch(span.text) else ""


def _rich_element(span: Span) -> dict[str, Any]:
    if named := _named(span):
        return {"type": span.style, f"{span.style}_id": named}
    element: dict[str, Any] = {"type": "text", "text": literal(span.text)}
    if span.at:
        shown = {"timestamp": int(span.at.timestamp()), "format": _MOMENT}
        element = {"type": "date", **shown, "fallback": literal(span.text.replace("\n", " "))}
    elif span.url:
        element = {"type": "link", "url": span.url, "text": literal(span.text)}
    if style := _STYLES.get(span.style):
        element["style"] = {style: True}
    return element


def text_cost(spans: tuple[Span, ...]) -> int:
    """What the spans count against a text's limit, in UTF-8 bytes, in plain_text or rich_text."""
    return sum(utf8_length(literal(span.text)) for span in spans)
