"""The terminal as a channel: commands typed at a prompt, numbers that press buttons, editions printed. Knows no command."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Thread

from rich.console import Console

from adapters.terminal.render import Key, Keys, attachment_text, render_card, render_reply
from bot.cards import Card, Form
from bot.model import QUIETLY, ChannelRef, Invocation, MessageRef, Opening
from bot.ports import Answer
from bot.spans import clean_line

HERE = ChannelRef(platform="terminal", workspace="local", channel="papers")
USER = "you"
DIGITS = 6
FILE_BYTES = 32_000_000  # no more is read of a file; what is too much for a command, it says itself
LEAVE = frozenset({"exit", "quit", "/exit", "/quit"})

Ask = Callable[[str], str]
"""Shows a prompt and returns the line typed; raises EOFError at the end of the input."""


class TerminalAdapter:
    """A conversation in the terminal.

    Args:
        console: where cards are printed.
        ask: reads a line.
    """

    platform = "terminal"
    honours_keys = False  # what was printed before a restart is not known after it

    def __init__(self, console: Console, ask: Ask = input) -> None:
        self._console = console
        self._ask = ask
        self._keys = Keys([])
        self._posted: dict[str, MessageRef] = {}

    async def run(self, answer: Answer) -> None:
        """Read lines and answer them until the input ends or somebody types `exit`."""
        while True:
            try:
                line = (await self._typed("› ")).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line.lower() in LEAVE:
                return
            if line:
                await self._answer(self._pressed(line), answer=answer)

    async def post(
        self, channel: ChannelRef, card: Card, *, thread: MessageRef | None = None, key: str, opening: Opening = QUIETLY
    ) -> MessageRef:
        """Print a card, set in where it belongs to a thread. The same key never prints twice."""
        if key not in self._posted:
            self._console.print(render_card(card, self._keys))
            self._console.print()
            self._posted[key] = MessageRef(channel=channel, message=str(len(self._posted) + 1))
        return self._posted[key]

    async def tell(self, channel: ChannelRef, user: str, card: Card) -> None:
        """Print a card: whoever sits here is the one it is for."""
        self._console.print(render_card(card, self._keys))
        self._console.print()

    async def _typed(self, prompt: str) -> str:
        """The line typed, read on a thread that nobody waits for: Ctrl+C ends the program at once and not with the next line.

        Raises:
            EOFError: the input has ended.
        """
        line: Future[str] = Future()
        line.set_running_or_notify_cancel()  # what is typed after the end goes nowhere

        def read() -> None:
            try:
                line.set_result(self._ask(prompt))
            except BaseException as error:  # noqa: BLE001 - it is raised where the line is waited for
                line.set_exception(error)

        Thread(target=read, name="terminal", daemon=True).start()
        return await asyncio.wrap_future(line)

    def _pressed(self, line: str) -> str:
        """The command of the button with this number, or the line itself."""
        if line.isdecimal() and len(line) <= DIGITS and 1 <= int(line) <= len(self._keys.taken):
            key: Key = self._keys.taken[int(line) - 1]
            self._console.print(f"› {clean_line(key.command)}", style="dim", markup=False, highlight=False)
            return key.command
        return line

    async def _answer(self, command: str, answer: Answer, document: tuple[bytes, str] = (b"", "")) -> None:
        data, name = document
        asked = Invocation(text=command, channel=HERE, user=USER, private=True, document=data, document_name=name)
        reply = await answer(asked)
        if reply.form is not None:
            filled, handed = await self._filled(reply.form)
            if not handed[0].strip() and any(field.kind == "document" for field in reply.form.inputs):
                self._console.print("Nothing was added.")  # else the same form would come again, without end
                return
            await self._answer(filled, answer, handed)
            return
        self._keys = Keys([])
        self._console.print()
        self._console.print(render_reply(reply, self._keys))
        if reply.attachment is not None:
            self._console.print(attachment_text(reply.attachment), soft_wrap=True)

    async def _filled(self, form: Form) -> tuple[str, tuple[bytes, str]]:
        """The form's command, and a text or file with its name: each asked for; an empty line keeps what stands in brackets.

        Nobody is asked for a channel: the terminal is the only one there is.
        """
        self._console.print(clean_line(form.title), style="bold", markup=False, highlight=False)
        values: dict[str, str] = {}
        document = (b"", "")
        for field in (one for one in form.inputs if one.kind != "channel"):
            if field.kind == "document":
                document = await self._handed_over(field.label)
                continue
            choices = " (" + ", ".join(value for _, value in field.options if value) + ")" if field.options else ""
            kept = f" [{field.value}]" if field.value else ""
            try:
                typed = (await self._typed(f"  {clean_line(field.label + choices + kept)}: ")).strip()
            except (EOFError, KeyboardInterrupt):
                typed = ""
            values[field.name] = typed or field.value
        return form.fill(values), document

    async def _handed_over(self, label: str) -> tuple[bytes, str]:
        """The file whose path is typed, and its name; else the lines up to one that is but a full stop, or the input's end."""
        lines: list[str] = []
        prompt = f"  {clean_line(label)} (a file’s path, or lines and then one that is only “.”): "
        with suppress(EOFError, KeyboardInterrupt):
            while (line := await self._typed("" if lines else prompt)).strip() != ".":
                if not lines and (data := await asyncio.to_thread(_read, line.strip())) is not None:
                    return data, line.strip().replace("\\", "/").rpartition("/")[2]
                lines.append(line)
        return "\n".join(lines).encode("utf-8", "replace")[:FILE_BYTES], ""


def _read(name: str) -> bytes | None:
    """The bytes of a file; `None` where there is none of that name that can be read."""
    try:
        with Path(name).expanduser().open("rb") as file:
            return file.read(FILE_BYTES)
    except (OSError, ValueError, RuntimeError):  # a text may be no possible path: too long, with a NUL, of no known user
        return None
