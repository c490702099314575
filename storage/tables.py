"""The tables of papers, digests and sightings. Storage room: knows SQLModel; rows never leave it, and no engine lives here.

Every change to a table needs a migration in `storage/migrations/versions`; a test compares the two.
"""

from datetime import date
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, Index, Integer, MetaData, Table, text
from sqlmodel import Field, SQLModel

# BIGINT would be no alias of SQLite's rowid: https://www.sqlite.org/lang_createtable.html#rowid
BigId: Final = BigInteger().with_variant(Integer, "sqlite")

# Constraints need names that a later migration can drop: https://alembic.sqlalchemy.org/en/latest/naming.html
NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """What all tables share: a metadata of our own, so that no other library's tables slip into a migration."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


PRIVATE: Final = text("visible_to IS NOT NULL")


class PaperRow(Row, table=True):
    """A paper. `change` is the number of the transaction's write that last touched it: newer is greater, none is used twice.

    `added` is the first number it ever had. `visible_to` is the space that alone may see it, NULL where all may. One that was
    taken back, or has become the public paper `folded_into`, stays as a row without text, for its number is used up: nobody may
    see it, and its `visible_to` says whose it was (see `storage.visible`).
    """

    __tablename__ = "papers"
    __table_args__ = (Index("ix_papers_private", "visible_to", sqlite_where=PRIVATE, postgresql_where=PRIVATE),)

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    title: str
    abstract: str
    authors: list[str] = Field(sa_type=JSON)
    author_count: int | None
    organization_handle: str | None
    organization_name: str | None
    published_on: date | None
    link_abs: str | None
    link_pdf: str | None
    link_code: str | None
    link_project: str | None
    link_discussion: str | None
    keywords: list[str] = Field(sa_type=JSON)
    tldr: str | None
    venue: str | None
    upvotes: int | None
    comments: int | None
    github_stars: int | None
    metrics_on: date | None
    first_seen_on: date
    listed_on: date
    said_on: list[tuple[str, str]] | None = Field(sa_type=JSON(none_as_null=True))
    change: int = Field(sa_type=BigInteger, index=True, unique=True)
    added: int = Field(sa_type=BigInteger, index=True, sa_column_kwargs={"server_default": "0"})
    visible_to: str | None
    folded_into: int | None = Field(sa_type=BigId)


class IdentifierRow(Row, table=True):
    """One name of one paper; the primary key is what keeps two papers from carrying the same name.

    `space` is the paper's `visible_to`, empty for a public one: each space may know the same paper, and none learns of another.
    A negative `position` is a name of a public paper in one space alone: under it that space knew the paper before it was public.
    """

    __tablename__ = "identifiers"
    __table_args__ = (
        Index(None, "paper_id", "position", unique=True),  # read in this order; on SQLite it holds all columns
        {"sqlite_with_rowid": False},
    )

    scheme: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    paper_id: int = Field(sa_type=BigId, foreign_key="papers.id")
    position: int
    space: str = Field(primary_key=True, sa_column_kwargs={"server_default": ""})


class DigestRow(Row, table=True):
    """A digest, once for each `key`; `sha256` and `received_on` are those of the newest document that brought it.

    `visible_to` is the space that imported it and alone may see it, NULL where all may.
    """

    __tablename__ = "digests"

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    key: str = Field(unique=True)
    source: str
    issued_on: date = Field(index=True)
    received_on: date
    sha256: str = Field(index=True)
    visible_to: str | None


class SightingRow(Row, table=True):
    """A paper in a digest, once for each pair."""

    __tablename__ = "sightings"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    digest_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="digests.id")
    paper_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="papers.id", index=True)
    rank: int
    upvotes: int | None
    comments: int | None
    github_stars: int | None
    as_of: date


class ClockRow(Row, table=True):
    """One row: the last change number. Writers lock it first, so change numbers become visible in their order."""

    __tablename__ = "clock"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    change: int = Field(sa_type=BigInteger)


# Reads and writes go through the tables, not through ORM objects: thousands of papers are saved at once.
PAPERS: Final[Table] = Row.metadata.tables["papers"]
IDENTIFIERS: Final[Table] = Row.metadata.tables["identifiers"]
DIGESTS: Final[Table] = Row.metadata.tables["digests"]
SIGHTINGS: Final[Table] = Row.metadata.tables["sightings"]
CLOCK: Final[Table] = Row.metadata.tables["clock"]
