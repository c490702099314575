"""Which topics a paper is about: what its title says counts most, what it defines otherwise counts nothing."""

from bot.aboutness import mentions, topic_marks
from bot.acronyms import definitions


def _marks(title: str, abstract: str = "", *keywords: str) -> dict[str, int]:
    return topic_marks(title, abstract, keywords, definitions(abstract))


def test_a_topic_of_the_title_is_above_one_often_said_and_that_above_one_said_once():
    """Then come its keywords, and at last what is only a part of the topic."""
    rl = "reinforcement learning"
    titled = _marks("Deep RL for robots")[rl]
    often = _marks("Robots", "RL here. RL there. RL everywhere.")[rl]
    keyword = _marks("Robots", "", "reinforcement learning")[rl]
    once = _marks("Robots", "x " * 50 + "by RL.")[rl]
    part = _marks("PPO for robots")[rl]
    assert titled > often > once > part > 0
    assert keyword > once


def test_what_is_wider_is_marked_too():
    """Offline RL is RL; RL is not offline RL."""
    assert _marks("Offline RL revisited").keys() >= {"offline reinforcement learning", "reinforcement learning"}
    assert "offline reinforcement learning" not in _marks("RL revisited")


def test_an_acronym_counts_in_capitals_only():
    """A rag is a rag; RAG and RAGs are retrieval."""
    key = "retrieval augmented generation"
    assert key not in _marks("Picking up a rag with a robot")
    assert key in _marks("Do RAGs forget?")


def test_an_acronym_that_the_paper_defines_otherwise_does_not_count():
    """RL may be representation learning here."""
    abstract = "We study representation learning (RL). RL is useful."
    assert "reinforcement learning" not in _marks("On RL", abstract)
    assert "representation learning" in _marks("On RL", abstract)


def test_an_acronym_with_several_readings_needs_other_evidence():
    """DP alone says nothing; beside “private”, or where it is defined, it says which."""
    assert not {"differential privacy", "dynamic programming"} & _marks("Fast DP").keys()
    assert "differential privacy" in _marks("Fast DP", "We train private models.")
    assert "dynamic programming" in _marks("Fast DP", "With dynamic programming (DP) we find paths.")


def test_longer_forms_are_one_mention():
    """“deep reinforcement learning” holds “reinforcement learning” and is said once."""
    found = mentions("", "We use deep reinforcement learning.", (), [])
    assert found["reinforcement learning"].times == 1


def test_where_a_topic_is_said_is_told():
    """Title, keywords, the beginning of the abstract, and how often."""
    said = mentions("About LLMs", "An LLM. " + "word " * 50 + "The LLM.", ("large language models",), [])["large language model"]
    assert (said.title, said.keywords, said.beginning, said.times) == (True, True, True, 2)


def test_nothing_said_is_no_topic():
    """Empty texts and unknown words have no marks."""
    assert _marks("") == {}
    assert _marks("Grumpf zork", "Blah.") == {}
