"""What a stretch of a query means: a topic of the table, or what stored abstracts define an acronym as. Knows no paper.

An acronym may have several readings. The one that stored abstracts define most often is searched, with those that are defined as
often; the others are only named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.acronyms import acronym_key, plain
from bot.ports import Library
from bot.query import Concept, Form, Plan
from bot.small_words import has_small_ends
from bot.topic_table import Topic, words
from bot.topics import below, is_same_topic, readings, topic_named

OTHER_NAME = 0.9
UNSURE = 0.3
"""The weight of an acronym where it has several readings: papers that only say it come last."""
ACRONYM_CHARS = 8
KNOWN = 3
"""For how many papers that define an acronym so the table speaks."""
RARE = 0.1
EVEN = 0.8
"""Readings that two papers or more define, nearly as many as the first, are searched with it: nothing tells which is meant."""
OTHERS = 3
MOST_LONG_FORMS = 40
"""How many of the long forms of an acronym are looked at, frequent ones first: most are one another but for a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a stretch of the query means.

    `forms`: what is searched. `names`: how papers may say it, as typed first; `narrower`: how they may say a part of it.
    `others`: what else it can mean. `even`: the forms of each of several readings that are equally likely, else nothing.
    """

    text: str
    forms: tuple[Form, ...]
    names: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    even: tuple[tuple[Form, ...], ...] = ()


@dataclass(slots=True)
class Reading:
    """One reading of an acronym: a topic of the table, or long forms that say the same; and how many papers define it so.

    `is_listed`: whether the table, too, says that the acronym stands for it.
    """

    topic: Topic | None
    is_listed: bool = False
    long_forms: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def name(self) -> str:
        """What it is called."""
        return self.topic.name if self.topic else self.long_forms[0]

    @property
    def likelihood(self) -> int:
        """How many papers speak for it, the table among them."""
        return self.count + KNOWN * self.is_listed

    @property
    def forms(self) -> tuple[Form, ...]:
        """How it is searched."""
        if self.topic is not None:
            return (Form(self.topic.key, is_topic=True),)
        return tuple(Form(one, OTHER_NAME) for one in self.long_forms[:3])

    @property
    def names(self) -> tuple[str, ...]:
        """How papers may say it."""
        return self.topic.names if self.topic else tuple(self.long_forms[:3])

    def covers(self, long_form: str) -> bool:
        """Whether a long form is another way to say it."""
        if self.topic is not None:
            return is_same_topic(long_form, self.topic)
        return any(_are_one(long_form, known) for known in self.long_forms)


def meaning(text: str, library: Library) -> Meaning:
    """What a word or phrase of a query means."""
    found = acronym_readings(text, library)
    if not found:
        short = tuple(_acronyms_of(text, library))
        return Meaning(text=text, forms=(Form(text), *(Form(one, OTHER_NAME) for one in short)), names=(text, *short))
    best, *rest = found
    even = [best, *(one for one in rest if one.count > 1 and one.likelihood >= EVEN * best.likelihood)]
    enough = max(2, best.count * RARE)
    offered = [one for one in rest if one.count >= enough or (one.topic and one.is_listed and _has_papers(one.topic, library))]
    others = tuple(one.name for one in ([best] if len(even) > 1 else []) + offered)[:OTHERS]
    literal = () if best.is_listed and not rest else (Form(text, UNSURE if others or best.topic else 1.0),)
    readings = tuple((*one.forms, *literal) if one.topic else (*literal, *one.forms) for one in even)
    names = (name for one in even for name in one.names if words(name) != words(text))
    return Meaning(
        text=text,
        forms=tuple(dict.fromkeys(form for forms in readings for form in forms)),
        names=tuple(dict.fromkeys((text, *names))),
        narrower=tuple(name for one in even if one.topic for name in below(one.topic)),
        others=others,
        even=readings if len(even) > 1 else (),
    )


def acronym_readings(text: str, library: Library) -> list[Reading]:
    """What a form can mean, by the table and by what stored abstracts define, likely ones first; empty where nothing is known."""
    known = readings(text)
    if " " in text or len(text) > ACRONYM_CHARS or (known and known[0].reason and words(known[0].name) == words(text)):
        return [Reading(topic, is_listed=True) for topic in known]
    found = [Reading(topic, is_listed=True) for topic in known if topic.reason]
    for long_form, count in library.index.long_forms(acronym_key(text), viewer=library.viewer)[:MOST_LONG_FORMS]:
        reading = next((one for one in found if one.covers(long_form)), None)
        if reading is None:
            reading = Reading(topic_named(long_form))
            found.append(reading)
        reading.long_forms.append(long_form)
        reading.count += count
    if not found:
        return [Reading(topic, is_listed=True) for topic in known]
    return sorted(found, key=lambda one: -one.likelihood)


def _has_papers(topic: Topic, library: Library) -> bool:
    plan = Plan(must=(Concept((Form(topic.key, is_topic=True),)),))
    return library.index.candidates(plan, limit=1, viewer=library.viewer).total > 0


def _acronyms_of(text: str, library: Library) -> Iterable[str]:
    """The acronyms that stored abstracts give a phrase, of those that mean little else."""
    if len(words(text)) < 2 or has_small_ends(text):
        return
    for short, _ in library.index.short_forms(plain(text), viewer=library.viewer)[:2]:
        best = next(iter(acronym_readings(short, library)), None)
        if best is not None and best.covers(plain(text)):
            yield short


def _are_one(one: str, other: str) -> bool:
    """Whether two long forms are the same but for plurals, hyphens and words around them."""
    first, second = f" {' '.join(words(one))} ", f" {' '.join(words(other))} "
    return first in second or second in first
