"""The answers of Hugging Face's papers API: a day, a week or a month, a search, one paper.

`GET /api/daily_papers` and `GET /api/papers/search` answer a JSON list of wrappers, each around a `paper`,
`GET /api/papers/ID` the bare paper. Collectors also save one record a line, or what a page holds as JSON. JSON that breaks off
gives the records before the break and an issue.
"""

import json
import re
from collections.abc import Iterator

import orjson

from bot.digest.format import MOST_STRANGE, Document, Format, issue
from bot.digest.hf_records import Listed, day_of, records_in
from bot.model import Digest, ParseIssue

SOURCE = "huggingface"

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\d)(?!\d)")
_LIST = re.compile(r"""\s*\[\s*(?:(?P<none>\]\s*$)|["{\[]|(?:null|true|false|-?\d[\d.eE+-]*)\s*[,\]])""")
_OBJECT = re.compile(r'\s*\{\s*"')
_PAPER = re.compile(r"""["'](?:paper|dailyPapers|searchResults)["']\s*:""")
_OWN_FIELDS = re.compile(r'"(?:publishedAt|submittedOnDailyAt|discussionId)"\s*:')
_TEXT_FIELDS = re.compile(r'"(?:summary|authors)"\s*:')
_EVEN = re.compile(r"\s*\[\n([ \t]*)")
_FIRST_RECORDS = 64_000
_EXCERPT = 400


def recognises(text: str) -> bool:
    """Whether it is JSON one of whose first records holds a `paper`, or fields that only Hugging Face's papers have; or `[]`."""
    begun = _LIST.match(text)
    if begun is not None and begun["none"] is not None:
        return True
    if begun is None and _OBJECT.match(text) is None:
        return False
    if _PAPER.search(text, 0, _FIRST_RECORDS) is not None:
        return True
    return all(one.search(text, 0, _FIRST_RECORDS) for one in (_OWN_FIELDS, _TEXT_FIELDS))


def parse(document: Document) -> Digest:
    """Read the records. One that is no paper is an issue with its line."""
    listed = Listed()
    for line, raw, excerpt in _at_once(document.text) or _one_by_one(document.text, listed.issues):
        listed.add(raw, line, excerpt)
    named = _DAY_IN_NAME.search(document.name)
    return Digest(
        source=SOURCE, issued_on=listed.day() or (day_of(named[1]) if named and not listed.days else None),
        entries=tuple(listed.entries), issues=tuple(listed.issues), sha256=document.sha256,
    )  # fmt: skip


def _at_once(text: str) -> list[tuple[int, object, str]] | None:
    """Each record with its line and the beginning of its text, where the JSON is sound and it is plain where each begins."""
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
    if not isinstance(value, list):
        return None
    starts = _starts(text)
    if not starts or len(starts) != len(value):
        return None
    ends = [at for _, at in starts[1:]] + [text.rindex("]")]
    return [
        (line, raw, text[at : min(end, at + _EXCERPT)].rstrip(" \t\n,"))
        for (line, at), end, raw in zip(starts, ends, value, strict=True)
    ]


def _starts(text: str) -> list[tuple[int, int]] | None:
    """The line and the place of each record of an evenly indented list: JSON strings hold no line ends, so these are its own."""
    even = _EVEN.match(text)
    if even is None:
        return None
    starts = []
    line, counted = 1, 0
    for found in re.finditer(rf"\n{even[1]}(?=[^\s\]}},])", text):
        line, counted = line + text.count("\n", counted, found.end()), found.end()
        starts.append((line, counted))
    return starts


def _one_by_one(text: str, issues: list[ParseIssue]) -> Iterator[tuple[int, object, str]]:
    """Each record with its line and the beginning of its text; a break in the JSON ends it with an issue."""
    begun = _LIST.match(text)
    at = text.index("[") + 1 if begun else 0
    line, counted = 1, 0
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr] # the pattern matches the empty string
        line, counted = line + text.count("\n", counted, at), at
        if at == len(text) and not begun:
            return
        if begun and text.startswith("]", at):
            at = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr] # as above
            if at < len(text):
                issues.append(
                    issue(
                        text.count("\n", 0, at) + 1,
                        "the JSON has ended above; nothing after it was read",
                        text[at : at + _EXCERPT],
                    )
                )
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):  # ValueError: also a number of thousands of digits
            message = "the JSON breaks off or is broken here; nothing after it was read"
            issues.append(issue(line, message, text[at : at + _EXCERPT]))
            return
        if len(issues) > MOST_STRANGE:
            issues.append(issue(line, f"more than {MOST_STRANGE:,} records above are no papers; it was read no further", ""))
            return
        for record in (value,) if begun else records_in(value):
            yield line, record, text[at : min(end, at + _EXCERPT)]
        at = end


FORMAT = Format(name="the Daily Papers API's answer", recognises=recognises, parse=parse)
