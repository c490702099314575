"""Lets one paper become another, and takes it apart again. Storage room; runs inside a write transaction that holds the clock.

Text, names and everything that refers to the one go to the other; what each had before is written down (`storage.merge_rows`).
A split gives back exactly that, as far as it is still there, and leaves what the merged paper has learned since.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, tuple_, update

from bot.merges import NOBODY, Merge, combined, parted
from bot.model import Paper
from bot.ports import Change, Resolution
from storage.channels import lock_channels
from storage.edition_tables import SHOWN
from storage.folding import FOLLOWERS, Follower, follow, without_text
from storage.merge_rows import Before, Followed, Name, from_json, to_json
from storage.merge_tables import DISMISSALS, MERGES
from storage.rows import REWRITE_PAPER, chunks, paper_values, read_added, read_papers
from storage.tables import IDENTIFIERS, PAPERS
from storage.visible import is_gone

_LOCK: Final = (
    select(PAPERS.c.id).where(PAPERS.c.id.in_(bindparam("ids", expanding=True))).order_by(PAPERS.c.id).with_for_update()
)
_SHOWN_IN: Final = select(SHOWN.c.channel_id).where(SHOWN.c.paper_id == bindparam("of_paper"))
_NAMES: Final = (
    select(IDENTIFIERS.c.scheme, IDENTIFIERS.c.value, IDENTIFIERS.c.space, IDENTIFIERS.c.position)
    .where(IDENTIFIERS.c.paper_id == bindparam("of_paper"))
    .order_by(IDENTIFIERS.c.position)
)
_MOVE_NAME: Final = (
    update(IDENTIFIERS)
    .where(
        IDENTIFIERS.c.scheme == bindparam("of_scheme"),
        IDENTIFIERS.c.value == bindparam("of_value"),
        IDENTIFIERS.c.space == bindparam("in_space"),
        IDENTIFIERS.c.paper_id == bindparam("from_paper"),
    )
    .values(paper_id=bindparam("paper_id"), position=bindparam("position"))
)
_LAST: Final = (
    select(MERGES)
    .where(MERGES.c.kept_id == bindparam("of_paper"), MERGES.c.split_at.is_(None))
    .order_by(MERGES.c.id.desc())
    .limit(1)
)
_DISMISSED: Final = select(DISMISSALS.c.first_id, DISMISSALS.c.second_id).where(
    DISMISSALS.c.first_id.in_(bindparam("ids", expanding=True))
)
_EVER: Final = select(MERGES.c.kept_id, MERGES.c.gone_id).where(
    MERGES.c.kept_id.in_(bindparam("ids", expanding=True)), MERGES.c.split_at.is_not(None)
)
TABLES: Final = tuple(follower.table for follower in FOLLOWERS)


def absorb(connection: Connection, resolutions: Sequence[Resolution], last_change: int) -> tuple[dict[int, int], list[Change]]:
    """Join the papers that a listing showed to be one, but for those that somebody split or said to be two.

    Returns what each paper that is gone has become, and the changes, numbered from the next one.
    """
    pairs = {gone: one.paper.id for one in resolutions for gone in one.absorbs}
    if not pairs:
        return {}, []
    into: dict[int, int] = {}
    changes: list[Change] = []
    apart = _kept_apart(connection, pairs)
    for gone_id, kept_id in pairs.items():
        kept_id = _followed_to(kept_id, into)  # noqa: PLW2901 - it may have become another one just now
        if kept_id == gone_id or {(kept_id, gone_id), (gone_id, kept_id)} & apart:
            continue
        papers = read_papers(connection, (kept_id, gone_id))
        listed_at = datetime.combine(papers[kept_id].listed_on, time(), UTC)
        changes += join(connection, papers[kept_id], papers[gone_id], last_change + len(changes), by=NOBODY, now=listed_at)
        into[gone_id] = kept_id
    return {gone_id: _followed_to(gone_id, into) for gone_id in into}, changes


def join(  # noqa: PLR0913 - a merge, and when and by whom it is made
    connection: Connection, kept: Paper, gone: Paper, last_change: int, *, by: str, now: datetime
) -> list[Change]:
    """Let `gone` become `kept`; returns the changes of both, numbered from the next one."""
    lock_channels(connection, connection.execute(_SHOWN_IN, {"of_paper": gone.id}).scalars().all())
    connection.execute(_LOCK, {"ids": [kept.id, gone.id]})
    names = tuple(_names(connection, gone.id))
    before = Before(
        kept=kept, gone=gone, names=names, followed=tuple(_set_over(connection, one, gone.id, kept.id) for one in FOLLOWERS)
    )
    _hand_names(connection, names, gone.id, kept.id)
    values = {"kept_id": kept.id, "gone_id": gone.id, "made_by": by, "made_at": now, "split_at": None, "before": to_json(before)}
    connection.execute(insert(MERGES).values(values))
    return _write(connection, [(combined(kept, gone, by), None), (without_text(gone), kept.id)], last_change)


def part(connection: Connection, row: Row[Any], last_change: int, now: datetime) -> list[Change]:
    """Undo the merge of this row; returns the changes of both papers, numbered from the next one."""
    before = from_json(row.before, TABLES)
    kept = read_papers(connection, [row.kept_id])[row.kept_id]
    lock_channels(connection, connection.execute(_SHOWN_IN, {"of_paper": kept.id}).scalars().all())
    connection.execute(_LOCK, {"ids": [row.kept_id, row.gone_id]})
    followers = {follower.table.name: follower for follower in FOLLOWERS}
    for followed in before.followed:
        _give_back(connection, followers[followed.table], followed, row.gone_id, row.kept_id)
    back = [_move(name, row.kept_id, row.gone_id, name.position) for name in before.names]
    if back:
        connection.execute(_MOVE_NAME, back)
    _close_ranks(connection, row.kept_id)
    done = {"split_at": now, "before": None}
    connection.execute(update(MERGES).where(MERGES.c.id == row.id).values(done))
    return _write(connection, [(parted(kept, before.kept, before.gone, row.made_by), None), (before.gone, None)], last_change)


def last_merge(connection: Connection, paper_id: int) -> Row[Any] | None:
    """The last merge into a paper that is in force."""
    return connection.execute(_LAST, {"of_paper": paper_id}).first()


def merge_from(row: Row[Any]) -> Merge:
    """A merge that is in force, as a record."""
    before = from_json(row.before, TABLES)
    return Merge(
        kept_id=row.kept_id,
        gone_id=row.gone_id,
        kept_title=before.kept.title,
        gone_title=before.gone.title,
        by=row.made_by,
        at=row.made_at,
    )


def _kept_apart(connection: Connection, pairs: dict[int, int]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for ids in chunks({*pairs, *pairs.values()}):
        found.update((row.kept_id, row.gone_id) for row in connection.execute(_EVER, {"ids": ids}))
        found.update((row.first_id, row.second_id) for row in connection.execute(_DISMISSED, {"ids": ids}))
    return found


def _followed_to(paper_id: int, into: dict[int, int]) -> int:
    while paper_id in into:
        paper_id = into[paper_id]
    return paper_id


def _names(connection: Connection, paper_id: int) -> list[Name]:
    rows = connection.execute(_NAMES, {"of_paper": paper_id}).all()
    return [Name(scheme=row.scheme, value=row.value, space=row.space, position=row.position) for row in rows]


def _move(name: Name, old: int, new: int, position: int) -> dict[str, object]:
    return {
        "of_scheme": name.scheme, "of_value": name.value, "in_space": name.space, "from_paper": old,
        "paper_id": new, "position": position,
    }  # fmt: skip


def _hand_names(connection: Connection, names: Sequence[Name], old: int, new: int) -> None:
    """Let all names of one paper be of another, after its own; names in one space alone stay so."""
    positions = [name.position for name in _names(connection, new)]
    after, before = max([*positions, -1]) + 1, min([*positions, 0]) - 1
    own = [name for name in names if name.position >= 0]
    of_spaces = [name for name in names if name.position < 0]
    moves = [_move(name, old, new, position) for position, name in enumerate(own, start=after)]
    moves += [_move(name, old, new, before - number) for number, name in enumerate(of_spaces)]
    if moves:
        connection.execute(_MOVE_NAME, moves)


def _close_ranks(connection: Connection, paper_id: int) -> None:
    """Number a paper's names without gaps: whoever adds one counts them."""
    names = [name for name in _names(connection, paper_id) if name.position >= 0]
    moves = [_move(name, paper_id, paper_id, place) for place, name in enumerate(names) if name.position != place]
    for move in moves:  # in order, each to a number that is free by then
        connection.execute(_MOVE_NAME, move)


def _set_over(connection: Connection, follower: Follower, old: int, new: int) -> Followed:
    """Let a table's rows of one paper be of another, and say which those were, and which it had as well."""
    table = follower.table
    rows = connection.execute(select(table).where(table.c.paper_id == old)).mappings().all()
    columns = [table.c[name] for name in follower.keys]
    has = {tuple(row) for row in connection.execute(select(*columns).where(table.c.paper_id == new))} if rows else set()
    keys = [tuple(row[name] for name in follower.keys) for row in rows]
    follow(connection, follower, old, new)
    return Followed(
        table=table.name,
        moved=tuple(key for key in keys if key not in has),
        aside=tuple(dict(row) for row, key in zip(rows, keys, strict=True) if key in has),
    )


def _give_back(connection: Connection, follower: Follower, followed: Followed, gone: int, kept: int) -> None:
    """Let the rows that one paper brought be its own again; those both had return where the other still has its own."""
    table = follower.table
    columns = [table.c[name] for name in follower.keys]
    if followed.moved:
        matches = [table.c[name] == bindparam(f"of_{name}") for name in follower.keys]
        statement = update(table).where(table.c.paper_id == kept, *matches).values(paper_id=gone)
        names = [f"of_{name}" for name in follower.keys]
        connection.execute(statement, [dict(zip(names, key, strict=True)) for key in followed.moved])
    for some in chunks(followed.aside, 200):
        keys = [tuple(row[name] for name in follower.keys) for row in some]
        found = connection.execute(select(*columns).where(table.c.paper_id == kept, tuple_(*columns).in_(keys)))
        still = {tuple(row) for row in found}
        back = [row for row, key in zip(some, keys, strict=True) if key in still]
        if back:
            connection.execute(insert(table), back)


def _write(connection: Connection, papers: Sequence[tuple[Paper, int | None]], last_change: int) -> list[Change]:
    added = read_added(connection, (paper.id for paper, _ in papers))
    changes = [Change(number, added[paper.id], paper) for number, (paper, _) in enumerate(papers, start=last_change + 1)]
    rows = [
        {**paper_values(one.paper, one.number), "paper_id": one.paper.id, "folded_into": into}
        for one, (_, into) in zip(changes, papers, strict=True)
    ]
    connection.execute(REWRITE_PAPER, rows)
    return changes


def may_join(kept: Paper | None, gone: Paper | None) -> bool:
    """Whether both papers are still there, for the same people."""
    return kept is not None and gone is not None and kept.visible_to == gone.visible_to and not is_gone(kept.visible_to)
