"""Which papers which channel has been shown. Storage room; runs inside a transaction of its caller."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, select

from storage.edition_tables import SHOWN
from storage.rows import chunks

# A range, not a list: new papers have neighbouring ids, so one short walk through the index a channel finds them all.
_BETWEEN: Final = select(SHOWN.c.channel_id, SHOWN.c.paper_id).where(
    SHOWN.c.channel_id.in_(bindparam("ids", expanding=True)), SHOWN.c.paper_id.between(bindparam("first"), bindparam("last"))
)


def shown_between(connection: Connection, channel_ids: Iterable[int], first: int, last: int) -> list[tuple[int, int]]:
    """(channel number, paper id) of what these channels have been shown, of the papers from `first` to `last`."""
    found: list[tuple[int, int]] = []
    for chunk in chunks(channel_ids):
        found += [(row[0], row[1]) for row in connection.execute(_BETWEEN, {"ids": chunk, "first": first, "last": last}).all()]
    return found
