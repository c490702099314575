"""A PostgreSQL for the search benchmarks: Debian's where it is installed, for its `pg_trgm`; else the wheel's, without."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.postgres import postgres

_DEBIANS: Final = Path("/usr/lib/postgresql")
_USER: Final = "postgres"  # the server refuses to run as root
_MEMORY: Final = "-c shared_buffers=512MB -c maintenance_work_mem=512MB -c work_mem=64MB -c fsync=off"


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database, and whether its server has `pg_trgm`."""

    url: str
    has_trigrams: bool


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """An empty database in a server of its own, both gone at the end. It listens on a socket in its folder alone."""
    found = sorted(_DEBIANS.glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if not found:
        with postgres() as server:
            yield Database(server.make("search"), has_trigrams=False)
        return
    tools = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="paperround-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    data = folder / "data"
    _run(tools / "initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-locale")
    _run(tools / "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -h '' {_MEMORY}", "start")
    try:
        yield Database(f"postgresql:///postgres?host={folder}&user={_USER}", has_trigrams=True)
    finally:
        _run(tools / "pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(tool: Path, *args: str) -> None:
    other = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
    subprocess.run([*other, str(tool), *args], check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603 - our own words
