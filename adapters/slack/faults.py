"""Slack's refusals, as the errors that the engine knows: what each means, and the one thing to do. Knows no cards.

Error names: https://docs.slack.dev/reference/methods/chat.postMessage#errors and, for all methods,
https://docs.slack.dev/reference/methods/auth.test#errors.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import AdapterError, ChannelGone, PayloadRejected, RateLimited, ThreadGone

INVALID_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})
RETRY_AFTER_S: Final = 30.0
MOST_RETRY_AFTER_S: Final = 3_600.0

SHUT_OUT: Final = "Paper Round was removed from this workspace, or its token is no longer valid. Install it again."
_GONE: Final[Mapping[str, str]] = {
    "channel_not_found": "The channel was deleted, or is private and Paper Round is not in it. Type /invite @Paper Round there.",
    "not_in_channel": "Paper Round is not in the channel. Type /invite @Paper Round there.",
    "is_archived": "The channel is archived. Unarchive it, or subscribe another one.",
    "is_inactive": "The channel is frozen for the moment. Subscribe another one.",
    "restricted_action": "An admin of the workspace has forbidden apps to post in the channel. Ask one of them.",
    "restricted_action_read_only_channel": "The channel is read-only for Paper Round. Ask an admin to let it post.",
    "restricted_action_thread_only_channel": "The channel takes replies only. Subscribe another one.",
    "restricted_action_non_threadable_channel": "The channel takes no threads. Choose the layout list or cards.",
    "ekm_access_denied": "An admin of the workspace has suspended posting. Ask one of them.",
    "team_access_not_granted": "Paper Round may no longer use this workspace. Install it again.",
    "team_not_found": SHUT_OUT,
    "token_revoked": SHUT_OUT,
    "token_expired": SHUT_OUT,
    "account_inactive": SHUT_OUT,
    "invalid_auth": SHUT_OUT,
    "not_authed": SHUT_OUT,
    "missing_scope": "Paper Round lacks a permission that it asks for today. Install it again to grant it.",
    "no_permission": "Paper Round lacks the permission to post here. Install it again, or ask an admin.",
    "messages_tab_disabled": "Messages to Paper Round are turned off in its app settings. Turn on the Messages Tab.",
    "user_not_found": "This person is no longer in the workspace.",
    "cannot_dm_bot": "A bot cannot be written to.",
}
_REJECTED: Final = INVALID_BLOCKS | {
    "msg_too_long", "msg_blocks_too_long", "no_text", "markdown_text_conflict", "too_many_attachments", "invalid_arguments",
    "invalid_array_arg", "metadata_too_large", "invalid_metadata_format", "as_user_not_supported", "invalid_charset",
}  # fmt: skip
_NO_THREAD: Final = frozenset({"thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked", "thread_locked"})
_WAIT: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NAME = re.compile(r"[a-z0-9_]{1,80}")


class Unreachable(AdapterError, ConnectionError):
    """No answer came from Slack, or half of one."""


class TimedOut(AdapterError, TimeoutError):
    """Slack took longer than we wait."""


class SlackRefused(AdapterError):
    """Slack said no, or something is broken there; a later try may go well.

    Args:
        name: Slack's own name of the error, such as internal_error.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"Slack did not take it ({name}). Nothing was lost; it is tried again.")
        self.name = name


@contextmanager
def translated() -> Iterator[None]:
    """Within it, whatever slack_sdk and aiohttp raise becomes an error of ours.

    Raises:
        RateLimited: Slack asks to wait.
        ChannelGone: the channel, or our leave to be in it, is gone.
        ThreadGone: only the thread is.
        PayloadRejected: the message itself is refused.
        AdapterError: anything else; a later try may mend it.
    """
    try:
        yield
    except SlackApiError as error:
        raise of_response(error.response) from error
    except TimeoutError as error:  # before ClientError: aiohttp's own timeouts are both
        raise TimedOut("Slack did not answer in time. It is tried again.") from error
    except (SlackClientError, aiohttp.ClientError, ConnectionError, AttributeError, ValueError) as error:
        # The SDK trips over an answer that is no JSON, as a proxy's.
        raise Unreachable(f"Slack cannot be reached ({type(error).__name__}). It is tried again.") from error


def of_response(response: Any) -> AdapterError:  # noqa: ANN401 - slack_sdk gives its own response, a dict, or aiohttp's
    """The error that an answer of the Web API stands for."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 200)
    headers = getattr(response, "headers", None) or {}
    return of_name(error_name(response) or f"status {status}", status=status, headers=headers)


def of_name(name: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> AdapterError:
    """The error that Slack's own name for it stands for."""
    if status == 429 or name in _WAIT:
        return RateLimited(_retry_after_s(headers or {}))
    if name in _NO_THREAD:
        return ThreadGone("The thread's first message was deleted or locked. The next edition begins a new one.")
    if name in _GONE:
        return (Removed if _GONE[name] == SHUT_OUT else Gone)(name)
    if name in _REJECTED:
        return Rejected(name)
    return SlackRefused(name)


class Rejected(PayloadRejected):
    """Slack refuses this message.

    Args:
        name: Slack's own name of the error.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"Slack refuses this message ({name}).")
        self.name = name


class Gone(ChannelGone):
    """The channel cannot be posted in.

    Args:
        name: Slack's own name of the error, one of those above.
    """

    def __init__(self, name: str) -> None:
        super().__init__(_GONE[name])
        self.name = name


class Removed(Gone):
    """Not only this channel: the app was removed from the workspace."""


def error_name(response: Any) -> str:  # noqa: ANN401 - as above
    """Slack's name of an error; empty where the answer has none, as that of a proxy."""
    try:
        name = response["error"]
    except (KeyError, TypeError, AttributeError, ValueError):
        return ""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _retry_after_s(headers: Mapping[str, str]) -> float:
    """Seconds, from the header: https://docs.slack.dev/apis/web-api/rate-limits."""
    said = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    try:
        return min(max(float(said), 0.0), MOST_RETRY_AFTER_S)
    except ValueError:
        return RETRY_AFTER_S
