"""Discord: a control's `custom_id` is its command, so a button still works after a restart. Knows no cards, no SDK.

Forms of an id, at most 100 characters:

- `u|/papers rl page:2`: an effect's first letter and the command; `u2|…` where a message already holds that very id.
- `k|` and a hash: the command is longer; `k2|…` likewise. What it stands for is in `Ids.long`, to be stored.
- `m|0`: a menu. The command is in the value of the chosen option, which has one of the forms above.
"""

import hashlib
import re
from collections import Counter
from typing import cast, get_args

from adapters.discord import limits
from bot.cards import Effect
from bot.spans import clean, utf16_length

_EFFECTS: dict[str, Effect] = {effect[0]: effect for effect in cast(tuple[Effect, ...], get_args(Effect))}
_ID = re.compile(r"([rusf])\d*\|(.+)", re.DOTALL)


class Ids:
    """Hands out the ids of one message, each once; collects in `long` what the hashed ones stand for."""

    def __init__(self) -> None:
        self.long: dict[str, str] = {}
        self._given: Counter[tuple[str, str]] = Counter()

    def command(self, effect: Effect, command: str) -> str:
        """The id of a button or an option that asks for this command."""
        meaning = f"{effect[0]}|{clean(command).strip()}"
        key, rest = effect[0], meaning[2:]
        if utf16_length(meaning) > limits.CUSTOM_ID - 4:  # room for a number
            key, rest = "k", hashlib.sha256(meaning.encode()).hexdigest()[:32]
        custom_id = self._new(key, rest)
        if key == "k":
            self.long[custom_id] = meaning
        return custom_id

    def menu(self) -> str:
        """The id of a menu."""
        return self._new("m", "menu")

    def _new(self, key: str, rest: str) -> str:
        self._given[key, rest] += 1
        number = self._given[key, rest]
        return f"{key}|{rest}" if number == 1 else f"{key}{number}|{rest}"


def read_custom_id(custom_id: str) -> tuple[Effect, str] | None:
    """The effect and the command of a pressed button's id, a chosen option's value, or what was stored for a `k` id.

    Returns:
        `None` for a menu, for a `k` id (look it up and read what was stored) and for what is not ours.
    """
    match = _ID.fullmatch(custom_id)
    return (_EFFECTS[match[1]], match[2]) if match else None
