"""The names papers go by: what stands before the colon, and what an abstract coins."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.names import find_names, looks_coined, name_key, title_names

FEW = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Top-H", "top h"), ("LIBERO", "libero"), ("V-Triune", "vtriune"), ("GRPO++", "grpo"), ("Café", "CAFE"), ("β-VAE", "βvae")],
)
def test_a_name_is_its_letters_and_digits(one: str, other: str):
    """However it is typed, it is one name."""
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize("text", ["", "?!", " - ", "…"])
def test_signs_alone_are_no_name(text: str):
    """A name has a letter or a digit."""
    assert name_key(text) == ""


@FEW
@given(st.text(max_size=40))
def test_a_name_key_is_its_own_key(text: str):
    """Keys can be compared however often they are made."""
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning", ("LIBERO",)),
        ("Top-H Decoding: Adapting the Creativity and Coherence", ("Top-H Decoding",)),
        ("ADMIRE-BayesOpt: Accelerated Data MIxture RE-weighting", ("ADMIRE-BayesOpt",)),
        ("“MIST”: Mutual Information", ("MIST",)),
        ("OptDist – Learning Optimal Distribution", ("OptDist",)),
        ("Qwen2.5 Technical Report", ("Qwen2.5",)),
        ("GPT-4o System Card", ("GPT-4o",)),
        ("Segment Anything", ("Segment Anything",)),
        ("Soft Adaptive Policy Optimization", ()),
        ("What We Have Learned From a Hundred: Lessons", ()),
        ("A Study of 3:1 Ratios in Data", ()),
        ("???", ()),
        ("", ()),
    ],
)
def test_a_title_names_its_paper_before_the_colon(title: str, names: tuple[str, ...]):
    """A short name before a colon, a dash or "Technical Report", or a title that is a name as a whole."""
    assert title_names(title) == names


@pytest.mark.parametrize(
    "token", ["V1D3", "LIBERO", "FamO2O", "top-H", "ConciseR", "BatchFormer", "w2v-BERT", "GPT-4", "U-Net", "A-Mem"]
)
def test_capitals_inside_and_digits_make_a_word_look_coined(token: str):
    """Nobody writes such a word but as a name."""
    assert looks_coined(token)


@pytest.mark.parametrize("token", ["Learning", "Vision-Language", "the", "2024", "RL", "", "a", "Transformer"])
def test_plain_words_numbers_and_short_acronyms_do_not_look_coined(token: str):
    """Words of the language are no names by themselves."""
    assert not looks_coined(token)


def test_a_piece_of_a_name_is_a_name_too():
    """`/paper top-h` and `/paper admire` find the papers whose whole name is longer."""
    assert find_names("Top-H Decoding: Adapting", "").part == ("Top-H",)
    assert find_names("ADMIRE-BayesOpt: Accelerated", "").part == ("ADMIRE",)
    assert find_names("LIBERO: Benchmarking", "").part == ()


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("We propose V1D3, one value function for a whole city.", "V1D3"),
        ("This is hard. We introduce the Orsta7B models.", "Orsta7B"),
        ("We present Soft Adaptive Policy Optimization (SAPO), which is smooth.", "SAPO"),
        ("A new framework named FamO2O picks among policies.", "FamO2O"),
        ("Our method, called Projektor, predicts.", "Projektor"),
        ("We build <projektor>, which predicts from samples.", "projektor"),
        ("We propose ConciseR's two stages.", "ConciseR"),
        ("This is so. We propose V-Triune, a system that works.", "V-Triune"),
        ("Can it? Yes! We present Orsta7B.", "Orsta7B"),
        ("A first paragraph.\nHere we propose\nFamO2O, which picks.", "FamO2O"),
    ],
)
def test_a_name_coined_in_the_abstract_is_found(abstract: str, name: str):
    """A sentence of making or naming introduces it."""
    assert name_key(name) in {name_key(one) for one in find_names("A Title Without Any Name at All", abstract).coined}


@pytest.mark.parametrize(
    "abstract",
    [
        "It beats GPT-4 and LLaMA-2 on MMLU.",
        "We propose something. It beats LLaMA-2.",
        "We propose a simple and robust method for learning.",
        "",
    ],
)
def test_what_is_only_mentioned_is_not_coined(abstract: str):
    """Baselines and benchmarks of others are not the paper's name."""
    assert find_names("A Title Without Any Name at All", abstract).coined == ()


def test_the_name_in_the_title_is_not_coined_again():
    """Each name counts once, in its strongest place."""
    names = find_names("LIBERO: Benchmarking Knowledge Transfer", "We introduce LIBERO, a benchmark. We propose LIBERO again.")
    assert (names.title, names.coined) == (("LIBERO",), ())


@FEW
@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_has_names_or_none(title: str, abstract: str):
    """Finding names never raises, and every name says something."""
    names = find_names(title, f"We propose {abstract}")
    assert all(name_key(name) for name in (*names.title, *names.part))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("RRT*: Planning That Ends Well", "RRT*"),
        ("**top-H**: Sampling with a Bound", "top-H"),
        ("“RRT”: Planning That Ends", "RRT"),
        ("Bold**: Planning That Ends", "Bold"),
    ],
)
def test_stars_around_a_name_are_no_part_of_it(title: str, name: str):
    """But one behind it is: RRT* is another method than RRT."""
    assert title_names(title)[0] == name
