"""Discord: what posting asks of the gateway: all that is known without a request. Knows no SDK."""

from collections.abc import Sequence
from typing import Protocol

from adapters.discord.access import Kind
from adapters.discord.roles import Role


class Guide(Protocol):
    """What the gateway knows of channels without a request."""

    def me(self) -> str:
        """Our own user id."""
        ...

    def kind(self, channel: str) -> Kind | None:
        """A channel's kind, where it is known."""
        ...

    def roles(self, server: str) -> Sequence[Role] | None:
        """A server's roles, where it is known."""
        ...

    def posts_called(self, forum: str, name: str) -> Sequence[str]:
        """Our own open posts of this name in a forum, the newest first."""
        ...

    def may_tag(self, forum: str) -> bool:
        """Whether we may add a tag to a forum."""
        ...
