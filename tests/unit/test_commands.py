"""Conversations: what a person types and what comes back, over the bundled sample in a real store and index."""

import re

import pytest

from bot.app import answer_now
from bot.cards import Button, Buttons, Card, Fold, Reply, Row, Select, element_text, plain_text, without_folds
from bot.commands import COMMANDS, Command, thread_of
from bot.ports import Coverage, Library
from bot.views.lists import VERBS
from tests.builders import a_desk
from tests.unit.conftest import TODAY, Ask, CardOf

FAILED = "That did not work"


def _rows(card: Card) -> list[Row]:
    return [element for element in card.elements if isinstance(element, Row)]


def _titles(card: Card) -> list[str]:
    return [row.spans[0].text for row in _rows(card)]


def _buttons(card: Card) -> dict[str, Button]:
    rows = (element for element in without_folds(card.elements) if isinstance(element, Buttons))
    return {button.label: button for row in rows for button in row.buttons}


def _commands(reply: Reply) -> list[str]:
    found = []
    for card in reply.cards:
        for element in card.elements:
            match element:
                case Buttons(buttons):
                    found += [button.command for button in buttons]
                case Row():
                    found += [button.command for button in element.buttons]
                case Fold(otherwise=button):
                    found.append(button.command)
                case Select(_, options):
                    found += [command for _, command in options]
                case _:
                    pass
    if reply.form is not None:
        found.append(reply.form.fill({field.name: field.value for field in reply.form.inputs}))
    return found


def test_papers_lists_the_newest_day_in_its_order(card_of: CardOf):
    """Bare `/papers` is today's digest, five at a time, as the digest ranks them."""
    card = card_of("/papers")
    assert card.title == "Mon 8 December 2025"
    assert "1–5 of 40" in plain_text(card)
    assert _titles(card)[:2] == [
        "Sample-efficient Learning of Infinite-horizon Average-reward MDPs with General Function Approximation",
        "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning",
    ]


def test_papers_rl_finds_both_names_of_the_topic(card_of: CardOf):
    """`rl` finds papers that say only "reinforcement learning" or "Markov decision process", and says why each is there."""
    first, second = card_of("/papers rl"), card_of("/papers rl page:2")
    titles = _titles(first) + _titles(second)
    for wanted in ("One RL to See Them All", "Soft Adaptive", "Train Once", "Walk Before You Run", "Value Function is All"):
        assert any(title.startswith(wanted) for title in titles), wanted
    assert "also reinforcement learning" in plain_text(first)
    assert all(" rl" in row.spans[1].text for row in _rows(first) + _rows(second))


def test_paging_shows_every_paper_once(card_of: CardOf):
    """Next leads through all hits without a gap or a repeat, and back."""
    card, seen, pages = card_of("/papers rl"), [], 1
    seen += _titles(card)
    while "Next ›" in _buttons(card):
        card = card_of(_buttons(card)["Next ›"].command)
        seen += _titles(card)
        pages += 1
    total = int(re.search(r"of (\d+)", plain_text(card))[1])
    assert len(seen) == len(set(seen)) == total
    assert pages == -(-total // 5)
    assert card_of(_buttons(card)["‹ Previous"].command).title == "Papers: rl"


def test_a_page_after_the_last_leads_back_to_the_last(card_of: CardOf):
    """An out-of-range page says so, and its button goes to a page that shows something."""
    card = card_of("/papers rl page:99")
    assert "nothing on this page" in plain_text(card)
    assert "Next ›" not in _buttons(card)
    assert _rows(card_of(_buttons(card)["‹ Previous"].command))


@pytest.mark.parametrize("page", ["0", "-1", "x", "201", "99999999999999999999"])
def test_a_page_that_is_none_is_an_error(card_of: CardOf, page: str):
    """Pages are 1 to 200; anything else is said to be no page."""
    card = card_of(f"/papers rl page:{page}")
    assert card.title == FAILED
    assert f"“{page}” is not a page" in plain_text(card)


def test_sort_new_puts_the_newest_first(card_of: CardOf):
    """`sort:new` orders by the day of publication."""
    card = card_of("/papers rl sort:new")
    assert "newest first" in plain_text(card)
    assert _titles(card)[0] == "Soft Adaptive Policy Optimization"
    assert "Best match" in _buttons(card)


def test_since_leaves_older_papers_out(card_of: CardOf):
    """`since:` and `until:` are days of publication."""
    assert all("2025" in row.spans[1].text for row in _rows(card_of("/papers rl since:2025")))
    old = card_of("/papers rl until:2022")
    assert _titles(old) == ["Value Function is All You Need: A Unified Learning Framework for Ride Hailing Platforms"]


def test_on_a_day_lists_that_day(card_of: CardOf):
    """`on:` shows a day; a day without a digest shows the newest before it and says so."""
    assert card_of("/papers on:2025-12-08").title == "Mon 8 December 2025"
    later = card_of("/papers on:2025-12-10")
    assert "Nothing was listed on Wed 10 December 2025" in plain_text(later)
    assert later.title == "Mon 8 December 2025"


def test_on_a_day_before_everything_says_so(card_of: CardOf):
    """Where nothing was listed yet, the answer names the day instead of showing another one."""
    assert "Nothing was listed up to 2020-01-01" in plain_text(card_of("/papers on:2020-01-01"))


def test_on_with_words_does_not_forget_the_words(card_of: CardOf):
    """A day and words together are refused in plain words, never answered with the whole day."""
    card = card_of("/papers rl on:2025-12-08")
    assert card.title == FAILED
    assert "Nothing was searched" in plain_text(card)


def test_a_quoted_phrase_wants_its_words_together(card_of: CardOf):
    """`"policy optimization"` finds the phrase; its words apart do not count."""
    assert _titles(card_of('/papers "soft adaptive"')) == ["Soft Adaptive Policy Optimization"]
    assert card_of('/papers "adaptive soft"').title.startswith("No paper matches")


def test_a_minus_leaves_papers_out(card_of: CardOf):
    """`-graphs` takes out what says it."""
    both, without = card_of("/papers few-shot"), card_of("/papers few-shot -graphs")
    survey = "Zero-shot and Few-shot Learning with Knowledge Graphs: A Comprehensive Survey"
    assert survey in _titles(both)
    assert survey not in _titles(without)
    assert _titles(without)


def test_a_group_wants_one_of_its_words(card_of: CardOf):
    """`(LIBERO | Aioli)` finds both papers, and words around the group still count."""
    found = _titles(card_of("/papers (libero | aioli)"))
    assert sorted(title.split(":")[0] for title in found) == ["Aioli", "LIBERO"]
    assert [title.split(":")[0] for title in _titles(card_of("/papers robot (libero | aioli)"))] == ["LIBERO"]


def test_only_leaving_out_is_an_error(card_of: CardOf):
    """A query of nothing but `-rl` says that it must also say what to find."""
    assert "must say what to find" in plain_text(card_of("/papers -rl"))


def test_nothing_found_names_the_word_that_kept_everything_out(card_of: CardOf):
    """The empty result names the word, and its button is the same query without it, filters and all."""
    card = card_of("/papers rl quokka since:2025")
    assert card.title == "No paper matches rl quokka since:2025"
    assert "Without “quokka” there are papers." in plain_text(card)
    (button,) = _buttons(card).values()
    assert button.command == "/papers search rl since:2025"
    assert _rows(card_of(button.command))


def test_two_words_that_never_meet_offer_each_without_the_other(card_of: CardOf):
    """Where either word kept everything out, both queries are offered."""
    card = card_of('/papers libero "federated learning"')
    assert "Without “libero” or without “federated learning” there are papers." in plain_text(card)
    assert {button.command for button in _buttons(card).values()} == {
        '/papers search "federated learning"',
        "/papers search libero",
    }


def test_one_word_that_no_paper_says_offers_to_look_it_up(card_of: CardOf):
    """With nothing to leave out, the way to `/paper` and to the form is shown."""
    card = card_of("/papers quokka")
    assert card.title == "No paper matches quokka"
    assert set(_buttons(card)) == {"Look up quokka", "Refine"}


def test_a_filter_that_keeps_everything_out_is_not_blamed_on_a_word(card_of: CardOf):
    """`rl since:2025-12` finds nothing because of the day, so no word is said to be at fault."""
    assert "Without" not in plain_text(card_of("/papers rl since:2025-12"))


def test_a_misspelt_word_is_repaired_and_said_so(card_of: CardOf):
    """`robbot` searches robot, and the answer says which spelling was searched."""
    card = card_of("/papers robbot")
    assert "instead of robbot" in plain_text(card)
    assert any("LIBERO" in title for title in _titles(card))


def test_search_lets_a_verb_be_a_word(card_of: CardOf):
    """`/papers search saved` and `/papers search similar` look for those words."""
    card = card_of("/papers search similar")
    assert card.title == "Papers: similar"
    assert _rows(card)
    assert card_of("/papers search saved").title == "No paper matches saved"


def test_buttons_of_a_query_that_begins_with_a_verb_keep_searching(card_of: CardOf):
    """The buttons of `/papers search similar` never turn into another command."""
    for label, button in _buttons(card_of("/papers search similar")).items():
        if label != "Refine":
            assert button.command.startswith("/papers search similar")


def test_verbs_of_the_views_are_the_verbs_of_the_table():
    """What a query must not begin with is exactly what the table of commands takes."""
    assert {command.verb for command in COMMANDS if command.verb} == VERBS


def test_similar_lists_other_papers(card_of: CardOf):
    """`/papers similar` shows papers like it, without itself, best first."""
    card = card_of("/papers similar Soft Adaptive Policy Optimization")
    assert card.title == "Like Soft Adaptive Policy Optimization"
    assert 1 <= len(_rows(card)) <= 5
    assert "Soft Adaptive Policy Optimization" not in _titles(card)


def test_similar_is_the_same_every_time(card_of: CardOf):
    """The same question has the same answer."""
    assert len({tuple(_titles(card_of("/papers similar LIBERO"))) for _ in range(12)}) == 1


def test_abstract_shows_all_of_it(card_of: CardOf):
    """Show all opens the rest of the abstract; Show less closes it."""
    short = card_of("/paper LIBERO")
    whole = card_of(_buttons(short)["Show all"].command)
    assert "https://libero-project.github.io." in plain_text(whole)
    assert "https://libero-project.github.io." not in plain_text(short)
    assert card_of(_buttons(whole)["Show less"].command) == short


@pytest.mark.parametrize("verb", ["abstract", "similar"])
def test_verbs_on_a_name_of_nobody_suggest_what_to_do(card_of: CardOf, verb: str):
    """No paper of that name is an answer with suggestions, not an error."""
    assert card_of(f"/papers {verb} Xyzzyplugh").title == "Nothing stored is called Xyzzyplugh"


@pytest.mark.parametrize("verb", ["abstract", "similar"])
def test_verbs_on_an_ambiguous_name_give_a_choice(card_of: CardOf, verb: str):
    """`ATLAS` is two papers; neither is picked silently."""
    assert card_of(f"/papers {verb} ATLAS").title == "2 papers go by the name ATLAS"


@pytest.mark.parametrize("verb", ["abstract", "similar"])
def test_verbs_without_a_name_ask_for_one(card_of: CardOf, verb: str):
    """The error says what is missing and shows the command with it."""
    text = plain_text(card_of(f"/papers {verb}"))
    assert "Which paper?" in text
    assert f"/papers {verb} LIBERO" in text


def test_refine_gives_a_form_that_keeps_the_query(ask: Ask):
    """Sent back as it came, the form's command finds what the query found."""
    typed = 'rl -survey ("policy optimization" | exploration) since:2023 sort:new'
    form = ask(f"/papers refine {typed}").form
    values = {field.name: field.value for field in form.inputs}
    assert values == {
        "words": 'rl -survey ("policy optimization" | exploration)',
        "author": "",
        "since": "2023-01-01",
        "until": "",
        "sort": "new",
    }
    (filled,), (typed_card,) = ask(form.fill(values)).cards, ask(f"/papers {typed}").cards
    assert _titles(filled) == _titles(typed_card) != []


def test_refine_answers_complete_a_working_command(ask: Ask, card_of: CardOf):
    """What is typed into the form becomes a query with its fields."""
    form = ask("/papers refine").form
    command = form.fill({"words": "maps", "author": "Grace Hopper", "since": "2025-01-01", "sort": "new"})
    assert command == '/papers search maps author:"Grace Hopper" since:2025-01-01 sort:new'
    assert _titles(card_of(command)) == ["ATLAS: Maps of Cities"]


def test_help_lists_every_command(card_of: CardOf):
    """Each entry of the table stands in the help with its usage and what it gives."""
    text = plain_text(card_of("/papers help"))
    for command in COMMANDS:
        assert (f"{command.usage}  {command.gives}" in text) is command.listed


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.listed], ids=lambda command: command.usage)
def test_every_usage_in_the_help_works(ask: Ask, command: Command):
    """What the help shows can be typed."""
    reply = ask(command.usage)
    assert reply.form or reply.cards[0].title != FAILED


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("LIBERO", "LIBERO: Benchmarking"),
        ("libero", "LIBERO: Benchmarking"),
        ("LIBRO", "LIBERO: Benchmarking"),
        ("Libero: Benchmarking Knowledge Transfer for Lifelong Robot Learning", "LIBERO: Benchmarking"),
        ("Benchmarkng Knowlege Transfer for Lifelong Robot", "LIBERO: Benchmarking"),
        ("2306.03310", "LIBERO: Benchmarking"),
        ("2306.03310v2", "LIBERO: Benchmarking"),
        ("arxiv:2306.03310", "LIBERO: Benchmarking"),
        ("https://arxiv.org/abs/2306.03310", "LIBERO: Benchmarking"),
        ("https://arxiv.org/pdf/2306.03310v1.pdf", "LIBERO: Benchmarking"),
        ("https://huggingface.co/papers/2306.03310", "LIBERO: Benchmarking"),
        ("<https://arxiv.org/abs/2306.03310>", "LIBERO: Benchmarking"),
        ("#2", "LIBERO: Benchmarking"),
        ("top-h", "Top-H Decoding"),
        ("batchformer", "BatchFormer"),
        ("ADMIRE", "ADMIRE-BayesOpt"),
        ("Soft Adaptive Policy Optimisation", "Soft Adaptive Policy Optimization"),
        ("كوكب", "كوكب"),
    ],
)
def test_a_paper_by_whatever_people_call_it(card_of: CardOf, name: str, title: str):
    """A name, a typing error, a title or half of one, an id, a link or a number leads to the one paper."""
    card = card_of(f"/paper {name}")
    assert any(line.startswith(title) for line in plain_text(card).split("\n")[:2])
    assert "Similar" in _buttons(card)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("SAPO", "Soft Adaptive Policy Optimization"),
        ("V-Triune", "One RL to See Them All"),
        ("FamO2O", "Train Once"),
        ("V1D3", "Value Function is All You Need"),
        ("Orsta", "One RL to See Them All"),
        ("ConciseR", "Walk Before You Run"),
    ],
)
def test_a_name_coined_in_the_abstract_leads_to_its_paper(card_of: CardOf, name: str, title: str):
    """A name that no title holds still brings its paper first, alone or as the first of a choice."""
    card = card_of(f"/paper {name}")
    assert any(line.startswith(title) for line in plain_text(card).split("\n")[:2])


def test_a_misspelt_name_says_what_it_was_taken_for(card_of: CardOf):
    """`LIBRO` first says that no paper is called so."""
    assert plain_text(card_of("/paper LIBRO")).split("\n")[0] == "No paper is called LIBRO. Closest: LIBERO"


def test_a_right_name_says_nothing_of_spelling(card_of: CardOf):
    """`LIBERO` is answered at once, with where it was seen first."""
    text = plain_text(card_of("/paper LIBERO"))
    assert "Closest" not in text
    assert "First seen 8 Dec 2025 on Hugging Face" in text


def test_an_ambiguous_name_is_a_choice_with_years(card_of: CardOf):
    """Two papers are called ATLAS: both are shown with their years, and each button opens its own."""
    card = card_of("/paper ATLAS")
    assert card.title == "2 papers go by the name ATLAS"
    rows = _rows(card)
    assert sorted(re.search(r"\b20\d\d\b", row.spans[1].text)[0] for row in rows) == ["2021", "2025"]
    for row in rows:
        assert card_of(row.button.command).title == row.spans[0].text


def test_an_unknown_name_says_what_to_try(card_of: CardOf):
    """Nothing of that name: the name, what may be typed, and a search for it."""
    card = card_of("/paper Xyzzyplugh")
    assert card.title == "Nothing stored is called Xyzzyplugh"
    assert "arXiv id or link" in plain_text(card)
    assert _buttons(card)["Search for Xyzzyplugh"].command == "/papers search Xyzzyplugh"


def test_an_unknown_name_gives_near_names(card_of: CardOf):
    """Names that are like the one nobody has are offered as written, and each leads to its paper."""
    card = card_of("/paper BatchSwarmer")
    assert "Did you mean BatchFormer?" in plain_text(card)
    assert card_of(_buttons(card)["BatchFormer"].command).title.startswith("BatchFormer:")


def test_a_missing_name_asks_for_one(card_of: CardOf):
    """Bare `/paper` says what will do."""
    card = card_of("/paper")
    assert card.title == FAILED
    assert "/paper LIBERO" in plain_text(card)


def test_plain_words_are_offered_as_commands(card_of: CardOf):
    """Words without a slash are neither an error nor silence."""
    card = card_of("reward models")
    assert card.title == "Commands begin with a slash"
    assert [button.command for button in _buttons(card).values()] == ["/papers search reward models", "/paper reward models"]


@pytest.mark.parametrize("text", ["", " ", "/", "//", "?", "…", "🦜", "\u202e"])
def test_nothing_that_can_be_read_is_answered_with_help(card_of: CardOf, text: str):
    """An empty line, a lone slash or a parrot shows what can be typed."""
    assert card_of(text).title == "What you can type"


@pytest.mark.parametrize("text", ["/unknown rl", "/help", "/papersrl"])
def test_another_slash_word_is_no_command(card_of: CardOf, text: str):
    """It begins with a slash already: what is said is that there is no such command, and which there are."""
    card = card_of(text)
    assert card.title == f"There is no command {text.partition(' ')[0]}"
    assert "/paper one paper by its name" in plain_text(card)


def test_a_forgotten_slash_is_taken_as_plain_words(card_of: CardOf):
    """`papers rl` is told that commands begin with a slash."""
    assert card_of("papers rl").title == "Commands begin with a slash"


@pytest.mark.parametrize("text", ["/papers rl since:yesterdayish", "/papers rl since:2025-13", "/papers on:2025-02-30"])
def test_a_wrong_date_says_how_to_write_one(card_of: CardOf, text: str):
    """The error quotes the date, says that nothing was done and shows the forms."""
    card = card_of(text)
    assert card.title == FAILED
    assert "is not a day. Nothing was searched. Write 2025-06-30" in plain_text(card)


def test_a_wrong_order_names_the_orders(card_of: CardOf):
    """`sort:best` is answered with the orders there are."""
    assert "Orders are new, top and relevance" in plain_text(card_of("/papers rl sort:best"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/papers " + "word " * 500, "A command may have 2,000 characters"),
        ("/papers " + "x" * 600, "A query may have 500 characters"),
        ("/papers " + "ab " * 40, "A query may have 32 words"),
        ("/papers " + "(" * 9 + "rl" + ")" * 9, "Brackets may be nested 4 deep"),
        ("/paper " + "x" * 600, "A name or title may have 500 characters"),
        ("/papers similar " + "x" * 600, "A name or title may have 500 characters"),
    ],
)
def test_too_long_says_how_long_it_may_be(card_of: CardOf, text: str, said: str):
    """Each limit is named, and nothing is done."""
    card = card_of(text)
    assert card.title == FAILED
    assert said in plain_text(card)


@pytest.mark.parametrize("text", ["/PAPERS RL", "/Papers rl", "/PAPERS   SEARCH   RL", " \t/papers\nrl "])
def test_case_and_spaces_do_not_matter(card_of: CardOf, text: str):
    """A phone's capital letter and stray white space change nothing."""
    assert _titles(card_of(text)) == _titles(card_of("/papers rl"))


@pytest.mark.parametrize("text", ["/papers HELP", "/Paper LiBeRo", "/PAPER libero"])
def test_verbs_and_names_in_any_case(card_of: CardOf, text: str):
    """Verbs and names are understood in upper and lower case."""
    assert card_of(text).title.startswith(("What you can type", "LIBERO"))


@pytest.mark.parametrize(
    "name",
    ["名前", "🦜🦜", "مرحبا", "שלום", "\u202eevil\u202c", "x\x00y", "é" * 50, "%s{0}", "'; drop table papers; --", "../.."],
)
def test_names_in_any_script_are_looked_up(card_of: CardOf, name: str):
    """Unicode, right-to-left text, emoji and other people's syntax are just names that nobody has."""
    card = card_of(f"/paper {name}")
    assert card.title.startswith(("Nothing stored is called", "No paper is called"))


def test_an_arabic_word_is_searched(card_of: CardOf):
    """Words of other scripts are words."""
    assert _titles(card_of("/papers نموذج")) == ["كوكب: نموذج لغوي عربي"]


@pytest.mark.parametrize("text", ["🦜", '""', "()", "-", "???", "🦜 sort:new"])
def test_a_query_without_a_word_does_not_list_everything(card_of: CardOf, text: str):
    """Signs alone find nothing; they are not answered with all papers as if those matched."""
    card = card_of(f"/papers {text}")
    assert card.title == FAILED
    assert "holds no word to search for" in plain_text(card)


def test_sort_alone_lists_everything(card_of: CardOf):
    """`/papers sort:new` is meant: all papers, the newest first."""
    card = card_of("/papers sort:new")
    assert card.title == "All papers"
    assert _titles(card)[0] == "Soft Adaptive Policy Optimization"


@pytest.mark.parametrize("text", ["/papers", "/papers rl", "/papers today", "/paper LIBERO", "/papers similar LIBERO"])
def test_an_empty_store_says_how_to_fill_it(empty_library: Library, text: str):
    """On a fresh machine every question is answered with the one thing to do."""
    (card,) = answer_now(text, a_desk(empty_library)).cards
    assert card.title == "No papers yet"
    assert "paperround ingest FILE" in plain_text(card)


@pytest.mark.parametrize("text", ["/papers help", "/papers refine", "hello", ""])
def test_an_empty_store_still_helps(empty_library: Library, text: str):
    """Help, the form and the hint for plain words need no paper."""
    reply = answer_now(text, a_desk(empty_library))
    assert reply.form or reply.cards[0].title != FAILED


def test_the_days_thread_has_a_reply_for_each_paper(library: Library):
    """The thread of the sample's day: an opener that counts, and forty replies in the digest's order."""
    thread = thread_of(TODAY, a_desk(library))
    assert thread.opener.title == "Paper Round · Mon 8 December 2025"
    assert "40 papers from Hugging Face" in plain_text(thread.opener)
    assert len(thread.replies) == 40
    assert thread.replies[1].title.startswith("LIBERO")


STARTS = (
    "",
    "hello world",
    "-rl",
    "page:7 on:never sort:worst",
    "one two three four " * 40,
    "/papers",
    "/papers help",
    "/papers rl",
    "/papers rl sort:new page:2",
    "/papers rl page:99",
    "/papers page:3",
    "/papers on:2025-12-10 page:99",
    '/papers "world model" -survey since:2025-06 author:levine sort:new',
    "/papers (few-shot | rl) -graphs until:2024",
    "/papers zebra rl",
    "/papers quokka",
    "/papers search similar",
    "/papers search on",
    "/papers refine rl -survey since:2024 sort:top",
    "/papers similar LIBERO",
    "/papers abstract SAPO",
    "/papers since:2099-01-01",
    "/paper LIBERO",
    "/paper LIBRO",
    "/paper ATLAS",
    "/paper learning",
    "/paper nobody-knows-this",
    "/paper -minus",
    "/paper ((((((deep brackets",
    "/paper since:never",
    "/paper 🦜",
    "/paper " + "word " * 90,
    "/papers rl since:never",
)


def test_every_button_of_every_reply_can_be_pressed(ask: Ask, library: Library):
    """From many beginnings, two buttons deep: no button leads to an error, a broken form or nothing at all."""
    thread = thread_of(TODAY, a_desk(library))
    waiting = [(command, 0, text) for text in STARTS for command in _commands(ask(text))]
    waiting += [
        (command, 0, "thread") for card in (thread.opener, *thread.replies) for command in _commands(Reply(cards=(card,)))
    ]
    seen, broken = set(), []
    while waiting:
        command, depth, start = waiting.pop()
        if (command, depth) in seen:
            continue
        seen.add((command, depth))
        reply = ask(command)
        if reply.form is None and (not reply.cards or reply.cards[0].title == FAILED):
            broken.append((start, command))
        if depth < 1:
            waiting += [(onward, depth + 1, command) for onward in _commands(reply)]
    assert broken == []
    assert len(seen) > 150


@pytest.mark.parametrize("command", ["/papers rl", "/papers nothing of the kind", "/paper LIBERO", "/papers similar LIBERO"])
def test_an_index_that_is_still_being_built_says_so_under_what_it_found(
    library: Library, command: str, monkeypatch: pytest.MonkeyPatch
):
    """The last line of the card, on every answer that may lack something; without it when all is there."""
    before = answer_now(command, a_desk(library, today=TODAY))
    coverage = Coverage(indexed=340_000, stored=1_000_000)
    monkeypatch.setattr(library.index, "coverage", lambda **_: coverage)
    note = "Search is still being built: 340,000 of 1,000,000 papers are in it so far."
    *rest, last = answer_now(command, a_desk(library, today=TODAY)).cards[-1].elements
    assert element_text(last) == note
    assert tuple(rest) == before.cards[-1].elements
