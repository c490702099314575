"""A person's saved papers: the list, and what became of saving one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.cards import Button, Buttons, Card, Context, Divider, Element, Row, Span, Text
from bot.model import Paper
from bot.prose import cut_at_word, readable
from bot.results import Hit
from bot.views.lists import PAGE, TITLE_CHARS, pages_of, row
from bot.views.paper import lead_of
from bot.views.wording import count_of, day_text, handle, hits_line, page_of

YOURS = Button("Your list", "/papers saved")


def saved_card(papers: Sequence[tuple[Paper, date]], page: int, total: int, *, unseen: int = 0) -> Card:
    """One page of a list, each paper with the day it was saved on. `unseen`: of this page, how many can no longer be shown."""
    if not total:
        return _nothing_saved()
    start = (page - 1) * PAGE
    shown = hits_line(start, len(papers) + unseen, total)
    elements: list[Element] = [Context((Span(f"{shown} · last saved first · only you see this list"),))]
    elements += [_row(start + number, paper, on) for number, (paper, on) in enumerate(papers, start=1)]
    if unseen:
        elements.append(Context((Span(f"{count_of(unseen, 'paper')} of this page can no longer be shown to you."),)))
    files = (Button("BibTeX", "/papers export bibtex saved"), Button("CSV", "/papers export csv saved"))
    elements += [Divider(), Buttons((*pages_of("/papers saved", page, total), *files))]
    return Card(title="Your saved papers", elements=tuple(elements))


def _row(number: int, paper: Paper, on: date) -> Row:
    plain = row(number, Hit(paper=paper, score=0.0))
    return replace(plain, spans=(*plain.spans, Span(f" · saved {day_text(on)}")))


def _nothing_saved() -> Card:
    how = Span("Save under a paper puts it on your list, and so does ")
    return Card(
        title="You have saved no paper yet",
        elements=(
            Text((how, Span("/papers save LIBERO", "code"), Span("."))),
            Context((Span("You have a list of your own in each workspace; only you see it."),)),
            Buttons((Button("The newest papers", "/papers"),)),
        ),
    )


def now_saved_card(hit: Hit, *, count: int, before: date | None) -> Card:
    """A paper is on the list, which holds `count`; `before` is the day since when, if it was there already."""
    said = f"You saved it on {day_text(before)} already. Nothing was changed." if before else "It is on your list."
    undo = Button("Unsave", f"/papers unsave {handle(hit.paper)}")
    return Card(title="Saved", elements=(*_about(hit, said, count), Buttons((YOURS, undo))))


def now_unsaved_card(hit: Hit, *, count: int, was_saved: bool) -> Card:
    """A paper is not on the list, which holds `count`; `was_saved` tells whether it was until now."""
    said = "It is off your list." if was_saved else "It is not on your list. Nothing was changed."
    undo = Button("Save", f"/papers save {handle(hit.paper)}")
    return Card(title="Not saved", elements=(*_about(hit, said, count), Buttons((YOURS, undo))))


def _about(hit: Hit, said: str, count: int) -> list[Element]:
    lead = lead_of(hit)
    name = Span(cut_at_word(readable(hit.paper.title), TITLE_CHARS), "bold", page_of(hit.paper))
    elements: list[Element] = [Context((Span(lead),))] if lead else []
    holds = f"Your list holds {count_of(count, 'paper')}; only you see it." if count else "Your list is empty now."
    return [*elements, Text((name, Span(f"\n{said}"))), Context((Span(holds),))]
