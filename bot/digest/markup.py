"""A piece of HTML, as feeds put it into their fields, to text. Linear in its length; never run, never fetched."""

import html
import re

_TAGS = (
    "a|abbr|article|b|blockquote|br|center|cite|code|dd|div|dl|dt|em|figure|figcaption|font|footer|h[1-6]|header|hr|i|img|li|mark|ol|p|pre|"
    "s|section|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
_ANY = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:article|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|tr|ul)(?:\s[^<>]*)?/?>", re.IGNORECASE
)


def text_of(fragment: str) -> str:
    """The words of a fragment, a paragraph a line. What is no tag of HTML (`a < b`, `<projektor>`) stays."""
    if _ANY.search(fragment):
        fragment = _ANY.sub("", _BREAK.sub("\n", fragment))
        fragment = html.unescape(fragment)
    elif "&" in fragment:
        fragment = html.unescape(fragment)
    lines = (" ".join(line.split()) for line in fragment.split("\n"))
    return "\n".join(line for line in lines if line)
