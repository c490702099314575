"""Files from and to Slack: bounded in size and time, and fetched from Slack alone. Knows no cards."""

from typing import Final

import aiohttp

from adapters.slack.api import Api, Team
from adapters.slack.asks import FileRef, read_files
from adapters.slack.faults import translated
from bot.cards import Attachment
from bot.errors import AdapterError, SourceError

MOST_BYTES: Final = 2_000_000
FETCH_S: Final = 20.0
_TEXT: Final = (".txt", ".md", ".json", ".jsonl", ".eml", ".bib", ".ris", ".csv", ".tsv", ".xml", ".html", ".htm")


class Files:
    """Fetches what people attach and sends them files.

    Args:
        api: how Slack is called.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    async def fetch(self, team: Team, file: FileRef) -> bytes:
        """What a file holds.

        Raises:
            SourceError: it is too large, no text, or not to be had; the message says what to do.
            ChannelGone: the app is not installed there.
        """
        name = file.name or "the file"
        if not file.name.lower().endswith(_TEXT):
            raise SourceError(
                f"{name} is no text file that Paper Round reads. Nothing was taken in. Known are {', '.join(_TEXT)}."
            )
        if file.size > MOST_BYTES:
            raise SourceError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Nothing was taken in. Split it.")
        if not self._api.is_slacks(file.url):  # our token is sent nowhere else
            raise SourceError(f"{name} does not lie on Slack. Nothing was taken in. Upload it here.")
        client = await self._api.posting(team)
        headers = {"Authorization": f"Bearer {client.token}"}
        try:
            timeout = aiohttp.ClientTimeout(total=FETCH_S)
            # Redirects are not followed: the token must not go where Slack did not say it should.
            async with self._api.session.get(file.url, headers=headers, timeout=timeout, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise SourceError(f"Slack does not give {name} ({answer.status}). Nothing was taken in. Try again.")
                data = await read_at_most(answer.content, MOST_BYTES)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SourceError(
                f"{name} could not be fetched ({type(error).__name__}). Nothing was taken in. Try again."
            ) from error
        if data is None:
            raise SourceError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Nothing was taken in. Split it.")
        return data

    async def find(self, team: Team, file_id: str) -> FileRef:
        """A file by its id, as a form's answer names it.

        Raises:
            AdapterError: Slack does not know it.
        """
        client = await self._api.asking(team)
        with translated():
            answer = await client.files_info(file=file_id)
        found = read_files({"files": [answer.get("file") or {}]})
        if not found:
            raise SourceError(
                "Slack does not say where that file lies. Nothing was taken in. Send it to Paper Round in a message."
            )
        return found[0]

    async def send(self, team: Team, user: str, attachment: Attachment) -> None:
        """Send somebody a file, in their conversation with us.

        Source: https://docs.slack.dev/messaging/working-with-files#upload

        Raises:
            AdapterError: it was not taken.
        """
        client = await self._api.asking(team)
        data = attachment.text.encode()
        with translated():
            place = await client.files_getUploadURLExternal(filename=attachment.name, length=len(data))
            async with self._api.session.post(str(place["upload_url"]), data=data) as answer:
                if answer.status != 200:
                    raise AdapterError(f"Slack did not take the file ({answer.status}). Try again.")
            # Only now, so that nothing stands there where the file could not be sent; it tells the conversation's own id.
            opened = await client.chat_postMessage(channel=user, text=f"{attachment.name}, as you asked")
            file: dict[str, str | None] = {"id": str(place["file_id"]), "title": attachment.name}
            await client.files_completeUploadExternal(
                files=[file], channel_id=str(opened["channel"]), thread_ts=str(opened["ts"])
            )


async def read_at_most(stream: aiohttp.StreamReader, most: int) -> bytes | None:
    """What a stream holds; `None` where that is more."""
    data = bytearray()
    async for chunk in stream.iter_chunked(65_536):
        data += chunk
        if len(data) > most:
            return None
    return bytes(data)
