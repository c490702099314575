"""Opens everything that is stored in one database. Storage room."""

from dataclasses import dataclass

from storage.database import BUSY_TIMEOUT_S, Database
from storage.imports import SqlImports
from storage.ledger import SqlLedger
from storage.migrate import open_migrated
from storage.saved import SqlSaved
from storage.store import SqlPaperStore
from storage.subscriptions import SqlSubscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """All that one database holds, on one pool of connections."""

    papers: SqlPaperStore
    subscriptions: SqlSubscriptions
    ledger: SqlLedger
    saved: SqlSaved
    imports: SqlImports
    database: Database

    def close(self) -> None:
        """Give back all connections. Call it once nobody uses any part any more."""
        self.database.close()


def open_storage(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Storage:
    """What is stored in the database at `url`, which is made, and whose tables are brought up to date, where needed.

    Args:
        url: `sqlite:///path/to/papers.db` or `postgresql://user:password@host/database`.
        busy_timeout_s: how long a writer waits for another one.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
    """
    database = open_migrated(url, busy_timeout_s=busy_timeout_s)
    return Storage(
        papers=SqlPaperStore(database),
        subscriptions=SqlSubscriptions(database),
        ledger=SqlLedger(database),
        saved=SqlSaved(database),
        imports=SqlImports(database),
        database=database,
    )
