r"""Papers as BibTeX, for BibTeX and biber alike: UTF-8, every special character escaped, keys of plain letters. Pure.

BibTeX counts braces before it looks at anything else, escaped ones too, so `\{` will not do: braces of the text become
`\textbraceleft{}` and `\textbraceright{}` (https://www.bibtex.org/Format/; btxdoc at https://ctan.org/pkg/bibtex). What LaTeX
reads as it stands (`url`, `doi`, `eprint`) is not escaped, and holds no brace or backslash.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bot.export.fields import (
    abstract_of,
    arxiv_of,
    authors_of,
    category_of,
    doi_of,
    has_more_authors,
    organization_of,
    title_of,
    url_of,
    venue_of,
)
from bot.model import Paper

_ESCAPES: Final = str.maketrans(
    {
        **{char: f"\\{char}" for char in "$&#%_"},
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SMALL_WORDS: Final = frozenset(
    "a an and are as at by can do does for from how in is it of on or the to towards via what when why with".split()
)
# Letters that Unicode does not take apart into a plain one and an accent.
_FOLDED: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_MARKS: Final = "()[]{}\"'“”‘’$.,:;?"
_STOPS: Final = ".,:;?"
_KEY_CHARS: Final = 24


def bibtex(papers: Sequence[Paper]) -> str:
    """The papers as BibTeX entries, each under a key of its own such as `liu2023libero`."""
    return "\n".join(_entry(key, paper) for key, paper in zip(keys_of(papers), papers, strict=True))


def keys_of(papers: Sequence[Paper]) -> list[str]:
    """A key for each paper: the first author, the year, the first telling word of the title; letters tell equal ones apart."""
    keys: dict[str, None] = {}
    for paper in papers:
        plain = _key(paper)
        keys[next(key for key in _numbered(plain) if key not in keys)] = None
    return list(keys)


def _numbered(plain: str) -> Iterator[str]:
    yield plain
    number = 0
    while True:
        number, letters, left = number + 1, "", number + 1
        while left:
            left, place = divmod(left - 1, 26)
            letters = chr(ord("a") + place) + letters
        yield plain + letters


def _key(paper: Paper) -> str:
    names = authors_of(paper)
    who = _ascii(_family(names[0])) if names else _ascii(organization_of(paper))
    words = [word for word in (_ascii(one) for one in re.split(r"[\s:–—/]+", title_of(paper))) if word]
    telling = next((word for word in words if word not in _SMALL_WORDS), words[0] if words else "")
    year = str(paper.published_on.year) if paper.published_on else ""
    key = who[:_KEY_CHARS] + year + telling[:_KEY_CHARS] if who else telling[:_KEY_CHARS] + year
    return key if key[:1].isalpha() else f"paper{key or paper.id}"


def _family(name: str) -> str:
    family, comma, _ = name.partition(",")
    return family if comma else name.rsplit(maxsplit=1)[-1]


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(char for char in folded if char.isascii() and char.isalnum())


def _entry(key: str, paper: Paper) -> str:
    kind = "article" if _is_article(paper) else "misc"
    fields = "".join(f",\n  {name} = {value}" for name, value in _fields(paper))
    return f"@{kind}{{{key}{fields}\n}}\n"


def _is_article(paper: Paper) -> bool:
    return bool(doi_of(paper)) and not arxiv_of(paper)


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_title(title_of(paper))}}}"
    people = _people(paper)
    if people:
        yield "author", f"{{{people}}}"
    if paper.published_on:
        yield from _dates(paper.published_on)
    if venue := venue_of(paper):
        yield "journal" if _is_article(paper) else "note", f"{{{_escaped(venue)}}}"
    arxiv, category = arxiv_of(paper), category_of(paper)
    if arxiv:
        yield "eprint", f"{{{arxiv}}}"
        yield "archivePrefix", "{arXiv}"
        if category:
            yield "primaryClass", f"{{{category}}}"
    doi = doi_of(paper)
    if doi and not set(doi) & set("{}\\"):
        yield "doi", f"{{{doi}}}"
    if url := url_of(paper):
        yield "url", f"{{{url}}}"
    if abstract := abstract_of(paper):
        yield "abstract", f"{{{_escaped(abstract)}}}"


def _dates(day: date) -> Iterator[tuple[str, str]]:
    yield "year", f"{{{day.year}}}"
    yield "month", _MONTHS[day.month - 1]


def _title(title: str) -> str:
    """The title with braces around the words whose capitals a style must not take away: LIBERO, iBOT, Q-learning."""
    return " ".join(_kept(word) if _needs_its_capitals(word) else _escaped(word) for word in title.split(" "))


def _needs_its_capitals(word: str) -> bool:
    parts = [part.strip(_MARKS) for part in word.split("-")]
    return any(any(char.isupper() for char in part[1:]) for part in parts) or (
        len(parts) > 1 and any(len(part) == 1 and part.isupper() for part in parts)
    )


def _kept(word: str) -> str:
    core = word.rstrip(_STOPS)
    escaped, rest = _escaped(core), _escaped(word[len(core) :])
    # `{\` begins what BibTeX calls a special character, in which it does change case; a second pair of braces is none.
    return (f"{{{{{escaped}}}}}" if escaped.startswith("\\") else f"{{{escaped}}}") + rest


def _people(paper: Paper) -> str:
    names = [_name(name) for name in authors_of(paper)]
    if not names:
        organization = organization_of(paper)
        return f"{{{_escaped(organization)}}}" if organization else ""
    return " and ".join([*names, "others"] if has_more_authors(paper) else names)


def _name(name: str) -> str:
    """A person's name; one that BibTeX would take apart wrongly is kept together by braces."""
    parts = name.split(",")
    strange = len(parts) > 3 or not all(part.strip() for part in parts) or name.casefold() == "others"
    strange = strange or "and" in name.casefold().split()
    return f"{{{_escaped(name)}}}" if strange else _escaped(name)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
