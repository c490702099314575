"""Paper text made readable: LaTeX becomes Unicode, and nothing that is not LaTeX is touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prose import ELLIPSIS, cut_at_sentence, cut_at_word, readable, sentences

FEW = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"the $\alpha$-divergence", "the α-divergence"),
        (r"$\sim$10 times", "∼10 times"),
        (r"$x^2$ and $y$", "x^2 and y"),
        (r"$$E = mc^2$$", "E = mc^2"),
        (r"$O(n)$ = $f(x)$", "O(n) = f(x)"),
        (r"$\mathcal{O}(n^2)$ steps", "𝒪(n^2) steps"),
        (r"$n=5$ and $m=6$", "n=5 and m=6"),
        (r"$K$-means with $95\%$", "K-means with 95%"),
        (r"$10\times$ faster", "10× faster"),
        (r"\emph{very} \textbf{bold}", "very bold"),
        (r"a \alpha x", "a α x"),
        (r"Schr\"odinger, G\"{o}del, caf\'e", "Schrödinger, Gödel, café"),
        (r"11.6\% of R\&D \#1 \_x", "11.6% of R&D #1 _x"),
        (r"\frac{1}{2} of it", "1/2 of it"),
        (r"A $\rightarrow$ B", "A → B"),
        ("``quoted'' and ``also\"", "“quoted” and “also”"),
    ],
)
def test_latex_becomes_unicode(typed: str, shown: str):
    """Formulas, accents, escapes and quotation marks read as text."""
    assert readable(typed) == shown


@pytest.mark.parametrize(
    "text",
    [
        "sp(V^*) and **top-H** and <projektor>",
        "snake_case stays, x_1 and y^2 too",
        "$5 and $10",
        "$5, $10 and $20",
        "$5-$10 or $5/$10",
        "from $5 to $10, or US$ 5 and US$ 10",
        "a $5 fee with V^* and $20",
        "one $ sign",
        "$ $ $$ $$$",
        "100% of 50% % With a comment sign",
        r"C:\Users\name and \unknowncommand",
        r"\input{/etc/passwd}",
        r"\today and \cite{someone2024}",
        "`code` and it's 'fine'",
        "mathcal{O} without its backslash",
        "",
    ],
)
def test_what_is_no_latex_stays_as_typed(text: str):
    """Prices, stars, carets, underscores, percent signs, paths and unknown commands survive letter for letter."""
    assert readable(text) == text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"\$5 and \$10", "$5 and $10"),
        (r"$5 is 10\% of $50", "$5 is 10% of $50"),
        (r"$5 a month for $x^2$", "$5 a month for x^2"),
        (r"$k$-NN costs $3 a month", "k-NN costs $3 a month"),
    ],
)
def test_prices_and_formulas_may_stand_together(typed: str, shown: str):
    """A dollar sign before a number is money, between formulas it is not."""
    assert readable(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [r"up 5% % by $\alpha$ % more 10% here", r"\emph{50% of} it % all", r"$50% x^2$ and the rest", r"$\alpha % \beta$ end"],
)
def test_a_percent_sign_never_swallows_what_follows(typed: str):
    """In LaTeX it begins a comment; in an abstract it is a percent sign."""
    shown = readable(typed)
    assert shown.count("%") == typed.count("%")
    assert shown.split()[-1] == typed.rsplit(maxsplit=1)[-1].strip("$")


@FEW
@given(st.text(st.characters(exclude_characters="\\$`", exclude_categories=["Cs"]), max_size=200))
def test_text_without_latex_signs_is_untouched(text: str):
    """Without a backslash, a dollar sign or a grave accent nothing can change."""
    assert readable(text) == text


PIECES = st.sampled_from(
    ["$", "$$", "\\", "{", "}", "%", "\\alpha", "\\frac", "^", "_", "\\begin{a}", "\\(", "&", "``", "''", "\n", " x ", "5"]
)


@FEW
@given(st.lists(PIECES, max_size=25).map("".join))
def test_broken_latex_never_crashes(text: str):
    """Formulas cut in the middle give some text, and the words around them are still there."""
    assert readable(f"before {text} after").startswith("before")
    assert readable(f"before {text} after").endswith("after")


def test_a_cut_ends_at_a_word():
    """Nothing is cut inside a word, and the cut shows."""
    assert cut_at_word("one two three", 9) == "one two…"
    assert cut_at_word("one two, three", 10) == "one two…"
    assert cut_at_word("one two", 7) == "one two"
    assert cut_at_word("  one \n two ", 7) == "one two"


def test_a_word_longer_than_the_limit_is_cut_inside():
    """An endless word still fits."""
    assert cut_at_word("x" * 50, 10) == "x" * 9 + ELLIPSIS


@FEW
@given(st.text(max_size=200), st.integers(1, 100))
def test_a_cut_never_exceeds_its_limit(text: str, limit: int):
    """Whatever the text, the limit holds, and text that fits is only tidied."""
    cut = cut_at_word(text, limit)
    tidy = " ".join(text.split())
    assert len(cut) <= limit
    assert cut == tidy or (len(tidy) > limit and cut.endswith(ELLIPSIS) and tidy.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Methods, e.g. LIBERO, work. They do.", ["Methods, e.g. LIBERO, work.", "They do."]),
        ("As Liu et al. Show us. Good.", ["As Liu et al. Show us.", "Good."]),
        ("Tuning, i.e. Training, vs. Testing, cf. Table 2. End.", ["Tuning, i.e. Training, vs. Testing, cf. Table 2.", "End."]),
        ("By J. Smith. It works.", ["By J. Smith.", "It works."]),
        ("It gains 1.37% on 2.5M rows. Next.", ["It gains 1.37% on 2.5M rows.", "Next."]),
        ("Code: https://a.example/b. More.", ["Code: https://a.example/b.", "More."]),
        ("He said “yes.” They left.", ["He said “yes.”", "They left."]),
        ("no end here", ["no end here"]),
        ("  spaced \n out.  Yes. ", ["spaced out.", "Yes."]),
        ("", []),
    ],
)
def test_sentences_end_where_sentences_end(text: str, parts: list[str]):
    """Abbreviations, initials, numbers and addresses do not end a sentence."""
    assert sentences(text) == parts


@FEW
@given(st.text('aB .!?"”)(', max_size=80))
def test_no_letter_is_lost_between_sentences(text: str):
    """Sentences put together are the text."""
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "")


def test_a_paragraph_is_cut_after_a_sentence():
    """The first sentences that fit, at most two, with a sign that there is more."""
    text = "First one. Second one. Third one."
    assert cut_at_sentence(text, 100) == "First one. Second one. …"
    assert cut_at_sentence(text, 12) == "First one. …"
    assert cut_at_sentence(text, 100, most=1) == "First one. …"
    assert cut_at_sentence(text, 100, most=3) == text


def test_a_first_sentence_that_does_not_fit_is_cut_at_a_word():
    """There is always something to read."""
    assert cut_at_sentence("A very long first sentence. Short.", 14) == "A very long…"


@FEW
@given(st.text(max_size=300), st.integers(5, 120))
def test_a_cut_paragraph_stays_near_its_limit(text: str, limit: int):
    """Only the sign that there is more may stand beyond the limit."""
    assert len(cut_at_sentence(text, limit).removesuffix(" " + ELLIPSIS)) <= limit
