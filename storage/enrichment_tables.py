"""The tables of what is asked about papers that lack something. Storage room: knows SQLModel; rows never leave it.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, Table, text
from sqlmodel import Field

from storage.edition_tables import UtcTime
from storage.tables import BigId, Row

WAITING: Final = text("next_at IS NOT NULL")


class GuideRow(Row, table=True):
    """A site that is asked about papers. Papers up to `upto_change` were looked at for what they lack.

    `failures` counts in a row; it is left alone until `open_until`; a lease is in force until `lease_until`.
    """

    __tablename__ = "guides"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    name: str = Field(primary_key=True)
    upto_change: int = Field(sa_type=BigId)
    ok_at: datetime | None = Field(sa_type=UtcTime)
    failures: int
    failing_since: datetime | None = Field(sa_type=UtcTime)
    error: str
    open_until: datetime | None = Field(sa_type=UtcTime)
    lease_owner: str | None
    lease_until: datetime | None = Field(sa_type=UtcTime)


class EnrichmentRow(Row, table=True):
    """What one guide is asked about one paper, and what became of it last.

    `question` is the paper's id there, or "title"; the title itself is never kept here, for the row outlives what a space may
    know. `tries` counts answers, `failures` those in a row that failed. `next_at` is NULL once it is not asked any more.
    """

    __tablename__ = "enrichments"
    __table_args__ = (
        Index(
            "ix_enrichments_waiting", "guide", "paper_id", sqlite_where=WAITING, postgresql_where=WAITING
        ),  # newest paper first
        {"sqlite_with_rowid": False},
    )

    paper_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id")
    guide: str = Field(primary_key=True)
    question: str
    outcome: str
    error: str
    asked_at: datetime | None = Field(sa_type=UtcTime)
    next_at: datetime | None = Field(sa_type=UtcTime)
    tries: int
    failures: int


GUIDES: Final[Table] = Row.metadata.tables["guides"]
ENRICHMENTS: Final[Table] = Row.metadata.tables["enrichments"]
