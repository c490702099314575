"""Files that come with an answer, where no file can be sent: in the terminal and on the command line."""

import json
from io import StringIO

from hypothesis import given, settings
from rich.console import Console

from adapters.terminal.client import TerminalAdapter
from bot.cards import Attachment, Card, Reply
from bot.model import Invocation
from bot.printing import printed
from tests.strategies import HOSTILE, texts

LINES = "@misc{key,\n  title = {" + "a long title " * 30 + "},\n}\n"
FILE = Attachment(name="papers.bib", media_type="application/x-bibtex", text=LINES)
REPLY = Reply(cards=(Card(title="1 paper as BibTeX"),), attachment=FILE)


async def _shown(reply: Reply) -> str:
    console = Console(file=StringIO(), width=60, highlight=False, force_terminal=True, color_system="truecolor")
    typed = iter(["/papers export bibtex"])

    def ask(_prompt: str) -> str:
        line = next(typed, None)
        if line is None:
            raise EOFError
        return line

    async def answer(invocation: Invocation) -> Reply:
        assert invocation.private
        return reply

    await TerminalAdapter(console, ask).run(answer)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


async def test_the_terminal_prints_a_file_so_that_it_can_be_copied():
    """After the card, line by line, however narrow the window."""
    shown = await _shown(REPLY)
    assert shown.index("1 paper as BibTeX") < shown.index(LINES.rstrip())


async def test_a_file_cannot_colour_or_move_the_terminal():
    """Escape sequences and rich's markup are printed as words or not at all."""
    text = "\n".join((*HOSTILE, "\x1b[2J\x1b]0;title\x07[bold red]x[/]"))
    shown = await _shown(Reply(attachment=Attachment(name="x.bib", media_type="text/plain", text=text)))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold red]x[/]" in shown


def test_the_command_line_prints_a_file_after_the_cards():
    """As it is, so that it can be cut off and kept."""
    assert printed(REPLY, "text") == "1 paper as BibTeX\n\n" + LINES.rstrip("\n")


def test_the_command_line_gives_programs_the_file():
    """Name, media type and text; null where none came."""
    assert json.loads(printed(REPLY, "json"))["attachment"] == {
        "name": "papers.bib",
        "media_type": "application/x-bibtex",
        "text": LINES,
    }
    assert json.loads(printed(Reply(), "json"))["attachment"] is None


@settings(max_examples=60, deadline=None)
@given(texts)
def test_any_file_can_be_printed_for_programs(text: str):
    """Nothing in it breaks the JSON around it."""
    reply = Reply(attachment=Attachment(name="x.txt", media_type="text/plain", text=text))
    assert json.loads(printed(reply, "json"))["attachment"]["text"] == text
