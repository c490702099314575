"""The card of one paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.cards import Button, Buttons, Card, Context, Element, Fold, Links, Span, Text
from bot.history import rose_since
from bot.model import Paper, Sighting
from bot.prose import cut_at_sentence, cut_at_word, readable
from bot.results import Hit
from bot.views.wording import (
    byline,
    day_text,
    handle,
    links_of,
    page_of,
    reason_text,
    short_count,
    short_day,
    signals,
    source_place,
)

SUMMARY_CHARS = 480
VENUE_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What a paper's card says beside the paper: where it was listed, why it was found, a first line in place of its title.

    `saved_on`: since which day it is on the list of the one person who sees the card.
    """

    sightings: Sequence[Sighting] = ()
    hit: Hit | None = None
    lead: str = ""
    saved_on: date | None = None


def paper_card(
    paper: Paper, *, today: date, facts: PaperFacts = PaperFacts(), full: bool = False, shareable: bool = False
) -> Card:
    """One paper: who and when, what it says, where to read it, what people made of it. `full` shows the whole abstract."""
    abstract = readable(paper.abstract)
    summary = paper.tldr or cut_at_sentence(abstract, SUMMARY_CHARS)
    title, page = cut_at_word(readable(paper.title), 300), page_of(paper)
    elements: list[Element] = [Text((Span(title, "bold", page),))] if facts.lead else []
    elements.append(Context((Span(byline(paper)),)))
    said = abstract if full and abstract else readable(summary)
    elements.append(Text((Span(said),)) if said else Context((Span("No abstract is known for this paper."),)))
    if abstract and abstract != said and not full:
        show_all = Button("Show all", f"/papers abstract {handle(paper)}", effect="update")
        elements.append(Fold("Abstract", (Span(abstract),), show_all))
    links = links_of(paper)
    if links:
        elements.append(Links(links))
    elements += [Context((Span(line),)) for line in _small_print(paper, facts, today) if line]
    elements.append(Buttons(tuple(_paper_buttons(paper, facts, full=full, shareable=shareable))))
    return Card(title=facts.lead or title, url=None if facts.lead else page, elements=tuple(elements))


def _small_print(paper: Paper, facts: PaperFacts, today: date) -> list[str]:
    why = reason_text(facts.hit.why if facts.hit else None)
    saved = f"Saved by you on {day_text(facts.saved_on)}" if facts.saved_on else ""
    counts = [signals(paper.metrics, today), _rose(facts.sightings, today)]
    venue = f"Published in: {cut_at_word(readable(paper.venue), VENUE_CHARS)}" if paper.venue else ""
    return [venue, *counts, why[:1].upper() + why[1:], _seen(facts.sightings), saved]


def _seen(sightings: Sequence[Sighting]) -> str:
    """As in "First seen 8 Dec 2025 on Hugging Face, also seen 9 Dec in arXiv cs.LG and 2 more"."""
    places = sorted({(one.issued_on, source_place(one.source)) for one in sightings}, key=lambda place: place[0])
    if not places:
        return ""
    (first_on, first), others = places[0], places[1:]
    also = ""
    if others:
        latest_on, latest = others[-1]
        also = f", also seen {short_day(latest_on, first_on)} {latest}" + (f" and {len(others) - 1} more" if others[1:] else "")
    return f"First seen {day_text(first_on)} {first}{also}"


def _rose(sightings: Sequence[Sighting], today: date) -> str:
    """As in "Rose: ▲ 12 on 8 Dec, 41 on 10 Dec"; empty where nothing rose notably."""
    rise = rose_since(sightings)
    if rise is None:
        return ""
    before, after = short_day(rise.before_on, today), short_day(rise.after_on, today)
    return f"Rose: ▲ {short_count(rise.before)} on {before}, {short_count(rise.after)} on {after}"


def _paper_buttons(paper: Paper, facts: PaperFacts, *, full: bool, shareable: bool) -> list[Button]:
    buttons = [Button("Show less", f"/paper {handle(paper)}", effect="update")] if full else []
    buttons.append(Button("Similar", f"/papers similar {handle(paper)}"))
    if facts.saved_on:
        buttons.append(Button("Unsave", f"/papers unsave {handle(paper)}"))
    else:
        buttons.append(Button("Save", f"/papers save {handle(paper)}"))
    if shareable:
        buttons.append(Button("Share", f"/paper {handle(paper)}", effect="share"))
    return buttons


def lead_of(hit: Hit) -> str:
    """The line above a paper that is not quite what was typed."""
    if hit.why is None or hit.why.kind not in ("spelling", "words"):
        return ""
    asked = cut_at_word(hit.why.asked, 60)
    return f"No paper is called {asked}. " + (
        f"Closest: {hit.why.found}" if hit.why.kind == "spelling" else "This one mentions it"
    )
