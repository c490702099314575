"""Forms of topics found in a text: in every spelling, where they stand, never across a comma or a bracket."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.topic_forms import said_in
from bot.topic_table import spellings, word_key
from bot.topics import table


def _keys(text: str) -> list[str]:
    return [saying.key for _, saying in said_in(text)]


def test_where_forms_begin_is_told_from_the_end_on():
    """Places are characters of the text as it was given."""
    text = "On LLMs – and reinforcement learning."
    assert [(text[at : at + 3], saying.key) for at, saying in said_in(text)] == [
        ("rei", "reinforcement learning"),
        ("LLM", "large language model"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "reinforcement learning",
        "Reinforcement-Learning!",
        "“reinforcement learning”",
        "İ reinforcement learning",
        "REINFORCEMENT\nLEARNING",
        "reinforcement learnings",
    ],
)
def test_spelling_case_and_signs_around_it_do_not_matter(text: str):
    """Also where lower case is longer, as of the Turkish İ."""
    assert _keys(text) == ["reinforcement learning"]


@pytest.mark.parametrize("text", ["Our code, models and data", "code) models", "the code. Models", "codemodels", "code  models"])
def test_words_that_something_divides_are_no_form(text: str):
    """“Our code, models and data are public” is not about code models."""
    assert "code generation" in _keys("code models")
    assert "code generation" not in _keys(text)


def test_forms_of_a_topic_that_overlap_are_one():
    """“deep reinforcement learning” says it once, although there is a shorter form in it."""
    assert _keys("deep reinforcement learning") == ["reinforcement learning"]
    assert _keys("reinforcement learning, reinforcement learning") == ["reinforcement learning"] * 2


def test_acronyms_are_in_capitals_with_or_without_a_plural():
    """GPUs are one, gpus are not said to be."""
    assert _keys("LLMs") == _keys("LLM") == ["large language model"]
    assert _keys("llm") == []


@pytest.mark.parametrize(
    ("key", "spelt"),
    [
        ("policy", {"policy", "policies"}),
        ("behavior", {"behavior", "behaviors", "behaviour", "behaviours"}),
        ("optimization", {"optimization", "optimisation", "optimisations", "optimizations"}),
        ("class", {"class", "classes"}),
        ("llm", {"llm", "llms"}),
    ],
)
def test_a_word_is_spelt_in_all_ways_that_compare_as_it(key: str, spelt: set[str]):
    """Plurals and British spelling."""
    assert spelt <= set(spellings(key))


def test_every_form_is_found_in_every_spelling():
    """In capitals, so that acronyms are among them; it says all that the table says of it."""
    for form, said in table().said.items():
        for spelt in product(*map(spellings, form)):
            assert {topic.key for topic, _ in said} <= {*_keys(f"({' '.join(spelt).upper()})")}, spelt


def test_an_acronym_may_have_words_without_letters():
    """`COVID-19` is in capitals, `covid-19` is not."""
    assert "covid 19" in _keys("Models of COVID-19")
    assert "covid 19" not in _keys("Models of covid-19")


@given(st.text())
def test_any_text_can_be_looked_through(text: str):
    """Places lie within it, and what stands there begins a form."""
    for at, saying in said_in(text):
        begins = {form[0] for form, ones in table().said.items() if any(topic.key == saying.key for topic, _ in ones)}
        word = text[at:].split(maxsplit=1)[0]
        assert any(word_key(word[:length]) in begins for length in range(1, len(word) + 1))
