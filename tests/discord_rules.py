"""Discord's rules, written from its documentation and not from our renderer: what a payload may hold and how it reads."""

import re
from collections.abc import Iterator
from typing import Any

_MARKUP = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("link", re.compile(r"\[((?:[^\[\]])*)\]\(\s*<?((?:\([^)]*\)|[^\s\\()]|\\.)*?)>?\s*\)")),
    ("moment", re.compile(r"<t:(-?\d{1,17}):[tTdDfFR]>")),
    ("mention", re.compile(r"@everyone|@here|<(?:@[!&]?|#|/[^:>]+:|a?:\w+:|t:|id:)[^>]*>")),
    ("autolink", re.compile(r"<?(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]")),
    ("emoji", re.compile(r":([^\s:]+?(?:::skin-tone-\d)?):")),
    ("code", re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")),
    ("bold", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("italic", re.compile(r"\*(?=\S)((?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?)\*(?!\*)")),
    ("italic", re.compile(r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b")),
    ("strike", re.compile(r"~~([\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|")),
)
_STARTS = frozenset("\\[@<hs:`*_~|")
_LINE = (
    ("heading", re.compile(r"#{1,3} ")),
    ("subtext", re.compile(r"-# ")),
    ("list", re.compile(r"\s*(?:[-*+]|\d+[.)]) ")),
    ("quote", re.compile(r"\s*>(?:>>)? ")),
)


def read_markdown(content: str) -> tuple[str, list[tuple[str, str]]]:
    """What a reader sees of a text display: its words, and each piece of markup in it as (kind, its words or address).

    The patterns are those of Discord's own client. A link whose words are an arrow stands for the words before it.
    """
    words, marks = [], []
    for line in content.split("\n"):
        for kind, pattern in _LINE:
            if match := pattern.match(line):
                marks.append((kind, ""))
                line = line[match.end() :]  # noqa: PLW2901
        inner, found = _read_inline(line)
        words.append(inner)
        marks += found
    return "\n".join(words).replace("\u200b", ""), marks


def _read_inline(text: str, *, in_link: bool = False) -> tuple[str, list[tuple[str, str]]]:
    words, marks, at = "", [], 0
    while at < len(text):
        if text[at] not in _STARTS:
            words, at = words + text[at], at + 1
            continue
        for kind, pattern in _MARKUP:
            match = pattern.match(text[at:])
            if match is None or (in_link and kind in ("escape", "link", "autolink")):
                continue
            if kind == "escape":
                words += match[1]
            elif kind == "code":
                words += match[2]
                marks.append((kind, match[2]))
            elif kind in ("mention", "autolink", "emoji", "moment"):
                named = re.fullmatch(r"<[@#](\d+)>", match[0])
                words += named[1] if named else match[0]
                marks.append((kind, match[0]))
            else:
                inner, found = _read_inline(match[1], in_link=in_link or kind == "link")
                marks += [(kind, match[2] if kind == "link" else inner), *found]
                words = words.removesuffix(" ") if inner == "→" else words + inner
            at += match.end()
            break
        else:
            words += text[at]
            at += 1
    return words, marks


def check_message(message: dict[str, Any]) -> None:
    """The payload is one that Discord would take as a Components V2 message that mentions nobody."""
    assert set(message) == {"flags", "components", "allowed_mentions"}
    assert message["flags"] & (1 << 15)
    assert message["allowed_mentions"] == {"parse": []}
    everything = list(walk(message["components"]))
    assert 1 <= len(everything) <= 40
    contents = [c["content"] for c in everything if c["type"] == 10]
    assert sum(_units(content) for content in contents) <= 4_000
    ids = [c["custom_id"] for c in everything if "custom_id" in c]
    assert len(ids) == len(set(ids))
    assert all(1 <= _units(custom_id) <= 100 for custom_id in ids)
    for container in message["components"]:
        assert container["type"] == 17
        assert 0 <= container["accent_color"] <= 0xFFFFFF
        assert container["components"]
        for component in container["components"]:
            _check(component)


def check_modal(modal: dict[str, Any]) -> None:
    """The payload is one that Discord would show as a modal."""
    assert set(modal) == {"custom_id", "title", "components"}
    assert 1 <= _units(modal["custom_id"]) <= 100
    assert modal["title"].strip()
    assert _units(modal["title"]) <= 45
    assert 1 <= len(modal["components"]) <= 5
    inner = [label["component"] for label in modal["components"]]
    assert len({component["custom_id"] for component in inner}) == len(inner)
    for label in modal["components"]:
        assert label["type"] == 18
        assert label["label"].strip()
        assert _units(label["label"]) <= 45
        assert _units(label.get("description", "")) <= 100
    for component in inner:
        assert component["type"] in (3, 4, 6, 8)
        assert 1 <= _units(component["custom_id"]) <= 100
        if component["type"] == 3:
            _check_options(component)
        elif component["type"] in (6, 8):
            kind = "role" if component["type"] == 6 else "channel"
            preset = component.get("default_values", [])
            assert len(preset) <= 1
            assert all(one["type"] == kind and one["id"].isdecimal() for one in preset)
        elif component["type"] == 4:
            assert component["style"] in (1, 2)
            assert _units(component.get("value", "")) <= 4_000
            assert _units(component.get("placeholder", "")) <= 100


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones and accessories included."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]


def _check(component: dict[str, Any]) -> None:
    match component["type"]:
        case 1:
            inner = component["components"]
            assert (1 <= len(inner) <= 5 and all(c["type"] == 2 for c in inner)) or [c["type"] for c in inner] == [3]
            for control in inner:
                _check_control(control)
        case 9:
            assert 1 <= len(component["components"]) <= 3
            for text in component["components"]:
                assert text["type"] == 10
                _check(text)
            assert component["accessory"]["type"] in (2, 11)
            _check_control(component["accessory"])
        case 10:
            assert component["content"].strip()
        case 12:
            assert 1 <= len(component["items"]) <= 10
            for item in component["items"]:
                assert item["media"]["url"].startswith(("http://", "https://"))
                assert len(item["media"]["url"]) <= 2_048
                assert 1 <= _units(item.get("description", "x")) <= 1_024
        case 14:
            assert component["spacing"] in (1, 2)
        case other:
            raise AssertionError(other)


def _check_control(control: dict[str, Any]) -> None:
    if control["type"] == 3:
        _check_options(control)
        return
    assert control["style"] in (1, 2, 3, 4)
    assert control["label"].strip()
    assert _units(control["label"]) <= 80


def _check_options(select: dict[str, Any]) -> None:
    options = select["options"]
    assert 1 <= len(options) <= 25
    assert len({option["value"] for option in options}) == len(options)
    assert _units(select.get("placeholder", "")) <= 150
    for option in options:
        assert option["label"].strip()
        assert _units(option["label"]) <= 100
        assert 1 <= _units(option["value"]) <= 100


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
