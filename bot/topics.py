"""Topics: acronyms and what else a field calls itself, both ways. A small table, and what stored abstracts define.

Pure. The learned part is found here in a text ("Long Form (LF)", after Schwartz and Hearst, "A simple algorithm for identifying
abbreviation definitions in biomedical text", PSB 2003) and counted by the search index.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

# What a field calls itself where no abstract need define it: each line is one topic, its first form the usual one.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("reinforcement learning", "rl", "deep reinforcement learning", "drl"),
    ("markov decision process", "mdp"),
    ("in-context learning", "icl"),
    ("out-of-distribution", "ood"),
    ("large language model", "llm"),
    ("vision-language model", "vlm"),
    ("vision-language-action", "vla"),
    ("retrieval-augmented generation", "rag", "retrieval-augmented"),
    ("graph neural network", "gnn"),
    ("variational autoencoder", "vae"),
    ("self-supervised learning", "ssl", "self-supervised"),
    ("semi-supervised learning", "semi-supervised"),
    ("imitation learning", "behavior cloning", "behaviour cloning", "learning from demonstrations", "bc"),
    ("adversarial attack", "adversarial robustness", "adversarial example", "adversarial training"),
    ("fairness", "bias mitigation", "debiasing", "social bias"),
    ("time series", "time-series forecasting", "forecasting"),
    ("autonomous driving", "self-driving", "autonomous vehicle"),
    ("sim-to-real", "sim2real"),
    ("world model",),
    ("quantization", "low-bit", "post-training quantization", "ptq", "quantisation"),
    ("code generation", "code llm", "code language model", "program synthesis"),
    ("machine translation", "nmt", "neural machine translation"),
    ("meta-learning", "maml", "learning to learn"),
    ("federated learning", "fl"),
    ("few-shot", "few-shot learning", "fsl"),
    ("mixture-of-experts", "moe"),
    ("chain-of-thought", "cot"),
    ("parameter-efficient fine-tuning", "peft"),
    ("reinforcement learning from human feedback", "rlhf"),
    ("reinforcement learning with verifiable rewards", "rlvr"),
    ("speech recognition", "asr", "automatic speech recognition"),
    ("text-to-speech", "tts", "speech synthesis"),
    ("recommender system", "recsys", "recommendation system"),
    ("explainable ai", "xai", "explainability", "interpretability"),
    ("unsupervised domain adaptation", "uda"),
    ("natural language processing", "nlp"),
    ("3d gaussian splatting", "3dgs", "gaussian splatting"),
    ("neural radiance field", "nerf"),
    ("knowledge distillation", "kd"),
    ("differential privacy", "differentially private"),
    ("text-to-image", "t2i"),
    ("text-to-video", "t2v"),
    ("direct preference optimization", "dpo"),
    ("optical character recognition", "ocr"),
    ("visual question answering", "vqa"),
    ("bayesian optimization", "bayesian optimisation"),
    ("data selection", "sample selection", "data curation"),
)

# Forms that belong to a topic without being its name: they widen a search, with less weight, never the other way round.
NARROWER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reinforcement learning", ("markov decision process", "mdp", "grpo", "ppo", "policy optimization", "rlhf", "rlvr")),
    ("in-context learning", ("in-context",)),
    ("adversarial attack", ("jailbreak", "adversarial perturbation")),
    ("large language model", ("language model",)),
)

_BREAK = re.compile(r"[.;:?!)]\s")
_LONG_CHARS = 200
# A bracket's first word, of 2 to 11 letters and digits with at least two capitals.
_SHORT = re.compile(
    r""" \((?P<short>(?=[^A-Z\s)]{0,9}[A-Z][^A-Z\s)]{0,9}[A-Z])[^\W_](?:[^\W_]|-){0,9}[^\W_])[)\],;:.\-/&+"']*(?!\S)"""
)
_PLURAL = re.compile(r"^(?P<stem>[A-Z][A-Z0-9-]+)s$")


def acronym_key(form: str) -> str:
    """An acronym for comparing: lower case, without a plural s after capitals (`LLMs` and `llm` are one)."""
    plural = _PLURAL.match(form)
    return (plural["stem"] if plural else form).lower()


def definitions(text: str) -> list[tuple[str, str]]:
    """The forms a text defines: ("RL", "reinforcement learning") for "reinforcement learning (RL)"."""
    found = []
    for bracket in _SHORT.finditer(text):
        short = bracket["short"]
        bare = short[:-1] if _PLURAL.match(short) else short
        most = min(len(bare) + 5, len(bare) * 2)
        words = text[max(0, bracket.start() - _LONG_CHARS) : bracket.start()].rsplit(None, most)
        long_form = _long_form(bare, words[-most:])
        if long_form:
            found.append((short, long_form))
    return found


def _long_form(short: str, words: list[str]) -> str | None:
    """The shortest run of whole words that ends before the bracket and holds the acronym's letters in order."""
    text = " ".join(words).lower()
    first, *letters = list(short.replace("-", "").lower())
    at = len(text)
    for letter in reversed(letters):
        at = text.rfind(letter, 0, at)
        if at < 0:
            return None
    at = text.rfind(first, 0, at)
    while at > 0 and text[at - 1].isalnum():
        at = text.rfind(first, 0, at)
    if at < 0:
        return None
    long_form = text[text.rfind(" ", 0, at) + 1 :].strip(" ,.;:\"'“”*_`(")
    size = len(long_form.replace("-", " ").split())
    fits = len(long_form) > len(short) + 2 and 2 <= size <= len(letters) * 2 + 3
    return long_form if fits and not _BREAK.search(long_form) else None


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    return {plain(form): group for group in SYNONYMS for form in group}


def synonyms(form: str) -> tuple[str, ...]:
    """The other forms of a topic in the table, the usual one first; empty where the table does not know it."""
    group = _table().get(plain(form), ())
    return tuple(other for other in group if plain(other) != plain(form))


def narrower(form: str) -> tuple[str, ...]:
    """Forms that widen a search for a topic with less weight."""
    group = _table().get(plain(form), (form,))
    return next((forms for topic, forms in NARROWER if topic == group[0]), ())


def plain(form: str) -> str:
    """A form for comparing: lower case, spaces for hyphens, no plural s at its end."""
    words = form.lower().replace("-", " ").split()
    if words and len(words[-1]) > 3 and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is")):
        words[-1] = words[-1].removesuffix("es" if words[-1].endswith("sses") else "s")
    return " ".join(words)


def title_acronyms(title: str, forms: Iterable[tuple[str, str]]) -> list[str]:
    """Of the forms an abstract defines, those that shorten its own title, or a side of the title's colon: names of the paper."""
    sides = {plain(side.strip()) for side in (title, *title.split(":", 1))}
    return [short for short, long_form in forms if plain(long_form) in sides]


def near_topics(text: str, limit: int) -> list[str]:
    """The usual names of topics that look like a text, most alike first; none that is the text itself."""
    forms = {plain(form): group[0] for group in SYNONYMS for form in group}
    parts = [text, *(word for word in text.split() if len(word) >= 4)]
    found = [
        one
        for part in parts
        for one in process.extract(plain(part), list(forms), scorer=fuzz.WRatio, score_cutoff=80, limit=limit)
    ]
    topics = dict.fromkeys(forms[form] for form, _, _ in sorted(found, key=lambda one: -one[1]))
    return [topic for topic in topics if plain(topic) != plain(text)][:limit]
