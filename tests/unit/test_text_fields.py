"""What the index takes from a paper's texts, field by field."""

from bot.text_fields import text_fields

ABSTRACT = (
    "We propose SAPO. Soft adaptive policy optimization (SAPO) is reinforcement learning (RL) with $\\alpha$. RL is useful."
)


def test_texts_become_fields():
    """LaTeX is Unicode, names are keys, acronyms stand both ways, a topic as often as it is marked."""
    (fields,) = text_fields([("Soft Adaptive Policy Optimization", ABSTRACT, ("gating",))])
    assert "α" in fields["abstract"]
    assert fields["coined"] == ["sapo"]
    assert fields["written"] == b"2SAPO"
    assert "rl\treinforcement learning" in fields["acronym"]
    assert "reinforcement learning\trl" in fields["expansion"]
    assert "title" not in fields  # it was readable
    assert fields["topic"].split().count("reinforcement_learning") > 1


def test_an_empty_abstract_leaves_nothing():
    """Empty fields are left out, and texts that are as they were."""
    assert text_fields([("A Title of Five Words", "", ())]) == [{}]
    assert text_fields([]) == []
