"""Help, errors and the empty state."""

from collections.abc import Sequence

from bot.cards import Button, Buttons, Card, Context, Span, Text
from bot.prose import cut_at_word


def empty_store() -> Card:
    """Nothing was ever stored."""
    return Card(
        title="No papers yet",
        elements=(
            Text(
                (
                    Span("Nothing has been taken in so far. On the machine where Paper Round runs, give it a digest: "),
                    Span("paperround ingest FILE", "code"),
                )
            ),
            Context((Span("A digest is the text of a Daily Papers page, or the answer of its API."),)),
        ),
    )


def help_card(usages: Sequence[tuple[str, str]]) -> Card:
    """What can be typed: (usage, what it gives) a line."""
    lines = []
    for number, (usage, gives) in enumerate(usages):
        lines += [Span("\n" if number else ""), Span(usage, "code"), Span("  " + gives)]
    tries = tuple(Button(command, command) for command in ("/papers", "/papers rl", "/paper LIBERO"))
    return Card(title="What you can type", elements=(Text(tuple(lines)), Buttons(tries)))


def error_card(message: str, usage: str) -> Card:
    """What is wrong with a command, and one that works."""
    return Card(
        title="That did not work",
        elements=(
            Text((Span(message),)),
            Context((Span("Try "), Span(usage, "code"))),
            Buttons((Button(cut_at_word(usage, 60), usage), Button("Help", "/papers help"))),
        ),
    )


def plain_words_card(text: str, query: str) -> Card:
    """Somebody wrote words without a command; `query` is their text as a search."""
    short = cut_at_word(text, 40)
    buttons = (Button(f"Find {short}", f"/papers search {query}"), Button(f"Paper {short}", f"/paper {text[:300]}"))
    return Card(
        title="Commands begin with a slash",
        elements=(
            Text(
                (
                    Span("/papers", "code"),
                    Span(" finds papers on a topic, "),
                    Span("/paper", "code"),
                    Span(" one paper by its name."),
                )
            ),
            Buttons(buttons),
        ),
    )


def incident_card(incident: str) -> Card:
    """Something unexpected broke; the number leads the operator to the log."""
    message = (
        f"Something broke on our side (incident {incident}). Nothing was changed; "
        "try again, and tell your operator the number if it happens twice."
    )
    return Card(title="That did not work", elements=(Text((Span(message),)),))
