"""Identity: are records of one paper joined, and those of two kept apart? On the corpus, with noise and hard negatives, seeded.

Each paper is listed once as it is and once or twice more as another source might: other case and punctuation, TeX, a title that
is cut or misspelt, no id, another form of the id, no authors or shortened ones, a year that is off by one, no abstract. Beside
them stand papers that only look alike. All go, shuffled, through the real store. A merge is a pair of records in one paper.
"""

import random
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path

import orjson

from benchmarks.corpus import corpus_lines, named
from benchmarks.timing import row, timed
from bot.deciding import Decider
from bot.identity import identifiers_of, read_identifier
from bot.model import Entry, Identifier, Paper
from bot.ports import Library, Listing, Resolution
from bot.suspecting import look_for_suspects
from storage.index import TantivyIndex
from storage.open import Storage, open_storage

SEED = 20260612
DAY = date(2026, 6, 12)
BATCH = 400
EVERY, RARE = 4, 50
"""Every fourth paper has look-alikes, every 50th of those such as have its very title."""
PRECISION, RECALL = 0.999, 0.97
TEX = {"é": r"\'e", "ö": r"\"o", "ü": r"\"{u}", "α": r"$\alpha$", "β": r"$\beta$", "&": r"\&", "%": r"\%"}
SHARES = {"case": 0.5, "punctuation": 0.5, "tex": 0.2, "cut": 0.02, "typo": 0.03}
NO_ID, OTHER_ID, NO_AUTHORS, SHORT_AUTHORS, YEAR_OFF, NO_ABSTRACT = 0.4, 0.3, 0.3, 0.3, 0.2, 0.3


@dataclass(frozen=True)
class Record:
    """An entry, the paper it truly is of, and what was done to it."""

    entry: Entry
    truth: str
    noise: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """Into which stored paper each record went; and which pairs are suspected."""

    papers: dict[int, int] = field(default_factory=dict)
    suspected: set[tuple[int, int]] = field(default_factory=set)


def originals(lines: Iterable[bytes]) -> list[Record]:
    """The corpus as it is."""
    return [Record(_entry(one), one["id"]) for one in map(orjson.loads, lines)]


def _entry(one: dict[str, object]) -> Entry:
    return Entry(
        rank=1,
        line=1,
        title=str(one["title"]),
        abstract=str(one["abstract"]),
        authors=tuple(one["authors"]),  # type: ignore[arg-type]
        published_on=date.fromisoformat(str(one["date"])),
        identifiers=(read_identifier(str(one["id"])) or Identifier("url", str(one["id"])),),
    )


def noisy(record: Record, chance: random.Random) -> Record:
    """The same paper as another source might list it."""
    done = [name for name, share in SHARES.items() if chance.random() < share]
    title = record.entry.title
    for name in done:
        title = DAMAGES[name](title, chance)
    changes: dict[str, object] = {"title": title}
    if chance.random() < NO_ID:
        done.append("no id")
        changes["identifiers"] = ()
    elif chance.random() < OTHER_ID:
        changes["identifiers"] = (_other_form(record.entry.identifiers[0], chance),)
    if chance.random() < NO_AUTHORS:
        done.append("no authors")
        changes["authors"] = ()
    elif chance.random() < SHORT_AUTHORS:
        changes["authors"] = tuple(_short(name, chance) for name in record.entry.authors[:3])
    if chance.random() < YEAR_OFF and record.entry.published_on:
        changes["published_on"] = date(record.entry.published_on.year + chance.choice((-1, 1)), 1, 1)
    if chance.random() < NO_ABSTRACT:
        changes["abstract"] = ""
    return Record(record.entry._replace(**changes), record.truth, frozenset(done))  # type: ignore[arg-type]


def _case(title: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.title))(title)


def _punctuation(title: str, chance: random.Random) -> str:
    for old, new in ((":", chance.choice((" -", " –", "", ":  "))), ("-", chance.choice(("–", " ", "-"))), ("'", "’")):
        title = title.replace(old, new)
    return title + chance.choice(("", ".", " "))


def _tex(title: str, chance: random.Random) -> str:
    words = title.split()
    place = chance.randrange(len(words))
    if words[place].isalpha():
        words[place] = chance.choice((r"\emph{%s}", r"\textbf{%s}", r"\textit{%s}")) % words[place]
    return "".join(TEX.get(sign, sign) for sign in " ".join(words))


def _cut(title: str, chance: random.Random) -> str:
    words = title.split()
    return " ".join(words[: max(3, int(len(words) * chance.uniform(0.5, 0.8)))]) + "…"


def _typo(title: str, chance: random.Random) -> str:
    letters = [place for place, sign in enumerate(title[:-1]) if sign.isalpha() and title[place + 1].isalpha()]
    place = chance.choice(letters)
    kind = chance.randrange(3)
    if kind == 0:
        return title[:place] + title[place + 1 :]
    if kind == 1:
        return title[: place + 1] + title[place:]
    return title[:place] + title[place + 1] + title[place] + title[place + 2 :]


DAMAGES: Mapping[str, Callable[[str, random.Random], str]] = {
    "case": _case,
    "punctuation": _punctuation,
    "tex": _tex,
    "cut": _cut,
    "typo": _typo,
}


def _other_form(known: Identifier, chance: random.Random) -> Identifier:
    forms = (("hf", known.value), ("doi", f"10.48550/arXiv.{known.value}v2"), ("arxiv", f"{known.value}v3"))
    return Identifier(*chance.choice(forms))


def _short(name: str, chance: random.Random) -> str:
    first, _, rest = name.rpartition(" ")
    return chance.choice((f"{first[:1]}. {rest}", f"{rest}, {first}")) if first else name


def lookalikes(record: Record, number: int, others: Record) -> list[Record]:
    """Papers that look like this one and are not: each a truth of its own."""
    entry, strangers = record.entry, others.entry.authors
    subject = re.split(r"[:–]", entry.title)[-1].strip()
    short = " ".join(entry.title.split()[:2])
    bare = entry._replace(identifiers=())

    def other(kind: str, title: str, **changes: object) -> Record:
        one = bare._replace(**{"title": title, "abstract": others.entry.abstract, **changes})  # type: ignore[arg-type]
        return Record(one, f"{kind} {number}", frozenset({kind}))

    ids = (Identifier("arxiv", f"31{1 + number % 12:02d}.{number % 100_000:05d}"),)
    year = entry.published_on.year if entry.published_on else 2025
    if number % (RARE * EVERY) == 0:  # which no corpus has often: the very title, of others or of years later
        stranger = {"authors": strangers, "published_on": date(year, 4, 5)}
        kinds = [
            [other("same title, other id", entry.title, identifiers=ids, **stranger)],
            [other("same title, others", entry.title, **stranger)],
            [other("same title, years later", entry.title, published_on=date(year + 3, 4, 5), authors=())],
        ]
        return kinds[number // (RARE * EVERY) % len(kinds)]
    kinds = [
        [other("part I", f"{entry.title}: Part I"), other("part II", f"{entry.title}: Part II")],
        [other("v2", f"{entry.title.partition(':')[0]} v2", abstract=entry.abstract[:300])],
        [
            other("short a", short, authors=(), abstract=""),
            other("short b", short, authors=strangers, published_on=date(year, 2, 3)),
        ],
        [
            other("survey of", f"A Survey of {subject}", abstract=entry.abstract),
            other("survey on", f"A Survey on {subject}", authors=strangers, published_on=date(year, 2, 3)),
        ],
        [other("editorial", "Editorial", authors=strangers[:1], published_on=None)],
    ]
    return [one for one in kinds[number // EVERY % len(kinds)] if one.entry.title != entry.title]


def all_records(lines: list[bytes], chance: random.Random) -> list[Record]:
    """The papers, their noisy copies and those that look alike, shuffled."""
    papers = originals(lines)
    records = list(papers)
    for number, record in enumerate(papers):
        records += [noisy(record, chance) for _ in range(2 if chance.random() < 0.2 else 1)]
        if number % EVERY == 0:
            records += lookalikes(record, number, papers[(number * 7919 + 4001) % len(papers)])
    chance.shuffle(records)
    return records


def take_in(records: Sequence[Record], storage: Storage, folder: Path) -> Outcome:
    """Ingest everything, as digests of a few hundred, then look for suspects."""
    went: dict[int, int] = {}
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        name = f"benchmark:{start}"
        keys = [identifiers_of(one.entry, name) for one in batch]
        decide = Decider(DAY).of(keys)

        def noted(
            entries: Sequence[Entry],
            known: Mapping[Identifier, Paper],
            last_id: int,
            decide: Callable[..., Sequence[Resolution]] = decide,
            start: int = start,
        ) -> Sequence[Resolution]:
            resolutions = decide(entries, known, last_id)
            went.update((start + place, one.paper.id) for place, one in enumerate(resolutions))
            return resolutions

        listing = Listing(key=name, source="benchmark", issued_on=DAY, received_on=DAY, sha256=name)
        storage.papers.ingest([one.entry for one in batch], keys, noted, listing)
    index = TantivyIndex(folder / "index", storage.papers)
    index.catch_up()
    seconds, _ = timed(lambda: look_for_suspects(Library(storage.papers, index), storage.merges))
    print(row("seconds to look for suspects", f"{seconds:.1f}"))
    found = storage.merges.suspects("", limit=1_000_000)
    became = {paper_id: storage.papers.papers([paper_id])[0].id for paper_id in set(went.values())}
    return Outcome(
        papers={place: became[paper_id] for place, paper_id in went.items()},
        suspected={(one.first_id, one.second_id) for one in found},
    )


def pairs(places: Iterable[tuple[object, int]]) -> Iterator[tuple[int, int]]:
    """The pairs of records that share something."""
    groups: dict[object, list[int]] = defaultdict(list)
    for shared, place in places:
        groups[shared].append(place)
    for group in groups.values():
        yield from combinations(sorted(group), 2)


def report(records: Sequence[Record], outcome: Outcome) -> tuple[float, float]:
    """Print what was joined and what was not, by noise; returns precision and recall."""
    true = set(pairs((one.truth, place) for place, one in enumerate(records)))
    merged = set(pairs((paper_id, place) for place, paper_id in outcome.papers.items()))
    suspected = {pair for pair in true - merged if _papers(pair, outcome) in outcome.suspected}
    precision, recall = len(merged & true) / len(merged), len(merged & true) / len(true)
    print(row("", "pairs", "merged", "suspected", "neither"))
    for name, test in GROUPS.items():
        some = {pair for pair in true if test(records[pair[0]].noise | records[pair[1]].noise)}
        told = [len(some), len(some & merged), len(some & suspected), len(some - merged - suspected)]
        print(row(name, *(f"{count:,}" for count in told)))
    wrong = Counter(", ".join(sorted(records[a].noise | records[b].noise)) for a, b in merged - true)
    for kind, count in wrong.most_common(9):
        print(row(f"wrongly merged: {kind}", str(count)))
    of_true = {_papers(pair, outcome) for pair in suspected}
    print(row("suspected pairs of papers, of them right", f"{len(outcome.suspected):,}", f"{len(of_true):,}"))
    print(row("missed pairs that are suspected", f"{len(suspected) / max(1, len(true - merged)):.3f}"))
    print(row("precision of automatic merges", f"{precision:.5f}"))
    print(row("recall of automatic merges", f"{recall:.5f}"))
    return precision, recall


GROUPS: Mapping[str, Callable[[frozenset[str]], bool]] = {
    "all": lambda _noise: True,
    "each with an id": lambda noise: "no id" not in noise,
    "one without id, title whole": lambda noise: "no id" in noise and not {"cut", "typo"} & noise,
    "one without id and authors, title whole": lambda noise: {"no id", "no authors"} <= noise and not {"cut", "typo"} & noise,
    "one without id, title cut": lambda noise: {"no id", "cut"} <= noise,
    "one without id, title misspelt": lambda noise: {"no id", "typo"} <= noise,
}


def _papers(pair: tuple[int, int], outcome: Outcome) -> tuple[int, int]:
    first, second = sorted(outcome.papers[place] for place in pair)
    return first, second


def main() -> None:
    """Print the table, and fail where the promise is broken."""
    lines = corpus_lines()
    records = all_records(lines, random.Random(SEED))
    print(f"{named(lines)}; {len(records):,} records, seed {SEED}")
    with tempfile.TemporaryDirectory() as folder:
        storage = open_storage(f"sqlite:///{folder}/papers.db")
        try:
            seconds, outcome = timed(lambda: take_in(records, storage, Path(folder)))
        finally:
            storage.close()
    print(row("seconds", f"{seconds:.1f}"))
    precision, recall = report(records, outcome)
    assert precision >= PRECISION, f"precision {precision:.5f} is below {PRECISION}"
    assert recall >= RECALL, f"recall {recall:.5f} is below {RECALL}"


if __name__ == "__main__":
    main()
