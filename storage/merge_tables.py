"""The tables of papers that became one, and of those that may be. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, Index, Table
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import BigId, Row


class MergeRow(Row, table=True):
    """A paper that became another. `before` is all that a split needs: both papers, and the rows that followed; NULL after one.

    A merge that was split stays, so that no listing joins the two again.
    """

    __tablename__ = "merges"
    __table_args__ = (Index(None, "kept_id", "id"), Index(None, "gone_id"))

    id: int = Field(primary_key=True, sa_type=BigId)
    kept_id: int = Field(sa_type=BigId, foreign_key="papers.id")
    gone_id: int = Field(sa_type=BigId, foreign_key="papers.id")
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    split_at: datetime | None = Field(sa_type=UtcTime)
    before: dict[str, Any] | None = Field(sa_type=JSON(none_as_null=True))


class SuspectRow(Row, table=True):
    """Two papers of one space (empty: public) that may be one, the lower id first; `score` of 100."""

    __tablename__ = "suspects"
    __table_args__ = (Index(None, "space", "score"), {"sqlite_with_rowid": False})

    first_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id")
    second_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id", index=True)
    space: str
    score: float


class DismissalRow(Row, table=True):
    """Two papers that somebody says are two, the lower id first: they are not suspected, and no listing joins them."""

    __tablename__ = "dismissals"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    first_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id")
    second_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id", index=True)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)


class ComparedRow(Row, table=True):
    """Up to which change number the papers of a space (empty: public) were compared."""

    __tablename__ = "compared"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    space: str = Field(primary_key=True)
    change: int = Field(sa_type=BigId)


MERGES: Final[Table] = Row.metadata.tables["merges"]
SUSPECTS: Final[Table] = Row.metadata.tables["suspects"]
DISMISSALS: Final[Table] = Row.metadata.tables["dismissals"]
COMPARED: Final[Table] = Row.metadata.tables["compared"]
