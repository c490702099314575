"""What a file of papers holds: the card that comes with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text
from bot.model import Paper
from bot.prose import cut_at_word
from bot.views.wording import count_of, hits_line, short_count

MOST = 200
ABOUT_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Papers for a file: page `page` of `total`, `MOST` a page.

    `about` says what they are, `notes` how they were found; `asked` is what is typed behind the format, without the page; `wider`
    is a query that finds more, `stem` a shorter word for them. `instead` is the card to show where there is no paper at all.
    """

    papers: Sequence[Paper]
    total: int
    about: str
    asked: str
    page: int = 1
    notes: tuple[str, ...] = ()
    wider: str = ""
    stem: str = ""
    instead: Card | None = None


def exported_card(choice: Choice, word: str, name: str, others: Sequence[tuple[str, str]], file: str) -> Card:
    """What is in a file, the papers before and after, and the same in another format.

    Args:
        choice: the papers.
        word: the format, as typed.
        name: the format, for people.
        others: the other formats, as (word, name).
        file: the file's name.
    """
    notes = list(choice.notes)
    if choice.total > len(choice.papers):
        notes.append(hits_line((choice.page - 1) * MOST, len(choice.papers), choice.total))
    elements: list[Element] = [Text((Span(cut_at_word(choice.about, ABOUT_CHARS), "bold"),))]
    elements += [Context((Span(" · ".join(notes)),))] if notes else []
    elements.append(Context((Span(file, "code"),)))
    elements.append(Buttons((*_more(choice, word), *(Button(other, _command(to, choice.asked)) for to, other in others))))
    return Card(title=f"{count_of(len(choice.papers), 'paper')} as {name}", elements=tuple(elements))


def past_the_end_card(choice: Choice, word: str) -> Card:
    """There are papers, but not on this page."""
    first = Button(f"The first {min(MOST, choice.total)}", _command(word, choice.asked))
    said = f"There are {count_of(choice.total, 'paper')} in all, {MOST} a file. Nothing was exported."
    return Card(title="Nothing on this page", elements=(Text((Span(said),)), Buttons((first,))))


def _more(choice: Choice, word: str) -> list[Button]:
    buttons = []
    if choice.page > 1:
        buttons.append(Button(f"‹ Previous {MOST}", _command(word, choice.asked, choice.page - 1)))
    left = choice.total - choice.page * MOST
    if left > 0:
        buttons.append(Button(f"Next {short_count(min(left, MOST))} ›", _command(word, choice.asked, choice.page + 1)))
    if choice.wider:
        buttons.append(Button(f"All that mention {cut_at_word(choice.wider, 40)}", _command(word, f"search {choice.wider}")))
    return buttons


def _command(word: str, asked: str, page: int = 1) -> str:
    return f"/papers export {word} {asked}".strip() + (f" page:{page}" if page > 1 else "")
