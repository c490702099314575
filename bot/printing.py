"""A reply or a thread as each platform would get it, as text to print."""

from dataclasses import asdict
from io import StringIO

from bot.as_json import json_text
from bot.cards import Card, Reply, Thread, plain_text


def printed(what: Reply | Thread, as_: str) -> str:
    """The reply or thread as `text`, `json`, `html`, `slack` or `discord`."""
    match as_:
        case "json":
            return json_text(asdict(what))
        case "html":
            return _html(what)
        case "slack":
            from adapters.slack import render as slack  # noqa: PLC0415

            return json_text(slack.render_thread(what) if isinstance(what, Thread) else slack.render_reply(what))
        case "discord":
            from adapters.discord import render as discord  # noqa: PLC0415

            return json_text(discord.render_thread(what) if isinstance(what, Thread) else discord.render_reply(what))
        case _:
            return _text(what)


def _html(what: Reply | Thread) -> str:
    from adapters.web.records import OpenForm  # noqa: PLC0415 - each room's imports are paid by those who use it
    from adapters.web.render import Pages  # noqa: PLC0415

    pages = Pages({})
    if isinstance(what, Reply) and what.form is not None:
        return pages.form(OpenForm(id="form", form=what.form, channel=0, thread=None))
    return pages.cards(_cards(what))


def _text(what: Reply | Thread) -> str:
    if isinstance(what, Reply) and what.form is not None:
        inputs = (f"{field.label}: {field.value or field.placeholder}" for field in what.form.inputs)
        return "\n".join([what.form.title, *inputs, f"→ {what.form.command} …"])
    attached = what.attachment if isinstance(what, Reply) else None
    parts = [plain_text(card) for card in _cards(what)]
    return "\n\n".join([*parts, attached.text.rstrip("\n")] if attached else parts)


def terminal_text(what: Reply | Thread, width: int = 100) -> str:
    """As the terminal shows it, without colours."""
    from rich.console import Console  # noqa: PLC0415

    from adapters.terminal.render import Keys, render_reply, render_thread  # noqa: PLC0415

    console = Console(file=StringIO(), width=width, no_color=True, highlight=False, legacy_windows=False)
    keys = Keys([], shown=False)
    console.print(render_thread(what, keys) if isinstance(what, Thread) else render_reply(what, keys))
    lines: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in lines.split("\n"))


def _cards(what: Reply | Thread) -> tuple[Card, ...]:
    return (what.opener, *what.replies) if isinstance(what, Thread) else what.cards
