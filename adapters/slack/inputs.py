"""Slack: a form's questions as input blocks. Knows no view, no SDK, no network.

A block's id is the question's number and its token; what goes beside the command has an id of its own: "channel|", "document|"
and "file|".
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, assert_never

from adapters.slack import limits
from adapters.slack.blocks import caption
from adapters.slack.text import plain
from bot.cards import Input
from bot.spans import clean, clean_line, is_blank, utf8_length, utf16_length

FILE_TYPES = ("txt", "md", "json", "eml", "bib", "csv")
_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
_CHANNEL = re.compile("[CG][A-Z0-9]{2,}")


def input_blocks(number: int, field: Input) -> Iterator[dict[str, Any]]:
    """A question as an input block; a document as two, one to paste into and one for a file."""
    if field.kind == "document":
        yield _block(f"document|{number}", field, _typed(field, multiline=True))
        file = {"type": "file_input", "action_id": "file", "filetypes": [*FILE_TYPES], "max_files": 1}
        yield _block(f"file|{number}", Input(name="", label="Or a file"), file)
        return
    block = _block(f"channel|{number}" if field.kind == "channel" else f"{number}|{field.token}", field, _element(field))
    yield {**block, "dispatch_action": True} if "dispatch_action_config" in block["element"] else block


def _block(block_id: str, field: Input, element: dict[str, Any]) -> dict[str, Any]:
    label = plain(caption(field.label, field.name or "…", limits.INPUT_LABEL))
    return {"type": "input", "block_id": block_id, "optional": True, "label": label, "element": element}


def _element(field: Input) -> dict[str, Any]:
    value = clean(field.value).strip()
    match field.kind:
        case "text" | "document" | "role":
            return _typed(field)
        case "date":
            return _picker(field, "datepicker", {"initial_date": value} if _is_day(value) else {})
        case "time":
            return _picker(field, "timepicker", {"initial_time": value} if _CLOCK.fullmatch(value) else {})
        case "zone":
            chosen = _option(value, value)
            return {
                **_picker(field, "external_select", {"initial_option": chosen} if chosen else {}),
                "action_id": "zone",
                "min_query_length": 2,
            }
        case "channel":
            known = {"initial_conversation": value} if _CHANNEL.fullmatch(value) else {"default_to_current_conversation": True}
            only = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}
            return _picker(field, "conversations_select", {**known, **only})
        case "select":
            return _select(field)
        case _:
            assert_never(field.kind)


def _typed(field: Input, *, multiline: bool = False) -> dict[str, Any]:
    value = clean(field.value)
    element = _picker(field, "plain_text_input", {"multiline": True, "max_length": limits.INPUT_VALUE} if multiline else {})
    if not is_blank(value) and utf16_length(value) <= limits.INPUT_VALUE:
        element["initial_value"] = value
    if field.live and not multiline:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return element


def _select(field: Input) -> dict[str, Any]:
    """A menu, or a line to type in where an answer does not fit one."""
    options = [option for label, value in field.options if (option := _option(label, value))]
    all_fit = len(options) == sum(not is_blank(value) for _, value in field.options) and len(options) <= limits.OPTIONS
    none = next((clean_line(label) for label, value in field.options if is_blank(value)), "")
    if not options or not all_fit:
        return _typed(field)
    chosen = [option for option in options if option["value"] == field.value]
    element = _picker(field, "static_select", {"options": options}, none)
    return {**element, "initial_option": chosen[0]} if chosen else element


def _picker(field: Input, kind: str, more: dict[str, Any], otherwise: str = "") -> dict[str, Any]:
    placeholder = next((text for text in (clean_line(field.placeholder), otherwise) if not is_blank(text)), "")
    shown = {"placeholder": plain(caption(placeholder, "…", limits.PLACEHOLDER))} if placeholder else {}
    return {"type": kind, "action_id": f"input:{field.kind}", **shown, **more}


def _option(label: str, value: str) -> dict[str, Any] | None:
    """An option, or `None` for the empty answer (leaving the menu alone says that) and for one that is too long."""
    if is_blank(value) or utf8_length(clean(value)) > limits.OPTION_VALUE:
        return None
    return {"text": plain(caption(label, value, limits.OPTION_TEXT)), "value": clean(value)}


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
