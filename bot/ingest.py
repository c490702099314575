"""Entries become stored papers: `Decider` says purely what is new or changed, the store saves it, a receipt tells.

Text of a newer listing replaces older text; an older or repeated listing only fills what is still unknown. So documents give the
same papers in any order (and, where each knows all fields, the same text), and the same document twice changes nothing.
"""

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from itertools import islice
from typing import Any

import orjson

from bot.agreement import contradict, same_by_title
from bot.digest import parse_digest
from bot.digest.columns import entry_of, key_of
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS, issue, one_line, only_a_link
from bot.errors import DigestError, SourceError
from bot.identity import canonical, identifiers_of, read_identifier, same_as
from bot.model import Digest, Entry, Identifier, Links, Metrics, Paper, ParseIssue
from bot.ports import Decide, Listing, Outcome, PaperStore, Resolution
from bot.results import Receipt

BATCH = 2_000
MAX_RECORD_BYTES = 1_000_000
MAX_ISSUES = 1_000
MAX_ID_CHARS = 2_000
_RECORD_KEYS = frozenset({"id", "title", "abstract", "authors", "date"})


def ingest_digest(data: bytes, *, store: PaperStore, as_of: date, name: str = "") -> Receipt:
    """Take in one digest, in one transaction; revised entries of it, which are no news of its day, in one before.

    Args:
        data: the document's bytes.
        store: where the papers go.
        as_of: the day of import.
        name: the file's name, which may hold the digest's day.

    Raises:
        DigestError: it is no digest we know, or only links to unknown papers; nothing was stored.
        StorageError: it could not be saved; nothing was stored.
    """
    return save_digest(parse_digest(data, as_of=as_of, name=name), store=store, as_of=as_of)


def save_digest(digest: Digest, *, store: PaperStore, as_of: date, key: str = "", counted_on: date | None = None) -> Receipt:
    """Store a digest that was read, for everybody to see. See `ingest_digest`.

    `key` names it where its source and day do not: two feeds may list papers on one day. `counted_on` is the day its counts are
    of, where that is not its own: a day's list goes on gaining votes.
    """
    digest = with_known(digest, store)
    received_on = store.received_on(digest.sha256) or as_of
    listing = Listing(
        key=key or f"{digest.source}:{digest.issued_on or digest.sha256[:24]}",
        source=digest.source,
        issued_on=digest.issued_on or received_on,
        received_on=received_on,
        sha256=digest.sha256,
        counted_on=counted_on,
    )
    outcomes: Counter[Outcome] = Counter()
    for revised in (True, False):
        entries = [entry for entry in digest.entries if entry.revised is revised]
        if entries:
            keys = [identifiers_of(entry, listing.key) for entry in entries]
            decide = Decider(listing.issued_on, counted_on=counted_on).of(keys)
            outcomes.update(store.ingest(entries, keys, decide, None if revised else listing))
    return _receipt(digest.source, digest.issued_on, outcomes, digest.issues)


def with_known(digest: Digest, store: PaperStore, *, viewer: str = "") -> Digest:
    """The digest with its bare links as entries where a viewer's paper is stored under them, as issues where none is.

    Raises:
        DigestError: nothing of it is a paper then.
    """
    known: list[Entry] = []
    unknown: list[ParseIssue] = []
    for link in digest.bare:
        found = (store.paper_by_identifier(one, viewer=viewer) for one in identifiers_of(link))
        paper = next((one for one in found if one is not None), None)
        if paper is None:
            unknown.append(only_a_link(link))
        else:
            known.append(replace(link, title=paper.title))
    if not digest.bare:
        return digest
    if not digest.entries and not known:
        raise DigestError(
            f"This holds only links to papers that are not stored, such as {unknown[0].excerpt} (line {unknown[0].line}); "
            "nothing was taken in. Put each paper’s title beside its link."
        )
    return replace(
        digest,
        entries=tuple(sorted((*digest.entries, *known), key=lambda one: one.rank)),
        issues=tuple(sorted((*digest.issues, *unknown), key=lambda one: one.line)),
        bare=(),
    )


def ingest_records(
    lines: Iterable[bytes], *, store: PaperStore, as_of: date, progress: Callable[[int], None] = lambda _count: None
) -> Receipt:
    """Take in JSON lines `{"id": "scheme:value", "title", "abstract", "authors", "date"}`; only `title` is required.

    Saved in batches, so a very long file needs little memory; after an interruption the same file can be given again.

    Args:
        lines: the lines of the file, as bytes.
        store: where the papers go.
        as_of: the day of import.
        progress: told, after each saved batch, how many lines were read.

    Raises:
        DigestError: no line could be understood; nothing was stored.
        StorageError: a batch could not be saved; earlier batches were, and giving the file again is safe.
    """
    issues: list[ParseIssue] = []
    outcomes: Counter[Outcome] = Counter()
    decider = Decider(as_of)
    entries = _read_records(lines, issues)
    with _few_collections():
        while batch := list(islice(entries, BATCH)):
            keys = [identifiers_of(entry) for entry in batch]
            outcomes.update(store.ingest(batch, keys, decider.of(keys), None))
            progress(batch[-1].line)
    if not outcomes:
        first = f" Line {issues[0].line}: {issues[0].message}." if issues else ""
        raise DigestError('No line of this file is a paper; each must be a JSON object with a "title".' + first)
    return _receipt("jsonl", None, outcomes, tuple(issues))


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the garbage collector look less often: records hold no cycles, and looking at each again takes a sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def looks_like_records(first_line: bytes) -> bool:
    """Whether a file that begins with this line is JSON lines."""
    try:
        record = json.loads(first_line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and "title" in record and "paper" not in record


class Decider:
    """Decides on the entries of one document, batch by batch, and remembers what the document already listed.

    Args:
        day: the day the document is from.
        space: the space that takes it in for itself. New papers are then visible to it alone, and nothing that was stored before
            is changed: so an import can be taken back exactly.
        counted_on: the day its counts are of, where that is another one.
    """

    def __init__(self, day: date, space: str | None = None, *, counted_on: date | None = None) -> None:
        self._day = day
        self._counted_on = counted_on or day
        self._space = space
        self._listed: set[Identifier] = set()

    def of(self, keys: Sequence[Sequence[Identifier]]) -> Decide:
        """The decision for one batch, whose entries have these identifiers."""

        def decide(entries: Sequence[Entry], known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
            return self._decide(entries, keys, known, last_id)

        return decide

    def _decide(
        self, entries: Sequence[Entry], all_keys: Sequence[Sequence[Identifier]], known: Mapping[Identifier, Paper], last_id: int
    ) -> list[Resolution]:
        now_known = dict(known)
        before = {paper.id for paper in known.values()} if self._space else set()
        resolutions: list[Resolution] = []
        for entry, keys in zip(entries, all_keys, strict=True):
            stored = _find(entry, keys, now_known)
            absorbs: tuple[Paper, ...] = ()
            outcome: Outcome = "unchanged"
            if stored is None:
                last_id += 1
                paper, outcome = self._new(entry, keys, last_id, now_known), "added"
                for key in paper.identifiers:
                    now_known.setdefault(key, paper)
            elif stored.id in before:
                paper = stored
            else:
                paper = self._again(entry, keys, stored, now_known)
                outcome = "unchanged" if replace(paper, listed_on=stored.listed_on) == stored else "changed"
                absorbs = () if self._space else _absorbed(entry, keys, paper, now_known)
            self._listed.update(keys)
            if outcome == "changed":
                now_known.update((key, paper) for key in paper.identifiers if _may_name(key, paper, now_known))
            now_known.update((key, paper) for other in absorbs for key in other.identifiers)
            gone = tuple(other.id for other in absorbs)
            resolutions.append(Resolution(entry=entry, paper=paper, outcome=outcome, absorbs=gone))
        return resolutions

    def _new(self, entry: Entry, keys: Sequence[Identifier], paper_id: int, known: Mapping[Identifier, Paper]) -> Paper:
        paper = replace(_new_paper(entry, keys, self._day, paper_id, self._counted_on), visible_to=self._space)
        return paper if entry.identifiers else replace(paper, identifiers=_names(entry, keys, paper, known))

    def _again(self, entry: Entry, keys: Sequence[Identifier], stored: Paper, known: Mapping[Identifier, Paper]) -> Paper:
        said = _new_paper(entry, keys, self._day, stored.id, self._counted_on)
        free = tuple(key for key in said.identifiers if _may_name(key, stored, known))
        said = said if len(free) == len(said.identifiers) else replace(said, identifiers=free)
        repeated = any(key in self._listed for key in keys)
        return merged(stored, said, only_fill=repeated or self._day < stored.listed_on)


def _may_name(key: Identifier, paper: Paper, known: Mapping[Identifier, Paper]) -> bool:
    return key not in known or known[key].id == paper.id


def _names(entry: Entry, keys: Sequence[Identifier], paper: Paper, known: Mapping[Identifier, Paper]) -> tuple[Identifier, ...]:
    """The names of a new paper that has no id: its title, where no other has it, and what its entry says, where that is needed.

    Without the latter, the same document would add a paper again whose title alone is not enough.
    """
    free = tuple(key for key in paper.identifiers if key not in known)
    return free if _find(entry, keys, dict.fromkeys(free, paper)) is not None else (*free, *keys[:1])


def _find(entry: Entry, keys: Sequence[Identifier], known: Mapping[Identifier, Paper]) -> Paper | None:
    """The stored paper that an entry is of: by the surest of its keys; by its title, the last of them, where that is enough."""
    for key in keys:
        paper = known.get(key)
        if paper is not None and (key is not keys[-1] or key.scheme != "title" or same_by_title(entry, paper)):
            return paper
    return None


def _absorbed(entry: Entry, keys: Sequence[Identifier], paper: Paper, known: Mapping[Identifier, Paper]) -> tuple[Paper, ...]:
    """Other stored papers that an entry is of as well: one it was known as by an id, one as by its title."""
    found: dict[int, Paper] = {}
    for key in keys:
        other = known.get(key)
        if other is None or other.id == paper.id or other.id in found or contradict(paper, other):
            continue
        if key is not keys[-1] or key.scheme != "title" or same_by_title(entry, other):
            found[other.id] = other
    return tuple(found.values())


def _new_paper(entry: Entry, keys: Sequence[Identifier], day: date, paper_id: int, counted_on: date) -> Paper:
    return Paper(
        id=paper_id,
        title=entry.title,
        abstract=entry.abstract,
        authors=entry.authors,
        author_count=entry.author_count,
        organization=entry.organization,
        published_on=entry.published_on,
        identifiers=(*map(canonical, entry.identifiers), *keys[-1:]),
        links=entry.links,
        keywords=entry.keywords,
        tldr=entry.tldr,
        metrics=_metrics(entry, counted_on),
        first_seen_on=day,
        listed_on=day,
    )


def merged(stored: Paper, said: Paper, *, only_fill: bool) -> Paper:
    """A stored paper with what a listing says of it: in its place, or (`only_fill`) only where nothing is known."""
    first, second = (stored, said) if only_fill else (said, stored)
    new_ids = tuple(key for key in said.identifiers if not any(same in stored.identifiers for same in same_as(key)))
    return replace(
        stored,
        title=first.title or second.title,
        abstract=first.abstract or second.abstract,
        authors=first.authors or second.authors,
        author_count=first.author_count or second.author_count,
        organization=first.organization or second.organization,
        published_on=first.published_on or second.published_on,
        identifiers=stored.identifiers + new_ids,
        links=Links(**_filled(first.links, second.links)),
        keywords=first.keywords or second.keywords,
        tldr=first.tldr or second.tldr,
        metrics=Metrics(**_filled(first.metrics, second.metrics)),
        first_seen_on=min(stored.first_seen_on, said.first_seen_on),
        listed_on=max(stored.listed_on, said.listed_on),
    )


def _filled(first: Links | Metrics, second: Links | Metrics) -> dict[str, Any]:
    """Each field from `first` where it is known there, else from `second`."""
    names = [field.name for field in fields(first)]
    mine = {name: getattr(first, name) for name in names}
    return {name: getattr(second, name) if mine[name] is None else mine[name] for name in names}


def _metrics(entry: Entry, day: date) -> Metrics:
    counts = (entry.upvotes, entry.comments, entry.github_stars)
    if counts == (None, None, None):
        return Metrics()
    return Metrics(upvotes=counts[0], comments=counts[1], github_stars=counts[2], as_of=day)


def _read_records(lines: Iterable[bytes], issues: list[ParseIssue]) -> Iterator[Entry]:
    """Entries of the lines that are papers; the others become issues, the first `MAX_ISSUES` of them one by one."""
    bad = 0
    number = 0
    numbered = enumerate(lines, start=1)
    while True:
        try:
            number, line = next(numbered)
        except StopIteration:
            break
        except SourceError as error:
            issues.append(issue(number + 1, f"{error}; nothing after it was read", ""))
            break
        if not line.strip():
            continue
        record = _read_record(line, number)
        if isinstance(record, Entry):
            yield record
            continue
        bad += 1
        if len(issues) < MAX_ISSUES:
            issues.append(record)
    if bad > MAX_ISSUES:
        issues.append(issue(number, f"{bad - MAX_ISSUES:,} more lines were not understood", ""))


def _read_record(line: bytes, number: int) -> Entry | ParseIssue:
    try:
        if len(line) > MAX_RECORD_BYTES:
            raise ValueError(f"a line of more than {MAX_RECORD_BYTES:,} bytes")
        # With no escape and no double space in its JSON, no text of it can need more than its ends trimmed.
        is_plain = line.isascii() and b"\\" not in line and b"  " not in line
        return _record_entry(_load_record(line), number, str.strip if is_plain else one_line)
    except (ValueError, TypeError) as error:
        return issue(number, str(error), line[:400].decode("utf-8", "replace"))


def _load_record(line: bytes) -> dict[str, Any]:
    try:
        record = orjson.loads(line)
    except ValueError:
        record = _load_leniently(line)
    if not isinstance(record, dict) or not isinstance(record.get("title"), str) or not record["title"].strip():
        raise ValueError('a record without a "title"')
    return record


def _load_leniently(line: bytes) -> object:
    """What only the slower reader takes: half a surrogate pair, a number past 64 bits."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("not a JSON object") from error


def _record_entry(record: dict[str, Any], number: int, tidy: Callable[[str], str]) -> Entry:
    if not record.keys() <= _RECORD_KEYS:  # columns of another collector's: their links, ids and dates are read as a table's
        return entry_of({key_of(key): value for key, value in reversed(record.items())}, rank=number, line=number)
    title = tidy(record["title"])
    if len(title) > TITLE_CHARS:
        raise ValueError(f"a title of more than {TITLE_CHARS:,} characters")
    authors = record.get("authors") or []
    if not isinstance(authors, list) or not {*map(type, authors)} <= {str}:
        raise ValueError('"authors" must be a list of names')
    abstract = record.get("abstract") or ""
    if not isinstance(abstract, str):
        raise ValueError('"abstract" must be text')  # noqa: TRY004 - one kind of error for all of a record's faults
    identifier = None
    if record.get("id"):
        identifier = read_identifier(tidy(str(record["id"]))[:MAX_ID_CHARS])
        if identifier is None:
            raise ValueError('"id" must be scheme:value, as in arxiv:2306.03310')
    names = tuple(filter(None, map(tidy, authors)))
    return Entry(
        rank=number,
        line=number,
        title=title,
        abstract=tidy(abstract)[:ABSTRACT_CHARS],
        authors=names,
        author_count=len(names) or None,
        published_on=_date(record.get("date")),
        identifiers=(identifier,) if identifier else (),
    )


def _date(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ValueError('"date" must be YYYY-MM-DD') from error


def _receipt(source: str, issued_on: date | None, outcomes: Counter[Outcome], issues: tuple[ParseIssue, ...]) -> Receipt:
    return Receipt(
        source=source,
        issued_on=issued_on,
        added=outcomes["added"],
        changed=outcomes["changed"],
        unchanged=outcomes["unchanged"],
        issues=issues,
    )
