"""The tables of installations and notes. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Table
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import Row


class InstallationRow(Row, table=True):
    """An installation. `sealed` is its secret, encrypted; everything else is no secret."""

    __tablename__ = "installations"

    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    is_org: bool
    name: str
    sealed: str
    installed_by: str
    installed_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(sa_type=UtcTime)


class NoteRow(Row, table=True):
    """A text under a key, until a moment."""

    __tablename__ = "notes"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    text: str
    until: datetime = Field(sa_type=UtcTime, index=True)


INSTALLATIONS: Final[Table] = Row.metadata.tables["installations"]
NOTES: Final[Table] = Row.metadata.tables["notes"]
