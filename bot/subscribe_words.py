"""The single settings of a subscription's line, and the words that look like one mistyped. Pure."""

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.subscription import EVERY_DAY, MONDAY_TO_FRIDAY
from bot.zones import begins_like_a_zone, read_zone

MOST_PAPERS = 50
MOST_HOURS = 48
LAYOUTS = ("thread", "list", "cards")
SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKEND = (5, 6)

_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NUMBERS = {
    **{name: number for names in (SHORT_DAYS, _LONG_DAYS) for number, name in enumerate(names)},
    **{f"{name}s": number for number, name in enumerate(_LONG_DAYS)},
    **{"tues": 1, "weds": 2, "thur": 3, "thurs": 3},
}
_DAY_GROUPS = {
    **dict.fromkeys(("weekdays", "weekday", "workdays", "workday"), MONDAY_TO_FRIDAY),
    **dict.fromkeys(("daily", "everyday", "every day", "each day"), EVERY_DAY),
    **dict.fromkeys(("weekends", "weekend"), WEEKEND),
}
_SPELLINGS = (*_LONG_DAYS, *(f"{name}s" for name in _LONG_DAYS), "weekdays", "weekends", "daily", "quiet")
_WORDS_OF_THEIR_OWN = ("dairy", "quite", "quilt", "sundry")  # one letter from a setting, and yet no typing error
_OTHER_LAYOUTS = ("grid", "table", "compact", "full", "threaded", "embed", "embeds", "feed")

_CLOCK = re.compile(r"(?P<hour>\d{1,3}):(?P<minute>\d{1,3}) ?(?P<half>am|pm)?|(?P<bare>\d{1,3}) ?(?P<bare_half>am|pm)")
_CLOCK_OF_OTHERS = re.compile(r"(?P<hour>[01]?\d|2[0-3])h(?P<minute>[0-5]\d)?|(?P<dotted>[01]\d|2[0-3])\.(?P<minutes>[0-5]\d)")
_TOP = re.compile(r"top ?(\d{1,9})")
_MENTION = re.compile(r"mention (?:<@&(?P<role>\d{1,20})>|(?P<nobody>nobody)|(?P<other>[@<]\S+|everyone|here))")
_WITHIN = re.compile(r"within ?(\d{1,9}) ?(?:h|hrs?|hours?)")

Value = tuple[int, ...] | time | str | int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it was typed. `strong`: hardly anybody searches for such a word. `wrong` says why its value cannot be used."""

    name: str
    value: Value
    strong: bool = False
    wrong: str = ""


@lru_cache(maxsize=4_096)
def setting_of(text: str) -> Setting | None:
    """The setting that one to three words are, in any case, a comma behind them or not."""
    text = text.lower().rstrip(",")
    days = _days(text)
    if days is not None:
        return days
    if text in ("quiet", "publish"):
        return Setting(text, True)
    zone = read_zone(text)
    if zone:
        return Setting("zone", zone, strong="/" in text)
    return _mention(text) or _time(text) or _number_or_layout(text)


def _mention(text: str) -> Setting | None:
    """The role to mention, by the id with which Discord writes it in a line.

    https://docs.discord.com/developers/reference#message-formatting
    """
    found = _MENTION.fullmatch(text)
    if found is None:
        return None
    if found["other"] in ("everyone", "here", "@everyone", "@here"):
        return Setting("mention", "", strong=True, wrong=f"“{found['other']}” is never mentioned by Paper Round. Choose a role.")
    wrong = ""
    if found["other"]:
        wrong = f"“{found['other']}” is no role that can be mentioned. Only Discord has roles, and writes one as <@&123>."
    return Setting("mention", found["role"] or "", strong=True, wrong=wrong)


def _number_or_layout(text: str) -> Setting | None:
    if found := _TOP.fullmatch(text):
        wrong = "" if 1 <= int(found[1]) <= MOST_PAPERS else f"An edition shows 1 to {MOST_PAPERS} papers, not {found[1]}."
        return Setting("top", int(found[1]), wrong=wrong)
    if found := _WITHIN.fullmatch(text):
        wrong = "" if 1 <= int(found[1]) <= MOST_HOURS else f"An edition may be 1 to {MOST_HOURS} hours late, not {found[1]}."
        return Setting("within", int(found[1]), strong=True, wrong=wrong)
    word, _, layout = text.partition(" ")
    return Setting("layout", layout, strong=True) if word == "layout" and layout in LAYOUTS else None


def _time(text: str) -> Setting | None:
    if found := _CLOCK_OF_OTHERS.fullmatch(text):
        return Setting("time", time(int(found["hour"] or found["dotted"]), int(found["minute"] or found["minutes"] or 0)))
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    typed_hour, typed_minute = found["hour"] or found["bare"], found["minute"] or "00"
    hour, half = int(typed_hour), found["half"] or found["bare_half"]
    clear = len(typed_minute) == 2 and int(typed_minute) <= 59 and (1 <= hour <= 12 if half else hour <= 23)
    if not clear:
        # "16:9" may be part of a query, where it is not at the end; "25:00" hardly.
        return Setting("time", text, strong=len(typed_minute) == 2, wrong=f"“{text}” is not a time of day.")
    return Setting("time", time(hour % 12 + 12 * (half == "pm") if half else hour, int(typed_minute)), strong=True)


def _days(text: str) -> Setting | None:
    days: set[int] = set()
    for part in text.split(","):
        found = _some_days(part.strip())
        if found is None:
            return None
        days.update(found)
    strong = "," in text or "-" in text or "–" in text or text in ("weekdays", "weekends", "workdays")
    return Setting("days", tuple(sorted(days)), strong=strong)


def _some_days(part: str) -> tuple[int, ...] | None:
    if part in _DAY_GROUPS:
        return _DAY_GROUPS[part]
    ends = [_DAY_NUMBERS.get(end) for end in re.split("[-–]", part)]
    match ends:
        case [int(day)]:
            return (day,)
        case [int(first), int(last)]:
            return tuple((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))
        case _:
            return None


def names_a_day(word: str) -> bool:
    """Whether one of the parts of a word, between commas, is a day or nearly one: then it may begin or go on with a list."""
    parts = [part for part in word.lower().split(",") if part]
    return any(_some_days(part) is not None or nearest_word(part) or _is_nearly_short(part) for part in parts)


def _is_nearly_short(part: str) -> bool:
    return part.isalpha() and any(OSA.distance(part, day, score_cutoff=1) <= 1 for day in SHORT_DAYS)


def nearest_word(word: str) -> str | None:
    """The day or setting of one word that this is a misspelling of: one slip, or two in a long word; `None` if of none."""
    word = word.lower()
    if len(word) < 5 or word in _WORDS_OF_THEIR_OWN or not word.isalpha():
        return None
    slips = {right: OSA.distance(word, right, score_cutoff=2) for right in _SPELLINGS}
    near = [right for right, slip in slips.items() if slip <= 1 or (slip == 2 and len(word) >= 7 and word[0] == right[0])]
    return min(near, key=lambda right: slips[right], default=None)


def mistyped_days(text: str) -> tuple[str, str] | None:
    """The wrong part of a misspelt day or list of days, and what it should be; `None` where it looks like neither."""
    parts = [part for part in text.lower().split(",") if part]
    wrong = [part for part in parts if _some_days(part) is None]
    if not wrong or (len(wrong) == len(parts) and not any(map(nearest_word, wrong))):
        return None
    known = (*_SPELLINGS, *SHORT_DAYS)
    return wrong[0], nearest_word(wrong[0]) or min(known, key=lambda right: OSA.distance(wrong[0], right))


def mistyped_number_or_layout(text: str) -> str | None:
    """What is wrong with two words such as “layout grid”, “top ten” or “within 30m”; `None` for two words of a query."""
    word, _, value = text.lower().rstrip(",").partition(" ")
    if word == "layout" and (value in _OTHER_LAYOUTS or any(OSA.distance(value, one) <= 1 for one in LAYOUTS)):
        return bad_layout(value)
    if word == "top" and re.fullmatch(r"-\d+|\d+[.,]\d+|five|ten|twenty", value):
        return f"“{text}” is not understood: write a number from 1 to {MOST_PAPERS}, as in “top 10”."
    if word == "within" and re.fullmatch(r"-?\d\S*", value):
        return f"“{text}” is not understood: write hours, as in “within 6h”."
    return None


def bad_layout(layout: str) -> str:
    """That there is no such layout, and which there are."""
    return f"“{layout}” is not a layout; layouts are {', '.join(LAYOUTS[:-1])} and {LAYOUTS[-1]}."


def is_mistyped_zone(word: str) -> bool:
    """Whether a word with a slash is meant as a zone and is none."""
    return read_zone(word) is None and begins_like_a_zone(word)
