"""Small pieces of wording that several cards share: dates, bylines, counts, reasons. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot import identity
from bot.cards import Span, SpanStyle
from bot.local_time import moment_text
from bot.model import Links, Metrics, Paper
from bot.results import Reason
from bot.topics import as_written

ACRONYM_CHARS = 4
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PLACES = {"title": "in the title", "abstract": "in the abstract", "keywords": "among its keywords", "": ""}
QUERY_WORDS = 12
SOURCE_NAMES = {
    "huggingface": "Hugging Face",
    "huggingface-page": "Hugging Face",
    "huggingface-html": "Hugging Face",
    "huggingface-mail": "Hugging Face",
    "message": "a pasted message",
    "arxiv": "arXiv",
    "feed": "a feed",
    "bibtex": "a BibTeX file",
    "ris": "a RIS file",
    "table": "a table",
    "markdown": "a list",
}


def day_text(day: date) -> str:
    """As in "8 Dec 2025"; with the year, because a message is still read when the year is over."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def long_day(day: date) -> str:
    """As in "Mon 8 December 2025"."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime, zone: str, now: datetime, style: SpanStyle = "plain") -> Span:
    """An instant as in "Tue 09:00 Europe/Berlin", or on the reader's own clock where the platform can."""
    return Span(moment_text(at, zone, now), style, at=at.replace(microsecond=0))


def count_of(count: int | None, noun: str) -> str:
    """As in "1 author", "7 authors"; 1,000 and more as "1.2k"."""
    return f"{short_count(count or 0)} {noun}{'' if count == 1 else 's'}"


def short_count(count: int) -> str:
    """A count in few characters: 950, 1.2k, 13k, 1.2M."""
    if count < 1_000:
        return str(count)
    share, unit = (count / 1_000, "k") if count < 999_500 else (count / 1_000_000, "M")
    return (f"{share:.1f}".removesuffix(".0") if share < 9.95 else f"{share:.0f}") + unit


def among(things: Sequence[str], most: int, *, last: str = "and") -> str:
    """As in "a, b and c"; with more than `most`, the first of them and "…"."""
    shown = list(things[:most])
    if len(things) > most:
        return ", ".join(shown) + " …"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" {last} {shown[-1]}"


def byline(paper: Paper) -> str:
    """As in "Qwen · 25 Nov 2025", "7 authors · 5 Jun 2023", "Chunjiang Ge, Sijie Cheng + 7 · 24 May 2024"."""
    day = day_text(paper.published_on) if paper.published_on else ""
    return " · ".join(part for part in (_people(paper), day) if part) or "author and date unknown"


def _people(paper: Paper) -> str:
    if paper.organization:
        return paper.organization.name
    if paper.authors:
        more = max(len(paper.authors), paper.author_count or 0) - 3
        shown = paper.authors if more <= 0 else paper.authors[:3]
        return ", ".join(name.split()[-1] for name in shown) + (f" + {more}" if more > 0 else "")
    return count_of(paper.author_count, "author") if paper.author_count else ""


def signals(metrics: Metrics, today: date) -> str:
    """As in "▲ 41, 3 comments on 8 Dec": counts with the day they were true; empty where nothing is known.

    The day goes without its year in the year of `today`.
    """
    parts = []
    if metrics.upvotes is not None:
        parts.append(f"▲ {short_count(metrics.upvotes)}")
    if metrics.comments is not None:
        parts.append(count_of(metrics.comments, "comment"))
    if not parts:
        return ""
    if metrics.as_of is None:
        return ", ".join(parts)
    day = day_text(metrics.as_of)
    return f"{', '.join(parts)} on {day.removesuffix(f' {today.year}')}"


def links_of(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Where the paper can be read, as (label, URL)."""
    links = all_links(paper)
    stars = f" ★ {short_count(paper.metrics.github_stars)}" if paper.metrics.github_stars else ""
    first = "arXiv" if "arxiv.org/" in (links.abs or "") else "Paper"
    pairs = (
        (first, links.abs),
        ("PDF", links.pdf),
        ("Code" + stars, links.code),
        ("Project", links.project),
        ("Hugging Face" if "huggingface.co" in (links.discussion or "") else "Discussion", links.discussion),
    )
    return tuple((label, url) for label, url in pairs if url)


def source_name(source: str) -> str:
    """A source as people call it; "arxiv:cs.LG" is a category of arXiv."""
    site, _, category = source.partition(":")
    if site == "arxiv":
        return f"arXiv {category}".strip()
    return SOURCE_NAMES.get(source, source)


def source_place(source: str) -> str:
    """Where something was seen, as in "on Hugging Face", "in arXiv cs.LG"."""
    name = source_name(source)
    return f"on {name}" if name == SOURCE_NAMES["huggingface"] else f"in {name}"


def short_day(day: date, beside: date) -> str:
    """A day beside another one: as in "8 Dec" where both are in one year."""
    return day_text(day).removesuffix(f" {beside.year}")


def hits_line(start: int, shown: int, total: int) -> str:
    """As in "6–10 of 23", "1 paper"."""
    if not shown:
        return f"nothing on this page; {count_of(total, 'paper')} in all"
    if total == shown:
        return count_of(total, "paper")
    return f"{start + 1}–{start + shown} of {short_count(total)}"


def reason_text(why: Reason | None) -> str:
    """Why a paper was found, in a few words; empty where there is nothing to say."""
    if why is None:
        return ""
    place = _PLACES[why.place]
    match why.kind:
        case "name":
            return f"called {why.asked}"
        case "spelling":
            return f"spelling: {why.asked} → {why.found}"
        case "topic":
            return f"matches {why.asked}: {why.found} {place}".strip()
        case "title" | "phrase" | "words" if place:
            return f"matches {why.asked} {place}"
        case "title":
            return "by its title"
        case "identifier" | "filter":
            return ""
        case _:
            return f"mentions {why.asked}"


def who(paper: Paper) -> str:
    """Who stands behind a paper, in as few words as possible."""
    if paper.organization:
        return paper.organization.name
    return count_of(paper.author_count, "author") if paper.author_count else ""


def votes_text(metrics: Metrics) -> str:
    """The counts that are worth a headline: those above zero, without their day."""
    votes = f"▲ {short_count(metrics.upvotes)}" if metrics.upvotes else ""
    comments = count_of(metrics.comments, "comment") if metrics.comments else ""
    return " · ".join(note for note in (votes, comments) if note)


def plain_query(text: str) -> str:
    """Words of anybody's text as a search that can be read: its first words, without what the query language would take."""
    return " ".join(re.findall(r"\w+", text)[:QUERY_WORDS])


def page_of(paper: Paper) -> str | None:
    """The page a title leads to."""
    links = all_links(paper)
    return links.abs or links.discussion or links.project


def all_links(paper: Paper) -> Links:
    """Where the paper can be read: what its listings said, else what follows from its identifiers."""
    named = identity.links_of(*paper.identifiers)
    return Links(
        abs=paper.links.abs or named.abs,
        pdf=paper.links.pdf or named.pdf,
        code=paper.links.code,
        project=paper.links.project,
        discussion=paper.links.discussion or named.discussion,
    )


def handle(paper: Paper) -> str:
    """What a command calls a paper: its number in the store, or its public id where it is not stored."""
    return f"#{paper.id}" if paper.id > 0 else paper.ref


def form_text(form: str) -> str:
    """A form of a topic as people write it: as in the table of topics; else short single words are acronyms."""
    return as_written(form) or (form.upper() if len(form) <= ACRONYM_CHARS and form.isalpha() else form)
