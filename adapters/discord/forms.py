"""Discord: forms as modals, and back to the command they complete. Knows no SDK, no network.

The modal's custom_id holds the command, an input's custom_id its token: nothing is kept between opening and submitting,
unless the command is too long for an id. What goes beside the command, a channel or a pasted text, has the custom_id
"channel|" or "document|" and a number, and is for the client to read.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import limits
from adapters.discord.access import POSTED_TO
from adapters.discord.components import STRING_SELECT, caption
from adapters.discord.ids import Ids, read_custom_id
from bot.cards import BESIDE, Form, Input
from bot.spans import clean, clean_line, is_blank, utf16_length

TEXT_INPUT, ROLE_SELECT, CHANNEL_SELECT, LABEL = 4, 6, 8, 18
_ROLE = re.compile("<@&([0-9]{1,20})>")


def render_form(form: Form, ids: Ids | None = None) -> dict[str, Any]:
    """The form as a modal. Every input is optional: an empty answer is left out of the command.

    A modal shows five inputs; the values of further ones join the command as they are preset, behind the answers, because
    the order of a line may matter. In the custom_id they stand on a line of their own.

    Args:
        form: the questions.
        ids: collects what a hashed custom_id stands for.
    """
    shown, others = form.inputs[: limits.MODAL_INPUTS], form.inputs[limits.MODAL_INPUTS :]
    preset = replace(form, inputs=others, command="").fill({field.name: field.value for field in others})
    command = "\n".join(filter(None, (clean_line(form.command), preset.strip())))
    return {
        "custom_id": (ids or Ids()).command("form", command),
        "title": caption(form.title, "Paper Round", limits.MODAL_TITLE),
        "components": [_label(number, field) for number, field in enumerate(shown)],
    }


def read_form(data: Mapping[str, Any], long: Mapping[str, str] | None = None) -> str | None:
    """The completed command of a submitted modal, or `None` if its custom_id is not ours or no longer known.

    Args:
        data: the `data` of the modal-submit interaction.
        long: what `long_commands` gave, as it was stored.
    """
    read = read_custom_id((long or {}).get(data["custom_id"], data["custom_id"]))
    if read is None:
        return None
    inputs, values = [], {}
    for component in (row["component"] for row in data["components"] if "component" in row):
        number, _, token = component["custom_id"].partition("|")
        if number in BESIDE:
            continue
        inputs.append(Input(name=number, label="", token=token))
        values[number] = _answer(component)
    command, _, preset = read[1].partition("\n")
    return f"{Form(title='', inputs=tuple(inputs), command=command).fill(values)} {preset}".rstrip()


def _answer(component: Mapping[str, Any]) -> str:
    """What was typed or chosen, as a command line has it."""
    answer = str(component.get("value") or next(iter(component.get("values") or ()), ""))
    return f"<@&{answer}>" if answer and component.get("type") == ROLE_SELECT else answer


def _label(number: int, field: Input) -> dict[str, Any]:
    words = caption(field.label, field.name or "…", limits.INPUT_LABEL)
    wrapped: dict[str, Any] = {"type": LABEL, "label": words}
    if not is_blank(field.label) and words != clean_line(field.label):
        wrapped["description"] = caption(field.label, "", limits.INPUT_DESCRIPTION)
    custom_id = f"{field.kind}|{number}" if field.kind in BESIDE else f"{number}|{field.token}"
    return {**wrapped, "component": {"custom_id": custom_id, "required": False, **_component(field)}}


def _component(field: Input) -> dict[str, Any]:
    """A menu where every answer fits one, else a line to type in. Discord has no date, time or zone input.

    https://docs.discord.com/developers/components/reference#role-select
    """
    if field.kind == "channel":
        preset = {"default_values": [{"id": field.value, "type": "channel"}]} if field.value.isdecimal() else {}
        return {"type": CHANNEL_SELECT, "channel_types": [*POSTED_TO], **preset}
    if field.kind == "role":
        chosen = _ROLE.fullmatch(field.value)
        preset = {"default_values": [{"id": chosen[1], "type": "role"}]} if chosen else {}
        return {"type": ROLE_SELECT, "min_values": 0, "max_values": 1, **preset}
    answers = [(text, clean(value)) for text, value in field.options if not is_blank(value)]
    fit = all(utf16_length(value) <= limits.OPTION_VALUE for _, value in answers)
    unique = len({value for _, value in answers}) == len(answers)
    placeholder = clean_line(field.placeholder)
    if field.kind == "select" and answers and fit and unique and len(answers) <= limits.OPTIONS:
        none = next((text for text, value in field.options if is_blank(value)), "")
        hint = _hint(placeholder or none, limits.SELECT_PLACEHOLDER)
        return {"type": STRING_SELECT, "options": [_option(*answer, field.value) for answer in answers], **hint}
    hint = _hint(placeholder or ("YYYY-MM-DD" if field.kind == "date" else ""), limits.INPUT_PLACEHOLDER)
    value = clean(field.value)
    kept = {"value": value} if not is_blank(value) and utf16_length(value) <= limits.INPUT_VALUE else {}
    return {"type": TEXT_INPUT, "style": 2 if field.kind == "document" else 1, **hint, **kept}


def _hint(text: str, limit: int) -> dict[str, str]:
    return {} if is_blank(text) else {"placeholder": caption(text, "", limit)}


def _option(text: str, value: str, chosen: str) -> dict[str, Any]:
    option = {"label": caption(text, value, limits.OPTION_LABEL), "value": value}
    return {**option, "default": True} if value == clean(chosen) else option
