"""The command line: `paperround try | run | parse | ingest | search | ask | post`. Each command imports only what it uses.

What only an operator needs (keys, manifest, doctor) stands in `bot.operating`.

Exit codes: 0 done, 1 something else, 2 usage, 3 not a digest we know, 4 storage.
"""

import json
import sys
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import BotError
from bot.operating import Workspace, doctor, index, keys, manifest, papers, read_space, step_back, topics
from bot.supplying import sources

if TYPE_CHECKING:
    from bot.cards import Reply, Thread
    from bot.results import Receipt

MOST_EXPORTED = 1_000_000
AS_OF_SLACK = timedelta(days=31)
"""How far ahead of this machine's clock `--as-of` may be: a wrong clock or zone, not a wrong year."""

cli = typer.Typer(
    name="paperround",
    help="The day's research papers in your team's channels, and every past paper one command away.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How a reply is printed."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    SLACK = "slack"
    DISCORD = "discord"


def main() -> None:
    """Run the command line; errors of ours are one clear line on standard error and an exit code."""
    try:
        cli()
    except BotError as error:
        _fail(error)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; saying so would only fail again
        raise SystemExit(1) from None


def _fail(error: BotError) -> None:
    typer.echo(f"paperround: {error}", err=True)
    raise SystemExit(error.exit_code)


def _read_as_of(value: str) -> date:
    """Read `--as-of`; an empty one is today."""
    today = datetime.now().astimezone().date()
    if not value:
        return today
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"“{value}” is not a day; write it as 2025-12-08.") from None
    if day > today + AS_OF_SLACK:
        raise typer.BadParameter(f"{value} is in the future; give the day the document was saved, or leave it out for today.")
    if day > today:
        typer.echo(f"paperround: note: {value} is after today ({today.isoformat()}).", err=True)
    return day


File = Annotated[str, typer.Argument(help="A digest; - reads standard input.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day the document is from, as 2025-12-08; default today.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[Format, typer.Option("--as", help="Print it as text, or as each platform would get it.")]


@cli.command("try")
def try_out(
    file: Annotated[str, typer.Argument(help="A digest; default the sample that comes with Paper Round.")] = "",
    terminal: Annotated[bool, typer.Option("--terminal", help="In this terminal instead of a page.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Print the thread and two answers, then stop.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The page's port; 0 takes any free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    as_of: AsOf = "",
) -> None:
    """See what Paper Round is: a digest goes in, the day's thread appears, commands answer. Needs no token, keeps nothing."""
    from bot.trial import Trial, run_trial

    run_trial(Trial(file=file, as_of=_read_as_of(as_of), terminal=terminal, once=once, port=port, browser=not no_browser))


@cli.command()
def run() -> None:
    """Post every subscription's daily thread and answer commands, until stopped. Set up by PAPERROUND_… (see .env.example).

    Run it several times on one PostgreSQL to share the work. SIGTERM or Ctrl+C lets what is being sent end, then stops.
    """
    from bot.serve import run_until_stopped
    from bot.settings import load_settings

    run_until_stopped(load_settings())


@cli.command()
def subscriptions(
    import_: Annotated[str, typer.Option("--import", metavar="FILE", help="Take these lines in; - is standard input.")] = "",
) -> None:
    """Print every subscription as a line, its channel first; or take such lines in again, as after moving to another database."""
    from bot.app import open_app
    from bot.carrying import lines_of, take_lines_in
    from bot.errors import CommandError
    from bot.settings import load_settings
    from bot.sources.file import read_document

    lines = read_document(import_).decode("utf-8", "replace").splitlines() if import_ else []
    with open_app(load_settings()) as app:
        if not import_:
            typer.echo("".join(f"{line}\n" for line in lines_of(app.rounds.subscriptions.all(limit=MOST_EXPORTED))), nl=False)
            return
        taken, misread = take_lines_in(lines, app.desk())
    typer.echo(f"{taken} of {taken + len(misread)} lines taken in.")
    for one in misread:
        typer.echo(f"paperround: {import_}: line {one.number}: {one.why}", err=True)
    if misread:
        raise SystemExit(CommandError.exit_code)


@cli.command()
def parse(
    file: Annotated[str, typer.Argument(help="A digest; - reads standard input.")], as_of: AsOf = "", as_json: AsJson = False
) -> None:
    """Read a digest and print what it lists. Stores nothing."""
    from bot.as_json import digest_json, json_text
    from bot.digest import parse_digest
    from bot.report import digest_lines
    from bot.sources.file import read_document

    digest = parse_digest(read_document(file), as_of=_read_as_of(as_of), name=Path(file).name)
    typer.echo(json_text(digest_json(digest)) if as_json else "\n".join(digest_lines(digest)))


@cli.command()
def ingest(
    files: Annotated[list[str], typer.Argument(help="Digests, or papers as JSON lines (also .gz); - reads standard input.")],
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Take papers in. The same document twice changes nothing."""
    from bot.app import open_app
    from bot.as_json import json_text, receipts_json
    from bot.intake import take_in
    from bot.report import receipt_lines
    from bot.settings import load_settings

    day = _read_as_of(as_of)
    receipts: list[tuple[str, Receipt]] = []
    failed: BotError | None = None
    step_back()
    with open_app(load_settings()) as app:
        for file in files:
            try:
                receipts.append((file, take_in(file, app.library, day)))
            except BotError as error:
                failed = error
                said = str(error)
                typer.echo(f"paperround: {said if said.startswith(file) else f'{file}: {said}'}", err=True)
        app.library.index.catch_up()
    if as_json:
        typer.echo(json_text(receipts_json(receipts)))
    else:
        for file, receipt in receipts:
            typer.echo("\n".join(receipt_lines(file, receipt)))
    if failed is not None:
        raise SystemExit(failed.exit_code)


@cli.command()
def search(
    query: Annotated[str, typer.Argument(help='As after /papers: words, "phrases", -without, since:2025-06 …')] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many hits at most.")] = 10,
    name: Annotated[bool, typer.Option("--name", help="Look one paper up, as /paper does.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="One query a line in, one JSON object a line out.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say what the query was taken to mean, and why each hit.")] = False,
    workspace: Workspace = "",
    as_json: AsJson = False,
) -> None:
    """Find papers among all that were taken in."""
    from bot.app import open_app
    from bot.indexing import index_notes
    from bot.inquiry import inquire
    from bot.report import hit_lines
    from bot.settings import load_settings
    from bot.spans import clean_line

    if not query and not stdin:
        raise typer.BadParameter("Say what to find, as in: paperround search rl")
    viewer = read_space(workspace)
    with open_app(load_settings()) as app:
        for note in index_notes(app.library.index):
            typer.echo(f"paperround: {note}", err=True)
        for line in sys.stdin if stdin else [query]:
            text = clean_line(line)
            if not text:
                continue
            try:
                found = inquire(text, app.desk(viewer=viewer), limit=limit, by_name=name, explain=explain)
            except BotError as error:
                if not stdin:
                    raise
                typer.echo(json.dumps({"query": text, "hits": [], "total": 0, "error": str(error)}, ensure_ascii=False))
                continue
            if as_json or stdin:
                typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
            else:
                typer.echo("\n".join(hit_lines(found, app.library.store.count(viewer=viewer))))


@cli.command()
def ask(
    command: Annotated[str, typer.Argument(help='A command as typed in a channel, such as "/papers rl".')],
    workspace: Workspace = "",
    document: Annotated[str, typer.Option("--document", metavar="FILE", help="A file that comes with it; - is stdin.")] = "",
    as_: As = Format.TEXT,
) -> None:
    """Print the reply to a command as each platform would get it."""
    from dataclasses import replace

    from bot.app import answer_now, open_app
    from bot.settings import load_settings
    from bot.sources.file import read_document

    viewer = read_space(workspace)
    data = read_document(document) if document else b""
    with open_app(load_settings()) as app:
        desk = replace(app.desk(viewer=viewer), document=data, document_name=Path(document).name)
        reply = answer_now(command, desk)
    _print(reply, as_)


@cli.command()
def post(
    file: Annotated[str, typer.Argument(help="A digest; - reads standard input.")], as_: As = Format.TEXT, as_of: AsOf = ""
) -> None:
    """Print the thread that a digest would be posted as. Stores nothing."""
    from bot.intake import thread_of_document
    from bot.sources.file import read_document

    day = _read_as_of(as_of)
    thread = thread_of_document(read_document(file), name=Path(file).name, as_of=day, today=datetime.now().astimezone().date())
    _print(thread, as_)


cli.command()(doctor)
cli.command()(index)
cli.add_typer(manifest, name="manifest")
cli.add_typer(keys, name="keys")
cli.add_typer(sources, name="sources")
cli.add_typer(papers, name="papers")
cli.add_typer(topics, name="topics")


def _print(what: "Reply | Thread", as_: Format) -> None:
    from bot.printing import printed

    typer.echo(printed(what, as_.value))
