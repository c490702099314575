"""What a half-typed command may become: commands, topics and paper names. Bounded work; knows no platform."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.commands import COMMANDS
from bot.export import FORMATS, FileFormat
from bot.identity import title_key
from bot.names import name_key
from bot.ports import Library
from bot.prose import cut_at_word
from bot.spans import clean_line
from bot.subscribe_line import wish_line, zone_names
from bot.subscription import Subscription
from bot.topics import topic_names

MOST = 8
MOST_COMMANDS = 25  # all there are: Discord shows no more
_TYPED_CHARS = 200
_REPAIRED_CHARS = 4  # shorter words are too near to too many others
_TITLES_READ = 40
_TITLE_CHARS = 80
_LIKE = 82.0
_OF_PAPERS = ("similar", "abstract", "why", "save", "unsave")
_OF_SUBSCRIPTIONS = ("unsubscribe", "preview", "resume")
_QUERIES = 5  # so that all commands still follow where nothing is typed
_DAYS = (
    ("weekdays", "Monday to Friday"),
    ("daily", "every day"),
    ("mon,wed,fri", "these days"),
    ("weekends", "Saturday, Sunday"),
)
_TIMES = tuple((at, "time of day") for at in ("08:00", "09:00", "12:00", "17:00"))
_SETTINGS = (
    ("top 10", "at most ten papers"),
    ("layout thread", "headlines, and a reply a paper"),
    ("layout list", "one message"),
    ("layout cards", "a message a paper"),
    ("quiet", "silent on days without papers"),
    ("within 6h", "may be that late"),
)


@dataclass(frozen=True, slots=True)
class Completion:
    """A suggestion: the whole command line it becomes, what to show, and a few words on what it is."""

    value: str
    label: str
    hint: str


def needs_subscriptions(text: str, *, guest: bool = False) -> bool:
    """Whether the channel's subscriptions, or what they ask for, are among what this may become: never for a guest."""
    slash, space, rest = text.lstrip()[:_TYPED_CHARS].partition(" ")
    verb, more, _ = rest.partition(" ")
    asks = not (more and _is_verb(verb))
    return not guest and slash.lower() == "/papers" and bool(space) and (asks or verb.lower() in _OF_SUBSCRIPTIONS)


def complete(text: str, library: Library, mine: Sequence[Subscription] = ()) -> list[Completion]:
    """At most `MOST` suggestions (commands: `MOST_COMMANDS`) for what was typed so far; none for text that is no command.

    Args:
        text: what was typed.
        library: whose names are suggested, as its viewer may see them.
        mine: the subscriptions of the channel, where `needs_subscriptions` says so.
    """
    text = text.lstrip()[:_TYPED_CHARS]
    if not text.startswith("/"):
        return []
    slash, space, rest = text.partition(" ")
    if not space:
        return [one for one in _commands() if one.value.lower().startswith(text.lower())][:MOST_COMMANDS]
    if slash.lower() == "/paper":
        return _names("/paper", rest, library)
    if slash.lower() != "/papers":
        return []
    verb, more, name = rest.partition(" ")
    if more and verb.lower() in _OF_PAPERS:
        return _names(f"/papers {verb.lower()}", name, library)
    if more and verb.lower() in _OF_SUBSCRIPTIONS:
        return _numbers(verb.lower(), name, mine)
    if more and verb.lower() == "export":
        return _files(name, library)[:MOST]
    if more and verb.lower() == "subscribe":
        return _settings(name)[:MOST]
    found = {one.value: one for one in (*_queries(rest, mine), *_verbs(rest), *_topics(rest))}
    return list(found.values())[: MOST if rest.strip() else MOST_COMMANDS]


def _commands() -> list[Completion]:
    verbs = [one for one in COMMANDS if one.verb and one.listed]
    return [
        Completion("/papers", "/papers", "the newest day's papers"),
        Completion("/paper ", "/paper", "one paper by its name"),
        *(Completion(f"/papers {one.verb}{' ' if one.takes_text else ''}", f"/papers {one.verb}", one.gives) for one in verbs),
    ]


def _verbs(typed: str) -> list[Completion]:
    wanted = f"/papers {typed.lower()}"
    return [one for one in _commands() if one.value.startswith("/papers ") and one.value.strip().startswith(wanted)]


def _is_verb(word: str) -> bool:
    return any(one.verb == word.lower() for one in COMMANDS if one.verb)


def _queries(typed: str, mine: Sequence[Subscription]) -> list[Completion]:
    """What the channel is subscribed to, where a word of it begins so; not what would be read as another command."""
    wanted = f" {typed.lower().strip()}"
    queries = dict.fromkeys(one.wish.query for one in mine)
    fitting = [query for query in queries if wanted in f" {query.lower()}" and not _is_verb(query.partition(" ")[0])]
    return [Completion(f"/papers {query}", cut_at_word(query, _TITLE_CHARS), "subscribed here") for query in fitting if query][
        :_QUERIES
    ]


def _topics(typed: str) -> list[Completion]:
    wanted = typed.lower().strip()
    if not wanted:
        return []
    found = []
    for forms in topic_names():
        match = next((form for form in forms if form.startswith(wanted)), None)
        if match:
            others = ", ".join(form for form in forms[:3] if form != match)
            found.append(Completion(f"/papers {match}", match, f"topic, also {others}" if others else "topic"))
    return found


def _names(command: str, typed: str, library: Library, *, near: bool = True) -> list[Completion]:
    """Names that begin so; where none does and `near` ones will do, misspelt names, else titles."""
    key = name_key(typed)
    if not key:
        return []
    names = library.index.complete(key, limit=MOST, viewer=library.viewer) or (_misspelt(key, library) if near else [])
    found = [Completion(f"{command} {name}", name, "paper") for name in names]
    return found or (_titles(command, typed, library) if near else [])


def _misspelt(key: str, library: Library) -> list[str]:
    """Names, as written, that are this but for a letter or two behind the first; the nearest first.

    The first letter is taken as it is: names are sorted, so the others need not be looked at between two keystrokes.
    """
    if len(key) < _REPAIRED_CHARS:
        return []
    names = library.index.names(viewer=library.viewer)
    same = names[bisect_left(names, key[0]) : bisect_left(names, chr(ord(key[0]) + 1))]
    most = 1 if len(key) <= 4 else 2
    near = process.extract(key, same, scorer=OSA.distance, score_cutoff=most, limit=MOST)
    written = (library.index.complete(name, limit=1, viewer=library.viewer) for name, _, _ in near)
    return list(dict.fromkeys(name for found in written for name in found))


def _titles(command: str, typed: str, library: Library) -> list[Completion]:
    """Titles that hold what was typed, but for typing errors; the nearest first, each cut so that it still finds its paper."""
    wanted = title_key(typed)
    if len(wanted) < _REPAIRED_CHARS:
        return []
    scored = []
    for match in library.index.titles_like(typed, limit=_TITLES_READ, viewer=library.viewer):
        score = fuzz.partial_ratio(wanted, title_key(match.title)[:_TITLE_CHARS])
        if score >= _LIKE:
            scored.append((score, clean_line(match.title)))
    scored.sort(key=lambda one: (-one[0], one[1]))  # equal ones in one order, whatever the index gives
    titles = dict.fromkeys(cut_at_word(title, _TITLE_CHARS).rstrip("…") for _, title in scored)
    return [Completion(f"{command} {title}", title, "title") for title in list(titles)[:MOST]]


def _files(typed: str, library: Library) -> list[Completion]:
    """How an export may go on: a format, then the list of saved papers, a topic or a name."""
    word, more, asked = typed.partition(" ")
    if not more:
        return [Completion(f"/papers export {one.word} ", one.word, one.name) for one in _formats(word)]
    if word.lower() not in FORMATS:
        return []
    start = f"/papers export {word.lower()}"
    saved = [Completion(f"{start} saved", "saved", "your list")] if "saved".startswith(asked.lower().strip()) else []
    topics = [Completion(f"{start} {one.label}", one.label, one.hint) for one in _topics(asked)]
    return [*saved, *topics, *_names(start, asked, library, near=not (saved or topics))]


def _formats(typed: str) -> list[FileFormat]:
    return [one for one in FORMATS.values() if one.word.startswith(typed.lower())]


def _numbers(verb: str, typed: str, mine: Sequence[Subscription]) -> list[Completion]:
    """The channel's subscriptions by their numbers; typed words look for one by its line."""
    found = []
    for one in mine:
        line = wish_line(one.wish)
        if f"#{one.id}".startswith(typed) or str(one.id).startswith(typed) or typed.lower() in line.lower():
            found.append(Completion(f"/papers {verb} #{one.id}", f"#{one.id}", line))
    if verb == "preview" and "7".startswith(typed):
        found.append(Completion("/papers preview 7", "7", "what the last seven days would have brought"))
    if verb == "unsubscribe" and len(mine) > 1 and "all".startswith(typed.lower()):
        found.append(Completion("/papers unsubscribe all", "all", "stops every subscription of this channel"))
    return found[:MOST]


def _settings(typed: str) -> list[Completion]:
    """How the line of a subscription may go on: a topic first, then days, a time behind days, a zone behind a time."""
    head, _, word = typed.rpartition(" ")
    before = head.rpartition(" ")[2].lower()
    start = f"/papers subscribe {head} " if head else "/papers subscribe "
    if re.fullmatch(r"\d{1,2}:\d{2}", before):
        found = [Completion(start + zone, zone, "time zone") for zone in zones(word)]
        return found or _beginning(start, word, _SETTINGS)
    if before in dict(_DAYS) or re.fullmatch(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z,-]*", before):
        return _beginning(start, word, _TIMES)
    topics = [Completion(f"/papers subscribe {one.label}", one.label, one.hint) for one in _topics(word)] if not head else []
    return [*topics, *_beginning(start, word, (*_DAYS, *(_SETTINGS if head else ())))]


def _beginning(start: str, word: str, choices: Sequence[tuple[str, str]]) -> list[Completion]:
    return [Completion(start + value, value, hint) for value, hint in choices if value.startswith(word.lower())]


def zones(typed: str) -> list[str]:
    """Time zones that begin so, or whose city does."""
    wanted = typed.lower().replace(" ", "_")
    names = [name for name in zone_names() if "/" in name and not name.startswith("Etc/")]
    by_city = [name for name in names if name.rpartition("/")[2].lower().startswith(wanted)]
    return list(dict.fromkeys([*by_city, *(name for name in names if name.lower().startswith(wanted))]))[:MOST] if wanted else []
