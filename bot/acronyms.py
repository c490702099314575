"""Acronyms that a text defines itself, "Long Form (LF)", and how forms are compared. Pure.

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", PSB 2003. The search
index counts what is found here.
"""

import re
from collections.abc import Iterable

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
