"""The thread of one day, and the headlines of its opener."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text, Thread
from bot.model import Paper
from bot.prose import cut_at_word, readable
from bot.views.paper import paper_card
from bot.views.wording import count_of, long_day, page_of, source_name, votes_text, who

HEADLINES = 15
HEADLINE_CHARS = 90
NO_BREAK_SPACE = "\u00a0"


def day_thread(day: date, papers: Sequence[Paper], *, sources: Sequence[str], today: date) -> Thread:
    """The thread of one day: an opener with the headlines and a reply a paper."""
    shown = papers[:HEADLINES]
    names = " and ".join(dict.fromkeys(source_name(source) for source in sources))
    elements: list[Element] = [
        Context((Span(f"{count_of(len(papers), 'paper')} from {names}" if names else count_of(len(papers), "paper")),))
    ]
    elements.append(headlines(map(headline, shown)))
    if len(papers) > len(shown):
        elements.append(Context((Span(f"and {len(papers) - len(shown)} more in this thread"),)))
    elements.append(Buttons((Button(f"See all {len(papers)}", f"/papers on:{day.isoformat()}"),)))
    opener = Card(title=f"Paper Round · {long_day(day)}", elements=tuple(elements))
    return Thread(opener=opener, replies=tuple(paper_card(paper, today=today) for paper in papers))


def headlines(papers: Iterable[tuple[Span, Span]]) -> Text:
    """Headlines under one another, each with its number."""
    spans = []
    for number, (title, notes) in enumerate(papers, start=1):
        spans += [Span(f"\n{number}  " if number > 1 else "1  "), title, notes]
    return Text(tuple(spans))


def headline(paper: Paper) -> tuple[Span, Span]:
    """A paper in one line: its title, then who stands behind it and its votes."""
    title = cut_at_word(readable(paper.title), HEADLINE_CHARS)
    notes = [note for note in (who(paper), votes_text(paper.metrics)) if note]
    return (
        Span(title, "bold", page_of(paper)),
        Span("".join(f" ·{NO_BREAK_SPACE}{note.replace(' ', NO_BREAK_SPACE)}" for note in notes)),
    )
