"""The operator's commands for sources: add, list, remove, refresh. Each imports only what it uses."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import CommandError

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from bot.app import App
    from bot.enrichment import Enriched
    from bot.origins import Kind, Source
    from bot.refresh import Refreshed

sources = typer.Typer(
    help="Where papers come from by themselves: Hugging Face, arXiv, feeds. `paperround run` asks them.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(help="The source's number, as `paperround sources list` shows it.", min=1)]
Since = Annotated[
    str, typer.Option("--since", metavar="DATE", help="Hugging Face, arXiv: fetch every day from this one on, as 2026-11-01.")
]

# https://arxiv.org/category_taxonomy: cs.LG, math.AG, cond-mat.str-el, hep-th
_CATEGORY = re.compile(r"[a-z]{2,}(?:-[a-z]{2,})?(?:\.[A-Za-z]{2}|\.[a-z]+(?:-[a-z]+)*)?")
_USAGE = "paperround sources add hf | arxiv cs.LG | feed https://example.org/feed.xml"


@sources.command("add")
def add_source(
    kind: Annotated[str, typer.Argument(help="hf, arxiv or feed.")],
    address: Annotated[str, typer.Argument(help="arXiv: a category, as cs.LG. Feed: its web address.")] = "",
    since: Since = "",
) -> None:
    """Add a source: hf, arxiv cs.LG, or feed https://… It is asked by `paperround run`; nothing is fetched now."""
    from bot.app import now, open_app
    from bot.settings import load_settings

    settings = load_settings()
    known_kind, place = read_source(kind, address, settings.feed_port_set)
    days = _days_since(since, known_kind, now().date())
    with open_app(settings) as app:
        source = app.origins.add(known_kind, place, by="cli", now=now())
        if source is None:
            there = next(one for one in app.origins.all() if (one.kind, one.address) == (known_kind, place))
            raise CommandError(
                f"{there.name} is there already, as number {there.id}. Nothing was changed. "
                f"To ask it now: paperround sources refresh {there.id}"
            )
        _begin(app, source, days)
    typer.echo(f"Added as number {source.id}: {source.name}. `paperround run` asks it; to do so now: ", nl=False)
    typer.echo(f"paperround sources refresh {source.id}")


@sources.command("list")
def list_sources() -> None:
    """Show every source, how it is doing and when it is asked next, and what is left to ask about papers. Times are UTC."""
    from bot.app import now, open_app
    from bot.report import guide_lines
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        found = app.origins.all()
        states = app.enrichments.states(now())
    if not found:
        typer.echo(f"There is no source. Add one: {_USAGE}")
        return
    typer.echo("\n".join([*map(source_line, found), "", "Papers that lack something:", *guide_lines(states)]))


@sources.command("remove")
def remove_source(number: Number) -> None:
    """Ask a source no more. The papers it brought stay."""
    from bot.app import open_app
    from bot.settings import load_settings

    with open_app(load_settings()) as app:
        source = _find(app, number)
        app.origins.remove(source.id)
    typer.echo(f"Removed: {source.name}. The papers it brought stay.")


@sources.command("refresh")
def refresh_sources(
    number: Annotated[int, typer.Argument(help="Only this one, by its number.", min=0)] = 0, since: Since = ""
) -> None:
    """Ask all sources now, or one; with --since also every earlier day from then on."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from bot.app import now, open_app
    from bot.log import set_up_logs
    from bot.settings import load_settings

    set_up_logs("error")  # what became of each is printed
    with open_app(load_settings()) as app, ThreadPoolExecutor(4) as pool:
        found = [_find(app, number)] if number else app.origins.all()
        if not found:
            raise CommandError(f"There is no source, so nothing was asked. Add one: {_USAGE}")
        for source in found:
            days = _days_since(since, source.kind, now().date()) if number or source.kind != "feed" else []
            _begin(app, source, days)
            app.origins.hasten(source.id, days, now())
        done = asyncio.run(_refresh(app, pool, number or None))
    names = {source.id: source.name for source in found}
    for one in done:
        typer.echo(refreshed_line(names.get(one.page.source_id, "a source"), one), err=bool(one.error))
    if not done:
        typer.echo("Nothing was asked: another process is asking already, or there was nothing to ask.")
    if any(one.error for one in done):
        raise SystemExit(1)


@sources.command("enrich")
def enrich_papers(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many papers each of them is asked about at most.")] = 50,
) -> None:
    """Ask Hugging Face and arXiv now about papers that lack an abstract, authors, code, … `paperround run` does so by itself."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from bot.app import now, open_app
    from bot.log import set_up_logs
    from bot.report import enriched_lines
    from bot.settings import load_settings

    set_up_logs("error")  # what became of each is printed
    with open_app(load_settings()) as app, ThreadPoolExecutor(4) as pool:
        done = asyncio.run(_enrich(app, pool, limit))
        states = app.enrichments.states(now())
    typer.echo("\n".join(enriched_lines(done, states)))
    if any(one.error for one in done):
        raise SystemExit(1)


async def _enrich(app: "App", pool: "ThreadPoolExecutor", limit: int) -> "list[Enriched]":
    from bot.app import now
    from bot.enrich import make_enricher
    from bot.serve import owner_name

    made = make_enricher(app.settings, app.enrichments, app.library, app.notes, pool=pool, owner=owner_name(), now=now)
    return await made.enrich(limit)


async def _refresh(app: "App", pool: "ThreadPoolExecutor", only: int | None) -> "list[Refreshed]":
    from bot.app import now
    from bot.refresh import make_refresher
    from bot.serve import owner_name

    made = make_refresher(app.settings, app.origins, app.library, app.notes, pool=pool, owner=owner_name(), now=now)
    return await made.refresh_due(only=only)


def read_source(kind: str, address: str, ports: frozenset[int]) -> "tuple[Kind, str]":
    """What a person named as a source.

    Raises:
        CommandError: there is no such kind, or its address cannot be one.
        SourceError: a feed's address may not be fetched.
    """
    from bot.sources.addresses import place_of

    match kind:
        case "hf" if not address:
            return "hf", ""
        case "hf":
            raise CommandError("Hugging Face needs no address. Nothing was added. Type: paperround sources add hf")
        case "arxiv":
            if not _CATEGORY.fullmatch(address):
                raise CommandError(
                    f"“{address}” is no arXiv category. Nothing was added. Type: paperround sources add arxiv cs.LG"
                )
            return "arxiv", address
        case "feed":
            place_of(address, ports)
            return "feed", address
        case _:
            raise CommandError(f"There is no kind of source called “{kind}”. Nothing was added. Type: {_USAGE}")


def source_line(source: "Source") -> str:
    """A source on one line, for its operator: with its whole address."""
    name = f"feed {source.address}" if source.kind == "feed" else source.name
    said = [f"answered {_time(source.ok_at)}" if source.ok_at else "has not answered yet"]
    if source.failing_since is not None:
        said.append(f"fails since {_time(source.failing_since)}: {source.error}")
    if source.state.rests_until is not None:
        said.append(f"left alone until {_time(source.state.rests_until)}")
    elif source.next_at is not None:
        said.append(f"next {_time(source.next_at)}")
    return f"{source.id:>3}  {name}: {' · '.join(said)}"


def refreshed_line(name: str, one: "Refreshed") -> str:
    """What became of one page, on a line."""
    what = f"{name}, {one.page.name}" if one.page.name else name
    again = f" The next try is at {_time(one.next_at)}." if one.next_at is not None else ""
    if one.error:
        return f"paperround: {what}: {one.error}{again}"
    if one.put_off:
        return f"{what}: it is not to be asked yet.{again}"
    if one.receipt is None:
        return f"{what}: nothing new"
    issues = f", {len(one.receipt.issues)} not understood" if one.receipt.issues else ""
    return f"{what}: {one.receipt.added} added, {one.receipt.changed} changed, {one.receipt.unchanged} as they were{issues}"


def _find(app: "App", number: int) -> "Source":
    for source in app.origins.all():
        if source.id == number:
            return source
    raise CommandError(f"There is no source number {number}. Nothing was changed. See: paperround sources list")


def _begin(app: "App", source: "Source", days: Sequence[str]) -> None:
    from bot.app import now
    from bot.sources.days import names_to_begin

    moment = now()
    names = names_to_begin(source.kind, moment.date(), app.origins.pages(source.id))
    app.origins.begin(source.id, [*names, *days], moment)


def _days_since(since: str, kind: "Kind", today: date) -> list[str]:
    """The days of `--since`, none where it is empty.

    Raises:
        CommandError: it is no day, lies in the future, or the source knows no earlier days.
    """
    from bot.sources.days import FIRST_DAY, days_since

    if not since:
        return []
    if kind not in FIRST_DAY:
        raise CommandError("A feed cannot be asked for earlier days, it shows the newest only. Leave --since out.")
    try:
        first = date.fromisoformat(since)
    except ValueError:
        raise CommandError(f"“{since}” is not a day. Nothing was changed. Write it as 2026-11-01.") from None
    if first > today:
        raise CommandError(f"{since} is in the future. Nothing was changed. Give the first day to fetch.")
    return days_since(kind, first, today)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
