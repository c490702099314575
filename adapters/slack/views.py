"""Windows that are no forms: a card in a window, the search for a paper by name; where a form shows an error. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.slack import limits
from adapters.slack.blocks import caption
from adapters.slack.render import home_view
from adapters.slack.text import plain
from bot.cards import Card

FIND: Final = "find"
NAME: Final = "name"


def card_view(cards: Sequence[Card], *, channel: str = "") -> dict[str, Any]:
    """Cards in a window. Their buttons act in `channel`, where there is one."""
    blocks = home_view(cards, [channel] * len(cards))["blocks"]
    title = caption(cards[0].title if cards else "", "Paper Round", limits.MODAL_TITLE)
    return {"type": "modal", "callback_id": "card", "title": plain(title), "close": plain("Close"), "blocks": blocks}


def find_view() -> dict[str, Any]:
    """The window that looks a paper up, its name completed while it is typed."""
    element = {
        "type": "external_select",
        "action_id": NAME,
        "min_query_length": 2,
        "placeholder": plain("LIBERO, a title, an arXiv id"),
    }
    block = {"type": "input", "block_id": NAME, "label": plain("Name of the paper"), "element": element}
    return {
        "type": "modal",
        "callback_id": FIND,
        "title": plain("Find a paper"),
        "submit": plain("Show"),
        "close": plain("Cancel"),
        "blocks": [block],
    }


def found_name(view: Mapping[str, Any]) -> str:
    """The name that was chosen in `find_view`."""
    chosen = view["state"]["values"].get(NAME, {}).get(NAME, {}).get("selected_option") or {}
    return str(chosen.get("value") or "")


def live_block(view: Mapping[str, Any]) -> str:
    """The id of the input that an error is shown at: the one that is checked while typed, else the first."""
    inputs = [block for block in view.get("blocks", ()) if block.get("type") == "input"]
    live = next((block for block in inputs if block.get("dispatch_action")), None)
    return str((live or (inputs[0] if inputs else {})).get("block_id") or "")


def options(found: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """(label, value) pairs as the options of a menu, those that fit."""
    fit = [(label, value) for label, value in found if value and len(value.encode()) <= limits.OPTION_VALUE]
    return [{"text": plain(caption(label, value, limits.OPTION_TEXT)), "value": value} for label, value in fit[: limits.OPTIONS]]
