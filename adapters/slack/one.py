"""One workspace, by the bot token of the settings: whether Slack takes the token, and what goes on once it does."""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from adapters.slack.api import Api, Team
from adapters.slack.faults import Removed, SlackRefused, translated
from adapters.slack.installs import Workspaces, resume, uninstalled, workspace_of
from bot.errors import AdapterError, BotError

AGAIN_S: Final = 5.0
MOST_AGAIN_S: Final = 300.0

_log = structlog.get_logger()


class OneWorkspace:
    """The workspace that the operator installed us in, by hand: no page of ours hears when it is installed again.

    Args:
        workspaces: where its subscriptions are kept.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._good_since: datetime | None = None

    async def begin(self, api: Api) -> None:
        """Ask Slack whose token it is, until it says so; then let go on what was paused because we were removed.

        Raises:
            AdapterError: Slack does not take the token.
        """
        pause_s = AGAIN_S
        while True:
            try:
                await self._go_on(api)
            except Removed as error:
                raise AdapterError(
                    f"Slack does not take PAPERROUND_SLACK_BOT_TOKEN ({error.name}). Slack was not started. "
                    "Install the app to the workspace again, and copy the Bot User OAuth Token from OAuth & Permissions."
                ) from error
            except BotError as error:
                _log.warning("slack_token_not_checked", error=str(error))
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, MOST_AGAIN_S)

    async def removed(self, workspace: str, at: datetime) -> None:
        """We were removed; unless Slack tells so late that our token was found good after it."""
        if self._good_since is None or at >= self._good_since:
            await uninstalled(self._workspaces, workspace, at=at)

    async def _go_on(self, api: Api) -> None:
        asked_at = self._workspaces.clock().replace(microsecond=0)  # as Slack tells when an event was
        client = await api.asking(Team(""))
        with translated():
            said = await client.auth_test()
            workspace = workspace_of(
                enterprise_id=said.get("enterprise_id"),
                team_id=said.get("team_id"),
                is_enterprise_install=said.get("is_enterprise_install"),
            )
        if not workspace:
            raise SlackRefused("no workspace")
        self._good_since = asked_at
        resumed = await resume(self._workspaces, workspace)
        _log.info("slack_token_good", workspace=workspace, resumed=resumed)
