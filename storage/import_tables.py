"""The tables of what workspaces imported. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, Table, UniqueConstraint
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import BigId, Row


class ImportRow(Row, table=True):
    """A document that a workspace took in. `number` counts from 1 in each space, so that it tells nothing of other spaces."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("space", "number"), Index(None, "space", "sha256"))

    id: int = Field(primary_key=True, sa_type=BigId)
    space: str
    number: int
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    name: str
    sha256: str
    digest_id: int | None = Field(sa_type=BigId)
    undone_at: datetime | None = Field(sa_type=UtcTime)


class ImportedRow(Row, table=True):
    """A paper of an import, in the document's order; `is_new` where this import is why it is stored."""

    __tablename__ = "imported"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    import_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="imports.id")
    paper_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id", index=True)
    place: int
    is_new: bool


IMPORTS: Final[Table] = Row.metadata.tables["imports"]
IMPORTED: Final[Table] = Row.metadata.tables["imported"]
