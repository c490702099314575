"""Saves a batch of entries: find, let the engine decide, plan purely, write. Storage room; runs inside one write transaction.

Must not know which papers are the same or what a newer listing replaces: that is `decide`'s to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from bot.model import Entry, Identifier, Paper
from bot.newest import is_dated_only
from bot.ports import Change, Decide, Listing, Outcome, Resolution
from storage.bulk import insert_rows
from storage.folding import fold
from storage.merging import absorb
from storage.rows import chunks, paper_values, read_added, read_papers, said_on_value
from storage.sightings import save_sightings
from storage.tables import CLOCK, IDENTIFIERS, PAPERS

_CHANGE_PAPER: Final = (
    update(PAPERS)
    .where(PAPERS.c.id == bindparam("paper_id"))
    .values({column.name: bindparam(column.name) for column in PAPERS.c if column.name not in ("id", "added", "folded_into")})
)
_DATE_PAPER: Final = (
    update(PAPERS)
    .where(PAPERS.c.id == bindparam("paper_id"))
    .values({name: bindparam(name) for name in ("listed_on", "said_on")})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a batch: each entry's paper id and outcome, in order; the papers that were written; its digest's number."""

    paper_ids: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    written: tuple[Change, ...]
    digest_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a batch writes: papers to insert and to update, identifiers to insert; each entry's paper id and outcome.

    Of `dated` papers a newer listing says what is known: their days are written, and it is no change, since nobody sees them.
    """

    added: tuple[Paper, ...]
    changed: tuple[Paper, ...]
    dated: tuple[Paper, ...]
    claims: tuple[tuple[Identifier, int, int], ...]
    paper_ids: tuple[int, ...]
    outcomes: tuple[Outcome, ...]


def save(  # noqa: PLR0913, PLR0917 - all that a batch is
    connection: Connection,
    entries: Sequence[Entry],
    keys: Iterable[Iterable[Identifier]],
    decide: Decide,
    listing: Listing | None,
    space: str = "",
) -> Saved:
    """Save a batch; say what became of each entry, and which papers were written.

    The caller's transaction makes it all or nothing. Locking the clock first makes writers wait for each other, also on
    PostgreSQL, so that ids and change numbers can be counted up here and become visible in their order.

    A batch of a `space` knows the public papers and its own; a public one (no space) knows the public papers only, and what
    spaces had of the same papers folds into them.
    """
    last_change: int = connection.execute(select(CLOCK.c.change).with_for_update()).scalar_one()
    looked_up = {key for of_entry in keys for key in of_entry}
    holders = _holders(connection, looked_up)
    owners = _owners(holders, space)
    stored = read_papers(connection, owners.values())
    known = {identifier: paper for paper in _public_last(stored.values()) for identifier in paper.identifiers}
    known |= {identifier: stored[paper_id] for identifier, paper_id in owners.items()}
    last_id: int = connection.execute(select(func.coalesce(func.max(PAPERS.c.id), 0))).scalar_one()
    resolutions = decide(entries, known, last_id)
    owners = {identifier: paper.id for identifier, paper in known.items()}
    wanted = {identifier for resolution in resolutions for identifier in resolution.paper.identifiers}
    more = _holders(connection, wanted - looked_up - known.keys())
    owners |= _owners(more, space)
    plan = plan_batch(resolutions, stored, owners)
    written = _numbered(connection, plan, last_change)
    _write(connection, plan, written, space)
    became, joined = absorb(connection, resolutions, last_change + len(written))
    written += joined
    if not space:
        private = {holder.paper_id for holder in (*holders, *more) if holder.space}
        if private:
            now_public = {one.paper.id: one.paper for one in resolutions} | {one.paper.id: one.paper for one in written}
            now_public = {paper_id: paper for paper_id, paper in now_public.items() if paper_id not in became}
            written += fold(connection, private, now_public.values(), last_change + len(written))
    if written:
        connection.execute(update(CLOCK).values(change=written[-1].number))
    paper_ids = tuple(became.get(paper_id, paper_id) for paper_id in plan.paper_ids)
    listed = [(paper_id, entry) for paper_id, entry in zip(paper_ids, entries, strict=True) if not entry.revised]
    is_news = bool(listed) or not entries  # a day without papers is a day, too; one of new versions alone is none
    digest_id = save_sightings(connection, listing, listed) if listing is not None and is_news else None
    outcomes = tuple(
        "changed" if became.keys() & {*one.absorbs} else outcome for one, outcome in zip(resolutions, plan.outcomes, strict=True)
    )
    return Saved(paper_ids=paper_ids, outcomes=outcomes, written=tuple(written), digest_id=digest_id)


def plan_batch(resolutions: Sequence[Resolution], stored: Mapping[int, Paper], owners: Mapping[Identifier, int]) -> Plan:
    """What to write for these resolutions. Pure.

    A paper that is not among the stored ones is new, and the last resolution of an id is the state to store. An identifier
    stays with the paper that has it, so a paper that only differs by such an identifier is unchanged.

    Args:
        resolutions: what was decided, an entry each.
        stored: the papers that were found, by id.
        owners: to which paper each identifier belongs, where it belongs to one.
    """
    final = {resolution.paper.id: resolution.paper for resolution in resolutions}
    touched = {resolution.paper.id for resolution in resolutions if resolution.outcome != "unchanged"}
    owned = dict(owners)
    added: list[Paper] = []
    changed: list[Paper] = []
    dated: list[Paper] = []
    claims: list[tuple[Identifier, int, int]] = []
    for paper_id, decided in final.items():
        before = stored.get(paper_id)
        if paper_id not in touched:
            if before is not None and decided is not before and decided != before:
                dated.append(decided)
            continue
        has = before.identifiers if before else ()
        free = tuple(dict.fromkeys([one for one in decided.identifiers if one not in owned]))
        after = decided if has + free == decided.identifiers else replace(decided, identifiers=has + free)
        if before is not None and is_dated_only(after, before):
            touched.discard(paper_id)
            dated += [after] if after != before else []
            continue
        owned |= dict.fromkeys(free, paper_id)
        claims += [(one, paper_id, position) for position, one in enumerate(free, start=len(has))]
        (changed if before else added).append(after)
    return Plan(
        added=tuple(added),
        changed=tuple(changed),
        dated=tuple(dated),
        claims=tuple(claims),
        paper_ids=tuple(one.paper.id for one in resolutions),
        outcomes=tuple(one.outcome if one.paper.id in touched else "unchanged" for one in resolutions),
    )


def _numbered(connection: Connection, plan: Plan, last_change: int) -> list[Change]:
    """The papers of a plan with the change numbers that follow; for those that change, the one they were added with is read."""
    added = list(map(Change, count(last_change + 1), count(last_change + 1), plan.added))
    first = read_added(connection, (paper.id for paper in plan.changed))
    changed = (
        Change(number, first[paper.id], paper) for number, paper in enumerate(plan.changed, start=last_change + len(added) + 1)
    )
    return [*added, *changed]


class Holder(NamedTuple):
    """An identifier, the space in which it is one (empty: public) and the paper that has it there."""

    identifier: Identifier
    space: str
    paper_id: int


def _owners(holders: Iterable[Holder], space: str) -> dict[Identifier, int]:
    """The paper that each identifier belongs to, as a space knows it: the public one, else its own."""
    of = [holder for holder in holders if holder.space in ("", space)]
    return {holder.identifier: holder.paper_id for holder in sorted(of, key=lambda holder: not holder.space)}


def _public_last(papers: Iterable[Paper]) -> list[Paper]:
    """Papers so that, of two that carry the same identifier, the public one is the last word."""
    return sorted(papers, key=lambda paper: paper.visible_to is None)


def _holders(connection: Connection, identifiers: Iterable[Identifier]) -> list[Holder]:
    """The papers that have these identifiers, in every space; in plain SQL, since there are thousands."""
    values: dict[str, list[str]] = defaultdict(list)
    for scheme, value in identifiers:
        values[scheme].append(value)
    mark = "?" if connection.dialect.positional and connection.dialect.paramstyle == "qmark" else "%s"
    holders: list[Holder] = []
    for scheme, of_scheme in values.items():
        for chunk in chunks(of_scheme):
            marks = ",".join([mark] * len(chunk))
            sql = f"SELECT value, space, paper_id FROM identifiers WHERE scheme = {mark} AND value IN ({marks})"  # noqa: S608 - marks only
            rows = connection.exec_driver_sql(sql, (scheme, *chunk))
            holders += [Holder(Identifier(scheme, value), of, paper_id) for value, of, paper_id in rows]
    return holders


def _write(connection: Connection, plan: Plan, written: Sequence[Change], space: str) -> None:
    values = [paper_values(one.paper, one.number) for one in written]
    added, changed = values[: len(plan.added)], values[len(plan.added) :]
    claims = [
        {"scheme": one[0], "value": one[1], "paper_id": paper_id, "position": position, "space": space}
        for one, paper_id, position in plan.claims
    ]
    for row in added:
        row["added"] = row["change"]
    insert_rows(connection, PAPERS, added)
    if changed:
        connection.execute(_CHANGE_PAPER, [{**row, "paper_id": row["id"]} for row in changed])
    if plan.dated:
        days = [{"paper_id": one.id, "listed_on": one.listed_on, "said_on": said_on_value(one)} for one in plan.dated]
        connection.execute(_DATE_PAPER, days)
    insert_rows(connection, IDENTIFIERS, claims)
