"""The card of one paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.cards import Button, Buttons, Card, Context, Element, Fold, Links, Span, Text
from bot.model import Paper, Sighting
from bot.prose import cut_at_sentence, cut_at_word, readable
from bot.results import Hit
from bot.views.wording import byline, count_of, day_text, handle, links_of, page_of, reason_text, signals, source_name

SUMMARY_CHARS = 480


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
    seen = _seen(facts.sightings)
    why = reason_text(facts.hit.why if facts.hit else None)
    saved = f"Saved by you on {day_text(facts.saved_on)}" if facts.saved_on else ""
    return [signals(paper.metrics, today), why[:1].upper() + why[1:], seen, saved]


def _seen(sightings: Sequence[Sighting]) -> str:
    if not sightings:
        return ""
    first = sightings[0]
    others = len({(one.source, one.issued_on) for one in sightings}) - 1
    also = f", also in {count_of(others, 'digest')}" if others else ""
    return f"First seen {day_text(first.issued_on)} on {source_name(first.source)}{also}"


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
