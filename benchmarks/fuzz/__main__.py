"""Parsers under random documents: none may raise, take more than a second a megabyte, or drop an entry silently.

    python -m benchmarks.fuzz [SECONDS]      # 600 by default

Every few documents known records are planted in random surroundings: `benchmarks.fuzz.planted`.

With atheris installed (`uv pip install atheris`) its coverage guides the documents; without it they are drawn at random. A
document is raw text, or scraps of real formats in any order, repeated now and then up to some 200 kB. What fails is written to
`fuzz-finding.bin` and raised.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

from benchmarks.fuzz.planted import lost, plant
from bot.digest import FORMATS, decode
from bot.digest.format import Document, Format
from bot.errors import DigestError
from bot.model import Digest

try:
    import atheris
except ImportError:  # it has no wheels for some systems
    atheris = None

AS_OF = date(2025, 12, 8)
LEAST_S = 0.5
FINDING = Path("fuzz-finding.bin")
LONGEST = 200_000
SCRAPS = (
    "·", "\n", "\n\n", " ", "Dec 8", "Feb 29", "May 23 2", "Sep 2, 2024", "Published on ", "7 authors", "• 12 authors", "17",
    "-",
    "Upvote", "Submitted by", "Submitted by ada", "GitHub 1.2k", "arXiv Page", "Daily Papers",
    "by AK and the research community",
    "Title of It", "Qwen Qwen", "x" * 201, "words of an abstract that was wrapped when it was full\n", "[", "](", ")",
    "][12]", "### [",
    "![](a.svg)", "[-] 3", "```", "#", "\\", "https://huggingface.co/papers/2306.03310", "https://arxiv.org/abs/1803.10122",
    "https://huggingface.co/login?next=%2Fpapers", "arXiv:2306.03310", "[\n", "{", "}", ",", ":", '"', "]",
    '"paper": ', "'paper': ",
    '{"paper": {"id": "2306.03310", "title": "A T"}}', '"title": "x"', "null", "1e999", "NaN", '"\\ud835"', '"dailyPapers": [',
    "<!doctype html><html>", "<div>", "</div>", "<h3>", "</h3>", '<a href="/papers/2306.03310">', "</a>", "<article>",
    "</article>",
    '<div data-target="DailyPapers" data-props="', "&quot;", "&lt;", "<p>", "<b>", "<li>", "<svg>", "<!--", "-->",
    "From: a@notifications.huggingface.co\n", "Subject: Daily papers of 17 Jul 2026\n", "Content-Type: text/html; charset=x\n",
    "Content-Type: multipart/mixed; boundary=b\n", "--b\n", "Content-Transfer-Encoding: base64\n", "A Title (140 ▲)", "▲",
    "utm_source=digest-papers", "\u2028", "\u00a0", "é", "🤗", "\x1f", "\ufeff",
)  # fmt: skip


def document_of(data: bytes) -> str:
    """The document that some bytes stand for: themselves as text, or the scraps that they number."""
    if len(data) < 3 or data[0] < 40:
        return data[1:].decode("utf-8", "replace")
    text = "".join(SCRAPS[byte % len(SCRAPS)] for byte in data[2:])
    return (text * (data[1] ** 2))[:LONGEST] if data[1] > 245 and text else text


def check(form: Format, text: str) -> Digest:
    """Read a document with a format's own parser, whether it recognises it or not, and hold it to its promises."""
    took, digest = read(form, text)
    if took > LEAST_S:  # another process may have been in the way
        took = min(took, read(form, text)[0])
    assert took <= max(LEAST_S, len(text) / 1e6), f"{form.name}: {took:.1f} s for {len(text):,} characters"
    if digest is None:
        return Digest(source="", issued_on=None, entries=(), issues=(), sha256="")
    assert sorted(entry.rank for entry in (*digest.entries, *digest.bare)) == list(
        range(1, len(digest.entries + digest.bare) + 1)
    )
    last = text.count("\n") + 1
    assert all(1 <= one.line <= last for one in (*digest.entries, *digest.issues)) or "mail" in digest.source
    assert all(entry.title.strip() for entry in digest.entries)
    if digest.source == "huggingface-page":
        nothing_dropped(text, digest)
    return digest


def read(form: Format, text: str) -> tuple[float, Digest | None]:
    """CPU seconds to read a document, and its digest where the format recognises it."""
    began = time.process_time()
    document = Document(text=text, name="2025-12-08.json", as_of=AS_OF, sha256="")
    digest = form.parse(document) if form.recognises(text) else None
    return time.process_time() - began, digest


def nothing_dropped(text: str, digest: Digest) -> None:
    """Between one lone dot and the next something was read or told."""
    said = [one.line for one in (*digest.entries, *digest.issues)]
    dots = [number for number, line in enumerate(text.split("\n"), start=1) if line.strip() == "·"]
    if "ubmitted" in text:
        return  # pages of cards bear each card twice, and say the second time nothing new
    for before, dot in pairwise([0, *dots]):
        assert any(before <= line <= dot for line in said), f"nothing was said of the lines {before} to {dot}"


def run(data: bytes) -> None:
    """One document through every format; what fails is kept."""
    nothing_lost(data)
    try:
        text = decode(document_of(data).encode("utf-8", "replace"))
    except DigestError:
        return
    for form in FORMATS:
        try:
            check(form, text)
        except BaseException:
            FINDING.write_bytes(data)
            print(f"{form.name}: {text[:300]!r}")
            raise


def nothing_lost(data: bytes) -> None:
    """Records planted in surroundings that the bytes choose are all read or told of."""
    kind, text, places = plant(random.Random(data), SCRAPS)
    missing = lost(text, places)
    if missing:
        FINDING.write_bytes(data)
        FINDING.with_suffix(".txt").write_text(text, encoding="utf-8")
        raise AssertionError(f"{kind}: {missing} was dropped silently; the document is in {FINDING.with_suffix('.txt')}")


def at_random(seconds: float, work: Callable[[bytes], None]) -> int:
    """Documents drawn at random until the time is over; how many there were."""
    chance = random.Random()
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        work(chance.randbytes(chance.randrange(2, 120)))
        count += 1
    return count


def main() -> None:
    """Fuzz for so many seconds, and say what it was."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    if atheris is None:
        print(f"{at_random(seconds, run):,} documents at random, no finding")
        return
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=200", "-artifact_prefix=fuzz-"], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
