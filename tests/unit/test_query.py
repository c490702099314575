"""The query line: what a person may type, what it means, and what is said where it means nothing."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.query import MAX_CHARS, MAX_DEPTH, MAX_WORDS, Group, Query, Without, Words, read_query
from tests.builders import DAY

FEW = settings(max_examples=200, deadline=None)


def _read(line: str) -> Query:
    return read_query(line, today=DAY)


def _refusal(line: str) -> CommandError:
    with pytest.raises(CommandError) as refused:
        _read(line)
    return refused.value


def test_words_must_all_occur():
    """Words are terms in the order typed."""
    query = _read("world model planning")
    assert query.terms == (Words("world"), Words("model"), Words("planning"))
    assert query.words == ("world", "model", "planning")


@pytest.mark.parametrize("line", ['"world model"', "“world model”", '"world model', "“world model", ' "  world model " '])
def test_a_phrase_is_quoted_with_any_quotation_marks(line: str):
    """Phones type curly marks, and a forgotten one at the end is forgiven."""
    assert _read(line).terms == (Words("world model", quoted=True),)


def test_minus_leaves_out():
    """A word, a phrase or a group may be left out."""
    assert _read("rl -survey").terms == (Words("rl"), Without(Words("survey")))
    assert _read('rl -"a survey"').terms == (Words("rl"), Without(Words("a survey", quoted=True)))
    assert _read("rl -(a | b)").terms[1] == Without(Group(((Words("a"),), (Words("b"),))))


@pytest.mark.parametrize(
    "word", ["out-of-distribution", "sim2real", "top-h", "GRPO++", "C#", "V^*", "co-author:x", "a_b", "<projektor>"]
)
def test_hyphens_and_signs_inside_a_word_belong_to_it(word: str):
    """Names are typed as papers write them."""
    assert _read(word).terms == (Words(word),)


def test_brackets_and_bars_are_alternatives():
    """Each alternative is a row of terms that must all occur."""
    assert _read("(rl | imitation learning) robots").terms == (
        Group(((Words("rl"),), (Words("imitation"), Words("learning")))),
        Words("robots"),
    )
    assert _read("rl | icl").terms == (Group(((Words("rl"),), (Words("icl"),))),)


@pytest.mark.parametrize("line", ["", "   "])
def test_nothing_asks_for_nothing(line: str):
    """An empty line is a query without terms: the newest day."""
    assert _read(line).terms == ()


@pytest.mark.parametrize("line", ['"', '""', "( )", "| |", ")", "- –", "?!", "()))"])
def test_signs_alone_ask_for_nothing(line: str):
    """There is no word in them, and listing everything would look like an answer."""
    assert "holds no word to search for" in str(_refusal(line))


@pytest.mark.parametrize("line", ["a) b", "(a b", "((a b", "a | b)", "(a | ) b"])
def test_unbalanced_brackets_are_forgiven(line: str):
    """What was typed is still searched."""
    assert "a" in str(_read(line).terms)


def test_filters_are_read_apart_from_words():
    """Authors add up; of every other filter the last one counts."""
    query = _read('author:levine rl AUTHOR:"Chelsea Finn" since:2024 since:2025-06 until:2025-11 sort:new page:3')
    assert query.terms == (Words("rl"),)
    assert query.authors == ("levine", "Chelsea Finn")
    assert (query.since, query.until) == (date(2025, 6, 1), date(2025, 11, 30))
    assert (query.sort, query.page) == ("new", 3)


def test_the_page_is_no_part_of_what_was_typed():
    """Buttons for other pages put their own number behind the same query."""
    assert _read("rl  page:2 since:2025").typed == "rl since:2025"
    assert _read("page:2 rl").page == 2


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2025-06-30", date(2025, 6, 30), date(2025, 6, 30)),
        ("2025-6-3", date(2025, 6, 3), date(2025, 6, 3)),
        ("2025-06", date(2025, 6, 1), date(2025, 6, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("today", DAY, DAY),
        ("Yesterday", date(2025, 12, 7), date(2025, 12, 7)),
        ("7d", date(2025, 12, 1), date(2025, 12, 1)),
        ("2w", date(2025, 11, 24), date(2025, 11, 24)),
        ("3M", date(2025, 9, 9), date(2025, 9, 9)),
        ("1y", date(2024, 12, 8), date(2024, 12, 8)),
        ("0d", DAY, DAY),
    ],
)
def test_days_months_years_and_spans_back_are_days(value: str, first: date, last: date):
    """A month begins on its first day for `since:` and ends on its last for `until:`."""
    assert _read(f"since:{value}").since == first
    assert _read(f"until:{value}").until == last
    assert _read(f"on:{value}").on == first


@pytest.mark.parametrize(
    "value", ["soon", "2025-13", "2025-02-30", "0000", "2025-00", "20250601", "7x", "2025-06-30-1", "-7d", "99999d"]
)
@pytest.mark.parametrize("name", ["since", "until", "on"])
def test_what_is_no_day_is_told_with_ways_to_write_one(name: str, value: str):
    """The message repeats what was typed, says that nothing was searched and gives examples."""
    error = _refusal(f"{name}:{value}")
    assert f"“{value}” is not a day. Nothing was searched." in str(error)
    assert error.usage == "/papers rl since:2025-06"


@pytest.mark.parametrize(
    ("value", "sort"), [("new", "new"), ("TOP", "top"), ("relevance", "relevance"), ("rel", "relevance"), ("n", "new")]
)
def test_an_order_may_be_shortened(value: str, sort: str):
    """The beginning of its name is enough."""
    assert _read(f"rl sort:{value}").sort == sort


def test_an_unknown_order_is_told_with_those_there_are():
    """A guess would be silently wrong."""
    assert "Orders are new, top and relevance." in str(_refusal("rl sort:best"))


@pytest.mark.parametrize("value", ["0", "-1", "201", "two", "1.5", "9" * 300, "²"])
def test_an_impossible_page_is_told(value: str):
    """Pages are 1 to 200."""
    assert "pages are 1 to 200" in str(_refusal(f"rl page:{value}"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("author: levine", "author: needs a name, as in author:levine."),
        ('rl author:""', "author: needs a name, as in author:levine."),
        ("rl author:levine AUTHOR:-", "author: needs a name, as in author:levine."),
        ("since: 2025", "since: needs a day, as in since:2025-06."),
        ("rl until:", "until: needs a day, as in until:2025-06."),
        ("on:", "on: needs a day, as in on:2025-06-30."),
        ("rl sort:", "sort: needs new, top or relevance, as in sort:new."),
        ("rl page:", "page: needs a number, as in page:2."),
    ],
)
def test_a_filter_without_a_value_is_told_in_few_words(line: str, message: str):
    """It would match everything; the message is short, because it also shows while somebody is still typing the value."""
    error = _refusal(line)
    assert str(error) == f"{message} Nothing was searched."
    assert read_query(error.usage.removeprefix("/papers "), today=DAY).typed


@pytest.mark.parametrize("line", ["-survey", '-"a survey" -b', "-survey page:2", "-survey sort:new"])
def test_leaving_out_alone_is_no_question(line: str):
    """All papers but some is not what anybody asks."""
    assert "must say what to find" in str(_refusal(line))


def test_leaving_out_within_a_filter_is_a_question():
    """All of one author's papers, but not the surveys."""
    assert _read("-survey author:levine").terms == (Without(Words("survey")),)


@pytest.mark.parametrize("line", ["(rl -survey | icl)", "rl (-survey)", "rl | icl -survey", "-(a -b) c"])
def test_leaving_out_inside_brackets_is_refused_not_ignored(line: str):
    """It would not be carried out; the message shows where it belongs."""
    error = _refusal(line)
    assert "outside brackets" in str(error)
    assert read_query(error.usage.removeprefix("/papers "), today=DAY).terms


@pytest.mark.parametrize("line", ["rl -author:levine", "rl -since:2025", "-sort:new rl"])
def test_a_filter_cannot_be_turned_round(line: str):
    """Minus before a filter would mean the opposite of what it did."""
    assert "cannot be turned round" in str(_refusal(line))


def test_limits_are_told():
    """Characters, words and brackets have limits, each with its number."""
    assert len(_read("x" * MAX_CHARS).words[0]) == MAX_CHARS
    assert f"may have {MAX_CHARS} characters; this one has {MAX_CHARS + 1}" in str(_refusal("x" * (MAX_CHARS + 1)))
    assert len(_read("a " * MAX_WORDS).terms) == MAX_WORDS
    assert f"may have {MAX_WORDS} words" in str(_refusal("a " * (MAX_WORDS + 1)))
    assert _read("(" * MAX_DEPTH + "a").terms
    assert f"nested {MAX_DEPTH} deep" in str(_refusal("(" * (MAX_DEPTH + 1) + "a"))


def test_blanks_beyond_the_limit_are_free():
    """Only what is said counts."""
    assert _read("a" + " " * 2_000 + "b").words == ("a", "b")


PIECES = st.sampled_from(
    [
        "author:",
        "since:",
        "until:",
        "on:",
        "sort:",
        "page:",
        '"',
        "“",
        "”",
        "(",
        ")",
        "|",
        "-",
        " ",
        "rl",
        "2025",
        "-13",
        "9y",
        "0",
        "new",
    ]
)


@FEW
@given(st.text(max_size=120) | st.lists(PIECES, max_size=40).map("".join), st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_any_line_is_a_query_or_a_command_error(line: str, today: date):
    """Nothing that can be typed raises anything else, and every error shows a line that works."""
    try:
        query = read_query(line, today=today)
    except CommandError as error:
        worked = error.usage.startswith("/papers ") and bool(read_query(error.usage.removeprefix("/papers "), today=today).typed)
    else:
        worked = 1 <= query.page <= 200
    assert worked


@FEW
@given(st.lists(PIECES, max_size=25).map("".join))
def test_what_was_typed_reads_as_the_same_query(line: str):
    """The next page's button holds the query as typed; it must mean the same."""
    try:
        query = _read(line)
    except CommandError:
        return
    again = _read(query.typed)
    assert (again.terms, again.authors, again.since, again.until, again.on, again.sort) == (
        query.terms, query.authors, query.since, query.until, query.on, query.sort,
    )  # fmt: skip
