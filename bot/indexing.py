"""The search index as its operator sees it: brought up by `paperround index`, and what is said while it is not."""

from collections.abc import Iterator

from bot.errors import StorageError
from bot.ports import Coverage, Library, SearchIndex

WAIT_S = 5.0


def bring_up(library: Library, *, rebuild: bool = False) -> Iterator[str]:
    """Have the index hold all that is stored, built anew where asked; a line every few seconds, and one at the end.

    Raises:
        StorageError: it cannot be written.
    """
    index = library.index
    if rebuild:
        index.rebuild()
    while not index.keep_up(WAIT_S) or index.rebuilding(WAIT_S) is not None:
        if index.trouble():
            raise StorageError(index.trouble())
        yield from index_notes(index)
    yield f"The search index holds every paper: {library.store.size():,}."


def index_notes(index: SearchIndex) -> list[str]:
    """What to tell whoever searches from the command line; nothing where all is well."""
    notes = [index.trouble()] if index.trouble() else []
    if (coverage := index.coverage()) is not None:
        notes.append(f"Search is still being built: {_papers(coverage)} are in it so far.")
    if (coming := index.rebuilding()) is not None:
        notes.append(f"Search is being built anew: {_papers(coming)} are in the new index so far.")
    return notes


def _papers(coverage: Coverage) -> str:
    return f"{coverage.indexed:,} of {coverage.stored:,} papers"
