"""Slack: forms as modal views, and back to the command they complete. Knows no SDK, no network.

Everything the submission needs travels with the view: the command in `private_metadata`, an input's token in its
`block_id`. Nothing is kept between opening and submitting.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import caption
from adapters.slack.text import plain
from bot.cards import Form, Input
from bot.errors import PayloadRejected
from bot.spans import clean, clean_line, is_blank, utf8_length, utf16_length


def render_form(form: Form) -> dict[str, Any]:
    """The form as a modal view for `views.open`. Every input is optional: an empty answer is left out of the command.

    Raises:
        PayloadRejected: the command is longer than a view may carry.
    """
    command = clean(form.command)
    if utf8_length(command) > limits.PRIVATE_METADATA:
        raise PayloadRejected("This form's command is too long for Slack. Nothing was opened; type the command instead.")
    return {
        "type": "modal",
        "callback_id": "form",
        "title": _text(form.title, "Paper Round", limits.MODAL_TITLE),
        "submit": _text(form.submit, "Submit", limits.MODAL_TITLE),
        "close": plain("Cancel"),
        "private_metadata": command,
        "blocks": [_input(i, field) for i, field in enumerate(form.inputs[: limits.MODAL_BLOCKS])],
    }


def read_form(view: Mapping[str, Any]) -> str:
    """The completed command of a submitted view, as `view_submission` carries it."""
    answers: list[tuple[int, str, str]] = []
    for block_id, actions in view["state"]["values"].items():
        number, _, token = block_id.partition("|")
        for answer in actions.values():
            chosen = (answer.get("selected_option") or {}).get("value")
            answers.append((int(number), token, answer.get("value") or answer.get("selected_date") or chosen or ""))
    inputs = tuple(Input(name=str(number), label="", token=token) for number, token, _ in sorted(answers))
    form = Form(title="", inputs=inputs, command=view["private_metadata"])
    return form.fill({str(number): answer for number, _, answer in answers})


def _input(number: int, field: Input) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": f"{number}|{field.token}",
        "optional": True,
        "label": _text(field.label, field.name or "…", limits.INPUT_LABEL),
        "element": _element(field),
    }


def _element(field: Input) -> dict[str, Any]:
    element: dict[str, Any] = {"action_id": f"input:{field.kind}"}
    options = [o for label, value in field.options if (o := _option(label, value))]
    placeholder = clean_line(field.placeholder)
    if field.kind == "select":
        placeholder = placeholder or next((clean_line(label) for label, value in field.options if not value), "")
    if not is_blank(placeholder):
        element["placeholder"] = _text(placeholder, "…", limits.PLACEHOLDER)
    if field.kind == "date":
        return {**element, "type": "datepicker", **({"initial_date": field.value} if _is_day(field.value) else {})}
    all_fit = len(options) == sum(not is_blank(value) for _, value in field.options) and len(options) <= limits.OPTIONS
    if field.kind == "select" and options and all_fit:
        chosen = [option for option in options if option["value"] == field.value]
        element |= {"type": "static_select", "options": options}
        return {**element, "initial_option": chosen[0]} if chosen else element
    value = clean(field.value)
    fits = not is_blank(value) and utf16_length(value) <= limits.INPUT_VALUE
    return {**element, "type": "plain_text_input", **({"initial_value": value} if fits else {})}


def _option(label: str, value: str) -> dict[str, Any] | None:
    """An option, or `None` for the empty answer (leaving the menu alone says that) and for one that is too long."""
    if is_blank(value) or utf8_length(clean(value)) > limits.OPTION_VALUE:
        return None
    return {"text": _text(label, value, limits.OPTION_TEXT), "value": clean(value)}


def _text(text: str, otherwise: str, limit: int) -> dict[str, Any]:
    return plain(caption(text, otherwise, limit))


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
