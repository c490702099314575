"""`MergeStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know which papers may be the same, nor how a merge is asked for.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from bot.merges import Merge, Refusal, Suspect
from bot.ports import Change
from storage.database import Database
from storage.merge_tables import COMPARED, MERGES, SUSPECTS
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
_SUSPECTS: Final = (
    select(SUSPECTS.c.first_id, SUSPECTS.c.second_id, SUSPECTS.c.score)
    .join(_FIRST, _FIRST.c.id == SUSPECTS.c.first_id)
    .join(_SECOND, _SECOND.c.id == SUSPECTS.c.second_id)
    .where(
        SUSPECTS.c.space == bindparam("of_space"),
        # As they are now: one may have gone, or become public, since.
        *(_one.c.visible_to.is_not_distinct_from(bindparam("visible_to")) for _one in (_FIRST, _SECOND)),
        ~_EVER_MERGED,
    )
    .order_by(SUSPECTS.c.score.desc(), SUSPECTS.c.first_id, SUSPECTS.c.second_id)
    .limit(bindparam("at_most"))
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
            papers = read_papers(connection, (kept_id, gone_id))
            kept, gone = papers.get(kept_id), papers.get(gone_id)
            if kept is None or gone is None or is_gone(kept.visible_to) or is_gone(gone.visible_to):
                return "gone"
            if not may_join(kept, gone):
                return "border"
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

    def suspects(self, space: str, *, limit: int) -> list[Suspect]:
        """The pairs that may be one, the most alike first, without those that were merged, or merged and split."""
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


def _tell(connection: Connection, changes: Sequence[Change]) -> None:
    """Set the clock to the last of these changes."""
    connection.execute(update(CLOCK).values(change=changes[-1].number))
