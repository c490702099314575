"""The commands with which people add papers for their own workspace: import, undo, imported."""

import re
from datetime import date
from hashlib import sha256

from bot.cards import Reply
from bot.deciding import Decider
from bot.desk import Desk
from bot.digest import parse_digest
from bot.errors import CommandError, DigestError
from bot.identity import identifiers_of
from bot.imports import Batch, Import, ImportStore
from bot.ingest import with_known
from bot.model import Digest, Identifier
from bot.ports import Listing
from bot.results import Hit
from bot.views.lists import PAGE
from bot.views.receipt import import_form, imported_card, receipt_card, repeated_card, undo_until, undone_card
from bot.zones import read_zone

MAX_BYTES = 2_000_000
MAX_ENTRIES = 1_000
MOST_EDITIONS = 10
USAGE = "/papers import"
_NUMBER = re.compile(r"#?(\d{1,9})(?:\s+page:(\d{1,4}))?", re.IGNORECASE)


def import_papers(argument: str, desk: Desk) -> Reply:
    """Take in a pasted text or a file for this workspace alone; without one, the form for it."""
    imports, space = _own(desk)
    data = desk.document or argument.encode()
    if not data.strip():
        return Reply(form=import_form())
    if len(data) > MAX_BYTES:
        raise CommandError(
            f"A document may have {MAX_BYTES // 1_000_000} MB; this one is larger. Nothing was taken in. Add it in parts.",
            usage=USAGE,
        )
    same = imports.same(space, sha256(data).hexdigest())
    if same is not None:
        return _repeated(same, desk)
    digest = _read(data, desk)
    taken = imports.add(_batch(digest, space, desk), Decider(digest.issued_on or desk.today, space).of(_keys(digest)))
    if taken is None:  # somebody was faster
        same = imports.same(space, digest.sha256)
        return _repeated(same, desk) if same else import_papers(argument, desk)
    desk.library.index.catch_up()
    posted, posted_on = _posted(taken, desk)
    return Reply(cards=(receipt_card(taken, digest.issues, posted, posted_on, now=desk.now, zone=_zone(desk)),))


def undo(argument: str, desk: Desk) -> Reply:
    """Take back what an import of this workspace added, within a day."""
    imports, space = _own(desk)
    taken, _ = _numbered(argument, imports, space)
    if taken.undone_at is not None:
        raise CommandError(f"Import {taken.number} was taken back already. Nothing was changed.", usage=USAGE)
    if desk.now >= undo_until(taken):
        raise CommandError(
            f"Import {taken.number} is more than a day old, and can no longer be taken back. Nothing was changed.",
            usage=f"/papers imported {taken.number}",
        )
    undone = imports.undo(space, taken.number, desk.now)
    if undone is None:
        raise CommandError(f"Import {taken.number} was taken back already. Nothing was changed.", usage=USAGE)
    desk.library.index.catch_up()
    return Reply(cards=(undone_card(undone),))


def imported(argument: str, desk: Desk) -> Reply:
    """The papers that an import of this workspace brought, a page at a time."""
    imports, space = _own(desk)
    taken, page = _numbered(argument, imports, space)
    papers = desk.library.store.papers(taken.new, viewer=desk.viewer)
    start = (page - 1) * PAGE
    hits = [Hit(paper=paper, score=0.0) for paper in papers[start : start + PAGE]]
    return Reply(cards=(imported_card(taken, hits, total=len(papers), page=page),))


def _own(desk: Desk) -> tuple[ImportStore, str]:
    """What the asker's workspace imported, and its space.

    Raises:
        CommandError: the question does not come from within a workspace.
    """
    if desk.asked is not None and desk.asked.shared:
        raise CommandError(
            "This channel is shared with another company, and what you add is for your workspace alone. Nothing was taken in. "
            "Do it in a channel of your own.",
            usage=USAGE,
        )
    if desk.imports is None or not desk.viewer:
        raise CommandError(
            "Papers are added for one workspace, and this is none. Nothing was changed. Ask in a channel of your workspace; "
            "on the command line add --workspace slack:T012, or take a file in for everybody with `paperround ingest FILE`."
        )
    return desk.imports, desk.viewer


def _read(data: bytes, desk: Desk) -> Digest:
    """The digest that a document is, its bare links resolved as this workspace knows them."""
    try:
        digest = parse_digest(data, as_of=desk.today, name=desk.document_name)
        if len(digest.entries) + len(digest.bare) <= MAX_ENTRIES:
            return with_known(digest, desk.library.store, viewer=desk.viewer)
    except DigestError as error:
        raise CommandError(str(error), usage=USAGE) from error
    raise CommandError(
        f"An import may have {MAX_ENTRIES:,} papers; this one lists {len(digest.entries) + len(digest.bare):,}. "
        "Nothing was taken in. Add it in parts.",
        usage=USAGE,
    )


def _keys(digest: Digest) -> list[tuple[Identifier, ...]]:
    return [identifiers_of(entry, digest.sha256) for entry in digest.entries]


def _batch(digest: Digest, space: str, desk: Desk) -> Batch:
    """What is to be stored. A document that says its day is a digest of that day, too, for this workspace."""
    listing = None
    if digest.issued_on is not None:
        listing = Listing(
            key=f"{space} {digest.source}:{digest.issued_on}:{digest.sha256[:24]}",
            source=digest.source,
            issued_on=digest.issued_on,
            received_on=desk.today,
            sha256=digest.sha256,
            visible_to=space,
        )
    return Batch(
        space=space,
        by=desk.asked.user if desk.asked else "the operator",
        at=desk.now,
        name=desk.document_name,
        sha256=digest.sha256,
        entries=digest.entries,
        keys=tuple(_keys(digest)),
        listing=listing,
    )


def _posted(taken: Import, desk: Desk) -> tuple[list[int], date | None]:
    """Which of the known papers this channel was shown, and when the latest of them was."""
    if desk.asked is None or desk.rounds is None or not taken.known:
        return [], None
    channel, ledger = desk.asked.channel, desk.rounds.ledger
    shown = ledger.shown([channel], taken.known).get(channel, frozenset())
    posted = [paper_id for paper_id in taken.known if paper_id in shown]
    editions = [ledger.shown_in(channel, paper_id) for paper_id in posted[:MOST_EDITIONS]]
    return posted, max((one.day for one in editions if one is not None), default=None)


def _numbered(argument: str, imports: ImportStore, space: str) -> tuple[Import, int]:
    """The import of this number, and the page that is asked for."""
    found = _NUMBER.fullmatch(argument)
    if found is None:
        raise CommandError("Which import? Its receipt has the button for it. Nothing was changed.", usage=USAGE)
    taken = imports.get(space, int(found[1]))
    if taken is None:
        raise CommandError(f"This workspace has no import {found[1]}. Nothing was changed.", usage=USAGE)
    return taken, max(1, int(found[2] or 1))


def _repeated(taken: Import, desk: Desk) -> Reply:
    asked_by = desk.asked.user if desk.asked else ""
    return Reply(cards=(repeated_card(taken, asked_by=asked_by, now=desk.now, zone=_zone(desk)),))


def _zone(desk: Desk) -> str:
    own = read_zone(desk.asked.zone) if desk.asked and desk.asked.zone else None
    return own or desk.zone
