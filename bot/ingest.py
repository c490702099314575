"""Documents become stored papers: read, decided on (`bot.deciding`), saved in one transaction, and told in a receipt."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice

from bot.deciding import Decider
from bot.digest import parse_digest
from bot.digest.format import only_a_link
from bot.errors import DigestError
from bot.identity import identifiers_of
from bot.model import Digest, Entry, ParseIssue
from bot.ports import Listing, Outcome, PaperStore
from bot.record_lines import read_records
from bot.results import Receipt

BATCH = 2_000


def ingest_digest(data: bytes, *, store: PaperStore, as_of: date, name: str = "") -> Receipt:
    """Take in one digest, in one transaction.

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
    keys = [identifiers_of(entry, listing.key) for entry in digest.entries]
    decide = Decider(listing.issued_on, counted_on=counted_on).of(keys)
    outcomes = Counter(store.ingest(digest.entries, keys, decide, listing))
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
            known.append(link._replace(title=paper.title))
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
    entries = read_records(lines, issues)
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


def _receipt(source: str, issued_on: date | None, outcomes: Counter[Outcome], issues: tuple[ParseIssue, ...]) -> Receipt:
    return Receipt(
        source=source,
        issued_on=issued_on,
        added=outcomes["added"],
        changed=outcomes["changed"],
        unchanged=outcomes["unchanged"],
        issues=issues,
    )
