"""Topics: acronyms and other names, both ways, from the table and from what abstracts define."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.acronyms import acronym_key, definitions, plain, title_acronyms
from bot.topic_table import Topic, read_table, words
from bot.topics import below, is_same_topic, narrower, near_topics, readings, synonyms, table, topic_names

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
        ("Reinforcement-Learning", "RL"),
        ("markov decision processes", "MDP"),
        ("icl", "in-context learning"),
        ("LLMs", "large language model"),
        ("few shot", "few-shot learning"),
        ("ood", "out-of-distribution"),
        ("sim2real", "sim-to-real"),
        ("sim to real", "sim2real"),
        ("recsys", "recommender system"),
        ("xai", "explainable ai"),
        ("peft", "parameter-efficient fine-tuning"),
        ("batch RL", "offline reinforcement learning"),
        ("Behaviour cloning", "imitation learning"),
        ("agentic", "agent"),
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
    """Who asks for RL sees PPO and MDP papers; who asks for MDPs does not see all of RL."""
    assert "markov decision process" in narrower("rl")
    assert {"PPO", "proximal policy optimization", "MDP"} <= set(below(_topic("reinforcement learning")))
    assert "reinforcement learning" not in {*synonyms("mdp"), *narrower("mdp")}


def _topic(name: str) -> Topic:
    (topic,) = readings(name)
    return topic


def test_an_acronym_with_several_readings_has_them_all():
    """DP is private, dynamic and more; its readings in full have one each."""
    assert {"differential privacy", "dynamic programming"} <= {topic.name for topic in readings("DP")}
    assert [topic.name for topic in readings("dynamic programming")] == ["dynamic programming"]


def test_only_an_acronym_may_stand_in_several_lines():
    """Any other form would be found in two topics and shown under one."""
    shared = {form: ones for form, ones in table().said.items() if len(ones) > 1}
    assert all(one.is_acronym for ones in shared.values() for topic, one in ones if topic.reason), shared.keys()


def test_narrower_forms_say_one_topic_each():
    """A narrower acronym with several readings would draw in another field."""
    for topic in table().topics.values():
        for form in topic.narrower:
            own = [one for one in readings(form) if one.reason]
            assert len(own) <= 1, (topic.name, form)


def test_every_form_of_the_table_finds_all_others():
    """A topic is symmetric: whichever form is typed, the others are searched."""
    for topic in table().topics.values():
        for form in topic.names:
            assert topic in readings(form), form
            assert {*map(words, topic.names)} - {words(form)} <= {*map(words, synonyms(form))}


def test_every_line_of_the_table_gives_its_reason_and_is_of_use():
    """A topic has another name, or something narrower; the table can be read as it is meant."""
    lines = [topic for topic in table().topics.values() if topic.reason]
    assert len(lines) > 500
    assert [topic.name for topic in lines if len(topic.forms) == 1 and not topic.narrower] == []
    assert {names[0] for names in topic_names()} == {topic.name.lower() for topic in lines}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rl = RL", "Line 1 of the table of topics gives no reason"),
        ("rl = RL -- a\nRL = x -- b", "stands in two lines"),
        ("rl = R) L -- a", "is no form"),
    ],
)
def test_a_line_of_the_table_that_cannot_be_read_is_named(line: str, said: str):
    """Whoever edits the file is told what is wrong."""
    with pytest.raises(ValueError, match=said):
        read_table(line)


def test_a_topic_within_itself_is_no_endless_loop():
    """Two topics may be a part of each other."""
    loop = read_table("a = b > c -- x\nc = d > a -- y")
    assert loop.wider == {"c": ("a",), "a": ("c",)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LLMs", "llm"),
        ("policies", "policy"),
        ("behaviours", "Behavior"),
        ("Sim-to-Real", "sim to real"),
        ("-isation", "ization"),
    ],
)
def test_words_are_compared_without_plural_hyphen_case_and_british_spelling(one: str, other: str):
    """One spelling stands for all."""
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("long_form", "same"),
    [
        ("reinforcement learning", True),
        ("multi-turn reinforcement learning", True),
        ("representation learning", False),
        ("learning", False),
    ],
)
def test_a_long_form_is_a_topics_if_one_holds_the_other(long_form: str, same: bool):
    """Words around a name do not make it another."""
    assert is_same_topic(long_form, _topic("rl")) is same


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
