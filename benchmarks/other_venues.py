"""Papers unlike those that search was built on: `python -m benchmarks.other_venues 200000 other.jsonl.gz`.

Twelve fields, 1985 to 2020: many without an abstract or with two sentences; titles without a name, in capitals, with a dash;
names that are acronyms of the title, words that many papers share, numbered versions; authors with initials. All made up out of
`venue_words`, so words are few and papers of a field alike: it tests names, forms and readings, not the breadth of language.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.questions import Questions, held_out_questions
from benchmarks.topic_questions import Topic
from benchmarks.upsample import write_corpus
from benchmarks.venue_words import DOINGS, FAMILY, FIELDS, MANNERS, READINGS, WORDS, Reading

SEED: Final = 1985
EVEN: Final = 0.8
"""Readings with so large a part of the most frequent one's papers: abstracts define a third of them, so less is chance."""
YEARS: Final = range(1985, 2021)
_SYLLABLES: Final = (
    "ba,be,bi,bo,ca,ce,co,cu,da,de,di,do,fa,fe,fi,fo,ga,go,ha,he,jo,ka,ke,ki,la,le,li,lo,lu,ma,me,mi,mo,na,ne,no,pa,pe,"
    "pi,po,ra,re,ri,ro,sa,se,si,so,ta,te,ti,to,tu,va,ve,vi,vo,wa,we,xa,ya,za,ze,zo"
).split(",")


def venue_papers(count: int, seed: int = SEED) -> Iterator[tuple[dict[str, Any], Reading | None]]:
    """Papers as records, each with the reading of the acronym that it is about, if it is about one. The same ones each time."""
    chance = random.Random(seed)
    fields = list(FIELDS)
    by_field = {field: [one for one in READINGS if one.field == field] for field in fields}
    for number in range(count):
        field = chance.choice(fields)
        reading = chance.choice(by_field[field]) if by_field[field] and chance.random() < 0.12 else None
        yield _paper(number, field, reading, chance), reading


def _paper(number: int, field: str, reading: Reading | None, chance: random.Random) -> dict[str, Any]:
    year = chance.choice(YEARS)
    subject, other = chance.sample(FIELDS[field], 2)
    doing = chance.choice(DOINGS)
    about = _said(reading, chance, defines=False) if reading else subject
    bare = chance.choice(
        (
            f"{chance.choice(MANNERS)} {doing} of {about} for {other}s",
            f"On the {doing} of {about}",
            f"A note on {about} and {other} {doing}",
            f"{about} {doing}: a {chance.choice(MANNERS)} approach",
            f"{chance.choice(MANNERS)} {about} using {other} {doing}",
            f"{doing} and {chance.choice(DOINGS)} of {chance.choice(MANNERS)} {about}s",
        )
    )
    title, name = _named(_capital(bare), year, chance)
    abstract = _abstract(reading, (subject, other, doing), name, year, chance)
    return {
        "id": f"doi:10.5555/venue.{number}",
        "title": title.upper() if year < 1995 and chance.random() < 0.1 else title,
        "abstract": abstract,
        "authors": [
            f"{chance.choice('ABCDEFGHJKLMNPRSTW')}. {chance.choice('ABCDEFGHJKLMNPRSTW')}. {chance.choice(FAMILY)}"
            for _ in range(chance.randint(1, 5))
        ],
        "date": date(year, chance.randint(1, 12), chance.randint(1, 28)).isoformat(),
    }


def _named(bare: str, year: int, chance: random.Random) -> tuple[str, str]:
    """A title with or without its paper's name, and the name that the abstract may coin."""
    name = _name(bare, chance)
    kind = chance.random()
    if kind < 0.22:
        return f"{name}: {bare}", name
    if kind < 0.27:
        return f"{name} - {bare}", name
    if kind < 0.31:
        return f"The {name} system" + (f": {bare}" if year > 2000 else ""), name
    return (f"{bare} (extended abstract)" if kind > 0.96 else bare), name if kind < 0.5 else ""


def _name(bare: str, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.3:
        letters = "".join(word[0] for word in bare.replace("-", " ").split() if len(word) > 2).upper()
        if len(letters) >= 4:
            return letters + chance.choice(("", "", "-II", "/2", "*", "90"))
    if kind < 0.4:
        return chance.choice(WORDS) + chance.choice(("", "", " II", "-2"))
    made = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3)))
    return chance.choice((made.upper(), made.capitalize(), made.capitalize() + chance.choice(("DB", "Net", "OS", "ML", "Sim"))))


def _said(reading: Reading, chance: random.Random, *, defines: bool) -> str:
    """How a paper says it: defined, in full, or by its acronym alone."""
    return f"{reading.long} ({reading.short})" if defines else chance.choice((reading.long, reading.short))


def _abstract(reading: Reading | None, words: tuple[str, str, str], name: str, year: int, chance: random.Random) -> str:
    if chance.random() < (0.45 if year < 2000 else 0.15):
        return ""
    subject, other, doing = words
    said = [_said(reading, chance, defines=chance.random() < 0.4)] if reading else []
    first = said[0] if said else subject
    cases, gain, third = chance.randint(3, 90), chance.randint(2, 60), chance.choice(FIELDS["theory"])
    sentences = [
        f"The {doing} of {first} is studied in the presence of {other}s.",
        f"We describe {name}, a {chance.choice(MANNERS)} approach to {first}." if name else f"We consider {subject} itself.",
        f"Previous work on {other} assumed {chance.choice(MANNERS)} {chance.choice(DOINGS)}.",
        f"Experiments with {cases} cases show that {subject} {chance.choice(DOINGS)} improves by {gain}%.",
        f"A {chance.choice(MANNERS)} {chance.choice(DOINGS)} of the {third} follows.",
        f"The results extend to {chance.choice(MANNERS)} {other} {chance.choice(DOINGS)}.",
    ]
    return " ".join(sentences[: chance.choice((1, 2, 2, 6))])


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def venue_questions(count: int, seed: int = SEED) -> Questions:
    """Names and typing errors by the rules of the split that is kept aside; acronyms, and their readings in full.

    A paper that says an acronym alone is about its field's reading. The acronym asks for its most frequent reading, each full
    form for its own; papers about any reading are judged. Where readings are `EVEN`, nobody can know which is meant: the acronym
    asks for each in a class of its own, where half is the most that can be had on average; the worst says whether one is hidden.
    """
    made = list(venue_papers(count, seed))
    names = held_out_questions([record for record, _ in made], frozenset()).names
    about: dict[Reading, set[str]] = {one: set() for one in READINGS}
    for record, reading in made:
        if reading and (reading.short in f"{record['title']} {record['abstract']}" or reading.long in record["abstract"].lower()):
            about[reading].add(record["id"])
    topics = []
    for short in dict.fromkeys(one.short for one in READINGS):
        readings = {one: frozenset(about[one]) for one in READINGS if one.short == short}
        pool = frozenset().union(*readings.values())
        most = max(readings.values(), key=len)
        even = [those for those in readings.values() if len(those) >= EVEN * len(most)]
        kind = "topics, even acronyms" if len(even) > 1 else "topics"
        topics += [Topic(kind, short.lower(), those, those, pool) for those in even]
        topics += [Topic("topics", one.long, those, those, pool) for one, those in readings.items()]
    return Questions(names, topics)


def main() -> None:
    """Write the corpus."""
    if len(sys.argv) != 3:
        sys.exit("python -m benchmarks.other_venues COUNT FILE.jsonl.gz")
    papers = (json.dumps(record, ensure_ascii=False).encode() for record, _ in venue_papers(int(sys.argv[1])))
    write_corpus(papers, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
