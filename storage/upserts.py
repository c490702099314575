"""Inserts that say what to do where the row is there already. Storage room; both databases word them alike."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def insert_into(connection: Connection, table: Table) -> PostgresInsert | SqliteInsert:
    """An insert of this database's own kind, which knows ON CONFLICT."""
    return postgres_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)
