"""Discord: completions as choices, at most 25 of at most 100 characters. Knows no SDK, no network.

Source: https://docs.discord.com/developers/interactions/application-commands#autocomplete .
"""

from collections.abc import Sequence

from adapters.discord import limits
from adapters.discord.commands import Asked
from bot.completion import Completion
from bot.spans import clean_line, is_blank, shorten, utf16_length


def line_to_complete(asked: Asked) -> str:
    """The half-typed command line that the option being typed belongs to; empty where nothing is known of it."""
    option = asked.focused
    return option.completes + clean_line(asked.given.get(option.name, "")) if option and option.completes else ""


def choices(asked: Asked, found: Sequence[Completion]) -> list[tuple[str, str]]:
    """The choices for the option being typed: what is shown, and the option's value; each value once."""
    option = asked.focused
    if option is None:
        return []
    typed = clean_line(asked.given.get(option.name, "")).strip()
    offered = [(value, value) for value in option.offers if value.startswith(typed.lower())]
    if option.offers and typed and typed not in dict(offered):
        offered.append((typed, typed))  # what is typed can be taken as it is
    for one in found:
        if option.only_words and one.label.startswith("/"):
            continue
        value = one.value.removeprefix(option.completes).strip() if one.value.startswith(option.completes) else ""
        offered.append((f"{one.label} · {one.hint}" if one.hint else one.label, value))
    by_value = {value: name for name, value in reversed(offered) if _fits(value)}
    kept = [(name, value) for name, value in offered if by_value.pop(value, None) is not None]
    return [(shorten(clean_line(value if is_blank(name) else name), limits.CHOICE), value) for name, value in kept][
        : limits.CHOICES
    ]


def _fits(value: str) -> bool:
    return not is_blank(value) and utf16_length(value) <= limits.CHOICE
