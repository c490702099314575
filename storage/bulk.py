"""Writes many rows at once. Storage room: knows no table."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows with the driver's own `executemany`: SQLAlchemy's work on each parameter costs more than the insert.

    The rows are used up: their values become what the driver takes.
    """
    if not rows:
        return
    dialect = connection.dialect
    statement = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    for column in table.c:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None and column.name in rows[0]:
            seen: dict[Any, Any] = {}  # days and empty lists recur
            for row in rows:
                value = row[column.name]
                if value not in seen:
                    seen[value] = process(value)
                row[column.name] = seen[value]
    order = statement.positiontup
    connection.exec_driver_sql(str(statement), list(rows) if order is None else list(map(itemgetter(*order), rows)))
