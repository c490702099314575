"""Help, errors and the empty state."""

from collections.abc import Mapping, Sequence

from bot.cards import Button, Buttons, Card, Context, Span, Text
from bot.ports import Coverage
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


def help_card(groups: Mapping[str, Sequence[tuple[str, str]]]) -> Card:
    """What can be typed: under each heading, (usage, what it gives) a line."""
    paragraphs = []
    for heading, usages in groups.items():
        spans = [Span(heading, "bold")]
        for usage, gives in usages:
            spans += [Span("\n"), Span(usage, "code"), Span("  " + gives)]
        paragraphs.append(Text(tuple(spans)))
    tries = tuple(Button(command, command) for command in ("/papers", "/papers rl", "/paper LIBERO"))
    subscribe = Button("Subscribe", "/papers subscribe", effect="form")
    return Card(title="What you can type", elements=(*paragraphs, Buttons((*tries, subscribe))))


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


def plain_words_card(text: str, query: str, *, is_command: bool = False) -> Card:
    """Somebody wrote words without a command, or, so `is_command`, one there is not; `query` is their text as a search."""
    short = cut_at_word(text, 40)
    buttons = (Button(f"Find {short}", f"/papers search {query}"), Button(f"Paper {short}", f"/paper {text[:300]}"))
    return Card(
        title=f"There is no command /{cut_at_word(text.partition(' ')[0], 40)}" if is_command else "Commands begin with a slash",
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


def building_note(coverage: Coverage) -> Context:
    """A line under what was found by a search index that does not hold all papers yet."""
    return Context((Span(f"Search is still being built: {coverage.indexed:,} of {coverage.stored:,} papers are in it so far."),))


def old_button_card() -> Card:
    """A button of a message from an earlier version was pressed."""
    words = (Span("This button is from an earlier version of Paper Round. Nothing was changed. Type what you want instead."),)
    return Card(title="This button no longer works", elements=(Text(words), Buttons((Button("Help", "/papers help"),))))


def members_only_card() -> Card:
    """A guest asked for something of the workspace."""
    said = "Only members of this workspace may see or change what is set up here. Nothing was changed. You can search all papers."
    return Card(
        title="For members of this workspace",
        elements=(Text((Span(said),)), Buttons((Button("Today’s papers", "/papers"), Button("Help", "/papers help")))),
    )


def incident_card(incident: str) -> Card:
    """Something unexpected broke; the number leads the operator to the log."""
    message = (
        f"Something broke on our side (incident {incident}). Nothing was changed; "
        "try again, and tell your operator the number if it happens twice."
    )
    return Card(title="That did not work", elements=(Text((Span(message),)),))
