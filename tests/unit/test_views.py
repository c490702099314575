"""The wording rules of every card: dates, counts, cuts, what is unknown, bylines, LaTeX, tone."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.cards import Buttons, Card, Context, Links, Row, element_text, plain_text, without_folds
from bot.commands import thread_of
from bot.model import Identifier, Metrics, Organization, Paper, Sighting
from bot.model import Links as PaperLinks
from bot.ports import Library
from bot.query import Query, read_query
from bot.results import Found, Hit, Kind, LookUp, Place, Reason
from bot.views.lists import day_card, nothing_found, results_card, row, similar_card
from bot.views.names import choice_card, unknown_name
from bot.views.notices import empty_store, error_card, help_card, incident_card, plain_words_card
from bot.views.paper import PaperFacts, paper_card
from bot.views.thread import HEADLINES, day_thread
from bot.views.wording import (
    among,
    byline,
    count_of,
    day_text,
    hits_line,
    long_day,
    reason_text,
    short_count,
    signals,
    votes_text,
)
from tests.builders import a_desk
from tests.unit.conftest import TODAY, Ask

PAPER = Paper(
    id=7,
    title="SAPO: Soft Adaptive Policy Optimization",
    abstract="A smooth gate. It is steady. It is also fast, e.g. on math. Tests agree.",
    author_count=7,
    published_on=date(2025, 11, 25),
    identifiers=(Identifier("arxiv", "2511.20347"),),
    links=PaperLinks(abs="https://arxiv.org/abs/2511.20347", pdf="https://arxiv.org/pdf/2511.20347"),
    first_seen_on=TODAY,
    listed_on=TODAY,
)
QWEN = Organization(handle="Qwen", name="Qwen")


def _hits(count: int) -> tuple[Hit, ...]:
    return tuple(Hit(paper=replace(PAPER, id=number), score=1.0) for number in range(1, count + 1))


def _query(line: str) -> Query:
    return read_query(line, today=TODAY)


def _labels(card: Card) -> list[str]:
    return [
        button.label for element in without_folds(card.elements) if isinstance(element, Buttons) for button in element.buttons
    ]


def test_dates_are_day_month_year():
    """A day is "8 Dec 2025" in every byline, this year's too: messages are read again in later years."""
    assert day_text(date(2025, 12, 8)) == "8 Dec 2025"
    assert long_day(date(2025, 12, 8)) == "Mon 8 December 2025"
    assert byline(PAPER) == "7 authors · 25 Nov 2025"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (1, "1"),
        (999, "999"),
        (1_000, "1k"),
        (1_049, "1k"),
        (1_234, "1.2k"),
        (9_949, "9.9k"),
        (9_950, "10k"),
        (13_400, "13k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_250_000, "1.2M"),
        (12_000_000, "12M"),
    ],
)
def test_counts_from_a_thousand_are_short(count: int, shown: str):
    """1,234 is 1.2k; no count takes more than four characters."""
    assert short_count(count) == shown


def test_counts_are_short_wherever_they_stand():
    """Votes, comments, stars and totals follow the same rule."""
    metrics = Metrics(upvotes=1_234, comments=2_000, github_stars=12_345, as_of=TODAY)
    assert votes_text(metrics) == "▲ 1.2k · 2k comments"
    assert signals(metrics, TODAY) == "▲ 1.2k, 2k comments on 8 Dec"
    assert hits_line(5, 5, 1_234) == "6–10 of 1.2k"
    starred = replace(PAPER, metrics=metrics, links=PaperLinks(code="https://github.com/a/b"))
    assert ("Code ★ 12k", "https://github.com/a/b") in next(
        element.pairs for element in paper_card(starred, today=TODAY).elements if isinstance(element, Links)
    )


def test_nouns_agree_with_their_counts():
    """One author, two authors, no comments."""
    assert [count_of(number, "author") for number in (0, 1, 2, 1_000)] == ["0 authors", "1 author", "2 authors", "1k authors"]
    assert hits_line(0, 1, 1) == "1 paper"
    assert hits_line(0, 3, 3) == "3 papers"


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (replace(PAPER, organization=QWEN), "Qwen · 25 Nov 2025"),
        (replace(PAPER, organization=QWEN, authors=("Ada King",)), "Qwen · 25 Nov 2025"),
        (PAPER, "7 authors · 25 Nov 2025"),
        (replace(PAPER, author_count=1), "1 author · 25 Nov 2025"),
        (replace(PAPER, authors=("Ada King",), author_count=1), "King · 25 Nov 2025"),
        (replace(PAPER, authors=("A", "B", "C"), author_count=3), "A, B, C · 25 Nov 2025"),
        (replace(PAPER, authors=("A", "B", "C", "D")), "A, B, C + 4 · 25 Nov 2025"),
        (replace(PAPER, authors=("A", "B", "C"), author_count=9), "A, B, C + 6 · 25 Nov 2025"),
        (replace(PAPER, author_count=None), "25 Nov 2025"),
        (replace(PAPER, author_count=0), "25 Nov 2025"),
        (replace(PAPER, published_on=None), "7 authors"),
        (replace(PAPER, author_count=None, published_on=None), "author and date unknown"),
    ],
)
def test_bylines_say_who_and_when(paper: Paper, said: str):
    """An organisation, else names, else how many there are; what is unknown is left out, never 0."""
    assert byline(paper) == said


def test_votes_carry_the_day_they_were_true():
    """Counts are old news: their day stands with them, its year only where it is another one."""
    metrics = Metrics(upvotes=41, comments=3, as_of=date(2025, 12, 8))
    assert signals(metrics, date(2025, 12, 31)) == "▲ 41, 3 comments on 8 Dec"
    assert signals(metrics, date(2026, 1, 1)) == "▲ 41, 3 comments on 8 Dec 2025"
    assert signals(replace(metrics, upvotes=None, comments=1), TODAY) == "1 comment on 8 Dec"


def test_unknown_counts_are_not_shown():
    """`None` is unknown: neither "▲ 0" nor "0 comments" nor a day stands for it; a counted zero makes no headline."""
    assert signals(Metrics(as_of=TODAY), TODAY) == ""
    assert signals(Metrics(upvotes=0, as_of=TODAY), TODAY) == "▲ 0 on 8 Dec"
    assert votes_text(Metrics()) == votes_text(Metrics(upvotes=0, comments=0)) == ""
    text = plain_text(paper_card(replace(PAPER, author_count=None), today=TODAY))
    assert not re.search(r"\b0\b|None|▲|comment", text)


def test_an_abstract_is_cut_at_a_sentence():
    """The card shows the first two sentences and "…"; the whole is one button away."""
    card = paper_card(PAPER, today=TODAY)
    assert "A smooth gate. It is steady. …" in plain_text(card)
    assert "Show all" in _labels(card)
    assert "Tests agree." in plain_text(paper_card(PAPER, today=TODAY, full=True))


def test_a_short_abstract_is_not_said_to_go_on():
    """Where all of it is shown there is no "…" and no button for more."""
    card = paper_card(replace(PAPER, abstract="A smooth gate."), today=TODAY)
    assert "…" not in plain_text(card)
    assert _labels(card) == ["Similar", "Save"]


def test_an_endless_sentence_is_cut_at_a_word():
    """A first sentence past the limit ends at a word with "…"."""
    text = element_text(paper_card(replace(PAPER, abstract="stochastic " * 400), today=TODAY).elements[1])
    assert len(text) <= 480
    assert text.endswith("stochastic…")


def test_a_long_title_is_cut_at_a_word():
    """Lists and headlines never end in half a word."""
    long = replace(PAPER, title="Immeasurable " * 60)
    titles = [row(1, Hit(paper=long, score=1.0)).spans[0].text, paper_card(long, today=TODAY).title]
    titles.append(day_thread(TODAY, [long], sources=(), today=TODAY).opener.elements[1].spans[1].text)
    for title in titles:
        assert title.endswith("Immeasurable…")
        assert len(title) <= 300


def test_a_tldr_stands_in_for_the_abstract():
    """A one-line summary is shown first; the abstract stays one button away."""
    card = paper_card(replace(PAPER, tldr="Gates beat clips."), today=TODAY)
    assert "Gates beat clips." in plain_text(card)
    assert "smooth" not in plain_text(card)
    assert "Show all" in _labels(card)


def test_no_abstract_is_said_in_words():
    """A paper of which only the title is known says so."""
    assert "No abstract is known for this paper." in plain_text(paper_card(replace(PAPER, abstract=""), today=TODAY))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (r"$\alpha$-Bench", "α-Bench"),
        (r"$\mathcal{O}(\sqrt{n})$ regret", "𝒪(√(n)) regret"),
        (r"93.82\% of 5$\times$", "93.82% of 5×"),
        ("V^* costs $5 or $6", "V^* costs $5 or $6"),
        ("snake_case and *stars*", "snake_case and *stars*"),
    ],
)
def test_latex_is_readable_in_titles_and_abstracts(typed: str, read: str):
    """LaTeX becomes Unicode where it can; prices, `V^*` and `snake_case` stay as typed."""
    paper = replace(PAPER, title=typed, abstract=typed)
    card = paper_card(paper, today=TODAY)
    assert card.title == read
    assert element_text(card.elements[1]) == read
    assert row(1, Hit(paper=paper, score=1.0)).spans[0].text == read


def test_titles_keep_their_own_case():
    """Nobody's title is turned into capitals or small letters."""
    assert paper_card(replace(PAPER, title="iBOT meets dVAE"), today=TODAY).title == "iBOT meets dVAE"


def test_the_card_says_where_a_paper_was_seen():
    """First seen where and when, where last, and how many more there are; the same place and day twice counts once."""
    seen = Sighting(paper_id=7, source="huggingface", issued_on=TODAY, rank=1, metrics=Metrics())
    again = replace(seen, issued_on=date(2025, 12, 9))

    def said(*sightings: Sighting) -> str:
        return plain_text(paper_card(PAPER, today=TODAY, facts=PaperFacts(sightings=sightings)))

    assert "First seen 8 Dec 2025 on Hugging Face\n" in said(seen) + "\n"
    assert "First seen 8 Dec 2025 on Hugging Face, also seen 9 Dec on Hugging Face\n" in said(seen, again, seen) + "\n"
    arxiv = replace(seen, source="arxiv:cs.LG", issued_on=date(2025, 12, 11))
    mail, page = replace(seen, source="message"), replace(seen, source="huggingface-page")
    assert "also seen 11 Dec in arXiv cs.LG and 2 more" in said(arxiv, mail, seen, again, page)
    assert "also seen 2 Jan 2026 in a feed\n" in said(seen, replace(seen, source="feed", issued_on=date(2026, 1, 2))) + "\n"
    assert "in a pasted message" in said(mail)


def test_the_card_says_when_votes_rose():
    """Each number with its day; nothing where they hardly rose."""
    seen = Sighting(paper_id=7, source="huggingface", issued_on=TODAY, rank=1, metrics=Metrics(upvotes=12, as_of=TODAY))
    later = date(2025, 12, 10)

    def said(upvotes: int) -> str:
        again = replace(seen, issued_on=later, metrics=Metrics(upvotes=upvotes, as_of=later))
        return plain_text(paper_card(PAPER, today=TODAY, facts=PaperFacts(sightings=(seen, again))))

    assert "Rose: ▲ 12 on 8 Dec, 41 on 10 Dec" in said(41)
    assert "Rose" not in said(14)


def test_links_are_named_for_where_they_lead():
    """What a listing said goes first; an arXiv id says the rest; a paper without either has no links."""
    bare = replace(PAPER, identifiers=())
    links = PaperLinks(
        abs="https://openreview.net/forum?id=x", project="https://p.org", discussion="https://huggingface.co/papers/1"
    )
    (pairs,) = [one.pairs for one in paper_card(replace(bare, links=links), today=TODAY).elements if isinstance(one, Links)]
    assert [label for label, _ in pairs] == ["Paper", "Project", "Hugging Face"]
    assert not [one for one in paper_card(replace(bare, links=PaperLinks()), today=TODAY).elements if isinstance(one, Links)]
    known = replace(bare, identifiers=(Identifier("hf", "2306.03310"),))
    (pairs,) = [one.pairs for one in paper_card(known, today=TODAY).elements if isinstance(one, Links)]
    assert [label for label, _ in pairs] == ["arXiv", "PDF", "Hugging Face"]


@pytest.mark.parametrize(
    ("kind", "asked", "found", "place", "said"),
    [
        ("name", "SAPO", "", "", "called SAPO"),
        ("spelling", "LIBRO", "LIBERO", "", "spelling: LIBRO → LIBERO"),
        ("topic", "rl", "reinforcement learning", "title", "matches rl: reinforcement learning in the title"),
        ("topic", "rl", "mdp", "keywords", "matches rl: mdp among its keywords"),
        ("phrase", "soft gate", "", "abstract", "matches soft gate in the abstract"),
        ("words", "gate", "", "", "mentions gate"),
        ("title", "soft", "", "", "by its title"),
        ("identifier", "2511.1", "", "", ""),
        ("filter", "", "", "", ""),
    ],
)
def test_every_hit_says_why_in_a_few_words(kind: Kind, asked: str, found: str, place: Place, said: str):
    """The reason reads as part of a sentence, and is left out where there is nothing to say."""
    assert reason_text(Reason(kind=kind, asked=asked, found=found, place=place)) == said


def test_no_reason_is_no_text():
    """A day's list has no reasons."""
    assert reason_text(None) == ""


@pytest.mark.parametrize(
    ("things", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (["a"] * 4, "a, a, a …")]
)
def test_lists_of_words_read_as_a_sentence(things: list[str], said: str):
    """Commas, then "and"; too many end in "…"."""
    assert among(things, 3) == said


def test_a_day_thread_has_fifteen_headlines_at_most():
    """The opener counts all, shows fifteen headlines and says how many more there are."""
    papers = [replace(PAPER, id=number) for number in range(1, 18)]
    thread = day_thread(TODAY, papers, sources=("huggingface", "huggingface-page"), today=TODAY)
    text = plain_text(thread.opener)
    assert text.count("SAPO:") == HEADLINES
    assert "17 papers from Hugging Face\n" in text
    assert "and 2 more in this thread" in text
    assert len(thread.replies) == 17
    assert _labels(thread.opener) == ["See all 17"]


def test_a_thread_of_one_paper_is_singular():
    """One paper is one paper, and nothing more is announced."""
    text = plain_text(day_thread(TODAY, [PAPER], sources=(), today=TODAY).opener)
    assert "\n1 paper\n" in text
    assert "more in this thread" not in text


def test_only_the_pages_that_exist_have_buttons():
    """The first page has no way back, the last none onward, and page 200 none to 201."""
    assert "‹ Previous" not in _labels(results_card(_query("rl"), Found(hits=_hits(5), total=11)))
    last = results_card(_query("rl page:3"), Found(hits=_hits(1), total=11))
    assert "Next ›" not in _labels(last)
    assert "11–11 of 11" in plain_text(last)
    assert "Next ›" not in _labels(results_card(_query("rl page:200"), Found(hits=_hits(5), total=2_000)))


def test_a_repaired_query_says_so_first():
    """What was searched instead stands above the hits."""
    card = results_card(_query("robbot"), Found(hits=_hits(1), total=1, repaired=(("robbot", "robot"),)))
    assert element_text(card.elements[0]) == "Searched for robot instead of robbot"


def test_other_readings_of_an_acronym_are_buttons():
    """Each is the same query with the reading in the acronym's place."""
    others = (("DP", "dynamic programming"), ("DP", "diffusion policy"))
    card = results_card(_query("DP dpo since:2025"), Found(hits=_hits(1), total=1, others=others))
    assert "DP can also mean" in plain_text(card)
    (first, *_) = [one for element in card.elements if isinstance(element, Buttons) for one in element.buttons]
    assert (first.label, first.command) == ("dynamic programming", "/papers dynamic programming dpo since:2025")


def _every_card(library: Library, ask: Ask) -> list[Card]:
    thread = thread_of(TODAY, a_desk(library))
    typed = ["/papers", "/papers rl", "/papers quokka rl", "/papers quokka", "/papers help", "/paper LIBERO", "/paper LIBRO"]
    typed += ["/paper ATLAS", "/paper nobody", "/papers similar LIBERO", "/papers on:x", "/papers sort:x", "/paper", "rl"]
    made = [
        paper_card(replace(PAPER, organization=QWEN, metrics=Metrics(upvotes=41, comments=3, as_of=TODAY)), today=TODAY),
        similar_card(PAPER, ()),
        day_card(_query("on:2025-12-10"), TODAY, _hits(3), total=3),
        nothing_found(_query("a b"), Found(hits=(), total=0)),
        choice_card("X", LookUp(hits=_hits(2))),
        unknown_name("X", ("Y", "Z")),
        empty_store(),
        error_card("It is wrong.", "/papers rl"),
        incident_card("7F3K"),
        help_card({"Find papers": [("/papers rl", "papers")]}),
        plain_words_card("rl", "rl"),
    ]
    return [thread.opener, *thread.replies, *made, *(card for text in typed for card in ask(text).cards)]


def test_every_card_keeps_its_voice(library: Library, ask: Ask):
    """Our own words never shout, mention nobody, show no Python and end no line in white space."""
    for card in _every_card(library, ask):
        own = [element for element in card.elements if isinstance(element, Context | Buttons)]
        assert not any("!" in element_text(element) for element in own), card.title
        text = plain_text(card)
        assert not re.search(r"None|\bnull\b|@\w|datetime|\{\}|\(\)|\[\]", text), card.title
        assert not re.search(r"(?m)[ \t]+$|· *$|^ *·|· ·", text), text


def test_lists_have_numbers_that_open_their_entries():
    """Each entry is two lines and its number opens it, counting on over the pages."""
    card = results_card(_query("rl page:2"), Found(hits=_hits(2), total=7))
    rows = [element for element in card.elements if isinstance(element, Row)]
    assert [(one.button.label, one.button.command) for one in rows] == [("6", "/paper #1"), ("7", "/paper #2")]
    assert all(element_text(one).count("\n") == 1 for one in rows)
