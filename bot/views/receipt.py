"""What importing papers says: the form for it, the receipt, what was taken back, the list of what it brought."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Button, Buttons, Card, Context, Element, Form, Input, Span, Text
from bot.imports import Import, Undone
from bot.model import ParseIssue
from bot.prose import cut_at_word
from bot.results import Hit
from bot.views.lists import PAGE, row
from bot.views.wording import among, count_of, day_text, hits_line, short_count

ISSUES = 2
EXCERPT_CHARS = 60
NAME_CHARS = 40


def import_form() -> Form:
    """The form that takes a document."""
    return Form(
        title="Add papers",
        command="/papers import",
        submit="Add",
        inputs=(
            Input(
                name="document",
                label="Text of a digest, or titles with links",
                kind="document",
                placeholder="LIBERO: Benchmarking Knowledge Transfer https://arxiv.org/abs/2306.03310",
            ),
        ),
    )


def receipt_card(  # noqa: PLR0913 - all that a receipt says
    taken: Import, issues: Sequence[ParseIssue], posted: Sequence[int], posted_on: date | None, *, now: datetime, zone: str
) -> Card:
    """What an import brought; `posted` are the papers among the known ones that the channel was shown, last on `posted_on`."""
    found = len(taken.new) + len(taken.known)
    parts = [f"{short_count(len(taken.new))} new"]
    if posted:
        day = f" ({_short_day(posted_on, now)})" if posted_on else ""
        parts.append(f"{short_count(len(posted))} posted here before{day}")
    if len(taken.known) > len(posted):
        parts.append(f"{short_count(len(taken.known) - len(posted))} already known")
    elements: list[Element] = [Text((Span(f"{count_of(found, 'paper')} found: {', '.join(parts)}."),))]
    elements += [Context((Span(line),)) for line in (_issues_line(issues), _whose(taken)) if line]
    elements += what_next(taken, now=now, zone=zone)
    return Card(title="Papers added" if taken.new else "No new papers", elements=tuple(elements))


def what_next(taken: Import, *, now: datetime, zone: str) -> tuple[Element, ...]:
    """Undo, while that is possible, with its end in words that a platform can show as a time; and the list of what is new."""
    if not taken.new:
        return ()
    show = Button(f"Show the {len(taken.new)}" if len(taken.new) > 1 else "Show it", f"/papers imported {taken.number}")
    if now >= undo_until(taken):
        return (Buttons((show,)),)
    undo = Button("Undo", f"/papers undo {taken.number}", effect="update")
    until = Context((Span("You can undo this until "), _moment(undo_until(taken), now, zone), Span(".")))
    return until, Buttons((undo, show))


def undo_until(taken: Import) -> datetime:
    """The moment until which an import can be taken back."""
    return taken.at + timedelta(hours=24)


def repeated_card(taken: Import, *, asked_by: str, now: datetime, zone: str) -> Card:
    """The very same document was taken in before."""
    by = Span("you") if taken.by == asked_by else Span(cut_at_word(taken.by, NAME_CHARS), "user")
    when = (Span(" ("), _moment(taken.at, now, zone), Span("). Nothing was changed."))
    said = (Span("This document was already taken in by "), by, *when)
    return Card(title="Added already", elements=(Text(said), *what_next(taken, now=now, zone=zone)))


def undone_card(undone: Undone) -> Card:
    """An import was taken back; what stays, and why."""
    gone = "No paper was taken back." if not undone.gone else f"{_papers_are(undone.gone)} gone again."
    reasons = [
        f"{short_count(count)} {why}"
        for count, why in (
            (undone.public, "became public meanwhile"),
            (undone.kept, "was saved by somebody" if undone.kept == 1 else "were saved by somebody"),
            (undone.again, "was added by another import too" if undone.again == 1 else "were added by another import too"),
        )
        if count
    ]
    stay = undone.public + undone.kept + undone.again
    kept = [Context((Span(f"{_papers_are(stay, 'stays', 'stay')}: {among(reasons, 3)}."),))] if stay else []
    return Card(title="Taken back", elements=(Text((Span(gone),)), *kept))


def imported_card(taken: Import, hits: Sequence[Hit], *, total: int, page: int) -> Card:
    """One page of the papers that an import brought and that are still here."""
    start = (page - 1) * PAGE
    command = f"/papers imported {taken.number}"
    last = max(1, -(-total // PAGE))
    buttons = [Button("‹ Previous", f"{command} page:{min(page - 1, last)}", effect="update")] if page > 1 else []
    buttons += [Button("Next ›", f"{command} page:{page + 1}", effect="update")] if page < last else []
    elements: list[Element] = [Context((Span(f"{hits_line(start, len(hits), total)} · in the order of the document"),))]
    elements += [row(start + number, hit) for number, hit in enumerate(hits, start=1)]
    return Card(title=f"Added with import {taken.number}", elements=(*elements, *([Buttons(tuple(buttons))] if buttons else [])))


def _issues_line(issues: Sequence[ParseIssue]) -> str:
    if not issues:
        return ""
    shown = [f"line {one.line} “{cut_at_word(one.excerpt, EXCERPT_CHARS)}” ({one.message})" for one in issues[:ISSUES]]
    more = f" and {short_count(len(issues) - ISSUES)} more" if len(issues) > ISSUES else ""
    were = "1 line was" if len(issues) == 1 else f"{short_count(len(issues))} lines were"
    return f"{were} not understood: {', '.join(shown)}{more}."


def _whose(taken: Import) -> str:
    return "Only this workspace sees the new ones, until a public source lists them." if taken.new else ""


def _papers_are(count: int, one: str = "is", more: str = "are") -> str:
    return f"{count_of(count, 'paper')} {one if count == 1 else more}"


def _short_day(day: date, now: datetime) -> str:
    return day_text(day).removesuffix(f" {now.year}")


def _moment(at: datetime, now: datetime, zone: str) -> Span:
    """As in "today 14:05", "tomorrow 14:05", "8 Dec 14:05"."""
    there, here = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    days = (there.date() - here.date()).days
    day = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days) or _short_day(there.date(), now)
    return Span(f"{day} {there:%H:%M}", at=at.replace(microsecond=0))
