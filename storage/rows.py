"""Rows to papers and back. Storage room: knows the columns, opens no connection."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, bindparam, select, update

from bot.model import Identifier, Links, Metrics, Organization, Paper, Sighting
from storage.tables import IDENTIFIERS, PAPERS

CHUNK: Final = 900
"""Values in one IN list. SQLite takes 999 in its older builds: https://www.sqlite.org/limits.html#max_variable_number."""

_T = TypeVar("_T")

# Built once: SQLAlchemy then finds the compiled statement by identity of the parts instead of building them on each call.
REWRITE_PAPER: Final = (
    update(PAPERS)
    .where(PAPERS.c.id == bindparam("paper_id"))
    .values({column.name: bindparam(column.name) for column in PAPERS.c if column.name not in ("id", "added")})
)
"""Writes all of a paper anew, what it became (`folded_into`) too, from `paper_values` and its id as `paper_id`."""
_PAPERS_BY_ID: Final = select(PAPERS).where(PAPERS.c.id.in_(bindparam("ids", expanding=True)))
_ADDED_BY_ID: Final = select(PAPERS.c.id, PAPERS.c.added).where(PAPERS.c.id.in_(bindparam("ids", expanding=True)))
_IDENTIFIERS_BY_PAPER: Final = (
    select(IDENTIFIERS.c.paper_id, IDENTIFIERS.c.scheme, IDENTIFIERS.c.value)
    .where(IDENTIFIERS.c.paper_id.in_(bindparam("ids", expanding=True)), IDENTIFIERS.c.position >= 0)
    .order_by(IDENTIFIERS.c.paper_id, IDENTIFIERS.c.position)
)


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def read_papers(connection: Connection, ids: Iterable[int]) -> dict[int, Paper]:
    """The papers with these ids, by id; those that are not stored are left out."""
    papers: dict[int, Paper] = {}
    for chunk in chunks(dict.fromkeys(ids)):
        rows = connection.execute(_PAPERS_BY_ID, {"ids": chunk}).all()
        papers |= {paper.id: paper for paper in papers_from(connection, rows)}
    return papers


def read_added(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """With which change number each of these papers was first stored."""
    added: dict[int, int] = {}
    for chunk in chunks(ids):
        added.update(connection.execute(_ADDED_BY_ID, {"ids": chunk}).all())
    return added


def papers_from(connection: Connection, rows: Sequence[Row[Any]]) -> list[Paper]:
    """The papers of these rows of the papers' table, each with its identifiers, which are read here."""
    named: dict[int, list[Identifier]] = {row.id: [] for row in rows}
    for chunk in chunks(named):
        for paper_id, scheme, value in connection.execute(_IDENTIFIERS_BY_PAPER, {"ids": chunk}).all():
            named[paper_id].append(Identifier(scheme, value))
    return [paper_from(row, tuple(named[row.id])) for row in rows]


def paper_from(row: Any, identifiers: tuple[Identifier, ...]) -> Paper:  # noqa: ANN401 - a row, or its values as attributes
    """The paper of a row of the papers' table."""
    return Paper(
        id=row.id,
        title=row.title,
        abstract=row.abstract,
        authors=tuple(row.authors),
        author_count=row.author_count,
        organization=_organization(row.organization_handle, row.organization_name),
        published_on=row.published_on,
        identifiers=identifiers,
        links=Links(
            abs=row.link_abs, pdf=row.link_pdf, code=row.link_code, project=row.link_project, discussion=row.link_discussion
        ),
        keywords=tuple(row.keywords),
        tldr=row.tldr,
        venue=row.venue,
        metrics=_metrics(row, row.metrics_on),
        first_seen_on=row.first_seen_on,
        listed_on=row.listed_on,
        said_on=tuple((name, date.fromisoformat(day)) for name, day in row.said_on or ()),
        visible_to=row.visible_to,
    )


def _organization(handle: str | None, name: str | None) -> Organization | None:
    return None if handle is None or name is None else Organization(handle=handle, name=name)


def _metrics(row: Row[Any], as_of: Any) -> Metrics:  # noqa: ANN401 - a column's value
    return Metrics(upvotes=row.upvotes, comments=row.comments, github_stars=row.github_stars, as_of=as_of)


def sighting_from(row: Row[Any]) -> Sighting:
    """The sighting of a row that joins a sighting with its digest."""
    return Sighting(
        paper_id=row.paper_id, source=row.source, issued_on=row.issued_on, rank=row.rank, metrics=_metrics(row, row.as_of)
    )


def said_on_value(paper: Paper) -> tuple[tuple[str, str], ...] | None:
    """The days of what is said of a paper, as its column holds them."""
    return tuple((name, day.isoformat()) for name, day in paper.said_on) or None


def paper_values(paper: Paper, change: int) -> dict[str, Any]:
    """A paper as the columns of its row, but for `added` and `folded_into`; its identifiers have their own table."""
    organization, links, metrics = paper.organization, paper.links, paper.metrics
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": paper.authors,
        "author_count": paper.author_count,
        "organization_handle": organization.handle if organization else None,
        "organization_name": organization.name if organization else None,
        "published_on": paper.published_on,
        "link_abs": links.abs,
        "link_pdf": links.pdf,
        "link_code": links.code,
        "link_project": links.project,
        "link_discussion": links.discussion,
        "keywords": paper.keywords,
        "tldr": paper.tldr,
        "venue": paper.venue,
        "upvotes": metrics.upvotes,
        "comments": metrics.comments,
        "github_stars": metrics.github_stars,
        "metrics_on": metrics.as_of,
        "first_seen_on": paper.first_seen_on,
        "listed_on": paper.listed_on,
        "said_on": said_on_value(paper),
        "visible_to": paper.visible_to,
        "change": change,
    }
