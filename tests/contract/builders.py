"""Entries with defaults, and a decision simple enough to see what the store makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.model import Entry, Identifier, Links, Metrics, Organization, Paper
from bot.ports import Decide, Listing, Outcome, PaperStore, Resolution

DAY = date(2025, 6, 12)

FULL_PAPER = Paper(
    id=1,
    title="LIBERO: “Benchmarking” Knowledge Transfer 🤖",
    abstract="Über $\\alpha$-transfer.\n\tIt's 100 % of \\Omega — 知識移転.",
    authors=("Bo Liu", "Yifeng Zhu", "Zoë Ångström"),
    author_count=9,
    organization=Organization(handle="ut-austin", name="UT Austin"),
    published_on=date(2023, 6, 5),
    identifiers=(Identifier("hf", "2306.03310"), Identifier("arxiv", "2306.03310"), Identifier("title", "libero")),
    links=Links(abs="https://a.example", pdf="https://b.example", code="https://c.example", project="https://d.example"),
    keywords=("lifelong learning", "робот"),
    tldr="A benchmark.",
    metrics=Metrics(upvotes=0, comments=3, github_stars=1234, as_of=DAY),
    first_seen_on=DAY,
    listed_on=DAY,
    said_on=(("tldr", date(2025, 6, 10)), ("upvotes", date(2025, 6, 11))),
)


def arxiv(value: str) -> Identifier:
    """An arXiv id."""
    return Identifier("arxiv", value)


def entry(name: str, *also: Identifier, **fields: Any) -> Entry:  # noqa: ANN401 - any field of an entry
    """An entry whose arXiv id and title are `name`; more identifiers and fields as given."""
    return Entry(**{"rank": 1, "line": 1, "title": name, "identifiers": (arxiv(name), *also), **fields})


def listing(key: str = "hf", day: date = DAY, **fields: Any) -> Listing:  # noqa: ANN401 - any field of a listing
    """The digest of a source and a day."""
    values = {"key": f"{key}:{day}", "source": key, "issued_on": day, "received_on": day, "sha256": f"{key}{day}"}
    return Listing(**{**values, **fields})


def decide(entries: Sequence[Entry], known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
    """The first known identifier says which paper it is; what the entry says replaces what is stored."""
    papers = dict(known)
    resolutions = []
    for one in entries:
        before = next((papers[identifier] for identifier in one.identifiers if identifier in papers), None)
        after, outcome = _resolve(one, before, last_id + 1)
        last_id += before is None
        papers |= {identifier: after for identifier in one.identifiers if papers.get(identifier, after).id == after.id}
        resolutions.append(Resolution(entry=one, paper=after, outcome=outcome))
    return resolutions


def _resolve(one: Entry, before: Paper | None, new_id: int) -> tuple[Paper, Outcome]:
    said = {"title": one.title, "abstract": one.abstract, "authors": one.authors, "keywords": one.keywords}
    if before is None:
        return Paper(id=new_id, first_seen_on=DAY, listed_on=DAY, identifiers=one.identifiers, **said), "added"
    after = replace(before, identifiers=tuple(dict.fromkeys(before.identifiers + one.identifiers)), **said)
    return after, "unchanged" if after == before else "changed"


def always(paper: Paper, outcome: Outcome = "added") -> Decide:
    """The decision that every entry is this paper."""
    return lambda entries, _known, _last_id: [Resolution(entry=one, paper=paper, outcome=outcome) for one in entries]


def take_in(store: PaperStore, *entries: Entry, listed: Listing | None = None, decision: Decide = decide) -> list[Outcome]:
    """Ingest these entries as one batch."""
    return list(store.ingest(entries, [one.identifiers for one in entries], decision, listed))


def everything(store: PaperStore) -> list[Paper]:
    """All papers, in the order of their last change."""
    return [paper for *_numbers, paper in store.changed_since(0, 100_000)]
