"""Papers as CSV (RFC 4180: https://www.rfc-editor.org/rfc/rfc4180), every cell quoted. Pure.

A cell that a spreadsheet would run as a formula gets an apostrophe before it: https://owasp.org/www-community/attacks/CSV_Injection.
"""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Final

from bot.export.fields import abstract_of, arxiv_of, authors_of, doi_of, line, organization_of, title_of, url_of, venue_of
from bot.model import Paper
from bot.spans import web_url
from bot.views.wording import all_links

COLUMNS: Final = tuple(
    "id title authors author_count organization published_on venue arxiv doi url pdf code upvotes comments github_stars "
    "counted_on keywords tldr abstract".split()
)
TEXT_CHARS: Final = 2_000
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


def table(papers: Sequence[Paper]) -> str:
    """The papers as a table: a head, then a line each; unknown is empty."""
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in _values(paper)] for paper in papers)
    return written.getvalue()


def cell(value: object) -> str:
    """A value as a cell that is never run as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _values(paper: Paper) -> tuple[object, ...]:
    links, metrics = all_links(paper), paper.metrics
    return (
        line(paper.ref, TEXT_CHARS),
        title_of(paper),
        "; ".join(authors_of(paper)),
        paper.author_count,
        organization_of(paper),
        paper.published_on,
        venue_of(paper),
        arxiv_of(paper),
        doi_of(paper),
        url_of(paper),
        web_url(links.pdf),
        web_url(links.code),
        metrics.upvotes,
        metrics.comments,
        metrics.github_stars,
        metrics.as_of,
        line("; ".join(paper.keywords), TEXT_CHARS),
        line(paper.tldr or "", TEXT_CHARS),
        abstract_of(paper),
    )
