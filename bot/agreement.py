"""Whether two records with one title are one paper: what their authors, years and words say for and against it. Pure.

An id decides where both have one (`bot.identity`). A title decides only where nothing speaks against it and the title, or
something beside it, is enough. All else is at most suspected: see `closeness`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Protocol

from rapidfuzz import fuzz

from bot.identity import conflict, squeezed, title_key, with_aliases, words_of_name
from bot.model import Identifier, Organization, Paper

MOST_YEARS_APART: Final = 1
ENOUGH_WORDS: Final = ((4, 30), (5, 20))
"""So many telling words with so many characters in all name a paper by themselves."""
ENOUGH_WIDE: Final = 10
CLOSE: Final = 88.0
"""How alike two titles are, of 100, from which on they are suspected to be one."""

_SAME_TEXT: Final = 120
_LONG_TEXT: Final = 200
_OTHER_TEXT: Final = 0.12
_BEGUN_WORDS: Final = 4
_GENERIC: Final = frozenset(
    "introduction editorial preface foreword afterword erratum corrigendum addendum abstract abstracts contents conclusion "
    "conclusions discussion comment comments commentary reply response rejoinder retraction obituary errata index appendix "
    "acknowledgements acknowledgments summary news letter letters perspective perspectives viewpoint guest special issue "
    "table message chairs chair program editor editors book review reviews overview untitled title paper draft".split()
)
_KINDS: Final = frozenset("survey review overview tutorial introduction report technical system card study primer".split())
_SMALL: Final = frozenset("a an and at by for from in into its of on or s the this to via with from section".split())
_NUMBER: Final = re.compile(r"\w*\d\w*|[ivx]{1,4}|one|two|three|four|first|second|third")
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that put no space between words
_NOBODY: Final = frozenset({"others", "et al", "al", "et", ""})


class Record(Protocol):
    """What an entry and a paper both say."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def abstract(self) -> str: ...  # noqa: D102
    @property
    def authors(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def author_count(self) -> int | None: ...  # noqa: D102
    @property
    def organization(self) -> Organization | None: ...  # noqa: D102
    @property
    def published_on(self) -> date | None: ...  # noqa: D102
    @property
    def identifiers(self) -> tuple[Identifier, ...]: ...  # noqa: D102


def same_by_title(ours: Record, theirs: Record) -> bool:
    """Whether two records that share a title are one paper.

    Never where ids of one scheme differ, years are more than one apart, or both name authors and none is the same. Else where
    they share an author or the words of their abstract, or the title says enough by itself. A short title ("MIST") needs one of
    these, or the very day; one that many papers have ("Editorial") the words, or an author and the year.
    """
    if contradict(ours, theirs):
        return False
    if _is_same_text(ours.abstract, theirs.abstract):
        return True
    shared = _share_an_author(ours.authors, theirs.authors)
    key = title_key(ours.title)
    if is_generic(key):
        return bool(shared) and _year(ours) == _year(theirs) is not None
    if shared:
        return True
    if says_enough(key):
        return not _is_other_text(ours.abstract, theirs.abstract)
    day = ours.published_on
    return day is not None and day == theirs.published_on and (day.month, day.day) != (1, 1)  # which is how a bare year is stored


def same_paper(ours: Paper, theirs: Paper) -> bool:
    """Whether two stored papers are one: they share an id, or a title and what beside it is enough."""
    shared = {one.scheme for one in {*with_aliases(ours.identifiers)} & {*theirs.identifiers}}
    return bool(shared - {"title"}) or (bool(shared) and same_by_title(ours, theirs))


def contradict(ours: Record, theirs: Record) -> bool:
    """Whether two records cannot be one paper, by their ids, years or authors."""
    if conflict(with_aliases(ours.identifiers), theirs.identifiers):
        return True
    our_year, their_year = _year(ours), _year(theirs)
    if our_year and their_year and abs(our_year - their_year) > MOST_YEARS_APART:
        return True
    return _share_an_author(ours.authors, theirs.authors) is False


def closeness(ours: Record, theirs: Record) -> float:
    """How alike the titles of two records are, 0 to 100; 0 where they cannot be one paper or differ in a number.

    One that is the beginning of the other is compared with as much of it; what follows may hold a number ("Part II") only where
    the shorter one ends in "…".
    """
    one, other = sorted((title_key(ours.title), title_key(theirs.title)), key=len)
    if not one or contradict(ours, theirs):
        return 0.0
    score, compared = fuzz.ratio(one, other), other
    if len(one) < len(other) and len(one.split()) >= _BEGUN_WORDS:
        begun = other[: len(one)]
        score, compared = max((score, compared), (fuzz.ratio(one, begun) - 1, begun))
    is_cut = any(record.title.rstrip().endswith(("…", "...")) for record in (ours, theirs))
    if score < CLOSE or _numbers(one) != _numbers(compared if is_cut else other):
        return 0.0
    return float(round(score, 1))


def is_generic(key: str) -> bool:
    """Whether a title, as `title_key` gives it, is one that many papers have: "Editorial", "Special Issue"."""
    return not key or all(word in _GENERIC or word in _SMALL or word.isdigit() for word in key.split())


def says_enough(key: str) -> bool:
    """Whether a title, as `title_key` gives it, has words enough that no two papers have it by chance."""
    words = key.split()
    if _WIDE.search(key):
        return len(_WIDE.findall(key)) + len(words) >= ENOUGH_WIDE
    idle = _SMALL | _KINDS if _KINDS & {*words} else _SMALL
    telling = [word for word in words if word not in idle and not word.isdigit()]
    return any(len(telling) >= least and len(key) >= chars for least, chars in ENOUGH_WORDS) and not is_generic(key)


def _year(record: Record) -> int | None:
    return record.published_on.year if record.published_on else None


def _share_an_author(ours: Sequence[str], theirs: Sequence[str]) -> bool | None:
    """Whether two lists of authors have one in common; `None` where either is unknown."""
    mine, other = _people(tuple(ours)), _people(tuple(theirs))
    return bool(mine & other) if mine and other else None


@lru_cache(maxsize=1024)
def _people(names: tuple[str, ...]) -> frozenset[str]:
    """Each person in the forms under which lists name them: the full name's words in any order, surname and initial."""
    return frozenset(form for name in names for form in _forms(name))


def _forms(name: str) -> Iterable[str]:
    words = words_of_name(name)
    if " ".join(words) in _NOBODY:
        return
    yield " ".join(sorted(words))
    if len(words) > 1:
        yield f"{words[-1]}, {words[0][0]}"


def _is_same_text(ours: str, theirs: str) -> bool:
    if min(len(ours), len(theirs)) < _SAME_TEXT:
        return False
    mine, other = squeezed(ours)[:_SAME_TEXT], squeezed(theirs)[:_SAME_TEXT]
    return len(mine) == _SAME_TEXT and mine == other


def _is_other_text(ours: str, theirs: str) -> bool:
    """Whether two abstracts, both long enough to tell, have hardly a word in common."""
    if min(len(ours), len(theirs)) < _LONG_TEXT:
        return False
    mine, other = ({word for word in title_key(text).split() if len(word) > 4} for text in (ours, theirs))
    return bool(mine and other) and len(mine & other) / min(len(mine), len(other)) < _OTHER_TEXT


def _numbers(key: str) -> list[str]:
    return sorted(word for word in key.split() if _NUMBER.fullmatch(word))
