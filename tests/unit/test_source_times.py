"""When sources are asked: days, waits, failures. All pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Digest, Entry, Identifier
from bot.sources.days import GROWS_DAYS, days_since, names_to_begin, next_time, weekdays
from bot.sources.pace import MOST_WAIT_S, budget_wait_s, retry_after_s
from bot.sources.setbacks import MOST_S, OPENS_AT, after_failure
from bot.taking import MOST_SEEN, news_of

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)


def test_week_ends_are_left_out():
    """From a Friday to a Monday are two days; backwards there are none."""
    assert weekdays(date(2025, 11, 21), date(2025, 11, 24)) == [date(2025, 11, 21), date(2025, 11, 24)]
    assert weekdays(date(2025, 11, 24), date(2025, 11, 21)) == []


@given(st.dates(date(2023, 5, 5), date(2030, 1, 1)))
def test_a_new_source_always_has_a_day_to_begin_with(today: date):
    """Also on a Sunday; and then there is none to begin until the next."""
    names = names_to_begin("hf", today)
    assert names
    assert names_to_begin("hf", today, frozenset(names)) == []
    assert names_to_begin("hf", today + timedelta(days=7), frozenset(names))[-1] > names[-1]


def test_other_sources_have_one_page():
    """Which is begun once."""
    assert [names_to_begin("feed", NOW.date()), names_to_begin("arxiv", NOW.date(), frozenset({""}))] == [[""], []]


def test_the_days_that_are_filled_in():
    """Hugging Face's lists up to today without week-ends; arXiv's submissions up to yesterday with them; a feed has none."""
    friday, monday = date(2025, 11, 21), date(2025, 11, 24)
    assert days_since("hf", friday, monday) == ["2025-11-21", "2025-11-24"]
    assert days_since("arxiv", friday, monday) == ["2025-11-21", "2025-11-22", "2025-11-23"]
    assert days_since("hf", date(2000, 1, 1), date(2023, 5, 5)) == ["2023-05-04", "2023-05-05"]
    assert (days_since("arxiv", monday, monday), days_since("feed", friday, monday)) == ([], [])
    assert next_time("arxiv", "2025-11-21", NOW) is None


def test_a_day_is_asked_ever_more_rarely_for_two_weeks():
    """Then no more."""
    times = [next_time("hf", (NOW.date() - timedelta(days=age)).isoformat(), NOW) for age in range(GROWS_DAYS + 2)]
    waits = [at - NOW for at in times if at is not None]
    assert (len(waits), times[-1]) == (GROWS_DAYS + 1, None)
    assert waits == sorted(waits)
    assert next_time("arxiv", "", NOW) is not None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", MOST_WAIT_S),
        ("Mon, 24 Nov 2025 12:01:00 GMT", 60),
        ("Mon, 24 Nov 2025 11:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", MOST_WAIT_S),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None):
    """Seconds or a date, a day at most."""
    assert retry_after_s(value, NOW) == seconds


@given(st.text())
def test_no_header_breaks_the_reader(text: str):
    """Whatever a server sends."""
    wait = retry_after_s(text, NOW)
    assert wait is None or 0 <= wait <= MOST_WAIT_S
    budget = budget_wait_s(text)
    assert budget is None or 0 <= budget <= MOST_WAIT_S


@pytest.mark.parametrize(
    ("value", "seconds"),
    [('"api";r=0;t=55', 55), ('"api";r=499;t=300', None), ('"api";t=7;r=3', 7), ("", None), ('"api";r=0', None)],
)
def test_a_budget_is_read(value: str, seconds: float | None):
    """Only one that is nearly used up makes us wait."""
    assert budget_wait_s(value) == seconds


def test_failures_wait_longer_and_longer_and_then_open_the_circuit():
    """Within bounds, and never before the time that the server asked for."""
    after = [after_failure(NOW, failures=count, in_a_row=count, asked_at=None, jitter=0.5) for count in range(40)]
    waits = [(one.next_at - NOW).total_seconds() for one in after]
    assert waits == sorted(waits)
    assert 30 <= waits[0] < waits[-1] <= MOST_S * 1.25
    assert [one.open_until is not None for one in after] == [count + 1 >= OPENS_AT for count in range(40)]
    at = NOW + timedelta(hours=9)
    asked = after_failure(NOW, failures=0, in_a_row=OPENS_AT, asked_at=at, jitter=0)
    assert (asked.next_at, asked.open_until) == (at, at)


def entry(number: int, title: str = "") -> Entry:
    """An entry of a feed."""
    return Entry(rank=1, line=1, title=title or f"T{number}", identifiers=(Identifier("arxiv", f"2511.{number:05d}"),))


def test_a_feeds_news_are_what_it_did_not_list_before():
    """A new title is news too; the marks of what it lists are kept before older ones."""
    first = Digest(source="feed", issued_on=None, entries=(entry(1), entry(2)), issues=(), sha256="")
    news, seen = news_of(first, ())
    assert (news, len(seen)) == (first, 2)
    second = replace(first, entries=(entry(3), entry(1), entry(2, "Renamed")))
    news, seen = news_of(second, seen)
    assert news.entries == (entry(3), entry(2, "Renamed"))
    assert news_of(first, seen)[0].entries == ()
    many = replace(first, entries=tuple(entry(number) for number in range(MOST_SEEN + 10)))
    assert len(news_of(many, seen)[1]) == MOST_SEEN
