"""The tables of sources and their pages. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Index, Table, UniqueConstraint
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import BigId, Row


class SourceRow(Row, table=True):
    """A place that is asked again and again. `failures` counts in a row; a lease is in force until `lease_until`."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("kind", "address"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True, sa_type=BigId)
    kind: str
    address: str
    added_by: str
    added_at: datetime = Field(sa_type=UtcTime)
    ok_at: datetime | None = Field(sa_type=UtcTime)
    failures: int
    open_until: datetime | None = Field(sa_type=UtcTime)
    lease_owner: str | None
    lease_until: datetime | None = Field(sa_type=UtcTime)


class SourcePageRow(Row, table=True):
    """One address of a source. `next_at` is NULL once it is not asked any more."""

    __tablename__ = "source_pages"
    __table_args__ = (Index(None, "next_at"), {"sqlite_with_rowid": False})

    source_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="sources.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    next_at: datetime | None = Field(sa_type=UtcTime)
    etag: str
    modified: str
    sha256: str
    seen: list[str] = Field(sa_type=JSON)
    failures: int
    failing_since: datetime | None = Field(sa_type=UtcTime)
    error: str


SOURCES: Final[Table] = Row.metadata.tables["sources"]
SOURCE_PAGES: Final[Table] = Row.metadata.tables["source_pages"]
