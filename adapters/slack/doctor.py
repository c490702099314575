"""What `paperround doctor` looks at of Slack: tokens, scopes, secrets, the clock, installations, the public address."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import PLATFORM
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, SCOPES
from adapters.slack.mode import SlackMode, slack_mode
from bot.errors import SettingsError
from bot.findings import Check, Finding, to_fix, well
from bot.installs import InstallationStore
from bot.settings import Settings

TIMEOUT_S: Final = 10
MOST_SKEW_S: Final = 60
"""Slack's requests are refused when they look more than five minutes old: https://docs.slack.dev/authentication/verifying-requests-from-slack."""

_BOT_FIX: Final = {
    "invalid_auth": "Slack does not know this token. Copy the Bot User OAuth Token from OAuth & Permissions once more.",
    "token_revoked": "This token was revoked. Install the app to the workspace again and copy its new token.",
    "token_expired": "This token has ended, since the app rotates its tokens. Let workspaces install through your pages.",
    "account_inactive": "The app was removed from the workspace, or the workspace is gone. Install it again.",
    "not_allowed_token_type": "This is not a bot token. Use the Bot User OAuth Token (xoxb-…) from OAuth & Permissions.",
}
_APP_FIX: Final = {
    "invalid_auth": "Slack does not know this token. Generate an app-level token under Basic Information.",
    "missing_scope": "This token lacks connections:write. Generate one with that scope under Basic Information.",
    "not_allowed_token_type": "This is not an app-level token. Generate one under Basic Information; it begins with xapp-.",
    "forbidden_team": "The workspace forbids this app to connect. Ask its admin to approve the app.",
}
_CLIENT_FIX: Final = {
    "invalid_client_id": "Slack does not know PAPERROUND_SLACK_CLIENT_ID. Copy it from Basic Information once more.",
    "bad_client_secret": "PAPERROUND_SLACK_CLIENT_SECRET does not fit the client id. Copy it from Basic Information once more.",
}
_HEX_32: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Said:
    """Slack's answer: its word for what is wrong (empty if nothing is), its fields and headers."""

    error: str
    fields: Mapping[str, Any]
    headers: Mapping[str, str]


def slack_checks(settings: Settings, installs: InstallationStore | None, call: Callable[..., Awaitable[Any]]) -> list[Check]:
    """The checks that these settings ask for.

    Args:
        settings: ours.
        installs: the workspaces that let us in; `None` where the database cannot be opened.
        call: runs a function of storage off the event loop.
    """
    try:
        mode = slack_mode(settings)
    except SettingsError as error:
        return [_said(to_fix("Slack settings", str(error)))]
    checks = [_said(well("Slack settings", mode.reason))]
    if settings.slack_bot_token and mode.is_on and not mode.many:
        checks.append(Check(name="Slack bot token", look=lambda: _look_at_bot(settings)))
    if "http" in mode.transports:
        checks.append(_said(_look_at_signing_secret(settings)))
    if "socket" in mode.transports:
        checks.append(Check(name="Slack app-level token", look=lambda: _look_at_app_token(settings)))
    if mode.many:
        checks.append(Check(name="Slack client", look=lambda: _look_at_client(settings)))
    if mode.many and installs is not None:
        checks.append(Check(name="Slack installations", look=lambda: _look_at_installations(installs, call)))
    if mode.needs_http and settings.public_url:
        checks.append(Check(name="Slack public address", look=lambda: _look_at_address(settings, mode)))
    return checks


async def _look_at_bot(settings: Settings) -> list[Finding]:
    said = await _ask(settings, "auth.test", token=_text(settings.slack_bot_token))
    if said.error:
        return [to_fix("Slack bot token", _BOT_FIX.get(said.error) or _unreached(said.error)), *_clock(said)]
    who = f"Valid in {said.fields.get('team') or 'the workspace'}, as {said.fields.get('user') or 'a bot'}."
    return [well("Slack bot token", who), _scopes(said), *_clock(said)]


def _scopes(said: _Said) -> Finding:
    """The scopes the token has, which every answer names: https://docs.slack.dev/authentication/installing-with-oauth."""
    have = {scope.strip() for scope in said.headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in SCOPES if scope not in have]
    if not missing:
        return well("Slack scopes", f"All {len(SCOPES)} are granted.")
    return to_fix(
        "Slack scopes",
        f"Missing: {', '.join(missing)}. Paste `paperround manifest slack` into App Manifest, then reinstall the app.",
    )


def _look_at_signing_secret(settings: Settings) -> Finding:
    if _HEX_32.fullmatch(_text(settings.slack_signing_secret)):
        return well("Slack signing secret", "It has the right form.")
    return to_fix(
        "Slack signing secret",
        "It is not 32 of 0-9 and a-f, so every request would be refused. Copy the Signing Secret from Basic Information.",
    )


async def _look_at_app_token(settings: Settings) -> list[Finding]:
    said = await _ask(settings, "apps.connections.open", token=_text(settings.slack_app_token))
    if said.error:
        return [to_fix("Slack app-level token", _APP_FIX.get(said.error) or _unreached(said.error))]
    return [well("Slack app-level token", "Socket Mode can connect.")]


async def _look_at_client(settings: Settings) -> list[Finding]:
    """Slack looks at the client before the code: refusing only a made-up code says that the client is right."""
    client = {"client_id": settings.slack_client_id.strip(), "client_secret": _text(settings.slack_client_secret)}
    said = await _ask(settings, "oauth.v2.access", code="paperround-doctor", **client)
    if said.error == "invalid_code":
        return [well("Slack client", "Client id and secret belong together."), *_clock(said)]
    return [to_fix("Slack client", _CLIENT_FIX.get(said.error) or _unreached(said.error)), *_clock(said)]


async def _look_at_installations(installs: InstallationStore, call: Callable[..., Awaitable[Any]]) -> list[Finding]:
    found = await call(installs.all, PLATFORM)  # an error of ours names the workspace and the fix
    return [well("Slack installations", f"{len(found)}, and the tokens of all can be read.")]


async def _look_at_address(settings: Settings, mode: SlackMode) -> list[Finding]:
    base = settings.public_url.rstrip("/")
    fix = f"Start `paperround run`, and let your proxy pass /slack/ on to port {settings.http_port}."
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as session,
            session.request("GET" if mode.many else "POST", base + (INSTALL_PATH if mode.many else EVENTS_PATH)) as answer,
        ):
            status = answer.status
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        return [to_fix("Slack public address", f"{base} does not answer ({type(error).__name__}). {fix}")]
    if status == (200 if mode.many else 401):  # without a signature there is nothing but 401
        return [well("Slack public address", f"{base} leads to Paper Round.")]
    return [to_fix("Slack public address", f"{base} answers {status}, which is not Paper Round. {fix}")]


async def _ask(settings: Settings, method: str, *, token: str | None = None, **fields: str) -> _Said:
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT_S)
    try:
        if method == "oauth.v2.access":
            answer = await client.oauth_v2_access(**fields)
        else:
            answer = await client.api_call(method)
    except SlackApiError as error:
        said = error.response.data if isinstance(error.response.data, dict) else {}
        return _Said(said.get("error") or f"status {error.response.status_code}", said, error.response.headers)
    except Exception as error:  # noqa: BLE001 - whatever an answer that is not Slack's usual one does to its SDK
        return _Said(f"nothing that can be read ({type(error).__name__})", {}, {})
    return _Said("", answer.data if isinstance(answer.data, dict) else {}, answer.headers)


def _clock(said: _Said) -> list[Finding]:
    """How far this machine's clock is from Slack's, whose answers carry the time."""
    try:
        theirs = parsedate_to_datetime({name.lower(): value for name, value in said.headers.items()}["date"])
    except (KeyError, ValueError):
        return []
    skew_s = round((datetime.now(UTC) - theirs).total_seconds())
    if abs(skew_s) <= MOST_SKEW_S:
        return [well("Clock", "It agrees with Slack’s.")]
    way = "ahead of" if skew_s > 0 else "behind"
    return [
        to_fix(
            "Clock",
            f"It is {abs(skew_s)} s {way} Slack’s, which refuses and is refused from 300 s. Turn on time synchronisation.",
        )
    ]


def _unreached(error: str) -> str:
    return f"Slack said: {error[:60]}. Check the network and PAPERROUND_SLACK_API_URL, then try again."


def _said(finding: Finding) -> Check:
    async def look() -> Sequence[Finding]:
        return (finding,)

    return Check(name=finding.name, look=look)


def _text(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""
