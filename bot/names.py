"""The names papers go by: before a title's colon, or coined in the abstract. Pure text work; knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from ahocorasick_rs import AhoCorasick

from bot.prose import readable

_PREFIX = re.compile(r"^(?P<name>[^:]{1,60}?)\s*(?::\s|:(?=[A-Z])|\s(?:[–—]|-{1,3})\s|—|---)(?P<rest>.{3,})$", re.DOTALL)
_DASHED = re.compile(r"\s(?:[–—]|-{1,3})\s|—|---")
_APPOSED = re.compile(r"^(?P<name>\S{2,30}), (?:an?|the) ", re.IGNORECASE)
_BEHIND = re.compile(r": (?:the |introducing |meet )?(?P<name>\S{3,30})(?: \w+)?$", re.IGNORECASE)
_BEHIND_THE = re.compile(r": [Tt]he (?P<name>[A-Z]\S*(?: [A-Z]\S*){0,2})$")
_BRACKETED = re.compile(r"[(\[](?P<name>[A-Za-z][\w.+-]{1,20})[)\]]")
_VERSIONED = re.compile(r"^(?:The )?(?P<name>[A-Z][A-Za-z]+[ -]\d{1,2}(?:\.\d)?)(?= )")
_TEAM = re.compile(r"^(?P<name>\S{2,30}(?: \S{2,20})?) at (?=[A-Z])")
_ARTICLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
# What a name is a name of: left out by who types it, or put behind it.
_KIND_OF_THING = re.compile(
    r"\s(?:paper|data ?set|corpus|benchmark|challenge|toolkit|toolbox|library|system|framework|model|method|algorithm"
    r"|architecture|database|suite|project)s?$",
    re.IGNORECASE,
)
_WHOLE_THING = re.compile(
    r"^(?P<name>(?:the |an? )?[^\s:]+(?: [^\s:]+){0,2}? (?:data ?set|corpus|benchmark|challenge)s?)(?: (?:of|for|and|in|on) |$)",
    re.IGNORECASE,
)
_REPORT = re.compile(r"^(?P<name>.{2,50}?)\s+(?:Technical|System|Model)\s+(?:Report|Card)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:called|named|dubbed|termed),?\s+(?:the\s+)?[\"“`'*_<]{0,3}(?P<name>[A-Z][\w.+-]{2,30})")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z][\w-]{3,30})>")
_NAMING_VERBS = ("named", "dubbed", "called", "termed")
_PROPOSERS = (" propos", " introduc", " present", " develop", " releas", "Introducing", "Presenting")
_BRACKET, _TAG = len(_PROPOSERS), len(_PROPOSERS) + 1
_MAKERS = (
    " propos", " introduc", " present", " develop", " design", " releas", " construct", " build", " creat", " devis",
    " nam", " call", " dub", " term", "Introduc", "Present",
)  # fmt: skip
# Acronyms of three letters and plural ones: they begin abstracts about a whole field.
_COMMON = re.compile(r"[A-Z]{2,3}\b|[A-Z-]+s\b")
_STRIP = "()[]{}<>*_\"“”'`’,;:?!."
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi "
            "chi psi omega"
        ).split(),
        strict=True,
    )
)
_FORM_WORDS = 6
_SENTENCE_CHARS = 300
_AFTER_CHARS = 70
_TOKEN_CHARS = 32

# A capital after a letter or digit; a lone capital beside a hyphen; letters before a digit.
_MADE_UP = re.compile(r"(?<=\w)[A-Z]|(?:^|-)[A-Z](?=-)|-[A-Z]$|^[A-Za-z][A-Za-z.+-]*\d")


Kind = Literal["name", "part", "coined", "also"]
"""In what way a paper goes by a name, the strongest first: see `Names`."""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Names:
    """A paper's names as written: `title` the name before its colon, `part` a piece of that or another one in the title.

    `coined` are from the abstract; `also` too, of a paper that its title gives a coined name: a benchmark it brings along.
    """

    title: tuple[str, ...]
    part: tuple[str, ...]
    coined: tuple[str, ...]
    also: tuple[str, ...] = ()

    def written(self) -> Iterator[tuple[Kind, str]]:
        """Each name with its kind, the strongest kind first."""
        kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
            ("name", self.title), ("part", self.part), ("coined", self.coined), ("also", self.also),
        )  # fmt: skip
        return ((kind, name) for kind, names in kinds for name in names)


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name's letters and digits, in lower case without accents: `Top-H`, `top h` and `topH` are one name.

    A Greek letter is its English name (`τ-bench` is `tau-bench`), a small or raised digit the digit.
    """
    if name.isascii():
        return _NO_NAME.sub("", name).lower()
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(_GREEK.get(char, char) for char in folded if char.isalnum())


def bare_name(text: str) -> str:
    """A name as typed without an article before it and the kind of thing behind it: `LIBERO` of `the LIBERO benchmark`."""
    return _KIND_OF_THING.sub("", _ARTICLE.sub("", text)).removesuffix("'s").removesuffix("’s")


def find_names(title: str, abstract: str) -> Names:
    """The names of a paper."""
    title = readable(title)
    whole = title_names(title)
    named = any(" " not in name and looks_coined(name) for name in whole)
    parts = _unlike((*_parts(whole), *_other_names(title)), whole)
    words = () if named or _shouts(title) else title.split()
    coined = _unlike(
        [name for word in words if (name := _made_up(word))] + _coined(abstract.replace("\n", " ")), (*whole, *parts)
    )
    return Names(whole, parts, coined if not named else (), coined if named else ())


def _unlike(names: Iterable[str], taken: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, whose keys are not taken yet."""
    keys = {name_key(name) for name in taken}
    return tuple(dict.fromkeys(name for name in names if name_key(name) and name_key(name) not in keys))


def _shouts(title: str) -> bool:
    """Whether a title is all in capitals, so that they tell nothing of a word."""
    return title.isupper() and len(title.split()) > 2


def looks_coined(token: str) -> bool:
    """Whether a word was made up: capitals inside it, or letters mixed with digits; `Vision-Language` was not."""
    return len(token) >= 3 and not token.isdigit() and _MADE_UP.search(token) is not None


def title_names(title: str) -> tuple[str, ...]:
    """The names that a title gives its paper: what stands before the colon, or before "Technical Report"."""
    found: list[str] = []
    prefix = _PREFIX.match(title) if ":" in title or _DASHED.search(title) else None
    if prefix and len(prefix["name"].split()) <= _FORM_WORDS:
        name = _unmarked(prefix["name"])
        inner = _BRACKETED.search(name) if name[-1:] in (")", "]") else None
        found += [name[: inner.start()].strip(), inner["name"]] if inner else [name]
    apposed = _APPOSED.match(title) if ", " in title[:32] else None
    if apposed and looks_coined(apposed["name"]):
        found.append(apposed["name"])
    report = _REPORT.match(title) if "eport" in title or "ard" in title else None
    if report:
        found.append(report["name"])
    if not found and len(title.split()) <= 2:
        found.append(title)
    return tuple(name for name in dict.fromkeys(found) if name_key(name))


def _unmarked(name: str) -> str:
    """A name without quotation marks and stars around it, as of bold type; the star of RRT* is its own."""
    bare = name.strip(" \"“”'")
    return bare if bare.endswith("*") and not bare.startswith("*") and not bare.endswith("**") else bare.strip("*\"“”' ")


def _parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """`Top-H` of `Top-H Decoding`, `ADMIRE` of `ADMIRE-BayesOpt`."""
    found = []
    for name in names:
        bare = bare_name(name)
        if bare != name and (looks_coined(bare) or _ARTICLE.match(name)):
            found.append(bare)
        if team := _TEAM.match(name):
            found.append(team["name"])
        first = bare.split()[0] if bare.split() else name
        if first != name and looks_coined(first):
            found.append(first)
        head = first.split("-")[0]
        if head != first and len(head) >= 4 and looks_coined(head):
            found.append(head)
    return tuple(dict.fromkeys(found))


def _other_names(title: str) -> Iterator[str]:
    """Names a title gives elsewhere: an acronym in brackets, the last word behind its colon, `the Penn Treebank dataset`."""
    if "(" in title or "[" in title:
        for bracket in _BRACKETED.finditer(title):
            name = bracket["name"]
            if looks_coined(name) or (name.isupper() and name.isalpha()):
                yield name
                yield name.removesuffix("s") if name[:-1].isupper() else name  # HMM of HMMs
    versioned = _VERSIONED.match(title)
    if versioned:
        yield versioned["name"]
    behind = _BEHIND.search(title) if ":" in title else None
    if behind and looks_coined(behind["name"]):
        yield behind["name"]
    called = _BEHIND_THE.search(title) if ": " in title else None
    if called:
        yield bare_name(called["name"])
    thing = _WHOLE_THING.match(title)
    if thing and (looks_coined(bare := bare_name(thing["name"])) or title[:4].lower() == "the "):
        yield bare


def _coined(abstract: str) -> list[str]:
    """Made-up words of an abstract that begin it, or that a verb of making or naming introduces, in their order."""
    found = []
    first = _made_up(abstract[:_TOKEN_CHARS].split(" ", 1)[0])
    if first and not _COMMON.match(first):
        found.append(first)  # an abstract about it: "SAPO uses a smooth gate …"
    for number, begin, end in _signs().find_matches_as_indexes(abstract):
        if number < len(_PROPOSERS):
            found += _after_verb(abstract, end)
        elif number == _BRACKET:
            found += _in_bracket(abstract, begin)
        elif name := (_TAGGED if number == _TAG else _NAMING).match(abstract, begin):
            found.append(name["name"].rstrip("."))
    return found


@lru_cache(maxsize=1)
def _signs() -> AhoCorasick:
    """What a name may stand behind."""
    return AhoCorasick([*_PROPOSERS, "(", "<", *_NAMING_VERBS])


def _made_up(word: str) -> str | None:
    """The name that a word of running text is, without its punctuation, if it looks coined."""
    if word[1:].islower():  # nearly every word
        return None
    name = word.strip(_STRIP).removesuffix("'s").removesuffix("’s")
    return name if len(name) <= _TOKEN_CHARS and looks_coined(name) else None


def _after_verb(abstract: str, at: int) -> Iterator[str]:
    """Made-up words among the three after "we propose", within the sentence."""
    for word in abstract[at : at + _AFTER_CHARS].split(" ")[1:4]:
        if name := _made_up(word):
            yield name
        if word and word[-1] in ".?!":
            break


def _in_bracket(abstract: str, at: int) -> Iterator[str]:
    """The made-up word that begins a bracket, in a sentence with a verb of making before it."""
    name = _made_up(abstract[at + 1 : at + 1 + _TOKEN_CHARS].split(" ", 1)[0])
    if name:
        sentence = abstract[max(abstract.rfind(". ", 0, at), at - _SENTENCE_CHARS, 0) : at]
        if any(map(sentence.__contains__, _MAKERS)):
            yield name
