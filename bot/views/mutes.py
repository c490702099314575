"""The words that keep papers out of a channel."""

from collections.abc import Sequence

from bot.cards import Button, Buttons, Card, Context, Element, Span, Text
from bot.prose import cut_at_word

ROW = 25


def muted_card(words: Sequence[str], *, said: str = "") -> Card:
    """The muted words of a channel, each with a button that lets it in again; `said` is what was just done."""
    elements: list[Element] = [Text((Span(said),))] if said else []
    if not words:
        elements.append(
            Text((Span("No word is muted in this channel. "), Span("/papers mute survey", "code"), Span(" mutes one.")))
        )
        return Card(title="Muted words", elements=tuple(elements))
    note = "A paper that has one of these in its title, abstract or keywords is not posted here, whatever else speaks for it."
    elements.append(Context((Span(note),)))
    buttons = [Button(f"Unmute {cut_at_word(word, 40)}", f"/papers unmute {word}") for word in words]
    elements += [Buttons(tuple(buttons[start : start + ROW])) for start in range(0, len(buttons), ROW)]
    return Card(title=f"Muted here: {cut_at_word(', '.join(words), 100)}", elements=tuple(elements))
