"""How likely one word was typed for another: edits weighted by what fingers do. Pure; knows nothing of the index.

The kinds of slips are Damerau's ("A technique for computer detection and correction of spelling errors", CACM 1964): a letter
too many, too few, another one, two exchanged. Which are commonest is after Pollock and Zamora, "Collection and characterization
of spelling errors in scientific and scholarly text" (JASIS 1983): a letter left out, and of those too many a doubled one.
"""

from rapidfuzz.distance import OSA

MOST_EDITS = 2
_SHORT = 4  # shorter keys are within two letters of nearly everything
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_MISSED = 0.65
_SWAP = 0.7
_DOUBLED = 0.7
_NEIGHBOUR = 0.8
_OTHER = 1.0
_STRANGE = 1.15
_NUMBER = 1.5
_FIRST = 0.2


def _neighbours() -> frozenset[tuple[str, str]]:
    """Pairs of letters side by side, or in two rows one above the other, on a QWERTY keyboard."""
    at = {key: (x + y * 0.4, y) for y, row in enumerate(_ROWS) for x, key in enumerate(row)}
    return frozenset(
        (one, other)
        for one, (x, y) in at.items()
        for other, (u, v) in at.items()
        if one != other and abs(x - u) < 1.1 and abs(y - v) <= 1
    )


_NEIGHBOURS = _neighbours()


def edits_allowed(key: str) -> int:
    """How many letters of a key may be wrong: one of a short one, else two."""
    return 1 if len(key) <= _SHORT else MOST_EDITS


def edits(typed: str, word: str) -> int:
    """The optimal string alignment distance of two words; anything above `MOST_EDITS` is told as one more than that."""
    return int(OSA.distance(typed, word, score_cutoff=MOST_EDITS))


def begins(typed: str, word: str, wrong: int) -> bool:
    """Whether a word begins with what was typed so far, but for so many letters."""
    size = len(typed)
    if word.startswith(typed) or not wrong:
        return word.startswith(typed)
    return any(edits(typed, word[:end]) <= wrong for end in range(max(1, size - wrong), size + wrong + 1))


def slip(typed: str, word: str) -> float:
    """The weight of the edits that turn a word into what was typed: 0 where they are equal, about 1 an edit.

    A letter left out, two exchanged, a doubled one and a neighbouring key weigh less; a digit more, as another number is another
    version; the first letter a little more, since few get it wrong.
    """
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(word)) - start and typed[-1 - end] == word[-1 - end]:
        end += 1
    if start == len(typed) == len(word):
        return 0.0
    before, behind = max(start - 1, 0), max(end - 1, 0)  # what a doubled letter is the double of
    weight = _weigh(typed[before : len(typed) - behind], word[before : len(word) - behind])
    return weight + (_FIRST if start == 0 else 0.0)


def _weigh(typed: str, word: str) -> float:
    """The least weight over all alignments: optimal string alignment with weights."""
    rows = [[0.0] * (len(word) + 1) for _ in range(len(typed) + 1)]
    for i in range(len(typed) + 1):
        for j in range(len(word) + 1):
            ways = [0.0] if not i and not j else []
            if i:
                ways.append(rows[i - 1][j] + _too_many(typed, i - 1))
            if j:
                ways.append(rows[i][j - 1] + _too_few(word, j - 1))
            if i and j:
                ways.append(rows[i - 1][j - 1] + _another(typed[i - 1], word[j - 1]))
            if i > 1 and j > 1 and typed[i - 2 : i] == word[j - 1] + word[j - 2]:
                ways.append(rows[i - 2][j - 2] + _SWAP)
            rows[i][j] = min(ways)
    return rows[-1][-1]


def _too_many(typed: str, at: int) -> float:
    beside = typed[max(at - 1, 0) : at] + typed[at + 1 : at + 2]
    if typed[at].isdigit():
        return _NUMBER
    if typed[at] in beside:
        return _DOUBLED
    return _NEIGHBOUR if any((typed[at], one) in _NEIGHBOURS for one in beside) else _OTHER


def _too_few(word: str, at: int) -> float:
    return _NUMBER if word[at].isdigit() else _MISSED


def _another(typed: str, meant: str) -> float:
    if typed == meant:
        return 0.0
    if typed.isdigit() and meant.isdigit():
        return _NUMBER
    return _NEIGHBOUR if (typed, meant) in _NEIGHBOURS else _STRANGE
