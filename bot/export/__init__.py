"""Papers as a file of references: BibTeX, RIS, CSV, JSON. Pure; knows no command and no platform.

Paper text is hostile here too: no title ends a field, begins another entry or becomes a formula of a spreadsheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.cards import Attachment
from bot.export.bibtex import bibtex
from bot.export.records import records
from bot.export.ris import ris
from bot.export.table import table
from bot.model import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format of files: the word for it in a command, its name for people, the file's ending and media type, its writer."""

    word: str
    name: str
    ending: str
    media_type: str
    write: Callable[[Sequence[Paper]], str]


_ALL: Final = (
    FileFormat(word="bibtex", name="BibTeX", ending="bib", media_type="application/x-bibtex", write=bibtex),
    FileFormat(word="ris", name="RIS", ending="ris", media_type="application/x-research-info-systems", write=ris),
    FileFormat(word="csv", name="CSV", ending="csv", media_type="text/csv", write=table),
    FileFormat(word="json", name="JSON", ending="json", media_type="application/json", write=records),
)
FORMATS: Final[Mapping[str, FileFormat]] = MappingProxyType({one.word: one for one in _ALL})
"""The formats by their word."""


def papers_file(papers: Sequence[Paper], stem: str, written: FileFormat) -> Attachment:
    """Papers as a file in a format; `stem` is its name without the ending."""
    return Attachment(name=f"{stem}.{written.ending}", media_type=written.media_type, text=written.write(papers))
