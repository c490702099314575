"""Papers as RIS, for reference managers. Pure.

A tag of two characters, two spaces, a hyphen, a space, the value; a line a tag; from `TY` to `ER`
(https://en.wikipedia.org/wiki/RIS_(file_format), https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html). Values are
single lines, so none can begin a tag.
"""

from collections.abc import Iterator, Sequence

from bot.export.fields import abstract_of, arxiv_of, authors_of, doi_of, line, organization_of, title_of, url_of, venue_of
from bot.model import Paper
from bot.spans import web_url
from bot.views.wording import all_links

LINE_END = "\r\n"
KEYWORD_CHARS = 100


def ris(papers: Sequence[Paper]) -> str:
    """The papers as RIS records."""
    return "".join(f"{tag}  - {value}{LINE_END}" for paper in papers for tag, value in _tags(paper))


def _tags(paper: Paper) -> Iterator[tuple[str, str]]:
    arxiv, doi = arxiv_of(paper), doi_of(paper)
    yield "TY", "JOUR" if arxiv or doi else "GEN"
    yield "TI", title_of(paper)
    for name in authors_of(paper) or filter(None, (organization_of(paper),)):
        yield "AU", _turned(name) if paper.authors else name
    if day := paper.published_on:
        yield "PY", f"{day.year:04}"
        yield "DA", f"{day.year:04}/{day.month:02}/{day.day:02}"
    if venue := venue_of(paper) or (f"arXiv preprint arXiv:{arxiv}" if arxiv else ""):
        yield "JO", venue
    yield from (("AB", text) for text in (abstract_of(paper),) if text)
    yield from (("KW", word) for word in (line(one, KEYWORD_CHARS) for one in paper.keywords) if word)
    yield from (("DO", value) for value in (doi,) if value)
    yield from (("UR", value) for value in (url_of(paper),) if value)
    yield from (("L1", value) for value in (web_url(all_links(paper).pdf),) if value)
    yield "ER", ""


def _turned(name: str) -> str:
    """As RIS wants people, "Liu, Bo"; a name of one word, or with a comma in it, as it is."""
    given, space, family = name.rpartition(" ")
    return f"{family}, {given}" if space and "," not in name else name
