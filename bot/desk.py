"""Where a command is answered: what is stored, what time it is, who asks and where. Knows no command."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import CommandError
from bot.imports import ImportStore
from bot.ledger import Rounds
from bot.model import Invocation
from bot.ports import Library
from bot.shelf import SavedStore
from bot.subscription import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where commands are answered. `now` is UTC; `today` the day on this machine; `asked` is `None` outside of any channel.

    `library` shows what the asker may see, and nothing else.
    `document` is a text or file that came with the command, as bytes, `document_name` the file's name. `imports` is what each
    space took in. `zone` is the one of subscriptions that name none; `sources` says how the places where documents come from are
    doing.
    """

    library: Library
    now: datetime
    today: date
    rounds: Rounds | None = None
    saved: SavedStore | None = None
    asked: Invocation | None = None
    zone: str = "UTC"
    sources: tuple[SourceState, ...] = ()
    imports: ImportStore | None = None
    document: bytes = b""
    document_name: str = ""

    @property
    def viewer(self) -> str:
        """The space whose private papers may be shown in the answer; empty where only public ones may."""
        return self.library.viewer

    def in_channel(self) -> tuple[Invocation, Rounds]:
        """Who asks where, and the subscriptions.

        Raises:
            CommandError: the command was given outside of any channel.
        """
        if self.asked is None or self.rounds is None:
            raise CommandError("Subscriptions belong to a channel. Nothing was changed. Type this in the channel it is for.")
        return self.asked, self.rounds

    def in_person(self) -> tuple[Invocation, SavedStore]:
        """Who asks where, and everybody's saved lists.

        Raises:
            CommandError: the command was given outside of any channel.
        """
        if self.asked is None or self.saved is None:
            raise CommandError(
                "A saved list belongs to a person in a workspace. Nothing was changed. Type this in a channel of theirs."
            )
        return self.asked, self.saved
