"""Discord: reads messages and files that a person points at: finds their papers, or has them taken in. Knows no gateway."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from adapters.discord import gate
from adapters.discord.asking import Asker
from adapters.discord.documents import Attachment, is_binary, is_text, name_of, why_not
from adapters.discord.finding import papers_in
from bot.cards import Reply
from bot.errors import AdapterError
from bot.ports import Answer

FETCH_S = 20.0
IMPORT = "/papers import"


class Files(Protocol):
    """Where attached files are fetched from."""

    async def download(self, url: str) -> bytes:
        """What was attached.

        Raises:
            AdapterError: it is not handed over.
        """
        ...


class Reading:
    """Reads what people point at.

    Args:
        answer: answers an invocation, never raises.
        files: where attached files are fetched from.
    """

    def __init__(self, answer: Answer, files: Files) -> None:
        self._answer = answer
        self._files = files

    async def find(self, asker: Asker, message: Mapping[str, Any]) -> Reply:
        """The papers that a message speaks of."""
        names = papers_in(message)
        if not names:
            return gate.refused(
                "That message names no paper: there is no arXiv id, no link and no title in it. Nothing was looked up.",
                "/paper LIBERO",
            )
        replies = [await self._answer(asker.asks(f"/paper {name}", hidden=True)) for name in names]
        return Reply(cards=tuple(card for reply in replies for card in reply.cards))

    async def take_in(self, asker: Asker, files: Sequence[Attachment], text: str) -> Reply:
        """Take in the first file that is text, else the text itself."""
        chosen = next((file for file in files if is_text(file)), files[0] if files and not text.strip() else None)
        if chosen is None:
            if not text.strip():
                return gate.refused("There is nothing in it to read. Nothing was added.", IMPORT)
            return await self._answer(asker.asks(IMPORT, document=text.encode(), name="message.txt", hidden=True))
        refused = why_not(chosen)
        if refused:
            return gate.refused(f"{refused} Nothing was added.", IMPORT)
        try:
            async with asyncio.timeout(FETCH_S):
                document = await self._files.download(chosen.url)
        except (TimeoutError, AdapterError):
            return gate.refused("Discord did not hand over the file. Nothing was added; try again.", IMPORT)
        if is_binary(document):
            return gate.refused(f"{name_of(chosen)} is no text, whatever its name says. Nothing was added.", IMPORT)
        return await self._answer(asker.asks(IMPORT, document=document, name=chosen.name, hidden=True))
