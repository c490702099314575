"""Which topics of the table a paper is about, and how much: where and how often it says their forms. Pure.

The search index marks papers with this, so that a search for a topic is a search for one term.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.acronyms import acronym_key
from bot.topic_forms import Saying, for_comparing, has_beside, said_in
from bot.topics import is_same_topic, table

TITLE_MARKS = 6
KEYWORD_MARKS = 3
BEGINNING_MARKS = 1
MOST_MENTIONS = 8
BEGINNING_WORDS = 40
"""How many words of an abstract say what it is about: one or two sentences."""


@dataclass(slots=True)
class Mentions:
    """How a paper says a topic: `title` and `keywords` whether, `beginning` of the abstract whether, `times` in the abstract."""

    title: bool = False
    keywords: bool = False
    beginning: bool = False
    times: int = 0

    @property
    def marks(self) -> int:
        """How much the paper is about it, 2 to 16: its title says most, then its keywords, then repetition."""
        return (
            TITLE_MARKS * self.title
            + KEYWORD_MARKS * self.keywords
            + BEGINNING_MARKS * self.beginning
            + min(self.times, MOST_MENTIONS)
            + (self.times > 0)
        )


def topic_marks(title: str, abstract: str, keywords: Sequence[str], defined: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The keys of all topics a paper is about, wider ones among them, and how much.

    Args:
        title: its title.
        abstract: its abstract, or nothing.
        keywords: those that its source gives it.
        defined: the acronyms that the abstract defines, as `definitions` finds them.
    """
    own = {key: said.marks for key, said in mentions(title, abstract, keywords, defined).items()}
    marks, wider = dict(own), table().wider
    for key in own:
        for one in wider.get(key, ()):
            marks[one] = own.get(one, 0) + 1
    return marks


def mentions(title: str, abstract: str, keywords: Sequence[str], defined: Iterable[tuple[str, str]]) -> dict[str, Mentions]:
    """How a paper says each topic, by key; without the wider ones."""
    found: dict[str, Mentions] = {}
    doubtful: list[tuple[str, bool, Saying]] = []
    meant = {acronym_key(short): long for short, long in defined}
    begins = _beginning(abstract)
    for place, text in (("title", title), ("abstract", abstract), *(("keywords", keyword) for keyword in keywords)):
        for at, saying in said_in(text):
            long_form = meant.get(saying.acronym) if meant and saying.acronym else None
            if long_form is not None and not is_same_topic(long_form, saying.topic):
                continue  # the paper says itself that it means something else
            if saying.is_plain or long_form is not None:
                _note(found, saying.key, place, is_early=at < begins)
            else:
                doubtful.append((place, at < begins, saying))
    if doubtful:
        compared = f" {for_comparing(title)} {for_comparing(abstract)} "
        for place, is_early, saying in doubtful:
            if saying.key in found or has_beside(compared, saying):
                _note(found, saying.key, place, is_early=is_early)
    return found


def _beginning(abstract: str) -> int:
    """How many characters of an abstract its beginning has."""
    words = abstract.split(maxsplit=BEGINNING_WORDS)
    return len(abstract) - len(words[-1]) if len(words) > BEGINNING_WORDS else len(abstract)


def _note(found: dict[str, Mentions], key: str, place: str, *, is_early: bool) -> None:
    said = found.get(key)
    if said is None:
        said = found[key] = Mentions()
    if place == "abstract":
        said.times += 1
        said.beginning = said.beginning or is_early
    elif place == "title":
        said.title = True
    else:
        said.keywords = True
