"""Writes many rows at once. Storage room: knows no table.

SQLite takes them with the driver's own `executemany`, PostgreSQL by COPY, a stream without a statement a row:
https://www.psycopg.org/psycopg3/docs/basic/copy.html. SQLAlchemy's own work on each parameter would cost more than the insert.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows, all with the same columns.

    The rows are used up: their values become what the driver takes.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not take them.
    """
    if not rows:
        return
    _bind(connection, table, rows)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    statement = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = statement.positiontup
    connection.exec_driver_sql(str(statement), list(rows) if order is None else list(map(itemgetter(*order), rows)))


def _bind(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Make the values what the driver takes, as SQLAlchemy would."""
    dialect = connection.dialect
    for column in table.c:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None and column.name in rows[0]:
            seen: dict[Any, Any] = {}  # days and empty lists recur
            for row in rows:
                value = row[column.name]
                if value not in seen:
                    seen[value] = process(value)
                row[column.name] = seen[value]


def _copy(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    prepare = connection.dialect.identifier_preparer
    columns = ", ".join(map(prepare.quote, names))
    statement = f"COPY {prepare.format_table(table)} ({columns}) FROM STDIN"
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except psycopg.Error as error:  # as SQLAlchemy raises it, so that it is told in the same words
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
