"""Every error that a person may see. Lowest room: imports nothing of ours.

An error's text says what happened, what was not done and the one thing to do next; `answer()` and the CLI show it as it is.
"""


class BotError(Exception):
    """Something went wrong that the person can be told about in plain words."""

    exit_code = 1


class DigestError(BotError):
    """The document is not a digest we know, or holds no paper."""

    exit_code = 3


class EmptyDigest(DigestError):
    """The document is a digest we know, and lists nothing: as on a day without papers."""


class CommandError(BotError):
    """The command as typed cannot be understood; shown with its usage.

    Args:
        message: what is wrong and that nothing was changed.
        usage: one example line the person can type instead.
    """

    exit_code = 2

    def __init__(self, message: str, *, usage: str = "/papers help") -> None:
        super().__init__(message)
        self.usage = usage


class StorageError(BotError):
    """The database or the search index could not be read or written."""

    exit_code = 4


class SettingsError(BotError):
    """A setting is missing, misspelt or has a value that cannot be used."""

    exit_code = 2


class SourceError(BotError):
    """A document could not be fetched or read from where it lies."""

    exit_code = 2


class AdapterError(BotError):
    """A chat platform did not take a message."""


class RateLimited(AdapterError):
    """The platform asks us to wait.

    Args:
        retry_after_s: seconds to wait before the next try.
    """

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"The platform asks us to wait {retry_after_s:.0f} s.")
        self.retry_after_s = retry_after_s


class ChannelGone(AdapterError):
    """The channel was deleted or archived, or we may no longer post there."""


class ThreadGone(ChannelGone):
    """The thread's first message was deleted. The channel is still there."""


class MentionGone(AdapterError):
    """The role that a message was to mention is gone. Nothing was posted; without the mention it would be."""


class PayloadRejected(AdapterError):
    """The platform refused the message itself; sending it again cannot help."""
