"""What the settings say of Slack, and the one line that is said where they are wrong."""

from typing import Any

import pytest

from adapters.slack.mode import slack_mode
from bot.errors import SettingsError
from bot.settings import Settings

BOT, APP, SIGNING = {"slack_bot_token": "xoxb-1"}, {"slack_app_token": "xapp-1"}, {"slack_signing_secret": "a" * 32}
CLIENT = {"slack_client_id": "1.2", "slack_client_secret": "shh"}
KEYS, PUBLIC = {"secret_keys": "k"}, {"public_url": "https://papers.example.org"}
MANY = CLIENT | KEYS | PUBLIC


def settings(**given: Any) -> Settings:  # noqa: ANN401 - any setting
    """Settings with these and no others."""
    return Settings(_env_file=None, **given)


@pytest.mark.parametrize(
    ("given", "transports", "many"),
    [
        ({}, (), False),
        (KEYS | PUBLIC, (), False),
        (BOT | APP, ("socket",), False),
        (BOT | SIGNING, ("http",), False),
        (BOT | APP | SIGNING, ("socket", "http"), False),
        (MANY | SIGNING, ("http",), True),
        (MANY | APP, ("socket",), True),
    ],
)
def test_settings_that_fit_together_say_how_slack_is_reached(given: dict[str, str], transports: tuple[str, ...], many: bool):
    """Off without any; else by what is given."""
    mode = slack_mode(settings(**given))
    assert (mode.transports, mode.many, mode.is_on) == (transports, many, bool(transports))
    assert mode.needs_http == (many or "http" in transports)
    assert mode.reason.endswith(".")


@pytest.mark.parametrize(
    ("given", "says", "fix"),
    [
        ({"slack_bot_token": "xapp-1"} | APP, "holds an app-level token", "Put that one into PAPERROUND_SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxp-1"} | APP, "not a bot token", "begins with xoxb-"),
        ({"slack_bot_token": "xoxe.xoxb-1"} | APP, "ends after 12 hours", "without token rotation"),
        (BOT | {"slack_app_token": "xoxb-2"}, "not an app-level token", "begins with xapp-"),
        (BOT | {"slack_signing_secret": "xoxb-2"}, "holds a token", "Signing Secret from Basic Information"),
        (APP, "but no workspace", "Set PAPERROUND_SLACK_BOT_TOKEN"),
        (SIGNING, "but no workspace", "Set PAPERROUND_SLACK_BOT_TOKEN"),
        (BOT, "cannot reach", "PAPERROUND_SLACK_APP_TOKEN"),
        ({"slack_client_id": "1.2"} | KEYS, "without PAPERROUND_SLACK_CLIENT_SECRET", "Set PAPERROUND_SLACK_CLIENT_SECRET"),
        ({"slack_client_secret": "shh"} | KEYS, "without PAPERROUND_SLACK_CLIENT_ID", "Set PAPERROUND_SLACK_CLIENT_ID"),
        (CLIENT | SIGNING | PUBLIC, "no key", "paperround keys new"),
        (MANY | SIGNING | BOT, "one workspace, or many", "Remove PAPERROUND_SLACK_BOT_TOKEN"),
        (MANY, "cannot reach", "PAPERROUND_SLACK_SIGNING_SECRET for HTTP"),
        (CLIENT | KEYS | SIGNING, "public address", "Set PAPERROUND_PUBLIC_URL"),
        (MANY | SIGNING | {"public_url": "http://papers.example.org"}, "https://", "Correct it"),
        (BOT | SIGNING | {"http_port": 0}, "PAPERROUND_HTTP_PORT is 0", "Set it to a free port"),
    ],
)
def test_settings_that_do_not_fit_are_an_error_with_its_fix(given: dict[str, Any], says: str, fix: str):
    """It says that nothing was started, and shows no token."""
    with pytest.raises(SettingsError) as refused:
        slack_mode(settings(**given))
    assert says in str(refused.value)
    assert fix in str(refused.value)
    assert "Slack was not started." in str(refused.value)
    secrets = [value for key, value in given.items() if key not in ("public_url", "http_port")]
    assert not any(value in str(refused.value) for value in secrets if len(value) > 3)


def test_blanks_around_a_token_are_forgiven():
    """They come along when it is pasted; only blanks is no token."""
    assert slack_mode(settings(slack_bot_token=" xoxb-1\n", slack_app_token="\txapp-1 ")).transports == ("socket",)  # noqa: S106
    assert not slack_mode(settings(slack_bot_token="  ", slack_client_id=" ")).is_on  # noqa: S106 - nobody's token
