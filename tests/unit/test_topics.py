"""Topics: acronyms and other names, both ways, from the table and from what abstracts define."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.topics import NARROWER, SYNONYMS, acronym_key, definitions, narrower, near_topics, plain, synonyms, title_acronyms

FEW = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reinforcement learning (RL) works", [("RL", "reinforcement learning")]),
        ("large language models (LLMs) grow", [("LLMs", "large language models")]),
        ("average-reward Markov decision processes (AMDPs)", [("AMDPs", "average-reward markov decision processes")]),
        ("in-context learning (ICL).", [("ICL", "in-context learning")]),
        ("out-of-distribution (OOD) inputs", [("OOD", "out-of-distribution")]),
        ("Customer Lifetime Value (CLTV)", [("CLTV", "customer lifetime value")]),
        ("mutual information (MI) and federated learning (FL)", [("MI", "mutual information"), ("FL", "federated learning")]),
        ("“graph neural networks” (GNNs)", [("GNNs", "graph neural networks")]),
        ("visual question answering (VQA, hard)", [("VQA", "visual question answering")]),
    ],
)
def test_an_abstract_defines_its_acronyms(text: str, found: list[tuple[str, str]]):
    """The words before the bracket that hold its letters are the long form."""
    assert definitions(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "(RL)", "no brackets", "see (e.g. this)", "in the year (2024)", "the result (ABC) of it", "a (b) c", "we (RL)",
     "reinforcement. Learning (RL)", "something (THISISMUCHTOOLONG)", "well-known ( RL )", "x (R) y", "learning (L-)"],
)  # fmt: skip
def test_a_bracket_that_is_no_acronym_defines_nothing(text: str):
    """Years, remarks, single letters and letters that do not fit are passed over."""
    assert definitions(text) == []


@FEW
@given(st.text(max_size=100), st.text(max_size=12))
def test_any_text_defines_something_or_nothing(before: str, short: str):
    """Reading definitions never raises, and a long form is longer than its acronym."""
    for acronym, long_form in definitions(f"{before} ({short}) after"):
        assert len(long_form) > len(acronym)


@pytest.mark.parametrize(
    ("form", "key"),
    [("LLMs", "llm"), ("LLM", "llm"), ("llms", "llms"), ("MoE", "moe"), ("AMDPs", "amdp"), ("RL", "rl"), ("SaaS", "saas")],
)
def test_an_acronyms_plural_is_the_acronym(form: str, key: str):
    """A small s after capitals is a plural; inside a mixed word it is a letter."""
    assert acronym_key(form) == key


@pytest.mark.parametrize(
    ("form", "bare"),
    [
        ("In-Context  Learning", "in context learning"),
        ("large language models", "large language model"),
        ("Markov decision processes", "markov decision process"),
        ("loss", "loss"),
        ("analysis", "analysis"),
        ("focus", "focus"),
        ("gas", "gas"),
        ("", ""),
    ],
)
def test_forms_are_compared_without_case_hyphens_and_plural(form: str, bare: str):
    """One way to write a form stands for all."""
    assert plain(form) == bare


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("rl", "reinforcement learning"),
        ("RL", "reinforcement learning"),
        ("Reinforcement-Learning", "rl"),
        ("markov decision processes", "mdp"),
        ("icl", "in-context learning"),
        ("LLMs", "large language model"),
        ("few shot", "few-shot learning"),
        ("ood", "out-of-distribution"),
    ],
)
def test_a_topic_is_known_by_its_other_names_both_ways(asked: str, other: str):
    """The acronym brings the long form and the long form the acronym."""
    assert other in synonyms(asked)


def test_what_the_table_does_not_know_has_no_synonyms():
    """An unknown word stands for itself."""
    assert synonyms("LIBERO") == ()
    assert narrower("LIBERO") == ()


def test_narrower_forms_widen_one_way_only():
    """Who asks for RL sees MDP papers; who asks for MDPs does not see all of RL."""
    assert "markov decision process" in narrower("rl")
    assert "markov decision process" in narrower("reinforcement learning")
    assert "reinforcement learning" not in synonyms("mdp")
    assert narrower("mdp") == ()


def test_no_form_stands_in_two_topics():
    """Else the later line of the table would silently win."""
    forms = [plain(form) for group in SYNONYMS for form in dict.fromkeys(map(plain, group))]
    assert sorted(forms) == sorted(set(forms))


def test_every_narrower_topic_is_the_usual_name_of_one_in_the_table():
    """A topic that the table spells otherwise would never be found."""
    usual = {group[0] for group in SYNONYMS}
    assert {topic for topic, _ in NARROWER} <= usual


@pytest.mark.parametrize("group", SYNONYMS, ids=lambda group: group[0])
def test_every_form_of_the_table_finds_all_others(group: tuple[str, ...]):
    """A topic is symmetric: whichever form is typed, the others are searched."""
    for form in group:
        assert {plain(form), *map(plain, synonyms(form))} == {plain(other) for other in group}


def test_an_acronym_of_the_title_is_a_name_of_the_paper():
    """The abstract shortens the title, or a side of its colon; an acronym of anything else is no name."""
    forms = [("SAPO", "soft adaptive policy optimization"), ("RL", "reinforcement learning")]
    assert title_acronyms("Soft Adaptive Policy Optimization", forms) == ["SAPO"]
    assert title_acronyms("A Gate: Soft Adaptive Policy Optimization", forms) == ["SAPO"]
    assert title_acronyms("Reinforcement Learning for Soft Robots", forms) == []


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("reinforcment robots", "reinforcement learning"),
        ("federated lerning", "federated learning"),
        ("time searies", "time series"),
    ],
)
def test_a_misspelt_topic_has_its_topic_near(typed: str, topic: str):
    """Nothing found is answered with what was probably meant."""
    assert topic in near_topics(typed, 3)


def test_a_topic_is_not_near_itself():
    """Who searched for it need not be offered it again, and nonsense is near nothing."""
    assert "federated learning" not in near_topics("federated learning", 3)
    assert near_topics("qqq", 3) == []
