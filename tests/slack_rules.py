"""Slack's rules, written from its documentation and not from our renderer: what a payload may hold and how it reads."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_LINK = re.compile(r"<(https?://[^|<>\s]+)\|([^<>]+)>")
_NAME = re.compile(r"<[@#]([UWCGD][A-Z0-9]{2,})>")
_NAMED = {"user": "[UW][A-Z0-9]{2,}", "channel": "[CGD][A-Z0-9]{2,}"}
_DATE = re.compile(r"<!date\^(\d+)\^([^|<>^]+)\|([^|<>\n]+)>")
_DATE_FORMAT = re.compile(
    r"(?:[^{}]|\{(?:date|date_num|date_slash|(?:date_short|date_long|date)(?:_pretty)?|time|time_secs|ago)\})+"
)
_EMPHASIS = re.compile(r"(?<!\S)([*_~`])(?=\S)(.+?)(?<=\S)\1(?!\S)")


def check_message(message: dict[str, Any]) -> None:
    """The payload is one that `chat.postMessage` would take."""
    assert {"text", "blocks", "unfurl_links", "unfurl_media"} <= set(message)
    assert message["unfurl_links"] is message["unfurl_media"] is False
    assert message["text"].strip()
    assert _units(message["text"]) <= 4_000
    assert not re.search("[<>\u2061]", _NAME.sub("", message["text"]))
    blocks = message["blocks"]
    assert 1 <= len(blocks) + sum(len(block.get("child_blocks", ())) for block in blocks) <= 50
    assert sum(element.get("style") == "primary" for block in blocks for element in _interactive(block)) <= 1
    assert len(json.dumps(blocks, ensure_ascii=False).encode()) <= 13_000
    _unique(block["block_id"] for block in blocks)
    _unique(element["action_id"] for block in blocks for element in _interactive(block))
    for block in blocks:
        _check_block(block)


def check_home(view: dict[str, Any]) -> None:
    """The payload is one that `views.publish` would take."""
    View(**view).validate_json()
    assert set(view) == {"type", "callback_id", "blocks"}
    assert view["type"] == "home"
    assert 1 <= len(view["blocks"]) <= 100
    assert len(json.dumps(view).encode()) < 250_000
    _unique(block["block_id"] for block in view["blocks"])
    _unique(element["action_id"] for block in view["blocks"] for element in _interactive(block))
    for block in view["blocks"]:
        assert block["type"] != "container"
        _check_block(block)


def check_view(view: dict[str, Any]) -> None:
    """The payload is one that `views.open` and `views.update` would take."""
    View(**view).validate_json()
    asks = any(block["type"] == "input" for block in view["blocks"])
    for part in ("title", "close", *(["submit"] if asks else [])):
        assert view[part]["type"] == "plain_text"
        assert 1 <= _units(view[part]["text"]) <= 24
        assert view[part]["text"].strip()
    assert len(view.get("private_metadata", "").encode()) <= 3_000
    assert 1 <= len(view["blocks"]) <= 100
    _unique(block["block_id"] for block in view["blocks"])
    for block in view["blocks"]:
        if block["type"] == "input":
            _check_input(block)
        else:
            assert not asks or block["type"] == "context"  # beside questions there is only a line that says something of them
            assert block["type"] != "container"
            _check_block(block)
    _unique(control["action_id"] for block in view["blocks"] for control in _interactive(block))


def _check_input(block: dict[str, Any]) -> None:
    Block.parse(block).validate_json()
    assert len(block["block_id"]) <= 255
    assert 1 <= _units(block["label"]["text"]) <= 2_000
    element = block["element"]
    assert 1 <= len(element["action_id"]) <= 255
    if "placeholder" in element:
        assert 1 <= _units(element["placeholder"]["text"]) <= 150
    live = element.get("dispatch_action_config")
    assert bool(live) == bool(block.get("dispatch_action"))
    match element["type"]:
        case "plain_text_input":
            assert _units(element.get("initial_value", "")) <= element.get("max_length", 3_000) <= 3_000
            assert live in (None, {"trigger_actions_on": ["on_character_entered"]})
        case "static_select":
            _check_options(element)
        case "external_select":
            assert element["min_query_length"] >= 1
            if chosen := element.get("initial_option"):
                _check_options({"options": [chosen]})
        case "conversations_select":
            assert set(element["filter"]["include"]) <= {"im", "mpim", "private", "public"}
            assert ("initial_conversation" in element) != ("default_to_current_conversation" in element)
        case "timepicker":
            assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "00:00"))
        case "datepicker":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2025-12-08"))
        case "file_input":
            assert 1 <= element["max_files"] <= 10
            assert all(re.fullmatch("[a-z]+", kind) for kind in element["filetypes"])
        case other:
            raise AssertionError(other)


def visible(block: dict[str, Any]) -> str:
    """The words of a block as a reader sees them, controls and pictures left out."""
    match block["type"]:
        case "header":
            return _shown(block["text"])
        case "rich_text":
            return "".join(map(_rich_section, block["elements"]))
        case "context":
            return " ".join(_shown(element) for element in block["elements"])
        case "section":
            return "\n".join(_shown(text) for text in (block.get("text"), *block.get("fields", ())) if text)
        case _:
            return ""


def folded(block: dict[str, Any]) -> str:
    """The words behind the line of a container; fails where Slack could hide some of them."""
    assert all(child["expand"] for child in block["child_blocks"])
    return "".join(visible(child) for child in block["child_blocks"])


def names(block: dict[str, Any]) -> list[str]:
    """Whom and what the words of a block name: ids of people and channels."""
    found = [e[f"{e['type']}_id"] for e in _rich_elements(block) if e["type"] in _NAMED]
    texts = [*block.get("elements", ()), block.get("text"), *block.get("fields", ())]
    return found + [match[1] for t in texts if t and t.get("type") == "mrkdwn" for match in _NAME.finditer(t["text"])]


def spoken_names(text: str) -> list[str]:
    """Whom and what a message's notification names."""
    return _NAME.findall(text)


def _rich_elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The words of rich text, out of sections and out of the sections of lists; none of other blocks."""
    for part in block.get("elements", ()):
        yield from _rich_elements(part) if part["type"].startswith("rich_text_") else [part] if "rich" in block["type"] else []


def _rich_section(section: dict[str, Any]) -> str:
    if section["type"] == "rich_text_section":
        return "".join(map(_rich_words, section["elements"]))
    assert section["style"] == "ordered"
    numbered = enumerate(section["elements"], section.get("offset", 0) + 1)
    return "\n".join(f"{number}  {_rich_section(entry)}" for number, entry in numbered)


def _rich_words(element: dict[str, Any]) -> str:
    if element["type"] in _NAMED:
        assert re.fullmatch(_NAMED[element["type"]], element[f"{element['type']}_id"])
        return str(element[f"{element['type']}_id"])
    if element["type"] == "date":
        _check_moment(element["timestamp"], element["format"])
        assert set(element.get("style", ())) <= {"bold", "italic", "strike", "underline"}
        return _literal(element["fallback"])
    return _literal(element["text"])


def _check_moment(timestamp: int, form: str) -> None:
    assert isinstance(timestamp, int)
    assert _DATE_FORMAT.fullmatch(form)
    assert "{" in form


def moments(block: dict[str, Any]) -> list[int]:
    """The moments among the words of a block, in seconds."""
    found = [e["timestamp"] for e in _rich_elements(block) if e["type"] == "date"]
    texts = [*block.get("elements", ()), block.get("text"), *block.get("fields", ())]
    return found + [int(match[1]) for t in texts if t and t.get("type") == "mrkdwn" for match in _DATE.finditer(t["text"])]


def links(block: dict[str, Any]) -> list[str]:
    """Where the words of a block lead."""
    found = [e["url"] for e in _rich_elements(block) if e["type"] == "link"]
    texts = [*block.get("elements", ()), block.get("text"), *block.get("fields", ())]
    mrkdwn = [t["text"] for t in texts if t and t.get("type") == "mrkdwn"]
    return found + [html.unescape(match[1]) for text in mrkdwn for match in _LINK.finditer(text)]


def _shown(text: dict[str, Any]) -> str:
    if text["type"] == "plain_text":
        assert text["emoji"] is False
        return _literal(text["text"])
    assert text["verbatim"] is True
    return read_mrkdwn(text["text"])


def _literal(text: str) -> str:
    """Both of what Slack may do with entities in plain text gives the same words."""
    decoded = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert decoded == text
    return text.replace("\u2060", "")


def read_mrkdwn(text: str) -> str:
    """The words of an mrkdwn text; fails where anything but links and our own emphasis would be read as markup."""
    for match in _DATE.finditer(text):
        _check_moment(int(match[1]), match[2])
    words = _DATE.sub(r"\3", _NAME.sub(r"\1", text))
    for _ in range(3):
        words = _LINK.sub(r"\2", _EMPHASIS.sub(r"\2", words))
    assert not re.search(r"[*_~`<>]", words), text
    assert not re.search(r":[^\s:]+:", words), text
    assert not re.search(r"^\s*&gt;", words, re.MULTILINE), text
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _interactive(block: dict[str, Any]) -> list[dict[str, Any]]:
    candidates = [*block.get("elements", ()), block.get("accessory")]
    return [e for e in candidates if e and e["type"] in ("button", "static_select", "overflow")]


def _check_block(block: dict[str, Any]) -> None:  # noqa: C901 - one case a block
    Block.parse(block).validate_json()
    assert len(block["block_id"]) <= 255
    for text in _texts(block):
        assert text.strip("\u2060"), block
    match block["type"]:
        case "header":
            assert _units(block["text"]["text"]) <= 150
        case "section":
            assert _units(block.get("text", {"text": ""})["text"]) <= 3_000
            fields = block.get("fields", ())
            assert fields or block["text"]
            assert len(fields) <= 10
            assert all(_units(field["text"]) <= 2_000 for field in fields)
        case "context":
            assert 1 <= len(block["elements"]) <= 10
            assert all(_units(element["text"]) <= 3_000 for element in block["elements"])
        case "rich_text":
            assert all(section["type"] in ("rich_text_section", "rich_text_list") for section in block["elements"])
            assert sum(_units(_rich_words(e)) for e in _rich_elements(block)) <= 3_000
            assert all(len(e.get("url", "")) <= 3_000 for e in _rich_elements(block))
        case "image":
            assert block["image_url"].startswith(("http://", "https://"))
            assert len(block["image_url"]) <= 3_000
            assert 1 <= _units(block["alt_text"]) <= 2_000
        case "actions":
            assert 1 <= len(block["elements"]) <= 25
        case "container":
            assert block["title"]["type"] == "plain_text"
            assert 1 <= _units(block["title"]["text"]) <= 150
            assert not block.get("default_collapsed") or block["is_collapsible"]
            assert 1 <= len(block["child_blocks"]) <= 10
            for child in block["child_blocks"]:
                assert child["type"] in ("section", "divider", "image", "actions", "context", "header")  # what all take
                _check_block({"block_id": "x", **child})
        case "divider":
            pass
        case other:
            raise AssertionError(other)
    for element in _interactive(block):
        _check_control(element)


def _check_control(element: dict[str, Any]) -> None:
    assert 1 <= len(element["action_id"]) <= 255
    if element["type"] == "static_select":
        _check_options(element)
        return
    if element["type"] == "overflow":
        assert 2 <= len(element["options"]) <= 5
        _check_options(element)
        return
    assert element["text"]["text"].strip()
    assert _units(element["text"]["text"]) <= 75
    assert 1 <= _units(element["value"]) <= 2_000


def _check_options(element: dict[str, Any]) -> None:
    assert 1 <= len(element["options"]) <= 100
    assert _units(element.get("placeholder", {"text": ""})["text"]) <= 150
    for option in element["options"]:
        assert option["text"]["text"].strip()
        assert _units(option["text"]["text"]) <= 75
        assert 1 <= _units(option["value"]) <= 150


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "alt_text") and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _unique(values: Iterator[str]) -> None:
    listed = list(values)
    assert len(listed) == len(set(listed))
