"""What a half-typed command may become: commands, topics and paper names. Bounded work; knows no platform."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import suggesting
from bot.commands import COMMANDS
from bot.export import FORMATS, FileFormat
from bot.ports import Library
from bot.prose import cut_at_word
from bot.subscribe_line import wish_line, zone_names
from bot.subscription import Subscription

MOST = 8
MOST_COMMANDS = 25  # all there are: Discord shows no more
_TYPED_CHARS = 200
_NAMED_CHARS = 3  # fewer begin too many names to be of use beside topics
_OF_PAPERS = ("similar", "abstract", "why", "save", "unsave")
_OF_SUBSCRIPTIONS = ("unsubscribe", "preview", "resume")
_AUTHOR = re.compile(r"^(?P<before>(?:.*\s)?)author:[\"“]?(?P<name>[^\"”]{1,60})$", re.IGNORECASE)
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
    found = {one.value: one for one in (*_queries(rest, mine), *_verbs(rest), *_free(rest, library))}
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
    labels = [(query, cut_at_word(query, suggesting.TITLE_CHARS)) for query in fitting if query][:_QUERIES]
    return [Completion(f"/papers {query}", label, "subscribed here") for query, label in labels]


def _topics(typed: str) -> list[Completion]:
    return [Completion(f"/papers {form}", form, hint) for form, hint in suggesting.topics(typed, MOST)]


def _names(command: str, typed: str, library: Library, *, near: bool = True) -> list[Completion]:
    """Names that begin so; where none does and `near` ones will do, misspelt names, else titles."""
    found = suggesting.names(typed, library, MOST, near=near)
    titles = suggesting.titles(typed, library, MOST) if near and not found else []
    return [
        *(Completion(f"{command} {name}", name, "paper") for name in found),
        *(Completion(f"{command} {title}", title, "title") for title in titles),
    ]


def _people(typed: str, library: Library) -> list[Completion]:
    """How `author:` at the end of a query goes on."""
    asked = _AUTHOR.search(typed)
    if asked is None:
        return []
    found = suggesting.people(asked["name"], library, MOST)
    return [Completion(f'/papers {asked["before"]}author:"{name}"', name, "author") for name in found if '"' not in name]


def _free(typed: str, library: Library) -> list[Completion]:
    """What words may become that are no verb: a person, else topics, then names."""
    people = _people(typed, library)
    if people or _AUTHOR.search(typed):
        return people
    topics = _topics(typed)
    names = _names("/papers", typed, library, near=not topics) if len(typed.strip()) >= _NAMED_CHARS else []
    return [*topics, *names]


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
