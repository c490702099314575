"""Which records are the same paper: identifiers read from ids and links, and titles made comparable. Pure.

Sources: arXiv's identifier scheme, https://info.arxiv.org/help/arxiv_identifier.html; arXiv DOIs are `10.48550/arXiv.ID`;
a Hugging Face paper page and an alphaXiv page are named by the paper's arXiv id; ACL Anthology ids are new (2020.acl-main.1) or
old (P19-1001), https://aclanthology.org/info/ids/, and the DOIs that the ACL gives are `10.18653/v1/ID`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from bot.model import Entry, Identifier, Links
from bot.prose import readable

SCHEMES = ("arxiv", "doi", "hf", "openreview", "acl", "url", "title")

_ARXIV = r"(?P<arxiv>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?"
_ARXIV_ID = re.compile(_ARXIV)
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ARXIV_DOI = "10.48550/arxiv."
_VERSION = re.compile(r"v\d{1,3}$")
_SAID_CHARS = 120
_PLAIN = re.compile(r"(?P<scheme>arxiv|hf):" + _ARXIV)
_SITE = r"(?:https?://)?(?:www\.)?"
_ALPHAXIV = r"alphaxiv\.org/(?:[a-z]{2}(?:-[A-Za-z]{2,4})?/)?(?:abs|overview|pdf|html|audio|resources)"
_ARXIV_SITES = rf"(?:export\.)?(?:(?i:arxiv\.org)/(?:abs|pdf|html)|{_ALPHAXIV})/"
_ACL = r"(?P<acl>\d{4}\.[a-z0-9_]{2,30}-[a-z0-9_]{1,30}\.\d{1,4}|[A-Z]\d{2}-\d{4})(?:v\d{1,2})?"
_ACL_ID = re.compile(_ACL)
_ACL_DOI = "10.18653/v1/"
_TAILS = {"openreview": "&", "doi": "\n"}  # a DOI may hold what is a query elsewhere
_DOIS = (
    ("arxiv", re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.48550/arxiv\." + _ARXIV, re.IGNORECASE)),
    ("doi", re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(?P<doi>10\.\d{4,9}/[^\s<>\"]+)", re.IGNORECASE)),
)
_LINKS = (
    ("arxiv", re.compile(_SITE + _ARXIV_SITES + _ARXIV + r"(?:\.pdf)?/?")),
    ("hf", re.compile(_SITE + r"(?:huggingface\.co|hf\.co)/papers/" + _ARXIV + "/?")),
    *_DOIS,
    ("openreview", re.compile(_SITE + r"openreview\.net/(?:forum|pdf)\?id=(?P<openreview>[\w-]{6,20})")),
    ("acl", re.compile(_SITE + r"(?:aclanthology\.org|(?:www\.)?aclweb\.org/anthology)/" + _ACL + r"(?:\.pdf|\.bib)?/?")),
)  # fmt: skip


def read_identifier(text: str) -> Identifier | None:
    """The identifier that a text as a whole is: a bare arXiv id, `scheme:value`, or a link to a paper; else `None`."""
    text = text.strip().strip("<>").rstrip(".,;")
    plain = _PLAIN.fullmatch(text)  # by far the most frequent form; the links below say the same more slowly
    if plain:
        return Identifier(plain["scheme"], plain["arxiv"])
    text = text.split("#")[0] if text.startswith("http") else text
    for scheme, pattern in _DOIS if text.startswith("doi:") else _LINKS:
        found = pattern.fullmatch(text.partition(_TAILS.get(scheme, "?"))[0])
        if found:
            value = found[found.lastgroup or 0]
            return Identifier(scheme, value.lower() if scheme == "doi" else value)
    scheme, colon, value = text.partition(":")
    scheme = scheme.strip().lower()
    if colon and scheme in SCHEMES and value.strip():
        return _in_scheme(scheme, value.strip())
    bare = _ARXIV_ID.fullmatch(text)
    return Identifier("arxiv", bare["arxiv"]) if bare else None


def _in_scheme(scheme: str, value: str) -> Identifier | None:
    if scheme == "title":
        key = title_key(value)
        return Identifier("title", key) if key else None
    if scheme in ("arxiv", "hf"):
        found = _ARXIV_ID.fullmatch(value)
        if found:
            return Identifier(scheme, found["arxiv"])
        return None if scheme == "arxiv" else Identifier(scheme, value)
    if scheme == "acl":
        known = _ACL_ID.fullmatch(value)
        return Identifier("acl", known["acl"]) if known else None
    return Identifier(scheme, value.lower() if scheme == "doi" else value)


@lru_cache(maxsize=4096)
def same_as(identifier: Identifier) -> tuple[Identifier, ...]:
    """The identifier and those that name the same paper in other schemes: a Hugging Face paper is its arXiv paper.

    A DOI of the ACL's names a paper of its Anthology; the other way round not every paper there has such a DOI.
    """
    if identifier.scheme == "hf" and _ARXIV_ID.fullmatch(identifier.value):
        return identifier, Identifier("arxiv", identifier.value)
    if identifier.scheme == "arxiv":
        return identifier, Identifier("hf", identifier.value)
    if identifier.scheme == "doi" and identifier.value.startswith(_ACL_DOI):
        value = identifier.value.removeprefix(_ACL_DOI)
        known = _ACL_ID.fullmatch(value) or _ACL_ID.fullmatch(value.upper())  # a DOI is kept in lower case
        return (identifier, Identifier("acl", known["acl"])) if known else (identifier,)
    return (identifier,)


def title_key(title: str) -> str:
    """A title's words in lower case, without accents, punctuation or LaTeX: equal keys are the same title."""
    title = readable(title)
    if title.isascii():
        return " ".join(_ASCII_WORD.findall(title.lower()))
    folded = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char)).replace("_", " ")))


def canonical(identifier: Identifier) -> Identifier:
    """The identifier in the one form in which it is stored: no version, and an arXiv DOI as the arXiv id it holds."""
    scheme, value = identifier
    if scheme == "doi":
        value = value.lower()
        return read_identifier(value) or identifier if value.startswith(_ARXIV_DOI) else Identifier(scheme, value)
    if scheme in ("arxiv", "hf") and "v" in value[-4:]:
        unversioned = _VERSION.sub("", value)
        return Identifier(scheme, unversioned) if _ARXIV_ID.fullmatch(unversioned) else identifier
    return identifier


def identifiers_of(entry: Entry, listed: str = "") -> tuple[Identifier, ...]:
    """All identifiers under which an entry's paper may be stored: the surest first, aliases included, its title last.

    One without any id has, before its title, the name of all that it says: see `record_key`.

    Args:
        entry: the entry.
        listed: what names the document that lists it.
    """
    key = title_key(entry.title) or " ".join(entry.title.split())  # a title of signs alone is a title too
    known = with_aliases(map(canonical, entry.identifiers))
    if not key:
        return known
    return (*known, Identifier("title", key)) if known else (record_key(entry, key, listed), Identifier("title", key))


def record_key(entry: Entry, key: str, listed: str = "") -> Identifier:
    """The name of an entry that has no id, by what it says of its paper: for one whose title is not enough, or is taken.

    Args:
        entry: the entry.
        key: its title, as `title_key` gives it.
        listed: what names the document, for an entry that says nothing but a title.
    """
    who = sorted(" ".join(sorted(words_of_name(name))) for name in entry.authors)
    organization = entry.organization.handle if entry.organization else ""
    about = [organization, "" if who else entry.author_count, entry.published_on, squeezed(entry.abstract)[:_SAID_CHARS]]
    said = [*who, *about]
    if not any(said):
        said = [listed]
    return Identifier("title", f"{key} {sha256(repr([str(one) for one in said]).encode()).hexdigest()[:12]}")


def words_of_name(name: str) -> list[str]:
    """A person's name as lower-case words, the surname last: "Liu, Bo" is Bo Liu."""
    last, comma, first = name.partition(",")
    return title_key(f"{first} {last}" if comma else name).split()


def squeezed(text: str) -> str:
    """The beginning of a text without spaces and signs, so that wrapped and glued words compare."""
    return title_key(text[:1_000]).replace(" ", "")


def with_aliases(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """The identifiers and the same ones in other schemes: what people and scripts may know the paper by."""
    known = tuple(identifiers)
    if len(known) == 1:
        return same_as(known[0])
    return tuple(dict.fromkeys(other for identifier in known for other in same_as(identifier)))


def links_of(*identifiers: Identifier | None) -> Links:
    """Where a paper with these identifiers can be read."""
    known = {one.scheme: one.value for found in identifiers if found for one in same_as(found)}
    arxiv, hf = known.get("arxiv"), known.get("hf")
    page = None
    if arxiv:
        page = f"https://arxiv.org/abs/{arxiv}"
    elif "openreview" in known:
        page = f"https://openreview.net/forum?id={known['openreview']}"
    elif "acl" in known:
        page = f"https://aclanthology.org/{known['acl']}"
    elif "doi" in known:
        page = f"https://doi.org/{known['doi']}"
    return Links(
        abs=page,
        pdf=f"https://arxiv.org/pdf/{arxiv}" if arxiv else None,
        discussion=f"https://huggingface.co/papers/{hf}" if hf else None,
    )


def conflict(ours: Iterable[Identifier], theirs: Iterable[Identifier]) -> bool:
    """Whether two records cannot be one paper: each has an id of the same scheme, and none of these agree."""
    mine = {(one.scheme, one.value) for one in ours if one.scheme not in ("title", "url")}
    other = {(one.scheme, one.value) for one in theirs if one.scheme not in ("title", "url")}
    shared = {scheme for scheme, _ in mine} & {scheme for scheme, _ in other}
    return bool(shared) and not (mine & other)


def agree(ours: Iterable[Identifier], theirs: Iterable[Identifier]) -> bool:
    """Whether two records of one document are one paper: they share an id, or a title and no id speaks against it."""
    mine, other = with_aliases(ours), tuple(theirs)
    shared = {one.scheme for one in {*mine} & {*other}}
    return bool(shared - {"title"}) or (bool(shared) and not conflict(mine, other))
