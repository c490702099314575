"""Discord: what its refusals mean to us. The one place where discord.py's exceptions become ours.

Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json .
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

from bot.errors import AdapterError, ChannelGone, PayloadRejected, RateLimited, ThreadGone

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION = 10003, 10004, 10008, 10062
SLOW_MODE, CHANNEL_WRITES, GUILD_WRITES = 20016, 20028, 20029
ALREADY_PUBLISHED, FORUM_TAKES_POSTS, ALREADY_ACKNOWLEDGED, RESOURCE_LIMITED, TAG_REQUIRED = 40033, 40058, 40060, 40062, 40067
MISSING_ACCESS, EMPTY_MESSAGE, CANNOT_TELL, NOT_A_TEXT_CHANNEL, MISSING_PERMISSIONS = 50001, 50006, 50007, 50008, 50013
WRONG_CHANNEL_TYPE, INVALID_FORM, THREAD_ARCHIVED = 50024, 50035, 50083
NO_HISTORY, THREAD_EXISTS, THREAD_LOCKED, TOO_MANY_THREADS, TOO_MANY_NEWS_THREADS = 160002, 160004, 160005, 160006, 160007
THREAD_FULL, BLOCKED, TITLE_BLOCKED = 30033, 200000, 200001

_LIMITED: Final = {SLOW_MODE, CHANNEL_WRITES, GUILD_WRITES, RESOURCE_LIMITED}
_REFUSED: Final = {
    INVALID_FORM: "Discord refuses this message: {0}",
    EMPTY_MESSAGE: "Discord takes no message without content.",
    BLOCKED: "The server’s AutoMod blocks this message.",
    TITLE_BLOCKED: "The server’s AutoMod blocks this title.",
}
_GONE: Final = {
    UNKNOWN_CHANNEL: "The channel was deleted.",
    UNKNOWN_GUILD: "Paper Round was removed from the server.",
    MISSING_ACCESS: "Paper Round may no longer see the channel; it was made private, or Paper Round was removed from the server.",
    MISSING_PERMISSIONS: "Paper Round may no longer post there; a permission was taken away.",
    NO_HISTORY: "Paper Round may no longer read the channel’s history, which a thread needs.",
    NOT_A_TEXT_CHANNEL: "This kind of channel takes no messages.",
    WRONG_CHANNEL_TYPE: "This kind of channel takes no messages.",
    TAG_REQUIRED: "The forum wants a tag on each post and has none that Paper Round may use.",
}
CURABLE: Final = tuple(_GONE[code] for code in (UNKNOWN_GUILD, MISSING_ACCESS, MISSING_PERMISSIONS, NO_HISTORY, TAG_REQUIRED))
"""Reasons of `ChannelGone` that end when a server lets us in again or gives us permissions."""
_THREAD_GONE: Final = {
    UNKNOWN_CHANNEL: "The thread was deleted.",
    UNKNOWN_MESSAGE: "The thread’s first message was deleted.",
    THREAD_ARCHIVED: "The thread was closed.",
    THREAD_LOCKED: "The thread was locked.",
    THREAD_FULL: "The thread takes nobody else in.",
}
_LATER: Final = {
    TOO_MANY_THREADS: "The server has as many open threads as Discord allows. Close some; the other papers follow then.",
    TOO_MANY_NEWS_THREADS: "The announcement channel has as many open threads as Discord allows. Close some.",
}
_DEFAULT_WAIT_S = 1.0


@contextmanager
def translated(*, in_thread: bool = False) -> Iterator[None]:
    """Let discord.py's exceptions out as ours.

    Args:
        in_thread: whether what was asked for concerns a thread: then a thread that is gone leaves its channel.

    Raises:
        AdapterError: as `ChatAdapter.post` says.
    """
    try:
        yield
    except discord.RateLimited as error:
        raise RateLimited(error.retry_after) from error
    except discord.HTTPException as error:
        raise _of_http(error, in_thread=in_thread) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise AdapterError(f"Discord could not be reached ({type(error).__name__}).") from error
    except ValueError as error:  # a body that says it is JSON and is not
        raise AdapterError("Discord’s answer cannot be read.") from error


def _of_http(error: discord.HTTPException, *, in_thread: bool) -> AdapterError:
    code = error.code
    if error.status == 429 or code in _LIMITED:
        return RateLimited(_wait_of(error))
    if in_thread and code in _THREAD_GONE:
        return ThreadGone(_THREAD_GONE[code])
    if code in _REFUSED:
        return PayloadRejected(_REFUSED[code].format(error.text[:200]))
    if code in _GONE:
        return ChannelGone(_GONE[code])
    if code in _LATER:
        return AdapterError(_LATER[code])
    if error.status == 401:
        return AdapterError("Discord no longer takes our token. Set PAPERROUND_DISCORD_TOKEN anew and start again.")
    # A 403 without a code is a wall before Discord (Cloudflare), not one channel's: it must not pause every subscription.
    return AdapterError(f"Discord answered {error.status} (code {code}).")


def _wait_of(error: discord.HTTPException) -> float:
    """The seconds that a refusal asks us to wait; a wall before Discord says so in a header alone."""
    headers = getattr(error.response, "headers", {})
    for name in ("Retry-After", "X-RateLimit-Reset-After"):
        try:
            return max(0.0, float(headers[name]))
        except (KeyError, ValueError):
            continue
    return _DEFAULT_WAIT_S
