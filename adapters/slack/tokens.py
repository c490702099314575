"""Which token speaks for a workspace: the one of the settings, or the one that its installation brought."""

from typing import Final

from slack_sdk.errors import SlackTokenRotationError

from adapters.slack.faults import Removed
from adapters.slack.kept import Kept
from adapters.slack.rotation import CarefulRotator
from bot.errors import AdapterError, BotError

KEPT_S: Final = 60.0
KEPT: Final = 10_000


class OneToken:
    """The one workspace whose token stands in the settings.

    Args:
        token: its bot token.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, workspace: str) -> str:
        """The token, whichever workspace asks: with one token there is one."""
        return self._token

    def forget(self, workspace: str) -> None:
        """Nothing is remembered."""


class InstalledTokens:
    """Those of all workspaces that installed the app, renewed before they end.

    Args:
        rotator: reads and renews them.
    """

    def __init__(self, rotator: CarefulRotator) -> None:
        self._rotator = rotator
        self._known: Kept[str, str] = Kept(KEPT_S, KEPT)

    async def token(self, workspace: str) -> str:
        """The bot token of a team, or of an organisation.

        Raises:
            ChannelGone: the app is not, or no longer, installed there.
            AdapterError: it cannot be known now.
        """
        known = self._known.get(workspace)
        if known is not None:
            return known
        try:
            found = await self._rotator.current(workspace)
        except SlackTokenRotationError as error:
            raise Removed("token_expired") from error
        except BotError as error:
            raise AdapterError(str(error)) from error
        if found is None or not found.bot_token:
            self._known.drop(workspace)
            raise Removed("account_inactive")
        self._known.put(workspace, found.bot_token)
        return found.bot_token

    def forget(self, workspace: str) -> None:
        """Read it anew next time."""
        self._known.drop(workspace)
