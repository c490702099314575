"""Renews Slack's expiring tokens once, however many processes notice that it is time. Slack's room.

A token lives twelve hours and is renewed from two hours before its end. Renewing ends the refresh token it is done with, so of
two processes that do it at once one would fail, and the slower one might store what no longer works:
https://docs.slack.dev/authentication/using-token-rotation. Here one is let through at a time, and later tokens are never
overwritten by earlier ones (`InstallationStore.renew`).
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import SlackInstallations, Workspaces, workspace_of

MINUTES_BEFORE: Final = 120
TRY_AGAIN: Final = timedelta(seconds=60)
WAIT_S: Final = 5.0
LOOK_S: Final = 0.25

_log = structlog.get_logger()


class CarefulRotator(AsyncTokenRotator):
    """Bolt's rotator, which lets only one process at a time renew a workspace's tokens and goes on with what others stored.

    Args:
        workspaces: where installations are kept.
        store: the same, as Bolt sees it.
        client: for the Web API; needs no token.
        client_id: the app's.
        client_secret: the app's.
    """

    def __init__(
        self, workspaces: Workspaces, store: SlackInstallations, *, client: AsyncWebClient, client_id: str, client_secret: str
    ) -> None:
        super().__init__(client_id=client_id, client_secret=client_secret, client=client)
        self._workspaces = workspaces
        self._store = store
        self._tried: dict[str, float] = {}

    async def perform_token_rotation(
        self, *, installation: Installation, minutes_before_expiration: int = MINUTES_BEFORE
    ) -> Installation | None:
        """The installation with newer tokens; `None` where the ones it has will do for now.

        Raises:
            SlackTokenRotationError: they have ended and cannot be renewed: it must be installed again.
        """
        left_s = self._left_s(installation)
        if left_s is None or left_s > minutes_before_expiration * 60:
            return None
        workspace = _name(installation)
        if not await self._may_try(workspace, has_ended=left_s <= 0):
            return await self._by_another(installation, WAIT_S if left_s <= 0 else 0)
        try:
            return await super().perform_token_rotation(
                installation=installation, minutes_before_expiration=minutes_before_expiration
            )
        except Exception as error:  # noqa: BLE001 - whatever an answer that is not Slack's usual one does to its SDK
            _log.warning("slack_token_not_renewed", workspace=workspace, error=_word(error), left_s=round(left_s))
            newer = await self._by_another(installation, 0)
            if newer is None and left_s <= 0:
                raise SlackTokenRotationError(error) from None  # type: ignore[arg-type] # Bolt only prints it
            return newer

    async def current(self, workspace: str) -> Installation | None:
        """A workspace's installation with tokens that are valid now: for what is posted without being asked.

        Raises:
            SlackTokenRotationError: they have ended and cannot be renewed.
            StorageError: it cannot be read.
        """
        found = await self._store.of(workspace)
        renewed = await self.perform_token_rotation(installation=found) if found is not None else None
        if renewed is None:
            return found
        await self._store.async_save(renewed)
        return renewed

    def _left_s(self, installation: Installation) -> float | None:
        at = installation.bot_token_expires_at
        return at - self._workspaces.clock().timestamp() if at is not None else None

    async def _may_try(self, workspace: str, *, has_ended: bool) -> bool:
        """Whether it is for us to renew these tokens: once in a minute over all processes."""
        now = self._workspaces.clock()
        if not has_ended and now.timestamp() < self._tried.get(workspace, 0.0) + TRY_AGAIN.total_seconds():
            return False
        self._tried[workspace] = now.timestamp()
        return await self._workspaces.call(self._workspaces.notes.first, f"slack:renew:{workspace}", now + TRY_AGAIN, now)

    async def _by_another(self, installation: Installation, wait_s: float) -> Installation | None:
        """What another process has stored meanwhile, if it is newer; waited for where there is no going on without it."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            stored = await self._store.of(_name(installation))
            if stored is not None and (stored.bot_token_expires_at or 0) > (installation.bot_token_expires_at or 0):
                return stored
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(LOOK_S)


def _name(installation: Installation) -> str:
    return workspace_of(
        enterprise_id=installation.enterprise_id,
        team_id=installation.team_id,
        is_enterprise_install=installation.is_enterprise_install,
    )


def _word(error: Exception) -> str:
    """Slack's own word for it, or the kind of error: never a whole answer."""
    said = getattr(getattr(error.args[0] if error.args else None, "response", None), "data", None)
    return str(said.get("error"))[:60] if isinstance(said, dict) else type(error).__name__
