"""The line that is the language of subscriptions: what may be typed, what it means, and what is said of mistakes."""

from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.query import MAX_CHARS, read_query
from bot.subscribe_line import days_text, nearest_zones, read_wish, wish_line, zone_names
from bot.subscribe_words import LAYOUTS, MOST_HOURS, MOST_PAPERS
from bot.subscription import EVERY_DAY, MONDAY_TO_FRIDAY, Timing, Wish
from tests.builders import DAY

PARIS = "Europe/Paris"


def _read(line: str) -> Wish:
    return read_wish(line, zone=PARIS, today=DAY)


def _refusal(line: str) -> CommandError:
    with pytest.raises(CommandError) as refused:
        _read(line)
    assert "Nothing was changed." in str(refused.value)
    assert refused.value.usage.startswith("/papers subscribe")
    return refused.value


def test_an_empty_line_is_every_default():
    """All papers on weekdays at nine where the person lives."""
    assert _read("") == Wish(timing=Timing(zone=PARIS))
    assert wish_line(_read("")) == "weekdays 09:00 Europe/Paris"


def test_every_setting_is_read_in_any_order():
    """What stands in front of them is the query."""
    wish = Wish(
        query="rl -survey",
        timing=Timing(days=(0, 2), at=time(7, 15), zone="Asia/Tokyo"),
        top=5,
        layout="list",
        quiet=True,
        within_h=6,
    )
    assert _read("rl -survey mon,wed 07:15 Asia/Tokyo top 5 layout list within 6h quiet") == wish
    assert _read("rl -survey quiet within 6h layout list top 5 Asia/Tokyo 07:15 mon,wed") == wish
    assert wish_line(wish) == "rl -survey mon,wed 07:15 Asia/Tokyo top 5 layout list within 6h quiet"


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("9:00", time(9)),
        ("09.00", time(9)),
        ("9am", time(9)),
        ("9 am", time(9)),
        ("9:30pm", time(21, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("17h", time(17)),
        ("17h30", time(17, 30)),
        ("00:00", time(0)),
        ("at 23:59,", time(23, 59)),
    ],
)
def test_a_time_may_be_written_as_people_do(typed: str, at: time):
    """With a colon, a full stop, an h, or am and pm."""
    assert _read(f"rl {typed}") == Wish(query="rl", timing=Timing(at=at, zone=PARIS))


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("weekdays", MONDAY_TO_FRIDAY),
        ("every weekday", MONDAY_TO_FRIDAY),
        ("mon-fri", MONDAY_TO_FRIDAY),
        ("Mon–Fri", MONDAY_TO_FRIDAY),
        ("daily", EVERY_DAY),
        ("every day", EVERY_DAY),
        ("weekends", (5, 6)),
        ("fri-mon", (0, 4, 5, 6)),
        ("monday", (0,)),
        ("on Mondays", (0,)),
        ("Wed, Mon", (0, 2)),
        ("mon , wed,fri", (0, 2, 4)),
        ("Tues,Thurs", (1, 3)),
        ("weekdays,sat", (0, 1, 2, 3, 4, 5)),
    ],
)
def test_days_may_be_written_as_people_do(typed: str, days: tuple[int, ...]):
    """Names, short or long, lists, ranges and groups."""
    assert _read(f"rl {typed} 09:00") == Wish(query="rl", timing=Timing(days=days, zone=PARIS))


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("europe/berlin", "Europe/Berlin"), ("UTC", "UTC"), ("utc", "UTC"), ("Etc/UTC", "UTC"), ("in US/Pacific", "US/Pacific")],
)
def test_zones_are_read_in_any_case(typed: str, zone: str):
    """And kept as IANA writes them."""
    assert _read(f"rl 09:00 {typed}").timing.zone == zone


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("daily dialogue datasets 09:00", "daily dialogue datasets"),
        ("document layout analysis weekdays", "document layout analysis"),
        ("top 1 accuracy 09:00", "top 1 accuracy"),
        ("16:9 video 09:00", "16:9 video"),
        ("quiet failures of dairy top 5", "quiet failures of dairy"),
        ('"daily"', '"daily"'),
        ('rl "weekdays 09:00" daily', 'rl "weekdays 09:00"'),
        ("“09:00”", "“09:00”"),
        ("rl | daily 09:00", "rl | daily"),
        ("( rl | top 5 ) daily", "( rl | top 5 )"),
        ("TCP/IP and/or 09:00", "TCP/IP and/or"),
        ("neural sat ; weekdays", "neural sat"),
        ("rl 12:30 ; 09:00", "rl 12:30"),
        ("rl ;", "rl"),
        ("a ; b ; daily", "a ; b"),
        ('rl " ; daily" weekdays', 'rl " ; daily"'),
        ("; daily", ""),
        ("  rl\n daily ", "rl"),
    ],
)
def test_a_query_may_hold_words_of_settings(line: str, query: str):
    """Where words of a query stand behind them, where they are quoted, and in front of a semicolon."""
    assert _read(line).query == query


@pytest.mark.parametrize(
    ("line", "says", "usage"),
    [
        ("rl 25:00", "“25:00” is not a time of day", ""),
        ("rl 9:75", "“9:75” is not a time of day", ""),
        ("rl 24:00 utc", "“24:00” is not a time of day", ""),
        ("rl 13pm", "“13pm” is not a time of day", ""),
        ("rl 9:5", "“9:5” is not a time of day", ""),
        ("rl 25:00 Berlin", "“25:00” is not a time of day", ""),
        ("rl 0900 utc", "“0900” is not understood", "rl 09:00 utc"),
        ("rl weekdys 09:00", "Did you mean “weekdays”", "rl weekdays 09:00"),
        ("rl mondy", "Did you mean “monday”", "rl monday"),
        ("rl wensday 09:00", "Did you mean “wednesday”", "rl wednesday 09:00"),
        ("rl mon,wedd 09:00", "“wedd” is not understood. Nothing was changed. Did you mean “wed”", "rl mon,wed 09:00"),
        ("rl Mon, Wedd 09:00", "Did you mean “wed”", "rl mon,wed 09:00"),
        ("rl dayly", "Did you mean “daily”", "rl daily"),
        ("rl queit 09:00", "Did you mean “quiet”", "rl quiet 09:00"),
        ("rl 09:00 Berlin", "Did you mean Europe/Berlin?", "rl 09:00 Europe/Berlin"),
        ("rl 09:00 Berln top 5", "Did you mean Europe/Berlin", "rl 09:00 Europe/Berlin top 5"),
        ("rl 09:00 New York, quiet", "Did you mean America/New_York?", "rl 09:00 America/New_York quiet"),
        ("rl daily Berlin 09:00", "Did you mean Europe/Berlin?", "rl daily Europe/Berlin 09:00"),
        ("rl weekdays Germany", "Europe/Berlin", ""),
        ("rl weekdays 09:00 Europe/Berln", "Did you mean Europe/Berlin", "rl weekdays 09:00 Europe/Berlin"),
        ("rl Eurpe/Berlin", "Did you mean Europe/Berlin", "rl Europe/Berlin"),
        ("rl 09:00 CET", "Europe/Berlin, Europe/Paris or Europe/Madrid", "rl 09:00 Europe/Berlin"),
        ("rl 09:00 IST", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin", ""),
        ("rl weekdays PST top 5", "America/Los_Angeles", "rl weekdays America/Los_Angeles top 5"),
        ("rl 09:00 EST", "America/New_York", ""),
        ("rl 09:00 utc+2", "does not say when clocks change", ""),
        ("rl 09:00 Xyzzy", "“Xyzzy” is not a setting and stands behind “09:00”", "rl 09:00 Xyzzy ; weekdays 09:00"),
        ("rl 09:00 foo Europe/Berlin", "“foo” is not a setting and stands behind “09:00”", "rl 09:00 foo ; Europe/Berlin"),
        ("rl weekdays foo 09:00", "“foo” is not a setting and stands behind “weekdays”", ""),
        ("the monday effect 09:00", "“effect” is not a setting", "the monday effect ; 09:00"),
        ('rl 09:00 "foo" daily', '“"foo"” is not a setting', ""),
        ("rl ; 09:00 foo", "“09:00 foo” is not a setting", ""),
        ("rl | 12:30", "“12:30” stands where the query is", "rl | 12:30 ; weekdays 09:00"),
        ("rl top 0", "1 to 50 papers, not 0", ""),
        ("rl top 500", "1 to 50 papers, not 500", ""),
        ("rl top ten", "write a number", ""),
        ("rl layout grid 09:00", "layouts are thread, list and cards", ""),
        ("rl layout threads", "layouts are thread, list and cards", ""),
        ("rl daily layout foo 09:00", "“foo” is not a layout", ""),
        ("rl 09:00 layout foo", "“foo” is not a layout", ""),
        ("rl within 0h", "1 to 48 hours late, not 0", ""),
        ("rl within 49 hours", "1 to 48 hours late, not 49", ""),
        ("rl within 30m", "write hours", ""),
        ("rl 09:00 10:00", "The time is said twice", ""),
        ("rl daily 09:00 weekdays", "The days are said twice", ""),
        ("rl utc 09:00 utc", "The time zone is said twice", ""),
        ("rl top 5 top 5", "“top” is said twice", ""),
        ("rl quiet quiet", "“quiet” is said twice", ""),
        ("large sat weekdays 09:00", "The days are said twice", "large sat ; weekdays 09:00"),
        ('"rl 09:00', "quotation mark", ""),
        ("sort:new rl 09:00", "“sort:” has no meaning", ""),
        ("rl (sort:top)", "“sort:” has no meaning", ""),
        ("on:2025-12-08", "“on:” has no meaning", ""),
        ("rl page:2 09:00", "“page:” has no meaning", ""),
        ("-survey 09:00", "must say what to find", ""),
        ("since:never 09:00", "“never” is not a day", ""),
        ("x" * (MAX_CHARS + 1) + " 09:00", f"may have {MAX_CHARS} characters", ""),
        ("x " * 5_000, f"may have {MAX_CHARS} characters", ""),
    ],
)
def test_a_mistake_is_named_and_mended(line: str, says: str, usage: str):
    """The message says what was not understood, and the usage is often the very line that was meant."""
    error = _refusal(line)
    assert says in str(error)
    if usage:
        assert error.usage == f"/papers subscribe {usage}"
    _read(error.usage.removeprefix("/papers subscribe"))


@pytest.mark.parametrize("line", ["author:", "author: weekdays 09:00 utc", 'rl author:"" top 5', "author: levine 09:00"])
def test_a_filter_without_a_value_is_refused(line: str):
    """It would bring every paper, every day."""
    assert str(_refusal(line)) == "author: needs a name, as in author:levine. Nothing was changed."


def test_a_zone_of_the_person_that_is_unknown_is_asked_for():
    """Nobody is given another clock silently; a zone in the line is enough."""
    with pytest.raises(CommandError, match="“Mars/Olympus”, your own time zone"):
        read_wish("rl", zone="Mars/Olympus", today=DAY)
    assert read_wish("rl utc", zone="Mars/Olympus", today=DAY).timing.zone == "UTC"


def test_days_are_said_in_one_word():
    """Groups by their name, others as a list."""
    assert [days_text(days) for days in (MONDAY_TO_FRIDAY, EVERY_DAY, (5, 6), (0, 2), (6,))] == [
        "weekdays",
        "daily",
        "weekends",
        "mon,wed",
        "sun",
    ]


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Berlin", ["Europe/Berlin"]),
        ("europe/berlin", ["Europe/Berlin"]),
        ("new york", ["America/New_York"]),
        ("America/New York", ["America/New_York"]),
        ("San Francisco", ["America/Los_Angeles"]),
        ("Japan", ["Asia/Tokyo"]),
        ("Turkey", ["Europe/Istanbul"]),
        ("cst", ["America/Chicago", "Asia/Shanghai", "America/Mexico_City"]),
        ("Zurch", ["Europe/Zurich"]),
        ("UTC+1", []),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_a_place_finds_its_zone(text: str, zones: list[str]):
    """By city, country, abbreviation, or a name nearly right."""
    assert nearest_zones(text) == zones


def test_zones_to_offer_are_cities():
    """Each is known to zoneinfo, and none is an abbreviation."""
    names = zone_names()
    assert list(names) == sorted(names)
    assert {"Europe/Berlin", "Asia/Kolkata", "UTC"} <= set(names) <= available_timezones()
    assert [name for name in names if "/" not in name] == ["UTC"]
    assert not [name for name in names if len(nearest_zones(name.rpartition("/")[2], limit=1)) != 1]


_WORDS = """rl daily quiet top 10 layout list thread cards grid within 6h 6 hours h at on every day in mon mon, wed wedd mon,wed
    weekdays weekdys 12:30 25:00 9am 9 am 17h 09.00 utc Europe/Berlin Europe/Berln berlin CET ; | ( ) -survey "daily"
    "x;y" “x” author:"a;b" , a, mondy sun moon sat 0900 since:2025 ;; x; TCP/IP (daily "quiet"09:00
    mention nobody <@&12> @here publish"""
_SEVERAL = ('"top 10"', '"a ; b"', 'author:"a b"', "top 5", "layout cards", "within 6 hours", "every day", "mention <@&12>")
WORDS = st.sampled_from((*_WORDS.split(), *_SEVERAL))
QUERIES = st.one_of(
    st.lists(WORDS, max_size=7).map(" ".join), st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=5).map(" ".join)
).map(lambda text: " ".join(text.split()))
WISHES = st.builds(
    Wish,
    query=QUERIES,
    timing=st.builds(
        Timing,
        days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
        at=st.times().map(lambda at: time(at.hour, at.minute)),
        zone=st.sampled_from(zone_names()),
    ),
    top=st.integers(1, MOST_PAPERS),
    layout=st.sampled_from(LAYOUTS),
    quiet=st.booleans(),
    within_h=st.none() | st.integers(1, MOST_HOURS),
    mention=st.just("") | st.integers(1, 2**64).map(str),
    publish=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(wish=WISHES)
@example(wish=Wish(query="rl daily"))
@example(wish=Wish(query="rl 12:30"))
@example(wish=Wish(query="rl at"))
@example(wish=Wish(query="rl ;"))
@example(wish=Wish(query="rl |"))
@example(wish=Wish(query="rl mon,"))
def test_the_line_of_a_wish_is_read_as_that_wish(wish: Wish):
    """Whatever a query ends in, its line means the same wish again."""
    assume(_is_query(wish.query))
    assert _read(wish_line(wish)) == wish


def _is_query(query: str) -> bool:
    """Whether a subscription may have this query: asked for in a line that is divided."""
    try:
        read_query(query, today=DAY)
        return _read(f"{query} ; daily").query == query
    except CommandError:
        return False


@settings(max_examples=400, deadline=None)
@given(line=st.one_of(QUERIES, st.text(max_size=60)))
def test_any_line_is_read_or_refused(line: str):
    """Nothing else is raised, and what is read can be written and read again."""
    wish, said = _read_or_refused(line)
    assert wish is None or _read(wish_line(wish)) == wish
    assert wish is not None or "Nothing was changed." in said


def _read_or_refused(line: str) -> tuple[Wish | None, str]:
    try:
        return _read(line), ""
    except CommandError as error:
        return None, str(error)


def test_a_role_and_publishing_are_settings_that_are_off_unless_said():
    """A role stands as Discord writes it; leaving a word out, or "nobody", switches it off."""
    wish = Wish(query="rl", timing=Timing(zone="UTC"), mention="123", publish=True)
    assert _read("rl UTC mention <@&123> publish") == _read("rl publish mention <@&123>, weekdays UTC") == wish
    assert wish_line(wish) == "rl weekdays 09:00 UTC mention <@&123> publish"
    assert _read("rl UTC mention nobody") == _read("rl UTC") == Wish(query="rl")
    assert _read("how to publish faster").query == "how to publish faster"
    assert _read("mention detection weekdays").query == "mention detection"
    assert wish_line(Wish(query="publish")) == "publish ; weekdays 09:00 UTC"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rl mention @everyone", "“@everyone” is never mentioned"),
        ("rl mention here weekdays", "“here” is never mentioned"),
        ("rl mention @Robotics", "“@robotics” is no role that can be mentioned. Nothing was changed. Only Discord has roles"),
        ("rl mention @Robotics Team weekdays", "“@robotics” is no role"),
        ("rl mention <@123> publish", "“<@123>” is no role"),
        ("rl mention <!subteam^S1>", "“<!subteam^s1>” is no role"),
        ("rl mention <@&1> mention <@&2>", "“mention” is said twice"),
        ("rl publish publish", "“publish” is said twice"),
        ("rl mention <@&1> weekdays robots", "stands behind “weekdays”"),
    ],
)
def test_what_cannot_be_mentioned_is_said(line: str, said: str):
    """Everyone, a person, a name that is no role here, two roles."""
    with pytest.raises(CommandError) as refused:
        _read(line)
    assert said in str(refused.value)
    assert "Nothing was changed." in str(refused.value)


def test_plain_queries_need_no_semicolon():
    """It is written only where the end of a query could be a setting."""
    assert wish_line(Wish(query="daily dialogue datasets")) == "daily dialogue datasets weekdays 09:00 UTC"
    assert wish_line(Wish(query="neural sat")) == "neural sat ; weekdays 09:00 UTC"


@pytest.mark.parametrize("rest", ["bogus", "cards", "layout bogus", "within 3 days"])
def test_a_word_behind_utc_is_named_itself(rest: str):
    """UTC is a zone; what stands behind it is what is wrong."""
    with pytest.raises(CommandError) as refused:
        read_wish(f"rl weekdays 09:00 UTC {rest}", zone="UTC", today=DAY)
    assert "“UTC” is not the name" not in str(refused.value)


def test_a_zone_of_another_world_is_no_setting_to_divide_off():
    """What is written as continent and city is meant as a zone: the advice to take it into the query would make it worse."""
    with pytest.raises(CommandError, match="“Mars/Phobos” is not a time zone"):
        read_wish("rl daily 09:00 Mars/Phobos", zone="UTC", today=DAY)
