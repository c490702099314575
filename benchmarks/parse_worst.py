"""The slowest documents we can think of, a megabyte each: none may take more than a second, so that no parser hangs.

For each format the smallest records it has, as many as go in; then one such record and a scrap over and over, where a scrap is
what a parser may look ahead or back from: brackets, quotes, backticks, tags, spaces, links. CPU time, so that others on the
machine do not count.

    python -m benchmarks.parse_worst [MB]      # 1 by default
"""

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from benchmarks.timing import row
from bot.digest import parse_digest
from bot.errors import DigestError

AS_OF = date(2026, 11, 23)
SMALLER = 16
TRIED = 3
_MAIL = "From: daily_papers_digest@notifications.huggingface.co\nSubject: Daily papers of 17 Jul 2026\nContent-Type: text/{}\n\n"
_PAPER = "https://huggingface.co/papers/2306.%05d"
RECORDS = {
    "page text": ("", "Title\n\nAn abstract of few words\n·\nMay 2\n", ""),
    "page text, votes": ("", "1\nTitle\n\nAn abstract of few words, so short\n\n  • 1 authors\n·\nMay 2 3\n", ""),
    "page text, cards": ("Daily Papers\n", "Submitted by\nada\nTitle\n1 authors\n", ""),
    "page text, links": ("", f"[T]({_PAPER})\nA\n·\nMay 2\n", ""),
    "page text, addresses": ("", f"{_PAPER}\nT\nA\n·\nMay 2\n", ""),
    "API answer": ("[", '{"paper":{"id":"2306.%05d","title":"T"}},', '{"paper":{"id":"1","title":"T"}}]'),
    "page HTML": ("<html>Daily Papers", '<h3><a href="/papers/2306.%05d">T</a></h3>', ""),
    "page HTML, articles": ("<html>Daily Papers", '<article><h3><a href="/papers/2306.%05d">T</a></h3><p>A</article>', ""),
    "page HTML, data": (
        "<html><div data-target=\"DailyPapers\" data-props='{\"dailyPapers\":[",
        '{"paper":{"id":"2306.%05d","title":"T"}},', "{}]}'>",
    ),
    "daily mail, HTML": (_MAIL.format("html"), f'<a href="{_PAPER}">T</a>\n', ""),
    "daily mail, text": (_MAIL.format("plain"), "T t (1 ▲)\n", ""),
    "arXiv mail": ("", "\\\\\narXiv:2306.%05d\nTitle: T\n\\\\\n", ""),
    "RSS": ("<rss><channel>", "<item><title>T</title></item>", "</channel></rss>"),
    "RSS, papers": ("<rss><channel>", "<item><title>T</title><link>https://arxiv.org/abs/2306.%05d</link></item>", ""),
    "Atom": ('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry><title>T</title></entry>", "</feed>"),
    "JSON feed": ('{"version":"https://jsonfeed.org/version/1","items":[', '{"title":"T"},', "{}]}"),
    "BibTeX": ("", "@a{k%05d,title={T}}\n", ""),
    "RIS": ("", "TY  - J\nTI  - T\nER  - \n", ""),
    "JSON list": ("[", '{"title":"T"},', "{}]"),
    "JSON lines": ("", '{"title":"T"}\n', ""),
    "CSV": ("title,year\n", "Title T,\n", ""),
    "CSV, broken quotes": ("title,year\n", '"Title T,\n', ""),
    "TSV": ("title\tyear\n", "Title T\t\n", ""),
    "Markdown list": ("", "- [T t](https://arxiv.org/abs/2306.%05d)\n", ""),
    "Markdown list, plain": ("- [A b](https://arxiv.org/abs/2306.00001)\n" * 2, "- Title T\n", ""),
    "Markdown headings": ("", "# [T t](https://arxiv.org/abs/2306.%05d)\n", ""),
    "Markdown table": ("| title | url |\n|---|---|\n", "|T|arxiv.org/abs/2306.%05d|\n", ""),
    "Markdown table, short": ("| a | title | url |\n|---|---|---|\n|a|b|arxiv.org/abs/2306.00001|\n", "|Title T\n", ""),
    "message": ("", "T t arXiv:2306.%05d\n", ""),
    "message, links alone": ("T t\n", "2306.%05d\n", ""),
    "message, words": ("A title 2306.00001\n", "One word\n", ""),
    "message, one line": ("", "T t 2306.%05d; ", ""),
}  # fmt: skip
SCRAPS = (
    *"[](){}<>`\"'*_|#\\$&@=,;:~-+.!%/^1a \t\n·•é🤗", "a b ", "](", "![", "[[", "][1]", "[a](b)", "[a](https://x/y) ", "``` ",
    "**a", "- ", "- [", "# ", "1. ", "| a ", "|-", "\n|", "\n- a", "\n\n", "\na", "\na b", " \n", "\n  a", "\n\t- ", "\n·\n",
    "·\nMay 2\n", "<a ", "<div>", "<p>", "</p>", "<b>a</b>", "<!--", "-->", "<![CDATA[", "&lt;", "&amp;amp;", "<a href='",
    "https://", "http://a/ ", "https://arxiv.org/abs/2306.03310 ", "\nhttps://huggingface.co/papers/2306.03310\n",
    "\nhttps://huggingface.co/a\n", "arXiv:2306.03310 ", "2306.03310,", "10.1/x ", "doi:10.1234/", "\\\\\n",
    "\n\\\\\narXiv:1\n", "\\'{e}", "{\\", "\\a{", "$a$", "\nTitle: a", "\nAuthors: a, ", "a and ", "a; ", "\n@a{b,",
    "\nTI  - ", "\nER  - ", '"a": ', '{"a":', '["', '\n"a', '",\n', "\\u", '"title":', "Submitted by ", "\nSubmitted by",
    "\n1 authors", "\n12", "\nUpvote", "GitHub 1k", "(1 ▲)", "\n(1 ▲)", "Daily Papers\n", '"",', "{},", "[],", "0,", '"a":1,',
)  # fmt: skip


def megabytes(size: float, record: str) -> str:
    """So many megabytes of a record, at least one, each with a number of its own where it bears one."""
    count = max(1, int(size * 1e6 / len(record.encode())))
    return "".join([record.replace("%05d", f"{number % 100_000:05d}") for number in range(count)])


def seconds(document: str) -> float:
    """CPU seconds a megabyte to read it, or to say that it is nothing we know."""
    data = document.encode()
    begun = time.process_time()
    with suppress(DigestError):
        parse_digest(data, as_of=AS_OF)
    return (time.process_time() - begun) * 1e6 / len(data)


def slowest_scraps(name: str, size: float) -> Iterator[tuple[float, str]]:
    """The scraps that cost most behind one record: first tried small, the worst of them at full size."""
    begin, record, _ = RECORDS[name]
    one = begin + megabytes(0, record)
    tried = sorted(SCRAPS, key=lambda scrap: -seconds(one + megabytes(size / SMALLER, scrap)))
    return ((seconds(one + megabytes(size, scrap)), repr(scrap)) for scrap in tried[:TRIED])


def main() -> None:
    """Print for each kind of record how fast many of them are read, and the slowest scrap behind one."""
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    worst = (0.0, "", "")
    print(row("document", "records MB/s", "worst MB/s", "worst is"))
    for name, (begin, record, end) in RECORDS.items():
        many = seconds(begin + megabytes(size, record) + end)
        took, made_of = max([(many, "records"), *slowest_scraps(name, size)])
        worst = max(worst, (took, name, made_of))
        print(row(name, f"{1 / many:.2f}", f"{1 / took:.2f}", made_of), flush=True)
    print(f"the slowest: {worst[0]:.2f} s a MB, {worst[1]} with {worst[2]}")
    if worst[0] > 1:
        raise SystemExit("more than a second for a megabyte")


if __name__ == "__main__":
    main()
