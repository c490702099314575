"""`InstallationStore` on SQLite and PostgreSQL. Storage room: what lies in the database is sealed, frozen records leave."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, and_, bindparam, delete, select, update

from bot.installs import Installation
from storage.database import Database
from storage.install_tables import INSTALLATIONS
from storage.upserts import insert_into

if TYPE_CHECKING:
    from storage.sealing import Seal

_THIS: Final = and_(INSTALLATIONS.c.platform == bindparam("of_platform"), INSTALLATIONS.c.workspace == bindparam("of_workspace"))
_FIND: Final = select(INSTALLATIONS).where(_THIS)
_ALL: Final = (
    select(INSTALLATIONS).where(INSTALLATIONS.c.platform == bindparam("of_platform")).order_by(INSTALLATIONS.c.workspace)
)
_LOCKED: Final = select(INSTALLATIONS).order_by(INSTALLATIONS.c.platform, INSTALLATIONS.c.workspace).with_for_update()


class SqlInstallations:
    """Installations in a database whose tables are up to date.

    Every method is one transaction, may be called from any thread and raises `StorageError`.

    Args:
        database: where they lie.
        keys: what seals their secrets; looked at when the first secret is.
    """

    def __init__(self, database: Database, keys: Sequence[str] = ()) -> None:
        self._database = database
        self._keys = tuple(keys)

    @cached_property
    def _seal(self) -> "Seal":
        from storage.sealing import Seal  # noqa: PLC0415 - cryptography is slow to import; most installations keep no secret

        return Seal(self._keys)

    def save(self, installation: Installation) -> None:
        """Store a new installation, in place of any earlier one of its workspace.

        Raises:
            SettingsError: no key is set.
        """
        values = self._values(installation)
        with self._database.writing() as connection:
            new = insert_into(connection, INSTALLATIONS).values(values)
            connection.execute(
                new.on_conflict_do_update(index_elements=[INSTALLATIONS.c.platform, INSTALLATIONS.c.workspace], set_=values)
            )

    def renew(self, installation: Installation) -> bool:
        """Store later tokens of the installation that is there; `False` where it is gone, was made anew or has as late ones.

        Raises:
            SettingsError: no key is set.
        """
        table, values = INSTALLATIONS.c, self._values(installation)
        earlier = table.expires_at < installation.expires_at if installation.expires_at else table.expires_at.is_not(None)
        this = and_(_THIS, table.installed_at == installation.installed_at, earlier)
        with self._database.writing() as connection:
            return bool(connection.execute(update(INSTALLATIONS).where(this).values(values), _names(installation)).rowcount)

    def find(self, platform: str, workspace: str) -> Installation | None:
        """The installation of a workspace.

        Raises:
            SettingsError: its secret cannot be opened with the keys that are set.
        """
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"of_platform": platform, "of_workspace": workspace}).first()
        return self._opened(row) if row else None

    def all(self, platform: str) -> list[Installation]:
        """Those of all workspaces of a platform, in order of their workspace.

        Raises:
            SettingsError: a secret cannot be opened with the keys that are set.
        """
        with self._database.reading() as connection:
            rows = connection.execute(_ALL, {"of_platform": platform}).all()
        return [self._opened(row) for row in rows]

    def remove(self, platform: str, workspace: str) -> bool:
        """Forget a workspace's installation and its tokens; `False` where there was none."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(INSTALLATIONS).where(_THIS), {"of_platform": platform, "of_workspace": workspace})
            return bool(gone.rowcount)

    def rotate(self) -> int:
        """Encrypt every secret anew, with the first key; returns how many that were.

        Raises:
            SettingsError: a secret cannot be opened with the keys that are set; nothing was changed.
        """
        with self._database.writing() as connection:
            anew = [self._opened(row) for row in connection.execute(_LOCKED).all()]
            for one in anew:
                connection.execute(
                    update(INSTALLATIONS).where(_THIS).values(sealed=self._seal.close(one.secret, _whose(one))), _names(one)
                )
        return len(anew)

    def _values(self, installation: Installation) -> dict[str, Any]:
        return {
            "platform": installation.platform,
            "workspace": installation.workspace,
            "is_org": installation.is_org,
            "name": installation.name,
            "sealed": self._seal.close(installation.secret, _whose(installation)),
            "installed_by": installation.installed_by,
            "installed_at": installation.installed_at,
            "expires_at": installation.expires_at,
        }

    def _opened(self, row: Row[Any]) -> Installation:
        return Installation(
            platform=row.platform,
            workspace=row.workspace,
            is_org=row.is_org,
            name=row.name,
            secret=self._seal.open(row.sealed, _whose(row)),
            installed_by=row.installed_by,
            installed_at=row.installed_at,
            expires_at=row.expires_at,
        )


def _whose(one: Installation | Row[Any]) -> str:
    return f"{one.platform}:{one.workspace}"


def _names(installation: Installation) -> dict[str, str]:
    return {"of_platform": installation.platform, "of_workspace": installation.workspace}
