"""Names that are not one paper: a choice, or nothing of that name."""

from collections.abc import Sequence

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text
from bot.prose import cut_at_word
from bot.results import LookUp
from bot.views.lists import PAGE, TITLE_CHARS, row
from bot.views.wording import among, plain_query


def choice_card(asked: str, found: LookUp) -> Card:
    """Several papers that may be meant."""
    kind = found.hits[0].why.kind if found.hits[0].why else "words"
    asked = cut_at_word(asked, TITLE_CHARS)
    titles = {
        "name": f"{len(found.hits)} papers go by the name {asked}",
        "spelling": f"No paper is called {asked}. These are near",
        "title": f"{len(found.hits)} titles are close to “{asked}”",
    }
    title = titles.get(kind, f"No paper is called {asked}. These mention it")
    rows = tuple(row(number, hit) for number, hit in enumerate(found.hits[:PAGE], start=1))
    return Card(title=title, elements=rows)


def unknown_name(asked: str, near: Sequence[str]) -> Card:
    """Nothing goes by that name."""
    asked = cut_at_word(asked, TITLE_CHARS)
    elements: list[Element] = []
    if near:
        elements.append(Text((Span(f"Did you mean {among(near, 3, last='or')}?"),)))
        elements.append(Buttons(tuple(Button(cut_at_word(name, 40), f"/paper {name}") for name in near)))
    elements.append(
        Context(
            (
                Span("A name, an arXiv id or link, or a few words of the title will do; "),
                Span("/papers", "code"),
                Span(" searches everything."),
            )
        )
    )
    if query := plain_query(asked):
        elements.append(Buttons((Button(f"Search for {cut_at_word(asked, 40)}", f"/papers search {query}"),)))
    return Card(title=f"Nothing stored is called {asked}", elements=tuple(elements))
