"""The papers of a digest told again by others: the mail that arXiv would send of them, and a BibTeX file."""

from collections.abc import Iterable
from datetime import date
from email.message import EmailMessage
from textwrap import fill

from bot.model import Entry


def _id(entry: Entry) -> str:
    return next(one.value for one in entry.identifiers if one.scheme == "arxiv")


def arxiv_mail(entries: Iterable[Entry], day: date, *, archive: str = "cs", encoding: str = "base64") -> bytes:
    """A saved mail (.eml) of an archive that announces these papers on a day."""
    told = [
        f"\\\\\narXiv:{_id(one)}\nDate: {one.published_on:%a, %d %b %Y} 10:00:00 GMT   (10kb)\n\n"
        f"{fill(f'Title: {one.title}', 78, subsequent_indent='  ')}\n"
        f"{fill('Authors: ' + ', '.join(one.authors), 78, subsequent_indent='  ')}\nCategories: cs.LG\n\\\\\n"
        f"{fill(one.abstract, 78, initial_indent='  ')}\n\\\\ ( https://arxiv.org/abs/{_id(one)} ,  10kb)\n" + "-" * 78 + "\n"
        for one in entries
    ]
    mail = EmailMessage()
    mail["From"] = "no-reply@arXiv.org"
    mail["Date"] = f"{day:%a, %d %b %Y} 00:30:00 GMT"
    mail["Subject"] = f"{archive} daily {len(told)} new received"
    mail.set_content("-" * 78 + "\n" + "".join(told), cte=encoding)
    return mail.as_bytes()


def bibtex(entries: Iterable[Entry]) -> bytes:
    """A BibTeX file of these papers, as reference managers write it."""
    return "\n".join(
        f"@misc{{paper{number},\n  title = {{{{{one.title}}}}},\n  author = {{{' and '.join(one.authors)}}},\n"
        f"  eprint = {{{_id(one)}}},\n  archiveprefix = {{arXiv}},\n  year = {{{one.published_on:%Y}}}\n}}\n"
        for number, one in enumerate(entries)
    ).encode()
