"""The table of saved papers. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, Table
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import BigId, Row


class SavedRow(Row, table=True):
    """A paper on one person's list in one space. It leaves with the paper: ids of deleted papers may be used again."""

    __tablename__ = "saved"
    __table_args__ = (Index(None, "space", "person", "saved_at", "paper_id"), {"sqlite_with_rowid": False})

    space: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    paper_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id", ondelete="CASCADE", index=True)
    saved_at: datetime = Field(sa_type=UtcTime)


SAVED: Final[Table] = Row.metadata.tables["saved"]
