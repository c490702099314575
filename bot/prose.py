"""Paper text made readable: LaTeX to Unicode, cuts at a word or a sentence. Pure; knows nothing of cards or platforms."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

ELLIPSIS = "…"

# "$5, $10" and "$5-$10" are prices and "\$" is a sign: they are no pair.
_MATH = re.compile(r"(?<!\\)\$\$?(?!\d[^$\n]*(?: \$|\$\d))(?P<body>[^$\n]{1,300}?)(?<!\\)\$\$?")
_LOOKS_LIKE_MATH = re.compile(r"[\\^_{}=<>]|^\s*[A-Za-zα-ωΑ-Ω]\s*$|^[A-Za-z]{1,4}\([^()]{1,30}\)$|^[\d.,+\-×x/ ]{1,12}(%|\\%)?$")
_COMMAND = re.compile(
    r"\\(?!(?:today|cite[a-z]*|ref)\b)[A-Za-z]+\*?(?:\s*\{[^{}\n]{0,200}\})*|\\[\"'`^~=.][A-Za-z]|\\[\"'`^~=.]\{[A-Za-z]\}"
    r"|\\[%&#_$]"
)
_QUOTES = re.compile(r"``(?P<body>[^`'\"\n]{1,200}?)(?:''|\")")
_SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bet al)(?<!\bcf)[.!?][\"”')\]]?(?=\s+[\"“(\[]?[A-Z0-9])"
)


def readable(text: str) -> str:
    """The text with its LaTeX as Unicode where that is possible; what is not LaTeX stays exactly as typed.

    Only `$…$` and backslash commands are touched, so prices, `V^*` and `snake_case` survive.
    """
    if "\\" not in text and "$" not in text and "``" not in text:
        return text
    text = _MATH.sub(_math_to_unicode, text)
    text = _COMMAND.sub(lambda found: _latex_to_unicode(found[0]), text)
    return _QUOTES.sub(lambda found: f"“{found['body']}”", text)


def _math_to_unicode(found: re.Match[str]) -> str:
    return _latex_to_unicode(found[0]) if _LOOKS_LIKE_MATH.search(found["body"]) else found[0]


@lru_cache(maxsize=1)
def _latex_reader() -> "LatexNodes2Text":
    # Imported here: most text holds no LaTeX, and the start of every command would pay for it.
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=False)


@lru_cache(maxsize=4096)
def _latex_to_unicode(snippet: str) -> str:
    guarded = re.sub(r"(?<!\\)%", r"\\%", snippet)  # a bare % would comment out the rest
    try:
        plain = _latex_reader().latex_to_text(guarded)
    except Exception:  # noqa: BLE001 - the library raises many kinds on broken LaTeX; the text then stays as typed
        return snippet
    plain = " ".join(str(plain).split())
    return plain or snippet


def cut_at_word(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, ended at a word with "…" where something was left out."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit // 2:
        cut = cut[:space]
    return cut.rstrip(" ,;:.–—-") + ELLIPSIS


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, by their full stops; abbreviations such as "e.g." do not end one."""
    text = " ".join(text.split())
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    starts = [0, *ends]
    return [part for part in (text[a:b].strip() for a, b in zip(starts, [*ends, len(text)], strict=True)) if part]


def cut_at_sentence(text: str, limit: int, most: int = 2) -> str:
    """The first sentences of a paragraph: at most `most` of them within `limit` characters, at least a cut first one."""
    whole = " ".join(text.split())
    kept = ""
    for sentence in sentences(whole)[:most]:
        longer = f"{kept} {sentence}".strip()
        if len(longer) > limit:
            break
        kept = longer
    if not kept:
        return cut_at_word(whole, limit)
    return kept if kept == whole else kept + " " + ELLIPSIS
