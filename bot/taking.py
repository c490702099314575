"""A fetched document is read and stored under the key of its source and day, so that the same day again only adds what is new."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from bot.digest import parse_digest
from bot.errors import EmptyDigest
from bot.identity import identifiers_of
from bot.ingest import save_digest
from bot.model import Digest, Entry
from bot.origins import Page
from bot.ports import PaperStore
from bot.results import Receipt

ARXIV_ZONE: Final = ZoneInfo("America/New_York")  # its day begins there: https://info.arxiv.org/help/rss.html
MOST_SEEN: Final = 5_000
MARK_CHARS: Final = 16


def take_document(page: Page, data: bytes, *, store: PaperStore, now: datetime) -> tuple[Receipt | None, tuple[str, ...]]:
    """Store what a page lists. Gives the receipt, `None` where it lists nothing new, and the marks to know a feed's entries by.

    Raises:
        DigestError: it is no digest we know.
        StorageError: it could not be saved; nothing was stored.
    """
    today = now.date()
    try:
        digest = parse_digest(data, as_of=today, name=f"{page.name}.json" if page.kind == "hf" else "")
    except EmptyDigest:
        return None, page.seen
    match page.kind:
        case "hf":
            return save_digest(
                replace(digest, issued_on=date.fromisoformat(page.name)), store=store, as_of=today, counted_on=today
            ), ()
        case "arxiv" if page.name:
            # Not the list that arXiv announced that day: its key is another one.
            past = replace(digest, issued_on=date.fromisoformat(page.name))
            return save_digest(past, store=store, as_of=today, key=f"{digest.source}:{page.address}:submitted:{page.name}"), ()
        case "arxiv":
            day = digest.issued_on or now.astimezone(ARXIV_ZONE).date()
            key = f"{digest.source}:{page.address}:{day}"
            return save_digest(replace(digest, issued_on=day), store=store, as_of=today, key=key), ()
        case "feed":
            new, seen = news_of(digest, page.seen)
            if not (new.entries or new.bare):
                return None, seen
            key = f"feed:{page.source_id}:{today}"
            return save_digest(replace(new, issued_on=today), store=store, as_of=today, key=key), seen


def news_of(digest: Digest, seen: Sequence[str]) -> tuple[Digest, tuple[str, ...]]:
    """What a feed lists for the first time, and the marks of all that it ever listed, the newest last. Pure.

    A feed shows its last entries over and over; only new ones, or ones with a new title, are the day's.
    """
    known = frozenset(seen)
    marks = [_mark(entry) for entry in (*digest.entries, *digest.bare)]
    now_listed = frozenset(marks)
    kept = (*(mark for mark in seen if mark not in now_listed), *dict.fromkeys(marks))
    entries = tuple(entry for entry in digest.entries if _mark(entry) not in known)
    bare = tuple(entry for entry in digest.bare if _mark(entry) not in known)
    return replace(digest, entries=entries, bare=bare), kept[-MOST_SEEN:]


def _mark(entry: Entry) -> str:
    names = sorted(map(str, identifiers_of(entry)))
    return sha256("\n".join([*names, entry.title]).encode("utf-8", "surrogatepass")).hexdigest()[:MARK_CHARS]
