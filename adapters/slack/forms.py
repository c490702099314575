"""Slack: forms as modal views, and back to the command they complete. Knows no SDK, no network.

Everything the submission needs travels with the view: the command and where it was typed in `private_metadata`, an input's
token in its `block_id`. Nothing is kept between opening and submitting.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import caption
from adapters.slack.inputs import input_blocks
from adapters.slack.text import plain
from bot.cards import Form, Input
from bot.errors import PayloadRejected
from bot.spans import clean, is_blank

NOTICE = "notice"
_KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")
_TOO_LONG = "This form's command is too long for Slack. Nothing was opened; type the command instead."
FOREIGN = "This form is of another version of Paper Round. Nothing was changed; open it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswers:
    """What a form was filled in with.

    `command` is complete; `channel` is the id of the channel it is for, chosen or else the one the form was asked for in;
    `thread` the message it was asked under; `document` a pasted text; `file_ids` the files that came with it.
    """

    command: str
    channel: str = ""
    thread: str = ""
    document: str = ""
    file_ids: tuple[str, ...] = ()


def render_form(form: Form, *, channel: str = "", thread: str = "", notice: str = "") -> dict[str, Any]:
    """The form as a modal view for `views.open`. Every input is optional: an empty answer is left out of the command.

    Args:
        form: the questions.
        channel: the id of the channel the form was asked for in.
        thread: the `ts` of the message it was asked under.
        notice: a small line under the input that is checked while it is typed, else at the end.

    Raises:
        PayloadRejected: the command is longer than a view may carry.
    """
    carried = {"command": clean(form.command), "channel": channel, "thread": thread}
    metadata = json.dumps(carried, ensure_ascii=False, separators=(",", ":"))
    if len(metadata.encode()) > limits.PRIVATE_METADATA:
        raise PayloadRejected(_TOO_LONG)
    inputs = [block for number, field in enumerate(form.inputs) for block in input_blocks(number, field)]
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": plain(caption(form.title, "Paper Round", limits.MODAL_TITLE)),
        "submit": plain(caption(form.submit, "Submit", limits.MODAL_TITLE)),
        "close": plain("Cancel"),
        "private_metadata": metadata,
        "blocks": inputs[: limits.VIEW_BLOCKS - 1],
    }
    return with_notice(view, notice)


def with_notice(view: Mapping[str, Any], notice: str) -> dict[str, Any]:
    """An open view, as it was sent or as an interaction carries it, with another notice: for `views.update`.

    The inputs stay what they were, ids included, so Slack keeps what was typed.
    """
    listed = [block for block in view["blocks"] if block.get("block_id") != NOTICE]
    place = next((n for n, block in enumerate(listed, 1) if block.get("dispatch_action")), len(listed))
    if not is_blank(notice):
        words = plain(caption(notice, "", limits.HINT))
        listed.insert(place, {"type": "context", "block_id": NOTICE, "elements": [words]})
    return {**{key: view[key] for key in _KEPT if view.get(key) is not None}, "blocks": listed}


def read_form(view: Mapping[str, Any]) -> FormAnswers:
    """What a view was filled in with: of a `view_submission`, or so far, of a `block_actions`.

    Raises:
        PayloadRejected: the view is none of ours, or of a version that wrote it otherwise.
    """
    try:
        carried = json.loads(view["private_metadata"])
        answers = [(block, answer) for block, inner in view["state"]["values"].items() for answer in inner.values()]
        beside = {block.partition("|")[0]: answer for block, answer in answers if not block[:1].isdecimal()}
        chosen = (beside.get("channel") or {}).get("selected_conversation")
        return FormAnswers(
            command=_command(str(carried["command"]), answers),
            channel=chosen or str(carried["channel"]),
            thread="" if chosen and chosen != carried["channel"] else str(carried["thread"]),
            document=(beside.get("document") or {}).get("value") or "",
            file_ids=tuple(str(one["id"]) for one in (beside.get("file") or {}).get("files") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PayloadRejected(FOREIGN) from error


def _command(command: str, answers: list[tuple[str, Mapping[str, Any]]]) -> str:
    """The command with the answers in the order of their questions, which is not the order in which Slack sends them."""
    fields: dict[int, tuple[str, str]] = {}
    for block, answer in answers:
        number, _, token = block.partition("|")
        if number.isdecimal():
            fields[int(number)] = (token, _value(answer))
    inputs = tuple(Input(name=str(number), label="", token=token) for number, (token, _) in sorted(fields.items()))
    return Form(title="", inputs=inputs, command=command).fill({str(n): value for n, (_, value) in fields.items()})


def _value(answer: Mapping[str, Any]) -> str:
    chosen = answer.get("selected_option") or {}
    return answer.get("value") or answer.get("selected_date") or answer.get("selected_time") or chosen.get("value") or ""
