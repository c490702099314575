"""The names papers go by: before a title's colon, or coined in the abstract. Pure text work; knows nothing of the index."""

import re
import unicodedata
from dataclasses import dataclass

from bot.prose import readable

_PREFIX = re.compile(r"^(?P<name>[^:]{1,60}?)\s*(?::\s|:(?=[A-Z])|\s[–—-]\s)(?P<rest>.{3,})$", re.DOTALL)
_REPORT = re.compile(r"^(?P<name>.{2,50}?)\s+(?:Technical|System|Model)\s+(?:Report|Card)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:called|named|dubbed|termed),?\s+(?:the\s+)?[\"“`'*_<]{0,3}(?P<name>[A-Z][\w.+-]{2,30})")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z][\w-]{3,30})>")
_CREATION = (
    "propos",
    "introduc",
    "present",
    "develop",
    "design",
    "named",
    "call",
    "dub",
    "term",
    "devis",
    "build",
    "releas",
    "creat",
)
# A capital after a letter or digit; a lone capital beside a hyphen; letters before a digit.
_MADE_UP = re.compile(r"(?<=\w)[A-Z]|(?:^|-)[A-Z](?=-)|-[A-Z]$|^[A-Za-z][A-Za-z.+-]*\d")
_STRIP = "()[]{}<>*_\"“”'`’,;:?!."
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_FORM_WORDS = 6
_SENTENCE_WORDS = 40
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
    if len(token) < 3 or token.isdigit():
        return False
    return _MADE_UP.search(token) is not None


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
    found = [word.strip(_STRIP) for word in title.split()]
    words = abstract.split()
    # Most words have nothing but small letters after the first; passing over them quickly is half the cost of indexing.
    for at, word in [(at, word) for at, word in enumerate(words) if not word.islower() and not word[1:].islower()]:
        token = word.strip(_STRIP).removesuffix("'s").removesuffix("’s")
        if len(token) <= _TOKEN_CHARS and looks_coined(token) and _introduced(words, at, bracketed=word[0] in "(["):
            found.append(token)
    if "<" in abstract:
        found += [tag["name"] for tag in _TAGGED.finditer(abstract)]
    named = [match["name"].rstrip(".") for match in _NAMING.finditer(abstract)] if _may_name(abstract) else []
    return named + [name for name in found if looks_coined(name) or f"<{name}>" in abstract]


def _may_name(abstract: str) -> bool:
    return any(word in abstract for word in ("named ", "dubbed ", "called ", "termed ", "named, ", "called, "))


def _introduced(words: list[str], at: int, *, bracketed: bool) -> bool:
    """Whether a verb of making stands just before the word, or anywhere before a bracketed one in its sentence."""
    for back in range(1, (_SENTENCE_WORDS if bracketed else 4)):
        before = words[at - back] if at >= back else "."
        if before.endswith((".", "?", "!")):
            return False
        if before.lower().startswith(_CREATION):
            return True
    return False
