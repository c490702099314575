"""Saves where and how papers were listed: the digest, and one sighting for each of its papers. Storage room.

Of two documents of one digest the one that was fetched later says a paper's rank and counts, whichever was taken in first.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.model import Entry
from bot.ports import Listing
from storage.tables import DIGESTS, SIGHTINGS

_COUNTS: Final = ("upvotes", "comments", "github_stars")
_CHANGE_SIGHTING: Final = (
    update(SIGHTINGS)
    .where(SIGHTINGS.c.digest_id == bindparam("of_digest"), SIGHTINGS.c.paper_id == bindparam("of_paper"))
    .values({name: bindparam(name) for name in ("rank", *_COUNTS, "as_of")})
)


def save_sightings(connection: Connection, listing: Listing, listed: Sequence[tuple[int, Entry]]) -> int:
    """Save a digest and the (paper id, entry) pairs it lists; what is the same already is not written again.

    Returns the digest's number.
    """
    digest_id = _save_digest(connection, listing)
    found = connection.execute(select(SIGHTINGS).where(SIGHTINGS.c.digest_id == digest_id)).mappings()
    stored: dict[int, dict[str, Any]] = {row["paper_id"]: dict(row) for row in found}
    said: dict[int, dict[str, Any]] = {}
    for paper_id, entry in listed:
        values = _values(digest_id, paper_id, entry, listing)
        said[paper_id] = _filled(said[paper_id], values) if paper_id in said else values
    new = [values for paper_id, values in said.items() if paper_id not in stored]
    merged = [_newer(values, stored[paper_id]) for paper_id, values in said.items() if paper_id in stored]
    changed = [values for values in merged if values != stored[values["paper_id"]]]
    if new:
        connection.execute(insert(SIGHTINGS), new)
    if changed:
        connection.execute(
            _CHANGE_SIGHTING, [{**values, "of_digest": digest_id, "of_paper": values["paper_id"]} for values in changed]
        )
    return digest_id


def _save_digest(connection: Connection, listing: Listing) -> int:
    said = {
        "key": listing.key,
        "source": listing.source,
        "issued_on": listing.issued_on,
        "received_on": listing.received_on,
        "sha256": listing.sha256,
        "visible_to": listing.visible_to,
    }
    stored = connection.execute(select(DIGESTS).where(DIGESTS.c.key == listing.key)).mappings().one_or_none()
    if stored is None:
        digest_id: int = connection.execute(select(func.coalesce(func.max(DIGESTS.c.id), 0) + 1)).scalar_one()
        connection.execute(insert(DIGESTS), {"id": digest_id, **said})
        return digest_id
    digest_id = stored["id"]
    if dict(stored) != {"id": digest_id, **said}:
        connection.execute(update(DIGESTS).where(DIGESTS.c.id == digest_id).values(said))
    return digest_id


def _values(digest_id: int, paper_id: int, entry: Entry, listing: Listing) -> dict[str, Any]:
    return {
        "digest_id": digest_id,
        "paper_id": paper_id,
        "rank": entry.rank,
        "upvotes": entry.upvotes,
        "comments": entry.comments,
        "github_stars": entry.github_stars,
        "as_of": listing.counted_on or listing.issued_on,
    }


def _newer(said: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The later one, with the counts of the other where it has none; of one day the better rank and the greater counts."""
    if said["as_of"] != stored["as_of"]:
        first, second = sorted((said, stored), key=lambda one: one["as_of"], reverse=True)
        return _filled(first, second)
    counts = {name: max((one[name] for one in (said, stored) if one[name] is not None), default=None) for name in _COUNTS}
    return {**said, **counts, "rank": min(said["rank"], stored["rank"])}


def _filled(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """`first`, with the counts of `second` where it has none."""
    return {**first, **{name: second[name] if first[name] is None else first[name] for name in _COUNTS}}
