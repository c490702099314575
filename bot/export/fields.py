"""What every format says of a paper, as plain lines: words without LaTeX or line breaks, ids that are ids. Pure."""

import re
from typing import Final

from bot.identity import with_aliases
from bot.model import Paper
from bot.prose import cut_at_word, readable
from bot.spans import clean_line, web_url
from bot.views.wording import page_of

TITLE_CHARS: Final = 1_000
ABSTRACT_CHARS: Final = 5_000
NAME_CHARS: Final = 120
VENUE_CHARS: Final = 200
AUTHORS: Final = 200

_ARXIV_ID: Final = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_CATEGORY: Final = re.compile(
    r"(?:cs|econ|eess|math|physics|q-bio|q-fin|stat|astro-ph|cond-mat|nlin)\.[A-Za-z-]{2,8}"
    r"|astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph"
)
_DOI: Final = re.compile(r"10\.\d{4,9}/[\x21-\x7e]+")


def title_of(paper: Paper) -> str:
    """The title in one line."""
    return line(paper.title, TITLE_CHARS) or "Untitled"


def abstract_of(paper: Paper) -> str:
    """The abstract in one line; empty where none is known."""
    return line(paper.abstract, ABSTRACT_CHARS)


def authors_of(paper: Paper) -> tuple[str, ...]:
    """The authors' names as they were listed, at most `AUTHORS`."""
    return tuple(name for name in (line(one, NAME_CHARS) for one in paper.authors[:AUTHORS]) if name)


def organization_of(paper: Paper) -> str:
    """The organisation's name, where one stands behind the paper."""
    return line(paper.organization.name, NAME_CHARS) if paper.organization else ""


def venue_of(paper: Paper) -> str:
    """Where it is published, in one line; empty where that is not known."""
    return line(paper.venue or "", VENUE_CHARS)


def has_more_authors(paper: Paper) -> bool:
    """Whether there are authors whose names are not given."""
    named = authors_of(paper)
    return bool(named) and max(len(paper.authors), paper.author_count or 0) > len(named)


def arxiv_of(paper: Paper) -> str:
    """The arXiv id without its version; empty where there is none."""
    return _first(paper, "arxiv", _ARXIV_ID)


def doi_of(paper: Paper) -> str:
    """The DOI; empty where there is none."""
    return _first(paper, "doi", _DOI)


def category_of(paper: Paper) -> str:
    """The primary arXiv category: from an old-style id, else the first keyword that is one; empty where it is not known.

    Source: https://arxiv.org/category_taxonomy
    """
    archive, slash, _ = arxiv_of(paper).partition("/")
    if slash:
        return archive
    return next((word for word in paper.keywords if _CATEGORY.fullmatch(word)), "")


def url_of(paper: Paper) -> str:
    """The page of the paper, percent-encoded so that it ends nothing around it; empty where it has none."""
    return web_url(page_of(paper)) or ""


def line(text: str, most: int) -> str:
    """Any text of a paper as readable words in one line of at most `most` characters."""
    return cut_at_word(clean_line(readable(text)), most)


def _first(paper: Paper, scheme: str, pattern: re.Pattern[str]) -> str:
    known = (one.value for one in with_aliases(paper.identifiers) if one.scheme == scheme)
    return next((value for value in known if pattern.fullmatch(value)), "")
