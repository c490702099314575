"""Many workspaces: the tokens that their installations brought, and the pages that bring them."""

from collections.abc import Sequence

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Tokens
from adapters.slack.installs import Workspaces
from adapters.slack.oauth import install_routes, make_install_flow
from adapters.slack.tokens import InstalledTokens


def many_workspaces(
    workspaces: Workspaces, *, base_url: str, client_id: str, client_secret: str, public_url: str
) -> tuple[Tokens, Sequence[web.RouteDef]]:
    """Who speaks for which workspace, and the addresses through which one installs us.

    Args:
        workspaces: where installations are kept.
        base_url: of the Web API.
        client_id: the app's.
        client_secret: the app's.
        public_url: where this process is reached from outside.
    """
    client = AsyncWebClient(base_url=base_url)
    flow = make_install_flow(workspaces, client=client, client_id=client_id, client_secret=client_secret, public_url=public_url)
    return InstalledTokens(flow.rotator), install_routes(flow)
