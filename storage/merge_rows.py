"""What is written down of a merge, so that it can be undone exactly. Storage room; runs inside a write transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Date, Table, bindparam, delete, or_, select

from bot.model import Identifier, Paper
from storage.edition_tables import UtcTime
from storage.merge_tables import DISMISSALS, MERGES, SUSPECTS
from storage.rows import chunks, paper_from, paper_values
from storage.tables import PAPERS

Values = dict[str, Any]
_IDS: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_FORGET: Final = delete(MERGES).where(or_(MERGES.c.kept_id.in_(_IDS), MERGES.c.gone_id.in_(_IDS)))
_MERGED_INTO: Final = select(MERGES.c.gone_id).where(MERGES.c.kept_id.in_(_IDS))
_FORGET_PAIRS: Final = tuple(
    delete(table).where(or_(table.c.first_id.in_(_IDS), table.c.second_id.in_(_IDS))) for table in (SUSPECTS, DISMISSALS)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A row of the identifiers' table, without its paper."""

    scheme: str
    value: str
    space: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a table held of the paper that is gone: the keys of rows that are now the other's, and whole rows it had as well."""

    table: str
    moved: tuple[tuple[Any, ...], ...]
    aside: tuple[Values, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How it was before a merge: both papers, the names of the one that is gone, what referred to it."""

    kept: Paper
    gone: Paper
    names: tuple[Name, ...]
    followed: tuple[Followed, ...]


def to_json(before: Before) -> Values:
    """How it was, as it is stored."""
    return {
        "kept": _paper_values(before.kept),
        "gone": _paper_values(before.gone),
        "names": [(one.scheme, one.value, one.space, one.position) for one in before.names],
        "followed": [{"table": one.table, "moved": one.moved, "aside": one.aside} for one in before.followed],
    }


def from_json(values: Values, tables: Sequence[Table]) -> Before:
    """How it was, read back; `tables` are those that may have followed."""
    of_name = {table.name: table for table in tables}
    return Before(
        kept=_paper(values["kept"]),
        gone=_paper(values["gone"]),
        names=tuple(Name(scheme=name[0], value=name[1], space=name[2], position=name[3]) for name in values["names"]),
        followed=tuple(
            Followed(
                table=one["table"],
                moved=tuple(map(tuple, one["moved"])),
                aside=tuple(_typed(of_name[one["table"]], row) for row in one["aside"]),
            )
            for one in values["followed"]
            if one["table"] in of_name
        ),
    )


def forget_merges(connection: Connection, paper_ids: Collection[int]) -> None:
    """Forget the merges of papers whose text must go, and of those that had become them before; their pairs as well."""
    going = set(paper_ids)
    while going:
        for ids in chunks(going):
            for statement in _FORGET_PAIRS:
                connection.execute(statement, {"ids": ids})
        inner = _merged_into(connection, going)
        for ids in chunks(going):
            connection.execute(_FORGET, {"ids": ids})
        going = inner - going


def _merged_into(connection: Connection, paper_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for ids in chunks(paper_ids):
        found.update(connection.execute(_MERGED_INTO, {"ids": ids}).scalars())
    return found


def _paper_values(paper: Paper) -> Values:
    return {**paper_values(paper, 0), "identifiers": [tuple(name) for name in paper.identifiers]}


def _paper(values: Values) -> Paper:
    names = tuple(Identifier(scheme, value) for scheme, value in values["identifiers"])
    unknown = dict.fromkeys(column.name for column in PAPERS.c)  # columns that came after it was written down
    return paper_from(SimpleNamespace(**unknown | _typed(PAPERS, values)), names)


def _typed(table: Table, values: Values) -> Values:
    """The values with their days and moments, which JSON holds as text."""
    typed = dict(values)
    for column in table.c:
        value = values.get(column.name)
        if isinstance(value, str) and isinstance(column.type, UtcTime):
            typed[column.name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed
