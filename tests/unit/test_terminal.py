"""The terminal as a channel: scripted conversations, and cards that cannot colour, move or write elsewhere."""

import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from rich.console import Console

from adapters.terminal.client import HERE, TerminalAdapter
from adapters.terminal.render import Keys, render_card, render_reply, render_thread
from bot.app import answer_now
from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Fields,
    Fold,
    Form,
    Image,
    Input,
    Links,
    Reply,
    Row,
    Select,
    Span,
    Text,
    Thread,
)
from bot.model import Invocation
from bot.ports import Library
from bot.printing import terminal_text
from tests.builders import a_desk
from tests.strategies import HOSTILE, cards

ESCAPES = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J \x9b31m \x08\x08 \r[bold]rich[/bold] [red]markup[/] [link=https://e.org]x[/link]"
)


class _Person:
    """Types the given lines, then nothing more; remembers the prompts and what was asked of the bot."""

    def __init__(self, *lines: str) -> None:
        self._lines: Iterator[str] = iter(lines)
        self.prompts: list[str] = []
        self.asked: list[str] = []

    def type(self, prompt: str) -> str:
        """The next line, or the end of the input."""
        self.prompts.append(prompt)
        line = next(self._lines, None)
        if line is None:
            raise EOFError
        return line


def _console(*, terminal: bool = False) -> Console:
    return Console(
        file=StringIO(), width=100, force_terminal=terminal, color_system="truecolor" if terminal else None, highlight=False
    )


def _shown(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


async def _talk(person: _Person, library: Library) -> str:
    console = _console()

    async def answer(invocation: Invocation) -> Reply:
        assert (invocation.channel, invocation.user) == (HERE, "you")
        person.asked.append(invocation.text)
        return answer_now(invocation.text, a_desk(library))

    await TerminalAdapter(console, person.type).run(answer)
    return _shown(console)


async def _talk_to(reply: Reply, *lines: str) -> tuple[list[str], str]:
    """A conversation with a bot that always says the same."""
    person, console = _Person(*lines), _console()

    async def answer(invocation: Invocation) -> Reply:
        person.asked.append(invocation.text)
        return reply

    await TerminalAdapter(console, person.type).run(answer)
    return person.asked, _shown(console)


async def test_a_conversation(library: Library):
    """A question, the first entry by its number, its whole abstract, and goodbye."""
    person = _Person("/papers rl", "1", "1", "exit", "/papers")
    shown = await _talk(person, library)
    assert [re.sub(r"#\d+", "#N", text) for text in person.asked] == ["/papers rl", "/paper #N", "/papers abstract #N"]
    assert "[1] Train Once, Get a Family" in shown
    assert re.search(r"› /paper #\d+", shown)
    assert "hub.com/LeapLabTHU/FamO2O." in " ".join(shown.split())


async def test_numbers_belong_to_what_is_on_the_screen(library: Library):
    """After a new answer the numbers count from 1 again: 2 is now its second button."""
    person = _Person("/papers rl", "6", "/paper LIBERO", "2")
    await _talk(person, library)
    assert person.asked[1] == "/papers rl page:2"
    assert person.asked[3].startswith("/papers similar #")


@pytest.mark.parametrize("line", ["0", "99", "-1", "1.5", "²", "9" * 5_000])
async def test_a_number_without_a_button_is_only_words(line: str):
    """A number that no button shows is sent as it was typed, however long."""
    reply = Reply(cards=(Card(title="T", elements=(Buttons((Button("A", "/a"),)),)),))
    asked, _ = await _talk_to(reply, "/x", line)
    assert asked == ["/x", line]


async def test_empty_lines_are_not_sent():
    """Return alone asks nothing."""
    asked, _ = await _talk_to(Reply(), "", "   ", "\t", "hi")
    assert asked == ["hi"]


@pytest.mark.parametrize("word", ["exit", "quit", "/exit", "/QUIT", " Exit "])
async def test_leaving(word: str):
    """Each usual word for leaving ends the conversation without being sent."""
    asked, _ = await _talk_to(Reply(), word, "/papers")
    assert asked == []


async def test_the_end_of_the_input_ends_the_conversation():
    """Control-D, or a script that has no more lines, is a quiet end."""
    asked, shown = await _talk_to(Reply())
    assert (asked, shown) == ([], "")


async def test_an_interrupt_at_the_prompt_ends_the_conversation():
    """Control-C at the prompt leaves without a trace."""

    def interrupted(_prompt: str) -> str:
        raise KeyboardInterrupt

    await TerminalAdapter(_console(), interrupted).run(_never)


async def _never(_invocation: Invocation) -> Reply:
    raise AssertionError("nothing was asked")


async def test_a_form_is_asked_line_by_line(library: Library):
    """Each question shows its choices and what stands there; an empty line keeps that; then the filled command is answered."""
    person = _Person("/papers refine rl since:2025", "", "", "", "", "new", "exit")
    shown = await _talk(person, library)
    assert person.prompts[1:6] == [
        '  Words, "phrases", -without [rl]: ',
        "  Author: ",
        "  Published since [2025-01-01]: ",
        "  Published until: ",
        "  Order (new, top): ",
    ]
    assert person.asked[1] == "/papers search rl since:2025-01-01 sort:new"
    assert "Refine the search" in shown
    assert "newest first" in shown


async def test_a_form_at_the_end_of_the_input_keeps_what_stands_there(library: Library):
    """When the lines run out inside a form, it is sent as it is and the conversation ends."""
    person = _Person("/papers refine rl")
    await _talk(person, library)
    assert person.asked == ["/papers refine rl", "/papers search rl"]


async def _hand_over(*lines: str) -> tuple[list[Invocation], str]:
    """What is asked of an engine that wants a document, and what is shown."""
    form = Form(title="Add papers", command="/papers import", inputs=(Input(name="document", label="Text", kind="document"),))
    asked: list[Invocation] = []

    async def answer(invocation: Invocation) -> Reply:
        asked.append(invocation)
        return Reply(cards=(Card(title="Papers added"),)) if invocation.document else Reply(form=form)

    console = _console()
    await TerminalAdapter(console, _Person("/papers import", *lines).type).run(answer)
    assert isinstance(console.file, StringIO)
    return asked, console.file.getvalue()


async def test_a_form_for_a_document_takes_a_file(tmp_path: Path):
    """Its bytes and its name go beside the command."""
    file = tmp_path / "2025-12-08.txt"
    file.write_bytes(b"Two\nlines")
    asked, shown = await _hand_over(str(file))
    assert [(one.text, one.document, one.document_name) for one in asked] == [
        ("/papers import", b"", ""),
        ("/papers import", b"Two\nlines", "2025-12-08.txt"),
    ]
    assert "Papers added" in shown


@pytest.mark.parametrize("lines", [(), (".",), ("", " ", ".")])
async def test_a_document_that_is_empty_ends_the_form(lines: tuple[str, ...]):
    """It says so and asks nothing more of the engine, which would only show the form again."""
    asked, shown = await _hand_over(*lines)
    assert (len(asked), "Nothing was added." in shown) == (1, True)


@pytest.mark.parametrize("line", ["missing.txt", ".git\x00", "~nobody-of-this-name/x", "/", "x" * 5_000])
async def test_a_line_that_is_no_readable_file_is_text(line: str):
    """No such file, no possible name, a folder, a text that is longer than any path."""
    asked, _ = await _hand_over(line, ".")
    assert [(one.document, one.document_name) for one in asked[1:]] == [(line.encode(), "")]


async def test_a_button_may_open_a_form(library: Library):
    """Refine, pressed by its number, asks its questions."""
    person = _Person("/papers rl", "8", "aioli", "", "", "", "")
    shown = await _talk(person, library)
    assert person.asked == ["/papers rl", "/papers refine rl", "/papers search aioli"]
    assert "Aioli: A Unified Optimization Framework" in shown


async def test_hostile_questions_are_asked_as_they_are():
    """A form's own words are printed without their control characters and without markup."""
    form = Form(title=ESCAPES, command="/x", inputs=(Input(name="a", label=ESCAPES, value="v"),))
    person, console = _Person("/form", "", "exit"), _console(terminal=True)

    async def answer(invocation: Invocation) -> Reply:
        return Reply(form=form) if invocation.text == "/form" else Reply()

    await TerminalAdapter(console, person.type).run(answer)
    _assert_harmless([_shown(console), *person.prompts])
    assert "[bold]rich[/bold]" in _shown(console)


async def test_a_pasted_text_goes_beside_the_command_and_nobody_is_asked_for_a_channel():
    """Lines are taken up to a full stop; the terminal is the only channel there is."""
    inputs = (
        Input(name="where", label="Channel", kind="channel"),
        Input(name="text", label="Digest", kind="document"),
        Input(name="time", label="Time", kind="time", value="09:00"),
    )
    form = Form(title="Add", command="/papers import", inputs=inputs)
    person, asked = _Person("/form", "1. A paper", "", "2. Another", ".", "", "exit"), []

    async def answer(invocation: Invocation) -> Reply:
        asked.append((invocation.text, invocation.document))
        return Reply(form=form) if invocation.text == "/form" else Reply()

    await TerminalAdapter(_console(), person.type).run(answer)
    assert asked == [("/form", b""), ("/papers import 09:00", b"1. A paper\n\n2. Another")]
    assert person.prompts[1:3] == ["  Digest (a file’s path, or lines and then one that is only “.”): ", ""]


def test_further_commands_of_an_entry_are_numbered_below_it():
    """And a text that could fold is one button away, beside the others."""
    row = Row(
        (Span("rl"), Span(" by "), Span("ada", "user")), Button("Change", "/a"), (Button("Preview", "/b"), Button("Stop", "/c"))
    )
    fold = Fold("Abstract", (Span("all of it"),), Button("Show all", "/d"))
    card = Card(title="T", elements=(fold, row, Buttons((Button("Status", "/e"),))))
    keys = Keys([])
    console = _console()
    console.print(render_card(card, keys))
    assert [line.split() for line in _shown(console).splitlines()] == [
        ["T"],
        ["[1", "Change]", "rl", "by", "ada"],
        ["[2", "Preview]", "[3", "Stop]"],
        ["[4", "Show", "all]", "[5", "Status]"],
    ]
    assert [key.command for key in keys.taken] == ["/a", "/b", "/c", "/d", "/e"]


async def test_a_pressed_button_is_echoed_harmlessly():
    """The command of a button, which may hold a paper's words, is shown as plain text."""
    reply = Reply(cards=(Card(title="T", elements=(Buttons((Button("A", f"/paper {ESCAPES}"),)),)),))
    person, console = _Person("/x", "1"), _console(terminal=True)

    async def answer(_invocation: Invocation) -> Reply:
        return reply

    await TerminalAdapter(console, person.type).run(answer)
    _assert_harmless([_shown(console)])


def _assert_harmless(shown: Sequence[str]) -> None:
    for text in shown:
        own = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)  # rich's own styles and links
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", own), ascii(own)
        assert "\x1b[31m" not in text


def _hostile(words: str) -> Card:
    spans = (Span(words), Span(words, "bold", "https://e.org/\x1b[31m"), Span(words, "code", "javascript:alert(1)"))
    return Card(
        title=words,
        url="https://e.org/\x1b]0;x\x07",
        elements=(
            Text(spans),
            Context(spans),
            Fields(((words, words),)),
            Links(((words, "https://e.org"), (words, "file:///etc/passwd"))),
            Image("https://e.org/x.png", words),
            Row(spans, Button(words, "/x")),
            Buttons((Button(words, "/x"),)),
            Select(words, ((words, "/x"),)),
        ),
    )


@pytest.mark.parametrize("words", [ESCAPES, *HOSTILE])
def test_no_paper_can_steer_the_terminal(words: str):
    """Escape sequences in a paper's text lose their teeth, wherever they stand; rich's markup is printed as typed."""
    console = _console(terminal=True)
    card = _hostile(words)
    console.print(render_thread(Thread(opener=card, replies=(card,)), Keys([])))
    console.print(render_reply(Reply(cards=(card,)), Keys([])))
    _assert_harmless([_shown(console)])
    assert set(re.findall(r"\x1b\]8;[^;]*;(\w+):", _shown(console))) == {"https"}


def test_markup_of_rich_is_printed_as_typed():
    """`[red]` in a title is five characters, not a colour."""
    title = "[red]not red[/red] [/] [link=x]y[/link] \\[z]"
    assert terminal_text(Reply(cards=(Card(title=title, elements=(Text((Span(title),)),)),))).count(title) == 2


@settings(max_examples=60, deadline=None)
@given(cards)
def test_any_card_can_be_printed(card: Card):
    """Whatever a card holds, it prints, and each of its buttons has a number."""
    keys = Keys([])
    console = _console()
    console.print(render_card(card, keys))
    assert _shown(console).strip()
    wanted = [button.command for element in card.elements if isinstance(element, Buttons) for button in element.buttons]
    wanted += [one.command for element in card.elements if isinstance(element, Row) for one in element.buttons]
    wanted += [element.otherwise.command for element in card.elements if isinstance(element, Fold)]
    wanted += [command for element in card.elements if isinstance(element, Select) for _, command in element.options]
    assert sorted(key.command for key in keys.taken) == sorted(wanted)


def test_entries_stand_beside_their_numbers():
    """A list's second lines are set in under the first, so the numbers stand out."""
    row = Row((Span("Title"), Span("\nwho and when")), Button("1", "/paper #1"))
    assert terminal_text(Reply(cards=(Card(title="T", elements=(row,)),))) == "T\n  [1] Title\n      who and when\n\n"


async def test_the_same_key_posts_once():
    """A part of an edition that is posted again prints nothing and is the same message."""
    console = _console()
    adapter = TerminalAdapter(console, _Person().type)
    opener = await adapter.post(HERE, Card(title="Opener"), key="opener")
    reply = await adapter.post(HERE, Card(title="A paper"), thread=opener, key="reply 1")
    again = await adapter.post(HERE, Card(title="Opener"), key="opener")
    assert opener == again != reply
    assert _shown(console).count("Opener") == 1
    assert _shown(console).count("A paper") == 1


async def test_buttons_of_a_posted_thread_have_numbers_that_go_on():
    """Opener and replies share one count, so every button on the screen can be pressed."""
    person, console = _Person("2"), _console()
    adapter = TerminalAdapter(console, person.type)
    for number, key in enumerate(("opener", "reply"), start=1):
        card = Card(title=key, elements=(Buttons((Button("Go", f"/paper #{number}"),)),))
        await adapter.post(HERE, card, key=key)

    async def answer(invocation: Invocation) -> Reply:
        person.asked.append(invocation.text)
        return Reply()

    await adapter.run(answer)
    assert person.asked == ["/paper #2"]


async def test_what_one_person_is_told_is_printed():
    """Whoever sits at the terminal is the one; and no key of it is known after a restart."""
    console = _console()
    adapter = TerminalAdapter(console, _Person().type)
    await adapter.tell(HERE, "you", Card(title="Your daily papers are paused"))
    assert "Your daily papers are paused" in _shown(console)
    assert not adapter.honours_keys
