"""What a guide's answer says of papers, as entries. Pure."""

import json
from datetime import date
from hashlib import sha256
from typing import Final

from bot.digest import decode, feed
from bot.digest.format import Document
from bot.digest.hf_records import Listed, records_in
from bot.enrichment import Guide
from bot.errors import SourceError
from bot.model import Entry, ParseIssue

MOST: Final = 100
"""Entries of one answer that are looked at: more than is ever asked for."""


def entries_in(guide: Guide, data: bytes, today: date) -> list[Entry]:
    """The papers that an answer tells of; none where it says that there are none.

    Raises:
        SourceError: it is no answer that we know.
        DigestError: it is no text.
    """
    entries, issues = _of_hf(data) if guide == "hf" else _of_arxiv(data, today)
    if issues and not entries:
        raise SourceError(f"Its answer was not understood: {issues[0].message}.")
    return entries[:MOST]


def _of_hf(data: bytes) -> tuple[list[Entry], list[ParseIssue]]:
    listed = Listed()
    for raw in records_in(json.loads(data))[:MOST]:
        listed.add(raw, 1, "")
    return listed.entries, listed.issues


def _of_arxiv(data: bytes, today: date) -> tuple[list[Entry], list[ParseIssue]]:
    text = decode(data)
    if not feed.recognises(text):
        raise SourceError("Its answer was not understood: it is no feed.")
    found = feed.parse(Document(text=text, name="", as_of=today, sha256=sha256(data).hexdigest()))
    return list(found.entries), list(found.issues)
