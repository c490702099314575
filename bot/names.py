"""The names papers go by: before a title's colon, or coined in the abstract. Pure text work; knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.prose import readable

_PREFIX = re.compile(r"^(?P<name>[^:]{1,60}?)\s*(?::\s|:(?=[A-Z])|\s[–—-]\s)(?P<rest>.{3,})$", re.DOTALL)
_DASHED = re.compile(r"\s[–—-]\s")
_REPORT = re.compile(r"^(?P<name>.{2,50}?)\s+(?:Technical|System|Model)\s+(?:Report|Card)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:called|named|dubbed|termed),?\s+(?:the\s+)?[\"“`'*_<]{0,3}(?P<name>[A-Z][\w.+-]{2,30})")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z][\w-]{3,30})>")
_NAMING_VERBS = ("named", "dubbed", "called", "termed")
_PROPOSERS = (" propos", " introduc", " present", " develop", " releas", "Introducing", "Presenting")
_MAKERS = (
    " propos", " introduc", " present", " develop", " design", " releas", " construct", " build", " creat", " devis",
    " nam", " call", " dub", " term", "Introduc", "Present",
)  # fmt: skip
# Acronyms of three letters and plural ones: they begin abstracts about a whole field.
_COMMON = re.compile(r"[A-Z]{2,3}\b|[A-Z-]+s\b")
_STRIP = "()[]{}<>*_\"“”'`’,;:?!."
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_FORM_WORDS = 6
_SENTENCE_CHARS = 300
_AFTER_CHARS = 70
_TOKEN_CHARS = 32

# A capital after a letter or digit; a lone capital beside a hyphen; letters before a digit.
_MADE_UP = re.compile(r"(?<=\w)[A-Z]|(?:^|-)[A-Z](?=-)|-[A-Z]$|^[A-Za-z][A-Za-z.+-]*\d")


@dataclass(frozen=True, slots=True)
class Names:
    """A paper's names as written: `title` the name before its colon, `part` a piece of that, `coined` from the abstract."""

    title: tuple[str, ...]
    part: tuple[str, ...]
    coined: tuple[str, ...]


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name's letters and digits, in lower case without accents: `Top-H`, `top h` and `topH` are one name."""
    if name.isascii():
        return _NO_NAME.sub("", name).lower()
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def find_names(title: str, abstract: str) -> Names:
    """The names of a paper. Where its title gives it a coined name, as in `LIBERO: …`, the abstract is not asked for another."""
    title = readable(title)
    whole = title_names(title)
    parts = _parts(whole)
    if whole and any(" " not in name and looks_coined(name) for name in whole):
        return Names(whole, parts, ())
    taken = {name_key(name) for name in (*whole, *parts)}
    coined = [name for word in title.split() if (name := _made_up(word))] + _coined(abstract.replace("\n", " "))
    return Names(whole, parts, tuple(dict.fromkeys(name for name in coined if name_key(name) not in taken)))


def looks_coined(token: str) -> bool:
    """Whether a word was made up: capitals inside it, or letters mixed with digits; `Vision-Language` was not."""
    return len(token) >= 3 and not token.isdigit() and _MADE_UP.search(token) is not None


def title_names(title: str) -> tuple[str, ...]:
    """The names that a title gives its paper: what stands before the colon, or before "Technical Report"."""
    found = []
    prefix = _PREFIX.match(title) if ":" in title or _DASHED.search(title) else None
    if prefix and len(prefix["name"].split()) <= _FORM_WORDS:
        found.append(prefix["name"].strip(" \"“”'*"))
    report = _REPORT.match(title) if "eport" in title or "ard" in title else None
    if report:
        found.append(report["name"])
    if not found and len(title.split()) <= 2:
        found.append(title)
    return tuple(name for name in dict.fromkeys(found) if name_key(name))


def _parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """`Top-H` of `Top-H Decoding`, `ADMIRE` of `ADMIRE-BayesOpt`."""
    found = []
    for name in names:
        first = name.split()[0]
        if first != name and looks_coined(first):
            found.append(first)
        head = first.split("-")[0]
        if head != first and len(head) >= 4 and looks_coined(head):
            found.append(head)
    return tuple(dict.fromkeys(found))


def _coined(abstract: str) -> list[str]:
    """Made-up words of an abstract that begin it, or that a verb of making or naming introduces."""
    found = []
    first = _made_up(abstract[:_TOKEN_CHARS].split(" ", 1)[0])
    if first and not _COMMON.match(first):
        found.append(first)  # an abstract about it: "SAPO uses a smooth gate …"
    found += _after_verbs(abstract)
    found += _in_brackets(abstract)
    if "<" in abstract:
        found += [tag["name"] for tag in _TAGGED.finditer(abstract)]
    if any(map(abstract.__contains__, _NAMING_VERBS)):
        found += [match["name"].rstrip(".") for match in _NAMING.finditer(abstract)]
    return found


def _made_up(word: str) -> str | None:
    """The name that a word of running text is, without its punctuation, if it looks coined."""
    if word[1:].islower():  # nearly every word
        return None
    name = word.strip(_STRIP).removesuffix("'s").removesuffix("’s")
    return name if len(name) <= _TOKEN_CHARS and looks_coined(name) else None


def _after_verbs(abstract: str) -> Iterator[str]:
    """Made-up words among the three after "we propose", within the sentence. Plain searches: a pattern is much slower."""
    for verb in _PROPOSERS:
        at = abstract.find(verb)
        while at >= 0:
            at += len(verb)
            for word in abstract[at : at + _AFTER_CHARS].split(" ")[1:4]:
                if name := _made_up(word):
                    yield name
                if word and word[-1] in ".?!":
                    break
            at = abstract.find(verb, at)


def _in_brackets(abstract: str) -> Iterator[str]:
    """Made-up words that begin a bracket, in a sentence with a verb of making before it."""
    at = abstract.find("(")
    while at >= 0:
        name = _made_up(abstract[at + 1 : at + 1 + _TOKEN_CHARS].split(" ", 1)[0])
        if name:
            sentence = abstract[max(abstract.rfind(". ", 0, at), at - _SENTENCE_CHARS, 0) : at]
            if any(map(sentence.__contains__, _MAKERS)):
                yield name
        at = abstract.find("(", at + 1)
