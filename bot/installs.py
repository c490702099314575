"""The seams of installing: who lets us into their workspace, and small notes with an end. Knows no SQL and no platform."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Leave to be in a workspace. `workspace` is what channels there name as theirs: a Slack team or, where `is_org`, its org.

    `secret` is JSON of the platform's own making that holds its tokens; nothing shows it. `expires_at`: when they end, UTC;
    `None` is never. `installed_at` tells this installation from earlier ones of the same workspace.
    """

    platform: str
    workspace: str
    is_org: bool = False
    name: str
    secret: str = field(repr=False)
    installed_by: str
    installed_at: datetime
    expires_at: datetime | None = None


class InstallationStore(Protocol):
    """Installations, their secrets encrypted. Synchronous; every method is one transaction.

    All raise `StorageError`; those that read or write a secret `SettingsError` where no key is set, or not the right one.
    """

    def save(self, installation: Installation) -> None:
        """Store a new installation, in place of any earlier one of its workspace."""
        ...

    def renew(self, installation: Installation) -> bool:
        """Store later tokens of the installation that is there.

        `False`, and nothing is stored, where it was removed, was installed anew, or holds tokens that end no earlier.
        """
        ...

    def find(self, platform: str, workspace: str) -> Installation | None:
        """The installation of a workspace."""
        ...

    def all(self, platform: str) -> list[Installation]:
        """Those of all workspaces of a platform, in order of their workspace."""
        ...

    def remove(self, platform: str, workspace: str) -> bool:
        """Forget a workspace's installation and its tokens; `False` where there was none. Needs no key."""
        ...

    def rotate(self) -> int:
        """Encrypt every secret anew, with the first key; returns how many that were."""
        ...


class Notes(Protocol):
    """Short texts under a key until a moment, shared by all processes. Synchronous; every method is one transaction.

    What has ended is as if it were not there. All raise `StorageError`.
    """

    def first(self, key: str, until: datetime, now: datetime) -> bool:
        """`True` for exactly one caller, over all processes, until then: of a delivery that comes twice, the first."""
        ...

    def put(self, key: str, text: str, until: datetime) -> None:
        """Keep a text, in place of what the key had."""
        ...

    def get(self, key: str, now: datetime) -> str | None:
        """The text of a key."""
        ...

    def take(self, key: str, now: datetime) -> str | None:
        """The text of a key, which then has none: exactly one caller, over all processes, is given it."""
        ...

    def forget(self, now: datetime) -> int:
        """Drop what has ended; returns how many that were."""
        ...
