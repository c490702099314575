"""The IANA time zones a person may write, and those they may have meant: by city, country or abbreviation.

Knows only tzdata's files.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

_CLOSE = 75  # of 100: "Berln" and "Zurch" are close to their cities, another word of that length is not
_UTC = ("utc", "uct", "etc/utc", "etc/uct", "etc/universal", "etc/zulu")

_ABBREVIATIONS = {
    "cet": "Europe/Berlin Europe/Paris Europe/Madrid",
    "cest": "Europe/Berlin Europe/Paris Europe/Madrid",
    "met": "Europe/Berlin Europe/Paris Europe/Madrid",
    "eet": "Europe/Athens Europe/Helsinki Africa/Cairo",
    "eest": "Europe/Athens Europe/Helsinki Europe/Kyiv",
    "wet": "Europe/Lisbon",
    "west": "Europe/Lisbon",
    "gmt": "Europe/London UTC",
    "bst": "Europe/London",
    "uk": "Europe/London",
    "msk": "Europe/Moscow",
    "est": "America/New_York America/Toronto America/Panama",
    "edt": "America/New_York America/Toronto",
    "est5edt": "America/New_York",
    "cst": "America/Chicago Asia/Shanghai America/Mexico_City",
    "cdt": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "mst": "America/Denver America/Phoenix",
    "mdt": "America/Denver",
    "mst7mdt": "America/Denver",
    "pst": "America/Los_Angeles America/Vancouver Asia/Manila",
    "pdt": "America/Los_Angeles America/Vancouver",
    "pst8pdt": "America/Los_Angeles",
    "et": "America/New_York America/Toronto",
    "pt": "America/Los_Angeles America/Vancouver",
    "us": "America/New_York America/Chicago America/Los_Angeles",
    "usa": "America/New_York America/Chicago America/Los_Angeles",
    "hst": "Pacific/Honolulu",
    "ist": "Asia/Kolkata Asia/Jerusalem Europe/Dublin",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Sydney Australia/Brisbane Australia/Melbourne",
    "aedt": "Australia/Sydney Australia/Melbourne",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
}

_CITIES_WITHOUT_A_ZONE = {
    "America/Los_Angeles": "san francisco, seattle, san diego, palo alto, stanford, berkeley, mountain view, pacific, us pacific",
    "America/New_York": "boston, washington, philadelphia, pittsburgh, atlanta, miami, princeton, eastern, us eastern",
    "America/Chicago": "austin, houston, dallas, central, us central",
    "America/Toronto": "montreal, ottawa, waterloo",
    "Asia/Shanghai": "beijing, shenzhen, hangzhou, guangzhou, nanjing",
    "Asia/Kolkata": "mumbai, delhi, new delhi, bangalore, bengaluru, hyderabad, chennai, pune",
    "Asia/Jerusalem": "tel aviv, haifa",
    "Asia/Tokyo": "osaka, kyoto",
    "Asia/Dubai": "abu dhabi",
    "Australia/Sydney": "canberra",
    "Europe/Berlin": "munich, münchen, hamburg, frankfurt, cologne, köln, stuttgart, tübingen, darmstadt, karlsruhe",
    "Europe/London": "cambridge, oxford, edinburgh, manchester, england, britain, united kingdom",
    "Europe/Madrid": "barcelona",
    "Europe/Paris": "grenoble, lyon, toulouse",
    "Europe/Rome": "milan, milano, roma, turin",
    "Europe/Zurich": "geneva, lausanne, basel, bern, zürich",
    "Europe/Vienna": "wien, graz",
    "Europe/Prague": "praha, brno",
    "Europe/Warsaw": "kraków, krakow, poland",
}


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones to offer, in alphabetical order: one a city, as tzdata's zone.tab lists them, and UTC."""
    return tuple(sorted({"UTC", *(name for names in _by_country().values() for name in names)}))


def read_zone(text: str) -> str | None:
    """The zone of exactly this name, in any case, as IANA writes it; `None` where there is none.

    Old names with a place (`Asia/Calcutta`, `US/Pacific`) are zones. Bare ones other than UTC (`EST`, `CET`, `Japan`) are not
    taken: most of them are fixed offsets or do not change their clocks as the places do that people mean by them.
    """
    return _known().get(text.lower())


def nearest_zones(text: str, limit: int = 3) -> list[str]:
    """The zones that may be meant by a name, the likeliest first; none where nothing is near.

    By exact name, then abbreviation, then city, then country; else by spelling.
    """
    wanted = " ".join(text.replace("_", " ").lower().split())
    exact = read_zone(wanted.replace(" ", "_"))
    if exact:
        return [exact]
    for found in (_ABBREVIATIONS.get(wanted, "").split(), _cities().get(wanted), _countries().get(wanted)):
        if found:
            return list(found)[:limit]
    if re.match(r"(utc|gmt)?[+-]?\d", wanted.replace(" ", "")):  # an offset is no place: it does not say when clocks change
        return []
    near: Iterable[tuple[str, float, int]]
    if "/" in wanted:
        near = process.extract(wanted, list(_known()), scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=limit)
        found = [_known()[name] for name, _, _ in near]
        city = wanted.rpartition("/")[2].strip()
        return found or (nearest_zones(city, limit) if city else [])
    near = process.extract(wanted, list(_cities()), scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=limit)
    return list(dict.fromkeys(zone for name, _, _ in near for zone in _cities()[name]))[:limit]


def is_city(text: str) -> bool:
    """Whether a text is exactly the name of a city or country, or an abbreviation in capitals, that stands for a zone."""
    wanted = " ".join(text.replace("_", " ").lower().split())
    return wanted in _cities() or wanted in _countries() or (wanted in _ABBREVIATIONS and text.isupper())


def is_abbreviation(text: str) -> bool:
    """Whether a text is a usual abbreviation for the clocks of several places, which change on different days or not at all."""
    return text.lower() in _ABBREVIATIONS


def begins_like_a_zone(text: str) -> bool:
    """Whether a text with a slash has an area of zones in front of it, spelt nearly right, or a city behind it."""
    area, slash, city = text.lower().partition("/")
    if not slash or not city:
        return False
    areas = {name.partition("/")[0] for name in _known() if "/" in name}
    return (
        area in areas
        or city.replace("_", " ") in _cities()
        or any(
            len(one) > 3 and fuzz.ratio(area, one) >= 80
            for one in areas  # "Eurpe", "Amercia"
        )
    )


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """The zones a person may write, by their names in lower case."""
    places = {name.lower(): name for name in sorted(available_timezones()) if "/" in name}
    return {**places, **dict.fromkeys(_UTC, "UTC")}


@lru_cache(maxsize=1)
def _cities() -> dict[str, tuple[str, ...]]:
    """Zones by the name of their city in lower case; old names of zones only where no city of today has that name."""
    found: dict[str, list[str]] = {}
    for name in zone_names():
        found.setdefault(_city(name), []).append(name)
    for zone, names in _CITIES_WITHOUT_A_ZONE.items():
        for name in names.split(", "):
            found.setdefault(name, []).append(zone)
    old: dict[str, list[str]] = {}
    for name in sorted(set(_known().values()) - set(zone_names())):
        if not name.startswith("Etc/") and _city(name) not in found:
            old.setdefault(_city(name), []).append(name)
    return {city: tuple(names) for city, names in {**old, **found}.items()}


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ").lower()


@lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, ...]]:
    """Zones by the name of their country in lower case, without what stands in brackets ("Korea (South)")."""
    lines = _table("iso3166.tab")
    zones = _by_country()
    return {re.sub(r" \(.*", "", name).lower(): zones[code] for code, name, *_ in lines if code in zones}


@lru_cache(maxsize=1)
def _by_country() -> dict[str, tuple[str, ...]]:
    """Zones by country code, each country's greatest first."""
    found: dict[str, list[str]] = {}
    known = available_timezones()
    for code, _, name, *_ in _table("zone.tab"):
        if name in known:
            found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


def _table(name: str) -> list[list[str]]:
    """The rows of one of tzdata's tables; see https://data.iana.org/time-zones/theory.html."""
    text = files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
