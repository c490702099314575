"""How Slack is reached, read from the settings. Slack's room; pure, knows no SDK."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings import Settings

Transport = Literal["socket", "http"]

_BOT: Final = "PAPERROUND_SLACK_BOT_TOKEN"
_APP: Final = "PAPERROUND_SLACK_APP_TOKEN"
_SIGNING: Final = "PAPERROUND_SLACK_SIGNING_SECRET"
_ID: Final = "PAPERROUND_SLACK_CLIENT_ID"
_SECRET: Final = "PAPERROUND_SLACK_CLIENT_SECRET"  # noqa: S105 - the name of a setting
_KEYS: Final = "PAPERROUND_SECRET_KEYS"
_NOT_STARTED: Final = "Slack was not started."


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMode:
    """How Slack is set up. `transports` is empty where it is off; `reason` says in one line why it is as it is.

    `many`: workspaces install through our pages and bring their own tokens; else one workspace, by its bot token.
    """

    transports: tuple[Transport, ...]
    many: bool = False
    reason: str

    @property
    def is_on(self) -> bool:
        """Whether Slack is set up."""
        return bool(self.transports)

    @property
    def needs_http(self) -> bool:
        """Whether Slack, or a browser that installs, must reach our HTTP port."""
        return self.many or "http" in self.transports


def slack_mode(settings: Settings) -> SlackMode:
    """What the settings say of Slack.

    Raises:
        SettingsError: they contradict one another or leave something out; the message names the one setting to change.
    """
    bot, app, signing = (
        _text(value) for value in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    client_id, client_secret = settings.slack_client_id.strip(), _text(settings.slack_client_secret)
    if not any((bot, app, signing, client_id, client_secret)):
        return SlackMode(transports=(), reason=f"No Slack setting is given. Set {_BOT} and {_APP} to start it.")
    _require_kinds(bot, app, signing)
    _require_whole_client(client_id, client_secret, settings)
    if not bot and not client_id:
        given = _APP if app else _SIGNING
        raise SettingsError(f"{given} is set, but no workspace. {_NOT_STARTED} Set {_BOT} too (xoxb-…, OAuth & Permissions).")
    if bot and client_id:
        raise SettingsError(
            f"{_BOT} and {_ID} are both set: one workspace, or many. {_NOT_STARTED} "
            f"Remove {_BOT} if workspaces install through your pages; else remove {_ID} and {_SECRET}."
        )
    if not app and not signing:
        raise SettingsError(
            f"Slack cannot reach Paper Round. {_NOT_STARTED} Set {_APP} (xapp-…, Socket Mode), or {_SIGNING} for HTTP."
        )
    transports: tuple[Transport, ...] = (*(("socket",) if app else ()), *(("http",) if signing else ()))
    mode = SlackMode(transports=transports, many=bool(client_id), reason=_reason(transports, bool(client_id)))
    _require_address(mode, settings)
    return mode


def _text(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""


def _reason(transports: tuple[Transport, ...], many: bool) -> str:
    ways = {"socket": "Socket Mode", "http": "HTTP"}
    how = " and ".join(ways[one] for one in transports)
    whose = "many workspaces, which install through /slack/install" if many else "one workspace, by its bot token"
    return f"{how}; {whose}."


def _require_kinds(bot: str, app: str, signing: str) -> None:
    """Each token in its own place: they are easily mistaken for one another."""
    if bot.startswith("xapp-"):
        raise SettingsError(
            f"{_BOT} holds an app-level token (xapp-…). {_NOT_STARTED} "
            f"Put that one into {_APP}, and the Bot User OAuth Token (xoxb-…, from OAuth & Permissions) into {_BOT}."
        )
    if bot.startswith("xoxe"):
        raise SettingsError(
            f"{_BOT} holds a token that ends after 12 hours, since the app rotates its tokens. {_NOT_STARTED} "
            f"Let the workspace install through {_ID} and {_SECRET}, or make the app anew without token rotation."
        )
    if bot and not bot.startswith("xoxb-"):
        raise SettingsError(
            f"{_BOT} is not a bot token. {_NOT_STARTED} Use the Bot User OAuth Token, which begins with xoxb-, "
            "from OAuth & Permissions."
        )
    if app and not app.startswith("xapp-"):
        raise SettingsError(
            f"{_APP} is not an app-level token. {_NOT_STARTED} Use one that begins with xapp-, "
            "from Basic Information, with the scope connections:write."
        )
    if signing.startswith(("xox", "xapp-")):
        raise SettingsError(f"{_SIGNING} holds a token. {_NOT_STARTED} Use the Signing Secret from Basic Information.")


def _require_whole_client(client_id: str, client_secret: str, settings: Settings) -> None:
    if bool(client_id) != bool(client_secret):
        have, lack = (_ID, _SECRET) if client_id else (_SECRET, _ID)
        raise SettingsError(f"{have} is set without {lack}. {_NOT_STARTED} Set {lack} too, from Basic Information.")
    if client_id and not settings.secret_key_list:
        raise SettingsError(
            f"{_ID} is set, but no key to encrypt workspaces’ tokens with. {_NOT_STARTED} "
            f"Run `paperround keys new` and set {_KEYS} to what it prints."
        )


def _require_address(mode: SlackMode, settings: Settings) -> None:
    if not mode.needs_http:
        return
    why = "Workspaces install" if mode.many else "Slack sends its requests"
    if not settings.http_port:
        raise SettingsError(f"{why} over HTTP, but PAPERROUND_HTTP_PORT is 0. {_NOT_STARTED} Set it to a free port.")
    if mode.many and not settings.public_url:
        raise SettingsError(
            f"Workspaces come back from Slack to a public address, and none is set. {_NOT_STARTED} "
            "Set PAPERROUND_PUBLIC_URL, as https://papers.example.org."
        )
    if settings.public_url and not settings.public_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise SettingsError(f"PAPERROUND_PUBLIC_URL does not begin with https://, as Slack requires. {_NOT_STARTED} Correct it.")
