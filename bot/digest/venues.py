"""Where a paper is published, from what records say: a reference, or an author's remark ("Accepted at NeurIPS 2025"). Pure.

arXiv's `comment` is free text of the authors, its `journal_ref` a reference: https://info.arxiv.org/help/prep.html. A remark
counts only where it says that the paper was taken, or begins with the name of a well-known conference and its year.
"""

import re
from typing import Final

from bot.digest.format import one_line

VENUE_CHARS: Final = 200
_REMARK_CHARS: Final = 2_000
_NAME_CHARS: Final = 100
_PREPRINT: Final = re.compile(r"(?:arxiv|corr|biorxiv|medrxiv|preprint|e-?prints?)\b", re.IGNORECASE)
_TAKEN: Final = re.compile(
    r"\b(?P<not>not\s+(?:yet\s+)?)?"
    r"(?:accepted|published|appear(?:s|ed)?|appearing|presented)\s+"
    r"(?:(?:for|as)\s+[\w -]{1,40}?\s+)?(?:at|in|to|by)\s+(?:the\s+)?(?P<name>[^;\n]{2,300})",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(
    r"(?:\.\s|[;|()]|,\s(?=\D)|\.$|\s+(?:as|with|code|project|for|and\s+code)\s).*", re.DOTALL | re.IGNORECASE
)
_WELL_KNOWN: Final = (
    "3DV AAAI AACL ACL ACM AISTATS CHI CIKM COLING COLM COLT CoNLL CoRL CVPR EACL ECCV EMNLP ICASSP ICCV ICLR ICML ICRA IJCAI "
    "INTERSPEECH IROS JMLR KDD MICCAI NAACL NeurIPS NIPS RSS SIGGRAPH SIGIR TACL TMLR UAI USENIX WACV WWW"
).split()
_CONFERENCE: Final = re.compile(rf"(?:{'|'.join(_WELL_KNOWN)})\b[\w' -]{{0,40}}?(?:'?\d{{2}}|\d{{4}})\b", re.IGNORECASE)
_TELLS: Final = re.compile(r"[A-Z].*[A-Za-z]|\d{4}")


def published_in(text: str) -> str | None:
    """The journal or proceedings that a reference names; `None` where it is a preprint's, or says nothing."""
    name = one_line(text[:_REMARK_CHARS])
    return name[:VENUE_CHARS] if name and not _PREPRINT.match(name) else None


def told_by_remark(text: str) -> str | None:
    """The venue that an author's remark tells of; `None` where it does not say that the paper was taken."""
    text = text[:_REMARK_CHARS]
    for part in re.split(r"[;\n]|,\s|\.\s", text):
        found = _CONFERENCE.match(part.strip())
        if found:
            return one_line(found[0])
    found = _TAKEN.search(text)
    if not found or found["not"]:
        return None
    name = one_line(_ENDS.sub("", found["name"])).rstrip(" .,:")
    fits = 2 <= len(name) <= _NAME_CHARS and _TELLS.search(name) is not None and not _PREPRINT.match(name)
    return name if fits else None
