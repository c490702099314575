"""A large corpus out of the shared one: `python -m benchmarks.upsample 1000000 1m.jsonl.gz [1m.db]`.

The real papers come first and keep their ids, so that questions about them can be asked of the large corpus too. Each further
paper has a title of two real titles' halves, an abstract of sentences of two or three papers about the same, and, as often as
real ones do, a name of its own: pieces of real names put together anew, or letters of its title. No made name is that of a real
paper; about one in eight is shared by several made papers. The same papers come out each time, a longer corpus begins with the
shorter one. No sentence is new, so words other than names grow more slowly than they would.
"""

import gzip
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.corpus import corpus_lines
from bot.ingest import ingest_records
from bot.names import find_names, name_key, title_names
from storage.store import open_store

TODAY = date(2026, 11, 23)
OLDEST = date(2007, 1, 1)
SHARED_NAMES = 0.12
RECENT_NAMES = 20_000
SEED = 20261123

_JOINTS = re.compile(r"\s(?=(?:for|with|via|in|from|through|by|using|on|towards|under|across|of)\s)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[a-z0-9)][.?!]) (?=[A-Z])")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+(?:\.\d+)?")
_FEW_PIECES = 3

Record = dict[str, Any]


class Upsampler:
    """Made papers, one after the other. `papers` are the real ones, as records; another `seed` makes other papers."""

    def __init__(self, papers: list[Record], seed: int = SEED) -> None:
        self._papers = papers
        self._chance = random.Random(seed)
        self._sentences = [_SENTENCE.split(one["abstract"]) for one in papers]
        self._names = [title_names(one["title"])[:1] for one in papers]
        found = [find_names(one["title"], one["abstract"]) for one in papers]
        self._own = [tuple(sorted({*one.title, *one.part, *one.coined}, key=lambda name: (-len(name), name))) for one in found]
        self._real = {name_key(name) for names in self._own for name in names}
        short = [name[0] for name in self._names if name and " " not in name[0]]
        pieces = [_PIECE.findall(name) for name in short]
        self._starts = [one[0] for one in pieces if len(one) > 1]
        self._ends = [piece for one in pieces if len(one) > 1 for piece in one[1:_FEW_PIECES]]
        self._named = len(short) / len(papers)
        self._about = self._by_subject()
        self._people = [name.split() for one in papers for name in one["authors"] if len(name.split()) > 1]
        self._made_names: list[str] = []

    def paper(self, number: int) -> Record:
        """The made paper of a number."""
        chance = self._chance
        at = chance.randrange(len(self._papers))
        like = self._like(at)
        title = self._title(at, like[0])
        name = self._name(title) if chance.random() < self._named else None
        return {
            "id": f"doi:10.5555/up.{number}",
            "title": f"{name}: {title}" if name else title,
            "abstract": self._abstract(at, like, name or self._name(title)),
            "authors": [
                f"{chance.choice(self._people)[0]} {chance.choice(self._people)[-1]}" for _ in range(chance.randint(1, 8))
            ],
            "date": self._day().isoformat(),
        }

    def _by_subject(self) -> dict[str, list[int]]:
        """Papers by the words of their titles that at most a hundredth of them hold and at least three do."""
        about: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(self._papers):
            for word in set(re.findall(r"[a-z]{4,}", one["title"].lower())):
                about[word].append(at)
        return {word: those for word, those in about.items() if 3 <= len(those) <= len(self._papers) // 100}

    def _like(self, at: int) -> list[int]:
        """Two papers about the same as one, or any two."""
        words = [word for word in re.findall(r"[a-z]{4,}", self._papers[at]["title"].lower()) if word in self._about]
        near = self._about[self._chance.choice(words)] if words else range(len(self._papers))
        return [self._chance.choice(near) for _ in range(2)]

    def _title(self, at: int, other: int) -> str:
        """The first half of one title, the second of another, without their names."""
        first, second = (self._bare(one) for one in (at, other))
        head = self._chance.choice(_halves(first))[0]
        tail = self._chance.choice(_halves(second))[1]
        return f"{head} {tail}".strip() if head != first or tail else f"{head} for {second}"

    def _bare(self, at: int) -> str:
        title: str = self._papers[at]["title"]
        return title.partition(": ")[2] or title if self._names[at] else title

    def _name(self, title: str) -> str:
        """A name that no real paper goes by: one that is taken, letters of the title, or pieces of real names."""
        chance = self._chance
        if self._made_names and chance.random() < SHARED_NAMES:
            return chance.choice(self._made_names[-RECENT_NAMES:])
        while True:
            letters = "".join(word[0] for word in re.findall(r"[A-Za-z]{3,}", title)).upper()
            if chance.random() < 0.2 and 3 <= len(letters) <= 7:
                name = letters
            else:
                name = chance.choice(self._starts) + chance.choice(("", "", "", "-")) + chance.choice(self._ends)
                name += chance.choice(self._ends) if chance.random() < 0.5 else ""
            if name_key(name) not in self._real and not name.isdigit() and len(name) > 2:
                self._made_names.append(name)
                return name

    def _abstract(self, at: int, like: list[int], name: str) -> str:
        """About as many sentences as the first paper has, in their places, from all of them; the made name for real ones."""
        sources = [at, at, *like]
        said = []
        for place in range(len(self._sentences[at])):
            source = self._chance.choice(sources)
            sentences = self._sentences[source]
            sentence = sentences[min(place, len(sentences) - 1)]
            for own in self._own[source]:
                sentence = sentence.replace(own, name)
            said.append(sentence)
        return " ".join(said)

    def _day(self) -> date:
        """A day between 2007 and the present; the more recent, the more."""
        span = (TODAY - OLDEST).days
        return OLDEST + timedelta(days=int(span * self._chance.random() ** 0.4))


def _halves(title: str) -> list[tuple[str, str]]:
    """A title cut before each of its prepositions, or whole."""
    cuts = [(title[: joint.start()], title[joint.end() :]) for joint in _JOINTS.finditer(title)]
    return cuts or [(title, "")]


def upsampled(count: int) -> Iterator[bytes]:
    """The real papers, then made ones up to `count`, as JSON lines."""
    real = corpus_lines()
    yield from real[:count]
    yield from made_papers(range(len(real), count))


def made_papers(numbers: range, seed: int = SEED) -> Iterator[bytes]:
    """Made papers alone, with ids of these numbers, as JSON lines."""
    if numbers:
        make = Upsampler([json.loads(line) for line in corpus_lines()], seed)
        for number in numbers:
            yield json.dumps(make.paper(number), ensure_ascii=False).encode()


def write_corpus(lines: Iterator[bytes], file: Path) -> None:
    """Write JSON lines into a gzip file; it stands whole or not at all."""
    part = file.with_suffix(".part")
    with gzip.open(part, "wb", compresslevel=4) as stream:
        for line in lines:
            stream.write(line + b"\n")
    part.rename(file)


def fill_database(file: Path, database: Path) -> None:
    """Take a corpus into a new SQLite database through our own ingest."""
    store = open_store(f"sqlite:///{database}")
    try:
        with gzip.open(file, "rb") as lines:
            receipt = ingest_records(lines, store=store, as_of=TODAY)
        print(f"{receipt.added:,} added, {receipt.changed:,} changed, {receipt.unchanged:,} unchanged, {receipt.issues[:3]}")
    finally:
        store.close()


def main() -> None:
    """Write the corpus, and the database where one is named; what is there is not made again."""
    if len(sys.argv) not in (3, 4):
        sys.exit("python -m benchmarks.upsample COUNT FILE.jsonl.gz [FILE.db]")
    count, file = int(sys.argv[1]), Path(sys.argv[2])
    start = time.perf_counter()
    if not file.exists():
        write_corpus(upsampled(count), file)
    print(f"{file}: {time.perf_counter() - start:.0f} s")
    if len(sys.argv) == 4 and not Path(sys.argv[3]).exists():
        fill_database(file, Path(sys.argv[3]))
        print(f"{sys.argv[3]}: {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
