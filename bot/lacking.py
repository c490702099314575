"""What a paper lacks, which guide can give it, what it is asked, and when again. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.agreement import contradict, is_generic, same_by_title
from bot.enrichment import GUIDES, TITLE, Guide, Private, Want
from bot.identity import canonical, title_key, with_aliases
from bot.model import Entry, Identifier, Paper
from bot.prose import readable

GIVES: Final[Mapping[Guide, tuple[str, ...]]] = MappingProxyType(
    {"hf": ("abstract", "authors", "code", "tldr", "keywords"), "arxiv": ("abstract", "authors", "venue")}
)
"""What each guide knows of papers: https://huggingface.co/docs/hub/api#paper-pages-api and
https://info.arxiv.org/help/api/user-manual.html."""

RECENT_DAYS: Final = 120
WAITS: Final = (timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(weeks=1), timedelta(weeks=3))
"""How long after each answer a paper that still lacks something is asked about again; after the last of them never."""
MOST_FAILURES: Final = 8
"""So many failures in a row, and a paper is asked about no more: the guide answers, but not about this one."""

_NEEDED: Final = frozenset({"abstract", "authors"})
_TITLE_CHARS: Final = 300
_LEAST_WORDS: Final = 3
_LEAST_CHARS: Final = 12


def lacks(paper: Paper) -> frozenset[str]:
    """What nobody has said of the paper yet: abstract, authors, code, tldr, keywords, venue."""
    known = {
        "abstract": paper.abstract,
        "authors": paper.authors,
        "code": paper.links.code,
        "tldr": paper.tldr,
        "keywords": paper.keywords,
        "venue": paper.venue,
    }
    return frozenset(name for name, value in known.items() if not value)


def wants_of(paper: Paper, today: date) -> list[Want]:
    """What each guide is to be asked about a paper; an empty question where it can give nothing."""
    return [Want(paper.id, guide, question_of(paper, guide, today)) for guide in GUIDES]


def question_of(paper: Paper, guide: Guide, today: date) -> str:
    """What a guide is asked about a paper: its id there, its title where it has none, or nothing.

    Of older papers only abstract and authors are worth a request: the rest is written while a paper is new.
    """
    known = with_aliases(paper.identifiers)
    scheme = "arxiv" if any(one.scheme == "arxiv" for one in known) else "hf" if guide == "hf" else ""
    own = next((one for one in known if one.scheme == scheme), None)
    missing = lacks(paper) & {*GIVES[guide]}
    if (today - (paper.published_on or paper.first_seen_on)).days > RECENT_DAYS:
        missing &= _NEEDED
    if own is not None:
        return str(own) if missing else ""
    has_id = any(one.scheme in ("arxiv", "hf") for one in known)
    return TITLE if not has_id and _can_be_found(paper.title) else ""


def may_be_asked(paper: Paper, question: str, private: Private) -> bool:
    """Whether a question may leave this installation: see decision 14."""
    return paper.visible_to is None or private == "titles" or (private == "ids" and question != TITLE)


def _can_be_found(title: str) -> bool:
    """Whether a title has words enough for an equal one to be told from chance, and is whole."""
    title = readable(title)
    key = title_key(title)
    whole = not title.rstrip().endswith(("…", "...")) and len(title) <= _TITLE_CHARS
    long_enough = len(key.split()) >= _LEAST_WORDS or (len(key) >= _LEAST_CHARS and not key.isascii())
    return whole and long_enough and not is_generic(key)


def the_answer(question: str, paper: Paper, entries: Sequence[Entry]) -> Entry | None:
    """The entry that is proven to be about this paper; none where two of them are different papers.

    Asked for by its title, the proof is the one by which two listings are joined: see `same_by_title`.
    """
    if question == TITLE:
        key = title_key(paper.title)
        proven = [one for one in entries if _ids(one) and title_key(one.title) == key and same_by_title(paper, one)]
    else:
        proven = [one for one in entries if named(question, one) and not contradict(paper, one)]
    return proven[0] if len({_ids(one)[:1] for one in proven}) == 1 else None


def named(question: str, entry: Entry) -> bool:
    """Whether an entry has the id that was asked for."""
    return question in map(str, _ids(entry))


def _ids(entry: Entry) -> tuple[Identifier, ...]:
    return with_aliases(one for one in map(canonical, entry.identifiers) if one.scheme in ("arxiv", "hf"))


def next_try(now: datetime, tries: int, jitter: float) -> datetime | None:
    """When a paper that still lacks something is asked about again, after so many answers; `None`: it is given up.

    `jitter`, 0 to 1, keeps papers of one day from coming back at one moment.
    """
    return now + WAITS[tries - 1] * (1 + jitter / 4) if 0 < tries <= len(WAITS) else None
