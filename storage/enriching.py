"""`EnrichmentStore` on SQLite and PostgreSQL. Storage room: rows stay here, frozen dataclasses leave.

Must not know what a paper lacks, who can give it, or how an answer is read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)

from bot.enrichment import TITLE, Attempt, Errand, Filling, Guide, GuideState, PaperGone, Private, Result, Task, Verdict, Want
from bot.model import Paper
from storage.database import Database
from storage.edition_tables import UtcTime
from storage.enrichment_tables import ENRICHMENTS, GUIDES
from storage.rows import read_papers
from storage.saving import save
from storage.tables import PAPERS
from storage.upserts import insert_into
from storage.visible import GONE

_NOW: Final = bindparam("now", type_=UtcTime())
_FREE: Final = and_(
    GUIDES.c.name == bindparam("of_guide"),
    or_(GUIDES.c.lease_until.is_(None), GUIDES.c.lease_until <= _NOW),
    or_(GUIDES.c.open_until.is_(None), GUIDES.c.open_until <= _NOW),
)
_HELD: Final = and_(
    GUIDES.c.name == bindparam("of_guide"), GUIDES.c.lease_owner == bindparam("owner"), GUIDES.c.lease_until > _NOW
)
_THIS: Final = and_(ENRICHMENTS.c.paper_id == bindparam("of_paper"), ENRICHMENTS.c.guide == bindparam("of_guide"))
_NEW: Final = {"outcome": "", "error": "", "asked_at": None, "tries": 0, "failures": 0}
ALONE_AFTER: Final = 2
"""So many failures in a row, and a paper is asked about alone, so that it cannot spoil the others."""
_ROW: Final = ("paper_id", "guide")
_STATES: Final = (
    select(
        ENRICHMENTS.c.guide,
        func.count(ENRICHMENTS.c.next_at).label("waiting"),
        func.sum(case((ENRICHMENTS.c.next_at <= _NOW, 1), else_=0)).label("due"),
        func.sum(case((and_(ENRICHMENTS.c.next_at.is_(None), ENRICHMENTS.c.question != ""), 1), else_=0)).label("given_up"),
    )
    .join(PAPERS, PAPERS.c.id == ENRICHMENTS.c.paper_id)
    .where(PAPERS.c.visible_to.is_(None))  # how much a space has of its own is nobody else's business
    .group_by(ENRICHMENTS.c.guide)
)


class SqlEnrichments:
    """What is asked about which paper, in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def looked_upto(self) -> int:
        """Up to which change number papers were looked at for what they lack."""
        with self._database.reading() as connection:
            return connection.execute(select(func.min(GUIDES.c.upto_change))).scalar() or 0

    def look(self, wants: Sequence[Want], upto: int, now: datetime) -> None:
        """Ask these from now on; what is asked already goes on, a changed question begins anew, an empty one ends it."""
        asked = [{**one._asdict(), "next_at": now, **_NEW} for one in wants if one.question]
        ended = [{"of_paper": one.paper_id, "of_guide": one.guide} for one in wants if not one.question]
        with self._database.writing() as connection:
            if asked:
                new = insert_into(connection, ENRICHMENTS)
                anew = {name: new.excluded[name] for name in ("question", "next_at", *_NEW)}
                other = ENRICHMENTS.c.question != new.excluded.question
                connection.execute(new.on_conflict_do_update(index_elements=_ROW, set_=anew, where=other), asked)
            if ended:
                connection.execute(update(ENRICHMENTS).where(_THIS).values(next_at=None, question=""), ended)
            connection.execute(update(GUIDES).where(GUIDES.c.upto_change < upto).values(upto_change=upto))

    def claim(  # noqa: PLR0913 - who asks, when, and what of
        self, guide: Guide, owner: str, now: datetime, *, lease_s: float, most: int, private: Private
    ) -> Errand | None:
        """Lease a guide that nobody has leased and that is not left alone, with at most `most` tasks that are due."""
        due = due_tasks(guide, now, most, private)
        this = {"of_guide": guide, "now": now}
        with self._database.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:  # most often, and without the write lock
                return None
        with self._database.writing() as connection:
            of_guide = connection.execute(select(GUIDES).where(_FREE).with_for_update(), this).first()
            rows = _alone_if_failed(connection.execute(due).all()) if of_guide is not None else []
            if of_guide is None or not rows:
                return None
            lease = {"lease_owner": owner, "lease_until": now + timedelta(seconds=lease_s)}
            connection.execute(update(GUIDES).where(GUIDES.c.name == guide).values(lease))
            papers = read_papers(connection, (row.paper_id for row in rows))
        tasks = tuple(
            Task(paper=papers[row.paper_id], question=row.question, tries=row.tries, failures=row.failures) for row in rows
        )
        return Errand(guide=guide, tasks=tasks, failures=of_guide.failures)

    def write(  # noqa: PLR0913 - who asked, when, and what came of it
        self, guide: Guide, owner: str, attempt: Attempt, now: datetime, *, lease_s: float, filling: Filling | None = None
    ) -> tuple[Result, Paper | None] | None:
        """Fill the paper and write down what became of its task, in one transaction, and hold the lease for longer."""
        this = {"of_guide": guide, "owner": owner, "now": now}
        with self._database.writing() as connection:
            longer = update(GUIDES).where(_HELD).values(lease_until=now + timedelta(seconds=lease_s))
            if not connection.execute(longer, this).rowcount:
                return None
            result, paper = _fill(connection, attempt, filling)
            row = {"of_guide": guide, "of_paper": attempt.task.paper.id}
            if result == "gone":
                connection.execute(delete(ENRICHMENTS).where(_THIS), row)
            else:
                connection.execute(update(ENRICHMENTS).where(_THIS).values(_outcome(attempt, result, now)), row)
            return result, paper

    def give_back(self, guide: Guide, owner: str, now: datetime, verdict: Verdict) -> bool:
        """Give the lease back and write down how the guide did; `False`, and nothing is written, where it was lost."""
        said: dict[str, Any] = {"lease_owner": None, "lease_until": None, "open_until": verdict.rest_until}
        if verdict.answered:
            said["ok_at"] = now
        if verdict.error:
            since = func.coalesce(GUIDES.c.failing_since, literal(now, UtcTime()))
            said |= {"failures": verdict.failures, "error": verdict.error, "failing_since": since}
        elif verdict.answered:
            said |= {"failures": 0, "error": "", "failing_since": None}
        with self._database.writing() as connection:
            given = update(GUIDES).where(_HELD).values(said)
            return bool(connection.execute(given, {"of_guide": guide, "owner": owner, "now": now}).rowcount)

    def states(self, now: datetime) -> list[GuideState]:
        """How every guide is doing."""
        with self._database.reading() as connection:
            counts = {row.guide: row for row in connection.execute(_STATES, {"now": now})}
            guides = connection.execute(select(GUIDES).order_by(GUIDES.c.name.desc())).all()
        return [_state(row, counts.get(row.name)) for row in guides]


def due_tasks(guide: Guide, now: datetime, most: int, private: Private) -> Select[Any]:
    """The tasks of a guide whose time has come, the newest paper first."""
    return (
        select(ENRICHMENTS)
        .join(PAPERS, PAPERS.c.id == ENRICHMENTS.c.paper_id)
        .where(ENRICHMENTS.c.guide == guide, ENRICHMENTS.c.next_at <= now, _may_be_asked(private))
        .order_by(ENRICHMENTS.c.paper_id.desc())
        .limit(most)
    )


def _may_be_asked(private: Private) -> ColumnElement[bool]:
    """What of a space's own papers may be asked, and nothing of those that are gone."""
    own = {"nothing": false(), "ids": ENRICHMENTS.c.question != TITLE, "titles": true()}[private]
    return or_(PAPERS.c.visible_to.is_(None), and_(not_(PAPERS.c.visible_to.startswith(GONE)), own))


def _alone_if_failed(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The rows to be asked together: all that did not fail again and again, or a single one that did."""
    sound = [row for row in rows if row.failures < ALONE_AFTER]
    return sound if rows and rows[0].failures < ALONE_AFTER else list(rows[:1])


def _fill(connection: Connection, attempt: Attempt, filling: Filling | None) -> tuple[Result, Paper | None]:
    paper = attempt.task.paper
    if filling is None:
        return attempt.result, read_papers(connection, [paper.id]).get(paper.id)
    try:
        saved = save(connection, [filling.entry], [filling.keys], filling.decide, None, paper.visible_to or "")
    except PaperGone:
        return "gone", None
    paper_id = saved.paper_ids[0]
    return ("found" if saved.outcomes[0] == "changed" else "nothing"), read_papers(connection, [paper_id]).get(paper_id)


def _outcome(attempt: Attempt, result: Result, now: datetime) -> dict[str, Any]:
    counted = (
        {"failures": ENRICHMENTS.c.failures + 1} if result == "failed" else {"failures": 0, "tries": ENRICHMENTS.c.tries + 1}
    )
    return {"outcome": result, "error": attempt.error, "asked_at": now, "next_at": attempt.next_at, **counted}


def _state(row: Row[Any], counts: Row[Any] | None) -> GuideState:
    return GuideState(
        guide=cast("Guide", row.name),
        waiting=counts.waiting if counts else 0,
        due=int(counts.due or 0) if counts else 0,
        given_up=int(counts.given_up or 0) if counts else 0,
        ok_at=row.ok_at,
        failing_since=row.failing_since,
        error=row.error,
        rests_until=row.open_until if row.failing_since else None,
    )
