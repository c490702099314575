"""What an edition says: its opener, its replies, its other layouts, and the line of a day without papers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import render_card as render_discord
from adapters.slack.render import render_card as render_slack
from bot.card_json import card_from_json, card_to_json
from bot.cards import Button, Buttons, Card, Context, Reply, Text, Thread, element_text, join_spans, plain_text
from bot.model import ChannelRef, Metrics, Organization
from bot.results import Composition, Hit, Reason
from bot.subscription import Layout, Subscription, Timing, Verdict, VerdictKind, Wish
from bot.views.edition import Drawn, edition_parts, empty_reason, missed_reason, timing_reason
from tests import discord_rules, slack_rules
from tests.builders import DAY, paper
from tests.strategies import HOSTILE, short_texts, texts
from tests.unit.test_golden import golden as golden  # noqa: PLC0414 - the fixture

NOWHERE = ChannelRef(platform="web", workspace="team", channel="papers")
TUESDAY = datetime(2025, 12, 9, 8, 0, tzinfo=UTC)
RL = Reason(kind="topic", asked="rl", found="reinforcement learning", place="title")
BERLIN = Timing(zone="Europe/Berlin")
FEW = settings(max_examples=60, deadline=None)

Golden = Callable[[str, Reply | Thread], None]


def _subscription(query: str = "rl", **wish: Any) -> Subscription:  # noqa: ANN401 - any field of a wish
    return Subscription(
        id=1,
        channel=NOWHERE,
        wish=Wish(**{"query": query, "timing": BERLIN, **wish}),
        made_by="ada",
        made_at=datetime(2025, 12, 1, tzinfo=UTC),
        since_change=0,
        start_on=DAY,
        next_at=TUESDAY,
    )


def _hits(count: int) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            paper=paper(
                f"Paper {number}: Reinforcement Learning for Robots That Pick up Small Things",
                id=number,
                arxiv=f"2512.{number:05}",
                abstract="A robot learns. It is quick. Nobody helps it.",
                author_count=number,
                metrics=Metrics(upvotes=50 - number, comments=number % 3, as_of=DAY),
            ),
            score=1.0,
            why=RL,
        )
        for number in range(1, count + 1)
    )


def _composition(count: int = 2, **fields: Any) -> Composition:  # noqa: ANN401 - any field of a composition
    return Composition(**{"chosen": _hits(count), "seen": 40, "upto_change": 9, **fields})


def _parts(subscription: Subscription, composition: Composition, **also: Any) -> tuple[Card, ...]:  # noqa: ANN401 - any argument
    return edition_parts(subscription, composition, **{"day": DAY, "next_at": TUESDAY, **also})


def _left_out(*kinds: VerdictKind, seen: int = 23, word: str = "survey") -> Composition:
    verdicts = [Verdict(paper_id=number, kind=kind, word=word if kind == "muted" else "") for number, kind in enumerate(kinds, 1)]
    return Composition(seen=seen, verdicts=tuple(verdicts))


def _reason(composition: Composition, query: str = "rl", since: date | None = None) -> str:
    return empty_reason(_subscription(query), composition, day=DAY, since=since)


def _buttons(card: Card) -> list[Button]:
    return [button for element in card.elements if isinstance(element, Buttons) for button in element.buttons]


def _notes(card: Card) -> list[str]:
    return [join_spans(element.spans) for element in card.elements if isinstance(element, Context)]


@pytest.mark.parametrize("layout", get_args(Layout))
def test_each_layout_looks_as_it_did(golden: Golden, layout: Layout):
    """Seven of forty papers after two missed days, as a thread, a list and a card each."""
    cards = _parts(_subscription(layout=layout, top=3), _composition(3, rest=4), more_days=2)
    golden(f"edition_{layout}", Thread(opener=cards[0], replies=cards[1:]) if layout == "thread" else Reply(cards=cards))


def test_a_day_without_papers_looks_as_it_did(golden: Golden):
    """One card with one line."""
    golden("edition_empty", Reply(cards=_parts(_subscription(), _left_out())))


def test_a_thread_is_an_opener_and_a_reply_a_paper():
    """Each reply is the paper's own card with why it is here."""
    opener, *replies = _parts(_subscription(), _composition(3))
    assert opener.title == "Paper Round · Mon 8 December 2025"
    assert [reply.title[:8] for reply in replies] == ["Paper 1:", "Paper 2:", "Paper 3:"]
    assert all("Matches rl: reinforcement learning in the title" in _notes(reply) for reply in replies)


def test_a_list_is_the_opener_alone():
    """Its headlines lead to the papers."""
    (only,) = _parts(_subscription(layout="list"), _composition(3))
    (names,) = [element for element in only.elements if isinstance(element, Text)]
    assert [span.url for span in names.spans if span.url] == [f"https://arxiv.org/abs/2512.0000{n}" for n in (1, 2, 3)]


def test_cards_have_no_opener():
    """The first says the day, the last what is left over; no paper is lost."""
    first, second, last = _parts(_subscription(layout="cards"), _composition(3, rest=4))
    assert first.title == "Paper Round · Mon 8 December 2025"
    assert element_text(first.elements[1]).startswith("Paper 1:")
    assert second.title.startswith("Paper 2:")
    assert last.title.startswith("Paper 3:")
    assert "and 4 more: /papers search rl sort:new" in _notes(last)
    assert not any("more" in note for note in _notes(second))


def test_the_only_card_says_everything():
    """The day, the counts and the buttons are on it."""
    (only,) = _parts(_subscription(layout="cards"), _composition(1))
    assert only.title.startswith("Paper Round")
    assert "Change" in [button.label for button in _buttons(only)]


@pytest.mark.parametrize(
    ("query", "composition", "line"),
    [
        ("rl", _composition(3, rest=4), "rl · 7 of 40 new papers, best match first"),
        ("rl", _composition(1, seen=1), "rl · 1 of 1 new paper"),
        ("", _composition(3, rest=37), "40 new papers, most upvotes first"),
        ("", _composition(1, seen=1), "1 new paper"),
        ("rl", _composition(3, rest=1_500, seen=2_000), "rl · 1.5k of 2k new papers, best match first"),
    ],
)
def test_the_opener_counts_what_is_new(query: str, composition: Composition, line: str):
    """How many match of how many, and their order."""
    assert _notes(_parts(_subscription(query), composition)[0])[0] == line


def test_no_order_by_votes_is_claimed_where_nobody_has_voted():
    """A copied page has no votes: its papers stand as the page had them, and the opener does not say otherwise."""
    unvoted = tuple(replace(hit, paper=replace(hit.paper, metrics=Metrics())) for hit in _hits(3))
    assert _notes(_parts(_subscription(""), _composition(chosen=unvoted, rest=37))[0])[0] == "40 new papers"


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (1, "1 day was missed while Paper Round was down; its papers are here"),
        (2, "2 days were missed while Paper Round was down; their papers are here"),
    ],
)
def test_missed_days_are_said(days: int, line: str):
    """After downtime the papers of those days come with this edition."""
    assert line in _notes(_parts(_subscription(), _composition(), more_days=days)[0])


def test_a_notice_is_said_with_and_without_papers():
    """A source that does not answer concerns both."""
    notice = "Hugging Face has not answered since 06:10 (429)."
    assert notice in _notes(_parts(_subscription(), _composition(), notice=notice)[0])
    assert notice in _notes(_parts(_subscription(), _left_out(), notice=notice)[0])


def test_fifteen_headlines_at_most():
    """A thread says how many more it holds, a list how to see them."""
    opener = _parts(_subscription(top=20), _composition(20, rest=3))[0]
    assert "and 5 more in this thread" in _notes(opener)
    assert "and 3 more: /papers search rl sort:new" in _notes(opener)
    (only,) = _parts(_subscription(layout="list", top=20), _composition(20, rest=3))
    assert "and 8 more: /papers search rl sort:new" in _notes(only)
    assert plain_text(only).count("Paper ") == 16  # with "Paper Round"


def test_the_buttons_are_commands_that_can_be_typed():
    """See more, preview, and change, of this very subscription."""
    opener = _parts(_subscription(top=3), _composition(3, rest=4))[0]
    assert [(button.label, button.command, button.effect) for button in _buttons(opener)] == [
        ("More on rl", "/papers search rl sort:new", "reply"),
        ("Preview", "/papers preview #1", "reply"),
        ("Change", "/papers subscribe #1", "form"),
    ]


def test_all_papers_are_seen_by_their_day():
    """Without a query the rest is that day's list: the newest one's that is shown."""
    opener = _parts(_subscription(""), _composition(3, rest=37))[0]
    assert _buttons(opener)[0] == Button("See all 40", "/papers on:2025-12-08")
    assert "and 37 more: /papers on:2025-12-08" in _notes(opener)


@pytest.mark.parametrize(
    ("composition", "query", "reason"),
    [
        (_left_out(), "rl", "Nothing among 23 new papers matched rl."),
        (_left_out(seen=1), "rl", "Nothing among 1 new paper matched rl."),
        (_left_out("shown", "shown"), "rl", "All 2 newly listed papers that matched rl were shown here before."),
        (_left_out("shown"), "", "The only newly listed paper was shown here before."),
        (_left_out("muted", "muted"), "rl", "All 2 new papers that matched rl are muted here (survey)."),
        (_left_out("old"), "rl", "The only new paper that matched rl was first listed too long ago to be news."),
        (
            _left_out("shown", "muted", "shown"),
            "rl",
            "Of 3 newly listed papers that matched rl, 2 were shown here before and 1 is muted here (survey).",
        ),
        (_left_out("shown", "old", "muted"), "", None),
        (_composition(1), "rl", ""),
        (
            Composition(unreadable="“x” is not a day."),
            "rl since:x",
            "The query rl since:x can no longer be read: “x” is not a day.",
        ),
    ],
)
def test_a_day_without_papers_has_its_reason(composition: Composition, query: str, reason: str | None):
    """What was looked at, and what kept everything out."""
    kinds = "1 was shown here before, 1 was first listed too long ago to be news and 1 is muted here (survey)"
    three = f"Of 3 newly listed papers, {kinds}."
    assert _reason(composition, query) == (three if reason is None else reason)


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        (date(2025, 12, 5), "Nothing new was listed since Friday’s edition."),
        (date(2025, 12, 1), "Nothing new was listed since the edition of 1 Dec 2025."),
        (None, "Nothing new was listed yet since this subscription began."),
    ],
)
def test_a_day_without_anything_new_says_since_when(since: date | None, reason: str):
    """By its weekday within a week, else by its date."""
    assert _reason(Composition(), since=since) == reason


def test_the_line_of_an_empty_day_names_the_next_one_in_local_time():
    """08:00 UTC is 09:00 in Berlin; a paused subscription has no next."""
    (card,) = _parts(_subscription(), _left_out())
    assert element_text(card.elements[0]) == "No edition today: nothing among 23 new papers matched rl. Next: Tue 09:00."
    (card,) = _parts(_subscription(), _left_out(), next_at=None)
    assert element_text(card.elements[0]) == "No edition today: nothing among 23 new papers matched rl."


def test_a_quiet_subscription_says_nothing_on_an_empty_day():
    """But it still says that its query can no longer be read: only its people can mend that."""
    assert _parts(_subscription(quiet=True), _left_out()) == ()
    assert len(_parts(_subscription(quiet=True), Composition(unreadable="No."))) == 1


def test_a_quiet_subscription_shows_papers():
    """Quiet is for empty days only."""
    assert len(_parts(_subscription(quiet=True), _composition(2))) == 3


def test_a_skipped_day_says_what_becomes_of_its_papers():
    """And how many days before it are not kept one by one."""
    said = "Paper Round was not running until the time for this day was over; its papers come with the next edition."
    assert missed_reason() == said
    assert missed_reason(3) == f"{said} Before it, 3 more days went by so."


def test_a_timing_that_cannot_be_reckoned_is_said_with_its_zone():
    """The pause names what to mend."""
    said = timing_reason(_subscription(timing=Timing(zone="Mars/Olympus")))
    assert said == "Its time in Mars/Olympus cannot be reckoned here any more. Subscribe again with another time zone."


def test_a_paper_is_drawn_once_for_all_editions():
    """Two subscriptions share the very card; the same paper for another reason has its own."""
    drawn = Drawn()
    (hit,) = _hits(1)
    first = _parts(_subscription(), _composition(1), drawn=drawn)
    second = _parts(_subscription(top=5), _composition(1), drawn=drawn)
    other = _parts(_subscription(), _composition(chosen=(replace(hit, why=None),)), drawn=drawn)
    assert first[1] is second[1]
    assert other[1] != first[1]
    assert first == _parts(_subscription(), _composition(1))


hostile_papers = st.builds(
    paper,
    texts,
    id=st.integers(1, 10_000),
    abstract=texts,
    organization=st.none() | st.builds(Organization, handle=short_texts, name=short_texts),
    authors=st.lists(st.sampled_from(HOSTILE), max_size=3).map(tuple),
    metrics=st.builds(Metrics, upvotes=st.none() | st.integers(0, 10**7), as_of=st.none() | st.just(DAY)),
)
hostile_hits = st.lists(
    st.builds(Hit, paper=hostile_papers, score=st.just(1.0), why=st.builds(Reason, kind=st.just("words"), asked=short_texts)),
    max_size=20,
    unique_by=lambda hit: hit.paper.id,
)
hostile_verdicts = st.lists(
    st.builds(Verdict, paper_id=st.just(1), kind=st.sampled_from(["muted", "shown", "old"]), word=texts), max_size=5
)


@FEW
@given(hostile_hits, hostile_verdicts, texts, st.sampled_from(get_args(Layout)), texts)
def test_hostile_text_makes_editions_that_both_platforms_take(
    hits: list[Hit], verdicts: list[Verdict], query: str, layout: Layout, notice: str
):
    """Whatever papers, queries, muted words and notices say, every message keeps the rules, and survives the ledger."""
    composition = Composition(chosen=tuple(hits), rest=3, seen=30, verdicts=() if hits else tuple(verdicts))
    cards = _parts(_subscription(query[:500], layout=layout), composition, notice=notice, more_days=1)
    assert cards
    for card in cards:
        assert card_from_json(card_to_json(card)) == card
        for message in render_slack(card):
            slack_rules.check_message(message)
        for message in render_discord(card):
            discord_rules.check_message(message)
