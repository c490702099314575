"""Days as documents write them. Pure."""

import re
from datetime import date

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        _YEAR + r"[-/.](?P<number>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?(?![\d.])(?:[T\s].*|/.*)?",  # 2023-06-05T…, 2023/06/05/ (RIS)
        _YEAR + r"(?P<number>\d{2})(?P<day>\d{2})",
        rf"(?:[a-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:{_YEAR}|(?P<short>\d\d)(?=\s))(?:\s.*)?",
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}(?:\s.*)?",
        rf"{_MONTH},?\s+{_YEAR}",
        rf"{_YEAR}\s+{_MONTH}(?:\s+(?P<day>\d{{1,2}}))?",
        _YEAR + r"(?:\.0|/*)",  # a spreadsheet's number, RIS
    )
)
_LONGEST = 80
IN_TEXT = re.compile(r"(?<![\d-])(?:20\d\d-\d\d-\d\d)(?![\d-])")
"""A whole ISO day somewhere in a text."""


def read_day(text: str) -> date | None:
    """The day that a text is: ISO, RFC 822 (mails, RSS), "June 5, 2023", "5 Jun 2023", "2023/06/05", "Jun 2023", "2023".

    A month is its first day and a year its first of January: days order and filter papers, and can be no finer than what is said.
    `None` for anything else, a day that does not exist among it.
    """
    text = " ".join(text[:_LONGEST].split())
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            month = _MONTHS[parts["month"][:3].lower()] if parts.get("month") else int(parts.get("number") or 1)
            year = int(parts["year"] or 2000 + int(parts["short"]))
            try:
                return date(year, month, int(parts.get("day") or 1))
            except ValueError:
                continue
    return None


def month_day(year: str, month: str, day: str = "") -> date | None:
    """The day of a year, a month (a name or a number) and perhaps a day of it, as separate fields hold them."""
    if not month.strip():
        return read_day(year)
    if month.strip().isascii() and month.strip().isdigit():
        return read_day(f"{year.strip()}-{month.strip()}-{day.strip() or 1}") or read_day(year)
    named = re.search(r"[a-z]{3,9}", month[:_LONGEST], re.IGNORECASE)
    number = day.strip() or next(iter(re.findall(r"\d{1,2}", month[:_LONGEST])), "1")  # BibTeX: month = jun # "~5"
    return read_day(f"{number} {named[0]} {year.strip()}" if named else year) or read_day(year)


def day_in_name(name: str) -> date | None:
    """The day that a file's name holds, as in `2025-12-08.bib`."""
    found = IN_TEXT.search(name)
    return read_day(found[0]) if found else None
