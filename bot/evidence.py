"""What a query was taken to mean, and what in a paper speaks for it, in lines: `search --explain`, `topics explain`."""

from collections.abc import Iterator, Sequence

from bot.meaning import Meaning, acronym_readings
from bot.model import Paper
from bot.ports import Library
from bot.query import Concept, Form, Plan
from bot.topic_table import Topic, words
from bot.topics import as_written, below, table, topic_named

_MOST_FORMS = 6
_MOST_READINGS = 12


def meaning_lines(meanings: Sequence[Meaning]) -> Iterator[str]:
    """What each stretch of a query was searched as."""
    for one in meanings:
        how = "the topic" if one.forms[0].is_topic else "the words"
        yield f"“{one.text}” is searched as {how}: {_some(one.names, 10)}"
        if one.narrower:
            yield f"  and with less weight: {_some(one.narrower, 10)}"
        if one.others:
            yield f"  it can also mean: {_some(one.others, 10)}"


def evidence_lines(paper: Paper, meanings: Sequence[Meaning]) -> Iterator[str]:
    """Where and how often a paper says each stretch of a query."""
    places = (("title", paper.title), ("keywords", " ; ".join(paper.keywords)), ("abstract", paper.abstract))
    for one in meanings:
        parts = [
            f"{'narrower, ' * is_narrower}{place}: {_some(said, _MOST_FORMS)}"
            for is_narrower, forms in enumerate((one.names, one.narrower))
            for place, text in places
            if (said := _said(text, forms))
        ]
        yield f"“{one.text}” · {' · '.join(parts) or 'its words, or words of the same stem'}"


def topic_lines(text: str, library: Library) -> Iterator[str]:
    """All that is known of a topic: its lines of the table with their reasons, what stored abstracts define, what is searched."""
    found = acronym_readings(text, library)
    if not found:
        yield f"“{text}” is in no line of the table, and no stored abstract defines it. It is searched as it is typed."
    for number, one in enumerate(found[:_MOST_READINGS], start=1):
        which = "is searched" if number == 1 else "is offered as another reading"
        defined = f" · {one.count:,} stored abstracts define it so" if one.count else ""
        yield f"{number}. {one.name} · {which}{defined}"
        if one.topic is not None:
            yield from _topic(one.topic, library)
        if one.long_forms:
            yield f"   as abstracts write it: {_some(one.long_forms, _MOST_FORMS)}"
    topic = topic_named(text)
    long_form = " ".join(words(topic.name if topic else text))
    shorts = library.index.short_forms(long_form, viewer=library.viewer)
    if shorts:
        counted = [f"{short.upper()} ({count:,})" for short, count in shorts]
        yield f"Stored abstracts shorten “{long_form}” as {_some(counted, 8)}."


def _topic(topic: Topic, library: Library) -> Iterator[str]:
    plan = Plan(must=(Concept((Form(topic.key, is_topic=True),)),))
    about = library.index.candidates(plan, limit=1, viewer=library.viewer).total
    yield f"   names: {_some(topic.names, 40)}" + (f" · because: {topic.reason}" if topic.reason else "")
    if narrower := below(topic):
        yield f"   narrower: {_some(narrower, 60)}"
    if wider := table().wider.get(topic.key):
        yield f"   part of: {_some([table().topics[key].name for key in wider], 20)}"
    yield f"   papers that say it or a part of it: {about:,}"


def _said(text: str, forms: Sequence[str]) -> list[str]:
    whole = f" {' '.join(words(text))} "
    counts = {as_written(form) or form: whole.count(f" {' '.join(words(form))} ") for form in forms}
    return [f"{form} ×{count}" if count > 1 else form for form, count in counts.items() if count]


def _some(forms: Sequence[str], most: int) -> str:
    more = f" and {len(forms) - most} more" if len(forms) > most else ""
    return ", ".join(dict.fromkeys(forms[:most])) + more
