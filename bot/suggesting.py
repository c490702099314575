"""What half a name, title or person may become, typing errors forgiven. Bounded work; knows no command and no platform."""

from rapidfuzz import fuzz

from bot.identity import title_key
from bot.model import Paper
from bot.names import name_key
from bot.ports import Library
from bot.prose import cut_at_word
from bot.slips import begins
from bot.spans import clean_line
from bot.topics import near_topics, topic_names

REPAIRED_CHARS = 4  # shorter words are too near to too many others
TITLE_CHARS = 80
_TITLES_READ = 40
_AUTHORED_READ = 20
_LIKE = 82.0


def names(typed: str, library: Library, most: int, *, near: bool) -> list[str]:
    """Names, as written, that begin so, those of popular papers first; where none does, those `near` it."""
    key = name_key(typed)
    if not key:
        return []
    found = library.index.names_like(key, wrong=0, begins=True, limit=most, viewer=library.viewer)
    if not found and near and len(key) >= REPAIRED_CHARS:
        found = library.index.names_like(key, wrong=1, begins=True, limit=most, viewer=library.viewer)
    return [name.written for name in found]


def titles(typed: str, library: Library, most: int) -> list[str]:
    """Titles that hold what was typed, but for typing errors; the nearest first, each cut so that it still finds its paper."""
    wanted = title_key(typed)
    if len(wanted) < REPAIRED_CHARS:
        return []
    scored = []
    for match in library.index.titles_like(typed, limit=_TITLES_READ, viewer=library.viewer):
        score = fuzz.partial_ratio(wanted, title_key(match.title)[:TITLE_CHARS])
        if score >= _LIKE:
            scored.append((score, clean_line(match.title)))
    scored.sort(key=lambda one: (-one[0], one[1]))  # equal ones in one order, whatever the index gives
    return list(dict.fromkeys(cut_at_word(title, TITLE_CHARS).rstrip("…") for _, title in scored))[:most]


def people(typed: str, library: Library, most: int) -> list[str]:
    """Authors and organisations with a name that begins so, those of popular papers first; else with one letter wrong."""
    parts = [name_key(part) for part in typed.split()]
    for wrong in (0, 1) if len(typed) >= REPAIRED_CHARS else (0,):
        ids = library.index.by_author(typed, wrong=wrong, limit=_AUTHORED_READ, viewer=library.viewer)
        papers = library.store.papers(ids, viewer=library.viewer)
        found = dict.fromkeys(name for paper in papers for name in _credited(paper) if _is_begun(parts, name, wrong))
        if found:
            return list(found)[:most]
    return []


def _credited(paper: Paper) -> list[str]:
    return [clean_line(name) for name in (*paper.authors, *([paper.organization.name] if paper.organization else []))]


def _is_begun(parts: list[str], name: str, wrong: int) -> bool:
    """Whether each typed part begins a part of a name."""
    its = [name_key(part) for part in name.replace("-", " ").split()]
    return all(any(begins(part, one, wrong) for one in its) for part in parts if part)


def topics(typed: str, most: int) -> list[tuple[str, str]]:
    """Topics of which a form begins so, that form and a few words on the others; else those whose name is like it."""
    wanted = typed.lower().strip()
    if not wanted:
        return []
    found = [(form, group) for group in topic_names() if (form := next((one for one in group if one.startswith(wanted)), None))]
    if not found and len(wanted) >= REPAIRED_CHARS:
        near = near_topics(wanted, most)
        found = [(group[0], group) for group in topic_names() if group[0] in near]
    others = [(form, ", ".join(other for other in group[:3] if other != form)) for form, group in found]
    return [(form, f"topic, also {more}" if more else "topic") for form, more in others]
