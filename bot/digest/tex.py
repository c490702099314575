"""TeX as BibTeX files and arXiv's mails write it, to Unicode: accents, letters, dashes, braces. Linear in the text's length.

Formulas (`$…$`) and commands that are not known stay as typed: `bot/prose.py` reads those where a text is shown.
"""

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "S": "§",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "ldots": "…", "dots": "…",
}  # fmt: skip
_ACCENT = re.compile(
    r"""\\(?:(?P<sign>[`'^~=."]) ?|(?P<mark>[uvHcdbkr])(?: +|(?=[{\\])))"""
    r"""(?:\{ ?\\?(?P<braced>[A-Za-z])\}|\\?(?P<plain>[A-Za-z]))"""
)
_LETTER = re.compile(r"\\(?P<name>" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![A-Za-z])(?:\{\}| +)?")
_STYLE = re.compile(r"\\(?:emph|textit|textbf|textrm|textsc|texttt|textsf|mbox|it|em|bf|rm|sc|tt|sl)(?![A-Za-z])\s?")
_ESCAPED = re.compile(r"\\([&%#_{}])")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?(?:\{[^{}]{0,200}\})+")
_FORMULA = re.compile(r"((?<!\\)\$[^$]{1,500}(?<!\\)\$)")
_KEPT = {"{": "\ue000", "}": "\ue001"}
_AWAY = str.maketrans(_KEPT)
_BACK = str.maketrans({kept: brace for brace, kept in _KEPT.items()})


def accents(text: str) -> str:
    """The text with TeX's accents and letters as Unicode: `M\\"uller`, `Fran\\c{c}ois`, `Micha\\l`."""
    if "\\" not in text:
        return text
    text = _ACCENT.sub(_accented, text)
    text = re.sub(r"\{([^{}\\\x00-\x7f])\}", r"\1", text)  # the braces around a letter that needed them
    return re.sub(r"\{([^{}\\\x00-\x7f])\}", r"\1", _LETTER.sub(lambda found: _LETTERS[found["name"]], text))


def plain(text: str) -> str:
    """The text of a BibTeX field as people read it; formulas stay as typed."""
    if not any(sign in text for sign in "\\{}~`'-"):
        return text
    return "".join(part if at % 2 else _plain(part) for at, part in enumerate(_FORMULA.split(text)))


def _plain(text: str) -> str:
    text = _COMMAND.sub(lambda found: found[0].translate(_AWAY), _STYLE.sub("", accents(text)))
    text = _ESCAPED.sub(lambda found: _KEPT.get(found[1], found[1]), text)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”").replace("~", " ")
    return text.replace("{", "").replace("}", "").translate(_BACK)


def _accented(found: re.Match[str]) -> str:
    letter = found["braced"] or found["plain"]
    mark = _COMBINING[found["sign"] or found["mark"]]
    return unicodedata.normalize("NFC", letter + mark)
