"""A subscription's line taken apart: query in front, settings behind, and what is said of words that are neither. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.errors import CommandError
from bot.subscribe_words import (
    Setting,
    bad_layout,
    is_mistyped_zone,
    mistyped_days,
    mistyped_number_or_layout,
    names_a_day,
    setting_of,
)
from bot.zones import is_abbreviation, is_city, nearest_zones, read_zone

USAGE = "/papers subscribe rl weekdays 09:00 Europe/Berlin"
QUOTED = re.compile(r'["“][^"”]*["”]')
_WORD = re.compile(r'(?:["“][^"”]*["”]|[^\s"“])+')
_LONGEST_USAGE = 150
_OFFSET = re.compile(r"(?i)(?:utc|gmt)? ?[+-]\d")
_AS_A_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+-]+){1,2}")
_FILLERS = {"time": ("at",), "days": ("on", "every"), "zone": ("in",)}
_NAMES = {
    "days": "The days are",
    "time": "The time is",
    "zone": "The time zone is",
    "top": "“top” is",
    "layout": "The layout is",
    "within": "“within” is",
    "quiet": "“quiet” is",
    "mention": "“mention” is",
    "publish": "“publish” is",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line, or several in quotation marks; a list of days is one, whatever spaces are in it."""

    text: str
    start: int
    end: int

    @property
    def is_quoted(self) -> bool:
        """Whether any of it is in quotation marks."""
        return '"' in self.text or "“" in self.text


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read: what stands in front, what stands behind, and the settings in there."""

    text: str
    front: tuple[Token, ...]
    behind: tuple[Token, ...]
    settings: dict[str, Setting]
    divided: bool

    @property
    def query(self) -> str:
        """What stands in front, as typed."""
        return self.text[: self.front[-1].end] if self.front else ""

    def usage(self, tokens: Sequence[Token] = (), instead: str = "") -> str:
        """What to type: the line with other words in place of these, or, without any, divided in front of its settings."""
        if len(self.text) > _LONGEST_USAGE:
            return USAGE
        if tokens:
            return f"/papers subscribe {self.text[: tokens[0].start]}{instead}{self.text[tokens[-1].end :]}"
        settings = self.text[self.behind[0].start :] if self.behind else "weekdays 09:00"
        return f"/papers subscribe {self.query} ; {settings}"


def read_line(line: str) -> Line:
    """Take a line apart whose words are one space apart.

    Raises:
        CommandError: as `bot.subscribe_line.read_wish` says, but for what is in the query.
    """
    if re.search('["“]', QUOTED.sub("", line)):
        refuse("A quotation mark is opened and never closed.", usage='/papers subscribe "world model" weekdays 09:00')
    tokens = _tokens(line)
    dividers = [place for place, token in enumerate(tokens) if token.text == ";"]
    first = dividers[-1] + 1 if dividers else 0
    start, settings = _read_back(line, tokens, first)
    if not dividers:
        read = Line(line, tokens[:start], tokens[start:], settings, divided=False)
        _refuse_misfits(read)
        return read
    if start > first:
        behind = Line(line, tokens[:start], tokens[start:], settings, divided=True)
        _refuse_tail(behind, tokens[first:start], ";")
    return Line(line, tokens[: first - 1], tokens[start:], settings, divided=True)


def _tokens(line: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for found in _WORD.finditer(line):
        token = Token(found[0], *found.span())
        last = tokens[-1] if tokens else None
        if (
            last
            and (last.text.endswith(",") or token.text.startswith(","))
            and names_a_day(last.text)
            and names_a_day(token.text)
        ):
            tokens[-1] = Token(last.text.rstrip(",") + "," + token.text.lstrip(","), last.start, token.end)
        else:
            tokens.append(token)
    return tuple(tokens)


def _setting_at(tokens: Sequence[Token]) -> Setting | None:
    if not tokens or any(token.is_quoted for token in tokens):
        return None
    return setting_of(" ".join(token.text for token in tokens))


def _read_back(line: str, tokens: tuple[Token, ...], first: int) -> tuple[int, dict[str, Setting]]:
    """Where the settings at the end begin, not before `first`, and what they are by name."""
    settings: dict[str, Setting] = {}
    end = len(tokens)
    while end > first:
        found = next(
            ((size, one) for size in (3, 2, 1) if end - size >= first and (one := _setting_at(tokens[end - size : end]))), None
        )
        if found is None:
            break
        size, setting = found
        start = end - size
        if start > first and tokens[start - 1].text.endswith(("|", "(")):
            break
        typed = line[tokens[start].start : tokens[end - 1].end]
        if setting.wrong:
            refuse(setting.wrong)
        if setting.name in settings:
            refuse(
                f"{_NAMES[setting.name]} said twice, the first time with “{typed}”. Say it once; "
                "if that word belongs to the query, write “;” behind the query.",
                usage=f"/papers subscribe {line[: tokens[end - 1].end]} ; {line[tokens[end].start :]}"
                if len(line) <= _LONGEST_USAGE
                else USAGE,
            )
        settings[setting.name] = setting
        end = start
        if end > first and tokens[end - 1].text.lower() in _FILLERS.get(setting.name, ()):
            end -= 1
    return end, settings


def _refuse_misfits(read: Line) -> None:
    """Refuse words that stand in front of the settings, would be the query, and can hardly be meant so."""
    front = read.front
    for place in reversed(range(len(front))):
        for size in (3, 2, 1):
            setting = _setting_at(front[place : place + size]) if place + size <= len(front) else None
            if setting and setting.strong:
                if setting.wrong:
                    refuse(setting.wrong)
                _refuse_tail(read, front[place + size :], _typed(read, front[place : place + size]))
    _refuse_mistyped(read, front)
    for size in (1, 2):
        tail = front[-size:]
        before = next((one for width in (1, 2) if (one := front[-size - width : -size]) and _setting_at(one)), None)
        if len(front) <= size or before is None or any(token.is_quoted for token in tail):
            continue
        if is_city(_typed(read, tail)) or (tail[0].text.lower() == "layout" and size == 2):
            _refuse_tail(read, tail, _typed(read, before))
        if size == 1 and read.behind and before[0] is not front[0] and any(map(str.isalnum, tail[0].text)):
            _refuse_tail(read, tail, _typed(read, before))


def _refuse_mistyped(read: Line, tokens: Sequence[Token]) -> None:
    """Refuse a setting that is mistyped, where one is the last of these words."""
    if not tokens or tokens[-1].is_quoted:
        return
    last = tokens[-1].text.rstrip(",")
    if days := mistyped_days(last):
        wrong, right = days
        instead = ",".join(right if part == wrong else part for part in last.lower().split(","))
        refuse(f"“{wrong}” is not understood. Did you mean “{right}”?", usage=read.usage(tokens[-1:], instead))
    if is_mistyped_zone(last):
        _refuse_zone(read, tokens[-1:])
    if re.fullmatch(r"0\d[0-5]\d", last) and "time" not in read.settings:
        refuse(
            f"“{last}” is not understood. A time is written with a colon.",
            usage=read.usage(tokens[-1:], f"{last[:2]}:{last[2:]}"),
        )
    if len(tokens) > 1 and (wrong_pair := mistyped_number_or_layout(_typed(read, tokens[-2:]))):
        refuse(wrong_pair)


def _refuse_tail(read: Line, tail: Sequence[Token], behind: str) -> NoReturn:
    """Refuse words that stand behind a setting and are none."""
    typed = _typed(read, tail)
    if not typed:
        refuse(
            f"“{behind}” stands where the query is. If it belongs to the query, write “;” behind the query.", usage=read.usage()
        )
    _refuse_mistyped(read, tail)
    word, _, value = typed.lower().partition(" ")
    if word == "layout" and value:
        refuse(bad_layout(value))
    meant_as_zone = _OFFSET.match(typed) or _AS_A_ZONE.fullmatch(typed) or nearest_zones(typed.rstrip(","))
    if meant_as_zone and not any(token.is_quoted for token in tail):
        _refuse_zone(read, tail)
    for token in tail:
        if is_city(token.text) and read_zone(token.text) is None:
            _refuse_zone(read, [token])
    advice = "Leave it out" if read.divided else "Leave it out, or, if it belongs to the query, write “;” behind the query"
    refuse(
        f"“{typed[:60]}” is not a setting and stands behind “{behind}”. {advice}.", usage=USAGE if read.divided else read.usage()
    )


def _refuse_zone(read: Line, tokens: Sequence[Token]) -> NoReturn:
    typed = _typed(read, tokens)
    near = nearest_zones(typed.rstrip(","))
    if _OFFSET.match(typed):
        refuse(f"“{typed[:60]}” does not say when clocks change. Name the time zone of a city, as in “Europe/Berlin”.")
    if not near:
        refuse(f"“{typed[:60]}” is not a time zone. Name one by its continent and city.")
    choice = near[0] if len(near) == 1 else f"{', '.join(near[:-1])} or {near[-1]}"
    if is_abbreviation(typed.rstrip(",")):
        refuse(f"“{typed}” does not say whose clocks. Name the time zone of a city: {choice}.", usage=read.usage(tokens, near[0]))
    refuse(f"“{typed[:60]}” is not the name of a time zone. Did you mean {choice}?", usage=read.usage(tokens, near[0]))


def _typed(read: Line, tokens: Sequence[Token]) -> str:
    return read.text[tokens[0].start : tokens[-1].end] if tokens else ""


def refuse(message: str, *, usage: str = USAGE) -> NoReturn:
    """Refuse with a message: what is wrong, that nothing was changed, and what else it says to do."""
    first, stop, more = message.partition(". ")
    raise CommandError(f"{first.rstrip('.')}. Nothing was changed.{f' {more}' if stop else ''}", usage=usage)
