"""Papers that stop to be a space's own: taken back, or found to be a public paper. Storage room; inside a write transaction.

What a space had of a paper never becomes part of the public one; what refers to it follows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update

from bot.agreement import same_paper
from bot.model import Paper
from bot.ports import Change
from storage.channels import lock_channels
from storage.edition_tables import CHANNELS, SHOWN
from storage.enrichment_tables import ENRICHMENTS
from storage.import_tables import IMPORTED
from storage.merge_rows import forget_merges
from storage.rows import REWRITE_PAPER, chunks, paper_values, read_added, read_papers
from storage.saved_tables import SAVED
from storage.tables import IDENTIFIERS, SIGHTINGS
from storage.visible import GONE, is_gone


@dataclass(frozen=True, slots=True)
class Follower:
    """A table that refers to papers by `paper_id`, once for each value of its other `keys`.

    `keeps`: a paper that it refers to is not taken back with the import that brought it.
    """

    table: Table
    keys: tuple[str, ...]
    keeps: bool = False


FOLLOWERS: Final = (
    Follower(SIGHTINGS, ("digest_id",)),
    Follower(SHOWN, ("channel_id",)),
    Follower(IMPORTED, ("import_id",)),
    Follower(ENRICHMENTS, ("guide",)),
    Follower(SAVED, ("space", "person"), keeps=True),
)

_SHOWN_IN_SPACE: Final = (
    select(SHOWN.c.channel_id)
    .join(CHANNELS, CHANNELS.c.id == SHOWN.c.channel_id)
    .where(
        SHOWN.c.paper_id == bindparam("of_paper"),
        CHANNELS.c.platform == bindparam("of_platform"),
        CHANNELS.c.workspace == bindparam("of_workspace"),
    )
)
_FORGET: Final = delete(IDENTIFIERS).where(IDENTIFIERS.c.paper_id.in_(bindparam("ids", expanding=True)))
_NAMES: Final = select(IDENTIFIERS.c.scheme, IDENTIFIERS.c.value).where(IDENTIFIERS.c.paper_id == bindparam("of_paper"))
_LOWEST: Final = select(func.coalesce(func.min(IDENTIFIERS.c.position), 0)).where(IDENTIFIERS.c.paper_id == bindparam("of_paper"))
_MOVE_NAME: Final = (
    update(IDENTIFIERS)
    .where(
        IDENTIFIERS.c.scheme == bindparam("of_scheme"),
        IDENTIFIERS.c.value == bindparam("of_value"),
        IDENTIFIERS.c.space == bindparam("in_space"),
    )
    .values(paper_id=bindparam("paper_id"), position=bindparam("position"))
)


def fold(connection: Connection, private_ids: Iterable[int], public: Iterable[Paper], last_change: int) -> list[Change]:
    """Let the spaces' papers that are one of these public papers become it; returns the changes, numbered from the next one.

    Args:
        connection: in a transaction that holds the clock.
        private_ids: papers of spaces that share an identifier with a public one.
        public: the public papers.
        last_change: the newest change number.
    """
    private = read_papers(connection, private_ids)
    into: dict[int, int] = {}
    for paper in public:
        for other in private.values():
            if other.id not in into and other.visible_to and same_paper(paper, other):
                into[other.id] = paper.id
    gone = [private[paper_id] for paper_id in into]
    _lock_where_shown(connection, gone)
    for paper in gone:
        for follower in FOLLOWERS:
            follow(connection, follower, paper.id, into[paper.id])
        _keep_names(connection, paper, into[paper.id])
    return remove(connection, gone, last_change, into)


def remove(connection: Connection, papers: Sequence[Paper], last_change: int, into: dict[int, int] | None = None) -> list[Change]:
    """Take these papers out of the store, their text and names too; returns the changes, numbered from the next one.

    Their numbers stay used up; `into` says which public paper each has become.
    """
    forget_merges(connection, [paper.id for paper in papers])
    for ids in chunks(paper.id for paper in papers):
        connection.execute(_FORGET, {"ids": ids})
    added = read_added(connection, (paper.id for paper in papers))
    changes = [Change(number, added[paper.id], without_text(paper)) for number, paper in enumerate(papers, start=last_change + 1)]
    rows = [
        {**paper_values(one.paper, one.number), "paper_id": one.paper.id, "folded_into": (into or {}).get(one.paper.id)}
        for one in changes
    ]
    if rows:
        connection.execute(REWRITE_PAPER, rows)
    return changes


def kept(connection: Connection, paper_ids: Collection[int]) -> set[int]:
    """Which of these papers something refers to that keeps them."""
    found: set[int] = set()
    for follower in FOLLOWERS:
        if follower.keeps:
            column = follower.table.c.paper_id
            for ids in chunks(paper_ids):
                found.update(connection.execute(select(column).where(column.in_(ids))).scalars())
    return found


def without_text(paper: Paper) -> Paper:
    """What stays of a paper that nobody may see any more: its number and days."""
    space = paper.visible_to or ""
    return Paper(
        id=paper.id,
        title="",
        first_seen_on=paper.first_seen_on,
        listed_on=paper.listed_on,
        visible_to=space if is_gone(space) else GONE + space,
    )


def _lock_where_shown(connection: Connection, papers: Sequence[Paper]) -> None:
    """Lock the channels that were shown one of these papers, so that no edition is entered there meanwhile."""
    channels: set[int] = set()
    for paper in papers:
        platform, _, workspace = (paper.visible_to or "").partition(":")
        where = {"of_paper": paper.id, "of_platform": platform, "of_workspace": workspace}
        channels.update(connection.execute(_SHOWN_IN_SPACE, where).scalars())
    lock_channels(connection, channels)


def _keep_names(connection: Connection, paper: Paper, public: int) -> None:
    """Let the names under which a space knew its paper lead it, and nobody else, to the public one."""
    space = paper.visible_to
    lowest: int = connection.execute(_LOWEST, {"of_paper": public}).scalar_one()
    rows = connection.execute(_NAMES, {"of_paper": paper.id}).all()
    moved = [
        {"of_scheme": row.scheme, "of_value": row.value, "in_space": space, "paper_id": public, "position": min(lowest, 0) - at}
        for at, row in enumerate(rows, start=1)
    ]
    if moved:
        connection.execute(_MOVE_NAME, moved)


def follow(connection: Connection, follower: Follower, old: int, new: int) -> None:
    """Let a table's rows of one paper be of another, but where it has such a row already."""
    table = follower.table
    other = table.alias()
    same = [other.c[name] == table.c[name] for name in follower.keys]
    has = select(other.c.paper_id).where(other.c.paper_id == new, *same).exists()
    of_old = table.c.paper_id == old
    connection.execute(update(table).where(of_old, ~has).values(paper_id=new))
    connection.execute(delete(table).where(of_old))
