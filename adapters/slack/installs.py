"""Slack's installations on our own storage: what Bolt asks for, and what happens when a workspace comes or goes. Slack's room.

Storage is synchronous, so every call of it goes through the caller's pool of threads.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from adapters.slack.faults import SHUT_OUT
from bot.errors import SettingsError, StorageError
from bot.installs import Installation as Stored
from bot.installs import InstallationStore, Notes
from bot.ledger import SubscriptionStore

PLATFORM: Final = "slack"
REMOVED: Final = "Paper Round was removed from this workspace"
STORED: Final = "stored"
"""Marks what was read from storage. Bolt saves a copy of it when it has renewed the tokens; a new installation has no mark."""
RENEWAL_PAUSES_S: Final = (0.2, 1.0, 3.0)
"""How long to wait before storing renewed tokens once more: Slack has ended the old ones, so these are the only ones."""

_T = TypeVar("_T")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspaces:
    """Where installations are kept and what depends on them. `clock` gives the present moment, in UTC."""

    installs: InstallationStore
    notes: Notes
    subscriptions: SubscriptionStore
    pool: Executor
    clock: Callable[[], datetime]

    async def call(self, function: Callable[..., _T], *args: object) -> _T:
        """What a function of storage returns, called on the pool."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(function, *args))


def workspace_of(*, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None) -> str:
    """What channels name as their workspace: the team or, where the whole org installed us, the org.

    An org-wide installation has one token, and its channels may belong to several of its workspaces, so the org is the border.
    """
    return (enterprise_id if is_enterprise_install and enterprise_id else team_id) or enterprise_id or ""


class SlackInstallations(AsyncInstallationStore):
    """Installations as Bolt's flow and the token rotation ask for them: https://docs.slack.dev/tools/bolt-python/concepts/authenticating-oauth.

    No user tokens are asked for, so there is one installation a workspace, whoever made it.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def logger(self) -> logging.Logger:
        """Bolt's own interface; we log with structlog."""
        return logging.getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        """Store a new installation or, where it was read from here before, its renewed tokens.

        Raises:
            StorageError: it could not be stored.
            SettingsError: no key to encrypt tokens with is set.
        """
        if installation.get_custom_value(STORED):
            await self._renew(to_stored(installation))
        else:
            await self._workspaces.call(self._workspaces.installs.save, to_stored(installation))

    async def async_save_bot(self, bot: Bot) -> None:
        """Store the renewed tokens of a bot, beside what else is known of its installation."""
        known = await self.async_find_installation(
            enterprise_id=bot.enterprise_id, team_id=bot.team_id, is_enterprise_install=bot.is_enterprise_install
        )
        if known is not None:
            known.bot_token, known.bot_refresh_token = bot.bot_token, bot.bot_refresh_token
            known.bot_token_expires_at = bot.bot_token_expires_at
            await self.async_save(known)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The workspace's installation, or its org's; none for a single user, since no user tokens are asked for."""
        if user_id is not None:
            return None
        for workspace in dict.fromkeys((enterprise_id, team_id) if is_enterprise_install else (team_id, enterprise_id)):
            found = await self.of(workspace) if workspace else None
            if found is not None and (workspace != enterprise_id or found.is_enterprise_install):
                return found
        return None

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of the same installation."""
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found is not None else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the workspace's installation."""
        await self.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget the workspace's installation; of a single user there is nothing to forget."""
        workspace = team_id or enterprise_id
        if user_id is None and workspace:
            await self._workspaces.call(self._workspaces.installs.remove, PLATFORM, workspace)

    async def of(self, workspace: str) -> Installation | None:
        """The installation of a workspace or org, by its id."""
        found = await self._workspaces.call(self._workspaces.installs.find, PLATFORM, workspace)
        return from_stored(found) if found is not None else None

    async def _renew(self, renewed: Stored) -> None:
        """Store renewed tokens; storage that is busy is given some seconds."""
        for pause_s in RENEWAL_PAUSES_S:
            try:
                await self._workspaces.call(self._workspaces.installs.renew, renewed)
            except StorageError as error:
                _log.warning("slack_tokens_not_stored", workspace=renewed.workspace, error=str(error))
                await asyncio.sleep(pause_s)
            else:
                return
        await self._workspaces.call(self._workspaces.installs.renew, renewed)


async def resume(workspaces: Workspaces, workspace: str) -> int:
    """Let go on what was paused because we were removed, as Slack told us or as a post found out. Returns how many those are.

    Raises:
        StorageError: it cannot be stored.
    """
    resumed = [
        await workspaces.call(workspaces.subscriptions.resume_workspace, PLATFORM, workspace, reason, workspaces.clock())
        for reason in (REMOVED, SHUT_OUT)
    ]
    return sum(resumed)


async def installed(workspaces: Workspaces, installation: Stored) -> int:
    """What happens once a workspace has let us in (again): its subscriptions go on. Returns how many those are."""
    resumed = await resume(workspaces, installation.workspace)
    _log.info("slack_installed", workspace=installation.workspace, is_org=installation.is_org, resumed=resumed)
    return resumed


async def uninstalled(workspaces: Workspaces, workspace: str, *, at: datetime) -> bool:
    """What happens once a workspace has removed us: nothing is posted there any more, its tokens are deleted.

    Slack says so more than once, and perhaps late: if it was installed again after `at` (the event's own time), nothing is done
    and the answer is `False`.
    """
    try:
        found = await workspaces.call(workspaces.installs.find, PLATFORM, workspace)
    except SettingsError:  # it cannot be opened any more, and shall be deleted anyway
        found = None
    if found is not None and found.installed_at.replace(microsecond=0) > at:  # Slack tells whole seconds
        return False
    paused = await workspaces.call(workspaces.subscriptions.pause_workspace, PLATFORM, workspace, REMOVED)
    await workspaces.call(workspaces.installs.remove, PLATFORM, workspace)
    _log.info("slack_uninstalled", workspace=workspace, paused=len(paused))
    return True


def ends_installation(event: Mapping[str, Any]) -> bool:
    """Whether an event of Slack ends our installation: it was removed, or the bot's own tokens were revoked.

    https://docs.slack.dev/reference/events/tokens_revoked: tokens of single users do not matter, since we have none.
    """
    return event.get("type") == "app_uninstalled" or bool((event.get("tokens") or {}).get("bot"))


def to_stored(installation: Installation) -> Stored:
    """Slack's installation as ours: all its fields are in the secret, to come back as they were."""
    expires = [at for at in (installation.bot_token_expires_at, installation.user_token_expires_at) if at is not None]
    fields = {
        **installation.to_dict_for_copying(),
        "bot_token_expires_at": installation.bot_token_expires_at,
        "user_token_expires_at": installation.user_token_expires_at,
        "installed_at": installation.installed_at,
        "custom_values": {key: value for key, value in installation.custom_values.items() if key != STORED},
    }
    return Stored(
        platform=PLATFORM,
        workspace=workspace_of(
            enterprise_id=installation.enterprise_id,
            team_id=installation.team_id,
            is_enterprise_install=installation.is_enterprise_install,
        ),
        is_org=installation.is_enterprise_install,
        name=(installation.enterprise_name if installation.is_enterprise_install else installation.team_name) or "",
        secret=json.dumps(fields),
        installed_by=installation.user_id or "",
        installed_at=datetime.fromtimestamp(installation.installed_at, UTC),
        expires_at=datetime.fromtimestamp(min(expires), UTC) if expires else None,
    )


def from_stored(stored: Stored) -> Installation:
    """Our installation as Slack's, marked as stored."""
    fields = {name: value for name, value in json.loads(stored.secret).items() if value is not None}
    installation = Installation(**{"user_id": stored.installed_by, **fields})
    installation.set_custom_value(STORED, True)
    return installation
