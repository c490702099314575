"""The operator's part of the command line: keys, manifest, papers, doctor. Each command imports only what it uses."""

import json
import os
from typing import Annotated, Final

import typer

keys = typer.Typer(help="The keys that workspaces’ tokens are encrypted with in the database.", no_args_is_help=True)
manifest = typer.Typer(help="What a platform must know of the app, to paste there when it is made.", no_args_is_help=True)
topics = typer.Typer(help="What topics are called, and what acronyms mean here.", no_args_is_help=True)
papers = typer.Typer(help="Papers that are one, or may be: find, merge, split, dismiss them.", no_args_is_help=True)


_NICE: Final = 5
"""Enough: 50 searches a second beside an ingest on two cores have their p99 at 28 ms instead of 63, and it takes in as much."""


def step_back() -> None:
    """Let whoever waits for an answer of a bot on the same machine go first; for what takes long."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)


def read_space(value: str) -> str:
    """Read `--workspace`; an empty one sees what is public."""
    platform, colon, workspace = value.partition(":")
    if value and not (colon and platform.isalpha() and workspace and "/" not in workspace):
        raise typer.BadParameter(f"“{value}” is not a workspace; write it as slack:T012 or discord:345.")
    return value


Workspace = Annotated[
    str,
    typer.Option("--workspace", metavar="SPACE", help="See as slack:T012 or discord:345 does; default public papers."),
]
Named = Annotated[str, typer.Argument(help="A name, arXiv id or link, '#number' or title, as /paper takes it.")]


@keys.command("new")
def new_key() -> None:
    """Print a fresh key for PAPERROUND_SECRET_KEYS. Put it first there; keep the older ones behind it, with commas between."""
    from storage import sealing

    typer.echo(sealing.new_key())


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt all stored tokens anew with the first key. After that the older keys may go."""
    from bot.settings import load_settings
    from storage.open import open_storage

    settings = load_settings()
    storage = open_storage(settings.database_url.get_secret_value(), secret_keys=settings.secret_key_list)
    try:
        count = storage.installs.rotate()
    finally:
        storage.close()
    which = "1 installation is" if count == 1 else f"{count} installations are"
    typer.echo(f"{which} encrypted with the first key of PAPERROUND_SECRET_KEYS. Once every process uses it, the others may go.")


@manifest.callback()
def _platforms() -> None:
    """What a platform must know of the app, to paste there when it is made."""


@manifest.command("slack")
def slack_manifest(
    socket: Annotated[bool, typer.Option("--socket", help="Slack is reached through Socket Mode; the default.")] = False,
    http: Annotated[
        str, typer.Option("--http", metavar="URL", help="Slack reaches Paper Round here, as https://papers.example.org.")
    ] = "",
    many: Annotated[bool, typer.Option("--many", help="With --http: many workspaces install through your pages.")] = False,
) -> None:
    """Print the app's manifest as JSON: on api.slack.com/apps choose Create New App, From a manifest, and paste it."""
    from adapters.slack.manifest import manifest as made

    if socket and http:
        raise typer.BadParameter("Choose one of --socket and --http.")
    if many and not http:
        raise typer.BadParameter("--many needs --http: workspaces come back from Slack to your address.")
    if http and (not http.startswith("https://") or len(http) > 200 or any(char.isspace() for char in http)):
        raise typer.BadParameter("Slack needs an address that begins with https://, as in --http https://papers.example.org")
    typer.echo(json.dumps(made(public_url=http or None, many=many), indent=2, ensure_ascii=False))


@manifest.command("discord")
def discord_manifest(
    application: Annotated[
        str,
        typer.Option("--application", metavar="ID", help="The Application ID, for the invite link; from General Information."),
    ] = "",
) -> None:
    """Print the commands as JSON, as `paperround run` registers them by itself, and the link that invites Paper Round."""
    from adapters.discord.access import INVITED, invite_link
    from adapters.discord.manifest import manifest as made

    if application and not application.isdecimal():
        raise typer.BadParameter("An Application ID is a number, as in --application 1234567890")
    told = {"invite": invite_link(application or "APPLICATION_ID"), "permissions": str(INVITED), "commands": made()}
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False))


@topics.callback()
def _topics() -> None:
    """What topics are called, and what acronyms mean here."""


@topics.command("explain")
def explain_topic(
    topic: Annotated[list[str], typer.Argument(help="A topic or an acronym, as typed after /papers.")],
    workspace: Workspace = "",
) -> None:
    """Print what is known of a topic: its names and why, what stored abstracts define, and what of it is searched."""
    from bot.app import open_app
    from bot.evidence import topic_lines
    from bot.settings import load_settings
    from bot.spans import clean_line

    with open_app(load_settings()) as app:
        lines = topic_lines(clean_line(" ".join(topic)), app.library.seen_by(read_space(workspace)))
        typer.echo("\n".join(line[: len(line) - len(line.lstrip())] + clean_line(line) for line in lines))


@papers.command("suspected")
def suspected_papers(
    workspace: Workspace = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many pairs at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List papers that may be one: their titles are close, and nothing proves it. They stay two until you merge them."""
    from bot.app import open_app
    from bot.joining import pair_lines, suspected
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        pairs = suspected(app.library.seen_by(read_space(workspace)), app.merges, limit=limit)
    if as_json:
        rows = [
            {
                "score": one.score,
                "papers": [{"number": each.id, "id": each.ref, "title": each.title} for each in (one.first, one.second)],
            }
            for one in pairs
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(pair_lines(pairs)))


@papers.command("merge")
def merge_papers(kept: Named, other: Named, workspace: Workspace = "") -> None:
    """Make the second paper the first: names, listings, saved lists and what was shown go with it. `split` undoes it."""
    from bot.app import now, open_app
    from bot.joining import merge, merged_line
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        library = app.library.seen_by(read_space(workspace))
        typer.echo(merged_line(merge(kept, other, library, app.merges, now=now())))


@papers.command("split")
def split_paper(paper: Named, workspace: Workspace = "") -> None:
    """Undo the last merge into a paper: the other one gets back what it had."""
    from bot.app import now, open_app
    from bot.joining import split, split_line
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        library = app.library.seen_by(read_space(workspace))
        typer.echo(split_line(split(paper, library, app.merges, now=now())))


@papers.command("dismiss")
def dismiss_papers(
    one: Named,
    other: Named,
    workspace: Workspace = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: they may be suspected again.")] = False,
) -> None:
    """Say that two papers are two: they are suspected no more, and no listing makes them one. You still may, with `merge`."""
    from bot.app import now, open_app
    from bot.joining import dismiss, dismissed_line, undismiss, undismissed_line
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        library = app.library.seen_by(read_space(workspace))
        if undo:
            typer.echo(undismissed_line(*undismiss(one, other, library, app.merges)))
        else:
            typer.echo(dismissed_line(*dismiss(one, other, library, app.merges, now=now())))


@papers.command("dismissed")
def dismissed_papers(
    workspace: Workspace = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many pairs at most.")] = 50,
) -> None:
    """List the pairs that were dismissed, the last one first."""
    from bot.app import open_app
    from bot.joining import dismissed_lines
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        typer.echo("\n".join(dismissed_lines(app.library.seen_by(read_space(workspace)), app.merges, limit=limit)))


def index(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build it anew; the present one answers until that is done.")
    ] = False,
) -> None:
    """Bring the search index up with the database and wait until it is; it can be stopped and goes on from there."""
    from bot.app import open_app
    from bot.indexing import bring_up
    from bot.settings import load_settings

    step_back()
    with open_app(load_settings(), wait_for_index_s=0) as app:
        for line in bring_up(app.library, rebuild=rebuild):
            typer.echo(line)


def doctor() -> None:
    """Look at settings, database, search index and platforms; print one line each, and what to fix."""
    from bot.doctor import diagnose, lines

    findings = diagnose()
    typer.echo("\n".join(lines(findings)))
    if not all(finding.is_ok for finding in findings):
        raise SystemExit(1)
