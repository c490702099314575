"""The names papers go by: before a title's colon, or coined in the abstract. Pure text work; knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.prose import readable

_PREFIX = re.compile(r"^(?P<name>[^:]{1,60}?)\s*(?::\s|:(?=[A-Z])|\s[–—-]\s)(?P<rest>.{3,})$", re.DOTALL)
_REPORT = re.compile(r"^(?P<name>.{2,50}?)\s+(?:Technical|System|Model)\s+(?:Report|Card)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:called|named|dubbed|termed),?\s+(?:the\s+)?[\"“`'*_<]{0,3}(?P<name>[A-Z][\w.+-]{2,30})")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z][\w-]{3,30})>")
_MARKS_KEPT = 200_000
_NAMING_VERBS = ("named", "dubbed", "called", "termed")
_MAKERS = frozenset(
    form
    for stem in ("propos", "introduc", "creat", "releas", "devis", "nam")
    for ending in ("e", "es", "ed", "ing")
    for form in (stem + ending, (stem + ending).capitalize())
) | frozenset(
    form
    for verb in ("present", "develop", "design", "build", "call", "dub", "dubb", "term", "construct", "contribut", "offer")
    for ending in ("", "e", "s", "es", "ed", "ing")
    for form in (verb + ending, (verb + ending).capitalize(), verb + ending + ",")
) | {"namely", "namely,", "named,", "built"}  # fmt: skip
# A capital after a letter or digit; a lone capital beside a hyphen; letters before a digit.
_MADE_UP = re.compile(r"(?<=\w)[A-Z]|(?:^|-)[A-Z](?=-)|-[A-Z]$|^[A-Za-z][A-Za-z.+-]*\d")
# Acronyms of three letters and plural ones: they begin abstracts about a whole field.
_COMMON = re.compile(r"[A-Z]{2,3}\b|[A-Z-]+s\b")
_STRIP = "()[]{}<>*_\"“”'`’,;:?!."
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_FORM_WORDS = 6
_SENTENCE_CHARS = 300
_BEFORE_CHARS = 50
# A capital or digit with something before it, and the rest of its word. It begins with a set of letters on purpose: the
# engine skips to the next of these quickly.
_INNER = re.compile(r"[A-Z0-9](?<=\S.)\S*")
_TOKEN_CHARS = 32


@dataclass(frozen=True, slots=True)
class Names:
    """A paper's names as written: `title` the name before its colon, `part` a piece of that, `coined` from the abstract."""

    title: tuple[str, ...]
    part: tuple[str, ...]
    coined: tuple[str, ...]


def name_key(name: str) -> str:
    """A name's letters and digits, in lower case without accents: `Top-H`, `top h` and `topH` are one name."""
    if name.isascii():
        return _NO_NAME.sub("", name).lower()
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def find_names(title: str, abstract: str) -> Names:
    """The names of a paper."""
    title = readable(title)
    whole = title_names(title)
    parts = _parts(whole)
    taken = {name_key(name) for name in (*whole, *parts)}
    coined = [name for name in _coined(title, abstract) if name_key(name) not in taken]
    return Names(whole, parts, tuple(dict.fromkeys(coined)))


def looks_coined(token: str) -> bool:
    """Whether a word was made up: capitals inside it, or letters mixed with digits; `Vision-Language` was not."""
    return len(token) >= 3 and not token.isdigit() and _MADE_UP.search(token) is not None


def title_names(title: str) -> tuple[str, ...]:
    """The names that a title gives its paper: what stands before the colon, or before "Technical Report"."""
    found = []
    prefix = _PREFIX.match(title)
    if prefix and len(prefix["name"].split()) <= _FORM_WORDS:
        found.append(prefix["name"].strip(" \"“”'*"))
    report = _REPORT.match(title)
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


def _coined(title: str, abstract: str) -> list[str]:
    """Made-up words of the title; of the abstract those that a sentence of making or naming introduces."""
    abstract = abstract.replace("\n", " ")
    found = [mark for _, word in _odd_words(title) if (mark := _MARKS[word])]
    found += [mark for at, word in _odd_words(abstract) if (mark := _MARKS[word]) and _introduced(abstract, at)]
    if "<" in abstract:
        found += [tag["name"] for tag in _TAGGED.finditer(abstract)]
    if any(verb in abstract for verb in _NAMING_VERBS):
        found += [match["name"].rstrip(".") for match in _NAMING.finditer(abstract)]
    return found


def _odd_words(text: str) -> Iterator[tuple[int, str]]:
    """The words with a capital or a digit after their first letter, and where they begin: few of all, found at C's speed."""
    for inner in _INNER.finditer(text):
        start = text.rfind(" ", 0, inner.start()) + 1
        yield start, text[start : inner.end()]


class _Marks(dict[str, str]):
    """The made-up name that a word of running text is, without its punctuation, or nothing. A bounded memory."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MARKS_KEPT:
            self.clear()
        token = word.strip(_STRIP).removesuffix("'s").removesuffix("’s")
        self[word] = token if len(token) <= _TOKEN_CHARS and looks_coined(token) else ""
        return self[word]


_MARKS = _Marks()


def _introduced(text: str, at: int) -> bool:
    """Whether the word begins the abstract, or follows a verb of making: closely, or anywhere in its sentence if in brackets."""
    if text[at] in "([":
        sentence = text.rfind(". ", 0, at) + 1
        return not _MAKERS.isdisjoint(text[max(sentence, at - _SENTENCE_CHARS) : at].split())
    if at == 0:
        return _COMMON.match(text) is None  # an abstract about it: "SAPO uses a smooth gate …"
    before = text[max(0, at - _BEFORE_CHARS) : at]
    sentence = max(before.rfind(end) for end in (". ", "? ", "! ")) + 1
    return not _MAKERS.isdisjoint(before[sentence:].split()[-3:])
