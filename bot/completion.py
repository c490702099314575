"""What a half-typed command may become: commands, topics and paper names. Bounded work; knows no platform."""

from dataclasses import dataclass

from bot.commands import COMMANDS
from bot.names import name_key
from bot.ports import Library
from bot.topics import SYNONYMS

MOST = 8
_TYPED_CHARS = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """A suggestion: the whole command line it becomes, what to show, and a few words on what it is."""

    value: str
    label: str
    hint: str


def complete(text: str, library: Library) -> list[Completion]:
    """At most `MOST` suggestions for what was typed so far; none for text that is no command."""
    text = text.lstrip()[:_TYPED_CHARS]
    if not text.startswith("/"):
        return []
    slash, space, rest = text.partition(" ")
    if not space:
        return [one for one in _commands() if one.value.lower().startswith(text.lower())][:MOST]
    if slash.lower() == "/paper":
        return _names("/paper", rest, library)
    if slash.lower() != "/papers":
        return []
    verb, more, name = rest.partition(" ")
    if more and verb.lower() in ("similar", "abstract"):
        return _names(f"/papers {verb.lower()}", name, library)
    return [*_verbs(rest), *_topics(rest)][:MOST]


def _commands() -> list[Completion]:
    verbs = [one for one in COMMANDS if one.verb]
    return [
        Completion("/papers", "/papers", "the newest day's papers"),
        Completion("/paper ", "/paper", "one paper by its name"),
        *(Completion(f"/papers {one.verb}{' ' if one.takes_text else ''}", f"/papers {one.verb}", one.gives) for one in verbs),
    ]


def _verbs(typed: str) -> list[Completion]:
    wanted = f"/papers {typed.lower()}"
    return [one for one in _commands() if one.value.startswith("/papers ") and one.value.strip().startswith(wanted)]


def _topics(typed: str) -> list[Completion]:
    wanted = typed.lower().strip()
    if not wanted:
        return []
    found = []
    for forms in SYNONYMS:
        match = next((form for form in forms if form.startswith(wanted)), None)
        if match:
            others = ", ".join(form for form in forms[:3] if form != match)
            found.append(Completion(f"/papers {match}", match, f"topic, also {others}" if others else "topic"))
    return found


def _names(command: str, typed: str, library: Library) -> list[Completion]:
    key = name_key(typed)
    if not key:
        return []
    return [Completion(f"{command} {name}", name, "paper") for name in library.index.complete(key, limit=MOST)]
