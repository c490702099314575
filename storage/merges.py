"""`MergeStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know which papers may be the same, nor how a merge is asked for.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, exists, or_, select, update

from bot.merges import Dismissal, Merge, Refusal, Suspect
from bot.model import Paper
from bot.ports import Change
from storage.database import Database
from storage.merge_tables import COMPARED, DISMISSALS, MERGES, SUSPECTS
from storage.merging import join, last_merge, may_join, merge_from, part
from storage.rows import read_papers
from storage.tables import CLOCK, IDENTIFIERS, PAPERS
from storage.upserts import insert_into
from storage.visible import is_gone

_FIRST, _SECOND = PAPERS.alias("first"), PAPERS.alias("second")
_EVER_MERGED: Final = exists().where(
    or_(
        and_(MERGES.c.kept_id == SUSPECTS.c.first_id, MERGES.c.gone_id == SUSPECTS.c.second_id),
        and_(MERGES.c.kept_id == SUSPECTS.c.second_id, MERGES.c.gone_id == SUSPECTS.c.first_id),
    )
)
_BOTH_SEEN: Final = tuple(one.c.visible_to.is_not_distinct_from(bindparam("visible_to")) for one in (_FIRST, _SECOND))
_IS_DISMISSED: Final = exists().where(
    DISMISSALS.c.first_id == SUSPECTS.c.first_id, DISMISSALS.c.second_id == SUSPECTS.c.second_id
)
_SUSPECTS: Final = (
    select(SUSPECTS.c.first_id, SUSPECTS.c.second_id, SUSPECTS.c.score)
    .join(_FIRST, _FIRST.c.id == SUSPECTS.c.first_id)
    .join(_SECOND, _SECOND.c.id == SUSPECTS.c.second_id)
    .where(
        SUSPECTS.c.space == bindparam("of_space"),
        # As they are now: one may have gone, or become public, since.
        *_BOTH_SEEN,
        ~_EVER_MERGED,
        ~_IS_DISMISSED,
    )
    .order_by(SUSPECTS.c.score.desc(), SUSPECTS.c.first_id, SUSPECTS.c.second_id)
    .limit(bindparam("at_most"))
)
_DISMISSED: Final = (
    select(DISMISSALS)
    .join(_FIRST, _FIRST.c.id == DISMISSALS.c.first_id)
    .join(_SECOND, _SECOND.c.id == DISMISSALS.c.second_id)
    .where(*_BOTH_SEEN)
    .order_by(DISMISSALS.c.made_at.desc(), DISMISSALS.c.first_id, DISMISSALS.c.second_id)
    .limit(bindparam("at_most"))
)
_UNDISMISS: Final = delete(DISMISSALS).where(
    DISMISSALS.c.first_id == bindparam("lower"), DISMISSALS.c.second_id == bindparam("higher")
)
_COMPARED: Final = select(COMPARED.c.change).where(COMPARED.c.space == bindparam("of_space"))
_UNNAMED: Final = (
    select(PAPERS.c.id)
    .where(
        PAPERS.c.visible_to.is_not_distinct_from(bindparam("visible_to")),
        ~exists().where(IDENTIFIERS.c.paper_id == PAPERS.c.id, IDENTIFIERS.c.scheme.in_(("arxiv", "hf"))),
    )
    .order_by(PAPERS.c.id.desc())
    .limit(bindparam("at_most"))
)


class SqlMerges:
    """What became of papers that are one, in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def merge(self, kept_id: int, gone_id: int, *, by: str, now: datetime) -> Merge | Refusal:
        """Let one paper become another: its names and all that refers to it. `split` undoes it exactly."""
        if kept_id == gone_id:
            return "same"
        with self._database.writing() as connection:
            change: int = connection.execute(select(CLOCK.c.change).with_for_update()).scalar_one()
            pair = _pair(connection, kept_id, gone_id)
            if isinstance(pair, str):
                return pair
            kept, gone = pair
            connection.execute(_UNDISMISS, {"lower": min(kept_id, gone_id), "higher": max(kept_id, gone_id)})
            _tell(connection, join(connection, kept, gone, change, by=by, now=now))
            return Merge(
                kept_id=kept_id, gone_id=gone_id, kept_title=kept.title, gone_title=gone.title, by=by, at=now
            )  # fmt: skip

    def split(self, paper_id: int, *, now: datetime) -> Merge | None:
        """Undo the last merge into a paper that is still in force; `None` where there is none."""
        with self._database.writing() as connection:
            change: int = connection.execute(select(CLOCK.c.change).with_for_update()).scalar_one()
            row = last_merge(connection, paper_id)
            kept = read_papers(connection, [paper_id]).get(paper_id)
            if row is None or kept is None or is_gone(kept.visible_to):
                return None
            _tell(connection, part(connection, row, change, now))
            return merge_from(row)

    def dismiss(self, one_id: int, other_id: int, *, by: str, now: datetime) -> Refusal | None:
        """Remember that two papers are two: they are suspected no more, and no listing joins them. `None`: it is done."""
        if one_id == other_id:
            return "same"
        lower, higher = sorted((one_id, other_id))
        with self._database.writing() as connection:
            connection.execute(select(CLOCK.c.change).with_for_update())  # none of them becomes another one meanwhile
            pair = _pair(connection, lower, higher)
            if isinstance(pair, str):
                return pair
            said = {"first_id": lower, "second_id": higher, "made_by": by, "made_at": now}
            adding = insert_into(connection, DISMISSALS).values(said)
            connection.execute(adding.on_conflict_do_nothing(index_elements=["first_id", "second_id"]))
        return None

    def undismiss(self, one_id: int, other_id: int) -> bool:
        """Forget that two papers are two; whether anybody had said so."""
        lower, higher = sorted((one_id, other_id))
        with self._database.writing() as connection:
            return connection.execute(_UNDISMISS, {"lower": lower, "higher": higher}).rowcount > 0

    def dismissed(self, space: str, *, limit: int) -> list[Dismissal]:
        """The pairs that somebody says are two, as far as both are still there, the last said first."""
        asked = {"visible_to": space or None, "at_most": limit}
        with self._database.reading() as connection:
            rows = connection.execute(_DISMISSED, asked)
            return [Dismissal(row.first_id, row.second_id, row.made_by, row.made_at) for row in rows]

    def suspects(self, space: str, *, limit: int) -> list[Suspect]:
        """The pairs that may be one, the most alike first, without those merged, merged and split, or dismissed."""
        asked = {"of_space": space, "visible_to": space or None, "at_most": limit}
        with self._database.reading() as connection:
            return [Suspect(row.first_id, row.second_id, row.score) for row in connection.execute(_SUSPECTS, asked)]

    def suspect(self, space: str, pairs: Sequence[Suspect], *, upto: int) -> None:
        """Keep these pairs; papers were compared up to this change number."""
        said = {(min(one[:2]), max(one[:2])): one.score for one in pairs}
        rows = [{"first_id": a, "second_id": b, "space": space, "score": score} for (a, b), score in sorted(said.items())]
        with self._database.writing() as connection:
            if rows:
                adding = insert_into(connection, SUSPECTS)
                newer = {"space": adding.excluded.space, "score": adding.excluded.score}
                connection.execute(adding.on_conflict_do_update(index_elements=["first_id", "second_id"], set_=newer), rows)
            here = insert_into(connection, COMPARED).values(space=space, change=upto)
            connection.execute(here.on_conflict_do_update(index_elements=["space"], set_={"change": upto}))

    def compared(self, space: str) -> int:
        """Up to which change number papers were compared; 0 at first."""
        with self._database.reading() as connection:
            return connection.execute(_COMPARED, {"of_space": space}).scalar() or 0

    def unnamed(self, space: str, *, limit: int) -> list[int]:
        """The newest papers without an arXiv id: only they can be another one under that one's id."""
        with self._database.reading() as connection:
            return list(connection.execute(_UNNAMED, {"visible_to": space or None, "at_most": limit}).scalars())


def _pair(connection: Connection, one_id: int, other_id: int) -> tuple[Paper, Paper] | Refusal:
    """Both papers, or why nothing can be said of them as a pair."""
    papers = read_papers(connection, (one_id, other_id))
    one, other = papers.get(one_id), papers.get(other_id)
    if one is None or other is None or is_gone(one.visible_to) or is_gone(other.visible_to):
        return "gone"
    return (one, other) if may_join(one, other) else "border"


def _tell(connection: Connection, changes: Sequence[Change]) -> None:
    """Set the clock to the last of these changes."""
    connection.execute(update(CLOCK).values(change=changes[-1].number))
