"""What fingers do: edits counted, and weighed by how likely a slip is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slips import MOST_EDITS, begins, edits, edits_allowed, slip

FEW = settings(max_examples=150, deadline=None)
WORDS = st.text(alphabet="abeinorst123", max_size=9)


@pytest.mark.parametrize(
    ("typed", "likelier", "other"),
    [
        ("emagent", "emoagent", "etagent"),  # a letter left out before one that is far away on the keyboard
        ("pagre", "pager", "pacre"),  # two exchanged before another one
        ("datta", "data", "daita"),  # one typed twice
        ("libwro", "libero", "libxro"),  # a neighbouring key
        ("style21", "styled21", "style2"),  # another number is another version
        ("qwrn3", "qwen3", "qwrn2"),
        ("kibero", "libero", "qibero"),
        ("libeto", "libero", "libeco"),
        ("kiplo", "kipolo", "kilo"),  # a letter left out before one too many, though its key is a neighbour's
    ],
)
def test_a_likely_slip_weighs_less(typed: str, likelier: str, other: str):
    """Of two words that are equally many letters away, the one that fingers turn into what was typed."""
    assert edits(typed, likelier) == edits(typed, other) == 1
    assert slip(typed, likelier) < slip(typed, other)


def test_a_wrong_first_letter_weighs_more():
    """People look where they begin."""
    assert slip("kibero", "libero") > slip("lobero", "libero")


@FEW
@given(WORDS, WORDS)
def test_only_equal_words_weigh_nothing(one: str, other: str):
    """And every edit weighs about as much as one."""
    weight = slip(one, other)
    assert (weight == 0) == (one == other)
    if edits(one, other) <= MOST_EDITS:
        assert 0.6 * edits(one, other) <= weight <= 1.5 * edits(one, other) + 0.2 + 1e-9


@FEW
@given(WORDS.filter(bool), WORDS, st.sampled_from([0, 1, 2]))
def test_a_word_begins_with_every_beginning_of_it(word: str, more: str, wrong: int):
    """However many letters may be wrong."""
    assert begins(word, word + more, wrong)


@pytest.mark.parametrize(
    ("typed", "word", "wrong", "right"),
    [("lbie", "libero", 1, True), ("lbie", "libero", 0, False), ("ibe", "libero", 1, True), ("zz", "libero", 1, False)],
)  # fmt: skip
def test_a_beginning_may_have_letters_wrong(typed: str, word: str, wrong: int, right: bool):
    """As many as are allowed."""
    assert begins(typed, word, wrong) is right


def test_of_a_short_name_one_letter_may_be_wrong():
    """Two of four would be nearly any."""
    assert [edits_allowed(key) for key in ("ab", "abcd", "abcde")] == [1, 1, 2]
