"""Opens everything that is stored in one database. Storage room."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import BUSY_TIMEOUT_S, Database
from storage.enriching import SqlEnrichments
from storage.imports import SqlImports
from storage.installs import SqlInstallations
from storage.ledger import SqlLedger
from storage.merges import SqlMerges
from storage.migrate import open_migrated
from storage.notes import SqlNotes
from storage.saved import SqlSaved
from storage.sources import SqlSources
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
    merges: SqlMerges
    installs: SqlInstallations
    notes: SqlNotes
    sources: SqlSources
    enrichments: SqlEnrichments
    database: Database

    def close(self) -> None:
        """Give back all connections. Call it once nobody uses any part any more."""
        self.database.close()


def open_storage(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, secret_keys: Sequence[str] = ()) -> Storage:
    """What is stored in the database at `url`, which is made, and whose tables are brought up to date, where needed.

    Args:
        url: `sqlite:///path/to/papers.db` or `postgresql://user:password@host/database`.
        busy_timeout_s: how long a writer waits for another one.
        secret_keys: what the tokens of installations are encrypted with; the first one encrypts, all decrypt.

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
        merges=SqlMerges(database),
        installs=SqlInstallations(database, secret_keys),
        notes=SqlNotes(database),
        sources=SqlSources(database),
        enrichments=SqlEnrichments(database),
        database=database,
    )
